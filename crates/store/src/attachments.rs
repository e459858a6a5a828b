//! Files and pictures in conversations. Each is its person's alone, and lies in a collection of its own, private to the person:
//! whoever searches in a conversation names the collections of its files, and nobody else is told of them.

use hammock_contract::{
    ApiError, AttachmentId, CollectionId, ConversationId, DocumentId, MessageId, OrganisationId, Timestamp, UserId,
    attachment::{Attachment, AttachmentKind, AttachmentState, SentAttachment},
    collection::CollectionAccess,
    document::DocumentState,
    retrieval::RetrievalSettings,
    user::Role,
};
use sea_orm::{QueryResult, Value};

use crate::{
    Actor, Db, Result, Scope, StoreError, Tx,
    collections::CollectionRow,
    messages::path_to,
    row::{self, Stored as _, Table, placeholders, table, value},
};

table! {
    /// A file or a picture.
    AttachmentRow = "attachments";
    key {
        /// The id.
        id: AttachmentId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// Whose it is; absent once the person is gone.
    user_id: Option<UserId>,
    /// The conversation, once a question was sent with it.
    conversation_id: Option<ConversationId>,
    /// The question that it was sent with.
    message_id: Option<MessageId>,
    /// The collection that holds it and nothing else; unique.
    collection_id: CollectionId,
    /// Its text, where it has one.
    document_id: Option<DocumentId>,
    /// Its name.
    name: String,
    /// Its media type.
    media_type: String,
    /// Its size. Bytes.
    bytes: u64,
    /// Where it lies among the stored files.
    file_key: String,
    /// When it was uploaded.
    created_at: Timestamp,
    /// Its place among what its question was sent with, as it was attached.
    ordinal: u64,
}

/// The collections that hold attachments, as a query: they stand in no list.
pub(crate) const HIDDEN: &str = "(SELECT attachments.collection_id FROM attachments)";

/// An attachment with what its text says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundAttachment {
    /// The attachment.
    pub row: AttachmentRow,
    /// How its text stands.
    pub state: Option<DocumentState>,
    /// Why it could not be read.
    pub error: Option<ApiError>,
    /// The questions that kept it when they took the place of the one before, in order and on the branch that was looked at, and
    /// its place among what each was sent with; of one that was looked for alone, none.
    pub kept_in: Vec<(MessageId, u64)>,
}

impl FoundAttachment {
    /// Whether a question was sent with it.
    pub fn is_of(&self, question: &MessageId) -> bool {
        self.place_in(question).is_some()
    }

    /// Its place among what a question was sent with; nothing where that was sent without it.
    pub fn place_in(&self, question: &MessageId) -> Option<u64> {
        if self.row.message_id.as_ref() == Some(question) {
            return Some(self.row.ordinal);
        }
        self.kept_in.iter().find(|(kept, _)| kept == question).map(|(_, ordinal)| *ordinal)
    }

    /// The question that was last sent with it.
    pub fn last_question(&self) -> Option<&MessageId> {
        self.kept_in.last().map(|(question, _)| question).or(self.row.message_id.as_ref())
    }

    /// What its person sees of it.
    pub fn into_attachment(self) -> Attachment {
        let kind = AttachmentKind::of(&self.row.media_type);
        let state = match (kind, self.state) {
            (AttachmentKind::Picture, _) => AttachmentState::Ready,
            (AttachmentKind::File, Some(state)) => AttachmentState::of(state),
            // Its text was deleted.
            (AttachmentKind::File, None) => AttachmentState::Failed,
        };
        Attachment {
            id: self.row.id,
            conversation: self.row.conversation_id,
            name: self.row.name,
            media_type: self.row.media_type,
            bytes: self.row.bytes,
            kind,
            state,
            // What was read in part says why; it answers all the same.
            error: self.error.filter(|_| state == AttachmentState::Failed),
            created_at: self.row.created_at,
        }
    }
}

const SELECT: &str = "documents.state AS document_state, documents.error AS document_error FROM attachments \
                      LEFT JOIN documents ON documents.id = attachments.document_id \
                      AND documents.organisation_id = attachments.organisation_id";

