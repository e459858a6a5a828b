//! The numbers of a text: in digits or in words, with their units, as dates and as times of day.

mod parts;

use super::{
    digits::{date, number, scale},
    lexicon::Lexicon,
    tokens::{Kind, Token},
    units::{Measure, Unit, unit},
};

/// What a quantity says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    Number(f64),
    /// Minutes after midnight.
    Time(u32),
    /// From 1.
    Month(u32),
    /// From 1, which is Monday.
    Day(u32),
}

/// A number of a text.
#[derive(Debug, Clone)]
pub(super) struct Quantity {
    pub value: Value,
    pub unit: Option<Unit>,
    /// The time of day that it may be meant as: French `9 h`.
    clock: Option<u32>,
    /// Its first token.
    pub at: usize,
    /// Whether it is written in words.
    pub in_words: bool,
    /// Whether it is an article as likely as a number, or may stand for several numbers.
    pub is_loose: bool,
}

impl Quantity {
    fn new(value: Value, at: usize) -> Self {
        Self { value, unit: None, clock: None, at, in_words: false, is_loose: false }
    }

    /// Whether the two say the same.
    pub fn agrees(&self, other: &Self) -> bool {
        let (one, two) = match (self.value, other.value) {
            (Value::Number(one), Value::Number(two)) => (one, two),
            (Value::Time(time), Value::Number(number)) => return other.may_be_time(number, time),
            (Value::Number(number), Value::Time(time)) => return self.may_be_time(number, time),
            (one, two) => return one == two,
        };
        let (Some(mine), Some(its)) = (self.unit, other.unit) else { return is_equal(one, two) };
        let (one, two) = (one * mine.size, two * its.size);
        match (mine.measure, its.measure) {
            (Measure::Time, Measure::Months) => is_about(one, two * MONTH),
            (Measure::Months, Measure::Time) => is_about(one * MONTH, two),
            (mine, its) => mine == its && is_equal(one, two),
        }
    }

    /// Whether a number may be meant as a time of day: French `9 h`, or a number of nothing that is the hour in one of the two ways
    /// to count them. What is written as one that is no full hour may be so long: `1 h 30`.
    fn may_be_time(&self, number: f64, time: u32) -> bool {
        let hour = time / 60;
        let is_bare = self.unit.is_none() && !self.is_loose && time.is_multiple_of(60);
        let is_hour = || [hour, (hour + 11) % 12 + 1].into_iter().any(|hour| is_equal(number, f64::from(hour)));
        let is_as_long = |unit: Unit| {
            let is_time = unit.measure == Measure::Time && !time.is_multiple_of(60);
            is_time && is_equal(number * unit.size, f64::from(time) * 60.0)
        };
        self.clock == Some(time) || (is_bare && is_hour()) || self.unit.is_some_and(is_as_long)
    }

    pub fn is_number(&self) -> bool {
        matches!(self.value, Value::Number(_))
    }

    /// Whether both are of what can be compared; all times are, and all numbers without a unit.
    pub fn is_of_same_measure(&self, other: &Self) -> bool {
        let measure = |quantity: &Self| match quantity.unit.map(|unit| unit.measure) {
            Some(Measure::Months) => Some(Measure::Time),
            other => other,
        };
        measure(self) == measure(other)
    }
}

/// Seconds.
const MONTH: f64 = 30.4 * 86_400.0;

/// Whether two times are the same, as sixty days and two months are.
fn is_about(one: f64, two: f64) -> bool {
    (one - two).abs() <= 0.04 * one.max(two)
}

fn is_equal(one: f64, two: f64) -> bool {
    (one - two).abs() <= 1e-9 * one.abs().max(1.0)
}

/// The quantities of a text, in order.
pub(super) fn quantities(tokens: &[Token], lexicon: &Lexicon) -> Vec<Quantity> {
    let mut finder = Finder { tokens, lexicon, found: Vec::new() };
    let mut at = 0;
    while at < tokens.len() {
        at += finder.take(at).max(1);
    }
    finder.found
}

