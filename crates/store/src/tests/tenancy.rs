//! Every function that takes a scope, called with a foreign one: it finds nothing and changes nothing.

use std::collections::BTreeSet;

use hammock_contract::{
    AssistantId, ConnectionId, ConversationId, KeyId, MessageId, Page, RunId,
    assistant::Access,
    chat::{AnswerKind, Author, MessageState},
    collection::{CollectionAccess, CollectionPatch, CollectionSort},
    connection::ProviderKind,
    conversation::{ConversationQuery, MessagesQuery},
    crawl::{CrawlOutcome, CrawlTrigger},
    feedback::{FeedbackQuery, FeedbackState},
    page::PageRequest,
    user::{Role, UserPatch},
};
use serde_json::json;

use super::{
    attachments, branches, conversation_lists, data_functions, evaluations, interfaces, metadata, organisations,
    share_links,
    support::{NOW, add_user, new_edit, on_both, settings, tenant},
    tenancy_documents, tenancy_sources, visitors, watched,
};
use crate::{
    Scope, StoreError, api_keys, assistants, audit, chunk_edits, chunks, collection_access, collections, connections,
    conversations, crawls, documents, feedback, jobs, members, messages, runs, sources, stream_events,
};

/// Which functions were checked, against the sources: a new function with a scope must come here.
#[derive(Default)]
pub struct Checked(BTreeSet<String>);

impl Checked {
    pub fn nothing<T: std::fmt::Debug>(&mut self, name: &str, outcome: crate::Result<T>) {
        assert!(matches!(outcome, Err(StoreError::NotFound)), "{name} answered {outcome:?}");
        self.0.insert(name.to_owned());
    }

    pub fn empty<T: std::fmt::Debug + PartialEq>(&mut self, name: &str, outcome: crate::Result<T>, empty: T) {
        assert_eq!(outcome.unwrap(), empty, "{name}");
        self.0.insert(name.to_owned());
    }
}

