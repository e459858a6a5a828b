//! The journal of events: what is sent was stored before. Events of all runs that come while one transaction is under way
//! are stored together by the next (a group commit), so that a thousand streams cost a few transactions a second.

use std::sync::Arc;

use hammock_contract::{RunId, stream::StreamEvent};
use hammock_store::{Store, StoreError, stream_events};
use tokio::sync::{mpsc, oneshot};

use super::live::LiveRun;

/// At most this many events in one transaction.
const BATCH: usize = 500;

struct Entry {
    run: RunId,
    sequence: u64,
    event: Arc<StreamEvent>,
    live: Arc<LiveRun>,
    stored: oneshot::Sender<Result<(), JournalError>>,
}

/// Why an event was not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The disk is full.
    #[error("the disk is full")]
    StorageFull,
    /// The database failed.
    #[error("the database failed")]
    Failed,
}

/// Stores events, then hands them to the readers.
#[derive(Clone)]
pub struct Journal {
    entries: mpsc::Sender<Entry>,
}

impl Journal {
    /// Starts the task that writes. It ends with the last clone.
    pub fn start(store: Store) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Entry>(4 * BATCH);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(BATCH);
            while receiver.recv_many(&mut batch, BATCH).await > 0 {
                write(&store, &mut batch).await;
            }
        });
        Self { entries: sender }
    }

    /// Stores an event and publishes it to the readers of its run.
    ///
    /// # Errors
    /// When it could not be stored; then nobody has seen it.
    pub async fn append(
        &self,
        run: &RunId,
        sequence: u64,
        event: StreamEvent,
        live: &Arc<LiveRun>,
    ) -> Result<(), JournalError> {
        let (stored, answer) = oneshot::channel();
        let entry = Entry { run: run.clone(), sequence, event: Arc::new(event), live: live.clone(), stored };
        self.entries.send(entry).await.map_err(|_| JournalError::Failed)?;
        answer.await.map_err(|_| JournalError::Failed)?
    }
}

/// Stores a batch. When a place in it is taken, each event for itself: one run that another replica has closed must not take
/// the others with it.
async fn write(store: &Store, batch: &mut Vec<Entry>) {
    let outcome = try_write(store, batch).await;
    if matches!(outcome, Err(StoreError::Duplicate(_))) && batch.len() > 1 {
        for entry in batch.drain(..) {
            let outcome = try_write(store, std::slice::from_ref(&entry)).await;
            answer(entry, &outcome);
        }
    }
    for entry in batch.drain(..) {
        answer(entry, &outcome);
    }
}

/// Publishes an event that was stored, and tells whoever waits.
fn answer(entry: Entry, outcome: &Result<(), StoreError>) {
    let outcome = match outcome {
        Ok(()) => {
            entry.live.publish(entry.event);
            Ok(())
        }
        Err(error) => {
            tracing::error!(%error, run = %entry.run, "an event of an answer could not be stored");
            Err(if matches!(error, StoreError::StorageFull) { JournalError::StorageFull } else { JournalError::Failed })
        }
    };
    // Whoever waited may be gone: the run was dropped.
    let _ = entry.stored.send(outcome);
}

async fn try_write(store: &Store, batch: &[Entry]) -> Result<(), StoreError> {
    let rows = batch
        .iter()
        .map(|entry| stream_events::EventRow {
            run_id: entry.run.clone(),
            sequence: entry.sequence,
            payload: (*entry.event).clone(),
        })
        .collect();
    let tx = store.begin().await?;
    stream_events::append(&tx, rows).await?;
    tx.commit().await
}
