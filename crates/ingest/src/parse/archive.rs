//! ZIP archives from strangers: how much may come out is decided while it comes out, never by what the archive says.

use std::io::{Cursor, Read};

use zip::{ZipArchive, result::ZipError};

use super::{
    ParseError,
    limits::{MAX_ENTRIES, MAX_INFLATED_BYTES, MAX_RATIO},
};

/// An open archive.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// What has been unpacked so far. Bytes.
    inflated: u64,
}

impl<'a> Archive<'a> {
    /// Reads the table of contents.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ParseError> {
        // Counted before the table of contents is read, which takes memory for every entry.
        let entries = bytes.windows(4).filter(|window| window == b"PK\x01\x02").take(MAX_ENTRIES + 1).count();
        if entries > MAX_ENTRIES {
            return Err(ParseError::TooComplex(format!("more than {MAX_ENTRIES} parts")));
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
        Ok(Self { zip, inflated: 0 })
    }

    /// Whether there is a part of this name.
    pub fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// A part's content as text; `None` when there is no such part.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, ParseError> {
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        // A few producers write UTF-16; everything else is UTF-8, where a broken character must not lose the document.
        let (text, ..) = encoding_rs::UTF_8.decode(&bytes);
        Ok(Some(text.into_owned()))
    }

    /// A part's content; `None` when there is no such part.
    pub fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, ParseError> {
        let Some(index) = self.zip.index_for_name(name) else { return Ok(None) };
        let mut content = Vec::new();
        self.inflate(index, &mut content)?;
        Ok(Some(content))
    }

    /// Unpacks everything into nothing, for readers that unpack without limits themselves.
    pub fn check_all(&mut self) -> Result<(), ParseError> {
        for index in 0..self.zip.len() {
            self.inflate(index, &mut std::io::sink())?;
        }
        Ok(())
    }

    fn inflate(&mut self, index: usize, into: &mut impl std::io::Write) -> Result<(), ParseError> {
        let mut part = self.zip.by_index(index).map_err(damaged)?;
        let by_ratio = part.compressed_size().saturating_mul(MAX_RATIO).saturating_add(1_000_000);
        let most = by_ratio.min(MAX_INFLATED_BYTES.saturating_sub(self.inflated));
        let mut limited = (&mut part).take(most + 1);
        let written = std::io::copy(&mut limited, into).map_err(|error| match error.kind() {
            std::io::ErrorKind::OutOfMemory => ParseError::out_of_memory(),
            _ => ParseError::Damaged(format!("a part cannot be unpacked: {error}")),
        })?;
        self.inflated += written;
        if written > most {
            return Err(ParseError::TooComplex("it unpacks to many times its size".to_owned()));
        }
        Ok(())
    }
}

fn damaged(error: ZipError) -> ParseError {
    match error {
        ZipError::InvalidPassword => ParseError::Encrypted,
        ZipError::UnsupportedArchive(text) if text == ZipError::PASSWORD_REQUIRED => ParseError::Encrypted,
        other => ParseError::Damaged(other.to_string()),
    }
}
