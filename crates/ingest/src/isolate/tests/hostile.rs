//! Files that somebody made to do harm: each ends as read or with a code that tells people what it is, for less than ten seconds
//! and 256 MB however large it is, and the next file is read. All of them are made here.

mod archives;
mod pages;
mod papers;
mod sheets;
mod texts;

use hammock_contract::ErrorCode;

use super::*;
use crate::chunk::{ChunkOptions, chunk, estimate_tokens};

/// What a hostile file may take of the memory, with the process that reads it. Bytes.
const MOST_MEMORY: u64 = 256 << 20;

/// How long it may take.
const MOST_TIME: Duration = Duration::from_secs(10);

/// What a process has in memory beside the data that its limit counts: itself, above all. Bytes.
const BESIDE: u64 = 16 << 20;

/// Hostile by its length alone: what is in it would be a large book, and may cost what one may.
const A_BOOK: &str = "a text without end";

/// A file, how it is made, and how it may end.
struct Hostile {
    what: &'static str,
    file_name: &'static str,
    make: fn() -> Vec<u8>,
    /// The codes with which it may end; `None` is a text. Several where it depends on the machine's speed or on how much of a
    /// broken file its reader repairs.
    ends: &'static [Option<ErrorCode>],
}

/// It is read.
const READ: Option<ErrorCode> = None;
const COMPLEX: Option<ErrorCode> = Some(ErrorCode::FileTooComplex);
const LARGE: Option<ErrorCode> = Some(ErrorCode::TooLarge);
const DAMAGED: Option<ErrorCode> = Some(ErrorCode::DamagedFile);
const NO_TEXT: Option<ErrorCode> = Some(ErrorCode::FileWithoutText);
const EMPTY: Option<ErrorCode> = Some(ErrorCode::EmptyFile);
const LOCKED: Option<ErrorCode> = Some(ErrorCode::EncryptedFile);
const UNKNOWN: Option<ErrorCode> = Some(ErrorCode::UnsupportedFileType);

/// What makes a file as large as those are that may come to cost more. Nothing packs it.
fn padding() -> Vec<u8> {
    vec![b'x'; 3 << 20]
}

/// Whatever becomes of broken structures, as long as it becomes something.
const BROKEN: &[Option<ErrorCode>] = &[DAMAGED, NO_TEXT, COMPLEX];
/// The same, where a reader may make do with what is there.
const REPAIRED: &[Option<ErrorCode>] = &[READ, DAMAGED, NO_TEXT, COMPLEX];

/// What came of a file in a child of its own.
pub(super) struct Read<T> {
    /// What it says, or why nothing.
    pub answer: Result<T, ParseError>,
    /// What it was allowed to cost in the end.
    pub granted: Cost,
    /// The most memory that its child had, where that is still there and the system tells. Bytes.
    peak: Option<u64>,
}

/// Reads a file by the limits of the product, in a child whose memory is this file's.
pub(super) async fn read_apart<T: DeserializeOwned>(wanted: Wanted, input: &FileToParse) -> Read<T> {
    let parser = parser(Limits::default());
    let grant = Grant::new(parser.inner.limits.of(input));
    let (child, answer) = parser.inner.read_within(None, wanted, input, &grant).await;
    Read { answer, granted: grant.cost(), peak: child.as_ref().and_then(peak_memory) }
}

fn peak_memory(child: &ChildProcess) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()?)).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes << 10)
}

impl<T> Read<T> {
    /// How it was too much for what it is; a child that is gone took no more memory than it was allowed.
    fn excess(&self, what: &str) -> Option<String> {
        let Cost { time, memory } = self.granted;
        let (most_time, most_memory) = match what {
            A_BOOK => (Limits::default().large.time, Limits::default().large.memory + BESIDE),
            _ => (MOST_TIME, MOST_MEMORY),
        };
        if time > most_time || memory > most_memory {
            return Some(format!("it was allowed to take {time:?} and {memory} bytes of memory"));
        }
        self.peak.filter(|peak| *peak > most_memory).map(|peak| format!("it took {peak} bytes of memory"))
    }
}

/// What is wrong with how a file ended.
async fn fault(hostile: &Hostile) -> Option<String> {
    let bytes = (hostile.make)();
    let light = crate::parse::detect::container(&bytes) == Container::Other && light::is_light(&bytes);
    let input = file(hostile.file_name, bytes);
    let read = read_apart::<ParsedDocument>(Wanted::Document, &input).await;
    let code = read.answer.as_ref().err().map(ParseError::code);
    println!("{}: {code:?}, {} MB, {:?}", hostile.what, read.peak.unwrap_or_default() >> 20, read.granted.time);
    if !hostile.ends.contains(&code) {
        return Some(format!("it ended with {code:?}: {:?}", read.answer.err()));
    }
    if let Some(excess) = read.excess(hostile.what) {
        return Some(excess);
    }
    let parser = parser(Limits { children: 1, ..Limits::default() });
    if light && parser.parse(input.clone()).await.as_ref().err().map(ParseError::code) != code {
        return Some("it ends otherwise in this process".to_owned());
    }
    // Its tables are read in another way; whatever comes of that, it comes within the limits.
    let tables = read_apart::<Vec<ParsedTable>>(Wanted::Tables, &input).await;
    if matches!(tables.answer, Err(ParseError::Unavailable(_))) {
        return Some("its tables cost more than a child".to_owned());
    }
    if let Some(excess) = tables.excess(hostile.what) {
        return Some(format!("its tables: {excess}"));
    }
    if let Ok(document) = read.answer {
        if document.text.contains("root:x:0") || document.title.contains('\u{202e}') {
            return Some("it reached what it was made to reach".to_owned());
        }
        let cut =
            tokio::task::spawn_blocking(move || chunk(&document, &ChunkOptions::default(), &estimate_tokens).len());
        if cut.await.ok().is_none_or(|chunks| chunks == 0) {
            return Some("its text has no chunks".to_owned());
        }
    }
    let next = parser.parse(file("a.docx", docx(&paragraphs(&["next"])))).await;
    (!next.is_ok_and(|next| next.text == "next")).then(|| "the next file was not read".to_owned())
}

async fn no_faults(files: &[Hostile]) {
    let mut faults = Vec::new();
    for hostile in files {
        if let Some(fault) = fault(hostile).await {
            faults.push(format!("{}: {fault}", hostile.what));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn archives_end_within_the_limits() {
    no_faults(archives::FILES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sheets_and_slides_end_within_the_limits() {
    no_faults(sheets::FILES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn papers_end_within_the_limits() {
    no_faults(papers::FILES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_end_within_the_limits() {
    no_faults(pages::FILES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_end_within_the_limits() {
    no_faults(texts::FILES).await;
}
