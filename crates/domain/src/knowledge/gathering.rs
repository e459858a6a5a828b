//! What a crawl brings: read, cut and indexed in batches, noted in the list of pages, and counted.

use std::{collections::HashMap, sync::Arc};

use hammock_contract::{
    DocumentId, ErrorCode, Timestamp,
    crawl::{CrawlPage, CrawlPageOutcome},
    document::DocumentState,
};
use hammock_ingest::crawl::{CrawlRest, PageResult};
use hammock_store::{
    Scope, StoreError, Tx,
    crawl_changes::{self, CrawlChangeRow},
    crawl_pages,
    crawls::{self, CrawlCounts},
    documents, revisions,
};
use parking_lot::Mutex;
use tokio::sync::mpsc;

use super::{
    changes::Measure,
    crawling::Begun,
    delaying::Later,
    judging::{Judge, Verdict},
    noting::Noting,
    pages::{Arrived, Known, Read, fetched_of, new_page, not_answering_yet, read_page, to_be_read_whole},
    pipeline::Readable,
    reading::state_of,
};
use crate::{
    Hammock, Result,
    error::{from_store, internal},
};

/// Pages that are indexed together at most.
pub(super) const BATCH: usize = 64;

/// Pages that wait for others at most: their texts are in memory meanwhile.
const MOST_DOUBTFUL: usize = 256;

/// Reads and indexes what arrives, as many pages at once as are there, and counts what became of it.
pub(super) struct Gathering {
    pub hammock: Hammock,
    pub scope: Scope,
    pub begun: Begun,
    /// What is stored already.
    pub counts: Mutex<CrawlCounts>,
    /// What the pages say.
    pub judge: Mutex<Judge>,
    /// Pages that say what a page said that was not looked at yet: they wait for it.
    pub doubtful: Mutex<Vec<(Arrived, DocumentId, Read)>>,
    /// Whether texts may wait that need not wait for the end.
    pub keeps: Mutex<bool>,
    /// What this crawl made of pages that it asks for again, since it was cut off before it noted that they were dealt with.
    pub found_before: HashMap<String, CrawlPageOutcome>,
    /// Where what is left is noted.
    pub noting: Arc<Noting>,
}

impl Gathering {
    /// Reads a batch while the last one is stored: one is work for all processors, the other for one and the disk. At the end,
    /// what was found of the pages that answered before.
    pub async fn run(self, mut arriving: mpsc::Receiver<Arrived>) -> Result<Measure> {
        let mut read = Vec::new();
        loop {
            let (next, ()) = tokio::try_join!(self.read(&mut arriving), self.index_next(std::mem::take(&mut read)))?;
            if next.is_empty() {
                // What was noted last, now that everything is stored.
                self.index_next(Vec::new()).await?;
                let doubtful = std::mem::take(&mut *self.doubtful.lock());
                if self.begun.part.is_none() {
                    self.judge.lock().conclude();
                }
                self.index(doubtful, true).await?;
                let measure = self.judge.lock().measure;
                return Ok(measure);
            }
            read = next;
        }
    }

    /// The pages that are there next, read; none at the end.
    async fn read(&self, arriving: &mut mpsc::Receiver<Arrived>) -> Result<Vec<(Arrived, DocumentId, Read)>> {
        let mut batch = Vec::with_capacity(BATCH);
        arriving.recv_many(&mut batch, BATCH).await;
        let reading = batch.into_iter().map(|arrived| {
            let (hammock, scope) = (self.hammock.clone(), self.scope.clone());
            let collection = self.begun.source.collection_id.clone();
            tokio::spawn(async move {
                let id = arrived.known.as_ref().map_or_else(DocumentId::new, |known| known.id.clone());
                let read = read_page(&hammock, &scope, &arrived, id.clone(), collection).await;
                (arrived, id, read)
            })
        });
        futures::future::try_join_all(reading).await.map_err(internal)
    }

    /// Keeps back the pages that wait for others, as many as may be; the rest.
    fn put_back(&self, read: Vec<(Arrived, DocumentId, Read)>) -> Vec<(Arrived, DocumentId, Read)> {
        let (judge, mut doubtful) = (self.judge.lock(), self.doubtful.lock());
        let mut rest = Vec::with_capacity(read.len());
        for (arrived, id, read) in read {
            let waits = doubtful.len() < MOST_DOUBTFUL && judge.is_doubtful(&arrived, &read);
            let kept = if waits { &mut *doubtful } else { &mut rest };
            kept.push((arrived, id, read));
        }
        rest
    }

