//! Assistants. What is private is seen by one person alone, administrators included: who made it, or made it private.

use std::collections::HashMap;

use hammock_contract::{
    AssistantId, CollectionId, ConnectionId, OrganisationId, Page, Timestamp, UserId,
    assistant::{Access, AssistantSettings},
    page::PageRequest,
};
use sea_orm::Value;

use crate::{
    Actor, Db, Result, Scope, StoreError, Tx, collections, paging,
    row::{self, Stored, Table, key_of, pattern, placeholders, table, value},
};

table! {
    /// An assistant.
    AssistantRow = "assistants";
    key {
        /// The id.
        id: AssistantId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The name without regard to case; unique in the organisation.
    name_key: String,
    /// Name and description in lower case, for the search in lists.
    search_key: String,
    /// Who may use it; the same as in the settings.
    access: Access,
    /// The provider connection; the database empties it when the connection goes.
    connection_id: Option<ConnectionId>,
    /// What it is made of. `connection` and `collections` are filled from the database's own columns when it is read.
    settings: AssistantSettings,
    /// Whose it is while it is private: who made it, or made it private since; absent when that person has left.
    created_by: Option<UserId>,
    /// When it was made.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
}

fn search_key(settings: &AssistantSettings) -> String {
    key_of(&format!("{}\n{}", settings.name, settings.description))
}

/// `AND (…)` that lets through what the scope's person may see; the person is the last of `values`.
fn visible(scope: &Scope, values: &mut Vec<Value>) -> String {
    // A visitor was let in to one assistant, which may be private to who made it.
    if let Actor::Visitor { assistant, .. } = scope.actor() {
        values.push(assistant.as_str().into());
        return format!(" AND assistants.id = ${}", values.len());
    }
    values.push(Access::Organisation.store().into());
    let everybody = values.len();
    match scope.user() {
        Some(user) => {
            values.push(user.as_str().into());
            format!(" AND (assistants.access = ${everybody} OR assistants.created_by = ${})", values.len())
        }
        None => format!(" AND assistants.access = ${everybody}"),
    }
}

/// Makes an assistant; `created_by` is the scope's person, also of the one that an organisation begins with: who registered. The
/// operator and jobs, who are nobody, leave it empty.
///
/// # Errors
/// [`StoreError::Duplicate`] when the name is taken; [`StoreError::NotFound`] when a collection or the connection is not
/// there for this scope.
pub async fn create(
    scope: &Scope,
    tx: &Tx,
    id: AssistantId,
    settings: AssistantSettings,
    now: Timestamp,
) -> Result<AssistantRow> {
    check_references(scope, tx, &settings).await?;
    let row = AssistantRow {
        id,
        organisation_id: scope.organisation().clone(),
        name_key: key_of(&settings.name),
        search_key: search_key(&settings),
        access: settings.access,
        connection_id: settings.connection.clone(),
        settings,
        created_by: scope.user().cloned(),
        created_at: now,
        updated_at: now,
    };
    row::insert(tx.db(), row.clone()).await?;
    set_collections(scope, tx, &row.id, &row.settings.collections).await?;
    Ok(row)
}

/// The assistants that the scope may use, by name, in pages.
pub async fn list(scope: &Scope, db: Db<'_>, request: &PageRequest) -> Result<Page<AssistantRow>> {
    let limit = paging::limit(request)?;
    let mut values: Vec<Value> = vec![scope.organisation().as_str().into()];
    let mut sql = format!("SELECT {} FROM assistants WHERE assistants.organisation_id = $1", AssistantRow::COLUMNS);
    sql.push_str(&visible(scope, &mut values));
    if let Some(query) = request.query.as_deref().filter(|query| !query.trim().is_empty()) {
        values.push(pattern(query).into());
        sql.push_str(&format!(" AND search_key LIKE ${} ESCAPE '\\'", values.len()));
    }
    if let Some((key, id)) = paging::place(request.page_token.as_deref())? {
        values.extend([key.into(), id.into()]);
        sql.push_str(&format!(" AND (name_key, id) > (${}, ${})", values.len() - 1, values.len()));
    }
    sql.push_str(&format!(" ORDER BY name_key, id LIMIT {}", limit + 1));
    let mut rows = row::all::<AssistantRow>(&db.rows(&sql, values).await?)?;
    fill(scope, db, &mut rows).await?;
    Ok(paging::page(rows, limit, |row| (row.name_key.clone(), row.id.as_str().to_owned())))
}

/// One assistant that the scope may use.
pub async fn find(scope: &Scope, db: Db<'_>, id: &AssistantId) -> Result<AssistantRow> {
    let mut values: Vec<Value> = vec![scope.organisation().as_str().into(), id.as_str().into()];
    let visible = visible(scope, &mut values);
    let columns = AssistantRow::COLUMNS;
    let sql = format!("SELECT {columns} FROM assistants WHERE organisation_id = $1 AND id = $2{visible}");
    let mut rows = vec![row::one::<AssistantRow>(db.row(&sql, values).await?)?];
    fill(scope, db, &mut rows).await?;
    rows.pop().ok_or(StoreError::NotFound)
}

/// The oldest assistant that the scope may use: what answers when none was chosen.
pub async fn first(scope: &Scope, db: Db<'_>) -> Result<AssistantRow> {
    let mut values: Vec<Value> = vec![scope.organisation().as_str().into()];
    let visible = visible(scope, &mut values);
    let columns = AssistantRow::COLUMNS;
    let sql =
        format!("SELECT {columns} FROM assistants WHERE organisation_id = $1{visible} ORDER BY created_at, id LIMIT 1");
    let mut rows = vec![row::one::<AssistantRow>(db.row(&sql, values).await?)?];
    fill(scope, db, &mut rows).await?;
    rows.pop().ok_or(StoreError::NotFound)
}

/// Replaces what an assistant is made of. Collections that it has and the scope does not see stay: nobody changes what they
/// do not see. Who makes it private has it from then on, whoever made it.
///
/// # Errors
/// As [`create`], and [`StoreError::NotFound`] when the assistant is not there for this scope.
pub async fn update(
    scope: &Scope,
    tx: &Tx,
    id: &AssistantId,
    mut settings: AssistantSettings,
    now: Timestamp,
) -> Result<AssistantRow> {
    let before = find(scope, tx.db(), id).await?;
    check_references(scope, tx, &settings).await?;
    settings.collections.extend(hidden(scope, tx, &before).await?);
    replace(scope, tx, before, settings, now).await
}

/// Takes from an assistant the collections that it has and the scope does not see: which they were.
///
/// # Errors
/// [`StoreError::NotFound`] when the assistant is not there for this scope.
pub async fn remove_hidden(scope: &Scope, tx: &Tx, id: &AssistantId, now: Timestamp) -> Result<Vec<CollectionId>> {
    let before = find(scope, tx.db(), id).await?;
    let hidden = hidden(scope, tx, &before).await?;
    if !hidden.is_empty() {
        let mut settings = before.settings.clone();
        settings.collections.retain(|one| !hidden.contains(one));
        replace(scope, tx, before, settings, now).await?;
    }
    Ok(hidden)
}

/// The collections of an assistant that the scope does not see.
async fn hidden(scope: &Scope, tx: &Tx, row: &AssistantRow) -> Result<Vec<CollectionId>> {
    let had = &row.settings.collections;
    let seen = collections::retain_visible(scope, tx.db(), had).await?;
    Ok(had.iter().filter(|one| !seen.contains(*one)).cloned().collect())
}

async fn replace(
    scope: &Scope,
    tx: &Tx,
    before: AssistantRow,
    settings: AssistantSettings,
    now: Timestamp,
) -> Result<AssistantRow> {
    let becomes_private = settings.access == Access::Private && before.access != Access::Private;
    let created_by = scope.user().filter(|_| becomes_private).or(before.created_by.as_ref()).cloned();
    let sql = "UPDATE assistants SET name_key = $3, search_key = $4, access = $5, connection_id = $6, settings = $7, \
               created_by = $8, updated_at = $9 WHERE organisation_id = $1 AND id = $2";
    let values = [
        scope.organisation().as_str().into(),
        before.id.as_str().into(),
        key_of(&settings.name).store().into(),
        search_key(&settings).store().into(),
        settings.access.store().into(),
        settings.connection.clone().store().into(),
        settings.clone().store().into(),
        created_by.clone().store().into(),
        now.as_millis().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)?;
    set_collections(scope, tx, &before.id, &settings.collections).await?;
    Ok(AssistantRow {
        name_key: key_of(&settings.name),
        search_key: search_key(&settings),
        access: settings.access,
        connection_id: settings.connection.clone(),
        settings,
        created_by,
        updated_at: now,
        ..before
    })
}

/// Removes an assistant; its conversations stay and can be read.
pub async fn delete(scope: &Scope, tx: &Tx, id: &AssistantId) -> Result<()> {
    let mut values: Vec<Value> = vec![scope.organisation().as_str().into(), id.as_str().into()];
    let visible = visible(scope, &mut values);
    let sql = format!("DELETE FROM assistants WHERE organisation_id = $1 AND id = $2{visible}");
    row::touched(tx.db().execute(&sql, values).await?)
}

/// How many assistants the organisation has, private ones included.
pub async fn count(scope: &Scope, db: Db<'_>) -> Result<u64> {
    let sql = "SELECT COUNT(*) AS total FROM assistants WHERE organisation_id = $1";
    let found = db.row(sql, [scope.organisation().as_str().into()]).await?.ok_or(StoreError::NotFound)?;
    value(&found, "total")
}

/// That connection and collections are there for this scope: a foreign key alone would let a foreign id through.
async fn check_references(scope: &Scope, tx: &Tx, settings: &AssistantSettings) -> Result<()> {
    if let Some(connection) = &settings.connection {
        crate::connections::find(scope, tx.db(), connection).await?;
    }
    if collections::count_visible(scope, tx.db(), &settings.collections).await? < settings.collections.len() {
        return Err(StoreError::NotFound);
    }
    Ok(())
}

async fn set_collections(scope: &Scope, tx: &Tx, id: &AssistantId, collections: &[CollectionId]) -> Result<()> {
    let organisation = scope.organisation().as_str();
    let sql = "DELETE FROM assistant_collections WHERE organisation_id = $1 AND assistant_id = $2";
    tx.db().execute(sql, [organisation.into(), id.as_str().into()]).await?;
    for (ordinal, collection) in (0_i64..).zip(collections) {
        let sql = "INSERT INTO assistant_collections (assistant_id, collection_id, organisation_id, ordinal) \
                   VALUES ($1, $2, $3, $4)";
        let values = [id.as_str().into(), collection.as_str().into(), organisation.into(), ordinal.into()];
        tx.db().execute(sql, values).await?;
    }
    Ok(())
}

/// Fills connection and collections from the columns that the database keeps right when those go.
async fn fill(scope: &Scope, db: Db<'_>, rows: &mut [AssistantRow]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "SELECT assistant_id, collection_id FROM assistant_collections WHERE organisation_id = $1 \
         AND assistant_id IN ({}) ORDER BY ordinal",
        placeholders(2, rows.len())
    );
    let mut values: Vec<Value> = vec![scope.organisation().as_str().into()];
    values.extend(rows.iter().map(|row| Value::from(row.id.as_str())));
    let mut collections: HashMap<AssistantId, Vec<CollectionId>> = HashMap::new();
    for found in db.rows(&sql, values).await? {
        collections.entry(value(&found, "assistant_id")?).or_default().push(value(&found, "collection_id")?);
    }
    for row in rows {
        row.settings.collections = collections.remove(&row.id).unwrap_or_default();
        row.settings.connection = row.connection_id.clone();
    }
    Ok(())
}
