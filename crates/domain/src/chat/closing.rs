//! Answers that nobody makes any more are closed: those of replicas that went down, and those of this one whose end could not
//! be stored, or whose making never began. Until then their conversations take no other question.

use hammock_contract::{
    chat::{AnswerKind, MessageState},
    stream::StreamEvent,
};
use hammock_store::{
    Scope, StoreError,
    messages::{self, MessageUpdate},
    runs::{self, RunRow},
    stream_events,
};

use super::{message_of, passages, so_far::SoFar, support, update_of};
use crate::{Hammock, Result, error::from_store, presence::GONE_AFTER, render::Sources};

impl Hammock {
    /// Closes the answers that nobody makes any more. One whose end is among its events becomes what it was by then; of any
    /// other the partial text is kept, and marked. One that cannot be closed is written to the log and keeps neither the others nor
    /// the server from going on.
    pub(crate) async fn close_interrupted(&self) -> Result<()> {
        let (since, own) = (self.now().plus_millis(-GONE_AFTER), self.0.presence.replica());
        let open = runs::list_orphaned(self.store().read(), since, own).await.map_err(from_store)?;
        for run in open.into_iter().filter(|run| self.0.live.find(&run.id).is_none()) {
            if let Err(error) = self.close_run(&run).await {
                tracing::error!(%error, run = %run.id, "an answer that nobody makes any more could not be closed");
            }
        }
        Ok(())
    }

    async fn close_run(&self, run: &RunRow) -> Result<()> {
        let scope = Scope::for_run(run);
        let events = stream_events::list_after(&scope, self.store().read(), &run.id, 0).await.map_err(from_store)?;
        let last = events.last().map_or(0, |(sequence, _)| *sequence);
        let mut so_far = SoFar::of_stored(&events);
        let told = so_far.done.take();
        let update = told.as_ref().map_or_else(|| interrupted(so_far), update_of);
        let state = update.state;
        let tx = self.store().begin().await.map_err(from_store)?;
        match runs::finish(&scope, &tx, &run.id, state, self.now()).await {
            Ok(()) => {}
            // It came to its end at this moment, or another replica was quicker.
            Err(StoreError::NotFound) => return Ok(()),
            Err(error) => return Err(from_store(error)),
        }
        // Its conversation may have been deleted meanwhile, so it is not looked for again.
        let message = messages::update(&scope, &tx, &run.message_id, update).await.map_err(from_store)?;
        if told.is_none() {
            let done = StreamEvent::Done { message: Box::new(message_of(message)) };
            let row = stream_events::EventRow { run_id: run.id.clone(), sequence: last + 1, payload: done };
            stream_events::append(&tx, vec![row]).await.map_err(from_store)?;
        }
        tx.commit().await.map_err(from_store)?;
        tracing::warn!(run = %run.id, ?state, "an answer that nobody makes any more was closed; what it said is kept");
        Ok(())
    }
}

/// What an answer becomes that was cut off: as one that came to its end, with the sources that it refers to.
fn interrupted(so_far: SoFar) -> MessageUpdate {
    let SoFar { text, citations, steps, .. } = so_far;
    let sources = Sources::of(&citations);
    let checked = hammock_retrieval::citations::check(&text, |number| sources.has(number));
    let unsupported = support::unsupported(&checked, &citations, MessageState::Interrupted);
    let citations = passages::cited(citations, &checked);
    MessageUpdate {
        text: checked.text,
        state: MessageState::Interrupted,
        answer_kind: AnswerKind::default(),
        citations,
        unsupported,
        steps,
        error: None,
    }
}
