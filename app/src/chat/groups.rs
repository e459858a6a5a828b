//! The messages of a thread in groups: what is out of sight is laid out by group, and not every message is looked at for every
//! frame and every key.

use std::{ops::Range, sync::Arc};

use hammock_contract::chat::Message;
use leptos::prelude::*;

use super::{answer::MessageView, thread::Thread};
use crate::ui::keyed::Keyed;

/// How many messages stand in a group. Smaller ones are more to go through for each frame, larger ones more to lay out at once when
/// the reader comes near: 1,000 messages of 1,200 characters scroll best with 10.
const SIZE: usize = 10;

impl Thread {
    /// The numbers of the groups that are shown. They count from the beginning of the conversation, so that a group stays what it is
    /// when earlier messages come.
    fn groups(self) -> Range<usize> {
        groups_of(self.earlier.get() as usize, self.messages.with(Vec::len))
    }

    /// The messages of a group, as far as they are loaded, oldest first.
    fn group(self, number: usize) -> Vec<String> {
        let earlier = self.earlier.get() as usize;
        self.messages.with(|messages| {
            let places = places_in(number, earlier, messages.len());
            messages[places].iter().map(|(id, _)| id.to_string()).collect()
        })
    }

    fn message(self, id: &str) -> Option<ArcRwSignal<Message>> {
        self.messages.with_untracked(|all| {
            all.iter().find(|(other, _)| other.as_str() == id).map(|(_, message)| message.clone())
        })
    }
}

/// The groups of so many messages, before which so many others stand.
fn groups_of(earlier: usize, shown: usize) -> Range<usize> {
    earlier / SIZE..(earlier + shown).div_ceil(SIZE)
}

/// Where the messages of a group stand among those that are shown. None of a group that has just gone.
fn places_in(number: usize, earlier: usize, shown: usize) -> Range<usize> {
    let place = |position: usize| position.saturating_sub(earlier).min(shown);
    place(number * SIZE)..place((number + 1) * SIZE)
}

/// The messages of a thread.
#[component]
pub fn MessageGroups(
    thread: Thread,
    /// Goes on with the last answer.
    on_continue: Callback<()>,
    /// Takes a question about a topic that a refusal names.
    on_topic: Callback<String>,
) -> impl IntoView {
    let message = move |id: &str| {
        let message = thread.message(id)?;
        Some(view! { <MessageView thread message on_continue on_topic /> })
    };
    let group = move |number: &str| {
        let number = number.parse().unwrap_or_default();
        // A memo, so that a message that comes is no matter for the groups before it.
        let messages = Memo::new(move |_| thread.group(number));
        view! { <div class="message-group"><Keyed each=messages view=Arc::new(move |id| message(id).into_any()) /></div> }.into_any()
    };
    let groups = Memo::new(move |_| thread.groups().map(|number| number.to_string()).collect::<Vec<_>>());
    view! { <Keyed each=groups view=Arc::new(group) /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_stands_in_one_group() {
        for (earlier, shown) in [(0, 0), (0, 1), (0, 10), (0, 11), (7, 2), (7, 3), (7, 4), (960, 40), (963, 41)] {
            let all: Vec<usize> =
                groups_of(earlier, shown).flat_map(|number| places_in(number, earlier, shown)).collect();
            assert_eq!(all, (0..shown).collect::<Vec<_>>(), "{shown} messages after {earlier}");
        }
        assert!(places_in(3, 0, 20).is_empty() && places_in(0, 20, 20).is_empty(), "groups that have gone");
    }

    #[test]
    fn a_group_stays_when_earlier_messages_come() {
        let [before, after] =
            [(960, 40), (920, 80)].map(|(earlier, shown)| (groups_of(earlier, shown), earlier, shown));
        for number in before.0 {
            let first = |(_, earlier, shown): &(Range<usize>, usize, usize)| {
                places_in(number, *earlier, *shown).start + earlier
            };
            assert_eq!(first(&(0..0, before.1, before.2)), first(&after));
            assert!(after.0.contains(&number));
        }
    }
}
