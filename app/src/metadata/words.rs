//! Kinds, comparisons and origins in words, and values as they are typed.

use hammock_contract::metadata::{BETWEEN_VALUES, MetadataFilter, MetadataKind, MetadataOperator, MetadataOrigin};

use crate::t;

/// The kinds, by the words that forms know them by.
pub const KINDS: [(MetadataKind, &str); 5] = [
    (MetadataKind::Text, "text"),
    (MetadataKind::Number, "number"),
    (MetadataKind::Date, "date"),
    (MetadataKind::Boolean, "boolean"),
    (MetadataKind::Choice, "choice"),
];

/// The comparisons, by the words that forms and addresses know them by.
pub const OPERATORS: [(MetadataOperator, &str); 8] = [
    (MetadataOperator::Is, "is"),
    (MetadataOperator::IsNot, "is_not"),
    (MetadataOperator::AnyOf, "any_of"),
    (MetadataOperator::AtLeast, "at_least"),
    (MetadataOperator::AtMost, "at_most"),
    (MetadataOperator::Between, "between"),
    (MetadataOperator::Contains, "contains"),
    (MetadataOperator::IsSet, "is_set"),
];

/// A kind in words.
pub fn kind_name(kind: MetadataKind) -> &'static str {
    match kind {
        MetadataKind::Text => t!("metadata.kind.text"),
        MetadataKind::Number => t!("metadata.kind.number"),
        MetadataKind::Date => t!("metadata.kind.date"),
        MetadataKind::Boolean => t!("metadata.kind.boolean"),
        MetadataKind::Choice => t!("metadata.kind.choice"),
    }
}

/// The kind that a form names.
pub fn kind_of(value: &str) -> MetadataKind {
    KINDS.iter().find(|(_, known)| *known == value).map_or(MetadataKind::Text, |(kind, _)| *kind)
}

/// What a form calls a kind.
pub fn kind_value(kind: MetadataKind) -> &'static str {
    KINDS.iter().find(|(known, _)| *known == kind).map_or("text", |(_, value)| *value)
}

/// A comparison in words.
pub fn operator_name(operator: MetadataOperator) -> &'static str {
    match operator {
        MetadataOperator::Is => t!("metadata.operator.is"),
        MetadataOperator::IsNot => t!("metadata.operator.is_not"),
        MetadataOperator::AnyOf => t!("metadata.operator.any_of"),
        MetadataOperator::AtLeast => t!("metadata.operator.at_least"),
        MetadataOperator::AtMost => t!("metadata.operator.at_most"),
        MetadataOperator::Between => t!("metadata.operator.between"),
        MetadataOperator::Contains => t!("metadata.operator.contains"),
        MetadataOperator::IsSet => t!("metadata.operator.is_set"),
    }
}

/// The comparison that a form names.
pub fn operator_of(value: &str) -> MetadataOperator {
    OPERATORS.iter().find(|(_, known)| *known == value).map_or(MetadataOperator::Is, |(operator, _)| *operator)
}

/// What a form calls a comparison.
pub fn operator_value(operator: MetadataOperator) -> &'static str {
    OPERATORS.iter().find(|(known, _)| *known == operator).map_or("is", |(_, value)| *value)
}

/// The comparisons to choose from: values and labels.
pub fn operators() -> Vec<(String, String)> {
    OPERATORS.map(|(operator, value)| (value.to_owned(), operator_name(operator).to_owned())).to_vec()
}

/// Where a value comes from, in words.
pub fn origin_name(origin: MetadataOrigin) -> &'static str {
    match origin {
        MetadataOrigin::Hand => t!("metadata.origin.hand"),
        MetadataOrigin::FrontMatter => t!("metadata.origin.front_matter"),
        MetadataOrigin::JsonLd => t!("metadata.origin.json_ld"),
        MetadataOrigin::Csv => t!("metadata.origin.csv"),
    }
}

/// A filter as a form holds it; nothing without a field.
pub fn filter_of(field: &str, operator: &str, typed: &str) -> Option<MetadataFilter> {
    Some(MetadataFilter::typed(field, operator_of(operator), typed)).filter(|filter| !filter.field.is_empty())
}

/// The values of a filter as they are typed.
pub fn typed_values(filter: &MetadataFilter) -> String {
    filter.values.join(&format!("{BETWEEN_VALUES} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_forms_are_those_of_the_contract() {
        for (kind, value) in KINDS {
            assert_eq!(serde_json::to_value(kind).unwrap(), value);
            assert_eq!((kind_of(value), kind_value(kind)), (kind, value));
        }
        for (operator, value) in OPERATORS {
            assert_eq!(serde_json::to_value(operator).unwrap(), value);
            assert_eq!((operator_of(value), operator_value(operator)), (operator, value));
        }
    }

    #[test]
    fn a_filter_is_typed_and_read_back() {
        let filter = filter_of("brand", "any_of", " Acme; Best ;").unwrap();
        assert_eq!(filter.values, ["Acme", "Best"]);
        assert_eq!(filter_of("brand", "any_of", &typed_values(&filter)), Some(filter));
        assert_eq!(filter_of("brand", "is", "a; b").unwrap().values, ["a; b"]);
        assert!(filter_of("brand", "is_set", "x").unwrap().values.is_empty());
        assert_eq!(filter_of(" ", "is", "x"), None);
    }
}
