//! How much is done at once. Crawls mostly wait for the websites, so many go on together, in places of their own; everything else
//! works all the while, so little of it does, and some places are kept for what people wait for.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::knowledge::jobs::{FILL_METADATA, INDEX_EDITS};

/// Crawls at once.
const CRAWLS: usize = 8;
/// Of these, how many may be of one organisation: its slow websites hold up nobody else's.
const CRAWLS_OF_ONE: u32 = 5;
/// Other jobs at once.
const OTHERS: usize = 4;
/// Of these, how many may be of a kind that takes hours.
const LONG: usize = 2;

/// The kinds of work beside crawls.
const OTHER_KINDS: [&str; 6] =
    ["read_document", "remove_documents", "remove_collection", INDEX_EDITS, FILL_METADATA, EVALUATE];
const EVALUATE: &str = "evaluate";
const CRAWL: &str = "crawl_source";

/// The places of a worker.
pub(super) struct Places {
    crawls: Arc<Semaphore>,
    others: Arc<Semaphore>,
    long: Arc<Semaphore>,
}

/// A place for one job, until it is dropped.
pub(super) struct Place {
    /// The kinds of work that it is for.
    pub kinds: Vec<&'static str>,
    /// How many jobs of these kinds one organisation may have at once.
    pub most_of_one: u32,
    _place: OwnedSemaphorePermit,
    long: Option<OwnedSemaphorePermit>,
}

impl Places {
    pub fn new() -> Self {
        let of = |places| Arc::new(Semaphore::new(places));
        Self { crawls: of(CRAWLS), others: of(OTHERS), long: of(LONG) }
    }

    /// The places that are free, at most one of each sort.
    pub fn free(&self) -> impl Iterator<Item = Place> {
        [self.for_crawl(), self.for_other()].into_iter().flatten()
    }

    fn for_crawl(&self) -> Option<Place> {
        let place = Arc::clone(&self.crawls).try_acquire_owned().ok()?;
        Some(Place { kinds: vec![CRAWL], most_of_one: CRAWLS_OF_ONE, _place: place, long: None })
    }

    fn for_other(&self) -> Option<Place> {
        let place = Arc::clone(&self.others).try_acquire_owned().ok()?;
        let long = Arc::clone(&self.long).try_acquire_owned().ok();
        let kinds = OTHER_KINDS.into_iter().filter(|kind| long.is_some() || *kind != EVALUATE).collect();
        Some(Place { kinds, most_of_one: u32::MAX, _place: place, long })
    }
}

impl Place {
    /// The place for a job of this kind.
    #[must_use]
    pub fn taken_by(mut self, kind: &str) -> Self {
        self.long = self.long.filter(|_| kind == EVALUATE);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_crawls_nor_what_takes_hours_takes_all_places() {
        let places = Places::new();
        let crawls: Vec<Place> = std::iter::from_fn(|| places.for_crawl()).collect();
        assert_eq!(crawls.len(), CRAWLS);
        let mut others = Vec::new();
        for _ in 0..LONG {
            let place = places.for_other().expect("crawls take none of these");
            assert!(place.kinds.contains(&EVALUATE));
            others.push(place.taken_by(EVALUATE));
        }
        for _ in LONG..OTHERS {
            let place = places.for_other().expect("some are kept");
            assert!(!place.kinds.contains(&EVALUATE) && place.kinds.contains(&"read_document"));
            others.push(place.taken_by("read_document"));
        }
        assert!(places.free().next().is_none());
        drop(others.remove(0));
        let place = places.free().next().expect("one is free").taken_by("read_document");
        assert!(places.for_other().is_none() && place.long.is_none());
        drop(place);
        assert!(places.for_other().is_some_and(|place| place.kinds.contains(&EVALUATE)), "it took no other's place");
    }
}
