//! Says that search by meaning helps little in a collection, since the embedding model does not serve its language.

use hammock_contract::{collection::Collection, system::IndexStatus};
use leptos::prelude::*;

use super::retrieval_fields::language_in_words;
use crate::{t, ui::Icon};

/// The language that most of a collection is in, where the embedding model does not serve it. Of a model that does not say
/// what it serves, nothing is said.
pub fn unserved_language(collection: &Collection, status: &IndexStatus) -> Option<String> {
    let language = collection.language.as_ref()?;
    let is_known = status.embedding_model.is_some() && !status.languages.is_empty();
    (is_known && !status.languages.contains(language)).then(|| language.clone())
}

/// The notice, where there is such a language.
#[component]
pub fn UnservedLanguage(
    /// ISO 639-1 code.
    language: Option<String>,
) -> impl IntoView {
    language.map(|code| {
        view! {
            <p class="card note padded row">
                <Icon name="languages" />
                <span>{t!("data.language_unserved", language = language_in_words(&code))}</span>
            </p>
        }
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn only_a_language_that_is_known_not_to_be_served_is_told() {
        let mut collection: Collection = serde_json::from_value(serde_json::json!({
            "id": "coll_handbook", "name": "Musée", "description": "", "read_only": false, "access": "organisation",
            "created_by": null, "can_read": true, "sources": 1, "documents": 3, "chunks": 9, "embedded_chunks": 9,
            "language": "fr", "used_by": [], "created_at": "2026-11-28T00:00:00Z",
            "updated_at": "2026-11-28T00:00:00Z",
        }))
        .unwrap();
        let mut status = IndexStatus {
            embedding_model: Some("all-MiniLM-L6-v2".to_owned()),
            embedding_problem: None,
            languages: vec!["en".to_owned()],
            waiting_chunks: 0,
            upload_limit: 1,
            ollama_url: None,
        };
        assert_eq!(unserved_language(&collection, &status).as_deref(), Some("fr"));
        status.languages.push("fr".to_owned());
        assert_eq!(unserved_language(&collection, &status), None);
        status.languages.clear();
        assert_eq!(unserved_language(&collection, &status), None, "nobody said what it serves");
        status.languages.push("en".to_owned());
        status.embedding_model = None;
        assert_eq!(unserved_language(&collection, &status), None, "there is no search by meaning at all");
        status.embedding_model = Some("m".to_owned());
        collection.language = None;
        assert_eq!(unserved_language(&collection, &status), None);
    }
}
