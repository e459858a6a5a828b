//! The watch of sitemaps: every hour, what they name as new, changed or gone is looked at, and nothing else.

use std::collections::HashMap;

use hammock_contract::{
    ApiError, ErrorCode, Timestamp,
    crawl::{CrawlOutcome, CrawlTrigger, Schedule},
    source::{SourceKind, WebsiteSettings},
};
use hammock_ingest::crawl::{self, SitemapFile};
use hammock_store::{
    Scope, crawls,
    documents::{self, DocumentRow},
    sitemaps::{self, SitemapEntry, SitemapFileRow},
    sources::SourceRow,
};
use url::Url;

use super::{
    changes::names_far_less,
    jobs::PartPage,
    looking::{LONGEST_LOOK, within},
    parts::{begin_part, begin_whole},
};
use crate::{Hammock, Result, error::from_store, retries};

/// The time between two looks at a sitemap. Milliseconds.
pub(crate) const WATCH_EVERY: i64 = 3_600_000;
/// A day that a sitemap names without a time. Milliseconds.
const DAY: i64 = 24 * 3_600_000;

/// Whether the sitemap of a website is watched. One that is read only when somebody asks for it is not.
pub(crate) fn is_watched(settings: &WebsiteSettings) -> bool {
    settings.watch_sitemap && settings.use_sitemap && settings.schedule != Schedule::Never
}

impl Hammock {
    /// Looks at the sitemap of a website that is due, and tells the operator what goes wrong here; whether it was due.
    pub(super) async fn watch_or_warn(&self, row: SourceRow) -> bool {
        match self.watch(&row).await {
            Ok(looked) => looked,
            // It was deleted meanwhile.
            Err(error) if error.code == ErrorCode::NotFound => false,
            Err(error) => {
                tracing::warn!(%error, source = %row.id, "what a sitemap says could not be noted");
                false
            }
        }
    }

