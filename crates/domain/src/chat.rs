//! Questions and answers: a question is stored, a run makes the answer, its events stream to whoever reads.

mod asking;
mod attached;
mod changes;
mod closing;
mod draft;
mod examples;
mod explained;
mod following;
mod greeting;
mod hidden;
mod journal;
mod keeping;
mod live;
mod making;
mod models;
mod neighbours;
mod numbering;
mod passages;
mod past;
mod prompt;
mod so_far;
mod support;
mod titling;
mod unknown;
mod words;
mod writing;

use std::{collections::VecDeque, panic::AssertUnwindSafe, pin::Pin, sync::Arc, time::Duration};

use futures::{FutureExt, Stream, StreamExt as _};
use hammock_contract::{
    ApiError, ErrorCode, RunId,
    chat::{ChatRequest, Message},
    locale::Locale,
    stream::{EventId, StreamEvent},
};
use hammock_store::{Scope, StoreError, messages, runs};
use tracing::Instrument as _;

pub(crate) use asking::check_idle;
pub use changes::ChangeStream;
pub(crate) use changes::Changes;
pub(crate) use explained::Tried;
pub(crate) use hidden::Reader;
pub use journal::Journal;
pub use live::LiveRuns;
pub use models::{ModelFactory, ProviderAccount};

use crate::{
    Hammock, Result,
    error::from_store,
    render::{self, Sources},
    validate,
};
use asking::checked_question;
use following::{follow_live, follow_stored};
use making::Making;

/// The events of an answer with their ids; ends after [`StreamEvent::Done`].
pub type EventStream = Pin<Box<dyn Stream<Item = (EventId, Arc<StreamEvent>)> + Send>>;

/// An answer that is being made, or was.
pub struct Answer {
    /// The run.
    pub run: RunId,
    /// Its events.
    pub events: EventStream,
}

impl Hammock {
    /// Stores a question and begins its answer, at the end of the conversation or in place of a message of it. Asked again with
    /// the same idempotency key, the first answer is resumed.
    ///
    /// # Errors
    /// `invalid_field`, `not_found`, `answer_running`, `busy` while a file is being read, `storage_full`.
    pub async fn start_answer(&self, scope: &Scope, request: ChatRequest, locale: Locale) -> Result<Answer> {
        let user = scope.require_user().map_err(from_store)?.clone();
        if self.0.live.is_closed() {
            return Err(ApiError::new(ErrorCode::Unavailable, "the server is being restarted; ask again in a moment"));
        }
        // An answer that is made again has its question already.
        if request.replaces.is_none() {
            checked_question(&request.text)?;
        }
        if let Some(run) = self.known_run(scope, request.idempotency_key.as_deref()).await? {
            return self.resume_answer(scope, &run, 0).await;
        }
        let tx = self.store().begin().await.map_err(from_store)?;
        let begun = self.store_question(scope, &tx, request).await?;
        // Before anybody can see the run: one of this replica that is not among the live ones is nobody's any more.
        let (live, guard) = self.0.live.begin(begun.run.clone());
        tx.commit().await.map_err(from_store)?;
        let mut question = begun.question;
        if begun.continues {
            let mut asked = begun.history.iter().rev().filter(|turn| !turn.by_assistant);
            // Gone on with twice, what went on the first time is no question.
            if let Some(before) = asked.find(|turn| turn.text != question).map(|turn| turn.text.clone()) {
                question = before;
            }
        }

        let mut making = Making {
            hammock: self.clone(),
            scope: scope.clone(),
            run: begun.run.clone(),
            conversation: begun.conversation,
            asked_in: begun.asked_in,
            answer: begun.answer,
            settings: begun.settings,
            question,
            continues: begun.continues,
            history: begun.history,
            locale,
            live: live.clone(),
            created_at: begun.now,
            began: tokio::time::Instant::now(),
            unusable: None,
            usage: None,
            sequence: 0,
            storing: VecDeque::new(),
            awaits_title: begun.awaits_title,
        };
        self.0.changes.tell(scope, &making.conversation);
        tracing::debug!(run = %begun.run, %user, "an answer begins");
        // Inside the span of the request: what goes wrong with the answer is found by the request's id.
        let span = tracing::info_span!("answer", run = %begun.run);
        let made = async move {
            let made = FutureExt::catch_unwind(AssertUnwindSafe(making.run(begun.started))).await;
            let said = match made {
                Ok(said) => said,
                Err(_) => {
                    making.break_down().await;
                    None
                }
            };
            drop(guard);
            // The answer has ended for everybody by now.
            if let Some(said) = said {
                making.titling(said).run().await;
            }
        };
        tokio::spawn(made.instrument(span));
        Ok(Answer { run: begun.run.clone(), events: follow_live(begun.run, live, 0) })
    }

