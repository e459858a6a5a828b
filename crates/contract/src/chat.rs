//! Conversations.

use serde::{Deserialize, Serialize};

use crate::{
    ApiError, AssistantId, AttachmentId, ChunkId, CollectionId, ConversationId, DocumentId, MessageId, RunId,
    Timestamp,
    attachment::SentAttachment,
    category::Category,
    conversation::FoundText,
    document::ChunkEdited,
    metadata::MetadataFilter,
    passage::{Place, TablePart},
    reading::TextSpan,
    support::UnsupportedSentence,
};

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The person.
    User,
    /// The assistant.
    Assistant,
}

/// How an answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// It is being made.
    Streaming,
    /// It is whole.
    Complete,
    /// The person stopped it; what was said stays.
    Stopped,
    /// The server went down in the middle; what was said stays.
    Interrupted,
    /// It could not be made; see `error`.
    Failed,
}

/// What kind of answer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[derive(Default)]
pub enum AnswerKind {
    /// A model wrote it.
    #[default]
    Model,
    /// The built-in answerer quoted the best passages: there is no model.
    Quoted,
    /// The built-in answerer quoted the best passages because the model failed; see `error`.
    Fallback,
    /// The sources do not hold it.
    NotFound,
    /// There was no question, but a greeting or thanks, and no model to answer it.
    Greeting,
}

/// A passage that an answer rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Citation {
    /// The number by which the text refers to it, from 1.
    pub number: u32,
    /// The document.
    pub document: DocumentId,
    /// The collection.
    pub collection: CollectionId,
    /// The chunk.
    pub chunk: ChunkId,
    /// The chunks after it that the passage goes on through: neighbours are given to the model as one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_chunks: Vec<ChunkId>,
    /// The revision of the document.
    pub revision: u32,
    /// The document's title.
    pub title: String,
    /// The headings above the passage's beginning, outermost first.
    pub headings: Vec<String>,
    /// The page's address.
    pub url: Option<String>,
    /// The pages, the sheet or the slide of what the answer rests on, where that is known; else of the whole passage.
    #[serde(default, alias = "page", deserialize_with = "crate::passage::place_or_page")]
    pub place: Option<Place>,
    /// Where the passage begins in the revision's text. Bytes.
    pub start: u32,
    /// Where the passage ends in the revision's text. Bytes.
    pub end: u32,
    /// What of the passage the answer rests on, in bytes of the revision's text; empty when nothing in it stands out. Of
    /// an edited passage they are counted in `quote`, which begins at `start`.
    #[serde(default)]
    pub marks: Vec<TextSpan>,
    /// The passage, as it was when the answer was made.
    pub quote: String,
    /// Who had given the passage another text than the document has, and when.
    #[serde(default)]
    pub edited: Option<ChunkEdited>,
    /// What it needs to be understood alone, when it begins or ends inside a table.
    #[serde(default)]
    pub table: Option<TablePart>,
    /// Whether the answer refers to it, or it was only handed to the model.
    pub cited: bool,
    /// Whether the reader may not see its collection any more. Then nothing of the passage is told: its texts are empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

/// One step on the way to an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Step {
    /// What was done: `search`, `decide`, `model`, `wait`, `written`.
    pub kind: String,
    /// What came of it, in words for people, in the language of the interface.
    pub detail: String,
    /// How long it took. Milliseconds.
    pub took_ms: u32,
    /// What the collections do cover, nearest to the question first, where it was decided that they do not hold the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Message {
    /// The id.
    pub id: MessageId,
    /// Who speaks.
    pub author: Author,
    /// The text, Markdown as it was written: an answer may hold pictures and links that lead anywhere.
    pub text: String,
    /// The text as sanitised HTML, block by block, to be shown.
    pub blocks: Vec<String>,
    /// How it stands.
    pub state: MessageState,
    /// What kind of answer it is.
    pub answer_kind: AnswerKind,
    /// The passages it rests on.
    pub citations: Vec<Citation>,
    /// The sentences of `text` that none of the passages supports, in order. Of an answer that no model wrote, or that had no
    /// passages to rest on, there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsupported: Vec<UnsupportedSentence>,
    /// How it came about.
    pub steps: Vec<Step>,
    /// Why it failed, or why the built-in answerer stood in.
    pub error: Option<ApiError>,
    /// The run that makes or made it.
    pub run: Option<RunId>,
    /// The thumb that the person gave: `Some(true)` is up.
    pub rating: Option<bool>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Its place among those that stand beside it; absent where it is the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub siblings: Option<Siblings>,
    /// Who answered, where the conversation has answers of more than one assistant and the reader can use this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assistant: Option<AnsweringAssistant>,
    /// The files and pictures that were sent with a question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<SentAttachment>,
}

