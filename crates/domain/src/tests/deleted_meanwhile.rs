//! What people delete while a website is read: it stays deleted, all else is read as ever, and both indexes hold what the database
//! says.

use std::sync::Arc;

use hammock_contract::{
    DocumentId,
    crawl::{Crawl, CrawlOutcome},
    document::{DocumentQuery, DocumentState},
    source::SourceState,
};
use hammock_net::EgressPolicy;
use hammock_store::{chunks, maintenance, revisions};
use hammock_testkit::site::{Page, Website};

use super::{
    crawling::{Crawled, small, website},
    embedders::{WordModels, choice},
    made::Made,
    resumed::numbers,
    world::{World, until},
};
use crate::Severity;

/// How many halls a large museum has, each with its page beside the front page.
const MANY: usize = 40;

/// What is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deleted {
    Page,
    Source,
    Collection,
}

fn hall(number: usize, more: &str) -> String {
    format!("Hall {number} shows sculpture{number} from morning to evening, and nobody pays for it on Sundays. {more}")
}

fn page(text: &str) -> Page {
    Page::html(format!("<main><p>{text}</p></main>"))
}

fn front(halls: usize, more: &str) -> Page {
    let links: String = (0..halls).map(|n| format!("<a href=/hall/{n}>hall</a> ")).collect();
    Page::html(format!("<main><p>The museum welcomes all of its friends to its halls. {more}</p></main>{links}"))
}

/// A museum with so many halls.
fn museum(site: &Website, halls: usize) {
    site.put("/", front(halls, ""));
    (0..halls).for_each(|n| site.put(&format!("/hall/{n}"), page(&hall(n, ""))));
}

/// So many halls say hardly anything any more.
fn shrink(site: &Website, halls: usize) {
    (0..halls).for_each(|n| site.put(&format!("/hall/{n}"), page(&format!("Gone: {n}."))));
}

/// A website whose first crawl waits for a worker, with an embedding model.
async fn waiting(site: &Website) -> Crawled<'_> {
    let egress = EgressPolicy::allowing([site.authority().parse().unwrap()]);
    let (embedders, embedding) = (WordModels::new(&[("one", 64, &["en"])]), choice("one"));
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let world = World::made(Made { egress, embedders, embedding, ..Made::new(folder) }).await;
    world.hammock.prepare().await.unwrap();
    Crawled::in_world(world, site, small(site)).await
}

/// A website that was crawled once.
async fn once(site: &Website) -> Crawled<'_> {
    let crawled = waiting(site).await;
    crawled.world.work();
    assert_eq!(crawled.end().await.state, SourceState::Ready);
    crawled.are_equal().await;
    crawled
}

/// A museum of five pages that was crawled once and is being crawled again, all of it having changed, with some texts outside the
/// index. First come those that answer as they come, from the third page on: more than half of the pages stand with it. Then the
/// two that waited for that.
async fn changing(site: &Website) -> Crawled<'_> {
    museum(site, 4);
    let crawled = once(site).await;
    site.put("/", front(4, "Dogs are welcome as well."));
    (0..4).for_each(|n| site.put(&format!("/hall/{n}"), page(&hall(n, "Dogs are welcome there."))));
    crawled.world.index.close();
    crawled.world.hammock.refresh_source(&crawled.owner, &crawled.source).await.unwrap();
    crawled
}

impl Crawled<'_> {
    /// Deletes something of these documents while their texts wait outside the index, and lets the texts in when nothing is left to
    /// be removed.
    async fn delete_meanwhile(&self, what: Deleted, brought: &[DocumentId]) {
        let (h, owner) = (&self.world.hammock, &self.owner);
        match what {
            Deleted::Page => h.delete_document(owner, &brought[0]).await.unwrap(),
            Deleted::Source => h.delete_source(owner, &self.source).await.unwrap(),
            Deleted::Collection => {
                let collection = h.find_source(owner, &self.source).await.unwrap().collection;
                h.delete_collection(owner, &collection).await.unwrap();
            }
        }
        until("the indexes forget what was deleted", async || {
            let removals = maintenance::count_removals(h.store().read()).await.unwrap();
            (removals == 0).then_some(())
        })
        .await;
        self.world.index.release();
        self.world.rest().await;
    }

    /// That both indexes hold what the database says, as soon as all passages have their vectors.
    async fn are_equal(&self) {
        let h = &self.world.hammock;
        self.world.rest().await;
        until("all passages have their vectors", async || {
            let waiting = chunks::count_waiting(h.store().read(), "one").await.unwrap();
            (waiting == 0).then_some(())
        })
        .await;
        let report = h.doctor(true).await.unwrap();
        for subject in ["keyword index", "vector index"] {
            let finding = report.findings.iter().find(|finding| finding.subject == subject).unwrap();
            assert_eq!(finding.severity, Severity::Fine, "{finding:?}");
        }
    }

    /// The crawl, which read all that it set out to read.
    async fn complete(&self) -> Crawl {
        let source = self.end().await;
        assert_eq!((source.state, &source.error), (SourceState::Ready, &None));
        let crawl = self.last().await;
        assert_eq!(crawl.outcome, CrawlOutcome::Complete);
        crawl
    }

    async fn stands(&self, id: &DocumentId) -> (DocumentState, u32) {
        let page = self.world.hammock.find_document(&self.owner, id).await.unwrap();
        (page.state, page.revision)
    }

    /// That so many pages are there, and every one answers with this revision.
    async fn all_answer(&self, pages: usize, revision: u32) {
        let query = DocumentQuery { source: Some(self.source.clone()), limit: Some(200), ..DocumentQuery::default() };
        let found = self.world.hammock.list_documents(&self.owner, query).await.unwrap().items;
        assert_eq!(found.len(), pages);
        for page in found {
            assert_eq!((page.state, page.revision), (DocumentState::Ready, revision), "{}", page.location);
        }
    }
}

