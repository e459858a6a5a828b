//! What a person has the chat do: ask, go on with an answer, stop it. The server renders the page; what happens on it happens in
//! the browser.

#[cfg(feature = "hydrate")]
pub use super::tabs::keep_up;
#[cfg(feature = "hydrate")]
pub use in_browser::{go_on, new_key, resume, send, stop};
#[cfg(not(feature = "hydrate"))]
pub use on_server::{go_on, keep_up, resume, send, stop};

#[cfg(feature = "hydrate")]
mod in_browser {
    use leptos::{prelude::*, task::spawn_local};

    use crate::{
        chat::{
            drafts::{before_typed, sent::Sent},
            stream::{self, Asked},
            tabs,
            thread::{Link, Thread, Unsent},
        },
        t,
    };

    /// Sends a question. It comes back into the input when it is not taken.
    pub fn send(thread: Thread, text: RwSignal<String>, question: String) {
        let question = question.trim().to_owned();
        if question.is_empty() || thread.link.get_untracked() != Link::Idle {
            return;
        }
        thread.tell_return(None);
        let request = thread.again(thread.request(question.clone(), false, new_key()));
        let unsent = Unsent::of(&request);
        let turn = thread.turn.get_value();
        let is_among_others = request.conversation.is_some() && thread.answers_by_another(request.assistant.as_ref());
        let sent = thread.files.draft.with_untracked(|draft| Sent::keep(&draft.key, &unsent));
        thread.sending.shown.set(Some(question.clone()));
        // What was suggested did not come from the input: what is being typed there stays.
        if text.with_untracked(|typed| typed.trim() == question) {
            text.set(String::new());
        }
        spawn_local(async move {
            let refused = match stream::ask(thread, turn, &request, &|| sent.forget()).await {
                Ok(Asked::Answered) => {
                    if is_among_others && thread.shows(turn) {
                        // Who answered is told once there are several.
                        tabs::look(thread);
                    }
                    return;
                }
                Ok(Asked::TakenBack) => None,
                Err(error) => Some(error),
            };
            if let Some((thread, text)) = sent.page() {
                // Whatever refused it last, an earlier try may have arrived.
                thread.unsent.set_value(Some(unsent));
                // Where one is back in its conversation, that may not be shown yet.
                thread.tell_return(refused);
                text.update(|typed| *typed = before_typed(question, typed));
                sent.forget();
            } else {
                sent.leave(refused);
            }
        });
    }

    /// Goes on with the last answer, which was cut off.
    pub fn go_on(thread: Thread) {
        if thread.link.get_untracked() != Link::Idle {
            return;
        }
        thread.refused.set(None);
        let request = thread.request(t!("chat.continue").to_owned(), true, new_key());
        let turn = thread.turn.get_value();
        spawn_local(async move {
            if let Err(error) = stream::ask(thread, turn, &request, &|| {}).await
                && thread.shows(turn)
            {
                thread.refused.set(Some(error));
            }
        });
    }

    /// With the same key a question is not asked twice.
    pub fn new_key() -> String {
        format!("{:x}{:x}", (js_sys::Math::random() * 1e17) as u64, js_sys::Date::now() as u64)
    }

    /// Goes on showing the last answer, if that is still being made.
    pub fn resume(thread: Thread) {
        if let Some(run) = thread.unfinished() {
            spawn_local(stream::follow(thread, thread.turn.get_value(), run));
        }
    }

    /// Ends the answer that is being made. A question that the server has not taken yet is taken back.
    pub fn stop(thread: Thread) {
        if !thread.sending.take_back()
            && let Some(run) = thread.run.get_untracked()
        {
            spawn_local(stream::stop(run));
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod on_server {
    use leptos::prelude::*;

    use crate::chat::thread::Thread;

    pub fn send(_: Thread, _: RwSignal<String>, _: String) {}

    pub fn go_on(_: Thread) {}

    pub fn resume(_: Thread) {}

    pub fn keep_up(_: Thread) {}

    pub fn stop(_: Thread) {}
}
