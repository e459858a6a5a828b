//! What is typed is kept in the tab: until it is sent, and what was sent until the server has taken it.

#[cfg(any(feature = "hydrate", test))]
pub mod sent;

use hammock_contract::ConversationId;
use leptos::prelude::*;

use super::thread::Thread;

/// Where the draft of a conversation that has no id yet is kept.
const NEW: &str = "hammock-draft-new";

/// What is typed goes along into a new conversation, before what already waits there.
pub fn take_along(typed: &str) {
    if !typed.trim().is_empty() {
        keep(NEW, &before_typed(typed.to_owned(), &kept(NEW)));
    }
}

/// Keeps what is typed in this tab, by conversation: it is there again after a look at another page, and after a reload.
pub fn keep_draft(thread: Thread, wanted: Memo<Option<ConversationId>>, text: RwSignal<String>) {
    let conversation = move || wanted.get().or_else(|| thread.conversation.get());
    let key = Memo::new(move |_| key_of(conversation().as_ref()));
    let here = StoredValue::new(NEW.to_owned());
    Effect::new(move |before: Option<String>| {
        let key = key.get();
        here.set_value(key.clone());
        // The conversation that began here has its id now: what was typed meanwhile belongs to it.
        let is_renamed = before.as_deref() == Some(NEW) && key != NEW && began_here(thread, &key);
        let is_same = is_renamed || before.as_ref() == Some(&key);
        match before.as_deref() {
            Some(before) if before == key => {}
            Some(_) if is_renamed => {
                keep(NEW, "");
                keep(&key, &text.get_untracked());
            }
            // Typed before the page was live.
            None if !text.with_untracked(String::is_empty) => keep(&key, &text.get_untracked()),
            _ => text.set(kept(&key)),
        }
        if !is_same {
            bring_back(thread, text, &key, untrack(conversation));
        }
        thread.files.belong_to(&key, is_renamed);
        key
    });
    Effect::new(move |before: Option<()>| {
        let typed = text.get();
        if before.is_some() {
            here.with_value(|key| keep(key, &typed));
        }
    });
}

/// Whether a draft belongs to the conversation that is shown. One that was only chosen in the list is shown later.
fn began_here(thread: Thread, key: &str) -> bool {
    thread.conversation.with_untracked(|shown| key_of(shown.as_ref()) == key)
}

/// What is in the input when a question comes back to it: neither the question nor what was typed since is lost.
pub fn before_typed(question: String, typed: &str) -> String {
    if typed.is_empty() { question } else { format!("{question}\n\n{typed}") }
}

/// Where the draft of a conversation is kept.
fn key_of(conversation: Option<&ConversationId>) -> String {
    conversation.map_or_else(|| NEW.to_owned(), |id| format!("hammock-draft-{id}"))
}

/// Puts a question into the input that was sent from this draft and not taken, as far as anybody knows. It may have arrived all
/// the same: sent again as it is, it goes with the same key.
#[cfg(feature = "hydrate")]
fn bring_back(thread: Thread, text: RwSignal<String>, draft: &str, conversation: Option<ConversationId>) {
    if let Some(unsent) = sent::left_of(draft, conversation) {
        let typed = before_typed(unsent.text.clone(), &text.get_untracked());
        keep(draft, &typed);
        text.set(typed);
        thread.unsent.set_value(Some(unsent));
    }
}

/// The server has no drafts.
#[cfg(not(feature = "hydrate"))]
fn bring_back(_: Thread, _: RwSignal<String>, _: &str, _: Option<ConversationId>) {}

/// What is kept in this tab under a name; nothing is an empty text.
pub fn kept(key: &str) -> String {
    storage().and_then(|storage| storage.get_item(key).ok().flatten()).unwrap_or_default()
}

/// Keeps a text in this tab, or forgets what is kept, where it is empty.
pub fn keep(key: &str, typed: &str) {
    if let Some(storage) = storage() {
        // A full or forbidden storage loses drafts across reloads, nothing else.
        let _ = if typed.is_empty() { storage.remove_item(key) } else { storage.set_item(key, typed) };
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_comes_back_keeps_what_was_typed_since() {
        assert_eq!(before_typed("When?".to_owned(), ""), "When?");
        assert_eq!(before_typed("When?".to_owned(), "And where"), "When?\n\nAnd where");
    }

    #[test]
    fn a_draft_belongs_to_the_conversation_that_began_with_it() {
        Owner::new().with(|| {
            let thread = Thread::new();
            let (mine, other) = (ConversationId::fixed("mine"), ConversationId::fixed("other"));
            assert!(!began_here(thread, &key_of(Some(&other))), "a click in the list before anything began");
            thread.conversation.set(Some(mine.clone()));
            assert!(began_here(thread, &key_of(Some(&mine))));
            assert!(!began_here(thread, &key_of(Some(&other))));
        });
    }
}
