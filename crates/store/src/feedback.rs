//! What people say about answers. Each says it about their own conversations; whoever looks after an assistant reads what is
//! said about its answers, and of the conversations nothing but the exchange that it is about.

use hammock_contract::{
    AssistantId, ConversationId, FeedbackId, MessageId, OrganisationId, Page, Timestamp, UserId,
    assistant::{Access, AssistantSettings},
    chat::Author,
    feedback::{FeedbackEntry, FeedbackQuery, FeedbackReason, FeedbackState},
    page::PageRequest,
    user::Role,
};
use sea_orm::{QueryResult, Value};

use crate::{
    Db, Result, Scope, StoreError, Tx, conversations,
    messages::{self, MessageRow},
    paging,
    row::{self, Stored, Table, key_of, pattern, placeholders, table, value, words},
};

words!(FeedbackReason, FeedbackState);

table! {
    /// What a person said about an answer.
    FeedbackRow = "feedback";
    key {
        /// The id.
        id: FeedbackId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The assistant that answered.
    assistant_id: AssistantId,
    /// The answer; unique.
    message_id: MessageId,
    /// Who said it.
    user_id: UserId,
    /// The thumb; absent when it was taken back, and then nobody but the person reads any of it.
    rating: Option<bool>,
    /// What is wrong with the answer.
    reason: Option<FeedbackReason>,
    /// The comment.
    comment: String,
    /// The comment in lower case, for the search in lists.
    comment_key: String,
    /// The question that was answered.
    question: String,
    /// The question in lower case, for the search in lists.
    question_key: String,
    /// Whether somebody has seen to it.
    state: FeedbackState,
    /// When it was first said.
    created_at: Timestamp,
    /// When it was last said otherwise.
    updated_at: Timestamp,
    /// Who has seen to it.
    resolved_by: Option<UserId>,
    /// When.
    resolved_at: Option<Timestamp>,
}

/// What is said about an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The thumb: `true` is up.
    pub rating: bool,
    /// What is wrong with the answer.
    pub reason: Option<FeedbackReason>,
    /// The comment.
    pub comment: String,
}

/// One piece of feedback with what it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// What the list shows of it.
    pub entry: FeedbackEntry,
    /// The answer.
    pub answer: MessageRow,
    /// The names of the files that the question was sent with, in their order.
    pub files: Vec<String>,
    /// Who has seen to it.
    pub resolved_by: Option<String>,
    /// When.
    pub resolved_at: Option<Timestamp>,
}

/// What the scope's person said about an answer of theirs, also what they took back.
///
/// # Errors
/// [`StoreError::NotFound`] when the answer is not the person's.
pub async fn find_own(scope: &Scope, db: Db<'_>, message: &MessageId) -> Result<Option<FeedbackRow>> {
    messages::find(scope, db, message).await?;
    let columns = FeedbackRow::COLUMNS;
    let sql = format!("SELECT {columns} FROM feedback WHERE organisation_id = $1 AND message_id = $2");
    let values = [scope.organisation().as_str().into(), message.as_str().into()];
    db.row(&sql, values).await?.as_ref().map(FeedbackRow::from_row).transpose()
}

/// What the scope's person said about these answers of a conversation of theirs, also what they took back.
///
/// # Errors
/// [`StoreError::NotFound`] when the conversation is not the person's.
pub async fn list_own(
    scope: &Scope,
    db: Db<'_>,
    conversation: &ConversationId,
    answers: &[MessageId],
) -> Result<Vec<FeedbackRow>> {
    conversations::find(scope, db, conversation).await?;
    if answers.is_empty() {
        return Ok(Vec::new());
    }
    let list = placeholders(3, answers.len());
    let sql = format!(
        "SELECT {} FROM feedback \
         JOIN messages ON messages.id = feedback.message_id AND messages.organisation_id = feedback.organisation_id \
         WHERE feedback.organisation_id = $1 AND messages.conversation_id = $2 AND feedback.message_id IN ({list}) \
         ORDER BY feedback.id",
        FeedbackRow::COLUMNS
    );
    let mut values: Vec<Value> = vec![scope.organisation().as_str().into(), conversation.as_str().into()];
    values.extend(answers.iter().map(|id| Value::from(id.as_str())));
    db.rows(&sql, values).await?.iter().map(FeedbackRow::from_row).collect()
}

