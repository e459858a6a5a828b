//! Documents and passages as people read them: rendered, with what an answer rests on marked.

use std::ops::Range;

use hammock_contract::{
    ChunkId, DocumentId, ErrorCode,
    document::{Chunk, Document, DocumentText},
    reading::{CHUNKS_AT_ONCE, Excerpt, ExcerptRequest, ReadChunk, Reading, ReadingRequest, SearchReading, TextSpan},
    search::{SearchHit, SearchRequest},
};
use hammock_store::{Scope, documents, revisions};

use crate::{
    Hammock, Result,
    error::{from_store, internal},
    render::passage::{self, Form},
};

/// How much of a document is shown on each side of a cited passage. Bytes.
const AROUND: usize = 12_000;
/// What of a passage is shown at most: a chunk is never as long. Bytes.
const LONGEST_PASSAGE: u32 = 50_000;
/// How much of a revision without chunks is shown on each side of what is marked in it. Bytes.
const AROUND_EARLIER: usize = 100_000;
/// So many marks are put into a text at most.
const MOST_MARKS: usize = 100;
/// The level of a text's outermost heading: beside a thread below "Source", elsewhere below the title of the page.
const BESIDE_THREAD: u8 = 3;
const ON_PAGE: u8 = 2;

impl Hammock {
    /// A cited passage in its document. Where its revision is no longer kept, it is looked for in the present one.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn cited_excerpt(&self, scope: &Scope, wanted: ExcerptRequest) -> Result<Excerpt> {
        let ExcerptRequest { document, revision, passage, mut marks, quote, chunk, further_chunks, edited } = wanted;
        marks.truncate(MOST_MARKS);
        let (text, as_asked) = self.kept_text(scope, &document, Some(revision)).await?;
        let is_as_cited = |id: &ChunkId| text.chunks.iter().any(|chunk| chunk.id == *id && chunk.enabled);
        let current = text.current && chunk.iter().chain(&further_chunks).all(is_as_cited);
        if edited {
            let revision = text.revision;
            return rendering(move || {
                let marks = marks_within(&quote, passage.start, &marks);
                let html = render_edited(&text.document, &quote, &marks, BESIDE_THREAD);
                // Where the document says what it says there.
                let passage = (as_asked && passage.start < passage.end).then_some(passage);
                let marks = passage.into_iter().collect();
                Excerpt { revision, current, as_asked, passage, marks, html, more_before: false, more_after: false }
            })
            .await;
        }
        let passage = if as_asked {
            (passage.start < passage.end).then_some(passage)
        } else {
            // A passage of several chunks may have changed in one of them alone.
            let rested_on = || marks_within(&quote, passage.start, &marks).into_iter();
            let words = || rested_on().find_map(|mark| find_again(&text.text, quote.get(mark)?));
            find_again(&text.text, &quote).or_else(words)
        };
        let marks = if as_asked && !marks.is_empty() { marks } else { passage.into_iter().collect() };
        let revision = text.revision;
        rendering(move || {
            let shown = passage::around(&text.text, &passage.map_or(0..0, beginning_of), AROUND);
            let html = render(&text, std::slice::from_ref(&shown), &marks, BESIDE_THREAD).concat();
            let (more_before, more_after) = (shown.start > 0, shown.end < text.text.len());
            Excerpt { revision, current, as_asked, passage, marks, html, more_before, more_after }
        })
        .await
    }

    /// A part of a document, chunk by chunk.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn read_text(&self, scope: &Scope, wanted: ReadingRequest) -> Result<Reading> {
        let ReadingRequest { document, revision, mut marks, from } = wanted;
        marks.truncate(MOST_MARKS);
        let (text, as_asked) = self.kept_text(scope, &document, revision).await?;
        // Bytes of another revision would mark something else.
        let marks = if as_asked { marks } else { Vec::new() };
        rendering(move || {
            let total = u32::try_from(text.chunks.len()).unwrap_or(u32::MAX);
            let from = from.unwrap_or_else(|| window_of(&text.chunks, &marks)).min(total);
            let chunks: Vec<Chunk> =
                text.chunks.iter().skip(from as usize).take(CHUNKS_AT_ONCE as usize).cloned().collect();
            let html = if total == 0 { without_chunks(&text, &marks) } else { String::new() };
            let ranges: Vec<Range<usize>> =
                chunks.iter().map(|chunk| chunk.start as usize..chunk.end as usize).collect();
            let passages = render(&text, &ranges, &marks, ON_PAGE);
            let chunks = chunks.into_iter().zip(passages).map(|(chunk, html)| {
                let marked = is_marked(&chunk, &marks);
                if chunk.original.is_none() {
                    return ReadChunk { chunk, html, marked, original_html: None };
                }
                let edited = render_edited(&text.document, &chunk.text, &[], ON_PAGE);
                ReadChunk { chunk, html: edited, marked, original_html: Some(html) }
            });
            let chunks = chunks.collect();
            let DocumentText { document, revision, current, unused_edits, .. } = text;
            Reading { document, revision, current, as_asked, total, from, chunks, html, unused_edits }
        })
        .await
    }

    /// Searches, and renders what is found.
    ///
    /// # Errors
    /// Those of [`Hammock::search`].
    pub async fn search_to_read(&self, scope: &Scope, request: SearchRequest) -> Result<SearchReading> {
        let response = self.search(scope, request).await?;
        let mut passages = Vec::with_capacity(response.hits.len());
        for (place, hit) in response.hits.iter().enumerate() {
            let explained = response.explanation.as_ref().and_then(|explanation| explanation.hits.get(place));
            let matches = explained.map(|hit| hit.matches.as_slice()).unwrap_or_default();
            passages.push(self.rendered_hit(scope, hit, matches).await?);
        }
        Ok(SearchReading { response, passages })
    }

    /// `matches` are marked; they are in bytes of the hit's text.
    async fn rendered_hit(&self, scope: &Scope, hit: &SearchHit, matches: &[TextSpan]) -> Result<String> {
        let db = self.store().read();
        let form = match documents::find(scope, db, &hit.document).await {
            Ok(row) => Form::of(&row.media_type, &row.location),
            // Deleted since it was found.
            Err(hammock_store::StoreError::NotFound) => Form::Markdown,
            Err(error) => return Err(from_store(error)),
        };
        let mut context = None;
        if form == Form::Markdown && hit.edited.is_none() && begins_inside(&hit.text) {
            context = match revisions::find(scope, db, &hit.document, hit.revision).await {
                Ok(row) => Some(row.text),
                Err(hammock_store::StoreError::NotFound) => None,
                Err(error) => return Err(from_store(error)),
            };
        }
        let (text, range) = match context {
            Some(text) => (text, hit.start as usize..hit.end as usize),
            None => (hit.text.clone(), 0..hit.text.len()),
        };
        let shifted = matches.iter().take(MOST_MARKS).map(|span| {
            let span = range_of(*span);
            range.start + span.start..range.start + span.end
        });
        let marks: Vec<Range<usize>> = shifted.collect();
        rendering(move || passage::parts(&text, form, &[range], &marks, ON_PAGE).concat()).await
    }

    /// The text of a revision, else of the one that answers, for a very old revision is no longer kept; and whether it
    /// is the one that was asked for.
    async fn kept_text(
        &self,
        scope: &Scope,
        document: &DocumentId,
        revision: Option<u32>,
    ) -> Result<(DocumentText, bool)> {
        match self.document_text(scope, document, revision).await {
            Err(error) if error.code == ErrorCode::NotFound && revision.is_some() => {
                Ok((self.document_text(scope, document, None).await?, false))
            }
            found => Ok((found?, true)),
        }
    }
}

