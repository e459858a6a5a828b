//! What goes with a collection, a source or a document.

use hammock_contract::{
    DataFunctionId, EvaluationQuestionId, MetadataFieldId,
    deletion::{Deletion, Dependents},
    function::FunctionDefinition,
    metadata::{MetadataFieldSettings, MetadataKind, MetadataOrigin},
};

use super::support::{NOW, new_document, new_edit, on_both, tenant};
use crate::{
    chunk_edits, data_functions, dependents, documents,
    evaluation_questions::{self, Expected},
    metadata_fields,
    metadata_values::{self, NewValue, TypedValue},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_made_is_counted_where_it_goes() {
    on_both(async |store| {
        let (one, other) = (tenant(store, "one").await, tenant(store, "two").await);
        let (scope, source) = (&one.scope, &one.source);
        let tx = store.begin().await.unwrap();
        let new = new_document("b.txt");
        let second = new.id.clone();
        documents::create_many(scope, &tx, source, vec![new], NOW).await.unwrap();
        chunk_edits::put(scope, &tx, new_edit(&one, "one", 0)).await.unwrap();
        chunk_edits::put(&other.scope, &tx, new_edit(&other, "one", 0)).await.unwrap();
        let function = FunctionDefinition::named("all");
        data_functions::create(scope, &tx, DataFunctionId::new(), source, &function, NOW).await.unwrap();
        let field = MetadataFieldId::new();
        let settings = MetadataFieldSettings {
            name: "Brand".to_owned(),
            kind: MetadataKind::Text,
            ..MetadataFieldSettings::default()
        };
        metadata_fields::create(scope, &tx, field.clone(), &one.collection, "brand", &settings, NOW).await.unwrap();
        // Two values of one field of one document, and the word of a person that another has none.
        let value = |text: &str| NewValue {
            field: field.clone(),
            origin: MetadataOrigin::Hand,
            raw: text.to_owned(),
            typed: Some(TypedValue::Text(text.to_owned())),
        };
        let two = vec![value("acme"), value("ajax")];
        metadata_values::write(scope, &tx, &one.document, &field, two).await.unwrap();
        metadata_values::write(scope, &tx, &second, &field, Vec::new()).await.unwrap();
        let expected = |location: &str| Expected { location: location.to_owned(), grade: 1 };
        for expected in [vec![expected("a.txt"), expected("b.txt")], vec![expected("b.txt")], vec![expected("c.txt")]] {
            let id = EvaluationQuestionId::new();
            evaluation_questions::create(scope, &tx, id, &one.collection, "Which?", &expected, NOW).await.unwrap();
        }
        tx.commit().await.unwrap();

        let count = async |deletion: Deletion| dependents::count(scope, store.read(), &deletion).await.unwrap();
        let of_all = Dependents { edits: 1, functions: 1, fields: 1, written: 2, questions: 3 };
        assert_eq!(count(Deletion::Collection(one.collection.clone())).await, of_all);
        let of_source = Dependents { fields: 0, questions: 2, ..of_all };
        assert_eq!(count(Deletion::Source(source.clone())).await, of_source);
        let of_document = Dependents { edits: 1, written: 1, questions: 1, ..Dependents::default() };
        assert_eq!(count(Deletion::Document(one.document.clone())).await, of_document);
        let of_second = Dependents { edits: 0, questions: 2, ..of_document };
        assert_eq!(count(Deletion::Document(second.clone())).await, of_second);
    })
    .await;
}
