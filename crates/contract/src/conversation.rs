//! The list of conversations: what is asked of it, and what is changed in it.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{AssistantId, CategoryId, ConversationId, MessageId, RunId, Timestamp};

/// The most characters of a search in conversations.
pub const MAX_SEARCH: usize = 200;

/// Which of one's own conversations are listed; what is absent narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(default, deny_unknown_fields)]
pub struct ConversationQuery {
    /// Rows on a page, 1 to 200; 50 when absent.
    #[serde(deserialize_with = "crate::page::limit")]
    #[cfg_attr(feature = "server", param(minimum = 1, maximum = 200), schema(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// From the page before.
    pub page_token: Option<String>,
    /// Only conversations that have all of these words, each in the title or in any message, whatever their case and accents.
    /// At most 200 characters.
    pub query: Option<String>,
    /// Only those with this assistant.
    pub assistant: Option<AssistantId>,
    /// Only those with this category.
    pub category: Option<CategoryId>,
    /// Only those that a link lets others read now, or only the others. A link that was revoked or has ended lets nobody.
    pub shared: Option<bool>,
    /// Only those whose last message came then or later.
    pub from: Option<Timestamp>,
    /// Only those whose last message came before that.
    pub before: Option<Timestamp>,
}

/// Which messages of a conversation are read; what is absent narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(default, deny_unknown_fields)]
pub struct MessagesQuery {
    /// Only those that stand before this message.
    pub before: Option<MessageId>,
    /// Only so many, those that come last: 1 to 200. When absent, all of them; of a visitor's conversation the last 50.
    #[serde(deserialize_with = "crate::page::limit")]
    #[cfg_attr(feature = "server", param(minimum = 1, maximum = 200), schema(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
}

/// That something happened in a conversation of one's own, here or on another device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ConversationChange {
    /// The conversation.
    pub conversation: ConversationId,
    /// What its title is now.
    pub title: String,
    /// The run of the answer that is being made in it, if one is.
    pub run: Option<RunId>,
    /// Whether it happened since the stream began. The first event tells how the newest conversation stood then.
    pub is_new: bool,
}

/// A change to a conversation; absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[derive(Default)]
#[serde(default, deny_unknown_fields)]
pub struct ConversationPatch {
    /// The title. 1 to 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The category; `null` takes it away.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(value_type = Option<CategoryId>))]
    pub category: Option<Option<CategoryId>>,
}

/// Reads what is given, be it `null`: what is absent is not read at all.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<CategoryId>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Where a conversation holds what was searched for: a piece of one message, without markup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FoundText {
    /// What stands before it.
    pub before: String,
    /// What was found, as it stands there.
    pub found: String,
    /// What stands after it.
    pub after: String,
    /// The message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_given_taken_away_or_left() {
        let read = |json: &str| serde_json::from_str::<ConversationPatch>(json).map(|patch| patch.category);
        let category = CategoryId::fixed("work");
        assert_eq!(read("{}").unwrap(), None);
        assert_eq!(read(r#"{"category": null}"#).unwrap(), Some(None));
        assert_eq!(read(r#"{"category": "cat_work"}"#).unwrap(), Some(Some(category.clone())));
        assert!(read(r#"{"category": "work"}"#).is_err());
        for category in [None, Some(None), Some(Some(category))] {
            let patch = ConversationPatch { title: None, category };
            assert_eq!(read(&serde_json::to_string(&patch).unwrap()).unwrap(), patch.category);
        }
    }
}
