//! A crawl of some pages alone: those that a sitemap names as new, changed or gone.

use hammock_contract::source::WebsiteSettings;
use hammock_net::Client;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::Run;
use crate::crawl::{CrawlError, CrawlPolicy, KnownPage, StopReason, WantedPage, frontier::Frontier};

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
        let most = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
        let settings = WebsiteSettings {
            more_urls: Vec::new(),
            use_sitemap: false,
            follow_links: false,
            // Every page that is wanted, and one more where it leads on.
            page_limit: settings.page_limit.max(most.saturating_mul(2)),
            ..settings.clone()
        };
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
}
