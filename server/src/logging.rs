//! Structured logs, for people or for machines.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// Starts logging to standard error; a second call changes nothing.
///
/// # Errors
/// When `log.level` cannot be read.
pub fn start(config: &LogConfig) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(quiet(&config.level)).map_err(|error| {
        anyhow::anyhow!("log.level is not a filter such as `info` or `hammock_server=debug,info`: {error}")
    })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Said on standard error too, which panics when nobody reads it: whatever logs would end with its log's reader.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal());
    // Fails when logging was started already, as it is when several servers share a test's process.
    let _ = match config.format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(true).try_init(),
    };
    Ok(())
}

/// A bare level is meant for Hammock: the engines below would drown it. The library of sessions warns of everybody whose session
/// has ended, the index of segments that a merge has just put together: neither is anything that an operator could act on.
fn quiet(level: &str) -> String {
    if level.contains(['=', ',']) {
        level.to_owned()
    } else {
        format!(
            "{level},lance=warn,lancedb=warn,tantivy=error,sqlx=warn,sea_orm=warn,sea_orm_migration=warn,html5ever=error,lopdf=error,pdf_extract=error,pdf_oxide=error,tower_sessions=error,tower_sessions_core=error"
        )
    }
}
