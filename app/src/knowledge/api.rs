//! Server functions of the Data section.

use hammock_contract::{
    ChunkEditId, ChunkId, CollectionId, CrawlId, DocumentId, Page, SourceId,
    collection::{AccessQuery, AccessReport, Collection, CollectionPatch, CollectionQuery, NewCollection},
    crawl::{Crawl, CrawlPage, CrawlPageQuery},
    deletion::{Deletion, Dependents},
    document::{AskedAfter, Chunk, ChunkPatch, Document, DocumentQuery, DocumentStanding},
    reading::{Reading, ReadingRequest, SearchReading},
    search::SearchRequest,
    source::{NewSource, Source, SourcePatch},
    system::IndexStatus,
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// The collections, a page at a time.
///
/// # Errors
/// When nobody is signed in.
#[server(prefix = "/api/fn", endpoint = "knowledge/list_collections", input = Json, output = Json)]
pub async fn list_collections(page: CollectionQuery) -> Result<Page<Collection>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_collections(&scope, page).await?)
}

/// A collection with its counts.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "knowledge/find_collection", input = Json, output = Json)]
pub async fn find_collection(collection: CollectionId) -> Result<Collection, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.find_collection(&scope, &collection).await?)
}

/// The collections that an administrator manages without seeing what is in them.
///
/// # Errors
/// `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/list_hidden_collections", input = Json, output = Json)]
pub async fn list_hidden_collections() -> Result<Vec<Collection>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_hidden_collections(&scope).await?)
}

/// Who sees what is in a collection, and by which rule.
///
/// # Errors
/// `not_found`; `role_required` for asking about somebody else.
#[server(prefix = "/api/fn", endpoint = "knowledge/explain_access", input = Json, output = Json)]
pub async fn explain_access(collection: CollectionId, query: AccessQuery) -> Result<AccessReport, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.explain_access(&scope, &collection, query).await?)
}

/// Makes a collection.
///
/// # Errors
/// `name_taken`, `invalid_field`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/create_collection", input = Json, output = Json)]
pub async fn create_collection(collection: NewCollection) -> Result<Collection, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.create_collection(&scope, collection).await?)
}

/// Changes a collection's name, its description, how it is searched, or who sees what is in it.
///
/// # Errors
/// `name_taken`, `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/update_collection", input = Json, output = Json)]
pub async fn update_collection(collection: CollectionId, patch: CollectionPatch) -> Result<Collection, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_collection(&scope, &collection, patch).await?)
}

/// Deletes a collection with everything in it.
///
/// # Errors
/// `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/delete_collection", input = Json, output = Json)]
pub async fn delete_collection(collection: CollectionId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.delete_collection(&scope, &collection).await?)
}

/// How the search side of this installation stands.
///
/// # Errors
/// When nobody is signed in.
#[server(prefix = "/api/fn", endpoint = "knowledge/read_index_status", input = Json, output = Json)]
pub async fn read_index_status() -> Result<IndexStatus, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.index_status(&scope).await?)
}

/// The sources of a collection.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "knowledge/list_sources", input = Json, output = Json)]
pub async fn list_sources(collection: CollectionId) -> Result<Vec<Source>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_sources(&scope, &collection).await?)
}

/// Adds a source. A website starts to be read at once.
///
/// # Errors
/// `invalid_url`, `forbidden_address`, `name_taken`, `read_only`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/create_source", input = Json, output = Json)]
pub async fn create_source(collection: CollectionId, source: NewSource) -> Result<Source, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.create_source(&scope, &collection, source).await?)
}

/// Changes the name of a source, or how a website is read from the next time on.
///
/// # Errors
/// `invalid_field`, `invalid_url`, `forbidden_address`, `name_taken`, `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/update_source", input = Json, output = Json)]
pub async fn update_source(source: SourceId, patch: SourcePatch) -> Result<Source, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_source(&scope, &source, patch).await?)
}

/// The last crawls of a source, at most ten of all pages and ten of some, newest first.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "knowledge/list_crawls", input = Json, output = Json)]
pub async fn list_crawls(source: SourceId) -> Result<Vec<Crawl>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_crawls(&scope, &source).await?)
}

/// What one of the last crawls made of each address, by address, a page at a time.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "knowledge/list_crawl_pages", input = Json, output = Json)]
pub async fn list_crawl_pages(
    source: SourceId,
    crawl: CrawlId,
    query: CrawlPageQuery,
) -> Result<Page<CrawlPage>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_crawl_pages(&scope, &source, &crawl, query).await?)
}

