//! What goes with something that is about to be deleted.

use serde::{Deserialize, Serialize};

use crate::{CollectionId, DocumentId, SourceId};

/// What is about to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Deletion {
    /// A collection with everything in it.
    Collection(CollectionId),
    /// A source with its documents.
    Source(SourceId),
    /// A document.
    Document(DocumentId),
}

/// What people made that goes with it, or misses it afterwards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Dependents {
    /// How many passages people gave another text or switched off.
    pub edits: u64,
    /// How many JSON functions there are.
    pub functions: u64,
    /// How many fields of metadata there are.
    pub fields: u64,
    /// For how many fields of documents people wrote the metadata by hand.
    pub written: u64,
    /// How many questions for evaluation go with a collection, or expect a document that goes.
    pub questions: u64,
}
