//! How fast a host is asked, by all crawls that ask it: the usual time between two requests, more while it is in trouble.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::Duration,
};

use parking_lot::Mutex;
use tokio::time::Instant;
use url::Url;

/// A host in trouble is asked no more rarely than this.
const SLOWEST: Duration = Duration::from_secs(60);
/// After so many good answers in a row, a host that was slowed down is asked twice as fast.
const GOOD_ANSWERS: u32 = 3;
/// No host is left alone for longer than this, whatever it asks for: thirty days.
const LONGEST_PAUSE: Duration = Duration::from_secs(30 * 24 * 3_600);

/// The paces of the hosts that are being read. Its clones share them, so that two sources on one host do not ask it twice as
/// fast; one that nobody reads is forgotten.
#[derive(Debug, Clone, Default)]
pub struct Paces(Arc<Mutex<HashMap<String, Weak<Pacer>>>>);

impl Paces {
    /// The pace of a host, for as long as it is held; at least `delay` passes between two requests.
    pub(super) fn of(&self, host: &str, delay: Duration) -> Arc<Pacer> {
        let mut hosts = self.0.lock();
        if let Some(pacer) = hosts.get(host).and_then(Weak::upgrade) {
            pacer.take_at_least(delay);
            return pacer;
        }
        hosts.retain(|_host, pacer| pacer.strong_count() > 0);
        let pacer = Arc::new(Pacer::new(delay, Instant::now()));
        hosts.insert(host.to_owned(), Arc::downgrade(&pacer));
        pacer
    }
}

/// What is paced together: a host, with its port where that is not the usual one.
pub(super) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The pace of one host.
#[derive(Debug)]
pub(super) struct Pacer(Mutex<Pace>);

#[derive(Debug)]
struct Pace {
    /// When the next request may begin.
    next: Instant,
    /// The time between two requests while all is well.
    usual: Duration,
    /// The time between two requests now.
    delay: Duration,
    /// When the delay was last changed: what was asked before says nothing of it.
    changed: Instant,
    /// Good answers since then, in a row.
    good: u32,
    /// Until when the host wants to be left alone.
    left_alone: Option<Instant>,
}

impl Pacer {
    fn new(delay: Duration, now: Instant) -> Self {
        Self(Mutex::new(Pace { next: now, usual: delay, delay, changed: now, good: 0, left_alone: None }))
    }

    /// Waits at least this long between two requests from now on.
    pub(super) fn take_at_least(&self, delay: Duration) {
        let mut pace = self.0.lock();
        pace.usual = pace.usual.max(delay);
        pace.delay = pace.delay.max(delay);
    }

    /// Begins a request, or says until when to wait before asking again.
    pub(super) fn begin(&self, now: Instant) -> Option<Instant> {
        let mut pace = self.0.lock();
        if now < pace.next {
            return Some(pace.next);
        }
        pace.next = now + pace.delay;
        None
    }

    /// Lets nobody begin for a while.
    pub(super) fn pause(&self, wait: Duration, now: Instant) {
        let mut pace = self.0.lock();
        pace.next = pace.next.max(now + wait.min(LONGEST_PAUSE));
    }

    /// A request that began then was refused, or failed in the host: twice as much time between two from now on. Of those
    /// that were under way together, one counts.
    pub(super) fn failed(&self, began: Instant, now: Instant) {
        let mut pace = self.0.lock();
        pace.good = 0;
        if began < pace.changed {
            return;
        }
        pace.delay = (pace.delay * 2).min(SLOWEST.max(pace.usual));
        pace.next = pace.next.max(now + pace.delay);
        pace.changed = now;
    }

    /// A request that began then was answered well: after some of these the host is asked faster, up to the usual pace.
    pub(super) fn answered(&self, began: Instant, now: Instant) {
        let mut pace = self.0.lock();
        if began < pace.changed || pace.delay <= pace.usual {
            return;
        }
        pace.good += 1;
        if pace.good >= GOOD_ANSWERS {
            pace.delay = (pace.delay / 2).max(pace.usual);
            pace.good = 0;
            pace.changed = now;
        }
    }

    /// The time between two requests while all is well.
    pub(super) fn usual(&self) -> Duration {
        self.0.lock().usual
    }

    /// Whether the host was slowed down as far as that goes.
    pub(super) fn is_slowest(&self) -> bool {
        let pace = self.0.lock();
        pace.delay > pace.usual && pace.delay >= SLOWEST
    }

    /// The host wants to be left alone for longer than a crawl waits.
    pub(super) fn leave_alone(&self, wait: Duration, now: Instant) {
        self.0.lock().left_alone = Some(now + wait.min(LONGEST_PAUSE));
    }

