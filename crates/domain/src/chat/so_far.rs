//! What an answer says so far, for whoever opens its conversation while it is being made.

use hammock_contract::{
    chat::{Citation, Message, MessageState, Step},
    stream::StreamEvent,
};
use hammock_store::{Scope, messages::MessageRow, stream_events};

use super::{live::LiveRun, message_of};
use crate::{Hammock, Result, error::from_store};

impl Hammock {
    /// A stored message as people see it; an answer that is being made with everything that its readers have been sent. Until
    /// it has ended, only its events hold that.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn message_so_far(&self, scope: &Scope, row: MessageRow) -> Result<Message> {
        let Some(run) = row.run_id.clone().filter(|_| row.state == MessageState::Streaming) else {
            return Ok(message_of(row));
        };
        let so_far = match self.0.live.find(&run) {
            Some(live) => SoFar::of_live(&live),
            // Another replica makes it, or it has ended a moment ago.
            None => {
                let events =
                    stream_events::list_after(scope, self.store().read(), &run, 0).await.map_err(from_store)?;
                SoFar::of_stored(&events)
            }
        };
        Ok(so_far.message(row))
    }
}

/// What the events add up to.
#[derive(Default)]
pub(super) struct SoFar {
    pub(super) text: String,
    pub(super) citations: Vec<Citation>,
    pub(super) steps: Vec<Step>,
    /// The whole message, where its end is among the events.
    pub(super) done: Option<Message>,
}

impl SoFar {
    /// Of an answer that is made here: what its readers were sent.
    pub(super) fn of_live(live: &LiveRun) -> Self {
        let mut so_far = Self::default();
        let mut sequence = 1;
        while let Some(event) = live.event(sequence) {
            so_far.take(&event);
            sequence += 1;
        }
        so_far
    }

    /// Of an answer whose events were read from the database.
    pub(super) fn of_stored(events: &[(u64, StreamEvent)]) -> Self {
        let mut so_far = Self::default();
        for (_, event) in events {
            so_far.take(event);
        }
        so_far
    }

    pub(super) fn take(&mut self, event: &StreamEvent) {
        match event {
            StreamEvent::Started { .. } => {}
            StreamEvent::Step { step } => self.steps.push(step.clone()),
            StreamEvent::Sources { citations } => self.citations.clone_from(citations),
            StreamEvent::Delta { text, .. } => self.text.push_str(text),
            StreamEvent::Done { message } => self.done = Some((**message).clone()),
        }
    }

    fn message(self, row: MessageRow) -> Message {
        let Self { text, citations, steps, done } = self;
        done.unwrap_or_else(|| message_of(MessageRow { text, citations, steps, ..row }))
    }
}
