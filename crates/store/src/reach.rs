//! Waiting for a PostgreSQL that does not answer yet: one that starts at the same time as Hammock, most likely.

use std::time::{Duration, Instant};

use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _, postgres::PgConnectOptions};

use crate::{Result, StoreError};

/// How long the first try may take: then people hear what is waited for.
const FIRST_TRY: Duration = Duration::from_secs(1);
/// How long a later one may take.
const LATER_TRY: Duration = Duration::from_secs(5);
/// Between the first two tries; twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Comes back when the PostgreSQL at `url` lets a connection in. While nothing answers it tries again, for about
/// `patience`; a refusal is final at once.
///
/// The pool would try again by itself, but silently, and in the end it would say only that it has waited.
///
/// # Errors
/// [`StoreError::InvalidUrl`], [`StoreError::Unreachable`], [`StoreError::NotLetIn`].
pub(crate) async fn wait(url: &str, patience: Duration) -> Result<()> {
    let options: PgConnectOptions =
        url.parse().map_err(|error: sqlx::Error| StoreError::InvalidUrl(error.to_string()))?;
    let place = place_of(&options);
    let begun = Instant::now();
    let (mut limit, mut pause, mut waits) = (FIRST_TRY, FIRST_PAUSE, false);
    loop {
        let reason = match tokio::time::timeout(limit, options.connect()).await {
            Ok(Ok(connection)) => {
                // What was to be seen was seen; that it does not end well changes nothing.
                let _ = connection.close().await;
                if waits {
                    tracing::info!("the database at {place} answers");
                }
                return Ok(());
            }
            Ok(Err(error)) => reason_to_wait(&error, &place, &options)?,
            Err(_elapsed) => format!("no answer within {} seconds", limit.as_secs()),
        };
        if begun.elapsed() + pause >= patience {
            return Err(StoreError::Unreachable { place, reason });
        }
        if !waits {
            tracing::warn!(%reason, "Waiting for the database at {place} …");
            waits = true;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        limit = patience.saturating_sub(begun.elapsed()).clamp(FIRST_TRY, LATER_TRY);
    }
}

/// Host and port as people write them, or the socket. Never user and password.
fn place_of(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None if options.get_host().starts_with('/') => options.get_host().to_owned(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

/// Why it may be otherwise in a moment.
///
/// # Errors
/// When it will not.
fn reason_to_wait(error: &sqlx::Error, place: &str, options: &PgConnectOptions) -> Result<String> {
    let not_let_in = |reason: String| Err(StoreError::NotLetIn { place: place.to_owned(), reason });
    match error {
        sqlx::Error::Io(error) => Ok(error.to_string()),
        sqlx::Error::Database(error) => {
            let user = options.get_username();
            // By their codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
            match error.code().as_deref() {
                // It starts or stops, or all its connections are taken.
                Some("57P03" | "53300") => Ok(error.message().to_owned()),
                Some("28P01") => not_let_in(format!("refuses the password of {user:?}; correct it in the address")),
                Some("28000") => not_let_in(format!("does not let {user:?} in: {}", error.message())),
                Some("3D000") => {
                    let database = options.get_database().unwrap_or(user);
                    not_let_in(format!("has no database {database:?}; make it with `createdb`, or correct the address"))
                }
                _ => not_let_in(format!("refuses the connection: {}", error.message())),
            }
        }
        sqlx::Error::Tls(error) => {
            not_let_in(format!("cannot be reached over TLS: {error}; sslmode in the address decides about it"))
        }
        other => not_let_in(format!("does not answer as a PostgreSQL does: {other}")),
    }
}
