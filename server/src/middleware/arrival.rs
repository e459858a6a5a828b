//! An upload takes the time that it needs, for as long as it arrives: one that stands still or drips is given up.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    BoxError,
    body::{Body, BodyDataStream, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt as _, stream};
use hammock_contract::ErrorCode;
use http::StatusCode;
use tokio::time::{Instant, timeout};

use crate::{failure::Failure, state::AppState};

/// What has to arrive on average, so that a byte now and then holds nothing open: no telephone is as slow. Bytes a second.
const LEAST_PACE: u32 = 2_000;

/// Why the body of an upload ends before its end.
#[derive(Debug, thiserror::Error)]
#[error("too little of it arrived")]
struct Stalled;

/// Gives an upload up of which too little arrives for longer than the operator allows, and says so.
pub async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let patience = app.config.server.upload_timeout;
    let is_given_up = Arc::new(AtomicBool::new(false));
    let (parts, body) = request.into_parts();
    let body = Body::from_stream(arriving(body.into_data_stream(), patience, Arc::clone(&is_given_up)));
    let response = next.run(Request::from_parts(parts, body)).await;
    // What was refused already, and only read to its end, stays refused for its own reason.
    if is_given_up.load(Ordering::Relaxed) && response.status() == StatusCode::UNPROCESSABLE_ENTITY {
        let seconds = patience.as_secs();
        let message = format!("the upload was given up: too little of it arrived for {seconds} seconds; send it again");
        return Failure::new(ErrorCode::UploadStalled, message).into_response();
    }
    response
}

/// A body as it arrives; it ends with an error where it is waited for too long.
fn arriving(
    body: BodyDataStream,
    patience: Duration,
    is_given_up: Arc<AtomicBool>,
) -> impl Stream<Item = Result<Bytes, BoxError>> + Send + 'static {
    stream::try_unfold((body, patience), move |(mut body, left)| {
        let is_given_up = Arc::clone(&is_given_up);
        async move {
            let begun = Instant::now();
            let arrived: Result<Option<Bytes>, BoxError> = match timeout(left, body.next()).await {
                Ok(part) => part.transpose().map_err(Into::into),
                Err(_) => {
                    is_given_up.store(true, Ordering::Relaxed);
                    Err(Stalled.into())
                }
            };
            arrived.map(|part| {
                part.map(|part| {
                    let left = left_after(left, begun.elapsed(), part.len(), patience);
                    (part, (body, left))
                })
            })
        }
    })
}

/// How long may be waited yet, after so many bytes came within `waited`. Only waiting counts: what the server does with them takes
/// nothing away.
fn left_after(left: Duration, waited: Duration, bytes: usize, patience: Duration) -> Duration {
    let earned = Duration::from_secs(bytes as u64) / LEAST_PACE;
    left.saturating_sub(waited).saturating_add(earned).min(patience)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// How many parts of so many bytes are waited for, of which one comes every `every`; at most 10,000.
    fn taken(bytes: usize, every: Duration) -> usize {
        let mut left = PATIENCE;
        (0..10_000)
            .take_while(|_| {
                let comes = every <= left;
                left = left_after(left, every, bytes, PATIENCE);
                comes
            })
            .count()
    }

    #[test]
    fn what_arrives_slowly_is_waited_for_and_what_drips_is_not() {
        assert_eq!(taken(2_000, Duration::from_secs(1)), 10_000, "a very slow line");
        assert_eq!(taken(1_000_000, Duration::from_secs(59)), 10_000, "a line with long pauses");
        assert_eq!(taken(1, Duration::from_secs(1)), 60, "a byte a second");
        assert_eq!(taken(1, Duration::from_secs(59)), 1, "a byte before each minute ends");
        assert_eq!(taken(usize::MAX, Duration::from_secs(61)), 0, "whatever came before, nobody waits longer");
    }

    #[tokio::test]
    async fn a_body_that_stands_still_ends_with_an_error() {
        let beginning = stream::iter([Ok::<_, BoxError>(Bytes::from_static(b"beginning"))]);
        let body = Body::from_stream(beginning.chain(stream::pending()));
        let is_given_up = Arc::new(AtomicBool::new(false));
        let patience = Duration::from_millis(20);
        let arriving = arriving(body.into_data_stream(), patience, Arc::clone(&is_given_up));
        let parts: Vec<Result<Bytes, BoxError>> = arriving.collect().await;
        assert!(matches!(&parts[..], [Ok(part), Err(_)] if part == "beginning"), "{parts:?}");
        assert!(is_given_up.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn a_body_that_ends_is_handed_on_whole() {
        let is_given_up = Arc::new(AtomicBool::new(false));
        let body = Body::from("all of it").into_data_stream();
        let parts: Vec<Result<Bytes, BoxError>> = arriving(body, PATIENCE, Arc::clone(&is_given_up)).collect().await;
        assert!(matches!(&parts[..], [Ok(part)] if part == "all of it"), "{parts:?}");
        assert!(!is_given_up.load(Ordering::Relaxed));
    }
}
