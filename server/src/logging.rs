//! Structured logs, for people or for machines.

use std::io::IsTerminal as _;

use tracing::{Event, Subscriber};
use tracing_subscriber::{
    EnvFilter,
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::{Format, Json, Writer},
    },
    registry::LookupSpan,
};

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
        LogFormat::Json => {
            builder.json().flatten_event(true).with_current_span(true).map_event_format(WithRequestId).try_init()
        }
    };
    Ok(())
}

/// A line of JSON with the id of its request as a field of its own: whoever has an `x-request-id` finds the lines without
/// knowing in which span they were written.
struct WithRequestId(Format<Json>);

impl<S, N> FormatEvent<S, N> for WithRequestId
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> std::fmt::Result {
        let mut line = String::new();
        self.0.format_event(ctx, Writer::new(&mut line), event)?;
        match (request_id(ctx), line.strip_prefix('{')) {
            (Some(id), Some(rest)) => write!(writer, "{{\"request_id\":{id},{rest}"),
            _ => writer.write_str(&line),
        }
    }
}

/// The id of the request that an event belongs to, as JSON.
fn request_id<S, N>(ctx: &FmtContext<'_, S, N>) -> Option<serde_json::Value>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    ctx.event_scope()?.find_map(|span| {
        let extensions = span.extensions();
        // The fields are kept as they are written, as JSON.
        let fields: serde_json::Value = serde_json::from_str(&extensions.get::<FormattedFields<N>>()?.fields).ok()?;
        fields.get("request_id").cloned()
    })
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

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc};

    use parking_lot::Mutex;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_id_of_the_request_is_a_field_of_its_own() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .map_event_format(WithRequestId)
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let request = tracing::info_span!("request", request_id = "0a1b", path = "/chat");
            request.in_scope(|| {
                tracing::info_span!("search", words = 2).in_scope(|| tracing::info!("deep \"inside\""));
            });
            tracing::info!("outside");
        });
        let written = String::from_utf8(lines.0.lock().clone()).unwrap();
        let lines: Vec<serde_json::Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2, "{written}");
        assert_eq!(
            (lines[0]["request_id"].as_str(), lines[0]["message"].as_str()),
            (Some("0a1b"), Some("deep \"inside\""))
        );
        assert_eq!((&lines[1]["request_id"], &lines[1]["message"]), (&serde_json::Value::Null, &"outside".into()));
    }
}
