//! Compressed siblings, made once at build time at the strongest level, so that the server only picks one.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// What shrinks. Pictures and fonts are compressed already.
const TEXTUAL: [&str; 9] = ["css", "html", "ico", "js", "json", "svg", "txt", "wasm", "xml"];

/// Below this a compressed answer is no smaller on the wire, in bytes.
const WORTH_IT: usize = 512;

/// Writes a file with its `.br` and `.gz` siblings; removes old siblings that would no longer match.
///
/// # Errors
/// When a file cannot be written.
pub fn write(path: &Path, contents: &[u8]) -> Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    }
    std::fs::write(path, contents).with_context(|| format!("cannot write {}", path.display()))?;
    let textual = path.extension().is_some_and(|extension| TEXTUAL.contains(&extension.to_string_lossy().as_ref()));
    for (ending, compressed) in [("br", brotli as fn(&[u8]) -> Result<Vec<u8>>), ("gz", gzip)] {
        let sibling = sibling(path, ending);
        if textual && contents.len() >= WORTH_IT {
            std::fs::write(&sibling, compressed(contents)?)
                .with_context(|| format!("cannot write {}", sibling.display()))?;
        } else if sibling.exists() {
            std::fs::remove_file(&sibling)?;
        }
    }
    Ok(())
}

fn sibling(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// What an answer weighs that the server makes and compresses when it is asked, in bytes: with brotli as `tower-http` has it, at
/// the level 4.
///
/// # Errors
/// When it cannot be compressed.
pub fn weight_when_made(contents: &[u8]) -> Result<u64> {
    let compressed = brotli_at(4, 22, contents)?;
    Ok(compressed.len() as u64)
}

fn brotli(contents: &[u8]) -> Result<Vec<u8>> {
    brotli_at(11, 24, contents)
}

fn brotli_at(quality: i32, lgwin: i32, contents: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams { quality, lgwin, ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &contents[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(contents: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(contents)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn siblings_hold_the_same_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b.css");
        let contents = "a { color: red } ".repeat(100).into_bytes();
        write(&path, &contents).unwrap();
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &std::fs::read(dir.path().join("a/b.css.br")).unwrap()[..], &mut unpacked)
            .unwrap();
        assert_eq!(unpacked, contents);
        let mut unpacked = Vec::new();
        let compressed = std::fs::read(dir.path().join("a/b.css.gz")).unwrap();
        flate2::read::GzDecoder::new(&compressed[..]).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, contents);
    }

    #[test]
    fn what_is_made_when_it_is_asked_for_is_less_small_than_what_was_made_before() {
        let contents: Vec<u8> = (0..400).flat_map(|number| format!("{},", number * number).into_bytes()).collect();
        let weight = weight_when_made(&contents).unwrap();
        let least = brotli(&contents).unwrap().len() as u64;
        assert!(least < weight && weight < contents.len() as u64, "{least} {weight}");
    }

    #[test]
    fn what_would_not_shrink_has_no_siblings_and_loses_old_ones() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.css");
        write(&path, "a{}".repeat(500).as_bytes()).unwrap();
        write(&path, b"a{}").unwrap();
        write(&dir.path().join("font.woff2"), &[7; 4096]).unwrap();
        let files = crate::workspace::files_below(&[dir.path().to_owned()]).unwrap();
        assert_eq!(files, [path, dir.path().join("font.woff2")]);
    }
}
