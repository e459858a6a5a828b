//! What a function is asked with: the values of its parameters, and of its conditions for one table.

use std::collections::BTreeMap;

use hammock_contract::{
    ApiError, ErrorCode,
    function::{Cell, Column, ColumnKind, Condition, FunctionArguments, FunctionDefinition, Operand, Operator},
};
use hammock_ingest::parse::written_date;

use super::Strictness;
use crate::{Result, validate::key};

/// Where the column of a name stands: of exactly this name, else of one that differs in case alone.
pub fn place_of(columns: &[Column], name: &str) -> Option<usize> {
    let exactly = columns.iter().position(|column| column.name == name);
    exactly.or_else(|| {
        let wanted = key(name);
        columns.iter().position(|column| key(&column.name) == wanted)
    })
}

/// The parameters that are given, each as what it is.
pub struct Given {
    values: BTreeMap<String, Cell>,
    kinds: BTreeMap<String, ColumnKind>,
}

impl Given {
    /// The parameters of a function, given or by default.
    ///
    /// # Errors
    /// `unknown_parameter`, `missing_parameter`, `wrong_type`, each said of the parameter.
    pub fn of(definition: &FunctionDefinition, given: &FunctionArguments, strictness: Strictness) -> Result<Self> {
        let is_known = |name: &String| definition.parameters.iter().any(|parameter| parameter.name == *name);
        if let Some(unknown) = given.parameters.keys().find(|name| !is_known(name)) {
            return Err(unknown_parameter(unknown).on(unknown));
        }
        let mut values = BTreeMap::new();
        for parameter in &definition.parameters {
            let name = &parameter.name;
            let value = given.parameters.get(name).filter(|value| !is_blank(value)).or(parameter.default.as_ref());
            match value {
                Some(value) => {
                    let value = coerced(value, parameter.kind, name).map_err(|error| error.on(name))?;
                    values.insert(name.clone(), value);
                }
                None if parameter.required && strictness == Strictness::Complete => {
                    let message = format!("the parameter {name} must be given");
                    return Err(ApiError::new(ErrorCode::MissingParameter, message).on(name).with("name", name));
                }
                None => {}
            }
        }
        let kinds = definition.parameters.iter().map(|parameter| (parameter.name.clone(), parameter.kind)).collect();
        Ok(Self { values, kinds })
    }

    /// Whether a condition compares with numbers or days alone, and with which. A text may be either where it is asked what comes
    /// before or after it: constants are written so.
    pub fn measures(&self, condition: &Condition) -> Option<ColumnKind> {
        let orders = match condition.operator {
            Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast | Operator::Between => true,
            Operator::Equals | Operator::NotEquals | Operator::AnyOf => false,
            Operator::Contains | Operator::StartsWith | Operator::IsEmpty | Operator::IsNotEmpty => return None,
        };
        let kind = |operand: &Operand| match operand {
            Operand::Parameter(name) => self.values.get(name).and_then(|_| self.kinds.get(name).copied()),
            Operand::Constant(Cell::Empty) => None,
            Operand::Constant(Cell::Number(_)) => Some(ColumnKind::Number),
            Operand::Constant(Cell::Boolean(_)) => Some(ColumnKind::Boolean),
            Operand::Constant(text @ Cell::Text(written)) => {
                let is = |kind| orders && coerced(text, kind, "").is_ok();
                if is(ColumnKind::Number) {
                    return Some(ColumnKind::Number);
                }
                let is_day = is(ColumnKind::Date) && written_date(written).is_some();
                Some(if is_day { ColumnKind::Date } else { ColumnKind::Text })
            }
        };
        let mut kinds = condition.values.iter().filter_map(kind);
        let first = kinds.next()?;
        let is_one = matches!(first, ColumnKind::Number | ColumnKind::Date) && kinds.all(|kind| kind == first);
        is_one.then_some(first)
    }

    /// What a condition compares with; nothing when it falls away. One end of `between` may be missing.
    pub fn values(&self, condition: &Condition) -> Option<Vec<Option<Cell>>> {
        let value = |operand: &Operand| match operand {
            Operand::Constant(cell) => Some(cell.clone()),
            Operand::Parameter(name) => self.values.get(name).cloned(),
        };
        let values: Vec<Option<Cell>> = condition.values.iter().map(value).collect();
        match condition.operator {
            Operator::IsEmpty | Operator::IsNotEmpty => Some(values),
            Operator::Between => values.iter().any(Option::is_some).then_some(values),
            Operator::AnyOf => {
                let there: Vec<Option<Cell>> = values.into_iter().filter(Option::is_some).collect();
                (!there.is_empty()).then_some(there)
            }
            Operator::Equals
            | Operator::NotEquals
            | Operator::Contains
            | Operator::StartsWith
            | Operator::Less
            | Operator::AtMost
            | Operator::Greater
            | Operator::AtLeast => values.iter().all(Option::is_some).then_some(values),
        }
    }
}

