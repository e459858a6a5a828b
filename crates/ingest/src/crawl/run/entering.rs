//! How a crawl comes into a site: its robots.txt, and the start page, wherever the start address leads.

use std::sync::Arc;

use hammock_contract::source::WebsiteSettings;
use hammock_net::{Client, NetError};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Done, Run, site_error};
use crate::crawl::{
    CrawlError, CrawlPolicy, KnownPage, PageFailure, StopReason,
    address::Site,
    fetch::{Fetcher, Found},
    frontier::Frontier,
    robots::Robots,
};

/// How often the start address may lead on before it counts as a circle.
const MOST_START_REDIRECTS: u32 = 10;

impl Run {
    /// Reads robots.txt and the start page, wherever the start address leads.
    pub(in crate::crawl) async fn begin(
        client: &Client,
        settings: &WebsiteSettings,
        policy: &CrawlPolicy,
        known: Vec<KnownPage>,
        cancel: &CancellationToken,
    ) -> Result<Self, CrawlError> {
        let address = Url::parse(settings.start_url.trim())
            .map_err(|error| CrawlError::InvalidUrl { reason: error.to_string() })?;
        client.check_url(&address).await?;
        let mut run = Self::new(client, settings, policy, &address, Frontier::new(settings, known), cancel)?;
        let cancelled = cancel.clone();
        tokio::select! {
            entered = run.enter() => entered.map_err(|error| run.fetcher.left_alone(&run.start).unwrap_or(error))?,
            () = cancelled.cancelled() => run.summary.stopped = Some(StopReason::Cancelled),
        }
        Ok(run)
    }

    /// Reads the robots.txt of where the site begins, and keeps to the pace that it asks for.
    pub(super) async fn read_robots(&mut self) -> Result<(), CrawlError> {
        let read = Robots::fetch(&self.fetcher, &self.start).await;
        self.robots = read.map_err(|error| self.fetcher.left_alone(&self.start).unwrap_or(error))?;
        self.fetcher.slow_down(&self.start, self.robots.delay().unwrap_or_default());
        Ok(())
    }

    /// Follows the start address to the start page.
    async fn enter(&mut self) -> Result<(), CrawlError> {
        let mut origin = None;
        for _ in 0..MOST_START_REDIRECTS {
            if origin.as_ref() != Some(&self.start.origin()) {
                self.read_robots().await?;
                origin = Some(self.start.origin());
            }
            if !self.robots.allows(&self.start) {
                return Err(CrawlError::RobotsDisallowed);
            }
            self.frontier.enter(&self.start);
            let known = self.frontier.known(&self.start).cloned();
            let visited = self.fetcher.visit(self.start.clone(), &self.site, known.as_deref(), true).await;
            let next = match &visited.found {
                Found::MovedWithin(to) => Some(to.clone()),
                Found::MovedAway(to) if self.site.is_twin(to) => Site::of(to).page(to),
                Found::MovedAway(to) => {
                    return Err(moved_away(&self.fetcher, to).await);
                }
                // The site is there, and its sitemap may lead to pages that can be read.
                Found::Failed(PageFailure::Render(_) | PageFailure::Parse(_)) => None,
                Found::Failed(failure) => return Err(site_error(failure, &self.start)),
                _ => None,
            };
            match next {
                Some(next) => {
                    self.told.insert(self.start.to_string());
                    self.site = Arc::new(Site::of(&next));
                    self.leading.lead(std::mem::replace(&mut self.start, next.clone()), next);
                }
                None => {
                    self.first.push(Done { visited, redirects: 0 });
                    return Ok(());
                }
            }
        }
        Err(CrawlError::RedirectLoop { url: self.start.to_string() })
    }
}

/// What to say where the start address leads to another site: nobody is told to use one that is refused, too. One that has no answer
/// now is not.
async fn moved_away(fetcher: &Fetcher, to: &Url) -> CrawlError {
    let is_web = matches!(to.scheme(), "http" | "https");
    match fetcher.check(to).await {
        Err(NetError::NotListed { host }) => CrawlError::NotListed { host },
        Err(NetError::Forbidden { .. }) => CrawlError::MovedInside { to: to.to_string() },
        _ if !is_web => CrawlError::MovedInside { to: to.to_string() },
        _ => CrawlError::MovedAway { to: to.to_string() },
    }
}
