//! Fresh databases, and tenants to put into them.

use hammock_contract::{
    AssistantId, ChunkEditId, ChunkId, CollectionId, ConversationId, DocumentId, OrganisationId, SourceId, Timestamp,
    UserId,
    assistant::{Access, AssistantSettings},
    source::SourceKind,
    user::{Role, UserStatus},
};
use hammock_testkit::postgres::TemporaryDatabase;

use crate::{
    Scope, Store, StoreOptions, accounts, assistants, chunk_edits, collections, conversations, documents, members,
    organisations, revisions, sources,
};

pub const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

const ON_POSTGRES: &str = "the database tests on PostgreSQL";

/// A PostgreSQL database of this test's own without any table; `None`, said aloud, where no PostgreSQL answers.
pub fn empty_postgres() -> Option<TemporaryDatabase> {
    TemporaryDatabase::empty(ON_POSTGRES)
}

/// Runs a test on a fresh SQLite database and on a fresh PostgreSQL one.
pub async fn on_both(test: impl AsyncFn(&Store)) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("hammock.db");
    hammock_testkit::sqlite::prepare(&file);
    let url = format!("sqlite:{}", file.display());
    let options = StoreOptions { connections: 4, ..StoreOptions::default() };
    let store = Store::connect(&url, &options).await.expect("SQLite opens");
    test(&store).await;
    store.close().await.expect("SQLite closes");
    if let Some(database) = TemporaryDatabase::create(ON_POSTGRES) {
        let store = Store::connect(&database.url(), &options).await.expect("PostgreSQL opens");
        test(&store).await;
        store.close().await.expect("PostgreSQL closes");
    }
}

/// Databases that a test takes from an older version of the schema to the newest. They are gone with it.
pub struct OlderDatabases {
    /// Of each, the address that makes it, and the one by which the store opens it.
    pub urls: Vec<(String, String)>,
    _folder: tempfile::TempDir,
    _postgres: Option<TemporaryDatabase>,
}

pub fn older_databases() -> OlderDatabases {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let sqlite = format!("sqlite:{}", folder.path().join("hammock.db").display());
    let mut urls = vec![(format!("{sqlite}?mode=rwc"), sqlite)];
    let postgres = empty_postgres();
    urls.extend(postgres.as_ref().map(|database| (database.url(), database.url())));
    OlderDatabases { urls, _folder: folder, _postgres: postgres }
}

/// Statements that make an organisation with its owner, in every version of the schema.
pub fn rows_of_an_owner(organisation: &OrganisationId, owner: &UserId) -> Vec<String> {
    vec![
        format!("INSERT INTO organisations (id, name, created_at) VALUES ('{organisation}', 'One', 1)"),
        format!(
            "INSERT INTO users (id, email, email_key, first_name, last_name, telephone, search_key, marketing, \
             created_at) VALUES ('{owner}', 'a', 'a', 'A', 'A', '', 'a', FALSE, 1)"
        ),
        format!(
            "INSERT INTO memberships (organisation_id, user_id, role, status, created_at) \
             VALUES ('{organisation}', '{owner}', 'owner', 'active', 1)"
        ),
    ]
}

/// An organisation with one of everything.
pub struct Tenant {
    pub organisation: OrganisationId,
    pub owner: UserId,
    pub scope: Scope,
    pub collection: CollectionId,
    pub source: SourceId,
    pub document: DocumentId,
    pub chunks: Vec<ChunkId>,
    pub assistant: AssistantId,
    pub conversation: ConversationId,
}

pub fn settings(name: &str, collections: Vec<CollectionId>, access: Access) -> AssistantSettings {
    let mut settings: AssistantSettings =
        serde_json::from_value(serde_json::json!({ "name": name })).expect("a name is enough");
    settings.collections = collections;
    settings.access = access;
    settings
}

pub fn new_account(email: &str) -> accounts::NewAccount {
    accounts::NewAccount {
        id: UserId::new(),
        email: email.to_owned(),
        first_name: "Ada".to_owned(),
        last_name: "Lovelace".to_owned(),
        telephone: String::new(),
        password_hash: None,
        locale: None,
        marketing: false,
        terms_accepted_at: Some(NOW),
    }
}

pub fn new_document(location: &str) -> documents::NewDocument {
    documents::NewDocument {
        id: DocumentId::new(),
        title: location.to_owned(),
        location: location.to_owned(),
        url: None,
        media_type: "text/plain".to_owned(),
        bytes: 3,
        file_key: None,
        seen_in_crawl: 0,
    }
}