/// Whether nothing is given: an empty field of a form is nothing too.
pub fn is_blank(value: &Cell) -> bool {
    match value {
        Cell::Empty => true,
        Cell::Text(text) => text.trim().is_empty(),
        Cell::Boolean(_) | Cell::Number(_) => false,
    }
}

/// That a function has no such parameter.
pub fn unknown_parameter(name: &str) -> ApiError {
    ApiError::new(ErrorCode::UnknownParameter, format!("there is no parameter {name}")).with("name", name)
}

/// That something must be of a kind.
pub fn wrong_type(name: &str, kind: ColumnKind) -> ApiError {
    let message = format!("{name} takes a {}", kind.as_str());
    ApiError::new(ErrorCode::WrongType, message).with("name", name).with("kind", kind.as_str())
}

/// A value as one of a kind. What programs send as text is read: `3.5`, `true`, `2026-01-31`.
///
/// # Errors
/// `wrong_type`, naming `name`.
pub fn coerced(value: &Cell, kind: ColumnKind, name: &str) -> Result<Cell> {
    let read = match (kind, value) {
        (_, Cell::Empty) => None,
        (ColumnKind::Text, other) => Some(Cell::Text(other.to_string())),
        (ColumnKind::Number, Cell::Number(number)) => Some(Cell::Number(*number)),
        (ColumnKind::Number, Cell::Text(text)) => {
            text.trim().parse::<f64>().ok().filter(|number| number.is_finite()).map(Cell::Number)
        }
        (ColumnKind::Boolean, Cell::Boolean(value)) => Some(Cell::Boolean(*value)),
        (ColumnKind::Boolean, Cell::Text(text)) => text.trim().to_ascii_lowercase().parse().ok().map(Cell::Boolean),
        (ColumnKind::Date, Cell::Text(text)) => date(text.trim()).map(Cell::Text),
        (ColumnKind::Number | ColumnKind::Date, Cell::Boolean(_))
        | (ColumnKind::Boolean | ColumnKind::Date, Cell::Number(_)) => None,
    };
    read.ok_or_else(|| wrong_type(name, kind))
}

/// A day, or a moment that begins with one, in the form of ISO 8601.
fn date(text: &str) -> Option<String> {
    let (day, rest) = text.split_at_checked(10)?;
    // One of the calendar, too: there is no 30th of February.
    let is_day = written_date(day).is_some_and(|written| written == day);
    let is_moment = rest.is_empty()
        || (rest.starts_with(['T', ' '])
            && rest.len() >= 6
            && rest.bytes().skip(1).all(|byte| byte.is_ascii_graphic()));
    (is_day && is_moment).then(|| format!("{day}{}", rest.replacen(' ', "T", 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn values_become_what_they_should_be() {
        let read = |value: &str, kind| coerced(&text(value), kind, "x").ok();
        assert_eq!(read(" 3.5 ", ColumnKind::Number), Some(Cell::Number(3.5)));
        assert_eq!(read("3,5", ColumnKind::Number), None);
        assert_eq!(read("inf", ColumnKind::Number), None);
        assert_eq!(read("True", ColumnKind::Boolean), Some(Cell::Boolean(true)));
        assert_eq!(read("2026-01-31 10:00", ColumnKind::Date), Some(text("2026-01-31T10:00")));
        assert_eq!(read("2026-01-31T10:00+01:00", ColumnKind::Date), Some(text("2026-01-31T10:00+01:00")));
        for no_day in ["31.1.2026", "31.01.2026", "2026-02-30", "2026-13-01", "2026-1-31"] {
            assert_eq!(read(no_day, ColumnKind::Date), None, "{no_day}");
        }
        assert_eq!(coerced(&Cell::Number(7.0), ColumnKind::Text, "x"), Ok(text("7")));
        let error = coerced(&Cell::Number(7.0), ColumnKind::Date, "since").unwrap_err();
        assert_eq!((error.code, error.params["name"].as_str()), (ErrorCode::WrongType, "since"));
    }

    #[test]
    fn columns_are_found_by_their_name_whatever_its_case() {
        let column = |name: &str| Column { name: name.to_owned(), kind: ColumnKind::Text };
        let columns = [column("Price"), column("price"), column("Town")];
        assert_eq!((place_of(&columns, "price"), place_of(&columns, "TOWN")), (Some(1), Some(2)));
        assert_eq!(place_of(&columns, "towns"), None);
    }
}
