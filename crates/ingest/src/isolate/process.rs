//! The parent's side of a child.

use std::{ffi::OsString, io, path::Path, process::Stdio, time::Instant};

use serde::de::DeserializeOwned;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use super::{
    Cost, FileToParse,
    frame::{LONGEST_ANSWER, MARK, Request, Wanted},
};
use crate::parse::ParseError;

/// A child is renewed after this many files: parsers leave memory in pieces.
const FILES: usize = 100;

/// The allocator of the program takes a gigabyte from the system at its start, used or not, and all of it counts against the
/// limit on memory. This makes it take what it uses.
const ALLOCATOR: [(&str, &str); 2] = [("MIMALLOC_ARENA_EAGER_COMMIT", "0"), ("MIMALLOC_ARENA_RESERVE", "65536")];

/// A running child; dropping it ends it.
#[derive(Debug)]
pub(super) struct ChildProcess {
    // Held for `kill_on_drop`.
    _child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    files: usize,
    last_used: Instant,
}

impl ChildProcess {
    /// Starts a child with nothing of this process's environment.
    pub fn start(exe: &Path, arguments: &[OsString]) -> Result<Self, ParseError> {
        let mut child = Command::new(exe)
            .args(arguments)
            .env_clear()
            .envs(ALLOCATOR)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| ParseError::Unavailable(error.to_string()))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(ParseError::Unavailable("no pipe to the child".to_owned()));
        };
        let output = BufReader::with_capacity(64 << 10, output);
        Ok(Self { _child: child, input, output, files: 0, last_used: Instant::now() })
    }

    /// Reads one file. An error means that the child is gone. Its first file decides how much memory it may ever take.
    pub async fn read<T: DeserializeOwned>(
        &mut self,
        wanted: Wanted,
        file: &FileToParse,
        cost: Cost,
    ) -> io::Result<Result<T, ParseError>> {
        let request = Request {
            wanted,
            file_name: file.file_name.clone(),
            media_type: file.media_type.clone(),
            length: file.bytes.len() as u64,
            // The parent is quicker, as long as it works.
            seconds: cost.time.as_secs() * 2 + 5,
            memory: cost.memory,
        };
        let header = serde_json::to_vec(&request)?;
        let length = u32::try_from(header.len()).map_err(io::Error::other)?;
        self.input.write_all(&length.to_le_bytes()).await?;
        self.input.write_all(&header).await?;
        self.input.write_all(&file.bytes).await?;
        self.input.flush().await?;
        self.find_mark().await?;
        let length = self.output.read_u32_le().await?;
        if length > LONGEST_ANSWER {
            return Err(io::Error::other("the answer is too long"));
        }
        let mut answer = vec![0; length as usize];
        self.output.read_exact(&mut answer).await?;
        self.files += 1;
        self.last_used = Instant::now();
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Whether it is still good for another file.
    pub const fn may_be_reused(&self) -> bool {
        self.files < FILES
    }

    /// Its number with the system, as long as it lives.
    #[cfg(test)]
    pub fn id(&self) -> Option<u32> {
        self._child.id()
    }

    /// How long it has had nothing to do.
    pub fn idle_for(&self) -> std::time::Duration {
        self.last_used.elapsed()
    }

    /// Passes over everything up to the mark. Its first byte occurs in it once more, at the end, so that a false start is
    /// over at the next one.
    async fn find_mark(&mut self) -> io::Result<()> {
        let mut matched = 0;
        while matched < MARK.len() {
            let byte = self.output.read_u8().await?;
            matched =
                if MARK.get(matched) == Some(&byte) { matched + 1 } else { usize::from(MARK.first() == Some(&byte)) };
        }
        Ok(())
    }
}
