//! Where assistants can be reached from outside of Hammock, and how. Who may use an assistant reads it; what strangers read comes
//! out of [`open`] and [`find_logo`], and only of assistants that somebody has opened to them.

use hammock_contract::{
    AssistantId, OrganisationId, Timestamp, UserId,
    assistant::{Access, AssistantSettings},
    interfaces::InterfaceSettings,
};

use crate::{
    Db, Result, Scope, Tx, assistants,
    row::{Stored, Table, table, value},
};

table! {
    /// The interfaces of an assistant. The bytes of its logo are not among them.
    InterfaceRow = "assistant_interfaces";
    key {
        /// The assistant.
        assistant_id: AssistantId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// Where it can be reached, and how.
    settings: InterfaceSettings,
    /// The media type of the logo; absent where there is none.
    logo_type: Option<String>,
    /// The hash of the logo's bytes.
    logo_hash: Option<String>,
    /// When they were last changed.
    updated_at: Timestamp,
    /// Who changed them; absent when that person is gone, or it was no person.
    updated_by: Option<UserId>,
    /// The client secret of the OpenID provider, encrypted.
    openid_secret: Option<String>,
    /// What the host site signs identities with, encrypted.
    identity_secret: Option<String>,
    /// When that was made.
    identity_secret_made_at: Option<Timestamp>,
}

/// A logo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// The media type.
    pub media_type: String,
    /// The hash of its bytes.
    pub hash: String,
    /// The picture.
    pub bytes: Vec<u8>,
}

/// The secrets of an assistant for the sign-in of visitors, encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInSecrets {
    /// Whose they are.
    pub organisation: OrganisationId,
    /// The client secret of the OpenID provider.
    pub openid: Option<String>,
    /// What the host site signs identities with.
    pub identity: Option<String>,
}

/// The interfaces of an assistant that is open to strangers.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenInterface {
    /// The interfaces.
    pub row: InterfaceRow,
    /// What the assistant is made of. Its collections and its connection may be others by now.
    pub assistant: AssistantSettings,
}

/// The interfaces of an assistant that the scope may use; `None` where nobody has changed them yet.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the assistant is not there for this scope.
pub async fn find(scope: &Scope, db: Db<'_>, assistant: &AssistantId) -> Result<Option<InterfaceRow>> {
    assistants::find(scope, db, assistant).await?;
    let columns = InterfaceRow::COLUMNS;
    let sql = format!("SELECT {columns} FROM assistant_interfaces WHERE organisation_id = $1 AND assistant_id = $2");
    let values = [scope.organisation().as_str().into(), assistant.as_str().into()];
    db.row(&sql, values).await?.as_ref().map(InterfaceRow::from_row).transpose()
}

/// Replaces the settings of the interfaces of an assistant that the scope may use. The logo stays.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the assistant is not there for this scope.
pub async fn put(
    scope: &Scope,
    tx: &Tx,
    assistant: &AssistantId,
    settings: InterfaceSettings,
    now: Timestamp,
) -> Result<()> {
    assistants::find(scope, tx.db(), assistant).await?;
    let sql = "INSERT INTO assistant_interfaces (assistant_id, organisation_id, settings, updated_at, updated_by) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (assistant_id) DO UPDATE SET settings = excluded.settings, \
               updated_at = excluded.updated_at, updated_by = excluded.updated_by";
    let values = [
        assistant.as_str().into(),
        scope.organisation().as_str().into(),
        settings.store().into(),
        now.as_millis().into(),
        scope.user().cloned().store().into(),
    ];
    tx.db().execute(sql, values).await?;
    Ok(())
}

/// Gives an assistant that the scope may use a logo, in place of the one that it had.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the assistant is not there for this scope.
pub async fn put_logo(scope: &Scope, tx: &Tx, assistant: &AssistantId, logo: Logo, now: Timestamp) -> Result<()> {
    assistants::find(scope, tx.db(), assistant).await?;
    let Logo { media_type, hash, bytes } = logo;
    let sql = "INSERT INTO assistant_interfaces \
               (assistant_id, organisation_id, settings, logo_type, logo_hash, logo, updated_at, updated_by) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (assistant_id) DO UPDATE SET \
               logo_type = excluded.logo_type, logo_hash = excluded.logo_hash, logo = excluded.logo, \
               updated_at = excluded.updated_at, updated_by = excluded.updated_by";
    let values = [
        assistant.as_str().into(),
        scope.organisation().as_str().into(),
        InterfaceSettings::default().store().into(),
        media_type.store().into(),
        hash.store().into(),
        bytes.into(),
        now.as_millis().into(),
        scope.user().cloned().store().into(),
    ];
    tx.db().execute(sql, values).await?;
    Ok(())
}

