//! Passages that follow one another in their document: a model is given them as one source, with one number and one text.
//!
//! The text is the document's own from where the first one begins to where the last one ends. So nothing is said twice, no
//! header of a table and no heading; what lies between two of them, such as a heading, is there; and a citation is bound to
//! bytes as it always is. A passage that somebody has edited stays alone, for it says something else than the document.
//!
//! What was found, how sure it is and how many passages are chosen is decided before, and does not change.

use hammock_contract::{
    chat::Citation,
    passage::{Place, TablePart},
};
use hammock_llm::SourcePart;
use hammock_store::{Scope, StoreError, chunks::FoundChunk, revisions};

use super::passages::citation;
use crate::{Hammock, Result, error::from_store, search::Passage};

/// A source as a model is given it.
#[derive(Debug)]
pub(crate) struct Source {
    /// What the answer refers to, with its number.
    pub citation: Citation,
    /// ISO 639-1 code of the document's language.
    pub language: Option<String>,
    /// The passages that it is made of, in the document's order: where each begins in the citation's text, and its place among
    /// those that are given.
    pub parts: Vec<SourcePart>,
}

impl Hammock {
    /// What a model is given of these passages, best first, numbered from 1: each alone, or with its neighbours.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn sources_of(&self, scope: &Scope, given: &[Passage]) -> Result<Vec<Source>> {
        let rows: Vec<&FoundChunk> = given.iter().map(|passage| &passage.row).collect();
        let mut sources = Vec::with_capacity(rows.len());
        for block in blocks(&rows) {
            match self.merged(scope, &rows, &block).await? {
                Some(source) => sources.push(source),
                None => sources.extend(block.iter().filter_map(|rank| alone(&rows, *rank))),
            }
        }
        for (number, source) in (1..).zip(&mut sources) {
            source.citation.number = number;
        }
        Ok(sources)
    }

    /// One source of several passages; none of a single one, nor where the document's text is gone since they were found.
    async fn merged(&self, scope: &Scope, rows: &[&FoundChunk], block: &[usize]) -> Result<Option<Source>> {
        let chunks: Vec<&FoundChunk> = block.iter().filter_map(|rank| rows.get(*rank).copied()).collect();
        let [first, .., last] = chunks.as_slice() else { return Ok(None) };
        let bytes = first.chunk.start_byte..last.chunk.end_byte;
        let (document, revision) = (&first.chunk.document_id, first.chunk.revision);
        match revisions::find_part(scope, self.store().read(), document, revision, bytes).await {
            Ok(text) => Ok(join(rows, block, text)),
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(from_store(error)),
        }
    }
}

/// Which passages become one source, each block in the document's order; the block with the best passage first.
fn blocks(rows: &[&FoundChunk]) -> Vec<Vec<usize>> {
    let mut blocks = Vec::with_capacity(rows.len());
    for (rank, row) in rows.iter().enumerate() {
        if rows.iter().any(|other| goes_on(other, row)) {
            continue;
        }
        let (mut block, mut last) = (vec![rank], *row);
        // Each one stands after the last one in the document, so this ends.
        while let Some((next, following)) = rows.iter().enumerate().find(|(_, other)| goes_on(last, other)) {
            block.push(next);
            last = *following;
        }
        blocks.push(block);
    }
    blocks.sort_by_key(|block| block.iter().min().copied());
    blocks
}

/// Whether a passage goes on in its document where another one ends, about the same.
fn goes_on(before: &FoundChunk, after: &FoundChunk) -> bool {
    let (one, other) = (&before.chunk, &after.chunk);
    (&one.document_id, one.revision) == (&other.document_id, other.revision)
        && other.ordinal.checked_sub(1) == Some(one.ordinal)
        && one.end_byte <= other.start_byte
        && before.edited.is_none()
        && after.edited.is_none()
        && are_nested(&one.headings, &other.headings)
        && share_a_place(one.place.as_ref(), other.place.as_ref())
}

/// Whether two passages stand under the same headings, or one of them under further ones.
fn are_nested(one: &[String], other: &[String]) -> bool {
    let shared = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    shared == one.len().min(other.len())
}

/// Text runs on from page to page; sheets and slides are for themselves.
fn share_a_place(one: Option<&Place>, other: Option<&Place>) -> bool {
    let is_page = |place: Option<&Place>| matches!(place, Some(Place::Page { .. }));
    one == other || (is_page(one) && is_page(other))
}

/// A passage as a source of its own.
fn alone(rows: &[&FoundChunk], rank: usize) -> Option<Source> {
    let row = rows.get(rank)?;
    let parts = vec![SourcePart { start: 0, rank }];
    Some(Source { citation: citation(row), language: row.language.clone(), parts })
}

/// Passages as one source with the document's text from the first to the last; none where that is not what they say.
fn join(rows: &[&FoundChunk], block: &[usize], text: String) -> Option<Source> {
    let first = rows.get(*block.first()?)?;
    let mut whole = citation(first);
    let mut table = first.chunk.table_part.clone().unwrap_or_default();
    let mut parts = Vec::with_capacity(block.len());
    for rank in block {
        let chunk = &rows.get(*rank)?.chunk;
        if !parts.is_empty()
            && let (Some(place), Some(next)) = (&mut whole.place, &chunk.place)
        {
            // A heading between two passages stands on the page of the second.
            place.go_on(whole.end, next);
        }
        let within = |at: u32| usize::try_from(at.checked_sub(first.chunk.start_byte)?).ok();
        let (start, end) = (within(chunk.start_byte)?, within(chunk.end_byte)?);
        if text.get(start..end)? != chunk.text {
            return None;
        }
        parts.push(SourcePart { start, rank: *rank });
        whole.end = chunk.end_byte;
        table.ends_in_row = chunk.table_part.as_ref().is_some_and(|part| part.ends_in_row);
    }
    whole.further_chunks = block.iter().skip(1).filter_map(|rank| Some(rows.get(*rank)?.chunk.id.clone())).collect();
    whole.table = (table != TablePart::default()).then_some(table);
    whole.quote = text;
    Some(Source { citation: whole, language: first.language.clone(), parts })
}

#[cfg(test)]
mod tests;
