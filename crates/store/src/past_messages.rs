//! What was said before a question, as far as it matters for its answer: each question reads it, and answers with their passages
//! are a hundred times as long as what they say.

use std::collections::HashMap;

use hammock_contract::{
    ConversationId, MessageId,
    chat::{AnswerKind, Author, MessageState},
};
use sea_orm::{QueryResult, Value};

use crate::{
    Db, Result, Scope,
    messages::{OWN, end_of, own, path_to},
    row::{placeholders, value},
};

/// A message that was said before, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastMessage {
    /// The id.
    pub id: MessageId,
    /// Who speaks.
    pub author: Author,
    /// How it stands.
    pub state: MessageState,
    /// What kind of answer it is.
    pub answer_kind: AnswerKind,
    /// How long its text is. Characters.
    pub characters: u32,
}

/// The messages of a conversation from its first to a certain one, whatever branch that is on, or to the end of the branch that it
/// stands at; none when it is not there.
pub async fn list(
    scope: &Scope,
    db: Db<'_>,
    conversation: &ConversationId,
    last: Option<&MessageId>,
) -> Result<Vec<PastMessage>> {
    let mut values = own(scope)?;
    values.push(conversation.as_str().into());
    let end = match last {
        Some(last) => {
            values.push(last.as_str().into());
            "$4".to_owned()
        }
        None => end_of(3),
    };
    let sql = format!(
        "{} SELECT messages.id, messages.author, messages.state, messages.answer_kind, \
         CAST(LENGTH(messages.text) AS BIGINT) AS characters FROM messages WHERE {OWN} AND messages.conversation_id = $3 \
         AND messages.id IN (SELECT shown.id FROM shown) ORDER BY messages.ordinal",
        path_to(3, &end)
    );
    let message = |found: &QueryResult| -> Result<PastMessage> {
        Ok(PastMessage {
            id: value(found, "id")?,
            author: value(found, "author")?,
            state: value(found, "state")?,
            answer_kind: value(found, "answer_kind")?,
            characters: value(found, "characters")?,
        })
    };
    db.rows(&sql, values).await?.iter().map(message).collect()
}

/// The texts of messages of the scope's person; of others there is none.
pub async fn texts(scope: &Scope, db: Db<'_>, ids: &[MessageId]) -> Result<HashMap<MessageId, String>> {
    let mut values = own(scope)?;
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    values.extend(ids.iter().map(|id| Value::from(id.as_str())));
    let list = placeholders(3, ids.len());
    let sql = format!("SELECT messages.id, messages.text FROM messages WHERE {OWN} AND messages.id IN ({list})");
    let text =
        |found: &QueryResult| -> Result<(MessageId, String)> { Ok((value(found, "id")?, value(found, "text")?)) };
    db.rows(&sql, values).await?.iter().map(text).collect()
}