/// Notes what the scope's person says about an answer of theirs, in place of what they said before; somebody has to see to it
/// again.
///
/// # Errors
/// [`StoreError::NotFound`] when the answer is not the person's, or the assistant that gave it is gone.
pub async fn put(scope: &Scope, tx: &Tx, message: &MessageId, said: Said, now: Timestamp) -> Result<FeedbackRow> {
    let Said { rating, reason, comment } = said;
    let answer = messages::find(scope, tx.db(), message).await?;
    if answer.author != Author::Assistant {
        return Err(StoreError::NotFound);
    }
    if let Some(before) = find_own(scope, tx.db(), message).await? {
        let row = FeedbackRow {
            rating: Some(rating),
            reason,
            comment_key: key_of(&comment),
            comment,
            state: FeedbackState::Open,
            updated_at: now,
            resolved_by: None,
            resolved_at: None,
            ..before
        };
        let sql = "UPDATE feedback SET rating = $3, reason = $4, comment = $5, comment_key = $6, state = $7, \
                   updated_at = $8, resolved_by = NULL, resolved_at = NULL WHERE organisation_id = $1 AND id = $2";
        let values = [
            scope.organisation().as_str().into(),
            row.id.as_str().into(),
            row.rating.into(),
            row.reason.store().into(),
            row.comment.clone().store().into(),
            row.comment_key.clone().store().into(),
            row.state.store().into(),
            now.as_millis().into(),
        ];
        row::touched(tx.db().execute(sql, values).await?)?;
        return Ok(row);
    }
    let question = question_of(scope, tx.db(), &answer).await?;
    let row = FeedbackRow {
        id: FeedbackId::new(),
        organisation_id: scope.organisation().clone(),
        assistant_id: assistant_of(scope, tx.db(), message).await?,
        message_id: message.clone(),
        user_id: scope.require_user()?.clone(),
        rating: Some(rating),
        reason,
        comment_key: key_of(&comment),
        comment,
        question_key: key_of(&question),
        question,
        state: FeedbackState::Open,
        created_at: now,
        updated_at: now,
        resolved_by: None,
        resolved_at: None,
    };
    row::insert(tx.db(), row.clone()).await?;
    Ok(row)
}

/// The question that an answer is about: the one that it comes after.
async fn question_of(scope: &Scope, db: Db<'_>, answer: &MessageRow) -> Result<String> {
    let sql =
        "SELECT text FROM messages WHERE organisation_id = $1 AND conversation_id = $2 AND id = $3 AND author = $4";
    let values = [
        scope.organisation().as_str().into(),
        answer.conversation_id.as_str().into(),
        answer.parent_id.clone().store().into(),
        Author::User.store().into(),
    ];
    Ok(db.row(sql, values).await?.map(|found| value(&found, "text")).transpose()?.unwrap_or_default())
}

/// The assistant that gave an answer, while it is there.
async fn assistant_of(scope: &Scope, db: Db<'_>, message: &MessageId) -> Result<AssistantId> {
    let sql = "SELECT assistants.id FROM messages \
               JOIN conversations ON conversations.id = messages.conversation_id \
               JOIN assistants ON assistants.organisation_id = messages.organisation_id \
               AND assistants.id = COALESCE(messages.assistant_id, conversations.assistant_id) \
               WHERE messages.organisation_id = $1 AND messages.id = $2";
    let values = [scope.organisation().as_str().into(), message.as_str().into()];
    value(&db.row(sql, values).await?.ok_or(StoreError::NotFound)?, "id")
}

/// Takes back what the scope's person said about an answer of theirs. Nobody but them reads any of it from then on.
///
/// # Errors
/// [`StoreError::NotFound`] when the answer is not the person's.
pub async fn withdraw(scope: &Scope, tx: &Tx, message: &MessageId, now: Timestamp) -> Result<()> {
    messages::find(scope, tx.db(), message).await?;
    let sql = "UPDATE feedback SET rating = NULL, updated_at = $3 WHERE organisation_id = $1 AND message_id = $2";
    let values = [scope.organisation().as_str().into(), message.as_str().into(), now.as_millis().into()];
    // Nothing was said where there is no row.
    tx.db().execute(sql, values).await?;
    Ok(())
}

