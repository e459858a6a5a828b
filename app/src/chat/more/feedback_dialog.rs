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

/// Whether the dialog is open and about this answer. The page may be gone.
fn shows(open: RwSignal<bool>, message: RwSignal<Option<MessageId>>, about: &MessageId) -> bool {
    open.try_get_untracked() == Some(true) && message.try_get_untracked().flatten().as_ref() == Some(about)
}

/// The dialog. It opens with what was said before.
#[component]
pub fn FeedbackDialog(argument: FeedbackArgument) -> impl IntoView {
    let FeedbackArgument { open, message } = argument;
    let toaster = use_toaster();
    let reason = RwSignal::new(String::new());
    let comment = RwSignal::new(String::new());
    let is_new = RwSignal::new(true);
    // What was sent when the dialog was closed, and did not arrive.
    let unsent = StoredValue::new(None::<(MessageId, NewFeedback)>);
    let typed = Typed::in_fields(move || vec![reason.get(), comment.get()]);
    let changed = typed.changed();
    let send = Action::new(move |(): &()| {
        let said = NewFeedback { reason: reason_of(&reason.get_untracked()), comment: comment.get_untracked() };
        let about = message.get_untracked();
        async move {
            let Some(about) = about else { return Ok(()) };
            let given = give_feedback(about.clone(), said.clone()).await;
            if !shows(open, message, &about) {
                // What did not arrive is there again when the dialog is about that answer again; about another one it says nothing.
                if given.is_err() {
                    unsent.set_value(Some((about, said)));
                }
                return Ok::<(), FnError>(());
            }
            given?;
            open.set(false);
            toaster.say(t!("feedback.thanks"));
            Ok(())
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
            // What is typed meanwhile stays.
            if !shows(open, message, &about) || changed.try_get_untracked() != Some(false) {
                return;
            }
            match found {
                Ok(said) => {
                    is_new.set(said.reason.is_none() && said.comment.is_empty());
                    reason.set(said.reason.map(reason_value).unwrap_or_default().to_owned());
                    comment.set(said.comment);
                    typed.begin();
                    let again =
                        unsent.try_update_value(|unsent| unsent.take_if(|(other, _)| *other == about)).flatten();
                    if let Some((_, said)) = again {
                        reason.set(said.reason.map(reason_value).unwrap_or_default().to_owned());
                        comment.set(said.comment);
                    }
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
