//! Stores a question, at the end of its conversation or in place of a message of it, and opens the run of its answer.

use hammock_contract::{
    ApiError, ConversationId, ErrorCode, MessageId, RunId, Timestamp,
    assistant::AssistantSettings,
    chat::{AnswerKind, Author, ChatRequest, MessageState},
    check,
    stream::StreamEvent,
};
use hammock_store::{
    Db, Scope, StoreError, Tx, assistants, audit, branches, collections,
    conversations::{self, TitleBy},
    messages::{self, MessageRow},
    past_messages::{self, PastMessage},
    runs,
};

use super::{message_of, past::past_turns, prompt::PastTurn};
use crate::{Hammock, Result, error::from_store, metadata::filtering, validate};

/// The longest title that is made from a question. Characters.
const TITLE_CHARS: usize = 60;
/// The longest question. Characters.
const QUESTION_CHARS: usize = 32_000;

/// What the transaction that stores a question leaves behind.
pub(super) struct Begun {
    pub run: RunId,
    pub conversation: ConversationId,
    /// The message that holds the question.
    pub asked_in: MessageId,
    pub answer: MessageId,
    pub question: String,
    /// Whether the last answer is to be gone on with.
    pub continues: bool,
    pub settings: AssistantSettings,
    pub history: Vec<PastTurn>,
    pub started: StreamEvent,
    pub now: Timestamp,
    /// Whether the title is the question's beginning, and no model has answered yet that could write a better one.
    pub awaits_title: bool,
}

/// Where a question stands.
#[derive(Default)]
struct Place {
    /// What was said before it, on its branch.
    before: Vec<PastMessage>,
    /// The question, where it is there already and is answered again.
    asked: Option<MessageRow>,
    /// Whether its answer goes on with the last one before it.
    continues: bool,
}

impl Hammock {
    /// Stores a question, unless it is there already, with an answer that is to be made.
    ///
    /// # Errors
    /// As [`Hammock::start_answer`].
    pub(super) async fn store_question(&self, scope: &Scope, tx: &Tx, request: ChatRequest) -> Result<Begun> {
        let db = tx.db();
        let now = self.now();
        let existing = match &request.conversation {
            Some(id) => Some(conversations::find(scope, db, id).await.map_err(from_store)?),
            None => None,
        };
        let wanted = request.assistant.clone().or_else(|| existing.as_ref().map(|row| row.assistant_id.clone()));
        let assistant = match &wanted {
            Some(id) => assistants::find(scope, db, id).await,
            None => assistants::first(scope, db).await,
        }
        .map_err(|error| match error {
            StoreError::NotFound => ApiError::not_found().on("assistant"),
            other => from_store(other),
        })?;
        let place = place_of(scope, db, existing.as_ref().map(|row| &row.id), &request).await?;
        let text = match &place.asked {
            Some(asked) => asked.text.clone(),
            None => checked_question(&request.text)?,
        };
        let replaces = request.replaces.is_some();
        let mut settings = self.settings_for(scope, db, assistant.settings).await?;
        if !request.filters.is_empty() {
            let seen = collections::retain_visible(scope, db, &settings.collections).await.map_err(from_store)?;
            settings.filters.extend(filtering::check(scope, db, &seen, request.filters, &[]).await?);
        }
        let (conversation, title, title_by) = match existing {
            Some(row) => {
                conversations::touch(scope, tx, &row.id, &assistant.id, now).await.map_err(from_store)?;
                if row.assistant_id != assistant.id {
                    let detail = serde_json::json!({ "assistant": assistant.id });
                    audit::record(scope, tx, "conversation.change_assistant", row.id.as_str(), detail, now)
                        .await
                        .map_err(from_store)?;
                }
                (row.id, row.title, row.title_by)
            }
            None => {
                let (id, title) = (ConversationId::new(), title_of(&text));
                conversations::create(scope, tx, id.clone(), &assistant.id, &title, now).await.map_err(from_store)?;
                audit::record(scope, tx, "conversation.create", id.as_str(), serde_json::Value::Null, now)
                    .await
                    .map_err(from_store)?;
                (id, title, TitleBy::Question)
            }
        };
        let Place { before, asked, continues } = place;
        let awaits_title = title_by == TitleBy::Question && !before.iter().any(is_models_answer);
        let (run, answer) = (RunId::new(), MessageId::new());
        let question = match asked {
            Some(asked) => asked,
            None => {
                let (parent, id) = (before.last().map(|row| row.id.clone()), MessageId::new());
                messages::append_after(scope, tx, &conversation, parent, id, Author::User, &text, None, now)
                    .await
                    .map_err(from_store)?
            }
        };
        let (sent, replaced) = (&request.attachments, request.replaces.as_ref());
        let given = self.give_attachments(scope, tx, sent, &conversation, &question.id, replaced).await?;
        let (parent, id) = (Some(question.id.clone()), answer.clone());
        let by = Some(messages::Maker { run: run.clone(), assistant: assistant.id, continues });
        messages::append_after(scope, tx, &conversation, parent, id, Author::Assistant, "", by, now)
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
        let asked_in = question.id.clone();
        let mut question = message_of(question);
        question.attachments = given.into_iter().map(Into::into).collect();
        if question.attachments.is_empty() {
            // One that is answered again has its own.
            self.add_attachments(scope, &conversation, std::slice::from_mut(&mut question)).await?;
        }
        if replaces {
            let mut siblings = branches::list_siblings(scope, db, &conversation).await.map_err(from_store)?;
            question.siblings = siblings.remove(&question.id);
        }
        let history = past_turns(scope, db, &before).await?;
        let question = Box::new(question);
        let started = StreamEvent::Started {
            conversation: conversation.clone(),
            title,
            run: run.clone(),
            question,
            answer: answer.clone(),
        };
        let question = text;
        Ok(Begun {
            run,
            conversation,
            asked_in,
            answer,
            question,
            continues,
            settings,
            history,
            started,
            now,
            awaits_title,
        })
    }
}

