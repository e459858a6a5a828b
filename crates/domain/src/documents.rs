//! Documents: files that people upload, pages that are crawled.

use std::path::PathBuf;

use hammock_contract::{
    ApiError, DocumentId, ErrorCode, Page, SourceId,
    document::{AskedAfter, Document, DocumentQuery, DocumentStanding, DocumentState, DocumentText, MAX_ASKED_AFTER},
    source::SourceKind,
    user::Role,
};
use hammock_store::{
    Scope, StoreError, audit, documents, revisions,
    sources::{self, SourceRow},
};

use crate::{
    Hammock, Result,
    collections::read_only,
    error::{from_store, internal},
    knowledge::{files, jobs},
    metadata::filtering,
    validate,
};

/// A file that was received into the spool folder.
#[derive(Debug, Clone)]
pub struct UploadedFile {
    /// Its name, as the sender has it.
    pub file_name: String,
    /// Its media type, as the sender says.
    pub media_type: Option<String>,
    /// Where it lies; it is moved from there.
    pub spooled: PathBuf,
    /// Its size. Bytes.
    pub bytes: u64,
}

impl Hammock {
    /// The documents that match, by title.
    ///
    /// # Errors
    /// `invalid_field` for a field of metadata that no collection has, or that cannot be compared so.
    pub async fn list_documents(&self, scope: &Scope, query: DocumentQuery) -> Result<Page<Document>> {
        let db = self.store().read();
        let conditions = filtering::conditions_of_list(scope, db, &query).await?;
        documents::list_meeting(scope, db, &query, &conditions).await.map_err(from_store)
    }

    /// How documents stand; those that are not there for the scope are left out.
    ///
    /// # Errors
    /// `invalid_field` for too many at once.
    pub async fn list_standings(&self, scope: &Scope, asked: AskedAfter) -> Result<Vec<DocumentStanding>> {
        if asked.documents.is_empty() {
            return Ok(Vec::new());
        }
        if asked.documents.len() > MAX_ASKED_AFTER {
            let message = format!("at most {MAX_ASKED_AFTER} documents are asked after at once");
            return Err(validate::invalid("documents", message));
        }
        documents::list_standings(scope, self.store().read(), &asked.documents).await.map_err(from_store)
    }

