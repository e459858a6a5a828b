//! How often visitors come back, and how many answers they read at once. Counted in memory, by each replica for itself, as new
//! visitors are: each time costs little, and a token is all that it takes.

use std::{collections::HashMap, sync::Arc};

use hammock_contract::{ApiError, ErrorCode, Timestamp, VisitorId, interfaces::VisitorLimits};
use parking_lot::Mutex;

/// Over how long they are counted. Milliseconds.
const WINDOW: i64 = 60_000;
/// So many are counted apart at most; beyond, who is not among them comes back uncounted.
const COUNTED: usize = 50_000;
/// How often a visitor may come back in that time: a page does it when it is opened.
const OF_A_VISITOR: u32 = 30;
/// How often those of one network may, for one assistant, as many times as an address counts for visitors there.
const OF_A_NETWORK: u32 = 200;
/// The most answers that a visitor reads at once: a page reads one, and a connection that was lost is noticed after a while.
const STREAMS: usize = 8;

/// Who came back in this minute.
#[derive(Debug, Default)]
pub(super) struct Returns(Mutex<HashMap<String, Window>>);

#[derive(Debug, Clone, Copy)]
struct Window {
    began: Timestamp,
    came: u32,
}

impl Returns {
    /// Counts that somebody comes back from a network; whether it is the first time in this minute. Both are told apart by
    /// assistant by whoever calls.
    ///
    /// # Errors
    /// `too_many_attempts`.
    pub(super) fn count(
        &self,
        who: &str,
        network: &str,
        limits: &VisitorLimits,
        now: Timestamp,
    ) -> Result<bool, ApiError> {
        let mut windows = self.0.lock();
        if windows.len() >= COUNTED {
            windows.retain(|_, window| now.since(window.began) < WINDOW);
        }
        let of_network = OF_A_NETWORK.saturating_mul(limits.visitors_per_address);
        let came = counted(&mut windows, format!("visitor {who}"), OF_A_VISITOR, now)?;
        counted(&mut windows, format!("network {network}"), of_network, now)?;
        Ok(came == 1)
    }
}

/// The how-many-th time this is in the window.
fn counted(windows: &mut HashMap<String, Window>, key: String, limit: u32, now: Timestamp) -> Result<u32, ApiError> {
    if windows.len() >= COUNTED && !windows.contains_key(&key) {
        return Ok(1);
    }
    let window = windows.entry(key).or_insert(Window { began: now, came: 0 });
    if now.since(window.began) >= WINDOW {
        *window = Window { began: now, came: 0 };
    }
    if window.came >= limit {
        return Err(too_often("too many visits; try again in a minute", WINDOW - now.since(window.began)));
    }
    window.came += 1;
    Ok(window.came)
}

/// Which visitors read answers.
#[derive(Debug, Default)]
pub(super) struct Streams(Mutex<HashMap<VisitorId, Arc<()>>>);

/// A stream that is open as long as this is there.
#[derive(Debug)]
pub(super) struct OpenStream {
    _held: Arc<()>,
}

impl Streams {
    /// Opens one more for a visitor.
    ///
    /// # Errors
    /// `too_many_attempts` where they have as many as they may.
    pub(super) fn open(&self, visitor: &VisitorId) -> Result<OpenStream, ApiError> {
        let mut open = self.0.lock();
        open.retain(|_, held| Arc::strong_count(held) > 1);
        let held = open.entry(visitor.clone()).or_default();
        // One of them is the list's own.
        if Arc::strong_count(held) > STREAMS {
            let message = format!("{STREAMS} answers are being read by this visitor already; end one of them first");
            return Err(too_often(message, WINDOW / 4));
        }
        Ok(OpenStream { _held: Arc::clone(held) })
    }
}

/// `wait` in milliseconds.
fn too_often(message: impl Into<String>, wait: i64) -> ApiError {
    let seconds = wait.max(1000) / 1000;
    ApiError::new(ErrorCode::TooManyAttempts, message).with("retry_after", seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    #[test]
    fn a_visitor_and_a_network_come_back_so_often_in_a_minute() {
        let (returns, limits) =
            (Returns::default(), VisitorLimits { visitors_per_address: 2, ..VisitorLimits::default() });
        let come = |who: &str, network: &str, now: Timestamp| {
            returns.count(who, network, &limits, now).map_err(|error| (error.code, error.params["retry_after"].clone()))
        };
        let too_many = Err((ErrorCode::TooManyAttempts, "59".to_owned()));
        assert_eq!(come("one", "a", NOW), Ok(true));
        for _ in 1..OF_A_VISITOR {
            assert_eq!(come("one", "a", NOW), Ok(false));
        }
        let soon = NOW.plus_millis(1_000);
        assert_eq!((come("one", "a", soon), come("one", "b", soon)), (too_many.clone(), too_many.clone()));
        for number in OF_A_VISITOR..2 * OF_A_NETWORK {
            assert_eq!(come(&number.to_string(), "a", NOW), Ok(true));
        }
        assert_eq!((come("two", "a", soon), come("two", "b", soon)), (too_many, Ok(false)));
        let later = NOW.plus_millis(WINDOW);
        assert_eq!((come("one", "a", later), come("three", "a", later)), (Ok(true), Ok(true)));
    }

    #[test]
    fn counting_stays_small() {
        let (returns, limits) = (Returns::default(), VisitorLimits::default());
        for number in 0..COUNTED {
            let (who, network) = (number.to_string(), (number / 100).to_string());
            assert!(returns.count(&who, &network, &limits, NOW).is_ok());
        }
        assert_eq!(returns.0.lock().len(), COUNTED);
        assert!(returns.count("late", "late", &limits, NOW).is_ok(), "nobody is kept out for want of room");
        assert!(returns.count("late", "late", &limits, NOW.plus_millis(WINDOW)).is_ok());
        assert_eq!(returns.0.lock().len(), 2, "what has passed is forgotten");
    }

    #[test]
    fn a_visitor_reads_so_many_answers_at_once() {
        let (streams, one, two) = (Streams::default(), VisitorId::new(), VisitorId::new());
        let mut open: Vec<OpenStream> = (0..STREAMS).map(|_| streams.open(&one).unwrap()).collect();
        assert_eq!(streams.open(&one).unwrap_err().code, ErrorCode::TooManyAttempts);
        assert!(streams.open(&two).is_ok(), "others are not counted along");
        open.pop();
        open.push(streams.open(&one).unwrap());
        assert!(streams.open(&one).is_err());
        open.clear();
        assert!(streams.open(&two).is_ok());
        assert_eq!(streams.0.lock().len(), 1, "who reads none is forgotten");
    }
}
