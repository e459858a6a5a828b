//! What the interface needs to know of this installation.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Who can register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[derive(Default)]
pub enum RegistrationPolicy {
    /// Anybody; each gets an organisation of their own.
    #[default]
    Open,
    /// Only people whom an administrator adds; and the very first.
    Invited,
}

/// What is known without signing in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Instance {
    /// The name that the operator gave this installation.
    pub name: String,
    /// The version.
    pub version: String,
    /// Who can register now.
    pub registration_open: bool,
    /// Whether mails are sent; else the operator finds them in the folder `outbox` of the data directory.
    pub sends_mail: bool,
    /// Where the terms are.
    pub terms_url: String,
    /// Where the privacy policy is.
    pub privacy_url: String,
}

/// How the search side of this installation stands; shown where knowledge is managed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct IndexStatus {
    /// The embedding model's name; absent: keyword search only.
    pub embedding_model: Option<String>,
    /// Why there is none.
    pub embedding_problem: Option<String>,
    /// The languages that the model serves, by their ISO 639-1 codes.
    pub languages: Vec<String>,
    /// Chunks that still wait for their vector.
    pub waiting_chunks: u64,
    /// The largest file that can be uploaded. Bytes.
    pub upload_limit: u64,
    /// The address of a local Ollama that answered, if one did.
    pub ollama_url: Option<String>,
}

/// Where an embedding model runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EmbeddingKind {
    /// In this installation's own process, from a folder.
    Directory,
    /// At an endpoint that speaks the OpenAI API.
    Endpoint,
}

/// An embedding model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EmbeddingModel {
    /// What it is called.
    pub name: String,
    /// Where it runs.
    pub kind: EmbeddingKind,
    /// The length of its vectors.
    pub dimension: u32,
    /// The languages that it serves, by their ISO 639-1 codes; empty when nobody said.
    pub languages: Vec<String>,
    /// Where it stops reading a passage. Tokens.
    pub max_tokens: u32,
    /// Since when it answers, or is being brought in.
    pub since: Timestamp,
}

/// A change of the embedding model that is going on: passages are embedded anew, and the old model answers meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EmbeddingChange {
    /// The model that will answer.
    pub model: EmbeddingModel,
    /// How many of the passages that the caller may read have its vector.
    pub done: u64,
    /// How many there are.
    pub total: u64,
}

/// How search by meaning stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EmbeddingStatus {
    /// The model that answers; absent: search is by words alone.
    pub serving: Option<EmbeddingModel>,
    /// Whether the model is being loaded, so that search is by words for a moment.
    pub loading: bool,
    /// The model that will answer when every passage has its vector.
    pub next: Option<EmbeddingChange>,
    /// What keeps the model that was chosen from answering, or why there is none.
    pub problem: Option<String>,
    /// How many of the passages that the caller may read wait for a vector of the model that answers: search by meaning does
    /// not find them yet.
    pub waiting: u64,
}