pub fn new_chunks(texts: &[&str]) -> Vec<revisions::NewChunk> {
    texts
        .iter()
        .map(|text| revisions::NewChunk {
            id: ChunkId::new(),
            headings: vec!["Heading".to_owned()],
            text: (*text).to_owned(),
            start: 0,
            end: 3,
            place: None,
            table_part: None,
            edit: None,
            enabled: true,
        })
        .collect()
}

/// An edit of a tenant's chunk by its owner.
pub fn new_edit(tenant: &Tenant, original: &str, nth: u32) -> chunk_edits::ChunkEditRow {
    chunk_edits::ChunkEditRow {
        id: ChunkEditId::new(),
        organisation_id: tenant.organisation.clone(),
        document_id: tenant.document.clone(),
        original_hash: format!("hash of {original}"),
        nth,
        original: original.to_owned(),
        text: Some(format!("{original}, edited")),
        enabled: true,
        edited_by: Some(tenant.owner.clone()),
        edited_at: NOW,
    }
}

pub fn switch_to(revision: u32, embedding: bool) -> revisions::Switch {
    revisions::Switch {
        revision,
        title: format!("Title {revision}"),
        language: Some("en".to_owned()),
        media_type: "text/plain".to_owned(),
        text_hash: format!("text {revision}"),
        embedding,
        file_key: String::new(),
    }
}

/// Stores a revision and makes it answer; the ids of its chunks.
pub async fn answer_with(store: &Store, scope: &Scope, document: &DocumentId, texts: &[&str]) -> Vec<ChunkId> {
    let chunks = new_chunks(texts);
    let ids = chunks.iter().map(|chunk| chunk.id.clone()).collect();
    let tx = store.begin().await.unwrap();
    let revision = revisions::put(scope, &tx, document, &texts.concat(), "hash", chunks, NOW).await.unwrap();
    revisions::switch(scope, &tx, document, &switch_to(revision, true), NOW).await.unwrap();
    tx.commit().await.unwrap();
    ids
}

pub async fn add_user(store: &Store, scope: &Scope, email: &str, role: Role) -> Scope {
    let account = new_account(email);
    let id = account.id.clone();
    let tx = store.begin().await.unwrap();
    accounts::create(&tx, account, NOW).await.unwrap();
    members::add(scope, &tx, &id, role, UserStatus::Active, NOW).await.unwrap();
    tx.commit().await.unwrap();
    accounts::scope_for_user(store.read(), &id).await.unwrap().expect("a member has a scope")
}

pub async fn tenant(store: &Store, name: &str) -> Tenant {
    let organisation = OrganisationId::new();
    let account = new_account(&format!("{name}@example.org"));
    let owner = account.id.clone();
    let (collection, source) = (CollectionId::new(), SourceId::new());
    let (assistant, conversation) = (AssistantId::new(), ConversationId::new());
    let tx = store.begin().await.unwrap();
    let row = organisations::OrganisationRow { id: organisation.clone(), name: name.to_owned(), created_at: NOW };
    organisations::create(&tx, row).await.unwrap();
    accounts::create(&tx, account, NOW).await.unwrap();
    let membership = members::MembershipRow {
        organisation_id: organisation.clone(),
        user_id: owner.clone(),
        role: Role::Owner,
        status: UserStatus::Active,
        created_at: NOW,
    };
    members::join(&tx, membership).await.unwrap();
    let scope = accounts::scope_for_user(tx.db(), &owner).await.unwrap().unwrap();
    collections::create(&scope, &tx, collection.clone(), "Knowledge", "", NOW).await.unwrap();
    sources::create(&scope, &tx, source.clone(), &collection, "Files", SourceKind::Upload, NOW).await.unwrap();
    let document =
        documents::create_many(&scope, &tx, &source, vec![new_document("a.txt")], NOW).await.unwrap().remove(0).id;
    let settings = settings("General", vec![collection.clone()], Access::Organisation);
    assistants::create(&scope, &tx, assistant.clone(), settings, NOW).await.unwrap();
    conversations::create(&scope, &tx, conversation.clone(), &assistant, "Hello", NOW).await.unwrap();
    tx.commit().await.unwrap();
    let chunks = answer_with(store, &scope, &document, &["one", "two"]).await;
    Tenant { organisation, owner, scope, collection, source, document, chunks, assistant, conversation }
}