fn found(found: &QueryResult) -> Result<FoundAttachment> {
    Ok(FoundAttachment {
        row: AttachmentRow::from_row(found)?,
        state: value(found, "document_state")?,
        error: value(found, "document_error")?,
        kept_in: Vec::new(),
    })
}

/// `attachments` filtered by the scope's organisation (`$1`) and person (`$2`).
const OWN: &str = "attachments.organisation_id = $1 AND attachments.user_id = $2";

/// The order of the questions, and in each the one in which it was attached. Ids grow with time.
const ATTACHED: &str = "attachments.message_id, attachments.ordinal, attachments.id";

fn own(scope: &Scope) -> Result<Vec<Value>> {
    Ok(vec![scope.organisation().as_str().into(), scope.require_user()?.as_str().into()])
}

/// Makes the collection of an attachment. The row of the attachment must follow in the same transaction: it hides the
/// collection.
pub async fn create_collection(scope: &Scope, tx: &Tx, id: &CollectionId, name: &str, now: Timestamp) -> Result<()> {
    let row = CollectionRow {
        id: id.clone(),
        organisation_id: scope.organisation().clone(),
        name: name.to_owned(),
        // Names are unique in an organisation, and people may send two files of one name.
        name_key: id.as_str().to_owned(),
        description: String::new(),
        created_at: now,
        updated_at: now,
        retrieval: RetrievalSettings::default(),
        access: CollectionAccess::Private,
        created_by: Some(scope.require_user()?.clone()),
    };
    row::insert(tx.db(), row).await
}

/// Adds an attachment of the scope's person, whose collection was made before.
///
/// # Errors
/// [`StoreError::NotFound`] when the row is not of the scope's person.
pub async fn create(scope: &Scope, tx: &Tx, row: AttachmentRow) -> Result<()> {
    if row.organisation_id != *scope.organisation() || row.user_id.as_ref() != Some(scope.require_user()?) {
        return Err(StoreError::NotFound);
    }
    row::insert(tx.db(), row).await
}

/// An attachment of the person. One of a deleted conversation is not there, as the conversation is not.
pub async fn find(scope: &Scope, db: Db<'_>, id: &AttachmentId) -> Result<FoundAttachment> {
    let mut values = own(scope)?;
    values.push(id.as_str().into());
    let sql = format!(
        "SELECT {}, {SELECT} LEFT JOIN conversations ON conversations.id = attachments.conversation_id \
         WHERE {OWN} AND attachments.id = $3 AND conversations.deleted_at IS NULL",
        AttachmentRow::COLUMNS
    );
    found(&db.row(&sql, values).await?.ok_or(StoreError::NotFound)?)
}

/// Of the attachments of a conversation of the person those that these questions were sent with, by the questions that they were
/// first sent with, and of each in the order in which they were attached. Who is no person has none.
pub async fn list(
    scope: &Scope,
    db: Db<'_>,
    conversation: &ConversationId,
    questions: &[MessageId],
) -> Result<Vec<FoundAttachment>> {
    if scope.user().is_none() || questions.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = own(scope)?;
    values.push(conversation.as_str().into());
    values.extend(questions.iter().map(|id| Value::from(id.as_str())));
    let (columns, these) = (AttachmentRow::COLUMNS, placeholders(4, questions.len()));
    let sql = format!(
        "SELECT {columns}, {SELECT} WHERE {OWN} AND attachments.conversation_id = $3 \
         AND (attachments.message_id IN ({these}) \
         OR attachments.id IN (SELECT kept_attachments.attachment_id FROM kept_attachments \
         WHERE kept_attachments.message_id IN ({these}))) ORDER BY {ATTACHED}"
    );
    let listed = db.rows(&sql, values.clone()).await?.iter().map(found).collect::<Result<Vec<_>>>()?;
    with_kept(db, listed, values, "", &format!(" AND kept_attachments.message_id IN ({these})")).await
}