const FROM: &str = "feedback \
    JOIN assistants ON assistants.id = feedback.assistant_id AND assistants.organisation_id = feedback.organisation_id \
    JOIN messages ON messages.id = feedback.message_id AND messages.organisation_id = feedback.organisation_id \
    JOIN conversations ON conversations.id = messages.conversation_id AND conversations.deleted_at IS NULL \
    JOIN users ON users.id = feedback.user_id \
    LEFT JOIN visitors ON visitors.user_id = feedback.user_id AND visitors.organisation_id = feedback.organisation_id \
    LEFT JOIN users AS resolvers ON resolvers.id = feedback.resolved_by";

/// The condition that lets through what the scope looks after: administrators the assistants that they see, others those that
/// are private to them. The same as who may change an assistant.
fn looked_after(scope: &Scope, values: &mut Vec<Value>) -> String {
    let mut ways = Vec::new();
    if let Some(user) = scope.user() {
        values.extend([Access::Private.store().into(), user.as_str().into()]);
        let (private, own) = (values.len() - 1, values.len());
        ways.push(format!("(assistants.access = ${private} AND assistants.created_by = ${own})"));
    }
    if scope.role() >= Role::Administrator {
        values.push(Access::Organisation.store().into());
        ways.push(format!("assistants.access = ${}", values.len()));
    }
    if ways.is_empty() { "FALSE".to_owned() } else { format!("({})", ways.join(" OR ")) }
}

fn select(scope: &Scope, values: &mut Vec<Value>) -> String {
    values.push(scope.organisation().as_str().into());
    let organisation = values.len();
    let looked_after = looked_after(scope, values);
    format!(
        "SELECT {}, assistants.settings AS assistant_settings, users.first_name AS first_name, \
         users.last_name AS last_name, visitors.name AS visitor_name, resolvers.first_name AS resolver_first_name, \
         resolvers.last_name AS resolver_last_name FROM {FROM} \
         WHERE feedback.organisation_id = ${organisation} AND feedback.rating IS NOT NULL AND {looked_after}",
        FeedbackRow::COLUMNS
    )
}

