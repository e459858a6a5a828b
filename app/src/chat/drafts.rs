//! What is typed is kept in the tab: until it is sent, and what was sent until the server has taken it.

#[cfg(any(feature = "hydrate", test))]
pub mod sent;

use hammock_contract::{ConversationId, UserId};
use leptos::prelude::*;

use super::thread::Thread;
use crate::session::use_session;

/// What the name of every draft in this tab begins with.
const DRAFTS: &str = "hammock-draft-";

/// Where this tab notes that its person signs out; `public/auth.js` reads it.
const LEAVING: &str = "hammock-leaving";

/// What a person has typed goes along into a new conversation, before what already waits there.
pub fn take_along(typed: &str, person: &UserId) {
    if !typed.trim().is_empty() {
        let new = key_of(person, None);
        keep(&new, &before_typed(typed.to_owned(), &kept(&new)));
    }
}

/// Keeps what is typed in this tab, by person and conversation: it is there again after a look at another page, and after a reload.
pub fn keep_draft(thread: Thread, wanted: Memo<Option<ConversationId>>, text: RwSignal<String>) {
    #[cfg(feature = "hydrate")]
    sent::show_page(thread, text);
    let person = use_session().id();
    let new = key_of(&person, None);
    let here = StoredValue::new(new.clone());
    let person = StoredValue::new(person);
    let conversation = move || wanted.get().or_else(|| thread.conversation.get());
    let key = Memo::new(move |_| person.with_value(|person| key_of(person, conversation().as_ref())));
    Effect::new(move |before: Option<String>| {
        let key = key.get();
        here.set_value(key.clone());
        // The conversation that began here has its id now: what was typed meanwhile belongs to it.
        let is_renamed =
            before.as_ref() == Some(&new) && key != new && person.with_value(|person| began_here(thread, person, &key));
        let is_same = is_renamed || before.as_ref() == Some(&key);
        if before.is_none() {
            person.with_value(forget_others);
        }
        match before.as_deref() {
            Some(before) if before == key => {}
            Some(_) if is_renamed => {
                keep(&new, "");
                keep(&key, &text.get_untracked());
            }
            // Typed before the page was live.
            None if !text.with_untracked(String::is_empty) => keep(&key, &text.get_untracked()),
            _ => text.set(kept(&key)),
        }
        if !is_same {
            thread.tell_return(None);
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
fn began_here(thread: Thread, person: &UserId, key: &str) -> bool {
    thread.conversation.with_untracked(|shown| key_of(person, shown.as_ref()) == key)
}

/// What is in the input when a question comes back to it: neither the question nor what was typed since is lost.
pub fn before_typed(question: String, typed: &str) -> String {
    if typed.is_empty() { question } else { format!("{question}\n\n{typed}") }
}

/// Where the draft of a person for a conversation is kept; that of one that has no id yet, too.
fn key_of(person: &UserId, conversation: Option<&ConversationId>) -> String {
    format!("{}{}", all_of(person), conversation.map_or("new", ConversationId::as_str))
}

/// What the names of all drafts of a person begin with.
fn all_of(person: &UserId) -> String {
    format!("{DRAFTS}{person}-")
}

/// Notes whether the person of this tab signs out. Where that is done, the page after it removes all drafts of the tab; where it is
/// refused, nothing of them is lost.
///
/// By the page and not by the answer to it: `Clear-Site-Data` would take what a visitor of a public chat keeps in the same browser,
/// and not every browser clears a tab's own storage by it.
pub fn note_leaving(is_leaving: bool) {
    keep(LEAVING, if is_leaving { "1" } else { "" });
}

/// Removes what others have left in this tab: a session may also end without a word.
fn forget_others(person: &UserId) {
    let own = all_of(person);
    let is_meant = |name: &str| name.starts_with(DRAFTS) && !name.starts_with(&own);
    let Some(storage) = storage() else { return };
    let count = storage.length().unwrap_or_default();
    // All names before the first is removed: the others would move up.
    let names: Vec<String> = (0..count).filter_map(|at| storage.key(at).ok().flatten()).collect();
    for name in names.iter().filter(|name| is_meant(name)) {
        keep(name, "");
    }
}

/// Puts a question into the input that was sent from this draft and not taken, as far as anybody knows. It may have arrived all
/// the same: sent again as it is, it goes with the same key.
#[cfg(feature = "hydrate")]
fn bring_back(thread: Thread, text: RwSignal<String>, draft: &str, conversation: Option<ConversationId>) {
    if let Some((unsent, refused)) = sent::left_of(draft, conversation) {
        let typed = before_typed(unsent.text.clone(), &text.get_untracked());
        keep(draft, &typed);
        text.set(typed);
        thread.unsent.set_value(Some(unsent));
        thread.tell_return(refused);
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
            let (nora, eva) = (UserId::fixed("nora"), UserId::fixed("evas"));
            let (mine, other) = (ConversationId::fixed("mine"), ConversationId::fixed("other"));
            let began = |person, conversation| began_here(thread, &nora, &key_of(person, Some(conversation)));
            assert!(!began(&nora, &other), "a click in the list before anything began");
            thread.conversation.set(Some(mine.clone()));
            assert!(began(&nora, &mine));
            assert!(!began(&nora, &other));
            assert!(!began(&eva, &mine), "another person");
        });
    }

    #[test]
    fn a_draft_is_one_persons_own() {
        let (nora, eva) = (UserId::fixed("nora"), UserId::fixed("evas"));
        let some = ConversationId::fixed("some");
        for conversation in [None, Some(&some)] {
            let draft = key_of(&nora, conversation);
            assert!(draft.starts_with(&all_of(&nora)) && !draft.starts_with(&all_of(&eva)), "{draft}");
        }
    }
}
