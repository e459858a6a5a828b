//! Quarters and halves in words: *a quarter of an hour*, *two and a half*, *trois heures et demie*.

use super::{Finder, Quantity, Value};
use crate::support::units::unit;

impl Finder<'_> {
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