/// Takes the logo from an assistant that the scope may use; one that has none stays as it is. Whether there was one.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the assistant is not there for this scope.
pub async fn delete_logo(scope: &Scope, tx: &Tx, assistant: &AssistantId, now: Timestamp) -> Result<bool> {
    forget(scope, tx, assistant, "logo_hash", &["logo_type", "logo"], now).await
}

/// Keeps the client secret of the OpenID provider of an assistant that the scope may use, encrypted; `None` forgets it.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the assistant is not there for this scope.
pub async fn put_openid_secret(
    scope: &Scope,
    tx: &Tx,
    assistant: &AssistantId,
    cipher: Option<String>,
    now: Timestamp,
) -> Result<()> {
    put_secret(scope, tx, assistant, &[("openid_secret", "$4")], cipher, now).await
}

/// Keeps what the host site signs identities with, of an assistant that the scope may use, encrypted, in place of what it signed
/// with before.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the assistant is not there for this scope.
pub async fn put_identity_secret(
    scope: &Scope,
    tx: &Tx,
    assistant: &AssistantId,
    cipher: &str,
    now: Timestamp,
) -> Result<()> {
    let columns = [("identity_secret", "$4"), ("identity_secret_made_at", "$5")];
    put_secret(scope, tx, assistant, &columns, Some(cipher.to_owned()), now).await
}

/// Forgets what the host site signs identities with, of an assistant that the scope may use; one that has nothing stays as it is.
/// Whether there was something.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the assistant is not there for this scope.
pub async fn delete_identity_secret(scope: &Scope, tx: &Tx, assistant: &AssistantId, now: Timestamp) -> Result<bool> {
    forget(scope, tx, assistant, "identity_secret", &["identity_secret_made_at"], now).await
}

/// Puts a secret into columns of an assistant that the scope may use: `$4` stands for the secret, `$5` for the time.
async fn put_secret(
    scope: &Scope,
    tx: &Tx,
    assistant: &AssistantId,
    columns: &[(&str, &str)],
    cipher: Option<String>,
    now: Timestamp,
) -> Result<()> {
    assistants::find(scope, tx.db(), assistant).await?;
    let names = columns.iter().map(|(name, _)| format!("{name}, ")).collect::<String>();
    let places = columns.iter().map(|(_, place)| format!("{place}, ")).collect::<String>();
    let set = columns.iter().map(|(name, _)| format!("{name} = excluded.{name}, ")).collect::<String>();
    let sql = format!(
        "INSERT INTO assistant_interfaces (assistant_id, organisation_id, settings, {names}updated_at, updated_by) \
         VALUES ($1, $2, $3, {places}$5, $6) ON CONFLICT (assistant_id) DO UPDATE SET {set}\
         updated_at = excluded.updated_at, updated_by = excluded.updated_by"
    );
    let values = [
        assistant.as_str().into(),
        scope.organisation().as_str().into(),
        InterfaceSettings::default().store().into(),
        cipher.into(),
        now.as_millis().into(),
        scope.user().cloned().store().into(),
    ];
    tx.db().execute(&sql, values).await?;
    Ok(())
}

/// Empties columns of an assistant that the scope may use. Whether there was something in the first of them.
async fn forget(
    scope: &Scope,
    tx: &Tx,
    assistant: &AssistantId,
    first: &str,
    further: &[&str],
    now: Timestamp,
) -> Result<bool> {
    assistants::find(scope, tx.db(), assistant).await?;
    let further = further.iter().map(|name| format!("{name} = NULL, ")).collect::<String>();
    let sql = format!(
        "UPDATE assistant_interfaces SET {first} = NULL, {further}updated_at = $3, updated_by = $4 \
         WHERE organisation_id = $1 AND assistant_id = $2 AND {first} IS NOT NULL"
    );
    let values = [
        scope.organisation().as_str().into(),
        assistant.as_str().into(),
        now.as_millis().into(),
        scope.user().cloned().store().into(),
    ];
    Ok(tx.db().execute(&sql, values).await? > 0)
}

