//! Says what is wrong with an answer.

use hammock_contract::{MessageId, feedback::NewFeedback};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    FnError,
    feedback::{
        api::{give_feedback, read_own_feedback},
        reason_of, reason_options, reason_value,
    },
    t,
    ui::{FormDialog, Icon, SelectField, TextArea, Typed, form::action_error, general_error, use_toaster},
};

/// What the dialog is about. The chat page provides one; what asks for the dialog is in the answers.
#[derive(Clone, Copy)]
pub struct FeedbackArgument {
    /// Whether it is open.
    pub open: RwSignal<bool>,
    /// The answer.
    pub message: RwSignal<Option<MessageId>>,
}

impl Default for FeedbackArgument {
    /// About nothing yet.
    fn default() -> Self {
        Self { open: RwSignal::new(false), message: RwSignal::new(None) }
    }
}

impl FeedbackArgument {
    /// Asks what is wrong with an answer.
    pub fn ask(self, message: MessageId) {
        // The page may be gone meanwhile.
        let _ = self.message.try_set(Some(message));
        let _ = self.open.try_set(true);
    }
}

/// The dialog. It opens with what was said before.
#[component]
pub fn FeedbackDialog(argument: FeedbackArgument) -> impl IntoView {
    let FeedbackArgument { open, message } = argument;
    let toaster = use_toaster();
    let reason = RwSignal::new(String::new());
    let comment = RwSignal::new(String::new());
    let is_new = RwSignal::new(true);
    let typed = Typed::in_fields(move || vec![reason.get(), comment.get()]);
    let changed = typed.changed();
    let send = Action::new(move |(): &()| {
        let said = NewFeedback { reason: reason_of(&reason.get_untracked()), comment: comment.get_untracked() };
        let message = message.get_untracked();
        async move {
            if let Some(message) = message {
                give_feedback(message, said).await?;
                open.set(false);
                toaster.say(t!("feedback.thanks"));
            }
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        let Some(about) = message.get().filter(|_| open.get()) else { return };
        send.clear();
        is_new.set(true);
        reason.set(String::new());
        comment.set(String::new());
        typed.begin();
        spawn_local(async move {
            let found = read_own_feedback(about.clone()).await;
            let is_shown = open.try_get_untracked() == Some(true) && message.try_get_untracked() == Some(Some(about));
            // What is typed meanwhile stays.
            if !is_shown || changed.try_get_untracked() != Some(false) {
                return;
            }
            match found {
                Ok(said) => {
                    is_new.set(said.reason.is_none() && said.comment.is_empty());
                    reason.set(said.reason.map(reason_value).unwrap_or_default().to_owned());
                    comment.set(said.comment);
                    typed.begin();
                }
                Err(error) => toaster.refuse(&error.0),
            }
        });
    });
    let error = action_error(send);
    let title = Signal::derive(move || {
        let text = if is_new.get() { t!("feedback.new") } else { t!("feedback.change") };
        text.to_owned()
    });
    view! {
        <FormDialog
            open
            title
            changed
            submit=t!("feedback.send")
            busy=send.pending()
            error=general_error(error, &["reason", "comment"])
            on_submit=move |()| { send.dispatch(()); }
        >
            <SelectField label=t!("feedback.reason") name="reason" value=reason
                options=Signal::derive(|| reason_options(t!("feedback.no_reason"))) error />
            <TextArea label=t!("feedback.comment") name="comment" value=comment error hint=t!("feedback.comment_hint")
                rows=4 />
            <p class="form-note"><Icon name="info" /><span>{t!("feedback.who_reads")}</span></p>
        </FormDialog>
    }
}
