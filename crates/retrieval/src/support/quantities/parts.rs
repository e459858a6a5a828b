//! Quarters and halves in words (*a quarter of an hour*, *two and a half*, *trois heures et demie*), and times that have a name
//! (*noon*, *at weekends*).

use super::{Finder, Quantity, Value};
use crate::support::units::unit;

/// The working days, and the others.
const WEEKDAYS: [Value; 5] = [Value::Day(1), Value::Day(2), Value::Day(3), Value::Day(4), Value::Day(5)];
const WEEKEND: [Value; 2] = [Value::Day(6), Value::Day(7)];
const NOON: [Value; 1] = [Value::Time(12 * 60)];
const MIDNIGHT: [Value; 2] = [Value::Time(0), Value::Time(24 * 60)];

impl Finder<'_> {
    /// A time that has a name; how many tokens that has. A source that has the name has what it stands for; a sentence with the name is
    /// judged by its words.
    pub(super) fn named_time(&mut self, at: usize) -> Option<usize> {
        let before = at.checked_sub(1).map_or("", |before| self.low(before));
        let (values, used): (&[Value], usize) = match (self.low(at), self.low(at + 1)) {
            ("noon" | "midday", _) => (&NOON, 1),
            ("midi", _) if before != "apres" => (&NOON, 1),
            ("midnight" | "minuit", _) => (&MIDNIGHT, 1),
            ("weekend" | "weekends", _) => (&WEEKEND, 1),
            ("week", "end" | "ends") => (&WEEKEND, 2),
            ("weekday" | "weekdays", _) => (&WEEKDAYS, 1),
            _ => return None,
        };
        let named = |value: &Value| Quantity { in_words: true, is_loose: true, ..Quantity::new(*value, at) };
        self.found.extend(values.iter().map(named));
        Some(used)
    }

    /// So many quarters of an hour, else of something that has parts; how many tokens they have. A number of the year's quarters,
    /// of which nothing follows, is one of a unit.
    pub(super) fn quarters(&mut self, at: usize, count: f64, next: usize) -> Option<usize> {
        if !matches!(self.low(next), "quarter" | "quarters" | "quart" | "quarts") {
            return None;
        }
        let behind = [1, 2, 3].map(|ahead| self.low(next + ahead));
        let (value, name, used) = match behind {
            ["of", "an", "hour"] => (15.0, "min", 4),
            ["d", "heure", _] => (15.0, "min", 3),
            ["of" | "de" | "des" | "du" | "d", ..] => (25.0, "%", 1),
            _ => return None,
        };
        // As "half", which is said of about as much.
        let is_loose = name == "%";
        let quantity = Quantity::new(Value::Number(value * count), at);
        self.found.push(Quantity { unit: unit(name), in_words: true, is_loose, ..quantity });
        Some(next + used - at)
    }

    /// Whether there is a half more; how many tokens that is said with.
    pub(super) fn and_a_half(&self, at: usize) -> Option<usize> {
        match [0, 1, 2].map(|ahead| self.low(at + ahead)) {
            ["and", "a", "half"] => Some(3),
            ["et", "demi" | "demie", _] => Some(2),
            _ => None,
        }
    }

    /// Whether a number that ends there has a half more, before its unit or behind it.
    pub(super) fn has_half(&self, end: usize) -> bool {
        self.and_a_half(end).is_some() || (unit(self.low(end)).is_some() && self.and_a_half(end + 1).is_some())
    }
}