fn entry(found: &QueryResult) -> Result<FeedbackEntry> {
    let row = FeedbackRow::from_row(found)?;
    let rating = row.rating.unwrap_or_default();
    let settings: AssistantSettings = value(found, "assistant_settings")?;
    // A visitor's row of `users` has no name: theirs is the one that they signed in with, if they did.
    let visitor: Option<String> = value(found, "visitor_name")?;
    let person = name(value(found, "first_name")?, value(found, "last_name")?);
    Ok(FeedbackEntry {
        id: row.id,
        assistant: row.assistant_id,
        assistant_name: settings.name,
        rating,
        // What was said of a thumb down says nothing about one that is up.
        reason: row.reason.filter(|_| !rating),
        comment: if rating { String::new() } else { row.comment },
        question: row.question,
        person: visitor.map_or(person, |visitor| visitor.trim().to_owned()),
        state: row.state,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn name(first: String, last: String) -> String {
    format!("{first} {last}").trim().to_owned()
}

/// What people say about the answers of the assistants that the scope looks after, the newest first.
pub async fn list(scope: &Scope, db: Db<'_>, query: &FeedbackQuery) -> Result<Page<FeedbackEntry>> {
    let FeedbackQuery { assistant, rating, reason, state, query: text, limit, page_token } = query;
    let limit = paging::limit(&PageRequest { limit: *limit, ..PageRequest::default() })?;
    let mut values: Vec<Value> = Vec::new();
    let mut sql = select(scope, &mut values);
    let mut and = |condition: &str, value: Value| {
        values.push(value);
        sql.push_str(" AND ");
        sql.push_str(&condition.replace('?', &format!("${}", values.len())));
    };
    if let Some(assistant) = assistant {
        and("feedback.assistant_id = ?", assistant.as_str().into());
    }
    if let Some(rating) = rating {
        and("feedback.rating = ?", (*rating).into());
    }
    if let Some(reason) = reason {
        and("(feedback.rating = FALSE AND feedback.reason = ?)", reason.store().into());
    }
    if let Some(state) = state {
        and("feedback.state = ?", state.store().into());
    }
    if let Some(text) = text.as_deref().filter(|text| !text.trim().is_empty()) {
        and(
            "(feedback.question_key LIKE ? ESCAPE '\\' \
             OR (feedback.rating = FALSE AND feedback.comment_key LIKE ? ESCAPE '\\'))",
            pattern(text).into(),
        );
    }
    if let Some((updated_at, id)) = paging::number_place(page_token.as_deref())? {
        values.extend([updated_at.into(), id.into()]);
        let (first, second) = (values.len() - 1, values.len());
        sql.push_str(&format!(" AND (feedback.updated_at, feedback.id) < (${first}, ${second})"));
    }
    sql.push_str(&format!(" ORDER BY feedback.updated_at DESC, feedback.id DESC LIMIT {}", limit + 1));
    let rows = db.rows(&sql, values).await?.iter().map(entry).collect::<Result<Vec<_>>>()?;
    Ok(paging::page(rows, limit, |row| (row.updated_at.as_millis().to_string(), row.id.as_str().to_owned())))
}

/// The names of what was sent with the question that an answer is about, and nothing else of it.
async fn files_of(scope: &Scope, db: Db<'_>, answer: &MessageRow) -> Result<Vec<String>> {
    let Some(question) = &answer.parent_id else { return Ok(Vec::new()) };
    let sql = "SELECT name, ordinal, id FROM attachments WHERE organisation_id = $1 AND message_id = $2 \
               UNION ALL SELECT attachments.name, kept_attachments.ordinal, attachments.id FROM kept_attachments \
               JOIN attachments ON attachments.id = kept_attachments.attachment_id \
               WHERE attachments.organisation_id = $1 AND kept_attachments.message_id = $2 ORDER BY ordinal, id";
    let values = [scope.organisation().as_str().into(), question.as_str().into()];
    db.rows(sql, values).await?.iter().map(|found| value(found, "name")).collect()
}

/// One piece of feedback that the scope looks after, with the answer that it is about.
pub async fn find(scope: &Scope, db: Db<'_>, id: &FeedbackId) -> Result<Context> {
    let mut values: Vec<Value> = Vec::new();
    let mut sql = select(scope, &mut values);
    values.push(id.as_str().into());
    sql.push_str(&format!(" AND feedback.id = ${}", values.len()));
    let found = db.row(&sql, values).await?.ok_or(StoreError::NotFound)?;
    let message: MessageId = value(&found, "message_id")?;
    let sql = format!("SELECT {} FROM messages WHERE organisation_id = $1 AND id = $2", MessageRow::COLUMNS);
    let values = [scope.organisation().as_str().into(), message.as_str().into()];
    let resolver: Option<String> = value(&found, "resolver_first_name")?;
    let last: Option<String> = value(&found, "resolver_last_name")?;
    let answer: MessageRow = row::one(db.row(&sql, values).await?)?;
    Ok(Context {
        entry: entry(&found)?,
        files: files_of(scope, db, &answer).await?,
        answer,
        resolved_by: resolver.map(|first| name(first, last.unwrap_or_default())),
        resolved_at: value(&found, "resolved_at")?,
    })
}

/// Notes whether somebody has seen to what the scope looks after.
///
/// # Errors
/// [`StoreError::NotFound`] when it is not there for this scope.
pub async fn set_state(scope: &Scope, tx: &Tx, id: &FeedbackId, state: FeedbackState, now: Timestamp) -> Result<()> {
    find(scope, tx.db(), id).await?;
    let is_resolved = state == FeedbackState::Resolved;
    let values = [
        scope.organisation().as_str().into(),
        id.as_str().into(),
        state.store().into(),
        scope.user().filter(|_| is_resolved).cloned().store().into(),
        is_resolved.then_some(now).store().into(),
    ];
    let sql =
        "UPDATE feedback SET state = $3, resolved_by = $4, resolved_at = $5 WHERE organisation_id = $1 AND id = $2";
    row::touched(tx.db().execute(sql, values).await?)
}
