//! Why a search found what it found, and what would come of it in a chat.

use std::collections::HashMap;

use hammock_contract::{
    ChunkId,
    reading::TextSpan,
    retrieval::{Explanation, HitExplanation, RetrievalInForce},
    search::SearchMode,
};
use hammock_retrieval::{analysis, matches::Matcher};

use super::{
    passages::{numbered, topics},
    prompt::{self, Grounds},
};
use crate::search::{Found, Passage};

/// What was tried.
pub(crate) struct Tried<'a> {
    /// The question.
    pub question: &'a str,
    /// How it was sought.
    pub mode: SearchMode,
    /// The settings that the search went by.
    pub settings: RetrievalInForce,
    /// What the assistant's own instruction is.
    pub system_message: &'a str,
}

/// Explains a search. The passages are as many as a chat finds, or more.
pub(crate) fn explain(found: &Found, tried: Tried<'_>) -> Explanation {
    let Tried { question, mode, settings, system_message } = tried;
    let candidates = &found.candidates;
    let by_words = places(candidates.keyword.hits.iter().map(|hit| &hit.chunk));
    let by_meaning = places(candidates.vector.iter().map(|hit| &hit.chunk));
    let language = settings.language.clone().or_else(|| candidates.language.clone());
    let would_answer = found.is_enough(settings.threshold);
    let sent = if would_answer { found.sent(settings.passages) } else { &[] };

    let sent_until = u32::try_from(sent.len()).unwrap_or(u32::MAX);
    let mut matchers: HashMap<String, Matcher> = HashMap::new();
    let hits = (1_u32..).zip(&found.passages).map(|(rank, passage)| {
        let evidence = candidates.evidence_of(&passage.hit, &found.evidence);
        HitExplanation {
            rank,
            keyword_rank: by_words.get(&passage.hit.chunk).copied(),
            vector_rank: by_meaning.get(&passage.hit.chunk).copied(),
            evidence,
            is_enough: evidence >= settings.threshold,
            sent: rank <= sent_until,
            matches: matches(passage, question, language.as_deref(), &mut matchers),
        }
    });
    let hits = hits.collect();

    let grounds = numbered(sent);
    let prompt = would_answer.then(|| {
        let grounds = Grounds { sources: &grounds, is_weak: found.evidence.is_weak() };
        prompt::instruction(system_message, grounds, &prompt::mark())
    });
    let topics = if would_answer { Vec::new() } else { topics(found, language.as_deref().unwrap_or_default()) };
    Explanation {
        would_answer,
        keyword_weight: 1.0 - candidates.vector_weight(mode, settings.keyword_weight),
        terms: candidates.keyword.terms.iter().map(|term| term.term.clone()).collect(),
        similarity: found.evidence.similarity,
        coverage: found.evidence.coverage,
        settings,
        language,
        hits,
        prompt,
        topics,
    }
}

/// The place of each chunk, from 1.
fn places<'a>(chunks: impl Iterator<Item = &'a ChunkId>) -> HashMap<&'a ChunkId, u32> {
    chunks.zip(1_u32..).collect()
}

/// The words that a passage has in common with the question; one matcher for each language of passages.
fn matches(
    passage: &Passage,
    question: &str,
    language: Option<&str>,
    matchers: &mut HashMap<String, Matcher>,
) -> Vec<TextSpan> {
    let text = &passage.row.chunk.text;
    let its = analysis::language_of(passage.row.language.as_deref(), text);
    let matcher = matchers.entry(its).or_insert_with_key(|its| Matcher::new(question, language, its));
    let found = matcher.find(text).into_iter();
    let spans = found.filter_map(|range| {
        Some(TextSpan { start: u32::try_from(range.start).ok()?, end: u32::try_from(range.end).ok()? })
    });
    spans.collect()
}
