//! The use cases. What the interface, the REST API, the worker and the command line call; who may do what, and the audit
//! row of every change, live here, once.
//!
//! Everything hangs on [`Hammock`]: one method per use case, one file per noun. Each takes the caller's [`Scope`] first.

mod accounts;
mod allowed_hosts;
mod assistants;
mod attachments;
mod attempts;
mod categories;
mod chat;
mod chunks;
mod clock;
mod collection_access;
mod collections;
mod connections;
mod conversations;
mod crawls;
mod doctor;
mod documents;
mod embedding;
mod error;
mod eval;
mod evaluation;
mod excerpts;
mod export;
mod feedback;
mod functions;
mod handbook;
mod held_crawls;
mod interfaces;
mod keys;
mod knowledge;
mod left_out;
pub mod mail;
mod metadata;
mod ollama;
mod openid;
mod operator;
mod organisation;
mod outgoing;
mod password_links;
mod passwords;
mod presence;
mod private;
mod render;
mod retries;
mod schedules;
mod search;
mod settings;
mod sharing;
mod sources;
#[cfg(test)]
mod tests;
mod transcription;
mod users;
mod uses;
mod validate;
mod visitors;
mod websites;
mod worker;

use std::sync::Arc;

use hammock_ingest::{
    crawl::Paces,
    isolate::Parser,
    render::{RenderLimits, Renderer},
};
pub use hammock_llm as llm;
use hammock_retrieval::SearchIndex;
pub use hammock_store::Scope;
use hammock_store::{Store, secrets::Keyring};
use tokio::sync::Notify;

pub use accounts::{Origin, SignedIn, password_mark};
pub use chat::{Answer, ChangeStream, EventStream, ModelFactory, ProviderAccount};
pub use clock::{Clock, SystemClock};
pub use doctor::{DoctorReport, Finding, MODEL_ADVICE, Severity, counted};
pub use documents::UploadedFile;
pub use embedding::choice::{EmbedderFactory, EmbeddingChoice, HiddenKey};
pub use error::{Result, from_model, internal};
pub use eval::ProductPipeline;
pub use evaluation::ImportFile;
pub use export::{ExportFormat, ExportedFile};
pub use interfaces::{PublicChatPage, frame_ancestors, origin_is_allowed};
pub use knowledge::{
    embedder::Embedded,
    filling::{FillReport, FilledVectors, Filling},
    reindexing::RebuildError,
};
pub use outgoing::AskedFor;
pub use presence::while_nobody_works;
pub use private::make_private_folder;
pub use render::CITATION_HREF;
pub use settings::{GOOGLE_ISSUER, Settings};
pub use sharing::SharedConversation;
pub use visitors::{AskingPage, SignInAnswer, SignInOutcome, SignInWindow, VISITOR_FILES, VISITOR_TOKEN};

/// What an installation is put together from.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The keys of the secrets in the database.
    pub keyring: Keyring,
    /// The index.
    pub index: Arc<dyn SearchIndex>,
    /// The one way out, as far as the operator lets requests go.
    pub net: hammock_net::Client,
    /// Reads files.
    pub parser: Arc<Parser>,
    /// Hands mails over.
    pub mailer: Arc<dyn mail::Mailer>,
    /// Makes chat models of connections.
    pub models: Arc<dyn ModelFactory>,
    /// Loads and reaches embedding models.
    pub embedders: Arc<dyn EmbedderFactory>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The operator's decisions.
    pub settings: Settings,
}

/// An installation. Cheap to clone.
#[derive(Clone)]
pub struct Hammock(Arc<Inner>);

struct Inner {
    store: Store,
    keyring: Keyring,
    index: Arc<dyn SearchIndex>,
    /// Asks other servers, for each organisation what its list allows.
    way_out: outgoing::WayOut,
    parser: Arc<Parser>,
    /// Shows pages that only scripts fill, where there is a browser.
    renderer: Option<Arc<Renderer>>,
    /// How fast the hosts of websites are asked, by all crawls together.
    paces: Paces,
    mailer: Arc<dyn mail::Mailer>,
    models: Arc<dyn ModelFactory>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    embedding: embedding::Embedding,
    live: Arc<chat::LiveRuns>,
    changes: chat::Changes,
    journal: chat::Journal,
    presence: presence::Presence,
    uses: uses::NotedUses,
    visitors: visitors::Doorkeeper,
    /// What was learned of OpenID providers.
    openid: openid::Providers,
    /// Rings when there is new work for the worker.
    work: Notify,
    /// Rings when chunks wait for their vectors.
    unembedded: Notify,
    crawls: sources::RunningCrawls,
    /// The tables that functions asked last.
    tables: functions::TableCache,
    /// Held while the edits of a document are brought into the indexes.
    indexing_edits: tokio::sync::Mutex<()>,
    /// Held while what a held crawl left waiting is brought into the indexes and accepted.
    accepting: tokio::sync::Mutex<()>,
}

impl Hammock {
    /// An installation of these parts. Nothing runs yet: [`Hammock::prepare`] and [`Hammock::spawn_worker`] come next.
    pub fn new(parts: Parts) -> Self {
        let Parts { store, keyring, index, net, parser, mailer, models, embedders, clock, settings } = parts;
        let journal = chat::Journal::start(store.clone());
        let limits = RenderLimits { at_once: settings.browsers, ..RenderLimits::default() };
        let renderer = settings.browser.clone().map(|program| Arc::new(Renderer::new(program, limits)));
        Self(Arc::new(Inner {
            embedding: embedding::Embedding::new(embedders, settings.embedding.clone(), settings.vector_memo.clone()),
            store,
            keyring,
            index,
            way_out: outgoing::WayOut::new(net),
            parser,
            renderer,
            paces: Paces::default(),
            mailer,
            models,
            clock,
            settings,
            live: Arc::default(),
            changes: chat::Changes::default(),
            journal,
            presence: presence::Presence::default(),
            uses: uses::NotedUses::default(),
            visitors: visitors::Doorkeeper::default(),
            openid: openid::Providers::default(),
            work: Notify::new(),
            unembedded: Notify::new(),
            crawls: sources::RunningCrawls::default(),
            tables: functions::TableCache::default(),
            indexing_edits: tokio::sync::Mutex::default(),
            accepting: tokio::sync::Mutex::default(),
        }))
    }

    /// The database, for what is not a use case: sessions, health.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The operator's decisions.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The present time.
    pub fn now(&self) -> hammock_contract::Timestamp {
        self.0.clock.now()
    }
}
