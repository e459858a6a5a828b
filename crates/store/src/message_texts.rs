//! The folded texts of messages, which searches in conversations read. Beside the messages and not in their rows: a search
//! would walk through all the citations, and an open conversation would read every text twice.

use hammock_contract::{ConversationId, MessageId, OrganisationId};
use sea_orm::Value;

use crate::{
    Db, Result, Scope,
    conversations::{OWN, own},
    folding,
    messages::MessageRow,
    row::{self, Stored, placeholders, table, value},
};

table! {
    /// The folded text of a message.
    MessageTextRow = "message_texts";
    key {
        /// The message.
        message_id: MessageId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The conversation.
    conversation_id: ConversationId,
    /// The text, folded.
    search_key: String,
}

/// Notes what new messages say.
pub(crate) async fn add(db: Db<'_>, messages: &[MessageRow]) -> Result<()> {
    let text = |row: &MessageRow| MessageTextRow {
        message_id: row.id.clone(),
        organisation_id: row.organisation_id.clone(),
        conversation_id: row.conversation_id.clone(),
        search_key: folding::fold(&row.text),
    };
    row::insert_many(db, messages.iter().map(text).collect()).await
}

/// Notes what a message says now.
pub(crate) async fn replace(db: Db<'_>, message: &MessageId, text: &str) -> Result<()> {
    let sql = "INSERT INTO message_texts (message_id, organisation_id, conversation_id, search_key) \
               SELECT messages.id, messages.organisation_id, messages.conversation_id, $2 FROM messages WHERE messages.id = $1 \
               ON CONFLICT (message_id) DO UPDATE SET search_key = excluded.search_key";
    db.execute(sql, [message.as_str().into(), folding::fold(text).store().into()]).await.map(|_| ())
}

/// The condition under which a conversation, already filtered by its organisation (`$1`), has the word of a placeholder in its
/// title or in any of its messages.
pub(crate) fn has_word(placeholder: usize) -> String {
    format!(
        "(conversations.title_key LIKE ${placeholder} ESCAPE '\\' OR EXISTS (SELECT 1 FROM message_texts \
         WHERE message_texts.organisation_id = $1 AND message_texts.conversation_id = conversations.id \
         AND message_texts.search_key LIKE ${placeholder} ESCAPE '\\'))"
    )
}

/// For each of some conversations of the person its first message with all of the folded words, else its first one with any of
/// them, and the text of that; rather one that the conversation shows than one of another branch. Conversations without such a
/// message are left out.
pub async fn list_found(
    scope: &Scope,
    db: Db<'_>,
    conversations: &[ConversationId],
    words: &[String],
) -> Result<Vec<(ConversationId, MessageId, String)>> {
    let mut values = own(scope)?;
    if conversations.is_empty() || words.is_empty() {
        return Ok(Vec::new());
    }
    let ids = placeholders(values.len() + 1, conversations.len());
    values.extend(conversations.iter().map(|id| Value::from(id.as_str())));
    let has: Vec<String> = (values.len() + 1..=values.len() + words.len())
        .map(|placeholder| format!("message_texts.search_key LIKE ${placeholder} ESCAPE '\\'"))
        .collect();
    values.extend(words.iter().map(|word| Value::from(folding::pattern(word))));
    // Later ids sort after earlier ones.
    let first = |condition: String| {
        format!(
            "(SELECT MIN(message_texts.message_id) FROM message_texts WHERE message_texts.organisation_id = $1 \
             AND message_texts.conversation_id = conversations.id AND ({condition}))"
        )
    };
    // Where the branch ends that each conversation shows is the same as in `messages`, for several of them at once.
    let path = format!(
        "WITH RECURSIVE shown (id, parent_id) AS (\
         SELECT messages.id, messages.parent_id FROM conversations JOIN messages ON messages.id = \
         COALESCE(conversations.leaf_id, (SELECT newest.id FROM messages AS newest \
         WHERE newest.conversation_id = conversations.id ORDER BY newest.ordinal DESC LIMIT 1)) \
         WHERE {OWN} AND conversations.id IN ({ids}) \
         UNION ALL SELECT messages.id, messages.parent_id FROM messages JOIN shown ON messages.id = shown.parent_id)"
    );
    let rather_shown = |condition: String| {
        let shown = first(format!("({condition}) AND message_texts.message_id IN (SELECT shown.id FROM shown)"));
        format!("{shown}, {}", first(condition))
    };
    let sql = format!(
        "{path} SELECT conversations.id AS id, messages.id AS message_id, messages.text AS found \
         FROM conversations JOIN messages ON messages.id = COALESCE({}, {}) \
         WHERE {OWN} AND conversations.deleted_at IS NULL AND conversations.id IN ({ids})",
        rather_shown(has.join(" AND ")),
        rather_shown(has.join(" OR ")),
    );
    let mut found = Vec::new();
    for row in db.rows(&sql, values).await? {
        found.push((value(&row, "id")?, value(&row, "message_id")?, value(&row, "found")?));
    }
    Ok(found)
}
