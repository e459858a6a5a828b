//! Background work as people see it.

use serde::{Deserialize, Serialize};

/// How far background work is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[derive(Default)]
pub struct JobProgress {
    /// What is being done: `fetching`, `reading`, `embedding`, `deleting`.
    pub stage: String,
    /// Steps done.
    pub done: u64,
    /// Steps in all, as far as is known.
    pub total: Option<u64>,
    /// What is being worked on: an address or a file name.
    pub current: Option<String>,
}

impl JobProgress {
    /// The beginning of a stage, of which nothing is done yet.
    pub fn at(stage: &str) -> Self {
        Self { stage: stage.to_owned(), ..Self::default() }
    }
}
