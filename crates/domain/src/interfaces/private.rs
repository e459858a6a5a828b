//! A private assistant is open to no visitors: it is its maker's alone.

use hammock_contract::{ApiError, AssistantId, ErrorCode, Timestamp, assistant::Access, interfaces::InterfaceSettings};
use hammock_store::{Db, Scope, StoreError, Tx, assistants::AssistantRow, audit, interfaces};

use crate::{Result, error::from_store};

/// That nothing is switched on of an assistant that is private.
///
/// # Errors
/// `assistant_private`, naming the field.
pub(super) fn check(row: &AssistantRow, settings: &InterfaceSettings) -> Result<()> {
    if row.access != Access::Private {
        return Ok(());
    }
    let field = match settings {
        InterfaceSettings { public_chat: true, .. } => "public_chat",
        InterfaceSettings { widget: true, .. } => "widget",
        _ => return Ok(()),
    };
    let message = "a private assistant is open to no visitors; give it to the organisation first";
    Err(ApiError::new(ErrorCode::AssistantPrivate, message).on(field))
}

/// Whether the public chat and the widget of an assistant are switched on; neither of one that the scope does not see any more.
pub(crate) async fn switched_on(scope: &Scope, db: Db<'_>, assistant: &AssistantId) -> Result<(bool, bool)> {
    match interfaces::find(scope, db, assistant).await {
        Ok(row) => Ok(row.map(|row| (row.settings.public_chat, row.settings.widget)).unwrap_or_default()),
        Err(StoreError::NotFound) => Ok((false, false)),
        Err(error) => Err(from_store(error)),
    }
}

/// Closes what is open of an assistant that becomes private, and writes it down.
pub(crate) async fn close(scope: &Scope, tx: &Tx, assistant: &AssistantId, now: Timestamp) -> Result<()> {
    let row = interfaces::find(scope, tx.db(), assistant).await.map_err(from_store)?;
    let Some(row) = row.filter(|row| row.settings.public_chat || row.settings.widget) else { return Ok(()) };
    let detail = serde_json::json!({
        "public_chat": false,
        "widget": false,
        "origins": row.settings.origins,
        "because": "the assistant became private",
    });
    let settings = InterfaceSettings { public_chat: false, widget: false, ..row.settings };
    interfaces::put(scope, tx, assistant, settings, now).await.map_err(from_store)?;
    audit::record(scope, tx, "interfaces.update", assistant.as_str(), detail, now).await.map_err(from_store)
}
