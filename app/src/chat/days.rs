//! The list of conversations by day: today, yesterday, the days before.
//!
//! Like [`Moment`](crate::ui::Moment), the server tells days in UTC and the browser then in the person's time zone.

use hammock_contract::Timestamp;

use crate::t;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// How long ago something was, as a heading of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// Today, or later: clocks differ.
    Today,
    /// The day before.
    Yesterday,
    /// One of the seven days before today, but not yesterday.
    Week,
    /// Before that.
    Older,
}

impl Day {
    /// What the heading says.
    pub fn name(self) -> &'static str {
        match self {
            Self::Today => t!("chat.day.today"),
            Self::Yesterday => t!("chat.day.yesterday"),
            Self::Week => t!("chat.day.week"),
            Self::Older => t!("chat.day.older"),
        }
    }

    /// Of a day, counted since 1970 like `today`.
    fn of(day: i64, today: i64) -> Self {
        match today - day {
            ..=0 => Self::Today,
            1 => Self::Yesterday,
            2..=7 => Self::Week,
            _ => Self::Older,
        }
    }
}

/// Tells days.
#[derive(Debug, Clone, Copy)]
pub struct Calendar {
    today: i64,
    is_local: bool,
}

impl Calendar {
    /// The days in UTC, as the server tells them.
    pub fn in_utc(now: Timestamp) -> Self {
        Self { today: day_of(now, 0), is_local: false }
    }

    /// The days in the person's time zone, from now on. In the browser only.
    pub fn of_person() -> Self {
        let now = browser::now();
        Self { today: day_of(now, browser::minutes_behind(now)), is_local: true }
    }

    /// The days as whoever makes the list tells them at a moment.
    pub fn at(now: Timestamp) -> Self {
        if cfg!(feature = "ssr") { Self::in_utc(now) } else { Self::of_person() }
    }

    /// The number of the present day.
    pub const fn today(self) -> i64 {
        self.today
    }

    /// When a day begins.
    pub fn start_of(self, day: i64) -> Timestamp {
        let in_utc = Timestamp::from_millis(day.saturating_mul(DAY_MS));
        if self.is_local { browser::midnight(in_utc) } else { in_utc }
    }

    /// When something was.
    pub fn day(self, at: Timestamp) -> Day {
        // Each point in time has its own distance to UTC: summer time may lie between them.
        let minutes_behind = if self.is_local { browser::minutes_behind(at) } else { 0 };
        Day::of(day_of(at, minutes_behind), self.today)
    }
}

/// The number of a day that is written like `2026-11-27`.
pub fn of_date(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let midnight = Timestamp::from_civil(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?, 0)?;
    Some(day_of(midnight, 0))
}

/// The number of a day, where clocks are so many minutes behind UTC.
fn day_of(at: Timestamp, minutes_behind: i64) -> i64 {
    (at.as_millis() - minutes_behind * MINUTE_MS).div_euclid(DAY_MS)
}

/// The present time, by the clock of whoever makes the list.
pub async fn now() -> Timestamp {
    #[cfg(feature = "ssr")]
    {
        // Nobody is signed in: there is no list either.
        crate::request::context().await.map_or_else(|_| Timestamp::default(), |(hammock, _)| hammock.now())
    }
    #[cfg(not(feature = "ssr"))]
    browser::now()
}

mod browser {
    //! Only called in the browser.

    use hammock_contract::Timestamp;
    use js_sys::Date;
    use wasm_bindgen::JsValue;

    pub fn now() -> Timestamp {
        Timestamp::from_millis(Date::now() as i64)
    }

    /// When the day of the same date begins where the person is.
    pub fn midnight(in_utc: Timestamp) -> Timestamp {
        let (year, month, day, ..) = in_utc.civil();
        let there = Date::new_with_year_month_day(
            u32::try_from(year).unwrap_or_default(),
            month.cast_signed() - 1,
            day.cast_signed(),
        );
        Timestamp::from_millis(there.get_time() as i64)
    }

    /// How many minutes the person's clock is behind UTC at a point in time; negative to the east.
    pub fn minutes_behind(at: Timestamp) -> i64 {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit a double for 200,000 years")]
        let millis = at.as_millis() as f64;
        Date::new(&JsValue::from_f64(millis)).get_timezone_offset() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar_and_not_of_24_hours() {
        let at = |day: u32, hour: i64| Timestamp::from_civil(2026, 11, day, hour * 60 * MINUTE_MS).unwrap();
        let calendar = Calendar::in_utc(at(27, 1));
        for (when, said) in [
            (at(28, 0), Day::Today),
            (at(27, 0), Day::Today),
            (at(26, 23), Day::Yesterday),
            (at(26, 0), Day::Yesterday),
            (at(25, 23), Day::Week),
            (at(20, 0), Day::Week),
            (at(19, 23), Day::Older),
            (Timestamp::default(), Day::Older),
        ] {
            assert_eq!(calendar.day(when), said, "{when}");
        }
    }

    #[test]
    fn a_day_begins_where_the_person_is() {
        let late = Timestamp::from_civil(2026, 11, 26, 23 * 60 * MINUTE_MS + 30 * MINUTE_MS).unwrap();
        let day = day_of(late, 0);
        // Prague, New York.
        assert_eq!(day_of(late, -60), day + 1);
        assert_eq!(day_of(late, 300), day);
    }

    #[test]
    fn a_date_is_a_day() {
        let day = of_date("2026-11-27").unwrap();
        let calendar = Calendar::in_utc(Timestamp::from_civil(2026, 11, 27, 5).unwrap());
        assert_eq!((calendar.today(), calendar.start_of(day)), (day, Timestamp::from_civil(2026, 11, 27, 0).unwrap()));
        for wrong in ["", "2026-11", "2026-02-30", "today", "2026-11-27-1"] {
            assert_eq!(of_date(wrong), None, "{wrong}");
        }
    }
}
