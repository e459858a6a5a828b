//! Which page is left to which other one: what a page says about its own address, and where addresses lead on. A page that is left
//! to one which turns out not to be there is a page of its own after all.

use std::{
    collections::{HashMap, HashSet},
    ops::ControlFlow,
};

use url::Url;

use super::Run;
use crate::crawl::{
    CrawlSink, PageOutcome, PageResult, SkipReason,
    rest::{CrawlRest, HeldFor},
};

/// How often one address may lead to the next before it counts as a circle.
const MOST_STEPS: usize = 32;

/// See the module.
#[derive(Default)]
pub(super) struct Leading {
    /// What pages said about their own address, by what they were asked for as.
    left_to: HashMap<Url, Url>,
    /// Where addresses lead on.
    led_on: HashMap<Url, Url>,
    /// Addresses that were asked for and are no pages.
    none: HashSet<Url>,
    /// Pages of their own, whatever they say.
    alone: HashSet<Url>,
    /// Pages that are left to others which were not looked at yet.
    held: Vec<PageOutcome>,
}

impl Leading {
    /// An address was asked for: what was known of it counts no more.
    pub(super) fn forget(&mut self, url: &Url) {
        self.left_to.remove(url);
        self.led_on.remove(url);
        self.none.remove(url);
    }

    /// An address leads on to another one.
    pub(super) fn lead(&mut self, url: Url, to: Url) {
        self.led_on.insert(url, to);
    }

    /// A page says that its address is another one.
    pub(super) fn leave(&mut self, url: Url, to: Url) {
        self.left_to.insert(url, to);
    }

    /// Notes what became of an address; whether an earlier crawl read it.
    pub(super) fn note(&mut self, outcome: &PageOutcome, was_read: bool) {
        let is_none = match &outcome.result {
            PageResult::Skipped(
                SkipReason::CanonicalIs(_) | SkipReason::RedirectsTo(_) | SkipReason::DuplicateOf(_),
            ) => false,
            PageResult::Skipped(_) => true,
            // What it said before still answers where it is unreadable today.
            PageResult::Failed(failure) => failure.is_gone() || !was_read,
            PageResult::Fetched(_) | PageResult::Unchanged(_) => false,
        };
        if is_none {
            self.none.insert(outcome.url.clone());
        }
    }

    /// Whether a page may be left to the one that it names.
    pub(super) fn may_leave(&self, page: &Url, named: &Url) -> bool {
        !self.alone.contains(page) && self.end_of(named, page).is_some()
    }

    /// Where an address leads that a page names, as far as this crawl has come; nothing where there is no page, or that one itself.
    fn end_of<'a>(&'a self, named: &'a Url, page: &Url) -> Option<&'a Url> {
        let mut end = named;
        for _ in 0..MOST_STEPS {
            if end == page {
                return None;
            }
            match self.left_to.get(end).or_else(|| self.led_on.get(end)) {
                Some(next) => end = next,
                None => return (!self.none.contains(end)).then_some(end),
            }
        }
        None
    }

    /// Where a page leads that is left to another one; nothing where that is no page.
    fn end_for<'a>(&'a self, outcome: &'a PageOutcome) -> Option<&'a Url> {
        match &outcome.result {
            PageResult::Skipped(SkipReason::CanonicalIs(named)) => self.end_of(named, &outcome.url),
            _ => Some(&outcome.url),
        }
    }

    /// Goes on with what a crawl had found that was cancelled.
    pub(super) fn restore(&mut self, rest: &CrawlRest, held: Vec<PageOutcome>) {
        let parsed = |(page, other): &(String, String)| Some((Url::parse(page).ok()?, Url::parse(other).ok()?));
        self.left_to = rest.left_to.iter().filter_map(parsed).collect();
        self.led_on = rest.led_on.iter().filter_map(parsed).collect();
        let done = rest.done.iter().filter(|page| page.is_none).map(|page| &page.address);
        let missing = rest.held.iter().filter(|page| matches!(page.why, HeldFor::Missing | HeldFor::SaysMissing));
        let none = done.chain(missing.map(|page| &page.address));
        self.none = none.filter_map(|address| Url::parse(address).ok()).collect();
        self.held = held;
    }

    /// What pages said about their own address.
    pub(super) fn left_to(&self) -> impl Iterator<Item = (&Url, &Url)> {
        self.left_to.iter()
    }

    /// Where addresses lead on.
    pub(super) fn led_on(&self) -> impl Iterator<Item = (&Url, &Url)> {
        self.led_on.iter()
    }

    /// Addresses that were asked for and are no pages.
    pub(super) fn none(&self) -> HashSet<&str> {
        self.none.iter().map(Url::as_str).collect()
    }

    /// Pages that wait for others to be looked at.
    pub(super) fn held(&self) -> &[PageOutcome] {
        &self.held
    }

    /// How many pages wait for others to be looked at.
    pub(super) fn waiting(&self) -> usize {
        self.held.len()
    }
}

impl Run {
    /// Gives back what became of a page, unless it waits for the one that it is left to.
    pub(super) fn hold(&mut self, outcome: PageOutcome) -> Option<PageOutcome> {
        let is_left = matches!(outcome.result, PageResult::Skipped(SkipReason::CanonicalIs(_)));
        if !is_left || self.leading.end_for(&outcome).is_some_and(|end| self.contents.has_seen(end)) {
            return Some(outcome);
        }
        self.leading.held.push(outcome);
        None
    }

    /// Passes on the pages that waited for those that they are left to. Where these are not there, the pages are visited again, as
    /// pages of their own, and the others wait for that; whether there are any.
    pub(super) async fn settle_left(&mut self, sink: &mut dyn CrawlSink) -> ControlFlow<(), bool> {
        let mut is_again = false;
        for outcome in std::mem::take(&mut self.leading.held) {
            // What was heard of and not looked at is kept out by the page limit.
            if self.leading.end_for(&outcome).is_some_and(|end| self.frontier.has_heard_of(end)) {
                self.leading.held.push(outcome);
                continue;
            }
            // Others of a circle lead to this one now.
            self.leading.forget(&outcome.url);
            self.leading.alone.insert(outcome.url.clone());
            let known = self.frontier.known(&outcome.url).map(|known| &**known);
            self.contents.look_again(&outcome.url, known);
            self.frontier.again(outcome.url);
            is_again = true;
        }
        if is_again {
            return ControlFlow::Continue(true);
        }
        // One by one: the crawl may be cancelled meanwhile.
        self.leading.held.reverse();
        while let Some(outcome) = self.leading.held.pop() {
            self.give(outcome, sink).await?;
        }
        ControlFlow::Continue(false)
    }
}
