//! Answers that stream.

use std::time::Duration;

use async_trait::async_trait;
use futures::{Stream, StreamExt, stream};
use hammock_contract::{assistant::Vision, connection::ProviderKind};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Provider;
use super::account::Account;
use super::pictures;
use super::transport;
use super::watch::Watch;
use crate::{ChatChunk, ChatModel, ChatRequest, ChatRole, ChatStream, ModelError, Usage};

/// How long the first word may take: a local server may have to load the model first.
const FIRST_WORD_LIMIT: Duration = Duration::from_secs(120);
/// How long is waited after the last word for what the answer took, which providers send at once if they do.
const FIGURES_LIMIT: Duration = Duration::from_secs(1);
/// How long an answer that has begun may be silent.
const SILENCE_LIMIT: Duration = Duration::from_secs(30);

/// The chat models of an account. One request each, never repeated by itself.
pub struct OpenAiChat {
    provider: Provider,
    first_word: Duration,
    silence: Duration,
}

impl OpenAiChat {
    pub(super) fn new(provider: Provider) -> Self {
        Self { provider, first_word: FIRST_WORD_LIMIT, silence: SILENCE_LIMIT }
    }

    /// With other limits: until the first word, and for every silence after it.
    #[must_use]
    pub fn with_limits(self, first_word: Duration, silence: Duration) -> Self {
        Self { first_word, silence, ..self }
    }

    async fn open(&self, client: &async_openai::Client<Account>, body: &Value) -> Result<Events, ModelError> {
        let chat = client.chat();
        tokio::time::timeout(self.first_word, chat.create_stream_byot::<_, Chunk>(body))
            .await
            .map_err(|_| transport::silent(self.first_word))?
            .map_err(|error| transport::model_error(error, &self.provider.account))
    }
}

#[async_trait]
impl ChatModel for OpenAiChat {
    async fn stream(&self, request: &ChatRequest) -> Result<ChatStream, ModelError> {
        let watch = Watch::default();
        let client = self.provider.watched_client(&request.model, &watch).await?;
        let mut body = body(request, self.provider.account.kind());
        // Which of the parameters a model takes can only be found out by asking: each can be given up once.
        let events = loop {
            match self.open(&client, &body).await {
                Err(ModelError::Rejected(message)) if give_up(&mut body, request, &message) => {}
                other => break other?,
            }
        };
        let reading = Reading {
            events: Some(events),
            account: self.provider.account.clone(),
            limit: self.first_word,
            silence: self.silence,
            watch,
            is_heard: false,
            awaits_figures: body.get(FIGURES).is_some(),
            figures_until: None,
            is_cut: false,
        };
        Ok(Box::pin(answer(reading)))
    }
}

type Events = async_openai::types::stream::StreamResponse<Chunk>;

/// What of a chunk is needed. The library's own type wants fields that many servers leave out.
#[derive(Debug, Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    error: Option<Value>,
    /// Read with care: what some servers put here must not cost the answer.
    #[serde(default)]
    usage: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Option<Delta>,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Delta {
    #[serde(default)]
    content: Option<String>,
}

fn body(request: &ChatRequest, kind: ProviderKind) -> Value {
    let mut messages: Vec<Value> = request
        .turns
        .iter()
        .map(|turn| {
            let role = match turn.role {
                ChatRole::System => "system",
                ChatRole::User => "user",
                ChatRole::Assistant => "assistant",
            };
            json!({ "role": role, "content": turn.text })
        })
        .collect();
    match request.vision {
        Vision::Automatic | Vision::Yes => pictures::add(&mut messages, &request.pictures),
        Vision::No => pictures::tell(&mut messages, &request.pictures),
    }
    let limit = match kind {
        ProviderKind::OpenAi => "max_completion_tokens",
        ProviderKind::Azure | ProviderKind::Ollama | ProviderKind::Compatible => "max_tokens",
    };
    // Single precision would be written as 0.699999988079071.
    let temperature = (f64::from(request.temperature) * 1000.0).round() / 1000.0;
    json!({
        "model": request.model,
        "messages": messages,
        "stream": true,
        "temperature": temperature,
        limit: request.max_tokens,
        FIGURES: { "include_usage": true },
    })
}

/// The parameter by which a provider is asked to say what the answer took.
const FIGURES: &str = "stream_options";

/// Does without what the provider's message complains about: pictures, where it names them or nothing else is left, unless the
/// model is known to see them.
fn give_up(body: &mut Value, request: &ChatRequest, message: &str) -> bool {
    let may_blind = request.vision == Vision::Automatic;
    (may_blind && pictures::are_meant(message) && pictures::give_up(body, &request.pictures))
        || give_up_parameter(body, message)
        || (may_blind && pictures::give_up(body, &request.pictures))
}

/// Changes what the provider's message complains about; false when it is nothing that can be changed.
fn give_up_parameter(body: &mut Value, message: &str) -> bool {
    let Some(fields) = body.as_object_mut() else { return false };
    if message.contains(FIGURES) && fields.remove(FIGURES).is_some() {
        return true;
    }
    if message.contains("max_tokens") || message.contains("max_completion_tokens") {
        if let Some(limit) = fields.remove("max_tokens") {
            // The newer name, where the message asks for it.
            if message.contains("max_completion_tokens") {
                fields.insert("max_completion_tokens".to_owned(), limit);
            }
            return true;
        }
        if fields.remove("max_completion_tokens").is_some() {
            return true;
        }
    }
    if message.contains("temperature") && fields.remove("temperature").is_some() {
        return true;
    }
    // Servers that know no such parameter say so in words of their own. What else they may have meant is refused once more.
    fields.remove(FIGURES).is_some()
}

