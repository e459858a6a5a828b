//! Who sees what is in a collection: every way to read, for every setting and every kind of caller.

use hammock_contract::{
    AssistantId, ChunkEditId, CrawlId, DataFunctionId, KeyId, UserId,
    assistant::Access,
    collection::{AccessRule, CollectionAccess, CollectionSort},
    crawl::{CrawlPageOutcome, CrawlPageQuery, CrawlTrigger},
    deletion::Deletion,
    document::DocumentQuery,
    page::PageRequest,
    user::Role,
};

use super::{
    data_functions,
    evaluations::{self, Measured, let_in},
    support::{NOW, Tenant, add_user, new_edit, on_both, settings, tenant},
    watched::page,
};
use crate::{
    Scope, Store, StoreError, api_keys, assistants, chunk_edits, chunks, collection_access, collections, crawl_pages,
    crawls, dependents, documents, members, next_vectors, revisions, sources, waiting_chunks,
};

const SETTINGS: [CollectionAccess; 3] =
    [CollectionAccess::Organisation, CollectionAccess::Chosen, CollectionAccess::Private];

async fn set(store: &Store, one: &Tenant, access: CollectionAccess, people: &[UserId]) {
    let tx = store.begin().await.unwrap();
    collection_access::set(&one.scope, &tx, &one.collection, access, Some(people), NOW).await.unwrap();
    tx.commit().await.unwrap();
}

/// The scope of a key that somebody made.
async fn key_of(store: &Store, scope: &Scope) -> Scope {
    let maker = scope.user().unwrap().clone();
    let hash = format!("hash of {maker}");
    let new = api_keys::NewKey {
        id: KeyId::new(),
        name: "K".to_owned(),
        start: "hk_".to_owned(),
        secret_hash: hash.clone(),
        role: Role::User,
        created_by: maker,
    };
    let tx = store.begin().await.unwrap();
    api_keys::create(scope, &tx, new, NOW).await.unwrap();
    tx.commit().await.unwrap();
    api_keys::scope_for_secret(store.read(), &hash).await.unwrap().unwrap()
}

/// What people made of what is in a tenant's collection.
struct Made {
    edit: ChunkEditId,
    crawl: CrawlId,
    measured: Measured,
    function: DataFunctionId,
}

/// An edit of a chunk, a crawl, and a question that was asked.
async fn made(store: &Store, one: &Tenant) -> Made {
    let edit = new_edit(one, "one", 0);
    let tx = store.begin().await.unwrap();
    chunk_edits::put(&one.scope, &tx, edit.clone()).await.unwrap();
    let crawl = crawls::begin(&one.scope, &tx, &one.source, 1, CrawlTrigger::Person, NOW).await.unwrap();
    crawl_pages::put_many(&one.scope, &tx, &crawl, vec![page("a", CrawlPageOutcome::Added)]).await.unwrap();
    tx.commit().await.unwrap();
    let function = data_functions::made(store, one).await;
    Made { edit: edit.id, crawl, measured: evaluations::measured(store, one).await, function }
}

