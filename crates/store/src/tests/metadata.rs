//! Fields of metadata, what documents carry for them, and who finds a document by them.

use hammock_contract::{
    DocumentId, MetadataFieldId, Page,
    document::DocumentQuery,
    metadata::{FoundMetadata, MetadataFieldSettings, MetadataKind, MetadataOrigin},
};

use super::{
    support::{NOW, Tenant, new_document, on_both, tenant},
    tenancy::Checked,
};
use crate::{
    Db, Scope, Tx, documents,
    metadata_fields::{self as fields, Carried},
    metadata_filters::{Condition, FieldTest, ValueTest},
    metadata_values::{self as values, NewValue, ReadMetadata, TypedValue},
};

fn settings(name: &str, kind: MetadataKind) -> MetadataFieldSettings {
    MetadataFieldSettings { name: name.to_owned(), kind, ..MetadataFieldSettings::default() }
}

fn read_value(field: &MetadataFieldId, raw: &str, typed: Option<TypedValue>) -> NewValue {
    NewValue { field: field.clone(), origin: MetadataOrigin::FrontMatter, raw: raw.to_owned(), typed }
}

fn text_value(field: &MetadataFieldId, raw: &str) -> NewValue {
    read_value(field, raw, Some(TypedValue::Text(raw.to_lowercase())))
}

fn only(field: &MetadataFieldId, test: ValueTest) -> Condition {
    Condition { tests: vec![FieldTest { field: field.clone(), test }], negated: false }
}

async fn define(one: &Tenant, tx: &Tx, name: &str, kind: MetadataKind) -> MetadataFieldId {
    let id = MetadataFieldId::new();
    let settings = settings(name, kind);
    fields::create(&one.scope, tx, id.clone(), &one.collection, &name.to_lowercase(), &settings, NOW).await.unwrap();
    id
}

async fn matching(one: &Tenant, db: Db<'_>, conditions: &[Condition]) -> Vec<DocumentId> {
    values::list_matching(&one.scope, db, std::slice::from_ref(&one.collection), conditions).await.unwrap()
}

