//! Search in knowledge: what the search box, the API and every answer rest on.

use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

use hammock_contract::{
    ChunkId, CollectionId, DocumentId,
    search::{SearchHit, SearchMode, SearchRequest, SearchResponse},
};
use hammock_llm::Embedder;
use hammock_retrieval::{
    SearchFilter,
    evidence::Evidence,
    question,
    search::{self, Candidates, QueryVector, Ranking},
};
use hammock_store::{Scope, chunks, collections, scope::builtin_organisation, scope::handbook_collection};

use crate::{
    Hammock, Result,
    error::{from_index, from_store},
    validate,
};

/// What a search found, with everything that an answer needs.
pub(crate) struct Found {
    /// The passages, best first.
    pub passages: Vec<Passage>,
    /// How sure it is that they answer the question.
    pub evidence: Evidence,
    /// Why the vector side took no part.
    pub vector_missing: Option<String>,
}

/// A chunk that was found, as the database has it now.
pub(crate) struct Passage {
    /// The chunk with its document.
    pub row: chunks::FoundChunk,
    /// Higher is better; comparable within one answer only.
    pub score: f32,
    /// The BM25 score.
    pub keyword_score: Option<f32>,
    /// The cosine similarity.
    pub vector_score: Option<f32>,
}

impl Hammock {
    /// Searches in the collections that the caller names and may see; in all that they may see when none is named.
    ///
    /// # Errors
    /// `invalid_field`, `not_found` for a collection that is not there.
    pub async fn search(&self, scope: &Scope, request: SearchRequest) -> Result<SearchResponse> {
        let began = Instant::now();
        let query = validate::block("query", &request.query, 2_000)?;
        if query.is_empty() {
            return Err(validate::too_short_or_long("query", "type what you are looking for", 1, 2_000));
        }
        let limit = request.limit.unwrap_or(10);
        if !(1..=100).contains(&limit) {
            return Err(validate::invalid("limit", "limit lies between 1 and 100").with("min", 1).with("max", 100));
        }
        let visible = if request.collections.is_empty() {
            collections::list_ids(scope, self.store().read()).await.map_err(from_store)?
        } else {
            let visible = collections::retain_visible(scope, self.store().read(), &request.collections)
                .await
                .map_err(from_store)?;
            if visible.len() < request.collections.len() {
                return Err(hammock_contract::ApiError::not_found().on("collections"));
            }
            visible
        };
        let found = self.find_passages(scope, &query, visible, request.mode, limit as usize).await?;
        Ok(SearchResponse {
            evidence: found.evidence.value,
            vectors_used: found.vector_missing.is_none() && request.mode != SearchMode::Keyword,
            vector_missing: found.vector_missing.filter(|_| request.mode != SearchMode::Keyword),
            hits: found.passages.into_iter().map(hit).collect(),
            took_ms: u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX),
        })
    }

    /// The best passages for a question. `collections` are those that the caller may see.
    pub(crate) async fn find_passages(
        &self,
        scope: &Scope,
        text: &str,
        collections: Vec<CollectionId>,
        mode: SearchMode,
        limit: usize,
    ) -> Result<Found> {
        let filter = filter_of(scope, collections);
        let vector = match mode {
            SearchMode::Keyword => Err("only words were asked for".to_owned()),
            SearchMode::Hybrid | SearchMode::Vector => self.0.embedding.question(text).await,
        };
        let space = vector.as_ref().ok().map(|(embedder, _)| embedder.space().clone());
        let query_vector = match (&vector, &space) {
            (Ok((embedder, vector)), Some(space)) => {
                Some(QueryVector { space, vector, languages: embedder.languages() })
            }
            _ => None,
        };
        let language = question::language(text, std::iter::empty());
        let mut candidates = search::search(&*self.0.index, text, language.as_deref(), &filter, mode, query_vector)
            .await
            .map_err(from_index)?;

        let (ranking, mut rows) = self.answering(scope, &mut candidates, mode, limit).await?;
        let passages = ranking
            .hits
            .into_iter()
            .filter_map(|hit| {
                let row = rows.remove(&hit.chunk)?;
                Some(Passage {
                    row,
                    score: hit.score,
                    keyword_score: hit.keyword_score,
                    vector_score: hit.vector_score,
                })
            })
            .collect();
        Ok(Found { passages, evidence: ranking.evidence, vector_missing: vector.err() })
    }

    /// The ranking of what answers. The database has the last word about which revision does and about who may see it: hits
    /// that it does not confirm are dropped and the rest is ranked again, so that neither the order nor the evidence rests
    /// on them.
    async fn answering(
        &self,
        scope: &Scope,
        candidates: &mut Candidates,
        mode: SearchMode,
        limit: usize,
    ) -> Result<(Ranking, HashMap<ChunkId, chunks::FoundChunk>)> {
        loop {
            let ranking = candidates.rank(mode, limit);
            let ids: Vec<ChunkId> = ranking.hits.iter().map(|hit| hit.chunk.clone()).collect();
            let rows: HashMap<ChunkId, chunks::FoundChunk> = chunks::load(scope, self.store().read(), &ids)
                .await
                .map_err(from_store)?
                .into_iter()
                .map(|row| (row.chunk.id.clone(), row))
                .collect();
            let stale: HashSet<(DocumentId, u32)> = ranking
                .hits
                .iter()
                .filter(|hit| !rows.contains_key(&hit.chunk))
                .map(|hit| (hit.document.clone(), hit.revision))
                .collect();
            if stale.is_empty() {
                return Ok((ranking, rows));
            }
            // Every round drops at least one revision, so this ends.
            candidates.retain(|document, revision| !stale.contains(&(document.clone(), revision)));
        }
    }
}

/// What a scope may see of these collections, inside the index.
fn filter_of(scope: &Scope, collections: Vec<CollectionId>) -> SearchFilter {
    let mut organisations = vec![scope.organisation().clone()];
    if collections.contains(&handbook_collection()) && !scope.is_builtin() {
        organisations.push(builtin_organisation());
    }
    SearchFilter { organisations, collections }
}

fn hit(passage: Passage) -> SearchHit {
    let Passage { row, score, keyword_score, vector_score } = passage;
    let chunks::FoundChunk { chunk, title, url, .. } = row;
    SearchHit {
        document: chunk.document_id,
        chunk: chunk.id,
        collection: chunk.collection_id,
        revision: chunk.revision,
        title,
        headings: chunk.headings,
        url,
        text: chunk.text,
        start: chunk.start_byte,
        end: chunk.end_byte,
        score,
        keyword_score,
        vector_score,
    }
}
