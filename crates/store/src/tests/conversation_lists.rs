//! Searching and filtering the list of conversations, and categories.

use std::collections::BTreeSet;

use hammock_contract::{
    AssistantId, CategoryId, ConversationId, MessageId, OrganisationId, Timestamp, UserId,
    assistant::Access,
    category::{CategoryColour, CategoryPatch},
    chat::{AnswerKind, Author, MessageState},
    conversation::ConversationQuery,
    share::ShareSettings,
    user::{Role, SendKey},
};
use hammock_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database};

use super::{
    share_links::{made, settings as link_settings},
    support::{NOW, Tenant, add_user, older_databases, on_both, rows_of_an_owner, settings, tenant},
    tenancy::Checked,
};
use crate::{
    Scope, Store, StoreError, StoreOptions, Tx, accounts, assistants, categories,
    conversations::{self, TitleBy},
    folding, members, message_texts, messages, share_links,
};

/// The version that made them.
const VERSION: &str = "m20261129_000010_conversation_lists";

async fn begin(scope: &Scope, tx: &Tx, assistant: &AssistantId, title: &str, at: Timestamp) -> ConversationId {
    let id = ConversationId::new();
    conversations::create(scope, tx, id.clone(), assistant, title, at).await.unwrap();
    id
}

async fn say(scope: &Scope, tx: &Tx, conversation: &ConversationId, author: Author, text: &str) -> MessageId {
    let id = MessageId::new();
    messages::append(scope, tx, conversation, id.clone(), author, text, None, NOW).await.unwrap();
    id
}

async fn titles(scope: &Scope, store: &Store, query: ConversationQuery) -> BTreeSet<String> {
    let page = conversations::list(scope, store.read(), &query, NOW).await.unwrap();
    page.items.into_iter().map(|row| row.title).collect()
}

fn search(query: &str) -> ConversationQuery {
    ConversationQuery { query: Some(query.to_owned()), ..ConversationQuery::default() }
}

