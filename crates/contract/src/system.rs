//! What the interface needs to know of this installation.

use serde::{Deserialize, Serialize};

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
