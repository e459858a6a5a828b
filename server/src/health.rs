//! Whether the process lives, and whether requests are welcome.

use axum::{extract::State, http::StatusCode, response::IntoResponse};

use crate::state::AppState;

/// The process lives. Says nothing of the database, so that a supervisor does not restart a server whose disk is slow.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Requests are welcome: the start is complete, the database answers, and nobody asked the server to stop.
pub async fn ready(State(app): State<AppState>) -> impl IntoResponse {
    if !app.readiness.get() {
        return (StatusCode::SERVICE_UNAVAILABLE, "starting or stopping\n");
    }
    match tokio::time::timeout(std::time::Duration::from_secs(5), app.hammock.store().ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        Ok(Err(error)) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer in time\n"),
    }
}
