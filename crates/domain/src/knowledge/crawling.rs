//! Crawling a website source: the crawler finds and fetches, [`super::gathering`] reads and keeps what it brings, and this
//! module sees to it that a crawl begins and goes on; [`super::ending`] says how it ends.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Instant,
};

use hammock_contract::{
    ApiError, CrawlId, ErrorCode, SourceId, Timestamp,
    crawl::{CrawlOutcome, CrawlTrigger},
    job::JobProgress,
    source::SourceKind,
};
use hammock_ingest::crawl::{self, CrawlPolicy, CrawlRest, KnownPage, StopReason, Viewer};
use hammock_store::{
    Scope, StoreError, crawl_changes, crawl_rests,
    crawls::{self, CrawlCounts},
    documents::{self, DocumentRow},
    sources,
};
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    arriving::Sink,
    changes::{Measure, Stake},
    ending::replaced,
    gathering::{BATCH, Gathering},
    jobs::{PartPage, Reached},
    judging::Judge,
    noting::Noting,
    pages::Known,
    parts::wanted,
};
use crate::{
    Hammock, Result,
    error::{from_store, internal},
};

/// How long a browser need not look again at a page that has not changed, unless a person asks: its scripts may bring something
/// else by then. Less than a day by more than the order of the pages changes from one crawl to the next, so that a crawl a day
/// looks each time. Milliseconds.
const RENDER_AGAIN: i64 = 20 * 3_600_000;

/// A crawl that began.
#[derive(Clone)]
pub(super) struct Begun {
    pub source: sources::SourceRow,
    pub crawl: CrawlId,
    /// The source's number of the crawl.
    pub number: u64,
    /// Why it is done.
    pub trigger: CrawlTrigger,
    /// When it began first.
    pub started_at: Timestamp,
    /// The pages that it reads, where these are not all.
    pub part: Option<Vec<PartPage>>,
    /// Whether pages may be asked for on condition that they have changed. One that has not shows no links: what it led to
    /// must have been asked for as well.
    pub asks_conditionally: bool,
    /// What it had counted and measured before, where it goes on.
    pub counts: CrawlCounts,
    pub measure: Measure,
    /// How many pages answered when it began first; nothing before they are counted.
    pub answering: Option<u64>,
}

impl Begun {
    /// What it may find to be gone of these pages, of which so many answered when it began.
    fn stake(&self, rows: &[DocumentRow], answering: u64) -> Stake {
        let looked_for = match &self.part {
            None => answering,
            Some(part) => {
                let part: HashSet<&str> = part.iter().map(|page| page.address.as_str()).collect();
                let is_of_it = |row: &&DocumentRow| row.revision > 0 && part.contains(row.location.as_str());
                rows.iter().filter(is_of_it).count() as u64
            }
        };
        Stake { answering, looked_for }
    }
}

impl Hammock {
    /// Crawls a source, or these pages of it, to its end, or until `stop`; with `shutdown`, its job is done again when the server runs.
    pub(crate) async fn crawl_source(
        &self,
        scope: &Scope,
        id: &SourceId,
        trigger: CrawlTrigger,
        pages: Option<Vec<PartPage>>,
        stop: CancellationToken,
        shutdown: &CancellationToken,
    ) -> Result<Reached> {
        let Some((begun, rest)) = self.begin_crawling(scope, id, trigger, pages).await? else {
            return Ok(Reached::End);
        };
        let crawled = self.crawl_begun(scope, &begun, rest, stop, shutdown).await;
        if let Err(error) = &crawled {
            let tx = self.store().begin().await.map_err(from_store)?;
            let goes_on = self.goes_on_after(scope, &tx, &begun, error).await?;
            let outcome = if goes_on { CrawlOutcome::Interrupted } else { CrawlOutcome::Failed };
            match crawls::finish(scope, &tx, &begun.crawl, outcome, 0, Some(error.clone()), self.now()).await {
                Ok(()) => {
                    if !goes_on {
                        crawl_rests::forget(scope, &tx, id).await.map_err(from_store)?;
                    }
                    tx.commit().await.map_err(from_store)?;
                }
                Err(StoreError::NotFound) => {}
                Err(error) => return Err(from_store(error)),
            }
        }
        crawled
    }

