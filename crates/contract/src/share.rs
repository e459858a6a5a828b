//! Links that let others read a conversation.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, MessageId, ShareLinkId, Timestamp};

/// Who may open a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShareAudience {
    /// Anyone who has the link, signed in or not.
    Anyone,
    /// People of the organisation who are signed in.
    Organisation,
}

/// What a link shares, and with whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ShareSettings {
    /// Who may open it.
    pub audience: ShareAudience,
    /// Whether messages that come later are shared too.
    #[serde(default)]
    pub includes_later: bool,
    /// The last message that is shared; absent in a request: the last one of now. Never with `includes_later`.
    #[serde(default)]
    pub up_to: Option<MessageId>,
    /// Whether it shows how answers were made.
    #[serde(default)]
    pub with_reasoning: bool,
    /// Whether somebody who is not signed in sees the titles and passages of sources: of those in collections that everybody in
    /// the organisation sees, and of no others. Signed in, people of the organisation see those that they see anyway.
    #[serde(default)]
    pub with_sources: bool,
    /// When it ends; absent: never.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

/// A link that lets others read a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ShareLink {
    /// The id. It opens nothing.
    pub id: ShareLinkId,
    /// The conversation.
    pub conversation: ConversationId,
    /// What it shares, and with whom.
    pub settings: ShareSettings,
    /// The whole address of its page, by the name that all people reach this server by; whoever has it may open the page. Absent
    /// where the key that it was encrypted with is lost: the link goes on working, but cannot be shown again.
    pub address: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_is_enough_and_shares_the_least() {
        let settings: ShareSettings =
            serde_json::from_value(serde_json::json!({ "audience": "organisation" })).unwrap();
        let least = ShareSettings {
            audience: ShareAudience::Organisation,
            includes_later: false,
            up_to: None,
            with_reasoning: false,
            with_sources: false,
            expires_at: None,
        };
        assert_eq!(settings, least);
        // Nobody's link is wider than they meant because they misspelt a word.
        for wrong in [serde_json::json!({}), serde_json::json!({ "audience": "anyone", "expires": "2026-12-01" })] {
            assert!(serde_json::from_value::<ShareSettings>(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
