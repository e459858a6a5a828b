//! Pages as a browser shows them: a headless Chromium loads one page, runs its scripts and prints what became of it.
//!
//! The browser is a program of the system, not ours, and the pages are strangers'. So it has a profile of its own that is
//! removed afterwards, nothing of this process's environment, limits of time and size, and no way out but a proxy that guards
//! every connection like those of the crawler itself ([`hammock_net::Proxy`]).

mod browser;
mod navigations;
#[cfg(all(test, unix))]
pub(crate) mod tests;

use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use hammock_net::{Client, Proxy, ProxyLimits};
use tokio::{
    sync::Semaphore,
    time::{error::Elapsed, timeout},
};
use url::Url;

use self::browser::{Browser, Job, Left};

/// What the browser is called, in the order in which it is looked for.
pub const PROGRAMS: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// What stands on the page that the browser shows in place of one that it could not load.
const ERROR_PAGE: &str = "id=\"main-frame-error\"";

/// What one page may cost.
#[derive(Debug, Clone, Copy)]
pub struct RenderLimits {
    /// From the start of the browser to the last byte of the page, the wait for a free browser not counted.
    pub time: Duration,
    /// How long a page may take for itself: its clock, which stands still while it waits for answers.
    pub page_time: Duration,
    /// The largest page, as printed. Bytes.
    pub max_bytes: u64,
    /// What the page may load.
    pub traffic: ProxyLimits,
    /// How many browsers may run at once.
    pub at_once: usize,
}

impl Default for RenderLimits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(30),
            page_time: Duration::from_secs(5),
            max_bytes: 10 * 1024 * 1024,
            traffic: ProxyLimits::default(),
            at_once: 1,
        }
    }
}

/// Why a page could not be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// It was not ready in time.
    #[error("the page was not ready in Chromium after {seconds} seconds")]
    TimedOut {
        /// The limit. Seconds.
        seconds: u64,
    },
    /// The page could not be loaded in the browser: an address that it leads to does not answer, or is refused.
    #[error("Chromium could not load the page")]
    NotLoaded,
    /// The browser could not be started, broke off, or printed too much.
    #[error("Chromium failed: {0}")]
    Failed(String),
}

/// What became of a page in the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Where the page led the browser by itself, with a script for instance: then the page shown is that one. Nothing where it stayed,
    /// or where that is not known.
    pub led_to: Option<Url>,
    /// The page after its scripts have run, as HTML.
    pub page: Result<String, RenderError>,
}

/// Shows pages; so many at once.
#[derive(Debug)]
pub struct Renderer {
    program: PathBuf,
    limits: RenderLimits,
    permits: Semaphore,
}

impl Renderer {
    /// A renderer with this browser.
    pub fn new(program: PathBuf, limits: RenderLimits) -> Self {
        Self { program, limits, permits: Semaphore::new(limits.at_once.max(1)) }
    }

    /// The browser.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Shows an empty page, to see whether the browser works here.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub async fn check(&self, client: &Client) -> Result<(), RenderError> {
        let empty = Url::parse("about:blank").map_err(|error| RenderError::Failed(error.to_string()))?;
        self.render(client, &empty, "hammock").await.page.map(|_page| ())
    }

    /// The page at `url` after its scripts have run. Whatever it loads, it loads through `client`'s guard.
    pub async fn render(&self, client: &Client, url: &Url, user_agent: &str) -> Rendered {
        let shown = self.show(client, url, user_agent).await;
        shown.unwrap_or_else(|error| Rendered { led_to: None, page: Err(error) })
    }

    async fn show(&self, client: &Client, url: &Url, user_agent: &str) -> Result<Rendered, RenderError> {
        let failed = |error: &dyn std::fmt::Display| RenderError::Failed(error.to_string());
        let _permit = self.permits.acquire().await.map_err(|error| failed(&error))?;
        let RenderLimits { time, max_bytes, traffic, .. } = self.limits;
        let patience = self.limits.patience();
        let traffic = ProxyLimits { time: traffic.time.min(patience), ..traffic };
        let proxy = Proxy::open(client, traffic).await.map_err(|error| failed(&error))?;
        let job = Job { url, proxy: proxy.address(), user_agent, page_time: self.limits.page_time, patience };
        let mut browser = Browser::start(&self.program, &job).map_err(|error| failed(&error))?;
        let mut printed = Vec::new();
        let read = timeout(time, browser.read(&mut printed, max_bytes)).await;
        let Left { complaint, asked } = browser.end().await;
        if proxy.refused() > 0 {
            tracing::info!(%url, connections = proxy.refused(), "a page asked for addresses that requests may not reach");
        }
        let page = self.limits.page_of(read, &printed, complaint);
        Ok(Rendered { led_to: navigations::led_to(asked, url), page })
    }
}

impl RenderLimits {
    /// How long a page may take to load. A page's clock stands still while it waits for an answer, and some wait for ever. When
    /// nothing can be asked any more, it goes on, and what the page shows by then is printed in time.
    fn patience(&self) -> Duration {
        self.time.saturating_mul(2) / 3
    }

    /// The page in what a browser printed and complained about.
    fn page_of(
        &self,
        read: Result<io::Result<()>, Elapsed>,
        printed: &[u8],
        complaint: Option<String>,
    ) -> Result<String, RenderError> {
        match read {
            // It has printed everything and does not come to an end.
            Err(_elapsed) if printed.trim_ascii_end().ends_with(b"</html>") => {}
            Err(_elapsed) => return Err(RenderError::TimedOut { seconds: self.time.as_secs() }),
            Ok(Err(error)) => return Err(RenderError::Failed(error.to_string())),
            Ok(Ok(())) => {}
        }
        if printed.trim_ascii().is_empty() {
            return Err(match complaint {
                Some(said) if said.contains("timed out") => {
                    RenderError::TimedOut { seconds: self.patience().as_secs() }
                }
                Some(said) => RenderError::Failed(said),
                None => RenderError::Failed("it printed nothing".to_owned()),
            });
        }
        let page = String::from_utf8_lossy(printed).into_owned();
        if page.contains(ERROR_PAGE) { Err(RenderError::NotLoaded) } else { Ok(page) }
    }
}

/// The browser of this system: the first program of a known name in the folders of `search`, a list such as `PATH`.
pub fn find_browser(search: Option<&OsStr>) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(search?).filter(|folder| folder.is_absolute()).collect();
    PROGRAMS.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|program| is_program(program)))
}

/// Whether a file is there and may be executed.
pub fn is_program(file: &Path) -> bool {
    let Ok(found) = file.metadata() else { return false };
    #[cfg(unix)]
    let may_run = std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may_run = true;
    found.is_file() && may_run
}

/// Whether the browser has to run without the sandbox that it puts its pages in: it cannot set that up as root.
pub fn is_without_sandbox() -> bool {
    browser::is_root()
}
