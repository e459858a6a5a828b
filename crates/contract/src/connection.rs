//! Accounts with model providers.

use serde::{Deserialize, Serialize};

use crate::{ConnectionId, Timestamp};

/// The protocol of a provider. All speak the OpenAI API; the kind decides defaults and how the key is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// OpenAI.
    OpenAi,
    /// Azure AI Foundry: a deployment's name stands for the model, the key goes in `api-key`.
    Azure,
    /// A local Ollama.
    Ollama,
    /// Anything else with the same API: vLLM, LM Studio, Mistral, …
    Compatible,
}

/// An account with a model provider. The key never leaves the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Connection {
    /// The id.
    pub id: ConnectionId,
    /// A name, unique in the organisation.
    pub name: String,
    /// The protocol.
    pub kind: ProviderKind,
    /// Where the API is, for example `https://api.openai.com/v1`.
    pub base_url: String,
    /// Whether a key is stored.
    pub has_key: bool,
    /// When it was created.
    pub created_at: Timestamp,
}

/// An account to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewConnection {
    /// A name, unique in the organisation.
    pub name: String,
    /// The protocol.
    pub kind: ProviderKind,
    /// Where the API is; the provider's own when empty.
    #[serde(default)]
    pub base_url: String,
    /// The key, if the provider wants one.
    #[serde(default)]
    pub key: Option<String>,
}

/// A change to an account; absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[derive(Default)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionPatch {
    /// The name.
    pub name: Option<String>,
    /// Where the API is.
    pub base_url: Option<String>,
    /// A new key; an empty one removes it.
    pub key: Option<String>,
}

/// A model that a provider offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Model {
    /// The name by which it is asked for.
    pub id: String,
}
