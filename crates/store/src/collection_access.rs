//! Who sees what is in a collection. The rule itself is a condition inside every query (`readable` in [`crate::collections`]);
//! here it is set and told, and administrators find what they manage without seeing it.

use std::collections::HashSet;

use hammock_contract::{
    AssistantId, CollectionId, OrganisationId, Timestamp, UserId,
    assistant::{Access, AssistantSettings},
    collection::{Collection, CollectionAccess},
    interfaces::InterfaceSettings,
    retrieval::RetrievalSettings,
    user::Role,
};
use sea_orm::{QueryResult, Value};

use crate::{
    Db, Result, Scope, Tx,
    attachments::HIDDEN,
    collections::{CollectionRow, readable},
    members,
    row::{self, Stored, Table, placeholders, table, value},
};

/// The most collections of a list that has one page.
const MOST: u32 = 500;
/// The most people of such a list: more than can be chosen, and their administrators.
const MOST_PEOPLE: u32 = 2_000;

table! {
    /// A person who was chosen for a collection. It counts while the collection's access is `chosen`, and is removed otherwise.
    ChosenRow = "collection_people";
    key {
        /// The collection.
        collection_id: CollectionId,
        /// The person.
        user_id: UserId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// Who chose the person.
    added_by: Option<UserId>,
    /// When.
    added_at: Timestamp,
}

/// A person of the organisation, as the rules of a collection see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concerned {
    /// The person.
    pub user: UserId,
    /// First and last name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// When the person was chosen, if that is so.
    pub chosen_at: Option<Timestamp>,
    /// Who chose the person, if that is known.
    pub chosen_by: Option<String>,
}

/// An assistant whose visitors get answers from a collection, whoever else sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The collection.
    pub collection: CollectionId,
    /// The assistant.
    pub assistant: AssistantId,
    /// Its name.
    pub name: String,
}

/// Sets who sees what is in a collection of the organisation. `people` replace those who were chosen before; without them those
/// stay. Where the access is not `chosen`, nobody is.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the collection, or one of the people, is not in the organisation.
pub async fn set(
    scope: &Scope,
    tx: &Tx,
    id: &CollectionId,
    access: CollectionAccess,
    people: Option<&[UserId]>,
    now: Timestamp,
) -> Result<()> {
    let organisation = scope.organisation().as_str();
    let sql = "UPDATE collections SET access = $3, updated_at = $4 WHERE organisation_id = $1 AND id = $2";
    let values = [organisation.into(), id.as_str().into(), access.store().into(), now.as_millis().into()];
    row::touched(tx.db().execute(sql, values).await?)?;
    let wanted: HashSet<&UserId> = match (access, people) {
        (CollectionAccess::Chosen, Some(people)) => people.iter().collect(),
        (CollectionAccess::Chosen, None) => return Ok(()),
        (CollectionAccess::Organisation | CollectionAccess::Private, _) => HashSet::new(),
    };
    let chosen = list_chosen(scope, tx.db(), id).await?;
    for gone in chosen.iter().filter(|user| !wanted.contains(*user)) {
        let sql = "DELETE FROM collection_people WHERE organisation_id = $1 AND collection_id = $2 AND user_id = $3";
        tx.db().execute(sql, [organisation.into(), id.as_str().into(), gone.as_str().into()]).await?;
    }
    for user in wanted.into_iter().filter(|user| !chosen.contains(*user)) {
        members::find(scope, tx.db(), user).await?;
        let row = ChosenRow {
            collection_id: id.clone(),
            user_id: user.clone(),
            organisation_id: scope.organisation().clone(),
            added_by: scope.user().cloned(),
            added_at: now,
        };
        row::insert(tx.db(), row).await?;
    }
    Ok(())
}

/// Who is chosen for a collection of the organisation.
pub async fn list_chosen(scope: &Scope, db: Db<'_>, id: &CollectionId) -> Result<Vec<UserId>> {
    let sql =
        "SELECT user_id FROM collection_people WHERE organisation_id = $1 AND collection_id = $2 ORDER BY user_id";
    let rows = db.rows(sql, [scope.organisation().as_str().into(), id.as_str().into()]).await?;
    rows.iter().map(|found| value(found, "user_id")).collect()
}

/// A collection of the organisation that an administrator manages, whether or not they see what is in it.
///
/// # Errors
/// [`crate::StoreError::Forbidden`] below administrator.
pub async fn find_managed(scope: &Scope, db: Db<'_>, id: &CollectionId) -> Result<CollectionRow> {
    scope.require(Role::Administrator)?;
    let sql = format!(
        "SELECT {} FROM collections WHERE organisation_id = $1 AND id = $2 AND collections.id NOT IN {HIDDEN}",
        CollectionRow::COLUMNS
    );
    row::one(db.row(&sql, [scope.organisation().as_str().into(), id.as_str().into()]).await?)
}

/// The collections of the organisation that an administrator does not see, by name, at most 500: that they are there, and
/// nothing of what is in them.
///
/// # Errors
/// [`crate::StoreError::Forbidden`] below administrator.
pub async fn list_hidden(scope: &Scope, db: Db<'_>) -> Result<Vec<Collection>> {
    scope.require(Role::Administrator)?;
    let mut values: Vec<Value> = vec![scope.organisation().as_str().into()];
    let readable = readable(scope, "collections", "id", &mut values);
    let sql = format!(
        "SELECT {} FROM collections WHERE collections.organisation_id = $1 AND NOT {readable} \
         AND collections.id NOT IN {HIDDEN} \
         ORDER BY name_key, id LIMIT {MOST}",
        CollectionRow::COLUMNS
    );
    let rows = row::all::<CollectionRow>(&db.rows(&sql, values).await?)?;
    let ids: Vec<CollectionId> = rows.iter().map(|row| row.id.clone()).collect();
    let opened = list_opened(scope, db, &ids).await?;
    Ok(rows.into_iter().map(|row| without_content(row, &opened)).collect())
}

