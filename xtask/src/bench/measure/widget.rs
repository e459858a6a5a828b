//! What a customer's page loads of the widget, and what that costs it in a browser on a slow processor.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;
use serde_json::json;

use crate::{
    bench::{
        context::Context,
        installation::WITHOUT_MODEL,
        row::{Budget, Row, percentile},
        script,
    },
    site,
};

/// What `measure/widget.js` prints: milliseconds, for each time.
#[derive(Debug, Deserialize)]
struct Seen {
    /// How many times as slow the processor was made.
    slower: f64,
    /// The tasks of the main thread in which the widget's scripts ran, before the launcher was pressed.
    before: Vec<f64>,
    /// All tasks of the main thread until then.
    whole: Vec<f64>,
    /// The same of the page without the widget.
    without: Vec<f64>,
    /// The tasks of the main thread in which a script ran that does the least that any launcher does, by what it does to know how it
    /// looks.
    floors: BTreeMap<String, Vec<f64>>,
    /// From the press until one could write.
    press: Vec<f64>,
}

/// Adds up the files, and visits a page that has the widget.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    let sizes = site::widget_load(&context.workspace)?;
    let kilobytes = |bytes: u64| bytes as f64 / 1024.0;
    let sum = |sizes: &[(&str, u64)]| kilobytes(sizes.iter().map(|(_, size)| size).sum());
    let each: Vec<String> = sizes.iter().map(|(name, size)| format!("{name} {:.1}", kilobytes(*size))).collect();
    let loader = Budget::AtMost(kilobytes(site::LOADER_BUDGET));
    let whole = Budget::AtMost(kilobytes(site::WIDGET_BUDGET));
    let mut rows = vec![
        Row::new("loader of the widget, brotli", sum(&sizes[..1]), "KB", loader),
        Row::new("widget until one can write, brotli", sum(&sizes), "KB", whole).note(each.join(", ")),
    ];
    rows.extend(in_browser(context)?);
    Ok(rows)
}

fn in_browser(context: &Context) -> Result<Vec<Row>> {
    let (before, press) =
        ("main-thread work for the widget before the press", "widget from the press until one can write");
    let installation = context.installation()?;
    let server = installation.start(&[WITHOUT_MODEL])?;
    let [(_, key)] = server.key_header();
    let Some(seen) = script::run::<Seen>(context, "widget", &json!({ "url": server.url(), "key": key }))? else {
        return Ok([before, press].map(|what| Row::missing(what, "ms", script::MISSING)).into());
    };
    let median = |times: &[f64]| percentile(times, 0.5);
    let how = format!(
        "median of {}, at a {}th of the processor's speed, nothing in the cache",
        seen.press.len(),
        seen.slower
    );
    let floors: Vec<String> = seen.floors.iter().map(|(way, times)| format!("{way} {:.1} ms", median(times))).collect();
    Ok(vec![
        Row::new(before, median(&seen.before), "ms", Budget::AtMost(10.0)).note(format!(
            "{how}; at most {:.1} ms; a script with one button that asks by: {}; all of the page {:.1} ms, without the widget {:.1} ms",
            percentile(&seen.before, 1.0),
            floors.join(", "),
            median(&seen.whole),
            median(&seen.without)
        )),
        Row::new(press, median(&seen.press), "ms", Budget::AtMost(300.0))
            .note(format!("{how}, by a finger; at most {:.0} ms", percentile(&seen.press, 1.0))),
    ])
}
