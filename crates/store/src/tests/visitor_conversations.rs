//! The conversations of visitors, as who looks after an assistant reads them: where they were held, in which of them an address was
//! left, and what a newer version makes of those of an older one.

use hammock_contract::{
    AssistantId, ConversationId, MessageId, OrganisationId, UserId, VisitorId,
    chat::Author,
    page::PageRequest,
    visitor::{Channel, HeldQuery, VisitorConversation},
};
use hammock_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database};

use super::{
    support::{NOW, Tenant, older_databases, on_both, rows_of_an_owner, tenant},
    visitors::visited,
};
use crate::{
    Scope, Store, StoreError, StoreOptions, VisitorPage, accounts, conversations, messages, visitor_identities,
    visitors,
};

/// The version before which a conversation did not know where it was held.
const PLACES: &str = "m20261129_000510_visitor_places";
/// The version before which it did not know that an address was left in it.
const CONTACTS: &str = "m20261129_000520_visitor_contacts";
const SHOP: &str = "https://shop.example.com";
const OWN: &str = "https://hammock.example.com";

async fn begun(store: &Store, one: &Tenant, scope: &Scope) -> ConversationId {
    let id = ConversationId::new();
    let tx = store.begin().await.unwrap();
    conversations::create(scope, &tx, id.clone(), &one.assistant, "Again", NOW).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn listed(store: &Store, scope: &Scope, assistant: &AssistantId) -> Vec<VisitorConversation> {
    let first = PageRequest::default();
    visitors::list_conversations(scope, store.read(), assistant, &first).await.unwrap().items
}

async fn held(store: &Store, one: &Tenant, conversation: &ConversationId) -> (String, Channel) {
    let all = listed(store, &one.scope, &one.assistant).await;
    let found = all.into_iter().find(|row| row.conversation == *conversation).unwrap();
    (found.origin, found.channel)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_stays_where_it_was_held() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, _, first) = visited(store, &one).await;
        let own = scope.clone().on_page(VisitorPage { origin: OWN.to_owned(), channel: Channel::PublicChat });
        assert_eq!((scope.user(), scope.organisation()), (own.user(), own.organisation()), "the same visitor");
        let second = begun(store, &one, &own).await;
        // They go on with it elsewhere, which moves nothing.
        let tx = store.begin().await.unwrap();
        conversations::touch(&own, &tx, &first, &one.assistant, NOW).await.unwrap();
        conversations::touch(&scope, &tx, &second, &one.assistant, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(held(store, &one, &first).await, (SHOP.to_owned(), Channel::Widget));
        assert_eq!(held(store, &one, &second).await, (OWN.to_owned(), Channel::PublicChat));
        // In a frame of a page that is not known, which is not the page that they first came from.
        let framed = scope.clone().on_page(VisitorPage { origin: String::new(), channel: Channel::Frame });
        let third = begun(store, &one, &framed).await;
        assert_eq!(held(store, &one, &third).await, (String::new(), Channel::Frame));

        // What somebody takes over who turned out to be the same person stays there, too.
        let (known, id, _) = visited(store, &one).await;
        let tx = store.begin().await.unwrap();
        assert_eq!(visitor_identities::take_over(&known, &tx, &scope).await.unwrap(), 3);
        tx.commit().await.unwrap();
        assert_eq!(held(store, &one, &second).await, (OWN.to_owned(), Channel::PublicChat));
        let all = listed(store, &one.scope, &one.assistant).await;
        assert!(all.iter().all(|row| row.visitor.id == id && row.visitor.origin == SHOP), "{all:?}");

        // One of somebody inside was held nowhere.
        let inside = conversations::find(&one.scope, store.read(), &one.conversation).await.unwrap();
        assert_eq!((inside.channel, inside.origin, one.scope.page()), (None, None, None));
        let same = one.scope.clone().on_page(VisitorPage { origin: OWN.to_owned(), channel: Channel::PublicChat });
        assert_eq!(same, one.scope);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_stays_with_the_conversation_that_it_was_left_in() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, _, asked_in) = visited(store, &one).await;
        let (other, _, of_another) = visited(store, &one).await;
        let second = begun(store, &one, &scope).await;
        let tx = store.begin().await.unwrap();
        visitors::set_contact(&scope, &tx, &asked_in, "home@example.org").await.unwrap();
        let refused = visitors::set_contact(&other, &tx, &second, "mallory@example.org").await;
        assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
        let inside = visitors::set_contact(&one.scope, &tx, &one.conversation, "ada@example.org").await;
        assert!(matches!(inside, Err(StoreError::NotFound)), "of somebody inside: {inside:?}");
        // What they sign in with is another one, and takes its place nowhere.
        visitor_identities::describe(&scope, &tx, Some("Eva"), Some("work@example.org")).await.unwrap();
        tx.commit().await.unwrap();

        let all = listed(store, &one.scope, &one.assistant).await;
        let of = |id: &ConversationId| all.iter().find(|row| row.conversation == *id).unwrap();
        assert_eq!(of(&asked_in).contact.as_deref(), Some("home@example.org"));
        assert_eq!((of(&second).contact.as_ref(), of(&of_another).contact.as_ref()), (None, None));
        let left = visitors::find_contact(&scope, store.read(), &asked_in).await.unwrap();
        assert_eq!(left.as_deref(), Some("home@example.org"));
        assert_eq!(visitors::find_contact(&scope, store.read(), &second).await.unwrap(), None);
        let refused = visitors::find_contact(&other, store.read(), &asked_in).await;
        assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
        let visitor = &of(&asked_in).visitor;
        assert_eq!((visitor.name.as_deref(), visitor.email.as_deref()), (Some("Eva"), Some("work@example.org")));
        let wanted = HeldQuery::default();
        let read = visitors::read_conversation(&one.scope, store.read(), &one.assistant, &asked_in, &wanted).await;
        assert_eq!(read.unwrap().held.contact.as_deref(), Some("home@example.org"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_conversation_is_read_in_parts_that_lead_back_and_forth() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, _, conversation) = visited(store, &one).await;
        let (_, _, other) = visited(store, &one).await;
        let tx = store.begin().await.unwrap();
        for number in 2..=7 {
            let (id, text) = (MessageId::new(), number.to_string());
            messages::append(&scope, &tx, &conversation, id, Author::User, &text, None, NOW).await.unwrap();
        }
        tx.commit().await.unwrap();
        let ids: Vec<MessageId> =
            messages::list(&scope, store.read(), &conversation).await.unwrap().into_iter().map(|row| row.id).collect();
        assert_eq!(ids.len(), 7);
        // The numbers of the messages, and how many stand before and after them.
        let read = async |before: Option<usize>, after: Option<usize>, limit: Option<u32>| {
            let named = |number: Option<usize>| number.map(|number| ids[number - 1].clone());
            let wanted = HeldQuery { before: named(before), after: named(after), limit };
            let read =
                visitors::read_conversation(&one.scope, store.read(), &one.assistant, &conversation, &wanted).await?;
            let numbers: Vec<u32> = read.rows.iter().map(|row| row.ordinal).collect();
            Ok::<_, StoreError>((numbers, read.earlier, read.later))
        };
        for (before, after, limit, expected) in [
            (None, None, None, (vec![1, 2, 3, 4, 5, 6, 7], 0, 0)),
            (None, None, Some(3), (vec![5, 6, 7], 4, 0)),
            (Some(5), None, Some(3), (vec![2, 3, 4], 1, 3)),
            (Some(2), None, Some(3), (vec![1], 0, 6)),
            (Some(1), None, Some(3), (vec![], 0, 7)),
            (None, Some(1), Some(3), (vec![2, 3, 4], 1, 3)),
            (None, Some(4), Some(3), (vec![5, 6, 7], 4, 0)),
            (None, Some(7), Some(3), (vec![], 7, 0)),
            (Some(5), Some(2), Some(1), (vec![3], 2, 4)),
            (Some(3), Some(2), Some(1), (vec![], 2, 5)),
        ] {
            assert_eq!(read(before, after, limit).await.unwrap(), expected, "{before:?} {after:?} {limit:?}");
        }
        for limit in [0, 201] {
            let refused = read(None, None, Some(limit)).await;
            assert!(matches!(refused, Err(StoreError::InvalidLimit)), "{refused:?}");
        }
        // A message of another conversation is none of this one.
        let foreign = HeldQuery { before: Some(ids[3].clone()), ..HeldQuery::default() };
        let refused = visitors::read_conversation(&one.scope, store.read(), &one.assistant, &other, &foreign).await;
        assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
    })
    .await;
}

