//! The orders in which collections are listed.

use hammock_contract::{CollectionId, collection::CollectionSort, page::PageRequest};

use super::support::{NOW, on_both, tenant};
use crate::{Scope, Store, StoreError, collections};

/// The names of the collections, listed one a page.
async fn walked(store: &Store, scope: &Scope, sort: CollectionSort) -> Vec<String> {
    let (mut request, mut names) = (PageRequest { limit: Some(1), ..PageRequest::default() }, Vec::new());
    loop {
        let page = collections::list(scope, store.read(), &request, sort).await.unwrap();
        names.extend(page.items.into_iter().map(|collection| collection.name));
        let Some(token) = page.next_page_token else { return names };
        request.page_token = Some(token);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn collections_are_listed_by_name_or_by_time() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let tx = store.begin().await.unwrap();
        let at = |minutes: i64| NOW.plus_millis(minutes * 60_000);
        for (name, minutes) in [("beta", 3), ("Alpha", 2), ("gamma", 3)] {
            collections::create(scope, &tx, CollectionId::new(), name, "", at(minutes)).await.unwrap();
        }
        collections::touch(scope, &tx, &tenant.collection, at(9)).await.unwrap();
        tx.commit().await.unwrap();
        for (sort, expected) in [
            (CollectionSort::Name, ["Alpha", "beta", "gamma", "Knowledge"]),
            // Of those that were made together, the later id comes first.
            (CollectionSort::Created, ["gamma", "beta", "Alpha", "Knowledge"]),
            (CollectionSort::Changed, ["Knowledge", "gamma", "beta", "Alpha"]),
        ] {
            assert_eq!(walked(store, scope, sort).await, expected, "{sort:?}");
        }
        let page = PageRequest { limit: Some(1), ..PageRequest::default() };
        let by_name = collections::list(scope, store.read(), &page, CollectionSort::Name).await.unwrap();
        let foreign = PageRequest { page_token: by_name.next_page_token, ..page };
        let refused = collections::list(scope, store.read(), &foreign, CollectionSort::Created).await;
        assert!(matches!(refused, Err(StoreError::InvalidPageToken)), "{refused:?}");
    })
    .await;
}
