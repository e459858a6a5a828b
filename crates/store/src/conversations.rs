//! Conversations. Each belongs to one person; nobody else reads it, whatever their role.

use hammock_contract::{
    AssistantId, ConversationId, OrganisationId, Page, Timestamp, UserId, chat::ConversationSummary, page::PageRequest,
};
use sea_orm::{QueryResult, Value};

use crate::{
    Db, Result, Scope, StoreError, Tx, assistants, paging,
    row::{self, Stored, Table, key_of, pattern, table, value},
};

table! {
    /// A conversation.
    ConversationRow = "conversations";
    key {
        /// The id.
        id: ConversationId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// Whose it is.
    user_id: UserId,
    /// The assistant; it may be gone.
    assistant_id: AssistantId,
    /// The title.
    title: String,
    /// The title in lower case, for the search in lists.
    title_key: String,
    /// When it was begun.
    created_at: Timestamp,
    /// When the last message came.
    updated_at: Timestamp,
    /// When it was deleted; for a while this can be undone.
    deleted_at: Option<Timestamp>,
}

/// `conversations` filtered by the scope's organisation (`$1`) and person (`$2`).
const OWN: &str = "conversations.organisation_id = $1 AND conversations.user_id = $2";

fn own(scope: &Scope) -> Result<Vec<Value>> {
    Ok(vec![scope.organisation().as_str().into(), scope.require_user()?.as_str().into()])
}

/// Begins a conversation of the scope's person with an assistant that the scope may use.
pub async fn create(
    scope: &Scope,
    tx: &Tx,
    id: ConversationId,
    assistant: &AssistantId,
    title: &str,
    now: Timestamp,
) -> Result<ConversationRow> {
    assistants::find(scope, tx.db(), assistant).await?;
    let row = ConversationRow {
        id,
        organisation_id: scope.organisation().clone(),
        user_id: scope.require_user()?.clone(),
        assistant_id: assistant.clone(),
        title: title.to_owned(),
        title_key: key_of(title),
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    row::insert(tx.db(), row.clone()).await?;
    Ok(row)
}

const SUMMARY: &str = "conversations.id, conversations.title, conversations.assistant_id, conversations.updated_at, \
                       COALESCE(assistants.settings, '') AS settings";
const JOIN: &str = "conversations LEFT JOIN assistants ON assistants.id = conversations.assistant_id \
                    AND assistants.organisation_id = conversations.organisation_id";

fn summary(found: &QueryResult) -> Result<ConversationSummary> {
    let settings: String = value(found, "settings")?;
    let assistant_name = if settings.is_empty() {
        String::new()
    } else {
        hammock_contract::assistant::AssistantSettings::load(settings)?.name
    };
    Ok(ConversationSummary {
        id: value(found, "id")?,
        title: value(found, "title")?,
        assistant: value(found, "assistant_id")?,
        assistant_name,
        updated_at: value(found, "updated_at")?,
    })
}

/// The person's conversations, the one with the newest message first. The assistant's name is empty when it is gone.
pub async fn list(scope: &Scope, db: Db<'_>, request: &PageRequest) -> Result<Page<ConversationSummary>> {
    let limit = paging::limit(request)?;
    let mut values = own(scope)?;
    let mut sql = format!("SELECT {SUMMARY} FROM {JOIN} WHERE {OWN} AND conversations.deleted_at IS NULL");
    if let Some(query) = request.query.as_deref().filter(|query| !query.trim().is_empty()) {
        values.push(pattern(query).into());
        sql.push_str(&format!(" AND conversations.title_key LIKE ${} ESCAPE '\\'", values.len()));
    }
    if let Some((updated_at, id)) = paging::number_place(request.page_token.as_deref())? {
        values.extend([updated_at.into(), id.into()]);
        let (first, second) = (values.len() - 1, values.len());
        sql.push_str(&format!(" AND (conversations.updated_at, conversations.id) < (${first}, ${second})"));
    }
    sql.push_str(&format!(" ORDER BY conversations.updated_at DESC, conversations.id DESC LIMIT {}", limit + 1));
    let rows = db.rows(&sql, values).await?.iter().map(summary).collect::<Result<Vec<_>>>()?;
    Ok(paging::page(rows, limit, |row| (row.updated_at.as_millis().to_string(), row.id.as_str().to_owned())))
}

/// One conversation of the person.
pub async fn find(scope: &Scope, db: Db<'_>, id: &ConversationId) -> Result<ConversationRow> {
    let mut values = own(scope)?;
    values.push(id.as_str().into());
    let columns = ConversationRow::COLUMNS;
    let sql = format!("SELECT {columns} FROM conversations WHERE {OWN} AND id = $3 AND deleted_at IS NULL");
    row::one(db.row(&sql, values).await?)
}

/// What the list shows of one conversation of the person.
pub async fn find_summary(scope: &Scope, db: Db<'_>, id: &ConversationId) -> Result<ConversationSummary> {
    let mut values = own(scope)?;
    values.push(id.as_str().into());
    let sql = format!(
        "SELECT {SUMMARY} FROM {JOIN} WHERE {OWN} AND conversations.id = $3 AND conversations.deleted_at IS NULL"
    );
    summary(&db.row(&sql, values).await?.ok_or(StoreError::NotFound)?)
}

/// Gives a conversation another title.
pub async fn rename(scope: &Scope, tx: &Tx, id: &ConversationId, title: &str) -> Result<()> {
    let mut values = own(scope)?;
    values.extend([id.as_str().into(), title.to_owned().store().into(), key_of(title).store().into()]);
    let sql =
        format!("UPDATE conversations SET title = $4, title_key = $5 WHERE {OWN} AND id = $3 AND deleted_at IS NULL");
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Notes that a message came; the conversation may go on with another assistant of the scope's.
pub async fn touch(scope: &Scope, tx: &Tx, id: &ConversationId, assistant: &AssistantId, now: Timestamp) -> Result<()> {
    let mut values = own(scope)?;
    values.extend([id.as_str().into(), assistant.as_str().into(), now.as_millis().into()]);
    let sql = format!(
        "UPDATE conversations SET assistant_id = $4, updated_at = $5 WHERE {OWN} AND id = $3 AND deleted_at IS NULL"
    );
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Deletes a conversation; [`restore`] undoes it until [`purge`].
pub async fn delete(scope: &Scope, tx: &Tx, id: &ConversationId, now: Timestamp) -> Result<()> {
    let mut values = own(scope)?;
    values.extend([id.as_str().into(), now.as_millis().into()]);
    let sql = format!("UPDATE conversations SET deleted_at = $4 WHERE {OWN} AND id = $3 AND deleted_at IS NULL");
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Undoes a deletion.
///
/// # Errors
/// [`StoreError::NotFound`] when it is not deleted, or purged already.
pub async fn restore(scope: &Scope, tx: &Tx, id: &ConversationId) -> Result<()> {
    let mut values = own(scope)?;
    values.push(id.as_str().into());
    let sql = format!("UPDATE conversations SET deleted_at = NULL WHERE {OWN} AND id = $3 AND deleted_at IS NOT NULL");
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Removes for good what was deleted before `before`; how many. No scope: housekeeping.
pub async fn purge(tx: &Tx, before: Timestamp) -> Result<u64> {
    tx.db().execute("DELETE FROM conversations WHERE deleted_at < $1", [before.as_millis().into()]).await
}