#[tokio::test]
async fn a_page_that_is_deleted_before_it_is_looked_at_again_stays_deleted() {
    let site = website().await;
    museum(&site, 6);
    let crawled = once(&site).await;
    let (h, owner) = (&crawled.world.hammock, &crawled.owner);
    // One has changed, one cannot be read, one comes otherwise and says the same; a fourth, which stays, has changed as well.
    let deleted = ["/hall/0", "/hall/1", "/hall/2"];
    deleted.iter().for_each(|path| site.hold(path));
    site.put("/hall/0", page(&hall(0, "Dogs are welcome.")));
    site.put("/hall/1", Page::status(501));
    site.put("/hall/2", Page::html(format!("<main data-nonce=new><p>{}</p></main>", hall(2, ""))));
    site.put("/hall/3", page(&hall(3, "Dogs are welcome.")));
    site.take_visits("/");
    h.refresh_source(owner, &crawled.source).await.unwrap();
    until("the crawl knows its pages", async || (!site.take_visits("/").is_empty()).then_some(())).await;
    for path in ["/hall/0", "/hall/1"] {
        h.delete_document(owner, &crawled.page(path).await.id).await.unwrap();
    }
    h.leave_out_page(owner, &crawled.page("/hall/2").await.id).await.unwrap();
    deleted.iter().for_each(|path| site.release(path));
    assert_eq!(numbers(&crawled.complete().await), [0, 1, 3, 0, 0, 0]);
    assert_eq!(crawled.end().await.documents, 4);
    for path in deleted {
        assert!(crawled.find(path).await.is_none(), "{path}");
    }
    assert_eq!(crawled.page("/hall/3").await.revision, 2);
    crawled.are_equal().await;

    // What was only deleted comes back with the next one.
    site.put("/hall/1", page(&hall(1, "")));
    crawled.again().await;
    assert_eq!((crawled.page("/hall/0").await.revision, crawled.page("/hall/1").await.revision), (1, 1));
    assert!(crawled.find("/hall/2").await.is_none());
}

/// Of the pages of a first crawl, while some of them are brought into the index together.
async fn of_a_batch(what: Deleted) {
    let site = website().await;
    museum(&site, MANY);
    let crawled = waiting(&site).await;
    // The handbook, which the worker would read first.
    crawled.world.hammock.update_handbook().await.unwrap();
    let index = &crawled.world.index;
    index.close();
    crawled.world.work();
    let mut brought = index.wait_until_brought().await;
    until("the website has answered", async || {
        let asked = site.requests().iter().filter(|path| path.starts_with("/hall/")).count();
        (asked >= MANY).then_some(())
    })
    .await;
    // What came meanwhile comes together, after what was on its way.
    while brought.len() < 2 {
        index.let_in();
        brought = index.wait_until_brought().await;
    }
    crawled.delete_meanwhile(what, &brought).await;
    crawled.are_equal().await;
    if what == Deleted::Page {
        // It was found before it was deleted.
        assert_eq!(crawled.complete().await.added, MANY as u64 + 1);
        crawled.all_answer(MANY, 1).await;
    }
}

#[tokio::test]
async fn a_page_deleted_of_a_batch_takes_no_other_along() {
    of_a_batch(Deleted::Page).await;
}

#[tokio::test]
async fn a_source_deleted_with_a_batch_on_its_way_leaves_nothing_in_the_indexes() {
    of_a_batch(Deleted::Source).await;
}

#[tokio::test]
async fn a_collection_deleted_with_a_batch_on_its_way_leaves_nothing_in_the_indexes() {
    of_a_batch(Deleted::Collection).await;
}

/// Of changed pages: while those are brought into the index that answer as they come, or those that waited until more than half of
/// the pages stood.
async fn of_changed(what: Deleted, have_waited: bool) {
    let site = website().await;
    let crawled = changing(&site).await;
    let index = &crawled.world.index;
    let mut brought = index.wait_until_brought().await;
    if have_waited {
        index.let_in();
        brought = index.wait_until_brought().await;
        assert_eq!(brought.len(), 2);
    }
    crawled.delete_meanwhile(what, &brought).await;
    crawled.are_equal().await;
    if what == Deleted::Page {
        assert_eq!(crawled.complete().await.changed, 5);
        crawled.all_answer(4, 2).await;
    }
}

