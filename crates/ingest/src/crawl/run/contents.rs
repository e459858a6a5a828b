//! Which page has a content first: another one that has it too is left out. What an earlier crawl knew of pages counts until
//! this one finds that they do not have their content any more; then it is the other page that has it.

use std::{
    collections::{HashMap, HashSet},
    ops::ControlFlow,
};

use url::Url;

use super::Run;
use crate::crawl::{CrawlSink, KnownPage, PageOutcome, PageResult, SkipReason, rest::CrawlRest};

/// See the module.
#[derive(Default)]
pub(super) struct Contents {
    /// By the hash of the content.
    first: HashMap<String, Url>,
    /// Pages that this crawl has looked at.
    seen: HashSet<Url>,
    /// Pages that lost the content that they were known for.
    lost: HashSet<Url>,
    /// Pages that were left out because of others which were not looked at yet.
    copies: Vec<PageOutcome>,
}

impl Contents {
    pub(super) fn of(first: HashMap<String, Url>) -> Self {
        Self { first, ..Self::default() }
    }

    /// Takes the content of a page; the other page that has it, if there is one.
    pub(super) fn take(&mut self, hash: &str, url: &Url, known: Option<&KnownPage>) -> Option<Url> {
        if let Some(first) = self.first.get(hash).filter(|first| *first != url) {
            return Some(first.clone());
        }
        if known.and_then(|known| known.content_hash.as_deref()).is_some_and(|before| before != hash) {
            self.lose(url, known);
        }
        self.first.insert(hash.to_owned(), url.clone());
        None
    }

    /// A page does not have the content any more that it was known for.
    fn lose(&mut self, url: &Url, known: Option<&KnownPage>) {
        let Some(hash) = known.and_then(|known| known.content_hash.as_ref()) else { return };
        if self.first.get(hash) == Some(url) {
            self.first.remove(hash);
            self.lost.insert(url.clone());
        }
    }

    /// Whether this crawl has looked at a page.
    pub(super) fn has_seen(&self, url: &Url) -> bool {
        self.seen.contains(url)
    }

    /// A page is to be looked at once more: until then, it has what it was known for.
    pub(super) fn look_again(&mut self, url: &Url, known: Option<&KnownPage>) {
        self.seen.remove(url);
        if self.lost.remove(url)
            && let Some(hash) = known.and_then(|known| known.content_hash.as_ref())
        {
            self.first.entry(hash.clone()).or_insert_with(|| url.clone());
        }
    }

    /// Goes on with what a crawl had found that was cancelled. What was known of the pages that it looked at counts no more.
    pub(super) fn restore(&mut self, rest: &CrawlRest, copies: Vec<PageOutcome>) {
        let held = rest.held.iter().map(|page| &page.address);
        let seen = rest.done.iter().map(|page| &page.address).chain(held);
        self.seen = seen.filter_map(|address| Url::parse(address).ok()).collect();
        let seen = &self.seen;
        self.first.retain(|_, url| !seen.contains(url));
        let having = rest.done.iter().filter_map(|page| Some((page.hash.clone()?, Url::parse(&page.address).ok()?)));
        self.first.extend(having);
        self.copies = copies;
    }

    /// The content that each page has before all others which this crawl has looked at, by its address.
    pub(super) fn by_address(&self) -> HashMap<&str, &str> {
        let looked_at = self.first.iter().filter(|(_, url)| self.seen.contains(*url));
        looked_at.map(|(hash, url)| (url.as_str(), hash.as_str())).collect()
    }

    /// Pages that wait for others to be looked at.
    pub(super) fn copies(&self) -> &[PageOutcome] {
        &self.copies
    }

    /// How many pages wait for others to be looked at.
    pub(super) fn waiting(&self) -> usize {
        self.copies.len()
    }
}

impl Run {
    /// Notes what became of a page for those that have its content, or are left to it. Gives it back unless it waits for the page that it is a copy
    /// of.
    pub(super) fn compare(&mut self, outcome: PageOutcome) -> Option<PageOutcome> {
        self.contents.seen.insert(outcome.url.clone());
        self.leading.note(&outcome, self.frontier.was_read(&outcome.url));
        let known = self.frontier.known(&outcome.url).map(|known| &**known);
        match &outcome.result {
            PageResult::Skipped(SkipReason::DuplicateOf(first)) => {
                let is_doubtful = !self.contents.seen.contains(first);
                self.contents.lose(&outcome.url, known);
                if is_doubtful {
                    self.contents.copies.push(outcome);
                    return None;
                }
            }
            PageResult::Skipped(_) => self.contents.lose(&outcome.url, known),
            PageResult::Failed(failure) if failure.is_gone() => self.contents.lose(&outcome.url, known),
            PageResult::Fetched(_) | PageResult::Unchanged(_) | PageResult::Failed(_) => {}
        }
        Some(outcome)
    }

    /// Passes on the copies that waited. Those of pages that lost their content meanwhile are visited again, as pages of their
    /// own; whether there are any.
    pub(super) async fn settle_copies(&mut self, sink: &mut dyn CrawlSink) -> ControlFlow<(), bool> {
        let mut is_again = false;
        // One by one: the crawl may be cancelled meanwhile.
        self.contents.copies.reverse();
        while let Some(copy) = self.contents.copies.pop() {
            match &copy.result {
                PageResult::Skipped(SkipReason::DuplicateOf(first)) if self.contents.lost.contains(first) => {
                    self.frontier.again(copy.url);
                    is_again = true;
                }
                _ => self.give(copy, sink).await?,
            }
        }
        ControlFlow::Continue(is_again)
    }
}
