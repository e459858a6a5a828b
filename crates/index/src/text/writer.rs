//! One thread writes. Changes that wait while a commit is made share the next one, so that many small uploads cost few
//! commits; a change is answered when it is on the disk and visible.

use std::{sync::mpsc, thread, time::Duration};

use hammock_retrieval::IndexError;
use tantivy::{
    Index, IndexReader, IndexWriter, TantivyError,
    directory::error::LockError,
    indexer::LogMergePolicy,
    query::{AllQuery, Query},
};
use tokio::sync::oneshot;

use super::fields::Rows;
use crate::failure::{failure, stopped};

/// What the writer may hold before it writes a segment. Bytes.
const HEAP: usize = 24_000_000;
/// How many rows one commit takes at most: what waits longer waits for the next.
const MOST_ROWS: usize = 5_000;
/// How long is waited, one time after the other, for a lock that somebody holds. Milliseconds.
const PAUSES: [u64; 8] = [5, 10, 20, 50, 100, 200, 500, 1_000];

pub(super) enum Change {
    /// Adds revisions, replacing the same ones.
    Put(Vec<Rows>),
    /// Removes what the query finds.
    Remove(Box<dyn Query>),
    /// Removes everything.
    Clear,
    /// Merges small segments and frees what nobody reads.
    Merge,
}

struct Request {
    change: Change,
    done: oneshot::Sender<Result<(), IndexError>>,
}

pub(super) struct Writer {
    requests: mpsc::Sender<Request>,
}

impl Writer {
    pub(super) fn start(index: Index, reader: IndexReader) -> Result<Self, IndexError> {
        let (requests, waiting) = mpsc::channel();
        let work = move || Work { index, reader, writer: None }.run(&waiting);
        thread::Builder::new().name("text-index".to_owned()).spawn(work).map_err(failure)?;
        Ok(Self { requests })
    }

    /// Returns when the change is durable and visible.
    pub(super) async fn apply(&self, change: Change) -> Result<(), IndexError> {
        let (done, answer) = oneshot::channel();
        self.requests.send(Request { change, done }).map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

struct Work {
    index: Index,
    reader: IndexReader,
    /// Opened by the first change: a process that only reads takes no lock.
    writer: Option<IndexWriter>,
}

impl Work {
    fn run(mut self, waiting: &mpsc::Receiver<Request>) {
        while let Ok(first) = waiting.recv() {
            let (mut rows, mut batch) = (weight(&first.change), vec![first]);
            while rows < MOST_ROWS
                && let Ok(next) = waiting.try_recv()
            {
                rows += weight(&next.change);
                batch.push(next);
            }
            let (changes, answers): (Vec<_>, Vec<_>) =
                batch.into_iter().map(|request| (request.change, request.done)).unzip();
            let outcome = self.commit(changes);
            if outcome.is_err() {
                // What a failed commit left in the writer is not wanted by the next one.
                self.writer = None;
            }
            for answer in answers {
                // Whoever asked may have gone.
                let _ = answer.send(match &outcome {
                    Ok(()) => Ok(()),
                    Err(IndexError::StorageFull) => Err(IndexError::StorageFull),
                    Err(IndexError::Engine(message)) => Err(IndexError::Engine(message.clone())),
                });
            }
        }
    }

    fn commit(&mut self, changes: Vec<Change>) -> Result<(), IndexError> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => self.writer.insert(open(&self.index)?),
        };
        let mut merge = false;
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
                Change::Merge => merge = true,
            }
        }
        writer.commit().map_err(failure)?;
        if merge {
            self.merge()?;
        }
        self.reader.reload().map_err(failure)
    }

    /// Merges what is committed into one segment, and frees what nobody reads.
    fn merge(&mut self) -> Result<(), IndexError> {
        // A commit lets the policy begin merges of its own. They end first: of two that take the same segment, the later one
        // fails. Only a writer that is given up can be waited for.
        if let Some(writer) = self.writer.take() {
            writer.wait_merging_threads().map_err(failure)?;
        }
        let writer = self.writer.insert(open(&self.index)?);
        let segments = self.index.searchable_segment_ids().map_err(failure)?;
        if segments.len() > 1 {
            writer.merge(&segments).wait().map_err(failure)?;
        }
        writer.garbage_collect_files().wait().map_err(failure)?;
        Ok(())
    }
}

fn open(index: &Index) -> Result<IndexWriter, IndexError> {
    open_waiting(index, thread::sleep)
}

/// Opens the writer, with some patience: the lock of a file stays with the processes that were forked while it was held, until
/// they run a program of their own, so that it may be held for a moment after its writer was given up.
fn open_waiting(index: &Index, mut wait: impl FnMut(Duration)) -> Result<IndexWriter, IndexError> {
    let mut pauses = PAUSES.into_iter();
    let writer: IndexWriter = loop {
        match index.writer_with_num_threads(1, HEAP) {
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
    let mut policy = LogMergePolicy::default();
    // Documents change often: rows that were replaced must not pile up in big segments.
    policy.set_del_docs_ratio_before_merge(0.25);
    writer.set_merge_policy(Box::new(policy));
    Ok(writer)
}

fn weight(change: &Change) -> usize {
    match change {
        Change::Put(revisions) => revisions.iter().map(|revision| revision.rows.len()).sum(),
        Change::Remove(_) | Change::Clear | Change::Merge => 1,
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