    /// Notes that a crawl begins, or that the last one goes on with what it has left; nothing where there is no website.
    async fn begin_crawling(
        &self,
        scope: &Scope,
        id: &SourceId,
        trigger: CrawlTrigger,
        part: Option<Vec<PartPage>>,
    ) -> Result<Option<(Begun, Option<CrawlRest>)>> {
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let source = match sources::find_writable(scope, tx.db(), id).await {
            Ok(source) => source,
            Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(from_store(error)),
        };
        if matches!(source.kind, SourceKind::Upload) {
            return Ok(None);
        }
        let last = crawls::list(scope, tx.db(), id).await.map_err(from_store)?.into_iter().next();
        if let Some((begun, rest)) = self.go_on(scope, &tx, &source, last.as_ref(), part.as_deref()).await? {
            tx.commit().await.map_err(from_store)?;
            return Ok(Some((begun, Some(rest))));
        }
        // One crawl of a source goes on at a time: whatever else says so was cut off.
        let cut_off = ApiError::new(ErrorCode::Unavailable, "the server went down while the website was being read");
        crawls::close_running(scope, &tx, id, CrawlOutcome::Failed, Some(cut_off), now).await.map_err(from_store)?;
        let crawls = crawls::list(scope, tx.db(), id).await.map_err(from_store)?;
        let last = crawls.into_iter().find(|crawl| crawl.crawl_trigger != CrawlTrigger::Sitemap);
        // What an earlier crawl left waiting is found anew.
        crawl_changes::forget(scope, &tx, id).await.map_err(from_store)?;
        let number = sources::begin_crawl(scope, &tx, id).await.map_err(from_store)?;
        let crawl = crawls::begin(scope, &tx, id, number, trigger, now).await.map_err(from_store)?;
        let progress = JobProgress::at("fetching");
        match part {
            // When all of it is due stays noted.
            Some(_) => sources::set_progress(scope, &tx, id, &progress).await.map_err(from_store)?,
            None => sources::start_work(scope, &tx, id, &progress).await.map_err(from_store)?,
        }
        tx.commit().await.map_err(from_store)?;
        let was_cut_short = last.is_some_and(|last| {
            matches!(last.outcome, CrawlOutcome::Stopped | CrawlOutcome::Interrupted | CrawlOutcome::Failed)
        });
        let (counts, measure) = (CrawlCounts::default(), Measure::default());
        let (started_at, asks_conditionally, answering) = (now, !was_cut_short, None);
        let begun =
            Begun { source, crawl, number, trigger, started_at, part, asks_conditionally, counts, measure, answering };
        Ok(Some((begun, None)))
    }

    async fn crawl_begun(
        &self,
        scope: &Scope,
        begun: &Begun,
        rest: Option<CrawlRest>,
        stop: CancellationToken,
        shutdown: &CancellationToken,
    ) -> Result<Reached> {
        let id = &begun.source.id;
        let SourceKind::Website(settings) = &begun.source.kind else { return Ok(Reached::End) };
        let _running = self.0.crawls.begin(id, stop.clone());
        let rows = documents::list_of_source(scope, self.store().read(), id).await.map_err(from_store)?;
        let answering = || rows.iter().filter(|row| row.revision > 0).count() as u64;
        let answering = begun.answering.unwrap_or_else(answering);
        let begun = &Begun { answering: Some(answering), ..begun.clone() };
        let known: HashMap<String, Known> = rows.iter().map(|row| (row.location.clone(), Known::of(row))).collect();
        let mut judge = match &rest {
            Some(rest) => self.judge_going_on(scope, begun, &rows, rest).await?,
            None => Judge::of(&rows),
        };
        judge.stake = begun.stake(&rows, answering);
        let (found_before, noting) = match &rest {
            Some(rest) => {
                let found_before = self.found_before(scope, begun, &rows, rest).await?;
                (found_before, Noting::new(rest.addresses(), Instant::now()))
            }
            None => (HashMap::new(), Noting::beginning(Instant::now())),
        };
        let noting = Arc::new(noting);
        let oldest = match begun.trigger {
            CrawlTrigger::Person => self.now(),
            CrawlTrigger::Schedule | CrawlTrigger::Sitemap => self.now().plus_millis(-RENDER_AGAIN),
        };
        let goes_on = rest.is_some();
        let known_page = |row: DocumentRow| {
            // A page that the crawl has looked at and asks for again must come whole: its links may not be known.
            let is_new = !goes_on || row.seen_in_crawl != begun.number;
            known_page(row, begun.asks_conditionally && is_new, self.0.renderer.as_ref().map(|_| oldest))
        };
        let pages = rows.into_iter().map(known_page).collect();

        let start = self.start_of(scope, &begun.source, settings).await?;
        let (sender, receiver) = mpsc::channel(BATCH);
        let gathering = Gathering {
            hammock: self.clone(),
            scope: scope.clone(),
            begun: begun.clone(),
            counts: Mutex::new(begun.counts),
            judge: Mutex::new(judge),
            doubtful: Mutex::default(),
            keeps: Mutex::new(goes_on),
            found_before,
            noting: Arc::clone(&noting),
        };
        let gathering = tokio::spawn(gathering.run(receiver));
        let mut sink = Sink {
            hammock: self.clone(),
            scope: scope.clone(),
            source: id.clone(),
            known,
            sender,
            written: Instant::now(),
            is_part: begun.part.is_some(),
            gone: Vec::new(),
            handed_over: 0,
            noting,
        };
        let net = &self.client_for(scope);
        let policy = self.crawl_policy();
        let crawled = match (&begun.part, rest) {
            (Some(_), Some(rest)) => crawl::go_on_part(net, settings, &policy, pages, rest, &mut sink, &stop).await,
            (Some(part), None) => {
                let part = wanted(part);
                crawl::crawl_part(net, settings, &policy, &start, pages, &part, &mut sink, &stop).await
            }
            (None, Some(rest)) => crawl::go_on(net, settings, &policy, pages, rest, &mut sink, &stop).await,
            (None, None) => crawl::crawl(net, settings, &policy, pages, &mut sink, &stop).await,
        };
        let gone = std::mem::take(&mut sink.gone);
        drop(sink);
        let measure = gathering.await.map_err(internal)??;
        let summary = crawled.map_err(|error| advised(error.into(), &settings.start_url))?;
        let is_whole = !matches!(summary.stopped, Some(StopReason::Cancelled | StopReason::Sink));
        match begun.part {
            // What it left waiting is forgotten: the next crawl of all pages tells whether it is a fault.
            Some(_) if is_whole && measure.is_suspicious_in_part(answering) => Err(replaced(measure)),
            None => self.end_crawl(scope, begun, &summary, measure, gone, shutdown.is_cancelled()).await,
            Some(_) => self.end_part(scope, begun, &summary, measure, gone, shutdown.is_cancelled()).await,
        }
    }

