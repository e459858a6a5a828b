//! The child's side: reads files from standard input until that ends.

use std::{
    io::{self, Read, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    time::Duration,
};

use serde::Serialize;

use super::frame::{MARK, Request, Wanted};
use crate::parse::{FileInput, MAX_FILE_BYTES, ParseError, parse, read_tables};

/// The stack of the thread that reads; parsers of nested formats are recursive. Bytes.
const STACK: usize = 64 << 20;

/// What the program does when it is started as `parse-child`. To be called before anything else is set up, since every byte that
/// is in use by then counts against the limit. Returns when standard input ends.
pub fn child_main() -> ExitCode {
    let worker = std::thread::Builder::new().name("parse".to_owned()).stack_size(STACK).spawn(serve);
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Takes more memory than allowed to fail, here and not for the machine. Address space alone is free and is not limited:
/// allocators and threads reserve more of it than they use.
fn limit_memory(bytes: u64) -> io::Result<()> {
    rlimit::Resource::DATA.set(bytes, bytes)?;
    // No traces of other people's documents on the disk.
    rlimit::Resource::CORE.set(0, 0)
}

fn serve() -> io::Result<()> {
    // A panic is an answer like any other; what it would print is nobody's business.
    std::panic::set_hook(Box::new(|_| {}));
    let watchdog = watchdog()?;
    let mut input = io::stdin().lock();
    let mut length = [0_u8; 4];
    let mut limited = false;
    loop {
        match input.read_exact(&mut length) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            other => other?,
        }
        let mut header = vec![0; (u32::from_le_bytes(length) as usize).min(1 << 20)];
        input.read_exact(&mut header)?;
        let request: Request = serde_json::from_slice(&header)?;
        if !limited {
            limit_memory(request.memory)?;
            limited = true;
        }
        let size = usize::try_from(request.length).map_err(io::Error::other)?.min(MAX_FILE_BYTES);
        let mut bytes = vec![0; size];
        input.read_exact(&mut bytes)?;
        watchdog.send(Some(Duration::from_secs(request.seconds))).map_err(io::Error::other)?;
        let input =
            FileInput { file_name: &request.file_name, media_type: request.media_type.as_deref(), bytes: &bytes };
        match request.wanted {
            Wanted::Document => answer(&caught(|| parse(&input)))?,
            Wanted::Tables => answer(&caught(|| read_tables(&input)))?,
        }
        watchdog.send(None).map_err(io::Error::other)?;
    }
}

fn caught<T>(read: impl FnOnce() -> Result<T, ParseError>) -> Result<T, ParseError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(ParseError::Damaged("it cannot be read".to_owned())))
}

fn answer<T: Serialize>(result: &Result<T, ParseError>) -> io::Result<()> {
    let json = serde_json::to_vec(result)?;
    let length = u32::try_from(json.len()).map_err(io::Error::other)?;
    let mut output = io::stdout().lock();
    output.write_all(MARK)?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(&json)?;
    output.flush()
}

/// Ends the process when a file takes longer than announced: a child whose parent was killed must not go on. The thread is
/// started before memory is limited, since its stack may not fit in afterwards.
fn watchdog() -> io::Result<Sender<Option<Duration>>> {
    let (announce, announced) = channel::<Option<Duration>>();
    std::thread::Builder::new().name("watchdog".to_owned()).stack_size(64 << 10).spawn(move || {
        while let Ok(time) = announced.recv() {
            let Some(time) = time else { continue };
            if announced.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
                std::process::abort();
            }
        }
    })?;
    Ok(announce)
}
