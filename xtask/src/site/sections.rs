//! What a browser does not need of a WASM file: names of functions, who compiled it, what it was compiled for.

use anyhow::{Context, Result, ensure};

const MAGIC_AND_VERSION: usize = 8;
const CUSTOM: u8 = 0;

/// The file without its custom sections. The names alone are half of one.
///
/// # Errors
/// When it is not WASM.
pub fn without_custom(wasm: &[u8]) -> Result<Vec<u8>> {
    ensure!(wasm.starts_with(b"\0asm") && wasm.len() >= MAGIC_AND_VERSION, "this is not a WASM file");
    let (mut kept, mut rest) = wasm.split_at(MAGIC_AND_VERSION);
    let mut out = kept.to_vec();
    while let Some((&kind, after)) = rest.split_first() {
        let (size, length) = size(after)?;
        kept = rest.get(..1 + length + size).context("a section is longer than the file")?;
        if kind != CUSTOM {
            out.extend_from_slice(kept);
        }
        rest = &rest[kept.len()..];
    }
    Ok(out)
}

/// The size of a section and how many bytes it is written in (LEB128).
fn size(bytes: &[u8]) -> Result<(usize, usize)> {
    let mut size = 0;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        size |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok((size, index + 1));
        }
    }
    anyhow::bail!("the size of a section is not understood")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_sections_go_and_the_others_stay() {
        let head = *b"\0asm\x01\0\0\0";
        let types = [1, 1, 0];
        // 130 bytes, so that the size takes two.
        let names = [&[0, 0x82, 1][..], &[7; 130]].concat();
        let whole = [&head[..], &types, &names, &types].concat();
        assert_eq!(without_custom(&whole).unwrap(), [&head[..], &types, &types].concat());
    }

    #[test]
    fn what_is_not_wasm_or_cut_off_is_refused() {
        assert!(without_custom(b"<html>").is_err());
        assert!(without_custom(b"\0asm\x01\0\0\0\x01\x05\0").is_err());
        assert!(without_custom(b"\0asm\x01\0\0\0\x01\xff\xff\xff\xff\xff").is_err());
    }
}