/// What an older database holds: an owner, an assistant, and a visitor with a conversation.
struct Older {
    organisation: OrganisationId,
    owner: UserId,
    assistant: AssistantId,
    conversation: ConversationId,
}

impl Older {
    fn new() -> Self {
        Self {
            organisation: OrganisationId::new(),
            owner: UserId::new(),
            assistant: AssistantId::new(),
            conversation: ConversationId::new(),
        }
    }

    fn statements(&self) -> Vec<String> {
        let Self { organisation, owner, assistant, conversation } = self;
        let (visitor, user, inside) = (VisitorId::new(), UserId::new(), ConversationId::new());
        let mut statements = rows_of_an_owner(organisation, owner);
        statements.extend([
            format!(
                "INSERT INTO assistants (id, organisation_id, name_key, search_key, access, settings, created_by, \
                 created_at, updated_at) VALUES ('{assistant}', '{organisation}', 'shop', 'shop', 'organisation', \
                 '{{\"name\":\"Shop\"}}', '{owner}', 1, 1)"
            ),
            format!(
                "INSERT INTO users (id, email, email_key, first_name, last_name, telephone, search_key, marketing, \
                 created_at, kind) VALUES ('{user}', 'v', 'v', '', '', '', '', FALSE, 1, 'visitor')"
            ),
            format!(
                "INSERT INTO visitors (id, user_id, organisation_id, assistant_id, origin, channel, email, created_at, \
                 seen_at) VALUES ('{visitor}', '{user}', '{organisation}', '{assistant}', '{SHOP}', 'widget', \
                 'eva@example.org', 1, 1)"
            ),
        ]);
        statements.extend([(conversation, &user), (&inside, owner)].map(|(id, user)| {
            format!(
                "INSERT INTO conversations (id, organisation_id, user_id, assistant_id, title, title_key, created_at, \
                 updated_at) VALUES ('{id}', '{organisation}', '{user}', '{assistant}', 'T', 't', 1, 1)"
            )
        }));
        statements
    }
}

