//! Which neighbouring units form a chunk.

use hammock_contract::passage::TablePart;

use super::{
    ChunkOptions, ChunkSpan,
    places::Places,
    units::{Boundary, Division, Header, Section, Unit},
};
use crate::parse::ParsedDocument;

// Costs are relative to that of an empty chunk, which is 1. They were set by looking at what they do to handbooks, abstracts
// and tables; the measurements of retrieval hold them in place.
const CUT_IN_PARAGRAPH: f32 = 0.3;
const CUT_BETWEEN_LINES: f32 = 0.05;
const CUT_IN_SENTENCE: f32 = 1.0;
/// A chunk that runs from one section into the next.
const OVER_HEADING: f32 = 0.25;
/// For every level of headings that its parts do not share.
const UNSHARED_HEADING: f32 = 0.25;
/// A chunk that begins inside a section and runs into another: its own heading would be lost.
const HEADING_LOST: f32 = 0.4;
/// A chunk whose last words announce what only the next one says.
const ENDS_WITH_INTRODUCTION: f32 = 0.3;
/// A chunk that runs over a heading onto another page or, where that has no text, another slide.
const OVER_PAGE: f32 = 0.3;

/// The cheapest way to put all units into chunks, in order.
pub(super) fn pack(document: &ParsedDocument, division: &Division, options: &ChunkOptions) -> Vec<ChunkSpan> {
    let units = division.units.as_slice();
    let places = Places::of(document, division);
    // best[n] is the cost of the first n units and where their last chunk begins.
    let mut best: Vec<(f32, usize)> = Vec::with_capacity(units.len() + 1);
    best.push((0.0, 0));
    for end in 1..=units.len() {
        let mut found: Option<(f32, usize)> = None;
        let mut candidate = Candidate::new(division, &places, end - 1);
        for start in (0..end).rev() {
            candidate.extend_to(start);
            let too_long = candidate.tokens + candidate.context() > options.max_tokens;
            if (too_long || candidate.full_places > 1) && start + 1 < end {
                break;
            }
            let earlier = best.get(start).map_or(0.0, |(cost, _)| *cost);
            let cost = earlier + candidate.cost(options);
            if found.is_none_or(|(cheapest, _)| cost < cheapest) {
                found = Some((cost, start));
            }
        }
        best.push(found.unwrap_or((0.0, end - 1)));
    }
    let mut spans = Vec::new();
    let mut end = units.len();
    while end > 0 {
        let start = best.get(end).map_or(end - 1, |(_, start)| *start);
        let mut candidate = Candidate::new(division, &places, end - 1);
        for unit in (start..end).rev() {
            candidate.extend_to(unit);
        }
        spans.extend(candidate.span());
        end = start;
    }
    spans.reverse();
    spans
}

/// A possible chunk, grown from its last unit backwards.
struct Candidate<'a> {
    division: &'a Division,
    sections: &'a [Section],
    units: &'a [Unit],
    places: &'a Places<'a>,
    first: usize,
    last: usize,
    tokens: usize,
    /// How many headings all its sections share.
    shared: usize,
    /// How many borders between sections it runs over.
    borders: usize,
    /// How many sheets or slides with more than a title it holds something of; more than one is not allowed.
    full_places: usize,
}

impl<'a> Candidate<'a> {
    fn new(division: &'a Division, places: &'a Places<'a>, last: usize) -> Self {
        let (sections, units) = (division.sections.as_slice(), division.units.as_slice());
        let shared =
            units.get(last).and_then(|unit| sections.get(unit.section)).map_or(0, |section| section.path.len());
        let first = last + 1;
        Self { division, sections, units, places, first, last, tokens: 0, shared, borders: 0, full_places: 0 }
    }

