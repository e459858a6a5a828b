//! An index in memory: the same words, scores and filters as the durable one, by going through everything. For tests, for
//! tools, and for builds without the durable index.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
};

use async_trait::async_trait;
use hammock_contract::{ChunkId, CollectionId, DocumentId, OrganisationId};
use parking_lot::RwLock;

use crate::{
    ChunkVector, IndexError, IndexedDocument, KeywordHit, KeywordQuery, KeywordResult, LanguageShare, SearchFilter,
    SearchIndex, TermStat, VectorHit, VectorSpace,
    analysis::{self, Analyser, QuestionWord},
    bm25, question,
};

/// Everything in memory; gone with the process.
#[derive(Default)]
pub struct MemoryIndex {
    text: RwLock<BTreeMap<(DocumentId, u32), Revision>>,
    vectors: RwLock<HashMap<VectorSpace, BTreeMap<ChunkId, ChunkVector>>>,
}

struct Revision {
    organisation: OrganisationId,
    collection: CollectionId,
    language: String,
    chunks: Vec<Chunk>,
}

struct Chunk {
    id: ChunkId,
    length: u32,
    counts: HashMap<String, u32>,
}

impl MemoryIndex {
    /// An empty index.
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl SearchIndex for MemoryIndex {
    async fn put_text(&self, documents: &[IndexedDocument]) -> Result<(), IndexError> {
        let revisions: Vec<_> = documents
            .iter()
            .map(|document| ((document.document.clone(), document.revision), analysed(document)))
            .collect();
        self.text.write().extend(revisions);
        Ok(())
    }

    async fn put_vectors(&self, space: &VectorSpace, vectors: Vec<ChunkVector>) -> Result<(), IndexError> {
        if let Some(wrong) = vectors.iter().find(|vector| vector.vector.len() != space.dimension) {
            return Err(IndexError::Engine(format!(
                "a vector of {} numbers in a space of {}",
                wrong.vector.len(),
                space.dimension
            )));
        }
        let mut spaces = self.vectors.write();
        let table = spaces.entry(space.clone()).or_default();
        table.extend(vectors.into_iter().map(|vector| (vector.chunk.clone(), vector)));
        Ok(())
    }

    async fn copy_vectors(&self, copies: &[(ChunkId, ChunkId)], revision: u32) -> Result<Vec<ChunkId>, IndexError> {
        let mut copied = BTreeSet::new();
        for table in self.vectors.write().values_mut() {
            for (from, to) in copies {
                let Some(known) = table.get(from) else { continue };
                let copy = ChunkVector { chunk: to.clone(), revision, ..known.clone() };
                table.insert(to.clone(), copy);
                copied.insert(to.clone());
            }
        }
        Ok(copied.into_iter().collect())
    }

    async fn remove_vectors(&self, chunks: &[ChunkId]) -> Result<(), IndexError> {
        for table in self.vectors.write().values_mut() {
            chunks.iter().for_each(|chunk| drop(table.remove(chunk)));
        }
        Ok(())
    }

    async fn remove_revisions(&self, document: &DocumentId, keep: Option<u32>) -> Result<(), IndexError> {
        let stays = |id: &DocumentId, revision: u32| id != document || Some(revision) == keep;
        self.text.write().retain(|(id, revision), _| stays(id, *revision));
        for table in self.vectors.write().values_mut() {
            table.retain(|_, vector| stays(&vector.document, vector.revision));
        }
        Ok(())
    }

    async fn remove_revision(&self, document: &DocumentId, revision: u32) -> Result<(), IndexError> {
        let goes = |id: &DocumentId, number: u32| id == document && number == revision;
        self.text.write().retain(|(id, number), _| !goes(id, *number));
        for table in self.vectors.write().values_mut() {
            table.retain(|_, vector| !goes(&vector.document, vector.revision));
        }
        Ok(())
    }

    async fn remove_collection(&self, collection: &CollectionId) -> Result<(), IndexError> {
        self.text.write().retain(|_, revision| &revision.collection != collection);
        for table in self.vectors.write().values_mut() {
            table.retain(|_, vector| &vector.collection != collection);
        }
        Ok(())
    }

    async fn keyword(
        &self,
        query: &KeywordQuery,
        filter: &SearchFilter,
        limit: usize,
    ) -> Result<KeywordResult, IndexError> {
        let text = self.text.read();
        let seen: Vec<(&(DocumentId, u32), &Revision)> = text
            .iter()
            .filter(|((document, _), revision)| sees(filter, &revision.organisation, &revision.collection, document))
            .collect();
        Ok(score(query, &seen, limit))
    }

    async fn vector(
        &self,
        space: &VectorSpace,
        vector: &[f32],
        filter: &SearchFilter,
        limit: usize,
    ) -> Result<Vec<VectorHit>, IndexError> {
        let spaces = self.vectors.read();
        let Some(table) = spaces.get(space) else {
            return Ok(Vec::new());
        };
        let seen = table.values().filter(|known| sees(filter, &known.organisation, &known.collection, &known.document));
        let mut hits: Vec<VectorHit> = seen
            .map(|known| VectorHit {
                chunk: known.chunk.clone(),
                document: known.document.clone(),
                revision: known.revision,
                similarity: known.vector.iter().zip(vector).map(|(a, b)| a * b).sum(),
                vector: known.vector.clone(),
            })
            .collect();
        hits.sort_unstable_by(|a, b| best_first(a.similarity, &a.chunk, b.similarity, &b.chunk));
        hits.truncate(limit);
        Ok(hits)
    }

    fn terms(&self, text: &str, language: Option<&str>) -> Vec<String> {
        Analyser::new(&analysis::language_of(language, text)).terms(text)
    }

    async fn list_text(&self) -> Result<Vec<(DocumentId, u32, ChunkId)>, IndexError> {
        let text = self.text.read();
        let chunks = text.iter().flat_map(|((document, number), revision)| {
            revision.chunks.iter().map(|chunk| (document.clone(), *number, chunk.id.clone()))
        });
        Ok(chunks.collect())
    }

    async fn list_vectors(&self, space: &VectorSpace) -> Result<Vec<(DocumentId, u32, ChunkId)>, IndexError> {
        let spaces = self.vectors.read();
        let vectors = spaces.get(space).into_iter().flat_map(BTreeMap::values);
        Ok(vectors.map(|vector| (vector.document.clone(), vector.revision, vector.chunk.clone())).collect())
    }

    async fn clear_space(&self, space: &VectorSpace) -> Result<(), IndexError> {
        self.vectors.write().remove(space);
        Ok(())
    }

    async fn optimise(&self) -> Result<(), IndexError> {
        Ok(())
    }

    async fn clear(&self) -> Result<(), IndexError> {
        self.text.write().clear();
        self.vectors.write().clear();
        Ok(())
    }
}

fn sees(
    filter: &SearchFilter,
    organisation: &OrganisationId,
    collection: &CollectionId,
    document: &DocumentId,
) -> bool {
    filter.organisations.contains(organisation)
        && filter.collections.contains(collection)
        && filter.documents.as_ref().is_none_or(|documents| documents.binary_search(document).is_ok())
}

fn best_first(a: f32, a_chunk: &ChunkId, b: f32, b_chunk: &ChunkId) -> Ordering {
    b.total_cmp(&a).then_with(|| a_chunk.cmp(b_chunk))
}

fn analysed(document: &IndexedDocument) -> Revision {
    let sample = document.chunks.iter().map(|chunk| chunk.text.as_str()).collect::<Vec<_>>().join("\n");
    let language = analysis::language_of(document.language.as_deref(), &sample);
    let mut analyser = Analyser::new(&language);
    let chunks = document.chunks.iter().map(|chunk| {
        let mut terms = analyser.terms(&chunk.heading);
        terms.extend(analyser.terms(&chunk.text));
        let length = u32::try_from(terms.len()).unwrap_or(u32::MAX);
        let mut counts = HashMap::new();
        for term in terms {
            *counts.entry(term).or_insert(0) += 1;
        }
        Chunk { id: chunk.chunk.clone(), length, counts }
    });
    let chunks = chunks.collect();
    Revision { organisation: document.organisation.clone(), collection: document.collection.clone(), language, chunks }
}

fn score(query: &KeywordQuery, seen: &[(&(DocumentId, u32), &Revision)], limit: usize) -> KeywordResult {
    let mut shares: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, revision) in seen {
        *shares.entry(&revision.language).or_default() += revision.chunks.len() as u64;
    }
    let mut languages: Vec<LanguageShare> =
        shares.into_iter().map(|(language, chunks)| LanguageShare { language: language.to_owned(), chunks }).collect();
    languages.sort_by_key(|share| std::cmp::Reverse(share.chunks));
    let codes: Vec<String> = languages.iter().map(|share| share.language.clone()).collect();
    let language = query.language.clone().or_else(|| question::language(&query.text, codes.iter().map(String::as_str)));
    let words = analysis::question_words(&query.text, language.as_deref(), &codes);

