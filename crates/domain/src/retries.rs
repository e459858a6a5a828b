//! When a website whose reading failed is read again: soon at first, since most troubles pass, then as its schedule says.

use hammock_contract::{
    ApiError, ErrorCode, Timestamp,
    crawl::{Crawl, CrawlOutcome},
};

const MINUTE: i64 = 60_000;
/// How long after each failure in a row it is tried again. Milliseconds.
const PAUSES: [i64; 3] = [15 * MINUTE, 60 * MINUTE, 240 * MINUTE];

/// When the next reading is due after one that ended with `error`: never later than `regular`, when the schedule wants it, but
/// for a website that asks for a longer pause itself. `failures` are those in a row, this one included.
pub(crate) fn due_after(regular: Timestamp, error: &ApiError, failures: usize, now: Timestamp) -> Timestamp {
    match error.code {
        ErrorCode::SiteAsksForPause => {
            let seconds = error.params.get("seconds").and_then(|seconds| seconds.parse::<i64>().ok());
            seconds.map_or(regular, |seconds| now.plus_millis(seconds.saturating_mul(1_000)))
        }
        ErrorCode::SiteFailed | ErrorCode::SiteUnreachable => match PAUSES.get(failures.saturating_sub(1)) {
            Some(pause) => regular.min(now.plus_millis(*pause)),
            None => regular,
        },
        _ => regular,
    }
}

/// How many of the last crawls, newest first, failed in a row.
pub(crate) fn failures_in_a_row(crawls: impl IntoIterator<Item = Crawl>) -> usize {
    crawls.into_iter().take_while(|crawl| crawl.outcome == CrawlOutcome::Failed).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 60 * MINUTE;

    fn due(error: &ApiError, failures: usize, hours: i64) -> i64 {
        let now = Timestamp::from_millis(1_000);
        due_after(now.plus_millis(hours * HOUR), error, failures, now).as_millis() - now.as_millis()
    }

    #[test]
    fn trouble_is_waited_for_longer_each_time_until_the_schedule_holds() {
        for code in [ErrorCode::SiteFailed, ErrorCode::SiteUnreachable] {
            let error = ApiError::new(code, "down");
            let pauses = [1, 2, 3, 4, 10].map(|failures| due(&error, failures, 24));
            assert_eq!(pauses, [HOUR / 4, HOUR, 4 * HOUR, 24 * HOUR, 24 * HOUR]);
            assert_eq!([1, 2, 3].map(|failures| due(&error, failures, 1)), [HOUR / 4, HOUR, HOUR]);
        }
        let lasting = ApiError::new(ErrorCode::RobotsDisallowed, "not allowed");
        assert_eq!(due(&lasting, 1, 24), 24 * HOUR);
    }

    #[test]
    fn a_website_is_left_alone_for_as_long_as_it_asks() {
        let asks = |seconds: &str| ApiError::new(ErrorCode::SiteAsksForPause, "busy").with("seconds", seconds);
        assert_eq!(due(&asks("600"), 1, 24), HOUR / 6);
        assert_eq!(due(&asks("172800"), 1, 24), 48 * HOUR);
        assert_eq!(due(&asks("soon"), 1, 24), 24 * HOUR);
    }
}
