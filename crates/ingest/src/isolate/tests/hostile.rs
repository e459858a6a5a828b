//! Files that somebody made to do harm: each ends as read or with a code that tells people what it is, within what such a file
//! may cost in the product, and the next file is read. All of them are made here.

mod archives;
mod pages;
mod papers;
mod sheets;
mod texts;

use hammock_contract::ErrorCode;

use super::*;
use crate::chunk::{ChunkOptions, chunk, estimate_tokens};

/// What a process has in memory beside the data that its limit counts: itself, above all. Bytes.
const BESIDE: u64 = 16 << 20;

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

/// Whatever becomes of broken structures, as long as it becomes something.
const BROKEN: &[Option<ErrorCode>] = &[DAMAGED, NO_TEXT, COMPLEX];
/// The same, where a reader may make do with what is there.
const REPAIRED: &[Option<ErrorCode>] = &[READ, DAMAGED, NO_TEXT, COMPLEX];

/// The most memory that a child has had, where the system tells. Bytes.
fn peak_memory(parser: &Parser) -> Option<u64> {
    let id = parser.inner.idle.lock().last()?.id()?;
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes << 10)
}

/// What is wrong with how a file ended.
async fn fault(hostile: &Hostile) -> Option<String> {
    let bytes = (hostile.make)();
    let light = crate::parse::detect::container(&bytes) == Container::Other && light::is_light(&bytes);
    let input = file(hostile.file_name, bytes);
    let cost = Limits::default().of(&input);
    // A child of its own, so that its memory is this file's; it is kept, so that it can be asked.
    let idle = Duration::from_secs(600);
    let parser = parser(Limits { small: cost, large: cost, children: 1, idle, ..Limits::default() });
    let ended: Result<ParsedDocument, ParseError> = parser.read_apart(Wanted::Document, input.clone()).await;
    let peak = peak_memory(&parser);
    let code = ended.as_ref().err().map(ParseError::code);
    println!("{}: {code:?}, {} MB", hostile.what, peak.unwrap_or_default() >> 20);
    if !hostile.ends.contains(&code) {
        return Some(format!("it ended with {code:?}: {:?}", ended.err()));
    }
    if peak.is_some_and(|peak| peak > cost.memory + BESIDE) {
        return Some(format!("it took {peak:?} bytes of memory"));
    }
    if light && parser.parse(input.clone()).await.as_ref().err().map(ParseError::code) != code {
        return Some("it ends otherwise in this process".to_owned());
    }
    // Its tables are read in another way; whatever comes of that, it comes within the limits.
    let tables: Result<Vec<ParsedTable>, ParseError> = parser.read_apart(Wanted::Tables, input).await;
    if matches!(tables, Err(ParseError::Unavailable(_))) {
        return Some("its tables cost more than a child".to_owned());
    }
    if let Ok(document) = ended {
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
