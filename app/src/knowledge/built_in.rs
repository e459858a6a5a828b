//! The collection that comes with Hammock. Its words are the same in every database, so the interface has them in each
//! language.

use hammock_contract::{CollectionId, collection::Collection};

use crate::t;

/// The handbook's collection.
pub fn handbook() -> CollectionId {
    CollectionId::fixed("handbook")
}

/// The name of a collection as it is shown.
pub fn shown_name(collection: &Collection) -> String {
    if collection.id == handbook() { t!("data.handbook").to_owned() } else { collection.name.clone() }
}

/// What is in a collection, as it is shown.
pub fn shown_description(collection: &Collection) -> String {
    if collection.id == handbook() { t!("data.handbook_text").to_owned() } else { collection.description.clone() }
}
