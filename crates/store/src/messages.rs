//! The messages of conversations. A message is read and written by the conversation's person alone.

use hammock_contract::{
    ApiError, AssistantId, ConversationId, MessageId, OrganisationId, RunId, Timestamp,
    chat::{AnswerKind, Author, Citation, MessageState, Step},
    conversation::MessagesQuery,
    page::PageRequest,
    support::UnsupportedSentence,
};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, StoreError, Tx, conversations, message_texts, paging,
    row::{self, Stored, Table, placeholders, table, value},
};

table! {
    /// A message.
    MessageRow = "messages";
    key {
        /// The id.
        id: MessageId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The conversation.
    conversation_id: ConversationId,
    /// Its place, from 1.
    ordinal: u32,
    /// Who speaks.
    author: Author,
    /// The text, Markdown.
    text: String,
    /// How it stands.
    state: MessageState,
    /// What kind of answer it is.
    answer_kind: AnswerKind,
    /// The passages it rests on.
    citations: Vec<Citation>,
    /// How it came about.
    steps: Vec<Step>,
    /// Why it failed, or why the built-in answerer stood in.
    error: Option<ApiError>,
    /// The run that makes or made it.
    run_id: Option<RunId>,
    /// The thumb that the person gave.
    rating: Option<bool>,
    /// When it was begun.
    created_at: Timestamp,
    /// The sentences that none of the passages supports.
    unsupported: Vec<UnsupportedSentence>,
    /// The assistant that answered, also in a copy; it may be gone. Absent for questions, and for answers of before it was
    /// noted.
    assistant_id: Option<AssistantId>,
    /// The message that it comes after; absent for those that a conversation begins with.
    parent_id: Option<MessageId>,
    /// Whether it is an answer that goes on with the one before it, which was cut off.
    continues: bool,
}

/// What makes an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maker {
    /// The run.
    pub run: RunId,
    /// The assistant that answers.
    pub assistant: AssistantId,
    /// Whether it goes on with the answer before it, which was cut off.
    pub continues: bool,
}

/// What an answer becomes.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageUpdate {
    /// The text, Markdown.
    pub text: String,
    /// How it stands.
    pub state: MessageState,
    /// What kind of answer it is.
    pub answer_kind: AnswerKind,
    /// The passages it rests on.
    pub citations: Vec<Citation>,
    /// The sentences that none of them supports.
    pub unsupported: Vec<UnsupportedSentence>,
    /// How it came about.
    pub steps: Vec<Step>,
    /// Why it failed, or why the built-in answerer stood in.
    pub error: Option<ApiError>,
}

/// Lets through messages of the scope's person (`$1` organisation, `$2` person).
pub(crate) const OWN: &str = "messages.organisation_id = $1 AND messages.conversation_id IN (SELECT conversations.id FROM conversations \
                   WHERE conversations.organisation_id = $1 AND conversations.user_id = $2 AND conversations.deleted_at IS NULL)";

/// The values of [`OWN`].
pub(crate) fn own(scope: &Scope) -> Result<Vec<Value>> {
    Ok(vec![scope.organisation().as_str().into(), scope.require_user()?.as_str().into()])
}

/// Adds a message at the end of what a conversation shows: a question is `Complete`, an answer begins empty and `Streaming`.
#[expect(clippy::too_many_arguments, reason = "each is a plain field of the row; a struct would only repeat it")]
pub async fn append(
    scope: &Scope,
    tx: &Tx,
    conversation: &ConversationId,
    id: MessageId,
    author: Author,
    text: &str,
    by: Option<Maker>,
    now: Timestamp,
) -> Result<MessageRow> {
    let sql = format!("SELECT {} AS id", end_of(1));
    let found = tx.db().row(&sql, [conversation.as_str().into()]).await?.ok_or(StoreError::NotFound)?;
    let end: Option<MessageId> = value(&found, "id")?;
    append_after(scope, tx, conversation, end, id, author, text, by, now).await
}