/// The place of a message among the questions that were asked, or the answers that were given, at the same point of a
/// conversation: each begins a branch of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Siblings {
    /// Which one it is, from 1, the oldest first.
    pub position: u32,
    /// How many there are, at least two.
    pub count: u32,
    /// The one before it.
    pub before: Option<MessageId>,
    /// The one after it.
    pub after: Option<MessageId>,
}

/// The assistant that gave an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AnsweringAssistant {
    /// The id.
    pub id: AssistantId,
    /// Its name.
    pub name: String,
    /// Its icon.
    pub icon: String,
}

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ConversationSummary {
    /// The id.
    pub id: ConversationId,
    /// The title.
    pub title: String,
    /// The assistant.
    pub assistant: AssistantId,
    /// Its name.
    pub assistant_name: String,
    /// When the last message came.
    pub updated_at: Timestamp,
    /// The category that the person gave it.
    #[serde(default)]
    pub category: Option<Category>,
    /// Where a message holds what was searched for; absent where the title has all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<FoundText>,
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Conversation {
    /// What the list shows of it.
    #[serde(flatten)]
    pub summary: ConversationSummary,
    /// The messages of the branch that it stands at, oldest first; a part of them where only that was asked for.
    pub messages: Vec<Message>,
    /// How many messages stand before those.
    #[serde(default)]
    pub earlier: u32,
}

/// A question. The answer streams as events ([`crate::stream::StreamEvent`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChatRequest {
    /// The conversation; absent: a new one.
    #[serde(default)]
    pub conversation: Option<ConversationId>,
    /// The assistant; absent: the conversation's, or the organisation's first.
    #[serde(default)]
    pub assistant: Option<AssistantId>,
    /// The question. 1 to 32,000 characters.
    pub text: String,
    /// The message of the conversation that this takes the place of, which stays as a branch beside it: a question is asked
    /// otherwise, an answer is made again for its question, and then `text` is not looked at.
    #[serde(default)]
    pub replaces: Option<MessageId>,
    /// Whether this goes on with the conversation's last answer, which was stopped, interrupted or failed: the question before
    /// it is asked again with what was said already, and `text` is only what the conversation shows.
    #[serde(default)]
    pub continues: bool,
    /// Answer this question only from documents whose metadata is so; at most ten, all of which count beside the assistant's
    /// own. They are not remembered for the next question.
    #[serde(default)]
    pub filters: Vec<MetadataFilter>,
    /// Files and pictures that were uploaded for this question and sent with none before; and of those of a question whose
    /// place it takes (`replaces`) the ones that it keeps. At most 20; their text answers from now on in this branch of the
    /// conversation, and in no other.
    #[serde(default)]
    pub attachments: Vec<AttachmentId>,
    /// Sent again with the same key after a lost answer, the question is not asked twice.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_before_have_no_topics() {
        let json = serde_json::json!({ "kind": "decide", "detail": "too little", "took_ms": 0 });
        let step: Step = serde_json::from_value(json.clone()).unwrap();
        assert!(step.topics.is_empty());
        assert_eq!(serde_json::to_value(&step).unwrap(), json);
        let step = Step { topics: vec!["Opening hours".to_owned()], ..step };
        assert_eq!(serde_json::to_value(&step).unwrap()["topics"][0], "Opening hours");
    }

    #[test]
    fn citations_of_before_keep_their_page() {
        let read = |place: serde_json::Value| {
            let mut json = serde_json::json!({
                "number": 1, "document": DocumentId::fixed("some"), "collection": CollectionId::fixed("some"),
                "chunk": ChunkId::fixed("some"), "revision": 1, "title": "T", "headings": [], "url": null,
                "start": 0, "end": 1, "quote": "q", "cited": true,
            });
            if let (Some(json), serde_json::Value::Object(place)) = (json.as_object_mut(), place) {
                json.extend(place);
            }
            serde_json::from_value::<Citation>(json).unwrap()
        };
        assert_eq!(read(serde_json::json!({ "page": 4 })).place, Some(Place::page(4)));
        assert_eq!(read(serde_json::json!({ "page": null })).place, None);
        let alone = read(serde_json::json!({}));
        assert!(alone.place.is_none() && alone.further_chunks.is_empty());
        let slide = Place::Slide { number: 2 };
        let now = read(serde_json::json!({ "place": slide }));
        assert_eq!(now.place, Some(slide));
        assert_eq!(serde_json::from_str::<Citation>(&serde_json::to_string(&now).unwrap()).unwrap(), now);
    }
}
