//! Who visitors have said they are: by a provider that they signed in with, or by the site that they came from. An identity has
//! one visitor of an assistant, on whatever device.

use hammock_contract::{AssistantId, RunId, Timestamp};
use sea_orm::Value;

use crate::{
    Actor, Db, Result, Scope, StoreError, Tx,
    row::{self, Stored, Table, value},
    visitors::{VisitorRow, scope_of},
};

/// Somebody, as a provider or a site knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who vouches for them.
    pub provider: String,
    /// What that one knows them by.
    pub subject: String,
}

/// What a visitor has said of themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Their name.
    pub name: Option<String>,
    /// Whether they have an identity.
    pub signed_in: bool,
}

/// The scope of the visitor of an assistant who has an identity. No scope goes in: this is where one comes from, for whoever
/// has proved to be that one.
///
/// # Errors
/// When the database fails.
pub async fn open(db: Db<'_>, assistant: &AssistantId, identity: &Identity) -> Result<Option<Scope>> {
    let sql = format!(
        "SELECT {} FROM visitors JOIN visitor_identities ON visitor_identities.visitor_id = visitors.id \
         WHERE visitor_identities.assistant_id = $1 AND visitor_identities.provider = $2 \
         AND visitor_identities.subject = $3 AND visitors.assistant_id = $1",
        VisitorRow::COLUMNS
    );
    let Identity { provider, subject } = identity;
    let values = [assistant.as_str().into(), provider.clone().store().into(), subject.clone().store().into()];
    let found = db.row(&sql, values).await?;
    Ok(found.as_ref().map(VisitorRow::from_row).transpose()?.as_ref().map(scope_of))
}

fn own(scope: &Scope) -> Result<[Value; 2]> {
    let Actor::Visitor { visitor, .. } = scope.actor() else { return Err(StoreError::NotFound) };
    Ok([scope.organisation().as_str().into(), visitor.as_str().into()])
}

/// Gives the scope's visitor an identity, unless a visitor of the assistant has it already; whether it was given.
///
/// # Errors
/// [`StoreError::NotFound`] when the scope is no visitor's.
pub async fn add(scope: &Scope, tx: &Tx, identity: &Identity, now: Timestamp) -> Result<bool> {
    let Actor::Visitor { visitor, assistant, .. } = scope.actor() else { return Err(StoreError::NotFound) };
    let Identity { provider, subject } = identity;
    let sql = "INSERT INTO visitor_identities (assistant_id, provider, subject, organisation_id, visitor_id, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (assistant_id, provider, subject) DO NOTHING";
    let values = [
        assistant.as_str().into(),
        provider.clone().store().into(),
        subject.clone().store().into(),
        scope.organisation().as_str().into(),
        visitor.as_str().into(),
        now.as_millis().into(),
    ];
    Ok(tx.db().execute(sql, values).await? > 0)
}

/// Keeps the name and the e-mail address that the scope's visitor came with; what they did not say stays as it was.
///
/// # Errors
/// [`StoreError::NotFound`] when the scope is no visitor's.
pub async fn describe(scope: &Scope, tx: &Tx, name: Option<&str>, email: Option<&str>) -> Result<()> {
    let [organisation, visitor] = own(scope)?;
    let text = |text: Option<&str>| -> Value { text.map(|text| text.to_owned().store()).into() };
    let sql = "UPDATE visitors SET name = COALESCE($3, name), email = COALESCE($4, email) \
               WHERE organisation_id = $1 AND id = $2";
    row::touched(tx.db().execute(sql, [organisation, visitor, text(name), text(email)]).await?)
}

/// What the scope's visitor has said of themselves.
///
/// # Errors
/// [`StoreError::NotFound`] when the scope is no visitor's.
pub async fn said(scope: &Scope, db: Db<'_>) -> Result<Said> {
    let sql = "SELECT visitors.name, (SELECT COUNT(*) FROM visitor_identities \
               WHERE visitor_identities.visitor_id = visitors.id) AS identities FROM visitors \
               WHERE visitors.organisation_id = $1 AND visitors.id = $2";
    let found = db.row(sql, own(scope)?).await?.ok_or(StoreError::NotFound)?;
    let identities: u32 = value(&found, "identities")?;
    Ok(Said { name: value(&found, "name")?, signed_in: identities > 0 })
}

/// The scope of whose a run of the scope's visitor is by now: they may have signed in since they asked ([`take_over`]).
///
/// # Errors
/// [`StoreError::NotFound`] when the scope is no visitor's, or the run is of no visitor of the same assistant.
pub async fn asker(scope: &Scope, db: Db<'_>, run: &RunId) -> Result<Scope> {
    let Actor::Visitor { assistant, .. } = scope.actor() else { return Err(StoreError::NotFound) };
    let sql = format!(
        "SELECT {} FROM visitors JOIN runs ON runs.user_id = visitors.user_id \
         AND runs.organisation_id = visitors.organisation_id \
         WHERE visitors.organisation_id = $1 AND visitors.assistant_id = $2 AND runs.id = $3",
        VisitorRow::COLUMNS
    );
    let values = [scope.organisation().as_str().into(), assistant.as_str().into(), run.as_str().into()];
    row::one::<VisitorRow>(db.row(&sql, values).await?).map(|row| scope_of(&row))
}

/// Gives the scope's visitor what another one of the same assistant, who turned out to be the same person, has said, and the
/// address that they have left, where there is no other; how many conversations.
///
/// # Errors
/// [`StoreError::NotFound`] when one of the scopes is no visitor's, or they are of different assistants.
pub async fn take_over(scope: &Scope, tx: &Tx, from: &Scope) -> Result<u64> {
    let (Actor::Visitor { user: to, assistant, .. }, Actor::Visitor { user: other, assistant: of_other, .. }) =
        (scope.actor(), from.actor())
    else {
        return Err(StoreError::NotFound);
    };
    if assistant != of_other || scope.organisation() != from.organisation() {
        return Err(StoreError::NotFound);
    }
    let values = || -> [Value; 3] { [scope.organisation().as_str().into(), other.as_str().into(), to.as_str().into()] };
    let set = "SET user_id = $3 WHERE organisation_id = $1 AND user_id = $2";
    let moved = tx.db().execute(&format!("UPDATE conversations {set}"), values()).await?;
    // Both may have used the same keys against asking twice.
    let runs = "UPDATE runs SET user_id = $3, idempotency_key = CASE WHEN EXISTS (SELECT 1 FROM runs AS own \
                WHERE own.user_id = $3 AND own.idempotency_key = runs.idempotency_key) THEN NULL ELSE idempotency_key END \
                WHERE organisation_id = $1 AND user_id = $2";
    tx.db().execute(runs, values()).await?;
    for table in ["feedback", "attachments"] {
        tx.db().execute(&format!("UPDATE {table} {set}"), values()).await?;
    }
    let email = "UPDATE visitors SET email = COALESCE(email, (SELECT earlier.email FROM visitors AS earlier \
                 WHERE earlier.organisation_id = $1 AND earlier.user_id = $2)) WHERE organisation_id = $1 AND user_id = $3";
    tx.db().execute(email, values()).await?;
    // What files lie in: by who made it a visitor reaches it.
    let collections = "UPDATE collections SET created_by = $3 WHERE organisation_id = $1 AND created_by = $2";
    tx.db().execute(collections, values()).await?;
    Ok(moved)
}
