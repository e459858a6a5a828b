//! What the crawler tells about each page and about the whole.

use std::ops::ControlFlow;

use async_trait::async_trait;
use bytes::Bytes;
use hammock_contract::job::JobProgress;
use hammock_net::NetError;
use url::Url;

use super::rest::CrawlRest;
use crate::{parse::ParseError, render::RenderError};

/// A page as an earlier crawl left it; without validators and hash when it has never been read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownPage {
    /// Its address as the earlier outcome named it.
    pub url: String,
    /// The `ETag` of then.
    pub etag: Option<String>,
    /// The `Last-Modified` of then.
    pub last_modified: Option<String>,
    /// The content hash of then.
    pub content_hash: Option<String>,
    /// How many links led to it then, at least.
    pub depth: Option<u32>,
    /// The hash of the page as it came, where its content was what a browser made of it: `content_hash` is of that then.
    pub raw_hash: Option<String>,
    /// Whether a browser should look again although the page itself has not changed: its scripts may bring something else now.
    pub render_due: bool,
}

/// What became of one address.
#[derive(Debug, Clone)]
pub struct PageOutcome {
    /// The address, in the form that stands for all its spellings; the same in every crawl.
    pub url: Url,
    /// The HTTP status, where there was an answer.
    pub http_status: Option<u16>,
    /// Whether the site leads to it in this crawl: by a link, a redirect or its sitemap. Else it is only remembered.
    pub linked: bool,
    /// How many links lead to it from a page to begin at, as far as is known.
    pub depth: u32,
    /// What became of it.
    pub result: PageResult,
}

impl PageOutcome {
    /// Whether the page left the site: it is not there, and nothing leads to it any more.
    pub fn is_gone(&self) -> bool {
        let is_missing = match &self.result {
            PageResult::Failed(failure) => failure.is_gone(),
            PageResult::Skipped(reason) => matches!(reason, SkipReason::SoftNotFound),
            PageResult::Fetched(_) | PageResult::Unchanged(_) => false,
        };
        !self.linked && is_missing
    }
}

/// What became of one address.
#[derive(Debug, Clone)]
pub enum PageResult {
    /// New or changed.
    Fetched(FetchedPage),
    /// The same as last time: as it came once more, or nothing when the site only said so (304).
    Unchanged(Option<FetchedPage>),
    /// Deliberately left out.
    Skipped(SkipReason),
    /// It could not be read.
    Failed(PageFailure),
}

/// A page or a file, as it came.
#[derive(Debug, Clone)]
pub struct FetchedPage {
    /// The content, decompressed.
    pub body: Bytes,
    /// The content type as it was sent, with its parameters.
    pub content_type: Option<String>,
    /// SHA-256 of the content, in hexadecimal digits.
    pub content_hash: String,
    /// For the next conditional request.
    pub etag: Option<String>,
    /// For the next conditional request.
    pub last_modified: Option<String>,
    /// What a browser had to do with it.
    pub rendering: Rendering,
}

/// What a browser had to do with a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Rendering {
    /// Nothing: the page shows enough by itself, or there is no browser.
    #[default]
    None,
    /// It was asked, and showed no more than there is without it.
    NoMore,
    /// The content is what it made of the page.
    Made {
        /// SHA-256 of the page as it came, in hexadecimal digits.
        raw_hash: String,
    },
    /// It was not asked again: the page is the same as last time, and so is what was made of it.
    AsBefore,
}

/// Why an address was left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// robots.txt does not allow it.
    #[error("robots.txt does not allow it")]
    Robots,
    /// The page asks not to be kept.
    #[error("the page asks not to be indexed")]
    NoIndex,
    /// The page says that its address is another one; that one is read.
    #[error("the page is the same as {0}, as it says itself")]
    CanonicalIs(Url),
    /// It redirects within the site; the target is read.
    #[error("it redirects to {0}")]
    RedirectsTo(Url),
    /// It redirects to another site.
    #[error("it redirects to another site")]
    RedirectsAway,
    /// Another page of this crawl has the same content.
    #[error("its content is the same as that of {0}")]
    DuplicateOf(Url),
    /// Not a type of content with text to read.
    #[error("content of the type {0:?} is not read")]
    UnsupportedType(String),
    /// Nothing came.
    #[error("it is empty")]
    Empty,
    /// It fits none of the patterns of what is kept. Its links were read.
    #[error("the settings of the website leave this address out")]
    NotIncluded,
    /// The page limit was reached before it was asked for.
    #[error("the page limit of {0} was reached before this one")]
    PageLimit(u32),
    /// It shows nothing but that a script must run, or a script alone would fill it.
    #[error("the page shows its content only with JavaScript")]
    NeedsJavascript,
    /// It shows nothing to read even in a browser that runs its scripts.
    #[error("the page shows nothing to read, even with JavaScript")]
    NothingShown,
    /// It is answered as if it were there, and says that it is not.
    #[error("the page says that it was not found, though the website answers as if it were there")]
    SoftNotFound,
}

