//! What a customer's page loads of the widget.

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
    let sizes = site::widget_load(&context.workspace)?;
    let kilobytes = |bytes: u64| bytes as f64 / 1024.0;
    let sum = |sizes: &[(&str, u64)]| kilobytes(sizes.iter().map(|(_, size)| size).sum());
    let each: Vec<String> = sizes.iter().map(|(name, size)| format!("{name} {:.1}", kilobytes(*size))).collect();
    let loader = Budget::AtMost(kilobytes(site::LOADER_BUDGET));
    let whole = Budget::AtMost(kilobytes(site::WIDGET_BUDGET));
    Ok(vec![
        Row::new("loader of the widget, brotli", sum(&sizes[..1]), "KB", loader),
        Row::new("widget until one can write, brotli", sum(&sizes), "KB", whole).note(each.join(", ")),
    ])
}
