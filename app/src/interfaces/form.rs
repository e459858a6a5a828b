//! The settings of an assistant's interfaces in one form, with a bar that saves them.

use hammock_contract::{ApiError, AssistantId, interfaces::Interfaces};
use leptos::{ev, prelude::*};

use super::{
    api::update_interfaces,
    draft::Draft,
    look_section::LookSection,
    places_section::{ChatSection, WidgetSection},
    rules_section::{BehaviourSection, LimitsSection},
    sign_in_section::SignInSection,
};
use crate::{
    FnError, t,
    ui::{
        Button, ButtonKind, Form, FormError, form::action_error, general_error, guard_leaving, page::focus_outlives,
        use_toaster,
    },
};

/// The fields that say themselves what is wrong with them.
const FIELDS: &[&str] = &[
    "origins",
    "privacy_url",
    "tone",
    "strictness",
    "threshold",
    "when_unknown",
    "title",
    "accent",
    "on_accent",
    "corner",
    "offset_x",
    "offset_y",
    "launcher_text",
    "welcome",
    "suggestions",
    "language",
    "scheme",
    "message_characters",
    "messages_in_ten_minutes",
    "visitors_of_a_network",
    "visitors_in_all",
    "uploads_in_ten_minutes",
    "upload_megabytes",
    "visitors_per_address",
    "sign_in",
    "google_client_id",
    "name",
    "issuer",
    "client_id",
];

/// The form.
#[component]
pub fn InterfacesForm(
    /// The settings while they are typed.
    draft: Draft,
    /// The interfaces as they are stored.
    stored: RwSignal<Interfaces>,
    /// The path of the logo; it is stored by itself.
    logo: RwSignal<Option<String>>,
) -> impl IntoView {
    let toaster = use_toaster();
    let (assistant, readonly) = stored.with_untracked(|it| (it.assistant.clone(), !it.can_edit));
    // On the server nothing is typed, and the page may be cleared away while it is looked through once more.
    let changed = Memo::new(move |_| {
        cfg!(feature = "hydrate") && !readonly && stored.with(|stored| draft.differs_from(&stored.settings))
    });
    guard_leaving(changed);
    let on_saved = Callback::new(move |is_secret_gone: bool| {
        toaster.say(if is_secret_gone { t!("interfaces.openid_secret_gone") } else { t!("form.saved") });
    });
    let save = save_action(assistant.clone(), draft, stored, on_saved);
    let (told, is_saving) = (action_error(save), save.pending());
    let error = Signal::derive(move || told.try_get().flatten().map(at_own_field));
    let is_changed = move || changed.try_get().unwrap_or_default();
    let has_bar = move || !readonly && (is_changed() || is_saving.try_get().unwrap_or_default());
    focus_outlives(has_bar);
    let reset = move |_: ev::MouseEvent| {
        draft.fill(&stored.with_untracked(|stored| stored.settings.clone()));
        save.clear();
    };
    view! {
        <Form class="assistant-form" on_submit=move |()| { save.dispatch(()); }>
            <fieldset class="assistant-fields" disabled=readonly>
                <legend class="visually-hidden">{t!("interfaces.settings")}</legend>
                <Part title=t!("interfaces.public_chat") text=t!("interfaces.public_chat_text")>
                    <ChatSection draft stored />
                </Part>
                <Part title=t!("interfaces.widget") text=t!("interfaces.widget_text")>
                    <WidgetSection draft stored error readonly />
                </Part>
                <Part title=t!("interfaces.look") text=t!("interfaces.look_text")>
                    <LookSection draft error assistant logo readonly />
                </Part>
                <Part title=t!("interfaces.behaviour") text=t!("interfaces.behaviour_text")>
                    <BehaviourSection draft error readonly />
                </Part>
                <LimitsSection draft error readonly />
                <Part title=t!("interfaces.sign_in") text=t!("interfaces.sign_in_text")>
                    <SignInSection draft stored error readonly />
                </Part>
            </fieldset>
            <Show when=has_bar>
                <div class="save-bar">
                    <FormError error=general_error(error, FIELDS) />
                    <span class="spacer small muted" role="status">
                        {move || is_changed().then(|| t!("assistants.unsaved"))}
                    </span>
                    <Button kind=ButtonKind::Ghost on_click=reset>{t!("assistants.discard")}</Button>
                    <Button kind=ButtonKind::Primary of_type="submit" busy=is_saving>{t!("form.save")}</Button>
                </div>
            </Show>
        </Form>
    }
}

/// Stores what is typed; `on_saved` when that is done, with whether the client secret of before does not count any more.
fn save_action(
    assistant: AssistantId,
    draft: Draft,
    stored: RwSignal<Interfaces>,
    on_saved: Callback<bool>,
) -> Action<(), Result<(), FnError>> {
    Action::new(move |(): &()| {
        let (assistant, settings) = (assistant.clone(), untrack(move || draft.settings()));
        async move {
            let sent = settings?;
            let saved = update_interfaces(assistant, sent.clone()).await?;
            let now = saved.settings.clone();
            let had_secret = stored.try_with_untracked(|it| it.has_openid_secret).unwrap_or_default();
            let is_secret_gone = had_secret && !saved.has_openid_secret && now.sign_in.openid.is_some();
            // The page may be gone meanwhile.
            if stored.try_set(saved).is_none() {
                // The server tidies what it is given. What was typed meanwhile stays, and is not stored yet.
                if !untrack(|| draft.differs_from(&sent)) {
                    draft.fill(&now);
                }
                on_saved.run(is_secret_gone);
            }
            Ok::<(), FnError>(())
        }
    })
}

/// The error with the name of the field alone: settings stand in one another, the fields of the form do not.
fn at_own_field(error: ApiError) -> ApiError {
    let field = error.field.as_deref().map(|path| own_name(path).to_owned());
    ApiError { field, ..error }
}

/// The last name of a path such as `appearance.suggestions[2]`; numbers are none.
fn own_name(path: &str) -> &str {
    let mut names = path.split(['.', '[', ']']);
    names.rfind(|name| !name.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or(path)
}

/// A section: what it is about, its fields below.
#[component]
fn Part(title: &'static str, text: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="section">
            <header><h2>{title}</h2><p class="small muted">{text}</p></header>
            <div class="form">{children()}</div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::ErrorCode;

    use super::*;

    #[test]
    fn an_error_is_told_at_the_field_of_the_form() {
        for (path, field) in [
            ("title", "title"),
            ("appearance.on_accent", "on_accent"),
            ("appearance.suggestions[2]", "suggestions"),
            ("origins.0", "origins"),
            ("settings.limits.visitors_in_all", "visitors_in_all"),
            ("sign_in.openid.issuer", "issuer"),
            ("sign_in", "sign_in"),
        ] {
            let error = at_own_field(ApiError::new(ErrorCode::InvalidField, "does not fit").on(path));
            assert_eq!(error.field.as_deref(), Some(field), "{path}");
            assert!(FIELDS.contains(&field));
        }
        assert_eq!(at_own_field(ApiError::not_found()).field, None);
    }
}
