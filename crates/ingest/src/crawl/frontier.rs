//! The addresses that a crawl has heard of: which of them wait, how far they are from a page to begin at, and what an
//! earlier crawl knew of them.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use hammock_contract::source::WebsiteSettings;
use url::Url;

use super::{
    KnownPage,
    address::Site,
    pattern::Patterns,
    rest::{CrawlRest, WaitingPage},
};

/// The addresses that are remembered hold no more together than this, beside those of pages that were known before: a site may make
/// up long ones. Bytes.
const MOST_BYTES: usize = 64 << 20;

/// An address that waits, with the number of redirects that led to it.
pub(super) struct Waiting {
    pub(super) url: Url,
    pub(super) redirects: u32,
}

/// See the module.
pub(super) struct Frontier {
    patterns: Patterns,
    max_depth: u32,
    /// How many addresses are remembered at most; a site that makes up more is a trap.
    most: usize,
    known: HashMap<String, Arc<KnownPage>>,
    /// Whether nothing of the earlier crawl says how far pages are: then all of them are found anew.
    is_fresh: bool,
    waiting: VecDeque<Waiting>,
    /// How many links lead to each address that was heard of.
    depths: HashMap<String, u32>,
    /// The length of all these. Bytes.
    bytes: usize,
    /// Known pages that the site leads to in this crawl.
    linked: HashSet<String>,
}

impl Frontier {
    pub(super) fn new(settings: &WebsiteSettings, known: Vec<KnownPage>) -> Self {
        let is_fresh = known.iter().any(|page| page.depth.is_none());
        Self::of(settings, known, is_fresh)
    }

    /// As a crawl left it that was cancelled.
    pub(super) fn going_on(settings: &WebsiteSettings, known: Vec<KnownPage>, rest: &CrawlRest) -> Self {
        let mut frontier = Self::of(settings, known, rest.is_fresh);
        rest.done.iter().for_each(|page| frontier.hear_of(&page.address, 0));
        for page in &rest.held {
            frontier.hear_again(&page.address, page.depth, page.linked);
        }
        for page in &rest.waiting {
            let Ok(url) = Url::parse(&page.address) else { continue };
            if frontier.patterns.excludes(&url) {
                // Since the crawl was cancelled.
                continue;
            }
            frontier.hear_again(&page.address, page.depth, page.linked);
            frontier.waiting.push_back(Waiting { url, redirects: page.redirects });
        }
        frontier
    }

    fn hear_of(&mut self, address: &str, depth: u32) {
        if self.depths.insert(address.to_owned(), depth).is_none() {
            self.bytes += address.len();
        }
    }

    fn hear_again(&mut self, address: &str, depth: u32, linked: bool) {
        self.hear_of(address, depth);
        if linked {
            self.linked.insert(address.to_owned());
        }
    }

    fn of(settings: &WebsiteSettings, known: Vec<KnownPage>, is_fresh: bool) -> Self {
        let page = |page: KnownPage| {
            if is_fresh {
                // A page that answers "not modified" shows no links.
                KnownPage { etag: None, last_modified: None, render_due: true, ..page }
            } else {
                page
            }
        };
        Self {
            patterns: Patterns::of(settings),
            max_depth: settings.max_depth,
            most: (settings.page_limit as usize).saturating_mul(10).saturating_add(10_000),
            known: known.into_iter().map(page).map(|page| (page.url.clone(), Arc::new(page))).collect(),
            is_fresh,
            waiting: VecDeque::new(),
            depths: HashMap::new(),
            bytes: 0,
            linked: HashSet::new(),
        }
    }

    /// How many addresses are remembered at most.
    pub(super) const fn most(&self) -> usize {
        self.most
    }

    /// Whether a page is kept, and not at most read for its links.
    pub(super) fn keeps(&self, url: &Url) -> bool {
        self.patterns.keeps(url)
    }

    /// What the earlier crawl knew of a page.
    pub(super) fn known(&self, url: &Url) -> Option<&Arc<KnownPage>> {
        self.known.get(url.as_str())
    }

    /// Whether an earlier crawl read a page: only then can it be unchanged.
    pub(super) fn was_read(&self, url: &Url) -> bool {
        self.known(url).is_some_and(|page| page.content_hash.is_some())
    }

    /// How many pages an earlier crawl read that this one should find too: those of this site that are still wanted.
    pub(super) fn expected(&self, site: &Site) -> usize {
        let was_read = self.known.values().filter(|page| page.content_hash.is_some());
        was_read
            .filter_map(|page| Url::parse(&page.url).ok())
            .filter(|url| site.is_twin(url) && self.keeps(url))
            .count()
    }

    /// Which page has a content first, as far as an earlier crawl tells.
    pub(super) fn by_hash(&self) -> HashMap<String, Url> {
        if self.is_fresh {
            // Whether that page is found again is not known yet.
            return HashMap::new();
        }
        let pages = self.known.values();
        pages.filter_map(|page| Some((page.content_hash.clone()?, Url::parse(&page.url).ok()?))).collect()
    }

    /// Whether the site leads to an address, as far as this crawl has come. What is not known was found.
    pub(super) fn is_linked(&self, url: &Url) -> bool {
        !self.known.contains_key(url.as_str()) || self.linked.contains(url.as_str())
    }

    /// How many links lead to an address, as far as this crawl has come.
    pub(super) fn depth(&self, url: &Url) -> u32 {
        self.depths.get(url.as_str()).copied().unwrap_or_default()
    }

    /// Whether an address waits, or was dealt with.
    pub(super) fn has_heard_of(&self, url: &Url) -> bool {
        self.depths.contains_key(url.as_str())
    }

