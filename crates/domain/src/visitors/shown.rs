//! What visitors are told of an answer: its text and its sources. Not how it was made, what it cost, which model wrote it, and who
//! in the organisation had a part in it. Of their own files they are told where they can be opened.

use std::sync::Arc;

use futures::{StreamExt as _, future};
use hammock_contract::{
    ApiError, AttachmentId, ErrorKind,
    attachment::SentAttachment,
    chat::{Citation, Conversation, Message},
    stream::StreamEvent,
};

use super::returns::OpenStream;
use crate::chat::{Answer, EventStream};

/// The address of one of the visitor's files.
type Link = dyn Fn(&AttachmentId) -> Option<String>;

/// The answer without what visitors are not told. Events keep their ids, so that a stream is resumed where it was lost. `open` is
/// held until nobody reads any more.
pub(super) fn answer(
    answer: Answer,
    link: impl Fn(&AttachmentId) -> Option<String> + Send + 'static,
    open: OpenStream,
) -> Answer {
    let Answer { run, events } = answer;
    let events: EventStream = Box::pin(events.filter_map(move |(id, told)| {
        let _held = &open;
        future::ready(event(told, &link).map(|told| (id, told)))
    }));
    Answer { run, events }
}

/// `None` for what is no affair of a visitor.
fn event(told: Arc<StreamEvent>, link: &Link) -> Option<Arc<StreamEvent>> {
    match &*told {
        StreamEvent::Step { .. } => None,
        StreamEvent::Started { conversation, title, run, question, answer } if !question.attachments.is_empty() => {
            Some(Arc::new(StreamEvent::Started {
                conversation: conversation.clone(),
                title: title.clone(),
                run: run.clone(),
                question: Box::new(message(Message::clone(question), link)),
                answer: answer.clone(),
            }))
        }
        StreamEvent::Started { .. } | StreamEvent::Delta { .. } => Some(told),
        StreamEvent::Sources { citations } => {
            let citations = citations.iter().cloned().map(citation).collect();
            Some(Arc::new(StreamEvent::Sources { citations }))
        }
        StreamEvent::Done { message: whole } => {
            Some(Arc::new(StreamEvent::Done { message: Box::new(message(Message::clone(whole), link)) }))
        }
    }
}

/// The same of a conversation.
pub(super) fn conversation(conversation: Conversation, link: &Link) -> Conversation {
    let Conversation { summary, messages, earlier } = conversation;
    Conversation { summary, messages: messages.into_iter().map(|told| message(told, link)).collect(), earlier }
}

fn message(told: Message, link: &Link) -> Message {
    let sent = |file: SentAttachment| SentAttachment { link: link(&file.id), ..file };
    Message {
        citations: told.citations.into_iter().map(citation).collect(),
        steps: Vec::new(),
        error: told.error.map(|error| failure(&error)),
        attachments: told.attachments.into_iter().map(sent).collect(),
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
        ChunkId, CollectionId, ConversationId, DocumentId, ErrorCode, MessageId, RunId, Timestamp,
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
        assert_eq!(event(Arc::new(StreamEvent::Step { step }), &|_| None), None);
        let told = [StreamEvent::Sources { citations }, StreamEvent::Done { message: Box::new(whole()) }];
        for told in told {
            let told = event(Arc::new(told), &|_| None).unwrap();
            let json = serde_json::to_string(&*told).unwrap();
            assert!(!json.contains("secret"), "{json}");
            for kept in ["thirty days", "Returns", "https://example.org/returns"] {
                assert!(json.contains(kept), "{kept}: {json}");
            }
        }
        let told = message(whole(), &|_| None);
        assert_eq!(told.error.map(|error| error.code), Some(ErrorCode::ProviderFailed));
        assert_eq!((told.text, told.blocks), (whole().text, whole().blocks));
    }

    #[test]
    fn visitors_are_told_where_their_files_can_be_opened() {
        let id = AttachmentId::fixed("some");
        let file = SentAttachment { id: id.clone(), name: "a.txt".into(), is_picture: false, link: None };
        let question = Message { author: Author::User, attachments: vec![file.clone()], ..whole() };
        let link = |id: &AttachmentId| Some(format!("/files/{id}"));
        let linked = SentAttachment { link: Some(format!("/files/{id}")), ..file };
        let started = StreamEvent::Started {
            conversation: ConversationId::fixed("some"),
            title: "Returns".into(),
            run: RunId::fixed("some"),
            question: Box::new(question.clone()),
            answer: MessageId::fixed("other"),
        };
        let told = event(Arc::new(started), &link).unwrap();
        let StreamEvent::Started { question: told, .. } = &*told else { panic!("{told:?}") };
        assert_eq!((&told.attachments, &told.text), (&vec![linked.clone()], &question.text));
        assert_eq!(message(question, &link).attachments, [linked]);
    }
}
