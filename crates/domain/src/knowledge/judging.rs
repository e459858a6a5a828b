//! What becomes of each page that a crawl read: answers at once, or as soon as it is sure that the website has not lost what it
//! had, answers or answers no more when the crawl is whole, or is the same as before. Judged by what pages say, since a page may
//! come otherwise each time and say the same.

use std::collections::{HashMap, HashSet};

use hammock_contract::DocumentId;
use hammock_ingest::crawl::{PageResult, SkipReason};
use hammock_store::{crawl_changes::CrawlChangeRow, documents::DocumentRow};
use url::Url;

use super::{
    changes::{Change, Measure, Stake},
    pages::{Arrived, Known, Read, left_out},
    pipeline::Readable,
};

/// What is done with what was read.
pub(super) enum Verdict {
    /// What is always done with it.
    Usual,
    /// It is noted how the page came this time; what it says is the same.
    Renewed(Box<Readable>),
    /// What it says now answers as soon as the crawl cannot turn out to be a fault of the website any more.
    Kept,
    /// What it says now answers when the crawl is whole.
    Delayed,
    /// Nothing of the page answers when the crawl is whole.
    Retired,
}

/// What a crawl knows of the texts of its pages.
#[derive(Default)]
pub(super) struct Judge {
    /// Which page says a text first, by the hash of the text.
    first: HashMap<String, String>,
    /// Pages that this crawl has looked at.
    seen: HashSet<String>,
    /// Whether what was not looked at is not there any more.
    is_whole: bool,
    /// What was found so far.
    pub measure: Measure,
    /// What may be found to be gone.
    pub stake: Stake,
}

impl Judge {
    /// Of the pages of a website as they are known. Of two that say the same, the one that was known first counts.
    pub fn of(rows: &[DocumentRow]) -> Self {
        let mut judge = Self::default();
        if rows.iter().any(|row| row.depth.is_none()) {
            // All of them are found anew, and whether each is found again is not known yet.
            return judge;
        }
        for row in rows.iter().filter(|row| row.revision > 0 && !row.text_hash.is_empty()) {
            judge.first.entry(row.text_hash.clone()).or_insert_with(|| row.location.clone());
        }
        judge
    }

    /// Of a crawl with this number that goes on, with the changes that it left waiting. What pages say that it has not looked at
    /// counts unless all of them are found anew.
    pub fn going_on(rows: &[DocumentRow], changes: &[CrawlChangeRow], crawl: u64, is_fresh: bool) -> Self {
        let waiting: HashMap<&DocumentId, &str> =
            changes.iter().map(|change| (&change.document_id, change.text_hash.as_str())).collect();
        let mut judge = Self::default();
        let (seen, others): (Vec<&DocumentRow>, Vec<&DocumentRow>) =
            rows.iter().partition(|row| row.seen_in_crawl == crawl);
        judge.seen = seen.iter().map(|row| row.location.clone()).collect();
        let others = others.into_iter().filter(|row| row.revision > 0 && !is_fresh);
        for row in seen.into_iter().chain(others) {
            // A page that is not to answer any more waits without a text.
            let text_hash = waiting.get(&row.id).copied().unwrap_or(&row.text_hash);
            if !text_hash.is_empty() {
                judge.first.entry(text_hash.to_owned()).or_insert_with(|| row.location.clone());
            }
        }
        judge
    }

    /// Whether a page says the same as one that was not looked at yet, which may say it no more.
    pub fn is_doubtful(&self, arrived: &Arrived, read: &Read) -> bool {
        let Read::Text(text) = read else { return false };
        let first = self.first.get(&text.text_hash);
        !self.is_whole && first.is_some_and(|first| first != arrived.outcome.url.as_str() && !self.seen.contains(first))
    }

    /// All pages were looked at that are there: what no other says is said by none.
    pub fn conclude(&mut self) {
        self.is_whole = true;
    }

    /// Whether the crawl may still turn out to be a fault of the website: then nothing new answers yet.
    pub const fn may_be_a_fault(&self) -> bool {
        self.measure.may_become_suspicious(self.stake)
    }

    /// Judges what was read of a page.
    pub fn judge(&mut self, arrived: &Arrived, read: Read) -> (Read, Verdict) {
        let known = arrived.known.as_ref().filter(|known| known.revision > 0);
        self.measure.looked_at += u64::from(known.is_some());
        self.seen.insert(arrived.outcome.url.to_string());
        match read {
            Read::Text(text) => self.judge_text(arrived.outcome.url.as_str(), known, text),
            Read::Unchanged => {
                self.measure.stands += u64::from(known.is_some());
                (Read::Unchanged, Verdict::Usual)
            }
            Read::Not { error, skipped } => {
                let read = Read::Not { error, skipped };
                let Some(known) = known.filter(|_| arrived.must_not_answer()) else { return (read, Verdict::Usual) };
                self.forget(arrived.outcome.url.as_str(), known);
                let is_copy = matches!(arrived.outcome.result, PageResult::Skipped(SkipReason::DuplicateOf(_)));
                self.measure.lost += u64::from(is_copy);
                (read, Verdict::Retired)
            }
        }
    }

    fn judge_text(&mut self, address: &str, known: Option<&Known>, text: Box<Readable>) -> (Read, Verdict) {
        let is_there = |first: &&String| first.as_str() != address && (!self.is_whole || self.seen.contains(*first));
        let first = self.first.get(&text.text_hash).filter(is_there);
        if let Some(first) = first.and_then(|first| Url::parse(first).ok()) {
            let read = Read::Not { error: left_out(&SkipReason::DuplicateOf(first)), skipped: true };
            let Some(known) = known else { return (read, Verdict::Usual) };
            self.forget(address, known);
            self.measure.lost += 1;
            return (read, Verdict::Retired);
        }
        if let Some(known) = known.filter(|known| known.text_hash != text.text_hash) {
            self.forget(address, known);
        }
        self.first.insert(text.text_hash.clone(), address.to_owned());
        match text.change {
            Change::None => {
                self.measure.stands += 1;
                (Read::Unchanged, Verdict::Renewed(text))
            }
            Change::Usual => {
                self.measure.stands += u64::from(known.is_some());
                let verdict = if self.may_be_a_fault() { Verdict::Kept } else { Verdict::Usual };
                (Read::Text(text), verdict)
            }
            Change::Exchanged => (Read::Text(text), Verdict::Delayed),
            Change::Shrunk => {
                self.measure.lost += 1;
                (Read::Text(text), Verdict::Delayed)
            }
        }
    }

    /// What a page said is said by it no more: another page may say it.
    fn forget(&mut self, address: &str, known: &Known) {
        if self.first.get(&known.text_hash).is_some_and(|first| first == address) {
            self.first.remove(&known.text_hash);
        }
    }
}
