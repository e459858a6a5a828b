//! An answer while it grows: text in, stream events out, each block's HTML made by the one renderer.

use hammock_contract::stream::StreamEvent;

use crate::render;

/// An answer that grows.
#[derive(Debug, Default)]
pub struct Draft {
    text: String,
    /// How many numbered sources the text may refer to.
    sources: u32,
    /// How many blocks cannot change any more, and where the first that can begins.
    settled_blocks: u32,
    settled_bytes: usize,
    /// Up to where the text was sent.
    sent_bytes: usize,
}

impl Draft {
    /// An empty answer that may refer to sources 1 to `sources`.
    pub fn new(sources: u32) -> Self {
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

    /// Whether there is text that no event carries yet.
    pub fn has_unsent(&self) -> bool {
        self.sent_bytes < self.text.len()
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
            let html = render::html(&open[range.clone()], self.sources);
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
        let mut draft = Draft::new(9);
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
            assert_eq!(shown, render::blocks(whole, 9), "pieces of {size}");
        }
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
