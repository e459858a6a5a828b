//! The organisation itself.

use serde::{Deserialize, Serialize};

use crate::{OrganisationId, Timestamp};

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
}

/// A change to the organisation; absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[derive(Default)]
#[serde(default, deny_unknown_fields)]
pub struct OrganisationPatch {
    /// The name. 1 to 120 characters.
    pub name: Option<String>,
}
