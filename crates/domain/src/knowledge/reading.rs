//! Reading one document: an uploaded file from disk. A page of a website goes the way of a crawl, see [`super::page_again`].

use hammock_contract::{ApiError, DocumentId, ErrorCode, document::DocumentState};
use hammock_ingest::{isolate::FileToParse, render::RenderError};
use hammock_net::NetError;
use hammock_store::{Scope, StoreError, Tx, documents};
use tokio_util::sync::CancellationToken;

use super::{
    changes::Change,
    files,
    jobs::Reached,
    pipeline::{self, Readable},
};
use crate::{
    Hammock, Result,
    documents::from_io,
    error::{from_store, internal},
    outgoing::not_listed,
};

impl Hammock {
    /// Reads a document and lets it answer. A document that was deleted meanwhile is no failure; neither is one that was
    /// uploaded again: it is left `Processing`, for [`Self::after_reading`].
    pub(crate) async fn read_document(
        &self,
        scope: &Scope,
        id: &DocumentId,
        stop: &CancellationToken,
        shutdown: &CancellationToken,
    ) -> Result<Reached> {
        let row = match documents::find_writable(scope, self.store().read(), id).await {
            Ok(row) => row,
            Err(StoreError::NotFound) => return Ok(Reached::End),
            Err(error) => return Err(from_store(error)),
        };
        match row.file_key.clone() {
            Some(key) => self.read_file(scope, &row, &key).await.map(|()| Reached::End),
            None => self.read_page_again(scope, &row, stop, shutdown).await,
        }
    }

    async fn read_file(&self, scope: &Scope, row: &documents::DocumentRow, key: &str) -> Result<()> {
        let id = &row.id;
        let path = files::path(&self.settings().data_dir, key);
        let bytes = match tokio::fs::read(path).await {
            Ok(bytes) => bytes.into(),
            Err(error) => return self.unreadable(scope, row, from_io(error)).await,
        };
        let file = FileToParse { file_name: row.location.clone(), media_type: Some(row.media_type.clone()), bytes };
        let parsed = match self.0.parser.parse(file).await {
            Ok(parsed) => parsed,
            Err(error) => return self.unreadable(scope, row, error.into()).await,
        };
        let sizer = self.0.embedding.settled_sizer().await;
        let file_name = row.location.clone();
        let (parsed, spans, text_hash) = tokio::task::spawn_blocking(move || {
            let spans = pipeline::cut(&parsed, &sizer);
            let language = parsed.language.as_deref();
            let text_hash = pipeline::text_hash(&file_name, &parsed.title, language, &parsed.text);
            (parsed, spans, text_hash)
        })
        .await
        .map_err(internal)?;
        let readable = Readable {
            document: id.clone(),
            collection: row.collection_id.clone(),
            media_type: row.media_type.clone(),
            hash: pipeline::content_hash(&parsed),
            text_hash,
            change: Change::Usual,
            file_key: row.file_key.clone(),
            parsed,
            spans,
            replaces: row.revision > 0,
        };
        self.let_one_answer(scope, readable).await.map(|_| ())
    }

    /// Lets a document answer with what was read, unless it was deleted meanwhile; whether it does.
    pub(super) async fn let_one_answer(&self, scope: &Scope, readable: Readable) -> Result<bool> {
        let deleted = self.let_answer(scope, vec![readable]).await?;
        Ok(deleted.is_empty())
    }

    /// A file that is gone or broken is no failure when another took its place.
    async fn unreadable(&self, scope: &Scope, row: &documents::DocumentRow, error: ApiError) -> Result<()> {
        match documents::find_writable(scope, self.store().read(), &row.id).await {
            Ok(now) if now.file_key != row.file_key => Ok(()),
            Err(StoreError::NotFound) => Ok(()),
            Ok(_) => Err(error),
            Err(error) => Err(from_store(error)),
        }
    }

    /// What follows from the end of a reading, in its transaction. A document that was uploaded again meanwhile is queued
    /// again: the upload found the job at work and made none of its own.
    pub(crate) async fn after_reading(&self, scope: &Scope, tx: &Tx, id: &DocumentId) -> Result<()> {
        match documents::find_writable(scope, tx.db(), id).await {
            Ok(row) => {
                if row.state == DocumentState::Processing {
                    super::jobs::read_document(scope, tx, &row.source_id, id, self.now()).await?;
                }
                self.follow_documents(scope, tx, &row.source_id).await
            }
            Err(StoreError::NotFound) => Ok(()),
            Err(error) => Err(from_store(error)),
        }
    }
}

/// An error of the way out, as people see it.
pub(crate) fn from_net(error: &NetError) -> ApiError {
    match error {
        NetError::TooLarge { limit } => return ApiError::too_large(*limit),
        NetError::NotListed { host } => return not_listed(host),
        _ => {}
    }
    let code = match error {
        NetError::InvalidUrl { .. } => ErrorCode::InvalidUrl,
        NetError::Forbidden { .. } => ErrorCode::ForbiddenAddress,
        _ => ErrorCode::SiteUnreachable,
    };
    let told = ApiError::new(code, error.to_string());
    match error {
        NetError::Unresolved { host } => told.with("host", host),
        _ => told,
    }
}

/// An error of the browser, as people see it.
pub(crate) fn from_render(error: &RenderError) -> ApiError {
    match error {
        RenderError::TimedOut { seconds } => {
            ApiError::new(ErrorCode::RenderTimedOut, error.to_string()).with("seconds", seconds)
        }
        RenderError::NotLoaded => ApiError::new(ErrorCode::RenderFailed, error.to_string()),
        // What the program said is for the operator.
        RenderError::Failed(_) => {
            tracing::warn!(%error, "a page could not be shown in the browser");
            ApiError::new(ErrorCode::RenderFailed, "Chromium could not show the page; `hammock doctor` says more")
        }
    }
}

/// The state of a document that could not be read.
pub(crate) fn state_of(error: &ApiError, skipped: bool) -> DocumentState {
    if skipped || error.code == ErrorCode::RobotsDisallowed { DocumentState::Skipped } else { DocumentState::Failed }
}
