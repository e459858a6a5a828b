//! Long conversations: one opens with its newest messages, and those before them come when the reader goes up there.

use hammock_contract::{
    ConversationId, MessageId,
    chat::{Conversation, Message},
    conversation::MessagesQuery,
};
use leptos::{html, prelude::*, task::spawn_local};
use web_sys::{Element, HtmlElement};

use super::{
    api::read_conversation,
    thread::{Thread, entries},
};
use crate::{
    FnError, t,
    ui::{Button, ButtonKind, Toaster, use_toaster},
};

/// How many messages come at a time.
const PART: u32 = 40;
/// How near to the first message the reader is when more are loaded. CSS pixels.
const NEAR: i32 = 400;

/// A conversation with its newest messages.
///
/// # Errors
/// `not_found`.
pub async fn read_newest(conversation: ConversationId) -> Result<Conversation, FnError> {
    read_conversation(conversation, MessagesQuery { before: None, limit: Some(PART) }).await
}

/// Loads everything that stands before what is shown: paper has all of it.
///
/// # Errors
/// `not_found`.
pub async fn load_all(thread: Thread) -> Result<(), FnError> {
    let Some((conversation, first)) = thread.first_loaded() else { return Ok(()) };
    let turn = thread.turn.get_value();
    let part = read_conversation(conversation, MessagesQuery { before: Some(first), limit: None }).await?;
    if thread.shows(turn) {
        thread.put_before(part);
    }
    Ok(())
}

impl Thread {
    /// The conversation and the first of its messages that is loaded, where others stand before it.
    fn first_loaded(self) -> Option<(ConversationId, MessageId)> {
        if self.earlier.try_get_untracked()? == 0 {
            return None;
        }
        let first = self.messages.try_with_untracked(|messages| messages.first().map(|(id, _)| id.clone()))??;
        Some((self.conversation.try_get_untracked()??, first))
    }

    /// How many of the messages that are shown stand before one of them; nothing where it is not among them.
    pub fn place_of(self, message: &MessageId) -> Option<usize> {
        self.messages.try_with_untracked(|shown| shown.iter().position(|(id, _)| id == message)).flatten()
    }

    /// Puts messages before those that are shown, which stay as they are.
    fn put_before(self, part: Conversation) {
        self.earlier.set(part.earlier);
        self.messages.update(|shown| {
            let is_new = |id: &MessageId| shown.iter().all(|(other, _)| other != id);
            let mut all = entries(part.messages).filter(|(id, _)| is_new(id)).collect::<Vec<_>>();
            all.append(shown);
            *shown = all;
        });
    }

    /// Begins to ask what the conversation says now, or tells that more is known than was asked for. Gives the number of the look.
    pub fn begin_look(self) -> u32 {
        let next = self.looks.try_get_value().unwrap_or_default() + 1;
        self.looks.set_value(next);
        next
    }

    /// Whether nothing newer is known than what a look brings.
    pub fn is_newest(self, look: u32) -> bool {
        self.looks.try_get_value() == Some(look)
    }

    /// Shows what the same conversation says now, by its newest messages: what was said elsewhere meanwhile, or another branch. Rows
    /// that are shown and say the same stay as they are.
    pub fn catch_up(self, newest: Conversation) {
        if self.conversation.get_untracked().as_ref() != Some(&newest.summary.id) {
            return;
        }
        self.title.set(newest.summary.title);
        self.asked.set_value(Some(newest.summary.assistant));
        let mut shown = self.messages.get_untracked();
        let joint = newest.messages.first().and_then(|first| shown.iter().position(|(id, _)| *id == first.id));
        let known = shown.split_off(joint.unwrap_or_default());
        if joint.is_none() {
            // More was said than comes at a time: what is between is loaded with the earlier messages, in its place.
            self.earlier.set(newest.earlier);
        }
        let of = |message: &Message| (message.state, message.siblings.clone(), message.assistant.clone());
        shown.extend(newest.messages.into_iter().map(|message| {
            let Some(known) = known.iter().find(|(id, _)| *id == message.id).cloned() else {
                return (message.id.clone(), ArcRwSignal::new(message));
            };
            if known.1.with_untracked(of) != of(&message) {
                known.1.set(message);
            }
            known
        }));
        self.messages.set(shown);
    }
}