    /// One document.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn find_document(&self, scope: &Scope, id: &DocumentId) -> Result<Document> {
        let row = documents::find(scope, self.store().read(), id).await.map_err(from_store)?;
        Ok(row.into_document())
    }

    /// A document's text and chunks: of the revision that answers, or of an earlier one that a citation names. The text
    /// of a document that was never read is empty: the document says why.
    ///
    /// # Errors
    /// `not_found`, also for a revision that is no longer kept.
    pub async fn document_text(&self, scope: &Scope, id: &DocumentId, revision: Option<u32>) -> Result<DocumentText> {
        let db = self.store().read();
        let document = documents::find(scope, db, id).await.map_err(from_store)?.into_document();
        let wanted = revision.unwrap_or(document.revision);
        if wanted == 0 && document.revision == 0 {
            let (text, chunks, unused_edits) = (String::new(), Vec::new(), Vec::new());
            return Ok(DocumentText { current: true, document, revision: 0, text, chunks, unused_edits });
        }
        let text = revisions::find(scope, db, id, wanted).await.map_err(from_store)?.text;
        let (chunks, mut unused_edits) = self.chunks_with_edits(scope, db, id, wanted).await?;
        let current = wanted == document.revision;
        if !current {
            // No chunks of an earlier revision are kept that an edit could belong to.
            unused_edits.clear();
        }
        Ok(DocumentText { current, document, revision: wanted, text, chunks, unused_edits })
    }

    /// Where the server receives files. On the file system of the data, so that a received file is moved, not copied.
    pub fn upload_dir(&self) -> PathBuf {
        files::spool(&self.settings().data_dir)
    }

    /// The largest file that is taken. Bytes.
    pub fn upload_limit(&self) -> u64 {
        self.settings().upload_limit
    }

    /// That the caller may add files to a source, before any of them is sent.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`; `invalid_field` for a source whose documents come from elsewhere.
    pub async fn check_upload(&self, scope: &Scope, source: &SourceId) -> Result<()> {
        self.upload_source(scope, source).await.map(drop)
    }

    async fn upload_source(&self, scope: &Scope, source: &SourceId) -> Result<SourceRow> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let db = self.store().read();
        let found = sources::find_writable(scope, db, source).await;
        if matches!(found, Err(StoreError::NotFound)) {
            // What can be read and not written came with Hammock.
            sources::find_row(scope, db, source).await.map_err(from_store)?;
            return Err(read_only());
        }
        let row = found.map_err(from_store)?;
        if !matches!(row.kind, SourceKind::Upload) {
            return Err(validate::invalid("source", "files can be added to a source of kind upload alone"));
        }
        Ok(row)
    }

    /// Takes a received file as a document of an upload source; one of the same name is replaced by it. It is read by a job.
    ///
    /// # Errors
    /// As [`Self::check_upload`]; `empty_file`, `too_large`, `unsupported_file_type`, `storage_full`.
    pub async fn upload_file(&self, scope: &Scope, source: &SourceId, file: UploadedFile) -> Result<Document> {
        self.upload_or_replace(scope, source, file).await.map(|(document, _replaced)| document)
    }

    /// The same, and whether there was a file of this name before.
    ///
    /// # Errors
    /// As [`Self::check_upload`]; `empty_file`, `too_large`, `unsupported_file_type`, `storage_full`.
    pub async fn upload_or_replace(
        &self,
        scope: &Scope,
        source: &SourceId,
        file: UploadedFile,
    ) -> Result<(Document, bool)> {
        let row = self.upload_source(scope, source).await?;
        let name = files::display_name(&file.file_name)?;
        if file.bytes == 0 {
            return Err(ApiError::new(ErrorCode::EmptyFile, "the file is empty; save it again with its content")
                .with("file", &name));
        }
        if file.bytes > self.upload_limit() {
            return Err(ApiError::too_large(self.upload_limit()));
        }
        let media_type = files::recognise(&name, file.media_type.as_deref(), &file.spooled).await?;
        let key = files::keep(&self.settings().data_dir, scope, &row.collection_id, &file.spooled).await?;
        let stored = self.store_upload(scope, source, &name, &key, media_type, file.bytes).await;
        let unused = match &stored {
            Ok((_, replaced)) => replaced.as_deref(),
            Err(_) => Some(key.as_str()),
        };
        if let Some(unused) = unused
            && let Err(error) = files::remove(&self.settings().data_dir, unused).await
        {
            tracing::warn!(%error, file = unused, "a file that is no longer used could not be removed");
        }
        let (id, replaced) = stored?;
        self.0.work.notify_one();
        Ok((self.find_document(scope, &id).await?, replaced.is_some()))
    }

    /// Notes a kept file: the document, and the key of the file that it replaces.
    async fn store_upload(
        &self,
        scope: &Scope,
        source: &SourceId,
        name: &str,
        key: &str,
        media_type: String,
        bytes: u64,
    ) -> Result<(DocumentId, Option<String>)> {
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let existing = documents::find_by_location(scope, tx.db(), source, name).await.map_err(from_store)?;
        let (id, replaced) = match existing {
            Some(document) => {
                let id = document.id;
                documents::set_file(scope, &tx, &id, key, &media_type, bytes).await.map_err(from_store)?;
                (id, document.file_key)
            }
            None => {
                let id = DocumentId::new();
                let new = documents::NewDocument {
                    id: id.clone(),
                    title: name.to_owned(),
                    location: name.to_owned(),
                    url: None,
                    media_type,
                    bytes,
                    file_key: Some(key.to_owned()),
                    seen_in_crawl: 0,
                };
                documents::create_many(scope, &tx, source, vec![new], now).await.map_err(from_store)?;
                (id, None)
            }
        };
        jobs::read_document(scope, &tx, source, &id, now).await?;
        self.follow_documents(scope, &tx, source).await?;
        let detail = serde_json::json!({ "name": name, "bytes": bytes, "source": source });
        audit::record(scope, &tx, "document.upload", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok((id, replaced))
    }

    /// The original of an uploaded file.
    ///
    /// # Errors
    /// `not_found`, also for pages: their original is on the web.
    pub async fn open_original(&self, scope: &Scope, id: &DocumentId) -> Result<(Document, PathBuf)> {
        let row = documents::find(scope, self.store().read(), id).await.map_err(from_store)?;
        let key = row.file_key.clone().ok_or_else(ApiError::not_found)?;
        Ok((row.into_document(), files::path(&self.settings().data_dir, &key)))
    }

    /// Reads a document again.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`.
    pub async fn reindex_document(&self, scope: &Scope, id: &DocumentId) -> Result<Document> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let row = documents::find(scope, self.store().read(), id).await.map_err(from_store)?;
        self.refuse_read_only(scope, &row.collection_id).await?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        documents::set_state(scope, &tx, id, DocumentState::Processing, None).await.map_err(from_store)?;
        jobs::read_document(scope, &tx, &row.source_id, id, now).await?;
        self.follow_documents(scope, &tx, &row.source_id).await?;
        audit::record(scope, &tx, "document.reindex", id.as_str(), serde_json::Value::Null, now)
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.0.work.notify_one();
        self.find_document(scope, id).await
    }

    /// Deletes a document from the database at once and from both indexes by a job.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`.
    pub async fn delete_document(&self, scope: &Scope, id: &DocumentId) -> Result<()> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let row = documents::find(scope, self.store().read(), id).await.map_err(from_store)?;
        self.refuse_read_only(scope, &row.collection_id).await?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        documents::delete(scope, &tx, id).await.map_err(from_store)?;
        self.follow_documents(scope, &tx, &row.source_id).await?;
        jobs::remove_documents(scope, &tx, vec![(id.clone(), row.file_key)], now).await?;
        let detail = serde_json::json!({ "title": row.title, "location": row.location });
        audit::record(scope, &tx, "document.delete", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.0.work.notify_one();
        Ok(())
    }
}

/// An error of the file system.
pub(crate) fn from_io(error: std::io::Error) -> ApiError {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return crate::error::storage_full();
    }
    internal(error)
}