    fn section_of(&self, unit: usize) -> Option<&'a Section> {
        self.units.get(unit).and_then(|unit| self.sections.get(unit.section))
    }

    fn extend_to(&mut self, first: usize) {
        let Some(unit) = self.units.get(first) else { return };
        if first < self.last
            && let (Some(own), Some(next)) = (self.sections.get(unit.section), self.section_of(first + 1))
            && !std::ptr::eq(own, next)
        {
            self.borders += 1;
            self.tokens += next.heading_tokens;
            let same = own.path.iter().zip(&next.path).take_while(|(a, b)| a == b).count();
            self.shared = self.shared.min(same);
        }
        if first == self.last || !self.places.are_same(first, first + 1) {
            self.full_places += usize::from(self.places.is_full(first));
        }
        self.tokens += unit.tokens;
        self.first = first;
    }

    fn context(&self) -> usize {
        let (header, begins_in_row, ends_in_row) = self.table_part();
        let repeated = header.map_or(0, |header| header.tokens) + usize::from(begins_in_row) + usize::from(ends_in_row);
        self.section_of(self.first).map_or(0, |section| section.context_tokens) + repeated
    }

    /// The header that it repeats, and whether a mark says at its beginning and at its end that a row was cut there.
    fn table_part(&self) -> (Option<&'a Header>, bool, bool) {
        let (first, next) = (self.units.get(self.first), self.units.get(self.last + 1));
        let header = first.and_then(|unit| unit.header).and_then(|index| self.division.headers.get(index));
        (header, first.is_some_and(|unit| unit.in_row), next.is_some_and(|unit| unit.in_row))
    }

    fn cost(&self, options: &ChunkOptions) -> f32 {
        let distance = (self.tokens as f32 - options.target_tokens as f32) / options.target_tokens as f32;
        let mut cost = distance * distance;
        let Some(first) = self.units.get(self.first) else { return cost };
        cost += match first.before {
            Boundary::Block => 0.0,
            Boundary::Line => CUT_BETWEEN_LINES,
            Boundary::Sentence => CUT_IN_PARAGRAPH,
            Boundary::Word => CUT_IN_SENTENCE,
        };
        let (last, next) = (self.units.get(self.last), self.units.get(self.last + 1));
        if last.is_some_and(|last| last.introduces && next.is_some_and(|next| next.section == last.section)) {
            cost += ENDS_WITH_INTRODUCTION;
        }
        if self.borders > 0 {
            let own = self.section_of(self.first).map_or(0, |section| section.path.len());
            let unshared = own.saturating_sub(self.shared);
            cost += OVER_HEADING * self.borders.min(4) as f32 + UNSHARED_HEADING * unshared as f32;
            if unshared > 0 && !self.begins_section() {
                cost += HEADING_LOST;
            }
            if !self.places.are_same(self.first, self.last) {
                cost += OVER_PAGE;
            }
        }
        cost
    }

    /// Whether the first unit is the first of its section.
    fn begins_section(&self) -> bool {
        let own = self.units.get(self.first).map(|unit| unit.section);
        self.first == 0 || self.units.get(self.first - 1).map(|unit| unit.section) != own
    }

    fn span(&self) -> Option<ChunkSpan> {
        let (first, last) = (self.units.get(self.first)?, self.units.get(self.last)?);
        let section = self.section_of(self.first)?;
        // The chunk's text has the heading that its `headings` cannot name, since it does not stand above all of it.
        let with_heading = self.shared < section.path.len() && self.begins_section();
        let start = if with_heading {
            let heading = section.path_starts.get(self.shared).copied().unwrap_or(section.heading_start);
            heading.max(section.heading_start).min(first.start)
        } else {
            first.start
        };
        let (header, begins_in_row, ends_in_row) = self.table_part();
        let table = TablePart { header: header.map(|header| header.text.clone()), begins_in_row, ends_in_row };
        Some(ChunkSpan {
            start,
            end: last.end,
            headings: section.path.get(..self.shared).unwrap_or_default().to_vec(),
            place: self.places.of_span(self.first..=self.last, start..last.end),
            table: (table != TablePart::default()).then_some(table),
        })
    }
}