/// Loads the messages before those that are shown. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Earlier {
    thread: Thread,
    scroller: NodeRef<html::Div>,
    toaster: Toaster,
    is_loading: RwSignal<bool>,
    /// Whether the last try failed: then only the button tries again, so that a reader who scrolls is told once.
    has_failed: RwSignal<bool>,
}

impl Earlier {
    /// Of the messages in an area that scrolls.
    pub fn of(thread: Thread, scroller: NodeRef<html::Div>) -> Self {
        Self {
            thread,
            scroller,
            toaster: use_toaster(),
            is_loading: RwSignal::new(false),
            has_failed: RwSignal::new(false),
        }
    }

    /// Loads some when the reader comes near to where they belong.
    pub fn load_when_near(self) {
        let is_near = self.scroller.get_untracked().is_some_and(|scroller| scroller.scroll_top() < NEAR);
        if is_near && !self.has_failed.get_untracked() {
            self.load(false);
        }
    }

    fn load(self, by_button: bool) {
        let Self { thread, scroller, toaster, is_loading, has_failed } = self;
        let Some((conversation, first)) = thread.first_loaded().filter(|_| !is_loading.get_untracked()) else { return };
        let turn = thread.turn.get_value();
        is_loading.set(true);
        spawn_local(async move {
            let wanted = MessagesQuery { before: Some(first), limit: Some(PART) };
            let found = read_conversation(conversation, wanted).await;
            // Another conversation may be shown by now, or another page.
            if !thread.shows(turn) {
                let _ = is_loading.try_set(false);
                return;
            }
            let _ = has_failed.try_set(found.is_err());
            match found {
                Ok(part) => {
                    // What is read stays where it is: what comes stands above it.
                    let held = scroller.try_get_untracked().flatten().and_then(|area| Held::of(&area));
                    let held = StoredValue::new_local(held);
                    thread.put_before(part);
                    // When it is laid out. Until then no more is loaded: the reader would still be near.
                    request_animation_frame(move || {
                        held.with_value(|held| held.iter().for_each(Held::hold));
                        if by_button && thread.earlier.try_get_untracked() == Some(0) {
                            // The button is gone, and the focus would be with it.
                            let _ = scroller.try_get_untracked().flatten().map(|area| area.focus());
                        }
                        // What was out of sight was laid out with a height that was guessed.
                        request_animation_frame(move || {
                            held.with_value(|held| held.iter().for_each(Held::hold));
                            held.dispose();
                            let _ = is_loading.try_set(false);
                        });
                    });
                }
                Err(error) => {
                    toaster.refuse(&error.0);
                    let _ = is_loading.try_set(false);
                }
            }
        });
    }
}

/// The first message that is shown, and how far it is from the top of the area that scrolls. CSS pixels.
struct Held {
    area: HtmlElement,
    message: Element,
    distance: i32,
}

impl Held {
    fn of(area: &HtmlElement) -> Option<Self> {
        let message = area.query_selector(".message-group > :is(.question, .answer)").ok()??;
        let distance = distance(area, &message);
        Some(Self { area: area.clone(), message, distance })
    }

    /// Scrolls so that the message is where it was.
    fn hold(&self) {
        let moved = distance(&self.area, &self.message) - self.distance;
        self.area.set_scroll_top(self.area.scroll_top() + moved);
    }
}

/// How far a message is from the top of the area. A group that may be out of sight is what its messages' own offsets begin at.
fn distance(area: &HtmlElement, message: &Element) -> i32 {
    let top = |element: &Element| element.get_bounding_client_rect().top();
    (top(message) - top(area)).round() as i32
}