    /// Indexes what was read next, and notes on the way what is left of the crawl, when all that goes before it is stored.
    async fn index_next(&self, mut read: Vec<(Arrived, DocumentId, Read)>) -> Result<()> {
        if let Some(mut rest) = self.noting.take_first() {
            rest.ask_again(read.iter().map(|(arrived, ..)| &arrived.outcome));
            self.note(rest).await?;
        }
        while let Some((before, rest)) = self.noting.take_within(read.len()) {
            let later = read.split_off(before);
            self.index(std::mem::replace(&mut read, later), false).await?;
            self.note(rest).await?;
        }
        self.noting.pass(read.len());
        self.index(read, false).await
    }

    /// Notes what is left. Pages that wait for others are in memory alone: they are asked for again.
    async fn note(&self, mut rest: CrawlRest) -> Result<()> {
        rest.ask_again(self.doubtful.lock().iter().map(|(arrived, ..)| &arrived.outcome));
        let (counts, measure) = (*self.counts.lock(), self.judge.lock().measure);
        let tx = self.hammock.store().begin().await.map_err(from_store)?;
        match self.hammock.keep_rest(&self.scope, &tx, &self.begun, Some(counts), measure, &rest).await {
            Ok(()) => tx.commit().await.map_err(from_store),
            // The source was deleted.
            Err(error) if error.code == ErrorCode::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn index(&self, read: Vec<(Arrived, DocumentId, Read)>, is_last: bool) -> Result<()> {
        let read = if is_last { read } else { self.put_back(read) };
        if read.is_empty() {
            return Ok(());
        }
        let mut counts = *self.counts.lock();
        let (read, passed): (Vec<_>, Vec<_>) = read.into_iter().partition(|(arrived, ..)| arrived.is_listed());
        counts.skipped += passed.len() as u64;
        let now = self.hammock.now();
        let mut pages: Vec<CrawlPage> = passed.into_iter().map(|passed| note_passed(passed, now)).collect();
        let tx = self.hammock.store().begin().await.map_err(from_store)?;
        let new = read
            .iter()
            .filter(|(arrived, ..)| arrived.known.is_none())
            .map(|(arrived, id, _)| new_page(arrived, id, self.begun.number));
        match documents::create_many(&self.scope, &tx, &self.begun.source.id, new.collect(), now).await {
            Ok(_) => {}
            // The source was deleted meanwhile: there is nothing to index for any more.
            Err(StoreError::NotFound) => return Ok(()),
            Err(error) => return Err(from_store(error)),
        }
        let mut seen: Vec<DocumentId> = read.iter().map(|(_, id, _)| id.clone()).collect();
        // What was deleted since the crawl began stays deleted: it is neither noted nor counted.
        let there = revisions::hold(&self.scope, &tx, &seen).await.map_err(from_store)?;
        seen.retain(|id| there.contains_key(id));
        let read: Vec<_> = read.into_iter().filter(|(_, id, _)| there.contains_key(id)).collect();
        documents::mark_seen(&self.scope, &tx, &seen, self.begun.number).await.map_err(from_store)?;
        let asked: Vec<DocumentId> =
            read.iter().filter(|(arrived, ..)| arrived.was_asked_for()).map(|(_, id, _)| id.clone()).collect();
        crawls::set_fetched_at(&self.scope, &tx, &asked, now).await.map_err(from_store)?;
        let (mut readable, mut later, mut renewed) = (Vec::new(), Vec::new(), Vec::new());
        for (arrived, id, read) in read {
            let (read, verdict) = self.judge.lock().judge(&arrived, read);
            let mut fetched = fetched_of(&arrived, &read, now);
            if self.begun.part.is_some() && matches!(arrived.outcome.result, PageResult::Fetched(_)) {
                fetched = to_be_read_whole(fetched);
            }
            let known = arrived.known.as_ref();
            let (waits, said) = (matches!(verdict, Verdict::Kept | Verdict::Delayed), fetched.clone());
            if waits {
                fetched = not_answering_yet(fetched, known);
            }
            let recovers = matches!(read, Read::Unchanged) && known.is_some_and(Known::is_out);
            if recovers || known.is_none_or(|known| known.fetched != fetched) {
                documents::set_fetched(&self.scope, &tx, &id, &fetched).await.map_err(from_store)?;
            }
            let (outcome, reason) = match read {
                Read::Text(text) => {
                    *(if text.replaces { &mut counts.changed } else { &mut counts.added }) += 1;
                    let outcome = if text.replaces { CrawlPageOutcome::Changed } else { CrawlPageOutcome::Added };
                    if waits {
                        let until_end = matches!(verdict, Verdict::Delayed);
                        later.push(Later { text: *text, fetched: said, until_end });
                    } else {
                        readable.push(*text);
                    }
                    (outcome, None)
                }
                Read::Unchanged => {
                    let before = self.found_before.get(arrived.outcome.url.as_str());
                    // What was read of it before the crawl was cut off, and waits, is not said any more.
                    let is_back = before.is_some()
                        && crawl_changes::withdraw(&self.scope, &tx, &id).await.map_err(from_store)? > 0;
                    let (counted, outcome) = match before.filter(|_| !is_back) {
                        Some(CrawlPageOutcome::Added) => (&mut counts.added, CrawlPageOutcome::Added),
                        Some(CrawlPageOutcome::Changed) => (&mut counts.changed, CrawlPageOutcome::Changed),
                        _ => (&mut counts.unchanged, CrawlPageOutcome::Unchanged),
                    };
                    *counted += 1;
                    if recovers {
                        self.recover(&tx, &id).await?;
                    }
                    if let Verdict::Renewed(page) = verdict {
                        renewed.push(*page);
                    }
                    (outcome, None)
                }
                Read::Not { error, skipped } => {
                    let state = state_of(&error, skipped);
                    let was_skipped = state == DocumentState::Skipped;
                    *(if was_skipped { &mut counts.skipped } else { &mut counts.failed }) += 1;
                    let lacks_browser = self.hammock.0.renderer.is_none() && error.code == ErrorCode::NeedsJavascript;
                    counts.needs_javascript += u64::from(lacks_browser);
                    let reason = Some(error.clone());
                    documents::set_state(&self.scope, &tx, &id, state, Some(error)).await.map_err(from_store)?;
                    let address = arrived.outcome.url.as_str();
                    if arrived.must_not_answer() && self.found_before.contains_key(address) {
                        // What this crawl read of it before it was cut off must not answer either.
                        crawl_changes::withdraw(&self.scope, &tx, &id).await.map_err(from_store)?;
                    }
                    if matches!(verdict, Verdict::Retired) {
                        let change =
                            CrawlChangeRow::retirement(&self.scope, &self.begun.source.id, self.begun.number, &id);
                        crawl_changes::put(&self.scope, &tx, change).await.map_err(from_store)?;
                    }
                    (if was_skipped { CrawlPageOutcome::Skipped } else { CrawlPageOutcome::Failed }, reason)
                }
            };
            pages.push(arrived.noted(Some(id), outcome, reason, now));
        }
        self.hammock.renew(&self.scope, &tx, renewed).await?;
        crawl_pages::put_many(&self.scope, &tx, &self.begun.crawl, pages).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.keep(readable, later).await?;
        self.count(counts).await
    }

    /// Lets what was read answer, or stores it for later. What waits from before answers, too, once nothing speaks against it.
    async fn keep(&self, readable: Vec<Readable>, later: Vec<Later>) -> Result<()> {
        let (source, crawl) = (&self.begun.source.id, self.begun.number);
        self.hammock.let_answer(&self.scope, readable).await?;
        *self.keeps.lock() |= later.iter().any(|later| !later.until_end);
        self.hammock.delay(&self.scope, source, crawl, later).await?;
        if self.judge.lock().may_be_a_fault() || !std::mem::take(&mut *self.keeps.lock()) {
            return Ok(());
        }
        self.hammock.release(&self.scope, source, crawl).await
    }

    /// Notes what was counted, now that it is stored.
    async fn count(&self, counts: CrawlCounts) -> Result<()> {
        *self.counts.lock() = counts;
        let tx = self.hammock.store().begin().await.map_err(from_store)?;
        match crawls::set_counts(&self.scope, &tx, &self.begun.crawl, counts).await {
            Ok(()) => tx.commit().await.map_err(from_store),
            // The source was deleted.
            Err(StoreError::NotFound) => Ok(()),
            Err(error) => Err(from_store(error)),
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

/// What is noted of a page that does not belong into the list of pages.
fn note_passed((arrived, _, read): (Arrived, DocumentId, Read), now: Timestamp) -> CrawlPage {
    let reason = match read {
        Read::Not { error, .. } => Some(error),
        Read::Text(_) | Read::Unchanged => None,
    };
    arrived.noted(None, CrawlPageOutcome::Skipped, reason, now)
}
