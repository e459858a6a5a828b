//! One thread writes. Changes that wait while a commit is made share the next one, so that many small uploads cost few
//! commits; a change is answered when it is on the disk and visible. Merges go on beside it: they are begun here, and end by a
//! message, so that no upload waits until segments are written anew.

use std::{
    sync::{Arc, Weak, mpsc},
    thread,
    time::{Duration, Instant},
};

use hammock_retrieval::IndexError;
use tantivy::{
    Index, IndexReader, IndexWriter, TantivyError,
    directory::error::LockError,
    index::{SegmentId, SegmentMeta},
    indexer::{IndexWriterOptions, LogMergePolicy, MergePolicy, NoMergePolicy},
    query::{AllQuery, Query},
};
use tokio::{runtime::Handle, sync::oneshot};

use super::{
    fields::Rows,
    merging::{Done, Merging, Plan, plan},
};
use crate::failure::{failure, stopped};

/// What the writer may hold before it writes a segment. Bytes.
const HEAP: usize = 24_000_000;
/// How many rows one commit takes at most: what waits longer waits for the next.
const MOST_ROWS: usize = 5_000;
/// How many merges go on at once: small ones need not wait for a large one.
const MERGES: usize = 2;
/// How long is waited at least from the beginning of one large segment's rewriting to that of the next.
const BETWEEN_LARGE: Duration = Duration::from_secs(3_600);
/// How long is waited, one time after the other, for a lock that somebody holds. Milliseconds.
const PAUSES: [u64; 8] = [5, 10, 20, 50, 100, 200, 500, 1_000];

pub(super) enum Change {
    /// Adds revisions, replacing the same ones.
    Put(Vec<Rows>),
    /// Removes what the query finds.
    Remove(Box<dyn Query>),
    /// Removes everything.
    Clear,
    /// Merges small segments, writes anew what holds removed rows, and frees what nobody reads.
    Tidy,
}

struct Request {
    change: Change,
    done: Done,
}

enum Message {
    /// Something is to be done.
    Request(Request),
    /// The merge of these segments has ended, well or not.
    Merged(Vec<SegmentId>),
}

pub(super) struct Writer {
    messages: Arc<mpsc::Sender<Message>>,
}

impl Writer {
    /// To be called within a Tokio runtime, on which the end of merges is waited for.
    pub(super) fn start(index: Index, reader: IndexReader) -> Result<Self, IndexError> {
        let (messages, waiting) = mpsc::channel();
        let messages = Arc::new(messages);
        let work = Work {
            index,
            reader,
            writer: None,
            usual: usual_merges(),
            merging: Merging::default(),
            large_at: None,
            messages: Arc::downgrade(&messages),
            runtime: Handle::current(),
        };
        thread::Builder::new().name("text-index".to_owned()).spawn(move || work.run(&waiting)).map_err(failure)?;
        Ok(Self { messages })
    }

    /// Returns when the change is durable and visible; of [`Change::Tidy`] when the merges have ended.
    pub(super) async fn apply(&self, change: Change) -> Result<(), IndexError> {
        let (done, answer) = oneshot::channel();
        self.messages.send(Message::Request(Request { change, done })).map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

struct Work {
    index: Index,
    reader: IndexReader,
    /// Opened by the first change: a process that only reads takes no lock.
    writer: Option<IndexWriter>,
    /// What is merged after commits, whether or not anybody keeps house.
    usual: LogMergePolicy,
    merging: Merging,
    /// When a large segment began to be written anew for the last time.
    large_at: Option<Instant>,
    /// Where merges tell their end. Nothing once nobody can ask for anything any more.
    messages: Weak<mpsc::Sender<Message>>,
    runtime: Handle,
}

impl Work {
    fn run(mut self, waiting: &mpsc::Receiver<Message>) {
        while let Ok(first) = waiting.recv() {
            let (mut rows, mut batch, mut merged) = (0, Vec::new(), false);
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Request(request) => {
                        rows += weight(&request.change);
                        batch.push(request);
                    }
                    Message::Merged(segments) => {
                        self.merging.end(&segments);
                        merged = true;
                    }
                }
                next = if rows < MOST_ROWS { waiting.try_recv().ok() } else { None };
            }
            if merged {
                self.free();
            }
            if !batch.is_empty() {
                self.carry_out(batch);
            }
            for done in self.merging.waited() {
                // Whoever asked may have gone.
                let _ = done.send(Ok(()));
            }
        }
    }

    fn carry_out(&mut self, batch: Vec<Request>) {
        let (tidying, others): (Vec<_>, Vec<_>) =
            batch.into_iter().partition(|request| matches!(request.change, Change::Tidy));
        let (changes, mut answers): (Vec<_>, Vec<_>) =
            others.into_iter().map(|request| (request.change, request.done)).unzip();
        let tidies = !tidying.is_empty();
        let outcome = self.commit(changes).and_then(|()| self.begin_merges(tidies));
        let tidying = tidying.into_iter().map(|request| request.done);
        match outcome {
            Ok(()) => tidying.for_each(|done| self.merging.wait(done)),
            Err(_) => {
                // What a failed commit left in the writer is not wanted by the next one.
                self.writer = None;
                answers.extend(tidying);
            }
        }
        for answer in answers {
            let _ = answer.send(match &outcome {
                Ok(()) => Ok(()),
                Err(IndexError::StorageFull) => Err(IndexError::StorageFull),
                Err(IndexError::Engine(message)) => Err(IndexError::Engine(message.clone())),
            });
        }
    }

