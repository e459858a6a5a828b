//! What a browser loads first.

use anyhow::Result;

use crate::{
    bench::{
        context::Context,
        row::{Budget, Row},
    },
    site,
};

/// Adds up the files.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    let sizes = site::first_load(&context.workspace)?;
    let kilobytes = |bytes: u64| bytes as f64 / 1024.0;
    let each: Vec<String> = sizes.iter().map(|(name, size)| format!("{name} {:.1}", kilobytes(*size))).collect();
    let total = kilobytes(sizes.iter().map(|(_, size)| size).sum());
    let row = Row::new("first load of the app, brotli", total, "KB", Budget::AtMost(kilobytes(site::BUDGET)));
    Ok(vec![row.note(each.join(", "))])
}
