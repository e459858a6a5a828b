//! People, apart from any organisation: what signing in needs. No function here takes a scope, for there is none yet;
//! none answers a question about an organisation's data.

use hammock_contract::{
    OrganisationId, Timestamp, UserId,
    locale::Locale,
    user::{Role, SendKey, UserStatus},
};

use crate::{
    Actor, Db, Result, Scope, StoreError, Tx, one_time_tokens,
    row::{self, Stored, Table, key_of, table, words},
};

words!(SendKey);

table! {
    /// A person.
    AccountRow = "users";
    key {
        /// The id.
        id: UserId,
    }
    /// E-mail address, as typed.
    email: String,
    /// The address without regard to case; unique.
    email_key: String,
    /// First name.
    first_name: String,
    /// Last name.
    last_name: String,
    /// Telephone number, as typed; may be empty.
    telephone: String,
    /// Names and address in lower case, for the search in lists.
    search_key: String,
    /// The argon2id hash; absent until an invited person sets a password.
    password_hash: Option<String>,
    /// The language that the person chose.
    locale: Option<Locale>,
    /// Whether the person wants news by e-mail.
    marketing: bool,
    /// When the terms were accepted.
    terms_accepted_at: Option<Timestamp>,
    /// When the person was added.
    created_at: Timestamp,
    /// When the person was last seen.
    last_seen_at: Option<Timestamp>,
}

/// A person to add.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The id.
    pub id: UserId,
    /// E-mail address, as typed.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Telephone number; may be empty.
    pub telephone: String,
    /// The argon2id hash, when there is a password already.
    pub password_hash: Option<String>,
    /// The language that the person chose.
    pub locale: Option<Locale>,
    /// Whether the person wants news by e-mail.
    pub marketing: bool,
    /// When the terms were accepted.
    pub terms_accepted_at: Option<Timestamp>,
}

/// What an e-mail address is compared by.
pub fn email_key(email: &str) -> String {
    key_of(email)
}

pub(crate) fn search_key(first_name: &str, last_name: &str, email: &str) -> String {
    key_of(&format!("{first_name} {last_name}\n{email}"))
}

/// Adds a person, who belongs to no organisation yet (see [`crate::members::join`]).
///
/// # Errors
/// [`StoreError::Duplicate`] when the address is taken.
pub async fn create(tx: &Tx, new: NewAccount, now: Timestamp) -> Result<()> {
    let NewAccount { id, email, first_name, last_name, telephone, password_hash, locale, marketing, terms_accepted_at } =
        new;
    let row = AccountRow {
        id,
        email_key: email_key(&email),
        search_key: search_key(&first_name, &last_name, &email),
        email,
        first_name,
        last_name,
        telephone,
        password_hash,
        locale,
        marketing,
        terms_accepted_at,
        created_at: now,
        last_seen_at: None,
    };
    row::insert(tx.db(), row).await
}

/// The person with an e-mail address, without regard to case.
pub async fn find_by_email(db: Db<'_>, email: &str) -> Result<Option<AccountRow>> {
    let sql = format!("SELECT {} FROM users WHERE email_key = $1 AND kind = 'person'", AccountRow::COLUMNS);
    db.row(&sql, [email_key(email).into()]).await?.as_ref().map(AccountRow::from_row).transpose()
}

/// The organisations of the person with an e-mail address, the one that was joined first at the beginning.
pub async fn organisations_of(db: Db<'_>, email: &str) -> Result<Vec<OrganisationId>> {
    let sql = "SELECT memberships.organisation_id FROM memberships JOIN users ON users.id = memberships.user_id \
               WHERE users.email_key = $1 ORDER BY memberships.created_at, memberships.organisation_id";
    let rows = db.rows(sql, [email_key(email).into()]).await?;
    rows.iter().map(|found| row::value(found, "organisation_id")).collect()
}

/// The name of the organisation that a person belongs to or is invited to, the one that was joined first; `None` without any.
pub async fn organisation_name(db: Db<'_>, id: &UserId) -> Result<Option<String>> {
    let sql = "SELECT organisations.name AS name FROM memberships \
               JOIN organisations ON organisations.id = memberships.organisation_id WHERE memberships.user_id = $1 \
               ORDER BY memberships.created_at, memberships.organisation_id LIMIT 1";
    db.row(sql, [id.as_str().into()]).await?.map(|found| row::value(&found, "name")).transpose()
}

/// The person with an id.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none.
pub async fn find(db: Db<'_>, id: &UserId) -> Result<AccountRow> {
    let sql = format!("SELECT {} FROM users WHERE id = $1", AccountRow::COLUMNS);
    row::one(db.row(&sql, [id.as_str().into()]).await?)
}

