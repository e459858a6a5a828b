//! The messages of a conversation that a visitor held, some at a time, for who looks after the assistant. They are counted and cut
//! out by the database: however long it is, no more than a page of it is read.

use hammock_contract::{ConversationId, MessageId, page::PageRequest, visitor::HeldQuery};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, StoreError,
    messages::MessageRow,
    paging,
    row::{self, Table, value},
};

/// A part of the messages.
pub(super) struct Part {
    /// How many stand before it.
    pub(super) earlier: u32,
    /// How many stand after it.
    pub(super) later: u32,
    /// The messages, oldest first.
    pub(super) rows: Vec<MessageRow>,
}

fn of_conversation(scope: &Scope, conversation: &ConversationId) -> Vec<Value> {
    vec![scope.organisation().as_str().into(), conversation.as_str().into()]
}

/// The messages that are wanted of a conversation which the scope may read, as was looked at before.
///
/// # Errors
/// [`StoreError::NotFound`] when a message is named that is not in it.
pub(super) async fn part(scope: &Scope, db: Db<'_>, conversation: &ConversationId, wanted: &HeldQuery) -> Result<Part> {
    let HeldQuery { before, after, limit } = wanted;
    let limit = paging::limit(&PageRequest { limit: *limit, ..PageRequest::default() })?;
    let before = place_of(scope, db, conversation, before.as_ref()).await?;
    let after = place_of(scope, db, conversation, after.as_ref()).await?;
    let mut values = of_conversation(scope, conversation);
    let mut between = String::new();
    for (sign, place) in [('<', before), ('>', after)] {
        if let Some(place) = place {
            values.push(place.into());
            between.push_str(&format!(" AND ordinal {sign} ${}", values.len()));
        }
    }
    // Those that stand next to what was named.
    let order = if after.is_some() { "ASC" } else { "DESC" };
    let columns = MessageRow::COLUMNS;
    let sql = format!(
        "SELECT {columns} FROM messages WHERE organisation_id = $1 AND conversation_id = $2{between} \
         ORDER BY ordinal {order} LIMIT {limit}"
    );
    let mut rows: Vec<MessageRow> = row::all(&db.rows(&sql, values).await?)?;
    if after.is_none() {
        rows.reverse();
    }
    let place = |row: Option<&MessageRow>| row.map(|row| i64::from(row.ordinal));
    let first = place(rows.first()).or(after.map(|after| after + 1)).unwrap_or_default();
    let last = place(rows.last()).or(before.map(|before| before - 1)).unwrap_or(i64::MAX);
    let sql = "SELECT COUNT(CASE WHEN ordinal < $3 THEN 1 END) AS earlier, \
               COUNT(CASE WHEN ordinal > $4 THEN 1 END) AS later \
               FROM messages WHERE organisation_id = $1 AND conversation_id = $2";
    let mut values = of_conversation(scope, conversation);
    values.extend([first.into(), last.into()]);
    let counted = db.row(sql, values).await?.ok_or(StoreError::NotFound)?;
    Ok(Part { earlier: value(&counted, "earlier")?, later: value(&counted, "later")?, rows })
}

/// The place of a message in the conversation, where one is named.
async fn place_of(
    scope: &Scope,
    db: Db<'_>,
    conversation: &ConversationId,
    message: Option<&MessageId>,
) -> Result<Option<i64>> {
    let Some(message) = message else { return Ok(None) };
    let mut values = of_conversation(scope, conversation);
    values.push(message.as_str().into());
    let sql = "SELECT ordinal FROM messages WHERE organisation_id = $1 AND conversation_id = $2 AND id = $3";
    value(&db.row(sql, values).await?.ok_or(StoreError::NotFound)?, "ordinal").map(Some)
}
