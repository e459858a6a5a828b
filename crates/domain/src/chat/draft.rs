//! An answer while it grows: text in, stream events out, each block's HTML made by the one renderer.

use std::time::Duration;

use hammock_contract::stream::StreamEvent;

use crate::render::{self, Sources};

/// Up to this length the block that grows is sent whenever there is more of it. Bytes.
const SENT_AT_ONCE: usize = 4 * 1024;
/// Beyond it, it is sent again once it has grown by this part of what is beyond.
const GROWTH: usize = 16;
/// How much of it is sent again at most because text has waited for long. Bytes in a millisecond.
const RESENT: usize = 32;

/// An answer that grows.
#[derive(Debug, Default)]
pub struct Draft {
    text: String,
    /// What the text may refer and link to.
    sources: Sources,
    /// How many blocks cannot change any more, and where the first that can begins.
    settled_blocks: u32,
    settled_bytes: usize,
    /// Up to where the text was sent.
    sent_bytes: usize,
}

impl Draft {
    /// An empty answer that may refer to these sources.
    pub fn new(sources: Sources) -> Self {
        Self { sources, ..Self::default() }
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Adds text without making events of it yet.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Takes away what goes beyond a length in bytes and was not sent yet.
    pub fn cut(&mut self, length: usize) {
        let at = self.text.floor_char_boundary(length.max(self.sent_bytes));
        self.text.truncate(at);
    }

    /// Whether there is text that no event carries yet.
    pub fn has_unsent(&self) -> bool {
        self.sent_bytes < self.text.len()
    }

    /// Whether it is time to send what is not sent yet. An event carries the whole of a block so far: were a block of a hundred
    /// thousand characters sent with every word, its events would hold gigabytes. Growing by a part of itself, they hold a
    /// small multiple of its length.
    pub fn is_due(&self) -> bool {
        let unsent = self.text.len() - self.sent_bytes;
        let beyond = (self.text.len() - self.settled_bytes).saturating_sub(SENT_AT_ONCE);
        unsent > beyond / GROWTH
    }

    /// How long what is not sent yet may wait since the last time, though it is not due. The longer the block that grows, the
    /// longer: as much is sent again in a second at most, whatever its length and however slowly it is written.
    pub fn longest_wait(&self) -> Duration {
        let open = self.text.len() - self.settled_bytes;
        Duration::from_millis(u64::try_from(open / RESENT).unwrap_or(u64::MAX))
    }

    /// The events that carry everything since the last call: one per block that changed.
    pub fn events(&mut self) -> Vec<StreamEvent> {
        if !self.has_unsent() {
            return Vec::new();
        }
        let open = &self.text[self.settled_bytes..];
        let ranges = render::block_ranges(open);
        let mut events = Vec::with_capacity(ranges.len());
        for (index, range) in ranges.iter().enumerate() {
            let is_last = index + 1 == ranges.len();
            let block_end = self.settled_bytes + range.end;
            // What lies between two blocks travels with the first of them, so that the texts of the events add up.
            let text_end = if is_last { self.text.len() } else { self.settled_bytes + ranges[index + 1].start };
            if !is_last && block_end <= self.sent_bytes && text_end <= self.sent_bytes {
                continue;
            }
            let text = self.text.get(self.sent_bytes..text_end).unwrap_or_default().to_owned();
            let html = render::html(&open[range.clone()], &self.sources);
            events.push(StreamEvent::Delta {
                text,
                block: self.settled_blocks + u32::try_from(index).unwrap_or(u32::MAX),
                html,
            });
            self.sent_bytes = self.sent_bytes.max(text_end);
        }
        if ranges.is_empty() {
            // White space alone: it goes out with the block that follows.
            return events;
        }
        if let [.., last] = ranges.as_slice() {
            self.settled_blocks += u32::try_from(ranges.len() - 1).unwrap_or(0);
            self.settled_bytes += last.start;
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn replay(pieces: &[&str]) -> (String, Vec<String>) {
        let mut draft = Draft::new(Sources::none());
        let (mut text, mut shown) = (String::new(), Vec::<String>::new());
        for piece in pieces {
            draft.push(piece);
            for event in draft.events() {
                let StreamEvent::Delta { text: more, block, html } = event else { continue };
                text.push_str(&more);
                let block = block as usize;
                shown.resize(shown.len().max(block + 1), String::new());
                shown[block] = html;
            }
        }
        (text, shown)
    }

    #[test]
    fn what_streams_adds_up_to_the_whole() {
        let whole = "Open *Interfaces* [1].\n\n1. copy\n2. paste\n\n```html\n<x>\n```\n\nDone [2].";
        for size in [1, 3, 7, 1000] {
            let chars: Vec<char> = whole.chars().collect();
            let pieces: Vec<String> = chars.chunks(size).map(|c| c.iter().collect()).collect();
            let (text, shown) = replay(&pieces.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(text, whole);
            assert_eq!(shown, render::blocks(whole, &Sources::none()), "pieces of {size}");
        }
    }

    /// Takes the events; how many bytes of HTML they hold.
    fn take(draft: &mut Draft, text: &mut String) -> usize {
        let take = |event| match event {
            StreamEvent::Delta { text: more, html, .. } => {
                text.push_str(&more);
                html.len()
            }
            _ => 0,
        };
        draft.events().into_iter().map(take).sum()
    }

    #[test]
    fn a_long_block_is_not_sent_again_with_every_word() {
        let mut draft = Draft::new(Sources::none());
        let (mut sent, mut text, mut longest_wait) = (0, String::new(), 0);
        for _ in 0..40_000 {
            draft.push("word ");
            if draft.is_due() {
                longest_wait = longest_wait.max(draft.text().len() - text.len());
                sent += take(&mut draft, &mut text);
            }
        }
        sent += take(&mut draft, &mut text);
        assert_eq!(text, draft.text());
        assert!(sent < 30 * text.len(), "{sent} bytes of HTML for {} bytes of text", text.len());
        assert!(longest_wait <= text.len() / GROWTH + 5, "{longest_wait} bytes were held back");
    }

    #[test]
    fn a_long_block_that_is_written_slowly_does_not_wait_for_long() {
        let a_word = Duration::from_millis(20);
        let mut draft = Draft::new(Sources::none());
        let (mut sent, mut text) = (0, String::new());
        let (mut now, mut flushed, mut longest_wait) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        for _ in 0..10_000 {
            draft.push("word ");
            now += a_word;
            if draft.is_due() || now - flushed >= draft.longest_wait() {
                longest_wait = longest_wait.max(now - flushed);
                flushed = now;
                sent += take(&mut draft, &mut text);
            }
        }
        sent += take(&mut draft, &mut text);
        assert_eq!(text, draft.text());
        assert!(longest_wait < Duration::from_secs(2), "text waited for {longest_wait:?}");
        assert!(sent < 200 * text.len(), "{sent} bytes of HTML for {} bytes of text", text.len());
    }

    proptest! {
        #[test]
        fn no_text_is_lost(pieces in proptest::collection::vec("[a-z \\n#*`\\[\\]1-]{0,12}", 0..40)) {
            let (text, _) = replay(&pieces.iter().map(String::as_str).collect::<Vec<_>>());
            let whole: String = pieces.concat();
            prop_assert_eq!(text.trim_end(), whole.trim_end());
        }
    }
}
