//! A website as a source: its pages, found by its sitemap and its links, fetched politely.
//!
//! The crawler decides what is a page and whether it has changed; what is done with one is the business of a [`CrawlSink`]. It
//! obeys robots.txt (RFC 9309), `noindex`, `nofollow`, `Crawl-delay` and `Retry-After`, asks conditionally for what it knows
//! already, and tells for every address what became of it.

mod address;
mod directives;
mod fetch;
mod frontier;
mod link_header;
mod markup;
mod notice;
mod outcome;
mod pace;
mod pattern;
mod readable;
mod refresh;
mod rendered;
mod rest;
mod robots;
mod run;
mod single;
mod sitemap;
pub mod snippet;
mod watch;
mod xml;

#[cfg(test)]
mod tests;

use std::time::Duration;

use hammock_contract::{
    error::{ApiError, ErrorCode},
    source::WebsiteSettings,
};
use hammock_net::{Client, NetError};
use tokio_util::sync::CancellationToken;
use url::Url;

pub use outcome::{
    CrawlSink, CrawlSummary, FetchedPage, KnownPage, PageFailure, PageOutcome, PageResult, Rendering, SkipReason,
    StopReason,
};
pub use pace::Paces;
pub use rendered::Viewer;
pub use rest::CrawlRest;
pub use single::read_page;
pub use watch::{SitemapFile, WantedPage, watch};

/// How the crawler behaves.
#[derive(Debug, Clone)]
pub struct CrawlPolicy {
    /// The name by which robots.txt may address it: one word.
    pub product: String,
    /// Where to complain: a web or mail address that stands in the user agent. May be empty.
    pub contact: String,
    /// The time between the beginnings of two requests to a host; a longer one in robots.txt is kept to, and a host that
    /// answers with errors is asked more rarely. Zero is no time whatever it answers, but for what it asks for itself.
    pub delay: Duration,
    /// The most requests at the same time.
    pub concurrency: usize,
    /// The largest page or file. Bytes, after decompression.
    pub max_page_bytes: u64,
    /// How long one answer may take.
    pub page_time: Duration,
    /// How often a request is repeated that failed for a passing reason.
    pub retries: u32,
    /// The pause before the first repetition; it doubles each time.
    pub retry_pause: Duration,
    /// Shows pages that say little until their scripts have run; without one, these are left out.
    pub viewer: Option<Viewer>,
    /// How fast each host is asked: what reads the same hosts shares it.
    pub paces: Paces,
}

impl Default for CrawlPolicy {
    fn default() -> Self {
        Self {
            product: "hammock".to_owned(),
            contact: String::new(),
            delay: Duration::from_millis(200),
            concurrency: 8,
            max_page_bytes: 10 * 1024 * 1024,
            page_time: Duration::from_secs(30),
            retries: 3,
            retry_pause: Duration::from_secs(1),
            viewer: None,
            paces: Paces::default(),
        }
    }
}

impl CrawlPolicy {
    /// What the crawler calls itself: `hammock/0.1.0 (+https://…)`.
    pub fn user_agent(&self) -> String {
        let name = format!("{}/{}", self.product, env!("CARGO_PKG_VERSION"));
        if self.contact.is_empty() { name } else { format!("{name} (+{})", self.contact) }
    }
}

/// Why a site could not be read at all. What is there from an earlier crawl should stay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrawlError {
    /// The start address is none.
    #[error("the address of the website is not valid: {reason}")]
    InvalidUrl {
        /// What is wrong with it.
        reason: String,
    },
    /// The start address leads to a network that requests may not reach.
    #[error("{host} leads to a network that requests may not reach")]
    Forbidden {
        /// The host as it was asked for.
        host: String,
    },
    /// A host of the site is on none of the lines of the list that the organisation has narrowed its requests to.
    #[error(
        "the list of hosts that requests of this organisation may go to does not contain {host}; an administrator of the \
         organisation can add it"
    )]
    NotListed {
        /// The host as it was asked for, with its port where that is not the usual one.
        host: String,
    },
    /// The name of the site's host has no address, or nobody answers what it is.
    #[error("the website cannot be read: the name {host} cannot be resolved")]
    Unresolved {
        /// The host as it was asked for.
        host: String,
    },
    /// The site cannot be reached, or stopped answering in the middle.
    #[error("the website cannot be read: {reason}")]
    Unreachable {
        /// What happened.
        reason: String,
    },
    /// The site answers with an error, from the beginning or from some point on.
    #[error("the website answered with the error {status}")]
    SiteFailed {
        /// The HTTP status.
        status: u16,
    },
    /// The site answers that it wants no requests for longer than a crawl waits.
    #[error("the website asks to be left alone for {seconds} seconds")]
    AsksForPause {
        /// For how long.
        seconds: u64,
    },
    /// The start address leads to another site.
    #[error("the address leads to another site: {to}; use that address instead")]
    MovedAway {
        /// Where it leads.
        to: String,
    },
    /// The start address leads to another site, in a network that requests may not reach.
    #[error("the address leads to another site: {to}; that address is not allowed from here")]
    MovedInside {
        /// Where it leads.
        to: String,
    },
    /// The start address leads back to itself.
    #[error("{url} redirects in a circle")]
    RedirectLoop {
        /// An address of the circle.
        url: String,
    },
    /// robots.txt does not allow the start page.
    #[error(
        "the website's robots.txt does not allow it to be read; ask whoever runs the website to allow `hammock` there"
    )]
    RobotsDisallowed,
    /// What should be a sitemap is none.
    #[error("{address} is no sitemap, or is damaged")]
    SitemapUnreadable {
        /// Where it lies.
        address: String,
    },
}