/// Runs what may take long beside the tasks: the text of a document can have twenty megabytes.
async fn rendering<T: Send + 'static>(render: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(render).await.map_err(internal)
}

fn render(text: &DocumentText, parts: &[Range<usize>], marks: &[TextSpan], top: u8) -> Vec<String> {
    let Document { media_type, location, .. } = &text.document;
    let marks: Vec<Range<usize>> = marks.iter().copied().map(range_of).collect();
    passage::parts(&text.text, Form::of(media_type, location), parts, &marks, top)
}

/// A passage as a person has edited it: the document says something else there.
fn render_edited(document: &Document, text: &str, marks: &[Range<usize>], top: u8) -> String {
    let whole = 0..text.len();
    let Document { media_type, location, .. } = document;
    passage::parts(text, Form::of(media_type, location), std::slice::from_ref(&whole), marks, top).concat()
}

/// The marks of an edited passage, which are counted from where it begins in its document; all of it without any.
fn marks_within(text: &str, start: u32, marks: &[TextSpan]) -> Vec<Range<usize>> {
    if marks.is_empty() {
        return std::iter::once(0..text.len()).collect();
    }
    let within = |at: u32| at.saturating_sub(start) as usize;
    marks.iter().map(|mark| within(mark.start)..within(mark.end.max(mark.start))).collect()
}

