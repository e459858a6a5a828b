//! What becomes of answers, counted where their events go by.

use std::{
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use futures::{Stream, StreamExt as _, stream};
use hammock_contract::{
    Timestamp,
    stream::{EventId, StreamEvent},
};
use hammock_domain::{Clock as _, EventStream, SystemClock};
use serde::Serialize;
use tokio::runtime::Handle;

/// Answers that came to an end, by their kind and how they ended.
const FINISHED: &str = "hammock_answers_finished_total";
/// Connections over which an answer streams at this moment.
pub const STREAMS_OPEN: &str = "hammock_answer_streams_open";
/// From the question to the first text of its answer.
pub const FIRST_TEXT: &str = "hammock_answer_first_text_seconds";

/// A question that was put a moment ago.
#[derive(Debug)]
pub struct Asked {
    at: Timestamp,
    begun: Instant,
    has_text: bool,
}

impl Asked {
    /// One that is about to be put.
    pub fn now() -> Self {
        Self { at: SystemClock.now(), begun: Instant::now(), has_text: false }
    }
}

/// The events of an answer on their way to a reader. The answer itself is counted by the reader who asked, once, also
/// where the reader goes away before its end.
pub struct Watched {
    events: EventStream,
    /// What is still to be counted.
    asked: Option<Asked>,
}

impl Watched {
    /// Watches `events`; `asked` when they are those of a question that was put just now.
    pub fn new(events: EventStream, asked: Option<Asked>) -> Self {
        ::metrics::gauge!(STREAMS_OPEN).increment(1.0);
        Self { events, asked }
    }
}

impl Stream for Watched {
    type Item = (EventId, Arc<StreamEvent>);

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let next = this.events.poll_next_unpin(context);
        if let Poll::Ready(Some((_, event))) = &next {
            note(&mut this.asked, event);
        }
        next
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        ::metrics::gauge!(STREAMS_OPEN).decrement(1.0);
        let mut asked = self.asked.take();
        // The answer goes on without its reader. There is no runtime any more where the process ends.
        if asked.is_some()
            && let Ok(runtime) = Handle::try_current()
        {
            let mut events = mem::replace(&mut self.events, Box::pin(stream::empty()));
            runtime.spawn(async move {
                while asked.is_some()
                    && let Some((_, event)) = events.next().await
                {
                    note(&mut asked, &event);
                }
            });
        }
    }
}

/// Counts what an event tells; nothing is left to count after the last one.
fn note(waiting: &mut Option<Asked>, event: &StreamEvent) {
    let Some(asked) = waiting else { return };
    match event {
        // The same question sent again: its answer was begun, and is counted, by the first one.
        StreamEvent::Started { question, .. } if question.created_at < asked.at => *waiting = None,
        StreamEvent::Delta { .. } if !asked.has_text => {
            asked.has_text = true;
            ::metrics::histogram!(FIRST_TEXT).record(asked.begun.elapsed().as_secs_f64());
        }
        StreamEvent::Done { message } => {
            let (kind, outcome) = (word(message.answer_kind), word(message.state));
            ::metrics::counter!(FINISHED, "kind" => kind, "outcome" => outcome).increment(1);
            *waiting = None;
        }
        _ => {}
    }
}

/// A value as the API writes it.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{
        ConversationId, MessageId, RunId,
        chat::{AnswerKind, Author, Message, MessageState},
    };
    use tokio::sync::mpsc;
    use tokio_stream::wrappers::ReceiverStream;

    use super::{super::value, *};

    const SERIES: &str = "hammock_answers_finished_total{kind=\"greeting\",outcome=\"stopped\"}";

    fn message(created_at: Timestamp) -> Box<Message> {
        Box::new(Message {
            id: MessageId::fixed("some"),
            author: Author::Assistant,
            text: String::new(),
            blocks: Vec::new(),
            state: MessageState::Stopped,
            answer_kind: AnswerKind::Greeting,
            citations: Vec::new(),
            unsupported: Vec::new(),
            steps: Vec::new(),
            error: None,
            run: None,
            rating: None,
            created_at,
            siblings: None,
            assistant: None,
            attachments: Vec::new(),
        })
    }

    /// The events of an answer whose question was stored at a moment.
    fn events(at: Timestamp) -> Vec<(EventId, Arc<StreamEvent>)> {
        let run = RunId::fixed("some");
        let started = StreamEvent::Started {
            conversation: ConversationId::fixed("some"),
            title: String::new(),
            run: run.clone(),
            question: message(at),
            answer: MessageId::fixed("some"),
        };
        let delta = || StreamEvent::Delta { text: String::new(), block: 0, html: String::new() };
        let all = [started, delta(), delta(), StreamEvent::Done { message: message(at) }];
        (1_u64..).zip(all).map(|(sequence, event)| (EventId { run: run.clone(), sequence }, Arc::new(event))).collect()
    }

    fn is(series: &str, wanted: f64) {
        let found = value(series);
        assert!((found - wanted).abs() < 0.5, "{series}: {found} instead of {wanted}");
    }

    #[tokio::test]
    async fn an_answer_is_counted_once_also_when_its_reader_goes_away() {
        let texts = format!("{FIRST_TEXT}_count");
        is(SERIES, 0.0);
        let asked = Asked::now();
        let at = SystemClock.now();
        let whole = Watched::new(Box::pin(stream::iter(events(at))), Some(asked));
        is(STREAMS_OPEN, 1.0);
        assert_eq!(whole.count().await, 4);
        is(SERIES, 1.0);
        is(&texts, 1.0);

        // Whoever reads along counts nothing, nor does the same question sent again.
        let long_ago = Timestamp::from_millis(1);
        for (at, asked) in [(at, None), (long_ago, Some(Asked::now()))] {
            assert_eq!(Watched::new(Box::pin(stream::iter(events(at))), asked).count().await, 4);
        }
        is(SERIES, 1.0);
        is(&texts, 1.0);

        let (sender, receiver) = mpsc::channel(1);
        let mut left = Watched::new(Box::pin(ReceiverStream::new(receiver)), Some(Asked::now()));
        let mut coming = events(SystemClock.now()).into_iter();
        sender.send(coming.next().unwrap()).await.unwrap();
        assert!(left.next().await.is_some());
        drop(left);
        is(STREAMS_OPEN, 0.0);
        for event in coming {
            sender.send(event).await.unwrap();
        }
        // Nobody listens any more once the end was counted.
        sender.closed().await;
        is(SERIES, 2.0);
        is(&texts, 2.0);
    }
}
