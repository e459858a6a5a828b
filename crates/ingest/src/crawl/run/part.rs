//! A crawl of some pages alone: those that a sitemap names as new, changed or gone.

use hammock_contract::source::WebsiteSettings;
use hammock_net::Client;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::Run;
use crate::crawl::{CrawlError, CrawlPolicy, KnownPage, StopReason, WantedPage, frontier::Frontier, rest::CrawlRest};

impl Run {
    /// Reads robots.txt, and takes the pages that are wanted in the place of everything else. Their links are not followed, and
    /// neither the start page nor the sitemap is asked for.
    pub(in crate::crawl) async fn begin_part(
        client: &Client,
        settings: &WebsiteSettings,
        policy: &CrawlPolicy,
        start: &Url,
        known: Vec<KnownPage>,
        wanted: &[WantedPage],
        cancel: &CancellationToken,
    ) -> Result<Self, CrawlError> {
        let settings = of_part(settings, wanted.len());
        let mut run = Self::new(client, &settings, policy, start, Frontier::new(&settings, known), cancel)?;
        // What it does not look at is not missed.
        run.expected = Some(0);
        client.check_url(&run.start).await?;
        tokio::select! {
            read = run.read_robots() => read?,
            () = cancel.cancelled() => run.summary.stopped = Some(StopReason::Cancelled),
        }
        for WantedPage { url, listed } in wanted {
            if *listed {
                let depth = run.frontier.depth_before(url);
                run.frontier.add(&run.site, url, depth, 0);
            } else {
                run.frontier.look_at(&run.site, url);
            }
        }
        Ok(run)
    }

    /// Reads robots.txt, and goes on with what such a crawl has left that was cut off.
    pub(in crate::crawl) async fn go_on_part(
        client: &Client,
        settings: &WebsiteSettings,
        policy: &CrawlPolicy,
        known: Vec<KnownPage>,
        rest: CrawlRest,
        cancel: &CancellationToken,
    ) -> Result<Self, CrawlError> {
        let settings = of_part(settings, rest.addresses());
        Self::go_on(client, &settings, policy, known, rest, cancel).await
    }
}

/// The settings by which so many pages alone are read.
fn of_part(settings: &WebsiteSettings, pages: usize) -> WebsiteSettings {
    let most = u32::try_from(pages).unwrap_or(u32::MAX);
    WebsiteSettings {
        more_urls: Vec::new(),
        use_sitemap: false,
        follow_links: false,
        // Every page that is wanted, and one more where it leads on.
        page_limit: settings.page_limit.max(most.saturating_mul(2)),
        ..settings.clone()
    }
}
