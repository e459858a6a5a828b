//! The answerer that needs no model: it quotes the passages that fit the question best, and says so.

mod passages;
mod phrases;
mod quote;
mod score;
mod units;

use async_trait::async_trait;
use futures::stream;
use hammock_retrieval::citations;

use crate::{ChatChunk, ChatModel, ChatRequest, ChatStream, ModelError};

/// How many quotations an answer has at most.
const MOST_QUOTES: usize = 3;

/// Quotes the best sentences, lists and code blocks of the request's sources, word for word, each with the number of its
/// source. It is both the answer of an installation without a model and the fallback when a provider fails, so it claims
/// nothing about the reason: only that no model wrote the answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct QuotingAnswerer;

#[async_trait]
impl ChatModel for QuotingAnswerer {
    async fn stream(&self, request: &ChatRequest) -> Result<ChatStream, ModelError> {
        let chunks = word_groups(&answer(request));
        Ok(Box::pin(stream::iter(chunks.into_iter().map(|text| Ok(ChatChunk::text(text))))))
    }
}

/// ISO 639-1 codes of the languages in which [`QuotingAnswerer`] says what it says itself. It quotes in every language.
pub fn languages() -> impl Iterator<Item = &'static str> {
    phrases::languages()
}

/// The numbers of the sources that [`QuotingAnswerer`] names in its answer, in the order in which it names them.
#[must_use]
pub fn cited(request: &ChatRequest) -> Vec<u32> {
    let is_issued = |number: u32| request.sources.iter().any(|source| source.number == number);
    let mut numbers = Vec::new();
    for reference in citations::check(&answer(request), is_issued).references {
        if !numbers.contains(&reference.number) {
            numbers.push(reference.number);
        }
    }
    numbers
}

/// The whole answer, as Markdown.
fn answer(request: &ChatRequest) -> String {
    let phrases = phrases::of(request.language.as_deref());
    let quotes = score::best_quotes(request, MOST_QUOTES);
    if quotes.is_empty() {
        return format!("{}\n\n*{}*", phrases.nothing, phrases.no_model);
    }
    let mut answer = String::from(if request.is_weak { phrases.weak_lead } else { phrases.lead });
    for quote in &quotes {
        answer.push_str("\n\n");
        answer.push_str(&block_quote(&quote.text, &quote.numbers));
    }
    if request.is_weak {
        answer.push_str("\n\n");
        answer.push_str(phrases.weak_question);
    }
    answer.push_str("\n\n*");
    answer.push_str(phrases.no_model);
    answer.push('*');
    answer
}

/// The text as a Markdown quotation that ends with the numbers of its sources.
fn block_quote(text: &str, numbers: &[u32]) -> String {
    let mut quote = String::with_capacity(text.len() + 64);
    let marked = format!("{text}{}", quote::marks(text, numbers));
    for (at, line) in marked.lines().enumerate() {
        if at > 0 {
            quote.push('\n');
        }
        quote.push_str(if line.is_empty() { ">" } else { "> " });
        quote.push_str(line);
    }
    quote
}

/// The text in pieces of a few words, as a model would send it; nothing is added or lost.
fn word_groups(text: &str) -> Vec<String> {
    const WORDS: usize = 4;
    let mut groups = Vec::new();
    let mut group = String::new();
    for (number, word) in text.split_inclusive([' ', '\n']).enumerate() {
        group.push_str(word);
        if number % WORDS == WORDS - 1 {
            groups.push(std::mem::take(&mut group));
        }
    }
    if !group.is_empty() {
        groups.push(group);
    }
    groups
}

#[cfg(test)]
mod tests;
