//! A crawl that is held because it looks like a fault of its website: a person accepts it, and all that waits takes effect, or
//! rejects it, and all that waits is dropped.

use hammock_contract::{
    ApiError, DocumentId, ErrorCode, SourceId,
    crawl::CrawlOutcome,
    source::{Source, SourceState},
    user::Role,
};
use hammock_store::{
    Db, Scope, Tx, audit, crawl_changes, crawl_rests, crawls, documents, jobs as queue, revisions, sources,
};

use crate::{
    Hammock, Result,
    error::from_store,
    knowledge::{delaying::Brought, jobs},
};

impl Hammock {
    /// Accepts the last crawl, which is held because it found far fewer pages than before, or pages that say far less: what it
    /// did not find is removed, what it found answers, and the next crawl is measured by it.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `busy` while the source is read, `invalid_request` when no crawl is held.
    pub async fn accept_crawl(&self, scope: &Scope, id: &SourceId) -> Result<Source> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.writable_source(scope, id).await?;
        // Of two at once, the one that is refused would take out of the indexes what the other lets answer.
        let turn = self.0.accepting.lock().await;
        let held = find_held(scope, self.store().read(), id).await?;
        let brought = self.index_delayed(scope, id, held.number).await?;
        let accepted = self.accept_held(scope, id, &brought).await;
        // Whether it was accepted or not: the source may have been deleted, or be read again meanwhile.
        let dropped = match &accepted {
            Ok(()) => self.drop_unused(scope, brought).await,
            Err(_) => self.drop_unaccepted(scope, brought).await,
        };
        drop(turn);
        accepted.and(dropped)?;
        self.find_source(scope, id).await
    }

    async fn accept_held(&self, scope: &Scope, id: &SourceId, brought: &Brought) -> Result<()> {
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let held = find_held(scope, tx.db(), id).await?;
        let removed = crawls::count_unseen(scope, tx.db(), id, held.number).await.map_err(from_store)?;
        let pages = held.added + held.changed + held.unchanged;
        crawls::accept(scope, &tx, &held.id, removed).await.map_err(from_store)?;
        self.forget_unseen(scope, &tx, id, held.number, pages, brought).await?;
        sources::finish_work(scope, &tx, id, SourceState::Ready, None, now).await.map_err(from_store)?;
        let detail = serde_json::json!({ "removed": removed });
        audit::record(scope, &tx, "source.accept", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.0.work.notify_one();
        self.0.unembedded.notify_one();
        Ok(())
    }

    /// Rejects the last crawl, which is held: what answered before goes on answering, what waited is dropped with the pages that
    /// nobody had found before, and the next crawl is measured by the one before this.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `busy` while the source is read, `invalid_request` when no crawl is held.
    pub async fn reject_crawl(&self, scope: &Scope, id: &SourceId) -> Result<Source> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.writable_source(scope, id).await?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let held = find_held(scope, tx.db(), id).await?;
        crawls::reject(scope, &tx, &held.id).await.map_err(from_store)?;
        let dropped = self.drop_found(scope, &tx, id, &held).await?;
        crawl_rests::forget(scope, &tx, id).await.map_err(from_store)?;
        sources::finish_work(scope, &tx, id, SourceState::Ready, None, now).await.map_err(from_store)?;
        let detail = serde_json::json!({ "dropped": dropped });
        audit::record(scope, &tx, "source.reject", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.0.work.notify_one();
        self.find_source(scope, id).await
    }

    /// Drops what waits of a source, and the pages that only this crawl of it had, with their originals; how many pages these are.
    async fn drop_found(&self, scope: &Scope, tx: &Tx, id: &SourceId, held: &crawls::CrawlRow) -> Result<u64> {
        let waiting = crawl_changes::list(scope, tx.db(), id, held.number).await.map_err(from_store)?;
        let found = crawl_changes::list_found_by(scope, tx.db(), id, held).await.map_err(from_store)?;
        let mut pages: Vec<DocumentId> = waiting.into_iter().map(|change| change.document_id).collect();
        pages.extend(found.into_iter().map(|page| page.id));
        pages.sort_unstable();
        pages.dedup();
        revisions::hold(scope, tx, &pages).await.map_err(from_store)?;
        crawl_changes::forget(scope, tx, id).await.map_err(from_store)?;
        // Whoever read a page by itself until it was held let it answer: it stays.
        let gone = crawl_changes::list_found_by(scope, tx.db(), id, held).await.map_err(from_store)?;
        let ids: Vec<DocumentId> = gone.iter().map(|row| row.id.clone()).collect();
        let dropped = documents::delete_many(scope, tx, &ids).await.map_err(from_store)?;
        let gone = gone.into_iter().map(|row| (row.id, row.file_key)).collect();
        jobs::remove_documents(scope, tx, gone, self.now()).await?;
        Ok(dropped)
    }
}

/// The last crawl of a source that nothing reads, where it is held.
async fn find_held(scope: &Scope, db: Db<'_>, id: &SourceId) -> Result<crawls::CrawlRow> {
    if !queue::list_active(scope, db, id.as_str()).await.map_err(from_store)?.is_empty() {
        return Err(ApiError::new(ErrorCode::Busy, "this source is being read"));
    }
    let last = crawls::list(scope, db, id).await.map_err(from_store)?.into_iter().next();
    last.filter(|crawl| crawl.outcome == CrawlOutcome::Held).ok_or_else(|| {
        let message = "no crawl of this source is held, so there is nothing to decide";
        ApiError::new(ErrorCode::InvalidRequest, message)
    })
}