    let every = || seen.iter().flat_map(|(key, revision)| revision.chunks.iter().map(move |chunk| (*key, chunk)));
    let chunks = every().count() as u64;
    let average = every().map(|(_, chunk)| u64::from(chunk.length)).sum::<u64>() as f32 / (chunks.max(1)) as f32;
    let terms: Vec<TermStat> = words
        .iter()
        .map(|word| TermStat {
            term: word.word.clone(),
            document_frequency: every().filter(|(_, chunk)| occurrences(chunk, word) > 0).count() as u64,
        })
        .collect();
    let rarities: Vec<f32> = terms.iter().map(|term| bm25::rarity(term.document_frequency, chunks)).collect();
    let weights: Vec<f32> = terms.iter().map(|term| bm25::weight(term.document_frequency, chunks)).collect();
    let all: f32 = weights.iter().sum();
    let mut hits = Vec::new();
    for (key, chunk) in every() {
        let (mut score, mut found, mut strength) = (0.0, 0.0, 0.0);
        for ((word, rarity), weight) in words.iter().zip(&rarities).zip(&weights) {
            let count = occurrences(chunk, word);
            if count > 0 {
                score += rarity * word.count as f32 * bm25::saturation(count, chunk.length, average);
                found += weight;
                strength += weight * bm25::strength(count, chunk.length, average);
            }
        }
        if found > 0.0 {
            hits.push(KeywordHit {
                chunk: chunk.id.clone(),
                document: key.0.clone(),
                revision: key.1,
                score,
                coverage: (found / all).min(1.0),
                strength: (strength / all).min(1.0),
            });
        }
    }
    hits.sort_unstable_by(|a, b| best_first(a.score, &a.chunk, b.score, &b.chunk));
    hits.truncate(limit);
    KeywordResult { hits, terms, chunks, languages, language }
}

fn occurrences(chunk: &Chunk, word: &QuestionWord) -> u32 {
    let distinct: HashSet<&String> = word.terms.iter().collect();
    distinct.into_iter().filter_map(|term| chunk.counts.get(term)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn keeps_the_contract() {
        assert!(crate::conformance::check(&MemoryIndex::new()).await.is_ok());
    }
}
