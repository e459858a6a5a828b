//! The runs that go on in this process: their events in memory, as far as they are stored, for any number of readers.
//!
//! A reader takes events from a list at its own pace, so that a slow one neither loses events nor slows anybody down.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use hammock_contract::{RunId, chat::MessageState, stream::StreamEvent};
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// One run that goes on.
pub struct LiveRun {
    events: RwLock<Vec<Arc<StreamEvent>>>,
    /// How many events are stored and may be read; `u64::MAX` in `ended` terms is never used, see [`LiveRun::is_ended`].
    stored: watch::Sender<Progress>,
    /// Ends the making of the answer.
    pub stop: CancellationToken,
    /// Whether it is the server that ends it, and not the person.
    interrupted: AtomicBool,
    /// Whether one of its events could not be stored.
    broken: AtomicBool,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many events can be read.
    pub stored: usize,
    /// Whether no more will come.
    pub ended: bool,
}

impl LiveRun {
    fn new() -> Self {
        Self {
            events: RwLock::default(),
            stored: watch::Sender::new(Progress::default()),
            stop: CancellationToken::new(),
            interrupted: AtomicBool::default(),
            broken: AtomicBool::default(),
        }
    }

    /// Adds an event that is stored; its sequence number is the new length of the list.
    pub fn publish(&self, event: Arc<StreamEvent>) {
        let ended = matches!(*event, StreamEvent::Done { .. });
        let mut events = self.events.write();
        events.push(event);
        let stored = events.len();
        drop(events);
        self.stored.send_replace(Progress { stored, ended });
    }

    /// How an answer stands that [`LiveRun::stop`] has ended.
    pub fn state_when_stopped(&self) -> MessageState {
        if self.interrupted.load(Ordering::Acquire) { MessageState::Interrupted } else { MessageState::Stopped }
    }

    /// Notes that one of its events could not be stored: none is from now on.
    pub fn break_off(&self) {
        self.broken.store(true, Ordering::Release);
    }

    /// Whether one of its events could not be stored.
    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    /// Says that no more events will come although none was the last: the store failed.
    pub fn abandon(&self) {
        self.stored.send_modify(|progress| progress.ended = true);
    }

    /// The event with a sequence number (from 1), if it is stored.
    pub fn event(&self, sequence: usize) -> Option<Arc<StreamEvent>> {
        self.events.read().get(sequence.checked_sub(1)?).cloned()
    }

    /// To wait for more events.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.stored.subscribe()
    }
}

/// The runs that go on in this process.
#[derive(Default)]
pub struct LiveRuns {
    runs: Mutex<HashMap<RunId, Arc<LiveRun>>>,
    /// How many there are, for whoever waits until all have ended.
    count: watch::Sender<usize>,
    closed: AtomicBool,
}

impl LiveRuns {
    /// Begins a run. It counts as going on until the guard is dropped.
    pub fn begin(self: &Arc<Self>, id: RunId) -> (Arc<LiveRun>, RunGuard) {
        let run = Arc::new(LiveRun::new());
        let mut runs = self.runs.lock();
        runs.insert(id.clone(), run.clone());
        self.count.send_replace(runs.len());
        drop(runs);
        (run, RunGuard { runs: self.clone(), id })
    }

    /// A run that goes on here.
    pub fn find(&self, id: &RunId) -> Option<Arc<LiveRun>> {
        self.runs.lock().get(id).cloned()
    }

    /// Waits until none goes on.
    pub async fn all_ended(&self) {
        let mut count = self.count.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = count.wait_for(|count| *count == 0).await;
    }

    /// Ends every run because the server goes down.
    pub fn interrupt_all(&self) {
        for run in self.runs.lock().values() {
            run.interrupted.store(true, Ordering::Release);
            run.stop.cancel();
        }
    }

    /// From now on no run is to begin any more.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Whether no run is to begin any more.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// How many go on.
    pub fn count(&self) -> usize {
        *self.count.borrow()
    }
}

/// Takes its run off the list when dropped.
pub struct RunGuard {
    runs: Arc<LiveRuns>,
    id: RunId,
}

impl Drop for RunGuard {
    fn drop(&mut self) {
        let mut runs = self.runs.runs.lock();
        if let Some(run) = runs.remove(&self.id) {
            run.abandon();
        }
        self.runs.count.send_replace(runs.len());
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::chat::Step;

    use super::*;

    fn step(n: u32) -> Arc<StreamEvent> {
        Arc::new(StreamEvent::Step {
            step: Step { kind: "search".into(), detail: n.to_string(), took_ms: n, topics: Vec::new() },
        })
    }

    #[tokio::test]
    async fn readers_see_what_is_stored_and_learn_of_the_end() {
        let runs = Arc::new(LiveRuns::default());
        let id = RunId::new();
        let (run, guard) = runs.begin(id.clone());
        let mut progress = run.progress();
        run.publish(step(1));
        assert_eq!(progress.wait_for(|p| p.stored == 1).await.map(|p| p.ended).ok(), Some(false));
        assert!(run.event(1).is_some() && run.event(2).is_none() && run.event(0).is_none());
        drop(guard);
        assert!(progress.wait_for(|p| p.ended).await.is_ok());
        assert!(runs.find(&id).is_none());
        runs.all_ended().await;
    }
}