/// Accepts a crawl that is held: what it did not find is removed.
///
/// # Errors
/// `invalid_request` when none is held, `busy`, `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/accept_crawl", input = Json, output = Json)]
pub async fn accept_crawl(source: SourceId) -> Result<Source, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.accept_crawl(&scope, &source).await?)
}

/// Rejects a crawl that is held: what it found is dropped.
///
/// # Errors
/// `invalid_request` when none is held, `busy`, `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/reject_crawl", input = Json, output = Json)]
pub async fn reject_crawl(source: SourceId) -> Result<Source, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.reject_crawl(&scope, &source).await?)
}

/// What people made that goes with something, or misses it afterwards.
///
/// # Errors
/// `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/count_dependents", input = Json, output = Json)]
pub async fn count_dependents(deletion: Deletion) -> Result<Dependents, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.count_dependents(&scope, &deletion).await?)
}

/// Deletes a source with its documents.
///
/// # Errors
/// `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/delete_source", input = Json, output = Json)]
pub async fn delete_source(source: SourceId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.delete_source(&scope, &source).await?)
}

/// Reads a source again.
///
/// # Errors
/// `busy`, `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/refresh_source", input = Json, output = Json)]
pub async fn refresh_source(source: SourceId) -> Result<Source, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.refresh_source(&scope, &source).await?)
}

/// Stops the work on a source; what was read stays.
///
/// # Errors
/// `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/stop_source", input = Json, output = Json)]
pub async fn stop_source(source: SourceId) -> Result<Source, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.stop_source(&scope, &source).await?)
}

/// Documents, a page at a time.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "knowledge/list_documents", input = Json, output = Json)]
pub async fn list_documents(query: DocumentQuery) -> Result<Page<Document>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_documents(&scope, query).await?)
}

/// How documents stand, by their ids.
///
/// # Errors
/// `invalid_field` for too many at once.
#[server(prefix = "/api/fn", endpoint = "knowledge/list_standings", input = Json, output = Json)]
pub async fn list_standings(asked: AskedAfter) -> Result<Vec<DocumentStanding>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_standings(&scope, asked).await?)
}

/// A part of a document's text, chunk by chunk, as it answers now or as an earlier revision had it.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "knowledge/read_document", input = Json, output = Json)]
pub async fn read_document(wanted: ReadingRequest) -> Result<Reading, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.read_text(&scope, wanted).await?)
}

/// Deletes a document.
///
/// # Errors
/// `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/delete_document", input = Json, output = Json)]
pub async fn delete_document(document: DocumentId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.delete_document(&scope, &document).await?)
}

/// Deletes a page of a website, and leaves it out of the next crawls.
///
/// # Errors
/// `read_only`, `not_found`, `role_required`, `invalid_request` for a file.
#[server(prefix = "/api/fn", endpoint = "knowledge/leave_out_page", input = Json, output = Json)]
pub async fn leave_out_page(document: DocumentId) -> Result<Source, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.leave_out_page(&scope, &document).await?)
}

/// Reads a document again.
///
/// # Errors
/// `busy`, `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/reindex_document", input = Json, output = Json)]
pub async fn reindex_document(document: DocumentId) -> Result<Document, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.reindex_document(&scope, &document).await?)
}

/// Gives a chunk another text, switches it off or on, or restores the document's text.
///
/// # Errors
/// `invalid_field`, `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/update_chunk", input = Json, output = Json)]
pub async fn update_chunk(document: DocumentId, chunk: ChunkId, patch: ChunkPatch) -> Result<Chunk, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_chunk(&scope, &document, &chunk, patch).await?)
}

/// Throws away the edit of a chunk whose text the document no longer has.
///
/// # Errors
/// `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "knowledge/discard_edit", input = Json, output = Json)]
pub async fn discard_edit(document: DocumentId, edit: ChunkEditId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.discard_edit(&scope, &document, &edit).await?)
}

/// Searches in knowledge; each passage also as people read it, with the words of the question marked where it explains.
///
/// # Errors
/// `invalid_field`, `not_found`, `no_embedding_model`.
#[server(prefix = "/api/fn", endpoint = "knowledge/search", input = Json, output = Json)]
pub async fn search(request: SearchRequest) -> Result<SearchReading, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.search_to_read(&scope, request).await?)
}
