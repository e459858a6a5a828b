//! What visitors are told of an answer: its text and its sources. Not how it was made, what it cost, which model wrote it, and who
//! in the organisation had a part in it.

use std::sync::Arc;

use futures::{StreamExt as _, future};
use hammock_contract::{
    ApiError, ErrorKind,
    chat::{Citation, Conversation, Message},
    stream::StreamEvent,
};

use crate::chat::{Answer, EventStream};

/// The answer without what visitors are not told. Events keep their ids, so that a stream is resumed where it was lost.
pub(super) fn answer(answer: Answer) -> Answer {
    let Answer { run, events } = answer;
    let events: EventStream =
        Box::pin(events.filter_map(|(id, told)| future::ready(event(told).map(|told| (id, told)))));
    Answer { run, events }
}

/// `None` for what is no affair of a visitor.
fn event(told: Arc<StreamEvent>) -> Option<Arc<StreamEvent>> {
    match &*told {
        StreamEvent::Step { .. } => None,
        StreamEvent::Started { .. } | StreamEvent::Delta { .. } => Some(told),
        StreamEvent::Sources { citations } => {
            let citations = citations.iter().cloned().map(citation).collect();
            Some(Arc::new(StreamEvent::Sources { citations }))
        }
        StreamEvent::Done { message: whole } => {
            Some(Arc::new(StreamEvent::Done { message: Box::new(message(Message::clone(whole))) }))
        }
    }
}

/// The same of a conversation.
pub(super) fn conversation(conversation: Conversation) -> Conversation {
    let Conversation { summary, messages, earlier } = conversation;
    Conversation { summary, messages: messages.into_iter().map(message).collect(), earlier }
}

fn message(told: Message) -> Message {
    Message {
        citations: told.citations.into_iter().map(citation).collect(),
        steps: Vec::new(),
        error: told.error.map(|error| failure(&error)),
        ..told
    }
}

fn citation(told: Citation) -> Citation {
    // Who has worked on the passage.
    Citation { edited: None, ..told }
}

/// The code alone: what a provider says for itself is for those who can do something about it.
fn failure(error: &ApiError) -> ApiError {
    let message = match error.kind {
        ErrorKind::Upstream | ErrorKind::Internal => "the answer could not be made as it should; ask again in a moment",
        _ => "the answer could not be made; ask again",
    };
    ApiError::new(error.code, message)
}

#[cfg(test)]
mod tests {
    use hammock_contract::{
        ChunkId, CollectionId, DocumentId, ErrorCode, MessageId, RunId, Timestamp,
        chat::{AnswerKind, Author, MessageState, Step},
        document::ChunkEdited,
    };

    use super::*;

    fn whole() -> Message {
        let step = Step { kind: "model".into(), detail: "secret-model wrote".into(), took_ms: 1, topics: Vec::new() };
        let edited = ChunkEdited { by: Some("secret Ada".into()), at: Timestamp::from_millis(0) };
        let source = Citation {
            number: 1,
            document: DocumentId::fixed("some"),
            collection: CollectionId::fixed("some"),
            chunk: ChunkId::fixed("some"),
            further_chunks: Vec::new(),
            revision: 1,
            title: "Returns".into(),
            headings: Vec::new(),
            url: Some("https://example.org/returns".into()),
            place: None,
            start: 0,
            end: 9,
            marks: Vec::new(),
            quote: "thirty days".into(),
            edited: Some(edited),
            table: None,
            cited: true,
            hidden: false,
        };
        Message {
            id: MessageId::fixed("some"),
            author: Author::Assistant,
            text: "Thirty days [1].".into(),
            blocks: vec!["<p>Thirty days</p>".into()],
            state: MessageState::Complete,
            answer_kind: AnswerKind::Fallback,
            citations: vec![source],
            unsupported: Vec::new(),
            steps: vec![step],
            error: Some(ApiError::new(ErrorCode::ProviderFailed, "secret words").with("reason", "secret reason")),
            run: Some(RunId::fixed("some")),
            rating: None,
            created_at: Timestamp::from_millis(0),
            siblings: None,
            assistant: None,
            attachments: Vec::new(),
        }
    }

    #[test]
    fn visitors_read_the_answer_and_its_sources_alone() {
        let citations = whole().citations;
        let step = whole().steps.remove(0);
        assert_eq!(event(Arc::new(StreamEvent::Step { step })), None);
        let told = [StreamEvent::Sources { citations }, StreamEvent::Done { message: Box::new(whole()) }];
        for told in told {
            let told = event(Arc::new(told)).unwrap();
            let json = serde_json::to_string(&*told).unwrap();
            assert!(!json.contains("secret"), "{json}");
            for kept in ["thirty days", "Returns", "https://example.org/returns"] {
                assert!(json.contains(kept), "{kept}: {json}");
            }
        }
        let told = message(whole());
        assert_eq!(told.error.map(|error| error.code), Some(ErrorCode::ProviderFailed));
        assert_eq!((told.text, told.blocks), (whole().text, whole().blocks));
    }
}