/// That nothing is being said in a conversation.
///
/// # Errors
/// `answer_running`.
pub(crate) async fn check_idle(scope: &Scope, db: Db<'_>, conversation: &ConversationId) -> Result<()> {
    match runs::find_active(scope, db, conversation).await.map_err(from_store)? {
        None => Ok(()),
        Some(_) => Err(ApiError::new(
            ErrorCode::AnswerRunning,
            "an answer is being made in this conversation; wait for it or stop it",
        )),
    }
}

/// Where a question of an existing conversation, or of a new one, comes.
async fn place_of(
    scope: &Scope,
    db: Db<'_>,
    conversation: Option<&ConversationId>,
    request: &ChatRequest,
) -> Result<Place> {
    if request.continues && request.replaces.is_some() {
        return Err(validate::invalid("replaces", "what goes on with an answer does not take the place of a message"));
    }
    let Some(conversation) = conversation else {
        return match (request.continues, &request.replaces) {
            (true, _) => Err(validate::invalid("continues", "a new conversation has no answer to go on with")),
            (false, Some(_)) => {
                Err(validate::invalid("replaces", "name the conversation of the message that is replaced"))
            }
            (false, None) => Ok(Place::default()),
        };
    };
    check_idle(scope, db, conversation).await?;
    let Some(replaced) = &request.replaces else {
        let before = past_messages::list(scope, db, conversation, None).await.map_err(from_store)?;
        if request.continues {
            let last = match before.last() {
                Some(last) => Some(messages::find(scope, db, &last.id).await.map_err(from_store)?),
                None => None,
            };
            if !last.is_some_and(|last| is_unfinished(&last)) {
                return Err(validate::invalid("continues", "the last answer of the conversation is finished"));
            }
        }
        return Ok(Place { before, asked: None, continues: request.continues });
    };
    let mut before = past_messages::list(scope, db, conversation, Some(replaced)).await.map_err(from_store)?;
    let Some(replaced) = before.pop() else { return Err(ApiError::not_found().on("replaces")) };
    if replaced.author == Author::User {
        return Ok(Place { before, asked: None, continues: false });
    }
    let Some(asked) = before.pop().filter(|message| message.author == Author::User) else {
        return Err(validate::invalid("replaces", "no question comes before this answer"));
    };
    let asked = messages::find(scope, db, &asked.id).await.map_err(from_store)?;
    let replaced = messages::find(scope, db, &replaced.id).await.map_err(from_store)?;
    // What asked for it says nothing by itself: made again, it goes on with the same answer.
    Ok(Place { before, asked: Some(asked), continues: replaced.continues })
}

/// Whether a message is an answer that has begun and not come to its end.
fn is_unfinished(message: &MessageRow) -> bool {
    let cut_off = matches!(message.state, MessageState::Stopped | MessageState::Interrupted | MessageState::Failed);
    message.author == Author::Assistant && cut_off && !message.text.trim().is_empty()
}

/// Whether a message is a whole answer that a model wrote.
fn is_models_answer(message: &PastMessage) -> bool {
    let is_whole = message.author == Author::Assistant && message.state == MessageState::Complete;
    is_whole && message.answer_kind == AnswerKind::Model
}

/// A question as it is kept. Of one that shows nothing, such as U+0000 alone, it is said that it is empty.
pub(super) fn checked_question(typed: &str) -> Result<String> {
    if check::is_blank(typed) {
        return Err(validate::too_short_or_long("text", "the question is empty; type one", 1, QUESTION_CHARS));
    }
    validate::block("text", typed, QUESTION_CHARS)
}

/// The beginning of the question, up to a word's end.
fn title_of(question: &str) -> String {
    let line = question.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    up_to_word(line, TITLE_CHARS)
}

/// A line of at most so many characters, and a sign where it was cut.
pub(super) fn up_to_word(line: &str, most: usize) -> String {
    if line.chars().count() <= most {
        return line.to_owned();
    }
    let cut: String = line.chars().take(most).collect();
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
