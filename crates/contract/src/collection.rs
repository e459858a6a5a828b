//! Collections of knowledge.

use serde::{Deserialize, Serialize};

use crate::{CollectionId, Timestamp, retrieval::RetrievalSettings};

/// A named set of knowledge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Collection {
    /// The id.
    pub id: CollectionId,
    /// The name, unique in the organisation.
    pub name: String,
    /// What is in it.
    pub description: String,
    /// How it is searched.
    #[serde(default)]
    pub retrieval: RetrievalSettings,
    /// Whether it came with Hammock and cannot be changed.
    pub read_only: bool,
    /// How many sources it has.
    pub sources: u64,
    /// How many documents answer.
    pub documents: u64,
    /// How many chunks answer.
    pub chunks: u64,
    /// How many of the chunks have a vector of the present embedding model.
    pub embedded_chunks: u64,
    /// The names of the assistants that answer from it.
    pub used_by: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything in it last changed.
    pub updated_at: Timestamp,
}

/// A collection to make.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCollection {
    /// The name, unique in the organisation. 1 to 80 characters.
    pub name: String,
    /// What is in it. At most 500 characters.
    #[serde(default)]
    pub description: String,
    /// How it is searched.
    #[serde(default)]
    pub retrieval: RetrievalSettings,
}

/// A change to a collection; absent fields stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[derive(Default)]
#[serde(default, deny_unknown_fields)]
pub struct CollectionPatch {
    /// The name.
    pub name: Option<String>,
    /// What is in it.
    pub description: Option<String>,
    /// How it is searched: all of it anew.
    pub retrieval: Option<RetrievalSettings>,
}
