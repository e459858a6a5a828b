//! Real documentation of some four hundred pages that is crawled, changed a little and crawled again: what that costs.

use std::{path::Path, time::Duration};

use hammock_contract::{
    DocumentId, SourceId,
    crawl::CrawlOutcome,
    document::{Document, DocumentQuery, DocumentState},
    source::{SourceState, WebsiteSettings},
};
use hammock_retrieval::{SearchIndex, VectorSpace};
use hammock_store::{chunks, jobs};
use hammock_testkit::{
    cache,
    site::{Page, Website},
};

use super::{
    crawling::{Crawled, small},
    world::World,
};
use crate::{
    Scope,
    knowledge::embedder::{text_of, vector_rows},
};

const WHAT: &str = "the documentation that is crawled again";
/// Where the documents are in the cache and on the website.
const FOLDERS: [&str; 4] = ["debian-handbook/en-US", "debian-handbook/fr-FR", "debian-handbook/cs-CZ", "debian-faq"];
/// The only folder whose pages have a tag, so that the site itself says that they are unchanged.
const TAGGED: &str = "/debian-handbook/en-US/";
/// Pages in which a paragraph changes, and how their paragraphs begin.
const CHANGED: [(&str, &str); 3] = [
    ("/debian-handbook/en-US/sect.apt-get.html", "<div class=\"para\">"),
    ("/debian-handbook/fr-FR/sect.apt-get.html", "<div class=\"para\">"),
    ("/debian-faq/choosing.en.html", "<p>"),
];
const SENTENCE: &str = "Hammocks hang between two trees. ";
/// An upper bound for reading all of it, however busy the machine is.
const LONG: Duration = Duration::from_secs(600);

/// A page of the site, which confirms it with 304 where its folder has tags.
fn page(path: &str, body: &str, tag: &'static str) -> Page {
    let page = Page::html(body);
    if path.starts_with(TAGGED) { page.tagged(tag) } else { page }
}

/// The front page, which alone leads to the parts of the site.
fn front(links: &[&str]) -> Page {
    let links: String = links.iter().map(|path| format!("<li><a href='{path}'>{path}</a></li>")).collect();
    Page::html(format!(
        "<html lang=en><title>Documentation</title><main><h1>All of it</h1><ul>{links}</ul></main></html>"
    ))
}

fn note(title: &str, text: &str) -> Page {
    Page::html(format!("<html lang=en><title>{title}</title><main><h1>{title}</h1><p>{text}</p></main></html>"))
}

/// Puts the pages of a folder on the site; their paths and what they say.
fn put_folder(site: &Website, folder: &Path, below: &str) -> Vec<(String, String)> {
    let mut put = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let file = entry.expect("the folder can be read").path();
        let Some(name) = file.file_name().and_then(|name| name.to_str()).filter(|name| name.ends_with(".html")) else {
            continue;
        };
        let path = format!("/{below}/{name}");
        let body = std::fs::read_to_string(&file).expect("the page can be read");
        site.put(&path, page(&path, &body, "\"1\""));
        put.push((path, body));
    }
    put
}

/// A sentence more at the beginning of the longest paragraph.
fn with_sentence(body: &str, begin: &str) -> String {
    let end = |part: &str| part.find("</").unwrap_or(part.len());
    let (number, _) =
        body.split(begin).enumerate().skip(1).max_by_key(|(_, part)| end(part)).expect("the page has paragraphs");
    let parts: Vec<&str> = body.splitn(number + 1, begin).collect();
    let (last, before) = parts.split_last().expect("a text has parts");
    format!("{}{begin}{SENTENCE}{last}", before.join(begin))
}

