//! How cells are compared: numbers as numbers, texts without regard to case, days and moments as they follow each other.

use std::{cmp::Ordering, mem::discriminant};

use hammock_contract::function::{Cell, ColumnKind, Operator};
use hammock_ingest::parse::{Numbers, written_date};

use super::asking::coerced;
use crate::Result;

/// A cell as it is compared.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// True or false; false comes first.
    Truth(bool),
    /// A number.
    Number(f64),
    /// A text without regard to case, a day, a moment.
    Text(String),
    /// Nothing; comes last, whatever the direction.
    Empty,
}

/// A cell as it is told apart from others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// True or false.
    Truth(bool),
    /// The bits of a number.
    Number(u64),
    /// A text without regard to case.
    Text(String),
    /// Nothing.
    Empty,
}

impl Key {
    /// A cell as it is compared.
    pub fn of(cell: &Cell) -> Self {
        match cell {
            Cell::Boolean(value) => Self::Truth(*value),
            Cell::Number(number) => Self::Number(*number),
            Cell::Text(text) => Self::Text(folded(text)),
            Cell::Empty => Self::Empty,
        }
    }

    /// As it is told apart.
    pub fn identity(self) -> Identity {
        match self {
            Self::Truth(value) => Identity::Truth(value),
            // There are two zeros, which are the same.
            Self::Number(number) => Identity::Number(if number == 0.0 { 0 } else { number.to_bits() }),
            Self::Text(text) => Identity::Text(text),
            Self::Empty => Identity::Empty,
        }
    }

    /// The order in a sorted answer.
    pub fn order(&self, other: &Self, descending: bool) -> Ordering {
        match (self, other) {
            (Self::Empty, Self::Empty) => Ordering::Equal,
            (Self::Empty, _) => Ordering::Greater,
            (_, Self::Empty) => Ordering::Less,
            _ if descending => other.natural(self),
            _ => self.natural(other),
        }
    }

