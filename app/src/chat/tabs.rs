//! Several tabs with one conversation: what is asked in one of them appears in the others.

use leptos::prelude::*;

use super::{
    earlier::read_newest,
    stream,
    thread::{Link, Thread},
};

/// Where a tab writes which conversation goes on, and with which answer. The browser tells all other tabs of what is new
/// there, so that none has to ask again and again.
const GOES_ON: &str = "hammock-goes-on";

/// Shows what was asked meanwhile in another tab: when that tab tells of it, and, since it may be in another browser, when
/// this one is looked at again.
pub fn keep_up(thread: Thread) {
    let looking = window_event_listener(leptos::ev::focus, move |_| look(thread));
    let told = window_event_listener(leptos::ev::storage, move |event| {
        let Some(told) = event.new_value().filter(|_| event.key().as_deref() == Some(GOES_ON)) else { return };
        thread.list_version.update(|version| *version += 1);
        let shown = thread.conversation.get_untracked();
        if shown.is_some_and(|id| told.split(' ').next() == Some(id.as_str())) {
            look(thread);
        }
    });
    Effect::new(move |_| {
        let run = thread.run.get();
        if let (Some(run), Some(conversation)) = (run, thread.conversation.get_untracked())
            && let Some(storage) = window().local_storage().ok().flatten()
        {
            // A full or forbidden storage tells nobody: others see it when they are looked at. The same value again, from a tab
            // that follows, tells nobody either.
            let _ = storage.set_item(GOES_ON, &format!("{conversation} {run}"));
        }
    });
    on_cleanup(move || {
        looking.remove();
        told.remove();
    });
}

/// Looks for what the conversation has more than what is shown, unless an answer is written here.
pub fn look(thread: Thread) {
    let turn = thread.turn.get_value();
    let Some(id) = thread.conversation.get_untracked() else { return };
    if thread.link.get_untracked() != Link::Idle {
        return;
    }
    let look = thread.begin_look();
    leptos::task::spawn_local(async move {
        // If it fails, what is shown stays.
        let Ok(conversation) = read_newest(id).await else { return };
        if thread.shows(turn) && thread.is_newest(look) && thread.link.get_untracked() == Link::Idle {
            thread.catch_up(conversation);
            if let Some(run) = thread.unfinished() {
                stream::follow(thread, turn, run).await;
            }
        }
    });
}