/// Adds a message after another one of the conversation, or as one that the conversation begins with. What came after that one
/// before stays as a branch beside it; the conversation shows the new one.
#[expect(clippy::too_many_arguments, reason = "each is a plain field of the row; a struct would only repeat it")]
pub async fn append_after(
    scope: &Scope,
    tx: &Tx,
    conversation: &ConversationId,
    parent: Option<MessageId>,
    id: MessageId,
    author: Author,
    text: &str,
    by: Option<Maker>,
    now: Timestamp,
) -> Result<MessageRow> {
    conversations::find(scope, tx.db(), conversation).await?;
    let sql = "SELECT COALESCE(MAX(ordinal), 0) AS last FROM messages WHERE conversation_id = $1";
    let last: u32 =
        value(&tx.db().row(sql, [conversation.as_str().into()]).await?.ok_or(StoreError::NotFound)?, "last")?;
    let continues = by.as_ref().is_some_and(|by| by.continues);
    let (run_id, assistant_id) = by.map(|Maker { run, assistant, .. }| (run, assistant)).unzip();
    let row = MessageRow {
        id,
        organisation_id: scope.organisation().clone(),
        conversation_id: conversation.clone(),
        ordinal: last + 1,
        author,
        text: text.to_owned(),
        state: match author {
            Author::User => MessageState::Complete,
            Author::Assistant => MessageState::Streaming,
        },
        answer_kind: AnswerKind::default(),
        citations: Vec::new(),
        steps: Vec::new(),
        error: None,
        run_id,
        rating: None,
        created_at: now,
        assistant_id,
        unsupported: Vec::new(),
        parent_id: parent,
        continues,
    };
    row::insert(tx.db(), row.clone()).await?;
    // It is the newest now, at which a conversation stands where nothing else was chosen.
    let sql = "UPDATE conversations SET leaf_id = NULL WHERE organisation_id = $1 AND id = $2 AND leaf_id IS NOT NULL";
    tx.db().execute(sql, [scope.organisation().as_str().into(), conversation.as_str().into()]).await?;
    message_texts::add(tx.db(), std::slice::from_ref(&row)).await?;
    Ok(row)
}

/// The last message of what a conversation (a placeholder) shows, as an expression of SQL; nothing while it has none.
pub(crate) fn end_of(conversation: usize) -> String {
    format!(
        "COALESCE((SELECT stands.leaf_id FROM conversations AS stands WHERE stands.id = ${conversation}), \
         (SELECT newest.id FROM messages AS newest WHERE newest.conversation_id = ${conversation} \
         ORDER BY newest.ordinal DESC LIMIT 1))"
    )
}

/// What makes `shown` of a query the ids from the beginning of a conversation (a placeholder) up to a message (an expression).
/// The organisation is `$1`.
pub(crate) fn path_to(conversation: usize, end: &str) -> String {
    format!(
        "WITH RECURSIVE shown (id, parent_id) AS (\
         SELECT messages.id, messages.parent_id FROM messages WHERE messages.organisation_id = $1 \
         AND messages.conversation_id = ${conversation} AND messages.id = {end} \
         UNION ALL SELECT messages.id, messages.parent_id FROM messages JOIN shown ON messages.id = shown.parent_id \
         WHERE messages.conversation_id = ${conversation})"
    )
}

/// The messages of a conversation from its first to the end of the branch that it stands at: what it shows, what is shared and
/// exported. Other branches are not among them.
pub async fn list(scope: &Scope, db: Db<'_>, conversation: &ConversationId) -> Result<Vec<MessageRow>> {
    let mut values = own(scope)?;
    values.push(conversation.as_str().into());
    let (path, columns) = (path_to(3, &end_of(3)), MessageRow::COLUMNS);
    let sql = format!(
        "{path} SELECT {columns} FROM messages WHERE {OWN} AND messages.conversation_id = $3 \
         AND messages.id IN (SELECT shown.id FROM shown) ORDER BY messages.ordinal"
    );
    row::all(&db.rows(&sql, values).await?)
}

/// A part of a conversation's messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// How many messages stand before it.
    pub earlier: usize,
    /// The messages, oldest first.
    pub rows: Vec<MessageRow>,
}

