//! Assistants, conversations, messages, runs, events.

use hammock_contract::{
    ApiError, AssistantId, ChunkId, CollectionId, ConnectionId, ConversationId, DocumentId, ErrorCode, MessageId,
    RunId, Timestamp,
    assistant::Access,
    chat::{AnswerKind, Author, Citation, MessageState, Step},
    connection::ProviderKind,
    conversation::{ConversationQuery, MessagesQuery},
    document::ChunkEdited,
    page::PageRequest,
    passage::{Place, TablePart},
    reading::TextSpan,
    stream::StreamEvent,
    support::{UnsupportedReason, UnsupportedSentence},
    user::Role,
};

use super::support::{NOW, Tenant, add_user, on_both, settings, tenant};
use crate::{
    Scope, Store, StoreError, assistants, connections, conversations, messages, replicas, runs,
    stream_events::{self, EventRow},
};

async fn ask(store: &Store, tenant: &Tenant, key: Option<&str>) -> crate::Result<(MessageId, RunId)> {
    let tx = store.begin().await?;
    let (answer, run) = (MessageId::new(), RunId::new());
    let conversation = &tenant.conversation;
    messages::append(&tenant.scope, &tx, conversation, MessageId::new(), Author::User, "Why?", None, NOW).await?;
    let by = Some(messages::Maker { run: run.clone(), assistant: tenant.assistant.clone(), continues: false });
    messages::append(&tenant.scope, &tx, conversation, answer.clone(), Author::Assistant, "", by, NOW).await?;
    let new = runs::NewRun {
        id: run.clone(),
        conversation: conversation.clone(),
        message: answer.clone(),
        idempotency_key: key.map(str::to_owned),
        replica: "one".to_owned(),
    };
    runs::create(&tenant.scope, &tx, new, NOW).await?;
    tx.commit().await?;
    Ok((answer, run))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn private_assistants_are_seen_by_their_maker_alone() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let user = add_user(store, &tenant.scope, "user@example.org", Role::User).await;
        let mine = AssistantId::new();
        let tx = store.begin().await.unwrap();
        let private = settings("Diary", vec![tenant.collection.clone()], Access::Private);
        assistants::create(&user, &tx, mine.clone(), private, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let names = async |scope: &Scope| {
            let page = assistants::list(scope, store.read(), &PageRequest::default()).await.unwrap();
            page.items.into_iter().map(|row| row.settings.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&user).await, ["Diary", "General"]);
        assert_eq!(names(&tenant.scope).await, ["General"]);
        assert!(assistants::find(&tenant.scope, store.read(), &mine).await.is_err());
        assert_eq!(assistants::count(&tenant.scope, store.read()).await.unwrap(), 2);
        assert_eq!(assistants::first(&user, store.read()).await.unwrap().id, tenant.assistant);
        let tx = store.begin().await.unwrap();
        assert!(assistants::delete(&tenant.scope, &tx, &mine).await.is_err());
        assistants::delete(&user, &tx, &mine).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_assistant_follows_what_it_refers_to() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, connection) = (&tenant.scope, ConnectionId::new());
        let tx = store.begin().await.unwrap();
        let kind = ProviderKind::Compatible;
        connections::create(scope, &tx, connection.clone(), "vLLM", kind, "http://x/v1", None, NOW).await.unwrap();
        let mut changed = settings("General", vec![tenant.collection.clone()], Access::Organisation);
        changed.connection = Some(connection.clone());
        changed.temperature = 0.7;
        let later = NOW.plus_millis(5);
        assistants::update(scope, &tx, &tenant.assistant, changed.clone(), later).await.unwrap();
        let row = assistants::find(scope, tx.db(), &tenant.assistant).await.unwrap();
        assert_eq!((&row.settings, row.updated_at, row.created_at), (&changed, later, NOW));
        let mut unknown = changed.clone();
        unknown.collections = vec![CollectionId::new()];
        assert!(matches!(
            assistants::update(scope, &tx, &tenant.assistant, unknown, NOW).await,
            Err(StoreError::NotFound)
        ));
        connections::delete(scope, &tx, &connection).await.unwrap();
        crate::collections::delete(scope, &tx, &tenant.collection).await.unwrap();
        let row = assistants::find(scope, tx.db(), &tenant.assistant).await.unwrap();
        assert_eq!((row.settings.connection, row.settings.collections), (None, Vec::new()));
        let taken = settings(" GENERAL", Vec::new(), Access::Organisation);
        let outcome = assistants::create(scope, &tx, AssistantId::new(), taken, NOW).await;
        assert!(matches!(outcome, Err(StoreError::Duplicate(_))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversations_are_listed_renamed_deleted_and_restored() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let tx = store.begin().await.unwrap();
        let mut ids = vec![tenant.conversation.clone()];
        for index in 1..5 {
            let id = ConversationId::new();
            let now = NOW.plus_millis(index / 2);
            conversations::create(scope, &tx, id.clone(), &tenant.assistant, &format!("Über {index}"), now)
                .await
                .unwrap();
            ids.push(id);
        }
        conversations::touch(scope, &tx, &ids[0], &tenant.assistant, NOW.plus_millis(9)).await.unwrap();
        tx.commit().await.unwrap();
        let mut request = ConversationQuery { limit: Some(2), ..ConversationQuery::default() };
        let mut seen = Vec::new();
        loop {
            let page = conversations::list(scope, store.read(), &request, NOW).await.unwrap();
            assert!(page.items.iter().all(|row| row.assistant_name == "General"));
            seen.extend(page.items.into_iter().map(|row| row.id));
            let Some(token) = page.next_page_token else { break };
            request.page_token = Some(token);
        }
        assert_eq!(seen, [&ids[0], &ids[4], &ids[3], &ids[2], &ids[1]].map(Clone::clone));
        let found = ConversationQuery { query: Some("uber 3".to_owned()), ..ConversationQuery::default() };
        assert_eq!(conversations::list(scope, store.read(), &found, NOW).await.unwrap().items.len(), 1);
        let tx = store.begin().await.unwrap();
        conversations::rename(scope, &tx, &ids[1], "New").await.unwrap();
        conversations::delete(scope, &tx, &ids[1], NOW).await.unwrap();
        assert!(conversations::find(scope, tx.db(), &ids[1]).await.is_err());
        assert!(conversations::delete(scope, &tx, &ids[1], NOW).await.is_err());
        conversations::restore(scope, &tx, &ids[1]).await.unwrap();
        assert_eq!(conversations::find_summary(scope, tx.db(), &ids[1]).await.unwrap().title, "New");
        conversations::delete(scope, &tx, &ids[1], NOW).await.unwrap();
        assert_eq!(conversations::purge(&tx, NOW).await.unwrap(), 0);
        assert_eq!(conversations::purge(&tx, NOW.plus_millis(1)).await.unwrap(), 1);
        assert!(conversations::restore(scope, &tx, &ids[1]).await.is_err());
        assistants::delete(scope, &tx, &tenant.assistant).await.unwrap();
        let left = conversations::find_summary(scope, tx.db(), &ids[2]).await.unwrap();
        assert_eq!((left.assistant, left.assistant_name.as_str()), (tenant.assistant.clone(), ""));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_kept_as_it_was_said() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (answer, run) = ask(store, &tenant, Some("key")).await.unwrap();
        let citation = Citation {
            number: 1,
            document: DocumentId::new(),
            collection: CollectionId::new(),
            chunk: ChunkId::new(),
            further_chunks: vec![ChunkId::new()],
            revision: 3,
            title: "T".to_owned(),
            headings: vec!["H".to_owned()],
            url: None,
            place: Some(Place::Sheet { name: "Prices".to_owned() }),
            start: 1,
            end: 4,
            marks: vec![TextSpan { start: 2, end: 3 }],
            quote: "q\"uote".to_owned(),
            edited: Some(ChunkEdited { by: Some("Eva Example".to_owned()), at: NOW }),
            table: Some(TablePart { header: Some("| Name |".to_owned()), ends_in_row: true, ..TablePart::default() }),
            cited: true,
            hidden: false,
        };
        let update = messages::MessageUpdate {
            text: "Because\0 of 🦀.".to_owned(),
            state: MessageState::Complete,
            answer_kind: AnswerKind::Fallback,
            citations: vec![citation.clone()],
            unsupported: vec![UnsupportedSentence { start: 0, end: 7, reason: UnsupportedReason::Words }],
            steps: vec![Step { kind: "search".to_owned(), detail: "2".to_owned(), took_ms: 7, topics: Vec::new() }],
            error: Some(ApiError::new(ErrorCode::ProviderFailed, "it failed")),
        };
        let tx = store.begin().await.unwrap();
        messages::update(&tenant.scope, &tx, &answer, update.clone()).await.unwrap();
        messages::rate(&tenant.scope, &tx, &answer, Some(false)).await.unwrap();
        tx.commit().await.unwrap();
        let list = messages::list(&tenant.scope, store.read(), &tenant.conversation).await.unwrap();
        assert_eq!(
            list.iter().map(|row| (row.ordinal, row.author)).collect::<Vec<_>>(),
            [(1, Author::User), (2, Author::Assistant)]
        );
        let stored = &list[1];
        assert_eq!(stored.text, "Because  of 🦀.", "a zero byte becomes a space, as long");
        assert_eq!((&stored.citations, &stored.steps, &stored.error), (&vec![citation], &update.steps, &update.error));
        assert_eq!(stored.unsupported, update.unsupported);
        assert_eq!((stored.rating, stored.run_id.as_ref()), (Some(false), Some(&run)));
        let tx = store.begin().await.unwrap();
        assert!(messages::rate(&tenant.scope, &tx, &list[0].id, Some(true)).await.is_err(), "questions are not rated");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_run_at_a_time_and_one_per_key() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let (_, run) = ask(store, &tenant, Some("key")).await.unwrap();
        assert!(matches!(ask(store, &tenant, None).await, Err(StoreError::Duplicate(_))));
        assert_eq!(
            messages::list(scope, store.read(), &tenant.conversation).await.unwrap().len(),
            2,
            "nothing of it stays"
        );
        let active = runs::find_active(scope, store.read(), &tenant.conversation).await.unwrap();
        assert_eq!(active.map(|row| row.id), Some(run.clone()));
        let tx = store.begin().await.unwrap();
        replicas::renew(&tx, "one", NOW).await.unwrap();
        replicas::renew(&tx, "two", NOW.plus_millis(-1)).await.unwrap();
        replicas::renew(&tx, "two", NOW.plus_millis(1)).await.unwrap();
        tx.commit().await.unwrap();
        let orphaned = async |since| runs::list_orphaned(store.read(), since, "two").await.unwrap();
        assert!(orphaned(NOW).await.is_empty(), "its replica is there");
        let own = runs::list_orphaned(store.read(), NOW, "one").await.unwrap();
        let unfinished = orphaned(NOW.plus_millis(1)).await;
        assert_eq!((unfinished.len(), &unfinished), (1, &own), "its replica asks itself whether it makes it");
        let tx = store.begin().await.unwrap();
        runs::request_stop(scope, &tx, &run).await.unwrap();
        replicas::remove(&tx, "one").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(runs::list_stop_requested(store.read(), "one").await.unwrap(), std::slice::from_ref(&run));
        assert!(runs::list_stop_requested(store.read(), "two").await.unwrap().is_empty());
        assert_eq!(orphaned(NOW).await.len(), 1, "its replica has gone");
        let own = Scope::for_run(&unfinished[0]);
        let tx = store.begin().await.unwrap();
        runs::finish(&own, &tx, &run, MessageState::Interrupted, NOW).await.unwrap();
        assert!(runs::finish(&own, &tx, &run, MessageState::Complete, NOW).await.is_err(), "one ending counts");
        tx.commit().await.unwrap();
        assert!(runs::find_active(scope, store.read(), &tenant.conversation).await.unwrap().is_none());
        assert!(orphaned(NOW.plus_millis(9)).await.is_empty());
        assert!(runs::list_orphaned(store.read(), NOW, "one").await.unwrap().is_empty());
        assert!(runs::list_stop_requested(store.read(), "one").await.unwrap().is_empty());
        assert!(matches!(ask(store, &tenant, Some("key")).await, Err(StoreError::Duplicate(_))));
        assert_eq!(runs::find_by_key(scope, store.read(), "key").await.unwrap().unwrap().id, run);
        assert!(ask(store, &tenant, Some("another")).await.is_ok());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_replayed_from_anywhere_in_order() {
    on_both(async |store| {
        let (one, two) = (tenant(store, "one").await, tenant(store, "two").await);
        let ((_, first), (_, second)) = (ask(store, &one, None).await.unwrap(), ask(store, &two, None).await.unwrap());
        let delta = |index: u64| StreamEvent::Delta { text: format!("t{index}"), block: 0, html: "<p>".to_owned() };
        let mut batch: Vec<EventRow> = (1..=1_000)
            .map(|sequence| EventRow { run_id: first.clone(), sequence, payload: delta(sequence) })
            .collect();
        batch.push(EventRow { run_id: second.clone(), sequence: 1, payload: delta(1) });
        let tx = store.begin().await.unwrap();
        stream_events::append(&tx, batch).await.unwrap();
        tx.commit().await.unwrap();
        let events = stream_events::list_after(&one.scope, store.read(), &first, 997).await.unwrap();
        assert_eq!(events, [(998, delta(998)), (999, delta(999)), (1_000, delta(1_000))]);
        assert!(stream_events::list_after(&two.scope, store.read(), &first, 0).await.is_err());
        let tx = store.begin().await.unwrap();
        let again = vec![EventRow { run_id: second.clone(), sequence: 1, payload: delta(1) }];
        assert!(stream_events::append(&tx, again).await.unwrap_err().is_duplicate());
        drop(tx);
        let tx = store.begin().await.unwrap();
        runs::finish(&one.scope, &tx, &first, MessageState::Complete, NOW).await.unwrap();
        let later = Timestamp::from_millis(NOW.as_millis() + 1);
        assert_eq!(stream_events::delete_finished(&tx, later).await.unwrap(), 1_000);
        assert_eq!(stream_events::list_after(&two.scope, tx.db(), &second, 0).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_conversation_is_read_in_parts() {
    on_both(async |store| {
        let (one, two) = (tenant(store, "one").await, tenant(store, "two").await);
        let tx = store.begin().await.unwrap();
        let mut said = Vec::new();
        for number in 0..7 {
            let id = MessageId::new();
            let text = number.to_string();
            messages::append(&one.scope, &tx, &one.conversation, id.clone(), Author::User, &text, None, NOW)
                .await
                .unwrap();
            said.push(id);
        }
        let elsewhere = MessageId::new();
        messages::append(&two.scope, &tx, &two.conversation, elsewhere.clone(), Author::User, "No", None, NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let read = async |before: Option<&MessageId>, limit: Option<u32>| {
            let wanted = MessagesQuery { before: before.cloned(), limit };
            let part = messages::list_part(&one.scope, store.read(), &one.conversation, &wanted).await?;
            let texts = part.rows.into_iter().map(|row| row.text).collect::<Vec<_>>().concat();
            Ok::<_, StoreError>((part.earlier, texts))
        };
        let is = |earlier: usize, texts: &str| (earlier, texts.to_owned());
        assert_eq!(read(None, None).await.unwrap(), is(0, "0123456"));
        assert_eq!(read(None, Some(3)).await.unwrap(), is(4, "456"));
        assert_eq!(read(Some(&said[4]), Some(3)).await.unwrap(), is(1, "123"));
        assert_eq!(read(Some(&said[1]), Some(3)).await.unwrap(), is(0, "0"));
        assert_eq!(read(Some(&said[0]), Some(3)).await.unwrap(), is(0, ""));
        assert_eq!(read(Some(&said[2]), None).await.unwrap(), is(0, "01"));
        for limit in [None, Some(3)] {
            assert!(
                matches!(read(Some(&elsewhere), limit).await, Err(StoreError::NotFound)),
                "of another conversation"
            );
        }
        for limit in [0, 201] {
            assert!(matches!(read(None, Some(limit)).await, Err(StoreError::InvalidLimit)), "{limit}");
        }
    })
    .await;
}
