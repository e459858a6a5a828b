//! Conversations. Each belongs to one person; nobody else reads it, whatever their role.

use hammock_contract::{
    AssistantId, CategoryId, ConversationId, OrganisationId, Page, Timestamp, UserId, category::Category,
    chat::ConversationSummary, conversation::ConversationQuery, page::PageRequest, visitor::Channel,
};
use sea_orm::{QueryResult, Value};
use serde::{Deserialize, Serialize};

use crate::{
    Db, Result, Scope, StoreError, Tx, assistants, folding, message_texts, paging,
    row::{self, Stored, Table, table, value, words},
    share_links,
};

/// Where the title of a conversation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TitleBy {
    /// It is the beginning of the first question.
    Question,
    /// The model wrote it.
    Model,
    /// The person wrote it, or took it over with a copy.
    Person,
}

words!(TitleBy);

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
    /// The title, folded, for the search in lists.
    title_key: String,
    /// When it was begun.
    created_at: Timestamp,
    /// When the last message came.
    updated_at: Timestamp,
    /// When it was deleted; for a while this can be undone.
    deleted_at: Option<Timestamp>,
    /// Where its title comes from.
    title_by: TitleBy,
    /// What a visitor held it in; absent for a person's.
    channel: Option<Channel>,
    /// The origin of the page that a visitor began it on, as [`VisitorPage`](crate::VisitorPage) has it; absent for a person's.
    origin: Option<String>,
    /// The e-mail address that a visitor left in it, to be answered by a person.
    contact: Option<String>,
}

/// `conversations` filtered by the scope's organisation (`$1`) and person (`$2`).
pub(crate) const OWN: &str = "conversations.organisation_id = $1 AND conversations.user_id = $2";

pub(crate) fn own(scope: &Scope) -> Result<Vec<Value>> {
    Ok(vec![scope.organisation().as_str().into(), scope.require_user()?.as_str().into()])
}

/// Begins a conversation of the scope's person with an assistant that the scope may use. Its title is the question's beginning.
/// It is held where the person is, if that is a visitor, also when they go on with it somewhere else.
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
        title_key: folding::fold(title),
        created_at: now,
        updated_at: now,
        deleted_at: None,
        title_by: TitleBy::Question,
        channel: scope.page().map(|page| page.channel),
        origin: scope.page().map(|page| page.origin.clone()),
        contact: None,
    };
    row::insert(tx.db(), row.clone()).await?;
    Ok(row)
}

const SUMMARY: &str = "conversations.id, conversations.title, conversations.assistant_id, conversations.updated_at, \
                       COALESCE(assistants.settings, '') AS settings, categories.id AS category_id, \
                       categories.name AS category_name, categories.colour AS category_colour";
const JOIN: &str = "conversations LEFT JOIN assistants ON assistants.id = conversations.assistant_id \
                    AND assistants.organisation_id = conversations.organisation_id \
                    LEFT JOIN categories ON categories.id = conversations.category_id \
                    AND categories.user_id = conversations.user_id AND categories.deleted_at IS NULL";

fn summary(found: &QueryResult) -> Result<ConversationSummary> {
    let settings: String = value(found, "settings")?;
    let assistant_name = if settings.is_empty() {
        String::new()
    } else {
        hammock_contract::assistant::AssistantSettings::load(settings)?.name
    };
    let category = match value::<Option<CategoryId>>(found, "category_id")? {
        Some(id) => {
            Some(Category { id, name: value(found, "category_name")?, colour: value(found, "category_colour")? })
        }
        None => None,
    };
    Ok(ConversationSummary {
        id: value(found, "id")?,
        title: value(found, "title")?,
        assistant: value(found, "assistant_id")?,
        assistant_name,
        updated_at: value(found, "updated_at")?,
        category,
        found: None,
    })
}

/// The person's conversations, the one with the newest message first. The assistant's name is empty when it is gone. Where
/// what was searched for was found, [`message_texts::list_found`] tells.
pub async fn list(
    scope: &Scope,
    db: Db<'_>,
    query: &ConversationQuery,
    now: Timestamp,
) -> Result<Page<ConversationSummary>> {
    let ConversationQuery { limit, page_token, query, assistant, category, shared, from, before } = query;
    let limit = paging::limit(&PageRequest { limit: *limit, ..PageRequest::default() })?;
    let mut values = own(scope)?;
    let mut sql = format!("SELECT {SUMMARY} FROM {JOIN} WHERE {OWN} AND conversations.deleted_at IS NULL");
    for word in folding::words(query.as_deref().unwrap_or_default()) {
        values.push(folding::pattern(&word).into());
        sql.push_str(&format!(" AND {}", message_texts::has_word(values.len())));
    }
    let filters: [(&str, Option<Value>); 4] = [
        ("conversations.assistant_id =", assistant.as_ref().map(|id| id.as_str().into())),
        ("categories.id =", category.as_ref().map(|id| id.as_str().into())),
        ("conversations.updated_at >=", from.map(|from| from.as_millis().into())),
        ("conversations.updated_at <", before.map(|before| before.as_millis().into())),
    ];
    for (condition, wanted) in filters {
        if let Some(wanted) = wanted {
            values.push(wanted);
            sql.push_str(&format!(" AND {condition} ${}", values.len()));
        }
    }
    if let Some(is_shared) = shared {
        values.push(now.as_millis().into());
        let not = if *is_shared { "" } else { "NOT " };
        sql.push_str(&format!(" AND {not}{}", share_links::shares(values.len())));
    }
    if let Some((updated_at, id)) = paging::number_place(page_token.as_deref())? {
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

/// The conversation of the person with the newest message, if there is any.
pub async fn find_newest(scope: &Scope, db: Db<'_>) -> Result<Option<ConversationRow>> {
    let columns = ConversationRow::COLUMNS;
    let sql = format!(
        "SELECT {columns} FROM conversations WHERE {OWN} AND deleted_at IS NULL ORDER BY updated_at DESC, id DESC LIMIT 1"
    );
    db.row(&sql, own(scope)?).await?.as_ref().map(ConversationRow::from_row).transpose()
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

/// Gives a conversation another title, which is the person's from now on.
pub async fn rename(scope: &Scope, tx: &Tx, id: &ConversationId, title: &str) -> Result<()> {
    let values = entitling(scope, id, title, TitleBy::Person)?;
    let sql = format!("{ENTITLE} WHERE {OWN} AND id = $3 AND deleted_at IS NULL");
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Gives a conversation the title that a model wrote.
///
/// # Errors
/// [`StoreError::NotFound`] also when its title is no longer the question's beginning: somebody has given it another one.
pub async fn entitle(scope: &Scope, tx: &Tx, id: &ConversationId, title: &str) -> Result<()> {
    let mut values = entitling(scope, id, title, TitleBy::Model)?;
    values.push(TitleBy::Question.store().into());
    let sql = format!("{ENTITLE} WHERE {OWN} AND id = $3 AND deleted_at IS NULL AND title_by = $7");
    row::touched(tx.db().execute(&sql, values).await?)
}

const ENTITLE: &str = "UPDATE conversations SET title = $4, title_key = $5, title_by = $6";

fn entitling(scope: &Scope, id: &ConversationId, title: &str, by: TitleBy) -> Result<Vec<Value>> {
    let mut values = own(scope)?;
    values.extend([id.as_str().into(), title.to_owned().store().into(), folding::fold(title).store().into()]);
    values.push(by.store().into());
    Ok(values)
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
