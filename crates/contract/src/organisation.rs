//! The organisation itself.

use serde::{Deserialize, Serialize};

use crate::{CollectionId, ConnectionId, OrganisationId, SourceId, Timestamp};

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
    /// Where its requests may go.
    pub allowed_hosts: AllowedHosts,
}

/// Where requests for an organisation may go: its crawls, its connections, checks of installations and the sign-in of its visitors.
/// A list takes away from what the operator allows and can add nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AllowedHosts {
    /// Whether requests go to these hosts alone; else wherever the operator allows, and the list stays for later.
    pub limited: bool,
    /// The hosts: `example.org` for this name alone, `*.example.org` for every name below it, `10.1.2.3` or `[fd00::1]`; with `:8443`
    /// behind it for that port alone. At most 200, and at least one where requests are limited to them.
    pub hosts: Vec<String>,
}

/// What stops working where requests may go to certain hosts alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HostsCheck {
    /// Websites that are read now, of those that the caller sees.
    pub sources: Vec<CutOffSource>,
    /// Connections that are reached now.
    pub connections: Vec<CutOffConnection>,
}

impl HostsCheck {
    /// Whether nothing does.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.connections.is_empty()
    }
}

/// A website that could no longer be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CutOffSource {
    /// The id.
    pub id: SourceId,
    /// The collection that it belongs to.
    pub collection: CollectionId,
    /// The name.
    pub name: String,
    /// The host that is not among them.
    pub host: String,
}

/// A connection that could no longer be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CutOffConnection {
    /// The id.
    pub id: ConnectionId,
    /// The name.
    pub name: String,
    /// The host that is not among them.
    pub host: String,
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
    /// Where requests may go; replaced as a whole.
    pub allowed_hosts: Option<AllowedHosts>,
}
