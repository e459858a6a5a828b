//! What a value is, as its field's kind understands it. What does not fit is nothing, and is kept as it was found.

use hammock_contract::{
    Timestamp,
    metadata::{FoundMetadata, MOST_VALUES, MetadataKind, MetadataOrigin},
};
use hammock_store::{
    metadata_fields::MetadataFieldRow,
    metadata_values::{NewValue, TypedValue},
};

/// A day. Milliseconds.
const DAY: i64 = 86_400_000;

const YES: [&str; 9] = ["true", "yes", "y", "on", "1", "oui", "vrai", "ano", "pravda"];
const NO: [&str; 9] = ["false", "no", "n", "off", "0", "non", "faux", "ne", "nepravda"];

/// A value as its field's kind understands it.
pub(crate) fn understand(kind: MetadataKind, options: &[String], raw: &str) -> Option<TypedValue> {
    let text = raw.trim();
    if text.is_empty() {
        return None;
    }
    match kind {
        MetadataKind::Text => Some(TypedValue::Text(text.to_lowercase())),
        MetadataKind::Number => number(text).map(TypedValue::Number),
        MetadataKind::Date => span(text).map(|(from, _)| TypedValue::Date(from)),
        MetadataKind::Boolean => boolean(text).map(TypedValue::Boolean),
        MetadataKind::Choice => {
            let key = text.to_lowercase();
            options.iter().any(|option| option.to_lowercase() == key).then_some(TypedValue::Text(key))
        }
    }
}

/// A number, with a point or a comma, with spaces, commas or points between thousands. A single comma is a decimal one.
pub(crate) fn number(text: &str) -> Option<f64> {
    let (negative, digits) = digits_of(text)?;
    let digits = digits.as_str();
    let (points, commas) = (digits.matches('.').count(), digits.matches(',').count());
    let plain = match (points, commas) {
        (0 | 1, 0) => digits.to_owned(),
        (0, 1) => digits.replace(',', "."),
        (_, 0) => grouped(digits, '.')?,
        (0, _) => grouped(digits, ',')?,
        // Whichever comes last is the decimal one.
        _ if digits.rfind('.') > digits.rfind(',') && points == 1 => digits.replace(',', ""),
        (_, 1) => digits.replace('.', "").replace(',', "."),
        _ => return None,
    };
    parsed(negative, &plain)
}

/// Whether a number is negative, and its digits with the points and commas among them.
fn digits_of(text: &str) -> Option<(bool, String)> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{2019}' | '\'')).collect();
    let negative = digits.starts_with(['-', '\u{2212}']);
    let digits = digits.trim_start_matches(['-', '\u{2212}', '+']);
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    is_number.then(|| (negative, digits.to_owned()))
}

fn parsed(negative: bool, plain: &str) -> Option<f64> {
    let number: f64 = plain.parse().ok()?;
    Some(if negative { -number } else { number }).filter(|number| number.is_finite())
}

/// What stands before the decimals of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// A point, and nothing but digits before it.
    Plain,
    /// A point; commas stand between thousands.
    Point,
    /// A comma; points stand between thousands.
    Comma,
}

impl Mark {
    const ALL: [Self; 3] = [Self::Plain, Self::Point, Self::Comma];

    fn read(self, text: &str) -> Option<f64> {
        let (negative, digits) = digits_of(text)?;
        let (decimal, separator) = if self == Self::Comma { (',', '.') } else { ('.', ',') };
        let (whole, decimals) = digits.split_once(decimal).unwrap_or((digits.as_str(), "0"));
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let whole = match self {
            Self::Point | Self::Comma if whole.contains(separator) => grouped(whole, separator)?,
            // A separator among them is no digit.
            Self::Plain | Self::Point | Self::Comma => whole.to_owned(),
        };
        if !are_digits(&whole) || !are_digits(decimals) {
            return None;
        }
        parsed(negative, &format!("{whole}.{decimals}"))
    }
}

/// How the numbers are written that a document says under one name: all in the same way.
struct Numbers(Option<Mark>);

impl Numbers {
    /// What fits all of these texts that are numbers in any way; the others say nothing about it.
    fn of(texts: &[String]) -> Self {
        let is_number = |text: &&String| Mark::ALL.into_iter().any(|mark| mark.read(text).is_some());
        let numbers: Vec<&String> = texts.iter().filter(is_number).collect();
        let fits = |mark: Mark| numbers.iter().all(|text| mark.read(text).is_some());
        Self(match (fits(Mark::Plain), fits(Mark::Point), fits(Mark::Comma)) {
            (true, ..) => Some(Mark::Plain),
            (false, true, false) => Some(Mark::Point),
            (false, false, true) => Some(Mark::Comma),
            // Thousands of the one are decimals of the other.
            (false, true, true) | (false, false, false) => None,
        })
    }

