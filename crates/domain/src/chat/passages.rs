//! What was found, as an answer names it.

use hammock_contract::{chat::Citation, passage::Place, reading::TextSpan};
use hammock_retrieval::{citations::Checked, grounds};
use hammock_store::chunks::FoundChunk;

use crate::search::{Found, Passage};

/// How many topics an answer names that found nothing.
pub const TOPICS: usize = 4;

/// A passage as an answer names it; it has no number yet.
pub fn citation(row: &FoundChunk) -> Citation {
    let FoundChunk { chunk, title, url, edited, .. } = row;
    Citation {
        number: 0,
        document: chunk.document_id.clone(),
        collection: chunk.collection_id.clone(),
        chunk: chunk.id.clone(),
        further_chunks: Vec::new(),
        revision: chunk.revision,
        title: title.clone(),
        headings: chunk.headings.clone(),
        url: url.clone(),
        place: chunk.place.clone(),
        start: chunk.start_byte,
        end: chunk.end_byte,
        marks: Vec::new(),
        quote: chunk.text.clone(),
        edited: edited.clone(),
        table: chunk.table_part.clone(),
        cited: false,
        hidden: false,
    }
}

/// The citations of a finished answer: which of them it refers to, and what of those it rests on.
pub fn cited(citations: Vec<Citation>, answer: &Checked) -> Vec<Citation> {
    let numbers = answer.numbers();
    let statements = grounds::statements(answer);
    let finished = citations.into_iter().map(|citation| {
        let cited = numbers.contains(&citation.number);
        let own = statements.iter().filter(|statement| statement.number == citation.number);
        let texts: Vec<&str> = own.map(|statement| statement.text.as_str()).collect();
        let marks = if cited { marks(&citation, &texts) } else { Vec::new() };
        let place = place(&citation, &marks);
        Citation { cited, marks, place, ..citation }
    });
    finished.collect()
}

/// What the statements rest on, in bytes of the document; of an edited passage in bytes of its own text, which begins where
/// the passage does.
fn marks(citation: &Citation, statements: &[&str]) -> Vec<TextSpan> {
    let end = if citation.edited.is_some() { u32::MAX } else { citation.end };
    let at = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX).saturating_add(citation.start).min(end);
    let found = grounds::find(&citation.quote, statements).into_iter();
    found.map(|range| TextSpan { start: at(range.start), end: at(range.end) }).collect()
}

/// Where what is marked stands; where nothing is, or in another text than the document's, the whole passage's place.
fn place(citation: &Citation, marks: &[TextSpan]) -> Option<Place> {
    let place = citation.place.as_ref()?;
    Some(match (marks, &citation.edited) {
        ([first, ..], None) => place.of_part(&(first.start..marks.last().unwrap_or(first).end)),
        _ => place.clone(),
    })
}

/// What the collections do cover, nearest to the question first; in the question's language, where there is such a thing.
pub fn topics(found: &Found, language: &str) -> Vec<String> {
    let is_readable = |passage: &&Passage| passage.row.language.as_deref().is_none_or(|its| its == language);
    let readable = named(found.passages.iter().filter(is_readable));
    if readable.is_empty() { named(found.passages.iter()) } else { readable }
}

fn named<'a>(passages: impl Iterator<Item = &'a Passage>) -> Vec<String> {
    let mut topics: Vec<String> = Vec::new();
    for passage in passages {
        let topic = passage.row.chunk.headings.last().unwrap_or(&passage.row.title).clone();
        if !topic.is_empty() && !topics.contains(&topic) {
            topics.push(topic);
        }
        if topics.len() == TOPICS {
            break;
        }
    }
    topics
}

#[cfg(test)]
mod tests;
