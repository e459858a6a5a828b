//! Pages that answered and must not any more, and such as cannot be read today alone.

use hammock_contract::{
    ErrorCode,
    crawl::{Crawl, CrawlOutcome},
    document::{ChunkPatch, DocumentState},
    source::{SourcePatch, WebsiteSettings},
};
use hammock_testkit::site::Page;

use super::crawling::{Crawled, small, text, website};

fn links(paths: &[&str]) -> Page {
    let links: String = paths.iter().map(|path| format!("<a href={path}>link</a> ")).collect();
    Page::html(format!("<main><p>The museum welcomes you.</p></main>{links}"))
}

impl Crawled<'_> {
    /// Whether a word of a page is found.
    pub async fn answers(&self, word: &str) -> bool {
        let hits = self.world.search(&self.owner, word).await;
        // The handbook is searched too.
        let is_ours = |url: &str| url.starts_with(&self.site.url(""));
        hits.iter().any(|hit| hit.url.as_deref().is_some_and(is_ours) && hit.text.contains(word))
    }

    pub async fn last(&self) -> Crawl {
        self.world.hammock.list_crawls(&self.owner, &self.source).await.expect("crawls are listed").remove(0)
    }
}

/// What becomes of a page that is linked all the same, what is noted of it, and in which state it is.
fn reasons() -> Vec<(&'static str, Page, ErrorCode, DocumentState)> {
    let (skipped, failed) = (DocumentState::Skipped, DocumentState::Failed);
    let noindex = Page::html("<meta name=robots content=noindex><main><p>The museum says: hidden</p></main>");
    let canonical = Page::html("<link rel=canonical href=/kept><main><p>The museum says: printed</p></main>");
    let missing = Page::html("<title>Page not found</title><main><p>Sorry.</p></main>");
    vec![
        ("noindex", noindex, ErrorCode::NoIndex, skipped),
        ("canonical", canonical, ErrorCode::CanonicalElsewhere, skipped),
        ("redirect", Page::redirect("/kept"), ErrorCode::Redirected, skipped),
        ("away", Page::redirect("http://other.example/"), ErrorCode::RedirectedAway, skipped),
        ("duplicate", text("kept"), ErrorCode::DuplicatePage, skipped),
        ("picture", Page::of("image/png", "not read"), ErrorCode::UnsupportedFileType, skipped),
        ("soft", missing, ErrorCode::SoftNotFound, skipped),
        ("missing", Page::status(404), ErrorCode::SiteFailed, failed),
        ("gone", Page::status(410), ErrorCode::SiteFailed, failed),
    ]
}

#[tokio::test]
async fn what_must_not_answer_does_not_answer() {
    for (reason, page, code, state) in reasons() {
        // A word that the handbook does not have.
        let word = &format!("quagga{reason}");
        let site = website().await;
        site.put("/", links(&["/kept", "/page"]));
        site.put("/kept", text("kept"));
        site.put("/page", text(word));
        let crawled = Crawled::once(&site).await;
        let before = crawled.page("/page").await;
        assert_eq!((before.state, before.revision, before.chunks), (DocumentState::Ready, 1, 1), "{word}");
        assert!(crawled.answers(word).await, "{word}");

        site.put("/page", page);
        crawled.again().await;
        let after = crawled.page("/page").await;
        assert_eq!((after.id, after.state, after.revision, after.chunks), (before.id.clone(), state, 0, 0), "{word}");
        assert_eq!(after.error.map(|error| error.code), Some(code), "{word}");
        assert!(!crawled.answers(word).await, "{word}");
        assert_eq!(crawled.world.index.revisions(&before.id).await, [0_u32; 0], "{word} leaves the index");
        let crawl = crawled.last().await;
        assert_eq!((crawl.outcome, crawl.removed), (CrawlOutcome::Complete, 1), "{word}");
        // What an earlier answer cited can still be shown.
        let earlier = crawled.world.hammock.document_text(&crawled.owner, &before.id, Some(1)).await.unwrap();
        assert!(earlier.text.contains(word) && !earlier.current, "{word}");

        // Once more changes nothing, and a page that comes back answers again.
        crawled.again().await;
        assert_eq!((crawled.last().await.removed, crawled.page("/page").await.revision), (0, 0), "{word}");
        site.put("/page", text(word));
        crawled.again().await;
        let back = crawled.page("/page").await;
        assert_eq!((back.state, back.revision, back.error), (DocumentState::Ready, 2, None), "{word}");
        assert!(crawled.answers(word).await, "{word}");
    }
}

