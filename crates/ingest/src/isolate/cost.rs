//! What reading a file may cost: little at first, and more only as it turns out to say much.
//!
//! Its size alone earns a file nothing: whoever makes one to do harm makes it as large as it has to be. What an honest file takes
//! time and memory for is text, and its text comes while it is read (`parse::progress`). So every file begins with what a small
//! one may cost, and gets more in proportion to what it has said, up to a bound that goes by its size.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::{sync::watch, time::Instant};

use super::FileToParse;
use crate::parse::{
    FileInput, FileType, MAX_TEXT_BYTES, detect,
    detect::{Container, container},
};

/// The largest file that costs no more than a small one, of whatever kind. Bytes.
const SMALL: usize = 256 << 10;

/// From this size on, a file may come to cost what a large one may. Bytes.
const LARGE: usize = 2 << 20;

/// A paper that says so much is a long one: some four hundred pages. Bytes.
const LONG_PAPER: u64 = 1_000_000;

/// So often is a paper in memory while it is opened.
const COPIES_OF_A_PAPER: u64 = 3;

/// What has to fit in beside these: the stack that nested parts are followed with, and some room to work. Bytes.
const BESIDE_COPIES: u64 = 96 << 20;

/// What reading one file may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// How long it may take, the wait for its turn not counted.
    pub time: Duration,
    /// How much memory the child that reads it may use. Bytes.
    pub memory: u64,
}

impl Cost {
    /// What is as far on the way from here to there as `part` is of `whole`.
    fn towards(self, most: Self, part: u64, whole: u64) -> Self {
        let whole = whole.max(1);
        let part = part.min(whole);
        let grown = |from: u64, to: u64| from.saturating_add(to.saturating_sub(from).saturating_mul(part) / whole);
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self {
            time: Duration::from_millis(grown(milliseconds(self.time), milliseconds(most.time))),
            memory: grown(self.memory, most.memory),
        }
    }
}

/// What one file may cost, and what it may come to cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Allowance {
    /// What it may cost whatever is in it.
    pub first: Cost,
    /// What it may cost once it has said as much as `whole`.
    pub most: Cost,
    /// How much a large file says. Bytes.
    pub whole: u64,
}

impl Allowance {
    /// What a file may cost that has said so many bytes.
    pub fn after(&self, said: u64) -> Cost {
        self.first.towards(self.most, said, self.whole)
    }

    /// Whether it may come to cost more than at first.
    pub fn grows(&self) -> bool {
        self.first != self.most
    }
}

/// What reading files may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// What a file may cost as long as it has said little; and a small one, a page or a text whatever it says.
    pub small: Cost,
    /// What a PDF, office file or table of two megabytes and more may cost once it has said as much as a large one; from a
    /// quarter of a megabyte up to there, this bound grows with the size.
    pub large: Cost,
    /// How many children may work at once.
    pub children: usize,
    /// How many texts may be read in this process at once.
    pub in_process: usize,
    /// How long a child without work is kept.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // With what a process has beside its data, and with its start, less than 256 MB and ten seconds.
            small: Cost { time: Duration::from_secs(9), memory: 240 << 20 },
            large: Cost { time: Duration::from_secs(60), memory: 512 << 20 },
            children: 2,
            in_process: std::thread::available_parallelism().map_or(1, usize::from),
            idle: Duration::from_secs(20),
        }
    }
}

impl Limits {
    /// What a file may cost.
    pub(super) fn of(&self, file: &FileToParse) -> Allowance {
        let Some(whole) = much(file) else { return Allowance { first: self.small, most: self.small, whole: 1 } };
        let most = self.of_size(file.bytes.len());
        let first = match container(&file.bytes) {
            // Its copies alone would be too much for a very large one.
            Container::Pdf => Cost { memory: to_open_a_paper(&file.bytes).min(most.memory), ..self.small },
            Container::Zip | Container::Compound | Container::Other => self.small,
        };
        Allowance { first: Cost { memory: first.memory.max(self.small.memory), ..first }, most, whole }
    }

    /// Whether a file costs no more than a small one, whatever it says.
    pub(super) fn is_small(&self, allowance: &Allowance) -> bool {
        allowance.first == self.small && allowance.most == self.small
    }

    /// What a file of so many bytes may cost at most, whose kind costs more when it is large.
    fn of_size(&self, bytes: usize) -> Cost {
        self.small.towards(self.large, (bytes.clamp(SMALL, LARGE) - SMALL) as u64, (LARGE - SMALL) as u64)
    }
}

/// How much a large file of this kind says, if honest ones cost more when they are large: papers, office files, tables. A page or
/// a text of ten megabytes does with what a small file may cost, and those that take more are made to.
fn much(file: &FileToParse) -> Option<u64> {
    let FileInput { file_name, media_type, bytes } = file.input();
    let is_table = || matches!(detect(file_name, media_type, bytes), Ok(FileType::Csv | FileType::Json));
    match container(bytes) {
        Container::Pdf => Some(LONG_PAPER),
        Container::Zip | Container::Compound => Some(MAX_TEXT_BYTES as u64),
        Container::Other => is_table().then_some(MAX_TEXT_BYTES as u64),
    }
}

/// How much memory a paper takes until its first page can be read. Bytes.
fn to_open_a_paper(bytes: &[u8]) -> u64 {
    COPIES_OF_A_PAPER.saturating_mul(bytes.len() as u64).saturating_add(BESIDE_COPIES)
}

