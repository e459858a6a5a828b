//! Reads files in processes of their own, so that a hostile one costs a process and not the server.
//!
//! A child is this same program started as `parse-child`. It reads one file after another from its standard input, under a
//! limit on memory that it sets for itself; whoever waits for it kills it when the time is over, and it ends by itself when
//! nobody waits any more. What a file may cost goes by its kind, its size and how much it says: see [`Limits`]. Text of a size
//! that cannot do much harm (almost every page, notes, small tables) is read in this process, on the threads for blocking work.

use std::{ffi::OsString, path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use crate::parse::{
    FileInput, MAX_FILE_BYTES, ParseError, ParsedDocument, ParsedTable,
    detect::{Container, container},
    parse, read_tables,
};

mod child;
mod cost;
mod frame;
mod light;
mod process;
#[cfg(test)]
pub(crate) mod tests;

pub use child::child_main;
use cost::Grant;
pub use cost::{Cost, Limits};
use frame::Wanted;
use process::ChildProcess;

/// The argument that makes the program a child.
pub const CHILD_ARGUMENT: &str = "parse-child";

/// A file to read.
#[derive(Debug, Clone)]
pub struct FileToParse {
    /// The file's name or the last part of a page's address; may be empty.
    pub file_name: String,
    /// The media type with parameters, where the sender gave one.
    pub media_type: Option<String>,
    /// The content.
    pub bytes: Bytes,
}

impl FileToParse {
    fn input(&self) -> FileInput<'_> {
        FileInput { file_name: &self.file_name, media_type: self.media_type.as_deref(), bytes: &self.bytes }
    }
}

/// Reads files; cheap to clone.
#[derive(Debug, Clone)]
pub struct Parser {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    exe: PathBuf,
    arguments: Vec<OsString>,
    limits: Limits,
    permits: Semaphore,
    /// What reads in this process holds one to its end, also when nobody waits for it any more.
    here: Arc<Semaphore>,
    idle: Mutex<Vec<ChildProcess>>,
}

impl Parser {
    /// A parser whose children are `exe parse-child`; `exe` is this program, which then calls [`child_main`].
    pub fn new(exe: PathBuf, limits: Limits) -> Self {
        Self::with_arguments(exe, vec![CHILD_ARGUMENT.into()], limits)
    }

    /// A parser whose children are started otherwise, for tests of programs without a command line of their own.
    pub fn with_arguments(exe: PathBuf, arguments: Vec<OsString>, limits: Limits) -> Self {
        let permits = Semaphore::new(limits.children.max(1));
        let here = Arc::new(Semaphore::new(limits.in_process.max(1)));
        Self { inner: Arc::new(Inner { exe, arguments, limits, permits, here, idle: Mutex::new(Vec::new()) }) }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// See [`ParseError`]; a file that takes too much time or memory is [`ParseError::TooComplex`].
    pub async fn parse(&self, file: FileToParse) -> Result<ParsedDocument, ParseError> {
        self.read(Wanted::Document, parse, file).await
    }

    /// Reads the tables of a file, with typed cells; none of a file of another kind.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub async fn tables(&self, file: FileToParse) -> Result<Vec<ParsedTable>, ParseError> {
        self.read(Wanted::Tables, read_tables, file).await
    }

    async fn read<T: DeserializeOwned + Send + 'static>(
        &self,
        wanted: Wanted,
        read: fn(&FileInput<'_>) -> Result<T, ParseError>,
        file: FileToParse,
    ) -> Result<T, ParseError> {
        if file.bytes.is_empty() {
            return Err(ParseError::Empty);
        }
        if file.bytes.len() > MAX_FILE_BYTES {
            return Err(ParseError::TooLarge { limit: (MAX_FILE_BYTES / 1_000_000) as u64 });
        }
        match container(&file.bytes) {
            Container::Other if light::is_light(&file.bytes) => self.read_here(read, file).await,
            Container::Other | Container::Pdf | Container::Zip | Container::Compound => {
                self.read_apart(wanted, file).await
            }
        }
    }

