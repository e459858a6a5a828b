//! What sends a question in the chat.

use hammock_contract::user::{Me, SendKey};
use leptos::prelude::*;

use super::{account_page::FormSection, api::set_send_key};
use crate::{
    FnError,
    session::use_session,
    t,
    ui::{
        Typed,
        choice::{Choice, ChoiceCards},
        form::action_error,
        guard_leaving, use_toaster,
    },
};

const ENTER: &str = "enter";
const MODIFIED_ENTER: &str = "modified_enter";

/// The choice of what sends a question.
#[component]
pub fn SendKeyForm() -> impl IntoView {
    let session = use_session();
    let toaster = use_toaster();
    let chosen = match session.send_key() {
        SendKey::Enter => ENTER,
        SendKey::ModifiedEnter => MODIFIED_ENTER,
    };
    let value = RwSignal::new(chosen.to_owned());
    let typed = Typed::in_fields(move || vec![value.get()]);
    guard_leaving(typed.changed());
    let save = Action::new(move |send_key: &SendKey| {
        let send_key = *send_key;
        async move {
            set_send_key(send_key).await?;
            typed.begin();
            session.set(Me { send_key, ..untrack(move || session.me()) });
            toaster.say(t!("form.saved"));
            Ok::<(), FnError>(())
        }
    });
    let submit = move || {
        let is_modified = value.with_untracked(|value| value == MODIFIED_ENTER);
        save.dispatch(if is_modified { SendKey::ModifiedEnter } else { SendKey::Enter });
    };
    let choice = |value: &'static str, label: &str, hint: &str| Choice {
        value,
        icon: None,
        label: label.to_owned(),
        hint: hint.to_owned(),
    };
    let choices = vec![
        choice(ENTER, t!("send_key.enter"), t!("send_key.enter_text")),
        choice(MODIFIED_ENTER, t!("send_key.modified"), t!("send_key.modified_text")),
    ];
    view! {
        <FormSection
            title=t!("send_key.title")
            text=t!("send_key.text")
            busy=save.pending()
            error=action_error(save)
            on_submit=move |()| submit()
        >
            <ChoiceCards legend=t!("send_key.legend") name="send_key" value choices />
        </FormSection>
    }
}
