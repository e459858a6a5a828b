//! Puts an installation together. The one file that names concrete adapters.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context as _;
use hammock_domain::{
    EmbeddingChoice, GOOGLE_ISSUER, HiddenKey, Parts, Settings, SystemClock,
    mail::{Mailer, OutboxMailer, SmtpMailer},
    make_private_folder,
};
use hammock_ingest::{
    isolate::{Limits, Parser},
    render,
};
use hammock_llm::embed::local;
use hammock_net::{Client, EgressPolicy, EgressRule};
use hammock_retrieval::{IndexError, SearchIndex};
use hammock_store::{Store, StoreOptions, secrets::Keyring};
use url::Url;

use crate::{
    config::Config,
    embedders::Embedders,
    metrics::failures::Counted,
    models::Providers,
    site::Site,
    state::{AppState, Readiness},
};

/// The parts of an installation. Tests replace some before they make a [`hammock_domain::Hammock`] of them. `program` is
/// the `hammock` binary, which reads files in child processes of its own.
///
/// # Errors
/// When the data directory, the database, the index or the mail server's address cannot be used.
pub async fn parts(config: &Config, program: PathBuf) -> anyhow::Result<Parts> {
    let data = &config.data.dir;
    let store = store(config).await?;
    let keyring = Keyring::open(&data.join("secrets.key"))
        .with_context(|| format!("the key file {} cannot be used", data.join("secrets.key").display()))?;
    let settings = settings(config)?;
    let net = Client::new(egress(config, false)).context("egress: outgoing requests cannot be set up")?;
    let model_net = Client::new(egress(config, true)).context("egress: outgoing requests cannot be set up")?;
    Ok(Parts {
        store,
        keyring,
        index: index(data).await?,
        net,
        parser: Arc::new(Parser::new(program, Limits::default())),
        mailer: mailer(config)?,
        embedders: Arc::new(Embedders::new(model_net.clone())),
        models: Arc::new(Providers::new(model_net)),
        clock: Arc::new(SystemClock),
        settings,
    })
}

/// What loads and reaches embedding models, for a command without an installation.
///
/// # Errors
/// When outgoing requests cannot be set up.
pub fn embedders(config: &Config) -> anyhow::Result<Arc<Embedders>> {
    let net = Client::new(egress(config, true)).context("egress: outgoing requests cannot be set up")?;
    Ok(Arc::new(Embedders::new(net)))
}

/// This program's own path.
///
/// # Errors
/// When the system does not tell.
pub fn this_program() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("the path of this program is unknown")
}

/// The database, with its schema brought up to date.
///
/// # Errors
/// When the data directory or the database cannot be used.
pub async fn store(config: &Config) -> anyhow::Result<Store> {
    prepare_data_dir(&config.data.dir).await?;
    let options = StoreOptions { patience: config.database.connect_timeout, ..StoreOptions::default() };
    // The field is named that decides where the database is.
    let field = if config.database_file().is_some() { "data.dir" } else { "database.url" };
    let opened = Store::connect(&config.database_url(), &options).await;
    opened.with_context(|| format!("{field}: the database cannot be opened"))
}

/// What handlers reach.
///
/// # Errors
/// When the built interface cannot be read.
pub fn state(config: Config, hammock: hammock_domain::Hammock) -> anyhow::Result<AppState> {
    let site = site(&config)?;
    Ok(AppState {
        hammock,
        config: Arc::new(config),
        site: Arc::new(site),
        metrics: crate::metrics::recorder(),
        readiness: Readiness::default(),
    })
}

/// The built interface: that of the configured folder, else the embedded one, else one that the build left; without files
/// where there is none.
///
/// # Errors
/// When the configured folder is missing, or one cannot be read.
pub fn site(config: &Config) -> anyhow::Result<Site> {
    let is_named = !config.server.site_dir.as_os_str().is_empty();
    if !is_named && let Some(site) = Site::embedded() {
        return Ok(site);
    }
    let Some(folder) = config.site_dir() else { return Ok(Site::default()) };
    anyhow::ensure!(folder.is_dir(), "server.site_dir: there is no folder {}", folder.display());
    Site::from_folder(&folder).with_context(|| format!("server.site_dir: {} cannot be read", folder.display()))
}

/// Where the index of a data directory is. All of it comes from the database.
pub fn index_folder(data: &Path) -> PathBuf {
    data.join("index")
}

/// Whether what failed is that the index of an installation is damaged, or none.
pub fn is_damaged_index(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<IndexError>(), Some(IndexError::Engine(_)))
}

/// The index below a folder.
///
/// # Errors
/// When the folder cannot be used.
#[cfg(feature = "durable-index")]
pub async fn index(data: &Path) -> anyhow::Result<Arc<dyn SearchIndex>> {
    let folder = index_folder(data);
    make_private_folder(&folder).await.with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let index = hammock_index::DurableIndex::open(&folder).await.map_err(|error| {
        let advice = match error {
            IndexError::StorageFull => "",
            IndexError::Engine(_) => "; `hammock reindex` makes it anew from the database",
        };
        let context = format!("the index in {} cannot be opened{advice}", folder.display());
        anyhow::Error::from(error).context(context)
    })?;
    Ok(Arc::new(index))
}

