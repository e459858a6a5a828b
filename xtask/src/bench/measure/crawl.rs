//! How fast a website is read.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;

use crate::{
    bench::{
        context::Context,
        installation::{WITHOUT_MODEL, id, wait},
        row::{Budget, Row},
        scrapy::Scrapy,
        website::Website,
    },
    process::say,
};

/// How many pages the site has.
const PAGES: usize = 3_000;
/// How many pages of a host the crawler fetches at once.
const AT_ONCE: usize = 8;

/// Crawls a local site without pauses, until its last page is searchable by keyword; then the same site with Scrapy.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    let site = Website::start(&context.corpus, PAGES)?;
    let installation = context.installation()?;
    let (allow, destination) = site.egress();
    let server = installation.start(&[WITHOUT_MODEL, (allow, &destination), ("HAMMOCK_CRAWL__DELAY_MS", "0")])?;
    let mut api = server.api()?;
    let collection = api.make_collection("Website")?;
    let website = json!({ "kind": "website", "start_url": site.url(), "page_limit": PAGES, "use_sitemap": false });
    let (begun, before) = (Instant::now(), server.processor_time()?);
    let source = id(&api.post(&format!("/collections/{collection}/sources"), &website)?)?;
    let done = wait("the crawl", Duration::from_secs(300), Duration::from_millis(50), || {
        let source = api.get(&format!("/sources/{source}"))?;
        Ok(matches!(source["state"].as_str(), Some("ready" | "failed")).then_some(source))
    })?;
    let took = begun.elapsed().as_secs_f64();
    let each = (server.processor_time()? - before) / PAGES as f64 * 1_000.0;
    let (answer, failed) = (done["documents"].as_u64(), done["failed_documents"].as_u64());
    ensure!(answer == Some(PAGES as u64), "of {PAGES} pages {answer:?} answer and {failed:?} failed: {done}");
    // Nothing else is to use the processors while Scrapy does.
    drop(server);
    let rate = PAGES as f64 / took;
    let row = Row::new("crawl of a local site", rate, "pages/s", Budget::AtLeast(300.0));
    let row = row.note(format!(
        "{PAGES} pages of {:.1} KB: fetched, read, stored and in the keyword index; no pauses, no embedding model; {each:.1} ms of \
         the server's processor time for each",
        site.bytes as f64 / PAGES as f64 / 1024.0
    ));
    let mut rows = vec![row];
    rows.extend(compared(&site, rate));
    Ok(rows)
}

/// What Scrapy makes of the site, and our rate in relation to it.
fn compared(site: &Website, ours: f64) -> Vec<Row> {
    let (what, unit) = ("the same site with Scrapy", "pages/s");
    let scrapy = match Scrapy::install() {
        Ok(scrapy) => scrapy,
        Err(error) => return vec![Row::missing(what, unit, format_args!("{error:#}"))],
    };
    say("bench: crawling the same site with Scrapy");
    let crawled = tempfile::tempdir().map_err(anyhow::Error::from).and_then(|folder| {
        let crawled = scrapy.crawl(&site.url(), AT_ONCE, folder.path())?;
        ensure!(crawled.pages >= PAGES && crawled.characters > 0, "it found {crawled:?} of {PAGES} pages");
        Ok(crawled)
    });
    match crawled {
        Ok(crawled) => {
            let theirs = crawled.pages as f64 / crawled.seconds;
            let row = Row::new(what, theirs, unit, Budget::None).note(format!(
                "Scrapy {}: fetched, title and main text into a file; no pauses, {AT_ONCE} requests at once as above, \
                 without the time that Python takes to start",
                crawled.scrapy
            ));
            vec![row, Row::new("our crawl compared with Scrapy's", ours / theirs, "×", Budget::AtLeast(1.0))]
        }
        Err(error) => vec![Row::missing(what, unit, format_args!("{error:#}"))],
    }
}
