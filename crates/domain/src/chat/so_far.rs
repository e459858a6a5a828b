//! What an answer says so far, for whoever opens its conversation while it is being made.

use hammock_contract::{
    chat::{Citation, Message, MessageState, Step},
    stream::StreamEvent,
};
use hammock_store::{Scope, messages::MessageRow, stream_events};

use super::message_of;
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
        let mut so_far = SoFar::default();
        match self.0.live.find(&run) {
            Some(live) => {
                let mut sequence = 1;
                while let Some(event) = live.event(sequence) {
                    so_far.take(&event);
                    sequence += 1;
                }
            }
            // Another replica makes it, or it has ended a moment ago.
            None => {
                let events =
                    stream_events::list_after(scope, self.store().read(), &run, 0).await.map_err(from_store)?;
                for (_, event) in &events {
                    so_far.take(event);
                }
            }
        }
        Ok(so_far.message(row))
    }
}

/// What the events add up to.
#[derive(Default)]
pub(super) struct SoFar {
    pub(super) text: String,
    pub(super) citations: Vec<Citation>,
    pub(super) steps: Vec<Step>,
    done: Option<Message>,
}

impl SoFar {
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
