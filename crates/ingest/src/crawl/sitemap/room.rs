//! What the files of one site's sitemaps may cost together: a few kilobytes may become one of the largest files, again and again.

use std::time::Duration;

use tokio::time::Instant;

use super::{MAX_BYTES, MAX_FILES};

/// What they may hold. Bytes, after decompression.
const MOST_BYTES: u64 = 2 * MAX_BYTES;
/// What is kept of them may take so much memory. Bytes.
const MOST_KEPT: usize = 32 << 20;
/// What a page takes in memory beside its address and when it changed. Bytes.
const BESIDE: usize = 64;
/// How long they may take beside the pauses between requests.
const LONGEST_TIME: Duration = Duration::from_secs(600);

/// What is left of that.
#[derive(Debug, Clone, Copy)]
pub(in crate::crawl) struct Room {
    until: Instant,
    bytes: u64,
    kept: usize,
    pages: usize,
}

impl Room {
    /// For so many pages, of a site that wants such a pause between two requests.
    pub(in crate::crawl) fn new(pages: usize, pause: Duration, now: Instant) -> Self {
        let pauses = pause.saturating_mul(u32::try_from(MAX_FILES).unwrap_or(u32::MAX));
        Self { until: now + LONGEST_TIME + pauses, bytes: MOST_BYTES, kept: MOST_KEPT, pages }
    }

    /// Whether nothing more may be read.
    pub(in crate::crawl) const fn is_full(&self) -> bool {
        self.bytes == 0 || self.kept == 0 || self.pages == 0
    }

    /// How long another file may take; nothing where the time is over.
    pub(in crate::crawl) fn time(&self, now: Instant) -> Option<Duration> {
        self.until.checked_duration_since(now).filter(|left| !left.is_zero())
    }

    /// So many bytes were read.
    pub(in crate::crawl) const fn read(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    /// Takes the place for a page, what is kept of which has so many bytes; whether there was one. Where a page has none, no later
    /// one has.
    pub(in crate::crawl) const fn keep(&mut self, length: usize) -> bool {
        let size = length.saturating_add(BESIDE);
        if self.pages == 0 || self.kept < size {
            self.kept = 0;
            return false;
        }
        self.pages -= 1;
        self.kept -= size;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_site_has_no_more_time_than_its_pauses_add() {
        let now = Instant::now();
        let hurried = Room::new(10, Duration::ZERO, now);
        assert_eq!(hurried.time(now), Some(LONGEST_TIME));
        assert_eq!(hurried.time(now + LONGEST_TIME), None);
        let patient = Room::new(10, Duration::from_secs(60), now);
        assert_eq!(patient.time(now + LONGEST_TIME), Some(Duration::from_secs(60 * 200)));
        assert_eq!(patient.time(now + LONGEST_TIME + Duration::from_secs(60 * 200)), None);
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let mut few = Room::new(2, Duration::ZERO, Instant::now());
        assert_eq!(
            [few.keep(10), few.is_full(), few.keep(10), few.is_full(), few.keep(0)],
            [true, false, true, true, false]
        );
        let mut many = Room::new(usize::MAX, Duration::ZERO, Instant::now());
        let long = 2_000;
        let kept = (0..1_000_000).take_while(|_| many.keep(long)).count();
        assert_eq!(kept, MOST_KEPT / (long + BESIDE));
        assert!(many.is_full() && !many.keep(0), "a shorter one has no place either");
        let mut read = Room::new(2, Duration::ZERO, Instant::now());
        read.read(MOST_BYTES - 1);
        assert!(!read.is_full());
        read.read(2);
        assert!(read.is_full());
    }
}
