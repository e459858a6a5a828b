//! Pages that only scripts fill, with a script in the browser's place and without one.

use std::{path::PathBuf, process::Command};

use hammock_contract::{
    ErrorCode,
    document::DocumentState,
    source::{NewSource, SourceKind, SourceState},
};
use hammock_testkit::site::{Page, Website};
use tempfile::TempDir;

use super::{
    crawling::{Crawled, small},
    world::World,
};

const SHELL: &str =
    "<title>App</title><noscript>Enable JavaScript.</noscript><div id=app></div><script src=a.js></script>";
const DAY: i64 = 24 * 3_600_000;

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
async fn a_browser_makes_pages_and_looks_again_after_a_week() {
    let (site, browser) = (shell().await, Browser::new());
    browser.shows("<title>Museum</title><main><p>The museum opens at nine.</p></main>");
    let world = World::with_browser(&site, browser.program.clone()).await;
    let owner = world.owner("Eva").await;
    let (collection, _) = world.collection(&owner, "Museum").await;
    let new = NewSource { name: String::new(), description: String::new(), kind: SourceKind::Website(small(&site)) };
    let source = world.hammock.create_source(&owner, &collection, new).await.unwrap().id;
    world.work();
    let crawled = Crawled { world, site: &site, owner, source };
    let source = crawled.end().await;
    assert_eq!((source.state, source.documents, source.needs_javascript), (SourceState::Ready, 1, 0));
    let first = crawled.page("/").await;
    assert_eq!((first.state, first.title.as_str(), first.rendered), (DocumentState::Ready, "Museum", true));
    assert_eq!(browser.asked(), 1);

    // What the scripts bring has changed, the page has not: it is confirmed, and nobody looks before a week is over.
    browser.shows("<title>Museum</title><main><p>The museum opens at ten.</p></main>");
    crawled.again().await;
    crawled.world.clock.pass(6 * DAY);
    crawled.again().await;
    let same = crawled.page("/").await;
    assert_eq!((same.revision, same.rendered, browser.asked()), (first.revision, true, 1));
    crawled.world.clock.pass(DAY);
    crawled.again().await;
    let changed = crawled.page("/").await;
    assert_eq!((changed.revision, changed.rendered, browser.asked()), (first.revision + 1, true, 2));

    // Who asks for this one page is shown what there is now.
    browser.shows("<title>Closed</title><main><p>The museum is closed.</p></main>");
    let document = crawled.world.hammock.reindex_document(&crawled.owner, &changed.id).await.unwrap();
    let read = crawled.world.read(&crawled.owner, &document.id).await;
    assert_eq!((read.title.as_str(), read.rendered, browser.asked()), ("Closed", true, 3));
    crawled.world.rest().await;
    crawled.again().await;
    assert_eq!((crawled.page("/").await.revision, browser.asked()), (read.revision, 3));

    // A browser that breaks costs nothing that answers.
    site.put("/", Page::html(SHELL.replace("a.js", "b.js")));
    std::fs::remove_file(browser.folder.path().join("page")).unwrap();
    crawled.again().await;
    let failed = crawled.page("/").await;
    assert_eq!((failed.state, failed.rendered), (DocumentState::Failed, true));
    assert_eq!(failed.error.map(|error| error.code), Some(ErrorCode::RenderFailed));
    assert_eq!(failed.revision, read.revision);
}
