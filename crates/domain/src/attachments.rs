//! Files and pictures in conversations: uploaded before the question is asked, given to it when it is, gone with its
//! conversation. A file is read as every document is, into a collection of its own that nobody else is told of.

use std::path::{Path, PathBuf};

use hammock_contract::{
    ApiError, AttachmentId, CollectionId, ConversationId, DocumentId, ErrorCode, MessageId, SourceId, Timestamp,
    attachment::{Attachment, AttachmentKind, AttachmentState, LARGEST_FILE, LARGEST_PICTURE, MOST_ATTACHMENTS},
    chat::{Author, Message},
    source::SourceKind,
};
use hammock_store::{
    Scope, StoreError, Tx,
    attachments::{self, AttachmentRow},
    audit, collections, documents, sources,
};
use tokio::io::AsyncReadExt as _;

use crate::{
    Hammock, Result, UploadedFile,
    documents::from_io,
    error::from_store,
    knowledge::{files, jobs},
    validate,
};

/// How long what was never sent is kept. Milliseconds.
const KEPT_UNSENT: i64 = 24 * 3_600_000;
/// Of so many messages at most it is asked at once what was sent with them: a statement takes so many values and no more.
const ASKED_AT_ONCE: usize = 1_000;
/// As many bytes tell what a picture is.
const SIGNATURE: u64 = 16;

impl Hammock {
    /// Takes a received file or picture of the caller, for a question that is asked later. A file is read by a job.
    ///
    /// # Errors
    /// `invalid_field`, `empty_file`, `too_large`, `unsupported_file_type`, `storage_full`; `role_required` for a visitor where
    /// visitors send none.
    pub async fn attach_file(&self, scope: &Scope, file: UploadedFile) -> Result<Attachment> {
        scope.require_user().map_err(from_store)?;
        let most = self.most_attached(scope).await?;
        let name = files::display_name(&file.file_name)?;
        if file.bytes == 0 {
            return Err(ApiError::new(ErrorCode::EmptyFile, "the file is empty; save it again with its content")
                .with("file", &name));
        }
        let picture = picture_type(&file.spooled).await?;
        let limit = if picture.is_some() { LARGEST_PICTURE } else { LARGEST_FILE }.min(most);
        if file.bytes > limit {
            return Err(ApiError::too_large(limit));
        }
        let media_type = match picture {
            Some(media_type) => media_type.to_owned(),
            None => files::recognise(&name, file.media_type.as_deref(), &file.spooled).await?,
        };
        let collection = CollectionId::new();
        let key = files::keep(&self.settings().data_dir, scope, &collection, &file.spooled).await?;
        let now = self.now();
        let row = AttachmentRow {
            id: AttachmentId::new(),
            organisation_id: scope.organisation().clone(),
            user_id: scope.user().cloned(),
            conversation_id: None,
            message_id: None,
            collection_id: collection.clone(),
            document_id: picture.is_none().then(DocumentId::new),
            name,
            media_type,
            bytes: file.bytes,
            file_key: key,
            created_at: now,
            ordinal: 0,
        };
        let id = row.id.clone();
        if let Err(error) = self.store_attachment(scope, row, now).await {
            if let Err(error) = files::remove_collection(&self.settings().data_dir, scope, &collection).await {
                tracing::warn!(%error, %collection, "a file that is not used could not be removed");
            }
            return Err(error);
        }
        self.0.work.notify_one();
        self.find_attachment(scope, &id).await
    }

    /// The largest file or picture that the caller may send. Bytes.
    async fn most_attached(&self, scope: &Scope) -> Result<u64> {
        if scope.is_visitor() { self.visitor_upload_limit(scope).await } else { Ok(self.upload_limit()) }
    }

