//! Visitors: what they reach, what nobody else does, and what is left of them.

use hammock_contract::{
    ConversationId, MessageId, RunId, Timestamp, VisitorId,
    assistant::Access,
    chat::Author,
    collection::CollectionAccess,
    conversation::ConversationQuery,
    page::PageRequest,
    user::Role,
    visitor::{Channel, HeldQuery},
};
use serde_json::json;

use super::{
    support::{NOW, Tenant, add_user, on_both, settings, tenant},
    tenancy::Checked,
};
use crate::{
    Scope, Store, StoreError, Tx, accounts, assistants, audit, collection_access, collections, conversations,
    documents, maintenance, messages, runs,
    visitor_identities::{self, Identity},
    visitors,
};

/// A visitor of a tenant's assistant with a conversation.
pub async fn visited(store: &Store, one: &Tenant) -> (Scope, VisitorId, ConversationId) {
    let (id, conversation) = (VisitorId::new(), ConversationId::new());
    let new = visitors::NewVisitor {
        id: id.clone(),
        organisation: one.organisation.clone(),
        assistant: one.assistant.clone(),
        origin: "https://shop.example.com".to_owned(),
        channel: Channel::Widget,
    };
    let tx = store.begin().await.unwrap();
    let scope = visitors::create(&tx, new, NOW).await.unwrap();
    conversations::create(&scope, &tx, conversation.clone(), &one.assistant, "Return a parcel", NOW).await.unwrap();
    messages::append(&scope, &tx, &conversation, MessageId::new(), Author::User, "How?", None, NOW).await.unwrap();
    tx.commit().await.unwrap();
    (scope, id, conversation)
}

