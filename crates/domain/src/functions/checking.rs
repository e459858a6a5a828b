//! Whether a definition has the right form. Whether it fits the tables is tried out on them.

use std::collections::HashSet;

use hammock_contract::{
    ApiError,
    check::out_of_range,
    function::{
        Aggregate, Condition, Figure, FunctionDefinition, MAX_FUNCTION_NAME, MAX_PARAMETERS, MAX_PARTS, MAX_ROWS,
        Operand, Parameter,
    },
};

use super::asking::{coerced, is_blank, unknown_parameter};
use crate::{Result, validate};

/// The most characters of a description.
const MAX_DESCRIPTION: usize = 1_000;

/// A definition of the right form, with nothing said twice.
///
/// # Errors
/// `invalid_field`, `unknown_parameter`, `wrong_type`, each naming the field.
pub fn checked(definition: FunctionDefinition) -> Result<FunctionDefinition> {
    let FunctionDefinition {
        name,
        description,
        table,
        parameters,
        matching,
        conditions,
        sort,
        columns,
        group_by,
        aggregates,
        limit,
    } = definition;
    let name = identifier("name", &name)?;
    let description = validate::block("description", &description, MAX_DESCRIPTION)?;
    let parameters = checked_parameters(parameters)?;
    few("conditions", conditions.len())?;
    for condition in &conditions {
        check_condition(condition, &parameters)?;
    }
    few("sort", sort.len())?;
    let (columns, group_by) = (unique(columns), unique(group_by));
    few("columns", columns.len())?;
    few("group_by", group_by.len())?;
    let aggregates = checked_aggregates(aggregates, &group_by)?;
    let is_summary = !group_by.is_empty() || !aggregates.is_empty();
    if is_summary && !columns.is_empty() {
        let message = "a function that summarises returns its groups and figures; leave out the columns";
        return Err(validate::invalid("columns", message));
    }
    if !(1..=MAX_ROWS).contains(&limit) {
        return Err(out_of_range("limit", format!("limit lies between 1 and {MAX_ROWS}"), 1, MAX_ROWS));
    }
    Ok(FunctionDefinition {
        name,
        description,
        table,
        parameters,
        matching,
        conditions,
        sort,
        columns,
        group_by,
        aggregates,
        limit,
    })
}

/// A name that programs and models can say: `a` to `z`, digits and `_`, a letter first.
fn identifier(field: &str, name: &str) -> Result<String> {
    let name = validate::line(field, name, 1, MAX_FUNCTION_NAME)?;
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if fits {
        return Ok(name);
    }
    let message = "a name consists of the letters a to z, digits and _, and begins with a letter";
    Err(validate::too_short_or_long(field, message, 1, MAX_FUNCTION_NAME))
}

fn few(field: &str, number: usize) -> Result<()> {
    if number > MAX_PARTS {
        return Err(validate::invalid(field, format!("there are at most {MAX_PARTS} {field}")));
    }
    Ok(())
}

fn unique(names: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.into_iter().filter(|name| seen.insert(name.clone())).collect()
}

fn checked_parameters(given: Vec<Parameter>) -> Result<Vec<Parameter>> {
    if given.len() > MAX_PARAMETERS {
        return Err(validate::invalid("parameters", format!("a function has at most {MAX_PARAMETERS} parameters")));
    }
    let mut seen = HashSet::new();
    let mut parameters = Vec::with_capacity(given.len());
    for Parameter { name, kind, required, default } in given {
        let name = identifier("parameters", &name)?;
        if !seen.insert(name.clone()) {
            return Err(validate::invalid("parameters", format!("there are two parameters {name}")));
        }
        let default = default.filter(|default| !is_blank(default));
        let default = default.map(|default| coerced(&default, kind, &name)).transpose();
        let default = default.map_err(|error| error.on("parameters"))?;
        parameters.push(Parameter { name, kind, required, default });
    }
    Ok(parameters)
}