    async fn store_attachment(&self, scope: &Scope, row: AttachmentRow, now: Timestamp) -> Result<()> {
        let collection = row.collection_id.clone();
        let (id, detail) = (row.id.clone(), serde_json::json!({ "name": row.name, "bytes": row.bytes }));
        let tx = self.store().begin().await.map_err(from_store)?;
        attachments::create_collection(scope, &tx, &collection, &row.name, now).await.map_err(from_store)?;
        if let Some(document) = row.document_id.clone() {
            let source = SourceId::new();
            sources::create(scope, &tx, source.clone(), &collection, &row.name, SourceKind::Upload, now)
                .await
                .map_err(from_store)?;
            let new = documents::NewDocument {
                id: document.clone(),
                title: row.name.clone(),
                location: row.name.clone(),
                url: None,
                media_type: row.media_type.clone(),
                bytes: row.bytes,
                file_key: Some(row.file_key.clone()),
                seen_in_crawl: 0,
            };
            documents::create_many(scope, &tx, &source, vec![new], now).await.map_err(from_store)?;
            jobs::read_document(scope, &tx, &source, &document, now).await?;
            self.follow_documents(scope, &tx, &source).await?;
        }
        attachments::create(scope, &tx, row).await.map_err(from_store)?;
        audit::record(scope, &tx, "attachment.create", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    /// A file or a picture of the caller.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn find_attachment(&self, scope: &Scope, id: &AttachmentId) -> Result<Attachment> {
        let found = attachments::find(scope, self.store().read(), id).await.map_err(from_store)?;
        Ok(found.into_attachment())
    }

    /// Where a file or a picture of the caller lies.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn open_attachment(&self, scope: &Scope, id: &AttachmentId) -> Result<(Attachment, PathBuf)> {
        let found = attachments::find(scope, self.store().read(), id).await.map_err(from_store)?;
        let path = files::path(&self.settings().data_dir, &found.row.file_key);
        Ok((found.into_attachment(), path))
    }