fn set<const N: usize>(titles: [&str; N]) -> BTreeSet<String> {
    titles.map(str::to_owned).into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_word_is_found_in_the_title_or_in_any_message() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let tx = store.begin().await.unwrap();
        let trip = begin(scope, &tx, &tenant.assistant, "A trip", NOW).await;
        say(scope, &tx, &trip, Author::User, "Which **café** is near the museum? 50%_off").await;
        let answer = say(scope, &tx, &trip, Author::Assistant, "").await;
        let other = begin(scope, &tx, &tenant.assistant, "Café", NOW).await;
        say(scope, &tx, &other, Author::User, "Nothing else").await;
        tx.commit().await.unwrap();
        assert_eq!(titles(scope, store, search("CAFE")).await, set(["A trip", "Café"]));
        assert_eq!(titles(scope, store, search("museum  trip café")).await, set(["A trip"]));
        assert_eq!(titles(scope, store, search("museum else")).await, set([]), "not in two conversations");
        assert_eq!(titles(scope, store, search("0%_o")).await, set(["A trip"]));
        assert_eq!(titles(scope, store, search("0__o")).await, set([]), "a pattern is a text like any other");
        assert_eq!(titles(scope, store, search(" ")).await.len(), 3);

        // What an answer became is found, what it was is not.
        assert_eq!(titles(scope, store, search("terrace")).await, set([]));
        for text in ["On the terrace", "On the Terrasse"] {
            let update = messages::MessageUpdate {
                text: text.to_owned(),
                state: MessageState::Complete,
                answer_kind: AnswerKind::Model,
                citations: Vec::new(),
                unsupported: Vec::new(),
                steps: Vec::new(),
                error: None,
            };
            let tx = store.begin().await.unwrap();
            messages::update(scope, &tx, &answer, update).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(titles(scope, store, search("terrasse museum")).await, set(["A trip"]));
        assert_eq!(titles(scope, store, search("terrace")).await, set([]));

        let found = async |words: &str| {
            let ids = [trip.clone(), other.clone()];
            let mut found = Vec::new();
            for (conversation, message, text) in
                message_texts::list_found(scope, store.read(), &ids, &folding::words(words)).await.unwrap()
            {
                assert_eq!(messages::find(scope, store.read(), &message).await.unwrap().text, text);
                found.push((conversation, text));
            }
            found.sort();
            found
        };
        let asked = "Which **café** is near the museum? 50%_off".to_owned();
        assert_eq!(found("cafe museum").await, [(trip.clone(), asked.clone())]);
        assert_eq!(found("terrasse").await, [(trip.clone(), "On the Terrasse".to_owned())]);
        assert_eq!(found("terrasse museum").await, [(trip.clone(), asked)], "in two messages: the first of them");
        assert!(found("nowhere").await.is_empty());

        // With a conversation its texts go.
        let tx = store.begin().await.unwrap();
        conversations::rename(scope, &tx, &other, "Kaffee").await.unwrap();
        conversations::delete(scope, &tx, &trip, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(titles(scope, store, search("kaffee")).await, set(["Kaffee"]));
        assert_eq!(titles(scope, store, search("cafe")).await, set([]));
        let tx = store.begin().await.unwrap();
        assert_eq!(conversations::purge(&tx, NOW.plus_millis(1)).await.unwrap(), 1);
        let left = tx.db().rows("SELECT message_id FROM message_texts", []).await.unwrap();
        assert_eq!(left.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn filters_narrow_the_list_and_pages_go_on_in_it() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let (second, work) = (AssistantId::new(), CategoryId::new());
        let tx = store.begin().await.unwrap();
        let access = Access::Organisation;
        assistants::create(scope, &tx, second.clone(), settings("Second", Vec::new(), access), NOW).await.unwrap();
        categories::create(scope, &tx, work.clone(), "Work", CategoryColour::Blue, NOW).await.unwrap();
        let category = categories::find(scope, tx.db(), &work).await.unwrap();
        for (hours, title) in [(1, "First"), (2, "Second"), (3, "Third")] {
            let id = begin(scope, &tx, &second, title, NOW.plus_millis(hours * 3_600_000)).await;
            if hours > 1 {
                categories::give(scope, &tx, &id, Some(&category)).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
        let all = ConversationQuery::default;
        let of_second = ConversationQuery { assistant: Some(second.clone()), ..all() };
        assert_eq!(titles(scope, store, of_second.clone()).await, set(["First", "Second", "Third"]));
        let at_work = ConversationQuery { category: Some(work.clone()), ..all() };
        assert_eq!(titles(scope, store, at_work.clone()).await, set(["Second", "Third"]));
        let of_first = ConversationQuery { assistant: Some(tenant.assistant.clone()), ..at_work.clone() };
        assert_eq!(titles(scope, store, of_first).await, set([]));
        let at = |hours: i64| Some(NOW.plus_millis(hours * 3_600_000));
        let from = ConversationQuery { from: at(2), ..all() };
        assert_eq!(titles(scope, store, from).await, set(["Second", "Third"]));
        let between = ConversationQuery { from: at(1), before: at(2), ..all() };
        assert_eq!(titles(scope, store, between).await, set(["First"]), "the end does not belong to it");

        let page = ConversationQuery { limit: Some(1), query: Some("d".to_owned()), ..at_work.clone() };
        let first = conversations::list(scope, store.read(), &page, NOW).await.unwrap();
        let given = first.items[0].category.clone().unwrap();
        assert_eq!((first.items[0].title.as_str(), &given), ("Third", &category));
        let next = ConversationQuery { page_token: first.next_page_token, ..page };
        let last = conversations::list(scope, store.read(), &next, NOW).await.unwrap();
        assert_eq!((last.items[0].title.as_str(), last.next_page_token), ("Second", None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_link_shares_is_told_from_the_rest() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let scope = &one.scope;
        let tx = store.begin().await.unwrap();
        begin(scope, &tx, &one.assistant, "Other", NOW).await;
        tx.commit().await.unwrap();
        let told = async |now: Timestamp| {
            let mut told = Vec::new();
            for is_shared in [true, false] {
                let query = ConversationQuery { shared: Some(is_shared), ..ConversationQuery::default() };
                let page = conversations::list(scope, store.read(), &query, now).await.unwrap();
                told.push(page.items.into_iter().map(|row| row.title).collect::<BTreeSet<_>>());
            }
            told
        };
        let (none, first) = ([set([]), set(["Hello", "Other"])], [set(["Hello"]), set(["Other"])]);
        assert_eq!(told(NOW).await, none);
        let ends = NOW.plus_millis(10);
        made(store, &one, "ends", ShareSettings { expires_at: Some(ends), ..link_settings(None) }).await;
        assert_eq!(told(NOW).await, first);
        assert_eq!(told(ends).await, none, "it has ended");
        let stays = made(store, &one, "stays", link_settings(None)).await;
        assert_eq!(told(ends).await, first, "one of its links is enough, and it is listed once");
        let tx = store.begin().await.unwrap();
        share_links::revoke(scope, &tx, &one.conversation, &stays.id, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(told(ends).await, none, "what is revoked shares nothing");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_category_is_taken_from_its_conversations_and_comes_back() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, conversation) = (&tenant.scope, &tenant.conversation);
        let (work, home) = (CategoryId::new(), CategoryId::new());
        let tx = store.begin().await.unwrap();
        categories::create(scope, &tx, work.clone(), "Work", CategoryColour::Blue, NOW).await.unwrap();
        categories::create(scope, &tx, home.clone(), "At home", CategoryColour::Grey, NOW).await.unwrap();
        let patch = CategoryPatch { name: Some("Office".to_owned()), colour: None };
        categories::update(scope, &tx, &work, &patch).await.unwrap();
        let category = categories::find(scope, tx.db(), &work).await.unwrap();
        assert_eq!((category.name.as_str(), category.colour), ("Office", CategoryColour::Blue));
        categories::give(scope, &tx, conversation, Some(&category)).await.unwrap();
        tx.commit().await.unwrap();
        let names = async || {
            let all = categories::list(scope, store.read()).await.unwrap();
            all.into_iter().map(|category| category.name).collect::<Vec<_>>()
        };
        assert_eq!(names().await, ["At home", "Office"]);
        let of = async || conversations::find_summary(scope, store.read(), conversation).await.unwrap().category;
        assert_eq!(of().await, Some(category.clone()));

        let tx = store.begin().await.unwrap();
        let taken = categories::create(scope, &tx, CategoryId::new(), " OFFICE", CategoryColour::Red, NOW).await;
        assert!(matches!(taken, Err(StoreError::Duplicate(_))));
        drop(tx);
        let tx = store.begin().await.unwrap();
        categories::delete(scope, &tx, &work, NOW).await.unwrap();
        assert!(categories::find(scope, tx.db(), &work).await.is_err());
        assert!(categories::update(scope, &tx, &work, &CategoryPatch::default()).await.is_err());
        tx.commit().await.unwrap();
        assert_eq!((names().await, of().await), (vec!["At home".to_owned()], None));
        let at_work = ConversationQuery { category: Some(work.clone()), ..ConversationQuery::default() };
        assert_eq!(titles(scope, store, at_work).await, set([]));

        let tx = store.begin().await.unwrap();
        categories::restore(scope, &tx, &work).await.unwrap();
        assert!(categories::restore(scope, &tx, &work).await.is_err());
        tx.commit().await.unwrap();
        assert_eq!(of().await, Some(category.clone()));

        // A name is free again once its category is deleted; then that cannot come back.
        let tx = store.begin().await.unwrap();
        categories::delete(scope, &tx, &work, NOW).await.unwrap();
        categories::create(scope, &tx, CategoryId::new(), "office", CategoryColour::Red, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let tx = store.begin().await.unwrap();
        assert!(matches!(categories::restore(scope, &tx, &work).await, Err(StoreError::Duplicate(_))));
        drop(tx);
        let tx = store.begin().await.unwrap();
        assert_eq!(categories::purge(&tx, NOW).await.unwrap(), 0);
        assert_eq!(categories::purge(&tx, NOW.plus_millis(1)).await.unwrap(), 1);
        assert!(categories::restore(scope, &tx, &work).await.is_err());
        let home = categories::find(scope, tx.db(), &home).await.unwrap();
        categories::give(scope, &tx, conversation, Some(&home)).await.unwrap();
        categories::give(scope, &tx, conversation, None).await.unwrap();
        assert_eq!(conversations::find_summary(scope, tx.db(), conversation).await.unwrap().category, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_writes_a_title_once_and_over_no_persons() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let tx = store.begin().await.unwrap();
        let at = |millis| NOW.plus_millis(millis);
        let asked = begin(scope, &tx, &tenant.assistant, "How do I", at(1)).await;
        let named = begin(scope, &tx, &tenant.assistant, "Where can", at(2)).await;
        conversations::entitle(scope, &tx, &asked, "Überall").await.unwrap();
        let again = conversations::entitle(scope, &tx, &asked, "Elsewhere").await;
        assert!(matches!(again, Err(StoreError::NotFound)), "{again:?}");
        conversations::rename(scope, &tx, &named, "Mine").await.unwrap();
        let late = conversations::entitle(scope, &tx, &named, "Elsewhere").await;
        assert!(matches!(late, Err(StoreError::NotFound)), "{late:?}");
        tx.commit().await.unwrap();
        let row = conversations::find(scope, store.read(), &asked).await.unwrap();
        assert_eq!((row.title.as_str(), row.title_by), ("Überall", TitleBy::Model));
        assert_eq!(titles(scope, store, search("uberall")).await, set(["Überall"]), "it is searched for");

        let newest = async || conversations::find_newest(scope, store.read()).await.unwrap().map(|row| row.title);
        assert_eq!(newest().await.as_deref(), Some("Mine"));
        let tx = store.begin().await.unwrap();
        conversations::delete(scope, &tx, &named, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(newest().await.as_deref(), Some("Überall"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_says_what_sends_a_question() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let key = async || members::find_self(&tenant.scope, store.read()).await.unwrap().send_key;
        assert_eq!(key().await, SendKey::Enter);
        let tx = store.begin().await.unwrap();
        accounts::set_send_key(&tx, &tenant.owner, SendKey::ModifiedEnter).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(key().await, SendKey::ModifiedEnter);
    })
    .await;
}

/// With another person's or another organisation's scope nothing of a tenant is found or changed.
pub async fn are_foreign(store: &Store, one: &Tenant, two: &Tenant, checked: &mut Checked) {
    let (mine, theirs) = (CategoryId::new(), CategoryId::new());
    let colleague = add_user(store, &one.scope, "categories@example.org", Role::Owner).await;
    let tx = store.begin().await.unwrap();
    categories::create(&one.scope, &tx, mine.clone(), "Mine", CategoryColour::Rose, NOW).await.unwrap();
    let category = categories::find(&one.scope, tx.db(), &mine).await.unwrap();
    let words = folding::words("w");
    say(&one.scope, &tx, &one.conversation, Author::User, "Why?").await;
    let conversation = std::slice::from_ref(&one.conversation);
    assert_eq!(message_texts::list_found(&one.scope, tx.db(), conversation, &words).await.unwrap().len(), 1);
    for foreign in [&two.scope, &colleague] {
        let db = tx.db();
        checked.empty("categories::list", categories::list(foreign, db).await, Vec::new());
        checked.nothing("categories::find", categories::find(foreign, db, &mine).await);
        let patch = CategoryPatch::default();
        checked.nothing("categories::update", categories::update(foreign, &tx, &mine, &patch).await);
        checked.nothing("categories::delete", categories::delete(foreign, &tx, &mine, NOW).await);
        checked.nothing("categories::restore", categories::restore(foreign, &tx, &mine).await);
        checked.nothing("categories::give", categories::give(foreign, &tx, &one.conversation, None).await);
        let found = message_texts::list_found(foreign, db, conversation, &words).await;
        checked.empty("message_texts::list_found", found, Vec::new());
        checked.nothing("conversations::entitle", conversations::entitle(foreign, &tx, &one.conversation, "X").await);
        let newest =
            conversations::find_newest(foreign, db).await.map(|row| row.filter(|it| it.id == one.conversation));
        checked.empty("conversations::find_newest", newest, None);
    }
    // One's own conversation does not get somebody else's category.
    categories::create(&two.scope, &tx, theirs.clone(), "Mine", CategoryColour::Red, NOW).await.unwrap();
    categories::give(&two.scope, &tx, &two.conversation, Some(&category)).await.unwrap();
    let given = conversations::find_summary(&two.scope, tx.db(), &two.conversation).await.unwrap().category;
    assert_eq!(given, None);
    assert_eq!(categories::find(&one.scope, tx.db(), &mine).await.unwrap(), category);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_before_can_be_searched_in() {
    let older = older_databases();
    for (first_url, url) in older.urls.clone() {
        let (organisation, user, conversation) = (OrganisationId::new(), UserId::new(), ConversationId::new());
        let assistant = AssistantId::new();
        let before = Database::connect(&first_url).await.unwrap();
        let known = Migrator::get_migration_files().iter().position(|one| one.name() == VERSION).unwrap();
        Migrator::up(&before, Some(u32::try_from(known).unwrap())).await.unwrap();
        let mut statements = rows_of_an_owner(&organisation, &user);
        statements.push(format!(
            "INSERT INTO conversations (id, organisation_id, user_id, assistant_id, title, title_key, created_at, \
             updated_at) VALUES ('{conversation}', '{organisation}', '{user}', '{assistant}', 'Été', 'été', 1, 1)"
        ));
        // More than are folded at once.
        statements.extend((1..=450).map(|ordinal| {
            format!(
                "INSERT INTO messages (id, organisation_id, conversation_id, ordinal, author, text, state, answer_kind, \
                 citations, steps, created_at) VALUES ('{}', '{organisation}', '{conversation}', {ordinal}, 'user', \
                 'Číslo {ordinal}.', 'complete', 'model', '[]', '[]', 1)",
                MessageId::new()
            )
        }));
        before.execute_unprepared(&statements.join(";\n")).await.unwrap();
        before.close().await.unwrap();

        let store = Store::connect(&url, &StoreOptions::default()).await.unwrap();
        let scope = accounts::scope_for_user(store.read(), &user).await.unwrap().unwrap();
        let row = conversations::find(&scope, store.read(), &conversation).await.unwrap();
        assert_eq!(row.title_by, TitleBy::Person, "no model writes over a title of before");
        for query in ["ete", "cislo 1.", "cislo 450.", "été číslo 201."] {
            assert_eq!(titles(&scope, &store, search(query)).await, set(["Été"]), "{query}");
        }
        assert_eq!(titles(&scope, &store, search("451")).await, set([]));
        assert_eq!(members::find_self(&scope, store.read()).await.unwrap().send_key, SendKey::Enter);
        store.close().await.unwrap();
    }
}
