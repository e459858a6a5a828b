//! Lists in pages.

use serde::{Deserialize, Serialize};

/// One page of a list, newest first unless the list says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Hand this back as `page_token` for the next page; absent on the last.
    pub next_page_token: Option<String>,
}

impl<T> Page<T> {
    /// A list that fits on one page.
    pub fn single(items: Vec<T>) -> Self {
        Self { items, next_page_token: None }
    }
}

/// The most rows that a page can have.
pub const MAX_LIMIT: u32 = 200;

/// Which page of a list is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(default)]
pub struct PageRequest {
    /// Rows on a page, 1 to 200; 50 when absent.
    #[cfg_attr(feature = "server", param(minimum = 1, maximum = 200), schema(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// From the page before.
    pub page_token: Option<String>,
    /// Only rows whose name or title contains this text.
    pub query: Option<String>,
}
