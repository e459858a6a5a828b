//! What only a browser can measure: scripts of `end2end/measure`.

use std::process::Command;

use anyhow::{Context as _, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{bench::context::Context, process::capture, test};

/// What a row says where there is no browser.
pub const MISSING: &str = "node, npm or a Chromium is not installed";

/// What a script prints that is given `task`; nothing where a browser, or what drives it, is not installed.
///
/// # Errors
/// When the script fails.
pub fn run<T: DeserializeOwned>(context: &Context, name: &str, task: &Value) -> Result<Option<T>> {
    let Some(browser) = test::driven_browser(&context.workspace)? else { return Ok(None) };
    let mut command = Command::new("node");
    command
        .current_dir(context.workspace.root.join("end2end"))
        .arg(format!("measure/{name}.js"))
        .env("HAMMOCK_MEASURE", task.to_string())
        .env("HAMMOCK_BROWSER", browser);
    let printed = capture(&mut command)?;
    let found = serde_json::from_str(&printed).with_context(|| format!("measure/{name}.js printed {printed:?}"))?;
    Ok(Some(found))
}
