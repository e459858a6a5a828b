//! Filters by metadata as conditions in SQL.

use hammock_contract::MetadataFieldId;
use sea_orm::Value;

use crate::{
    metadata_values::COUNTS,
    row::{pattern, placeholders},
};

/// What a value of a field must be.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueTest {
    /// One of these texts, which are in lower case.
    Text(Vec<String>),
    /// A text that contains this one.
    Contains(String),
    /// One of these numbers.
    Number(Vec<f64>),
    /// A number from the first to the second, both included.
    NumberBetween(Option<f64>, Option<f64>),
    /// A date in one of these spans of time: from the first, to before the second, in milliseconds since 1970.
    Date(Vec<(Option<i64>, Option<i64>)>),
    /// Yes, or no.
    Boolean(bool),
    /// Anything, also what could not be understood.
    Any,
}

/// A field, and what a value of it must be.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldTest {
    /// The field.
    pub field: MetadataFieldId,
    /// What a value of it must be.
    pub test: ValueTest,
}

/// That a document carries a value that passes one of the tests; or that it does not.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The tests: one for each collection's field. No value passes none.
    pub tests: Vec<FieldTest>,
    /// Whether documents that carry such a value are the ones left out.
    pub negated: bool,
}

/// A condition on a row of `documents`.
pub(crate) fn sql(condition: &Condition, values: &mut Vec<Value>) -> String {
    let Condition { tests, negated } = condition;
    let tests: Vec<String> = tests
        .iter()
        .map(|FieldTest { field, test }| {
            let field = bind(values, field.as_str());
            format!("(carried.field_id = {field} AND {})", test_sql(test, values))
        })
        .collect();
    let any = if tests.is_empty() { "1 = 0".to_owned() } else { tests.join(" OR ") };
    let not = if *negated { "NOT " } else { "" };
    format!(
        "{not}EXISTS (SELECT 1 FROM document_metadata AS carried WHERE carried.document_id = documents.id \
         AND carried.organisation_id = documents.organisation_id AND {COUNTS} AND ({any}))"
    )
}

fn test_sql(test: &ValueTest, values: &mut Vec<Value>) -> String {
    match test {
        ValueTest::Text(texts) => one_of("carried.text_value", texts.iter().map(|text| text.as_str().into()), values),
        ValueTest::Contains(text) => {
            let pattern = bind(values, pattern(text));
            format!("carried.text_value LIKE {pattern} ESCAPE '\\'")
        }
        ValueTest::Number(numbers) => {
            one_of("carried.number_value", numbers.iter().map(|number| (*number).into()), values)
        }
        ValueTest::NumberBetween(from, to) => {
            let mut parts = vec!["carried.number_value IS NOT NULL".to_owned()];
            parts.extend(from.map(|from| format!("carried.number_value >= {}", bind(values, from))));
            parts.extend(to.map(|to| format!("carried.number_value <= {}", bind(values, to))));
            parts.join(" AND ")
        }
        ValueTest::Date(spans) => {
            let spans: Vec<String> = spans
                .iter()
                .map(|(from, to)| {
                    let mut parts = vec!["carried.date_value IS NOT NULL".to_owned()];
                    parts.extend(from.map(|from| format!("carried.date_value >= {}", bind(values, from))));
                    parts.extend(to.map(|to| format!("carried.date_value < {}", bind(values, to))));
                    format!("({})", parts.join(" AND "))
                })
                .collect();
            if spans.is_empty() { "1 = 0".to_owned() } else { format!("({})", spans.join(" OR ")) }
        }
        ValueTest::Boolean(yes) => format!("carried.boolean_value = {}", bind(values, *yes)),
        ValueTest::Any => "carried.raw <> ''".to_owned(),
    }
}

fn one_of(column: &str, wanted: impl Iterator<Item = Value>, values: &mut Vec<Value>) -> String {
    let first = values.len() + 1;
    values.extend(wanted);
    match values.len() + 1 - first {
        0 => "1 = 0".to_owned(),
        count => format!("{column} IN ({})", placeholders(first, count)),
    }
}

/// Adds a value; the placeholder that stands for it.
fn bind(values: &mut Vec<Value>, value: impl Into<Value>) -> String {
    values.push(value.into());
    format!("${}", values.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_never_part_of_the_statement() {
        let field = MetadataFieldId::new();
        let test = |test| FieldTest { field: field.clone(), test };
        let hostile = "' OR 1 = 1 --";
        let condition = Condition {
            tests: vec![
                test(ValueTest::Text(vec![hostile.to_owned(), "b".to_owned()])),
                test(ValueTest::Contains(hostile.to_owned())),
                test(ValueTest::NumberBetween(Some(1.0), None)),
                test(ValueTest::Date(vec![(Some(1), Some(2)), (None, Some(3))])),
                test(ValueTest::Text(Vec::new())),
            ],
            negated: true,
        };
        let mut values = Vec::new();
        let sql = sql(&condition, &mut values);
        assert!(sql.starts_with("NOT EXISTS") && !sql.contains("OR 1 = 1"), "{sql}");
        assert_eq!(values.len(), 12, "{sql}");
        assert!(sql.contains("$12") && sql.contains("1 = 0"), "{sql}");
    }
}
