//! The events of an answer, for whoever reads along or comes back.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use futures::stream;
use hammock_contract::{
    RunId,
    stream::{EventId, StreamEvent},
};
use hammock_store::{Scope, messages, runs, stream_events};

use super::{EventStream, live::LiveRun, message_of};
use crate::{Hammock, Result, error::from_store};

/// How often a run that another replica makes is looked at.
const FOLLOW_ELSEWHERE: Duration = Duration::from_millis(250);

/// Follows a run of this process.
pub(super) fn follow_live(run: RunId, live: Arc<LiveRun>, after: u64) -> EventStream {
    let progress = live.progress();
    let next = usize::try_from(after).unwrap_or(usize::MAX).saturating_add(1);
    Box::pin(stream::unfold((run, live, progress, next), |(run, live, mut progress, next)| async move {
        loop {
            if let Some(event) = live.event(next) {
                let id = EventId { run: run.clone(), sequence: u64::try_from(next).unwrap_or(u64::MAX) };
                return Some(((id, event), (run, live, progress, next + 1)));
            }
            if progress.borrow_and_update().ended && live.event(next).is_none() {
                return None;
            }
            progress.changed().await.ok()?;
        }
    }))
}

/// Follows a run that has ended, or that another replica makes, in the database.
pub(super) fn follow_stored(hammock: Hammock, scope: Scope, run: RunId, after: u64) -> EventStream {
    let pending: VecDeque<(u64, StreamEvent)> = VecDeque::new();
    Box::pin(stream::unfold(
        (hammock, scope, run, after, pending, false),
        |(hammock, scope, run, mut last, mut pending, ended)| async move {
            if ended {
                return None;
            }
            loop {
                if let Some((sequence, event)) = pending.pop_front() {
                    last = sequence;
                    let ended = matches!(event, StreamEvent::Done { .. });
                    let id = EventId { run: run.clone(), sequence };
                    return Some(((id, Arc::new(event)), (hammock, scope, run, last, pending, ended)));
                }
                // Asked before the events, so that the last ones are not missed.
                let found = runs::find(&scope, hammock.store().read(), &run).await.ok()?;
                pending = stream_events::list_after(&scope, hammock.store().read(), &run, last).await.ok()?.into();
                if !pending.is_empty() {
                    // Stored when the collections that it cites could be seen, which may be long ago.
                    let reader = hammock.reader(&scope).await.ok()?;
                    pending.iter_mut().for_each(|(_, event)| reader.hide_in_event(event));
                    continue;
                }
                if found.finished_at.is_none() {
                    tokio::time::sleep(FOLLOW_ELSEWHERE).await;
                    continue;
                }
                let mut end = missing_end(&hammock, &scope, &found, last).await.ok()??;
                hammock.reader(&scope).await.ok()?.hide_in_event(&mut end);
                // Whoever asks may name any place.
                pending.push_back((last.saturating_add(1), end));
            }
        },
    ))
}

/// The end of a run that has ended, where it is not among the events: the server went down between storing the message and
/// storing that event, or the events were cleared away. `None` when the event at `last` is the end.
async fn missing_end(hammock: &Hammock, scope: &Scope, run: &runs::RunRow, last: u64) -> Result<Option<StreamEvent>> {
    let db = hammock.store().read();
    let seen = stream_events::list_after(scope, db, &run.id, last.saturating_sub(1)).await.map_err(from_store)?;
    if is_seen(&seen, last) {
        return Ok(None);
    }
    let message = messages::find(scope, db, &run.message_id).await.map_err(from_store)?;
    Ok(Some(StreamEvent::Done { message: Box::new(message_of(message)) }))
}

/// Whether the end is among the events up to `last`. One that was stored since these were asked for was not seen.
fn is_seen(stored: &[(u64, StreamEvent)], last: u64) -> bool {
    stored.iter().any(|(sequence, event)| *sequence <= last && matches!(event, StreamEvent::Done { .. }))
}

#[cfg(test)]
mod tests {
    use hammock_contract::{
        MessageId, Timestamp,
        chat::{AnswerKind, Author, Message, MessageState},
    };

    use super::*;

    #[test]
    fn an_end_that_was_stored_just_now_was_not_seen() {
        let message = Message {
            id: MessageId::new(),
            author: Author::Assistant,
            text: String::new(),
            blocks: Vec::new(),
            state: MessageState::Complete,
            answer_kind: AnswerKind::Model,
            citations: Vec::new(),
            unsupported: Vec::new(),
            steps: Vec::new(),
            error: None,
            run: None,
            rating: None,
            created_at: Timestamp::from_millis(0),
            siblings: None,
            assistant: None,
            attachments: Vec::new(),
        };
        let stored = [(7, StreamEvent::Done { message: Box::new(message) })];
        assert_eq!([6, 7].map(|last| is_seen(&stored, last)), [false, true]);
    }
}
