//! A conversation as JSON: what it shows, without what only the interface needs. One object, as any other program would write it,
//! but a message at a time.

use hammock_contract::{
    ApiError, Timestamp,
    chat::{AnswerKind, Author, ConversationSummary, Message, MessageState, Step},
    passage::Place,
    support::UnsupportedSentence,
};
use serde::Serialize;

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

/// What the file begins with.
///
/// # Errors
/// Only for what is no JSON, which none of these types can hold.
pub fn head(summary: &ConversationSummary, now: Timestamp) -> serde_json::Result<String> {
    let title = serde_json::to_string(&summary.title)?;
    let assistant = serde_json::to_string(&summary.assistant_name)?;
    let now = serde_json::to_string(&now)?;
    Ok(format!(
        "{{\n  \"title\": {title},\n  \"assistant\": {assistant},\n  \"exported_at\": {now},\n  \"messages\": ["
    ))
}

/// A message, whether or not another one stands before it.
///
/// # Errors
/// As [`head`].
pub fn message(message: &Message, is_next: bool) -> serde_json::Result<String> {
    let comma = if is_next { "," } else { "" };
    // No text in it has a line break of its own: those are escaped.
    let lines = serde_json::to_string_pretty(&exported(message))?.replace('\n', "\n    ");
    Ok(format!("{comma}\n    {lines}"))
}

/// What the file ends with.
pub const fn end(has_messages: bool) -> &'static str {
    if has_messages { "\n  ]\n}\n" } else { "]\n}\n" }
}

fn exported(message: &Message) -> ExportedMessage<'_> {
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

#[cfg(test)]
mod tests {
    use hammock_contract::{AssistantId, ConversationId, MessageId, RunId};

    use super::*;

    #[derive(Serialize)]
    struct Whole<'a> {
        title: &'a str,
        assistant: &'a str,
        exported_at: Timestamp,
        messages: Vec<ExportedMessage<'a>>,
    }

    #[test]
    fn the_parts_are_what_the_whole_would_be() {
        let summary = ConversationSummary {
            id: ConversationId::fixed("some"),
            title: "A \"title\"\n".to_owned(),
            assistant: AssistantId::fixed("some"),
            assistant_name: "Žofie".to_owned(),
            updated_at: Timestamp::default(),
            category: None,
            found: None,
        };
        let step = Step { kind: "search".into(), detail: "It\nlooked".into(), took_ms: 1, topics: Vec::new() };
        let said = |author: Author, steps: Vec<Step>| Message {
            id: MessageId::fixed("some"),
            author,
            text: "One\n  two".to_owned(),
            blocks: Vec::new(),
            state: MessageState::Complete,
            answer_kind: AnswerKind::Model,
            citations: Vec::new(),
            unsupported: Vec::new(),
            steps,
            error: None,
            run: Some(RunId::fixed("some")),
            rating: Some(true),
            created_at: Timestamp::default(),
            siblings: None,
            assistant: None,
            attachments: Vec::new(),
        };
        let now = Timestamp::from_millis(1_800_000_000_000);
        let all = [said(Author::User, Vec::new()), said(Author::Assistant, vec![step])];
        for messages in [&all[..], &all[..1], &[]] {
            let whole = Whole {
                title: &summary.title,
                assistant: &summary.assistant_name,
                exported_at: now,
                messages: messages.iter().map(exported).collect(),
            };
            let mut parts = head(&summary, now).unwrap();
            for (place, one) in messages.iter().enumerate() {
                parts.push_str(&message(one, place > 0).unwrap());
            }
            parts.push_str(end(!messages.is_empty()));
            assert_eq!(parts, serde_json::to_string_pretty(&whole).unwrap() + "\n");
        }
    }
}