impl From<NetError> for CrawlError {
    fn from(error: NetError) -> Self {
        match error {
            NetError::InvalidUrl { reason } => Self::InvalidUrl { reason },
            NetError::Forbidden { host } => Self::Forbidden { host },
            NetError::NotListed { host } => Self::NotListed { host },
            NetError::Unresolved { host } => Self::Unresolved { host },
            other => Self::Unreachable { reason: other.to_string() },
        }
    }
}

impl From<CrawlError> for ApiError {
    fn from(error: CrawlError) -> Self {
        let code = match &error {
            CrawlError::InvalidUrl { .. } => ErrorCode::InvalidUrl,
            CrawlError::Forbidden { .. } | CrawlError::MovedInside { .. } => ErrorCode::ForbiddenAddress,
            CrawlError::NotListed { .. } => ErrorCode::HostNotListed,
            CrawlError::Unresolved { .. } | CrawlError::Unreachable { .. } | CrawlError::RedirectLoop { .. } => {
                ErrorCode::SiteUnreachable
            }
            CrawlError::SiteFailed { .. } => ErrorCode::SiteFailed,
            CrawlError::AsksForPause { .. } => ErrorCode::SiteAsksForPause,
            CrawlError::MovedAway { .. } => ErrorCode::RedirectedAway,
            CrawlError::RobotsDisallowed => ErrorCode::RobotsDisallowed,
            CrawlError::SitemapUnreadable { .. } => ErrorCode::SitemapUnreadable,
        };
        let answer = Self::new(code, error.to_string());
        match error {
            CrawlError::NotListed { host } | CrawlError::Unresolved { host } => answer.with("host", host),
            CrawlError::SiteFailed { status } => answer.with("status", status),
            CrawlError::AsksForPause { seconds } => answer.with("seconds", seconds),
            CrawlError::MovedAway { to } | CrawlError::MovedInside { to } => answer.with("to", to),
            CrawlError::RedirectLoop { url } => answer.with("circle", url),
            CrawlError::SitemapUnreadable { address } => answer.with("address", address),
            _ => answer,
        }
    }
}

/// Reads a website: breadth first from the pages to begin at, the sitemap and the pages known from last time, until nothing is left,
/// the page limit is reached, the sink wants no more, or `cancel` is set. Outcomes come one at a time.
///
/// Where a known page does not say how many links lead to it, the settings have changed since: then every page is asked for
/// without a condition, so that it shows its links, and what these do not lead to is not found.
///
/// # Errors
/// When the start page cannot be read, or the site stops answering on the way.
pub async fn crawl(
    client: &Client,
    settings: &WebsiteSettings,
    policy: &CrawlPolicy,
    known: Vec<KnownPage>,
    sink: &mut dyn CrawlSink,
    cancel: &CancellationToken,
) -> Result<CrawlSummary, CrawlError> {
    run::Run::begin(client, settings, policy, known, cancel).await?.finish(sink).await
}

/// Goes on with what a cancelled crawl by the same settings has [left](CrawlSummary::rest), or one that was cut off with what its
/// sink [kept](CrawlSink::keep), as if it had never ended: what it dealt with is not asked for again, and its numbers go on.
/// `known` are the pages as they are now.
///
/// # Errors
/// When robots.txt cannot be read, or the site stops answering on the way.
pub async fn go_on(
    client: &Client,
    settings: &WebsiteSettings,
    policy: &CrawlPolicy,
    known: Vec<KnownPage>,
    rest: CrawlRest,
    sink: &mut dyn CrawlSink,
    cancel: &CancellationToken,
) -> Result<CrawlSummary, CrawlError> {
    run::Run::go_on(client, settings, policy, known, rest, cancel).await?.finish(sink).await
}

/// Reads some pages of a website that begins at `start`, and no others: neither are links followed nor is anything else missed.
/// A page that is not `listed` and that the site answers with 404 or 410 is gone.
///
/// # Errors
/// When robots.txt cannot be read, or the site stops answering on the way.
#[expect(clippy::too_many_arguments, reason = "what `crawl` takes, and what is wanted of it")]
pub async fn crawl_part(
    client: &Client,
    settings: &WebsiteSettings,
    policy: &CrawlPolicy,
    start: &Url,
    known: Vec<KnownPage>,
    wanted: &[WantedPage],
    sink: &mut dyn CrawlSink,
    cancel: &CancellationToken,
) -> Result<CrawlSummary, CrawlError> {
    run::Run::begin_part(client, settings, policy, start, known, wanted, cancel).await?.finish(sink).await
}

/// Goes on with what a crawl of some pages has left that was cancelled or cut off, as [`go_on`] does with one of all pages.
///
/// # Errors
/// When robots.txt cannot be read, or the site stops answering on the way.
pub async fn go_on_part(
    client: &Client,
    settings: &WebsiteSettings,
    policy: &CrawlPolicy,
    known: Vec<KnownPage>,
    rest: CrawlRest,
    sink: &mut dyn CrawlSink,
    cancel: &CancellationToken,
) -> Result<CrawlSummary, CrawlError> {
    run::Run::go_on_part(client, settings, policy, known, rest, cancel).await?.finish(sink).await
}