/// An earlier revision around what is marked in it.
fn without_chunks(text: &DocumentText, marks: &[TextSpan]) -> String {
    let shown = passage::around(&text.text, &marks.first().copied().map_or(0..0, range_of), AROUND_EARLIER);
    render(text, &[shown], marks, ON_PAGE).concat()
}

fn range_of(span: TextSpan) -> Range<usize> {
    span.start as usize..span.end.max(span.start) as usize
}

fn beginning_of(passage: TextSpan) -> Range<usize> {
    range_of(TextSpan { end: passage.end.min(passage.start.saturating_add(LONGEST_PASSAGE)), ..passage })
}

/// Where a quotation stands in another revision, if it still does.
fn find_again(text: &str, quote: &str) -> Option<TextSpan> {
    let start = text.find(quote).filter(|_| !quote.is_empty())?;
    let bytes = |offset: usize| u32::try_from(offset).ok();
    Some(TextSpan { start: bytes(start)?, end: bytes(start + quote.len())? })
}

/// Where the part begins that holds the first mark.
fn window_of(chunks: &[Chunk], marks: &[TextSpan]) -> u32 {
    let first = marks.iter().map(|mark| mark.start).min();
    let at = first.and_then(|start| chunks.iter().position(|chunk| chunk.end > start)).unwrap_or(0);
    u32::try_from(at).unwrap_or(0) / CHUNKS_AT_ONCE * CHUNKS_AT_ONCE
}

fn is_marked(chunk: &Chunk, marks: &[TextSpan]) -> bool {
    let chunk = TextSpan { start: chunk.start, end: chunk.end };
    marks.iter().any(|mark| mark.overlaps(chunk))
}

/// Whether a chunk may continue what began before it, so that it cannot be rendered alone: the rows of a table, the
/// lines of a block of code.
fn begins_inside(text: &str) -> bool {
    let mut lines = text.lines();
    let (first, second) = (lines.next().unwrap_or_default().trim(), lines.next().unwrap_or_default());
    let is_row = first.ends_with('|') && !second.trim_start().starts_with("| -") && !second.starts_with("|-");
    let fences = text.lines().filter(|line| line.trim_start().starts_with("```") || line.starts_with("~~~")).count();
    is_row || fences % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(start: u32, end: u32) -> Chunk {
        let id = ChunkId::fixed("some");
        Chunk {
            id,
            ordinal: 0,
            headings: Vec::new(),
            text: String::new(),
            start,
            end,
            place: None,
            embedded: false,
            enabled: true,
            edited: None,
            original: None,
        }
    }

    #[test]
    fn a_passage_is_marked_in_every_chunk_that_it_touches() {
        let marks = [TextSpan { start: 4, end: 25 }];
        assert!(is_marked(&chunk(0, 10), &marks) && is_marked(&chunk(10, 30), &marks));
        assert!(!is_marked(&chunk(25, 40), &marks) && !is_marked(&chunk(0, 10), &[]));
    }

    #[test]
    fn a_long_document_opens_where_the_passage_is() {
        let chunks: Vec<_> = (0..500).map(|number| chunk(number * 10, number * 10 + 10)).collect();
        assert_eq!(window_of(&chunks, &[TextSpan { start: 4_205, end: 4_209 }]), 400);
        assert_eq!(window_of(&chunks, &[]), 0);
    }

    #[test]
    fn a_quotation_is_found_again_or_not_at_all() {
        assert_eq!(find_again("Žába at nine.", "at nine"), Some(TextSpan { start: 7, end: 14 }));
        assert_eq!(find_again("Žába at nine.", "at ten"), None);
        assert_eq!(find_again("Žába at nine.", ""), None);
    }

    #[test]
    fn what_continues_a_table_or_code_is_recognised() {
        assert!(begins_inside("| Tea | 2 |\n| Milk | 1 |") && begins_inside("lk | 1 |\n| Beer | 5 |"));
        assert!(begins_inside("wait\n```\n\nThen rest."));
        assert!(!begins_inside("| Name | Price |\n| --- | --- |\n| Tea | 2 |"));
        assert!(!begins_inside("A text.\n\n```\nsend\n```") && !begins_inside(""));
    }
}
