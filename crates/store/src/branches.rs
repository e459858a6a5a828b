//! The branches of conversations: which messages stand beside one another, and which branch is shown.

use std::collections::{HashMap, HashSet};

use hammock_contract::{AssistantId, ConversationId, MessageId, chat::Siblings};
use sea_orm::QueryResult;

use crate::{
    Db, Result, Scope, StoreError, Tx, conversations,
    messages::{end_of, path_to},
    row::{self, value},
};

/// A message and the one that it comes after.
type Turn = (MessageId, Option<MessageId>);

/// For each message of a conversation of the scope's person that is not the only one at its point: its place among them.
pub async fn list_siblings(
    scope: &Scope,
    db: Db<'_>,
    conversation: &ConversationId,
) -> Result<HashMap<MessageId, Siblings>> {
    conversations::find(scope, db, conversation).await?;
    Ok(siblings_in(&turns(scope, db, conversation).await?))
}

/// The assistants that gave the answers which a conversation of the scope's person shows.
pub async fn list_answering(scope: &Scope, db: Db<'_>, conversation: &ConversationId) -> Result<Vec<AssistantId>> {
    conversations::find(scope, db, conversation).await?;
    let sql = format!(
        "{} SELECT DISTINCT assistant_id FROM messages WHERE organisation_id = $1 AND conversation_id = $2 \
         AND assistant_id IS NOT NULL AND id IN (SELECT shown.id FROM shown) ORDER BY assistant_id",
        path_to(2, &end_of(2))
    );
    let rows = db.rows(&sql, [scope.organisation().as_str().into(), conversation.as_str().into()]).await?;
    rows.iter().map(|found| value(found, "assistant_id")).collect()
}

/// Lets a conversation of the scope's person stand at the newest of the messages that go on from this one.
///
/// # Errors
/// [`StoreError::NotFound`] when the message is not in the conversation.
pub async fn show(scope: &Scope, tx: &Tx, conversation: &ConversationId, message: &MessageId) -> Result<()> {
    conversations::find(scope, tx.db(), conversation).await?;
    let leaf = newest_from(&turns(scope, tx.db(), conversation).await?, message).ok_or(StoreError::NotFound)?;
    let sql = "UPDATE conversations SET leaf_id = $3 WHERE organisation_id = $1 AND id = $2";
    let values = [scope.organisation().as_str().into(), conversation.as_str().into(), leaf.as_str().into()];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Every message of a conversation, the oldest first. Whose it is was looked at before.
async fn turns(scope: &Scope, db: Db<'_>, conversation: &ConversationId) -> Result<Vec<Turn>> {
    let sql = "SELECT id, parent_id FROM messages WHERE organisation_id = $1 AND conversation_id = $2 ORDER BY ordinal";
    let rows = db.rows(sql, [scope.organisation().as_str().into(), conversation.as_str().into()]).await?;
    let turn = |found: &QueryResult| -> Result<Turn> { Ok((value(found, "id")?, value(found, "parent_id")?)) };
    rows.iter().map(turn).collect()
}

fn siblings_in(turns: &[Turn]) -> HashMap<MessageId, Siblings> {
    let mut groups: HashMap<Option<&MessageId>, Vec<&MessageId>> = HashMap::new();
    for (id, parent) in turns {
        groups.entry(parent.as_ref()).or_default().push(id);
    }
    let mut found = HashMap::new();
    for group in groups.into_values().filter(|group| group.len() > 1) {
        let count = u32::try_from(group.len()).unwrap_or(u32::MAX);
        for ((at, id), position) in group.iter().enumerate().zip(1..) {
            let before = at.checked_sub(1).map(|before| group[before].clone());
            let after = group.get(at + 1).map(|after| (*after).clone());
            found.insert((*id).clone(), Siblings { position, count, before, after });
        }
    }
    found
}

/// The newest of the messages that go on from one; itself where none does. `None` when it is not among them.
fn newest_from(turns: &[Turn], message: &MessageId) -> Option<MessageId> {
    let mut newest = turns.iter().map(|(id, _)| id).find(|id| *id == message)?;
    let mut from = HashSet::from([newest]);
    // What goes on from a message comes after it.
    for (id, parent) in turns {
        if parent.as_ref().is_some_and(|parent| from.contains(parent)) {
            from.insert(id);
            newest = id;
        }
    }
    Some(newest.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &'static str) -> MessageId {
        MessageId::fixed(name)
    }

    /// A question with two answers, of which the first was gone on from; and the question asked otherwise.
    fn branched() -> Vec<Turn> {
        vec![
            (id("asked"), None),
            (id("answer"), Some(id("asked"))),
            (id("next"), Some(id("answer"))),
            (id("again"), Some(id("asked"))),
            (id("otherwise"), None),
            (id("late"), Some(id("next"))),
        ]
    }

    #[test]
    fn those_that_come_after_the_same_message_stand_beside_one_another() {
        let found = siblings_in(&branched());
        let place = |name| found.get(&id(name)).cloned();
        let siblings = |position, before: Option<&'static str>, after: Option<&'static str>| {
            Some(Siblings { position, count: 2, before: before.map(id), after: after.map(id) })
        };
        assert_eq!(place("asked"), siblings(1, None, Some("otherwise")));
        assert_eq!(place("otherwise"), siblings(2, Some("asked"), None));
        assert_eq!(place("answer"), siblings(1, None, Some("again")));
        assert_eq!(place("again"), siblings(2, Some("answer"), None));
        assert_eq!((place("next"), place("late"), found.len()), (None, None, 4));
    }

    #[test]
    fn a_branch_is_shown_to_its_newest_message() {
        let turns = branched();
        for (chosen, leaf) in
            [("asked", "late"), ("answer", "late"), ("again", "again"), ("otherwise", "otherwise"), ("late", "late")]
        {
            assert_eq!(newest_from(&turns, &id(chosen)), Some(id(leaf)), "{chosen}");
        }
        assert_eq!(newest_from(&turns, &id("foreign")), None);
    }
}
