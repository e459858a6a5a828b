//! Links that let others read a conversation.

use hammock_contract::{
    ConversationId, MessageId, ShareLinkId, Timestamp,
    chat::{Author, MessageState, Step},
    collection::CollectionAccess,
    conversation::ConversationQuery,
    share::{ShareAudience, ShareSettings},
    user::Role,
};

use super::{
    support::{NOW, Tenant, add_user, on_both, tenant},
    tenancy::Checked,
};
use crate::{
    Actor, Scope, Store, StoreError, Tx, audit, collection_access, collections, conversations, documents, members,
    messages,
    share_links::{self as links, ShareLinkRow, StoredToken},
};

pub fn settings(up_to: Option<MessageId>) -> ShareSettings {
    ShareSettings {
        audience: ShareAudience::Anyone,
        includes_later: up_to.is_none(),
        up_to,
        with_reasoning: false,
        with_sources: true,
        expires_at: None,
    }
}

fn token(name: &str) -> StoredToken {
    StoredToken { hash: format!("hash of {name}"), cipher: format!("cipher of {name}") }
}

/// Adds a question; its id.
async fn say(scope: &Scope, tx: &Tx, conversation: &ConversationId, text: &str) -> MessageId {
    let id = MessageId::new();
    messages::append(scope, tx, conversation, id.clone(), Author::User, text, None, NOW).await.unwrap();
    id
}

/// A link to a tenant's conversation.
pub async fn made(store: &Store, one: &Tenant, name: &str, settings: ShareSettings) -> ShareLinkRow {
    let tx = store.begin().await.unwrap();
    let id = ShareLinkId::new();
    let made = links::create(&one.scope, &tx, id, &one.conversation, token(name), settings, NOW).await.unwrap();
    tx.commit().await.unwrap();
    made
}

async fn opened(store: &Store, name: &str, now: Timestamp) -> Option<links::OpenLink> {
    links::open(store.read(), &token(name).hash, now).await.unwrap()
}

async fn texts(store: &Store, scope: &Scope) -> Vec<String> {
    let rows = links::list_messages(scope, store.read()).await.unwrap();
    rows.into_iter().map(|row| row.text).collect()
}

