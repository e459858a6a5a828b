//! The parent's side of a child.

use std::{ffi::OsString, io, path::Path, process::Stdio, time::Instant};

use serde::de::DeserializeOwned;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use super::{
    FileToParse,
    cost::Grant,
    frame::{LONGEST_ANSWER, MARK, Request, Said, Wanted},
};
use crate::parse::ParseError;

/// A child is renewed after this many files: parsers leave memory in pieces.
const FILES: usize = 100;

/// What a child has instead of this process's environment. One stream of a paper is unpacked to no more than 64 MB: the reader of
/// papers takes 256 by itself, and tries a bomb that does not fit into the memory in twenty more ways.
const ENVIRONMENT: [(&str, &str); 1] = [("PDF_OXIDE_MAX_DECOMPRESS_MB", "64")];

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
            .envs(ENVIRONMENT)
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

    /// Reads one file, and lets `grant` know how much that has said so far. An error means that the child is gone. Its first file
    /// decides how much memory it may ever take.
    pub async fn read<T: DeserializeOwned>(
        &mut self,
        wanted: Wanted,
        file: &FileToParse,
        grant: &Grant,
    ) -> io::Result<Result<T, ParseError>> {
        let request = Request {
            wanted,
            file_name: file.file_name.clone(),
            media_type: file.media_type.clone(),
            length: file.bytes.len() as u64,
            allowance: grant.allowance(),
        };
        let header = serde_json::to_vec(&request)?;
        let length = u32::try_from(header.len()).map_err(io::Error::other)?;
        self.input.write_all(&length.to_le_bytes()).await?;
        self.input.write_all(&header).await?;
        self.input.write_all(&file.bytes).await?;
        self.input.flush().await?;
        loop {
            let frame = self.next_frame().await?;
            match serde_json::from_slice::<Said<Result<T, ParseError>>>(&frame)? {
                Said::SoFar(bytes) => grant.has_said(bytes),
                Said::Answer(answer) => {
                    self.files += 1;
                    self.last_used = Instant::now();
                    return Ok(answer);
                }
            }
        }
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

    async fn next_frame(&mut self) -> io::Result<Vec<u8>> {
        self.find_mark().await?;
        let length = self.output.read_u32_le().await?;
        if length > LONGEST_ANSWER {
            return Err(io::Error::other("the answer is too long"));
        }
        let mut frame = vec![0; length as usize];
        self.output.read_exact(&mut frame).await?;
        Ok(frame)
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