/// What is told of a collection to whoever manages it without seeing it, with what is opened to visitors.
pub fn without_content(row: CollectionRow, opened: &[Opened]) -> Collection {
    let visitors_of = opened.iter().filter(|one| one.collection == row.id).map(|one| one.name.clone()).collect();
    Collection {
        id: row.id,
        name: row.name,
        description: String::new(),
        retrieval: RetrievalSettings::default(),
        read_only: false,
        access: row.access,
        created_by: row.created_by,
        can_read: false,
        sources: 0,
        documents: 0,
        chunks: 0,
        embedded_chunks: 0,
        edited_chunks: 0,
        questions: 0,
        language: None,
        used_by: Vec::new(),
        visitors_of,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// Through which assistants of the organisation visitors get answers from these collections: those that
/// [`crate::interfaces::open`] lets them in to. By name. Everybody in the organisation may use these assistants, and know of them.
pub async fn list_opened(scope: &Scope, db: Db<'_>, ids: &[CollectionId]) -> Result<Vec<Opened>> {
    let mut opened = Vec::new();
    for ids in ids.chunks(MOST as usize) {
        let mut values: Vec<Value> = ids.iter().map(|id| id.as_str().into()).collect();
        let list = placeholders(1, values.len());
        values.extend([scope.organisation().as_str().into(), Access::Organisation.store().into()]);
        let (own, everybody) = (values.len() - 1, values.len());
        let sql = format!(
            "SELECT assistant_collections.collection_id, assistants.id, assistants.settings, \
             assistant_interfaces.settings AS opened_as FROM assistant_collections \
             JOIN assistants ON assistants.id = assistant_collections.assistant_id \
             AND assistants.organisation_id = assistant_collections.organisation_id \
             JOIN assistant_interfaces ON assistant_interfaces.assistant_id = assistants.id \
             AND assistant_interfaces.organisation_id = assistants.organisation_id \
             WHERE assistant_collections.collection_id IN ({list}) AND assistants.organisation_id = ${own} \
             AND assistants.access = ${everybody} ORDER BY assistants.name_key, assistants.id"
        );
        for found in db.rows(&sql, values).await? {
            let opened_as: InterfaceSettings = value(&found, "opened_as")?;
            if opened_as.public_chat || opened_as.widget {
                let settings: AssistantSettings = value(&found, "settings")?;
                let (collection, assistant) = (value(&found, "collection_id")?, value(&found, "id")?);
                opened.push(Opened { collection, assistant, name: settings.name });
            }
        }
    }
    Ok(opened)
}

/// One person of the organisation as the rules of a collection see them; without one, everybody whom these rules name: who made
/// it, who was chosen, and the administrators. By name, at most 2,000. The caller checks that the scope may know.
pub async fn list_concerned(
    scope: &Scope,
    db: Db<'_>,
    id: &CollectionId,
    person: Option<&UserId>,
) -> Result<Vec<Concerned>> {
    let mut values: Vec<Value> = vec![scope.organisation().as_str().into(), id.as_str().into()];
    let whom = match person {
        Some(person) => {
            values.push(person.as_str().into());
            "users.id = $3".to_owned()
        }
        None => {
            values.extend([Role::Administrator.store().into(), Role::Owner.store().into()]);
            "(users.id IN (SELECT collections.created_by FROM collections \
             WHERE collections.organisation_id = $1 AND collections.id = $2) \
             OR chosen.user_id IS NOT NULL OR memberships.role IN ($3, $4))"
                .to_owned()
        }
    };
    let sql = format!(
        "SELECT users.id, users.first_name, users.last_name, memberships.role, chosen.added_at, \
         chooser.first_name AS chooser_first_name, chooser.last_name AS chooser_last_name \
         FROM memberships JOIN users ON users.id = memberships.user_id \
         LEFT JOIN collection_people AS chosen ON chosen.user_id = users.id AND chosen.collection_id = $2 \
         AND chosen.organisation_id = $1 LEFT JOIN users AS chooser ON chooser.id = chosen.added_by \
         WHERE memberships.organisation_id = $1 AND {whom} ORDER BY users.search_key, users.id LIMIT {MOST_PEOPLE}"
    );
    db.rows(&sql, values).await?.iter().map(concerned).collect()
}

fn concerned(found: &QueryResult) -> Result<Concerned> {
    let first: Option<String> = value(found, "chooser_first_name")?;
    let last: Option<String> = value(found, "chooser_last_name")?;
    Ok(Concerned {
        user: value(found, "id")?,
        name: full_name(&value::<String>(found, "first_name")?, &value::<String>(found, "last_name")?),
        role: value(found, "role")?,
        chosen_at: value(found, "added_at")?,
        chosen_by: first.zip(last).map(|(first, last)| full_name(&first, &last)),
    })
}

fn full_name(first: &str, last: &str) -> String {
    format!("{first} {last}").trim().to_owned()
}
