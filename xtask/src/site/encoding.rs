//! How WASM files are written: numbers of any length (LEB128), contents behind their length, sections.

use anyhow::{Context, Result, ensure};

const MAGIC_AND_VERSION: usize = 8;

/// A section: its kind and its contents.
pub type Section<'a> = (u8, &'a [u8]);

/// What stands before the sections, and the sections.
///
/// # Errors
/// When it is not WASM, or cut off.
pub fn sections(wasm: &[u8]) -> Result<(&[u8], Vec<Section<'_>>)> {
    ensure!(wasm.starts_with(b"\0asm") && wasm.len() >= MAGIC_AND_VERSION, "this is not a WASM file");
    let (head, rest) = wasm.split_at(MAGIC_AND_VERSION);
    let (mut sections, mut reader) = (Vec::new(), Reader(rest));
    while !reader.0.is_empty() {
        sections.push((reader.byte()?, reader.sized()?));
    }
    Ok((head, sections))
}

pub fn push_section(out: &mut Vec<u8>, kind: u8, contents: &[u8]) {
    out.push(kind);
    push_sized(out, contents);
}

pub fn push_sized(out: &mut Vec<u8>, contents: &[u8]) {
    push_number(out, contents.len() as u32);
    out.extend_from_slice(contents);
}

pub fn push_number(out: &mut Vec<u8>, number: u32) {
    let mut rest = number;
    while rest > 0x7f {
        out.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// What is still to be read.
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn byte(&mut self) -> Result<u8> {
        let (&byte, rest) = self.0.split_first().context("the file is cut off")?;
        self.0 = rest;
        Ok(byte)
    }

    pub fn number(&mut self) -> Result<u32> {
        let mut number = 0;
        for place in 0..5 {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        anyhow::bail!("a number is not understood")
    }

    /// What stands behind its length.
    pub fn sized(&mut self) -> Result<&'a [u8]> {
        let length = self.number()? as usize;
        let (contents, rest) = self.0.split_at_checked(length).context("the file is cut off")?;
        self.0 = rest;
        Ok(contents)
    }
}