    /// The number that a text is; nothing where it is none, or could be two.
    fn read(&self, text: &str) -> Option<f64> {
        match self.0 {
            Some(mark) => mark.read(text),
            None => {
                let plain = Mark::Plain.read(text);
                plain.filter(|_| Mark::ALL.into_iter().all(|mark| mark.read(text) == plain))
            }
        }
    }
}

/// Digits whose every group but the first has three.
fn grouped(digits: &str, separator: char) -> Option<String> {
    let mut groups = digits.split(separator);
    let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
    (first && groups.all(|group| group.len() == 3)).then(|| digits.replace(separator, ""))
}

/// Yes or no, in the languages of the interface.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    let key = text.trim().to_lowercase();
    match (YES.contains(&key.as_str()), NO.contains(&key.as_str())) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// The span of time that a date means, from its beginning to before its end: a moment, a day, a month or a year, in
/// milliseconds since 1970.
pub(crate) fn span(text: &str) -> Option<(i64, i64)> {
    let text = text.trim();
    let day = |year: i64, month: u32, day: u32| Timestamp::from_civil(year, month, day, 0).map(Timestamp::as_millis);
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some((moment.as_millis(), moment.as_millis() + 1));
    }
    if let Some((date, time)) = text.split_once(['T', ' ']).filter(|(date, _)| date.len() == 10) {
        let moment = moment(date, time.trim())?.as_millis();
        return Some((moment, moment + 1));
    }
    if text.contains('.') {
        let parts: Vec<&str> = text.split('.').map(str::trim).collect();
        let [days, months, years] = parts[..] else { return None };
        let years = years.parse::<i64>().ok().filter(|year| *year > 999)?;
        let from = day(years, months.parse().ok()?, days.parse().ok()?)?;
        return Some((from, from + DAY));
    }
    let parts: Vec<&str> = text.split('-').collect();
    if parts.iter().any(|part| part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    match parts[..] {
        [year] if year.len() == 4 => {
            let year: i64 = year.parse().ok()?;
            Some((day(year, 1, 1)?, day(year + 1, 1, 1)?))
        }
        [year, month] if year.len() == 4 => {
            let (year, month): (i64, u32) = (year.parse().ok()?, month.parse().ok()?);
            let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            Some((day(year, month, 1)?, day(next_year, next, 1)?))
        }
        [year, month, days] if year.len() == 4 => {
            let from = day(year.parse().ok()?, month.parse().ok()?, days.parse().ok()?)?;
            Some((from, from + DAY))
        }
        _ => None,
    }
}

/// A moment of a day in the ways that RFC 3339 does not know and people use: without seconds, with a zone of `+0200` or `+02`,
/// with a space before it. A time without a zone is one of UTC: no better is known.
fn moment(date: &str, time: &str) -> Option<Timestamp> {
    let (clock, zone) = time.split_at(time.find(['Z', 'z', '+', '-']).unwrap_or(time.len()));
    let clock = clock.trim_end();
    let seconds = if clock.matches(':').count() == 1 { ":00" } else { "" };
    let zone = match zone.len() {
        0 => "Z".to_owned(),
        3 => format!("{zone}:00"),
        5 => zone.split_at_checked(3).map(|(hours, minutes)| format!("{hours}:{minutes}"))?,
        _ => zone.to_owned(),
    };
    format!("{date}T{clock}{seconds}{zone}").parse().ok()
}

/// What of everything that a document says its collection has fields for.
pub(crate) fn values_of(fields: &[MetadataFieldRow], found: &[FoundMetadata]) -> Vec<NewValue> {
    let mut all = Vec::new();
    for field in fields {
        let mut own: Vec<NewValue> = Vec::new();
        for entry in found.iter().filter(|entry| is_of(field, entry)) {
            let numbers = (field.kind == MetadataKind::Number).then(|| Numbers::of(&entry.values));
            for raw in &entry.values {
                if own.len() < MOST_VALUES && own.iter().all(|known| known.raw != *raw) {
                    own.push(NewValue {
                        field: field.id.clone(),
                        origin: entry.origin,
                        raw: raw.clone(),
                        typed: match &numbers {
                            Some(numbers) => numbers.read(raw).map(TypedValue::Number),
                            None => understand(field.kind, &field.options, raw),
                        },
                    });
                }
            }
        }
        all.append(&mut own);
    }
    all
}