    /// Removes a file or a picture of the caller, also from the conversation that it was sent in: from the database at once,
    /// from both indexes and from the disk by a job.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn remove_attachment(&self, scope: &Scope, id: &AttachmentId) -> Result<()> {
        let row = attachments::find(scope, self.store().read(), id).await.map_err(from_store)?.row;
        self.drop_attachment(scope, &row).await
    }

    async fn drop_attachment(&self, scope: &Scope, row: &AttachmentRow) -> Result<()> {
        let now = self.now();
        self.stop_crawls_of(scope, &row.collection_id).await?;
        let tx = self.store().begin().await.map_err(from_store)?;
        collections::delete(scope, &tx, &row.collection_id).await.map_err(from_store)?;
        jobs::remove_collection(scope, &tx, &row.collection_id, now).await?;
        let detail = serde_json::json!({ "name": row.name });
        audit::record(scope, &tx, "attachment.delete", row.id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.0.work.notify_one();
        Ok(())
    }

    /// Removes what was never sent for a day, and what was sent in a conversation that is gone.
    pub(crate) async fn remove_abandoned_attachments(&self) -> Result<()> {
        let before = self.now().plus_millis(-KEPT_UNSENT);
        for row in attachments::list_abandoned(self.store().read(), before).await.map_err(from_store)? {
            match self.drop_attachment(&Scope::for_attachment(&row), &row).await {
                // Its person removed it at this moment.
                Err(error) if error.code == ErrorCode::NotFound => {}
                dropped => dropped?,
            }
        }
        Ok(())
    }

    /// Gives files and pictures to a question, in this order; as they stand. One that takes the place of another keeps what is named of that
    /// one's.
    ///
    /// # Errors
    /// `invalid_field` for too many, `not_found` for one that is not the caller's or was sent before, `busy` while one is being
    /// read.
    pub(crate) async fn give_attachments(
        &self,
        scope: &Scope,
        tx: &Tx,
        wanted: &[AttachmentId],
        conversation: &ConversationId,
        question: &MessageId,
        replaced: Option<&MessageId>,
    ) -> Result<Vec<Attachment>> {
        if wanted.len() > MOST_ATTACHMENTS {
            let message = format!("at most {MOST_ATTACHMENTS} files can be sent with a question");
            return Err(validate::invalid("attachments", message).with("max", MOST_ATTACHMENTS));
        }
        let missing = |error: StoreError| from_store(error).on("attachments");
        let mut given = Vec::with_capacity(wanted.len());
        for (ordinal, id) in (0..).zip(wanted) {
            if !keep(scope, tx, id, replaced, question, ordinal).await? {
                attachments::give(scope, tx, id, conversation, question, ordinal).await.map_err(missing)?;
            }
            given.push(attachments::find(scope, tx.db(), id).await.map_err(missing)?.into_attachment());
        }
        let is_being_read = |attachment: &&Attachment| attachment.state == AttachmentState::Processing;
        let waiting: Vec<&str> =
            given.iter().filter(is_being_read).map(|attachment| attachment.name.as_str()).collect();
        if waiting.is_empty() {
            return Ok(given);
        }
        let names = waiting.join(", ");
        let message = format!("these files are still being read; ask again in a moment: {names}");
        Err(ApiError::new(ErrorCode::Busy, message).on("attachments").with("files", names))
    }

    /// Puts what was sent with each of these questions of a conversation of the caller to its message, in the order in which it was
    /// attached.
    pub(crate) async fn add_attachments(
        &self,
        scope: &Scope,
        conversation: &ConversationId,
        messages: &mut [Message],
    ) -> Result<()> {
        for messages in messages.chunks_mut(ASKED_AT_ONCE) {
            let asked = messages.iter().filter(|message| message.author == Author::User);
            let questions: Vec<MessageId> = asked.map(|message| message.id.clone()).collect();
            let all = attachments::list(scope, self.store().read(), conversation, &questions).await;
            let all = all.map_err(from_store)?;
            for message in messages.iter_mut().filter(|_| !all.is_empty()) {
                let placed = all.iter().filter_map(|found| Some((found.place_in(&message.id)?, found)));
                let mut sent = placed.collect::<Vec<_>>();
                sent.sort_by_key(|(place, _)| *place);
                let sent = sent.into_iter().map(|(_, found)| found.clone().into_attachment().into());
                message.attachments = sent.collect();
            }
        }
        Ok(())
    }
}

/// Keeps what the question had whose place this one takes; whether it had it.
async fn keep(
    scope: &Scope,
    tx: &Tx,
    id: &AttachmentId,
    replaced: Option<&MessageId>,
    question: &MessageId,
    ordinal: u64,
) -> Result<bool> {
    let Some(replaced) = replaced else { return Ok(false) };
    match attachments::keep(scope, tx, id, replaced, question, ordinal).await {
        Ok(()) => Ok(true),
        Err(StoreError::NotFound) => Ok(false),
        Err(error) => Err(from_store(error)),
    }
}

/// The media type of a picture that is taken, by its first bytes; nothing of anything else.
async fn picture_type(path: &Path) -> Result<Option<&'static str>> {
    let file = tokio::fs::File::open(path).await.map_err(from_io)?;
    let mut first = Vec::new();
    file.take(SIGNATURE).read_to_end(&mut first).await.map_err(from_io)?;
    Ok(sniffed(&first).filter(|media_type| AttachmentKind::of(media_type) == AttachmentKind::Picture))
}

/// What the first bytes of a picture say that it is.
fn sniffed(first: &[u8]) -> Option<&'static str> {
    match first {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_first_bytes() {
        assert_eq!(sniffed(b"\x89PNG\r\n\x1a\n\0\0"), Some("image/png"));
        assert_eq!(sniffed(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(sniffed(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(sniffed(b"GIF89a\0\0"), Some("image/gif"));
        assert_eq!(sniffed(b"RIFF\0\0\0\0WAVE"), None);
        assert_eq!(sniffed(b"<svg xmlns="), None);
        assert_eq!(sniffed(b""), None);
    }
}
