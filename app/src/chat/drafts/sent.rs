//! Questions that were sent and that the server has not taken yet, kept beside their drafts.

use hammock_contract::ConversationId;

#[cfg(feature = "hydrate")]
pub use in_browser::{Sent, left_of};

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

#[cfg(feature = "hydrate")]
mod in_browser {
    use std::cell::RefCell;

    use hammock_contract::ConversationId;

    use super::{read, written};
    use crate::chat::{
        drafts::{keep, kept},
        thread::Unsent,
    };

    thread_local! {
        /// What this page has on its way, also for conversations that are out of sight. It goes with the page; what is kept stays.
        static GOING: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
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

        /// Whether it was sent from this draft.
        pub fn is_of(&self, draft: &str) -> bool {
            self.place == place_of(draft)
        }

        /// It is with the server, or in the input again.
        pub fn forget(&self) {
            self.leave();
            // Another one may have been sent from there since.
            if kept(&self.place) == self.kept {
                keep(&self.place, "");
            }
        }

        /// It came to nothing out of sight: it stays until its conversation is shown again.
        pub fn leave(&self) {
            GOING.with_borrow_mut(|going| going.retain(|other| *other != self.kept));
        }
    }

    /// Takes what was sent from a draft and came to nothing, or was still on its way when the page was loaded again.
    pub fn left_of(draft: &str, conversation: Option<ConversationId>) -> Option<Unsent> {
        let place = place_of(draft);
        let left = kept(&place);
        if GOING.with_borrow(|going| going.contains(&left)) {
            return None;
        }
        let question = read(&left, conversation)?;
        keep(&place, "");
        Some(question)
    }

    fn place_of(draft: &str) -> String {
        format!("{draft}-sent")
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::AssistantId;

    use super::*;

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
