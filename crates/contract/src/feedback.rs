//! What people say about answers, and what whoever looks after an assistant reads of it.

use serde::{Deserialize, Serialize};

use crate::{AssistantId, FeedbackId, Timestamp, chat::Message};

/// The most characters of a comment.
pub const MAX_COMMENT: u32 = 2_000;

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FeedbackReason {
    /// It is not true.
    Wrong,
    /// Something is missing.
    Incomplete,
    /// It was true once.
    Outdated,
    /// It answers another question.
    OffTopic,
    /// It rests on a source that does not say it, or on the wrong one.
    WrongSource,
    /// Something else.
    Other,
}

impl FeedbackReason {
    /// Every reason, in the order in which people choose.
    pub const ALL: [Self; 6] =
        [Self::Wrong, Self::Incomplete, Self::Outdated, Self::OffTopic, Self::WrongSource, Self::Other];
}

/// Whether somebody has seen to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FeedbackState {
    /// Nobody has yet.
    #[default]
    Open,
    /// Somebody has.
    Resolved,
}

/// What the caller said about an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OwnFeedback {
    /// The thumb: `true` is up, `false` is down; absent where none was given, or where it was taken back.
    pub rating: Option<bool>,
    /// What is wrong with the answer.
    pub reason: Option<FeedbackReason>,
    /// The comment. What was taken back is kept for the person alone.
    pub comment: String,
}

/// What is wrong with an answer, to be said: a thumb down with a reason and a comment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct NewFeedback {
    /// What is wrong with it.
    pub reason: Option<FeedbackReason>,
    /// The comment. At most 2,000 characters.
    pub comment: String,
}

/// Which feedback is wanted, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(default, deny_unknown_fields)]
pub struct FeedbackQuery {
    /// Only about answers of this assistant.
    pub assistant: Option<AssistantId>,
    /// Only this thumb: `true` is up.
    pub rating: Option<bool>,
    /// Only with this reason.
    pub reason: Option<FeedbackReason>,
    /// Only what stands so.
    pub state: Option<FeedbackState>,
    /// Only where the question or the comment contains this text.
    pub query: Option<String>,
    /// Rows on a page, 1 to 200; 50 when absent.
    #[serde(deserialize_with = "crate::page::limit")]
    #[cfg_attr(feature = "server", param(minimum = 1, maximum = 200), schema(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// From the page before.
    pub page_token: Option<String>,
}

/// What a person said about an answer, as whoever looks after the assistant sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FeedbackEntry {
    /// The id.
    pub id: FeedbackId,
    /// The assistant that answered.
    pub assistant: AssistantId,
    /// Its name.
    pub assistant_name: String,
    /// The thumb: `true` is up.
    pub rating: bool,
    /// What is wrong with the answer; of a thumb down alone.
    pub reason: Option<FeedbackReason>,
    /// The comment; of a thumb down alone.
    pub comment: String,
    /// The question that was answered.
    pub question: String,
    /// Who said it, by first and last name; a visitor by the name that they signed in with, and with none where there is none.
    pub person: String,
    /// Whether somebody has seen to it.
    pub state: FeedbackState,
    /// When it was first said.
    pub created_at: Timestamp,
    /// When it was last said otherwise.
    pub updated_at: Timestamp,
}

/// One piece of feedback with the answer that it is about. The rest of the conversation is its person's alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FeedbackContext {
    /// What the list shows of it.
    #[serde(flatten)]
    pub entry: FeedbackEntry,
    /// The answer with its sources and steps; the sources as the reader may see them.
    pub answer: Message,
    /// What each of its sources says, as sanitised HTML, in their order; nothing of those that the reader does not see.
    #[serde(default)]
    pub quotes: Vec<String>,
    /// The names of the files that were sent with the question.
    #[serde(default)]
    pub files: Vec<String>,
    /// Who has seen to it, by first and last name.
    pub resolved_by: Option<String>,
    /// When.
    pub resolved_at: Option<Timestamp>,
}

/// A change to feedback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FeedbackPatch {
    /// Whether somebody has seen to it.
    pub state: FeedbackState,
}
