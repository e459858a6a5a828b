//! What commands print. A reader who has enough, such as `head`, ends no work: what is printed later is dropped. Where results
//! cannot be written for another reason, such as a full disk, the command goes on as well and fails at its end.

use std::{
    fmt,
    io::{self, Write as _},
    sync::OnceLock,
};

/// Why results could not be written.
static FAILURE: OnceLock<String> = OnceLock::new();

/// Prints results as they are.
macro_rules! out {
    ($($text:tt)*) => { $crate::cli::out::write(format_args!($($text)*)) };
}

/// Prints a line of results.
macro_rules! outln {
    ($($text:tt)*) => { $crate::cli::out::write(format_args!("{}\n", format_args!($($text)*))) };
}

/// Says something beside the results: how far the work is, or what is wrong.
macro_rules! errln {
    ($($text:tt)*) => { $crate::cli::out::say(format_args!($($text)*)) };
}

/// Writes results.
pub fn write(text: fmt::Arguments<'_>) {
    keep(io::stdout().write_fmt(text));
}

/// Says a line on standard error. Nobody can be told that nobody reads it.
pub fn say(text: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Whether everything could be written.
///
/// # Errors
/// Why it could not.
pub fn outcome() -> anyhow::Result<()> {
    // What does not end with a line is still to be written.
    keep(io::stdout().flush());
    match FAILURE.get() {
        Some(reason) => Err(anyhow::anyhow!("the results could not be written: {reason}")),
        None => Ok(()),
    }
}

fn keep(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        // The first one tells enough.
        let _ = FAILURE.set(error.to_string());
    }
}
