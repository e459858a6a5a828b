//! What kinds, comparisons and figures are called, and how a cell is shown.

use hammock_contract::function::{Cell, ColumnKind, Figure, Operator};

use crate::{i18n, t};

/// The name of a kind.
pub fn kind(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => t!("functions.kind_text"),
        ColumnKind::Number => t!("functions.kind_number"),
        ColumnKind::Date => t!("functions.kind_date"),
        ColumnKind::Boolean => t!("functions.kind_boolean"),
    }
}

/// The name of a comparison.
pub fn operator(operator: Operator) -> &'static str {
    match operator {
        Operator::Equals => t!("functions.op_equals"),
        Operator::NotEquals => t!("functions.op_not_equals"),
        Operator::Contains => t!("functions.op_contains"),
        Operator::StartsWith => t!("functions.op_starts_with"),
        Operator::Less => t!("functions.op_less"),
        Operator::AtMost => t!("functions.op_at_most"),
        Operator::Greater => t!("functions.op_greater"),
        Operator::AtLeast => t!("functions.op_at_least"),
        Operator::Between => t!("functions.op_between"),
        Operator::AnyOf => t!("functions.op_any_of"),
        Operator::IsEmpty => t!("functions.op_is_empty"),
        Operator::IsNotEmpty => t!("functions.op_is_not_empty"),
    }
}

/// The name of a figure.
pub fn figure(figure: Figure) -> &'static str {
    match figure {
        Figure::Count => t!("functions.figure_count"),
        Figure::Sum => t!("functions.figure_sum"),
        Figure::Average => t!("functions.figure_average"),
        Figure::Min => t!("functions.figure_min"),
        Figure::Max => t!("functions.figure_max"),
        Figure::Distinct => t!("functions.figure_distinct"),
    }
}

/// A cell as people read it.
pub fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Boolean(true) => t!("functions.true").to_owned(),
        Cell::Boolean(false) => t!("functions.false").to_owned(),
        Cell::Number(_) => i18n::decimal(i18n::locale(), &cell.to_string()),
        Cell::Text(_) | Cell::Empty => cell.to_string(),
    }
}

/// What stands for one of `all` in a list to choose from.
pub fn choice<T: PartialEq>(all: &[T], one: &T) -> String {
    all.iter().position(|it| it == one).unwrap_or_default().to_string()
}

/// What was chosen of `all`.
pub fn chosen<T: Copy>(all: &[T], choice: &str) -> Option<T> {
    choice.parse::<usize>().ok().and_then(|place| all.get(place).copied())
}

/// Every one of `all` with its name, to choose from.
pub fn choices<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Vec<(String, String)> {
    all.iter().enumerate().map(|(place, one)| (place.to_string(), name(*one).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_comes_back() {
        for one in Operator::ALL {
            assert_eq!(chosen(&Operator::ALL, &choice(&Operator::ALL, &one)), Some(one));
        }
        assert_eq!(chosen(&Figure::ALL, "9"), None);
        assert_eq!(choices(&ColumnKind::ALL, kind).len(), 4);
    }
}