/// The messages of a conversation that are wanted.
///
/// Where only some are, the ids of all are read and of those alone the rest: an answer with its passages is a thousand times as
/// long as its id.
pub async fn list_part(
    scope: &Scope,
    db: Db<'_>,
    conversation: &ConversationId,
    wanted: &MessagesQuery,
) -> Result<Part> {
    let MessagesQuery { before, limit } = wanted;
    if limit.is_none() {
        let mut rows = list(scope, db, conversation).await?;
        let end = end_of_part(rows.iter().map(|row| &row.id), before.as_ref())?;
        rows.truncate(end);
        return Ok(Part { earlier: 0, rows });
    }
    let limit = paging::limit(&PageRequest { limit: *limit, ..PageRequest::default() })?;
    let ids = list_ids(scope, db, conversation).await?;
    let end = end_of_part(ids.iter(), before.as_ref())?;
    let earlier = end.saturating_sub(limit);
    Ok(Part { earlier, rows: list_these(scope, db, &ids[earlier..end]).await? })
}

/// These messages of the scope's person, in the order of their conversation; of others there is none.
pub async fn list_these(scope: &Scope, db: Db<'_>, ids: &[MessageId]) -> Result<Vec<MessageRow>> {
    let mut values = own(scope)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    values.extend(ids.iter().map(|id| Value::from(id.as_str())));
    let (columns, list) = (MessageRow::COLUMNS, placeholders(3, ids.len()));
    let sql = format!("SELECT {columns} FROM messages WHERE {OWN} AND id IN ({list}) ORDER BY ordinal");
    row::all(&db.rows(&sql, values).await?)
}

/// The ids of what [`list`] gives, in the same order.
pub async fn list_ids(scope: &Scope, db: Db<'_>, conversation: &ConversationId) -> Result<Vec<MessageId>> {
    let mut values = own(scope)?;
    values.push(conversation.as_str().into());
    let sql = format!(
        "{} SELECT messages.id FROM messages WHERE {OWN} AND messages.conversation_id = $3 \
         AND messages.id IN (SELECT shown.id FROM shown) ORDER BY messages.ordinal",
        path_to(3, &end_of(3))
    );
    db.rows(&sql, values).await?.iter().map(|found| value(found, "id")).collect()
}

/// Where the messages before `before` end, or all of them.
fn end_of_part<'a>(mut ids: impl ExactSizeIterator<Item = &'a MessageId>, before: Option<&MessageId>) -> Result<usize> {
    match before {
        Some(before) => ids.position(|id| id == before).ok_or(StoreError::NotFound),
        None => Ok(ids.len()),
    }
}

/// One message.
pub async fn find(scope: &Scope, db: Db<'_>, id: &MessageId) -> Result<MessageRow> {
    let mut values = own(scope)?;
    values.push(id.as_str().into());
    let sql = format!("SELECT {} FROM messages WHERE {OWN} AND id = $3", MessageRow::COLUMNS);
    row::one(db.row(&sql, values).await?)
}

/// Writes what an answer became, and gives it. Also when the conversation was deleted meanwhile: an undo brings all of it back.
pub async fn update(scope: &Scope, tx: &Tx, id: &MessageId, update: MessageUpdate) -> Result<MessageRow> {
    let MessageUpdate { text, state, answer_kind, citations, unsupported, steps, error } = update;
    let said = text.clone();
    let mut values = own(scope)?;
    values.extend([
        id.as_str().into(),
        text.store().into(),
        state.store().into(),
        answer_kind.store().into(),
        citations.store().into(),
        steps.store().into(),
        error.store().into(),
        unsupported.store().into(),
    ]);
    let sql = format!(
        "UPDATE messages SET text = $4, state = $5, answer_kind = $6, citations = $7, steps = $8, error = $9, \
         unsupported = $10 \
         WHERE organisation_id = $1 AND id = $3 AND conversation_id IN (SELECT conversations.id FROM conversations \
         WHERE conversations.organisation_id = $1 AND conversations.user_id = $2) RETURNING {}",
        MessageRow::COLUMNS
    );
    let written = row::one(tx.db().row(&sql, values).await?)?;
    message_texts::replace(tx.db(), id, &said).await?;
    Ok(written)
}

/// Gives or takes back the thumb on an answer.
pub async fn rate(scope: &Scope, tx: &Tx, id: &MessageId, rating: Option<bool>) -> Result<()> {
    let mut values = own(scope)?;
    values.extend([id.as_str().into(), rating.into(), Author::Assistant.store().into()]);
    let sql = format!("UPDATE messages SET rating = $4 WHERE {OWN} AND id = $3 AND author = $5");
    row::touched(tx.db().execute(&sql, values).await?)
}