/// The index of a build without a durable one.
///
/// # Errors
/// Never; the other build's can.
#[cfg(not(feature = "durable-index"))]
pub async fn index(_: &Path) -> anyhow::Result<Arc<dyn SearchIndex>> {
    tracing::warn!(
        "this binary was built without a durable index: everything is indexed in memory and gone at its end"
    );
    Ok(Arc::new(hammock_retrieval::memory::MemoryIndex::new()))
}

fn mailer(config: &Config) -> anyhow::Result<Arc<dyn Mailer>> {
    let from = &config.smtp.from;
    if config.smtp.url.is_empty() {
        let outbox = OutboxMailer::new(config.data.dir.join("outbox"), from);
        return Ok(Arc::new(Counted(outbox.context("smtp.from: not a sender such as Hammock <hammock@example.org>")?)));
    }
    Ok(Arc::new(Counted(SmtpMailer::new(&config.smtp.url, from).context("smtp.url cannot be used")?)))
}

fn settings(config: &Config) -> anyhow::Result<Settings> {
    let or = |value: &str, default: &str| if value.is_empty() { default.to_owned() } else { value.to_owned() };
    let embedding = config.embedding();
    if let Some(EmbeddingChoice::Directory { folder, .. }) = &embedding {
        // At once, and not when the first passage waits: what was found there is told.
        local::check(folder).map_err(|error| anyhow::anyhow!("embedding.model_dir: {error}"))?;
    }
    let endpoint = &config.embedding.endpoint;
    let former_embedding_key = Some(endpoint.key.clone()).filter(|key| endpoint.url.is_empty() && !key.is_empty());
    let browser = config.browser();
    if let Some(program) = &browser {
        anyhow::ensure!(
            render::is_program(program),
            "crawl.chromium: {} is no program; name Chromium or Chrome, or write \"off\"",
            program.display()
        );
    }
    Ok(Settings {
        data_dir: config.data.dir.clone(),
        public_url: config.public_url(),
        instance_name: config.server.name.clone(),
        registration: config.registration.policy,
        registrations_per_address: config.registration.per_address,
        invitations_per_hour: config.registration.invitations_per_hour,
        terms_url: or(&config.legal.terms_url, "/terms"),
        privacy_url: or(&config.legal.privacy_url, "/privacy"),
        embedding,
        former_embedding_key: HiddenKey(former_embedding_key),
        vector_memo: None,
        upload_limit: config.limits.upload_bytes,
        change_streams: config.limits.change_streams,
        crawler_contact: or(&config.crawl.contact, &config.public_url()),
        crawl_delay: config.crawl.delay,
        browser,
        browsers: config.crawl.chromium_at_once,
        ollama_url: Some(config.models.ollama_url.trim_end_matches('/').to_owned()).filter(|url| !url.is_empty()),
        google_issuer: GOOGLE_ISSUER.to_owned(),
    })
}

/// What the operator allows. The address of the local Ollama is allowed to model connections alone: the crawler has no
/// business there.
fn egress(config: &Config, for_models: bool) -> EgressPolicy {
    let mut allow = config.egress.allow.clone();
    if for_models {
        allow.extend(ollama_rule(&config.models.ollama_url));
    }
    EgressPolicy::allowing(allow)
}

fn ollama_rule(address: &str) -> Option<EgressRule> {
    let url = Url::parse(address).ok()?;
    format!("{}:{}", url.host_str()?, url.port_or_known_default()?).parse().ok()
}

/// Makes the data directory so that only its owner can look into it.
async fn prepare_data_dir(folder: &Path) -> anyhow::Result<()> {
    let explain = || format!("data.dir: the directory {} cannot be made or written to", folder.display());
    make_private_folder(folder).await.with_context(explain)?;
    let probe = folder.join(".writable");
    std::fs::write(&probe, b"").with_context(explain)?;
    match std::fs::remove_file(&probe) {
        // Another process that starts at this moment tries with the same file.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        removed => removed.with_context(explain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn processes_may_start_at_once_on_one_data_directory() {
        let folder = tempfile::tempdir().unwrap();
        let starts = (0..4).map(|_| {
            let data = folder.path().join("data");
            tokio::spawn(async move {
                for _ in 0..50 {
                    prepare_data_dir(&data).await.unwrap();
                }
            })
        });
        for start in starts.collect::<Vec<_>>() {
            start.await.unwrap();
        }
        assert_eq!(std::fs::read_dir(folder.path().join("data")).unwrap().count(), 0);
    }

    #[test]
    fn only_models_reach_the_local_ollama() {
        let config = Config::from_toml("[models]\nollama_url = 'http://127.0.0.1:11434/v1'").unwrap();
        assert!(egress(&config, false).allow.is_empty());
        assert_eq!(egress(&config, true).allow, ["127.0.0.1:11434".parse().unwrap()]);
        let none = Config::from_toml("[models]\nollama_url = ''").unwrap();
        assert!(egress(&none, true).allow.is_empty());
    }
}
