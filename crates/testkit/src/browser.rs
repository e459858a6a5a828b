//! A program in the place of a browser: it prints what it is told, and writes the log of requests that a browser would.

use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// What it makes of a page.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// How the address of the page ends.
    pub path: &'a str,
    /// What it prints, without an apostrophe.
    pub page: &'a str,
    /// Where the page leads it, one after the other: addresses, or paths on the page's host.
    pub leads_to: &'a [&'a str],
}

/// Such a program; it is gone with this value.
#[derive(Debug)]
pub struct Browser {
    program: PathBuf,
    _folder: TempDir,
}

/// What it does whatever it is told: it finds out where to write and for which page, and notes that it asked for that.
const BEGIN: &str = r#"#!/bin/sh
for each in "$@"; do
    case "$each" in --log-net-log=*) log="${each#--log-net-log=}";; esac
    page="$each"
done
rest="${page#http://}"
host="http://${rest%%/*}"
ask() { printf '{"params":{"method":"GET","request_type":"main frame","url":"%s"},"source":{"id":1,"type":1}},\n' "$1" >> "$log"; }
printf '{"constants":{},\n"events": [\n' > "$log"
ask "$page"
case "$page" in
"#;

impl Browser {
    /// One that knows these pages, and prints nothing for others.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(pages: &[Shown<'_>]) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let program = folder.path().join("browser");
        let mut script = BEGIN.to_owned();
        for Shown { path, page, leads_to } in pages {
            script.push_str(&format!("*{path})\n"));
            for to in *leads_to {
                let host = if to.starts_with('/') { "$host" } else { "" };
                script.push_str(&format!("ask \"{host}{to}\"\n"));
            }
            script.push_str(&format!("printf '%s' '{page}'\n;;\n"));
        }
        script.push_str("esac\n");
        // By a process of its own: a file that this one has open for writing cannot be started.
        let write = "printf '%s' \"$2\" > \"$1\" && chmod 755 \"$1\"";
        let written = Command::new("/bin/sh").args(["-c", write, "sh"]).arg(&program).arg(&script).status()?;
        if !written.success() {
            return Err(io::Error::other("the program could not be written"));
        }
        Ok(Self { program, _folder: folder })
    }

    /// Where it lies.
    pub fn program(&self) -> &Path {
        &self.program
    }
}