    /// For how long the host wants to be left alone still.
    pub(super) fn left_alone(&self, now: Instant) -> Option<Duration> {
        let until = self.0.lock().left_alone?;
        until.checked_duration_since(now).filter(|wait| !wait.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELAY: Duration = Duration::from_millis(200);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// How long after `now` the next request may begin.
    fn wait(pacer: &Pacer, now: Instant) -> Duration {
        pacer.begin(now).map_or(Duration::ZERO, |until| until - now)
    }

    #[test]
    fn requests_are_spaced() {
        let now = Instant::now();
        let pacer = Pacer::new(DELAY, now);
        assert_eq!(wait(&pacer, now), Duration::ZERO);
        assert_eq!(wait(&pacer, now), DELAY);
        assert_eq!(wait(&pacer, now + DELAY), Duration::ZERO, "waiting takes no turn");
        pacer.take_at_least(seconds(2));
        pacer.take_at_least(seconds(1));
        assert_eq!(wait(&pacer, now + DELAY * 2), Duration::ZERO);
        assert_eq!(wait(&pacer, now + DELAY * 2), seconds(2));
        pacer.pause(seconds(7), now + DELAY * 2);
        assert_eq!(wait(&pacer, now + DELAY * 2), seconds(7));
    }

    #[test]
    fn each_failure_doubles_the_time_and_good_answers_halve_it_again() {
        let mut now = Instant::now();
        let pacer = Pacer::new(DELAY, now);
        let mut waits = Vec::new();
        for _ in 0..9 {
            assert!(!pacer.is_slowest());
            assert_eq!(pacer.begin(now), None);
            pacer.failed(now, now);
            let Some(until) = pacer.begin(now) else { panic!("a host in trouble is waited for") };
            waits.push((until - now).as_millis());
            now = until;
        }
        assert_eq!(waits, [400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 60_000]);
        assert!(pacer.is_slowest());

        let mut waits = Vec::new();
        for _ in 0..9 * GOOD_ANSWERS {
            assert_eq!(pacer.begin(now), None);
            pacer.answered(now, now);
            now += SLOWEST;
            assert_eq!(pacer.begin(now), None);
            let Some(until) = pacer.begin(now) else { panic!("the usual time is kept") };
            waits.push((until - now).as_millis());
            now += SLOWEST;
        }
        waits.dedup();
        assert_eq!(waits, [60_000, 30_000, 15_000, 7_500, 3_750, 1_875, 937, 468, 234, 200]);
        assert!(!pacer.is_slowest());
    }

    #[test]
    fn requests_that_were_under_way_together_count_once() {
        let now = Instant::now();
        let pacer = Pacer::new(DELAY, now);
        let later = now + Duration::from_millis(50);
        (0..8).for_each(|_| pacer.failed(now, later));
        assert_eq!(pacer.begin(later), Some(later + DELAY * 2));
        (0..8).for_each(|_| pacer.answered(now, later));
        assert_eq!(wait(&pacer, later + DELAY * 2), Duration::ZERO);
        assert_eq!(wait(&pacer, later + DELAY * 2), DELAY * 2, "answers to what was asked before do not speed it up");
    }

    #[test]
    fn a_host_says_how_long_it_wants_to_be_left_alone() {
        let now = Instant::now();
        let pacer = Pacer::new(DELAY, now);
        assert_eq!(pacer.left_alone(now), None);
        pacer.leave_alone(seconds(600), now);
        assert_eq!(pacer.left_alone(now + seconds(100)), Some(seconds(500)));
        assert_eq!(pacer.left_alone(now + seconds(600)), None);
        pacer.leave_alone(Duration::MAX, now);
        assert_eq!(pacer.left_alone(now), Some(LONGEST_PAUSE));
    }

    #[test]
    fn all_who_read_a_host_share_its_pace_until_nobody_does() {
        let paces = Paces::default();
        let (mine, theirs) = (paces.of("a.example", DELAY), paces.clone().of("a.example", seconds(1)));
        assert!(Arc::ptr_eq(&mine, &theirs));
        assert!(!Arc::ptr_eq(&mine, &paces.of("b.example", DELAY)));
        let now = Instant::now();
        assert_eq!((mine.begin(now), theirs.begin(now)), (None, Some(now + seconds(1))));
        drop((mine, theirs));
        let _other = paces.of("c.example", DELAY);
        assert_eq!(paces.0.lock().len(), 1);
        let again = paces.of("a.example", DELAY);
        assert_eq!(wait(&again, Instant::now()), Duration::ZERO);
    }

    #[test]
    fn a_host_is_one_whatever_its_scheme() {
        let host = |url: &str| host_of(&Url::parse(url).unwrap());
        assert_eq!(host("http://A.example/x"), host("https://a.example:443/"));
        assert_ne!(host("http://a.example/"), host("http://a.example:8080/"));
    }
}
