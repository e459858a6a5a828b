//! A person's own labels for conversations. Nobody else sees them, whatever their role.

use hammock_contract::{
    CategoryId, ConversationId, OrganisationId, Timestamp, UserId,
    category::{Category, CategoryColour, CategoryPatch},
};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, Tx,
    row::{self, Stored, Table, key_of, table, words},
};

words!(CategoryColour);

table! {
    /// A category.
    CategoryRow = "categories";
    key {
        /// The id.
        id: CategoryId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// Whose it is.
    user_id: UserId,
    /// The name.
    name: String,
    /// What the name is compared by; unique among those of a person that are not deleted.
    name_key: String,
    /// The colour of its dot.
    colour: CategoryColour,
    /// When it was made.
    created_at: Timestamp,
    /// When it was deleted; for a while this can be undone, and its conversations have it again then.
    deleted_at: Option<Timestamp>,
}

/// Lets through categories of the scope's organisation (`$1`) and person (`$2`).
const OWN: &str = "categories.organisation_id = $1 AND categories.user_id = $2";

fn own(scope: &Scope) -> Result<Vec<Value>> {
    Ok(vec![scope.organisation().as_str().into(), scope.require_user()?.as_str().into()])
}

fn category(row: CategoryRow) -> Category {
    Category { id: row.id, name: row.name, colour: row.colour }
}

/// The person's categories, by name.
pub async fn list(scope: &Scope, db: Db<'_>) -> Result<Vec<Category>> {
    let columns = CategoryRow::COLUMNS;
    let sql = format!("SELECT {columns} FROM categories WHERE {OWN} AND deleted_at IS NULL ORDER BY name_key, id");
    Ok(row::all::<CategoryRow>(&db.rows(&sql, own(scope)?).await?)?.into_iter().map(category).collect())
}

/// One category of the person.
pub async fn find(scope: &Scope, db: Db<'_>, id: &CategoryId) -> Result<Category> {
    let mut values = own(scope)?;
    values.push(id.as_str().into());
    let sql = format!("SELECT {} FROM categories WHERE {OWN} AND id = $3 AND deleted_at IS NULL", CategoryRow::COLUMNS);
    row::one(db.row(&sql, values).await?).map(category)
}

/// Makes a category of the scope's person.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the person has one of this name.
pub async fn create(
    scope: &Scope,
    tx: &Tx,
    id: CategoryId,
    name: &str,
    colour: CategoryColour,
    now: Timestamp,
) -> Result<()> {
    let row = CategoryRow {
        id,
        organisation_id: scope.organisation().clone(),
        user_id: scope.require_user()?.clone(),
        name: name.to_owned(),
        name_key: key_of(name),
        colour,
        created_at: now,
        deleted_at: None,
    };
    row::insert(tx.db(), row).await
}

/// Changes a category; absent fields stay.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the person has another one of this name.
pub async fn update(scope: &Scope, tx: &Tx, id: &CategoryId, patch: &CategoryPatch) -> Result<()> {
    let CategoryPatch { name, colour } = patch;
    let before = find(scope, tx.db(), id).await?;
    let name = name.as_ref().unwrap_or(&before.name);
    let mut values = own(scope)?;
    values.extend([
        id.as_str().into(),
        name.clone().store().into(),
        key_of(name).store().into(),
        colour.unwrap_or(before.colour).store().into(),
    ]);
    let sql = format!(
        "UPDATE categories SET name = $4, name_key = $5, colour = $6 WHERE {OWN} AND id = $3 AND deleted_at IS NULL"
    );
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Deletes a category; [`restore`] undoes it until [`purge`]. Its conversations stay.
pub async fn delete(scope: &Scope, tx: &Tx, id: &CategoryId, now: Timestamp) -> Result<()> {
    let mut values = own(scope)?;
    values.extend([id.as_str().into(), now.as_millis().into()]);
    let sql = format!("UPDATE categories SET deleted_at = $4 WHERE {OWN} AND id = $3 AND deleted_at IS NULL");
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Undoes a deletion.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when it is not deleted, or purged already; [`crate::StoreError::Duplicate`] when the person has made one of
/// the same name meanwhile.
pub async fn restore(scope: &Scope, tx: &Tx, id: &CategoryId) -> Result<()> {
    let mut values = own(scope)?;
    values.push(id.as_str().into());
    let sql = format!("UPDATE categories SET deleted_at = NULL WHERE {OWN} AND id = $3 AND deleted_at IS NOT NULL");
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Gives a conversation of the person one of their categories, or takes its category away.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the conversation is not there. That the category is, the caller has seen ([`find`]).
pub async fn give(scope: &Scope, tx: &Tx, conversation: &ConversationId, category: Option<&Category>) -> Result<()> {
    let mut values = own(scope)?;
    values.extend([conversation.as_str().into(), category.map(|category| category.id.as_str().to_owned()).into()]);
    // The category is compared once more: a caller may have found it for somebody else.
    let sql = "UPDATE conversations SET category_id = (SELECT categories.id FROM categories WHERE categories.id = $4 \
               AND categories.organisation_id = $1 AND categories.user_id = $2) \
               WHERE organisation_id = $1 AND user_id = $2 AND id = $3 AND deleted_at IS NULL";
    row::touched(tx.db().execute(sql, values).await?)
}

/// Removes for good what was deleted before `before`; how many. No scope: housekeeping.
pub async fn purge(tx: &Tx, before: Timestamp) -> Result<u64> {
    tx.db().execute("DELETE FROM categories WHERE deleted_at < $1", [before.as_millis().into()]).await
}
