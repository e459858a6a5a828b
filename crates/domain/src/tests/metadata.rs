//! Fields of metadata: filled from what documents say and by hand, and asked of in searches and by assistants.

use hammock_contract::{
    CollectionId, DocumentId, ErrorCode, MetadataFieldId,
    chat::{AnswerKind, ChatRequest},
    locale::Locale,
    metadata::{
        DocumentMetadata, MetadataFieldSettings, MetadataFilter, MetadataKind, MetadataOperator, MetadataOrigin,
        NewMetadataValues,
    },
    search::{SearchMode, SearchRequest},
    user::Role,
};

use super::{
    chat::{ask, question},
    world::{World, assistant},
};
use crate::Scope;

const OLD: &str = "---\nauthor: Eva\nyear: 2019\n---\n\n# Museum\n\nThe museum opens at nine on weekdays.";
const NEW: &str = "---\nauthor: Adam\nyear: soon\n---\n\n# Museum\n\nThe museum opens at ten on weekdays.";

fn field(name: &str, kind: MetadataKind) -> MetadataFieldSettings {
    MetadataFieldSettings {
        name: name.to_owned(),
        kind,
        front_matter: Some(name.to_lowercase()),
        ..MetadataFieldSettings::default()
    }
}

fn filter(key: &str, operator: MetadataOperator, values: &[&str]) -> MetadataFilter {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    MetadataFilter { field: key.to_owned(), operator, values }
}

/// Two documents about a museum in one collection.
struct Museum {
    world: World,
    owner: Scope,
    collection: CollectionId,
    old: DocumentId,
    new: DocumentId,
}

impl Museum {
    async fn open() -> Self {
        let world = World::new().await;
        world.work();
        let owner = world.owner("Eva").await;
        let (collection, source) = world.collection(&owner, "Museum").await;
        let mut read = Vec::new();
        for (name, text) in [("old.md", OLD), ("new.md", NEW)] {
            let document = world.upload(&owner, &source, name, text.as_bytes()).await.unwrap();
            read.push(world.read(&owner, &document.id).await.id);
        }
        let (new, old) = (read.remove(1), read.remove(0));
        Self { world, owner, collection, old, new }
    }

    /// Defines a field and waits until it is filled.
    async fn define(&self, settings: MetadataFieldSettings) -> MetadataFieldId {
        let made = self.world.hammock.create_metadata_field(&self.owner, &self.collection, settings).await.unwrap();
        self.world.rest().await;
        made.id
    }

    async fn found(&self, filters: Vec<MetadataFilter>) -> Vec<DocumentId> {
        let request = SearchRequest {
            query: "museum".to_owned(),
            collections: vec![self.collection.clone()],
            mode: SearchMode::Keyword,
            limit: Some(1),
            filters,
            ..SearchRequest::default()
        };
        let hits = self.world.hammock.search(&self.owner, request).await.unwrap().hits;
        hits.into_iter().map(|hit| hit.document).collect()
    }

    async fn carried(&self, document: &DocumentId, id: &MetadataFieldId) -> DocumentMetadata {
        let all = self.world.hammock.document_metadata(&self.owner, document).await.unwrap();
        all.into_iter().find(|carried| carried.field.id == *id).unwrap()
    }
}

#[tokio::test]
async fn a_field_is_filled_for_documents_that_are_there_and_searches_go_by_it() {
    let museum = Museum::open().await;
    let indexed = museum.world.index.revisions(&museum.old).await;
    museum.define(field("Author", MetadataKind::Text)).await;
    let year = museum.define(field("Year", MetadataKind::Date)).await;
    assert_eq!(museum.world.index.revisions(&museum.old).await, indexed, "nothing is indexed again");

    // With one hit alone: what the filter leaves out takes no place.
    for (name, document) in [("eva", &museum.old), ("Adam", &museum.new)] {
        let filters = vec![filter("author", MetadataOperator::Is, &[name])];
        assert_eq!(museum.found(filters).await, std::slice::from_ref(document), "{name}");
    }
    let before = filter("year", MetadataOperator::AtMost, &["2019"]);
    assert_eq!(museum.found(vec![before.clone()]).await, std::slice::from_ref(&museum.old));
    let both = vec![before, filter("author", MetadataOperator::IsNot, &["Eva"])];
    assert!(museum.found(both).await.is_empty());

    // What does not fit is kept and told.
    let carried = museum.carried(&museum.new, &year).await;
    assert_eq!((carried.values[0].text.as_str(), carried.values[0].readable), ("soon", false));
    assert_eq!(museum.found(vec![filter("year", MetadataOperator::IsSet, &[])]).await.len(), 1);
    let fields = museum.world.hammock.list_metadata_fields(&museum.owner, &museum.collection).await.unwrap();
    let counts: Vec<_> =
        fields.fields.iter().map(|field| (field.key.as_str(), field.documents, field.unreadable)).collect();
    assert_eq!(counts, [("author", 2, 0), ("year", 2, 1)]);
    assert_eq!(fields.filling, None);

    // As a text it fits.
    let settings = field("Year", MetadataKind::Text);
    museum.world.hammock.update_metadata_field(&museum.owner, &museum.collection, &year, settings).await.unwrap();
    museum.world.rest().await;
    let soon = filter("year", MetadataOperator::Contains, &["OO"]);
    assert_eq!(museum.found(vec![soon]).await, std::slice::from_ref(&museum.new));
}

