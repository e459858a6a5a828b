//! How search by meaning stands, for administrators.

use hammock_contract::{
    system::{EmbeddingChange, EmbeddingKind, EmbeddingModel, EmbeddingStatus},
    user::Role,
};
use hammock_store::{
    Scope, chunks,
    embedding_models::{self, EmbeddingModelRow, EmbeddingRole},
    next_vectors,
};

use super::EmbeddingState;
use crate::{Hammock, Result, error::from_store};

impl Hammock {
    /// Which embedding model answers, which languages it serves, and how far a change is. Numbers are of what the caller may
    /// read.
    ///
    /// # Errors
    /// `role_required` below administrator.
    pub async fn embedding_status(&self, scope: &Scope) -> Result<EmbeddingStatus> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let db = self.store().read();
        let embedding = &self.0.embedding;
        let known = embedding_models::list(db).await.map_err(from_store)?;
        let embedder = match embedding.state() {
            EmbeddingState::Ready(embedder) => embedder,
            EmbeddingState::Loading => {
                return Ok(EmbeddingStatus { loading: true, ..EmbeddingStatus::default() });
            }
            EmbeddingState::Missing(reason) => {
                return Ok(EmbeddingStatus { problem: Some(reason), ..EmbeddingStatus::default() });
            }
        };
        let space = embedder.space();
        let serving = known.iter().find(|model| model.space == space.model).cloned().map_or_else(
            // No process with background work has been here yet.
            || EmbeddingModel {
                name: space.model.clone(),
                kind: embedding.chosen.as_ref().map_or(EmbeddingKind::Directory, super::EmbeddingChoice::kind),
                dimension: u32::try_from(space.dimension).unwrap_or(u32::MAX),
                languages: embedder.languages().to_vec(),
                max_tokens: u32::try_from(embedder.max_tokens()).unwrap_or(u32::MAX),
                since: self.now(),
            },
            model,
        );
        let problem = embedding.problem();
        // What cannot go on is no change that goes on.
        let next = known.into_iter().find(|model| model.role == EmbeddingRole::Next && !embedding.is_waited_for());
        let next = match next {
            Some(next) => {
                let count = next_vectors::count_for(scope, db).await.map_err(from_store)?;
                Some(EmbeddingChange { model: model(next), done: count.done, total: count.all })
            }
            None => None,
        };
        let waiting = chunks::count_waiting_for(scope, db).await.map_err(from_store)?;
        Ok(EmbeddingStatus { serving: Some(serving), loading: false, next, problem, waiting })
    }

    /// How many passages that the caller may read wait for a vector; none where no model was chosen: nobody waits there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_waiting_vectors(&self, scope: &Scope) -> Result<u64> {
        if self.0.embedding.chosen.is_none() {
            return Ok(0);
        }
        chunks::count_waiting_for(scope, self.store().read()).await.map_err(from_store)
    }
}

/// What is told of a model. Where it lies is the operator's business.
fn model(row: EmbeddingModelRow) -> EmbeddingModel {
    let EmbeddingModelRow { kind, name, dimension, languages, max_tokens, since, .. } = row;
    EmbeddingModel { name, kind, dimension, languages, max_tokens, since }
}
