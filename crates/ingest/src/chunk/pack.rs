//! Which neighbouring units form a chunk.

use super::{
    ChunkOptions, ChunkSpan,
    units::{Boundary, Section, Unit},
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
/// A chunk that runs over a heading onto another page, sheet or slide.
const OVER_PAGE: f32 = 0.3;

/// The cheapest way to put all units into chunks, in order.
pub(super) fn pack(
    document: &ParsedDocument,
    sections: &[Section],
    units: &[Unit],
    options: &ChunkOptions,
) -> Vec<ChunkSpan> {
    let pages = Pages { document };
    // best[n] is the cost of the first n units and where their last chunk begins.
    let mut best: Vec<(f32, usize)> = Vec::with_capacity(units.len() + 1);
    best.push((0.0, 0));
    for end in 1..=units.len() {
        let mut found: Option<(f32, usize)> = None;
        let mut candidate = Candidate::new(sections, units, end - 1);
        for start in (0..end).rev() {
            candidate.extend_to(start);
            if candidate.tokens + candidate.context() > options.max_tokens && start + 1 < end {
                break;
            }
            let earlier = best.get(start).map_or(0.0, |(cost, _)| *cost);
            let cost = earlier + candidate.cost(options, &pages);
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
        let mut candidate = Candidate::new(sections, units, end - 1);
        for unit in (start..end).rev() {
            candidate.extend_to(unit);
        }
        spans.extend(candidate.span(&pages));
        end = start;
    }
    spans.reverse();
    spans
}

/// A possible chunk, grown from its last unit backwards.
struct Candidate<'a> {
    sections: &'a [Section],
    units: &'a [Unit],
    first: usize,
    last: usize,
    tokens: usize,
    /// How many headings all its sections share.
    shared: usize,
    /// How many borders between sections it runs over.
    borders: usize,
}

impl<'a> Candidate<'a> {
    fn new(sections: &'a [Section], units: &'a [Unit], last: usize) -> Self {
        let shared =
            units.get(last).and_then(|unit| sections.get(unit.section)).map_or(0, |section| section.path.len());
        Self { sections, units, first: last + 1, last, tokens: 0, shared, borders: 0 }
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
        self.tokens += unit.tokens;
        self.first = first;
    }

    fn context(&self) -> usize {
        let repeated = self.units.get(self.first).map_or(0, |unit| unit.repeated);
        self.section_of(self.first).map_or(0, |section| section.context_tokens) + repeated
    }

    fn cost(&self, options: &ChunkOptions, pages: &Pages<'_>) -> f32 {
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
            if let Some(last) = self.units.get(self.last)
                && pages.of(first.start) != pages.of(last.start)
            {
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

    fn span(&self, pages: &Pages<'_>) -> Option<ChunkSpan> {
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
        Some(ChunkSpan {
            start,
            end: last.end,
            headings: section.path.get(..self.shared).unwrap_or_default().to_vec(),
            page: pages.of(start),
        })
    }
}

/// The pages of a document.
struct Pages<'a> {
    document: &'a ParsedDocument,
}

impl Pages<'_> {
    fn of(&self, offset: usize) -> Option<u32> {
        let pages = &self.document.pages;
        let after = pages.partition_point(|page| page.offset <= offset);
        // What stands before the first mark belongs to the first page.
        pages.get(after.saturating_sub(1)).map(|page| page.number)
    }
}