/// Whose an assistant's secrets for the sign-in of visitors are, and both of them, encrypted: of the OpenID provider, and of the
/// host site.
///
/// No scope goes in: see [`open`]. Nothing of them comes out of the use cases.
pub async fn secrets(db: Db<'_>, assistant: &AssistantId) -> Result<Option<SignInSecrets>> {
    let sql =
        "SELECT organisation_id, openid_secret, identity_secret FROM assistant_interfaces WHERE assistant_id = $1";
    let Some(found) = db.row(sql, [assistant.as_str().into()]).await? else { return Ok(None) };
    Ok(Some(SignInSecrets {
        organisation: value(&found, "organisation_id")?,
        openid: value(&found, "openid_secret")?,
        identity: value(&found, "identity_secret")?,
    }))
}

/// The stored secrets of all organisations. No scope: for the operator, who wants to know whether they can be read.
pub async fn list_secrets(db: Db<'_>) -> Result<Vec<SignInSecrets>> {
    let sql = "SELECT organisation_id, openid_secret, identity_secret FROM assistant_interfaces \
               WHERE openid_secret IS NOT NULL OR identity_secret IS NOT NULL ORDER BY assistant_id";
    let rows = db.rows(sql, []).await?;
    rows.iter()
        .map(|found| {
            Ok(SignInSecrets {
                organisation: value(found, "organisation_id")?,
                openid: value(found, "openid_secret")?,
                identity: value(found, "identity_secret")?,
            })
        })
        .collect()
}

/// The interfaces of an assistant that is open to strangers. `None` when neither its public chat nor its widget is switched on,
/// it is private, or there is no such assistant. A sign-in that is switched off is not among them.
///
/// No scope goes in: strangers have none, and what comes out is what its organisation has opened to them.
pub async fn open(db: Db<'_>, assistant: &AssistantId) -> Result<Option<OpenInterface>> {
    let sql = format!(
        "SELECT {}, assistants.settings AS assistant_settings FROM assistant_interfaces \
         JOIN assistants ON assistants.id = assistant_interfaces.assistant_id \
         AND assistants.organisation_id = assistant_interfaces.organisation_id \
         WHERE assistant_interfaces.assistant_id = $1 AND assistants.access = $2",
        InterfaceRow::COLUMNS
    );
    let values = [assistant.as_str().into(), Access::Organisation.store().into()];
    let Some(found) = db.row(&sql, values).await? else { return Ok(None) };
    let mut row = InterfaceRow::from_row(&found)?;
    if !row.settings.public_chat && !row.settings.widget {
        return Ok(None);
    }
    row.settings.sign_in = row.settings.sign_in.in_force();
    Ok(Some(OpenInterface { row, assistant: value(&found, "assistant_settings")? }))
}

/// The logo of an assistant, for strangers: when the assistant is open to them, or they know the hash of the logo already, which
/// only who looks after the assistant is told before it is open.
///
/// No scope goes in: see [`open`].
pub async fn find_logo(db: Db<'_>, assistant: &AssistantId, known_hash: Option<&str>) -> Result<Option<Logo>> {
    let sql = "SELECT settings, logo_type, logo_hash, logo FROM assistant_interfaces \
               WHERE assistant_id = $1 AND logo_hash IS NOT NULL";
    let Some(found) = db.row(sql, [assistant.as_str().into()]).await? else { return Ok(None) };
    let settings: InterfaceSettings = value(&found, "settings")?;
    let hash: String = value(&found, "logo_hash")?;
    if !settings.public_chat && !settings.widget && known_hash != Some(hash.as_str()) {
        return Ok(None);
    }
    Ok(Some(Logo { media_type: value(&found, "logo_type")?, hash, bytes: found.try_get("", "logo")? }))
}