/// Of the attachments of a conversation of the person those that were sent up to a message, on its branch. Who is no person has
/// none.
pub async fn list_to(
    scope: &Scope,
    db: Db<'_>,
    conversation: &ConversationId,
    end: &MessageId,
) -> Result<Vec<FoundAttachment>> {
    if scope.user().is_none() {
        return Ok(Vec::new());
    }
    let mut values = own(scope)?;
    values.push(conversation.as_str().into());
    values.push(end.as_str().into());
    let (path, columns) = (path_to(3, "$4"), AttachmentRow::COLUMNS);
    let sql = format!(
        "{path} SELECT {columns}, {SELECT} WHERE {OWN} AND attachments.conversation_id = $3 \
         AND (attachments.message_id IN (SELECT shown.id FROM shown) \
         OR attachments.id IN (SELECT kept_attachments.attachment_id FROM kept_attachments \
         WHERE kept_attachments.message_id IN (SELECT shown.id FROM shown))) ORDER BY {ATTACHED}"
    );
    let listed = db.rows(&sql, values.clone()).await?.iter().map(found).collect::<Result<Vec<_>>>()?;
    // What another branch kept is not asked about here.
    with_kept(db, listed, values, &path, " AND kept_attachments.message_id IN (SELECT shown.id FROM shown)").await
}

/// Says of attachments of one conversation (`$3`) which questions kept them: all of it, or those that `only` lets through, which
/// may speak of what stands in `before`.
async fn with_kept(
    db: Db<'_>,
    mut listed: Vec<FoundAttachment>,
    values: Vec<Value>,
    before: &str,
    only: &str,
) -> Result<Vec<FoundAttachment>> {
    if listed.is_empty() {
        return Ok(listed);
    }
    let sql = format!(
        "{before} SELECT kept_attachments.attachment_id, kept_attachments.message_id, kept_attachments.ordinal FROM kept_attachments \
         JOIN attachments ON attachments.id = kept_attachments.attachment_id \
         WHERE {OWN} AND attachments.conversation_id = $3{only} ORDER BY kept_attachments.message_id"
    );
    for kept in &db.rows(&sql, values).await? {
        let id: AttachmentId = value(kept, "attachment_id")?;
        if let Some(attachment) = listed.iter_mut().find(|attachment| attachment.row.id == id) {
            attachment.kept_in.push((value(kept, "message_id")?, value(kept, "ordinal")?));
        }
    }
    Ok(listed)
}

/// The names of what was sent with each question of the conversation that a share link shares, and nothing else of it.
pub async fn list_shared_names(scope: &Scope, db: Db<'_>) -> Result<Vec<(MessageId, String)>> {
    let Actor::ShareLink { conversation, .. } = scope.actor() else { return Err(StoreError::NotFound) };
    let sql = "SELECT message_id, name, ordinal, id FROM attachments WHERE organisation_id = $1 AND conversation_id = $2 \
               AND message_id IS NOT NULL \
               UNION ALL SELECT kept_attachments.message_id, attachments.name, kept_attachments.ordinal, attachments.id \
               FROM kept_attachments JOIN attachments ON attachments.id = kept_attachments.attachment_id \
               WHERE attachments.organisation_id = $1 AND attachments.conversation_id = $2 \
               ORDER BY message_id, ordinal, id";
    let rows = db.rows(sql, [scope.organisation().as_str().into(), conversation.as_str().into()]).await?;
    rows.iter().map(|found| Ok((value(found, "message_id")?, value(found, "name")?))).collect()
}

/// What visitors sent with these questions of a conversation, for who looks after the assistant. Nothing of a conversation that is
/// no visitor's.
///
/// # Errors
/// [`StoreError::Forbidden`] below administrator.
pub async fn list_of_visitor(
    scope: &Scope,
    db: Db<'_>,
    conversation: &ConversationId,
    questions: &[MessageId],
) -> Result<Vec<(MessageId, SentAttachment)>> {
    scope.require(Role::Administrator)?;
    if questions.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<Value> = vec![scope.organisation().as_str().into(), conversation.as_str().into()];
    values.extend(questions.iter().map(|id| Value::from(id.as_str())));
    let list = placeholders(3, questions.len());
    let sql = format!(
        "SELECT attachments.id, attachments.message_id, attachments.name, attachments.media_type FROM attachments \
         JOIN visitors ON visitors.user_id = attachments.user_id \
         AND visitors.organisation_id = attachments.organisation_id \
         WHERE attachments.organisation_id = $1 AND attachments.conversation_id = $2 \
         AND attachments.message_id IN ({list}) ORDER BY {ATTACHED}"
    );
    let rows = db.rows(&sql, values).await?;
    let sent = |found: &QueryResult| -> Result<(MessageId, SentAttachment)> {
        let media_type: String = value(found, "media_type")?;
        let is_picture = AttachmentKind::of(&media_type) == AttachmentKind::Picture;
        Ok((
            value(found, "message_id")?,
            SentAttachment { id: value(found, "id")?, name: value(found, "name")?, is_picture, link: None },
        ))
    };
    rows.iter().map(sent).collect()
}

