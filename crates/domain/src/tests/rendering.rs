//! Pages that only scripts fill, with a script in the browser's place and without one.

use std::{path::PathBuf, process::Command};

use hammock_contract::{
    ErrorCode,
    crawl::{CrawlTrigger, Schedule},
    document::DocumentState,
    source::{NewSource, SourceKind, SourceState, WebsiteSettings},
};
use hammock_testkit::{
    browser,
    site::{Page, Website},
};
use tempfile::TempDir;

use super::{
    crawling::{Crawled, small},
    world::World,
};

const SHELL: &str =
    "<title>App</title><noscript>Enable JavaScript.</noscript><div id=app></div><script src=a.js></script>";
const HOUR: i64 = 3_600_000;

/// What the browser shows, and how often it was asked for.
struct Browser {
    folder: TempDir,
    program: PathBuf,
}

impl Browser {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder is made");
        let program = folder.path().join("browser");
        // Written by a process of its own: a file that this one has open for writing cannot be started.
        let write = "printf '#!/bin/sh\\necho asked >> \"%s\"\\ncat \"%s\"\\n' \"$2/asked\" \"$2/page\" > \"$1\" && chmod 755 \"$1\"";
        let mut shell = Command::new("/bin/sh");
        let written =
            shell.args(["-c", write, "sh"]).arg(&program).arg(folder.path()).status().expect("a shell starts");
        assert!(written.success());
        Self { folder, program }
    }

    fn shows(&self, page: &str) {
        std::fs::write(self.folder.path().join("page"), format!("<html>{page}</html>")).expect("the page is written");
    }

    fn asked(&self) -> usize {
        std::fs::read_to_string(self.folder.path().join("asked")).unwrap_or_default().lines().count()
    }
}

impl Crawled<'_> {
    /// Lets so much time pass, in milliseconds, and has the website read as its schedule says.
    async fn when_due(&self, millis: i64) {
        self.world.clock.pass(millis);
        // The worker may have seen it first.
        self.world.hammock.crawl_due().await.expect("websites that are due are looked for");
        assert_eq!(self.end().await.state, SourceState::Ready);
        let crawls = self.world.hammock.list_crawls(&self.owner, &self.source).await.expect("crawls are listed");
        let last = crawls.first().map(|crawl| (crawl.trigger, crawl.started_at));
        assert_eq!(last, Some((CrawlTrigger::Schedule, self.world.hammock.now())));
    }
}

async fn shell() -> Website {
    let site = Website::start([]).await.expect("a website starts");
    site.put("/", Page::html(SHELL).tagged("\"1\""));
    site
}

#[tokio::test]
async fn without_a_browser_the_source_says_how_many_pages_need_one() {
    let site = shell().await;
    let crawled = Crawled::once(&site).await;
    let page = crawled.page("/").await;
    assert_eq!((page.state, page.rendered), (DocumentState::Skipped, false));
    assert_eq!(page.error.map(|error| error.code), Some(ErrorCode::NeedsJavascript));
    let source = crawled.end().await;
    assert_eq!((source.documents, source.needs_javascript), (0, 1));
    let crawls = crawled.world.hammock.list_crawls(&crawled.owner, &crawled.source).await.unwrap();
    assert_eq!((crawls[0].skipped, crawls[0].needs_javascript), (1, 1));

    // A page that is filled now needs none.
    site.put("/", Page::html("<title>App</title><main><p>The museum opens at nine.</p></main>"));
    crawled.again().await;
    assert_eq!(crawled.end().await.needs_javascript, 0);
}

