//! The address of the page holds the state of its lists.

use leptos::prelude::window;
use leptos_router::params::ParamsMap;

/// `path` with the query of the page, one value of it set or removed. Another filter starts again at the first page.
pub fn with_param(path: &str, query: &ParamsMap, name: &'static str, value: Option<&str>) -> String {
    let mut query = query.clone();
    query.remove(name);
    query.remove("page");
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        query.insert(name, value.to_owned());
    }
    format!("{path}{}", query.to_query_string())
}

/// Where this installation is; asked in the browser alone.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_filter_starts_at_the_first_page() {
        let mut query = ParamsMap::new();
        query.insert("page", "abc".to_owned());
        query.insert("state", "failed".to_owned());
        assert_eq!(with_param("/users", &query, "q", Some("é a")), "/users?state=failed&q=%C3%A9%20a");
        assert_eq!(with_param("/users", &query, "state", None), "/users");
        assert_eq!(with_param("/users", &query, "page", Some("b")), "/users?state=failed&page=b");
    }
}
