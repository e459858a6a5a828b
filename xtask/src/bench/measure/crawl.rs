//! How fast a website is read.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;

use crate::bench::{
    context::Context,
    installation::{WITHOUT_MODEL, id, wait},
    row::{Budget, Row},
    website::Website,
};

/// How many pages the site has.
const PAGES: usize = 3_000;

/// Crawls a local site without pauses, until its last page is searchable by keyword.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    let site = Website::start(&context.corpus, PAGES)?;
    let installation = context.installation()?;
    let (allow, destination) = site.egress();
    let server = installation.start(&[WITHOUT_MODEL, (allow, &destination), ("HAMMOCK_CRAWL__DELAY_MS", "0")])?;
    let mut api = server.api()?;
    let collection = api.make_collection("Website")?;
    let website = json!({ "kind": "website", "start_url": site.url(), "page_limit": PAGES, "use_sitemap": false });
    let begun = Instant::now();
    let source = id(&api.post(&format!("/collections/{collection}/sources"), &website)?)?;
    let done = wait("the crawl", Duration::from_secs(300), Duration::from_millis(50), || {
        let source = api.get(&format!("/sources/{source}"))?;
        Ok(matches!(source["state"].as_str(), Some("ready" | "failed")).then_some(source))
    })?;
    let took = begun.elapsed().as_secs_f64();
    let (answer, failed) = (done["documents"].as_u64(), done["failed_documents"].as_u64());
    ensure!(answer == Some(PAGES as u64), "of {PAGES} pages {answer:?} answer and {failed:?} failed: {done}");
    let row = Row::new("crawl of a local site", PAGES as f64 / took, "pages/s", Budget::AtLeast(300.0));
    Ok(vec![row.note(format!(
        "{PAGES} pages of {:.1} KB: fetched, read, stored and in the keyword index; no pauses, no embedding model",
        site.bytes as f64 / PAGES as f64 / 1024.0
    ))])
}
