//! Questions that were sent and that the server has not taken yet, kept beside their drafts.

use hammock_contract::{ApiError, ConversationId};

#[cfg(feature = "hydrate")]
pub use in_browser::{Sent, left_of, show_page};

use crate::chat::thread::Unsent;

/// A question as it is kept: its key, who is to answer it, and its text.
fn written(question: &Unsent) -> String {
    let key = question.key.as_deref().unwrap_or_default();
    let assistant = question.assistant.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{key}\n{assistant}\n{}", question.text)
}

/// What was kept. Which files it had is not known any more: those that arrived with it wait for no question.
fn read(kept: &str, conversation: Option<ConversationId>) -> Option<Unsent> {
    let (key, rest) = kept.split_once('\n')?;
    let (assistant, text) = rest.split_once('\n')?;
    let (key, text) = (Some(key.to_owned()), text.to_owned());
    Some(Unsent { key, conversation, assistant: assistant.parse().ok(), text, attachments: None })
}

/// Why questions came to nothing that are kept until their conversations are shown again, by where they are kept.
struct Refusals(Vec<(String, ApiError)>);

impl Refusals {
    const fn new() -> Self {
        Self(Vec::new())
    }

    /// Notes why, in place of what was noted there before.
    fn note(&mut self, place: &str, refused: Option<ApiError>) {
        self.take(place);
        self.0.extend(refused.map(|refused| (place.to_owned(), refused)));
    }

    /// What is noted there, once.
    fn take(&mut self, place: &str) -> Option<ApiError> {
        let at = self.0.iter().position(|(other, _)| other == place)?;
        Some(self.0.swap_remove(at).1)
    }
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use std::cell::{Cell, RefCell};

    use hammock_contract::{ApiError, ConversationId};
    use leptos::prelude::*;

    use super::{Refusals, read, written};
    use crate::chat::{
        drafts::{keep, kept},
        thread::{Thread, Unsent},
    };

    thread_local! {
        /// What this page has on its way, also for conversations that are out of sight. It goes with the page; what is kept stays.
        static GOING: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };

        /// Why what has come to nothing did, as long as the page is not loaded again.
        static REFUSALS: RefCell<Refusals> = const { RefCell::new(Refusals::new()) };

        /// The chat that is shown, or was shown last, with what is typed there.
        static PAGE: Cell<Option<(Thread, RwSignal<String>)>> = const { Cell::new(None) };
    }

    /// Says which chat is shown from now on: questions that were asked in one before it come back there.
    pub fn show_page(thread: Thread, text: RwSignal<String>) {
        PAGE.set(Some((thread, text)));
    }

    /// A question that is on its way.
    pub struct Sent {
        place: String,
        kept: String,
    }

    impl Sent {
        /// Keeps a question that is sent from a draft.
        pub fn keep(draft: &str, question: &Unsent) -> Self {
            let sent = Self { place: place_of(draft), kept: written(question) };
            keep(&sent.place, &sent.kept);
            GOING.with_borrow_mut(|going| going.push(sent.kept.clone()));
            sent
        }

        /// The chat that shows the draft that it was sent from, if one does: not always the one where it was asked.
        pub fn page(&self) -> Option<(Thread, RwSignal<String>)> {
            let is_of = |thread: &Thread| {
                thread.files.draft.try_with_untracked(|draft| self.place == place_of(&draft.key)) == Some(true)
            };
            // What a chat holds outlives its page until the one after is gone, too.
            let is_shown = window().location().pathname().is_ok_and(|path| path.starts_with("/chat"));
            PAGE.get().filter(|(thread, _)| is_shown && is_of(thread))
        }

        /// It is with the server, or in the input again.
        pub fn forget(&self) {
            self.leave(None);
            // Another one may have been sent from there since.
            if kept(&self.place) == self.kept {
                keep(&self.place, "");
            }
        }

        /// It came to nothing out of sight: it stays until its conversation is shown again.
        pub fn leave(&self, refused: Option<ApiError>) {
            REFUSALS.with_borrow_mut(|refusals| refusals.note(&self.place, refused));
            GOING.with_borrow_mut(|going| going.retain(|other| *other != self.kept));
        }
    }

    /// Takes what was sent from a draft and came to nothing, with the reason, or was still on its way when the page was loaded again.
    pub fn left_of(draft: &str, conversation: Option<ConversationId>) -> Option<(Unsent, Option<ApiError>)> {
        let place = place_of(draft);
        let left = kept(&place);
        if GOING.with_borrow(|going| going.contains(&left)) {
            return None;
        }
        let question = read(&left, conversation)?;
        keep(&place, "");
        Some((question, REFUSALS.with_borrow_mut(|refusals| refusals.take(&place))))
    }

    fn place_of(draft: &str) -> String {
        format!("{draft}-sent")
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{AssistantId, ErrorCode};

    use super::*;

    #[test]
    fn why_a_question_came_to_nothing_is_told_once_and_where_it_was_asked() {
        let why = |code| Some(ApiError::new(code, "no"));
        let mut refusals = Refusals::new();
        refusals.note("first", why(ErrorCode::AnswerRunning));
        refusals.note("second", why(ErrorCode::Unavailable));
        refusals.note("first", why(ErrorCode::TooManyAttempts));
        assert_eq!(refusals.take("third"), None);
        assert_eq!(refusals.take("first"), why(ErrorCode::TooManyAttempts));
        assert_eq!(refusals.take("first"), None);
        // It was sent again since.
        refusals.note("second", None);
        assert_eq!(refusals.take("second"), None);
    }

    #[test]
    fn a_question_is_read_as_it_was_kept() {
        let conversation = Some(ConversationId::fixed("some"));
        for assistant in [None, Some(AssistantId::fixed("first"))] {
            let (key, text) = (Some("k1".to_owned()), "When?\n\nAnd where?\n".to_owned());
            let question = Unsent { key, conversation: conversation.clone(), assistant, text, attachments: None };
            assert_eq!(read(&written(&question), conversation.clone()), Some(question));
        }
        for nothing in ["", "a key alone", "a key\nand an assistant"] {
            assert_eq!(read(nothing, None), None);
        }
    }
}
