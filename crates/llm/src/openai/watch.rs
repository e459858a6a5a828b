//! What goes by on the way to the library and does not come out of it again: the word that ends an answer, and that a body
//! broke because nothing came for too long, or because a line did not end.

use std::sync::Arc;

use parking_lot::Mutex;

/// The line that ends an answer; the blank after the colon may be missing.
const ENDS: [&[u8]; 2] = [b"data: [DONE]", b"data:[DONE]"];
/// So much of a line is kept: one byte more than [`ENDS`] have, which is enough to tell them from what begins like them.
const KEPT: usize = 13;

/// What was seen of one answer. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Watch(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    /// The beginning of the line that is not over yet.
    line: Vec<u8>,
    is_done: bool,
    has_timed_out: bool,
    has_endless_line: bool,
}

impl Watch {
    /// Takes note of the next bytes, wherever they are cut.
    pub(super) fn see(&self, piece: &[u8]) {
        let mut seen = self.0.lock();
        for byte in piece {
            if matches!(byte, b'\n' | b'\r') {
                let is_end = is_end(&seen.line);
                seen.is_done |= is_end;
                seen.line.clear();
            } else if seen.line.len() < KEPT {
                seen.line.push(*byte);
            }
        }
    }

    /// Takes note that nothing came for too long.
    pub(super) fn time_out(&self) {
        self.0.lock().has_timed_out = true;
    }

    /// Takes note that a line did not end.
    pub(super) fn give_up_line(&self) {
        self.0.lock().has_endless_line = true;
    }

    /// Whether the line that ends an answer went by; asked at the end, when no line can grow any more.
    pub(super) fn is_done(&self) -> bool {
        let seen = self.0.lock();
        seen.is_done || is_end(&seen.line)
    }

    /// Whether nothing came for too long.
    pub(super) fn has_timed_out(&self) -> bool {
        self.0.lock().has_timed_out
    }

    /// Whether a line did not end.
    pub(super) fn has_endless_line(&self) -> bool {
        self.0.lock().has_endless_line
    }
}

fn is_end(line: &[u8]) -> bool {
    ENDS.contains(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_done_after(text: &str, size: usize) -> bool {
        let watch = Watch::default();
        for piece in text.as_bytes().chunks(size) {
            watch.see(piece);
        }
        watch.is_done()
    }

    #[test]
    fn the_end_is_seen_wherever_it_is_cut() {
        for text in [
            "data: {\"choices\":[]}\n\ndata: [DONE]\n\n",
            "data: x\r\n\r\ndata: [DONE]\r\n\r\n",
            "data:[DONE]\n\n: a comment that comes later\n",
            "data: [DONE]\n",
            "data: [DONE]",
        ] {
            for size in 1..=text.len() {
                assert!(is_done_after(text, size), "{text:?} in pieces of {size}");
            }
        }
    }

    #[test]
    fn what_looks_like_the_end_is_none() {
        for text in [
            "",
            "data: {\"content\":\"data: [DONE]\"}\n\n",
            "data: [DONE]?\n\n",
            "data: [DON",
            ": data: [DONE]\n\n",
            "[DONE]\n\n",
            "data: \n[DONE]\n\n",
        ] {
            for size in 1..=text.len().max(1) {
                assert!(!is_done_after(text, size), "{text:?} in pieces of {size}");
            }
        }
    }

    #[test]
    fn a_silence_is_shared_with_who_asks() {
        let watch = Watch::default();
        assert!(!watch.has_timed_out());
        watch.clone().time_out();
        assert!(watch.has_timed_out() && !watch.is_done());
    }
}
