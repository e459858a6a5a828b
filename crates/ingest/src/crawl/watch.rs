//! The watch of a website's sitemap: what it lists, asked for only where that has changed.

use std::collections::{HashMap, HashSet, VecDeque};

use hammock_contract::source::WebsiteSettings;
use hammock_net::Client;
use tokio::time::Instant;
use url::Url;

use super::{
    CrawlError, CrawlPolicy,
    address::Site,
    fetch::Fetcher,
    pattern::Patterns,
    robots::Robots,
    sitemap::{self, Listed, MAX_FILES, Room},
};

/// One file of a sitemap, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitemapFile {
    /// Its address.
    pub address: String,
    /// The file that names it, where it is not one to begin at.
    pub parent: Option<String>,
    /// For the next conditional request.
    pub etag: Option<String>,
    /// For the next conditional request.
    pub last_modified: Option<String>,
    /// The pages that it lists, in the one form of their addresses, as far as the settings keep them; and when each changed
    /// last, as it stands there.
    pub pages: Vec<(String, Option<String>)>,
}

/// A page that is to be looked at by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedPage {
    /// Its address.
    pub url: Url,
    /// Whether the sitemap lists it. One that it lists no more is gone when the site says so.
    pub listed: bool,
}

/// Reads the files of a site's sitemap, those alone that are not as they are `known`: the others cost a request and come back as
/// they were. Nothing where the site has no sitemap. Where all together are too much, the rest is as it was known, or left out.
///
/// # Errors
/// When robots.txt or a file cannot be read, a file that robots.txt names is no sitemap, or all of them take too long.
pub async fn watch(
    client: &Client,
    settings: &WebsiteSettings,
    policy: &CrawlPolicy,
    start: &Url,
    known: &[SitemapFile],
) -> Result<Vec<SitemapFile>, CrawlError> {
    client.check_url(start).await?;
    let fetcher = Fetcher::new(client.clone(), policy.clone());
    let robots = Robots::fetch(&fetcher, start).await.map_err(|error| fetcher.left_alone(start).unwrap_or(error))?;
    fetcher.slow_down(start, robots.delay().unwrap_or_default());
    let mut first: Vec<Url> = robots.sitemaps().filter_map(|file| start.join(file).ok()).collect();
    let is_guessed = first.is_empty();
    if is_guessed {
        first.extend(start.join("/sitemap.xml"));
    }
    let watch = Watch {
        fetcher,
        site: Site::of(start),
        patterns: Patterns::of(settings),
        known: known.iter().map(|file| (file.address.as_str(), file)).collect(),
        most: (settings.page_limit as usize).saturating_mul(10).saturating_add(10_000),
        is_guessed,
    };
    watch.read(first).await
}

struct Watch<'a> {
    fetcher: Fetcher,
    site: Site,
    patterns: Patterns,
    known: HashMap<&'a str, &'a SitemapFile>,
    /// How many pages are taken, of all files together.
    most: usize,
    /// Whether the one file to begin at is named by nobody.
    is_guessed: bool,
}

impl Watch<'_> {
    async fn read(&self, first: Vec<Url>) -> Result<Vec<SitemapFile>, CrawlError> {
        let mut waiting: VecDeque<(Url, Option<String>)> = VecDeque::new();
        let mut seen: HashSet<Url> = HashSet::new();
        for file in first {
            if seen.insert(file.clone()) {
                waiting.push_back((file, None));
            }
        }
        let pause = waiting.front().map(|(file, _)| self.fetcher.pacer(file).usual()).unwrap_or_default();
        let mut room = Room::new(self.most, pause, Instant::now());
        let mut files = Vec::new();
        while let Some((url, parent)) = waiting.pop_front() {
            if files.len() == MAX_FILES {
                break;
            }
            let read =
                if room.is_full() { self.as_known(&url, parent) } else { self.file(&url, parent, &mut room).await? };
            let Some((mut file, mut inner)) = read else { continue };
            let length = |modified: &Option<String>| modified.as_ref().map_or(0, String::len);
            let fits = |(page, modified): &&(String, Option<String>)| room.keep(page.len() + length(modified));
            let fitting = file.pages.iter().take_while(fits).count();
            file.pages.truncate(fitting);
            // Always in one order: where there are more files than are read, these are the same every time.
            inner.sort_unstable();
            for url in inner {
                if seen.len() < 4 * MAX_FILES && seen.insert(url.clone()) {
                    waiting.push_back((url, Some(file.address.clone())));
                }
            }
            files.push(file);
        }
        Ok(files)
    }

    /// One file as it is known, and those that it names; nothing where it is not.
    fn as_known(&self, url: &Url, parent: Option<String>) -> Option<(SitemapFile, Vec<Url>)> {
        let known = self.known.get(url.as_str()).copied()?;
        let inner = self.known.values().filter(|file| file.parent.as_deref() == Some(url.as_str()));
        let inner = inner.filter_map(|file| Url::parse(&file.address).ok()).collect();
        Some((SitemapFile { parent, ..known.clone() }, inner))
    }

    /// One file, and those that it names; nothing where it is not there.
    async fn file(
        &self,
        url: &Url,
        parent: Option<String>,
        room: &mut Room,
    ) -> Result<Option<(SitemapFile, Vec<Url>)>, CrawlError> {
        let known = self.known.get(url.as_str()).copied();
        let too_slow = || CrawlError::Unreachable { reason: "it takes too long to read its sitemap".to_owned() };
        let limits = sitemap::limits(&self.fetcher, room).ok_or_else(too_slow)?;
        let (etag, last_modified) =
            known.map(|file| (file.etag.clone(), file.last_modified.clone())).unwrap_or_default();
        let answer = self.fetcher.get_if_changed(url, limits, etag, last_modified).await?;
        match (answer.status.as_u16(), known) {
            (304, Some(_)) => return Ok(self.as_known(url, parent)),
            (200..=299, _) => {}
            (404 | 410, _) => return Ok(None),
            (status, _) => {
                return Err(self.fetcher.left_alone(url).unwrap_or(CrawlError::SiteFailed { status }));
            }
        }
        let text = |name: http::HeaderName| answer.header(name).map(str::to_owned);
        let (etag, last_modified) = (text(http::header::ETAG), text(http::header::LAST_MODIFIED));
        let (body, left) = (answer.body, *room);
        let unreadable = || CrawlError::SitemapUnreadable { address: url.to_string() };
        let reading = tokio::task::spawn_blocking(move || sitemap::read(body, left));
        let (found, bytes) = reading.await.map_err(|_panicked| unreadable())?;
        room.read(bytes);
        if !found.is_sitemap {
            // Sites answer whatever they are asked for with their front page.
            return if self.is_guessed && parent.is_none() { Ok(None) } else { Err(unreadable()) };
        }
        let inner = found.files.iter().filter_map(|inner| url.join(inner).ok()).collect();
        let pages = self.pages(url, found.pages);
        Ok(Some((SitemapFile { address: url.to_string(), parent, etag, last_modified, pages }, inner)))
    }

    fn pages(&self, file: &Url, listed: Vec<Listed>) -> Vec<(String, Option<String>)> {
        let mut seen = HashSet::new();
        listed
            .into_iter()
            .filter_map(|page| Some((self.site.page(&self.site.own(&file.join(&page.address).ok()?))?, page.modified)))
            .filter(|(page, _)| self.patterns.keeps(page) && seen.insert(page.clone()))
            .map(|(page, modified)| (page.into(), modified))
            .collect()
    }
}
