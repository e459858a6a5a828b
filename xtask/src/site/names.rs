//! The names of what a WASM file has from its JavaScript. wasm-bindgen gives each a hash of sixteen digits, which no compression
//! makes smaller, and writes it in both files.

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};
use regex::Regex;

use super::encoding::{Reader, push_number, push_section, push_sized, sections};

const IMPORT: u8 = 2;
/// What the long names look like.
const LONG: &str = r"\b__wbg_\w+_[0-9a-f]{16}\b";

/// Both with short names in the place of the long ones.
///
/// # Errors
/// When it is not WASM, when the script holds a short name already, or when the file has a long name that is not in the script.
pub fn shortened(script: &str, wasm: &[u8]) -> Result<(String, Vec<u8>)> {
    let long = Regex::new(LONG).expect("the pattern is a constant");
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    for found in long.find_iter(script) {
        let number = names.len();
        names.entry(found.as_str()).or_insert_with(|| format!("${number}"));
    }
    ensure!(!Regex::new(r"\$\d").expect("the pattern is a constant").is_match(script), "the script has short names");
    let (head, sections) = sections(wasm)?;
    let mut out = head.to_vec();
    for (kind, contents) in sections {
        if kind == IMPORT {
            push_section(&mut out, kind, &imports(Reader(contents), &long, &names)?);
        } else {
            push_section(&mut out, kind, contents);
        }
    }
    let script = long.replace_all(script, |found: &regex::Captures<'_>| names[&found[0]].clone());
    Ok((script.into_owned(), out))
}

fn imports(mut reader: Reader<'_>, long: &Regex, names: &BTreeMap<&str, String>) -> Result<Vec<u8>> {
    let count = reader.number()?;
    let mut out = Vec::new();
    push_number(&mut out, count);
    for _ in 0..count {
        push_sized(&mut out, reader.sized()?);
        let name = std::str::from_utf8(reader.sized()?)?;
        match names.get(name) {
            Some(short) => push_sized(&mut out, short.as_bytes()),
            None if long.is_match(name) => bail!("{name} is not in the script"),
            None => push_sized(&mut out, name.as_bytes()),
        }
        let rest = reader.0;
        pass_over(&mut reader)?;
        out.extend_from_slice(&rest[..rest.len() - reader.0.len()]);
    }
    Ok(out)
}

/// Passes over what an import is: a function, a table, a memory, a variable, or a kind of exception.
fn pass_over(reader: &mut Reader<'_>) -> Result<()> {
    let limits = |reader: &mut Reader<'_>| -> Result<()> {
        let has_most = reader.byte()? & 1 == 1;
        reader.number()?;
        if has_most {
            reader.number()?;
        }
        Ok(())
    };
    match reader.byte()? {
        0 => drop(reader.number()?),
        1 => {
            reader.byte()?;
            limits(reader)?;
        }
        2 => limits(reader)?,
        3 => {
            reader.byte()?;
            reader.byte()?;
        }
        4 => {
            reader.byte()?;
            reader.number()?;
        }
        other => bail!("an import of the kind {other} is not understood"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "__wbg_log_0123456789abcdef";

    /// A file with imports of all kinds, one of which has this name.
    fn file(name: &str) -> Vec<u8> {
        let kinds: [(&str, &[u8]); 5] = [
            (name, &[0, 5]),
            ("table", &[1, 0x70, 1, 2, 3]),
            ("memory", &[2, 0, 17]),
            ("base", &[3, 0x7f, 1]),
            ("tag", &[4, 0, 7]),
        ];
        let mut contents = vec![kinds.len() as u8];
        for (name, kind) in kinds {
            push_sized(&mut contents, b"./glue.js");
            push_sized(&mut contents, name.as_bytes());
            contents.extend_from_slice(kind);
        }
        let mut out = b"\0asm\x01\0\0\0".to_vec();
        push_section(&mut out, 1, &[0]);
        push_section(&mut out, IMPORT, &contents);
        push_section(&mut out, 10, &[0]);
        out
    }

    #[test]
    fn both_files_have_the_short_name() {
        let script = format!("const imports = {{ {LOG}: function(a) {{}}, __wbg_other: 1 }};");
        let (script, wasm) = shortened(&script, &file(LOG)).unwrap();
        assert_eq!(script, "const imports = { $0: function(a) {}, __wbg_other: 1 };");
        assert_eq!(wasm, file("$0"));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(shortened("", &file(LOG)).is_err(), "the script does not have it");
        assert!(shortened("$1", &file("log")).is_err());
        assert!(shortened("", b"<html>").is_err());
        assert!(shortened("", &file("log")[..40]).is_err());
    }
}
