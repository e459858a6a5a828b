//! Whether the widget is on a page, and what stands in its way; and the last errors that widgets met.

use hammock_contract::{
    AssistantId,
    interfaces::{InstallationCheck, Obstacle, WidgetError},
};
use leptos::prelude::*;

use super::{
    api::check_installation,
    words::{directive, obstacle_text},
};
use crate::{
    FnError, t,
    ui::{
        Button, CopyButton, EmptyState, Form, FormError, Icon, Load, Moment, Table, TextField, form::action_error,
        general_error,
    },
};

/// The fields that say themselves what is wrong with them.
const FIELDS: &[&str] = &["url"];

/// Asks for a page's address and says how the widget does there.
#[component]
pub fn Installation(
    /// The assistant.
    assistant: AssistantId,
    /// The origin of this installation.
    origin: String,
) -> impl IntoView {
    let url = RwSignal::new(String::new());
    let check = Action::new(move |(): &()| {
        let (assistant, url) = (assistant.clone(), url.get_untracked());
        async move { check_installation(assistant, url.trim().to_owned()).await }
    });
    let (error, is_checking) = (action_error(check), check.pending());
    let found = Signal::derive(move || check.value().get().and_then(Result::ok));
    view! {
        <section class="section">
            <header>
                <h2>{t!("interfaces.check")}</h2>
                <p class="small muted">{t!("interfaces.check_text")}</p>
            </header>
            <Form on_submit=move |()| { check.dispatch(()); }>
                <TextField label=t!("interfaces.page_address") name="url" value=url placeholder="https://example.org/"
                    error />
                <FormError error=general_error(error, FIELDS) />
                <div class="form-actions">
                    <Button icon="search" of_type="submit" busy=is_checking>{t!("interfaces.check_page")}</Button>
                </div>
            </Form>
            <div role="status">
                {move || found.try_get().flatten().map(|found| view! { <Found found origin=origin.clone() /> })}
            </div>
        </section>
    }
}

/// What was found on a page.
#[component]
fn Found(found: InstallationCheck, origin: String) -> impl IntoView {
    let InstallationCheck { url, obstacles, policy } = found;
    let verdict = if obstacles.is_empty() {
        view! { <p class="row"><Icon name="circle-check" /><b>{t!("interfaces.check_works")}</b></p> }.into_any()
    } else {
        let rows = obstacles.into_iter().map(|obstacle| view! { <Hindrance obstacle origin=origin.clone() /> });
        view! {
            <p class="row"><Icon name="triangle-alert" /><b>{t!("interfaces.check_hindered")}</b></p>
            <ul class="stack">{rows.collect_view()}</ul>
        }
        .into_any()
    };
    let policy = policy.map(|policy| {
        view! {
            <details class="more-settings">
                <summary>{t!("interfaces.policy")}</summary>
                <pre class="snippet"><code>{policy}</code></pre>
            </details>
        }
    });
    view! {
        <div class="card padded stack">
            <p class="small muted snippet">{url}</p>
            {verdict}
            {policy}
        </div>
    }
}

/// One thing that stands in the way, and what to do about it.
#[component]
fn Hindrance(obstacle: Obstacle, origin: String) -> impl IntoView {
    let directive = directive(obstacle, &origin).map(|directive| {
        let copied = directive.clone();
        view! {
            <span class="row">
                <code>{directive}</code>
                <CopyButton text=Signal::stored(copied) label=t!("interfaces.copy_directive") />
            </span>
        }
    });
    view! { <li>{obstacle_text(obstacle)} {directive}</li> }
}

/// The last errors that widgets met, and the button that asks for them anew.
#[component]
pub fn LastErrors(
    /// The errors. Asked for with the page: what stands in a part of it is made more than once on the server.
    errors: Resource<Result<Vec<WidgetError>, FnError>>,
) -> impl IntoView {
    view! {
        <section class="section">
            <header>
                <div class="row wrap">
                    <h2 class="spacer">{t!("interfaces.errors")}</h2>
                    <Button icon="refresh-cw" on_click=move |_| errors.refetch()>{t!("interfaces.refresh")}</Button>
                </div>
                <p class="small muted">{t!("interfaces.errors_text")}</p>
            </header>
            <Load resource=errors lines=3 let:errors>
                {if errors.is_empty() {
                    view! { <EmptyState icon="circle-check" title=t!("interfaces.no_errors") /> }.into_any()
                } else {
                    view! { <Errors errors /> }.into_any()
                }}
            </Load>
        </section>
    }
}

#[component]
fn Errors(errors: Vec<WidgetError>) -> impl IntoView {
    let row = |error: WidgetError| {
        let WidgetError { at, origin, code, message, count } = error;
        view! {
            <tr>
                <td class="primary-cell"><code>{code}</code> " " <span class="sub">{message}</span></td>
                <td data-label=t!("interfaces.origin")>{origin}</td>
                <td data-label=t!("interfaces.error_count") class="numeric">{count}</td>
                <td data-label=t!("feedback.when")><Moment at /></td>
            </tr>
        }
    };
    view! {
        <Table caption=t!("interfaces.errors")>
            <thead>
                <tr>
                    <th scope="col">{t!("interfaces.error")}</th>
                    <th scope="col">{t!("interfaces.origin")}</th>
                    <th scope="col">{t!("interfaces.error_count")}</th>
                    <th scope="col">{t!("feedback.when")}</th>
                </tr>
            </thead>
            <tbody>{errors.into_iter().map(row).collect_view()}</tbody>
        </Table>
    }
}