fn is_of(field: &MetadataFieldRow, found: &FoundMetadata) -> bool {
    let wanted = match found.origin {
        MetadataOrigin::FrontMatter => &field.front_matter,
        MetadataOrigin::JsonLd => &field.json_ld,
        MetadataOrigin::Csv => &field.csv_column,
        MetadataOrigin::Hand => &None,
    };
    wanted.as_ref().is_some_and(|wanted| wanted.to_lowercase() == found.name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, expected) in [
            ("12", 12.0),
            ("-1 234,5", -1234.5),
            ("1\u{a0}234.50", 1234.5),
            ("1,234,567", 1_234_567.0),
            ("1.234.567", 1_234_567.0),
            ("1,234.5", 1234.5),
            ("1.234,5", 1234.5),
            ("+0.25", 0.25),
        ] {
            assert_eq!(number(text), Some(expected), "{text}");
        }
        for text in ["", "twelve", "5 EUR", "1,2,3", "--", "1.2.3"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_that_stand_together_are_read_in_one_way() {
        let read = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            let numbers = Numbers::of(&texts);
            texts.iter().map(|text| numbers.read(text)).collect::<Vec<_>>()
        };
        assert_eq!(read(&["12,345", "1,234,567", "n/a"]), [Some(12_345.0), Some(1_234_567.0), None]);
        assert_eq!(read(&["12.345", "1.234.567"]), [Some(12_345.0), Some(1_234_567.0)]);
        assert_eq!(read(&["12,345", "2,5", "-1 234,5"]), [Some(12.345), Some(2.5), Some(-1_234.5)]);
        assert_eq!(read(&["12.345", "2.5", "1\u{a0}234.50"]), [Some(12.345), Some(2.5), Some(1_234.5)]);
        assert_eq!(read(&["1,234.5", "+0.25", "7"]), [Some(1_234.5), Some(0.25), Some(7.0)]);
        // What could be two is none.
        assert_eq!(read(&["12,345", "7"]), [None, Some(7.0)]);
        assert_eq!(read(&["1.5", "2,5", "7"]), [None, None, Some(7.0)]);
    }

    #[test]
    fn dates_are_days_months_and_years() {
        let day = span("2026-11-27").unwrap();
        assert_eq!(day.1 - day.0, DAY);
        for same in ["27.11.2026", "27. 11. 2026"] {
            assert_eq!(span(same), Some(day), "{same}");
        }
        assert_eq!(span("2026-11-27T00:00:00Z").map(|(from, _)| from), Some(day.0));
        assert_eq!(span("2026-11-27 01:00").map(|(from, _)| from), Some(day.0 + 3_600_000));
        // As schema.org, PHP and Jekyll write it.
        for same in [
            "2026-11-27T02:00+01:00",
            "2026-11-27T01:00Z",
            "2026-11-27T02:00:00+0100",
            "2026-11-27 02:00:00 +0100",
            "2026-11-26T20:00:00.000-05",
        ] {
            assert_eq!(span(same).map(|(from, _)| from), Some(day.0 + 3_600_000), "{same}");
        }
        for text in [
            "2026-11-27T10",
            "2026-11-27 10:00 o'clock",
            "2026-11-27T10:00+1",
            "2026-11-27T10:00ZZZZZ",
            "2026-11-27T10:00:00+99:99",
            "2026-11-27 10:00 +2400",
            "2026-11-27T10:00-99",
        ] {
            assert_eq!(span(text), None, "{text}");
        }
        assert_eq!(span("2026-12").map(|(from, to)| (to - from) / DAY), Some(31));
        assert_eq!(span("2024").map(|(from, to)| (to - from) / DAY), Some(366));
        for text in ["", "soon", "2026-02-30", "11/27/2026", "1.2", "27-11-2026", "2026-13"] {
            assert_eq!(span(text), None, "{text}");
        }
    }

    #[test]
    fn a_choice_is_one_of_its_options() {
        let options = ["Acme".to_owned()];
        assert_eq!(understand(MetadataKind::Choice, &options, "ACME "), Some(TypedValue::Text("acme".to_owned())));
        assert_eq!(understand(MetadataKind::Choice, &options, "Other"), None);
        assert_eq!(understand(MetadataKind::Boolean, &[], "Ano"), Some(TypedValue::Boolean(true)));
        assert_eq!(understand(MetadataKind::Text, &[], " "), None);
    }

    proptest! {
        #[test]
        fn whatever_is_found_breaks_nothing(text in "[-0-9., :TZ+a-z]{0,24}") {
            let _ = number(&text);
            if let Some((from, to)) = span(&text) {
                prop_assert!(from < to);
            }
        }

        #[test]
        fn a_number_is_read_back(value in -1.0e12_f64..1.0e12) {
            prop_assert_eq!(number(&value.to_string()), Some(value));
        }
    }
}
