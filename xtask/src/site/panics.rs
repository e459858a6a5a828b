//! What the widget does not need of the standard library: how a panic is written down. Nobody would read it, since nothing takes
//! it: the widget stops at a panic in either case. What is cut here calls the rest of it, which wasm-bindgen then leaves out.

use anyhow::{Result, ensure};

use super::encoding::{Reader, push_number, push_section, push_sized, sections};

const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const CODE: u8 = 10;
/// In the section of names, the part that names functions.
const FUNCTIONS: u8 = 1;
/// No variables, `unreachable`, and the end.
const STOP: [u8; 3] = [0, 0, 0x0b];

/// What the names of functions hold that only tell of a panic, or write values as text for it. The widget writes no value by
/// `core::fmt`: `widget/src/command.rs` has what it needs.
const CUT: [&str; 6] = ["9panicking", "13panic_handler", "_fail", "panic_with_hook", "4core3fmt", "3fmt"];

/// What `format!` and its like call. Where it is there, something else than a panic is written.
const WRITES: &str = "4core3fmt5write";

/// The file with these functions stopping at once.
///
/// # Errors
/// When it is not WASM, none of them is in it, or something would be missing that the widget writes.
pub fn stopping_at_once(wasm: &[u8]) -> Result<Vec<u8>> {
    let (head, sections) = sections(wasm)?;
    let (mut imported, mut cut) = (0, Vec::new());
    for (kind, contents) in &sections {
        match *kind {
            IMPORT => imported = imported_functions(Reader(contents))?,
            CUSTOM => cut.extend(cut_functions(Reader(contents))?),
            _ => {}
        }
    }
    ensure!(!cut.is_empty(), "no function of a panic has a name");
    let mut out = head.to_vec();
    for (kind, contents) in sections {
        if kind == CODE {
            push_section(&mut out, kind, &code(Reader(contents), imported, &cut)?);
        } else {
            push_section(&mut out, kind, contents);
        }
    }
    Ok(out)
}

/// How many functions come from outside: they are numbered first.
fn imported_functions(mut reader: Reader<'_>) -> Result<u32> {
    let mut functions = 0;
    for _ in 0..reader.number()? {
        reader.sized()?;
        reader.sized()?;
        // A function and its type; the compiler takes nothing else from outside.
        ensure!(reader.byte()? == 0, "something else than a function comes from outside");
        reader.number()?;
        functions += 1;
    }
    Ok(functions)
}

/// The numbers of the functions that are cut, where this is the section of names.
fn cut_functions(mut reader: Reader<'_>) -> Result<Vec<u32>> {
    let mut cut = Vec::new();
    if reader.sized()? != b"name" {
        return Ok(cut);
    }
    while !reader.0.is_empty() {
        let part = reader.byte()?;
        let mut names = Reader(reader.sized()?);
        if part != FUNCTIONS {
            continue;
        }
        for _ in 0..names.number()? {
            let number = names.number()?;
            let name = String::from_utf8_lossy(names.sized()?);
            ensure!(!name.contains(WRITES), "the widget writes by `format!` or its like, which is cut out of it");
            // Of the standard library alone, whose names are mangled like this.
            if name.starts_with("_R") && !name.contains("hammock") && CUT.iter().any(|part| name.contains(part)) {
                cut.push(number);
            }
        }
    }
    Ok(cut)
}

fn code(mut reader: Reader<'_>, imported: u32, cut: &[u32]) -> Result<Vec<u8>> {
    let count = reader.number()?;
    let mut out = Vec::new();
    push_number(&mut out, count);
    for place in 0..count {
        let body = reader.sized()?;
        push_sized(&mut out, if cut.contains(&(imported + place)) { &STOP } else { body });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with one function from outside and two of its own, of these names.
    fn file(names: [&str; 2]) -> Vec<u8> {
        let mut listed = vec![2];
        for (number, name) in (1..).zip(names) {
            listed.push(number);
            push_sized(&mut listed, name.as_bytes());
        }
        let mut named = vec![4];
        named.extend_from_slice(b"name");
        named.push(FUNCTIONS);
        push_sized(&mut named, &listed);
        let mut out = b"\0asm\x01\0\0\0".to_vec();
        let imports = [1, 1, b'a', 1, b'b', 0, 0];
        let code = [2, 4, 0, 0x41, 1, 0x0b, 4, 0, 0x41, 2, 0x0b];
        for (kind, contents) in [(IMPORT, &imports[..]), (CODE, &code), (CUSTOM, &named)] {
            out.push(kind);
            push_sized(&mut out, contents);
        }
        out
    }

    #[test]
    fn only_what_tells_of_a_panic_stops_at_once() {
        let whole = file(["_RNvNtCs_4core9panicking9panic_fmt", "_ZN14hammock_widget4chat3fmt"]);
        let cut = stopping_at_once(&whole).unwrap();
        let (before, after) = ([2, 4, 0, 0x41, 1, 0x0b, 4, 0, 0x41, 2, 0x0b], [2, 3, 0, 0, 0x0b, 4, 0, 0x41, 2, 0x0b]);
        assert!(whole.windows(before.len()).any(|bytes| bytes == before));
        assert!(cut.windows(after.len()).any(|bytes| bytes == after));
        assert_eq!(cut.len() + 1, whole.len());
    }

    #[test]
    fn nothing_of_our_own_is_cut() {
        let whole = file(["_RNvNtCs_4core9panicking9panic_fmt", "_RNvNtCs_14hammock_widget3fmt"]);
        let reader = |wasm: &[u8]| wasm.windows(4).filter(|bytes| *bytes == [0, 0x41, 2, 0x0b]).count();
        assert_eq!(reader(&stopping_at_once(&whole).unwrap()), 1);
    }

    #[test]
    fn what_is_no_wasm_or_has_no_names_is_refused() {
        assert!(stopping_at_once(b"<html>").is_err());
        assert!(stopping_at_once(b"\0asm\x01\0\0\0\x0a\x05").is_err());
        assert!(stopping_at_once(&file(["_ZN1a", "_ZN1b"])).is_err());
        assert!(stopping_at_once(&file(["_RNv4core9panicking5panic", "_RNvNtCs_4core3fmt5write"])).is_err());
    }

    #[test]
    fn numbers_go_there_and_back() {
        for number in [0, 127, 128, 300, 70_000, u32::MAX] {
            let mut out = Vec::new();
            push_number(&mut out, number);
            assert_eq!(Reader(&out).number().unwrap(), number);
        }
    }
}
