//! Crawling a website source: the crawler finds and fetches, this module reads, cuts and indexes what it brings, in batches,
//! and keeps the list of pages.

use std::{collections::HashMap, ops::ControlFlow, time::Duration};

use async_trait::async_trait;
use hammock_contract::{
    ApiError, DocumentId, ErrorCode, SourceId,
    job::JobProgress,
    source::{SourceKind, SourceState},
};
use hammock_ingest::{
    crawl::{self, CrawlPolicy, CrawlSink, KnownPage, PageOutcome, PageResult, StopReason},
    isolate::FileToParse,
};
use hammock_store::{Scope, StoreError, documents, sources};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{
    jobs,
    pipeline::{self, Readable},
    reading::{from_net, state_of},
};
use crate::{
    Hammock, Result,
    error::{from_store, internal},
};

/// Pages that are indexed together at most.
const BATCH: usize = 64;
/// How often the progress is written down.
const PROGRESS_EVERY: Duration = Duration::from_millis(500);

/// A page that the crawler brought, with what is known of it.
struct Arrived {
    outcome: PageOutcome,
    known: Option<Known>,
}

/// What the database knows of a page.
#[derive(Clone)]
struct Known {
    id: DocumentId,
    revision: u32,
}

/// What became of reading a page.
enum Read {
    Text(Box<Readable>),
    Not { error: ApiError, skipped: bool },
    Unchanged,
}

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
        let known: HashMap<String, Known> = rows
            .iter()
            .map(|row| (row.location.clone(), Known { id: row.id.clone(), revision: row.revision }))
            .collect();
        let pages = rows.into_iter().filter_map(known_page).collect();

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

fn known_page(row: documents::DocumentRow) -> Option<KnownPage> {
    (row.revision > 0).then_some(KnownPage {
        url: row.location,
        etag: row.etag,
        last_modified: row.last_modified,
        content_hash: row.content_hash,
    })
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
            let fetched = fetched_of(&arrived.outcome);
            if !matches!(read, Read::Unchanged) {
                documents::set_fetched(&self.scope, &tx, &id, &fetched).await.map_err(from_store)?;
            }
            match read {
                Read::Text(text) => readable.push(*text),
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
}

async fn read_page(
    hammock: &Hammock,
    arrived: &Arrived,
    id: DocumentId,
    collection: hammock_contract::CollectionId,
) -> Read {
    let page = match &arrived.outcome.result {
        PageResult::Fetched(page) => page,
        PageResult::Unchanged => return Read::Unchanged,
        PageResult::Skipped(reason) => {
            let code = match reason {
                crawl::SkipReason::Robots => ErrorCode::RobotsDisallowed,
                crawl::SkipReason::Empty => ErrorCode::EmptyFile,
                crawl::SkipReason::UnsupportedType(_) => ErrorCode::UnsupportedFileType,
                _ => ErrorCode::SiteFailed,
            };
            let error = ApiError::new(code, reason.to_string()).with("reason", reason.code());
            return Read::Not { error, skipped: true };
        }
        PageResult::Failed(failure) => {
            let error = match failure {
                crawl::PageFailure::Net(error) => from_net(error),
                crawl::PageFailure::Status(status) => {
                    ApiError::new(ErrorCode::SiteFailed, failure.to_string()).with("status", status)
                }
                crawl::PageFailure::RedirectLoop => ApiError::new(ErrorCode::SiteFailed, failure.to_string()),
            };
            return Read::Not { error, skipped: false };
        }
    };
    let file = FileToParse {
        file_name: arrived.outcome.url.path().rsplit('/').next().unwrap_or_default().to_owned(),
        media_type: page.content_type.clone(),
        bytes: page.body.clone(),
    };
    let parsed = match hammock.0.parser.parse(file).await {
        Ok(parsed) => parsed,
        Err(error) => {
            let skipped = error.is_skip();
            return Read::Not { error: ApiError::from(error), skipped };
        }
    };
    let sizer = hammock.0.embedding.settled_sizer().await;
    let cut = tokio::task::spawn_blocking(move || {
        let spans = pipeline::cut(&parsed, &sizer);
        (parsed, spans)
    });
    match cut.await {
        Ok((parsed, spans)) => Read::Text(Box::new(Readable {
            document: id,
            collection,
            media_type: media_type_of(page.content_type.as_deref()),
            parsed,
            spans,
            hash: page.content_hash.clone(),
            replaces: arrived.known.as_ref().is_some_and(|known| known.revision > 0),
        })),
        Err(error) => Read::Not { error: internal(error), skipped: false },
    }
}

fn new_page(arrived: &Arrived, id: &DocumentId, crawl: u64) -> documents::NewDocument {
    let address = arrived.outcome.url.as_str().to_owned();
    let (media_type, bytes) = match &arrived.outcome.result {
        PageResult::Fetched(page) => (media_type_of(page.content_type.as_deref()), page.body.len()),
        _ => (media_type_of(None), 0),
    };
    documents::NewDocument {
        id: id.clone(),
        title: address.clone(),
        location: address.clone(),
        url: Some(address),
        media_type,
        bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
        file_key: None,
        seen_in_crawl: crawl,
    }
}

fn fetched_of(outcome: &PageOutcome) -> documents::Fetched {
    let (etag, last_modified, bytes) = match &outcome.result {
        PageResult::Fetched(page) => (page.etag.clone(), page.last_modified.clone(), page.body.len()),
        _ => (None, None, 0),
    };
    documents::Fetched {
        http_status: outcome.http_status,
        etag,
        last_modified,
        bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
    }
}

fn media_type_of(content_type: Option<&str>) -> String {
    let given = content_type.and_then(|text| text.split(';').next()).map(str::trim).filter(|text| !text.is_empty());
    given.unwrap_or("text/html").to_ascii_lowercase()
}
