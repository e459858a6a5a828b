//! On which page, sheet or slide a unit stands, and which of these a chunk may hold together.

use std::ops::{Range, RangeInclusive};

use hammock_contract::passage::Place;

use super::units::Division;
use crate::parse::{PageMark, ParsedDocument};

/// The pages, sheets or slides of a document.
pub(super) struct Places<'a> {
    marks: &'a [PageMark],
    /// On which of `marks` each unit stands.
    of_units: Vec<Option<usize>>,
    /// Whether each of `marks` is a sheet or a slide with more than a title: it shares no chunk with another such.
    full: Vec<bool>,
}

impl<'a> Places<'a> {
    pub fn of(document: &'a ParsedDocument, division: &Division) -> Self {
        let mut places = Self { marks: &document.pages, of_units: Vec::new(), full: vec![false; document.pages.len()] };
        if document.pages.is_empty() {
            return places;
        }
        places.of_units = division.units.iter().map(|unit| places.index(unit.start)).collect();
        for (unit, index) in division.units.iter().zip(&places.of_units) {
            let is_title = division.sections.get(unit.section).is_some_and(|section| section.is_heading);
            let Some(index) = *index else { continue };
            let separate = document.pages.get(index).is_some_and(|mark| !matches!(mark.place, Place::Page { .. }));
            if let Some(full) = places.full.get_mut(index).filter(|_| separate && !is_title) {
                *full = true;
            }
        }
        places
    }

    /// Where these units stand, which are these bytes of the text: on the sheet or the slide that has more than a title, if
    /// there is one; else where they begin, and on the pages on which they go on.
    pub fn of_span(&self, mut units: RangeInclusive<usize>, bytes: Range<usize>) -> Option<Place> {
        let full = units.find(|unit| self.is_full(*unit)).and_then(|unit| self.of_unit(unit));
        let first = full.or_else(|| self.index(bytes.start))?;
        let mut place = self.marks.get(first)?.place.clone();
        for mark in self.marks.iter().skip(first + 1).take_while(|mark| mark.offset < bytes.end) {
            // A page without a mark has no text: it begins where the next one does.
            place.go_on(u32::try_from(mark.offset).unwrap_or(u32::MAX), &mark.place);
        }
        Some(place)
    }

    /// Whether two units stand on the same one.
    pub fn are_same(&self, first: usize, second: usize) -> bool {
        self.of_unit(first) == self.of_unit(second)
    }

    /// Whether a unit stands on one that shares no chunk with another such.
    pub fn is_full(&self, unit: usize) -> bool {
        self.of_unit(unit).and_then(|index| self.full.get(index)).is_some_and(|full| *full)
    }

    fn of_unit(&self, unit: usize) -> Option<usize> {
        self.of_units.get(unit).copied().flatten()
    }

    fn index(&self, offset: usize) -> Option<usize> {
        let after = self.marks.partition_point(|mark| mark.offset <= offset);
        // What stands before the first mark belongs to the first page.
        let index = after.saturating_sub(1);
        (index < self.marks.len()).then_some(index)
    }
}
