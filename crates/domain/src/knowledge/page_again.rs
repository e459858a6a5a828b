//! A page of a website that a person has read again by itself: the way a crawl goes, with its manners and its judgement. What
//! must not answer any more answers with what it said until all of the website is read.

use hammock_contract::{ApiError, ErrorCode, document::DocumentState, source::SourceKind};
use hammock_ingest::crawl::{self, PageOutcome, PageResult, Rendering, SkipReason};
use hammock_store::{
    Scope, StoreError, crawl_changes, crawls,
    documents::{self, DocumentRow, Fetched},
    sources,
};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    jobs::Reached,
    pages::{Arrived, Known, Read, left_out, read_page},
    pipeline::Readable,
    reading::state_of,
};
use crate::{Hammock, Result, error::from_store};

impl Hammock {
    /// Reads a page again. One that was deleted meanwhile is no failure.
    pub(super) async fn read_page_again(
        &self,
        scope: &Scope,
        row: &DocumentRow,
        stop: &CancellationToken,
        shutdown: &CancellationToken,
    ) -> Result<Reached> {
        let source = match sources::find_writable(scope, self.store().read(), &row.source_id).await {
            Ok(source) => source,
            Err(StoreError::NotFound) => return Ok(Reached::End),
            Err(error) => return Err(from_store(error)),
        };
        let SourceKind::Website(settings) = &source.kind else { return Err(ApiError::not_found()) };
        let start = self.start_of(scope, &source, settings).await?;
        let url = Url::parse(&row.location).map_err(|error| ApiError::new(ErrorCode::InvalidUrl, error.to_string()))?;
        let policy = self.crawl_policy();
        let net = self.client_for(scope);
        let found = crawl::read_page(&net, settings, &policy, &start, &url, row.depth, stop).await?;
        let outcome = match found {
            Some(outcome) => outcome,
            None if shutdown.is_cancelled() => return Ok(Reached::Part),
            None if stop.is_cancelled() => {
                let tx = self.store().begin().await.map_err(from_store)?;
                self.stop_reading(scope, &tx, &row.source_id, std::slice::from_ref(&row.id)).await?;
                tx.commit().await.map_err(from_store)?;
                return Ok(Reached::End);
            }
            // The settings have changed since the website was read.
            None => PageOutcome {
                url,
                http_status: None,
                linked: true,
                depth: row.depth.unwrap_or_default(),
                result: PageResult::Skipped(SkipReason::NotIncluded),
            },
        };
        // Nothing of it counts as known: whoever asks wants it cut anew.
        let arrived = Arrived { outcome, known: None };
        let read = read_page(self, scope, &arrived, row.id.clone(), row.collection_id.clone()).await;
        let read = self.unless_another_says_so(scope, row, read).await?;
        self.note_page(scope, row, &arrived, read).await.map(|()| Reached::End)
    }

    /// What was read of a page. It is left out where another page answers with the same text and this one does not yet.
    async fn unless_another_says_so(&self, scope: &Scope, row: &DocumentRow, read: Read) -> Result<Read> {
        let Read::Text(text) = &read else { return Ok(read) };
        if row.revision > 0 && row.text_hash == text.text_hash {
            return Ok(read);
        }
        let db = self.store().read();
        let other = documents::find_same_text(scope, db, &row.source_id, &text.text_hash, &row.id).await;
        let other = other.map_err(from_store)?.and_then(|address| Url::parse(&address).ok());
        Ok(match other {
            Some(other) => Read::Not { error: left_out(&SkipReason::DuplicateOf(other)), skipped: true },
            None => read,
        })
    }

    async fn note_fetched(&self, scope: &Scope, row: &DocumentRow, fetched: &Fetched) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        match documents::set_fetched(scope, &tx, &row.id, fetched).await {
            // Deleted meanwhile.
            Ok(()) | Err(StoreError::NotFound) => tx.commit().await.map_err(from_store),
            Err(error) => Err(from_store(error)),
        }
    }

    /// Lets what was read answer, or notes why nothing was.
    async fn note_page(&self, scope: &Scope, row: &DocumentRow, arrived: &Arrived, read: Read) -> Result<()> {
        let (state, error) = match read {
            Read::Text(text) => {
                let readable = Readable { replaces: row.revision > 0, ..*text };
                // Before it is shown as read, and without what would keep the next crawl from it.
                let status = Fetched { http_status: arrived.outcome.http_status, ..Known::of(row).fetched };
                self.note_fetched(scope, row, &status).await?;
                if !self.let_one_answer(scope, readable).await? {
                    return Ok(());
                }
                (None, None)
            }
            Read::Not { error, skipped } => (Some(state_of(&error, skipped)), Some(error)),
            Read::Unchanged => (Some(DocumentState::Ready), None),
        };
        let is_out = |error: &ApiError| arrived.must_not_answer() || error.code == ErrorCode::DuplicatePage;
        let must_not_answer = error.as_ref().is_some_and(is_out);
        let (id, now) = (&row.id, self.now());
        let tx = self.store().begin().await.map_err(from_store)?;
        // What stands there for the next crawl stays: the page must come whole to it where it has changed, for its links.
        let mut fetched = Fetched { http_status: arrived.outcome.http_status, ..Known::of(row).fetched };
        if let PageResult::Fetched(page) = &arrived.outcome.result {
            fetched.bytes = u64::try_from(page.body.len()).unwrap_or(u64::MAX);
            if state.is_none() {
                let (raw_hash, rendered_at) = match &page.rendering {
                    Rendering::Made { raw_hash } => (Some(raw_hash.clone()), Some(now)),
                    Rendering::NoMore => (None, Some(now)),
                    Rendering::None | Rendering::AsBefore => (None, row.rendered_at),
                };
                (fetched.raw_hash, fetched.rendered_at) = (raw_hash, rendered_at);
            }
        }
        match documents::set_fetched(scope, &tx, id, &fetched).await {
            Ok(()) => {}
            // Deleted meanwhile.
            Err(StoreError::NotFound) => return Ok(()),
            Err(error) => return Err(from_store(error)),
        }
        if arrived.was_asked_for() {
            crawls::set_fetched_at(scope, &tx, std::slice::from_ref(id), now).await.map_err(from_store)?;
        }
        if must_not_answer && crawl_changes::is_waiting(scope, tx.db(), id).await.map_err(from_store)? {
            // What a crawl read of it must not answer either. That nothing is to answer any more still waits.
            crawl_changes::withdraw(scope, &tx, id).await.map_err(from_store)?;
        }
        if let Some(state) = state {
            documents::set_state(scope, &tx, id, state, error).await.map_err(from_store)?;
        }
        tx.commit().await.map_err(from_store)
    }
}
