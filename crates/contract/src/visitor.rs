//! Visitors: who chats with an assistant from outside, without an account.

use serde::{Deserialize, Serialize};

use crate::{AttachmentId, ConversationId, MessageId, Timestamp, VisitorId, chat::Conversation, feedback::OwnFeedback};

/// A step of work that a visitor's browser does before it is let in, where very many come at once.
///
/// The browser finds an `answer` for which SHA-256 of `<challenge>:<answer>` (text, UTF-8) begins with `bits` zero bits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ProofChallenge {
    /// What to prove it with; signed by the server and valid for two minutes, once.
    pub challenge: String,
    /// How many leading zero bits: 1 to 24.
    pub bits: u8,
}

/// A done step of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The challenge, as it was given.
    pub challenge: String,
    /// What was found. At most 20 digits.
    pub answer: String,
}

/// A visitor who wants in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct VisitorRequest {
    /// The token of before, which may have ended: the same visitor goes on with a new one.
    pub token: Option<String>,
    /// The work that was asked for.
    pub proof: Option<Proof>,
    /// What the sign-in window gave: valid for two minutes, once.
    pub ticket: Option<String>,
    /// Who the page says that its visitor is: a JWT that the host site signed.
    pub identity: Option<String>,
}

/// What became of it. The server answers 200 with either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum VisitorEntry {
    /// The visitor is in.
    Admitted {
        /// Who it is.
        visitor: VisitorId,
        /// What every further request carries: `Authorization: Bearer …`. It reaches this visitor's own conversations with this
        /// assistant, from this origin, and nothing else.
        token: String,
        /// When it ends. It can be renewed for 30 days after that.
        expires_at: Timestamp,
        /// The conversation that the visitor was last in, to go on with.
        conversation: Option<ConversationId>,
        /// The name that they signed in with; absent: there is none.
        name: Option<String>,
        /// Whether they have said who they are.
        signed_in: bool,
    },
    /// Only those may chat who have said who they are, and nothing that was sent says so.
    SignInRequired {},
    /// There are very many visitors just now: work has to be done first.
    ProofRequired {
        /// The work.
        proof: ProofChallenge,
    },
}

/// A question of a visitor. The answer streams as events ([`crate::stream::StreamEvent`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VisitorChatRequest {
    /// The conversation; absent: a new one.
    #[serde(default)]
    pub conversation: Option<ConversationId>,
    /// The question. As long as the assistant's interfaces allow, at most 4,000 characters.
    pub text: String,
    /// Whether this goes on with the conversation's last answer, which was stopped, interrupted or failed.
    #[serde(default)]
    pub continues: bool,
    /// Files and pictures that were uploaded for it.
    #[serde(default)]
    pub attachments: Vec<AttachmentId>,
    /// Sent again with the same key after a lost answer, the question is not asked twice.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// A conversation of a visitor's own, a part of its messages, with what they have said beside it: nothing of that is asked for twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OwnConversation {
    /// The conversation.
    #[serde(flatten)]
    pub conversation: Conversation,
    /// What they have said about the answers in this part.
    pub feedback: Vec<AnswerFeedback>,
    /// Whether they have left an e-mail address in it, to be answered by a person.
    pub contact_left: bool,
}

/// What a visitor has said about an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AnswerFeedback {
    /// The answer.
    pub message: MessageId,
    /// What they have said.
    #[serde(flatten)]
    pub said: OwnFeedback,
}

/// An e-mail address that a visitor leaves to be answered by a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VisitorContact {
    /// The conversation that it is about.
    pub conversation: ConversationId,
    /// The e-mail address.
    pub email: String,
}

/// A visitor, as who looks after the assistant sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Visitor {
    /// The id.
    pub id: VisitorId,
    /// Their name; absent: anonymous.
    pub name: Option<String>,
    /// The e-mail address that they signed in with, or left last.
    pub email: Option<String>,
    /// The origin of the page that they first came from. Of a frame, it is that of the page around; empty where that is not known.
    pub origin: String,
}

/// Where a visitor's conversation was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// On the public chat's page, by its own address.
    PublicChat,
    /// On the public chat's page in a frame of another page: a plain frame, or the one of the widget's mode `iframe`.
    Frame,
    /// In the widget on a customer's page.
    Widget,
}

/// A conversation of a visitor, in a list for who looks after the assistant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct VisitorConversation {
    /// The conversation.
    pub conversation: ConversationId,
    /// Its title.
    pub title: String,
    /// Who held it.
    pub visitor: Visitor,
    /// Where.
    pub channel: Channel,
    /// The origin of the page that it was begun on. Of a frame, it is that of the page around, as the chat in the frame said; empty
    /// where that is not known.
    pub origin: String,
    /// The e-mail address that they left in it, to be answered by a person.
    pub contact: Option<String>,
    /// How many messages it has.
    pub messages: u32,
    /// When the last one came.
    pub updated_at: Timestamp,
}

/// Which messages of a visitor's conversation are read: the last ones, where none is named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(default, deny_unknown_fields)]
pub struct HeldQuery {
    /// Only those that stand before this message: the last of them.
    pub before: Option<MessageId>,
    /// Only those that stand after this message: the first of them.
    pub after: Option<MessageId>,
    /// So many at most: 1 to 200; 50 when absent.
    #[serde(deserialize_with = "crate::page::limit")]
    #[cfg_attr(feature = "server", param(minimum = 1, maximum = 200), schema(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
}

/// A conversation of a visitor with a part of its messages, and who held it where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HeldConversation {
    /// The conversation; `earlier` says how many messages stand before the part.
    #[serde(flatten)]
    pub conversation: Conversation,
    /// How many messages stand after the part.
    pub later: u32,
    /// Who held it.
    pub visitor: Visitor,
    /// Where.
    pub channel: Channel,
    /// The origin of the page that it was begun on. Of a frame, it is that of the page around, as the chat in the frame said; empty
    /// where that is not known.
    pub origin: String,
    /// The e-mail address that they left in it, to be answered by a person.
    pub contact: Option<String>,
}