/// Every function with a scope, called with a foreign one.
pub async fn ask_as_foreigner(
    checked: &mut Checked,
    foreign: &Scope,
    tx: &Tx,
    one: &Tenant,
    conversation: &ConversationId,
) {
    checked.nothing("visitors::touch", visitors::touch(foreign, tx, NOW).await);
    checked.nothing("visitors::set_email", visitors::set_email(foreign, tx, "eva@example.org").await);
    let contact = visitors::set_contact(foreign, tx, conversation, "eva@example.org").await;
    checked.nothing("visitors::set_contact", contact);
    let contact = visitors::find_contact(foreign, tx.db(), conversation).await;
    checked.nothing("visitors::find_contact", contact);
    let identity = Identity { provider: "google".to_owned(), subject: "1".to_owned() };
    checked.nothing("visitor_identities::add", visitor_identities::add(foreign, tx, &identity, NOW).await);
    let described = visitor_identities::describe(foreign, tx, Some("Eva"), None).await;
    checked.nothing("visitor_identities::describe", described);
    checked.nothing("visitor_identities::said", visitor_identities::said(foreign, tx.db()).await);
    let taken = visitor_identities::take_over(foreign, tx, foreign).await;
    checked.nothing("visitor_identities::take_over", taken);
    let asker = visitor_identities::asker(foreign, tx.db(), &RunId::new()).await;
    checked.nothing("visitor_identities::asker", asker);
    let (db, first) = (tx.db(), PageRequest::default());
    let list = visitors::list_conversations(foreign, db, &one.assistant, &first).await;
    checked.nothing("visitors::list_conversations", list);
    let read = visitors::read_conversation(foreign, db, &one.assistant, conversation, &HeldQuery::default()).await;
    checked.nothing("visitors::read_conversation", read);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_reaches_their_own_and_what_their_assistant_has() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, id, conversation) = visited(store, &one).await;
        let opened = visitors::open(store.read(), &id, &one.assistant).await.unwrap();
        assert_eq!(opened.as_ref(), Some(&scope));
        assert!(scope.is_visitor() && scope.role() == Role::User && scope.user().is_some());
        let other = hammock_contract::AssistantId::new();
        assert_eq!(visitors::open(store.read(), &id, &other).await.unwrap(), None, "of another assistant");
        assert_eq!(visitors::open(store.read(), &VisitorId::new(), &one.assistant).await.unwrap(), None);

        // Only their own conversations, and those are in nobody else's list.
        let all = ConversationQuery::default();
        let own = conversations::list(&scope, store.read(), &all, NOW).await.unwrap().items;
        assert_eq!(own.iter().map(|row| &row.id).collect::<Vec<_>>(), [&conversation]);
        let inside = conversations::find(&scope, store.read(), &one.conversation).await;
        assert!(matches!(inside, Err(StoreError::NotFound)), "{inside:?}");
        let outside = conversations::find(&one.scope, store.read(), &conversation).await;
        assert!(matches!(outside, Err(StoreError::NotFound)), "{outside:?}");
        let theirs = conversations::list(&one.scope, store.read(), &all, NOW).await.unwrap().items;
        assert!(theirs.iter().all(|row| row.id != conversation), "{theirs:?}");
        let (another, _, _) = visited(store, &one).await;
        assert!(conversations::find(&another, store.read(), &conversation).await.is_err(), "another visitor's");

        // What the assistant has, also when it is restricted, and no other collection or assistant.
        let tx = store.begin().await.unwrap();
        let (kept, private) = (hammock_contract::CollectionId::new(), CollectionAccess::Private);
        collections::create(&one.scope, &tx, kept.clone(), "Not for visitors", "", NOW).await.unwrap();
        collection_access::set(&one.scope, &tx, &one.collection, private, None, NOW).await.unwrap();
        let second = hammock_contract::AssistantId::new();
        let made = settings("Second", vec![kept.clone()], Access::Organisation);
        assistants::create(&one.scope, &tx, second.clone(), made, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(collections::list_ids(&scope, store.read()).await.unwrap(), std::slice::from_ref(&one.collection));
        assert!(documents::find(&scope, store.read(), &one.document).await.is_ok());
        assert!(collections::find_row(&scope, store.read(), &kept).await.is_err());
        assert!(collections::find_writable(&scope, store.read(), &one.collection).await.is_err());
        assert!(assistants::find(&scope, store.read(), &one.assistant).await.is_ok());
        assert!(assistants::find(&scope, store.read(), &second).await.is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_visitors_do_not_do_is_not_written() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, id, _) = visited(store, &one).await;
        let tx = store.begin().await.unwrap();
        for action in ["assistant.create", "collection.delete", "conversation.delete", "share.create", ""] {
            let refused = audit::record(&scope, &tx, action, "x", json!({}), NOW).await;
            assert!(matches!(refused, Err(StoreError::NotFound)), "{action}: {refused:?}");
        }
        audit::record(&scope, &tx, "message.rate", "x", json!({}), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let events = audit::list(&one.scope, store.read(), &PageRequest::default()).await.unwrap().items;
        assert_eq!((events[0].actor_kind.as_str(), events[0].actor_id.as_deref()), ("visitor", Some(id.as_str())));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_looks_after_an_assistant_reads_what_visitors_said() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, id, conversation) = visited(store, &one).await;
        let tx = store.begin().await.unwrap();
        visitors::set_email(&scope, &tx, "eva@example.org").await.unwrap();
        tx.commit().await.unwrap();
        let (db, first) = (store.read(), PageRequest::default());
        let listed = visitors::list_conversations(&one.scope, db, &one.assistant, &first).await.unwrap().items;
        let [row] = listed.as_slice() else { panic!("{listed:?}") };
        assert_eq!((&row.conversation, row.title.as_str(), row.messages), (&conversation, "Return a parcel", 1));
        assert_eq!((&row.visitor.id, row.visitor.email.as_deref()), (&id, Some("eva@example.org")));
        assert_eq!((row.visitor.origin.as_str(), row.channel), ("https://shop.example.com", Channel::Widget));
        let query = |text: &str| PageRequest { query: Some(text.to_owned()), ..PageRequest::default() };
        for (text, found) in [("PÀRCEL return", 1), ("swallow", 0)] {
            let listed = visitors::list_conversations(&one.scope, db, &one.assistant, &query(text)).await.unwrap();
            assert_eq!(listed.items.len(), found, "{text}");
        }
        let all = HeldQuery::default();
        let read = visitors::read_conversation(&one.scope, db, &one.assistant, &conversation, &all).await.unwrap();
        assert_eq!(&read.held, row, "it is told with it, too");
        assert_eq!((read.summary.id, read.summary.assistant_name.as_str()), (conversation, "General"));
        assert_eq!((read.earlier, read.later, read.rows.len()), (0, 0, 1));
        // A conversation of somebody of the organisation is none of a visitor's.
        let inside = visitors::read_conversation(&one.scope, db, &one.assistant, &one.conversation, &all).await;
        assert!(matches!(inside, Err(StoreError::NotFound)), "{inside:?}");
    })
    .await;
}

