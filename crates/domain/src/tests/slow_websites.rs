//! Websites that take their time to answer.

use hammock_contract::{
    SourceId,
    source::{NewSource, SourceKind, SourceState, WebsiteSettings},
};

use super::{
    crawling::{Crawled, small, text, website},
    world::until,
};

/// More than may be read at once of what takes hours and does not wait for others.
const SLOW: usize = 3;

#[tokio::test]
async fn slow_websites_hold_up_no_other() {
    let site = website().await;
    let settings = |path: &str| WebsiteSettings { start_url: site.url(path), follow_links: false, ..small(&site) };
    let paths: Vec<String> = (0..SLOW).map(|n| format!("/slow{n}")).collect();
    for path in &paths {
        site.put(path, text(path));
        site.hold(path);
    }
    site.put("/fast", text("fast"));
    let crawled = Crawled::waiting(&site, settings(&paths[0])).await;
    let (h, owner) = (&crawled.world.hammock, &crawled.owner);
    let collection = h.find_source(owner, &crawled.source).await.unwrap().collection;
    let mut sources = vec![crawled.source.clone()];
    for path in paths[1..].iter().map(String::as_str).chain(["/fast"]) {
        let kind = SourceKind::Website(settings(path));
        let new = NewSource { name: path.to_owned(), description: String::new(), kind };
        sources.push(h.create_source(owner, &collection, new).await.expect("a source is made").id);
    }
    crawled.world.work();
    let state = async |source: &SourceId| h.find_source(owner, source).await.expect("the source is there").state;
    let fast = sources.pop().expect("it was made last");
    until("the website is read", async || (state(&fast).await == SourceState::Ready).then_some(())).await;
    for source in &sources {
        assert_eq!(state(source).await, SourceState::Working);
    }

    paths.iter().for_each(|path| site.release(path));
    crawled.world.rest().await;
    for source in &sources {
        assert_eq!(state(source).await, SourceState::Ready);
    }
}
