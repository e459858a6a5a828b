//! Where the documents of a collection come from.

use serde::{Deserialize, Serialize};

use crate::{CollectionId, SourceId, Timestamp, job::JobProgress};

/// What a source is, and how it is set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SourceKind {
    /// Files that people upload.
    Upload,
    /// Pages of a website.
    Website(WebsiteSettings),
}

/// How a website is read. Only pages of the start address's host are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WebsiteSettings {
    /// Where to begin.
    pub start_url: String,
    /// At most this many pages. 1 to 100,000.
    #[serde(default = "default_page_limit")]
    pub page_limit: u32,
    /// Whether the sitemap is read.
    #[serde(default = "yes")]
    pub use_sitemap: bool,
    /// Whether links are followed.
    #[serde(default = "yes")]
    pub follow_links: bool,
}

const fn default_page_limit() -> u32 {
    5_000
}

const fn yes() -> bool {
    true
}

/// How a source stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// Nothing has been read yet.
    Empty,
    /// Work is going on; see `progress`.
    Working,
    /// Everything that was found is there.
    Ready,
    /// The last work failed; see `error`. What was there before still answers.
    Failed,
}

/// A source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Source {
    /// The id.
    pub id: SourceId,
    /// The collection.
    pub collection: CollectionId,
    /// A name, unique in the collection.
    pub name: String,
    /// What it is.
    #[serde(flatten)]
    pub kind: SourceKind,
    /// How it stands.
    pub state: SourceState,
    /// The last failure.
    pub error: Option<crate::ApiError>,
    /// How far the work is, while there is some.
    pub progress: Option<JobProgress>,
    /// How many documents answer.
    pub documents: u64,
    /// How many documents failed or were skipped.
    pub failed_documents: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its last work ended.
    pub finished_at: Option<Timestamp>,
}

/// A source to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NewSource {
    /// A name, unique in the collection; made from the kind when empty.
    #[serde(default)]
    pub name: String,
    /// What it is.
    #[serde(flatten)]
    pub kind: SourceKind,
}