/// What a file may cost by now.
#[derive(Debug)]
pub(super) struct Grant {
    allowance: Allowance,
    began: Instant,
    cost: watch::Sender<Cost>,
}

impl Grant {
    /// From now on, for a file that has not said anything yet.
    pub fn new(allowance: Allowance) -> Self {
        Self { allowance, began: Instant::now(), cost: watch::Sender::new(allowance.first) }
    }

    /// What the file may cost, and come to cost.
    pub const fn allowance(&self) -> Allowance {
        self.allowance
    }

    /// By now it has said so many bytes.
    pub fn has_said(&self, said: u64) {
        self.cost.send_replace(self.allowance.after(said));
    }

    /// What it may cost by now.
    pub fn cost(&self) -> Cost {
        *self.cost.borrow()
    }

    /// Waits until its time is over, however often it becomes more meanwhile.
    pub async fn over(&self) {
        let mut cost = self.cost.subscribe();
        loop {
            let end = self.began + cost.borrow_and_update().time;
            tokio::select! {
                biased;
                _ = cost.changed() => {}
                () = tokio::time::sleep_until(end) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;
    use crate::parse::MAX_FILE_BYTES;

    fn cost(milliseconds: u64, megabytes: u64) -> Cost {
        Cost { time: Duration::from_millis(milliseconds), memory: megabytes << 20 }
    }

    /// What a file of so many bytes may cost that begins so.
    fn of(name: &str, beginning: &[u8], size: usize) -> Allowance {
        let mut bytes = beginning.to_vec();
        bytes.resize(size, b' ');
        Limits::default().of(&FileToParse { file_name: name.to_owned(), media_type: None, bytes: bytes.into() })
    }

    const COSTLY: [(&str, &[u8]); 5] = [
        ("a.pdf", b"%PDF-1.7\n"),
        ("a.docx", b"PK\x03\x04"),
        ("a.xls", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
        ("a.csv", b"a,b"),
        ("a.json", b"[{}"),
    ];

    /// What a hostile file may cost, of whatever size.
    #[test]
    fn what_says_little_costs_less_than_256_megabytes_and_ten_seconds() {
        let Limits { small, large, .. } = Limits::default();
        assert!(small.time < Duration::from_secs(10) && small.memory < 256 << 20, "{small:?}");
        for (name, begins) in COSTLY {
            for size in [1_000, SMALL, SMALL + 1, LARGE, 50_000_000] {
                let allowance = of(name, begins, size);
                assert_eq!((allowance.first, allowance.after(0)), (small, small), "{name} of {size} bytes");
            }
            assert_eq!(of(name, begins, LARGE).most, large, "{name}");
        }
    }

    #[test]
    fn what_says_more_may_cost_more() {
        for (name, begins) in COSTLY {
            let large = of(name, begins, LARGE);
            assert!(large.grows());
            assert_eq!(large.whole, if name == "a.pdf" { 1_000_000 } else { 20_000_000 }, "{name}");
            assert_eq!(large.after(large.whole / 2), cost(34_500, 376), "{name}");
            assert_eq!([large.after(large.whole), large.after(u64::MAX)], [cost(60_000, 512); 2], "{name}");
            // No more than its size allows, and a small one nothing.
            let medium = of(name, begins, 1152 << 10);
            assert_eq!((medium.most, medium.after(u64::MAX)), (cost(34_500, 376), cost(34_500, 376)), "{name}");
            let small = of(name, begins, SMALL);
            assert!(!small.grows() && Limits::default().is_small(&small), "{name}");
            assert!(!Limits::default().is_small(&medium), "{name}");
        }
        let others: [(&str, &[u8]); 6] = [
            ("a.html", b"<p>words"),
            ("a.csv", b"<!doctype html><p>words"),
            ("", b"<html><p>words"),
            ("a.md", b"# words"),
            ("a.txt", b"words"),
            ("a", b"words"),
        ];
        for (name, begins) in others {
            let allowance = of(name, begins, LARGE);
            assert_eq!(allowance.after(u64::MAX), Limits::default().small, "{name}");
            assert!(Limits::default().is_small(&allowance), "{name}");
        }
    }

    #[test]
    fn a_very_large_paper_has_room_for_its_copies() {
        let largest = of("a.pdf", b"%PDF-1.7\n", MAX_FILE_BYTES);
        assert_eq!(largest.first.time, Limits::default().small.time);
        assert!((300_000_000 + (64 << 20)..400_000_000 + (1 << 20)).contains(&largest.first.memory), "{largest:?}");
        // Not where less is allowed to all.
        let most = cost(9_000, 100);
        let limits = Limits { small: cost(9_000, 50), large: most, ..Limits::default() };
        let bytes = [b"%PDF-1.7\n".as_slice(), &vec![b' '; 60_000_000]].concat();
        let file = FileToParse { file_name: "a.pdf".to_owned(), media_type: None, bytes: bytes.into() };
        assert_eq!(limits.of(&file).first, most);
    }

    #[tokio::test]
    async fn who_has_said_more_has_more_time() {
        let allowance = Allowance { first: cost(0, 1), most: cost(3_600_000, 2), whole: 100 };
        let grant = Grant::new(allowance);
        assert_eq!(grant.cost(), allowance.first);
        grant.over().await;
        grant.has_said(50);
        assert!(grant.over().now_or_never().is_none(), "there is half an hour left");
        grant.has_said(1_000);
        assert_eq!(grant.cost(), allowance.most);
    }
}
