//! The journal of events: what is sent was stored before. Events of all runs that come while one transaction is under way
//! are stored together by the next (a group commit), so that a thousand streams cost a few transactions a second.

use std::sync::Arc;

use hammock_contract::{RunId, stream::StreamEvent};
use hammock_store::{Store, StoreError, stream_events};
use tokio::sync::{mpsc, oneshot};

use super::live::LiveRun;

/// At most this many events in one transaction.
const BATCH: usize = 500;
/// How often a batch is tried again while the database is busy; each time it waits as long as the database lets it.
const RETRIES: usize = 3;

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

    /// Hands an event over to be stored and then published to the readers of its run; what comes back says when that was
    /// done. Events of a run are stored in the order in which they are handed over, and none after one that could not be.
    ///
    /// # Errors
    /// When nothing is stored any more.
    pub async fn append(
        &self,
        run: &RunId,
        sequence: u64,
        event: StreamEvent,
        live: &Arc<LiveRun>,
    ) -> Result<Storing, JournalError> {
        let (stored, answer) = oneshot::channel();
        let entry = Entry { run: run.clone(), sequence, event: Arc::new(event), live: live.clone(), stored };
        self.entries.send(entry).await.map_err(|_| JournalError::Failed)?;
        Ok(Storing(answer))
    }
}

/// An event on its way into the database.
pub struct Storing(oneshot::Receiver<Result<(), JournalError>>);

impl Storing {
    /// Waits until it is stored and published.
    ///
    /// # Errors
    /// When it could not be stored; then nobody has seen it.
    pub async fn stored(self) -> Result<(), JournalError> {
        self.0.await.map_err(|_| JournalError::Failed)?
    }
}

/// Stores a batch. When a place in it is taken, each event for itself: one run that another replica has closed must not take
/// the others with it.
async fn write(store: &Store, batch: &mut Vec<Entry>) {
    // Readers count events: none may follow one that is missing.
    for entry in batch.extract_if(.., |entry| entry.live.is_broken()) {
        answer(entry, &Err(StoreError::NotFound));
    }
    if batch.is_empty() {
        return;
    }
    let mut outcome = try_write(store, batch).await;
    // Every answer that is being made waits for this: none is given up for a database that has much to do.
    for _ in 0..RETRIES {
        if !matches!(outcome, Err(StoreError::Busy)) {
            break;
        }
        outcome = try_write(store, batch).await;
    }
    if matches!(outcome, Err(StoreError::Duplicate(_))) && batch.len() > 1 {
        for entry in batch.drain(..) {
            let outcome = if entry.live.is_broken() {
                Err(StoreError::NotFound)
            } else {
                try_write(store, std::slice::from_ref(&entry)).await
            };
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
            if !entry.live.is_broken() {
                tracing::error!(%error, run = %entry.run, "an event of an answer could not be stored");
            }
            entry.live.break_off();
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
