//! Reading one document: an uploaded file from disk, a page from its address.

use bytes::Bytes;
use hammock_contract::{ApiError, DocumentId, ErrorCode, document::DocumentState};
use hammock_ingest::{crawl, isolate::FileToParse, parse::ParseError, render::RenderError};
use hammock_net::NetError;
use hammock_store::{Scope, StoreError, Tx, crawls, documents};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{
    changes::Change,
    files,
    pages::Known,
    pipeline::{self, Readable},
};
use crate::{
    Hammock, Result,
    documents::from_io,
    error::{from_store, internal},
};

impl Hammock {
    /// Reads a document and lets it answer. A document that was deleted meanwhile is no failure; neither is one that was
    /// uploaded again: it is left `Processing`, for [`Self::after_reading`].
    pub(crate) async fn read_document(&self, scope: &Scope, id: &DocumentId) -> Result<()> {
        let row = match documents::find_writable(scope, self.store().read(), id).await {
            Ok(row) => row,
            Err(StoreError::NotFound) => return Ok(()),
            Err(error) => return Err(from_store(error)),
        };
        let (bytes, media_type) = match (&row.file_key, &row.url) {
            (Some(key), _) => {
                let path = files::path(&self.settings().data_dir, key);
                match tokio::fs::read(path).await {
                    Ok(bytes) => (bytes.into(), row.media_type.clone()),
                    Err(error) => return self.unreadable(scope, &row, from_io(error)).await,
                }
            }
            (None, Some(url)) => {
                let response = self.0.net.get(url).send().await.map_err(|error| from_net(&error))?;
                if !response.status.is_success() {
                    let status = response.status.as_u16();
                    return Err(ApiError::new(
                        ErrorCode::SiteFailed,
                        format!("the website answered with status {status}"),
                    )
                    .with("status", status));
                }
                let media_type = response.content_type().unwrap_or(&row.media_type).to_owned();
                (response.body, media_type)
            }
            (None, None) => return Err(ApiError::not_found()),
        };
        let raw = bytes.clone();
        let file = FileToParse { file_name: row.location.clone(), media_type: Some(media_type), bytes };
        let mut parsed = self.0.parser.parse(file).await;
        let mut shown_of = None;
        if (row.raw_hash.is_some() || matches!(parsed, Err(ParseError::NeedsScript)))
            && let Some(file) = self.shown(&row).await?
        {
            parsed = self.0.parser.parse(file).await;
            shown_of = Some(raw);
        }
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(error) => return self.unreadable(scope, &row, error.into()).await,
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
            parsed,
            spans,
            replaces: row.revision > 0,
        };
        match self.let_answer(scope, vec![readable]).await {
            Ok(()) => {}
            // Deleted while it was read: the indexes forget it again.
            Err(error) if error.code == ErrorCode::NotFound => {
                self.0.index.remove_revisions(id, None).await.map_err(crate::error::from_index)?;
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        let tx = self.store().begin().await.map_err(from_store)?;
        if row.file_key.is_none() {
            crawls::set_fetched_at(scope, &tx, std::slice::from_ref(id), self.now()).await.map_err(from_store)?;
            let raw_hash: Option<String> =
                shown_of.map(|raw: Bytes| Sha256::digest(&raw).iter().map(|byte| format!("{byte:02x}")).collect());
            let rendered_at = if raw_hash.is_some() { Some(self.now()) } else { row.rendered_at };
            let fetched = documents::Fetched { raw_hash, rendered_at, ..Known::of(&row).fetched };
            match documents::set_fetched(scope, &tx, id, &fetched).await {
                Ok(()) | Err(StoreError::NotFound) => {}
                Err(error) => return Err(from_store(error)),
            }
        }
        match documents::find_writable(scope, tx.db(), id).await {
            Ok(now) if now.file_key != row.file_key => {
                documents::set_state(scope, &tx, id, DocumentState::Processing, None).await.map_err(from_store)?;
            }
            Ok(_) | Err(StoreError::NotFound) => {}
            Err(error) => return Err(from_store(error)),
        }
        tx.commit().await.map_err(from_store)
    }

    /// A page as a browser shows it; nothing for what is none, and where there is no browser.
    async fn shown(&self, row: &documents::DocumentRow) -> Result<Option<FileToParse>> {
        let Some(Ok(url)) = row.url.as_deref().map(Url::parse) else { return Ok(None) };
        let shown = crawl::show(&self.0.net, &self.crawl_policy(), &url).await;
        let media_type = Some("text/html; charset=utf-8".to_owned());
        let file = |bytes: Bytes| FileToParse { file_name: row.location.clone(), media_type, bytes };
        Ok(shown.map_err(|error| from_render(&error))?.map(file))
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
    if let NetError::TooLarge { limit } = error {
        return ApiError::too_large(*limit);
    }
    let code = match error {
        NetError::InvalidUrl { .. } => ErrorCode::InvalidUrl,
        NetError::Forbidden { .. } => ErrorCode::ForbiddenAddress,
        _ => ErrorCode::SiteUnreachable,
    };
    ApiError::new(code, error.to_string())
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
