//! The threads that run the model, and their two queues: questions go first.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use super::model::SentenceModel;
use crate::embed::{EmbedError, Purpose};

/// Texts as token ids, each with its place in the caller's list.
pub(super) type Batch = Vec<(usize, Vec<u32>)>;

/// Vectors, each with its place in the caller's list.
pub(super) type Embedded = Vec<(usize, Vec<f32>)>;

struct Job {
    batch: Batch,
    reply: oneshot::Sender<Result<Embedded, EmbedError>>,
}

#[derive(Default)]
struct Queues {
    queries: VecDeque<Job>,
    passages: VecDeque<Job>,
    closed: bool,
}

struct Shared {
    queues: Mutex<Queues>,
    /// Wakes the worker that serves questions alone.
    query_waits: Condvar,
    /// Wakes the others.
    job_waits: Condvar,
}

/// The running workers. They end when this is dropped, after the batch at hand.
pub(super) struct Workers {
    shared: Arc<Shared>,
}

impl Workers {
    pub(super) fn start(model: Arc<SentenceModel>, passage_workers: usize) -> Result<Self, EmbedError> {
        let shared = Arc::new(Shared {
            queues: Mutex::new(Queues::default()),
            query_waits: Condvar::new(),
            job_waits: Condvar::new(),
        });
        for number in 0..=passage_workers {
            let only_queries = number == 0;
            let name = if only_queries { "embed-query".to_owned() } else { format!("embed-{number}") };
            let (model, shared) = (Arc::clone(&model), Arc::clone(&shared));
            std::thread::Builder::new()
                .name(name)
                .spawn(move || run(&model, &shared, only_queries))
                .map_err(|error| EmbedError::Load(format!("no thread for the model: {error}")))?;
        }
        Ok(Self { shared })
    }

    /// Queues a batch. The receiver yields its vectors; dropping it takes the batch out of the queue.
    pub(super) fn submit(&self, batch: Batch, purpose: Purpose) -> oneshot::Receiver<Result<Embedded, EmbedError>> {
        let (reply, receiver) = oneshot::channel();
        let job = Job { batch, reply };
        let mut queues = self.shared.queues.lock();
        match purpose {
            Purpose::Query => {
                queues.queries.push_back(job);
                self.shared.query_waits.notify_one();
            }
            Purpose::Passage => queues.passages.push_back(job),
        }
        self.shared.job_waits.notify_one();
        receiver
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.queues.lock().closed = true;
        self.shared.query_waits.notify_all();
        self.shared.job_waits.notify_all();
    }
}

fn run(model: &SentenceModel, shared: &Shared, only_queries: bool) {
    while let Some(job) = next(shared, only_queries) {
        if job.reply.is_closed() {
            continue;
        }
        // A panic in a kernel must fail one batch, not take the worker away from all later ones.
        let result = catch_unwind(AssertUnwindSafe(|| model.embed(&job.batch)))
            .unwrap_or_else(|_| Err(EmbedError::Failed("the model panicked".to_owned())));
        // The caller may have gone; nothing is lost then.
        let _ = job.reply.send(result);
    }
}

fn next(shared: &Shared, only_queries: bool) -> Option<Job> {
    let mut queues = shared.queues.lock();
    loop {
        if queues.closed {
            return None;
        }
        if let Some(job) = queues.queries.pop_front() {
            return Some(job);
        }
        if only_queries {
            shared.query_waits.wait(&mut queues);
        } else {
            if let Some(job) = queues.passages.pop_front() {
                return Some(job);
            }
            shared.job_waits.wait(&mut queues);
        }
    }
}
