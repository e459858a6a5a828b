//! Lists in pages.

use serde::{Deserialize, Deserializer, Serialize};

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
#[serde(default, deny_unknown_fields)]
pub struct PageRequest {
    /// Rows on a page, 1 to 200; 50 when absent.
    #[serde(deserialize_with = "limit")]
    #[cfg_attr(feature = "server", param(minimum = 1, maximum = 200), schema(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// From the page before.
    pub page_token: Option<String>,
    /// Only rows whose name or title contains this text.
    pub query: Option<String>,
}

/// Which part of a list is wanted that comes whole where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(default, deny_unknown_fields)]
pub struct PartRequest {
    /// Rows on a page, 1 to 200; all when absent.
    #[serde(deserialize_with = "limit")]
    #[cfg_attr(feature = "server", param(minimum = 1, maximum = 200), schema(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// From the page before.
    pub page_token: Option<String>,
}

/// Reads how many rows are wanted. A whole number that no list can have becomes 0, which every list refuses with what it may
/// be: one that is too small or too large is the same mistake, whether or not this program could hold it.
///
/// # Errors
/// What is not a whole number.
pub fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let wanted = Option::<i64>::deserialize(deserializer)?;
    Ok(wanted.map(|number| u32::try_from(number).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_whole_number() {
        let read = |json: &str| serde_json::from_str::<PageRequest>(json).map(|request| request.limit);
        assert_eq!(read("{}").unwrap(), None);
        assert_eq!(read(r#"{"limit": null}"#).unwrap(), None);
        assert_eq!(read(r#"{"limit": 7}"#).unwrap(), Some(7));
        for impossible in ["0", "-1", "-5000000000", "5000000000"] {
            assert_eq!(read(&format!(r#"{{"limit": {impossible}}}"#)).unwrap(), Some(0), "{impossible}");
        }
        for other in ["1.5", "\"7\"", "true"] {
            assert!(read(&format!(r#"{{"limit": {other}}}"#)).is_err(), "{other}");
        }
    }
}
