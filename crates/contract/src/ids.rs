//! Prefixed, sortable identifiers: `asst_0192f0c4…`. The prefix says what a value names, wherever it turns up.

use serde::{Deserialize, Serialize};

/// An identifier that does not have the form of its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidId {
    /// The prefix that was expected.
    pub expected: &'static str,
}

impl std::fmt::Display for InvalidId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not an id that starts with {}_", self.expected)
    }
}

impl std::error::Error for InvalidId {}

/// Whether `text` is `prefix_` and 32 lower-case hexadecimal digits, or one of the fixed ids of built-in things
/// (lower-case letters, 4 to 32).
fn is_valid(prefix: &str, text: &str) -> bool {
    let Some(tail) = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')) else {
        return false;
    };
    let hex = tail.len() == 32 && tail.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let fixed = (4..=32).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_lowercase());
    hex || fixed
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// What every id of this type starts with, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id; later ids sort after earlier ones (UUIDv7).
            #[cfg(feature = "server")]
            pub fn new() -> Self {
                Self(format!(concat!($prefix, "_{}"), uuid::Uuid::now_v7().simple()))
            }

            /// The id of something built in, the same in every installation.
            pub fn fixed(name: &'static str) -> Self {
                Self(format!(concat!($prefix, "_{}"), name))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        #[cfg(feature = "server")]
        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if is_valid($prefix, text) { Ok(Self(text.to_owned())) } else { Err(InvalidId { expected: $prefix }) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// The tenant.
    OrganisationId = "org";
    /// A person.
    UserId = "usr";
    /// A configured model with knowledge.
    AssistantId = "asst";
    /// A chat with an assistant.
    ConversationId = "conv";
    /// A person's own label for conversations.
    CategoryId = "cat";
    /// A link that lets others read a conversation.
    ShareLinkId = "share";
    /// One message of a conversation.
    MessageId = "msg";
    /// A file or a picture that a person put into a conversation.
    AttachmentId = "att";
    /// One making of an answer: what streams, what can be stopped and resumed.
    RunId = "run";
    /// A named set of knowledge.
    CollectionId = "coll";
    /// Where documents of a collection come from.
    SourceId = "src";
    /// One crawl of a website.
    CrawlId = "crawl";
    /// One file or page.
    DocumentId = "doc";
    /// One retrievable span of a document's revision.
    ChunkId = "chk";
    /// What a person made of a chunk.
    ChunkEditId = "edit";
    /// A field of metadata that documents carry.
    MetadataFieldId = "field";
    /// An account with a model provider.
    ConnectionId = "conn";
    /// A credential of the public API.
    KeyId = "key";
    /// A question with the documents that it should find.
    EvaluationQuestionId = "evq";
    /// One run of a collection's questions.
    EvaluationRunId = "evr";
    /// What a person said about an answer.
    FeedbackId = "fb";
    /// A JSON function of a source.
    DataFunctionId = "fn";
    /// Who chats from outside, without an account.
    VisitorId = "visi";
    /// Durable background work.
    JobId = "job";
    /// Who changed what.
    AuditEventId = "aud";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_their_kind() {
        let id = AssistantId::new();
        assert_eq!(id.as_str().parse::<AssistantId>().as_ref(), Ok(&id));
        assert!(id.as_str().parse::<UserId>().is_err());
        assert!("asst_'; drop table".parse::<AssistantId>().is_err());
        assert!("asst_0192F0C4".parse::<AssistantId>().is_err());
    }

    #[test]
    fn later_ids_sort_later() {
        let ids: Vec<_> = (0..64).map(|_| ChunkId::new()).collect();
        assert!(ids.is_sorted());
    }
}
