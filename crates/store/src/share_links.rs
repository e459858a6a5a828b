//! Links that let others read a conversation. They belong to the conversation's person; whoever holds one gets a [`Scope`] that
//! reads what it shares and nothing else.
//!
//! A link is looked up by the hash of its token. The token itself lies beside it encrypted, because its person is shown the link
//! again: somebody with a copy of the database alone opens nothing.

use hammock_contract::{
    AssistantId, ConversationId, MessageId, OrganisationId, ShareLinkId, Timestamp,
    share::{ShareAudience, ShareSettings},
    user::UserStatus,
};
use sea_orm::Value;

use crate::{
    Actor, Db, Result, Scope, StoreError, Tx, conversations, message_texts,
    messages::{self, MessageRow},
    row::{self, Stored, Table, table, value, words},
};

words!(ShareAudience);

table! {
    /// A link.
    ShareLinkRow = "share_links";
    key {
        /// The id.
        id: ShareLinkId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The conversation.
    conversation_id: ConversationId,
    /// The hash of the token.
    token_hash: String,
    /// The token, encrypted.
    token_cipher: String,
    /// Who may open it.
    audience: ShareAudience,
    /// The last message that is shared; absent where later ones are, too.
    up_to_message_id: Option<MessageId>,
    /// Whether it shows how answers were made.
    with_reasoning: bool,
    /// Whether it shows sources to people who are not signed in.
    with_sources: bool,
    /// When it was made.
    created_at: Timestamp,
    /// When it ends.
    expires_at: Option<Timestamp>,
    /// When it was revoked; for a while this can be undone.
    revoked_at: Option<Timestamp>,
}

impl ShareLinkRow {
    /// What it shares, and with whom.
    pub fn settings(&self) -> ShareSettings {
        ShareSettings {
            audience: self.audience,
            includes_later: self.up_to_message_id.is_none(),
            up_to: self.up_to_message_id.clone(),
            with_reasoning: self.with_reasoning,
            with_sources: self.with_sources,
            expires_at: self.expires_at,
        }
    }
}

/// A token in the two forms in which it is stored.
#[derive(Debug, Clone)]
pub struct StoredToken {
    /// Its hash.
    pub hash: String,
    /// Itself, encrypted.
    pub cipher: String,
}

/// A link that was opened.
#[derive(Debug, Clone)]
pub struct OpenLink {
    /// The link.
    pub row: ShareLinkRow,
    /// The title of its conversation.
    pub title: String,
    /// The assistant of its conversation; it may be gone.
    pub assistant: AssistantId,
    /// The scope of whoever holds it.
    pub scope: Scope,
}

/// Lets through links of a conversation (`$3`) of the scope's person (`$1` organisation, `$2` person).
const OWN: &str = "share_links.organisation_id = $1 AND share_links.conversation_id = $3 AND share_links.conversation_id IN \
                   (SELECT conversations.id FROM conversations WHERE conversations.organisation_id = $1 \
                   AND conversations.user_id = $2 AND conversations.deleted_at IS NULL)";

fn own(scope: &Scope, conversation: &ConversationId) -> Result<Vec<Value>> {
    Ok(vec![scope.organisation().as_str().into(), scope.require_user()?.as_str().into(), conversation.as_str().into()])
}

/// Makes a link to a conversation of the scope's person.
pub async fn create(
    scope: &Scope,
    tx: &Tx,
    id: ShareLinkId,
    conversation: &ConversationId,
    token: StoredToken,
    settings: ShareSettings,
    now: Timestamp,
) -> Result<ShareLinkRow> {
    conversations::find(scope, tx.db(), conversation).await?;
    let ShareSettings { audience, includes_later: _, up_to, with_reasoning, with_sources, expires_at } = settings;
    let row = ShareLinkRow {
        id,
        organisation_id: scope.organisation().clone(),
        conversation_id: conversation.clone(),
        token_hash: token.hash,
        token_cipher: token.cipher,
        audience,
        up_to_message_id: up_to,
        with_reasoning,
        with_sources,
        created_at: now,
        expires_at,
        revoked_at: None,
    };
    row::insert(tx.db(), row.clone()).await?;
    Ok(row)
}

/// The links to a conversation of the scope's person that were not revoked, newest first.
pub async fn list(scope: &Scope, db: Db<'_>, conversation: &ConversationId) -> Result<Vec<ShareLinkRow>> {
    let sql = format!(
        "SELECT {} FROM share_links WHERE {OWN} AND share_links.revoked_at IS NULL ORDER BY share_links.id DESC",
        ShareLinkRow::COLUMNS
    );
    row::all(&db.rows(&sql, own(scope, conversation)?).await?)
}

/// One link that was not revoked.
pub async fn find(scope: &Scope, db: Db<'_>, conversation: &ConversationId, id: &ShareLinkId) -> Result<ShareLinkRow> {
    let mut values = own(scope, conversation)?;
    values.push(id.as_str().into());
    let columns = ShareLinkRow::COLUMNS;
    let sql = format!(
        "SELECT {columns} FROM share_links WHERE {OWN} AND share_links.id = $4 AND share_links.revoked_at IS NULL"
    );
    row::one(db.row(&sql, values).await?)
}

/// Lets a link share something else, or with others.
pub async fn update(
    scope: &Scope,
    tx: &Tx,
    conversation: &ConversationId,
    id: &ShareLinkId,
    settings: ShareSettings,
) -> Result<()> {
    let ShareSettings { audience, includes_later: _, up_to, with_reasoning, with_sources, expires_at } = settings;
    let mut values = own(scope, conversation)?;
    values.extend([
        id.as_str().into(),
        audience.store().into(),
        up_to.store().into(),
        with_reasoning.into(),
        with_sources.into(),
        expires_at.store().into(),
    ]);
    let sql = format!(
        "UPDATE share_links SET audience = $5, up_to_message_id = $6, with_reasoning = $7, with_sources = $8, \
         expires_at = $9 WHERE {OWN} AND share_links.id = $4 AND share_links.revoked_at IS NULL"
    );
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Revokes a link at once; [`restore`] undoes it until [`purge`].
pub async fn revoke(
    scope: &Scope,
    tx: &Tx,
    conversation: &ConversationId,
    id: &ShareLinkId,
    now: Timestamp,
) -> Result<()> {
    let mut values = own(scope, conversation)?;
    values.extend([id.as_str().into(), now.as_millis().into()]);
    let sql = format!(
        "UPDATE share_links SET revoked_at = $5 WHERE {OWN} AND share_links.id = $4 AND share_links.revoked_at IS NULL"
    );
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Undoes a revocation.
///
/// # Errors
/// [`StoreError::NotFound`] when it is not revoked, or purged already.
pub async fn restore(scope: &Scope, tx: &Tx, conversation: &ConversationId, id: &ShareLinkId) -> Result<()> {
    let mut values = own(scope, conversation)?;
    values.push(id.as_str().into());
    let sql = format!(
        "UPDATE share_links SET revoked_at = NULL WHERE {OWN} AND share_links.id = $4 \
         AND share_links.revoked_at IS NOT NULL"
    );
    row::touched(tx.db().execute(&sql, values).await?)
}

/// The last message of a conversation of the scope's person; where one is named, that one.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none, or it is not in this conversation.
pub async fn find_end(
    scope: &Scope,
    db: Db<'_>,
    conversation: &ConversationId,
    named: Option<&MessageId>,
) -> Result<MessageId> {
    conversations::find(scope, db, conversation).await?;
    let mut values: Vec<Value> = vec![scope.organisation().as_str().into(), conversation.as_str().into()];
    let end = match named {
        Some(named) => {
            values.push(named.as_str().into());
            "$3".to_owned()
        }
        None => messages::end_of(2),
    };
    let sql = format!(
        "SELECT messages.id AS id FROM messages WHERE messages.organisation_id = $1 AND messages.conversation_id = $2 \
         AND messages.id = {end}"
    );
    value(&db.row(&sql, values).await?.ok_or(StoreError::NotFound)?, "id")
}

/// The link whose token has this hash, with the scope of whoever holds it. `None` when it was revoked, has ended, or never was,
/// when its conversation was deleted, or its person left.
///
/// No scope goes in: this is where one comes from.
pub async fn open(db: Db<'_>, token_hash: &str, now: Timestamp) -> Result<Option<OpenLink>> {
    let sql = format!(
        "SELECT {}, conversations.title, conversations.assistant_id FROM share_links \
         JOIN conversations ON conversations.id = share_links.conversation_id \
         AND conversations.organisation_id = share_links.organisation_id \
         JOIN memberships ON memberships.user_id = conversations.user_id \
         AND memberships.organisation_id = share_links.organisation_id \
         WHERE share_links.token_hash = $1 AND share_links.revoked_at IS NULL \
         AND (share_links.expires_at IS NULL OR share_links.expires_at > $2) \
         AND conversations.deleted_at IS NULL AND memberships.status = $3",
        ShareLinkRow::COLUMNS
    );
    let values = [token_hash.into(), now.as_millis().into(), UserStatus::Active.store().into()];
    let Some(found) = db.row(&sql, values).await? else { return Ok(None) };
    let row = ShareLinkRow::from_row(&found)?;
    let actor = Actor::ShareLink { link: row.id.clone(), conversation: row.conversation_id.clone() };
    Ok(Some(OpenLink {
        title: value(&found, "title")?,
        assistant: value(&found, "assistant_id")?,
        scope: Scope::of_share_link(row.organisation_id.clone(), actor),
        row,
    }))
}

/// A part of the messages that a link shares.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedPart {
    /// How many messages stand before it.
    pub earlier: u32,
    /// How many messages stand after it.
    pub later: u32,
    /// The messages, oldest first.
    pub rows: Vec<MessageRow>,
}

/// The messages that the scope's link shares, oldest first.
///
/// # Errors
/// [`StoreError::NotFound`] when the scope is not a link's.
pub async fn list_messages(scope: &Scope, db: Db<'_>) -> Result<Vec<MessageRow>> {
    let Shared { path, values } = shared(scope)?;
    let sql = format!("{path} SELECT {} {SHARED} ORDER BY messages.ordinal", MessageRow::COLUMNS);
    row::all(&db.rows(&sql, values).await?)
}

/// Some of these messages, `most` of them: the last ones, or those up to the `to`-th.
///
/// # Errors
/// [`StoreError::NotFound`] when the scope is not a link's.
pub async fn list_part(scope: &Scope, db: Db<'_>, to: Option<u32>, most: u32) -> Result<SharedPart> {
    let Shared { path, values } = shared(scope)?;
    let sql = format!("{path} SELECT COUNT(*) AS total {SHARED}");
    let found = db.row(&sql, values.clone()).await?.ok_or(StoreError::NotFound)?;
    let total: u32 = value(&found, "total")?;
    let end = to.map_or(total, |to| to.min(total));
    let earlier = end.saturating_sub(most);
    let (columns, count) = (MessageRow::COLUMNS, end - earlier);
    let sql = format!("{path} SELECT {columns} {SHARED} ORDER BY messages.ordinal LIMIT {count} OFFSET {earlier}");
    Ok(SharedPart { earlier, later: total - end, rows: row::all(&db.rows(&sql, values).await?)? })
}

/// What a query on the messages of a link begins with, and its values.
struct Shared {
    path: String,
    values: [Value; 3],
}

/// What comes after its columns.
const SHARED: &str = "FROM messages JOIN share_links ON share_links.conversation_id = messages.conversation_id \
                      AND share_links.organisation_id = messages.organisation_id \
                      WHERE messages.organisation_id = $1 AND messages.conversation_id = $2 AND share_links.id = $3 \
                      AND share_links.revoked_at IS NULL AND messages.id IN (SELECT shown.id FROM shown)";

fn shared(scope: &Scope) -> Result<Shared> {
    let Actor::ShareLink { link, conversation } = scope.actor() else { return Err(StoreError::NotFound) };
    let values = [scope.organisation().as_str().into(), conversation.as_str().into(), link.as_str().into()];
    // Up to its last message on whatever branch that is, else what the conversation shows now. A last message that is gone
    // shares nothing rather than everything.
    let end = format!(
        "COALESCE((SELECT ends.up_to_message_id FROM share_links AS ends WHERE ends.id = $3), {})",
        messages::end_of(2)
    );
    Ok(Shared { path: messages::path_to(2, &end), values })
}

/// Puts copies of messages into a conversation of the scope's person that has none yet. They are the person's own from then on:
/// with ids of their own, without the run that made them and without anybody's thumb.
pub async fn copy_messages(
    scope: &Scope,
    tx: &Tx,
    conversation: &ConversationId,
    messages: Vec<MessageRow>,
) -> Result<()> {
    conversations::find(scope, tx.db(), conversation).await?;
    let mut parent = None;
    let copy = |(row, ordinal): (MessageRow, u32)| {
        let id = MessageId::new();
        MessageRow {
            parent_id: parent.replace(id.clone()),
            id,
            organisation_id: scope.organisation().clone(),
            conversation_id: conversation.clone(),
            ordinal,
            run_id: None,
            rating: None,
            ..row
        }
    };
    let copies: Vec<MessageRow> = messages.into_iter().zip(1..).map(copy).collect();
    row::insert_many(tx.db(), copies.clone()).await?;
    message_texts::add(tx.db(), &copies).await
}

/// The condition under which a conversation, already filtered by its organisation (`$1`), has a link that is neither revoked
/// nor has ended at the time of a placeholder.
pub(crate) fn shares(placeholder: usize) -> String {
    format!(
        "EXISTS (SELECT 1 FROM share_links WHERE share_links.organisation_id = $1 \
         AND share_links.conversation_id = conversations.id AND share_links.revoked_at IS NULL \
         AND (share_links.expires_at IS NULL OR share_links.expires_at > ${placeholder}))"
    )
}

/// Removes for good what was revoked before `before`; how many. No scope: housekeeping.
pub async fn purge(tx: &Tx, before: Timestamp) -> Result<u64> {
    tx.db().execute("DELETE FROM share_links WHERE revoked_at < $1", [before.as_millis().into()]).await
}
