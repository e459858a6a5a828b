//! Files and pictures that a person puts into a conversation.

use serde::{Deserialize, Serialize};

use crate::{ApiError, AttachmentId, ConversationId, Timestamp, document::DocumentState};

/// The most files and pictures of one question.
pub const MOST_ATTACHMENTS: usize = 20;
/// The largest file, if the installation takes no smaller ones alone. Bytes.
pub const LARGEST_FILE: u64 = 25_000_000;
/// The largest picture. Bytes.
pub const LARGEST_PICTURE: u64 = 10_000_000;
/// The media types of the pictures that are taken.
pub const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/webp", "image/gif"];

/// What a thing is that was put into a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A file whose text is read, and then searched.
    File,
    /// A picture, which a model looks at if it can.
    Picture,
}

impl AttachmentKind {
    /// What a thing of this media type is.
    pub fn of(media_type: &str) -> Self {
        if PICTURES.contains(&media_type) { Self::Picture } else { Self::File }
    }
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AttachmentState {
    /// It is being read.
    Processing,
    /// A question can be asked with it.
    Ready,
    /// It could not be read; `error` says why.
    Failed,
}

impl AttachmentState {
    /// How a file stands whose text stands so. Its words can be found before its vectors are there.
    pub const fn of(document: DocumentState) -> Self {
        match document {
            DocumentState::Processing | DocumentState::Waiting => Self::Processing,
            DocumentState::Embedding | DocumentState::Ready => Self::Ready,
            DocumentState::Failed | DocumentState::Skipped => Self::Failed,
        }
    }
}

/// A file or a picture in a conversation, or on its way into one. It is its person's alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// The id.
    pub id: AttachmentId,
    /// The conversation, once a question was sent with it.
    pub conversation: Option<ConversationId>,
    /// Its name.
    pub name: String,
    /// Its media type, by its content.
    pub media_type: String,
    /// Its size. Bytes.
    pub bytes: u64,
    /// What it is.
    pub kind: AttachmentKind,
    /// How it stands.
    pub state: AttachmentState,
    /// Why it could not be read.
    pub error: Option<ApiError>,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

/// What a message says of a file or a picture that was sent with it. Little, because every page that shows a conversation reads
/// it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SentAttachment {
    /// The id.
    pub id: AttachmentId,
    /// Its name.
    pub name: String,
    /// Whether it is a picture.
    pub is_picture: bool,
    /// The address with which a visitor's browser opens it, for a day. It holds who may: no token is sent with it. Absent but for
    /// visitors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl From<Attachment> for SentAttachment {
    fn from(attachment: Attachment) -> Self {
        let Attachment { id, name, kind, .. } = attachment;
        Self { id, name, is_picture: kind == AttachmentKind::Picture, link: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_that_can_hold_scripts_is_no_picture() {
        assert_eq!(AttachmentKind::of("image/png"), AttachmentKind::Picture);
        assert_eq!(AttachmentKind::of("image/svg+xml"), AttachmentKind::File);
        assert_eq!(AttachmentKind::of("text/plain"), AttachmentKind::File);
    }

    #[test]
    fn a_file_is_ready_before_its_vectors_are() {
        assert_eq!(AttachmentState::of(DocumentState::Embedding), AttachmentState::Ready);
        assert_eq!(AttachmentState::of(DocumentState::Skipped), AttachmentState::Failed);
    }
}
