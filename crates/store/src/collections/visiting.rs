//! What visitors reach of collections: those of the assistant that they came to, and the files that they sent.

use hammock_contract::{AssistantId, UserId};
use sea_orm::Value;

use crate::{
    Scope,
    scope::{builtin_organisation, handbook_collection},
};

/// What a visitor made: the collections of the files that they put into their conversations. `own` is the place of the
/// organisation among the values.
pub(super) fn made_by(user: &UserId, own: usize, table: &str, collection: &str, values: &mut Vec<Value>) -> String {
    values.push(user.as_str().into());
    let user = values.len();
    format!(
        "({table}.organisation_id = ${own} AND {table}.{collection} IN (SELECT made.id FROM collections AS made \
         WHERE made.organisation_id = ${own} AND made.created_by = ${user}))"
    )
}

/// What a visitor reads: the collections of the one assistant that they came to, as who opened it to visitors gave it those,
/// whoever else sees them; and nothing of any other.
pub(super) fn of_assistant(
    scope: &Scope,
    assistant: &AssistantId,
    table: &str,
    collection: &str,
    values: &mut Vec<Value>,
) -> String {
    let (builtin, handbook) = (builtin_organisation(), handbook_collection());
    let ids = [scope.organisation().as_str(), assistant.as_str(), builtin.as_str(), handbook.as_str()];
    values.extend(ids.map(Value::from));
    let last = values.len();
    let (own, assistant, builtin, handbook) = (last - 3, last - 2, last - 1, last);
    format!(
        "({table}.{collection} IN (SELECT opened.collection_id FROM assistant_collections AS opened \
         WHERE opened.organisation_id = ${own} AND opened.assistant_id = ${assistant}) \
         AND ({table}.organisation_id = ${own} OR ({table}.organisation_id = ${builtin} \
         AND {table}.{collection} = ${handbook})))"
    )
}
