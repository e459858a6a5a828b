//! Collections of knowledge.

use hammock_contract::{
    ApiError, CollectionId, ErrorCode, Page,
    collection::{Collection, CollectionAccess, CollectionPatch, CollectionQuery, NewCollection},
    deletion::{Deletion, Dependents},
    page::PageRequest,
    retrieval::RetrievalSettings,
    system::IndexStatus,
    user::Role,
};
use hammock_store::{Scope, StoreError, audit, chunks, collections, dependents};

use crate::{
    Hammock, Result,
    collection_access::{AccessChange, managed},
    embedding::EmbeddingState,
    error::{from_store, taken},
    handbook,
    knowledge::jobs,
    validate,
};

impl Hammock {
    /// The collections that the caller may see, by name unless another order is wanted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_collections(
        &self,
        scope: &Scope,
        wanted: impl Into<CollectionQuery>,
    ) -> Result<Page<Collection>> {
        let CollectionQuery { limit, page_token, query, sort } = wanted.into();
        let request = PageRequest { limit, page_token, query };
        collections::list(scope, self.store().read(), &request, sort.unwrap_or_default()).await.map_err(from_store)
    }

    /// One collection.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn find_collection(&self, scope: &Scope, id: &CollectionId) -> Result<Collection> {
        collections::find(scope, self.store().read(), id).await.map_err(from_store)
    }

    /// Makes a collection.
    ///
    /// # Errors
    /// `role_required`, `invalid_field`, `name_taken`.
    pub async fn create_collection(&self, scope: &Scope, new: NewCollection) -> Result<Collection> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let NewCollection { name, description, retrieval, access, people } = new;
        let name = free(validate::name("name", &name, 1, 80)?)?;
        let description = validate::block("description", &description, 500)?;
        let retrieval = validate::retrieval(retrieval)?;
        let change =
            AccessChange::of(CollectionAccess::Organisation, scope.user().is_some(), Some(access), Some(people))?;
        let (id, now) = (CollectionId::new(), self.now());
        let tx = self.store().begin().await.map_err(from_store)?;
        collections::create(scope, &tx, id.clone(), &name, &description, now).await.map_err(taken(&name))?;
        if retrieval != RetrievalSettings::default() {
            let patch = CollectionPatch { retrieval: Some(retrieval), ..CollectionPatch::default() };
            collections::update(scope, &tx, &id, &patch, now).await.map_err(from_store)?;
        }
        let detail = serde_json::json!({ "name": name });
        audit::record(scope, &tx, "collection.create", id.as_str(), detail, now).await.map_err(from_store)?;
        if let Some(change) = change.filter(|change| change.access != CollectionAccess::Organisation) {
            change.apply(scope, &tx, &id, now).await?;
        }
        tx.commit().await.map_err(from_store)?;
        self.find_collection(scope, &id).await
    }

    /// Changes a collection. Who sees it can be changed by an administrator who does not; name, description
    /// and how it is searched cannot.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `invalid_field`, `name_taken`.
    pub async fn update_collection(
        &self,
        scope: &Scope,
        id: &CollectionId,
        patch: CollectionPatch,
    ) -> Result<Collection> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let CollectionPatch { name, description, retrieval, access, people } = patch;
        let patch = CollectionPatch {
            name: name.map(|text| validate::name("name", &text, 1, 80).and_then(free)).transpose()?,
            description: description.map(|text| validate::block("description", &text, 500)).transpose()?,
            retrieval: retrieval.map(validate::retrieval).transpose()?,
            ..CollectionPatch::default()
        };
        let changes_words = patch.name.is_some() || patch.description.is_some() || patch.retrieval.is_some();
        let changes_access = access.is_some() || people.is_some();
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let before = managed(scope, tx.db(), id, changes_access && !changes_words).await?;
        let change = AccessChange::of(before.access, before.created_by.is_some(), access, people)?;
        if changes_words || change.is_none() {
            collections::update(scope, &tx, id, &patch, now)
                .await
                .map_err(taken(patch.name.as_deref().unwrap_or_default()))?;
            let detail = serde_json::json!({ "name": patch.name, "retrieval": patch.retrieval });
            audit::record(scope, &tx, "collection.update", id.as_str(), detail, now).await.map_err(from_store)?;
        }
        if let Some(change) = change {
            change.apply(scope, &tx, id, now).await?;
        }
        tx.commit().await.map_err(from_store)?;
        self.managed_collection(scope, id).await
    }

    /// What people made that goes with something that is about to be deleted, or misses it afterwards.
    ///
    /// # Errors
    /// `role_required`, `not_found`.
    pub async fn count_dependents(&self, scope: &Scope, deletion: &Deletion) -> Result<Dependents> {
        scope.require(Role::Administrator).map_err(from_store)?;
        dependents::count(scope, self.store().read(), deletion).await.map_err(from_store)
    }

    /// Deletes a collection with everything in it, from the database at once and from both indexes by a job. An administrator
    /// can delete one without seeing it.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`.
    pub async fn delete_collection(&self, scope: &Scope, id: &CollectionId) -> Result<()> {
        scope.require(Role::Administrator).map_err(from_store)?;
        managed(scope, self.store().read(), id, true).await?;
        let now = self.now();
        self.stop_crawls_of(scope, id).await?;
        let tx = self.store().begin().await.map_err(from_store)?;
        let row = managed(scope, tx.db(), id, true).await?;
        collections::delete(scope, &tx, id).await.map_err(from_store)?;
        jobs::remove_collection(scope, &tx, id, now).await?;
        let detail = serde_json::json!({ "name": row.name });
        audit::record(scope, &tx, "collection.delete", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.0.work.notify_one();
        Ok(())
    }

    /// How the search side stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn index_status(&self, scope: &Scope) -> Result<IndexStatus> {
        let state = self.0.embedding.state();
        let (embedding_model, embedding_problem, languages) = match &state {
            EmbeddingState::Ready(embedder) => {
                (Some(embedder.space().model.clone()), None, embedder.languages().to_vec())
            }
            EmbeddingState::Loading => (None, Some("the embedding model is being loaded".to_owned()), Vec::new()),
            EmbeddingState::Missing(reason) => (None, Some(reason.clone()), Vec::new()),
        };
        let waiting_chunks = match state {
            EmbeddingState::Ready(_) => {
                chunks::count_waiting_for(scope, self.store().read()).await.map_err(from_store)?
            }
            EmbeddingState::Loading | EmbeddingState::Missing(_) => 0,
        };
        Ok(IndexStatus {
            embedding_model,
            embedding_problem,
            languages,
            waiting_chunks,
            upload_limit: self.upload_limit(),
            ollama_url: self.find_ollama().await,
        })
    }

    /// The built-in handbook is everybody's to read and nobody's to change.
    pub(crate) async fn refuse_read_only(&self, scope: &Scope, id: &CollectionId) -> Result<()> {
        if self.find_collection(scope, id).await?.read_only {
            return Err(read_only());
        }
        Ok(())
    }
}

/// It came with Hammock.
pub(crate) fn read_only() -> ApiError {
    ApiError::new(ErrorCode::ReadOnly, "this collection came with Hammock and cannot be changed")
}

/// A name, unless it is the built-in collection's, which stands in the same list.
fn free(name: String) -> Result<String> {
    if name.to_lowercase() == handbook::NAME.to_lowercase() {
        return Err(taken(&name)(StoreError::Duplicate("name".to_owned())));
    }
    Ok(name)
}
