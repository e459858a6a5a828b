//! The people of an organisation and their roles.

use hammock_contract::{
    ConnectionId, OrganisationId, Page, Timestamp, UserId,
    assistant::Access,
    page::PageRequest,
    user::{Me, Role, User, UserPatch, UserStatus},
};
use sea_orm::{QueryResult, Value};

use crate::{
    Db, Result, Scope, StoreError, Tx, accounts, paging,
    row::{self, Stored, key_of, pattern, table, value},
};

table! {
    /// A person's place in an organisation.
    MembershipRow = "memberships";
    key {
        /// The organisation.
        organisation_id: OrganisationId,
        /// The person.
        user_id: UserId,
    }
    /// The role.
    role: Role,
    /// Whether the person can sign in.
    status: UserStatus,
    /// When the person joined.
    created_at: Timestamp,
}

const COLUMNS: &str = "users.id, users.first_name, users.last_name, users.email, users.telephone, users.search_key, \
                       users.last_seen_at, memberships.role, memberships.status, memberships.created_at";
const FROM: &str = "memberships JOIN users ON users.id = memberships.user_id";

fn user(found: &QueryResult) -> Result<User> {
    Ok(User {
        id: value(found, "id")?,
        first_name: value(found, "first_name")?,
        last_name: value(found, "last_name")?,
        email: value(found, "email")?,
        telephone: value(found, "telephone")?,
        role: value(found, "role")?,
        status: value(found, "status")?,
        created_at: value(found, "created_at")?,
        last_seen_at: value(found, "last_seen_at")?,
    })
}

/// Puts the first person into a new organisation. No scope: at registration there is none; see [`add`] for everybody else.
pub async fn join(tx: &Tx, row: MembershipRow) -> Result<()> {
    row::insert(tx.db(), row).await
}

/// Puts a person into the scope's organisation.
///
/// # Errors
/// [`StoreError::Duplicate`] when the person is in it already.
pub async fn add(scope: &Scope, tx: &Tx, id: &UserId, role: Role, status: UserStatus, now: Timestamp) -> Result<()> {
    let row = MembershipRow {
        organisation_id: scope.organisation().clone(),
        user_id: id.clone(),
        role,
        status,
        created_at: now,
    };
    row::insert(tx.db(), row).await
}

/// The people of the organisation by name.
pub async fn list(scope: &Scope, db: Db<'_>, request: &PageRequest) -> Result<Page<User>> {
    let limit = paging::limit(request)?;
    let mut sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE memberships.organisation_id = $1");
    let mut values: Vec<Value> = vec![scope.organisation().as_str().into()];
    if let Some(query) = request.query.as_deref().filter(|query| !query.trim().is_empty()) {
        values.push(pattern(query).into());
        sql.push_str(&format!(" AND users.search_key LIKE ${} ESCAPE '\\'", values.len()));
    }
    if let Some((key, id)) = paging::place(request.page_token.as_deref())? {
        values.extend([key.into(), id.into()]);
        sql.push_str(&format!(" AND (users.search_key, users.id) > (${}, ${})", values.len() - 1, values.len()));
    }
    sql.push_str(&format!(" ORDER BY users.search_key, users.id LIMIT {}", limit + 1));
    let rows = db.rows(&sql, values).await?.iter().map(user).collect::<Result<Vec<_>>>()?;
    Ok(paging::page(rows, limit, |row| {
        (accounts::search_key(&row.first_name, &row.last_name, &row.email), row.id.as_str().to_owned())
    }))
}

/// One person of the organisation.
pub async fn find(scope: &Scope, db: Db<'_>, id: &UserId) -> Result<User> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE memberships.organisation_id = $1 AND users.id = $2");
    let values = [scope.organisation().as_str().into(), id.as_str().into()];
    user(&db.row(&sql, values).await?.ok_or(StoreError::NotFound)?)
}

/// The scope's own person, and where they are. One statement: it is asked for with every page.
///
/// # Errors
/// [`StoreError::NotFound`] for what is no person of the organisation.
pub async fn find_self(scope: &Scope, db: Db<'_>) -> Result<Me> {
    let sql = format!(
        "SELECT {COLUMNS}, users.locale, users.send_key, organisations.id AS organisation_id, organisations.name AS organisation_name, \
         organisations.transcription_connection \
         FROM {FROM} JOIN organisations ON organisations.id = memberships.organisation_id \
         WHERE memberships.organisation_id = $1 AND users.id = $2"
    );
    let values = [scope.organisation().as_str().into(), scope.require_user()?.as_str().into()];
    let found = db.row(&sql, values).await?.ok_or(StoreError::NotFound)?;
    Ok(Me {
        user: user(&found)?,
        organisation: value(&found, "organisation_id")?,
        organisation_name: value(&found, "organisation_name")?,
        locale: value(&found, "locale")?,
        send_key: value(&found, "send_key")?,
        transcribes: value::<Option<ConnectionId>>(&found, "transcription_connection")?.is_some(),
    })
}

