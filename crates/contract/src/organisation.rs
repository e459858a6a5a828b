//! The organisation itself.

use serde::{Deserialize, Serialize};

use crate::{ConnectionId, OrganisationId, Timestamp};

/// The organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Organisation {
    /// The id.
    pub id: OrganisationId,
    /// The name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Where recorded speech is written down.
    pub transcription: TranscriptionSettings,
}

/// Where recorded speech is written down: by a model of a connection, or nowhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TranscriptionSettings {
    /// The connection that recordings are sent to; absent: none is.
    pub connection: Option<ConnectionId>,
    /// The model. 1 to 200 characters where there is a connection.
    pub model: String,
}

/// A change to the organisation; absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[derive(Default)]
#[serde(default, deny_unknown_fields)]
pub struct OrganisationPatch {
    /// The name. 1 to 120 characters.
    pub name: Option<String>,
    /// Where recorded speech is written down; replaced as a whole.
    pub transcription: Option<TranscriptionSettings>,
}
