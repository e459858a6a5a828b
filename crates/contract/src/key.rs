//! Keys of the public API.

use serde::{Deserialize, Serialize};

use crate::{KeyId, Timestamp, user::Role};

/// A key. Its secret is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// The id.
    pub id: KeyId,
    /// What it is for.
    pub name: String,
    /// How the secret begins, to recognise it.
    pub start: String,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// A key to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What it is for. 1 to 80 characters.
    pub name: String,
    /// What it may do; not more than its maker.
    pub role: Role,
}

/// A key with its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ApiKeyWithSecret {
    /// The key.
    pub key: ApiKey,
    /// The secret, `hk_…`. It cannot be shown again.
    pub secret: String,
}