/// Changes a person; absent fields stay. That an owner stays is the caller's to check ([`count_owners`], same transaction).
pub async fn update(scope: &Scope, tx: &Tx, id: &UserId, patch: &UserPatch) -> Result<User> {
    let UserPatch { first_name, last_name, telephone, role } = patch;
    let before = find(scope, tx.db(), id).await?;
    let first_name = first_name.as_ref().unwrap_or(&before.first_name);
    let last_name = last_name.as_ref().unwrap_or(&before.last_name);
    let telephone = telephone.as_ref().unwrap_or(&before.telephone);
    let sql = "UPDATE users SET first_name = $2, last_name = $3, telephone = $4, search_key = $5 WHERE id = $1";
    let search_key = accounts::search_key(first_name, last_name, &before.email);
    let values = [
        id.as_str().into(),
        first_name.clone().store().into(),
        last_name.clone().store().into(),
        telephone.clone().store().into(),
        search_key.store().into(),
    ];
    tx.db().execute(sql, values).await?;
    if let Some(role) = role {
        let sql = "UPDATE memberships SET role = $3 WHERE organisation_id = $1 AND user_id = $2";
        let values = [scope.organisation().as_str().into(), id.as_str().into(), role.store().into()];
        tx.db().execute(sql, values).await?;
    }
    find(scope, tx.db(), id).await
}

/// Takes a person out of the organisation, with the assistants that are private to them: nobody would see those any more, and
/// their names would stay taken. One who is in no other organisation is removed altogether, with sessions, conversations and
/// keys. That an owner stays is the caller's to check ([`count_owners`], same transaction). How many assistants went.
pub async fn remove(scope: &Scope, tx: &Tx, id: &UserId) -> Result<u64> {
    let values = [scope.organisation().as_str().into(), id.as_str().into()];
    row::touched(
        tx.db().execute("DELETE FROM memberships WHERE organisation_id = $1 AND user_id = $2", values).await?,
    )?;
    let sql = "DELETE FROM assistants WHERE organisation_id = $1 AND created_by = $2 AND access = $3";
    let values = [scope.organisation().as_str().into(), id.as_str().into(), Access::Private.store().into()];
    let assistants = tx.db().execute(sql, values).await?;
    let elsewhere = tx.db().row("SELECT 1 AS one FROM memberships WHERE user_id = $1", [id.as_str().into()]).await?;
    if elsewhere.is_none() {
        accounts::delete(tx, id).await?;
        return Ok(assistants);
    }
    // Somebody of two organisations keeps the account, but nothing of the one that was left.
    for table in ["conversations WHERE user_id", "api_keys WHERE created_by", "collection_people WHERE user_id"] {
        let sql = format!("DELETE FROM {table} = $2 AND organisation_id = $1");
        tx.db().execute(&sql, [scope.organisation().as_str().into(), id.as_str().into()]).await?;
    }
    // Whoever comes back is a new person here: what was theirs alone is not theirs again.
    for table in ["assistants", "collections"] {
        let sql = format!("UPDATE {table} SET created_by = NULL WHERE organisation_id = $1 AND created_by = $2");
        tx.db().execute(&sql, [scope.organisation().as_str().into(), id.as_str().into()]).await?;
    }
    Ok(assistants)
}

/// How many owners the organisation has. Inside a transaction that changes roles, PostgreSQL keeps others from doing so at
/// the same time until it ends.
pub async fn count_owners(scope: &Scope, tx: &Tx) -> Result<u64> {
    let lock = if tx.db().is_postgres() { " FOR UPDATE" } else { "" };
    let sql = format!("SELECT user_id FROM memberships WHERE organisation_id = $1 AND role = $2{lock}");
    let values = [scope.organisation().as_str().into(), Role::Owner.store().into()];
    Ok(tx.db().rows(&sql, values).await?.len() as u64)
}

/// The person of the organisation with an e-mail address.
pub async fn find_by_email(scope: &Scope, db: Db<'_>, email: &str) -> Result<User> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE memberships.organisation_id = $1 AND users.email_key = $2");
    let values = [scope.organisation().as_str().into(), key_of(email).into()];
    user(&db.row(&sql, values).await?.ok_or(StoreError::NotFound)?)
}
