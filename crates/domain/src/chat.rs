//! Questions and answers: a question is stored, a run makes the answer, its events stream to whoever reads.

mod draft;
mod explained;
mod following;
mod greeting;
mod hidden;
mod journal;
mod live;
mod making;
mod models;
mod neighbours;
mod passages;
mod prompt;
mod so_far;
mod support;
mod unknown;
mod words;
mod writing;

use std::{collections::VecDeque, pin::Pin, sync::Arc, time::Duration};

use futures::{Stream, StreamExt as _};
use hammock_contract::{
    ApiError, ConversationId, ErrorCode, MessageId, RunId, Timestamp,
    chat::{AnswerKind, Author, ChatRequest, Message, MessageState},
    check,
    locale::Locale,
    stream::{EventId, StreamEvent},
};
use hammock_store::{
    Scope, StoreError, Tx, assistants, audit, collections, conversations, messages, runs, stream_events,
};
use tracing::Instrument as _;

pub(crate) use explained::Tried;
pub(crate) use hidden::Reader;
pub use journal::Journal;
pub use live::LiveRuns;
pub use models::{ModelFactory, ProviderAccount};

use crate::{
    Hammock, Result,
    error::from_store,
    metadata::filtering,
    render::{self, Sources},
    validate,
};
use following::{follow_live, follow_stored};
use making::Making;
use prompt::PastTurn;
use so_far::SoFar;

/// The events of an answer with their ids; ends after [`StreamEvent::Done`].
pub type EventStream = Pin<Box<dyn Stream<Item = (EventId, Arc<StreamEvent>)> + Send>>;

/// An answer that is being made, or was.
pub struct Answer {
    /// The run.
    pub run: RunId,
    /// Its events.
    pub events: EventStream,
}

/// The longest title that is made from a question. Characters.
const TITLE_CHARS: usize = 60;
/// The longest question. Characters.
const QUESTION_CHARS: usize = 32_000;

/// What the transaction that stores a question leaves behind.
struct Begun {
    run: RunId,
    answer: MessageId,
    settings: hammock_contract::assistant::AssistantSettings,
    history: Vec<PastTurn>,
    started: StreamEvent,
    now: Timestamp,
}

impl Hammock {
    /// Stores a question and begins its answer. Asked again with the same idempotency key, the first answer is resumed.
    ///
    /// # Errors
    /// `invalid_field`, `not_found`, `answer_running`, `storage_full`.
    pub async fn start_answer(&self, scope: &Scope, request: ChatRequest, locale: Locale) -> Result<Answer> {
        let user = scope.require_user().map_err(from_store)?.clone();
        if self.0.live.is_closed() {
            return Err(ApiError::new(ErrorCode::Unavailable, "the server is being restarted; ask again in a moment"));
        }
        let text = checked_question(&request.text)?;
        if let Some(key) = &request.idempotency_key {
            validate::line("idempotency_key", key, 1, 100)?;
            let known = runs::find_by_key(scope, self.store().read(), key).await.map_err(from_store)?;
            if let Some(run) = known {
                return self.resume_answer(scope, &run.id, 0).await;
            }
        }
        let (continues, mut question) = (request.continues, text.clone());
        let tx = self.store().begin().await.map_err(from_store)?;
        let begun = self.store_question(scope, &tx, request, text).await?;
        tx.commit().await.map_err(from_store)?;
        if continues {
            let mut asked = begun.history.iter().rev().filter(|turn| !turn.by_assistant);
            // Gone on with twice, what went on the first time is no question.
            if let Some(before) = asked.find(|turn| turn.text != question).map(|turn| turn.text.clone()) {
                question = before;
            }
        }

        let (live, guard) = self.0.live.begin(begun.run.clone());
        let making = Making {
            hammock: self.clone(),
            scope: scope.clone(),
            run: begun.run.clone(),
            answer: begun.answer,
            settings: begun.settings,
            question,
            continues,
            history: begun.history,
            locale,
            live: live.clone(),
            created_at: begun.now,
            began: tokio::time::Instant::now(),
            usage: None,
            sequence: 0,
            storing: VecDeque::new(),
        };
        tracing::debug!(run = %begun.run, %user, "an answer begins");
        // Inside the span of the request: what goes wrong with the answer is found by the request's id.
        let span = tracing::info_span!("answer", run = %begun.run);
        let made = async move {
            making.run(begun.started).await;
            drop(guard);
        };
        tokio::spawn(made.instrument(span));
        Ok(Answer { run: begun.run.clone(), events: follow_live(begun.run, live, 0) })
    }

