//! Pages of a website that are left out, one by one or many together.

use hammock_contract::{
    ErrorCode,
    page::PageRequest,
    source::{SourceKind, SourcePatch, SourceState, WebsiteSettings},
    user::Role,
};
use hammock_store::{audit, sources};
use hammock_testkit::site::{Page, Website};

use super::{
    crawling::{Crawled, website},
    resumed::{MANY, begin, grown, settings},
    world::World,
};

#[tokio::test]
async fn a_page_that_is_left_out_does_not_come_back_until_it_is_taken_in() {
    let site = Website::start([
        ("/", Page::html("<main><p>The museum.</p></main><a href=/old>1</a><a href=/new>2</a>")),
        ("/old", Page::html("<main><p>The museum opened at volcano time.</p></main>")),
        ("/new", Page::html("<main><p>The museum opens at nine.</p></main>")),
    ])
    .await
    .unwrap();
    let crawled = Crawled::once(&site).await;
    let (h, owner) = (&crawled.world.hammock, &crawled.owner);
    let old = crawled.page("/old").await.id;
    let user = crawled.world.colleague(owner, "Adam", Role::User).await;
    assert_eq!(h.leave_out_page(&user, &old).await.unwrap_err().code, ErrorCode::RoleRequired);
    let before = h.find_source(owner, &crawled.source).await.unwrap();

    let after = h.leave_out_page(owner, &old).await.unwrap();
    let SourceKind::Website(mut settings) = after.kind else { panic!("{after:?}") };
    assert_eq!((&settings.exclude[..], after.documents), (&["/old".to_owned()][..], before.documents - 1));
    assert_eq!(after.next_crawl_at, before.next_crawl_at);
    crawled.world.rest().await;
    assert!(crawled.find("/old").await.is_none() && crawled.world.search(owner, "volcano").await.is_empty());
    site.take_visits("/old");
    crawled.again().await;
    assert!(crawled.find("/old").await.is_none() && site.take_visits("/old").is_empty());
    assert_eq!(h.leave_out_page(owner, &old).await.unwrap_err().code, ErrorCode::NotFound);
    let request = PageRequest { limit: Some(100), ..PageRequest::default() };
    let rows = audit::list(owner, h.store().read(), &request).await.unwrap().items;
    assert_eq!(rows.iter().filter(|row| row.action == "source.leave_out").count(), 1);

    settings.exclude.clear();
    let patch = SourcePatch { website: Some(settings), ..SourcePatch::default() };
    h.update_source(owner, &crawled.source, patch).await.unwrap();
    crawled.again().await;
    assert_eq!(crawled.page("/old").await.revision, 1);
}

#[tokio::test]
async fn what_a_crawl_found_holds_though_a_page_is_left_out_meanwhile() {
    let site = website().await;
    let crawled = grown(&site).await;
    begin(&crawled).await;
    let goes = crawled.page("/goes").await.id;
    crawled.world.hammock.leave_out_page(&crawled.owner, &goes).await.expect("it is left out");
    crawled.world.index.release();
    assert_eq!(crawled.end().await.error, None);
    let store = crawled.world.hammock.store();
    let source = sources::find_writable(&crawled.owner, store.read(), &crawled.source).await.expect("it is there");
    assert_eq!(source.last_page_count, MANY + 2, "the next crawl is measured by it");
}

#[tokio::test]
async fn many_pages_that_are_left_out_during_a_crawl_go_with_the_next_one() {
    let site = website().await;
    let crawled = grown(&site).await;
    begin(&crawled).await;
    let (h, owner) = (&crawled.world.hammock, &crawled.owner);
    let most = WebsiteSettings { exclude: vec!["/p*".to_owned()], ..settings(&site) };
    let patch = SourcePatch { website: Some(most), ..SourcePatch::default() };
    h.update_source(owner, &crawled.source, patch).await.expect("it is changed");
    crawled.world.index.release();
    assert_eq!(crawled.end().await.error, None);
    let source = sources::find_writable(owner, h.store().read(), &crawled.source).await.expect("it is there");
    assert_eq!(source.last_page_count, 0, "the next crawl is not measured by what was wanted before");

    h.refresh_source(owner, &crawled.source).await.expect("a crawl begins");
    let source = crawled.end().await;
    assert_eq!((source.state, source.error, source.documents), (SourceState::Ready, None, 2));
}

#[tokio::test]
async fn a_file_cannot_be_left_out() {
    let (world, owner) = World::at_work().await;
    let (_, document) = world.knowledge(&owner, "Museum", "# Hours\n\nThe museum opens at nine.\n").await;
    let refused = world.hammock.leave_out_page(&owner, &document).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::InvalidRequest);
    assert!(world.hammock.find_document(&owner, &document).await.is_ok());
}
