//! JSON functions, and the files that they ask.

use hammock_contract::{DataFunctionId, Timestamp, document::DocumentState, function::FunctionDefinition};

use super::{
    evaluations::let_in,
    support::{NOW, Tenant, new_document, on_both, tenant},
    tenancy::Checked,
};
use crate::{Scope, Store, StoreError, Tx, data_functions as functions, documents, sources};

fn named(name: &str) -> FunctionDefinition {
    FunctionDefinition::named(name)
}

/// A function of a tenant, and a file for it.
pub async fn made(store: &Store, one: &Tenant) -> DataFunctionId {
    let id = DataFunctionId::new();
    let tx = store.begin().await.unwrap();
    functions::create(&one.scope, &tx, id.clone(), &one.source, &named("all"), NOW).await.unwrap();
    let file = documents::NewDocument { file_key: Some("key".to_owned()), ..new_document("a.csv") };
    documents::create_many(&one.scope, &tx, &one.source, vec![file], NOW).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Every function, called with a scope that may see nothing of `one`.
pub async fn ask_as_foreigner(checked: &mut Checked, foreign: &Scope, tx: &Tx, one: &Tenant, id: &DataFunctionId) {
    let (db, source) = (tx.db(), &one.source);
    let create = functions::create(foreign, tx, DataFunctionId::new(), source, &named("mine"), NOW).await;
    checked.nothing("data_functions::create", create);
    let update = functions::update(foreign, tx, source, id, &named("mine"), NOW).await;
    checked.nothing("data_functions::update", update);
    checked.nothing("data_functions::delete", functions::delete(foreign, tx, source, id).await);
    checked.nothing("data_functions::find", functions::find(foreign, db, source, id).await);
    checked.empty("data_functions::list", functions::list(foreign, db, source).await, Vec::new());
    checked.empty("data_functions::count", functions::count(foreign, db, source).await, 0);
    checked.empty("data_functions::list_files", functions::list_files(foreign, db, source).await, Vec::new());
}

/// What each way to read and to write brings a scope of the same organisation: `true` where it is let in. Nothing stays of it.
pub async fn ways_in(store: &Store, scope: &Scope, one: &Tenant, id: &DataFunctionId) -> Vec<(&'static str, bool)> {
    let tx = store.begin().await.unwrap();
    let (db, source) = (tx.db(), &one.source);
    let listed = functions::list(scope, db, source).await;
    let count = functions::count(scope, db, source).await;
    let files = functions::list_files(scope, db, source).await;
    let found = functions::find(scope, db, source, id).await;
    let created = functions::create(scope, &tx, DataFunctionId::new(), source, &named("other"), NOW).await;
    let updated = functions::update(scope, &tx, source, id, &named("changed"), NOW).await;
    let deleted = functions::delete(scope, &tx, source, id).await;
    vec![
        ("data_functions::list", let_in(listed.map(|all| !all.is_empty()))),
        ("data_functions::count", let_in(count.map(|count| count > 0))),
        ("data_functions::list_files", let_in(files.map(|all| !all.is_empty()))),
        ("data_functions::find", let_in(found.map(|_| true))),
        ("data_functions::create", let_in(created.map(|()| true))),
        ("data_functions::update", let_in(updated.map(|()| true))),
        ("data_functions::delete", let_in(deleted.map(|()| true))),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_is_kept_as_it_is_defined_and_goes_with_its_source() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, source) = (&one.scope, &one.source);
        let id = made(store, &one).await;
        let tx = store.begin().await.unwrap();
        let changed = FunctionDefinition { description: "Everything".to_owned(), limit: 7, ..named("every_row") };
        let later = Timestamp::from_millis(NOW.as_millis() + 1);
        functions::update(scope, &tx, source, &id, &changed, later).await.unwrap();
        tx.commit().await.unwrap();
        let kept = functions::find(scope, store.read(), source, &id).await.unwrap();
        assert_eq!((&kept.definition, kept.name.as_str()), (&changed, "every_row"));
        assert_eq!((kept.created_at, kept.updated_at), (NOW, later));

        // A name is taken once in a source.
        let tx = store.begin().await.unwrap();
        let again = functions::create(scope, &tx, DataFunctionId::new(), source, &named("every_row"), NOW).await;
        assert!(matches!(again, Err(StoreError::Duplicate(_))), "{again:?}");
        drop(tx);

        // Files alone are asked, and no failed ones.
        let files = functions::list_files(scope, store.read(), source).await.unwrap();
        assert_eq!(files.iter().map(|file| file.location.as_str()).collect::<Vec<_>>(), ["a.csv"]);
        let tx = store.begin().await.unwrap();
        documents::set_state(scope, &tx, &files[0].document, DocumentState::Failed, None).await.unwrap();
        assert!(functions::list_files(scope, tx.db(), source).await.unwrap().is_empty());
        sources::delete(scope, &tx, source).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(functions::count(scope, store.read(), source).await.unwrap(), 0);
        let gone = functions::find(scope, store.read(), source, &id).await;
        assert!(matches!(gone, Err(StoreError::NotFound)), "{gone:?}");
    })
    .await;
}
