//! Files and pictures in conversations: whose they are, and that nothing lists what holds them.

use hammock_contract::{
    AttachmentId, CollectionId, DocumentId, MessageId, SourceId,
    attachment::{AttachmentKind, AttachmentState},
    chat::Author,
    collection::CollectionSort,
    document::DocumentQuery,
    page::PageRequest,
    source::SourceKind,
    user::Role,
};

use super::{
    support::{NOW, Tenant, add_user, answer_with, new_document, on_both, tenant},
    tenancy::Checked,
    visitors::visited,
};
use crate::{
    Scope, Store, StoreError, Tx,
    attachments::{self, AttachmentRow},
    collection_access, collections, conversations, documents, messages, sources,
};

/// A file of the scope's person, as it is when it has arrived.
pub async fn attached(store: &Store, scope: &Scope, name: &str) -> AttachmentRow {
    let (collection, source, document) = (CollectionId::new(), SourceId::new(), DocumentId::new());
    let row = AttachmentRow {
        id: AttachmentId::new(),
        organisation_id: scope.organisation().clone(),
        user_id: scope.user().cloned(),
        conversation_id: None,
        message_id: None,
        collection_id: collection.clone(),
        document_id: Some(document.clone()),
        name: name.to_owned(),
        media_type: "text/plain".to_owned(),
        bytes: 3,
        file_key: format!("{collection}/one"),
        created_at: NOW,
        ordinal: 0,
    };
    let tx = store.begin().await.unwrap();
    attachments::create_collection(scope, &tx, &collection, name, NOW).await.unwrap();
    sources::create(scope, &tx, source.clone(), &collection, name, SourceKind::Upload, NOW).await.unwrap();
    let new = documents::NewDocument { id: document, ..new_document(name) };
    documents::create_many(scope, &tx, &source, vec![new], NOW).await.unwrap();
    attachments::create(scope, &tx, row.clone()).await.unwrap();
    tx.commit().await.unwrap();
    row
}

