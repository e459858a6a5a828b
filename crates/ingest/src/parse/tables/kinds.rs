//! What a column holds, and its cells read as that. A column whose numbers could be read in two ways stays text: a wrong sum is
//! worse than none.

use std::hash::{Hash, Hasher};

use hammock_contract::function::{Cell, ColumnKind};

use super::{
    super::{
        writer::normalise,
        written::{Style, number, written_date},
    },
    Raw,
};

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
        Raw::Text(text) | Raw::Untyped(text) => written_date(text),
        Raw::Empty | Raw::Number(_) | Raw::Truth(_) => None,
    }
}
