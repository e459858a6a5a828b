//! When a reader moves on from the message that the address names.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
    params::ParamsMap,
};

use super::thread::Thread;

/// What names a message in the address, such as one that a search has found.
pub const MESSAGE: &str = "message";

/// Takes the message out of the address once the reader has asked something: a reload would lead them back to it. The address takes
/// the place of the one before, so that the way back stays as long as it is.
pub fn forget_message(thread: Thread) {
    let (query, path) = (use_query_map(), use_location().pathname);
    let navigate = use_navigate();
    Effect::new(move |before: Option<u32>| {
        let taken = thread.taken.get();
        let is_named = query.with_untracked(|query| query.get_str(MESSAGE).is_some());
        if is_named && before.is_some_and(|before| before != taken) {
            let address = path.with_untracked(|path| query.with_untracked(|query| without_message(path, query)));
            navigate(&address, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
        }
        taken
    });
}

/// The address of what is shown, without the message: what else it holds, such as the search, stays.
fn without_message(path: &str, query: &ParamsMap) -> String {
    let mut query = query.clone();
    query.remove(MESSAGE);
    format!("{path}{}", query.to_query_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_message_goes() {
        let mut query = ParamsMap::new();
        query.insert(MESSAGE, "msg_some".to_owned());
        assert_eq!(without_message("/chat/conv_some", &query), "/chat/conv_some");
        query.insert("q", "a b".to_owned());
        assert_eq!(without_message("/chat/conv_some", &query), "/chat/conv_some?q=a%20b");
    }
}