fn check_condition(condition: &Condition, parameters: &[Parameter]) -> Result<()> {
    let (least, most) = condition.operator.values();
    if !(least..=most).contains(&condition.values.len()) {
        let message = format!("the condition on {} compares with {least} to {most} values", condition.column);
        return Err(validate::invalid("conditions", message));
    }
    for value in &condition.values {
        match value {
            Operand::Constant(cell) if is_blank(cell) => {
                let message = format!("the condition on {} compares with nothing; use is_empty", condition.column);
                return Err(validate::invalid("conditions", message));
            }
            Operand::Parameter(name) if parameters.iter().all(|parameter| parameter.name != *name) => {
                return Err(unknown_parameter(name).on("conditions"));
            }
            Operand::Constant(_) | Operand::Parameter(_) => {}
        }
    }
    Ok(())
}

fn checked_aggregates(given: Vec<Aggregate>, group_by: &[String]) -> Result<Vec<Aggregate>> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut aggregates = Vec::new();
    for aggregate in given {
        if aggregate.column.is_none() && aggregate.figure != Figure::Count {
            let message = format!("{} needs a column", aggregate.figure.as_str());
            return Err(validate::invalid("aggregates", message));
        }
        if group_by.contains(&aggregate.name()) {
            return Err(two_of(&aggregate));
        }
        if seen.insert(aggregate.name()) {
            aggregates.push(aggregate);
        }
    }
    few("aggregates", aggregates.len())?;
    Ok(aggregates)
}

/// A table that has a column of the name of a figure.
fn two_of(aggregate: &Aggregate) -> ApiError {
    validate::invalid("aggregates", format!("the answer would have two columns {}", aggregate.name()))
}

#[cfg(test)]
mod tests {
    use hammock_contract::{
        ErrorCode,
        function::{Cell, ColumnKind, Operator},
    };

    use super::*;

    fn fault(definition: FunctionDefinition) -> (ErrorCode, String) {
        let error = checked(definition).unwrap_err();
        (error.code, error.field.unwrap_or_default())
    }

    #[test]
    fn what_has_the_wrong_form_is_said_of_its_field() {
        let good = FunctionDefinition::named("find_rooms");
        assert_eq!(checked(good.clone()), Ok(good.clone()));
        for name in ["", "Find", "1st", "find rooms", "žába"] {
            assert_eq!(fault(FunctionDefinition::named(name)), (ErrorCode::InvalidField, "name".to_owned()), "{name}");
        }
        let invalid = |field: &str| (ErrorCode::InvalidField, field.to_owned());
        assert_eq!(fault(FunctionDefinition { limit: 0, ..good.clone() }), invalid("limit"));
        assert_eq!(fault(FunctionDefinition { limit: 1_001, ..good.clone() }), invalid("limit"));
        let sum = Aggregate { figure: Figure::Sum, column: None };
        assert_eq!(fault(FunctionDefinition { aggregates: vec![sum], ..good.clone() }), invalid("aggregates"));
        let both = FunctionDefinition {
            columns: vec!["a".to_owned()],
            group_by: vec!["b".to_owned()],
            ..FunctionDefinition::named("f")
        };
        assert_eq!(fault(both), invalid("columns"));
        let between = Condition { column: "a".to_owned(), operator: Operator::Between, values: Vec::new() };
        assert_eq!(fault(FunctionDefinition { conditions: vec![between], ..good.clone() }), invalid("conditions"));
        let values = vec![Operand::Parameter("town".to_owned())];
        let unknown = Condition { column: "a".to_owned(), operator: Operator::Equals, values };
        let unknown = FunctionDefinition { conditions: vec![unknown], ..good.clone() };
        assert_eq!(fault(unknown), (ErrorCode::UnknownParameter, "conditions".to_owned()));
        let default = Some(Cell::Text("ten".to_owned()));
        let parameter = Parameter { name: "most".to_owned(), kind: ColumnKind::Number, required: false, default };
        let wrong = FunctionDefinition { parameters: vec![parameter], ..good };
        assert_eq!(fault(wrong), (ErrorCode::WrongType, "parameters".to_owned()));
    }

    #[test]
    fn nothing_is_said_twice() {
        let count = || Aggregate { figure: Figure::Count, column: None };
        let twice = FunctionDefinition {
            group_by: vec!["a".to_owned(), "a".to_owned()],
            aggregates: vec![count(), count()],
            ..FunctionDefinition::named("f")
        };
        let once = checked(twice).unwrap();
        assert_eq!((once.group_by.len(), once.aggregates.len()), (1, 1));
    }
}
