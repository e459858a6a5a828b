//! A conversation as JSON: what it shows, without what only the interface needs.

use hammock_contract::{
    ApiError, Timestamp,
    chat::{AnswerKind, Author, Conversation, Message, MessageState, Step},
    passage::Place,
    support::UnsupportedSentence,
};
use serde::Serialize;

#[derive(Serialize)]
struct Exported<'a> {
    title: &'a str,
    assistant: &'a str,
    exported_at: Timestamp,
    messages: Vec<ExportedMessage<'a>>,
}

#[derive(Serialize)]
struct ExportedMessage<'a> {
    author: Author,
    /// The name of the assistant that answered, where there are answers of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    assistant: Option<&'a str>,
    text: &'a str,
    state: MessageState,
    /// Of an answer alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer_kind: Option<AnswerKind>,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<bool>,
    /// The names of what was sent with a question.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<ExportedSource<'a>>,
    /// The sentences that no source supports, in bytes of `text`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unsupported: Vec<&'a UnsupportedSentence>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<&'a Step>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a ApiError>,
}

#[derive(Serialize)]
struct ExportedSource<'a> {
    number: u32,
    cited: bool,
    title: &'a str,
    headings: &'a [String],
    url: Option<&'a str>,
    place: Option<&'a Place>,
    quote: &'a str,
    /// Whether its texts are left out, because the person does not see its collection any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    hidden: bool,
}

/// The file.
///
/// # Errors
/// Only for what is no JSON, which none of these types can hold.
pub fn write(conversation: &Conversation, now: Timestamp) -> serde_json::Result<String> {
    let exported = Exported {
        title: &conversation.summary.title,
        assistant: &conversation.summary.assistant_name,
        exported_at: now,
        messages: conversation.messages.iter().map(message).collect(),
    };
    let mut json = serde_json::to_string_pretty(&exported)?;
    json.push('\n');
    Ok(json)
}

fn message(message: &Message) -> ExportedMessage<'_> {
    let sources = message.citations.iter().map(|citation| ExportedSource {
        number: citation.number,
        cited: citation.cited,
        title: &citation.title,
        headings: &citation.headings,
        url: citation.url.as_deref(),
        place: citation.place.as_ref(),
        quote: &citation.quote,
        hidden: citation.hidden,
    });
    ExportedMessage {
        author: message.author,
        assistant: message.assistant.as_ref().map(|by| by.name.as_str()),
        text: &message.text,
        state: message.state,
        answer_kind: (message.author == Author::Assistant).then_some(message.answer_kind),
        created_at: message.created_at,
        rating: message.rating,
        attachments: message.attachments.iter().map(|attached| attached.name.as_str()).collect(),
        sources: sources.collect(),
        unsupported: message.unsupported.iter().collect(),
        steps: message.steps.iter().collect(),
        error: message.error.as_ref(),
    }
}
