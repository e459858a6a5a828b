//! Why a search found what it found, and what would come of it in a chat.

use std::collections::HashMap;

use hammock_contract::{
    ChunkId,
    chat::Citation,
    reading::TextSpan,
    retrieval::{Explanation, HitExplanation, RetrievalInForce},
    search::SearchMode,
};
use hammock_retrieval::{analysis, matches::Matcher};
use hammock_store::Scope;

use super::{
    neighbours::Source,
    passages::topics,
    prompt::{self, Asked, Grounds},
};
use crate::{
    Hammock, Result,
    search::{Found, Passage},
};

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

impl Hammock {
    /// Explains a search. The passages are as many as a chat finds, or more.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn explain(&self, scope: &Scope, found: &Found, tried: Tried<'_>) -> Result<Explanation> {
        let would_answer = found.is_enough(tried.settings.threshold);
        let sent = if would_answer { found.sent(tried.settings.passages) } else { &[] };
        let sources = self.sources_of(scope, sent).await?;
        Ok(explanation(found, tried, would_answer.then_some(sources)))
    }
}

/// `sources` are what the model would be given; none where it would not be asked.
fn explanation(found: &Found, tried: Tried<'_>, sources: Option<Vec<Source>>) -> Explanation {
    let Tried { question, mode, settings, system_message } = tried;
    let candidates = &found.candidates;
    let by_words = places(candidates.keyword.hits.iter().map(|hit| &hit.chunk));
    let by_meaning = places(candidates.vector.iter().map(|hit| &hit.chunk));
    let language = settings.language.clone().or_else(|| candidates.language.clone());
    let numbers = numbers_of(sources.as_deref().unwrap_or_default());

    let mut matchers: HashMap<String, Matcher> = HashMap::new();
    let hits = (1_u32..).zip(&found.passages).enumerate().map(|(at, (rank, passage))| {
        let evidence = candidates.evidence_of(&passage.hit, &found.evidence);
        let source = numbers.get(&at).copied();
        HitExplanation {
            rank,
            keyword_rank: by_words.get(&passage.hit.chunk).copied(),
            vector_rank: by_meaning.get(&passage.hit.chunk).copied(),
            evidence,
            is_enough: evidence >= settings.threshold,
            sent: source.is_some(),
            source,
            matches: matches(passage, question, language.as_deref(), &mut matchers),
        }
    });
    let hits = hits.collect();

    let would_answer = sources.is_some();
    let prompt = sources.map(|sources| {
        let grounds: Vec<Citation> = sources.into_iter().map(|source| source.citation).collect();
        let grounds = Grounds { sources: &grounds, is_weak: found.evidence.is_weak() };
        let asked = Asked { question, continues: false };
        let mark = prompt::mark();
        let instruction = prompt::instruction(system_message, grounds, &mark);
        format!("{instruction}\n{}", prompt::question_with_sources(asked, grounds, &mark))
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

/// The number of the source that each passage is given as, by the passage's place from 0.
fn numbers_of(sources: &[Source]) -> HashMap<usize, u32> {
    let numbers =
        sources.iter().flat_map(|source| source.parts.iter().map(move |part| (part.rank, source.citation.number)));
    numbers.collect()
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
