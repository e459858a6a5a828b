//! The child's side: reads files from standard input until that ends.

use std::{
    io::{self, Read, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::Duration,
};

use serde::Serialize;

use super::{
    cost::{Allowance, Cost},
    frame::{MARK, Request, Said, Wanted},
};
use crate::parse::{FileInput, MAX_FILE_BYTES, ParseError, ParsedDocument, ParsedTable, parse, progress, read_tables};

/// The stack of the thread that reads; parsers of nested formats are recursive. Bytes.
const STACK: usize = 64 << 20;

/// The stack of the thread that takes files from the parent. Bytes.
const TAKING_STACK: usize = 256 << 10;

/// What the program does when it is started as `parse-child`. To be called before anything else is set up, since every byte that
/// is in use by then counts against the limit. Returns when standard input ends.
pub fn child_main() -> ExitCode {
    work_for_parent(Readers { document: parse, tables: read_tables })
}

/// What reads a file; tests have others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Readers {
    /// What it says.
    pub document: fn(&FileInput<'_>) -> Result<ParsedDocument, ParseError>,
    /// Its tables.
    pub tables: fn(&FileInput<'_>) -> Result<Vec<ParsedTable>, ParseError>,
}

/// Reads what the parent sends until standard input ends.
pub(super) fn work_for_parent(readers: Readers) -> ExitCode {
    let worker = std::thread::Builder::new().name("parse".to_owned()).stack_size(STACK).spawn(move || serve(readers));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Makes taking more memory than this fail, here and not for the machine; never will more than `most` be allowed. Address space
/// alone is free and is not limited: allocators and threads reserve more of it than they use.
fn limit_memory(bytes: u64, most: u64) -> io::Result<()> {
    rlimit::Resource::DATA.set(bytes, most)?;
    // No traces of other people's documents on the disk.
    rlimit::Resource::CORE.set(0, 0)
}

/// A file to read.
struct Taken {
    request: Request,
    bytes: Vec<u8>,
}

fn serve(readers: Readers) -> io::Result<()> {
    // A panic is an answer like any other; what it would print is nobody's business.
    std::panic::set_hook(Box::new(|_| {}));
    let watchdog = watchdog()?;
    let at_work = Arc::new(AtomicBool::new(false));
    let files = take_files(Arc::clone(&at_work))?;
    while let Ok(taken) = files.recv() {
        let Taken { request, bytes } = taken?;
        let allowance = request.allowance;
        watchdog.send(Some(patience(allowance.first))).map_err(io::Error::other)?;
        let input =
            FileInput { file_name: &request.file_name, media_type: request.media_type.as_deref(), bytes: &bytes };
        match request.wanted {
            Wanted::Document => answer(&heard(allowance, &watchdog, || (readers.document)(&input)), &at_work)?,
            Wanted::Tables => answer(&heard(allowance, &watchdog, || (readers.tables)(&input)), &at_work)?,
        }
        watchdog.send(None).map_err(io::Error::other)?;
    }
    Ok(())
}

/// Reads a file; where it may come to cost more, it does as soon as it has said enough for that.
fn heard<T>(
    allowance: Allowance,
    watchdog: &Sender<Option<Duration>>,
    read: impl FnOnce() -> Result<T, ParseError>,
) -> Result<T, ParseError> {
    if !allowance.grows() {
        return caught(read);
    }
    let watchdog = watchdog.clone();
    let tell = move |bytes: u64| {
        let cost = allowance.after(bytes);
        // What fails here leaves the file with what it was allowed before.
        let _ = limit_memory(cost.memory, allowance.most.memory);
        let _ = watchdog.send(Some(patience(cost)));
        let _ = say(&Said::<()>::SoFar(bytes));
    };
    progress::listen(allowance.whole, tell, || caught(read))
}

/// After how long the child ends itself, should its parent not do it: that is quicker, as long as it works.
fn patience(cost: Cost) -> Duration {
    cost.time * 2 + Duration::from_secs(5)
}

/// Takes files from standard input, and goes on listening there while one is read: when it ends in the midst of that, the
/// parent is gone, killed perhaps, and nobody waits for the answer. `at_work` is whether a file is being read. The thread is
/// started before memory is limited, since its stack may not fit in afterwards.
fn take_files(at_work: Arc<AtomicBool>) -> io::Result<Receiver<io::Result<Taken>>> {
    let (hand_over, files) = channel();
    std::thread::Builder::new().name("take".to_owned()).stack_size(TAKING_STACK).spawn(move || {
        let mut input = io::stdin().lock();
        let mut limited = false;
        loop {
            match take(&mut input, &mut limited) {
                Ok(Some(taken)) => {
                    at_work.store(true, Ordering::Release);
                    if hand_over.send(Ok(taken)).is_err() {
                        return;
                    }
                }
                ended => {
                    if at_work.load(Ordering::Acquire) {
                        std::process::abort();
                    }
                    if let Err(error) = ended {
                        let _ = hand_over.send(Err(error));
                    }
                    return;
                }
            }
        }
    })?;
    Ok(files)
}

/// The next file; none when the input ends before it. The first one says how much memory all of them may take.
fn take(input: &mut impl Read, limited: &mut bool) -> io::Result<Option<Taken>> {
    let mut length = [0_u8; 4];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let mut header = vec![0; (u32::from_le_bytes(length) as usize).min(1 << 20)];
    input.read_exact(&mut header)?;
    let request: Request = serde_json::from_slice(&header)?;
    if !*limited {
        limit_memory(request.allowance.first.memory, request.allowance.most.memory)?;
        *limited = true;
    }
    let size = usize::try_from(request.length).map_err(io::Error::other)?.min(MAX_FILE_BYTES);
    let mut bytes = vec![0; size];
    input.read_exact(&mut bytes)?;
    Ok(Some(Taken { request, bytes }))
}

fn caught<T>(read: impl FnOnce() -> Result<T, ParseError>) -> Result<T, ParseError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(ParseError::Damaged("it cannot be read".to_owned())))
}

fn answer<T: Serialize>(result: &Result<T, ParseError>, at_work: &AtomicBool) -> io::Result<()> {
    // Before the parent can know: its next file would be at work by then.
    at_work.store(false, Ordering::Release);
    say(&Said::Answer(result))
}

fn say<T: Serialize>(said: &Said<T>) -> io::Result<()> {
    let json = serde_json::to_vec(said)?;
    let length = u32::try_from(json.len()).map_err(io::Error::other)?;
    let mut output = io::stdout().lock();
    output.write_all(MARK)?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(&json)?;
    output.flush()
}

/// Ends the process when a file takes longer than was announced last: a child whose parent hangs must not go on. The thread is
/// started before memory is limited, like the other one.
fn watchdog() -> io::Result<Sender<Option<Duration>>> {
    let (announce, announced) = channel::<Option<Duration>>();
    std::thread::Builder::new().name("watchdog".to_owned()).stack_size(64 << 10).spawn(move || {
        while let Ok(mut announcement) = announced.recv() {
            while let Some(time) = announcement {
                announcement = match announced.recv_timeout(time) {
                    Ok(next) => next,
                    Err(RecvTimeoutError::Timeout) => std::process::abort(),
                    Err(RecvTimeoutError::Disconnected) => return,
                };
            }
        }
    })?;
    Ok(announce)
}
