//! The background work that a command waits for.

use anyhow::Context as _;
use hammock_domain::Hammock;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A worker for as long as a command needs one, or none where a server works already: it does this too.
pub struct Background {
    stop: CancellationToken,
    worker: Option<JoinHandle<()>>,
}

impl Background {
    /// Begins the work if it `is_ours`, as [`Hammock::take_background_work`] says.
    pub fn begin(hammock: &Hammock, is_ours: bool) -> Self {
        let stop = CancellationToken::new();
        let worker = is_ours.then(|| hammock.spawn_worker(stop.clone()));
        Self { stop, worker }
    }

    /// Ends it, and waits until it has come to rest.
    ///
    /// # Errors
    /// When it broke off.
    pub async fn end(self) -> anyhow::Result<()> {
        self.stop.cancel();
        match self.worker {
            Some(worker) => worker.await.context("the background work broke off"),
            None => Ok(()),
        }
    }
}
