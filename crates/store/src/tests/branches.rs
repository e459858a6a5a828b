//! Branches of conversations.

use std::collections::HashMap;

use hammock_contract::{ConversationId, MessageId, OrganisationId, UserId, chat::Author, share::ShareSettings};
use hammock_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database};

use super::{
    share_links::{made, settings},
    support::{NOW, Tenant, older_databases, on_both, rows_of_an_owner, tenant},
    tenancy::Checked,
};
use crate::{
    Db, Scope, Store, StoreError, StoreOptions, Tx, accounts, branches, folding, message_texts, messages,
    past_messages, share_links,
};

/// Says something after a message of a tenant's conversation, or at its beginning; its id.
async fn say(one: &Tenant, tx: &Tx, parent: Option<&MessageId>, author: Author, text: &str) -> MessageId {
    let (parent, id) = (parent.cloned(), MessageId::new());
    messages::append_after(&one.scope, tx, &one.conversation, parent, id.clone(), author, text, None, NOW)
        .await
        .unwrap();
    id
}

async fn shown(one: &Tenant, db: Db<'_>) -> Vec<String> {
    let rows = messages::list(&one.scope, db, &one.conversation).await.unwrap();
    rows.into_iter().map(|row| row.text).collect()
}

pub async fn ask_as_foreigner(checked: &mut Checked, foreign: &Scope, tx: &Tx, one: &Tenant, message: &MessageId) {
    let (db, conversation) = (tx.db(), &one.conversation);
    let (parent, id) = (Some(message.clone()), MessageId::new());
    let append =
        messages::append_after(foreign, tx, conversation, parent, id, Author::User, "planted", None, NOW).await;
    checked.nothing("messages::append_after", append);
    let path = past_messages::list(foreign, db, conversation, Some(message)).await;
    let texts = past_messages::texts(foreign, db, std::slice::from_ref(message)).await;
    if foreign.user().is_some() {
        checked.empty("past_messages::list", path, Vec::new());
        checked.empty("past_messages::texts", texts, HashMap::new());
        let shown = past_messages::list(foreign, db, conversation, None).await;
        checked.empty("past_messages::list", shown, Vec::new());
        checked.empty("messages::list_ids", messages::list_ids(foreign, db, conversation).await, Vec::new());
        let these = messages::list_these(foreign, db, std::slice::from_ref(message)).await;
        checked.empty("messages::list_these", these, Vec::new());
    } else {
        checked.nothing("past_messages::list", path);
        checked.nothing("past_messages::texts", texts);
        checked.nothing("messages::list_ids", messages::list_ids(foreign, db, conversation).await);
        let these = messages::list_these(foreign, db, std::slice::from_ref(message)).await;
        checked.nothing("messages::list_these", these);
    }
    checked.nothing("branches::list_siblings", branches::list_siblings(foreign, db, conversation).await);
    checked.nothing("branches::list_answering", branches::list_answering(foreign, db, conversation).await);
    checked.nothing("branches::show", branches::show(foreign, tx, conversation, message).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_shows_the_branch_that_it_stands_at() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let two = tenant(store, "two").await;
        let tx = store.begin().await.unwrap();
        let asked = say(&one, &tx, None, Author::User, "asked").await;
        let answer = say(&one, &tx, Some(&asked), Author::Assistant, "answer").await;
        let next = say(&one, &tx, Some(&answer), Author::User, "next").await;
        assert_eq!(shown(&one, tx.db()).await, ["asked", "answer", "next"]);
        let again = say(&one, &tx, Some(&asked), Author::Assistant, "again").await;
        assert_eq!(shown(&one, tx.db()).await, ["asked", "again"], "what was said last");
        let otherwise = say(&one, &tx, None, Author::User, "otherwise").await;
        assert_eq!(shown(&one, tx.db()).await, ["otherwise"]);

        branches::show(&one.scope, &tx, &one.conversation, &answer).await.unwrap();
        assert_eq!(shown(&one, tx.db()).await, ["asked", "answer", "next"], "to its newest message");
        // What is said next comes after what is shown.
        let id = MessageId::new();
        messages::append(&one.scope, &tx, &one.conversation, id, Author::Assistant, "on", None, NOW).await.unwrap();
        assert_eq!(shown(&one, tx.db()).await, ["asked", "answer", "next", "on"]);
        branches::show(&one.scope, &tx, &one.conversation, &again).await.unwrap();
        assert_eq!(shown(&one, tx.db()).await, ["asked", "again"]);
        let path = past_messages::list(&one.scope, tx.db(), &one.conversation, Some(&next)).await.unwrap();
        let ids: Vec<MessageId> = path.iter().map(|message| message.id.clone()).collect();
        assert_eq!(ids, [&asked, &answer, &next].map(Clone::clone));
        assert_eq!(path.iter().map(|message| message.characters).collect::<Vec<_>>(), [5, 6, 4]);
        let mut texts = past_messages::texts(&one.scope, tx.db(), &ids).await.unwrap();
        assert_eq!(ids.iter().filter_map(|id| texts.remove(id)).collect::<Vec<_>>(), ["asked", "answer", "next"]);
        let shown = past_messages::list(&one.scope, tx.db(), &one.conversation, None).await.unwrap();
        let authors: Vec<Author> = shown.iter().map(|message| message.author).collect();
        assert_eq!(authors, [Author::User, Author::Assistant], "as far as it is shown");

        let siblings = branches::list_siblings(&one.scope, tx.db(), &one.conversation).await.unwrap();
        let place = |id: &MessageId| siblings.get(id).map(|place| (place.position, place.count));
        assert_eq!([&asked, &otherwise, &answer, &again].map(place), [(1, 2), (2, 2), (1, 2), (2, 2)].map(Some));
        assert_eq!(place(&next), None);

        // A message of another conversation is no branch of this one.
        let foreign = say(&two, &tx, None, Author::User, "foreign").await;
        let refused = branches::show(&one.scope, &tx, &one.conversation, &foreign).await;
        assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
        let path = past_messages::list(&one.scope, tx.db(), &one.conversation, Some(&foreign)).await.unwrap();
        assert_eq!(path, Vec::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_shown_is_found_before_what_is_on_other_branches() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let tx = store.begin().await.unwrap();
        let asked = say(&one, &tx, None, Author::User, "A seat on the terrace?").await;
        let answer = say(&one, &tx, Some(&asked), Author::Assistant, "A seat is free.").await;
        let again = say(&one, &tx, Some(&asked), Author::Assistant, "Every seat is taken.").await;
        let otherwise = say(&one, &tx, None, Author::User, "A seat indoors?").await;
        let found = async |words: &str| {
            let ids = std::slice::from_ref(&one.conversation);
            let found = message_texts::list_found(&one.scope, tx.db(), ids, &folding::words(words)).await.unwrap();
            found.into_iter().map(|(_, message, _)| message).collect::<Vec<_>>()
        };
        assert_eq!(found("seat").await, std::slice::from_ref(&otherwise));
        assert_eq!(found("taken seat").await, std::slice::from_ref(&again), "all words, on another branch");
        assert_eq!(found("taken indoors").await, std::slice::from_ref(&otherwise), "any of them, where it is shown");
        assert_eq!(found("terrace free").await, std::slice::from_ref(&asked), "any of them, on another branch");
        branches::show(&one.scope, &tx, &one.conversation, &answer).await.unwrap();
        assert_eq!(found("seat").await, std::slice::from_ref(&asked));
        assert_eq!(found("seat is").await, std::slice::from_ref(&answer));
        branches::show(&one.scope, &tx, &one.conversation, &again).await.unwrap();
        assert_eq!(found("seat is").await, std::slice::from_ref(&again));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_shares_one_branch() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let tx = store.begin().await.unwrap();
        let asked = say(&one, &tx, None, Author::User, "asked").await;
        let answer = say(&one, &tx, Some(&asked), Author::Assistant, "answer").await;
        let again = say(&one, &tx, Some(&asked), Author::Assistant, "again").await;
        tx.commit().await.unwrap();
        let end = share_links::find_end(&one.scope, store.read(), &one.conversation, None).await.unwrap();
        assert_eq!(end, again);
        made(store, &one, "snapshot", settings(Some(answer.clone()))).await;
        made(store, &one, "open end", ShareSettings { with_sources: false, ..settings(None) }).await;
        let read = async |name: &str| {
            let hash = format!("hash of {name}");
            let scope = share_links::open(store.read(), &hash, NOW).await.unwrap().unwrap().scope;
            let rows = share_links::list_messages(&scope, store.read()).await.unwrap();
            rows.into_iter().map(|row| row.text).collect::<Vec<_>>()
        };
        // The one up to its message whatever is shown now, the other what is shown now.
        assert_eq!(read("snapshot").await, ["asked", "answer"]);
        assert_eq!(read("open end").await, ["asked", "again"]);
        let tx = store.begin().await.unwrap();
        branches::show(&one.scope, &tx, &one.conversation, &answer).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(read("open end").await, ["asked", "answer"]);
        let end = share_links::find_end(&one.scope, store.read(), &one.conversation, None).await.unwrap();
        assert_eq!(end, answer);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversations_of_before_are_one_line() {
    let older = older_databases();
    for (first_url, url) in older.urls.clone() {
        let (organisation, user, conversation) = (OrganisationId::new(), UserId::new(), ConversationId::new());
        let other = ConversationId::new();
        let before = Database::connect(&first_url).await.unwrap();
        Migrator::up(&before, Some(20)).await.unwrap();
        let mut statements = rows_of_an_owner(&organisation, &user);
        for id in [&conversation, &other] {
            statements.push(format!(
                "INSERT INTO conversations (id, organisation_id, user_id, assistant_id, title, title_key, created_at, \
                 updated_at) VALUES ('{id}', '{organisation}', '{user}', 'asst_gone', 'T', 't', 1, 1)"
            ));
            for (ordinal, author) in [(1, "user"), (2, "assistant"), (3, "user")] {
                statements.push(format!(
                    "INSERT INTO messages (id, organisation_id, conversation_id, ordinal, author, text, state, \
                     answer_kind, citations, steps, created_at) VALUES ('{}', '{organisation}', '{id}', {ordinal}, \
                     '{author}', 'said {ordinal}', 'complete', 'model', '[]', '[]', 1)",
                    MessageId::new()
                ));
            }
        }
        for statement in &statements {
            before.execute_unprepared(statement).await.unwrap();
        }
        before.close().await.unwrap();

        let store = Store::connect(&url, &StoreOptions::default()).await.unwrap();
        let scope = accounts::scope_for_user(store.read(), &user).await.unwrap().unwrap();
        let rows = messages::list(&scope, store.read(), &conversation).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.text.as_str()).collect::<Vec<_>>(), ["said 1", "said 2", "said 3"]);
        let parents: Vec<_> = rows.iter().map(|row| row.parent_id.clone()).collect();
        assert_eq!(parents, [None, Some(rows[0].id.clone()), Some(rows[1].id.clone())]);
        assert!(branches::list_siblings(&scope, store.read(), &conversation).await.unwrap().is_empty());
        store.close().await.unwrap();
    }
}