    /// Smaller ones first; of different kinds, true and false before numbers, and these before texts.
    pub fn natural(&self, other: &Self) -> Ordering {
        let rank = |key: &Self| match key {
            Self::Truth(_) => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
            Self::Empty => 3,
        };
        match (self, other) {
            (Self::Truth(one), Self::Truth(other)) => one.cmp(other),
            (Self::Number(one), Self::Number(other)) => one.partial_cmp(other).unwrap_or(Ordering::Equal),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

/// A text without regard to case: `Straße` and `STRASSE` are the same.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// How the cells of a column of texts are read that are compared with numbers or days: one cell that is neither makes all of them
/// texts, and "9" comes after "10" among those.
#[derive(Clone, Copy)]
pub enum Reading {
    /// As numbers.
    Numbers(Numbers),
    /// As days or moments.
    Days,
}

impl Reading {
    /// For values of a kind, with the texts of the column.
    pub fn of<'a>(kind: ColumnKind, texts: impl Iterator<Item = &'a str> + Clone) -> Option<Self> {
        match kind {
            ColumnKind::Number => Some(Self::Numbers(Numbers::of(texts))),
            ColumnKind::Date => Some(Self::Days),
            ColumnKind::Text | ColumnKind::Boolean => None,
        }
    }

    /// A cell as that; nothing where it is something else.
    fn read(self, cell: &Cell) -> Option<Cell> {
        match (self, cell) {
            (Self::Numbers(_), Cell::Number(number)) => Some(Cell::Number(*number)),
            (Self::Numbers(numbers), Cell::Text(text)) => numbers.read(text).map(Cell::Number),
            (Self::Days, Cell::Text(text)) => written_date(text).map(Cell::Text),
            (Self::Numbers(_) | Self::Days, _) => None,
        }
    }
}

/// A condition, ready for the cells of one column.
pub struct Test {
    operator: Operator,
    kind: ColumnKind,
    values: Vec<Option<Key>>,
    reading: Option<Reading>,
}

impl Test {
    /// The condition `operator` with these values for a column of a kind.
    ///
    /// # Errors
    /// `wrong_type`, naming the column, where a value is not of the column's kind.
    pub fn new(operator: Operator, kind: ColumnKind, column: &str, values: &[Option<Cell>]) -> Result<Self> {
        // Part of a text is a text, whatever the column holds.
        let of_text = matches!(operator, Operator::Contains | Operator::StartsWith);
        let kind = if of_text { ColumnKind::Text } else { kind };
        let read = |value: &Option<Cell>| {
            value.as_ref().map(|value| coerced(value, kind, column).map(|value| Key::of(&value))).transpose()
        };
        Ok(Self { operator, kind, values: values.iter().map(read).collect::<Result<_>>()?, reading: None })
    }

    /// The condition `operator` with these values, numbers or days, for a column of texts.
    ///
    /// # Errors
    /// `wrong_type`, naming the column, where a value is neither.
    pub fn of_texts(operator: Operator, reading: Reading, column: &str, values: &[Option<Cell>]) -> Result<Self> {
        let kind = match reading {
            Reading::Numbers(_) => ColumnKind::Number,
            Reading::Days => ColumnKind::Date,
        };
        Ok(Self { reading: Some(reading), ..Self::new(operator, kind, column, values)? })
    }

    /// Whether a cell is like that.
    pub fn holds(&self, cell: &Cell) -> bool {
        match (self.operator, cell) {
            (Operator::IsEmpty, cell) => return cell.is_empty(),
            (Operator::IsNotEmpty, cell) => return !cell.is_empty(),
            (operator, Cell::Empty) => return operator == Operator::NotEquals,
            _ => {}
        }
        let read = self.reading.map(|reading| reading.read(cell));
        let cell = match &read {
            None => cell,
            Some(Some(read)) => read,
            Some(None) => return self.holds_for_other(cell),
        };
        let first = self.values.first().and_then(Option::as_ref);
        let by = |wanted: fn(Ordering) -> bool| first.is_some_and(|value| wanted(self.compared(cell, value)));
        match self.operator {
            Operator::Equals => by(Ordering::is_eq),
            Operator::NotEquals => by(Ordering::is_ne),
            Operator::Less => by(Ordering::is_lt),
            Operator::AtMost => by(Ordering::is_le),
            Operator::Greater => by(Ordering::is_gt),
            Operator::AtLeast => by(Ordering::is_ge),
            Operator::Between => {
                let last = self.values.last().and_then(Option::as_ref);
                first.is_none_or(|least| self.compared(cell, least).is_ge())
                    && last.is_none_or(|most| self.compared(cell, most).is_le())
            }
            Operator::AnyOf => self.values.iter().flatten().any(|value| self.compared(cell, value).is_eq()),
            Operator::Contains => {
                matches!(first, Some(Key::Text(part)) if folded(&cell.to_string()).contains(part.as_str()))
            }
            Operator::StartsWith => {
                matches!(first, Some(Key::Text(part)) if folded(&cell.to_string()).starts_with(part.as_str()))
            }
            Operator::IsEmpty | Operator::IsNotEmpty => false,
        }
    }

    /// The same for a cell among texts that is no number or day: it may be written like one, and is not before or after any.
    fn holds_for_other(&self, cell: &Cell) -> bool {
        let written = folded(&cell.to_string());
        let is_same = self.values.iter().flatten().any(|value| match value {
            Key::Number(number) => written == number.to_string(),
            Key::Text(text) => written == *text,
            Key::Truth(_) | Key::Empty => false,
        });
        match self.operator {
            Operator::Equals | Operator::AnyOf => is_same,
            Operator::NotEquals => !is_same,
            _ => false,
        }
    }

    fn compared(&self, cell: &Cell, value: &Key) -> Ordering {
        /// The length of a day.
        const DAY: usize = 10;
        let key = Key::of(cell);
        match (&key, value) {
            // A day stands for all of it: what happened at noon is not later than that day.
            (Key::Text(moment), Key::Text(day)) if self.kind == ColumnKind::Date && day.len() == DAY => {
                moment.get(..DAY).unwrap_or(moment).cmp(day)
            }
            // A column of mixed cells is a column of texts.
            (key, Key::Text(text)) if discriminant(key) != discriminant(value) => folded(&cell.to_string()).cmp(text),
            (key, value) => key.natural(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    fn holds(cell: &Cell, operator: Operator, kind: ColumnKind, values: &[Cell]) -> bool {
        let values: Vec<Option<Cell>> = values.iter().cloned().map(Some).collect();
        Test::new(operator, kind, "x", &values).unwrap().holds(cell)
    }

    #[test]
    fn texts_are_compared_without_regard_to_case() {
        let kind = ColumnKind::Text;
        assert!(holds(&text("ŽLUŤ"), Operator::Equals, kind, &[text("žluť")]));
        assert!(holds(&text("Straße 5"), Operator::StartsWith, kind, &[text("STRASSE")]));
        assert!(holds(&text("Brno"), Operator::AnyOf, kind, &[text("Paris"), text("brno")]));
        assert!(holds(&text("Brno"), Operator::Contains, kind, &[text("RN")]));
        assert!(!holds(&Cell::Empty, Operator::Contains, kind, &[text("a")]));
        assert!(holds(&Cell::Empty, Operator::NotEquals, kind, &[text("a")]));
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        let kind = ColumnKind::Number;
        assert!(holds(&Cell::Number(9.0), Operator::Less, kind, &[text("10")]));
        assert!(holds(&Cell::Number(10.0), Operator::Between, kind, &[Cell::Number(10.0), Cell::Number(11.0)]));
        assert!(holds(&Cell::Number(2026.0), Operator::StartsWith, kind, &[text("20")]));
        assert!(Test::new(Operator::Less, kind, "x", &[Some(text("ten"))]).is_err());
        let open = Test::new(Operator::Between, kind, "x", &[None, Some(Cell::Number(5.0))]).unwrap();
        assert!(open.holds(&Cell::Number(-1.0)) && !open.holds(&Cell::Number(6.0)));
    }

    #[test]
    fn a_day_stands_for_all_of_it() {
        let noon = text("2026-01-31T12:00");
        let day = [text("2026-01-31")];
        assert!(holds(&noon, Operator::Equals, ColumnKind::Date, &day));
        assert!(holds(&noon, Operator::AtMost, ColumnKind::Date, &day));
        assert!(!holds(&noon, Operator::Greater, ColumnKind::Date, &day));
        assert!(holds(&noon, Operator::Greater, ColumnKind::Date, &[text("2026-01-31T11:59")]));
    }

    #[test]
    fn nothing_comes_last_in_both_directions() {
        let one = Key::Number(1.0);
        assert_eq!(Key::Empty.order(&one, false), Ordering::Greater);
        assert_eq!(Key::Empty.order(&one, true), Ordering::Greater);
        assert_eq!(one.order(&Key::Number(2.0), true), Ordering::Greater);
    }
}
