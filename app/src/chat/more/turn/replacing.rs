//! A question or an answer takes the place of one that stays as a branch beside it.

use hammock_contract::{AssistantId, AttachmentId, MessageId};

use crate::chat::thread::Thread;

/// Asks in place of a message: a question by its new text and what it keeps of its files, an answer by any, with the assistant of
/// the conversation or another one. What is shown stays until that is taken.
#[cfg(feature = "hydrate")]
pub fn replace(
    thread: Thread,
    message: MessageId,
    text: String,
    assistant: Option<AssistantId>,
    attachments: Vec<AttachmentId>,
) {
    use hammock_contract::{ApiError, ErrorCode};
    use leptos::prelude::*;

    use crate::chat::{
        asking::new_key,
        stream::{self, Asked},
        tabs,
        thread::Link,
    };

    if thread.link.get_untracked() != Link::Idle {
        thread.refused.set(Some(ApiError::new(ErrorCode::AnswerRunning, "an answer is being made")));
        return;
    }
    thread.refused.set(None);
    thread.replaced.set_value(Some(message));
    let mut request = thread.request(text, false, new_key());
    request.attachments = attachments;
    if assistant.is_some() {
        request.assistant = assistant;
    }
    let (turn, assistant) = (thread.turn.get_value(), request.assistant.clone());
    let chosen = thread.assistant.get_untracked();
    leptos::task::spawn_local(async move {
        let outcome = stream::ask(thread, turn, &request, &|| {}).await;
        if !thread.shows(turn) {
            return;
        }
        match outcome {
            Ok(Asked::Answered) => {
                // Whoever chose another one while it was answered has chosen last.
                if thread.assistant.get_untracked() == chosen {
                    thread.assistant.set(assistant);
                }
                // It has a place among others now.
                tabs::look(thread);
            }
            // It is still in its form.
            Ok(Asked::TakenBack) => thread.replaced.set_value(None),
            Err(error) => {
                thread.replaced.set_value(None);
                thread.refused.set(Some(error));
            }
        }
    });
}

/// On the server nothing is asked from a page.
#[cfg(not(feature = "hydrate"))]
pub fn replace(_: Thread, _: MessageId, _: String, _: Option<AssistantId>, _: Vec<AttachmentId>) {}