    async fn store_question(&self, scope: &Scope, tx: &Tx, request: ChatRequest, text: String) -> Result<Begun> {
        let db = tx.db();
        let now = self.now();
        let existing = match &request.conversation {
            Some(id) => Some(conversations::find(scope, db, id).await.map_err(from_store)?),
            None => None,
        };
        let wanted = request.assistant.or_else(|| existing.as_ref().map(|row| row.assistant_id.clone()));
        let assistant = match &wanted {
            Some(id) => assistants::find(scope, db, id).await,
            None => assistants::first(scope, db).await,
        }
        .map_err(|error| match error {
            StoreError::NotFound => ApiError::not_found().on("assistant"),
            other => from_store(other),
        })?;
        let mut settings = self.settings_for(scope, db, assistant.settings).await?;
        if !request.filters.is_empty() {
            let seen = collections::retain_visible(scope, db, &settings.collections).await.map_err(from_store)?;
            settings.filters.extend(filtering::check(scope, db, &seen, request.filters, &[]).await?);
        }
        let mut history = Vec::new();
        let (conversation, title) = match existing {
            Some(row) => {
                if runs::find_active(scope, db, &row.id).await.map_err(from_store)?.is_some() {
                    return Err(ApiError::new(
                        ErrorCode::AnswerRunning,
                        "an answer is being made in this conversation; wait for it or stop it",
                    ));
                }
                let before = messages::list(scope, db, &row.id).await.map_err(from_store)?;
                if request.continues && !before.last().is_some_and(is_unfinished) {
                    return Err(validate::invalid("continues", "the last answer of the conversation is finished"));
                }
                for message in before {
                    history.push(PastTurn { by_assistant: message.author == Author::Assistant, text: message.text });
                }
                conversations::touch(scope, tx, &row.id, &assistant.id, now).await.map_err(from_store)?;
                (row.id, row.title)
            }
            None if request.continues => {
                return Err(validate::invalid("continues", "a new conversation has no answer to go on with"));
            }
            None => {
                let (id, title) = (ConversationId::new(), title_of(&text));
                conversations::create(scope, tx, id.clone(), &assistant.id, &title, now).await.map_err(from_store)?;
                audit::record(scope, tx, "conversation.create", id.as_str(), serde_json::Value::Null, now)
                    .await
                    .map_err(from_store)?;
                (id, title)
            }
        };
        let run = RunId::new();
        let (question, answer) = (MessageId::new(), MessageId::new());
        let question = messages::append(scope, tx, &conversation, question, Author::User, &text, None, now)
            .await
            .map_err(from_store)?;
        let by = Some(messages::Maker { run: run.clone(), assistant: assistant.id });
        messages::append(scope, tx, &conversation, answer.clone(), Author::Assistant, "", by, now)
            .await
            .map_err(from_store)?;
        let new = runs::NewRun {
            id: run.clone(),
            conversation: conversation.clone(),
            message: answer.clone(),
            idempotency_key: request.idempotency_key,
            replica: self.0.presence.replica().to_owned(),
        };
        runs::create(scope, tx, new, now).await.map_err(|error| match error {
            StoreError::Duplicate(_) => {
                ApiError::new(ErrorCode::AnswerRunning, "this question was asked at the same time already")
            }
            other => from_store(other),
        })?;
        let started = StreamEvent::Started {
            conversation,
            title,
            run: run.clone(),
            question: Box::new(message_of(question)),
            answer: answer.clone(),
        };
        Ok(Begun { run, answer, settings, history, started, now })
    }

