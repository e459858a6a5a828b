//! What the tests of the use cases stand on.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use hammock_contract::{
    AssistantId, CollectionId, ConnectionId, DocumentId, SourceId, Timestamp,
    assistant::{Access, AssistantSettings},
    auth::Registration,
    collection::NewCollection,
    connection::{NewConnection, ProviderKind},
    document::{Document, DocumentState},
    retrieval::RetrievalSettings,
    search::{SearchHit, SearchMode, SearchRequest},
    source::{NewSource, SourceKind},
    system::RegistrationPolicy,
    user::{FirstPassword, NewUser, Role},
};
use hammock_ingest::isolate::{Limits, Parser};
use hammock_llm::scripted::{ScriptedModel, ScriptedTranscriber};
use hammock_net::EgressPolicy;
use hammock_retrieval::SearchIndex;
use hammock_store::{Store, StoreOptions, secrets::Keyring};
use hammock_testkit::site::Website;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::{
    held_index::HeldIndex,
    made::{Made, Scripts},
};
use crate::{
    Clock, EmbedderFactory, EmbeddingChoice, Hammock, HiddenKey, Origin, Parts, Result, Scope, Settings, UploadedFile,
    mail::OutboxMailer,
};

/// An upper bound for what takes milliseconds.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(1);
pub const PASSWORD: &str = "correct horse 1";
pub const UPLOAD_LIMIT: u64 = 50_000;
pub const CHANGE_STREAMS: usize = 4;
pub const INVITATIONS_PER_HOUR: u64 = 8;

/// A clock that stands still until it is set.
pub struct StillClock(AtomicI64);

