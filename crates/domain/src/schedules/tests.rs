//! Expressions, time zones, and the days on which the clock is put forward or back.

use proptest::prelude::*;

use super::*;

fn cron(expression: &str, time_zone: &str) -> Schedule {
    Schedule::Cron { expression: expression.to_owned(), time_zone: time_zone.to_owned() }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn next(expression: &str, time_zone: &str, last: &str) -> String {
    next_after(&cron(expression, time_zone), at(last)).unwrap().to_string()
}

#[test]
fn hours_are_counted_from_the_last_time() {
    let last = Timestamp::from_millis(1_000);
    assert_eq!(next_after(&Schedule::Never, last), None);
    assert_eq!(next_after(&Schedule::default(), last), Some(Timestamp::from_millis(86_401_000)));
}

#[test]
fn hours_count_from_the_beginning_of_a_crawl_and_times_come_after_its_end() {
    let (began, ended) = (at("2026-11-27T00:00:00Z"), at("2026-11-27T05:30:00Z"));
    for (schedule, expected) in [
        (Schedule::Never, None),
        (Schedule::default(), Some("2026-11-28T00:00:00.000Z")),
        (Schedule::Every { hours: 6 }, Some("2026-11-27T06:00:00.000Z")),
        // It took longer than that.
        (Schedule::Every { hours: 5 }, Some("2026-11-27T05:30:00.000Z")),
        (cron("0 * * * *", "UTC"), Some("2026-11-27T06:00:00.000Z")),
    ] {
        let next = next_crawl(&schedule, began, ended).map(|next| next.to_string());
        assert_eq!(next.as_deref(), expected, "{schedule:?}");
    }
}

#[test]
fn an_expression_names_times_by_the_clock_of_its_zone() {
    for (expression, zone, last, expected) in [
        ("0 3 * * *", "UTC", "2026-11-27T03:00:00Z", "2026-11-28T03:00:00.000Z"),
        ("0 3 * * *", "UTC", "2026-11-27T02:59:59Z", "2026-11-27T03:00:00.000Z"),
        ("0 3 * * *", "Europe/Prague", "2026-11-27T03:00:00Z", "2026-11-28T02:00:00.000Z"),
        ("0 3 * * *", "Europe/Prague", "2026-07-01T03:00:00Z", "2026-07-02T01:00:00.000Z"),
        ("30 6 * * 1-5", "UTC", "2026-11-27T12:00:00Z", "2026-11-30T06:30:00.000Z"),
        ("30 6 * * MON", "UTC", "2026-11-27T12:00:00Z", "2026-11-30T06:30:00.000Z"),
        ("0 0 * * 7", "UTC", "2026-11-27T12:00:00Z", "2026-11-29T00:00:00.000Z"),
        ("15 */6 * * *", "UTC", "2026-11-27T12:15:00Z", "2026-11-27T18:15:00.000Z"),
        ("0 9-17/4 * * *", "UTC", "2026-11-27T13:00:00Z", "2026-11-27T17:00:00.000Z"),
        ("0 20/2 * * *", "UTC", "2026-11-27T20:00:00Z", "2026-11-27T22:00:00.000Z"),
        ("0 0 1,15 jan,JUL *", "UTC", "2026-11-27T00:00:00Z", "2027-01-01T00:00:00.000Z"),
        ("0 0 29 2 *", "UTC", "2026-11-27T00:00:00Z", "2028-02-29T00:00:00.000Z"),
        // A day of the month or one of the week, where both are restricted.
        ("0 0 13 * 5", "UTC", "2026-11-27T12:00:00Z", "2026-12-04T00:00:00.000Z"),
    ] {
        assert_eq!(next(expression, zone, last), expected, "{expression} after {last}");
    }
}

#[test]
fn a_time_that_does_not_exist_comes_later_and_a_doubled_one_once() {
    // On 29 March 2026 the clock goes from 2:00 to 3:00, on 25 October from 3:00 to 2:00.
    let nightly = "30 2 * * *";
    assert_eq!(next(nightly, "Europe/Prague", "2026-03-28T12:00:00Z"), "2026-03-29T01:30:00.000Z");
    assert_eq!(next(nightly, "Europe/Prague", "2026-03-29T01:30:00Z"), "2026-03-30T00:30:00.000Z");
    assert_eq!(next(nightly, "Europe/Prague", "2026-10-24T12:00:00Z"), "2026-10-25T00:30:00.000Z");
    assert_eq!(next(nightly, "Europe/Prague", "2026-10-25T00:30:00Z"), "2026-10-26T01:30:00.000Z");
    // What is moved does not come after what stands there by itself.
    assert_eq!(next("0,30 2,3 * * *", "Europe/Prague", "2026-03-29T00:00:00Z"), "2026-03-29T01:00:00.000Z");
}

#[test]
fn what_is_wrong_is_told_at_its_field() {
    let fault = |expression: &str, zone: &str| {
        let error = checked(cron(expression, zone)).unwrap_err();
        let told = error.params.get("part").or_else(|| error.params.get("zone")).cloned().unwrap_or_default();
        (error.code, error.field.unwrap_or_default(), told)
    };
    for (expression, part) in [
        ("0 3 * *", "0 3 * *"),
        ("0 3 * * * *", "0 3 * * * *"),
        ("@daily", "@daily"),
        ("60 3 * * *", "60"),
        ("0 24 * * *", "24"),
        ("0 3 0 * *", "0"),
        ("0 3 * 13 *", "13"),
        ("0 3 * * 8", "8"),
        ("0 5-3 * * *", "5-3"),
        ("0 */0 * * *", "*/0"),
        ("0 1,,2 * * *", "1,,2"),
        ("0 +3 * * *", "+3"),
        ("0 3 * foo *", "foo"),
        ("0 0 30 2 *", "0 0 30 2 *"),
    ] {
        let expected = (ErrorCode::InvalidCron, "expression".to_owned(), part.to_owned());
        assert_eq!(fault(expression, "UTC"), expected, "{expression}");
    }
    for zone in ["", "Prague", "Europe/Prag", "../etc/passwd", "+01:00"] {
        let expected = (ErrorCode::InvalidTimeZone, "time_zone".to_owned(), zone.to_owned());
        assert_eq!(fault("0 3 * * *", zone), expected, "{zone}");
    }
    for expression in ["* * * * *", "*/30 3 * * *", "0,30 * * * *"] {
        let expected = (ErrorCode::ScheduleTooOften, "expression".to_owned(), String::new());
        assert_eq!(fault(expression, "UTC"), expected, "{expression}");
    }
    assert_eq!(fault("", "UTC").0, ErrorCode::InvalidField);
    assert_eq!(fault(&"0 ".repeat(100), "UTC").0, ErrorCode::InvalidField);
    for hours in [0, 721] {
        assert_eq!(checked(Schedule::Every { hours }).unwrap_err().field.as_deref(), Some("hours"));
    }
}

#[test]
fn a_schedule_is_kept_in_one_form() {
    let kept = cron("0 3 * * mon", "Europe/Prague");
    assert_eq!(checked(cron("  0  3 * *\tmon ", " europe/prague ")), Ok(kept.clone()));
    assert_eq!(checked(kept.clone()), Ok(kept));
}

proptest! {
    #[test]
    fn the_next_time_is_later_and_within_what_was_asked(
        minute in 0_u32..60,
        hour in 0_u32..24,
        zone in prop::sample::select(vec!["UTC", "Europe/Prague", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
        millis in 0_i64..4_000_000_000_000,
    ) {
        let daily = cron(&format!("{minute} {hour} * * *"), zone);
        let last = Timestamp::from_millis(millis);
        let next = next_after(&daily, last).unwrap();
        prop_assert!(next > last);
        // Two days at most: one on which the clock is put back, and one that has passed that time.
        prop_assert!(next.since(last) <= 26 * 3_600_000, "{} after {}", next, last);
        let after = next_after(&daily, next).unwrap();
        prop_assert!(after.since(next) >= 22 * 3_600_000, "{} after {}", after, next);
    }

    #[test]
    fn no_expression_brings_it_down(text in "[0-9*,/ a-z-]{0,24}") {
        let _kept = checked(cron(&text, "UTC"));
    }
}