/// Asks for the messages before those that are shown; nothing where there are none.
#[component]
pub fn EarlierMessages(
    /// What loads them.
    earlier: Earlier,
) -> impl IntoView {
    let has_earlier = Memo::new(move |_| earlier.thread.earlier.get() > 0);
    view! {
        <Show when=move || has_earlier.get()>
            <div class="earlier">
                <Button kind=ButtonKind::Ghost icon="chevron-up" busy=earlier.is_loading on_click=move |_| earlier.load(true)>
                    {t!("chat.earlier")}
                </Button>
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{
        AssistantId, RunId, Timestamp,
        chat::{Author, ConversationSummary, MessageState},
        stream::StreamEvent,
    };

    use super::*;
    use crate::chat::thread::empty_answer;

    fn message(id: &'static str) -> Message {
        let (author, state) = (Author::User, MessageState::Complete);
        Message { author, state, run: None, ..empty_answer(MessageId::fixed(id), RunId::fixed("some")) }
    }

    fn said(conversation: &'static str, ids: &[&'static str], earlier: u32) -> Conversation {
        let summary = ConversationSummary {
            id: ConversationId::fixed(conversation),
            title: String::new(),
            assistant: AssistantId::fixed("some"),
            assistant_name: String::new(),
            updated_at: Timestamp::default(),
            category: None,
            found: None,
        };
        Conversation { summary, messages: ids.iter().copied().map(message).collect(), earlier }
    }

    /// The messages that are shown, and how many stand before them.
    fn shown(thread: Thread) -> (Vec<MessageId>, u32) {
        let ids = thread.messages.get_untracked().iter().map(|(id, _)| id.clone()).collect();
        (ids, thread.earlier.get_untracked())
    }

    fn ids<const N: usize>(names: [&'static str; N]) -> Vec<MessageId> {
        names.map(MessageId::fixed).to_vec()
    }

    #[test]
    fn what_was_said_elsewhere_is_added_once() {
        Owner::new().with(|| {
            let thread = Thread::new();
            thread.show(said("some", &["one"], 0));
            let turn = thread.turn.get_value();
            thread.catch_up(said("some", &["one", "two"], 0));
            thread.catch_up(said("other", &["three"], 0));
            assert_eq!(shown(thread), (ids(["one", "two"]), 0));
            assert!(thread.shows(turn));
        });
    }

    #[test]
    fn a_look_that_began_before_something_newer_is_late() {
        Owner::new().with(|| {
            let thread = Thread::new();
            thread.show(said("some", &["one"], 0));
            let (first, second) = (thread.begin_look(), thread.begin_look());
            assert!(!thread.is_newest(first) && thread.is_newest(second));
            let (conversation, run) = (ConversationId::fixed("some"), RunId::fixed("some"));
            let (question, answer) = (Box::new(message("two")), MessageId::fixed("three"));
            thread.apply(StreamEvent::Started { conversation, title: String::new(), run, question, answer });
            assert!(!thread.is_newest(second), "it does not know the question");
            let third = thread.begin_look();
            assert!(thread.is_newest(third));
            thread.show_branch(said("some", &["one", "four"], 0));
            assert!(!thread.is_newest(third), "it may know another branch alone");
        });
    }

    #[test]
    fn what_was_said_elsewhere_leaves_no_gap() {
        Owner::new().with(|| {
            let thread = Thread::new();
            thread.show(said("some", &["one", "two"], 0));
            thread.catch_up(said("some", &["two", "three"], 1));
            assert_eq!(shown(thread), (ids(["one", "two", "three"]), 0));
            thread.catch_up(said("some", &["six", "seven"], 5));
            assert_eq!(shown(thread), (ids(["six", "seven"]), 5));
            thread.catch_up(said("some", &["six", "seven", "eight"], 5));
            assert_eq!(shown(thread), (ids(["six", "seven", "eight"]), 5));
        });
    }

    #[test]
    fn earlier_messages_stand_before_those_that_are_shown() {
        Owner::new().with(|| {
            let thread = Thread::new();
            assert_eq!(thread.first_loaded(), None);
            thread.show(said("some", &["three", "four"], 2));
            let (conversation, first) = thread.first_loaded().unwrap();
            assert_eq!((conversation, first), (ConversationId::fixed("some"), MessageId::fixed("three")));
            let third = thread.messages.get_untracked()[0].1.clone();
            thread.put_before(said("some", &["one", "two", "three"], 0));
            assert_eq!(shown(thread), (ids(["one", "two", "three", "four"]), 0));
            assert_eq!(thread.first_loaded(), None);
            // The row that was there is not made anew.
            third.update(|message| message.text = "changed".to_owned());
            assert_eq!(thread.messages.get_untracked()[2].1.get_untracked().text, "changed");
            thread.clear();
            assert_eq!(shown(thread), (Vec::new(), 0));
        });
    }
}
