//! What people say about answers, and who reads it.

use hammock_contract::{
    AssistantId, ConversationId, FeedbackId, MessageId, RunId,
    assistant::Access,
    chat::Author,
    feedback::{FeedbackQuery, FeedbackReason, FeedbackState},
    user::Role,
};

use super::{
    attachments::attached,
    support::{NOW, Tenant, add_user, on_both, settings, tenant},
    visitors::visited,
};
use crate::{
    Scope, Store, StoreError, assistants, attachments, conversations,
    feedback::{self, Said},
    messages, runs, share_links, visitor_identities,
};

/// A question of a person to an assistant, and its answer.
async fn asked(store: &Store, scope: &Scope, assistant: &AssistantId, text: &str) -> (ConversationId, MessageId) {
    let (conversation, answer, run) = (ConversationId::new(), MessageId::new(), RunId::new());
    let tx = store.begin().await.unwrap();
    conversations::create(scope, &tx, conversation.clone(), assistant, text, NOW).await.unwrap();
    messages::append(scope, &tx, &conversation, MessageId::new(), Author::User, text, None, NOW).await.unwrap();
    let by = Some(messages::Maker { run: run.clone(), assistant: assistant.clone(), continues: false });
    messages::append(scope, &tx, &conversation, answer.clone(), Author::Assistant, "So.", by, NOW).await.unwrap();
    let new = runs::NewRun {
        id: run,
        conversation: conversation.clone(),
        message: answer.clone(),
        idempotency_key: None,
        replica: "one".to_owned(),
    };
    runs::create(scope, &tx, new, NOW).await.unwrap();
    tx.commit().await.unwrap();
    (conversation, answer)
}

fn down(reason: FeedbackReason, comment: &str) -> Said {
    Said { rating: false, reason: Some(reason), comment: comment.to_owned() }
}

fn up() -> Said {
    Said { rating: true, reason: None, comment: String::new() }
}

async fn say(store: &Store, scope: &Scope, message: &MessageId, said: Said, later: i64) -> FeedbackId {
    let tx = store.begin().await.unwrap();
    let row = feedback::put(scope, &tx, message, said, NOW.plus_millis(later)).await.unwrap();
    tx.commit().await.unwrap();
    row.id
}

/// The questions that a list holds, in its order.
async fn questions(store: &Store, scope: &Scope, query: &FeedbackQuery) -> Vec<String> {
    let page = feedback::list(scope, store.read(), query).await.unwrap();
    page.items.into_iter().map(|entry| entry.question).collect()
}