impl StillClock {
    pub fn pass(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// An installation with everything that can be looked at or moved from outside.
pub struct World {
    pub hammock: Hammock,
    pub index: Arc<HeldIndex>,
    pub model: ScriptedModel,
    pub transcriber: ScriptedTranscriber,
    pub clock: Arc<StillClock>,
    pub folder: Arc<TempDir>,
    cancel: CancellationToken,
}

impl Drop for World {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl World {
    /// With a model that refuses.
    pub async fn new() -> Self {
        Self::with_model(ScriptedModel::new([])).await
    }

    /// With a worker that works, and the owner of an organisation.
    pub async fn at_work() -> (Self, Scope) {
        let world = Self::new().await;
        world.work();
        let owner = world.owner("Eva").await;
        (world, owner)
    }

    pub async fn with_model(model: ScriptedModel) -> Self {
        Self::prepared(model, EgressPolicy::default()).await
    }

    /// With a website on loopback that may be crawled.
    pub async fn with_website(model: ScriptedModel, site: &Website) -> Self {
        Self::with_site_at(model, &site.authority()).await
    }

    /// With a server at this host and port that may be crawled.
    pub async fn with_site_at(model: ScriptedModel, authority: &str) -> Self {
        Self::prepared(model, EgressPolicy::allowing([authority.parse().unwrap()])).await
    }

    /// With a website on loopback that may be crawled, and this program in the browser's place.
    #[cfg(unix)]
    pub async fn with_browser(site: &Website, browser: PathBuf) -> Self {
        let egress = EgressPolicy::allowing([site.authority().parse().expect("an address")]);
        let folder = Arc::new(tempfile::tempdir().expect("a folder is made"));
        let world = Self::made(Made { egress, browser: Some(browser), ..Made::new(folder) }).await;
        world.hammock.prepare().await.expect("the installation is prepared");
        world
    }

    async fn prepared(model: ScriptedModel, egress: EgressPolicy) -> Self {
        let made = Made::new(Arc::new(tempfile::tempdir().unwrap()));
        let world = Self::made(Made { model, egress, ..made }).await;
        world.hammock.prepare().await.unwrap();
        world
    }

    /// On what an earlier one left behind, before it is prepared.
    pub async fn in_folder(folder: Arc<TempDir>, model: ScriptedModel) -> Self {
        Self::made(Made { model, ..Made::new(folder) }).await
    }

    /// On what an earlier one left behind, its index too, with a chosen embedding model.
    pub async fn with_embedding(
        folder: Arc<TempDir>,
        index: Arc<HeldIndex>,
        embedders: Arc<dyn EmbedderFactory>,
        embedding: Option<EmbeddingChoice>,
    ) -> Self {
        let world = Self::made(Made { index, embedders, embedding, ..Made::new(folder) }).await;
        world.hammock.prepare().await.unwrap();
        world
    }

    pub async fn made(made: Made) -> Self {
        let Made { folder, index, model, egress, browser, embedders, embedding } = made;
        let data = folder.path();
        let file = || {
            let file = data.join("hammock.db");
            hammock_testkit::sqlite::prepare(&file);
            format!("sqlite:{}", file.display())
        };
        let url = hammock_testkit::postgres::given().unwrap_or_else(file);
        let clock = Arc::new(StillClock(AtomicI64::new(1_795_000_000_000)));
        let transcriber = ScriptedTranscriber::default();
        let parts = Parts {
            store: Store::connect(&url, &StoreOptions::default()).await.unwrap(),
            keyring: Keyring::open(&data.join("secrets.key")).unwrap(),
            index: index.clone(),
            net: hammock_net::Client::new(egress).unwrap(),
            // No test here reads a format that needs a process of its own.
            parser: Arc::new(Parser::with_arguments(data.join("missing"), Vec::new(), Limits::default())),
            mailer: Arc::new(OutboxMailer::new(data.join("outbox"), "Hammock <hammock@example.org>").unwrap()),
            models: Arc::new(Scripts(model.clone(), transcriber.clone())),
            embedders,
            clock: clock.clone(),
            settings: Settings { browser, embedding, ..settings(data) },
        };
        let hammock = Hammock::new(parts);
        Self { hammock, index, model, transcriber, clock, folder, cancel: CancellationToken::new() }
    }

    /// Lets the worker work until the end of the test.
    pub fn work(&self) {
        self.hammock.spawn_worker(self.cancel.clone());
    }

    /// Lets no background work begin any more.
    pub fn stop_working(&self) {
        self.cancel.cancel();
    }

    /// A new organisation; its owner.
    pub async fn owner(&self, name: &str) -> Scope {
        let signed_in = self.hammock.register(registration(name), &Origin::default()).await.unwrap();
        self.hammock.scope_for_user(&signed_in.user).await.unwrap().unwrap()
    }

    /// A colleague of `owner`.
    pub async fn colleague(&self, owner: &Scope, name: &str, role: Role) -> Scope {
        let new =
            NewUser { first_password: FirstPassword::Set { password: PASSWORD.to_owned() }, ..new_user(name, role) };
        let user = self.hammock.add_user(owner, new, hammock_contract::locale::Locale::En).await.unwrap();
        self.hammock.scope_for_user(&user.id).await.unwrap().unwrap()
    }

    pub async fn collection(&self, scope: &Scope, name: &str) -> (CollectionId, SourceId) {
        let new = NewCollection { name: name.to_owned(), ..NewCollection::default() };
        let collection = self.hammock.create_collection(scope, new).await.unwrap();
        let new = NewSource { name: String::new(), description: String::new(), kind: SourceKind::Upload };
        let source = self.hammock.create_source(scope, &collection.id, new).await.unwrap();
        (collection.id, source.id)
    }

    pub async fn upload(&self, scope: &Scope, source: &SourceId, name: &str, content: &[u8]) -> Result<Document> {
        let spool = self.hammock.upload_dir();
        std::fs::create_dir_all(&spool).unwrap();
        let spooled = spool.join(uuid::Uuid::now_v7().to_string());
        std::fs::write(&spooled, content).unwrap();
        let bytes = content.len() as u64;
        let file = UploadedFile { file_name: name.to_owned(), media_type: None, spooled, bytes };
        self.hammock.upload_file(scope, source, file).await
    }

    /// Waits until a document is read, whatever came of it.
    pub async fn read(&self, scope: &Scope, document: &DocumentId) -> Document {
        until("the document is read", async || {
            let document = self.hammock.find_document(scope, document).await.unwrap();
            (document.state != DocumentState::Processing).then_some(document)
        })
        .await
    }

    /// Waits until no job waits or runs: a document answers a little before its job is done.
    pub async fn rest(&self) {
        until("all jobs are done", async || {
            let jobs = hammock_store::jobs::count(self.hammock.store().read()).await.unwrap();
            (jobs.queued + jobs.running == 0).then_some(())
        })
        .await;
    }

    /// A collection with one document that answers.
    pub async fn knowledge(&self, scope: &Scope, name: &str, content: &str) -> (CollectionId, DocumentId) {
        let (collection, _, document) = self.filled(scope, name, "note.md", content).await;
        (collection, document)
    }

    /// A collection with one file of this name that answers.
    pub async fn filled(
        &self,
        scope: &Scope,
        name: &str,
        file: &str,
        content: &str,
    ) -> (CollectionId, SourceId, DocumentId) {
        let (collection, source) = self.collection(scope, name).await;
        let document = self.upload(scope, &source, file, content.as_bytes()).await.unwrap();
        let document = self.read(scope, &document.id).await;
        assert_eq!(document.state, DocumentState::Ready, "{:?}", document.error);
        (collection, source, document.id)
    }

    pub async fn connection(&self, scope: &Scope) -> ConnectionId {
        let new = NewConnection {
            name: "Provider".to_owned(),
            kind: ProviderKind::Compatible,
            base_url: "https://models.example.org/v1".to_owned(),
            key: Some("sk-right".to_owned()),
        };
        self.hammock.create_connection(scope, new).await.unwrap().id
    }

    /// An assistant that answers from collections, with the scripted model or without any.
    pub async fn assistant(&self, scope: &Scope, collections: &[&CollectionId], with_model: bool) -> AssistantId {
        let mut settings = assistant("Concierge");
        settings.collections = collections.iter().copied().cloned().collect();
        if with_model {
            settings.connection = Some(self.connection(scope).await);
            settings.model = "scripted".to_owned();
        }
        self.hammock.create_assistant(scope, settings).await.unwrap().id
    }

    /// What a search by words finds.
    pub async fn search(&self, scope: &Scope, query: &str) -> Vec<SearchHit> {
        let request = SearchRequest {
            query: query.to_owned(),
            collections: Vec::new(),
            mode: SearchMode::Keyword,
            limit: Some(20),
            ..SearchRequest::default()
        };
        self.hammock.search(scope, request).await.unwrap().hits
    }

    /// The token of the link in the only mail to an address, as soon as it is there.
    pub async fn mailed_token(&self, to: &str) -> String {
        let outbox = self.folder.path().join("outbox");
        until("a mail comes", async || {
            let files = std::fs::read_dir(&outbox).ok()?;
            let mails = files.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok());
            let mail = mails.filter(|mail| mail.contains(&format!("To: {to}"))).last()?;
            // Long lines are cut and marked so (quoted-printable).
            let mail = mail.replace("=\r\n", "").replace("=3D", "=");
            let token = mail.split("token=").nth(1)?;
            // The file may not be complete yet.
            token.split_once(char::is_whitespace).map(|(token, _)| token.to_owned())
        })
        .await
    }

    pub async fn index_is_empty(&self) -> bool {
        self.index.list_text().await.unwrap().is_empty()
    }

    pub fn mails(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("outbox")).map_or(0, Iterator::count)
    }
}

fn settings(data: &Path) -> Settings {
    Settings {
        data_dir: data.to_owned(),
        public_url: "https://hammock.example.org".to_owned(),
        instance_name: "Hammock".to_owned(),
        registration: RegistrationPolicy::Open,
        registrations_per_address: 3,
        invitations_per_hour: INVITATIONS_PER_HOUR,
        terms_url: String::new(),
        privacy_url: String::new(),
        embedding: None,
        former_embedding_key: HiddenKey::default(),
        vector_memo: None,
        upload_limit: UPLOAD_LIMIT,
        change_streams: CHANGE_STREAMS,
        crawler_contact: "test@example.org".to_owned(),
        crawl_delay: Duration::ZERO,
        browser: None,
        browsers: 1,
        ollama_url: None,
        google_issuer: crate::GOOGLE_ISSUER.to_owned(),
    }
}

pub fn registration(name: &str) -> Registration {
    Registration {
        first_name: name.to_owned(),
        last_name: "Example".to_owned(),
        email: address(name),
        password: PASSWORD.to_owned(),
        password_again: PASSWORD.to_owned(),
        organisation: format!("{name} & Co"),
        accept_terms: true,
        no_marketing: true,
    }
}

pub fn new_user(name: &str, role: Role) -> NewUser {
    NewUser {
        first_name: name.to_owned(),
        last_name: "Example".to_owned(),
        email: address(name),
        telephone: String::new(),
        role,
        first_password: FirstPassword::Invite,
    }
}

pub fn address(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase())
}

pub fn assistant(name: &str) -> AssistantSettings {
    AssistantSettings {
        name: name.to_owned(),
        description: String::new(),
        icon: "bot".to_owned(),
        connection: None,
        model: String::new(),
        vision: hammock_contract::assistant::Vision::Automatic,
        collections: Vec::new(),
        access: Access::Organisation,
        initial_message: String::new(),
        suggestions: Vec::new(),
        system_message: String::new(),
        temperature: 0.2,
        max_tokens: 1024,
        strictness: hammock_contract::assistant::Strictness::Balanced,
        retrieval: RetrievalSettings::default(),
        filters: Vec::new(),
    }
}

/// Looks again and again until there is something.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            // Asked without a pause, it would take the processor from what is waited for.
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("waited too long until {what}"))
}