    async fn read_here<T: Send + 'static>(
        &self,
        read: fn(&FileInput<'_>) -> Result<T, ParseError>,
        file: FileToParse,
    ) -> Result<T, ParseError> {
        let time = self.inner.limits.of(&file).first.time;
        let Ok(permit) = Arc::clone(&self.inner.here).acquire_owned().await else {
            return Err(ParseError::Unavailable("shutting down".to_owned()));
        };
        let work = tokio::task::spawn_blocking(move || {
            let _held = permit;
            read(&file.input())
        });
        match tokio::time::timeout(time, work).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(ParseError::Damaged("it cannot be read".to_owned())),
            Err(_) => Err(too_slow(time)),
        }
    }

    async fn read_apart<T: DeserializeOwned>(&self, wanted: Wanted, file: FileToParse) -> Result<T, ParseError> {
        let inner = &self.inner;
        let Ok(_permit) = inner.permits.acquire().await else {
            return Err(ParseError::Unavailable("shutting down".to_owned()));
        };
        let grant = Grant::new(inner.limits.of(&file));
        // A child keeps the limits of its first file. Those that are kept are for small files; a larger one has a child to itself.
        let is_shared = inner.limits.is_small(&grant.allowance());
        let waiting = if is_shared { inner.idle.lock().pop() } else { None };
        let (child, answer) = inner.read_within(waiting, wanted, &file, &grant).await;
        // One that has said itself that its memory is at an end is no use to the next file.
        if let Some(child) = child
            && is_shared
            && child.may_be_reused()
            && !is_out_of_memory(&answer)
        {
            inner.idle.lock().push(child);
            self.sweep_later();
        }
        answer
    }

    /// Ends children that stay without work.
    fn sweep_later(&self) {
        let inner = Arc::downgrade(&self.inner);
        let idle = self.inner.limits.idle;
        tokio::spawn(async move {
            tokio::time::sleep(idle).await;
            if let Some(inner) = inner.upgrade() {
                inner.idle.lock().retain(|child| child.idle_for() < idle);
            }
        });
    }
}

impl Inner {
    /// Reads a file for as long as it may take; also who has read it, where that child is still there.
    async fn read_within<T: DeserializeOwned>(
        &self,
        waiting: Option<ChildProcess>,
        wanted: Wanted,
        file: &FileToParse,
        grant: &Grant,
    ) -> (Option<ChildProcess>, Result<T, ParseError>) {
        // The child is dropped, and with that killed, on every way out but the first.
        tokio::select! {
            biased;
            read = self.read_with(waiting, wanted, file, grant) => match read {
                Ok((child, answer)) => (Some(child), answer),
                Err(error) => (None, Err(error)),
            },
            () = grant.over() => (None, Err(too_slow(grant.cost().time))),
        }
    }

    /// Reads a file with the child that waits, or else with a fresh one. A child that has read others fails at times where a
    /// fresh one does not: what they left in pieces counts against its memory, and the system may have ended it meanwhile.
    async fn read_with<T: DeserializeOwned>(
        &self,
        waiting: Option<ChildProcess>,
        wanted: Wanted,
        file: &FileToParse,
        grant: &Grant,
    ) -> Result<(ChildProcess, Result<T, ParseError>), ParseError> {
        if let Some(mut child) = waiting
            && let Ok(answer) = child.read(wanted, file, grant).await
            && !is_out_of_memory(&answer)
        {
            return Ok((child, answer));
        }
        let mut child = ChildProcess::start(&self.exe, &self.arguments)?;
        match child.read(wanted, file, grant).await {
            Ok(answer) => Ok((child, answer)),
            Err(_) => Err(ParseError::out_of_memory()),
        }
    }
}

fn is_out_of_memory<T>(answer: &Result<T, ParseError>) -> bool {
    matches!(answer, Err(error) if *error == ParseError::out_of_memory())
}

fn too_slow(limit: Duration) -> ParseError {
    ParseError::TooComplex(format!("it takes longer than {} seconds", limit.as_secs().max(1)))
}