/// The collections of everything that the person has uploaded into conversations: what they cite is theirs to see.
pub async fn list_collections(scope: &Scope, db: Db<'_>) -> Result<Vec<CollectionId>> {
    if scope.user().is_none() {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT collection_id FROM attachments WHERE {OWN} ORDER BY collection_id");
    db.rows(&sql, own(scope)?).await?.iter().map(|found| value(found, "collection_id")).collect()
}

/// Whether a collection of the organisation holds an attachment: then it is no collection that anybody manages.
pub async fn hides(scope: &Scope, db: Db<'_>, collection: &CollectionId) -> Result<bool> {
    let sql = "SELECT id FROM attachments WHERE organisation_id = $1 AND collection_id = $2";
    Ok(db.row(sql, [scope.organisation().as_str().into(), collection.as_str().into()]).await?.is_some())
}

/// Gives an attachment of the person to a question of theirs; `ordinal` is its place among what that is sent with.
///
/// # Errors
/// [`StoreError::NotFound`] also when it was sent with another question already.
pub async fn give(
    scope: &Scope,
    tx: &Tx,
    id: &AttachmentId,
    conversation: &ConversationId,
    question: &MessageId,
    ordinal: u64,
) -> Result<()> {
    let mut values = own(scope)?;
    values.extend([id.as_str().into(), conversation.as_str().into(), question.as_str().into()]);
    values.push(ordinal.store().into());
    let sql = format!(
        "UPDATE attachments SET conversation_id = $4, message_id = $5, ordinal = $6 WHERE {OWN} AND id = $3 \
         AND conversation_id IS NULL"
    );
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Gives what a question of the person was sent with also to the one that takes its place; `ordinal` is its place there.
///
/// # Errors
/// [`StoreError::NotFound`] when that question was not sent with it, or the new one has it already.
pub async fn keep(
    scope: &Scope,
    tx: &Tx,
    id: &AttachmentId,
    replaced: &MessageId,
    question: &MessageId,
    ordinal: u64,
) -> Result<()> {
    let mut values = own(scope)?;
    values.extend([id.as_str().into(), replaced.as_str().into(), question.as_str().into()]);
    values.push(ordinal.store().into());
    let sql = format!(
        "INSERT INTO kept_attachments (attachment_id, message_id, organisation_id, ordinal) \
         SELECT attachments.id, messages.id, attachments.organisation_id, CAST($6 AS BIGINT) FROM attachments \
         JOIN messages ON messages.conversation_id = attachments.conversation_id AND messages.id = $5 \
         WHERE {OWN} AND attachments.id = $3 \
         AND (attachments.message_id = $4 OR EXISTS (SELECT 1 FROM kept_attachments AS earlier \
         WHERE earlier.attachment_id = attachments.id AND earlier.message_id = $4)) \
         AND NOT EXISTS (SELECT 1 FROM kept_attachments AS present \
         WHERE present.attachment_id = attachments.id AND present.message_id = $5)"
    );
    row::touched(tx.db().execute(&sql, values).await?)
}

/// What was uploaded before `before` and belongs to no conversation: it was never sent, or the conversation is gone. At most
/// 200. No scope: housekeeping; a scope comes out of each.
pub async fn list_abandoned(db: Db<'_>, before: Timestamp) -> Result<Vec<AttachmentRow>> {
    let sql = format!(
        "SELECT {} FROM attachments WHERE conversation_id IS NULL AND created_at < $1 ORDER BY id LIMIT 200",
        AttachmentRow::COLUMNS
    );
    row::all(&db.rows(&sql, [before.as_millis().into()]).await?)
}