/// Every function, called with a scope that may see nothing of `one`.
pub async fn ask_as_foreigner(checked: &mut Checked, foreign: &Scope, tx: &Tx, one: &Tenant) {
    let (db, collection, document) = (tx.db(), &one.collection, &one.document);
    let field = define(one, tx, "Brand", MetadataKind::Text).await;
    values::write(&one.scope, tx, document, &field, vec![text_value(&field, "Acme")]).await.unwrap();
    let kept = values::list(&one.scope, db, document).await.unwrap();
    let new = settings("Else", MetadataKind::Text);

    let create = fields::create(foreign, tx, MetadataFieldId::new(), collection, "else", &new, NOW).await;
    checked.nothing("metadata_fields::create", create);
    let update = fields::update(foreign, tx, collection, &field, "else", &new, NOW).await;
    checked.nothing("metadata_fields::update", update);
    checked.nothing("metadata_fields::delete", fields::delete(foreign, tx, collection, &field).await);
    checked.nothing("metadata_fields::find", fields::find(foreign, db, collection, &field).await);
    let list = fields::list(foreign, db, std::slice::from_ref(collection)).await;
    checked.empty("metadata_fields::list", list, Vec::new());
    let carried = fields::count_carried(foreign, db, collection).await;
    checked.empty("metadata_fields::count_carried", carried.map(|carried| carried.len()), 0);

    let found = vec![FoundMetadata { origin: MetadataOrigin::Csv, name: "a".to_owned(), values: Vec::new() }];
    let read = ReadMetadata { document: document.clone(), found, values: vec![text_value(&field, "Planted")] };
    checked.empty("metadata_values::put_read", values::put_read(foreign, tx, vec![read.clone()]).await, ());
    values::put_read(&one.scope, tx, vec![ReadMetadata { values: Vec::new(), ..read }]).await.unwrap();
    let ids = std::slice::from_ref(document);
    let found = values::find_found(foreign, db, ids).await;
    checked.empty("metadata_values::find_found", found.map(|found| found.len()), 0);
    assert_eq!(values::find_found(&one.scope, db, ids).await.unwrap().len(), 1);
    checked.empty("metadata_values::list", values::list(foreign, db, document).await, Vec::new());
    checked.empty("metadata_values::list_written", values::list_written(foreign, db, &field).await, Vec::new());
    let write = values::write(foreign, tx, document, &field, Vec::new()).await;
    checked.nothing("metadata_values::write", write);
    checked.nothing("metadata_values::restore", values::restore(foreign, tx, document, &field).await);
    let retype = values::retype(foreign, tx, kept[0].clone(), None).await;
    checked.nothing("metadata_values::retype", retype);
    let anything = [only(&field, ValueTest::Any)];
    let matches = values::list_matching(foreign, db, std::slice::from_ref(collection), &anything).await;
    checked.empty("metadata_values::list_matching", matches, Vec::new());

    let query = DocumentQuery { collection: Some(collection.clone()), ..DocumentQuery::default() };
    let listed = documents::list_meeting(foreign, db, &query, &anything).await;
    checked.empty("documents::list_meeting", listed, Page::single(Vec::new()));
    assert_eq!(documents::list_meeting(&one.scope, db, &query, &anything).await.unwrap().items.len(), 1);

    assert_eq!(values::list(&one.scope, db, document).await.unwrap(), kept, "nothing changed");
    assert_eq!(fields::find(&one.scope, db, collection, &field).await.unwrap().name, "Brand");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_wrote_counts_instead_of_what_was_read_and_survives_a_reading() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, document) = (&one.scope, &one.document);
        let tx = store.begin().await.unwrap();
        let brand = define(&one, &tx, "Brand", MetadataKind::Text).await;
        let read = |text: &str| ReadMetadata {
            document: document.clone(),
            found: Vec::new(),
            values: vec![text_value(&brand, text), read_value(&brand, "odd", None)],
        };
        let is = |text: &str| [only(&brand, ValueTest::Text(vec![text.to_owned()]))];
        values::put_read(scope, &tx, vec![read("Acme")]).await.unwrap();
        assert_eq!(matching(&one, tx.db(), &is("acme")).await, std::slice::from_ref(document));
        values::write(scope, &tx, document, &brand, vec![text_value(&brand, "Ours")]).await.unwrap();
        for _ in 0..2 {
            assert!(matching(&one, tx.db(), &is("acme")).await.is_empty());
            assert_eq!(matching(&one, tx.db(), &is("ours")).await.len(), 1);
            values::put_read(scope, &tx, vec![read("Acme")]).await.unwrap();
        }
        let counts = fields::count_carried(scope, tx.db(), &one.collection).await.unwrap();
        assert_eq!(counts[&brand], Carried { documents: 1, unreadable: 0 }, "what does not count is not counted");
        // A person says that there is none.
        values::write(scope, &tx, document, &brand, Vec::new()).await.unwrap();
        assert!(matching(&one, tx.db(), &[only(&brand, ValueTest::Any)]).await.is_empty());
        assert!(fields::count_carried(scope, tx.db(), &one.collection).await.unwrap().is_empty());
        values::restore(scope, &tx, document, &brand).await.unwrap();
        assert_eq!(matching(&one, tx.db(), &is("acme")).await.len(), 1);
        let counts = fields::count_carried(scope, tx.db(), &one.collection).await.unwrap();
        assert_eq!(counts[&brand], Carried { documents: 1, unreadable: 1 });
        assert!(values::restore(scope, &tx, document, &brand).await.is_err(), "nobody wrote anything");
        // The name and the key are the collection's own.
        tx.commit().await.unwrap();
        let tx = store.begin().await.unwrap();
        let again = settings("BRAND", MetadataKind::Date);
        let taken = fields::create(scope, &tx, MetadataFieldId::new(), &one.collection, "else", &again, NOW).await;
        assert!(taken.unwrap_err().is_duplicate());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_dates_and_answers_are_compared_as_what_they_are() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let scope = &one.scope;
        let tx = store.begin().await.unwrap();
        let added = documents::create_many(scope, &tx, &one.source, vec![new_document("b.txt")], NOW).await.unwrap();
        let (first, second) = (one.document.clone(), added[0].id.clone());
        let number = define(&one, &tx, "Number", MetadataKind::Number).await;
        let date = define(&one, &tx, "Date", MetadataKind::Date).await;
        let sure = define(&one, &tx, "Sure", MetadataKind::Boolean).await;
        let read = |document: &DocumentId, value: f64, day: i64, yes: bool| ReadMetadata {
            document: document.clone(),
            found: Vec::new(),
            values: vec![
                read_value(&number, "n", Some(TypedValue::Number(value))),
                read_value(&date, "d", Some(TypedValue::Date(day))),
                read_value(&sure, "s", Some(TypedValue::Boolean(yes))),
            ],
        };
        // As texts, 9 would be more than 10.
        let both = vec![read(&first, 9.0, -5, true), read(&second, 10.5, 1_000, false)];
        values::put_read(scope, &tx, both).await.unwrap();
        let expect = async |condition: Condition, wanted: &[&DocumentId]| {
            let found = matching(&one, tx.db(), std::slice::from_ref(&condition)).await;
            let mut wanted: Vec<DocumentId> = wanted.iter().map(|id| (*id).clone()).collect();
            wanted.sort_unstable();
            assert_eq!(found, wanted, "{condition:?}");
        };
        expect(only(&number, ValueTest::NumberBetween(Some(10.0), None)), &[&second]).await;
        expect(only(&number, ValueTest::NumberBetween(Some(9.0), Some(10.5))), &[&first, &second]).await;
        expect(only(&number, ValueTest::Number(vec![9.0, 7.0])), &[&first]).await;
        expect(only(&date, ValueTest::Date(vec![(None, Some(1_000))])), &[&first]).await;
        expect(only(&date, ValueTest::Date(vec![(Some(1_000), None)])), &[&second]).await;
        expect(only(&sure, ValueTest::Boolean(false)), &[&second]).await;
        expect(Condition { negated: true, ..only(&sure, ValueTest::Boolean(false)) }, &[&first]).await;
        expect(Condition { tests: Vec::new(), negated: false }, &[]).await;
        let together = [only(&sure, ValueTest::Boolean(true)), only(&number, ValueTest::Number(vec![10.5]))];
        assert!(matching(&one, tx.db(), &together).await.is_empty(), "all of them count");
        fields::delete(scope, &tx, &one.collection, &number).await.unwrap();
        assert_eq!(values::list(scope, tx.db(), &first).await.unwrap().len(), 2);
    })
    .await;
}
