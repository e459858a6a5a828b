//! What happens in the person's conversations on other devices, told by one stream to every page that is looked at.

#[cfg(any(feature = "hydrate", test))]
use hammock_contract::conversation::ConversationChange;
#[cfg(any(feature = "hydrate", test))]
use leptos::prelude::*;

use crate::chat::thread::Thread;

/// What a change is news for.
#[cfg(any(feature = "hydrate", test))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct News {
    /// The list of conversations.
    list: bool,
    /// The messages that are shown.
    messages: bool,
}

#[cfg(any(feature = "hydrate", test))]
impl News {
    /// Of what comes first, `was_away` says whether the page may have missed something before it.
    fn of(thread: Thread, change: &ConversationChange, was_away: bool) -> Self {
        let is_shown = thread.conversation.with_untracked(|shown| shown.as_ref() == Some(&change.conversation));
        let is_retitled = is_shown && thread.title.with_untracked(|title| *title != change.title);
        // What is asked here is known here.
        let is_answered_here = untrack(|| thread.is_running());
        let is_news = change.is_new || was_away;
        let came = is_shown && (change.run.is_some() || change.is_new && !is_retitled);
        Self {
            list: is_retitled || is_news && !(is_shown && is_answered_here),
            messages: !is_answered_here && (came || was_away && !change.is_new),
        }
    }
}

#[cfg(feature = "hydrate")]
pub use in_browser::follow_elsewhere;

/// The server renders the page; what happens elsewhere is told in the browser.
#[cfg(not(feature = "hydrate"))]
pub fn follow_elsewhere(_: Thread) {}

#[cfg(feature = "hydrate")]
mod in_browser {
    use std::time::Duration;

    use gloo::events::EventListener;
    use hammock_contract::conversation::ConversationChange;
    use leptos::prelude::*;
    use wasm_bindgen::JsCast as _;
    use web_sys::{EventSource, MessageEvent};

    use super::News;
    use crate::chat::{tabs, thread::Thread};

    /// Where changes are told.
    const ADDRESS: &str = "/api/v1/conversations/events";
    /// The pause before another try doubles so often.
    const DOUBLINGS: u32 = 6;

    /// An open stream; closed when it is dropped.
    struct Line {
        source: EventSource,
        _heard: EventListener,
        _broken: EventListener,
    }

    impl Line {
        fn open(heard: impl Fn(&MessageEvent) + 'static, broken: impl Fn() + 'static) -> Option<Self> {
            let source = EventSource::new(ADDRESS).ok()?;
            let heard = EventListener::new(&source, "message", move |event| heard(event.unchecked_ref()));
            let broken = EventListener::new(&source, "error", move |_| broken());
            Some(Self { source, _heard: heard, _broken: broken })
        }
    }

    impl Drop for Line {
        fn drop(&mut self) {
            self.source.close();
        }
    }

    /// Shows what happens elsewhere as long as the page is there and is looked at: who does not look at it holds no connection.
    pub fn follow_elsewhere(thread: Thread) {
        let is_seen = RwSignal::new(!document().hidden());
        let again = RwSignal::new(0_u32);
        let (opened, tries) = (StoredValue::new(0_u32), StoredValue::new(0_u32));
        let line = StoredValue::new_local(None::<Line>);
        let looking = window_event_listener_untyped("visibilitychange", move |_| is_seen.set(!document().hidden()));
        on_cleanup(move || looking.remove());
        Effect::new(move |_| {
            again.track();
            line.set_value(None);
            if !is_seen.get() {
                return;
            }
            let number = opened.get_value() + 1;
            opened.set_value(number);
            let heard = move |event: &MessageEvent| {
                tries.set_value(0);
                let data = event.data().as_string().unwrap_or_default();
                if let Ok(change) = serde_json::from_str::<ConversationChange>(&data) {
                    take(thread, change, number > 1);
                }
            };
            let broken = move || {
                // By itself it would come back at once, again and again, or never.
                line.with_value(|line| line.iter().for_each(|line| line.source.close()));
                let count = tries.get_value();
                tries.set_value(count + 1);
                let seconds = f64::from(1_u32 << count.min(DOUBLINGS)) * (0.5 + js_sys::Math::random());
                let open_again = move || {
                    // Another one may be open by now, or the page be gone.
                    if opened.try_get_value() == Some(number) {
                        again.update(|times| *times += 1);
                    }
                };
                set_timeout(open_again, Duration::from_secs_f64(seconds));
            };
            line.set_value(Line::open(heard, broken));
        });
    }

    fn take(thread: Thread, change: ConversationChange, was_away: bool) {
        let News { list, messages } = News::of(thread, &change, was_away);
        if thread.conversation.with_untracked(|shown| shown.as_ref() == Some(&change.conversation)) {
            thread.title.set(change.title);
        }
        if list {
            thread.list_version.update(|version| *version += 1);
        }
        if messages {
            tabs::look(thread);
        }
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{ConversationId, RunId};

    use super::*;
    use crate::chat::thread::Link;

    const NOTHING: News = News { list: false, messages: false };
    const LIST: News = News { list: true, messages: false };
    const BOTH: News = News { list: true, messages: true };

    fn change(conversation: &'static str, title: &str) -> ConversationChange {
        ConversationChange {
            conversation: ConversationId::fixed(conversation),
            title: title.to_owned(),
            run: None,
            is_new: true,
        }
    }

    #[test]
    fn what_happens_elsewhere_is_news_where_it_is_shown() {
        Owner::new().with(|| {
            let thread = Thread::new();
            thread.conversation.set(Some(ConversationId::fixed("mine")));
            thread.title.set("Hours".to_owned());
            let news = |change: &ConversationChange| News::of(thread, change, false);
            assert_eq!(news(&change("mine", "Hours")), BOTH, "asked elsewhere");
            assert_eq!(news(&change("other", "Hours")), LIST);
            assert_eq!(news(&change("mine", "Opening hours")), LIST, "a title alone");
            let run = Some(RunId::fixed("some"));
            assert_eq!(news(&ConversationChange { run: run.clone(), ..change("mine", "Opening hours") }), BOTH);
            thread.link.set(Link::Open);
            assert_eq!(news(&ConversationChange { run, ..change("mine", "Hours") }), NOTHING, "asked here");
            assert_eq!(news(&change("mine", "Opening hours")), LIST);
            assert_eq!(news(&change("other", "Hours")), LIST);
        });
    }

    #[test]
    fn how_things_stood_at_the_beginning_is_news_only_for_who_was_away() {
        Owner::new().with(|| {
            let thread = Thread::new();
            thread.conversation.set(Some(ConversationId::fixed("mine")));
            thread.title.set("Hours".to_owned());
            let first = |conversation, title| ConversationChange { is_new: false, ..change(conversation, title) };
            assert_eq!(News::of(thread, &first("mine", "Hours"), false), NOTHING);
            assert_eq!(News::of(thread, &first("other", "Prices"), false), NOTHING);
            assert_eq!(News::of(thread, &first("mine", "Opening hours"), false), LIST, "written while it was opened");
            for conversation in ["mine", "other"] {
                assert_eq!(News::of(thread, &first(conversation, "Hours"), true), BOTH);
            }
        });
    }
}