/// What each way to read brings: `true` where anything of the collection comes out.
async fn ways_to_read(store: &Store, scope: &Scope, one: &Tenant, made: &Made) -> Vec<(&'static str, bool)> {
    let db = store.read();
    let (collection, source, document) = (&one.collection, &one.source, &one.document);
    let by_source = DocumentQuery { source: Some(source.clone()), ..DocumentQuery::default() };
    let by_collection = DocumentQuery { collection: Some(collection.clone()), ..DocumentQuery::default() };
    let some = let_in;
    let listed = collections::list(scope, db, &PageRequest::default(), CollectionSort::Name).await;
    let named = collections::retain_visible(scope, db, std::slice::from_ref(collection)).await;
    let everything = documents::list(scope, db, &DocumentQuery::default()).await;
    let searched = collections::list_retrieval(scope, db, std::slice::from_ref(collection)).await;
    let edits = chunk_edits::list(scope, db, std::slice::from_ref(document)).await;
    let edit = chunk_edits::find_many(scope, db, std::slice::from_ref(&made.edit)).await;
    let locked = chunk_edits::lock(scope, &store.begin().await.unwrap(), document).await;
    let pages = crawl_pages::list(scope, db, source, &made.crawl, &CrawlPageQuery::default()).await;
    let standings = documents::list_standings(scope, db, std::slice::from_ref(document)).await;
    let deletion = Deletion::Document(document.clone());
    let mut ways = evaluations::ways_in(store, scope, one, &made.measured).await;
    ways.extend(data_functions::ways_in(store, scope, one, &made.function).await);
    ways.extend([
        ("collections::list", some(listed.map(|page| page.items.iter().any(|one| one.id == *collection)))),
        ("collections::find", some(collections::find(scope, db, collection).await.map(|_| true))),
        ("collections::find_row", some(collections::find_row(scope, db, collection).await.map(|_| true))),
        ("collections::find_writable", some(collections::find_writable(scope, db, collection).await.map(|_| true))),
        ("collections::list_ids", some(collections::list_ids(scope, db).await.map(|ids| ids.contains(collection)))),
        ("collections::retain_visible", some(named.map(|ids| !ids.is_empty()))),
        ("collections::list_retrieval", some(searched.map(|found| !found.is_empty()))),
        ("sources::list", some(sources::list(scope, db, collection, NOW).await.map(|found| !found.is_empty()))),
        ("sources::find", some(sources::find(scope, db, source, NOW).await.map(|_| true))),
        ("sources::find_row", some(sources::find_row(scope, db, source).await.map(|_| true))),
        ("sources::find_writable", some(sources::find_writable(scope, db, source).await.map(|_| true))),
        ("documents::list", some(everything.map(|page| !page.items.is_empty()))),
        ("by source", some(documents::list(scope, db, &by_source).await.map(|page| !page.items.is_empty()))),
        ("by collection", some(documents::list(scope, db, &by_collection).await.map(|page| !page.items.is_empty()))),
        ("documents::list_standings", some(standings.map(|found| !found.is_empty()))),
        ("dependents::count", some(dependents::count(scope, db, &deletion).await.map(|_| true))),
        ("documents::find", some(documents::find(scope, db, document).await.map(|_| true))),
        ("documents::find_writable", some(documents::find_writable(scope, db, document).await.map(|_| true))),
        ("revisions::find", some(revisions::find(scope, db, document, 1).await.map(|_| true))),
        ("revisions::find_part", some(revisions::find_part(scope, db, document, 1, 0..3).await.map(|_| true))),
        ("chunks::list", some(chunks::list(scope, db, document, 1).await.map(|found| !found.is_empty()))),
        ("chunks::load", some(chunks::load(scope, db, &one.chunks).await.map(|found| !found.is_empty()))),
        ("among", some(waiting_chunks::among(scope, db, "m", &one.chunks).await.map(|found| !found.is_empty()))),
        ("waiting", some(chunks::count_waiting_for(scope, db).await.map(|count| count > 0))),
        ("next", some(next_vectors::count_for(scope, db).await.map(|count| count.all > 0))),
        ("chunk_edits::list", some(edits.map(|found| !found.is_empty()))),
        ("chunk_edits::find_many", some(edit.map(|found| !found.is_empty()))),
        ("chunk_edits::lock", some(locked.map(|_| true))),
        ("crawls::list", some(crawls::list(scope, db, source).await.map(|found| !found.is_empty()))),
        ("crawl_pages::list", some(pages.map(|page| !page.items.is_empty()))),
    ]);
    ways
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_to_read_obeys_the_same_rule() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let made = made(store, &one).await;
        let chosen = add_user(store, &one.scope, "chosen@example.org", Role::User).await;
        let user = add_user(store, &one.scope, "user@example.org", Role::User).await;
        let administrator = add_user(store, &one.scope, "administrator@example.org", Role::Owner).await;
        let (chosen_key, user_key) = (key_of(store, &chosen).await, key_of(store, &user).await);
        let operator = Scope::operator(one.organisation.clone());
        let people = [chosen.user().unwrap().clone()];
        for access in SETTINGS {
            let people: &[UserId] = if access == CollectionAccess::Chosen { &people } else { &[] };
            set(store, &one, access, people).await;
            for (who, scope, is_chosen) in [
                ("who made it", &one.scope, false),
                ("somebody chosen", &chosen, true),
                ("their key", &chosen_key, true),
                ("another user", &user, false),
                ("their key", &user_key, false),
                ("an administrator", &administrator, false),
            ] {
                let made_it = scope == &one.scope;
                let rule = AccessRule::of(access, made_it, is_chosen, scope.role() >= Role::Administrator);
                for (way, found) in ways_to_read(store, scope, &one, &made).await {
                    assert_eq!(found, rule.lets_see(), "{access:?}: {way} as {who}");
                }
            }
            for (way, found) in ways_to_read(store, &operator, &one, &made).await {
                assert!(found, "{access:?}: {way} as the operator");
            }
            let hidden = collection_access::list_hidden(&administrator, store.read()).await.unwrap();
            assert_eq!(hidden.len(), usize::from(access != CollectionAccess::Organisation), "{access:?}");
            assert!(hidden.iter().all(|one| !one.can_read && one.description.is_empty() && one.documents == 0));
        }
        for (who, scope) in [("chosen", &chosen), ("user", &user)] {
            let managed = collection_access::find_managed(scope, store.read(), &one.collection).await;
            assert!(matches!(managed, Err(StoreError::Forbidden(_))), "{who}");
            let hidden = collection_access::list_hidden(scope, store.read()).await;
            assert!(matches!(hidden, Err(StoreError::Forbidden(_))), "{who}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_chosen_counts_only_as_long_as_that_is_set() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let chosen = add_user(store, &one.scope, "chosen@example.org", Role::User).await;
        let id = chosen.user().unwrap().clone();
        let sees = async || collections::list_ids(&chosen, store.read()).await.unwrap().contains(&one.collection);
        set(store, &one, CollectionAccess::Chosen, std::slice::from_ref(&id)).await;
        assert!(sees().await);
        let found =
            collection_access::list_concerned(&one.scope, store.read(), &one.collection, Some(&id)).await.unwrap();
        assert_eq!((found[0].chosen_at, found[0].chosen_by.as_deref()), (Some(NOW), Some("Ada Lovelace")));
        set(store, &one, CollectionAccess::Private, &[]).await;
        assert!(!sees().await);
        // Nobody comes back by an earlier choice.
        set(store, &one, CollectionAccess::Chosen, &[]).await;
        assert!(!sees().await);
        set(store, &one, CollectionAccess::Chosen, std::slice::from_ref(&id)).await;
        let tx = store.begin().await.unwrap();
        members::remove(&one.scope, &tx, &id).await.unwrap();
        tx.commit().await.unwrap();
        let left = collection_access::list_chosen(&one.scope, store.read(), &one.collection).await.unwrap();
        assert!(left.is_empty());
        // Who made it is gone: nobody sees it any more, and administrators manage it still.
        let administrator = add_user(store, &one.scope, "administrator@example.org", Role::Owner).await;
        set(store, &one, CollectionAccess::Private, &[]).await;
        let tx = store.begin().await.unwrap();
        members::remove(&administrator, &tx, &one.owner).await.unwrap();
        tx.commit().await.unwrap();
        let row = collection_access::find_managed(&administrator, store.read(), &one.collection).await.unwrap();
        assert_eq!((row.created_by, row.access), (None, CollectionAccess::Private));
        assert!(collections::list_ids(&administrator, store.read()).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_assistant_keeps_the_collections_that_its_editor_does_not_see() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let administrator = add_user(store, &one.scope, "administrator@example.org", Role::Administrator).await;
        set(store, &one, CollectionAccess::Private, &[]).await;
        let tx = store.begin().await.unwrap();
        let changed = settings("General", Vec::new(), Access::Organisation);
        assistants::update(&administrator, &tx, &one.assistant, changed, NOW).await.unwrap();
        // Nobody gives an assistant what they do not see.
        let theirs = settings("Other", vec![one.collection.clone()], Access::Organisation);
        let made = assistants::create(&administrator, &tx, AssistantId::new(), theirs, NOW).await;
        assert!(matches!(made, Err(StoreError::NotFound)), "{made:?}");
        tx.commit().await.unwrap();
        let kept = assistants::find(&one.scope, store.read(), &one.assistant).await.unwrap();
        assert_eq!(kept.settings.collections, std::slice::from_ref(&one.collection));

        // Unless they say so; of what they see, nothing goes.
        let tx = store.begin().await.unwrap();
        assert!(assistants::remove_hidden(&one.scope, &tx, &one.assistant, NOW).await.unwrap().is_empty());
        let removed = assistants::remove_hidden(&administrator, &tx, &one.assistant, NOW).await.unwrap();
        assert_eq!(removed, std::slice::from_ref(&one.collection));
        tx.commit().await.unwrap();
        let left = assistants::find(&one.scope, store.read(), &one.assistant).await.unwrap();
        assert!(left.settings.collections.is_empty());
        assert_eq!(left.settings.name, "General");
    })
    .await;
}
