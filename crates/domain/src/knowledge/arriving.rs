//! The way of a page from the crawler to whoever reads and keeps it.

use std::{
    collections::HashMap,
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use hammock_contract::{
    SourceId,
    crawl::{CrawlPage, CrawlPageOutcome},
    job::JobProgress,
};
use hammock_ingest::crawl::{CrawlRest, CrawlSink, PageOutcome};
use hammock_store::{Scope, StoreError, sources};
use tokio::sync::mpsc;

use super::{
    noting::Noting,
    pages::{Arrived, Known},
};
use crate::Hammock;

/// How often the progress is written down.
const PROGRESS_EVERY: Duration = Duration::from_millis(500);

/// Hands pages from the crawler to the indexing task, and the progress to the database.
pub(super) struct Sink {
    pub hammock: Hammock,
    pub scope: Scope,
    pub source: SourceId,
    pub known: HashMap<String, Known>,
    pub sender: mpsc::Sender<Arrived>,
    pub written: Instant,
    /// Whether some pages alone are read.
    pub is_part: bool,
    /// Pages that answered until now, and are not there any more.
    pub gone: Vec<CrawlPage>,
    /// How many pages were handed over.
    pub handed_over: usize,
    /// Where what is left is noted.
    pub noting: Arc<Noting>,
}

impl Sink {
    /// Takes a page that is not there any more; whether it did. Among all pages it is not seen, so that it is removed when the
    /// crawl is whole; by itself, only what the site answered with counts.
    fn take_gone(&mut self, outcome: &PageOutcome) -> bool {
        if !outcome.is_gone() || (self.is_part && !matches!(outcome.http_status, Some(404 | 410))) {
            return false;
        }
        if let Some(known) = self.known.get(outcome.url.as_str()).filter(|known| known.revision > 0) {
            self.gone.push(CrawlPage {
                address: outcome.url.to_string(),
                document: Some(known.id.clone()),
                outcome: CrawlPageOutcome::Removed,
                http_status: outcome.http_status,
                error: None,
                fetched_at: Some(self.hammock.now()),
            });
        }
        true
    }
}

#[async_trait]
impl CrawlSink for Sink {
    async fn page(&mut self, outcome: PageOutcome) -> ControlFlow<()> {
        if self.take_gone(&outcome) {
            return ControlFlow::Continue(());
        }
        let known = self.known.get(outcome.url.as_str()).cloned();
        match self.sender.send(Arrived { outcome, known }).await {
            Ok(()) => {
                self.handed_over += 1;
                ControlFlow::Continue(())
            }
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

    fn wants_rest(&mut self) -> bool {
        self.noting.is_due(self.handed_over, Instant::now())
    }

    fn keep(&mut self, rest: CrawlRest) {
        self.noting.put(self.handed_over, rest, Instant::now());
    }
}
