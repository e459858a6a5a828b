//! BM25 over what a question may see.
//!
//! Term by term: the postings of the filter's collections and tenants make a bit set for every segment, the postings of the
//! question's terms are counted and added up within it. Every statistic (how many chunks, how long, how often a term occurs)
//! is of the visible chunks alone.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use hammock_retrieval::{
    IndexError, KeywordHit, KeywordQuery, KeywordResult, LanguageShare, SearchFilter, TermStat, analysis, bm25,
    question,
};
use tantivy::{
    DocAddress, DocSet, Searcher, SegmentReader, TERMINATED, TantivyDocument, Term,
    fieldnorm::FieldNormReader,
    postings::{Postings, SegmentPostings},
    schema::{Field, IndexRecordOption},
};

use super::{
    fields::Fields,
    visible::{Visible, VisibleCache},
};
use crate::failure::failure;

pub(super) fn search(
    searcher: &Searcher,
    fields: &Fields,
    cache: &VisibleCache,
    query: &KeywordQuery,
    filter: &SearchFilter,
    limit: usize,
) -> Result<KeywordResult, IndexError> {
    let mut segments = Vec::new();
    let mut shares: BTreeMap<String, u64> = BTreeMap::new();
    for (ordinal, reader) in (0..).zip(searcher.segment_readers()) {
        let visible = cache.of(reader, fields, filter)?;
        if visible.chunks > 0 {
            for (language, chunks) in &visible.languages {
                *shares.entry(language.clone()).or_default() += chunks;
            }
            let lengths = reader.get_fieldnorms_reader(fields.body).map_err(failure)?;
            segments.push(Segment { ordinal, reader, visible, lengths, found: Vec::new() });
        }
    }
    let mut languages: Vec<LanguageShare> =
        shares.into_iter().map(|(language, chunks)| LanguageShare { language, chunks }).collect();
    languages.sort_by_key(|share| Reverse(share.chunks));
    let codes: Vec<String> = languages.iter().map(|share| share.language.clone()).collect();
    let language = query.language.clone().or_else(|| question::language(&query.text, codes.iter().map(String::as_str)));
    let words = analysis::question_words(&query.text, language.as_deref(), &codes);

    let mut terms: Vec<TermStat> =
        words.iter().map(|word| TermStat { term: word.word.clone(), document_frequency: 0 }).collect();
    for segment in &mut segments {
        for (word, stat) in words.iter().zip(&mut terms) {
            let occurrences = segment.occurrences(fields.body, &word.terms)?;
            stat.document_frequency += occurrences.len() as u64;
            segment.found.push(occurrences);
        }
    }
    let chunks: u64 = segments.iter().map(|segment| segment.visible.chunks).sum();
    let length: u64 = segments.iter().map(|segment| segment.visible.length).sum();
    let average = length as f32 / chunks.max(1) as f32;
    let rarities: Vec<f32> = terms.iter().map(|term| bm25::rarity(term.document_frequency, chunks)).collect();
    let weights: Vec<f32> = terms.iter().map(|term| bm25::weight(term.document_frequency, chunks)).collect();
    let all: f32 = weights.iter().sum();

    let mut best: Vec<(Sums, DocAddress)> = Vec::new();
    for segment in &segments {
        let lengths = &segment.lengths;
        let mut scores = vec![Sums::default(); segment.reader.max_doc() as usize];
        let mut touched = Vec::new();
        for (((word, rarity), weight), occurrences) in words.iter().zip(&rarities).zip(&weights).zip(&segment.found) {
            for (row, count) in occurrences {
                let sums = &mut scores[*row as usize];
                if sums.found == 0.0 {
                    touched.push(*row);
                }
                let length = lengths.fieldnorm(*row);
                sums.score += rarity * word.count as f32 * bm25::saturation(*count, length, average);
                sums.found += weight;
                sums.strength += weight * bm25::strength(*count, length, average);
            }
        }
        best.extend(touched.into_iter().map(|row| (scores[row as usize], DocAddress::new(segment.ordinal, row))));
    }
    let by_score = |a: &(Sums, DocAddress), b: &(Sums, DocAddress)| b.0.score.total_cmp(&a.0.score).then(a.1.cmp(&b.1));
    if best.len() > limit {
        best.select_nth_unstable_by(limit, by_score);
        best.truncate(limit);
    }
    best.sort_unstable_by(by_score);
    let hits = best.into_iter().map(|(sums, address)| {
        let row: TantivyDocument = searcher.doc(address).map_err(failure)?;
        let (document, revision, chunk) = fields.identity(&row)?;
        Ok(KeywordHit {
            chunk,
            document,
            revision,
            score: sums.score,
            coverage: (sums.found / all).min(1.0),
            strength: (sums.strength / all).min(1.0),
        })
    });
    Ok(KeywordResult { hits: hits.collect::<Result<_, IndexError>>()?, terms, chunks, languages, language })
}

/// What the words of a question add up to in one row.
#[derive(Clone, Copy, Default)]
struct Sums {
    /// BM25.
    score: f32,
    /// The weights of the words that are there.
    found: f32,
    /// The same, each as far as the row speaks of it.
    strength: f32,
}

struct Segment<'a> {
    ordinal: u32,
    reader: &'a SegmentReader,
    visible: Arc<Visible>,
    lengths: FieldNormReader,
    /// For every word of the question: the visible rows that have it, and how often.
    found: Vec<Vec<(u32, u32)>>,
}

impl Segment<'_> {
    /// A word has a term for each language of the visible chunks; a row has the terms of one language.
    fn occurrences(&self, body: Field, terms: &[String]) -> Result<Vec<(u32, u32)>, IndexError> {
        let mut occurrences = Vec::new();
        for (place, term) in terms.iter().enumerate() {
            if terms[..place].contains(term) {
                continue;
            }
            let term = Term::from_field_text(body, term);
            let Some(mut postings) = postings(self.reader, &term, IndexRecordOption::WithFreqs)? else {
                continue;
            };
            let mut row = postings.doc();
            while row != TERMINATED {
                if self.visible.rows.has(row) {
                    occurrences.push((row, postings.term_freq()));
                }
                row = postings.advance();
            }
        }
        Ok(occurrences)
    }
}

pub(super) fn postings(
    reader: &SegmentReader,
    term: &Term,
    option: IndexRecordOption,
) -> Result<Option<SegmentPostings>, IndexError> {
    reader.inverted_index(term.field()).map_err(failure)?.read_postings(term, option).map_err(failure)
}

pub(super) fn rows(mut postings: SegmentPostings) -> impl Iterator<Item = u32> {
    let mut next = postings.doc();
    std::iter::from_fn(move || {
        let row = (next != TERMINATED).then_some(next)?;
        next = postings.advance();
        Some(row)
    })
}
