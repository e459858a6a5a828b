//! What a crawl that was cancelled, or cut off, has done and not done yet: with it, the crawl goes on later as if it had never
//! ended.

use std::collections::HashSet;

use hammock_contract::job::JobProgress;
use serde::{Deserialize, Serialize};

use super::{PageOutcome, PageResult};

/// See the module. Only the crawler reads what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrawlRest {
    /// Where the site begins, wherever the start address led.
    pub(super) start: String,
    /// Whether all pages are found anew.
    pub(super) is_fresh: bool,
    /// How many pages the crawl should find.
    pub(super) expected: usize,
    pub(super) visits: u64,
    pub(super) fetched: u64,
    pub(super) unchanged: u64,
    pub(super) skipped: u64,
    pub(super) failed: u64,
    /// Addresses that were dealt with.
    pub(super) done: Vec<DonePage>,
    /// Addresses that were asked for and are told of when all the others were.
    pub(super) held: Vec<HeldPage>,
    /// Addresses that are to be asked for, in this order.
    pub(super) waiting: Vec<WaitingPage>,
    /// Pages that said they are the same as another one, where one of the two waits: the other one behind each.
    pub(super) left_to: Vec<(String, String)>,
    /// Addresses that lead on, and where each leads.
    #[serde(default)]
    pub(super) led_on: Vec<(String, String)>,
}

/// An address that was dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DonePage {
    #[serde(rename = "a")]
    pub(super) address: String,
    /// The hash of the content that it has before all other pages, where it has one.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub(super) hash: Option<String>,
    /// Whether there is no page.
    #[serde(rename = "n", default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_none: bool,
}

/// An address that was asked for and not told of yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct HeldPage {
    pub(super) address: String,
    pub(super) depth: u32,
    /// Whether the site leads to it, of a page that was known.
    pub(super) linked: bool,
    pub(super) http_status: Option<u16>,
    pub(super) why: HeldFor,
}

/// Why an address is not told of yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum HeldFor {
    /// The site says that it is not there.
    Missing,
    /// The page says so itself.
    SaysMissing,
    /// It has the content of a page that was not looked at.
    CopyOf(String),
    /// It says that it is the same as a page that was not looked at.
    LeftTo(String),
}

/// An address that is to be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WaitingPage {
    #[serde(rename = "a")]
    pub(super) address: String,
    #[serde(rename = "d")]
    pub(super) depth: u32,
    #[serde(rename = "r")]
    pub(super) redirects: u32,
    /// Whether the site leads to it, of a page that was known.
    #[serde(rename = "l")]
    pub(super) linked: bool,
}

impl CrawlRest {
    /// Whether all pages are found anew, because the settings had changed: what is known of them from before counts only for
    /// those that the crawl has come across.
    pub const fn is_fresh(&self) -> bool {
        self.is_fresh
    }

    /// How many addresses the crawl has heard of.
    pub fn addresses(&self) -> usize {
        self.done.len() + self.held.len() + self.waiting.len()
    }

    /// The addresses that are to be asked for.
    pub fn waiting(&self) -> HashSet<&str> {
        self.waiting.iter().map(|page| page.address.as_str()).collect()
    }

    /// Takes back what was told of pages and is not stored yet: they are to be asked for again.
    pub fn ask_again<'a>(&mut self, outcomes: impl Iterator<Item = &'a PageOutcome>) {
        for outcome in outcomes {
            if !self.take_back(outcome.url.as_str(), outcome.depth, outcome.linked) {
                continue;
            }
            let counted = match &outcome.result {
                PageResult::Fetched(_) => &mut self.fetched,
                PageResult::Unchanged(_) => &mut self.unchanged,
                PageResult::Skipped(_) => &mut self.skipped,
                PageResult::Failed(_) => &mut self.failed,
            };
            *counted = counted.saturating_sub(1);
        }
    }

    /// The same for pages that are not there any more, by their addresses.
    pub fn look_again<'a>(&mut self, addresses: impl Iterator<Item = &'a str>) {
        for address in addresses {
            if self.take_back(address, 1, false) {
                self.failed = self.failed.saturating_sub(1);
            }
        }
    }

    /// Lets an address wait that was dealt with; whether it was.
    fn take_back(&mut self, address: &str, depth: u32, linked: bool) -> bool {
        let Some(at) = self.done.iter().position(|page| page.address == address) else { return false };
        let DonePage { address, .. } = self.done.swap_remove(at);
        self.waiting.push(WaitingPage { address, depth, redirects: 0, linked });
        true
    }

    /// How far the crawl was, by settings that allow so many pages.
    pub fn progress(&self, page_limit: u32) -> JobProgress {
        let copies =
            self.held.iter().filter(|page| matches!(page.why, HeldFor::CopyOf(_) | HeldFor::LeftTo(_))).count();
        let done = (self.done.len() + self.held.len() - copies) as u64;
        let ahead = (self.waiting.len() + copies) as u64;
        let room = u64::from(page_limit).saturating_sub(self.fetched + self.unchanged);
        JobProgress { stage: "fetching".to_owned(), done, total: Some(done + ahead.min(room)), current: None }
    }
}
