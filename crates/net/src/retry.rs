//! When to try again.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

/// What `Retry-After` asks for, in seconds or as a date; none where it is absent or cannot be read. A date that has passed is zero.
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

/// How long to wait before try `attempt` (the first repetition is 1): twice as long each time, at most `most`.
pub fn backoff(attempt: u32, first: Duration, most: Duration) -> Duration {
    let factor = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    first.saturating_mul(factor).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::RETRY_AFTER, value.parse().unwrap())])
    }

    #[test]
    fn retry_after_takes_seconds_and_dates() {
        let now = httpdate::parse_http_date("Fri, 20 Nov 2026 12:00:00 GMT").unwrap();
        assert_eq!(retry_after(&with("7"), now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(&with("Fri, 20 Nov 2026 12:01:30 GMT"), now), Some(Duration::from_secs(90)));
        assert_eq!(retry_after(&with("Fri, 20 Nov 2026 11:00:00 GMT"), now), Some(Duration::ZERO));
        assert_eq!(retry_after(&with("soon"), now), None);
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn backoff_doubles_and_stops() {
        let times = [1, 2, 3, 4, 40].map(|n| backoff(n, Duration::from_secs(1), Duration::from_secs(5)).as_secs());
        assert_eq!(times, [1, 2, 4, 5, 5]);
    }
}
