//! Search in knowledge: what the search box, the API and every answer rest on.

use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

use hammock_contract::{
    ChunkId, CollectionId, DocumentId,
    metadata::MetadataFilter,
    retrieval::{PASSAGES, RetrievalInForce},
    search::{SearchHit, SearchMode, SearchRequest, SearchResponse},
};
use hammock_retrieval::{
    SearchFilter,
    evidence::Evidence,
    fusion::Fused,
    search::{self, Candidates, QueryVector, Ranking},
    settings,
};
use hammock_store::{
    Scope, assistants, chunks, collections, scope::builtin_organisation, scope::handbook_collection, waiting_chunks,
};

use crate::{
    Hammock, Result,
    chat::Tried,
    error::{from_index, from_store},
    metadata::filtering,
    validate,
};

/// How often the index is asked where the database does not confirm what it found: between the two a new revision may have
/// begun to answer, and the index knows it by then. What it keeps of others until they are removed stays unconfirmed.
const ATTEMPTS: u32 = 2;

/// What a search found, with everything that an answer needs.
pub(crate) struct Found {
    /// The passages, best first.
    pub passages: Vec<Passage>,
    /// How sure it is that they answer the question.
    pub evidence: Evidence,
    /// Why the vector side took no part.
    pub vector_missing: Option<String>,
    /// What both sides found.
    pub candidates: Candidates,
}

impl Found {
    /// Whether an answer may be given.
    pub fn is_enough(&self, threshold: f32) -> bool {
        !self.passages.is_empty() && self.evidence.reaches(threshold)
    }

    /// What a model is given of it, where it may be given at most so many.
    pub fn sent(&self, passages: u8) -> &[Passage] {
        &self.passages[..self.passages.len().min(usize::from(passages))]
    }
}

/// How passages are looked for.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Which side of the index answers.
    pub mode: SearchMode,
    /// The weight of words and the language are taken from here.
    pub settings: &'a RetrievalInForce,
    /// At most this many passages.
    pub limit: usize,
    /// Only in documents whose metadata is so.
    pub filters: &'a [MetadataFilter],
    /// And in these, whatever their metadata is.
    pub besides: &'a [DocumentId],
}

/// A chunk that was found, as the database has it now.
pub(crate) struct Passage {
    /// The chunk with its document.
    pub row: chunks::FoundChunk,
    /// Its scores.
    pub hit: Fused,
}

/// What the database confirmed of what the index found.
struct Confirmed {
    ranking: Ranking,
    rows: HashMap<ChunkId, chunks::FoundChunk>,
    /// Whether all of it was.
    is_whole: bool,
}

/// Where a search looks, and how.
struct Place {
    collections: Vec<CollectionId>,
    settings: RetrievalInForce,
    system_message: String,
    filters: Vec<MetadataFilter>,
}