/// Sets the password; an invitation that was open is accepted by it, and no link works any more that was to set another one.
///
/// The caller ends the person's other sessions ([`crate::sessions::delete_for_user`]).
pub async fn set_password_hash(tx: &Tx, id: &UserId, password_hash: &str) -> Result<()> {
    let values = [id.as_str().into(), password_hash.into()];
    row::touched(tx.db().execute("UPDATE users SET password_hash = $2 WHERE id = $1", values).await?)?;
    one_time_tokens::delete_for_user(tx, id).await?;
    let values = [id.as_str().into(), UserStatus::Active.store().into(), UserStatus::Invited.store().into()];
    tx.db().execute("UPDATE memberships SET status = $2 WHERE user_id = $1 AND status = $3", values).await.map(|_| ())
}

/// The stored password of a person, which nobody changes until the transaction ends; `None` without a password, or a person.
pub async fn hold_password_hash(tx: &Tx, id: &UserId) -> Result<Option<String>> {
    let lock = if tx.db().is_postgres() { " FOR UPDATE" } else { "" };
    let sql = format!("SELECT password_hash FROM users WHERE id = $1{lock}");
    let found = tx.db().row(&sql, [id.as_str().into()]).await?;
    Ok(found.map(|found| row::value::<Option<String>>(&found, "password_hash")).transpose()?.flatten())
}

/// Notes that the terms were accepted (an invited person does so with the first password).
pub async fn accept_terms(tx: &Tx, id: &UserId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE users SET terms_accepted_at = $2 WHERE id = $1 AND terms_accepted_at IS NULL";
    tx.db().execute(sql, [id.as_str().into(), now.as_millis().into()]).await.map(|_| ())
}

/// Sets the language of the interface; `None` follows the browser.
pub async fn set_locale(tx: &Tx, id: &UserId, locale: Option<Locale>) -> Result<()> {
    let values = [id.as_str().into(), locale.store().into()];
    row::touched(tx.db().execute("UPDATE users SET locale = $2 WHERE id = $1", values).await?)
}

/// Sets what sends a question in the chat.
pub async fn set_send_key(tx: &Tx, id: &UserId, send_key: SendKey) -> Result<()> {
    let values = [id.as_str().into(), send_key.store().into()];
    row::touched(tx.db().execute("UPDATE users SET send_key = $2 WHERE id = $1", values).await?)
}

/// Notes that a person was here; writes at most once a minute.
pub async fn touch_last_seen(tx: &Tx, id: &UserId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE users SET last_seen_at = $2 WHERE id = $1 AND (last_seen_at IS NULL OR last_seen_at < $3)";
    let values = [id.as_str().into(), now.as_millis().into(), now.plus_millis(-60_000).as_millis().into()];
    tx.db().execute(sql, values).await.map(|_| ())
}

/// The scope of a person who is signed in; `None` when the person belongs to no organisation any more or was only invited.
///
/// The role is read afresh each time, so that taking it away works at once.
pub async fn scope_for_user(db: Db<'_>, id: &UserId) -> Result<Option<Scope>> {
    let sql = "SELECT organisation_id, role FROM memberships WHERE user_id = $1 AND status = $2 \
               ORDER BY created_at, organisation_id LIMIT 1";
    let Some(found) = db.row(sql, [id.as_str().into(), UserStatus::Active.store().into()]).await? else {
        return Ok(None);
    };
    let organisation: OrganisationId = row::value(&found, "organisation_id")?;
    let role: Role = row::value(&found, "role")?;
    Ok(Some(Scope::new(organisation, Actor::User(id.clone()), role)))
}

/// The scope of somebody who says that they have forgotten their password, with the least role, and whether they were only
/// invited so far: to write down that a link was made for them. `None` when the person belongs to no organisation any more.
pub async fn scope_for_link(db: Db<'_>, id: &UserId) -> Result<Option<(Scope, UserStatus)>> {
    let sql = "SELECT organisation_id, status FROM memberships WHERE user_id = $1 \
               ORDER BY CASE WHEN status = $2 THEN 0 ELSE 1 END, created_at, organisation_id LIMIT 1";
    let found = db.row(sql, [id.as_str().into(), UserStatus::Active.store().into()]).await?;
    let place = found.map(|found| -> Result<(OrganisationId, UserStatus)> {
        Ok((row::value(&found, "organisation_id")?, row::value(&found, "status")?))
    });
    let scope = |organisation| Scope::new(organisation, Actor::User(id.clone()), Role::User);
    Ok(place.transpose()?.map(|(organisation, status)| (scope(organisation), status)))
}

/// Removes a person altogether; with the person go sessions, conversations and keys.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none.
pub(crate) async fn delete(tx: &Tx, id: &UserId) -> Result<()> {
    match tx.db().execute("DELETE FROM users WHERE id = $1", [id.as_str().into()]).await? {
        0 => Err(StoreError::NotFound),
        _ => Ok(()),
    }
}