#[tokio::test]
async fn what_people_made_of_a_page_comes_back_with_it() {
    let edited = ChunkPatch { text: Some("Ask at the okapihouse.".to_owned()), ..ChunkPatch::default() };
    let off = ChunkPatch { enabled: Some(false), ..ChunkPatch::default() };
    for (patch, finds_edited) in [(edited, true), (off, false)] {
        let site = website().await;
        site.put("/", links(&["/page"]));
        site.put("/page", text("quaggahouse"));
        let crawled = Crawled::once(&site).await;
        let (h, owner, page) = (&crawled.world.hammock, &crawled.owner, crawled.page("/page").await.id);
        let chunk = h.document_text(owner, &page, None).await.unwrap().chunks.remove(0).id;
        let changed = h.update_chunk(owner, &page, &chunk, patch).await.unwrap();
        crawled.world.rest().await;
        assert_eq!((crawled.answers("quaggahouse").await, crawled.answers("okapihouse").await), (false, finds_edited));

        site.put("/page", Page::status(404));
        crawled.again().await;
        assert_eq!(crawled.page("/page").await.revision, 0);
        site.put("/page", text("quaggahouse"));
        crawled.again().await;
        assert_eq!(crawled.page("/page").await.revision, 2);
        let back = h.document_text(owner, &page, None).await.unwrap();
        assert_eq!((back.chunks.len(), back.unused_edits.len()), (1, 0));
        let chunk = &back.chunks[0];
        assert_eq!((&chunk.text, chunk.enabled), (&changed.text, changed.enabled));
        assert_eq!((crawled.answers("quaggahouse").await, crawled.answers("okapihouse").await), (false, finds_edited));
    }
}

#[tokio::test]
async fn what_robots_txt_disallows_does_not_answer() {
    let site = website().await;
    site.put("/", links(&["/page"]));
    site.put("/page", text("secret"));
    let crawled = Crawled::once(&site).await;
    site.put("/robots.txt", Page::text("User-agent: *\nDisallow: /page"));
    crawled.again().await;
    let page = crawled.page("/page").await;
    assert_eq!((page.state, page.revision), (DocumentState::Skipped, 0));
    assert_eq!(page.error.map(|error| error.code), Some(ErrorCode::RobotsDisallowed));
    assert!(!crawled.answers("secret").await);
}

#[tokio::test]
async fn what_the_settings_leave_out_does_not_answer() {
    let site = website().await;
    site.put("/", links(&["/help/page"]));
    site.put("/help/page", text("helpful"));
    let crawled = Crawled::once(&site).await;
    assert!(crawled.answers("welcomes").await);
    let settings = WebsiteSettings { include: vec!["/help/*".to_owned()], ..small(&site) };
    let patch = SourcePatch { website: Some(settings), ..SourcePatch::default() };
    crawled.world.hammock.update_source(&crawled.owner, &crawled.source, patch).await.unwrap();
    crawled.again().await;
    // A page to begin at stays in the list.
    let front = crawled.page("/").await;
    assert_eq!((front.state, front.revision), (DocumentState::Skipped, 0));
    assert_eq!(front.error.map(|error| error.code), Some(ErrorCode::NotIncluded));
    assert!(!crawled.answers("welcomes").await);
    assert!(crawled.answers("helpful").await);
}

#[tokio::test]
async fn what_cannot_be_read_today_still_answers() {
    let noscript = "<noscript>Please enable JavaScript.</noscript><div id=app></div><script>a()</script>";
    for (page, state) in [
        (Page::status(501), DocumentState::Failed),
        (Page::redirect("/page#again"), DocumentState::Failed),
        (Page::html(" \n"), DocumentState::Skipped),
        (Page::html(noscript), DocumentState::Skipped),
    ] {
        let site = website().await;
        site.put("/", links(&["/page"]));
        site.put("/page", text("patient"));
        let crawled = Crawled::once(&site).await;
        site.put("/page", page);
        crawled.again().await;
        let after = crawled.page("/page").await;
        assert_eq!((after.state, after.revision, after.chunks), (state, 1, 1), "{:?}", after.error);
        assert_eq!(crawled.last().await.removed, 0);
        assert!(crawled.answers("patient").await);
        site.put("/page", text("patient"));
        crawled.again().await;
        let back = crawled.page("/page").await;
        assert_eq!((back.state, back.revision, back.error), (DocumentState::Ready, 1, None));
    }
}

#[tokio::test]
async fn a_held_crawl_protects_what_must_not_answer() {
    let site = website().await;
    let paths: Vec<String> = (0..12).map(|n| format!("/p{n}")).collect();
    site.put("/", links(&paths.iter().map(String::as_str).collect::<Vec<_>>()));
    paths.iter().for_each(|path| site.put(path, text(&format!("page{}", path.trim_start_matches('/')))));
    let crawled = Crawled::once(&site).await;
    let hidden = "<meta name=robots content=noindex><main><p>Not now.</p></main>";
    paths.iter().for_each(|path| site.put(path, Page::html(hidden)));
    let h = &crawled.world.hammock;
    h.refresh_source(&crawled.owner, &crawled.source).await.unwrap();
    let source = crawled.end().await;
    assert_eq!(source.error.map(|error| error.code), Some(ErrorCode::SiteShrunk));
    let held = crawled.last().await;
    assert_eq!((held.outcome, held.removed, source.documents), (CrawlOutcome::Held, 12, 13));
    assert!(crawled.answers("pagep7").await);

    let accepted = h.accept_crawl(&crawled.owner, &crawled.source).await.unwrap();
    assert_eq!(accepted.documents, 1);
    crawled.world.rest().await;
    assert!(!crawled.answers("pagep7").await);
    assert_eq!((crawled.page("/p7").await.state, crawled.page("/p7").await.revision), (DocumentState::Skipped, 0));
}