async fn users(store: &Store) -> i64 {
    let found = store.read().row("SELECT COUNT(*) AS total FROM users", []).await.unwrap().unwrap();
    crate::row::value(&found, "total").unwrap()
}

async fn purged(store: &Store, before: Timestamp) -> u64 {
    let tx = store.begin().await.unwrap();
    let gone = visitors::purge(&tx, before).await.unwrap();
    tx.commit().await.unwrap();
    gone
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn visitors_are_no_people_and_do_not_stay_without_a_word() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        add_user(store, &one.scope, "bo@example.org", Role::User).await;
        let (_, id, conversation) = visited(store, &one).await;
        let (silent, _, unsaid) = visited(store, &one).await;
        let tx = store.begin().await.unwrap();
        conversations::delete(&silent, &tx, &unsaid, NOW).await.unwrap();
        conversations::purge(&tx, NOW.plus_millis(1)).await.unwrap();
        tx.commit().await.unwrap();
        let address = format!("{id}@visitor.invalid");
        assert_eq!(accounts::find_by_email(store.read(), &address).await.unwrap(), None, "nobody signs in with it");
        let counts = maintenance::count_rows(store.read()).await.unwrap();
        assert!(counts.contains(&("users", 2)), "{counts:?}");
        assert_eq!(users(store).await, 4);

        assert_eq!(purged(store, NOW).await, 0, "both were seen");
        assert_eq!(purged(store, NOW.plus_millis(1)).await, 1, "one said nothing that is kept");
        assert_eq!((users(store).await, purged(store, NOW.plus_millis(1)).await), (3, 0));
        let tx = store.begin().await.unwrap();
        assistants::delete(&one.scope, &tx, &one.assistant).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((purged(store, NOW).await, users(store).await), (1, 2), "the assistant is gone");
        let left = "SELECT COUNT(*) AS total FROM conversations WHERE id = $1";
        let left = store.read().row(left, [conversation.as_str().into()]).await.unwrap().unwrap();
        assert_eq!(crate::row::value::<i64>(&left, "total").unwrap(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_identity_has_one_visitor_of_an_assistant() {
    on_both(async |store| {
        let (one, two) = (tenant(store, "one").await, tenant(store, "two").await);
        let (scope, id, conversation) = visited(store, &one).await;
        let (other, _, moved) = visited(store, &one).await;
        let (foreign, _, _) = visited(store, &two).await;
        let file = super::attachments::attached(store, &other, "a.txt").await.document_id.unwrap();
        let identity = Identity { provider: "google".to_owned(), subject: "1".to_owned() };
        let said = visitor_identities::said(&scope, store.read()).await.unwrap();
        assert_eq!((said.name, said.signed_in), (None, false));

        let tx = store.begin().await.unwrap();
        assert!(visitor_identities::add(&scope, &tx, &identity, NOW).await.unwrap());
        assert!(!visitor_identities::add(&other, &tx, &identity, NOW).await.unwrap(), "it has a visitor");
        visitor_identities::describe(&scope, &tx, Some("Eva"), Some("eva@example.org")).await.unwrap();
        visitor_identities::describe(&scope, &tx, None, None).await.unwrap();
        assert_eq!(visitor_identities::take_over(&scope, &tx, &other).await.unwrap(), 1);
        let refused = visitor_identities::take_over(&scope, &tx, &foreign).await;
        assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
        tx.commit().await.unwrap();

        let opened = visitor_identities::open(store.read(), &one.assistant, &identity).await.unwrap();
        assert_eq!(opened.as_ref(), Some(&scope));
        assert_eq!(visitor_identities::open(store.read(), &two.assistant, &identity).await.unwrap(), None);
        let elsewhere = Identity { provider: "site".to_owned(), ..identity };
        assert_eq!(visitor_identities::open(store.read(), &one.assistant, &elsewhere).await.unwrap(), None);
        let said = visitor_identities::said(&scope, store.read()).await.unwrap();
        assert_eq!((said.name.as_deref(), said.signed_in), (Some("Eva"), true));

        let all = ConversationQuery::default();
        let own = conversations::list(&scope, store.read(), &all, NOW).await.unwrap().items;
        let own: Vec<_> = own.into_iter().map(|row| row.id).collect();
        assert!(documents::find(&scope, store.read(), &file).await.is_ok(), "what was sent comes along");
        assert!(documents::find(&other, store.read(), &file).await.is_err());
        assert!(own.contains(&conversation) && own.contains(&moved) && own.len() == 2, "{own:?}");
        assert!(conversations::list(&other, store.read(), &all, NOW).await.unwrap().items.is_empty());
        let page = PageRequest::default();
        let list = visitors::list_conversations(&one.scope, store.read(), &one.assistant, &page).await.unwrap().items;
        assert!(list.iter().all(|row| row.visitor.id == id && row.visitor.name.as_deref() == Some("Eva")), "{list:?}");
    })
    .await;
}

/// A visitor asks in a conversation of theirs; the run that makes the answer.
async fn asked(store: &Store, one: &Tenant, scope: &Scope, conversation: &ConversationId, key: &str) -> RunId {
    let (run, answer) = (RunId::new(), MessageId::new());
    let by = Some(messages::Maker { run: run.clone(), assistant: one.assistant.clone(), continues: false });
    let new = runs::NewRun {
        id: run.clone(),
        conversation: conversation.clone(),
        message: answer.clone(),
        idempotency_key: Some(key.to_owned()),
        replica: "one".to_owned(),
    };
    let tx = store.begin().await.unwrap();
    messages::append(scope, &tx, conversation, answer, Author::Assistant, "", by, NOW).await.unwrap();
    runs::create(scope, &tx, new, NOW).await.unwrap();
    tx.commit().await.unwrap();
    run
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_being_answered_and_an_address_come_along() {
    on_both(async |store| {
        let (one, two) = (tenant(store, "one").await, tenant(store, "two").await);
        let (scope, _, own) = visited(store, &one).await;
        let (other, _, moved) = visited(store, &one).await;
        let (third, _, also_moved) = visited(store, &one).await;
        let (foreign, _, _) = visited(store, &two).await;
        let first = asked(store, &one, &scope, &own, "same").await;
        let same = asked(store, &one, &other, &moved, "same").await;
        let unlike = asked(store, &one, &third, &also_moved, "unlike").await;
        let db = store.read();
        assert_eq!(visitor_identities::asker(&other, db, &same).await.unwrap(), other);

        let tx = store.begin().await.unwrap();
        visitors::set_email(&other, &tx, "eva@example.org").await.unwrap();
        for from in [&other, &third] {
            assert_eq!(visitor_identities::take_over(&scope, &tx, from).await.unwrap(), 1);
        }
        tx.commit().await.unwrap();
        for (from, run) in [(&other, &same), (&third, &unlike), (&scope, &first)] {
            assert_eq!(visitor_identities::asker(from, db, run).await.unwrap(), scope);
        }
        let foreign = visitor_identities::asker(&foreign, db, &same).await;
        assert!(matches!(foreign, Err(StoreError::NotFound)), "{foreign:?}");
        // A key still keeps a question from being asked twice, but for one that both have used.
        for (key, run) in [("same", first), ("unlike", unlike)] {
            assert_eq!(runs::find_by_key(&scope, db, key).await.unwrap().map(|row| row.id), Some(run), "{key}");
        }
        let page = PageRequest::default();
        let list = visitors::list_conversations(&one.scope, db, &one.assistant, &page).await.unwrap().items;
        assert!(list.iter().all(|row| row.visitor.email.as_deref() == Some("eva@example.org")), "{list:?}");
        assert_eq!(list.len(), 3);
    })
    .await;
}