    /// Looks at the sitemap of a website that is due; whether it was.
    async fn watch(&self, row: &SourceRow) -> Result<bool> {
        let (scope, id, now) = (Scope::for_source(row), &row.id, self.now());
        let SourceKind::Website(settings) = &row.kind else { return Ok(false) };
        let next = is_watched(settings).then(|| now.plus_millis(WATCH_EVERY));
        let tx = self.store().begin().await.map_err(from_store)?;
        let is_taken = sitemaps::take_watch(&scope, &tx, id, next, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        if !is_taken || next.is_none() {
            return Ok(false);
        }
        let rows = crawls::list(&scope, self.store().read(), id).await.map_err(from_store)?;
        if rows.is_empty() {
            // It was never read.
            return Ok(false);
        }
        let last =
            rows.into_iter().find(|crawl| crawl.crawl_trigger != CrawlTrigger::Sitemap).map(|crawl| crawl.outcome);
        if !matches!(last, None | Some(CrawlOutcome::Complete | CrawlOutcome::PageLimit)) {
            // What is there is not all that the site has, so there is nothing to compare with.
            return Ok(false);
        }
        let known = sitemaps::list(&scope, self.store().read(), id).await.map_err(from_store)?;
        let start = self.start_of(&scope, row, settings).await?;
        let files: Vec<SitemapFile> = known.iter().map(file_of).collect();
        let policy = self.crawl_policy();
        let net = self.client_for(&scope);
        let look = crawl::watch(&net, settings, &policy, &start, &files);
        let found = match within(LONGEST_LOOK, look).await {
            Ok(files) => files,
            Err(error) => {
                let error = ApiError::from(error);
                tracing::info!(%error, source = %id, "a sitemap could not be looked at");
                let tx = self.store().begin().await.map_err(from_store)?;
                if error.code == ErrorCode::SiteAsksForPause && next.is_some() {
                    let next = retries::due_after(now.plus_millis(WATCH_EVERY), &error, 0, now);
                    sitemaps::set_next_watch(&scope, &tx, id, Some(next)).await.map_err(from_store)?;
                }
                sitemaps::set_watched(&scope, &tx, id, Some(error), now).await.map_err(from_store)?;
                tx.commit().await.map_err(from_store)?;
                return Ok(true);
            }
        };
        let differences = Differences::between(&known, &found);
        let wanted = if differences.are_none() || found.is_empty() {
            Wanted::Nothing
        } else {
            let pages = documents::list_of_source(&scope, self.store().read(), id).await.map_err(from_store)?;
            let is_all_there = last != Some(CrawlOutcome::PageLimit);
            differences.wanted(settings, pages, !known.is_empty() || is_all_there)
        };
        self.note_sitemap(&scope, row, &known, found, wanted).await?;
        Ok(true)
    }

    /// Keeps what a sitemap says, and asks for the pages that are to be looked at, if there are any.
    async fn note_sitemap(
        &self,
        scope: &Scope,
        row: &SourceRow,
        known: &[SitemapFileRow],
        found: Vec<SitemapFile>,
        wanted: Wanted,
    ) -> Result<()> {
        let (id, now, is_wanted) = (&row.id, self.now(), wanted != Wanted::Nothing);
        let gone: Vec<String> = known
            .iter()
            .map(|file| file.address.clone())
            .filter(|address| !found.iter().any(|file| file.address == *address))
            .collect();
        let changed = found.into_iter().map(|file| row_of(row, file)).filter(|file| !known.contains(file)).collect();
        let tx = self.store().begin().await.map_err(from_store)?;
        let begun = match wanted {
            Wanted::Nothing => true,
            Wanted::Pages(pages) => begin_part(scope, &tx, id, pages, now).await?,
            Wanted::All => begin_whole(scope, &tx, id, now).await?,
        };
        if !begun {
            // Somebody had all of it read in the meantime. What changed is found by that, or at the next look.
            return Ok(());
        }
        sitemaps::put_many(scope, &tx, id, changed, &gone).await.map_err(from_store)?;
        sitemaps::set_watched(scope, &tx, id, None, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        if is_wanted {
            self.0.work.notify_one();
        }
        Ok(())
    }

    /// Where a website begins: the start address may lead to another one.
    pub(super) async fn start_of(&self, scope: &Scope, row: &SourceRow, settings: &WebsiteSettings) -> Result<Url> {
        let found = sitemaps::find_start(scope, self.store().read(), &row.id).await.map_err(from_store)?;
        let start = found.unwrap_or_else(|| settings.start_url.clone());
        Url::parse(&start).map_err(|error| ApiError::new(ErrorCode::InvalidUrl, error.to_string()))
    }
}

fn file_of(row: &SitemapFileRow) -> SitemapFile {
    SitemapFile {
        address: row.address.clone(),
        parent: row.parent.clone(),
        etag: row.etag.clone(),
        last_modified: row.last_modified.clone(),
        pages: row.entries.iter().map(|entry| (entry.address.clone(), entry.modified.clone())).collect(),
    }
}

fn row_of(source: &SourceRow, file: SitemapFile) -> SitemapFileRow {
    let SitemapFile { address, parent, etag, last_modified, pages } = file;
    SitemapFileRow {
        source_id: source.id.clone(),
        address,
        organisation_id: source.organisation_id.clone(),
        parent,
        etag,
        last_modified,
        entries: pages.into_iter().map(|(address, modified)| SitemapEntry { address, modified }).collect(),
    }
}

/// What is to be looked at because of what a sitemap says.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Nothing,
    /// These pages alone.
    Pages(Vec<PartPage>),
    /// The whole website: so little is left in the sitemap that it may be a fault, and only a reading of everything tells.
    All,
}

/// What a sitemap lists otherwise than the last time.
#[derive(Debug, Default)]
struct Differences {
    /// Pages that are listed anew or with another time: the address, that time, and whether they were listed before.
    listed: Vec<(String, Option<String>, bool)>,
    /// Addresses that are listed no more.
    unlisted: Vec<String>,
    /// Addresses that are listed as they were.
    same: Vec<String>,
}

impl Differences {
    fn between(known: &[SitemapFileRow], found: &[SitemapFile]) -> Self {
        let entries = known.iter().flat_map(|file| &file.entries);
        let mut before: HashMap<&str, Option<&str>> =
            entries.map(|entry| (entry.address.as_str(), entry.modified.as_deref())).collect();
        let mut now: HashMap<&str, Option<&str>> = HashMap::new();
        for (address, modified) in found.iter().flat_map(|file| &file.pages) {
            now.insert(address, modified.as_deref());
        }
        let mut differences = Self::default();
        for (address, modified) in now {
            let was = before.remove(address);
            if was == Some(modified) {
                differences.same.push(address.to_owned());
            } else {
                differences.listed.push((address.to_owned(), modified.map(str::to_owned), was.is_some()));
            }
        }
        differences.unlisted = before.into_keys().map(str::to_owned).collect();
        differences.listed.sort_unstable();
        differences.unlisted.sort_unstable();
        differences
    }

