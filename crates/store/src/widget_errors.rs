//! What went wrong in widgets on customers' pages, as their browsers tell it: the last of each kind, with how often it was met.

use hammock_contract::{AssistantId, OrganisationId, Timestamp};

use crate::{
    Db, Result, Scope, Tx, assistants,
    interfaces::OpenInterface,
    row::{self, Stored, Table, table},
};

/// The most errors that are kept of one assistant; those that were met last stay.
pub const MOST: usize = 50;

table! {
    /// An error of widgets of one assistant on the pages of one origin.
    WidgetErrorRow = "widget_errors";
    key {
        /// The assistant.
        assistant_id: AssistantId,
        /// The origin of the pages.
        origin: String,
        /// What went wrong.
        code: String,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// What was said of it the last time.
    message: String,
    /// How often it was met.
    times: u32,
    /// When it was last met.
    met_at: Timestamp,
}

/// An error that a widget met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// The origin of the page.
    pub origin: String,
    /// What went wrong.
    pub code: String,
    /// What was said of it.
    pub message: String,
}

/// The errors that widgets of an assistant met, the last one first.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the assistant is not there for this scope.
pub async fn list(scope: &Scope, db: Db<'_>, assistant: &AssistantId) -> Result<Vec<WidgetErrorRow>> {
    assistants::find(scope, db, assistant).await?;
    let sql = format!(
        "SELECT {} FROM widget_errors WHERE organisation_id = $1 AND assistant_id = $2 \
         ORDER BY met_at DESC, origin, code LIMIT {MOST}",
        WidgetErrorRow::COLUMNS
    );
    row::all(&db.rows(&sql, [scope.organisation().as_str().into(), assistant.as_str().into()]).await?)
}

/// Notes an error that a widget of an open interface met, and forgets the oldest beyond [`MOST`].
///
/// No scope goes in: a browser of a stranger tells it, of an interface that is open to strangers.
pub async fn note(interface: &OpenInterface, tx: &Tx, met: Met, now: Timestamp) -> Result<()> {
    let Met { origin, code, message } = met;
    let assistant = interface.row.assistant_id.as_str();
    let sql = "INSERT INTO widget_errors (assistant_id, origin, code, organisation_id, message, times, met_at) \
               VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (assistant_id, origin, code) DO UPDATE SET \
               message = excluded.message, times = widget_errors.times + 1, met_at = excluded.met_at";
    let values = [
        assistant.into(),
        origin.store().into(),
        code.store().into(),
        interface.row.organisation_id.as_str().into(),
        message.store().into(),
        now.as_millis().into(),
    ];
    tx.db().execute(sql, values).await?;
    let sql = format!(
        "DELETE FROM widget_errors WHERE assistant_id = $1 AND (origin, code) NOT IN \
         (SELECT kept.origin, kept.code FROM widget_errors AS kept WHERE kept.assistant_id = $1 \
         ORDER BY kept.met_at DESC, kept.origin, kept.code LIMIT {MOST})"
    );
    tx.db().execute(&sql, [assistant.into()]).await?;
    Ok(())
}
