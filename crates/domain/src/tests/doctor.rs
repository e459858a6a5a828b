//! What the operator is told about the installation, and a rebuild of the indexes.

use hammock_contract::{
    CollectionId, SourceId,
    document::DocumentState,
    source::{NewSource, SourceKind, WebsiteSettings},
};
use hammock_llm::scripted::ScriptedModel;
use hammock_store::maintenance;
use hammock_testkit::site::{Page, Website};

use super::world::World;
use crate::{Embedded, RebuildError, Scope, Severity};

/// An error that the crawler takes for final at once.
const BROKEN: u16 = 501;

async fn background_work(world: &World) -> (Severity, String) {
    let report = world.hammock.doctor(false).await.unwrap();
    let finding = report.findings.into_iter().find(|finding| finding.subject == "background work").unwrap();
    (finding.severity, finding.found)
}

fn given_up(number: usize) -> (Severity, String) {
    let severity = if number == 0 { Severity::Fine } else { Severity::Notice };
    (severity, format!("0 waiting, 0 running, {number} given up"))
}

/// A website in a collection of its own, after its first crawl.
async fn crawled(world: &World, owner: &Scope, site: &Website, name: &str) -> (CollectionId, SourceId) {
    let (collection, _) = world.collection(owner, name).await;
    let kind = SourceKind::Website(WebsiteSettings {
        page_limit: 10,
        use_sitemap: false,
        ..WebsiteSettings::of(site.url("/"))
    });
    let source = world
        .hammock
        .create_source(owner, &collection, NewSource { name: String::new(), description: String::new(), kind })
        .await
        .unwrap();
    world.rest().await;
    (collection, source.id)
}

#[tokio::test]
async fn a_crawl_that_was_given_up_counts_while_there_is_something_to_look_at() {
    let site = Website::start([("/", Page::status(BROKEN))]).await.expect("a website starts");
    let world = World::with_website(ScriptedModel::new([]), &site).await;
    world.work();
    let owner = world.owner("Eva").await;
    let (_, first) = crawled(&world, &owner, &site, "Museum").await;
    let (second, _) = crawled(&world, &owner, &site, "Library").await;
    assert_eq!(background_work(&world).await, given_up(2));

    site.put("/", Page::html("<main><p>The museum opens at nine.</p></main>"));
    world.hammock.refresh_source(&owner, &first).await.unwrap();
    world.rest().await;
    assert_eq!(background_work(&world).await, given_up(1), "one was read since");

    world.hammock.delete_collection(&owner, &second).await.unwrap();
    world.rest().await;
    assert_eq!(background_work(&world).await, given_up(0));
    world.hammock.delete_source(&owner, &first).await.unwrap();
    world.rest().await;
    let left = maintenance::list_given_up(world.hammock.store().read()).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_file_that_could_not_be_read_counts_until_it_is_deleted() {
    let (world, owner) = World::at_work().await;
    let (_, source) = world.collection(&owner, "Museum").await;
    let empty = b"<html><body><img src=a></body></html>";
    let id = world.upload(&owner, &source, "a.html", empty).await.unwrap().id;
    assert_eq!(world.read(&owner, &id).await.state, DocumentState::Failed);
    world.rest().await;
    assert_eq!(background_work(&world).await, given_up(1));
    world.hammock.delete_document(&owner, &id).await.unwrap();
    world.rest().await;
    assert_eq!(background_work(&world).await, given_up(0));
}

#[tokio::test]
async fn a_rebuild_without_a_model_leaves_nothing_waiting_for_vectors() {
    let (world, owner) = World::at_work().await;
    let (_, id) = world.knowledge(&owner, "Museum", "# Hours\n\nThe museum opens at nine.\n").await;
    world.rest().await;
    world.hammock.rebuild_index(|_| {}).await.unwrap();
    let embedded = world.hammock.embed_waiting(|_, _| {}).await.unwrap();
    assert!(matches!(embedded, Embedded::NoModel(_)), "{embedded:?}");
    assert_eq!(world.hammock.find_document(&owner, &id).await.unwrap().state, DocumentState::Ready);
    assert!(!world.search(&owner, "museum opens").await.is_empty());
}

#[tokio::test]
async fn what_was_deleted_and_waits_for_its_removal_is_no_problem() {
    let (world, owner) = World::at_work().await;
    let (_, id) = world.knowledge(&owner, "Museum", "# Hours\n\nThe museum opens at nine.\n").await;
    world.rest().await;
    let keyword_index = async || {
        let report = world.hammock.doctor(true).await.unwrap();
        let finding = report.findings.into_iter().find(|finding| finding.subject == "keyword index").unwrap();
        (finding.severity, finding.found)
    };
    assert_eq!(keyword_index().await.0, Severity::Fine);
    world.stop_working();
    world.hammock.delete_document(&owner, &id).await.unwrap();
    let waiting = "still to be removed, as it was deleted: 1 chunk".to_owned();
    assert_eq!(keyword_index().await, (Severity::Notice, waiting));
}

#[tokio::test]
async fn an_index_that_cannot_be_read_is_a_finding_beside_the_others() {
    let world = World::new().await;
    world.index.damage();
    let report = world.hammock.doctor(true).await.unwrap();
    let of = |subject: &str| report.findings.iter().find(|finding| finding.subject == subject).unwrap();
    let index = of("keyword index");
    assert_eq!((index.severity, index.found.as_str()), (Severity::Problem, "cannot be read: a segment is missing"));
    assert!(index.advice.contains("hammock reindex"), "{index:?}");
    assert_eq!(of("database").severity, Severity::Fine);
}

#[tokio::test]
async fn a_rebuild_says_that_it_was_the_index_that_failed() {
    let world = World::new().await;
    world.index.damage();
    let failed = world.hammock.rebuild_index(|_| {}).await.unwrap_err();
    assert!(matches!(&failed, RebuildError::Index(error) if error.to_string() == "a segment is missing"), "{failed:?}");
}
