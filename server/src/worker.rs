//! Background work of this process: the jobs and vectors of the domain, and the end of old sessions.

use std::time::Duration;

use hammock_contract::Timestamp;
use hammock_domain::{Clock as _, Hammock, SystemClock};
use hammock_store::sessions;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const BETWEEN_CLEANINGS: Duration = Duration::from_secs(3600);

/// Starts everything that works in the background, until `stop`.
pub fn spawn(hammock: &Hammock, stop: &CancellationToken) -> Vec<JoinHandle<()>> {
    vec![hammock.spawn_worker(stop.clone()), tokio::spawn(clean_sessions(hammock.clone(), stop.clone()))]
}

async fn clean_sessions(hammock: Hammock, stop: CancellationToken) {
    loop {
        if let Err(error) = remove_ended(&hammock, SystemClock.now()).await {
            tracing::warn!(%error, "ended sessions could not be removed");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(BETWEEN_CLEANINGS) => {}
        }
    }
}

async fn remove_ended(hammock: &Hammock, now: Timestamp) -> hammock_store::Result<()> {
    let tx = hammock.store().begin().await?;
    sessions::delete_expired(&tx, now).await?;
    tx.commit().await
}
