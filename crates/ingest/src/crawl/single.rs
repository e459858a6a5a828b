//! One page by itself, as a person asks for it: with the manners of a crawl and its judgement, whatever the page was before.

use std::ops::ControlFlow;

use async_trait::async_trait;
use hammock_contract::{job::JobProgress, source::WebsiteSettings};
use hammock_net::Client;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{CrawlError, CrawlPolicy, CrawlSink, KnownPage, PageOutcome, WantedPage, crawl_part};

/// Waits for the outcome of one address, and wants no other.
struct Single<'a> {
    url: &'a Url,
    outcome: Option<PageOutcome>,
}

#[async_trait]
impl CrawlSink for Single<'_> {
    async fn page(&mut self, outcome: PageOutcome) -> ControlFlow<()> {
        if outcome.url != *self.url {
            return ControlFlow::Continue(());
        }
        self.outcome = Some(outcome);
        ControlFlow::Break(())
    }

    async fn progress(&mut self, _progress: JobProgress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Reads one page of a website that begins at `start`, to which so many links led the last time. It comes whole, and a browser
/// looks at it where it needs one. Nothing where it is none of the website's, the settings leave it out, or `cancel` is set.
///
/// # Errors
/// When robots.txt cannot be read.
pub async fn read_page(
    client: &Client,
    settings: &WebsiteSettings,
    policy: &CrawlPolicy,
    start: &Url,
    url: &Url,
    depth: Option<u32>,
    cancel: &CancellationToken,
) -> Result<Option<PageOutcome>, CrawlError> {
    // How far it is, where nobody knows that any more, keeps no page out.
    let depth = Some(depth.unwrap_or_default());
    let known = vec![KnownPage { url: url.to_string(), depth, render_due: true, ..KnownPage::default() }];
    let wanted = [WantedPage { url: url.clone(), listed: true }];
    let mut single = Single { url, outcome: None };
    crawl_part(client, settings, policy, start, known, &wanted, &mut single, cancel).await?;
    Ok(single.outcome)
}
