//! Whole lines out of pieces that are cut anywhere. The library looks through all that it has of a line each time that a piece
//! comes, and has no limit for it: a line that never ends would keep a core busy.

use bytes::Bytes;

/// The longest line. A whole answer in one event is shorter. Bytes.
const LONGEST: usize = 1024 * 1024;

/// The line that is not over yet.
#[derive(Default)]
pub(super) struct Lines(Vec<u8>);

impl Lines {
    /// The lines that are whole now that the next piece came; nothing when a line is too long.
    pub(super) fn take(&mut self, piece: Bytes) -> Option<Bytes> {
        let end = piece.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
        let whole = match end {
            0 => Bytes::new(),
            _ if self.0.is_empty() => piece.slice(..end),
            _ => {
                self.0.extend_from_slice(&piece[..end]);
                Bytes::from(std::mem::take(&mut self.0))
            }
        };
        self.0.extend_from_slice(&piece[end..]);
        (self.0.len() <= LONGEST).then_some(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_wherever_they_are_cut() {
        let text = "data: one\r\n\r\ndata: žluťoučký\n\nunfinished";
        for size in 1..=text.len() {
            let mut lines = Lines::default();
            let mut all = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                let whole = lines.take(Bytes::copy_from_slice(piece)).unwrap();
                assert!(whole.is_empty() || whole.ends_with(b"\n") || whole.ends_with(b"\r"), "{whole:?}");
                all.extend_from_slice(&whole);
            }
            assert_eq!(all, text.strip_suffix("unfinished").unwrap().as_bytes(), "pieces of {size}");
        }
    }

    #[test]
    fn a_line_ends_somewhere() {
        let mut lines = Lines::default();
        let half = Bytes::from(vec![b'x'; LONGEST / 2]);
        assert_eq!(lines.take(half.clone()), Some(Bytes::new()));
        assert_eq!(lines.take(half.clone()), Some(Bytes::new()));
        assert_eq!(lines.take(Bytes::from_static(b"\n")).map(|whole| whole.len()), Some(LONGEST + 1));
        assert!([half.clone(), half.clone(), half].map(|piece| lines.take(piece))[2].is_none());
    }
}
