//! Loading, empty, error and no permission.

use std::borrow::Cow;

use hammock_contract::{ErrorCode, ErrorKind};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{Button, ButtonKind, ButtonLink, Icon, Page, page::leave_for_page};
use crate::{FnError, i18n, t};

/// Grey lines where something is being loaded. Invisible for the first 150 ms.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 6)]
    lines: usize,
) -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <span class="visually-hidden">{t!("state.loading")}</span>
            {(0..lines).map(|_| view! { <i></i> }).collect_view()}
        </div>
    }
}

/// Nothing here yet, and what to do about it.
#[component]
pub fn EmptyState(
    /// An icon.
    #[prop(into)]
    icon: Cow<'static, str>,
    /// What is missing.
    #[prop(into)]
    title: String,
    /// What it would be good for.
    #[prop(optional, into)]
    text: Option<String>,
    /// Buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="state">
            <span class="icon-tile large"><Icon name=icon /></span>
            <h2>{title}</h2>
            {text.filter(|text| !text.is_empty()).map(|text| view! { <p>{text}</p> })}
            {children.map(|children| view! { <div class="form-actions">{children()}</div> })}
        </div>
    }
}

/// An address that leads nowhere, and the way home.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::request::set_status(404);
    view! {
        <Title text=format!("{} · Hammock", t!("state.not_found")) />
        <Page>
            <div class="state">
                <span class="icon-tile large"><Icon name="search" /></span>
                <h1>{t!("state.not_found")}</h1>
                <p>{t!("state.not_found_text")}</p>
                <div class="form-actions">
                    <ButtonLink href="/" kind=ButtonKind::Primary>{t!("state.home")}</ButtonLink>
                </div>
            </div>
        </Page>
    }
}

/// It could not be shown: why, and what to do next.
#[component]
pub fn ErrorState(
    /// Why.
    error: FnError,
    /// Whether the whole page could not be shown: then its title is that of the page.
    #[prop(optional)]
    whole_page: bool,
    /// Tries again.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::request::set_status(error.0.kind.status());
    let (icon, title) = match error.0.kind {
        ErrorKind::Forbidden => ("lock", t!("state.no_permission")),
        ErrorKind::NotFound => ("search", t!("state.not_found")),
        ErrorKind::Unauthenticated => ("log-out", t!("state.signed_out")),
        _ => ("triangle-alert", t!("state.failed")),
    };
    let retry = on_retry.filter(|_| !matches!(error.0.kind, ErrorKind::Forbidden | ErrorKind::NotFound));
    let again = move |retry: Callback<()>| {
        // The button goes away with what comes: the focus would be lost with it.
        leave_for_page();
        retry.run(());
    };
    view! {
        <div class="state failed" role="alert">
            <span class="icon-tile large"><Icon name=icon /></span>
            {if whole_page {
                view! { <Title text=format!("{title} · Hammock") /> <h1>{title}</h1> }.into_any()
            } else {
                view! { <h2>{title}</h2> }.into_any()
            }}
            <p>{i18n::error_text(&error.0)}</p>
            <div class="form-actions">
                {if error.code() == ErrorCode::SignInRequired {
                    // A full page load: the sign-in page is not part of the application.
                    view! { <a class="button primary" href="/sign-in" rel="external">{t!("auth.sign_in")}</a> }.into_any()
                } else if let Some(retry) = retry {
                    view! { <Button icon="rotate-ccw" on_click=move |_| again(retry)>{t!("state.retry")}</Button> }
                        .into_any()
                } else {
                    view! { <ButtonLink href="/">{t!("state.home")}</ButtonLink> }.into_any()
                }}
            </div>
        </div>
    }
}
