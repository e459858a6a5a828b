//! The messages of a thread in groups: what is out of sight is laid out by group, and not every message is looked at for every
//! frame and every key.

use std::ops::Range;

use hammock_contract::{MessageId, chat::Message};
use leptos::prelude::*;

use super::{answer::MessageView, thread::Thread};

/// How many messages stand in a group. Smaller ones are more to go through for each frame, larger ones more to lay out at once when
/// the reader comes near: 1,000 messages of 1,200 characters scroll best with 10.
const SIZE: usize = 10;

impl Thread {
    /// The numbers of the groups that are shown. They count from the beginning of the conversation, so that a group stays what it is
    /// when earlier messages come.
    pub fn groups(self) -> Range<usize> {
        let earlier = self.earlier.get() as usize;
        groups_of(earlier, self.messages.with(Vec::len))
    }

    /// The messages of a group, as far as they are loaded, oldest first.
    pub fn group(self, number: usize) -> Vec<(MessageId, ArcRwSignal<Message>)> {
        let earlier = self.earlier.get() as usize;
        self.messages.with(|messages| messages[places_in(number, earlier, messages.len())].to_vec())
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

/// Some messages that follow each other.
#[component]
pub fn MessageGroup(
    thread: Thread,
    /// Which group it is.
    number: usize,
    /// Asks something.
    on_text: Callback<String>,
    /// Goes on with the last answer.
    on_continue: Callback<()>,
    /// Takes a question about a topic that a refusal names.
    on_topic: Callback<String>,
) -> impl IntoView {
    // A memo, so that a message that comes is no matter for the groups before it.
    let messages = Memo::new(move |_| thread.group(number));
    view! {
        <div class="message-group">
            <For each=move || messages.get() key=|(id, _)| id.clone() let:entry>
                <MessageView thread message=entry.1 on_again=on_text on_continue on_topic />
            </For>
        </div>
    }
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
