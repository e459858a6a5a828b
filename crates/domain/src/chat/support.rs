//! Which sentences of an answer its sources do not support.

use hammock_contract::{
    chat::{Citation, MessageState},
    support::UnsupportedSentence,
};
use hammock_retrieval::{
    citations::Checked,
    support::{self, Source},
};

/// Compares an answer that a model wrote with the passages that it was given. Of one that was cut off, the last sentence is
/// left alone: its end is not known.
pub(super) fn unsupported(answer: &Checked, citations: &[Citation], state: MessageState) -> Vec<UnsupportedSentence> {
    let texts: Vec<(u32, String, String)> =
        citations.iter().map(|citation| (citation.number, above(citation), passage(citation))).collect();
    let sources: Vec<Source<'_>> =
        texts.iter().map(|(number, context, text)| Source { number: *number, context, text }).collect();
    let said = answer.text.trim_end().len();
    let is_whole = |end: usize| state == MessageState::Complete || end < said;
    let at = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    support::unsupported(answer, &sources)
        .into_iter()
        .filter(|sentence| is_whole(sentence.range.end))
        .map(|sentence| UnsupportedSentence {
            start: at(sentence.range.start),
            end: at(sentence.range.end),
            reason: sentence.lack,
        })
        .collect()
}

/// What a reader of the passage knows beside it.
fn above(citation: &Citation) -> String {
    let title = std::iter::once(citation.title.as_str());
    let parts = title.chain(citation.headings.iter().map(String::as_str)).chain(citation.url.as_deref());
    parts.collect::<Vec<_>>().join("\n")
}

fn passage(citation: &Citation) -> String {
    citation.table.as_ref().map_or_else(|| citation.quote.clone(), |table| table.readable(&citation.quote))
}