/// Waits until a website is read, however long that takes.
pub async fn wait_for(world: &World, owner: &Scope, source: &SourceId) {
    let reading = async {
        loop {
            let jobs = jobs::count(world.hammock.store().read()).await.expect("jobs are counted");
            let source = world.hammock.find_source(owner, source).await.expect("the source is there");
            if jobs.queued + jobs.running == 0 && source.state != SourceState::Working {
                return source;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let source = tokio::time::timeout(LONG, reading).await.expect("the site is read");
    assert_eq!(source.state, SourceState::Ready, "{:?}", source.error);
}

impl Crawled<'_> {
    async fn finish(&self) {
        wait_for(&self.world, &self.owner, &self.source).await;
    }

    /// What an embedder in memory is asked for: each text that waits for its vector, with its document. It gives all of them one.
    async fn embed(&self) -> Vec<(DocumentId, String)> {
        let space = VectorSpace { model: "in memory/2".to_owned(), dimension: 2 };
        let store = self.world.hammock.store();
        let mut asked = Vec::new();
        loop {
            let waiting = chunks::list_waiting(store.read(), &space.model, 1_000).await.expect("chunks are listed");
            if waiting.is_empty() {
                return asked;
            }
            asked.extend(waiting.iter().map(|chunk| (chunk.document.clone(), text_of(chunk))));
            let ids: Vec<_> = waiting.iter().map(|chunk| chunk.id.clone()).collect();
            let vectors = vec![vec![1.0, 0.0]; waiting.len()];
            self.world.index.put_vectors(&space, vector_rows(waiting, vectors)).await.expect("vectors are kept");
            let tx = store.begin().await.expect("the database writes");
            chunks::mark_embedded(&tx, &ids, &space.model).await.expect("chunks are marked");
            tx.commit().await.expect("the database writes");
        }
    }

    /// Of this path, among however many others.
    async fn one_of_many(&self, path: &str) -> Option<Document> {
        let query = DocumentQuery {
            source: Some(self.source.clone()),
            query: Some(path.to_owned()),
            limit: Some(200),
            ..DocumentQuery::default()
        };
        let found = self.world.hammock.list_documents(&self.owner, query).await.expect("documents are listed");
        let location = self.site.url(path);
        found.items.into_iter().find(|document| document.location == location)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_has_changed_is_embedded_again() {
    let site = Website::start([]).await.expect("a website starts");
    let mut pages = Vec::new();
    for folder in FOLDERS {
        let Some(found) = cache::documents(WHAT, folder) else { return };
        pages.extend(put_folder(&site, &found, folder));
    }
    assert!(pages.len() > 350, "{}", pages.len());
    let parts = [
        "/debian-handbook/en-US/index.html",
        "/debian-handbook/fr-FR/index.html",
        "/debian-handbook/cs-CZ/index.html",
        "/debian-faq/index.en.html",
    ];
    let with = |path| [parts.as_slice(), &[path]].concat();
    site.put("/", front(&with("/removed.html")));
    site.put("/removed.html", note("Old notes", "The lighthouse keeper has left the island."));
    let settings = WebsiteSettings { page_limit: 2_000, ..small(&site) };
    let crawled = Crawled::waiting(&site, settings).await;
    crawled.world.work();
    crawled.finish().await;
    let first = crawled.embed().await;
    assert!(first.len() > 1_000, "{}", first.len());
    assert!(crawled.one_of_many("/removed.html").await.is_some());
    let mut read = Vec::new();
    for (path, _) in &pages {
        if let Some(document) = crawled.one_of_many(path).await.filter(|found| found.state == DocumentState::Ready) {
            assert_eq!(document.revision, 1, "{path}");
            read.push(path.as_str());
        }
        site.take_visits(path);
    }
    assert!(read.len() > 300, "{} of {} pages were read", read.len(), pages.len());

    for (path, begin) in CHANGED {
        let (_, body) = pages.iter().find(|(known, _)| known == path).unwrap_or_else(|| panic!("there is no {path}"));
        site.put(path, page(path, &with_sentence(body, begin), "\"2\""));
    }
    site.put("/", front(&with("/added.html")));
    site.put("/removed.html", Page::status(404));
    site.put("/added.html", note("New notes", "The harbour has a new crane."));
    crawled.world.hammock.refresh_source(&crawled.owner, &crawled.source).await.expect("a crawl begins");
    crawled.finish().await;
    let second = crawled.embed().await;

    let crawls = crawled.world.hammock.list_crawls(&crawled.owner, &crawled.source).await.expect("crawls are listed");
    let last = crawls.first().expect("there were two");
    // The front page has changed too.
    assert_eq!((last.outcome, last.added, last.changed), (CrawlOutcome::Complete, 1, 4), "{last:?}");
    assert!(crawled.one_of_many("/removed.html").await.is_none());
    let finds = async |query: &str, text: &str| {
        crawled.world.search(&crawled.owner, query).await.iter().any(|hit| hit.text.contains(text))
    };
    assert!(!finds("lighthouse keeper", "lighthouse keeper").await);
    assert!(finds("harbour crane", "a new crane").await);

    // A page that has not changed is asked for once, and nothing of it is embedded.
    for path in &read {
        let is_changed = CHANGED.iter().any(|(changed, _)| changed == path);
        let visits = site.take_visits(path);
        let status = if path.starts_with(TAGGED) && !is_changed { 304 } else { 200 };
        assert_eq!(visits.iter().map(|visit| visit.status).collect::<Vec<_>>(), [status], "{path}");
        let document = crawled.one_of_many(path).await.unwrap_or_else(|| panic!("{path} is gone"));
        assert_eq!(document.revision, if is_changed { 2 } else { 1 }, "{path}");
        let embedded = second.iter().filter(|(id, _)| *id == document.id).count();
        assert_eq!(embedded > 0, is_changed, "{path}");
        assert_eq!(document.embedded_chunks, document.chunks, "{path}");
        // Around the new sentence passages may be cut otherwise; most of the page is as it was.
        assert!(embedded * 2 < document.chunks as usize || !is_changed, "{path}: {embedded} of {}", document.chunks);
    }
    // No passage that has a vector is given another.
    for (_, text) in &second {
        assert!(first.iter().all(|(_, known)| known != text), "embedded again: {text}");
    }
    for (changed, _) in CHANGED {
        let document = crawled.one_of_many(changed).await.unwrap_or_else(|| panic!("{changed} is gone"));
        let has_sentence = |(id, text): &(DocumentId, String)| *id == document.id && text.contains(SENTENCE.trim());
        assert!(second.iter().any(has_sentence), "{changed}");
    }
}