    /// Takes a page to begin at that is asked for whatever the settings leave out.
    pub(super) fn enter(&mut self, url: &Url) {
        self.linked.insert(url.to_string());
        self.hear_of(url.as_str(), 0);
    }

    /// Takes an address that the site leads to.
    pub(super) fn add(&mut self, site: &Site, url: &Url, depth: u32, redirects: u32) {
        let Some(page) = site.page(url) else { return };
        if self.known.contains_key(page.as_str()) {
            self.linked.insert(page.to_string());
        }
        self.queue(page, depth, redirects);
    }

    /// Takes an address that nothing may lead to any more, to see whether it is still there.
    pub(super) fn look_at(&mut self, site: &Site, url: &Url) {
        let Some(page) = site.page(url) else { return };
        let depth = self.depth_before(&page);
        self.queue(page, depth, 0);
    }

    /// How many links lead to a page, as an earlier crawl found it; to one that a sitemap alone may lead to, one.
    pub(super) fn depth_before(&self, url: &Url) -> u32 {
        self.known(url).and_then(|known| known.depth).unwrap_or(1)
    }

    /// Takes what an earlier crawl knew: pages that answer "not modified" show no links, so what they led to is remembered
    /// rather than found again, whether it could be read last time or not.
    pub(super) fn remember(&mut self, site: &Site) {
        if self.is_fresh {
            return;
        }
        let mut pages: Vec<(u32, Url)> = self
            .known
            .values()
            .filter_map(|known| Some((known.depth?, site.page(&Url::parse(&known.url).ok()?)?)))
            .collect();
        pages.sort_unstable();
        pages.into_iter().for_each(|(depth, page)| self.queue(page, depth, 0));
    }

    /// Puts an address in the queue, when it is wanted and new.
    fn queue(&mut self, url: Url, depth: u32, redirects: u32) {
        if depth > self.max_depth {
            return;
        }
        if let Some(known) = self.depths.get_mut(url.as_str()) {
            *known = depth.min(*known);
            return;
        }
        if self.has_room(&url) && !self.patterns.excludes(&url) {
            self.hear_of(url.as_str(), depth);
            self.waiting.push_back(Waiting { url, redirects });
        }
    }

    /// Whether another address can be remembered.
    fn has_room(&self, url: &Url) -> bool {
        // What was known is in memory already, and would be taken for gone.
        let fits = || self.bytes + url.as_str().len() <= MOST_BYTES || self.known.contains_key(url.as_str());
        self.depths.len() < self.most && fits()
    }

    /// Puts an address in the queue once more.
    pub(super) fn again(&mut self, url: Url) {
        self.waiting.push_back(Waiting { url, redirects: 0 });
    }

    /// How many addresses were heard of, those that were dealt with included.
    pub(super) fn heard_of(&self) -> usize {
        self.depths.len()
    }

    /// The address that waits longest.
    pub(super) fn pop(&mut self) -> Option<Waiting> {
        self.waiting.pop_front()
    }

    /// The addresses that are not `done`, in the order in which they are to be asked for: those that left the queue come first.
    pub(super) fn rest(&self, is_done: impl Fn(&str) -> bool) -> Vec<WaitingPage> {
        let queued: HashSet<&str> = self.waiting.iter().map(|waiting| waiting.url.as_str()).collect();
        let has_left = |address: &str| !queued.contains(address) && !is_done(address);
        let left = self.depths.iter().filter(|(address, _)| has_left(address));
        let mut left: Vec<(u32, &str)> = left.map(|(address, depth)| (*depth, address.as_str())).collect();
        left.sort_unstable();
        let page = |address: &str, redirects| WaitingPage {
            address: address.to_owned(),
            depth: self.depths.get(address).copied().unwrap_or_default(),
            redirects,
            linked: self.leads_to(address),
        };
        let left = left.into_iter().map(|(_, address)| page(address, 0));
        left.chain(self.waiting.iter().map(|waiting| page(waiting.url.as_str(), waiting.redirects))).collect()
    }

    /// Whether the site leads to a page that was known.
    pub(super) fn leads_to(&self, address: &str) -> bool {
        self.linked.contains(address)
    }

    /// Whether all pages are found anew.
    pub(super) const fn is_fresh(&self) -> bool {
        self.is_fresh
    }

    /// How many addresses wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_addresses_take_no_more_than_there_is_room_for() {
        let start = Url::parse("https://a.example/").unwrap();
        let site = Site::of(&start);
        let settings = WebsiteSettings { page_limit: 100_000, ..WebsiteSettings::of(start.to_string()) };
        let address = |number: usize| format!("https://a.example/{number:06}{}", "x".repeat(1_900));
        let known = KnownPage { url: address(999_999), depth: Some(1), ..KnownPage::default() };
        let mut frontier = Frontier::new(&settings, vec![known]);
        let length = address(0).len();
        let fits = MOST_BYTES / length;
        assert!(fits + 100 < frontier.most());
        let add = |frontier: &mut Frontier, number| {
            frontier.add(&site, &Url::parse(&address(number)).unwrap(), 1, 0);
        };
        (0..fits + 100).for_each(|number| add(&mut frontier, number));
        assert_eq!((frontier.heard_of(), frontier.waiting()), (fits, fits));

        // What was heard of already costs nothing, and what was known is looked at.
        add(&mut frontier, 0);
        add(&mut frontier, 999_999);
        assert_eq!((frontier.heard_of(), frontier.waiting()), (fits + 1, fits + 1));
    }
}
