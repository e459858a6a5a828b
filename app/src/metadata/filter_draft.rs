//! Filters by metadata while they are being typed.

use hammock_contract::metadata::MetadataFilter;
use leptos::prelude::*;

use super::words::{filter_of, operator_value, typed_values};

/// One filter. Its signals belong to nobody: it is made in the handler of a button, with which it would go otherwise.
#[derive(Clone)]
pub struct FilterRow {
    /// Stays with it while others come and go.
    pub number: usize,
    /// The key of the field; empty while none is chosen.
    pub field: ArcRwSignal<String>,
    /// The comparison.
    pub operator: ArcRwSignal<String>,
    /// The values.
    pub values: ArcRwSignal<String>,
}

/// The filters.
#[derive(Clone, Copy)]
pub struct FilterDraft {
    /// One each.
    pub rows: RwSignal<Vec<FilterRow>>,
    next: StoredValue<usize>,
}

impl FilterDraft {
    /// The filters as they are stored.
    pub fn of(filters: &[MetadataFilter]) -> Self {
        let draft = Self { rows: RwSignal::new(Vec::new()), next: StoredValue::new(0) };
        filters.iter().for_each(|filter| draft.add(filter));
        draft
    }

    /// Adds a filter.
    pub fn add(self, filter: &MetadataFilter) {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        let row = FilterRow {
            number,
            field: ArcRwSignal::new(filter.field.clone()),
            operator: ArcRwSignal::new(operator_value(filter.operator).to_owned()),
            values: ArcRwSignal::new(typed_values(filter)),
        };
        self.rows.update(|rows| rows.push(row));
    }

    /// Removes a filter by its number.
    pub fn remove(self, number: usize) {
        self.rows.update(|rows| rows.retain(|row| row.number != number));
    }

    /// The filters to store; those without a field are left out.
    pub fn filters(self) -> Vec<MetadataFilter> {
        let typed = |row: &FilterRow| filter_of(&row.field.get(), &row.operator.get(), &row.values.get());
        self.rows.with(|rows| rows.iter().filter_map(typed).collect())
    }

    /// Takes every value of another draft.
    pub fn take(self, other: Self) {
        let filters = untrack(move || other.filters());
        self.rows.set(Vec::new());
        filters.iter().for_each(|filter| self.add(filter));
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::metadata::MetadataOperator;

    use super::*;

    #[test]
    fn a_draft_gives_back_what_it_was_made_of() {
        let owner = Owner::new();
        owner.set();
        let filter = MetadataFilter {
            field: "year".to_owned(),
            operator: MetadataOperator::Between,
            values: vec!["2019".to_owned(), "2020".to_owned()],
        };
        let draft = FilterDraft::of(std::slice::from_ref(&filter));
        assert_eq!(draft.filters(), std::slice::from_ref(&filter));
        // One that was begun and has no field yet is none.
        draft.add(&MetadataFilter::default());
        assert_eq!(draft.filters().len(), 1);
        draft.remove(0);
        assert!(draft.filters().is_empty());
        draft.take(FilterDraft::of(std::slice::from_ref(&filter)));
        assert_eq!(draft.filters(), [filter]);
    }
}