pub async fn ask_as_foreigner(checked: &mut Checked, foreign: &Scope, tx: &Tx, one: &Tenant, row: &AttachmentRow) {
    let db = tx.db();
    checked.nothing("attachments::create", attachments::create(foreign, tx, row.clone()).await);
    checked.nothing("attachments::find", attachments::find(foreign, db, &row.id).await);
    let sent = attachments::list(foreign, db, &one.conversation, &[MessageId::new()]).await;
    checked.empty("attachments::list", sent, Vec::new());
    let up_to = attachments::list_to(foreign, db, &one.conversation, &MessageId::new()).await;
    checked.empty("attachments::list_to", up_to, Vec::new());
    checked.empty("attachments::list_collections", attachments::list_collections(foreign, db).await, Vec::new());
    checked.empty("attachments::hides", attachments::hides(foreign, db, &row.collection_id).await, false);
    checked.empty(
        "attachments::list_of_visitor",
        attachments::list_of_visitor(foreign, db, &one.conversation, &[MessageId::new()]).await,
        Vec::new(),
    );
    // Nobody reads by it who holds no link.
    checked.nothing("attachments::list_shared_names", attachments::list_shared_names(foreign, db).await);
    let given = attachments::give(foreign, tx, &row.id, &one.conversation, &MessageId::new(), 0).await;
    checked.nothing("attachments::give", given);
    let kept = attachments::keep(foreign, tx, &row.id, &MessageId::new(), &MessageId::new(), 0).await;
    checked.nothing("attachments::keep", kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_its_persons_and_stands_in_no_list() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let two = tenant(store, "two").await;
        let colleague = add_user(store, &one.scope, "colleague@example.org", Role::Administrator).await;
        let (scope, db) = (&one.scope, store.read());
        let row = attached(store, scope, "a.txt").await;
        // Two of one name are no trouble.
        attached(store, scope, "a.txt").await;
        let found = attachments::find(scope, db, &row.id).await.unwrap().into_attachment();
        assert_eq!((found.kind, found.state), (AttachmentKind::File, AttachmentState::Processing));
        let document = row.document_id.clone().unwrap();
        answer_with(store, scope, &document, &["one"]).await;
        let found = attachments::find(scope, db, &row.id).await.unwrap().into_attachment();
        assert_eq!((found.state, found.error), (AttachmentState::Ready, None));

        for other in [&colleague, &two.scope] {
            let refused = attachments::find(other, db, &row.id).await;
            assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
            assert!(documents::find(other, db, &document).await.is_err());
            assert!(attachments::list_collections(other, db).await.unwrap().is_empty());
            assert!(!collections::list_ids(other, db).await.unwrap().contains(&row.collection_id));
            let tx = store.begin().await.unwrap();
            let given = attachments::give(other, &tx, &row.id, &one.conversation, &MessageId::new(), 0).await;
            assert!(matches!(given, Err(StoreError::NotFound)), "{given:?}");
        }
        // Nor does its own person meet it anywhere but in a conversation.
        assert!(documents::find(scope, db, &document).await.is_ok());
        assert!(!collections::list_ids(scope, db).await.unwrap().contains(&row.collection_id));
        let listed = collections::list(scope, db, &PageRequest::default(), CollectionSort::Name).await.unwrap();
        assert!(listed.items.iter().all(|listed| listed.id == one.collection), "{:?}", listed.items);
        let listed = documents::list(scope, db, &DocumentQuery::default()).await.unwrap();
        assert!(listed.items.iter().all(|listed| listed.id == one.document), "{:?}", listed.items);
        assert!(collection_access::list_hidden(&colleague, db).await.unwrap().is_empty());
        let managed = collection_access::find_managed(&colleague, db, &row.collection_id).await;
        assert!(matches!(managed, Err(StoreError::NotFound)), "{managed:?}");
        assert!(attachments::hides(scope, db, &row.collection_id).await.unwrap());
        assert!(!attachments::hides(scope, db, &one.collection).await.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_sent_once_and_abandoned_with_its_conversation() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, db) = (&one.scope, store.read());
        let row = attached(store, scope, "a.txt").await;
        let unsent = attached(store, scope, "b.txt").await;
        let question = MessageId::new();
        let tx = store.begin().await.unwrap();
        messages::append(scope, &tx, &one.conversation, question.clone(), Author::User, "What?", None, NOW)
            .await
            .unwrap();
        attachments::give(scope, &tx, &row.id, &one.conversation, &question, 0).await.unwrap();
        let again = attachments::give(scope, &tx, &row.id, &one.conversation, &question, 0).await;
        assert!(matches!(again, Err(StoreError::NotFound)), "{again:?}");
        tx.commit().await.unwrap();
        let listed = attachments::list(scope, db, &one.conversation, std::slice::from_ref(&question)).await.unwrap();
        let listed: Vec<_> = listed.into_iter().map(|found| (found.row.id, found.row.message_id)).collect();
        assert_eq!(listed, [(row.id.clone(), Some(question))]);

        let abandoned = async |after: i64| -> Vec<AttachmentId> {
            let rows = attachments::list_abandoned(store.read(), NOW.plus_millis(after)).await.unwrap();
            rows.into_iter().map(|row| row.id).collect()
        };
        assert!(abandoned(0).await.is_empty());
        assert_eq!(abandoned(1).await, std::slice::from_ref(&unsent.id));
        let tx = store.begin().await.unwrap();
        conversations::delete(scope, &tx, &one.conversation, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(attachments::find(scope, db, &row.id).await.is_err(), "the conversation is not there either");
        let tx = store.begin().await.unwrap();
        conversations::purge(&tx, NOW.plus_millis(1)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(abandoned(1).await, [row.id.clone(), unsent.id]);

        // With its collection everything of it is gone.
        let tx = store.begin().await.unwrap();
        collections::delete(&Scope::for_attachment(&row), &tx, &row.collection_id).await.unwrap();
        tx.commit().await.unwrap();
        assert!(attachments::find(scope, db, &row.id).await.is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_keeps_what_the_one_had_whose_place_it_takes() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, db, conversation) = (&one.scope, store.read(), &one.conversation);
        let kept = attached(store, scope, "a.txt").await;
        let left = attached(store, scope, "b.txt").await;
        let [first, second, third] = std::array::from_fn(|_| MessageId::new());
        let tx = store.begin().await.unwrap();
        for id in [&first, &second, &third] {
            messages::append_after(scope, &tx, conversation, None, id.clone(), Author::User, "What?", None, NOW)
                .await
                .unwrap();
        }
        for (ordinal, row) in (0..).zip([&kept, &left]) {
            attachments::give(scope, &tx, &row.id, conversation, &first, ordinal).await.unwrap();
        }
        attachments::keep(scope, &tx, &kept.id, &first, &second, 0).await.unwrap();
        // From one that has it only because it kept it, too.
        attachments::keep(scope, &tx, &kept.id, &second, &third, 3).await.unwrap();
        for (row, replaced) in [(&kept, &first), (&left, &second)] {
            let refused = attachments::keep(scope, &tx, &row.id, replaced, &third, 0).await;
            assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
        }
        tx.commit().await.unwrap();
        let all = attachments::list(scope, db, conversation, &[first.clone(), third.clone()]).await.unwrap();
        let of = |question: &MessageId| -> Vec<AttachmentId> {
            all.iter().filter(|found| found.is_of(question)).map(|found| found.row.id.clone()).collect()
        };
        assert_eq!(of(&first), [kept.id.clone(), left.id.clone()]);
        assert_eq!(of(&third), std::slice::from_ref(&kept.id));
        // Of a part of the conversation, what was first sent before it is there, too, and what was sent with the rest is not.
        let part = attachments::list(scope, db, conversation, std::slice::from_ref(&third)).await.unwrap();
        assert_eq!(part.iter().map(|found| &found.row.id).collect::<Vec<_>>(), [&kept.id]);
        assert_eq!(part[0].kept_in, [(third.clone(), 3)]);
        assert!(attachments::list(scope, db, conversation, &[]).await.unwrap().is_empty());
        let branch = attachments::list_to(scope, db, conversation, &third).await.unwrap();
        assert_eq!((branch.len(), &branch[0].row.id), (1, &kept.id));
        assert_eq!((branch[0].place_in(&third), branch[0].place_in(&MessageId::new())), (Some(3), None));
        assert_eq!(branch[0].last_question(), Some(&third));
        assert_eq!(branch[0].kept_in, [(third, 3)]);
        // What another branch kept is not asked about on this one.
        let before = attachments::list_to(scope, db, conversation, &first).await.unwrap();
        assert!(before.len() == 2 && before.iter().all(|found| found.kept_in.is_empty()), "{before:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_arrives_first_stands_where_it_was_attached() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, conversation) = (&one.scope, &one.conversation);
        let [arrived_first, arrived_last] =
            [attached(store, scope, "ebb.md").await, attached(store, scope, "tides.md").await];
        let question = MessageId::new();
        let tx = store.begin().await.unwrap();
        messages::append(scope, &tx, conversation, question.clone(), Author::User, "What?", None, NOW).await.unwrap();
        for (ordinal, row) in (0..).zip([&arrived_last, &arrived_first]) {
            attachments::give(scope, &tx, &row.id, conversation, &question, ordinal).await.unwrap();
        }
        tx.commit().await.unwrap();
        let expected = [arrived_last.id, arrived_first.id];
        let ids = |found: Vec<attachments::FoundAttachment>| -> Vec<AttachmentId> {
            found.into_iter().map(|found| found.row.id).collect()
        };
        let sent = attachments::list(scope, store.read(), conversation, std::slice::from_ref(&question)).await;
        assert_eq!(ids(sent.unwrap()), expected);
        let branch = attachments::list_to(scope, store.read(), conversation, &question).await.unwrap();
        assert_eq!(ids(branch), expected);
    })
    .await;
}

#[tokio::test]
async fn a_visitors_file_is_that_visitors_alone() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let two = tenant(store, "two").await;
        let ((visitor, _, conversation), (other, _, _)) = (visited(store, &one).await, visited(store, &one).await);
        let (elsewhere, _, _) = visited(store, &two).await;
        let db = store.read();
        let row = attached(store, &visitor, "a.txt").await;
        let document = row.document_id.clone().unwrap();
        assert!(attachments::find(&visitor, db, &row.id).await.is_ok());
        assert!(documents::find(&visitor, db, &document).await.is_ok());
        assert!(!collections::list_ids(&visitor, db).await.unwrap().contains(&row.collection_id));
        assert!(collections::find_writable(&visitor, db, &one.collection).await.is_err(), "nothing else is theirs");
        for other in [&other, &elsewhere, &one.scope, &two.scope] {
            let refused = attachments::find(other, db, &row.id).await;
            assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
            assert!(documents::find(other, db, &document).await.is_err());
            assert!(collections::find_writable(other, db, &row.collection_id).await.is_err());
        }
        // Nor is what the people of the organisation sent a visitor's.
        let inside = attached(store, &one.scope, "b.txt").await;
        assert!(attachments::find(&visitor, db, &inside.id).await.is_err());
        let tx = store.begin().await.unwrap();
        let asked = messages::list(&visitor, tx.db(), &conversation).await.unwrap()[0].id.clone();
        let given = attachments::give(&other, &tx, &row.id, &conversation, &asked, 0).await;
        assert!(matches!(given, Err(StoreError::NotFound)), "{given:?}");
        attachments::give(&visitor, &tx, &row.id, &conversation, &asked, 0).await.unwrap();
        tx.commit().await.unwrap();
        let these = std::slice::from_ref(&asked);
        assert_eq!(attachments::list(&visitor, db, &conversation, these).await.unwrap().len(), 1);
        let told = attachments::list_of_visitor(&one.scope, db, &conversation, these).await.unwrap();
        let told: Vec<_> = told.into_iter().map(|(message, sent)| (message, sent.name)).collect();
        assert_eq!(told, [(asked.clone(), "a.txt".to_owned())]);
        let part = attachments::list_of_visitor(&one.scope, db, &conversation, &[MessageId::new()]).await.unwrap();
        assert!(part.is_empty(), "of other messages: {part:?}");
        assert!(attachments::list_of_visitor(&two.scope, db, &conversation, these).await.unwrap().is_empty());
        assert!(
            attachments::list_of_visitor(&visitor, db, &conversation, these).await.is_err(),
            "administrators alone"
        );
        assert!(attachments::list(&other, db, &conversation, these).await.unwrap().is_empty());
    })
    .await;
}