/// `module::function` for every public function of the crate whose first parameter is `scope: &Scope`.
fn functions_with_a_scope() -> BTreeSet<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Some(module) = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".rs"))
        else {
            continue;
        };
        let source = std::fs::read_to_string(&path).unwrap();
        for part in source.split("\npub async fn ").skip(1) {
            let (name, rest) = part.split_once('(').unwrap();
            if rest.trim_start().starts_with("scope: &Scope") {
                found.insert(format!("{module}::{name}"));
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_scope_finds_nothing_and_changes_nothing() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let two = tenant(store, "two").await;
        // What only some functions need.
        let (connection, key, answer, run) = (ConnectionId::new(), KeyId::new(), MessageId::new(), RunId::new());
        let tx = store.begin().await.unwrap();
        let kind = ProviderKind::OpenAi;
        connections::create(&one.scope, &tx, connection.clone(), "C", kind, "http://x", None, NOW).await.unwrap();
        let new_key = || api_keys::NewKey {
            id: key.clone(),
            name: "K".to_owned(),
            start: "hk_".to_owned(),
            secret_hash: "h".to_owned(),
            role: Role::User,
            created_by: one.owner.clone(),
        };
        api_keys::create(&one.scope, &tx, new_key(), NOW).await.unwrap();
        messages::append(
            &one.scope,
            &tx,
            &one.conversation,
            answer.clone(),
            Author::Assistant,
            "",
            Some(messages::Maker { run: run.clone(), assistant: one.assistant.clone(), continues: false }),
            NOW,
        )
        .await
        .unwrap();
        let new_run = |id: RunId| runs::NewRun {
            id,
            conversation: one.conversation.clone(),
            message: answer.clone(),
            idempotency_key: Some("k".to_owned()),
            replica: "one".to_owned(),
        };
        runs::create(&one.scope, &tx, new_run(run.clone()), NOW).await.unwrap();
        let job = jobs::NewJob { subject: Some("s".to_owned()), ..jobs::NewJob::new("crawl", json!({})) };
        let job = jobs::enqueue(&one.scope, &tx, job, NOW).await.unwrap().unwrap();
        let ended = jobs::NewJob { subject: Some("ended".to_owned()), ..jobs::NewJob::new("crawl", json!({})) };
        jobs::enqueue(&one.scope, &tx, ended, NOW).await.unwrap().unwrap();
        assert_eq!(jobs::cancel(&one.scope, &tx, "ended", NOW).await.unwrap(), 1);
        audit::record(&one.scope, &tx, "a", "t", json!({}), NOW).await.unwrap();
        let crawl = crawls::begin(&one.scope, &tx, &one.source, 1, CrawlTrigger::Person, NOW).await.unwrap();
        sources::set_next_crawl(&one.scope, &tx, &one.source, Some(NOW)).await.unwrap();
        let edit = new_edit(&one, "three", 0);
        chunk_edits::put(&one.scope, &tx, edit.clone()).await.unwrap();
        let said = feedback::Said { rating: false, reason: None, comment: "No.".to_owned() };
        let given = feedback::put(&one.scope, &tx, &answer, said.clone(), NOW).await.unwrap().id;
        tx.commit().await.unwrap();
        let visited = visitors::visited(store, &one).await.2;
        let measured = evaluations::measured(store, &one).await;
        let function = data_functions::made(store, &one).await;
        let attached = attachments::attached(store, &one.scope, "a.txt").await;
        let link = share_links::made(store, &one, "link", share_links::settings(None)).await.id;

        let foreign = &two.scope;
        let mut checked = Checked::default();
        let first = PageRequest::default();
        let tx = store.begin().await.unwrap();
        let db = tx.db();

        organisations::ask_as_foreigner(&mut checked, foreign, &tx, &one, &connection).await;

        let emails =
            members::list(foreign, db, &first).await.map(|page| page.items.into_iter().map(|u| u.email).collect());
        checked.empty("members::list", emails, vec!["two@example.org".to_owned()]);
        let own = members::find_self(foreign, db).await.map(|me| (me.user.email, me.organisation));
        checked.empty("members::find_self", own, ("two@example.org".to_owned(), foreign.organisation().clone()));
        checked.nothing("members::find", members::find(foreign, db, &one.owner).await);
        checked.nothing("members::find_by_email", members::find_by_email(foreign, db, "one@example.org").await);
        let patch = UserPatch { role: Some(Role::User), ..UserPatch::default() };
        checked.nothing("members::update", members::update(foreign, &tx, &one.owner, &patch).await);
        checked.nothing("members::remove", members::remove(foreign, &tx, &one.owner).await);
        checked.empty("members::count_owners", members::count_owners(foreign, &tx).await, 1);

        checked.nothing("api_keys::create", api_keys::create(foreign, &tx, new_key(), NOW).await);
        checked.empty("api_keys::list", api_keys::list(foreign, db).await, Vec::new());
        checked.nothing("api_keys::delete", api_keys::delete(foreign, &tx, &key).await);

        checked.nothing("connections::find", connections::find(foreign, db, &connection).await);
        checked.empty("connections::list", connections::list(foreign, db).await, Vec::new());
        let row = connections::find(&one.scope, db, &connection).await.unwrap();
        checked.nothing("connections::update", connections::update(foreign, &tx, &row).await);
        checked.nothing("connections::delete", connections::delete(foreign, &tx, &connection).await);

        let ids =
            assistants::list(foreign, db, &first).await.map(|page| page.items.into_iter().map(|row| row.id).collect());
        checked.empty("assistants::list", ids, vec![two.assistant.clone()]);
        checked.nothing("assistants::find", assistants::find(foreign, db, &one.assistant).await);
        checked.empty(
            "assistants::first",
            assistants::first(foreign, db).await.map(|row| row.id),
            two.assistant.clone(),
        );
        checked.empty("assistants::count", assistants::count(foreign, db).await, 1);
        let theirs = settings("X", vec![one.collection.clone()], Access::Organisation);
        checked.nothing(
            "assistants::create",
            assistants::create(foreign, &tx, AssistantId::new(), theirs.clone(), NOW).await,
        );
        let update = assistants::update(foreign, &tx, &two.assistant, theirs, NOW).await;
        checked.nothing("assistants::update", update);
        let mine = settings("X", Vec::new(), Access::Organisation);
        checked
            .nothing("assistants::update", assistants::update(foreign, &tx, &one.assistant, mine.clone(), NOW).await);
        let with_connection =
            hammock_contract::assistant::AssistantSettings { connection: Some(connection.clone()), ..mine };
        let create = assistants::create(foreign, &tx, AssistantId::new(), with_connection, NOW).await;
        checked.nothing("assistants::create", create);
        let removed = assistants::remove_hidden(foreign, &tx, &one.assistant, NOW).await;
        checked.nothing("assistants::remove_hidden", removed);
        checked.nothing("assistants::delete", assistants::delete(foreign, &tx, &one.assistant).await);

        let ids = collections::list(foreign, db, &first, CollectionSort::Name)
            .await
            .map(|page| page.items.into_iter().map(|row| row.id).collect());
        checked.empty("collections::list", ids, vec![two.collection.clone()]);
        checked.nothing("collections::find", collections::find(foreign, db, &one.collection).await);
        checked.nothing("collections::find_row", collections::find_row(foreign, db, &one.collection).await);
        checked.nothing("collections::find_writable", collections::find_writable(foreign, db, &one.collection).await);
        checked.empty("collections::list_ids", collections::list_ids(foreign, db).await, vec![two.collection.clone()]);
        let visible = collections::retain_visible(foreign, db, std::slice::from_ref(&one.collection)).await;
        checked.empty("collections::retain_visible", visible, Vec::new());
        let settings = collections::list_retrieval(foreign, db, std::slice::from_ref(&one.collection)).await;
        checked.empty("collections::list_retrieval", settings, Vec::new());
        let patch = CollectionPatch::default();
        checked.nothing("collections::update", collections::update(foreign, &tx, &one.collection, &patch, NOW).await);
        checked.nothing("collections::touch", collections::touch(foreign, &tx, &one.collection, NOW).await);
        checked.nothing("collections::delete", collections::delete(foreign, &tx, &one.collection).await);
        let chosen = CollectionAccess::Chosen;
        let set = collection_access::set(foreign, &tx, &one.collection, chosen, Some(&[]), NOW).await;
        checked.nothing("collection_access::set", set);
        let stranger = std::slice::from_ref(&one.owner);
        let set = collection_access::set(foreign, &tx, &two.collection, chosen, Some(stranger), NOW).await;
        checked.nothing("collection_access::set", set);
        let found = collection_access::list_chosen(foreign, db, &one.collection).await;
        checked.empty("collection_access::list_chosen", found, Vec::new());
        let found = collection_access::find_managed(foreign, db, &one.collection).await;
        checked.nothing("collection_access::find_managed", found);
        checked.empty("collection_access::list_hidden", collection_access::list_hidden(foreign, db).await, Vec::new());
        let found = collection_access::list_concerned(foreign, db, &one.collection, Some(&one.owner)).await;
        checked.empty("collection_access::list_concerned", found, Vec::new());

        tenancy_sources::ask_as_foreigner(&mut checked, foreign, &tx, &one, &crawl).await;

        evaluations::ask_as_foreigner(&mut checked, foreign, &tx, &one, &measured).await;
        data_functions::ask_as_foreigner(&mut checked, foreign, &tx, &one, &function).await;
        watched::ask_as_foreigner(&mut checked, foreign, &tx, &one, &crawl).await;
        metadata::ask_as_foreigner(&mut checked, foreign, &tx, &one).await;
        interfaces::ask_as_foreigner(&mut checked, foreign, &tx, &one).await;
        attachments::ask_as_foreigner(&mut checked, foreign, &tx, &one, &attached).await;

        tenancy_documents::ask_as_foreigner(&mut checked, foreign, &tx, &one, &two, &edit).await;

        let everything = FeedbackQuery::default();
        checked.empty("feedback::list", feedback::list(foreign, db, &everything).await, Page::single(Vec::new()));
        checked.nothing("feedback::find", feedback::find(foreign, db, &given).await);
        let resolved = feedback::set_state(foreign, &tx, &given, FeedbackState::Resolved, NOW).await;
        checked.nothing("feedback::set_state", resolved);

        // Of another organisation, and of another person in the same one.
        let colleague = {
            drop(tx);
            add_user(store, &one.scope, "colleague@example.org", Role::Owner).await
        };
        let tx = store.begin().await.unwrap();
        let db = tx.db();
        let all = ConversationQuery::default();
        for foreign in [&two.scope, &colleague, &Scope::operator(one.organisation.clone())] {
            let conversation = &one.conversation;
            if foreign.user().is_some() {
                let list = conversations::list(foreign, db, &all, NOW).await.unwrap().items;
                assert!(list.iter().all(|row| row.id != one.conversation));
                checked.empty("runs::find_by_key", runs::find_by_key(foreign, db, "k").await, None);
                checked.empty("runs::find_active", runs::find_active(foreign, db, conversation).await, None);
                checked.empty("messages::list", messages::list(foreign, db, conversation).await, Vec::new());
            } else {
                checked.nothing("conversations::list", conversations::list(foreign, db, &all, NOW).await);
                checked.nothing("messages::list", messages::list(foreign, db, conversation).await);
            }
            let part = MessagesQuery { before: Some(answer.clone()), limit: Some(1) };
            checked.nothing("messages::list_part", messages::list_part(foreign, db, conversation, &part).await);
            checked.nothing("conversations::find", conversations::find(foreign, db, conversation).await);
            checked
                .nothing("conversations::find_summary", conversations::find_summary(foreign, db, conversation).await);
            checked.nothing("conversations::rename", conversations::rename(foreign, &tx, conversation, "X").await);
            let touch = conversations::touch(foreign, &tx, conversation, &two.assistant, NOW).await;
            checked.nothing("conversations::touch", touch);
            checked.nothing("conversations::delete", conversations::delete(foreign, &tx, conversation, NOW).await);
            checked.nothing("conversations::restore", conversations::restore(foreign, &tx, conversation).await);
            let append =
                messages::append(foreign, &tx, conversation, MessageId::new(), Author::User, "", None, NOW).await;
            checked.nothing("messages::append", append);
            checked.nothing("messages::find", messages::find(foreign, db, &answer).await);
            let update = messages::MessageUpdate {
                text: String::new(),
                state: MessageState::Failed,
                answer_kind: AnswerKind::Model,
                citations: Vec::new(),
                unsupported: Vec::new(),
                steps: Vec::new(),
                error: None,
            };
            checked.nothing("messages::update", messages::update(foreign, &tx, &answer, update).await);
            share_links::ask_as_foreigner(&mut checked, foreign, &tx, &one, &link).await;
            branches::ask_as_foreigner(&mut checked, foreign, &tx, &one, &answer).await;
            checked.nothing("messages::rate", messages::rate(foreign, &tx, &answer, Some(true)).await);
            checked.nothing("feedback::find_own", feedback::find_own(foreign, db, &answer).await);
            checked.nothing("feedback::list_own", feedback::list_own(foreign, db, conversation, &[]).await);
            checked.nothing("feedback::put", feedback::put(foreign, &tx, &answer, said.clone(), NOW).await);
            checked.nothing("feedback::withdraw", feedback::withdraw(foreign, &tx, &answer, NOW).await);
            checked.nothing("runs::create", runs::create(foreign, &tx, new_run(RunId::new()), NOW).await);
            checked.nothing("runs::find", runs::find(foreign, db, &run).await);
            checked.nothing("runs::finish", runs::finish(foreign, &tx, &run, MessageState::Failed, NOW).await);
            checked.nothing("runs::request_stop", runs::request_stop(foreign, &tx, &run).await);
            checked.nothing("stream_events::list_after", stream_events::list_after(foreign, db, &run, 0).await);
        }
        let new = ConversationId::new();
        let create = conversations::create(&two.scope, &tx, new, &one.assistant, "X", NOW).await;
        checked.nothing("conversations::create", create);
        visitors::ask_as_foreigner(&mut checked, foreign, &tx, &one, &visited).await;

        checked.nothing("jobs::find", jobs::find(foreign, db, &job).await);
        checked.empty("jobs::list_active", jobs::list_active(foreign, db, "s").await, Vec::new());
        checked.empty("jobs::cancel", jobs::cancel(foreign, &tx, "s", NOW).await, 0);
        checked.empty("jobs::forget_ended", jobs::forget_ended(foreign, &tx, "ended").await, 0);
        checked.empty("audit::list", audit::list(foreign, db, &first).await, Page::single(Vec::new()));
        tx.commit().await.unwrap();
        conversation_lists::are_foreign(store, &one, &two, &mut checked).await;

        // Nothing of the first tenant changed.
        evaluations::is_as_it_was(store, &one, &measured).await;
        let kept = documents::find(&one.scope, store.read(), &one.document).await.unwrap();
        assert_eq!((kept.seen_in_crawl, kept.fetched_at), (0, None));
        let kept = sources::find(&one.scope, store.read(), &one.source, NOW).await.unwrap();
        assert_eq!((kept.name.as_str(), kept.next_crawl_at), ("Files", Some(NOW)));
        let kept = crawls::list(&one.scope, store.read(), &one.source).await.unwrap();
        assert_eq!((kept[0].outcome, kept[0].added), (CrawlOutcome::Running, 0));
        assert_eq!(conversations::find(&one.scope, store.read(), &one.conversation).await.unwrap().title, "Hello");
        assert_eq!(chunks::load(&one.scope, store.read(), &one.chunks).await.unwrap().len(), 2);
        let ids = std::slice::from_ref(&one.document);
        assert_eq!(chunk_edits::list(&one.scope, store.read(), ids).await.unwrap().len(), 1);
        assert_eq!(messages::find(&one.scope, store.read(), &answer).await.unwrap().state, MessageState::Streaming);

        // These make something in the scope's own organisation, whatever they are given.
        for own in [
            "members::add",
            "attachments::create_collection",
            "categories::create",
            "collections::create",
            "connections::create",
            "jobs::enqueue",
            "audit::record",
            "api_keys::touch",
        ] {
            checked.0.insert(own.to_owned());
        }
        assert_eq!(checked.0, functions_with_a_scope(), "every function with a scope is checked, and only those");
    })
    .await;
}
