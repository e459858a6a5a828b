//! Filters by metadata: checked, made into conditions, and answered by the database with the documents that meet them.

use std::sync::Arc;

use hammock_contract::{
    CollectionId, DocumentId,
    document::DocumentQuery,
    metadata::{LONGEST_VALUE, MOST_FILTERS, MetadataFilter, MetadataKind, MetadataOperator},
};
use hammock_store::{
    Db, Scope, collections,
    metadata_fields::{self as fields, MetadataFieldRow},
    metadata_filters::{Condition, FieldTest, ValueTest},
    metadata_values,
};

use super::reading;
use crate::{Hammock, Result, error::from_store, validate};

/// Filters in their form: not too many, each with as many values as it takes. Values are trimmed.
///
/// # Errors
/// `invalid_field`, naming `filters`.
pub(crate) fn checked(filters: Vec<MetadataFilter>) -> Result<Vec<MetadataFilter>> {
    if filters.len() > MOST_FILTERS {
        return Err(validate::invalid("filters", format!("there may be at most {MOST_FILTERS} filters")));
    }
    filters.into_iter().map(checked_one).collect()
}

fn checked_one(filter: MetadataFilter) -> Result<MetadataFilter> {
    let MetadataFilter { field, operator, values } = filter;
    let values: Vec<String> = values.iter().map(|value| value.trim().to_owned()).collect();
    let (least, most) = operator.takes();
    if !(least..=most).contains(&values.len()) {
        let message = format!("the filter by {field:?} takes {least} to {most} values");
        return Err(validate::invalid("filters", message));
    }
    if values.iter().any(|value| value.is_empty() || value.chars().count() > LONGEST_VALUE) {
        let message = format!("a value of the filter by {field:?} is empty or too long");
        return Err(validate::invalid("filters", message));
    }
    Ok(MetadataFilter { field: field.trim().to_owned(), operator, values })
}

/// Checks filters that somebody gives for a search in collections: at least one of these must have each field, of a kind that
/// can be asked so. What is among `kept` was checked before, and may name a field that was deleted since.
///
/// # Errors
/// `invalid_field`, naming `filters`.
pub(crate) async fn check(
    scope: &Scope,
    db: Db<'_>,
    collections: &[CollectionId],
    filters: Vec<MetadataFilter>,
    kept: &[MetadataFilter],
) -> Result<Vec<MetadataFilter>> {
    let filters = checked(filters)?;
    let new: Vec<&MetadataFilter> = filters.iter().filter(|filter| !kept.contains(filter)).collect();
    if !new.is_empty() {
        let known = fields::list(scope, db, collections).await.map_err(from_store)?;
        for filter in new {
            let mut named = known.iter().filter(|field| field.field_key == filter.field).peekable();
            if named.peek().is_none() {
                let message = format!("no collection that is searched has a field {:?}", filter.field);
                return Err(validate::invalid("filters", message).with("name", &filter.field));
            }
            if named.all(|field| test(field, filter).is_none()) {
                let message = format!("the field {:?} cannot be compared so, or not with this", filter.field);
                return Err(validate::invalid("filters", message).with("name", &filter.field));
            }
        }
    }
    Ok(filters)
}

impl Hammock {
    /// The documents of these collections that meet all filters; nothing where there is no filter, and all count.
    pub(crate) async fn filtered_documents(
        &self,
        scope: &Scope,
        collections: &[CollectionId],
        filters: &[MetadataFilter],
    ) -> Result<Option<Arc<[DocumentId]>>> {
        if filters.is_empty() {
            return Ok(None);
        }
        let db = self.store().read();
        let conditions = conditions(scope, db, collections, filters).await?;
        let found = metadata_values::list_matching(scope, db, collections, &conditions).await.map_err(from_store)?;
        Ok(Some(found.into()))
    }
}

/// What documents of these collections must meet.
async fn conditions(
    scope: &Scope,
    db: Db<'_>,
    collections: &[CollectionId],
    filters: &[MetadataFilter],
) -> Result<Vec<Condition>> {
    let known = fields::list(scope, db, collections).await.map_err(from_store)?;
    Ok(filters.iter().map(|filter| condition(&known, filter)).collect())
}

/// What the documents of a list must meet, as the list's query says.
///
/// # Errors
/// `invalid_field`, naming `field`.
pub(crate) async fn conditions_of_list(scope: &Scope, db: Db<'_>, query: &DocumentQuery) -> Result<Vec<Condition>> {
    let Some(field) = query.field.as_deref().filter(|field| !field.trim().is_empty()) else { return Ok(Vec::new()) };
    let operator = query.operator.unwrap_or_default();
    let filter = MetadataFilter::typed(field, operator, query.value.as_deref().unwrap_or_default());
    let collections = match &query.collection {
        Some(collection) => vec![collection.clone()],
        None => collections::list_ids(scope, db).await.map_err(from_store)?,
    };
    let filters = check(scope, db, &collections, vec![filter], &[]).await.map_err(|error| match error.field {
        Some(_) => error.on("field"),
        None => error,
    })?;
    conditions(scope, db, &collections, &filters).await
}