impl Hammock {
    /// Searches in the collections that the caller names and may see; in all that they may see when none is named. Or as an
    /// assistant does, in its collections and by its settings.
    ///
    /// # Errors
    /// `invalid_field`, `not_found` for a collection or an assistant that is not there.
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
        let (limit, mode) = (limit as usize, request.mode);
        let Place { collections, settings, system_message, filters } = self.place_of(scope, &request).await?;
        // What is explained is what a chat would do, which looks at more than it may be shown here.
        let least = if request.explain { settings.passages.max(PASSAGES) } else { 0 };
        let most = limit.max(usize::from(least));
        let wanted = Wanted { mode, settings: &settings, limit: most, filters: &filters, besides: &[] };
        let found = self.find_passages(scope, &query, collections, wanted).await?;
        let explanation = if request.explain {
            let tried = Tried { question: &query, mode, settings, system_message: &system_message };
            let mut explanation = self.explain(scope, &found, tried).await?;
            explanation.hits.truncate(limit);
            Some(Box::new(explanation))
        } else {
            None
        };
        Ok(SearchResponse {
            evidence: found.evidence.value,
            vectors_used: found.vector_missing.is_none() && mode != SearchMode::Keyword,
            vector_missing: found.vector_missing.filter(|_| mode != SearchMode::Keyword),
            hits: found.passages.into_iter().take(limit).map(hit).collect(),
            took_ms: u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX),
            explanation,
        })
    }

    /// Where a search looks, and by which settings.
    async fn place_of(&self, scope: &Scope, request: &SearchRequest) -> Result<Place> {
        let db = self.store().read();
        if let Some(id) = &request.assistant {
            if !request.collections.is_empty() {
                let message = "name an assistant or collections: an assistant searches in its own";
                return Err(validate::invalid("collections", message));
            }
            let assistant = assistants::find(scope, db, id).await.map_err(from_store)?.settings;
            let visible = collections::retain_visible(scope, db, &assistant.collections).await.map_err(from_store)?;
            let theirs = collections::list_retrieval(scope, db, &visible).await.map_err(from_store)?;
            let settings = settings::of_assistant(assistant.strictness, &assistant.retrieval, &theirs);
            let mut filters = filtering::check(scope, db, &visible, request.filters.clone(), &[]).await?;
            filters.extend(assistant.filters);
            return Ok(Place { collections: visible, settings, system_message: assistant.system_message, filters });
        }
        let visible = if request.collections.is_empty() {
            collections::list_ids(scope, db).await.map_err(from_store)?
        } else {
            // However often they are named: each costs the database and both indexes a value.
            let wanted = validate::each_once(request.collections.clone());
            let visible = collections::retain_visible(scope, db, &wanted).await.map_err(from_store)?;
            if visible.len() < wanted.len() {
                return Err(hammock_contract::ApiError::not_found().on("collections"));
            }
            visible
        };
        let theirs = collections::list_retrieval(scope, db, &visible).await.map_err(from_store)?;
        let settings = settings::of_collections(&theirs);
        let filters = filtering::check(scope, db, &visible, request.filters.clone(), &[]).await?;
        Ok(Place { collections: visible, settings, system_message: String::new(), filters })
    }

    /// The best passages for a question. `collections` are those that the caller may see.
    pub(crate) async fn find_passages(
        &self,
        scope: &Scope,
        text: &str,
        collections: Vec<CollectionId>,
        wanted: Wanted<'_>,
    ) -> Result<Found> {
        let Wanted { mode, settings, .. } = wanted;
        let documents = self.filtered_documents(scope, &collections, wanted.filters).await?;
        let documents = documents.map(|found| {
            let mut all: Vec<DocumentId> = found.iter().chain(wanted.besides).cloned().collect();
            // The index looks them up in their order.
            all.sort_unstable();
            all.into()
        });
        let filter = SearchFilter { documents, ..filter_of(scope, collections) };
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
        // Where none is set, the index recognises it: it knows the languages of what it searches.
        let language = settings.language.as_deref();
        let mut attempt = 1;
        let (candidates, ranking, mut rows) = loop {
            let found = search::search(&*self.0.index, text, language, &filter, mode, query_vector).await;
            let mut candidates = found.map_err(from_index)?;
            if let (SearchMode::Hybrid, Some(space)) = (mode, &space) {
                let (db, by_words) = (self.store().read(), candidates.found_by_words_alone());
                candidates.waiting =
                    waiting_chunks::among(scope, db, &space.model, &by_words).await.map_err(from_store)?;
            }
            let confirmed = self.answering(scope, &mut candidates, wanted).await?;
            if confirmed.is_whole || attempt == ATTEMPTS {
                break (candidates, confirmed.ranking, confirmed.rows);
            }
            attempt += 1;
        };
        let passages = ranking
            .hits
            .into_iter()
            .filter_map(|hit| {
                let row = rows.remove(&hit.chunk)?;
                Some(Passage { row, hit })
            })
            .collect();
        Ok(Found { passages, evidence: ranking.evidence, vector_missing: vector.err(), candidates })
    }

    /// The ranking of what answers. The database has the last word about which revision does and about who may see it: hits
    /// that it does not confirm are dropped and the rest is ranked again, so that neither the order nor the evidence rests
    /// on them.
    async fn answering(&self, scope: &Scope, candidates: &mut Candidates, wanted: Wanted<'_>) -> Result<Confirmed> {
        let mut is_whole = true;
        loop {
            let ranking = candidates.rank_weighted(wanted.mode, wanted.settings.keyword_weight, wanted.limit);
            let ids: Vec<ChunkId> = ranking.hits.iter().map(|hit| hit.chunk.clone()).collect();
            let rows: HashMap<ChunkId, chunks::FoundChunk> = chunks::load(scope, self.store().read(), &ids)
                .await
                .map_err(from_store)?
                .into_iter()
                .map(|row| (row.chunk.id.clone(), row))
                .collect();
            let unconfirmed = ranking.hits.iter().filter(|hit| !rows.contains_key(&hit.chunk));
            // A chunk that was edited or switched off takes none of its revision with it.
            let answering: HashSet<(DocumentId, u32)> =
                rows.values().map(|row| (row.chunk.document_id.clone(), row.chunk.revision)).collect();
            let (mut stale_chunks, mut stale_revisions) = (HashSet::new(), HashSet::new());
            for hit in unconfirmed {
                let revision = (hit.document.clone(), hit.revision);
                if answering.contains(&revision) {
                    stale_chunks.insert(hit.chunk.clone());
                } else {
                    stale_revisions.insert(revision);
                }
            }
            if stale_chunks.is_empty() && stale_revisions.is_empty() {
                return Ok(Confirmed { ranking, rows, is_whole });
            }
            is_whole = false;
            // Every round drops at least one chunk, so this ends.
            candidates.retain(|document, revision, chunk| {
                !stale_chunks.contains(chunk) && !stale_revisions.contains(&(document.clone(), revision))
            });
        }
    }
}

/// What a scope may see of these collections, inside the index.
pub(crate) fn filter_of(scope: &Scope, collections: Vec<CollectionId>) -> SearchFilter {
    let mut organisations = vec![scope.organisation().clone()];
    if collections.contains(&handbook_collection()) && !scope.is_builtin() {
        organisations.push(builtin_organisation());
    }
    SearchFilter { organisations, collections, documents: None }
}

fn hit(passage: Passage) -> SearchHit {
    let Passage { row, hit: Fused { score, keyword_score, vector_score, .. } } = passage;
    let chunks::FoundChunk { chunk, title, url, edited, .. } = row;
    SearchHit {
        document: chunk.document_id,
        chunk: chunk.id,
        collection: chunk.collection_id,
        revision: chunk.revision,
        title,
        headings: chunk.headings,
        url,
        text: chunk.text,
        edited,
        start: chunk.start_byte,
        end: chunk.end_byte,
        score,
        keyword_score,
        vector_score,
    }
}