#[tokio::test]
async fn a_browser_makes_pages_and_looks_again_every_day_and_when_a_person_asks() {
    let (site, browser) = (shell().await, Browser::new());
    browser.shows("<title>Museum</title><main><p>The museum opens at nine.</p></main>");
    let world = World::with_browser(&site, browser.program.clone()).await;
    let owner = world.owner("Eva").await;
    let (collection, _) = world.collection(&owner, "Museum").await;
    let schedule = Schedule::Every { hours: 6 };
    let kind = SourceKind::Website(WebsiteSettings { schedule, ..small(&site) });
    let new = NewSource { name: String::new(), description: String::new(), kind };
    let source = world.hammock.create_source(&owner, &collection, new).await.unwrap().id;
    world.work();
    let crawled = Crawled { world, site: &site, owner, source };
    let source = crawled.end().await;
    assert_eq!((source.state, source.documents, source.needs_javascript), (SourceState::Ready, 1, 0));
    let first = crawled.page("/").await;
    assert_eq!((first.state, first.title.as_str(), first.rendered), (DocumentState::Ready, "Museum", true));
    assert_eq!(browser.asked(), 1);

    // What the scripts bring has changed, the page has not: it is confirmed, and nobody looks before most of a day is over.
    browser.shows("<title>Museum</title><main><p>The museum opens at ten.</p></main>");
    for hours in [6, 12, 18] {
        crawled.when_due(6 * HOUR).await;
        let same = crawled.page("/").await;
        assert_eq!((same.revision, same.rendered, browser.asked()), (first.revision, true, 1), "after {hours} hours");
    }
    crawled.when_due(6 * HOUR).await;
    let changed = crawled.page("/").await;
    assert_eq!((changed.revision, changed.rendered, browser.asked()), (first.revision + 1, true, 2));

    // Who has the website read again is shown what there is now.
    browser.shows("<title>Museum</title><main><p>The museum opens at noon.</p></main>");
    crawled.again().await;
    let asked_for = crawled.page("/").await;
    assert_eq!((asked_for.revision, browser.asked()), (changed.revision + 1, 3));

    // Who asks for this one page is shown what there is now.
    browser.shows("<title>Closed</title><main><p>The museum is closed.</p></main>");
    let document = crawled.world.hammock.reindex_document(&crawled.owner, &asked_for.id).await.unwrap();
    let read = crawled.world.read(&crawled.owner, &document.id).await;
    assert_eq!((read.title.as_str(), read.rendered, browser.asked()), ("Closed", true, 4));
    crawled.world.rest().await;
    crawled.when_due(6 * HOUR).await;
    assert_eq!((crawled.page("/").await.revision, browser.asked()), (read.revision, 4));

    // A browser that breaks costs nothing that answers.
    site.put("/", Page::html(SHELL.replace("a.js", "b.js")));
    std::fs::remove_file(browser.folder.path().join("page")).unwrap();
    crawled.again().await;
    let failed = crawled.page("/").await;
    assert_eq!((failed.state, failed.rendered), (DocumentState::Failed, true));
    assert_eq!(failed.error.map(|error| error.code), Some(ErrorCode::RenderFailed));
    assert_eq!(failed.revision, read.revision);
}

#[tokio::test]
async fn what_a_browser_was_led_to_does_not_answer_under_the_address_that_led_there() {
    let site = shell().await;
    let links = "<a href=/away>1</a> <a href=/moved>2</a>";
    site.put("/", Page::html(format!("<main><p>The museum.</p></main>{links}")));
    ["/away", "/moved"].iter().for_each(|path| site.put(path, Page::html(SHELL)));
    site.put("/cellar", Page::html("<main><p>The cellar shows fossils.</p></main>"));
    let shown = [
        browser::Shown {
            path: "/away",
            page: "<html><main><p>The casino pays jackpots.</p></main></html>",
            leads_to: &["http://other.example/"],
        },
        browser::Shown {
            path: "/moved",
            page: "<html><main><p>The cellar shows fossils.</p></main></html>",
            leads_to: &["/cellar"],
        },
    ];
    let browser = browser::Browser::new(&shown).expect("the program is written");
    let world = World::with_browser(&site, browser.program().to_owned()).await;
    let owner = world.owner("Eva").await;
    let (collection, _) = world.collection(&owner, "Museum").await;
    let kind = SourceKind::Website(small(&site));
    let new = NewSource { name: String::new(), description: String::new(), kind };
    let source = world.hammock.create_source(&owner, &collection, new).await.unwrap().id;
    world.work();
    let crawled = Crawled { world, site: &site, owner, source };
    assert_eq!(crawled.end().await.documents, 2);
    for (path, code, to) in
        [("/away", ErrorCode::RedirectedAway, None), ("/moved", ErrorCode::Redirected, Some(site.url("/cellar")))]
    {
        let page = crawled.page(path).await;
        let error = page.error.unwrap_or_else(|| panic!("{path} has no reason"));
        assert_eq!((page.state, page.http_status, error.code), (DocumentState::Skipped, Some(200), code), "{path}");
        assert_eq!(error.params.get("to"), to.as_ref(), "{path}");
    }
    assert_eq!(crawled.page("/cellar").await.state, DocumentState::Ready);
    assert!(crawled.answers("fossils").await && !crawled.answers("jackpots").await);
}