#[tokio::test]
async fn a_changed_page_that_is_deleted_takes_no_other_along() {
    of_changed(Deleted::Page, false).await;
}

#[tokio::test]
async fn a_source_with_changed_pages_that_is_deleted_leaves_nothing_in_the_indexes() {
    of_changed(Deleted::Source, false).await;
}

#[tokio::test]
async fn a_changed_page_that_has_waited_and_is_deleted_takes_no_other_along() {
    of_changed(Deleted::Page, true).await;
}

#[tokio::test]
async fn a_collection_with_changed_pages_that_have_waited_leaves_nothing_in_the_indexes() {
    of_changed(Deleted::Collection, true).await;
}

/// Of pages that say hardly anything any more, and answer with that at the end of the crawl.
async fn at_the_end(what: Deleted) {
    let site = website().await;
    museum(&site, 6);
    let crawled = once(&site).await;
    shrink(&site, 2);
    crawled.world.index.close();
    crawled.world.hammock.refresh_source(&crawled.owner, &crawled.source).await.unwrap();
    let brought = crawled.world.index.wait_until_brought().await;
    assert_eq!(brought.len(), 2);
    crawled.delete_meanwhile(what, &brought).await;
    crawled.are_equal().await;
    if what == Deleted::Page {
        assert_eq!(crawled.complete().await.changed, 2);
        assert_eq!(crawled.end().await.documents, 6);
        assert_eq!(crawled.stands(&brought[1]).await, (DocumentState::Ready, 2));
    }
}

#[tokio::test]
async fn a_page_deleted_at_the_end_of_a_crawl_takes_no_other_along() {
    at_the_end(Deleted::Page).await;
}

#[tokio::test]
async fn a_source_deleted_at_the_end_of_a_crawl_leaves_nothing_in_the_indexes() {
    at_the_end(Deleted::Source).await;
}

/// Of pages that a held crawl left waiting, while that is accepted.
async fn while_it_is_accepted(what: Deleted) {
    let site = website().await;
    museum(&site, 4);
    let crawled = once(&site).await;
    shrink(&site, 4);
    let (_, held) = crawled.read().await;
    assert_eq!(held.outcome, CrawlOutcome::Held);
    crawled.world.index.close();
    let (h, owner, source) = (crawled.world.hammock.clone(), crawled.owner.clone(), crawled.source.clone());
    let accepting = tokio::spawn(async move { h.accept_crawl(&owner, &source).await });
    let brought = crawled.world.index.wait_until_brought().await;
    assert_eq!(brought.len(), 4);
    crawled.delete_meanwhile(what, &brought).await;
    let accepted = accepting.await.unwrap();
    crawled.are_equal().await;
    if what != Deleted::Page {
        assert!(accepted.is_err(), "{accepted:?}");
        return;
    }
    assert_eq!(accepted.unwrap().documents, 4);
    for id in &brought[1..] {
        assert_eq!(crawled.stands(id).await, (DocumentState::Ready, 2));
    }
}

#[tokio::test]
async fn a_page_deleted_while_a_crawl_is_accepted_takes_no_other_along() {
    while_it_is_accepted(Deleted::Page).await;
}

#[tokio::test]
async fn a_collection_deleted_while_a_crawl_is_accepted_leaves_nothing_in_the_indexes() {
    while_it_is_accepted(Deleted::Collection).await;
}

#[tokio::test]
async fn a_page_that_was_read_by_itself_meanwhile_answers_with_that() {
    let site = website().await;
    let crawled = changing(&site).await;
    let (h, owner, index) = (&crawled.world.hammock, &crawled.owner, &crawled.world.index);
    let brought = index.wait_until_brought().await;
    let id = &brought[0];
    let tx = h.store().begin().await.unwrap();
    let revision = revisions::put(owner, &tx, id, "Closed.", "hash", Vec::new(), h.now()).await.unwrap();
    let switch = revisions::Switch {
        revision,
        title: "Closed".to_owned(),
        language: None,
        media_type: "text/html".to_owned(),
        text_hash: "said".to_owned(),
        embedding: false,
        file_key: String::new(),
    };
    assert!(revisions::switch(owner, &tx, id, &switch, h.now()).await.unwrap());
    tx.commit().await.unwrap();
    index.release();
    crawled.complete().await;
    crawled.are_equal().await;
    assert_eq!((revision, crawled.stands(id).await), (3, (DocumentState::Ready, 3)));
    assert_eq!(index.revisions(id).await, [0_u32; 0]);
}

hammock_testkit::on_postgres!(
    "deletions while websites are read, on PostgreSQL",
    a_page_that_is_deleted_before_it_is_looked_at_again_stays_deleted,
    a_page_deleted_of_a_batch_takes_no_other_along,
    a_collection_deleted_with_a_batch_on_its_way_leaves_nothing_in_the_indexes,
    a_changed_page_that_has_waited_and_is_deleted_takes_no_other_along,
    a_source_deleted_at_the_end_of_a_crawl_leaves_nothing_in_the_indexes,
    a_page_deleted_while_a_crawl_is_accepted_takes_no_other_along,
    a_page_that_was_read_by_itself_meanwhile_answers_with_that,
);
