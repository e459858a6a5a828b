//! What a crawl would have left to do is noted while it runs, so that one whose server is killed goes on from there.
//!
//! The crawler says what is left when it has handed over a page; that page is stored later. So what it says waits until all
//! pages that it had handed over by then are stored: a page that counts as dealt with is never one that was lost. What it begins
//! at is noted before the first page is stored, those that it has handed over being left to do.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use hammock_ingest::crawl::CrawlRest;
use parking_lot::Mutex;

use super::gathering::BATCH;

/// How long a crawl goes without a note at most, where it finds anything; a large one so much longer for every so many addresses.
const NOTE_EVERY: Duration = Duration::from_secs(10);
const LARGE: usize = 10_000;

/// A note costs as much as the crawl has addresses: of many, one part in so many may be asked for again.
const SHARE: usize = 16;

/// So many notes wait at most for the pages before them.
const MOST_WAITING: usize = 4;

/// See the module. Pages are counted in the order in which they are handed over.
pub(super) struct Noting(Mutex<State>);

struct State {
    /// How many addresses the crawl had heard of by the last note.
    addresses: usize,
    /// How many pages had been handed over when the last note was made.
    noted: usize,
    noted_at: Instant,
    /// How many pages are stored.
    stored: usize,
    /// Notes, each with the number of pages that must be stored before it.
    waiting: VecDeque<(usize, CrawlRest)>,
    /// Whether there is a note: without one, whoever goes on begins anew.
    has_note: bool,
    /// Whether one was written down.
    has_written: bool,
}

impl Noting {
    /// Of a crawl of which nothing is noted yet: it is time for a note at once.
    pub fn beginning(now: Instant) -> Self {
        Self::of(0, false, now)
    }

    /// Of a crawl that goes on with a note and has heard of so many addresses.
    pub fn new(addresses: usize, now: Instant) -> Self {
        Self::of(addresses, true, now)
    }

    fn of(addresses: usize, has_note: bool, now: Instant) -> Self {
        let (has_written, waiting) = (has_note, VecDeque::new());
        Self(Mutex::new(State { addresses, noted: 0, noted_at: now, stored: 0, waiting, has_note, has_written }))
    }

    /// Whether it is time for a note, after so many pages.
    pub fn is_due(&self, handed_over: usize, now: Instant) -> bool {
        let state = self.0.lock();
        if !state.has_note {
            return true;
        }
        let more = handed_over - state.noted;
        let enough = BATCH.max(state.addresses / SHARE);
        let longest = NOTE_EVERY.saturating_mul(u32::try_from(1 + state.addresses / LARGE).unwrap_or(u32::MAX));
        state.waiting.len() < MOST_WAITING
            && more > 0
            && (more >= enough || now.duration_since(state.noted_at) >= longest)
    }

    /// Takes a note, made after so many pages.
    pub fn put(&self, handed_over: usize, rest: CrawlRest, now: Instant) {
        let mut state = self.0.lock();
        state.has_note = true;
        state.noted = handed_over;
        state.noted_at = now;
        state.addresses = rest.addresses();
        state.waiting.push_back((handed_over, rest));
    }

    /// The first note, when it is made before the pages before it are stored: it is to be written down without these.
    pub fn take_first(&self) -> Option<CrawlRest> {
        let mut state = self.0.lock();
        if state.has_written {
            return None;
        }
        let (after, rest) = state.waiting.front()?;
        let first = (*after > state.stored).then(|| rest.clone());
        state.has_written = true;
        first
    }

    /// The note that is to be written down among the next `pages`, with how many of these come before it: they count as stored.
    pub fn take_within(&self, pages: usize) -> Option<(usize, CrawlRest)> {
        let mut state = self.0.lock();
        let stored = state.stored;
        if state.waiting.front().is_none_or(|(after, _)| *after > stored + pages) {
            return None;
        }
        let (after, rest) = state.waiting.pop_front()?;
        state.stored = after;
        Some((after - stored, rest))
    }

    /// So many more pages are stored.
    pub fn pass(&self, pages: usize) {
        self.0.lock().stored += pages;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_due_after_a_batch_or_some_time_and_never_twice() {
        let begun = Instant::now();
        let later = begun + NOTE_EVERY;
        let noting = Noting::new(0, begun);
        assert!(!noting.is_due(0, begun) && !noting.is_due(BATCH - 1, begun) && noting.is_due(BATCH, begun));
        assert!(!noting.is_due(0, later) && noting.is_due(1, later));
        for page in 1..=MOST_WAITING {
            noting.put(page, CrawlRest::default(), later);
        }
        assert!(!noting.is_due(10 * BATCH, later), "too many are not written down yet");
        assert!(noting.take_within(1).is_some() && noting.is_due(MOST_WAITING + BATCH, later));
        // Of a large website, one part in sixteen, and less often.
        let large = Noting::new(160 * BATCH, begun);
        assert!(!large.is_due(9 * BATCH, begun) && large.is_due(10 * BATCH, begun));
        assert!(!large.is_due(1, later) && large.is_due(1, later + NOTE_EVERY));
    }

    #[test]
    fn what_a_crawl_begins_at_is_noted_at_once() {
        let now = Instant::now();
        let noting = Noting::beginning(now);
        assert!(noting.take_first().is_none() && noting.is_due(0, now));
        noting.put(1, CrawlRest::default(), now);
        assert!(!noting.is_due(1, now), "it is noted");
        assert!(noting.take_first().is_some() && noting.take_first().is_none());
        // And again when its page is stored.
        assert_eq!(noting.take_within(3).map(|(before, _)| before), Some(1));
        // Where its pages are stored already, that is all.
        let noting = Noting::beginning(now);
        noting.pass(1);
        noting.put(1, CrawlRest::default(), now);
        assert!(noting.take_first().is_none());
        assert_eq!(noting.take_within(2).map(|(before, _)| before), Some(0));
        // A crawl that goes on has its note.
        let noting = Noting::new(10, now);
        assert!(!noting.is_due(0, now));
        noting.put(1, CrawlRest::default(), now);
        assert!(noting.take_first().is_none());
    }

    #[test]
    fn a_note_waits_for_the_pages_before_it() {
        let now = Instant::now();
        let noting = Noting::new(0, now);
        assert!(noting.take_within(5).is_none());
        noting.pass(5);
        noting.put(8, CrawlRest::default(), now);
        assert!(noting.take_within(2).is_none());
        noting.pass(2);
        let before = noting.take_within(4).map(|(before, _)| before);
        assert_eq!(before, Some(1));
        assert!(noting.take_within(3).is_none());
        noting.pass(3);
        // It may come when its last page is stored already.
        noting.put(11, CrawlRest::default(), now);
        assert_eq!(noting.take_within(0).map(|(before, _)| before), Some(0));
    }
}