    fn commit(&mut self, changes: Vec<Change>) -> Result<(), IndexError> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => self.writer.insert(open(&self.index)?),
        };
        for change in changes {
            match change {
                Change::Put(revisions) => {
                    for revision in revisions {
                        writer.delete_term(revision.key);
                        for row in revision.rows {
                            writer.add_document(row).map_err(failure)?;
                        }
                    }
                }
                Change::Remove(query) => {
                    writer.delete_query(query).map_err(failure)?;
                }
                Change::Clear => {
                    // Not `delete_all_documents`: it sets the clock of the writer back to when that was opened, and deletions
                    // after it are not made as long as earlier ones seem to lie in the future.
                    writer.delete_query(Box::new(AllQuery)).map_err(failure)?;
                }
                Change::Tidy => {}
            }
        }
        writer.commit().map_err(failure)?;
        self.reader.reload().map_err(failure)
    }

    /// Begins the merges that are due, of segments that no other merge has.
    fn begin_merges(&mut self, tidies: bool) -> Result<(), IndexError> {
        let mut free: Vec<SegmentMeta> = self.index.searchable_segment_metas().map_err(failure)?;
        free.retain(|segment| !self.merging.holds(segment.id()));
        if !tidies {
            for candidate in self.usual.compute_merge_candidates(&free) {
                self.merge(candidate.0);
            }
            return Ok(());
        }
        let Plan { small, large } = plan(&free);
        if !small.is_empty() {
            self.merge(small);
        }
        if let Some(large) = large.filter(|_| self.large_at.is_none_or(|at| at.elapsed() >= BETWEEN_LARGE)) {
            self.large_at = Some(Instant::now());
            self.merge(vec![large]);
        }
        Ok(())
    }

    /// Begins a merge, whose end is told by a message.
    fn merge(&mut self, segments: Vec<SegmentId>) {
        let Some(writer) = &mut self.writer else { return };
        self.merging.begin(&segments);
        let merge = writer.merge(&segments);
        let messages = self.messages.clone();
        self.runtime.spawn(async move {
            if let Err(error) = merge.await {
                // They stay as they are, and are found again.
                tracing::warn!(%error, "segments of the keyword index could not be merged");
            }
            if let Some(messages) = messages.upgrade() {
                let _ = messages.send(Message::Merged(segments));
            }
        });
    }

    /// Lets go of what was merged: its files are removed when nobody reads them any more.
    fn free(&self) {
        let freed = self.reader.reload().and_then(|()| match &self.writer {
            Some(writer) => writer.garbage_collect_files().wait().map(|_| ()),
            None => Ok(()),
        });
        if let Err(error) = freed {
            tracing::warn!(%error, "files of the keyword index that nobody reads could not be removed");
        }
    }
}

/// Segments of about the same size become one when there are eight of them; one of which a quarter is removed is written anew.
fn usual_merges() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    // Documents change often: rows that were replaced must not pile up in big segments.
    policy.set_del_docs_ratio_before_merge(0.25);
    policy
}

fn open(index: &Index) -> Result<IndexWriter, IndexError> {
    open_waiting(index, thread::sleep)
}

/// Opens the writer, with some patience: the lock of a file stays with the processes that were forked while it was held, until
/// they run a program of their own, so that it may be held for a moment after its writer was given up.
fn open_waiting(index: &Index, mut wait: impl FnMut(Duration)) -> Result<IndexWriter, IndexError> {
    let mut pauses = PAUSES.into_iter();
    let options = IndexWriterOptions::builder()
        .num_worker_threads(1)
        .memory_budget_per_thread(HEAP)
        .num_merge_threads(MERGES)
        .build();
    let writer: IndexWriter = loop {
        match index.writer_with_options(options.clone()) {
            Ok(writer) => break writer,
            Err(error) => {
                let is_held = matches!(error, TantivyError::LockFailure(LockError::LockBusy, _));
                match pauses.next().filter(|_| is_held) {
                    Some(pause) => wait(Duration::from_millis(pause)),
                    None => return Err(failure(error)),
                }
            }
        }
    };
    // Merges are begun here alone: of two that take the same segment, the later one fails.
    writer.set_merge_policy(Box::new(NoMergePolicy));
    Ok(writer)
}

fn weight(change: &Change) -> usize {
    match change {
        Change::Put(revisions) => revisions.iter().map(|revision| revision.rows.len()).sum(),
        Change::Remove(_) | Change::Clear | Change::Tidy => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fields::Fields;

    #[test]
    fn a_lock_that_is_held_for_a_moment_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::create_in_dir(folder.path(), Fields::schema().0).unwrap();
        let held = || index.writer_with_num_threads::<tantivy::TantivyDocument>(1, HEAP).unwrap();

        let mut holder = Some(held());
        let mut waited = 0;
        let opened = open_waiting(&index, |_| {
            waited += 1;
            drop(holder.take());
        });
        assert_eq!((opened.is_ok(), waited), (true, 1));
        drop(opened);

        let _holder = held();
        let mut waited = Vec::new();
        let refused = open_waiting(&index, |pause| waited.push(pause)).err();
        assert!(matches!(&refused, Some(IndexError::Engine(message)) if message.contains("Lock")), "{refused:?}");
        assert_eq!(waited, PAUSES.map(Duration::from_millis));
    }
}
