//! Runs: one making of an answer each. At most one at a time in a conversation.

use hammock_contract::{ConversationId, MessageId, OrganisationId, RunId, Timestamp, UserId, chat::MessageState};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, Tx,
    row::{self, Stored, Table, table},
};

table! {
    /// A run.
    RunRow = "runs";
    key {
        /// The id.
        id: RunId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// Whose it is.
    user_id: UserId,
    /// The conversation.
    conversation_id: ConversationId,
    /// The answer that it makes.
    message_id: MessageId,
    /// How it stands: `Streaming` while it goes on.
    state: MessageState,
    /// What the client named the question, so that it is not asked twice.
    idempotency_key: Option<String>,
    /// The conversation, while the run goes on; unique.
    active_conversation_id: Option<ConversationId>,
    /// When it began.
    created_at: Timestamp,
    /// When it ended.
    finished_at: Option<Timestamp>,
    /// The replica that makes it.
    replica_id: Option<String>,
    /// Whether the person asked another replica to stop it.
    stop_requested: bool,
}

const OWN: &str = "runs.organisation_id = $1 AND runs.user_id = $2";

fn own(scope: &Scope) -> Result<Vec<Value>> {
    Ok(vec![scope.organisation().as_str().into(), scope.require_user()?.as_str().into()])
}

/// A run to begin.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// The id.
    pub id: RunId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The answer that it makes.
    pub message: MessageId,
    /// What the client named the question.
    pub idempotency_key: Option<String>,
    /// The replica that makes it.
    pub replica: String,
}

/// Begins a run.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when another goes on in the conversation, or the key was used: look with
/// [`find_by_key`] first, in the same transaction.
pub async fn create(scope: &Scope, tx: &Tx, new: NewRun, now: Timestamp) -> Result<RunRow> {
    let NewRun { id, conversation, message, idempotency_key, replica } = new;
    crate::messages::find(scope, tx.db(), &message).await?;
    let row = RunRow {
        id,
        organisation_id: scope.organisation().clone(),
        user_id: scope.require_user()?.clone(),
        conversation_id: conversation.clone(),
        message_id: message,
        state: MessageState::Streaming,
        idempotency_key,
        active_conversation_id: Some(conversation),
        created_at: now,
        finished_at: None,
        replica_id: Some(replica),
        stop_requested: false,
    };
    row::insert(tx.db(), row.clone()).await?;
    Ok(row)
}

/// One run of the person.
pub async fn find(scope: &Scope, db: Db<'_>, id: &RunId) -> Result<RunRow> {
    let mut values = own(scope)?;
    values.push(id.as_str().into());
    row::one(db.row(&format!("SELECT {} FROM runs WHERE {OWN} AND id = $3", RunRow::COLUMNS), values).await?)
}

/// The person's run with an idempotency key.
pub async fn find_by_key(scope: &Scope, db: Db<'_>, key: &str) -> Result<Option<RunRow>> {
    let mut values = own(scope)?;
    values.push(key.into());
    let sql = format!("SELECT {} FROM runs WHERE {OWN} AND idempotency_key = $3", RunRow::COLUMNS);
    db.row(&sql, values).await?.as_ref().map(RunRow::from_row).transpose()
}

/// The run that goes on in a conversation of the person.
pub async fn find_active(scope: &Scope, db: Db<'_>, conversation: &ConversationId) -> Result<Option<RunRow>> {
    let mut values = own(scope)?;
    values.push(conversation.as_str().into());
    let sql = format!("SELECT {} FROM runs WHERE {OWN} AND active_conversation_id = $3", RunRow::COLUMNS);
    db.row(&sql, values).await?.as_ref().map(RunRow::from_row).transpose()
}

/// Ends a run.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when it is not there or ended already: only one ending counts.
pub async fn finish(scope: &Scope, tx: &Tx, id: &RunId, state: MessageState, now: Timestamp) -> Result<()> {
    let mut values = own(scope)?;
    values.extend([
        id.as_str().into(),
        state.store().into(),
        now.as_millis().into(),
        MessageState::Streaming.store().into(),
    ]);
    let sql = format!(
        "UPDATE runs SET state = $4, finished_at = $5, active_conversation_id = NULL WHERE {OWN} AND id = $3 AND state = $6"
    );
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Asks whichever replica makes it to stop a run of the person.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when it is not there or has ended.
pub async fn request_stop(scope: &Scope, tx: &Tx, id: &RunId) -> Result<()> {
    let mut values = own(scope)?;
    values.extend([id.as_str().into(), MessageState::Streaming.store().into()]);
    let sql = format!("UPDATE runs SET stop_requested = TRUE WHERE {OWN} AND id = $3 AND state = $4");
    row::touched(tx.db().execute(&sql, values).await?)
}

/// The runs of a replica that somebody asked to stop. No scope: for that replica.
pub async fn list_stop_requested(db: Db<'_>, replica: &str) -> Result<Vec<RunId>> {
    let sql = "SELECT id FROM runs WHERE state = $1 AND replica_id = $2 AND stop_requested";
    let rows = db.rows(sql, [MessageState::Streaming.store().into(), replica.into()]).await?;
    rows.iter().map(|found| row::value(found, "id")).collect()
}

/// Runs that have not ended and that no other replica makes: of those that were not seen since `since`, and of the replica
/// `own`, which knows which of them it makes. No scope: each gives one ([`Scope::for_run`]).
pub async fn list_orphaned(db: Db<'_>, since: Timestamp, own: &str) -> Result<Vec<RunRow>> {
    let sql = format!(
        "SELECT {} FROM runs WHERE state = $1 AND (replica_id = $3 OR NOT EXISTS (SELECT 1 FROM replicas \
         WHERE replicas.id = runs.replica_id AND replicas.last_seen_at >= $2)) ORDER BY id",
        RunRow::COLUMNS
    );
    let values = [MessageState::Streaming.store().into(), since.as_millis().into(), own.into()];
    row::all(&db.rows(&sql, values).await?)
}