/// What an answer took, if it is told in the protocol's own words.
fn figures(told: &Value) -> Option<Usage> {
    let count = |name: &str| told.get(name).and_then(Value::as_u64);
    Some(Usage { read: count("prompt_tokens")?, written: count("completion_tokens")? })
}

struct Reading {
    /// Gone when the answer is over; the connection goes with it.
    events: Option<Events>,
    account: Account,
    limit: Duration,
    silence: Duration,
    watch: Watch,
    /// Whether any event came.
    is_heard: bool,
    /// Whether the provider was asked what the answer took, and may still say it.
    awaits_figures: bool,
    /// Once an event said that it is the last one with text: until when the figures may come.
    figures_until: Option<Instant>,
    /// Whether it said too that the answer reached its longest length; false again once that was told.
    is_cut: bool,
}

fn answer(reading: Reading) -> impl Stream<Item = Result<ChatChunk, ModelError>> + Send {
    stream::unfold(reading, |mut reading| async move {
        let item = next(&mut reading).await?;
        if item.is_err() {
            reading.events = None;
        }
        Some((item, reading))
    })
}

/// The next piece of text; `None` at the end.
async fn next(reading: &mut Reading) -> Option<Result<ChatChunk, ModelError>> {
    loop {
        // After the last word only figures come; an answer is not held up for them for long.
        if reading.figures_until.is_some() && !reading.awaits_figures {
            reading.events = None;
            if std::mem::take(&mut reading.is_cut) {
                return Some(Err(ModelError::TooLong));
            }
        }
        let events = reading.events.as_mut()?;
        let until = reading.figures_until.unwrap_or_else(|| Instant::now() + reading.limit);
        let come = tokio::time::timeout_at(until, events.next()).await;
        let event = match come {
            // The answer is whole without them.
            Err(_) | Ok(None | Some(Err(_))) if reading.figures_until.is_some() => {
                reading.awaits_figures = false;
                continue;
            }
            Err(_) => return Some(Err(transport::silent(reading.limit))),
            Ok(None) => return why_no_more(reading).map(Err),
            Ok(Some(Err(_))) if reading.watch.has_timed_out() => {
                return Some(Err(ModelError::Silent("nothing more came".to_owned())));
            }
            Ok(Some(Err(_))) if reading.watch.has_endless_line() => {
                return Some(Err(ModelError::Malformed("a line of it does not end".to_owned())));
            }
            Ok(Some(Err(error))) => return Some(Err(transport::model_error(error, &reading.account))),
            Ok(Some(Ok(event))) => event,
        };
        reading.is_heard = true;
        let usage = event.usage.as_ref().and_then(figures);
        if reading.figures_until.is_some() {
            // Some servers go on with events that say nothing.
            reading.awaits_figures = usage.is_none() && event.error.is_none();
            match usage {
                Some(usage) => return Some(Ok(ChatChunk { text: String::new(), usage: Some(usage) })),
                None => continue,
            }
        }
        if let Some(error) = event.error.filter(|error| !error.is_null()) {
            return Some(Err(failure(&error, &reading.account)));
        }
        let Some(choice) = event.choices.into_iter().next() else { continue };
        // Some servers send an empty reason with every piece.
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
            reading.figures_until = Some(Instant::now() + FIGURES_LIMIT);
            reading.is_cut = reason == "length";
        }
        // Some say it with the last word, or with every one.
        reading.awaits_figures &= reading.figures_until.is_none() || usage.is_none();
        let text = choice.delta.and_then(|delta| delta.content).unwrap_or_default();
        if !text.is_empty() {
            reading.limit = reading.silence;
        }
        if !text.is_empty() || usage.is_some() {
            return Some(Ok(ChatChunk { text, usage }));
        }
    }
}

/// What is wrong when no more events come; nothing where the provider said that the answer is over.
fn why_no_more(reading: &Reading) -> Option<ModelError> {
    if reading.watch.is_done() {
        None
    } else if reading.is_heard {
        Some(ModelError::Broken("it closed in the middle of the answer".to_owned()))
    } else {
        Some(ModelError::Malformed("it is no stream of events".to_owned()))
    }
}

/// An error that came as an event, after the status was sent.
fn failure(error: &Value, account: &Account) -> ModelError {
    let code = error.get("code").and_then(|code| code.as_u64().or_else(|| code.as_str()?.parse().ok()));
    let status = code.and_then(|code| u16::try_from(code).ok()).and_then(|code| http::StatusCode::from_u16(code).ok());
    let status = status.unwrap_or(if transport::is_limit(error) {
        http::StatusCode::TOO_MANY_REQUESTS
    } else {
        http::StatusCode::INTERNAL_SERVER_ERROR
    });
    let unsaid = Value::from("it failed in the middle of the answer");
    transport::refused(status, if transport::said(error).is_some() { error } else { &unsaid }, account)
}
