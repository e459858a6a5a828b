//! A crawl that is held and that a person rejects: what answered before goes on answering, and nothing is left of what waited,
//! neither in the database nor in the index, whoever was bringing it in meanwhile.

use hammock_contract::{
    ChunkId, ErrorCode,
    crawl::{CrawlOutcome, CrawlTrigger},
    document::{Document, DocumentState},
    page::PageRequest,
    source::{Source, SourceState},
};
use hammock_retrieval::{ChunkText, IndexedDocument, SearchIndex};
use hammock_store::{
    StoreError, audit, crawl_changes,
    jobs::{self, NewJob},
    revisions,
};
use hammock_testkit::site::{Page, Website};
use tokio::task::JoinHandle;

use super::{
    crawling::{Crawled, website},
    quarantine::{ROOMS, TABLES, casino, museum},
};
use crate::Result;

const DAY: i64 = 24 * 3_600_000;

/// A website that was replaced by another one, which is held.
async fn held(site: &Website) -> Crawled<'_> {
    museum(site);
    let crawled = Crawled::once(site).await;
    crawled.world.clock.pass(60_000);
    casino(site, "/last");
    assert_eq!(crawled.read().await.1.outcome, CrawlOutcome::Held);
    crawled
}

impl Crawled<'_> {
    async fn reject(&self) -> Source {
        let rejected = self.world.hammock.reject_crawl(&self.owner, &self.source).await.expect("it is rejected");
        self.world.rest().await;
        rejected
    }

    /// Somebody accepts what is held, and has brought its texts into the index, which lets nobody go on.
    async fn accepting(&self) -> JoinHandle<Result<Source>> {
        self.world.index.hold();
        let (h, owner, source) = (self.world.hammock.clone(), self.owner.clone(), self.source.clone());
        let accepting = tokio::spawn(async move { h.accept_crawl(&owner, &source).await });
        self.world.index.wait_until_taken().await;
        accepting
    }

    async fn is_stored(&self, page: &Document, revision: u32) -> bool {
        match revisions::find(&self.owner, self.world.hammock.store().read(), &page.id, revision).await {
            Ok(_) => true,
            Err(StoreError::NotFound) => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// The revisions of a page that are in the index.
    async fn indexed(&self, page: &Document) -> Vec<u32> {
        self.world.index.revisions(&page.id).await
    }
}

#[tokio::test]
async fn what_a_rejected_crawl_found_is_dropped_and_the_next_is_measured_by_the_last_good_one() {
    let site = website().await;
    museum(&site);
    let crawled = Crawled::once(&site).await;
    crawled.world.clock.pass(60_000);
    casino(&site, "/last");
    site.put("/table/5", Page::status(501));
    assert_eq!(crawled.read().await.1.outcome, CrawlOutcome::Held);
    let (front, table) = (crawled.page("/").await, crawled.page("/table/3").await);
    assert_eq!(crawled.page("/table/5").await.state, DocumentState::Failed);
    assert!(crawled.is_stored(&front, 2).await && crawled.is_stored(&table, 1).await);

    let source = crawled.reject().await;
    assert_eq!((source.state, source.error, source.documents), (SourceState::Ready, None, 1 + ROOMS as u64));
    crawled.is_museum().await;
    for path in ["/table/3", "/table/5", "/last"] {
        assert!(crawled.find(path).await.is_none(), "{path}");
    }
    assert!(!crawled.is_stored(&front, 2).await && !crawled.is_stored(&table, 1).await);
    assert!(crawled.is_stored(&front, 1).await);
    assert_eq!((crawled.indexed(&front).await, crawled.indexed(&table).await), (vec![1], Vec::new()));
    let (h, owner, id) = (&crawled.world.hammock, &crawled.owner, &crawled.source);
    assert!(!crawl_changes::is_waiting(owner, h.store().read(), &front.id).await.unwrap());
    let rejected = crawled.last().await;
    assert_eq!((rejected.outcome, rejected.removed, rejected.error), (CrawlOutcome::Rejected, ROOMS as u64, None));
    let request = PageRequest { limit: Some(100), ..PageRequest::default() };
    let written = audit::list(owner, h.store().read(), &request).await.unwrap().items;
    let written: Vec<_> = written.iter().filter(|row| row.action == "source.reject").collect();
    assert_eq!(written.len(), 1);
    // Every table, and the last page.
    assert_eq!(written[0].detail, serde_json::json!({ "dropped": TABLES + 1 }));
    for decided in [h.accept_crawl(owner, id).await, h.reject_crawl(owner, id).await] {
        assert_eq!(decided.unwrap_err().code, ErrorCode::InvalidRequest);
    }

    // Still a casino when it is due: it is held as before.
    site.put("/table/5", Page::html("<main><p>Table 5 pays jackpot5 at once.</p></main>"));
    crawled.world.clock.pass(DAY + 60_000);
    h.crawl_due().await.unwrap();
    let source = crawled.end().await;
    assert_eq!(source.error.map(|error| error.code), Some(ErrorCode::SiteShrunk));
    let held = crawled.last().await;
    assert_eq!((held.outcome, held.trigger), (CrawlOutcome::Held, CrawlTrigger::Schedule));
    assert_eq!((held.added, held.removed), (TABLES as u64 + 1, ROOMS as u64));
    crawled.is_museum().await;

    // Rejected once more; then the museum is back.
    crawled.reject().await;
    museum(&site);
    site.put("/last", Page::status(404));
    let (source, crawl) = crawled.read().await;
    assert_eq!((source.state, crawl.outcome), (SourceState::Ready, CrawlOutcome::Complete));
    assert_eq!((crawl.added, crawl.changed, crawl.unchanged), (0, 0, 1 + ROOMS as u64));
    crawled.is_museum().await;
}

#[tokio::test]
async fn what_somebody_brings_in_while_it_is_rejected_is_taken_out_again() {
    let site = website().await;
    let crawled = held(&site).await;
    let (front, table) = (crawled.page("/").await, crawled.page("/table/3").await);
    let accepting = crawled.accepting().await;
    assert_eq!((crawled.indexed(&front).await, crawled.indexed(&table).await), (vec![1, 2], vec![1]));
    crawled.reject().await;
    crawled.world.index.release();
    let refused = accepting.await.unwrap().unwrap_err();
    assert_eq!(refused.code, ErrorCode::InvalidRequest);
    assert_eq!((crawled.indexed(&front).await, crawled.indexed(&table).await), (vec![1], Vec::new()));
    crawled.is_museum().await;
}

#[tokio::test]
async fn what_is_not_accepted_after_all_is_taken_out_again_and_can_be_accepted_later() {
    let site = website().await;
    let crawled = held(&site).await;
    let (front, table) = (crawled.page("/").await, crawled.page("/table/3").await);
    let accepting = crawled.accepting().await;
    let (h, owner, subject) = (&crawled.world.hammock, &crawled.owner, crawled.source.as_str());
    // Somebody has it read meanwhile, which waits as long as the test wants.
    let run_at = Some(h.now().plus_millis(DAY));
    let job =
        NewJob { subject: Some(subject.to_owned()), run_at, ..NewJob::new("read_document", serde_json::json!({})) };
    let tx = h.store().begin().await.unwrap();
    jobs::enqueue(owner, &tx, job, h.now()).await.unwrap();
    tx.commit().await.unwrap();
    crawled.world.index.release();
    assert_eq!(accepting.await.unwrap().unwrap_err().code, ErrorCode::Busy);
    assert_eq!((crawled.indexed(&front).await, crawled.indexed(&table).await), (vec![1], Vec::new()));
    assert_eq!(h.reject_crawl(owner, &crawled.source).await.unwrap_err().code, ErrorCode::Busy);
    assert_eq!(crawled.page("/table/3").await.state, DocumentState::Waiting);

    let tx = h.store().begin().await.unwrap();
    assert_eq!(jobs::cancel(owner, &tx, subject, h.now()).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(crawled.accept().await.documents, TABLES as u64 + 2);
    assert_eq!((crawled.indexed(&front).await, crawled.indexed(&table).await), (vec![2], vec![1]));
    assert!(crawled.answers("jackpot3").await && !crawled.answers("painting3").await);
}

#[tokio::test]
async fn a_text_that_was_overtaken_goes_though_a_newer_one_is_in_the_making() {
    let site = website().await;
    let crawled = held(&site).await;
    // Its second text is forgotten, and its third waits.
    assert_eq!(crawled.read().await.1.outcome, CrawlOutcome::Held);
    let front = crawled.page("/").await;
    let brought = [2, 3].map(|revision| IndexedDocument {
        organisation: crawled.owner.organisation().clone(),
        collection: front.collection.clone(),
        document: front.id.clone(),
        revision,
        language: None,
        chunks: vec![ChunkText {
            chunk: ChunkId::new(),
            ordinal: 0,
            heading: String::new(),
            text: "Welcome to a lounge.".to_owned(),
        }],
    });
    crawled.world.index.put_text(&brought).await.unwrap();
    for late in [2, 3] {
        crawled.world.hammock.drop_replaced(vec![(front.id.clone(), late)]).await.unwrap();
        assert_eq!(crawled.indexed(&front).await, [1, 3]);
    }
}

hammock_testkit::on_postgres!(
    "rejected crawls on PostgreSQL",
    what_a_rejected_crawl_found_is_dropped_and_the_next_is_measured_by_the_last_good_one,
    what_somebody_brings_in_while_it_is_rejected_is_taken_out_again,
    what_is_not_accepted_after_all_is_taken_out_again_and_can_be_accepted_later,
);
