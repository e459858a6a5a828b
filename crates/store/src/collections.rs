//! Collections. Everybody reads the built-in handbook beside their own; nobody but [`Scope::builtin`] writes it.

mod visiting;

use std::collections::HashMap;

use hammock_contract::{
    CollectionId, OrganisationId, Page, Timestamp, UserId,
    collection::{Collection, CollectionAccess, CollectionPatch, CollectionSort},
    page::PageRequest,
    retrieval::RetrievalSettings,
};
use sea_orm::Value;

use crate::{
    Actor, Db, Result, Scope, StoreError, Tx,
    attachments::HIDDEN,
    collection_access, paging,
    row::{self, Stored, Table, key_of, pattern, placeholders, table, value},
    scope::{builtin_organisation, handbook_collection},
};

table! {
    /// A collection.
    CollectionRow = "collections";
    key {
        /// The id.
        id: CollectionId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The name.
    name: String,
    /// The name without regard to case; unique in the organisation.
    name_key: String,
    /// What is in it.
    description: String,
    /// When it was made.
    created_at: Timestamp,
    /// When anything in it last changed.
    updated_at: Timestamp,
    /// How it is searched.
    retrieval: RetrievalSettings,
    /// Who sees what is in it.
    access: CollectionAccess,
    /// Who made it.
    created_by: Option<UserId>,
}

/// A condition that lets through rows of `table` that the scope may read: what its person sees in its organisation, and the
/// built-in handbook's. `collection` is the column that holds the collection's id.
///
/// Every query that gives out anything of a collection has it (or [`writable`]): there is no other place where this is decided.
pub(crate) fn readable(scope: &Scope, table: &str, collection: &str, values: &mut Vec<Value>) -> String {
    if let Actor::Visitor { assistant, .. } = scope.actor() {
        let opened = visiting::of_assistant(scope, assistant, table, collection, values);
        let own = writable(scope, table, collection, values);
        return format!("({opened} OR {own})");
    }
    let own = if scope.is_share_link() {
        open_to_everybody(scope, table, collection, values)
    } else {
        writable(scope, table, collection, values)
    };
    values.extend([builtin_organisation().as_str().into(), handbook_collection().as_str().into()]);
    let (builtin, handbook) = (values.len() - 1, values.len());
    format!("({own} OR ({table}.organisation_id = ${builtin} AND {table}.{collection} = ${handbook}))")
}

/// The same without the handbook, which nobody but [`Scope::builtin`] writes. Background work and the operator belong to no
/// person: they see all of their organisation. A share link writes nothing, a visitor what they made alone: the files that they
/// put into their conversations.
pub(crate) fn writable(scope: &Scope, table: &str, collection: &str, values: &mut Vec<Value>) -> String {
    if scope.is_share_link() {
        return "1 = 0".to_owned();
    }
    values.push(scope.organisation().as_str().into());
    let own = values.len();
    let Some(user) = scope.user() else { return format!("{table}.organisation_id = ${own}") };
    if scope.is_visitor() {
        return visiting::made_by(user, own, table, collection, values);
    }
    values.extend([
        user.as_str().into(),
        CollectionAccess::Organisation.store().into(),
        CollectionAccess::Chosen.store().into(),
    ]);
    let (user, everybody, chosen) = (own + 1, own + 2, own + 3);
    format!(
        "({table}.organisation_id = ${own} AND {table}.{collection} IN (SELECT seen.id FROM collections AS seen \
         WHERE seen.organisation_id = ${own} AND (seen.access = ${everybody} OR seen.created_by = ${user} \
         OR (seen.access = ${chosen} AND EXISTS (SELECT 1 FROM collection_people \
         WHERE collection_people.collection_id = seen.id AND collection_people.organisation_id = ${own} \
         AND collection_people.user_id = ${user})))))"
    )
}

/// What everybody in the organisation sees: whoever holds a share link was never chosen for anything, and sees no more.
fn open_to_everybody(scope: &Scope, table: &str, collection: &str, values: &mut Vec<Value>) -> String {
    values.extend([scope.organisation().as_str().into(), CollectionAccess::Organisation.store().into()]);
    let (own, everybody) = (values.len() - 1, values.len());
    format!(
        "({table}.organisation_id = ${own} AND {table}.{collection} IN (SELECT seen.id FROM collections AS seen \
         WHERE seen.organisation_id = ${own} AND seen.access = ${everybody}))"
    )
}

/// Makes a collection, which is searched as Hammock searches by itself, and which everybody in the organisation sees;
/// [`crate::collection_access::set`] restricts it.
///
/// # Errors
/// [`StoreError::Duplicate`] when the name is taken.
pub async fn create(
    scope: &Scope,
    tx: &Tx,
    id: CollectionId,
    name: &str,
    description: &str,
    now: Timestamp,
) -> Result<CollectionRow> {
    let row = CollectionRow {
        id,
        organisation_id: scope.organisation().clone(),
        name: name.to_owned(),
        name_key: key_of(name),
        description: description.to_owned(),
        created_at: now,
        updated_at: now,
        retrieval: RetrievalSettings::default(),
        access: CollectionAccess::Organisation,
        created_by: scope.user().cloned(),
    };
    row::insert(tx.db(), row.clone()).await?;
    Ok(row)
}

/// The collections that the scope may read, in this order, with their counts; without those of attachments.
pub async fn list(scope: &Scope, db: Db<'_>, request: &PageRequest, sort: CollectionSort) -> Result<Page<Collection>> {
    let limit = paging::limit(request)?;
    let mut values: Vec<Value> = Vec::new();
    let readable = readable(scope, "collections", "id", &mut values);
    let columns = CollectionRow::COLUMNS;
    let mut sql = format!("SELECT {columns} FROM collections WHERE {readable} AND collections.id NOT IN {HIDDEN}");
    if let Some(query) = request.query.as_deref().filter(|query| !query.trim().is_empty()) {
        values.push(pattern(query).into());
        sql.push_str(&format!(" AND name_key LIKE ${} ESCAPE '\\'", values.len()));
    }
    let token = request.page_token.as_deref();
    let place: Option<(Value, String)> = match sort {
        CollectionSort::Name => paging::place(token)?.map(|(key, id)| (key.into(), id)),
        CollectionSort::Created | CollectionSort::Changed => {
            paging::number_place(token)?.map(|(key, id)| (key.into(), id))
        }
    };
    let (column, sign, direction) = match sort {
        CollectionSort::Name => ("name_key", ">", ""),
        CollectionSort::Created => ("created_at", "<", " DESC"),
        CollectionSort::Changed => ("updated_at", "<", " DESC"),
    };
    if let Some((key, id)) = place {
        values.extend([key, id.into()]);
        sql.push_str(&format!(" AND ({column}, id) {sign} (${}, ${})", values.len() - 1, values.len()));
    }
    sql.push_str(&format!(" ORDER BY {column}{direction}, id{direction} LIMIT {}", limit + 1));
    let rows = row::all::<CollectionRow>(&db.rows(&sql, values).await?)?;
    let page = paging::page(rows, limit, |row| {
        let key = match sort {
            CollectionSort::Name => row.name_key.clone(),
            CollectionSort::Created => row.created_at.as_millis().to_string(),
            CollectionSort::Changed => row.updated_at.as_millis().to_string(),
        };
        (key, row.id.as_str().to_owned())
    });
    Ok(Page { items: with_counts(scope, db, page.items).await?, next_page_token: page.next_page_token })
}

/// One collection with its counts.
pub async fn find(scope: &Scope, db: Db<'_>, id: &CollectionId) -> Result<Collection> {
    let row = find_row(scope, db, id).await?;
    with_counts(scope, db, vec![row]).await?.pop().ok_or(StoreError::NotFound)
}

/// One collection that the scope may read, without counts.
pub async fn find_row(scope: &Scope, db: Db<'_>, id: &CollectionId) -> Result<CollectionRow> {
    let mut values: Vec<Value> = vec![id.as_str().into()];
    let readable = readable(scope, "collections", "id", &mut values);
    let sql = format!("SELECT {} FROM collections WHERE id = $1 AND {readable}", CollectionRow::COLUMNS);
    row::one(db.row(&sql, values).await?)
}

/// One collection that the scope may write: of its own organisation, and seen by its person.
pub async fn find_writable(scope: &Scope, db: Db<'_>, id: &CollectionId) -> Result<CollectionRow> {
    let mut values: Vec<Value> = vec![id.as_str().into()];
    let writable = writable(scope, "collections", "id", &mut values);
    let sql = format!("SELECT {} FROM collections WHERE id = $1 AND {writable}", CollectionRow::COLUMNS);
    row::one(db.row(&sql, values).await?)
}

/// The ids of every collection that the scope may read: what a search without a choice looks through. Those of attachments are
/// searched in their conversation alone.
pub async fn list_ids(scope: &Scope, db: Db<'_>) -> Result<Vec<CollectionId>> {
    let mut values: Vec<Value> = Vec::new();
    let readable = readable(scope, "collections", "id", &mut values);
    let sql = format!("SELECT id FROM collections WHERE {readable} AND collections.id NOT IN {HIDDEN} ORDER BY id");
    let rows = db.rows(&sql, values).await?;
    rows.iter().map(|found| value(found, "id")).collect()
}

/// Those of `ids` that the scope may read, in the same order.
pub async fn retain_visible(scope: &Scope, db: Db<'_>, ids: &[CollectionId]) -> Result<Vec<CollectionId>> {
    let visible: std::collections::HashSet<_> = list_ids(scope, db).await?.into_iter().collect();
    Ok(ids.iter().filter(|id| visible.contains(*id)).cloned().collect())
}

/// How those of `ids` that the scope may read are searched, in the same order.
pub async fn list_retrieval(scope: &Scope, db: Db<'_>, ids: &[CollectionId]) -> Result<Vec<RetrievalSettings>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<Value> = ids.iter().map(|id| id.as_str().into()).collect();
    let list = placeholders(1, values.len());
    let readable = readable(scope, "collections", "id", &mut values);
    let sql = format!("SELECT id, retrieval FROM collections WHERE id IN ({list}) AND {readable}");
    let mut settings: HashMap<CollectionId, RetrievalSettings> = HashMap::with_capacity(ids.len());
    for found in db.rows(&sql, values).await? {
        settings.insert(value(&found, "id")?, value(&found, "retrieval")?);
    }
    Ok(ids.iter().filter_map(|id| settings.remove(id)).collect())
}

/// How many of `ids` the scope may read.
pub(crate) async fn count_visible(scope: &Scope, db: Db<'_>, ids: &[CollectionId]) -> Result<usize> {
    if ids.is_empty() {
        return Ok(0);
    }
    Ok(retain_visible(scope, db, ids).await?.len())
}

/// Changes name, description and search settings of a collection of the organisation; absent fields stay. Who sees it is
/// changed by [`crate::collection_access::set`].
///
/// # Errors
/// [`StoreError::Duplicate`] when the name is taken; [`StoreError::NotFound`] also for the built-in one.
pub async fn update(scope: &Scope, tx: &Tx, id: &CollectionId, patch: &CollectionPatch, now: Timestamp) -> Result<()> {
    let CollectionPatch { name, description, retrieval, access: _, people: _ } = patch;
    let sql = "UPDATE collections SET name = COALESCE($3, name), name_key = COALESCE($4, name_key), \
               description = COALESCE($5, description), updated_at = $6, \
               retrieval = COALESCE($7, retrieval) WHERE organisation_id = $1 AND id = $2";
    let values = [
        scope.organisation().as_str().into(),
        id.as_str().into(),
        name.clone().store().into(),
        name.as_deref().map(key_of).store().into(),
        description.clone().store().into(),
        now.as_millis().into(),
        retrieval.clone().store().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Notes that something in a collection changed.
pub async fn touch(scope: &Scope, tx: &Tx, id: &CollectionId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE collections SET updated_at = $3 WHERE organisation_id = $1 AND id = $2";
    let values = [scope.organisation().as_str().into(), id.as_str().into(), now.as_millis().into()];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Removes a collection of the organisation with everything in it. The caller clears the indexes.
pub async fn delete(scope: &Scope, tx: &Tx, id: &CollectionId) -> Result<()> {
    let values = [scope.organisation().as_str().into(), id.as_str().into()];
    row::touched(tx.db().execute("DELETE FROM collections WHERE organisation_id = $1 AND id = $2", values).await?)
}

#[derive(Default)]
struct Counts {
    sources: u64,
    documents: u64,
    chunks: u64,
    embedded_chunks: u64,
    edited_chunks: u64,
    questions: u64,
    language: Option<String>,
    used_by: Vec<String>,
    visitors_of: Vec<String>,
}

/// Seven queries, however many collections.
async fn with_counts(scope: &Scope, db: Db<'_>, rows: Vec<CollectionRow>) -> Result<Vec<Collection>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut counts: HashMap<CollectionId, Counts> = HashMap::new();
    let ids: Vec<CollectionId> = rows.iter().map(|row| row.id.clone()).collect();
    for opened in collection_access::list_opened(scope, db, &ids).await? {
        counts.entry(opened.collection).or_default().visitors_of.push(opened.name);
    }
    let ids: Vec<Value> = ids.iter().map(|id| id.as_str().into()).collect();
    let list = placeholders(1, ids.len());
    let sql = format!(
        "SELECT collection_id, COUNT(*) AS total FROM sources WHERE collection_id IN ({list}) GROUP BY collection_id"
    );
    for found in db.rows(&sql, ids.clone()).await? {
        counts.entry(value(&found, "collection_id")?).or_default().sources = value(&found, "total")?;
    }
    // PostgreSQL sums BIGINT into NUMERIC.
    let sql = format!(
        "SELECT collection_id, COUNT(*) AS total, CAST(SUM(chunks) AS BIGINT) AS chunks, \
         CAST(SUM(embedded_chunks) AS BIGINT) AS embedded FROM documents \
         WHERE collection_id IN ({list}) AND revision > 0 GROUP BY collection_id"
    );
    for found in db.rows(&sql, ids.clone()).await? {
        let count = counts.entry(value(&found, "collection_id")?).or_default();
        count.documents = value(&found, "total")?;
        count.chunks = value(&found, "chunks")?;
        count.embedded_chunks = value(&found, "embedded")?;
    }
    let sql = format!(
        "SELECT collection_id, language, COUNT(*) AS total FROM documents \
         WHERE collection_id IN ({list}) AND revision > 0 AND language IS NOT NULL GROUP BY collection_id, language"
    );
    for found in db.rows(&sql, ids.clone()).await? {
        let count = counts.entry(value(&found, "collection_id")?).or_default();
        if value::<u64>(&found, "total")? * 2 > count.documents {
            count.language = value(&found, "language")?;
        }
    }
    let sql = format!(
        "SELECT documents.collection_id, COUNT(*) AS total FROM chunk_edits \
         JOIN documents ON documents.id = chunk_edits.document_id \
         WHERE documents.collection_id IN ({list}) GROUP BY documents.collection_id"
    );
    for found in db.rows(&sql, ids.clone()).await? {
        counts.entry(value(&found, "collection_id")?).or_default().edited_chunks = value(&found, "total")?;
    }
    let sql = format!(
        "SELECT collection_id, COUNT(*) AS total FROM evaluation_questions WHERE collection_id IN ({list}) \
         GROUP BY collection_id"
    );
    for found in db.rows(&sql, ids.clone()).await? {
        counts.entry(value(&found, "collection_id")?).or_default().questions = value(&found, "total")?;
    }
    // Assistants of the scope's organisation alone: the handbook is used by every tenant's.
    let mut values = ids;
    let organisation = values.len() + 1;
    values.push(scope.organisation().as_str().into());
    values.push(hammock_contract::assistant::Access::Organisation.store().into());
    values.push(scope.user().map(|user| user.as_str().to_owned()).into());
    let sql = format!(
        "SELECT assistant_collections.collection_id, assistants.settings FROM assistant_collections \
         JOIN assistants ON assistants.id = assistant_collections.assistant_id \
         WHERE assistant_collections.collection_id IN ({list}) AND assistants.organisation_id = ${organisation} \
         AND (assistants.access = ${} OR assistants.created_by = ${}) ORDER BY assistants.name_key",
        organisation + 1,
        organisation + 2
    );
    for found in db.rows(&sql, values).await? {
        let settings: hammock_contract::assistant::AssistantSettings = value(&found, "settings")?;
        counts.entry(value(&found, "collection_id")?).or_default().used_by.push(settings.name);
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let counted = counts.remove(&row.id).unwrap_or_default();
            let Counts { sources, documents, chunks, embedded_chunks, edited_chunks, .. } = counted;
            let CollectionRow { id, organisation_id, name, description, created_at, updated_at, retrieval, .. } = row;
            let read_only = organisation_id == builtin_organisation() && !scope.is_builtin();
            Collection {
                id,
                name,
                description,
                retrieval,
                read_only,
                access: row.access,
                created_by: row.created_by,
                can_read: true,
                sources,
                documents,
                chunks,
                embedded_chunks,
                edited_chunks,
                questions: counted.questions,
                language: counted.language,
                used_by: counted.used_by,
                visitors_of: counted.visitors_of,
                created_at,
                updated_at,
            }
        })
        .collect())
}