    /// The events of a run after a sequence number, then live ones, until it ends.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn resume_answer(&self, scope: &Scope, run: &RunId, after: u64) -> Result<Answer> {
        runs::find(scope, self.store().read(), run).await.map_err(from_store)?;
        let reader = self.reader(scope).await?;
        let events: EventStream = match self.0.live.find(run) {
            Some(live) => {
                let events = follow_live(run.clone(), live, after);
                Box::pin(events.map(move |(id, event)| (id, reader.shown(event))))
            }
            None => follow_stored(self.clone(), scope.clone(), run.clone(), after),
        };
        Ok(Answer { run: run.clone(), events })
    }

    /// Ends the making of an answer; what was said stays. An answer that ended already stays as it is.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn stop_answer(&self, scope: &Scope, run: &RunId) -> Result<()> {
        let row = runs::find(scope, self.store().read(), run).await.map_err(from_store)?;
        match self.0.live.find(run) {
            Some(live) => live.stop.cancel(),
            None if row.finished_at.is_some() => {}
            // Another replica makes it, and looks for this.
            None => {
                let tx = self.store().begin().await.map_err(from_store)?;
                match runs::request_stop(scope, &tx, run).await {
                    // It ended at this moment.
                    Ok(()) | Err(StoreError::NotFound) => tx.commit().await.map_err(from_store)?,
                    Err(error) => return Err(from_store(error)),
                }
            }
        }
        Ok(())
    }

    /// Closes the answers of replicas that were not seen since a moment: they went down. Their partial text is kept, and
    /// marked.
    pub(crate) async fn close_interrupted(&self, since: Timestamp) -> Result<()> {
        let now = self.now();
        let open = runs::list_orphaned(self.store().read(), since).await.map_err(from_store)?;
        for run in open.into_iter().filter(|run| self.0.live.find(&run.id).is_none()) {
            let scope = Scope::for_run(&run);
            let events =
                stream_events::list_after(&scope, self.store().read(), &run.id, 0).await.map_err(from_store)?;
            let (mut so_far, mut last) = (SoFar::default(), 0);
            for (sequence, event) in &events {
                last = *sequence;
                so_far.take(event);
            }
            let SoFar { text, citations, steps, .. } = so_far;
            // As of an answer that came to its end: which sources it refers to.
            let sources = Sources::of(&citations);
            let checked = hammock_retrieval::citations::check(&text, |number| sources.has(number));
            let unsupported = support::unsupported(&checked, &citations, MessageState::Interrupted);
            let citations = passages::cited(citations, &checked);
            let tx = self.store().begin().await.map_err(from_store)?;
            let update = messages::MessageUpdate {
                text: checked.text,
                state: MessageState::Interrupted,
                answer_kind: AnswerKind::default(),
                citations,
                unsupported,
                steps,
                error: None,
            };
            messages::update(&scope, &tx, &run.message_id, update).await.map_err(from_store)?;
            let message = messages::find(&scope, tx.db(), &run.message_id).await.map_err(from_store)?;
            let done = StreamEvent::Done { message: Box::new(message_of(message)) };
            let row = stream_events::EventRow { run_id: run.id.clone(), sequence: last + 1, payload: done };
            stream_events::append(&tx, vec![row]).await.map_err(from_store)?;
            runs::finish(&scope, &tx, &run.id, MessageState::Interrupted, now).await.map_err(from_store)?;
            tx.commit().await.map_err(from_store)?;
            tracing::warn!(run = %run.id, "an answer was interrupted when the server went down; its partial text is kept");
        }
        Ok(())
    }

    /// Waits for the answers that are being made, and begins no more; those that take longer than `patience` are
    /// interrupted, and keep what they have.
    pub async fn drain(&self, patience: Duration) {
        self.0.live.close();
        let going_on = self.0.live.count();
        if going_on > 0 {
            tracing::info!(answers = going_on, "waiting for answers that are being made");
        }
        if tokio::time::timeout(patience, self.0.live.all_ended()).await.is_err() {
            self.0.live.interrupt_all();
            let _ = tokio::time::timeout(Duration::from_secs(5), self.0.live.all_ended()).await;
        }
    }
}

/// Whether a message is an answer that has begun and not come to its end.
fn is_unfinished(message: &messages::MessageRow) -> bool {
    let cut_off = matches!(message.state, MessageState::Stopped | MessageState::Interrupted | MessageState::Failed);
    message.author == Author::Assistant && cut_off && !message.text.trim().is_empty()
}

/// A stored message as people see it.
pub(crate) fn message_of(row: messages::MessageRow) -> Message {
    Message {
        id: row.id,
        author: row.author,
        blocks: render::judged_blocks(&row.text, &Sources::of(&row.citations), &row.unsupported),
        text: row.text,
        state: row.state,
        answer_kind: row.answer_kind,
        citations: row.citations,
        unsupported: row.unsupported,
        steps: row.steps,
        error: row.error,
        run: row.run_id,
        rating: row.rating,
        created_at: row.created_at,
    }
}

/// What is stored of a finished message.
fn update_of(message: &Message) -> messages::MessageUpdate {
    messages::MessageUpdate {
        text: message.text.clone(),
        state: message.state,
        answer_kind: message.answer_kind,
        citations: message.citations.clone(),
        unsupported: message.unsupported.clone(),
        steps: message.steps.clone(),
        error: message.error.clone(),
    }
}

/// A question as it is kept. Of one that shows nothing, such as U+0000 alone, it is said that it is empty.
fn checked_question(typed: &str) -> Result<String> {
    if check::is_blank(typed) {
        return Err(validate::too_short_or_long("text", "the question is empty; type one", 1, QUESTION_CHARS));
    }
    validate::block("text", typed, QUESTION_CHARS)
}

/// The beginning of the question, up to a word's end.
fn title_of(question: &str) -> String {
    let line = question.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if line.chars().count() <= TITLE_CHARS {
        return line.to_owned();
    }
    let cut: String = line.chars().take(TITLE_CHARS).collect();
    let cut = cut.rsplit_once(char::is_whitespace).map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_shows_nothing_is_empty() {
        for typed in ["", " \n ", "\0", "\u{1}\u{7f} \0"] {
            let refused = checked_question(typed).unwrap_err();
            assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some("text")), "{typed:?}");
            assert!(refused.message.contains("empty"), "{refused}");
        }
        assert_eq!(checked_question(" Why? ").as_deref(), Ok("Why?"));
    }

    #[test]
    fn titles_end_with_a_word() {
        assert_eq!(title_of("\n  How do I put the chat on my website? "), "How do I put the chat on my website?");
        let long = title_of(&"wordy ".repeat(30));
        assert!(long.ends_with("wordy…") && long.chars().count() <= TITLE_CHARS + 1, "{long}");
        assert!(title_of(&"x".repeat(200)).ends_with('…'));
    }
}