    fn are_none(&self) -> bool {
        self.listed.is_empty() && self.unlisted.is_empty()
    }

    /// What to look at. Pages that nobody knows are new, unless it was never seen what is `comparable`.
    fn wanted(self, settings: &WebsiteSettings, pages: Vec<DocumentRow>, comparable: bool) -> Wanted {
        let answering = pages.iter().filter(|page| page.revision > 0).count();
        let pages: HashMap<String, DocumentRow> = pages.into_iter().map(|page| (page.location.clone(), page)).collect();
        let answers = |address: &String| pages.get(address).is_some_and(|page| page.revision > 0);
        let unlisted: Vec<String> = self.unlisted.into_iter().filter(answers).collect();
        let still_listed = self.listed.iter().filter(|(.., was_listed)| *was_listed).map(|(address, ..)| address);
        let still_listed = still_listed.chain(&self.same).filter(|address| answers(address)).count();
        if names_far_less((still_listed + unlisted.len()) as u64, unlisted.len() as u64) {
            return Wanted::All;
        }
        let mut room = (settings.page_limit as usize).saturating_sub(answering);
        let takes_new = comparable && settings.max_depth > 0;
        let mut wanted = Vec::new();
        for (address, modified, was_listed) in self.listed {
            let is_wanted = match pages.get(&address) {
                Some(page) => {
                    let modified = modified.as_deref();
                    modified.is_some_and(|modified| is_newer(modified, page.fetched_at, was_listed))
                }
                None if takes_new && room > 0 => {
                    room -= 1;
                    true
                }
                None => false,
            };
            if is_wanted {
                wanted.push(PartPage { address, listed: true });
            }
        }
        wanted.extend(unlisted.into_iter().map(|address| PartPage { address, listed: false }));
        if wanted.is_empty() { Wanted::Nothing } else { Wanted::Pages(wanted) }
    }
}

/// Whether a page changed after it was fetched, as its sitemap says. A day without a time may be later than that, and a text that
/// cannot be read says nothing; where the sitemap said something else `before`, the page is looked at.
fn is_newer(modified: &str, fetched: Option<Timestamp>, before: bool) -> bool {
    let Some(fetched) = fetched else { return true };
    if let Some(at) = moment(modified) {
        return at > fetched;
    }
    match moment(&format!("{modified}T00:00:00Z")) {
        Some(day) => day.plus_millis(if before { DAY } else { 0 }) > fetched,
        None => before,
    }
}

/// A time as sitemaps write it: seconds may be left out.
fn moment(text: &str) -> Option<Timestamp> {
    let with_seconds = || {
        let (minutes, zone) = (text.get(..16)?, text.get(16..)?);
        format!("{minutes}:00{zone}").parse().ok()
    };
    text.parse().ok().or_else(with_seconds)
}

#[cfg(test)]
mod tests;
