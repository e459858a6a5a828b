//! What a column holds, and its cells read as that. A column whose numbers could be read in two ways stays text: a wrong sum is
//! worse than none.

use std::hash::{Hash, Hasher};

use hammock_contract::function::{Cell, ColumnKind};

use super::{super::writer::normalise, Raw};

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `1234.5`.
    Plain,
    /// `1,234.5`.
    Commas,
    /// `1.234,5` or `1 234,5`.
    Continental,
}

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    Text,
    Number,
    /// Numbers that are written as text.
    Written(Style),
    Date,
    Truth,
}

impl Raw {
    /// The cell as text.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Untyped(text) | Self::Date(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Truth(value) => value.to_string(),
        }
    }

    /// How much it says, with what it takes to say it. Bytes.
    pub const fn length(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Text(text) | Self::Untyped(text) | Self::Date(text) => text.len() + 4,
            Self::Number(_) => 8,
            Self::Truth(_) => 4,
        }
    }
}

impl Hash for Raw {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Empty => {}
            Self::Text(text) | Self::Untyped(text) | Self::Date(text) => text.hash(state),
            Self::Number(number) => number.to_bits().hash(state),
            Self::Truth(value) => value.hash(state),
        }
    }
}

impl Reading {
    /// What fits every cell that is not empty.
    pub fn of<'a>(cells: impl Iterator<Item = &'a Raw> + Clone) -> Self {
        let full = || cells.clone().filter(|cell| **cell != Raw::Empty);
        if full().next().is_none() {
            return Self::Text;
        }
        if full().all(|cell| matches!(cell, Raw::Number(_))) {
            return Self::Number;
        }
        if full().all(|cell| truth(cell).is_some()) {
            return Self::Truth;
        }
        if full().all(|cell| date(cell).is_some()) {
            return Self::Date;
        }
        let fits = |style| full().all(|cell| matches!(cell, Raw::Untyped(text) if number(text, style).is_some()));
        if fits(Style::Plain) {
            return Self::Written(Style::Plain);
        }
        match (fits(Style::Commas), fits(Style::Continental)) {
            (true, false) => Self::Written(Style::Commas),
            (false, true) => Self::Written(Style::Continental),
            // Thousands of the one style are decimals of the other.
            (true, true) | (false, false) => Self::Text,
        }
    }

    /// What people call it.
    pub const fn kind(self) -> ColumnKind {
        match self {
            Self::Text => ColumnKind::Text,
            Self::Number | Self::Written(_) => ColumnKind::Number,
            Self::Date => ColumnKind::Date,
            Self::Truth => ColumnKind::Boolean,
        }
    }

    /// A cell read so.
    pub fn read(self, cell: Raw) -> Cell {
        match (self, cell) {
            (_, Raw::Empty) => Cell::Empty,
            (Self::Number, Raw::Number(value)) => Cell::Number(value),
            (Self::Written(style), Raw::Untyped(text)) => number(&text, style).map_or(Cell::Text(text), Cell::Number),
            (Self::Truth, cell) => truth(&cell).map_or_else(|| Cell::Text(cell.text()), Cell::Boolean),
            (Self::Date, cell) => Cell::Text(date(&cell).unwrap_or_else(|| cell.text())),
            (_, cell) => Cell::Text(normalise(&cell.text())),
        }
    }
}

fn truth(cell: &Raw) -> Option<bool> {
    match cell {
        Raw::Truth(value) => Some(*value),
        Raw::Untyped(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Raw::Untyped(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A day or a moment in the form of ISO 8601, from that form or from `31.1.2026`.
fn date(cell: &Raw) -> Option<String> {
    match cell {
        Raw::Date(text) => Some(text.clone()),
        Raw::Text(text) | Raw::Untyped(text) => iso(text.trim()).or_else(|| dotted(text.trim())),
        Raw::Empty | Raw::Number(_) | Raw::Truth(_) => None,
    }
}

fn iso(text: &str) -> Option<String> {
    let (day, time) = match text.split_once(['T', ' ']) {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let mut parts = day.split('-');
    let (year, month, of_month) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || [year.len(), month.len(), of_month.len()] != [4, 2, 2] {
        return None;
    }
    let day = day_of(year, month, of_month)?;
    match time {
        None => Some(day),
        Some(time) => is_time(time).then(|| format!("{day}T{time}")),
    }
}

/// Hours and minutes, perhaps seconds with a fraction, perhaps what a moment in UTC ends with.
fn is_time(text: &str) -> bool {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<&str> = text.split(':').collect();
    let two = |part: &&str, most: u8| part.len() == 2 && part.parse::<u8>().is_ok_and(|number| number <= most);
    let is_clock = match parts.as_slice() {
        [hour, minute] => two(hour, 23) && two(minute, 59),
        [hour, minute, second] => two(hour, 23) && two(minute, 59) && two(second, 60),
        _ => false,
    };
    is_clock && !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

fn dotted(text: &str) -> Option<String> {
    let mut parts = text.split('.').map(str::trim);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || day.len() > 2 || month.len() > 2 {
        return None;
    }
    day_of(year, month, day)
}

fn day_of(year: &str, month: &str, day: &str) -> Option<String> {
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u16>().ok()).flatten();
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// A number in a style. Codes are none: `007` and what has more digits than a number can keep.
fn number(text: &str, style: Style) -> Option<f64> {
    const MOST_DIGITS: usize = 15;
    let (sign, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (-1.0, rest),
        None => (1.0, text),
    };
    let point = if style == Style::Continental { ',' } else { '.' };
    let (whole, fraction) = match digits.split_once(point) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.is_some_and(|fraction| !is_digits(fraction)) {
        return None;
    }
    let whole = match style {
        Style::Plain => whole.to_owned(),
        Style::Commas => without_groups(whole, &[','])?,
        Style::Continental => without_groups(whole, &['.', ' ', '\u{a0}', '\u{202f}', '\''])?,
    };
    let is_code = whole.len() > 1 && whole.starts_with('0');
    if !is_digits(&whole) || is_code || whole.len() + fraction.map_or(0, str::len) > MOST_DIGITS {
        return None;
    }
    let value: f64 = format!("{whole}.{}", fraction.unwrap_or("0")).parse().ok()?;
    Some(sign * value)
}

/// Digits without what stands between each three of them, which must be the same everywhere.
fn without_groups(whole: &str, separators: &[char]) -> Option<String> {
    let Some(separator) = whole.chars().find(|c| separators.contains(c)) else { return Some(whole.to_owned()) };
    let mut groups = whole.split(separator);
    let first = groups.next()?;
    let fits = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    fits.then(|| whole.chars().filter(|c| *c != separator).collect())
}