#[tokio::test]
async fn what_a_person_wrote_survives_a_reading_and_can_be_taken_back() {
    let museum = Museum::open().await;
    let (hammock, owner) = (&museum.world.hammock, &museum.owner);
    let year = museum.define(field("Year", MetadataKind::Date)).await;
    let write = async |values: &[&str]| {
        let new = NewMetadataValues { values: values.iter().map(|value| (*value).to_owned()).collect() };
        hammock.write_metadata(owner, &museum.new, &year, new).await
    };
    assert_eq!(write(&["later"]).await.unwrap_err().field.as_deref(), Some("values"));
    assert_eq!(write(&["2020", "2021"]).await.unwrap_err().code, ErrorCode::InvalidField);
    let written = write(&["2026-11-27"]).await.unwrap();
    assert!(written.by_hand && written.read[0].text == "soon", "{written:?}");
    hammock.reindex_document(owner, &museum.new).await.unwrap();
    museum.world.read(owner, &museum.new).await;
    museum.world.rest().await;
    let of_that_day = || vec![filter("year", MetadataOperator::Is, &["2026-11-27"])];
    assert_eq!(museum.found(of_that_day()).await, std::slice::from_ref(&museum.new));
    let nothing = write(&[]).await.unwrap();
    assert!(nothing.by_hand && nothing.values.is_empty(), "{nothing:?}");
    assert!(museum.found(of_that_day()).await.is_empty());
    for _ in 0..2 {
        let read = hammock.restore_metadata(owner, &museum.new, &year).await.unwrap();
        assert_eq!((read.by_hand, read.values[0].origin), (false, MetadataOrigin::FrontMatter));
    }

    let user = museum.world.colleague(owner, "Adam", Role::User).await;
    let refused = hammock.restore_metadata(&user, &museum.new, &year).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::RoleRequired);
    assert_eq!(hammock.document_metadata(&user, &museum.new).await.unwrap().len(), 1);
    let stranger = museum.world.owner("Zoe").await;
    assert_eq!(hammock.document_metadata(&stranger, &museum.new).await.unwrap_err().code, ErrorCode::NotFound);
    let foreign = hammock.delete_metadata_field(&stranger, &museum.collection, &year).await;
    assert_eq!(foreign.unwrap_err().code, ErrorCode::NotFound);
    hammock.delete_metadata_field(owner, &museum.collection, &year).await.unwrap();
    assert!(hammock.document_metadata(owner, &museum.new).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_assistant_answers_from_the_documents_that_it_is_held_to() {
    let museum = Museum::open().await;
    let (hammock, owner) = (&museum.world.hammock, &museum.owner);
    museum.define(field("Author", MetadataKind::Text)).await;
    let mut settings = assistant("Concierge");
    settings.collections = vec![museum.collection.clone()];
    settings.filters = vec![filter("writer", MetadataOperator::Is, &["Eva"])];
    let unknown = hammock.create_assistant(owner, settings.clone()).await.unwrap_err();
    assert_eq!((unknown.code, unknown.field.as_deref()), (ErrorCode::InvalidField, Some("filters")));
    settings.filters = vec![filter("author", MetadataOperator::Is, &["Eva"])];
    let made = hammock.create_assistant(owner, settings).await.unwrap();

    let request = ChatRequest { assistant: Some(made.id.clone()), ..question("When does the museum open?") };
    let (_, answer) = ask(&museum.world, owner, request.clone()).await;
    assert_eq!(answer.answer_kind, AnswerKind::Quoted, "{}", answer.text);
    assert!(answer.citations.iter().all(|citation| citation.document == museum.old), "{:?}", answer.citations);
    // A question adds to them and takes nothing away.
    let adam = filter("author", MetadataOperator::Is, &["Adam"]);
    let (_, answer) = ask(&museum.world, owner, ChatRequest { filters: vec![adam.clone()], ..request.clone() }).await;
    assert_eq!((answer.answer_kind, answer.citations.len()), (AnswerKind::NotFound, 0), "{}", answer.text);
    assert!(!answer.text.contains("new.md"), "{}", answer.text);
    let unknown = filter("writer", MetadataOperator::Is, &["Adam"]);
    let refused = hammock.start_answer(owner, ChatRequest { filters: vec![unknown], ..request }, Locale::En).await;
    assert_eq!(refused.err().map(|error| error.code), Some(ErrorCode::InvalidField));
    let search = SearchRequest { query: "museum".to_owned(), assistant: Some(made.id), ..SearchRequest::default() };
    let hits = hammock.search(owner, search).await.unwrap().hits;
    assert!(!hits.is_empty() && hits.iter().all(|hit| hit.document == museum.old));
}