    /// How the operator wants websites to be read.
    pub(crate) fn crawl_policy(&self) -> CrawlPolicy {
        let parser = Arc::clone(&self.0.parser);
        CrawlPolicy {
            contact: self.settings().crawler_contact.clone(),
            delay: self.settings().crawl_delay,
            viewer: self.0.renderer.clone().map(|renderer| Viewer { renderer, parser }),
            paces: self.0.paces.clone(),
            ..CrawlPolicy::default()
        }
    }
}

/// Of a website that was not reached with encryption, the address without: people type `example.org`, and it was asked for with.
fn advised(error: ApiError, start: &str) -> ApiError {
    match start.strip_prefix("https://") {
        Some(rest) if error.code == ErrorCode::SiteUnreachable && error.params.is_empty() => {
            error.with("http", format!("http://{rest}"))
        }
        _ => error,
    }
}

/// A page to ask for again, whatever became of it last time. Only what was read can be unchanged. Where there is a browser, it
/// looks again at what it has not seen since `oldest`; such a page must come whole.
fn known_page(row: DocumentRow, asks_conditionally: bool, oldest: Option<Timestamp>) -> KnownPage {
    let page = KnownPage { url: row.location, depth: row.depth, render_due: true, ..KnownPage::default() };
    if row.revision == 0 {
        return page;
    }
    let render_due = oldest.is_some_and(|oldest| row.rendered_at.is_none_or(|at| at <= oldest));
    let comes_whole = !asks_conditionally || (render_due && row.rendered_at.is_some());
    KnownPage {
        etag: row.etag.filter(|_| !comes_whole),
        last_modified: row.last_modified.filter(|_| !comes_whole),
        content_hash: row.content_hash,
        // After a crawl that was cut off, it may be that of a text which was never stored.
        raw_hash: row.raw_hash.filter(|_| asks_conditionally),
        render_due,
        ..page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_reached_with_encryption_may_be_without() {
        let unreachable = || ApiError::new(ErrorCode::SiteUnreachable, "refused");
        assert_eq!(advised(unreachable(), "https://a.example/b").params["http"], "http://a.example/b");
        for (error, start) in [
            (unreachable(), "http://a.example/"),
            (unreachable().with("circle", "https://a.example/"), "https://a.example/"),
            (unreachable().with("host", "a.example"), "https://a.example/"),
            (ApiError::new(ErrorCode::SiteFailed, "failed"), "https://a.example/"),
        ] {
            assert_eq!(advised(error.clone(), start), error);
        }
    }
}