/// Every function, called with a scope that may see nothing of `one`'s conversation.
pub async fn ask_as_foreigner(checked: &mut Checked, foreign: &Scope, tx: &Tx, one: &Tenant, id: &ShareLinkId) {
    let (db, conversation) = (tx.db(), &one.conversation);
    let create =
        links::create(foreign, tx, ShareLinkId::new(), conversation, token("theirs"), settings(None), NOW).await;
    checked.nothing("share_links::create", create);
    if foreign.user().is_some() {
        checked.empty("share_links::list", links::list(foreign, db, conversation).await, Vec::new());
    } else {
        checked.nothing("share_links::list", links::list(foreign, db, conversation).await);
    }
    checked.nothing("share_links::find", links::find(foreign, db, conversation, id).await);
    checked.nothing("share_links::update", links::update(foreign, tx, conversation, id, settings(None)).await);
    checked.nothing("share_links::revoke", links::revoke(foreign, tx, conversation, id, NOW).await);
    checked.nothing("share_links::restore", links::restore(foreign, tx, conversation, id).await);
    checked.nothing("share_links::find_end", links::find_end(foreign, db, conversation, None).await);
    checked.nothing("share_links::list_messages", links::list_messages(foreign, db).await);
    checked.nothing("share_links::list_part", links::list_part(foreign, db, None, 1).await);
    checked.nothing("share_links::copy_messages", links::copy_messages(foreign, tx, conversation, Vec::new()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_shares_its_messages_until_it_ends() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let tx = store.begin().await.unwrap();
        let first = say(&one.scope, &tx, &one.conversation, "first").await;
        tx.commit().await.unwrap();
        let ends = NOW.plus_millis(10);
        let snapshot = ShareSettings { expires_at: Some(ends), ..settings(Some(first.clone())) };
        let row = made(store, &one, "snapshot", snapshot.clone()).await;
        assert_eq!((row.settings(), row.created_at), (snapshot, NOW));
        made(store, &one, "open end", settings(None)).await;
        let tx = store.begin().await.unwrap();
        let second = say(&one.scope, &tx, &one.conversation, "second").await;
        assert_eq!(links::find_end(&one.scope, tx.db(), &one.conversation, None).await.unwrap(), second);
        assert_eq!(links::find_end(&one.scope, tx.db(), &one.conversation, Some(&first)).await.unwrap(), first);
        let unknown = links::find_end(&one.scope, tx.db(), &one.conversation, Some(&MessageId::new())).await;
        assert!(matches!(unknown, Err(StoreError::NotFound)), "{unknown:?}");
        tx.commit().await.unwrap();

        let open = opened(store, "snapshot", NOW).await.unwrap();
        assert_eq!((open.title.as_str(), &open.assistant, &open.row), ("Hello", &one.assistant, &row));
        assert_eq!(texts(store, &open.scope).await, ["first"]);
        let later = opened(store, "open end", NOW).await.unwrap();
        assert_eq!(texts(store, &later.scope).await, ["first", "second"]);
        assert!(opened(store, "another", NOW).await.is_none());
        assert!(opened(store, "snapshot", ends).await.is_none(), "it has ended");
        assert!(opened(store, "open end", ends).await.is_some());

        // A last message that is not there shares nothing.
        let tx = store.begin().await.unwrap();
        let gone = settings(Some(MessageId::new()));
        links::update(&one.scope, &tx, &one.conversation, &row.id, gone).await.unwrap();
        tx.commit().await.unwrap();
        assert!(texts(store, &open.scope).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_goes_when_it_is_revoked_and_with_its_conversation_and_its_person() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, conversation) = (&one.scope, &one.conversation);
        let tx = store.begin().await.unwrap();
        say(scope, &tx, conversation, "first").await;
        tx.commit().await.unwrap();
        let row = made(store, &one, "link", settings(None)).await;
        let open = opened(store, "link", NOW).await.unwrap();

        let tx = store.begin().await.unwrap();
        links::revoke(scope, &tx, conversation, &row.id, NOW).await.unwrap();
        assert!(links::revoke(scope, &tx, conversation, &row.id, NOW).await.is_err(), "once");
        assert!(links::list(scope, tx.db(), conversation).await.unwrap().is_empty());
        assert!(links::find(scope, tx.db(), conversation, &row.id).await.is_err());
        assert!(links::update(scope, &tx, conversation, &row.id, settings(None)).await.is_err());
        tx.commit().await.unwrap();
        assert!(opened(store, "link", NOW).await.is_none());
        assert!(texts(store, &open.scope).await.is_empty(), "whoever had opened it reads no more");

        let tx = store.begin().await.unwrap();
        links::restore(scope, &tx, conversation, &row.id).await.unwrap();
        assert!(links::restore(scope, &tx, conversation, &row.id).await.is_err(), "it is there");
        tx.commit().await.unwrap();
        assert!(opened(store, "link", NOW).await.is_some());

        let tx = store.begin().await.unwrap();
        conversations::delete(scope, &tx, conversation, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(opened(store, "link", NOW).await.is_none());
        let tx = store.begin().await.unwrap();
        conversations::restore(scope, &tx, conversation).await.unwrap();
        links::revoke(scope, &tx, conversation, &row.id, NOW).await.unwrap();
        assert_eq!(links::purge(&tx, NOW).await.unwrap(), 0);
        assert_eq!(links::purge(&tx, NOW.plus_millis(1)).await.unwrap(), 1);
        assert!(links::restore(scope, &tx, conversation, &row.id).await.is_err());
        tx.commit().await.unwrap();

        // Whoever leaves the organisation shares nothing of it any more.
        let leaver = add_user(store, scope, "leaver@example.org", Role::User).await;
        let (theirs, tx) = (ConversationId::new(), store.begin().await.unwrap());
        conversations::create(&leaver, &tx, theirs.clone(), &one.assistant, "Theirs", NOW).await.unwrap();
        say(&leaver, &tx, &theirs, "mine").await;
        links::create(&leaver, &tx, ShareLinkId::new(), &theirs, token("theirs"), settings(None), NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(opened(store, "theirs", NOW).await.is_some());
        let tx = store.begin().await.unwrap();
        members::remove(scope, &tx, leaver.user().unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(opened(store, "theirs", NOW).await.is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_holds_a_link_reads_what_everybody_in_the_organisation_sees_and_writes_nothing() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let two = tenant(store, "two").await;
        let tx = store.begin().await.unwrap();
        say(&one.scope, &tx, &one.conversation, "first").await;
        tx.commit().await.unwrap();
        made(store, &one, "link", settings(None)).await;
        let holder = opened(store, "link", NOW).await.unwrap().scope;
        assert!(matches!(holder.actor(), Actor::ShareLink { conversation, .. } if *conversation == one.conversation));
        assert_eq!((holder.role(), holder.user(), holder.is_share_link()), (Role::User, None, true));

        let seen = collections::list_ids(&holder, store.read()).await.unwrap();
        assert!(seen.contains(&one.collection) && !seen.contains(&two.collection));
        assert!(documents::find(&holder, store.read(), &one.document).await.is_ok());
        assert!(documents::find_writable(&holder, store.read(), &one.document).await.is_err());
        assert!(messages::list(&holder, store.read(), &one.conversation).await.is_err(), "no way but its own");
        let tx = store.begin().await.unwrap();
        assert!(collections::find_writable(&holder, tx.db(), &one.collection).await.is_err());
        assert!(conversations::delete(&holder, &tx, &one.conversation, NOW).await.is_err());
        drop(tx);

        for access in [CollectionAccess::Chosen, CollectionAccess::Private] {
            let tx = store.begin().await.unwrap();
            collection_access::set(&one.scope, &tx, &one.collection, access, Some(&[]), NOW).await.unwrap();
            tx.commit().await.unwrap();
            assert!(!collections::list_ids(&holder, store.read()).await.unwrap().contains(&one.collection));
            assert!(documents::find(&holder, store.read(), &one.document).await.is_err(), "{access:?}");
        }
        // It stands in the audit as what it is, should it ever change something.
        let tx = store.begin().await.unwrap();
        audit::record(&holder, &tx, "a", "t", serde_json::json!({}), NOW).await.unwrap();
        let rows = audit::list(&one.scope, tx.db(), &hammock_contract::page::PageRequest::default()).await.unwrap();
        assert_eq!(rows.items[0].actor_kind, "share_link");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_belongs_to_who_made_it() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let reader = add_user(store, &one.scope, "reader@example.org", Role::User).await;
        let tx = store.begin().await.unwrap();
        say(&one.scope, &tx, &one.conversation, "first").await;
        say(&one.scope, &tx, &one.conversation, "second").await;
        let mut rows = messages::list(&one.scope, tx.db(), &one.conversation).await.unwrap();
        let step = Step { kind: "search".to_owned(), detail: "found".to_owned(), took_ms: 1, topics: Vec::new() };
        rows[1].steps = vec![step];
        rows[1].rating = Some(true);
        let copy = ConversationId::new();
        conversations::create(&reader, &tx, copy.clone(), &one.assistant, "Copy", NOW).await.unwrap();
        links::copy_messages(&reader, &tx, &copy, rows.clone()).await.unwrap();
        tx.commit().await.unwrap();

        let copies = messages::list(&reader, store.read(), &copy).await.unwrap();
        assert_eq!(
            copies.iter().map(|row| (row.ordinal, row.text.as_str())).collect::<Vec<_>>(),
            [(1, "first"), (2, "second")]
        );
        assert_eq!((&copies[1].steps, copies[1].rating, &copies[1].run_id), (&rows[1].steps, None, &None));
        assert!(
            copies.iter().all(|row| row.state == MessageState::Complete && rows.iter().all(|old| old.id != row.id))
        );
        // What was said in it is found in it.
        let search = ConversationQuery { query: Some("second".to_owned()), ..ConversationQuery::default() };
        let found = conversations::list(&reader, store.read(), &search, NOW).await.unwrap().items;
        assert_eq!(found.into_iter().map(|row| row.id).collect::<Vec<_>>(), std::slice::from_ref(&copy));
        // Nobody else's, and the first one is as it was.
        assert!(messages::list(&one.scope, store.read(), &copy).await.unwrap().is_empty());
        assert_eq!(messages::list(&one.scope, store.read(), &one.conversation).await.unwrap().len(), 2);
    })
    .await;
}
