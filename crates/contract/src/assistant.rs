//! Assistants: how a model answers, and from what.

use serde::{Deserialize, Serialize};

use crate::{
    AssistantId, CollectionId, ConnectionId, Timestamp, UserId, metadata::MetadataFilter, retrieval::RetrievalSettings,
};

/// Who may use a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Everybody in the organisation.
    Organisation,
    /// One person: who made it, or made it private since.
    Private,
}

/// How much evidence an answer needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[derive(Default)]
pub enum Strictness {
    /// Always answers; weak evidence is said to be weak.
    Broad,
    /// Says that it does not know when the sources hold no evidence.
    #[default]
    Balanced,
    /// Answers only on strong evidence.
    Strict,
}

/// Whether a model can see pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[derive(Default)]
pub enum Vision {
    /// It is sent pictures; where the provider refuses them, the question is sent again without them.
    #[default]
    Automatic,
    /// It is sent pictures; where the provider refuses them, that is told.
    Yes,
    /// It is sent none, and told that there are some.
    No,
}

/// The names of the icons that an assistant can have.
pub const ICONS: [&str; 12] = [
    "sparkles",
    "bot",
    "book",
    "life-buoy",
    "briefcase",
    "code",
    "graduation-cap",
    "heart",
    "megaphone",
    "scale",
    "shopping-bag",
    "wrench",
];

/// What an assistant is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AssistantSettings {
    /// The name, unique in the organisation. 1 to 80 characters.
    pub name: String,
    /// What it is for, in a sentence or two. At most 500 characters.
    #[serde(default)]
    pub description: String,
    /// One of [`ICONS`].
    #[serde(default = "default_icon")]
    pub icon: String,
    /// The provider connection; absent: the built-in answerer quotes the best passages.
    #[serde(default)]
    pub connection: Option<ConnectionId>,
    /// The provider's name of the model, or of the deployment.
    #[serde(default)]
    pub model: String,
    /// Whether the model can see pictures.
    #[serde(default)]
    pub vision: Vision,
    /// What it may answer from.
    #[serde(default)]
    pub collections: Vec<CollectionId>,
    /// Who may use it.
    #[serde(default = "default_access")]
    pub access: Access,
    /// What it says before the first question.
    #[serde(default)]
    pub initial_message: String,
    /// Questions to offer. At most six of 200 characters.
    #[serde(default)]
    pub suggestions: Vec<String>,
    /// The instruction that stands before everything else.
    #[serde(default)]
    pub system_message: String,
    /// 0 (sober) to 2 (wild).
    #[serde(default = "default_temperature")]
    #[cfg_attr(feature = "server", schema(minimum = 0, maximum = 2))]
    pub temperature: f32,
    /// The longest answer, in tokens. 64 to 16,384.
    #[serde(default = "default_max_tokens")]
    #[cfg_attr(feature = "server", schema(minimum = 64, maximum = 16384))]
    pub max_tokens: u32,
    /// How much evidence an answer needs.
    #[serde(default)]
    pub strictness: Strictness,
    /// How it searches, where that differs from what its collections say.
    #[serde(default)]
    pub retrieval: RetrievalSettings,
    /// It answers only from documents whose metadata is so; at most ten, all of which count.
    #[serde(default)]
    pub filters: Vec<MetadataFilter>,
}

fn default_icon() -> String {
    ICONS[0].to_owned()
}

const fn default_access() -> Access {
    Access::Organisation
}

const fn default_temperature() -> f32 {
    0.2
}

const fn default_max_tokens() -> u32 {
    1024
}

/// An assistant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Assistant {
    /// The id.
    pub id: AssistantId,
    /// What it is made of.
    #[serde(flatten)]
    pub settings: AssistantSettings,
    /// Who made it, or made it private since; absent when that person has left.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Whether the caller may change and delete it.
    pub can_edit: bool,
    /// How many more collections it has that the caller cannot see: for the caller it answers from `collections` alone.
    pub hidden_collections: u32,
    /// Whether its public chat is open to visitors. Of an assistant that becomes private it is closed.
    #[serde(default)]
    pub public_chat: bool,
    /// Whether its widget is. Of an assistant that becomes private it is closed.
    #[serde(default)]
    pub widget: bool,
}

/// How an assistant receives a person in an empty conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Greeting {
    /// Its name.
    pub name: String,
    /// One of [`ICONS`].
    pub icon: String,
    /// What it says first; where it has no words of its own, what it is for.
    pub text: String,
    /// Questions to begin with.
    pub suggestions: Vec<String>,
    /// Titles of what its collections hold, to ask about where it has no questions of its own; of collections that the caller
    /// sees.
    #[serde(default)]
    pub topics: Vec<String>,
}

impl From<Assistant> for Greeting {
    fn from(assistant: Assistant) -> Self {
        let AssistantSettings { name, icon, description, initial_message, suggestions, .. } = assistant.settings;
        let text = if initial_message.is_empty() { description } else { initial_message };
        Self { name, icon, text, suggestions, topics: Vec::new() }
    }
}

/// An assistant in a picker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AssistantSummary {
    /// The id.
    pub id: AssistantId,
    /// The name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// One of [`ICONS`].
    pub icon: String,
    /// Who may use it.
    pub access: Access,
    /// The model, or empty for the built-in answerer.
    pub model: String,
    /// How many collections it answers from, of those that the caller sees.
    pub collections: u32,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Whether the caller may change and delete it.
    pub can_edit: bool,
}