/// Two people who ask the assistant of everybody, and what they said.
async fn said(store: &Store) -> (Tenant, Scope, Vec<MessageId>) {
    let tenant = tenant(store, "one").await;
    let adam = add_user(store, &tenant.scope, "adam@example.org", Role::User).await;
    let mut answers = Vec::new();
    let all = [
        (&adam, "When does it open?", down(FeedbackReason::Wrong, "At NINE, not at ten.")),
        (&adam, "And 100 % of the dogs?", up()),
        (&tenant.scope, "Who leads it?", down(FeedbackReason::Outdated, "")),
    ];
    for (later, (scope, question, said)) in (1_i64..).zip(all) {
        let (_, answer) = asked(store, scope, &tenant.assistant, question).await;
        say(store, scope, &answer, said, later).await;
        answers.push(answer);
    }
    (tenant, adam, answers)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feedback_is_listed_filtered_and_searched() {
    on_both(async |store| {
        let (tenant, adam, _) = said(store).await;
        let owner = &tenant.scope;
        let everything = FeedbackQuery::default();
        let newest = ["Who leads it?", "And 100 % of the dogs?", "When does it open?"];
        assert_eq!(questions(store, owner, &everything).await, newest);
        for (query, expected) in [
            (FeedbackQuery { rating: Some(true), ..everything.clone() }, &newest[1..2]),
            (FeedbackQuery { rating: Some(false), ..everything.clone() }, &[newest[0], newest[2]][..]),
            (FeedbackQuery { reason: Some(FeedbackReason::Wrong), ..everything.clone() }, &newest[2..]),
            (FeedbackQuery { state: Some(FeedbackState::Resolved), ..everything.clone() }, &[][..]),
            (FeedbackQuery { query: Some("nine".to_owned()), ..everything.clone() }, &newest[2..]),
            (FeedbackQuery { query: Some("100 %".to_owned()), ..everything.clone() }, &newest[1..2]),
            (FeedbackQuery { query: Some("LEADS".to_owned()), ..everything.clone() }, &newest[..1]),
            (FeedbackQuery { assistant: Some(AssistantId::new()), ..everything.clone() }, &[][..]),
            (FeedbackQuery { assistant: Some(tenant.assistant.clone()), ..everything.clone() }, &newest[..]),
        ] {
            assert_eq!(questions(store, owner, &query).await, expected, "{query:?}");
        }
        let mut query = FeedbackQuery { limit: Some(2), ..everything.clone() };
        let first = feedback::list(owner, store.read(), &query).await.unwrap();
        assert_eq!(first.items.len(), 2);
        query.page_token = first.next_page_token;
        assert_eq!(questions(store, owner, &query).await, newest[2..]);
        // Whoever looks after nothing reads nothing, not even their own: that stands in their conversation.
        assert!(questions(store, &adam, &everything).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_looks_after_an_assistant_reads_what_is_said_about_it() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let adam = add_user(store, &tenant.scope, "adam@example.org", Role::User).await;
        let beth = add_user(store, &tenant.scope, "beth@example.org", Role::Administrator).await;
        let private = AssistantId::new();
        let tx = store.begin().await.unwrap();
        let own = settings("Diary", Vec::new(), Access::Private);
        assistants::create(&adam, &tx, private.clone(), own, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let (conversation, answer) = asked(store, &adam, &private, "How am I?").await;
        let id = say(store, &adam, &answer, down(FeedbackReason::Other, "Bad."), 1).await;

        let everything = FeedbackQuery::default();
        assert_eq!(questions(store, &adam, &everything).await, ["How am I?"]);
        for other in [&tenant.scope, &beth] {
            assert!(questions(store, other, &everything).await.is_empty());
            assert!(matches!(feedback::find(other, store.read(), &id).await, Err(StoreError::NotFound)));
        }
        let context = feedback::find(&adam, store.read(), &id).await.unwrap();
        assert_eq!((context.answer.id, context.answer.text.as_str()), (answer.clone(), "So."));
        assert_eq!((context.entry.assistant_name.as_str(), context.entry.person.as_str()), ("Diary", "Ada Lovelace"));
        assert_eq!((context.entry.reason, context.entry.comment.as_str()), (Some(FeedbackReason::Other), "Bad."));

        // With the conversation goes what was said about it, and comes back with it.
        let tx = store.begin().await.unwrap();
        conversations::delete(&adam, &tx, &conversation, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(questions(store, &adam, &everything).await.is_empty());
        let tx = store.begin().await.unwrap();
        conversations::restore(&adam, &tx, &conversation).await.unwrap();
        assistants::delete(&adam, &tx, &private).await.unwrap();
        assert!(feedback::find_own(&adam, tx.db(), &answer).await.unwrap().is_none(), "gone with its assistant");
        let again = feedback::put(&adam, &tx, &answer, up(), NOW).await;
        assert!(matches!(again, Err(StoreError::NotFound)), "nobody looks after it any more");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_otherwise_is_open_again_and_what_is_taken_back_is_read_by_nobody_else() {
    on_both(async |store| {
        let (tenant, adam, answers) = said(store).await;
        let owner = &tenant.scope;
        let answer = &answers[0];
        let id = feedback::find_own(&adam, store.read(), answer).await.unwrap().unwrap().id;
        let tx = store.begin().await.unwrap();
        feedback::set_state(owner, &tx, &id, FeedbackState::Resolved, NOW.plus_millis(9)).await.unwrap();
        tx.commit().await.unwrap();
        let context = feedback::find(owner, store.read(), &id).await.unwrap();
        assert_eq!(
            (context.entry.state, context.resolved_by.as_deref()),
            (FeedbackState::Resolved, Some("Ada Lovelace"))
        );
        assert_eq!((context.entry.updated_at, context.resolved_at), (NOW.plus_millis(1), Some(NOW.plus_millis(9))));

        let same = say(store, &adam, answer, down(FeedbackReason::Incomplete, "On Sundays?"), 10).await;
        assert_eq!(same, id, "one for each answer");
        let context = feedback::find(owner, store.read(), &id).await.unwrap();
        assert_eq!((context.entry.state, context.resolved_by, context.resolved_at), (FeedbackState::Open, None, None));
        assert_eq!((context.entry.created_at, context.entry.updated_at), (NOW.plus_millis(1), NOW.plus_millis(10)));

        // Of a thumb that is up now, nothing is told of what was wrong; of one that is taken back, nothing at all.
        let kept = Said { rating: true, ..down(FeedbackReason::Incomplete, "On Sundays?") };
        say(store, &adam, answer, kept, 11).await;
        let entry = feedback::find(owner, store.read(), &id).await.unwrap().entry;
        assert_eq!((entry.rating, entry.reason, entry.comment.as_str()), (true, None, ""));
        let sundays = FeedbackQuery { query: Some("sundays".to_owned()), ..FeedbackQuery::default() };
        assert!(questions(store, owner, &sundays).await.is_empty());
        let tx = store.begin().await.unwrap();
        feedback::withdraw(&adam, &tx, answer, NOW.plus_millis(12)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(feedback::find(owner, store.read(), &id).await, Err(StoreError::NotFound)));
        assert_eq!(questions(store, owner, &FeedbackQuery::default()).await.len(), 2);
        let own = feedback::find_own(&adam, store.read(), answer).await.unwrap().unwrap();
        assert_eq!((own.rating, own.comment.as_str()), (None, "On Sundays?"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feedback_belongs_to_the_assistant_that_answered() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let (conversation, answer) = asked(store, scope, &tenant.assistant, "Why?").await;
        let other = AssistantId::new();
        let tx = store.begin().await.unwrap();
        let settings = settings("Other", Vec::new(), Access::Organisation);
        assistants::create(scope, &tx, other.clone(), settings, NOW).await.unwrap();
        // The conversation went on with another one.
        conversations::touch(scope, &tx, &conversation, &other, NOW).await.unwrap();
        let row = feedback::put(scope, &tx, &answer, up(), NOW).await.unwrap();
        assert_eq!((&row.assistant_id, row.question.as_str()), (&tenant.assistant, "Why?"));
        let question = messages::list(scope, tx.db(), &conversation).await.unwrap().remove(0).id;
        let about_a_question = feedback::put(scope, &tx, &question, up(), NOW).await;
        assert!(matches!(about_a_question, Err(StoreError::NotFound)));
        // In a copy the answer is still of the one that gave it, whichever goes on there.
        let copy = ConversationId::new();
        conversations::create(scope, &tx, copy.clone(), &other, "Copy", NOW).await.unwrap();
        let rows = messages::list(scope, tx.db(), &conversation).await.unwrap();
        share_links::copy_messages(scope, &tx, &copy, rows).await.unwrap();
        let copied = messages::list(scope, tx.db(), &copy).await.unwrap().remove(1).id;
        let row = feedback::put(scope, &tx, &copied, up(), NOW).await.unwrap();
        assert_eq!((&row.assistant_id, row.question.as_str()), (&tenant.assistant, "Why?"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_is_named_as_they_signed_in() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (anonymous, _, _) = visited(store, &tenant).await;
        let (known, _, _) = visited(store, &tenant).await;
        let tx = store.begin().await.unwrap();
        visitor_identities::describe(&known, &tx, Some("Eva Example"), None).await.unwrap();
        tx.commit().await.unwrap();
        let mut ids = Vec::new();
        for (later, scope) in (1_i64..).zip([&anonymous, &known, &tenant.scope]) {
            let (_, answer) = asked(store, scope, &tenant.assistant, "When does it open?").await;
            ids.push(say(store, scope, &answer, down(FeedbackReason::Wrong, "At ten."), later).await);
        }
        let listed = feedback::list(&tenant.scope, store.read(), &FeedbackQuery::default()).await.unwrap().items;
        let people: Vec<_> = listed.iter().map(|entry| entry.person.as_str()).collect();
        assert_eq!(people, ["Ada Lovelace", "Eva Example", ""], "the newest first");
        let found = feedback::find(&tenant.scope, store.read(), &ids[1]).await.unwrap();
        assert_eq!(found.entry.person, "Eva Example");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_files_of_a_question_are_named() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let adam = add_user(store, &tenant.scope, "adam@example.org", Role::User).await;
        let mut rows = Vec::new();
        for name in ["a.txt", "b.txt", "never sent.txt"] {
            rows.push(attached(store, &adam, name).await.id);
        }
        let (conversation, answer) = asked(store, &adam, &tenant.assistant, "What does it say?").await;
        let question = messages::find(&adam, store.read(), &answer).await.unwrap().parent_id.unwrap();
        let tx = store.begin().await.unwrap();
        attachments::give(&adam, &tx, &rows[0], &conversation, &question, 1).await.unwrap();
        attachments::give(&adam, &tx, &rows[1], &conversation, &question, 0).await.unwrap();
        // Asked otherwise, about one of them.
        let (again, answer_again) = (MessageId::new(), MessageId::new());
        messages::append_after(&adam, &tx, &conversation, None, again.clone(), Author::User, "And now?", None, NOW)
            .await
            .unwrap();
        attachments::keep(&adam, &tx, &rows[0], &question, &again, 0).await.unwrap();
        let (parent, by) =
            (Some(again), messages::Maker { run: RunId::new(), assistant: tenant.assistant.clone(), continues: false });
        let (author, id) = (Author::Assistant, answer_again.clone());
        messages::append_after(&adam, &tx, &conversation, parent, id, author, "So.", Some(by), NOW).await.unwrap();
        tx.commit().await.unwrap();
        for (answer, files) in [(&answer, &["b.txt", "a.txt"][..]), (&answer_again, &["a.txt"][..])] {
            let id = say(store, &adam, answer, up(), 1).await;
            let context = feedback::find(&tenant.scope, store.read(), &id).await.unwrap();
            assert_eq!(context.files, files);
        }
    })
    .await;
}