    /// The run of a question that was asked before with the same idempotency key.
    ///
    /// # Errors
    /// `invalid_field` for a key that is none.
    pub(crate) async fn known_run(&self, scope: &Scope, key: Option<&str>) -> Result<Option<RunId>> {
        let Some(key) = key else { return Ok(None) };
        validate::line("idempotency_key", key, 1, 100)?;
        let known = runs::find_by_key(scope, self.store().read(), key).await.map_err(from_store)?;
        Ok(known.map(|run| run.id))
    }

    /// The events of a run after a sequence number, then live ones, until it ends.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn resume_answer(&self, scope: &Scope, run: &RunId, after: u64) -> Result<Answer> {
        runs::find(scope, self.store().read(), run).await.map_err(from_store)?;
        let reader = self.reader(scope).await?;
        let events: EventStream = match self.0.live.find(run) {
            Some(live) => {
                let events = follow_live(run.clone(), live, after);
                Box::pin(events.map(move |(id, event)| (id, reader.shown(event))))
            }
            None => follow_stored(self.clone(), scope.clone(), run.clone(), after),
        };
        Ok(Answer { run: run.clone(), events })
    }

    /// Ends the making of an answer; what was said stays. An answer that ended already stays as it is.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn stop_answer(&self, scope: &Scope, run: &RunId) -> Result<()> {
        let row = runs::find(scope, self.store().read(), run).await.map_err(from_store)?;
        match self.0.live.find(run) {
            Some(live) => live.stop.cancel(),
            None if row.finished_at.is_some() => {}
            // Another replica makes it, and looks for this.
            None => {
                let tx = self.store().begin().await.map_err(from_store)?;
                match runs::request_stop(scope, &tx, run).await {
                    // It ended at this moment.
                    Ok(()) | Err(StoreError::NotFound) => tx.commit().await.map_err(from_store)?,
                    Err(error) => return Err(from_store(error)),
                }
            }
        }
        Ok(())
    }

    /// Waits for the answers that are being made, and begins no more; those that take longer than `patience` are
    /// interrupted, and keep what they have.
    pub async fn drain(&self, patience: Duration) {
        self.0.live.close();
        self.0.changes.close();
        let going_on = self.0.live.count();
        if going_on > 0 {
            tracing::info!(answers = going_on, "waiting for answers that are being made");
        }
        if tokio::time::timeout(patience, self.0.live.all_ended()).await.is_err() {
            self.0.live.interrupt_all();
            let _ = tokio::time::timeout(Duration::from_secs(5), self.0.live.all_ended()).await;
        }
    }
}

/// A stored message as people see it.
pub(crate) fn message_of(row: messages::MessageRow) -> Message {
    Message {
        id: row.id,
        author: row.author,
        blocks: render::judged_blocks(&row.text, &Sources::of(&row.citations), &row.unsupported),
        text: row.text,
        state: row.state,
        answer_kind: row.answer_kind,
        citations: row.citations,
        unsupported: row.unsupported,
        steps: row.steps,
        error: row.error,
        run: row.run_id,
        rating: row.rating,
        created_at: row.created_at,
        siblings: None,
        assistant: None,
        // They are rows of their own, which whoever reads the conversation adds.
        attachments: Vec::new(),
    }
}

/// What is stored of a finished message.
fn update_of(message: &Message) -> messages::MessageUpdate {
    messages::MessageUpdate {
        text: message.text.clone(),
        state: message.state,
        answer_kind: message.answer_kind,
        citations: message.citations.clone(),
        unsupported: message.unsupported.clone(),
        steps: message.steps.clone(),
        error: message.error.clone(),
    }
}
