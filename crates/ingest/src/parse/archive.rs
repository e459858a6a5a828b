//! ZIP archives from strangers: how much may come out is decided while it comes out, never by what the archive says.

use std::io::{BufReader, Cursor, Read};

use quick_xml::events::Event;
use zip::{ZipArchive, result::ZipError};

use super::{
    ParseError,
    limits::{MAX_ENTRIES, MAX_INFLATED_BYTES, MAX_RATIO},
    progress,
};

/// How much is unpacked of a part that is looked at outside a child, where nothing else limits the memory. Bytes.
const BEGINNING: u64 = 1 << 20;

/// Room behind what a part says of its size: without it the last bytes would double what is taken. Bytes.
const SPARE: usize = 64 << 10;

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
        Ok(self.bytes(name)?.map(decoded))
    }

    /// The beginning of a part as text; `None` when there is no such part. A part may be as small as this file and as large as the
    /// memory: whoever only wants to know what a file is reads no more of it.
    pub fn beginning(&mut self, name: &str) -> Result<Option<String>, ParseError> {
        let Some(index) = self.zip.index_for_name(name) else { return Ok(None) };
        let part = self.zip.by_index(index).map_err(damaged)?;
        let mut content = Vec::new();
        part.take(BEGINNING).read_to_end(&mut content).map_err(|error| not_unpacked(&error))?;
        Ok(Some(decoded(content)))
    }

    /// A part's content; `None` when there is no such part.
    pub fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, ParseError> {
        let Some(index) = self.zip.index_for_name(name) else { return Ok(None) };
        let told = self.zip.by_index(index).map_err(damaged)?.size().min(MAX_INFLATED_BYTES);
        let mut content = Vec::new();
        // What grows step by step takes up to twice as much. A part that lies about its size gets what there is.
        let _ = content.try_reserve_exact(usize::try_from(told).unwrap_or_default().saturating_add(SPARE));
        self.inflate(index, &mut content)?;
        content.shrink_to_fit();
        Ok(Some(content))
    }

    /// Says what stands in a part of XML, for a reader that comes to its words only when it has all of them in memory. What
    /// cannot be read is left to that.
    pub fn say_words(&mut self, name: &str) {
        let Some(index) = self.zip.index_for_name(name).filter(|_| progress::is_heard()) else { return };
        let Ok(part) = self.zip.by_index(index) else { return };
        let mut reader = quick_xml::Reader::from_reader(BufReader::new(part.take(MAX_INFLATED_BYTES)));
        let mut buffer = Vec::new();
        loop {
            match reader.read_event_into(&mut buffer) {
                Ok(Event::Text(text)) => progress::said(&*text, text.len()),
                Ok(Event::Eof) | Err(_) => return,
                Ok(_) => {}
            }
            buffer.clear();
        }
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
        let written = std::io::copy(&mut limited, into).map_err(|error| not_unpacked(&error))?;
        self.inflated += written;
        if written > most {
            return Err(ParseError::TooComplex("it unpacks to many times its size".to_owned()));
        }
        Ok(())
    }
}

/// A few producers write UTF-16; everything else is UTF-8, where a broken character must not lose the document.
fn decoded(bytes: Vec<u8>) -> String {
    // As it is, where it can be: a copy of the largest parts would take as much again.
    String::from_utf8(bytes).unwrap_or_else(|error| encoding_rs::UTF_8.decode(error.as_bytes()).0.into_owned())
}

fn not_unpacked(error: &std::io::Error) -> ParseError {
    match error.kind() {
        std::io::ErrorKind::OutOfMemory => ParseError::out_of_memory(),
        _ => ParseError::Damaged(format!("a part cannot be unpacked: {error}")),
    }
}

fn damaged(error: ZipError) -> ParseError {
    match error {
        ZipError::InvalidPassword => ParseError::Encrypted,
        ZipError::UnsupportedArchive(text) if text == ZipError::PASSWORD_REQUIRED => ParseError::Encrypted,
        other => ParseError::Damaged(other.to_string()),
    }
}
