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
}

const OWN: &str = "runs.organisation_id = $1 AND runs.user_id = $2";

fn own(scope: &Scope) -> Result<Vec<Value>> {
    Ok(vec![scope.organisation().as_str().into(), scope.require_user()?.as_str().into()])
}

/// Begins a run that makes `message`.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when another goes on in the conversation, or the key was used: look with
/// [`find_by_key`] first, in the same transaction.
pub async fn create(
    scope: &Scope,
    tx: &Tx,
    id: RunId,
    conversation: &ConversationId,
    message: &MessageId,
    idempotency_key: Option<String>,
    now: Timestamp,
) -> Result<RunRow> {
    crate::messages::find(scope, tx.db(), message).await?;
    let row = RunRow {
        id,
        organisation_id: scope.organisation().clone(),
        user_id: scope.require_user()?.clone(),
        conversation_id: conversation.clone(),
        message_id: message.clone(),
        state: MessageState::Streaming,
        idempotency_key,
        active_conversation_id: Some(conversation.clone()),
        created_at: now,
        finished_at: None,
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

/// Runs that began before `before` and have not ended: after a crash, all of them. No scope: each gives one
/// ([`Scope::for_run`]).
pub async fn list_unfinished(db: Db<'_>, before: Timestamp) -> Result<Vec<RunRow>> {
    let sql = format!("SELECT {} FROM runs WHERE state = $1 AND created_at < $2 ORDER BY id", RunRow::COLUMNS);
    row::all(&db.rows(&sql, [MessageState::Streaming.store().into(), before.as_millis().into()]).await?)
}