/// What a time of day is followed by in words, and by how many hours it is later.
const HALVES: [(u32, &[&str]); 6] = [
    (0, &["in", "the", "morning"]),
    (12, &["in", "the", "afternoon"]),
    (12, &["in", "the", "evening"]),
    (0, &["du", "matin"]),
    (12, &["du", "soir"]),
    (12, &["de", "l", "apres", "midi"]),
];

/// A number as an hour, where it can be one.
fn hours(number: f64) -> Option<u32> {
    ((0.0..=24.0).contains(&number) && number.fract() == 0.0).then_some(number as u32)
}

/// The hour of the day that is so many hours in a half of it; what is no hour of a half is one of the day already.
fn in_half(hours: u32, later: u32) -> u32 {
    if hours > 12 { hours } else { hours % 12 + later }
}

struct Finder<'a> {
    tokens: &'a [Token],
    lexicon: &'a Lexicon,
    found: Vec<Quantity>,
}

impl<'a> Finder<'a> {
    fn low(&self, at: usize) -> &'a str {
        self.tokens.get(at).map(|token| token.low.as_str()).unwrap_or_default()
    }

    fn is_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(Kind::Word))
    }

    /// Takes what begins at a token; how many tokens that are, none where nothing begins.
    fn take(&mut self, at: usize) -> usize {
        match self.tokens[at].kind {
            Kind::Number => self.in_digits(at),
            Kind::Word => {
                let named = self.calendar(at).or_else(|| self.named_time(at));
                named.or_else(|| self.in_words(at)).unwrap_or(0)
            }
            _ => 0,
        }
    }

    fn in_digits(&mut self, at: usize) -> usize {
        let raw = &self.tokens[at].raw;
        if let Some([year, month, day]) = date(raw) {
            self.found.push(Quantity::new(Value::Number(f64::from(day)), at));
            self.found.push(Quantity::new(Value::Month(month), at));
            self.found.push(Quantity::new(Value::Number(f64::from(year)), at));
            return 1;
        }
        if let Some((hours, minutes)) = raw.split_once(':') {
            let (Ok(hours), Ok(minutes)) = (hours.parse::<u32>(), minutes.parse::<u32>()) else { return 1 };
            let (hours, used) = self.half_of_day(at + 1).map_or((hours, 0), |(later, used)| (hours % 12 + later, used));
            self.found.push(Quantity::new(Value::Time(hours * 60 + minutes), at));
            return 1 + used;
        }
        let Some(mut number) = number(raw) else { return 1 };
        let mut used = 1;
        if let Some(scale) = scale(self.lexicon.language, self.low(at + 1)).filter(|_| self.low(at + 1) != "cents") {
            number *= scale;
            used = 2;
        }
        if let Some(time) = self.time_of_day(at, number, at + used) {
            return time;
        }
        self.finish(Quantity::new(Value::Number(number), at), used)
    }

    /// `9 a.m.`, `9 o'clock`, `9 h 30`; how many tokens it has.
    fn time_of_day(&mut self, at: usize, number: f64, next: usize) -> Option<usize> {
        let hours = hours(number)?;
        if let Some((later, used)) = self.half_of_day(next) {
            self.found.push(Quantity::new(Value::Time(in_half(hours, later) * 60), at));
            return Some(next + used - at);
        }
        if self.low(next) == "o" && self.low(next + 1) == "clock" {
            self.found.push(Quantity::new(Value::Time(hours * 60), at));
            return Some(next + 2 - at);
        }
        if self.lexicon.language != "fr" || !matches!(self.low(next), "h" | "heure" | "heures") {
            return None;
        }
        let minutes = self.low(next + 1).parse::<u32>().ok().filter(|minutes| *minutes < 60 && self.low(next) == "h");
        let behind = next + 1 + usize::from(minutes.is_some());
        if let Some((later, used)) = self.half_of_day(behind) {
            let time = in_half(hours, later) * 60 + minutes.unwrap_or_default();
            self.found.push(Quantity::new(Value::Time(time), at));
            return Some(behind + used - at);
        }
        if let Some(minutes) = minutes {
            self.found.push(Quantity::new(Value::Time(hours * 60 + minutes), at));
            return Some(next + 2 - at);
        }
        if self.and_a_half(next + 1).is_some() {
            return None;
        }
        // A time of day or so many hours.
        let clock = Some(hours * 60);
        self.found.push(Quantity { unit: unit("h"), clock, ..Quantity::new(Value::Number(number), at) });
        Some(next + 1 - at)
    }

    /// `three in the afternoon`, `huit heures du soir`; how many tokens it has.
    fn hour_in_words(&mut self, at: usize, number: f64, next: usize) -> Option<usize> {
        let hours = hours(number)?;
        let is_named = self.lexicon.language == "fr" && matches!(self.low(next), "h" | "heure" | "heures");
        let behind = next + usize::from(is_named);
        let (later, used) = self.half_of_day(behind)?;
        let time = Value::Time(in_half(hours, later) * 60);
        self.found.push(Quantity { in_words: true, ..Quantity::new(time, at) });
        Some(behind + used - at)
    }

    /// By how many hours a time is later for what follows it (`p.m.`), and how many tokens that are.
    fn half_of_day(&self, at: usize) -> Option<(u32, usize)> {
        match self.low(at) {
            "am" => Some((0, 1)),
            "pm" => Some((12, 1)),
            half @ ("a" | "p") if self.low(at + 1) == "." && self.low(at + 2) == "m" => {
                Some((if half == "p" { 12 } else { 0 }, 3))
            }
            "in" | "du" | "de" => HALVES.iter().find_map(|(later, words)| {
                let is_said = words.iter().zip(at..).all(|(word, at)| self.low(at) == *word);
                is_said.then_some((*later, words.len()))
            }),
            _ => None,
        }
    }

    /// Months and days of the week.
    fn calendar(&mut self, at: usize) -> Option<usize> {
        let token = &self.tokens[at];
        let low = token.low.as_str();
        let is_english = self.lexicon.language == "en";
        let may_be_verb = matches!(low, "may" | "march") && token.opens;
        if let Some(month) = self.lexicon.months.get(low)
            && (!is_english || (token.is_capital && !may_be_verb))
        {
            self.found.push(Quantity::new(Value::Month(*month), at));
            return Some(1);
        }
        let days = &self.lexicon.days;
        let day = days.get(low).or_else(|| days.get(low.strip_suffix('s')?))?;
        self.found.push(Quantity::new(Value::Day(*day), at));
        Some(1)
    }

    fn in_words(&mut self, at: usize) -> Option<usize> {
        let low = self.low(at);
        let loose = |value: f64, unit: Option<Unit>| Quantity {
            unit,
            in_words: true,
            is_loose: true,
            ..Quantity::new(Value::Number(value), at)
        };
        if matches!(low, "half" | "demi" | "demie") {
            let of = at + 1 + usize::from(matches!(self.low(at + 1), "a" | "an"));
            if let Some(unit) = unit(self.low(of)) {
                self.found.push(Quantity { is_loose: false, ..loose(0.5, Some(unit)) });
                return Some(of + 1 - at);
            }
        }
        match low {
            "half" | "moitie" => self.found.push(loose(50.0, unit("%"))),
            "twice" => self.found.push(Quantity { is_loose: false, ..loose(2.0, None) }),
            "a" | "an" if self.lexicon.language == "en" => {
                if let Some(used) = self.quarters(at, 1.0, at + 1) {
                    return Some(used);
                }
                // A second is rather the one after the first.
                let unit = unit(self.low(at + 1)).filter(|unit| match unit.measure {
                    Measure::Time => unit.size > 1.0 && self.low(at + 1).len() > 2,
                    measure => measure == Measure::Months,
                })?;
                if let Some(half) = self.and_a_half(at + 2) {
                    self.found.push(Quantity { is_loose: false, ..loose(1.5, Some(unit)) });
                    return Some(2 + half);
                }
                self.found.push(loose(1.0, Some(unit)));
                return Some(2);
            }
            _ => return self.named(at),
        }
        Some(1)
    }

    /// `twenty-one`, `deux cent cinquante`.
    fn named(&mut self, at: usize) -> Option<usize> {
        let Lexicon { language, numbers, .. } = self.lexicon;
        let (mut total, mut current, mut end) = (0.0, 0.0, at);
        while self.is_word(end) {
            let low = self.low(end);
            if let Some(number) = numbers.get(low) {
                let is_eighty = matches!(low, "vingt" | "vingts") && is_equal(current, 4.0);
                current = if is_eighty { 80.0 } else { current + number };
            } else if let Some(scale) = scale(language, low).filter(|_| low != "cents" || end > at) {
                let count = if current > 0.0 { current } else { 1.0 };
                if scale > 100.0 {
                    total += count * scale;
                    current = 0.0;
                } else {
                    current = count * scale;
                }
            } else {
                let next = numbers.get(self.low(end + 1)).copied().filter(|_| end > at && matches!(low, "and" | "et"));
                let joins = next.is_some_and(|next| {
                    is_equal(next, 1.0)
                        || (*language == "en" && current >= 100.0)
                        || (*language == "fr" && is_equal(current, 60.0))
                });
                if !joins {
                    break;
                }
            }
            end += 1;
        }
        if end == at {
            return None;
        }
        let quarters = self.quarters(at, total + current, end);
        if let Some(used) = quarters.or_else(|| self.hour_in_words(at, total + current, end)) {
            return Some(used);
        }
        let quantity = Quantity { in_words: true, ..Quantity::new(Value::Number(total + current), at) };
        if end > at + 1 || self.has_half(end) || !matches!(self.low(at), "one" | "un" | "une" | "cent") {
            return Some(self.finish(quantity, end - at));
        }
        let is_hundred = self.low(at) == "cent";
        if !(is_hundred && at > 0 && self.low(at - 1) == "pour") {
            let unit = unit(self.low(at + 1));
            self.found.push(Quantity { unit, is_loose: !is_hundred, ..quantity });
        }
        Some(1)
    }

    /// Adds a quantity of so many tokens with its unit, which stands before it or after it, and with a half more.
    fn finish(&mut self, mut quantity: Quantity, mut used: usize) -> usize {
        let at = quantity.at;
        let mut half = self.and_a_half(at + used);
        used += half.unwrap_or_default();
        let sign = at.checked_sub(1).map(|before| &self.tokens[before]).filter(|sign| {
            sign.is(Kind::Sign) && matches!(sign.raw.as_str(), "€" | "$" | "£") && sign.end == self.tokens[at].start
        });
        let next = self.low(at + used);
        quantity.unit = match (sign, next, self.low(at + used + 1)) {
            (Some(sign), ..) => unit(&sign.raw),
            (None, "pour" | "per", "cent") => unit("%"),
            (
                None,
                "calendar" | "business" | "working" | "consecutive" | "full" | "calendaires" | "ouvrables" | "ouvres",
                of,
            ) => unit(of),
            (None, next, _) => unit(next),
        };
        if half.is_none() && unit(next).is_some() {
            half = self.and_a_half(at + used + 1);
            used += half.map_or(0, |tokens| 1 + tokens);
        }
        if let (Some(_), Value::Number(number)) = (half, &mut quantity.value) {
            *number += 0.5;
        }
        self.found.push(quantity);
        used
    }
}

#[cfg(test)]
mod tests;
