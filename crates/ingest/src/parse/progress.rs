//! How much a document has said so far: what reading it may cost goes by that.
//!
//! Whoever reads a format says each piece as it comes, whatever becomes of it; whoever has it read may listen. A piece counts when
//! it was not said before, and at most as long as the text of a page is: a file that says the same again and again, or makes one
//! line that never ends, has said little. Where nobody listens, nothing is counted.

use std::{
    cell::RefCell,
    hash::{DefaultHasher, Hash, Hasher},
};

/// No more of a piece counts than a page of a book has. Bytes.
const LONGEST: usize = 4_096;

/// How many pieces can be told apart, as long as they do not fall together by chance.
const PIECES: u64 = 1 << 22;

/// How often the listener hears of it until a document has said as much as a large one.
const TIMES: u64 = 64;

thread_local! {
    static LISTENER: RefCell<Option<Listener>> = const { RefCell::new(None) };
}

struct Listener {
    said: u64,
    /// How much a large document says: beyond that nothing is counted.
    whole: u64,
    /// When the listener hears of it again.
    next: u64,
    /// A bit for each piece that was said.
    known: Vec<u64>,
    tell: Box<dyn FnMut(u64)>,
}

impl Listener {
    fn hear(&mut self, piece: &(impl Hash + ?Sized), length: usize) {
        if self.said >= self.whole {
            return;
        }
        let mut hasher = DefaultHasher::new();
        piece.hash(&mut hasher);
        let place = hasher.finish() % PIECES;
        let bit = 1_u64 << (place % 64);
        let Some(bits) = usize::try_from(place / 64).ok().and_then(|word| self.known.get_mut(word)) else { return };
        if *bits & bit != 0 {
            return;
        }
        *bits |= bit;
        self.said += length.min(LONGEST) as u64;
        if self.said >= self.next {
            self.next = self.said + (self.whole / TIMES).max(1);
            (self.tell)(self.said);
        }
    }
}

/// Ends the listening also where a reader panics.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        LISTENER.set(None);
    }
}

/// Has a document read in this thread, and tells `tell` from time to time how many bytes it has said, until these are `whole`.
pub(crate) fn listen<T>(whole: u64, tell: impl FnMut(u64) + 'static, read: impl FnOnce() -> T) -> T {
    let known = vec![0; usize::try_from(PIECES / 64).unwrap_or_default()];
    LISTENER.set(Some(Listener { said: 0, whole, next: (whole / TIMES).max(1), known, tell: Box::new(tell) }));
    let _end = End;
    read()
}

/// A piece was read that says so many bytes.
pub(super) fn said(piece: &(impl Hash + ?Sized), length: usize) {
    LISTENER.with_borrow_mut(|listener| {
        if let Some(listener) = listener {
            listener.hear(piece, length);
        }
    });
}

/// A piece was read that says all of this together.
pub(super) fn said_together<'a>(parts: impl Iterator<Item = &'a str>) {
    if is_heard() {
        let parts: Vec<&str> = parts.collect();
        said(&parts, parts.iter().map(|part| part.len()).sum());
    }
}

/// Whether anybody listens.
pub(super) fn is_heard() -> bool {
    LISTENER.with_borrow(Option::is_some)
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, rc::Rc};

    use super::*;

    /// What the listener hears last of what is said.
    fn heard(whole: u64, say: impl FnOnce()) -> u64 {
        let last = Rc::new(Cell::new(0));
        let told = Rc::clone(&last);
        listen(whole, move |said| told.set(said), say);
        assert!(!is_heard(), "it ends with the document");
        last.get()
    }

    #[test]
    fn what_is_said_again_says_nothing() {
        let say = || ["one", "two", "one", "two", "three"].iter().for_each(|word| said(*word, word.len()));
        assert_eq!(heard(64, say), 11);
    }

    #[test]
    fn an_endless_piece_counts_as_a_page_does() {
        let endless = "x".repeat(1_000_000);
        assert_eq!(heard(64, || said(endless.as_str(), endless.len())), LONGEST as u64);
    }

    #[test]
    fn the_listener_hears_of_it_some_times_and_not_with_every_word() {
        let times = Rc::new(Cell::new(0_u64));
        let counted = Rc::clone(&times);
        let last = Rc::new(Cell::new(0));
        let told = Rc::clone(&last);
        let tell = move |said| {
            counted.set(counted.get() + 1);
            told.set(said);
        };
        listen(10_000, tell, || (0..100_000_u32).for_each(|number| said(&number, 4)));
        assert!((TIMES / 2..=TIMES + 1).contains(&times.get()), "{}", times.get());
        assert!((9_800..10_100).contains(&last.get()), "{}", last.get());
    }

    #[test]
    fn nobody_listens_after_a_reader_that_panicked() {
        let broken = std::panic::catch_unwind(|| listen(1, |_| {}, || assert!(!is_heard(), "a broken reader")));
        assert!(broken.is_err() && !is_heard());
    }
}