impl SkipReason {
    /// The reason as one stable word.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Robots => "robots",
            Self::NoIndex => "no_index",
            Self::CanonicalIs(_) => "canonical",
            Self::RedirectsTo(_) => "redirect",
            Self::RedirectsAway => "redirect_away",
            Self::DuplicateOf(_) => "duplicate",
            Self::UnsupportedType(_) => "unsupported_type",
            Self::Empty => "empty",
            Self::NotIncluded => "not_included",
            Self::PageLimit(_) => "page_limit",
            Self::NeedsJavascript => "needs_javascript",
            Self::NothingShown => "nothing_rendered",
            Self::SoftNotFound => "soft_not_found",
        }
    }
}

/// Why an address could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageFailure {
    /// The site answered with an error.
    #[error("the website answered with the error {0}")]
    Status(u16),
    /// The request did not work.
    #[error(transparent)]
    Net(NetError),
    /// It redirects to itself.
    #[error("it redirects in a circle")]
    RedirectLoop,
    /// It shows nothing without its scripts, and could not be shown in a browser.
    #[error(transparent)]
    Render(RenderError),
    /// It may need its scripts, and what there is of it could not be read to find out.
    #[error(transparent)]
    Parse(ParseError),
}

impl PageFailure {
    /// Whether the page is no longer there for good, rather than unreadable today.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Status(404 | 410))
    }

    /// Whether it speaks of the site rather than of the page.
    pub(super) fn blames_the_site(&self) -> bool {
        match self {
            Self::Status(status) => *status >= 500 || *status == 429,
            // What an organisation takes off its list in the middle of a crawl is off it for the other pages, too.
            Self::Net(error) => error.is_transient() || matches!(error, NetError::NotListed { .. }),
            Self::RedirectLoop | Self::Render(_) | Self::Parse(_) => false,
        }
    }
}

/// Where the outcomes go. While it works on one, requests that are under way continue and no others begin than the policy's
/// concurrency allows, so a slow sink slows the crawl instead of filling memory.
#[async_trait]
pub trait CrawlSink: Send {
    /// Takes the outcome of one address. `Break` ends the crawl.
    async fn page(&mut self, outcome: PageOutcome) -> ControlFlow<()>;

    /// Hears how far the crawl is, after each address. `Break` ends the crawl.
    async fn progress(&mut self, progress: JobProgress) -> ControlFlow<()>;

    /// Whether it wants to know what would be left of the crawl if it ended now. Asked when nothing is on its way to it; what it
    /// answers yes to costs as much as the site has addresses.
    fn wants_rest(&mut self) -> bool {
        false
    }

    /// Takes what would be left of the crawl, all that it was told so far being dealt with: with that, a crawl whose process dies
    /// goes on from here. So does one that ends because the site wants a pause, which tells this last of all, wanted or not.
    fn keep(&mut self, _rest: CrawlRest) {}
}

/// Why a crawl ended before everything was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// It was cancelled.
    Cancelled,
    /// The sink wanted no more.
    Sink,
    /// The page limit was reached and more was waiting.
    PageLimit,
}

/// What became of a crawl.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrawlSummary {
    /// New or changed pages.
    pub fetched: u64,
    /// Pages that are the same as last time.
    pub unchanged: u64,
    /// Addresses left out.
    pub skipped: u64,
    /// Addresses that could not be read.
    pub failed: u64,
    /// Why it ended early, if it did.
    pub stopped: Option<StopReason>,
    /// Whether far less was found than is known from last time: half or less of at least ten pages. Then what was there should stay,
    /// since a site rarely loses that much, and a fault of the site often looks like this.
    pub shrunk: bool,
    /// What is left to do where it was cancelled, unless that was before it had found where to begin.
    pub rest: Option<CrawlRest>,
}

impl CrawlSummary {
    /// Pages that are there.
    pub fn pages(&self) -> u64 {
        self.fetched + self.unchanged
    }
}
