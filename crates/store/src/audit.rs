//! Who changed what. Written in the transaction of the change.

use hammock_contract::{AuditEventId, OrganisationId, Page, Timestamp, page::PageRequest};
use sea_orm::Value;

use crate::{
    Actor, Db, Result, Scope, StoreError, Tx, paging,
    row::{self, Table, table},
};

table! {
    /// One change.
    AuditRow = "audit_events";
    key {
        /// The id.
        id: AuditEventId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// `user`, `api_key`, `share_link`, `visitor`, `job` or `operator`.
    actor_kind: String,
    /// The id of the person, key, link or job.
    actor_id: Option<String>,
    /// What was done: `assistant.create`.
    action: String,
    /// The id of what it was done to.
    target: String,
    /// What the change was, without secrets.
    detail: serde_json::Value,
    /// When.
    created_at: Timestamp,
}

/// What visitors may do. Every change is written down in its own transaction, so one that is not named here does not happen,
/// whatever else would let it.
const VISITORS_DO: [&str; 9] = [
    "visitor.create",
    "visitor.sign_in",
    "visitor.contact",
    "conversation.create",
    "conversation.title",
    "message.rate",
    "feedback.give",
    "attachment.create",
    "attachment.delete",
];

/// Writes down a change.
///
/// # Errors
/// [`StoreError::NotFound`] for a change that visitors do not make.
pub async fn record(
    scope: &Scope,
    tx: &Tx,
    action: &str,
    target: &str,
    detail: serde_json::Value,
    now: Timestamp,
) -> Result<()> {
    let (actor_kind, actor_id) = match scope.actor() {
        Actor::User(id) => ("user", Some(id.as_str().to_owned())),
        Actor::ApiKey { key, .. } => ("api_key", Some(key.as_str().to_owned())),
        Actor::ShareLink { link, .. } => ("share_link", Some(link.as_str().to_owned())),
        Actor::Visitor { .. } if !VISITORS_DO.contains(&action) => return Err(StoreError::NotFound),
        Actor::Visitor { visitor, .. } => ("visitor", Some(visitor.as_str().to_owned())),
        Actor::Job(id) => ("job", Some(id.as_str().to_owned())),
        Actor::Operator => ("operator", None),
    };
    let row = AuditRow {
        id: AuditEventId::new(),
        organisation_id: scope.organisation().clone(),
        actor_kind: actor_kind.to_owned(),
        actor_id,
        action: action.to_owned(),
        target: target.to_owned(),
        detail,
        created_at: now,
    };
    row::insert(tx.db(), row).await
}

/// The changes in the organisation, newest first; `query` of the request matches the action or the target exactly.
pub async fn list(scope: &Scope, db: Db<'_>, request: &PageRequest) -> Result<Page<AuditRow>> {
    let limit = paging::limit(request)?;
    let mut sql = format!("SELECT {} FROM audit_events WHERE organisation_id = $1", AuditRow::COLUMNS);
    let mut values: Vec<Value> = vec![scope.organisation().as_str().into()];
    if let Some(query) = request.query.as_deref().filter(|query| !query.is_empty()) {
        values.push(query.into());
        sql.push_str(&format!(" AND (action = ${0} OR target = ${0})", values.len()));
    }
    if let Some((_, id)) = paging::place(request.page_token.as_deref())? {
        values.push(id.into());
        sql.push_str(&format!(" AND id < ${}", values.len()));
    }
    sql.push_str(&format!(" ORDER BY id DESC LIMIT {}", limit + 1));
    let rows = row::all::<AuditRow>(&db.rows(&sql, values).await?)?;
    Ok(paging::page(rows, limit, |row| (String::new(), row.id.as_str().to_owned())))
}
