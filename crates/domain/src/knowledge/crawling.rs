//! Crawling a website source: the crawler finds and fetches, this module reads, cuts and indexes what it brings, in batches,
//! and keeps the list of pages.

use std::{collections::HashMap, ops::ControlFlow, time::Duration};

use async_trait::async_trait;
use hammock_contract::{
    ApiError, DocumentId, ErrorCode, SourceId,
    document::DocumentState,
    job::JobProgress,
    source::{SourceKind, SourceState},
};
use hammock_ingest::crawl::{self, CrawlPolicy, CrawlSink, KnownPage, PageOutcome, StopReason};
use hammock_store::{Scope, StoreError, Tx, documents, sources};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{
    jobs,
    pages::{Arrived, Known, Read, fetched_of, new_page, read_page},
    reading::state_of,
};
use crate::{
    Hammock, Result,
    error::{from_store, internal},
};

/// Pages that are indexed together at most.
const BATCH: usize = 64;
/// How often the progress is written down.
const PROGRESS_EVERY: Duration = Duration::from_millis(500);

impl Hammock {
    /// Crawls a source to its end, or until `stop`.
    pub(crate) async fn crawl_source(&self, scope: &Scope, id: &SourceId, stop: CancellationToken) -> Result<()> {
        let source = match sources::find_writable(scope, self.store().read(), id).await {
            Ok(source) => source,
            Err(StoreError::NotFound) => return Ok(()),
            Err(error) => return Err(from_store(error)),
        };
        let SourceKind::Website(settings) = &source.kind else { return Ok(()) };
        let _running = self.0.crawls.begin(id, stop.clone());

        let tx = self.store().begin().await.map_err(from_store)?;
        let crawl_number = sources::begin_crawl(scope, &tx, id).await.map_err(from_store)?;
        let progress = JobProgress { stage: "fetching".to_owned(), ..JobProgress::default() };
        sources::start_work(scope, &tx, id, &progress).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;

        let rows = documents::list_of_source(scope, self.store().read(), id).await.map_err(from_store)?;
        let known: HashMap<String, Known> = rows.iter().map(|row| (row.location.clone(), Known::of(row))).collect();
        let pages = rows.into_iter().map(known_page).collect();

        let (sender, receiver) = mpsc::channel(BATCH);
        let indexing =
            Indexing { hammock: self.clone(), scope: scope.clone(), source: source.clone(), crawl: crawl_number };
        let indexing = tokio::spawn(indexing.run(receiver));
        let mut sink = Sink {
            hammock: self.clone(),
            scope: scope.clone(),
            source: id.clone(),
            known,
            sender,
            written: Instant::now(),
        };
        let policy = CrawlPolicy {
            contact: self.settings().crawler_contact.clone(),
            delay: self.settings().crawl_delay,
            ..CrawlPolicy::default()
        };
        let crawled = crawl::crawl(&self.0.net, settings, &policy, pages, &mut sink, &stop).await;
        drop(sink);
        indexing.await.map_err(internal)??;
        let summary = crawled.map_err(ApiError::from)?;

        let now = self.now();
        let stopped = matches!(summary.stopped, Some(StopReason::Cancelled | StopReason::Sink));
        let (state, error) = if summary.shrunk && !stopped {
            let found = summary.pages();
            let error = ApiError::new(
                ErrorCode::SiteFailed,
                format!("only {found} pages were found, far fewer than last time; the earlier pages stay until a crawl finds more"),
            )
            .with("status", found);
            (SourceState::Failed, Some(error))
        } else {
            if !stopped {
                self.forget_unseen(scope, id, crawl_number, summary.pages()).await?;
            }
            (SourceState::Ready, None)
        };
        let tx = self.store().begin().await.map_err(from_store)?;
        match sources::finish_work(scope, &tx, id, state, error, now).await {
            Ok(()) | Err(StoreError::NotFound) => {}
            Err(error) => return Err(from_store(error)),
        }
        tx.commit().await.map_err(from_store)
    }

    /// Removes the pages that a whole crawl did not find any more.
    async fn forget_unseen(&self, scope: &Scope, id: &SourceId, crawl: u64, pages: u64) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        let gone = documents::list_unseen(scope, tx.db(), id, crawl).await.map_err(from_store)?;
        let ids: Vec<DocumentId> = gone.iter().map(|row| row.id.clone()).collect();
        documents::delete_many(scope, &tx, &ids).await.map_err(from_store)?;
        let gone = gone.into_iter().map(|row| (row.id, row.file_key)).collect();
        jobs::remove_documents(scope, &tx, gone, self.now()).await?;
        match sources::accept_crawl(scope, &tx, id, pages).await {
            Ok(()) | Err(StoreError::NotFound) => {}
            Err(error) => return Err(from_store(error)),
        }
        tx.commit().await.map_err(from_store)
    }
}

/// A page to ask for again, whatever became of it last time. Only what was read can be unchanged.
fn known_page(row: documents::DocumentRow) -> KnownPage {
    if row.revision == 0 {
        return KnownPage { url: row.location, ..KnownPage::default() };
    }
    KnownPage { url: row.location, etag: row.etag, last_modified: row.last_modified, content_hash: row.content_hash }
}

/// Hands pages from the crawler to the indexing task, and the progress to the database.
struct Sink {
    hammock: Hammock,
    scope: Scope,
    source: SourceId,
    known: HashMap<String, Known>,
    sender: mpsc::Sender<Arrived>,
    written: Instant,
}