/// Makes a database of the version before `version` with these rows.
async fn older_with(first_url: &str, version: &str, statements: &[String]) {
    let before = Database::connect(first_url).await.unwrap();
    let known = Migrator::get_migration_files().iter().position(|one| one.name() == version).unwrap();
    Migrator::up(&before, Some(u32::try_from(known).unwrap())).await.unwrap();
    for statement in statements {
        before.execute_unprepared(statement).await.unwrap();
    }
    before.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversations_of_before_were_held_where_their_visitor_came_from() {
    let older = older_databases();
    for (first_url, url) in older.urls.clone() {
        let rows = Older::new();
        older_with(&first_url, PLACES, &rows.statements()).await;

        let store = Store::connect(&url, &StoreOptions::default()).await.unwrap();
        let scope = accounts::scope_for_user(store.read(), &rows.owner).await.unwrap().unwrap();
        assert_eq!(scope.organisation(), &rows.organisation);
        let all = listed(&store, &scope, &rows.assistant).await;
        let [row] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((&row.conversation, row.origin.as_str(), row.channel), (&rows.conversation, SHOP, Channel::Widget));
        let sql = "SELECT COUNT(*) AS total FROM conversations WHERE origin IS NOT NULL AND channel = 'widget'";
        let found = store.read().row(sql, []).await.unwrap().unwrap();
        assert_eq!(crate::row::value::<i64>(&found, "total").unwrap(), 1, "and that of a person nowhere");
        store.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_of_before_belongs_to_the_conversation_that_the_audit_log_names() {
    let older = older_databases();
    for (first_url, url) in older.urls.clone() {
        let rows = Older::new();
        let Older { organisation, owner, assistant, conversation } = &rows;
        let mut statements = rows.statements();
        statements.push(format!(
            "INSERT INTO audit_events (id, organisation_id, actor_kind, action, target, detail, created_at) \
             VALUES ('audit_1', '{organisation}', 'visitor', 'visitor.contact', '{conversation}', 'null', 1)"
        ));
        // One of the same visitor in which none was left.
        let silent = ConversationId::new();
        statements.push(format!(
            "INSERT INTO conversations (id, organisation_id, user_id, assistant_id, title, title_key, created_at, \
             updated_at) SELECT '{silent}', organisation_id, user_id, assistant_id, 'S', 's', 1, 1 FROM conversations \
             WHERE id = '{conversation}'"
        ));
        older_with(&first_url, CONTACTS, &statements).await;

        let store = Store::connect(&url, &StoreOptions::default()).await.unwrap();
        let scope = accounts::scope_for_user(store.read(), owner).await.unwrap().unwrap();
        let mut all = listed(&store, &scope, assistant).await;
        all.sort_by(|one, other| one.title.cmp(&other.title));
        let told: Vec<_> = all.iter().map(|row| (&row.conversation, row.contact.as_deref())).collect();
        assert_eq!(told, [(&silent, None), (conversation, Some("eva@example.org"))]);
        store.close().await.unwrap();
    }
}
