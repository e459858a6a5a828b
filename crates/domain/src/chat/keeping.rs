//! The end of an answer: it is written into its conversation, also where its making failed.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use hammock_contract::{
    ApiError, ErrorCode,
    chat::{AnswerKind, Citation, Message, MessageState, Step},
    stream::StreamEvent,
};
use hammock_store::{Scope, StoreError, messages, runs, visitor_identities};

use super::{
    journal::JournalError,
    making::{Making, Written, finished},
    so_far::SoFar,
};
use crate::error::{internal, storage_full};

/// How long is waited before an end that could not be stored is stored again, each time. Together less than a server that
/// stops waits for its answers.
const WAITS: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(400), Duration::from_secs(1)];

impl Making {
    /// Writes the finished answer into the conversation. A database that fails is tried again for a moment: until the end is
    /// stored, the conversation takes no other question.
    pub(super) async fn keep(&self, message: &Message) -> Result<(), StoreError> {
        let mut tries = 0;
        loop {
            let Err(error) = self.keep_once(message).await else { return Ok(()) };
            let Some(wait) = again_after(&error, tries) else { return Err(error) };
            tracing::warn!(%error, run = %self.run, "the end of an answer could not be stored; trying again");
            tokio::time::sleep(wait).await;
            tries += 1;
        }
    }

    /// A visitor who has signed in since they asked is another one by now, whose the conversation is.
    async fn keep_once(&self, message: &Message) -> Result<(), StoreError> {
        match self.keep_as(&self.scope, message).await {
            Err(StoreError::NotFound) if self.scope.is_visitor() => {
                let db = self.hammock.store().read();
                let asker = visitor_identities::asker(&self.scope, db, &self.run).await?;
                self.keep_as(&asker, message).await
            }
            kept => kept,
        }
    }

    async fn keep_as(&self, scope: &Scope, message: &Message) -> Result<(), StoreError> {
        let now = self.hammock.now();
        let tx = self.hammock.store().begin().await?;
        messages::update(scope, &tx, &message.id, super::update_of(message)).await?;
        runs::finish(scope, &tx, &self.run, message.state, now).await?;
        tx.commit().await
    }

    /// Ends an answer whose events the database takes no more.
    pub(super) async fn give_up(&self, error: JournalError) {
        let error = match error {
            JournalError::StorageFull => storage_full(),
            JournalError::Failed => ApiError::new(ErrorCode::Internal, "the answer could not be stored; ask again"),
        };
        self.fail(error).await;
    }

    /// Ends an answer whose making panicked.
    pub(super) async fn break_down(&mut self) {
        // What is on its way into the database comes there or does not, and nothing comes after the end.
        self.live.break_off();
        while let Some(first) = self.storing.pop_front() {
            let _ = first.stored().await;
        }
        self.fail(internal("the making of an answer panicked")).await;
    }

    /// Keeps what readers were sent as an answer that failed, and tells them. Where not even that can be stored, the run stays
    /// open until [`crate::Hammock::close_interrupted`] finds that nobody makes it.
    async fn fail(&self, error: ApiError) {
        let SoFar { text, citations, steps, .. } = SoFar::of_live(&self.live);
        let failed = |text: String, citations: Vec<Citation>, steps: Vec<Step>| {
            let (state, kind) = (MessageState::Failed, AnswerKind::Model);
            finished(self, Written { text, state, kind, error: Some(error.clone()) }, citations, steps)
        };
        // It may be the text that something panicked at.
        let message = catch_unwind(AssertUnwindSafe(|| failed(text, citations, steps)))
            .unwrap_or_else(|_| failed(String::new(), Vec::new(), Vec::new()));
        if let Err(error) = self.keep(&message).await {
            tracing::error!(%error, run = %self.run, "a failed answer could not be marked");
        }
        self.live.publish(Arc::new(StreamEvent::Done { message: Box::new(message) }));
    }
}

/// How long to wait before an end is stored again that could not be stored so many times before, where that may help.
fn again_after(error: &StoreError, tries: usize) -> Option<Duration> {
    match error {
        // It has ended otherwise, or is not there any more.
        StoreError::NotFound => None,
        _ => WAITS.get(tries).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_fails_is_tried_again_a_few_times_and_an_end_that_there_is_is_not() {
        let failed = StoreError::Database("disk I/O error".to_owned());
        let waits: Vec<_> = (0..=WAITS.len()).map(|tries| again_after(&failed, tries)).collect();
        assert_eq!(waits.iter().flatten().copied().collect::<Vec<_>>(), WAITS);
        assert_eq!(waits.last(), Some(&None));
        assert_eq!(again_after(&StoreError::Busy, 0), Some(WAITS[0]));
        assert_eq!(again_after(&StoreError::NotFound, 0), None);
    }
}