#[async_trait]
impl CrawlSink for Sink {
    async fn page(&mut self, outcome: PageOutcome) -> ControlFlow<()> {
        if outcome.is_gone() {
            // Not seen, so it is removed when the crawl is whole.
            return ControlFlow::Continue(());
        }
        let known = self.known.get(outcome.url.as_str()).cloned();
        match self.sender.send(Arrived { outcome, known }).await {
            Ok(()) => ControlFlow::Continue(()),
            // The indexing failed; its error is reported by whoever joins it.
            Err(_) => ControlFlow::Break(()),
        }
    }

    async fn progress(&mut self, progress: JobProgress) -> ControlFlow<()> {
        if self.written.elapsed() < PROGRESS_EVERY {
            return ControlFlow::Continue(());
        }
        self.written = Instant::now();
        let written = async {
            let tx = self.hammock.store().begin().await?;
            sources::set_progress(&self.scope, &tx, &self.source, &progress).await?;
            tx.commit().await
        };
        match written.await {
            Ok(()) => ControlFlow::Continue(()),
            // The source was deleted.
            Err(StoreError::NotFound) => ControlFlow::Break(()),
            Err(error) => {
                tracing::warn!(%error, source = %self.source, "the progress of a crawl could not be written down");
                ControlFlow::Continue(())
            }
        }
    }
}

/// Reads and indexes what arrives, as many pages at once as are there.
struct Indexing {
    hammock: Hammock,
    scope: Scope,
    source: sources::SourceRow,
    crawl: u64,
}

impl Indexing {
    /// Reads a batch while the last one is stored: one is work for all processors, the other for one and the disk.
    async fn run(self, mut arriving: mpsc::Receiver<Arrived>) -> Result<()> {
        let mut read = Vec::new();
        loop {
            let (next, ()) = tokio::try_join!(self.read(&mut arriving), self.index(std::mem::take(&mut read)))?;
            if next.is_empty() {
                return Ok(());
            }
            read = next;
        }
    }

    /// The pages that are there next, read; none at the end.
    async fn read(&self, arriving: &mut mpsc::Receiver<Arrived>) -> Result<Vec<(Arrived, DocumentId, Read)>> {
        let mut batch = Vec::with_capacity(BATCH);
        arriving.recv_many(&mut batch, BATCH).await;
        let reading = batch.into_iter().map(|arrived| {
            let hammock = self.hammock.clone();
            let collection = self.source.collection_id.clone();
            tokio::spawn(async move {
                let id = arrived.known.as_ref().map_or_else(DocumentId::new, |known| known.id.clone());
                let read = read_page(&hammock, &arrived, id.clone(), collection).await;
                (arrived, id, read)
            })
        });
        futures::future::try_join_all(reading).await.map_err(internal)
    }

    async fn index(&self, read: Vec<(Arrived, DocumentId, Read)>) -> Result<()> {
        if read.is_empty() {
            return Ok(());
        }
        let now = self.hammock.now();
        let tx = self.hammock.store().begin().await.map_err(from_store)?;
        let new = read
            .iter()
            .filter(|(arrived, ..)| arrived.known.is_none())
            .map(|(arrived, id, _)| new_page(arrived, id, self.crawl));
        match documents::create_many(&self.scope, &tx, &self.source.id, new.collect(), now).await {
            Ok(_) => {}
            // The source was deleted meanwhile: there is nothing to index for any more.
            Err(StoreError::NotFound) => return Ok(()),
            Err(error) => return Err(from_store(error)),
        }
        let seen: Vec<DocumentId> = read.iter().map(|(_, id, _)| id.clone()).collect();
        documents::mark_seen(&self.scope, &tx, &seen, self.crawl).await.map_err(from_store)?;
        let mut readable = Vec::new();
        for (arrived, id, read) in read {
            let fetched = fetched_of(&arrived, &read);
            let known = arrived.known.as_ref();
            let recovers = matches!(read, Read::Unchanged) && known.is_some_and(Known::is_out);
            if recovers || known.is_none_or(|known| known.fetched != fetched) {
                documents::set_fetched(&self.scope, &tx, &id, &fetched).await.map_err(from_store)?;
            }
            match read {
                Read::Text(text) => readable.push(*text),
                Read::Unchanged if recovers => self.recover(&tx, &id).await?,
                Read::Unchanged => {}
                Read::Not { error, skipped } => {
                    let state = state_of(&error, skipped);
                    documents::set_state(&self.scope, &tx, &id, state, Some(error)).await.map_err(from_store)?;
                }
            }
        }
        tx.commit().await.map_err(from_store)?;
        match self.hammock.let_answer(&self.scope, readable).await {
            Err(error) if error.code == ErrorCode::NotFound => Ok(()),
            other => other,
        }
    }

    /// Lets a page that failed or was left out stand as it did before: its text is still the one that was read.
    async fn recover(&self, tx: &Tx, id: &DocumentId) -> Result<()> {
        let row = documents::find_writable(&self.scope, tx.db(), id).await.map_err(from_store)?;
        if row.revision == 0 || !Known::of(&row).is_out() {
            return Ok(());
        }
        let embedding = row.embedded_chunks < row.chunks && self.hammock.0.embedding.will_embed();
        let state = if embedding { DocumentState::Embedding } else { DocumentState::Ready };
        documents::set_state(&self.scope, tx, id, state, None).await.map_err(from_store)
    }
}