/// A filter for every collection's field of that key. A field that was deleted since is carried by no document.
fn condition(known: &[MetadataFieldRow], filter: &MetadataFilter) -> Condition {
    let named = known.iter().filter(|field| field.field_key == filter.field);
    let tests = named.filter_map(|field| Some(FieldTest { field: field.id.clone(), test: test(field, filter)? }));
    Condition { tests: tests.collect(), negated: filter.operator == MetadataOperator::IsNot }
}

/// What a value of this field must be; nothing where the filter cannot be asked of it.
fn test(field: &MetadataFieldRow, filter: &MetadataFilter) -> Option<ValueTest> {
    use MetadataOperator::{AnyOf, AtLeast, AtMost, Between, Contains, Is, IsNot, IsSet};
    let MetadataFilter { operator, values, .. } = filter;
    if !operator.fits(field.kind) {
        return None;
    }
    if *operator == IsSet {
        return Some(ValueTest::Any);
    }
    match field.kind {
        MetadataKind::Text | MetadataKind::Choice => {
            let mut keys: Vec<String> = values.iter().map(|value| value.to_lowercase()).collect();
            match operator {
                Contains => Some(ValueTest::Contains(keys.pop()?)),
                _ => Some(ValueTest::Text(keys)),
            }
        }
        MetadataKind::Number => {
            let numbers: Vec<f64> = values.iter().map(|value| reading::number(value)).collect::<Option<_>>()?;
            let first = numbers.first().copied();
            Some(match operator {
                AtLeast => ValueTest::NumberBetween(first, None),
                AtMost => ValueTest::NumberBetween(None, first),
                Between => ValueTest::NumberBetween(first, numbers.get(1).copied()),
                Is | IsNot | AnyOf | Contains | IsSet => ValueTest::Number(numbers),
            })
        }
        MetadataKind::Date => {
            let spans: Vec<(i64, i64)> = values.iter().map(|value| reading::span(value)).collect::<Option<_>>()?;
            let (from, to) = (spans.first().map(|span| span.0), spans.last().map(|span| span.1));
            Some(ValueTest::Date(match operator {
                AtLeast => vec![(from, None)],
                AtMost => vec![(None, to)],
                Between => vec![(from, to)],
                Is | IsNot | AnyOf | Contains | IsSet => {
                    spans.into_iter().map(|(from, to)| (Some(from), Some(to))).collect()
                }
            }))
        }
        MetadataKind::Boolean => reading::boolean(values.first()?).map(ValueTest::Boolean),
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{MetadataFieldId, OrganisationId, Timestamp};

    use super::*;

    fn field(key: &str, kind: MetadataKind) -> MetadataFieldRow {
        MetadataFieldRow {
            id: MetadataFieldId::new(),
            organisation_id: OrganisationId::new(),
            collection_id: CollectionId::new(),
            name: key.to_owned(),
            name_key: key.to_owned(),
            field_key: key.to_owned(),
            kind,
            options: Vec::new(),
            front_matter: None,
            json_ld: None,
            csv_column: None,
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
        }
    }

    fn filter(operator: MetadataOperator, values: &[&str]) -> MetadataFilter {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        MetadataFilter { field: "f".to_owned(), operator, values }
    }

    #[test]
    fn a_day_ends_with_it() {
        let date = field("f", MetadataKind::Date);
        let (from, to) = reading::span("2026-11-27").unwrap();
        let of = |operator| test(&date, &filter(operator, &["2026-11-27"]));
        assert_eq!(of(MetadataOperator::Is), Some(ValueTest::Date(vec![(Some(from), Some(to))])));
        assert_eq!(of(MetadataOperator::AtMost), Some(ValueTest::Date(vec![(None, Some(to))])));
        assert_eq!(of(MetadataOperator::Contains), None);
        let between = test(&date, &filter(MetadataOperator::Between, &["2026-11-27", "2026-12"]));
        assert_eq!(between, Some(ValueTest::Date(vec![(Some(from), Some(reading::span("2026-12").unwrap().1))])));
        assert_eq!(test(&date, &filter(MetadataOperator::Is, &["soon"])), None);
    }

    #[test]
    fn fields_of_several_collections_share_a_key() {
        let known = [field("f", MetadataKind::Number), field("f", MetadataKind::Text), field("g", MetadataKind::Text)];
        assert_eq!(condition(&known, &filter(MetadataOperator::Is, &["5"])).tests.len(), 2);
        assert_eq!(condition(&known, &filter(MetadataOperator::Is, &["five"])).tests.len(), 1);
        let none = condition(&[], &filter(MetadataOperator::IsNot, &["5"]));
        assert!(none.tests.is_empty() && none.negated);
    }

    #[test]
    fn filters_have_as_many_values_as_they_take() {
        assert!(checked(vec![filter(MetadataOperator::Between, &["1", " 2 "])]).is_ok());
        for wrong in [
            filter(MetadataOperator::Between, &["1"]),
            filter(MetadataOperator::Is, &[]),
            filter(MetadataOperator::Is, &[" "]),
            filter(MetadataOperator::IsSet, &["1"]),
        ] {
            assert_eq!(checked(vec![wrong]).unwrap_err().field.as_deref(), Some("filters"));
        }
        assert!(checked(vec![filter(MetadataOperator::IsSet, &[]); MOST_FILTERS + 1]).is_err());
    }
}
