//! The operator's configuration: embedded commented defaults, then a file, then `HAMMOCK_<SECTION>__<FIELD>`.
//!
//! Bad configuration stops the start: an error names the field and says what it should be. This module and its children are
//! the only ones that read the environment.

mod environment;
mod network;
mod places;
mod sections;
mod source;
mod syntax;
mod unknown;

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    providers::{Format, Toml},
};
use hammock_domain::EmbeddingChoice;
use serde::Deserialize;
use url::Url;

pub use network::{InvalidNetwork, Network};
pub use sections::*;

/// The commented defaults; `hammock.toml` has the same form.
pub const DEFAULTS: &str = include_str!("config/default.toml");

const FILE_NAME: &str = "hammock.toml";

/// The longest of the times that something is waited for: a day. Seconds. What is much longer cannot be reckoned with.
const LONGEST_TIMEOUT: u64 = 86_400;

/// Everything that the operator decides. One struct per section, documented in `config/default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Listening and proxies.
    pub server: ServerConfig,
    /// Where data is stored.
    pub data: DataConfig,
    /// The database.
    pub database: DatabaseConfig,
    /// Who can register.
    pub registration: RegistrationConfig,
    /// Mail.
    pub smtp: SmtpConfig,
    /// What outgoing requests may reach.
    pub egress: EgressConfig,
    /// How websites are read.
    pub crawl: CrawlConfig,
    /// The embedding model.
    pub embedding: EmbeddingConfig,
    /// Sizes.
    pub limits: LimitsConfig,
    /// Chat models.
    pub models: ModelsConfig,
    /// Who reads the metrics.
    pub metrics: MetricsConfig,
    /// Logs.
    pub log: LogConfig,
    /// Terms and privacy.
    pub legal: LegalConfig,
    /// Where this user's downloads are kept; no setting, and unknown to a configuration that must not depend on the
    /// environment.
    #[serde(skip)]
    pub cache: Option<PathBuf>,
    /// The browser that is on the `PATH`; no setting, and unknown to such a configuration, too.
    #[serde(skip)]
    pub system_browser: Option<PathBuf>,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file, a variable or a value has the wrong form.
    #[error("the configuration cannot be read: {0}")]
    Form(String),
    /// A field has the right form but a value that cannot work.
    #[error("the configuration cannot be used: {field} {problem}")]
    Value {
        /// The field, `section.name`.
        field: &'static str,
        /// What is wrong with it and what it should be.
        problem: String,
    },
    /// The file that was named does not exist.
    #[error("there is no configuration file {}", .0.display())]
    Missing(PathBuf),
}

impl Config {
    /// Reads the configuration. A `data_dir` goes before what the configuration says, also where its file is looked for.
    ///
    /// # Errors
    /// When a source cannot be read, a field is unknown, or a value cannot work.
    pub fn load(file: Option<&Path>, data_dir: Option<&Path>) -> Result<Self, ConfigError> {
        if let Some(path) = file.filter(|path| !path.is_file()) {
            return Err(ConfigError::Missing(path.to_owned()));
        }
        let base = Figment::from(Toml::string(DEFAULTS));
        if let Some(problem) = unknown::variables(&base) {
            return Err(ConfigError::Form(problem));
        }
        let environment = environment::read(&base).map_err(ConfigError::Form)?;
        let file = match file {
            Some(path) => Some(path.to_owned()),
            None => {
                let data_dir: PathBuf = match data_dir {
                    Some(dir) => dir.to_owned(),
                    None => environment::merge(base.clone(), &environment)
                        .extract_inner("data.dir")
                        .map_err(|error| ConfigError::Form(source::explain(error)))?,
                };
                [PathBuf::from(FILE_NAME), data_dir.join(FILE_NAME)].into_iter().find(|path| path.is_file())
            }
        };
        let figment = match &file {
            Some(path) => {
                syntax::check(path)?;
                base.merge(Toml::file_exact(path))
            }
            None => base,
        };
        let mut config = Self::from_figment(environment::merge(figment, &environment))?;
        if let Some(dir) = data_dir {
            config.data.dir = dir.to_owned();
        }
        Ok(Self { cache: places::cache_folder(), system_browser: places::system_browser(), ..config })
    }

    /// The defaults with `overrides` (TOML) on top: for tests and tools, which must not depend on the environment.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_toml(overrides: &str) -> Result<Self, ConfigError> {
        Self::from_figment(Figment::from(Toml::string(DEFAULTS)).merge(Toml::string(overrides)))
    }

    fn from_figment(figment: Figment) -> Result<Self, ConfigError> {
        let config: Self = figment.extract().map_err(|error| ConfigError::Form(source::explain(error)))?;
        config.check().map_err(|error| source::name_in(&figment, error))?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |field, problem: &str| Err(ConfigError::Value { field, problem: problem.to_owned() });
        let web = |text: &str| Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !self.server.public_url.is_empty() && !web(&self.server.public_url) {
            return wrong("server.public_url", "is not an address such as https://hammock.example");
        }
        let ends_with_host = |url: Url| url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if Url::parse(&self.server.public_url).is_ok_and(|url| !ends_with_host(url)) {
            return wrong(
                "server.public_url",
                "must end with the host: Hammock has a host to itself, and is not below a path",
            );
        }
        for (field, time, least) in [
            ("server.request_timeout", self.server.request_timeout, 1),
            ("server.upload_timeout", self.server.upload_timeout, 1),
            ("server.shutdown_timeout", self.server.shutdown_timeout, 0),
            ("database.connect_timeout", self.database.connect_timeout, 0),
        ] {
            if !(least..=LONGEST_TIMEOUT).contains(&time.as_secs()) {
                return wrong(field, &format!("must be between {least} and {LONGEST_TIMEOUT} seconds"));
            }
        }
        if self.server.tls_certificate.is_empty() != self.server.tls_key.is_empty() {
            return wrong("server.tls_certificate", "and server.tls_key go together: set both or neither");
        }
        let database = &self.database.url;
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| database.starts_with(scheme))
            && !database.is_empty()
        {
            return wrong("database.url", "must begin with sqlite:// or postgres://, or be empty");
        }
        if self.registration.per_address == 0 {
            return wrong("registration.per_address", "must be at least 1; with policy = \"invited\" nobody registers");
        }
        if self.registration.invitations_per_hour == 0 {
            return wrong("registration.invitations_per_hour", "must be at least 1");
        }
        if !self.smtp.url.is_empty() && !self.smtp.url.starts_with("smtp://") && !self.smtp.url.starts_with("smtps://")
        {
            return wrong("smtp.url", "must begin with smtp:// or smtps://, or be empty");
        }
        if !hammock_domain::mail::is_sender(&self.smtp.from) {
            return wrong("smtp.from", "is not a sender such as Hammock <hammock@example.org>");
        }
        if !self.models.ollama_url.is_empty() && !web(&self.models.ollama_url) {
            return wrong("models.ollama_url", "is not an address such as http://127.0.0.1:11434/v1");
        }
        if let Some((field, problem)) = self.embedding.problem() {
            return wrong(field, problem);
        }
        for (field, value) in
            [("legal.terms_url", &self.legal.terms_url), ("legal.privacy_url", &self.legal.privacy_url)]
        {
            if !value.is_empty() && !web(value) {
                return wrong(field, "is not an address such as https://example.org/terms");
            }
        }
        if let Some(word) = self.log.unknown_level() {
            return Err(ConfigError::Value {
                field: "log.level",
                problem: format!(
                    "must be one of off, error, warn, info, debug, trace, or a list such as `hammock_server=debug,info`; found `{word}`"
                ),
            });
        }
        if !(1..=64).contains(&self.crawl.chromium_at_once) {
            return wrong(
                "crawl.chromium_at_once",
                "must be between 1 and 64; with crawl.chromium = \"off\" none runs",
            );
        }
        if self.server.name.trim().is_empty() {
            return wrong("server.name", "must not be empty");
        }
        if self.data.dir.as_os_str().is_empty() {
            return wrong(
                "data.dir",
                "must name a directory: without one, everything would lie where the program is started",
            );
        }
        if let Some((field, problem)) = self.limits.problem() {
            return wrong(field, &problem);
        }
        Ok(())
    }

    /// The address by which people reach this installation, as browsers write the origin of its pages.
    pub fn public_url(&self) -> String {
        if let Ok(url) = Url::parse(&self.server.public_url) {
            return url.origin().ascii_serialization();
        }
        let scheme = if self.server.serves_tls() { "https" } else { "http" };
        format!("{scheme}://{}", self.server.listen)
    }

    /// Where the database is.
    pub fn database_url(&self) -> String {
        let Some(file) = self.database_file() else { return self.database.url.clone() };
        format!("sqlite://{}", places::in_address(&file))
    }

    /// The file of the database in the data directory; `None` where the operator named another database.
    pub fn database_file(&self) -> Option<PathBuf> {
        self.database.url.is_empty().then(|| self.data.dir.join("hammock.db"))
    }

    /// The folder of the embedding model, if there is one: the one that is named, else the one in the data directory, else
    /// the one beside the program, where `cargo xtask dist` puts it, else the one in the cache, where `cargo xtask run` does.
    pub fn embedding_model(&self) -> Option<PathBuf> {
        let program = places::program_folder();
        let all = [Some(self.data.dir.as_path()), program.as_deref(), self.cache.as_deref()];
        places::find_model(&self.embedding.model_dir, all.into_iter().flatten())
    }

    /// The embedding model, if there is one: the endpoint that is named, else the model of [`Config::embedding_model`].
    pub fn embedding(&self) -> Option<EmbeddingChoice> {
        let EmbeddingConfig { languages, endpoint: EmbeddingEndpoint { url, key, model, max_tokens }, .. } =
            self.embedding.clone();
        if url.is_empty() {
            return self.embedding_model().map(|folder| EmbeddingChoice::Directory { folder, languages });
        }
        let (url, model) = (url.trim_end_matches('/').to_owned(), model.trim().to_owned());
        let key = Some(key).filter(|key| !key.is_empty());
        Some(EmbeddingChoice::Endpoint { url, model, key, max_tokens, languages })
    }

    /// Whether the operator wants search by words alone.
    pub fn is_without_model(&self) -> bool {
        places::is_off(&self.embedding.model_dir)
    }

    /// The browser for pages that need JavaScript, if there is one: the one that is named, else the first on the `PATH`.
    pub fn browser(&self) -> Option<PathBuf> {
        places::find_browser(&self.crawl.chromium, self.system_browser.as_deref())
    }

    /// Whether the operator wants no browser.
    pub fn is_without_browser(&self) -> bool {
        places::is_off(&self.crawl.chromium)
    }

    /// The folder of the built interface, if there is one: the one that is named, else the one beside the program, else the
    /// one that the build put beside the program's folder.
    pub fn site_dir(&self) -> Option<PathBuf> {
        let named = &self.server.site_dir;
        if named.as_os_str().is_empty() { places::find_site(&places::program_folder()?) } else { Some(named.clone()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_complete() {
        let config = Config::from_toml("").unwrap();
        assert_eq!(config.public_url(), "http://127.0.0.1:3000");
        assert!(config.database_url().starts_with("sqlite://data"));
        assert_eq!(config.limits.upload_bytes, 100_000_000);
    }

    #[test]
    fn a_data_directory_may_have_any_name() {
        let config = Config::from_toml("[data]\ndir = '/srv/100% ham?mock'").unwrap();
        assert_eq!(config.database_url(), "sqlite:///srv/100%25%20ham%3Fmock/hammock.db");
        assert_eq!(config.database_file().unwrap(), Path::new("/srv/100% ham?mock/hammock.db"));
        assert_eq!(Config::from_toml("[database]\nurl = 'sqlite:x.db'").unwrap().database_file(), None);
    }

    #[test]
    fn bad_values_name_the_field_and_what_it_should_be() {
        for (toml, field, hint) in [
            ("[server]\nlisten = 'nowhere'", "server.listen", "127.0.0.1:3000"),
            ("[server]\nlistn = '127.0.0.1:1'", "listn", "listen"),
            ("[servr]\nlisten = '127.0.0.1:1'", "servr", "server"),
            ("[server]\npublic_url = 'hammock'", "server.public_url", "https://hammock.example"),
            ("[server]\npublic_url = 'https://hammock.example/sub'", "server.public_url", "below a path"),
            ("[server]\nrequest_timeout = 0", "server.request_timeout", "between 1 and 86400 seconds"),
            ("[server]\nupload_timeout = 0", "server.upload_timeout", "between 1 and 86400 seconds"),
            ("[server]\nshutdown_timeout = 86401", "server.shutdown_timeout", "between 0 and 86400 seconds"),
            ("[database]\nconnect_timeout = 9223372036854775807", "database.connect_timeout", "between 0 and 86400"),
            ("[server]\ntls_key = 'k.pem'", "server.tls_certificate", "both or neither"),
            ("[server]\ntrusted_proxies = ['10.0.0.0/64']", "server.trusted_proxies", "10.0.0.0/8"),
            ("[database]\nurl = 'mysql://x'", "database.url", "postgres://"),
            ("[registration]\npolicy = 'closed'", "registration.policy", "invited"),
            ("[registration]\nper_address = 0", "registration.per_address", "at least 1"),
            ("[registration]\ninvitations_per_hour = 0", "registration.invitations_per_hour", "at least 1"),
            ("[egress]\nallow = ['http://x/']", "egress.allow", "network"),
            (
                "[limits]\nupload_bytes = 'many'",
                "limits.upload_bytes",
                "limits.upload_bytes: must be a whole number, 0 or more, found \"many\"",
            ),
            ("[limits]\nupload_bytes = 100000001", "limits.upload_bytes", "must be at most 100000000"),
            ("[limits]\nupload_bytes = -5", "limits.upload_bytes", "must be a whole number, 0 or more, found -5"),
            ("[limits]\nchange_streams = 0", "limits.change_streams", "at least 1"),
            ("[data]\ndir = 7", "data.dir", "must be"),
            ("[data]\ndir = ''", "data.dir", "must name a directory"),
            ("[limits]\nupload_bytes = 0", "limits.upload_bytes", "at least 1"),
            ("[limits]\nbody_bytes = 65535", "limits.body_bytes", "at least 65536"),
            ("server = 3", "server", "must be a group of fields, found 3"),
            ("[log]\nformat = 'xml'", "log.format", "json"),
            ("[log]\nlevel = 'loud'", "log.level", "found `loud`"),
            ("[log]\nlevel = 'hammock_server=debug,loud'", "log.level", "error, warn, info"),
            ("[smtp]\nurl = 'mail.example'", "smtp.url", "smtp://"),
            ("[smtp]\nfrom = 'Hammock'", "smtp.from", "Hammock <hammock@example.org>"),
            ("[crawl]\nchromium_at_once = 0", "crawl.chromium_at_once", "between 1 and 64"),
            ("[embedding]\nlanguages = ['english']", "embedding.languages", "\"cs\""),
            ("[embedding.endpoint]\nurl = 'models'", "embedding.endpoint.url", "https://api.openai.com/v1"),
            (
                "[embedding.endpoint]\nurl = 'https://m.example/v1'",
                "embedding.endpoint.model",
                "text-embedding-3-small",
            ),
            ("[embedding.endpoint]\nmodel = 'e'", "embedding.endpoint.model", "embedding.endpoint.url"),
            (
                "[embedding]\nmodel_dir = 'off'\n[embedding.endpoint]\nurl = 'https://m.example/v1'\nmodel = 'e'",
                "embedding.endpoint.url",
                "embedding.model_dir exclude each other",
            ),
            (
                "[embedding.endpoint]\nurl = 'https://m.example/v1'\nmodel = 'e'\nmax_tokens = 1",
                "embedding.endpoint.max_tokens",
                "between 32",
            ),
            ("[legal]\nterms_url = 'javascript:alert(1)'", "legal.terms_url", "https://"),
        ] {
            let message = Config::from_toml(toml).unwrap_err().to_string();
            assert!(message.contains(field) && message.contains(hint), "{toml}: {message}");
        }
    }

    #[test]
    fn a_named_file_must_exist() {
        let error = Config::load(Some(Path::new("/nowhere/hammock.toml")), None).unwrap_err();
        assert!(matches!(error, ConfigError::Missing(_)), "{error}");
    }

    #[test]
    fn every_default_is_commented() {
        let mut before = "";
        for line in DEFAULTS.lines() {
            if line.contains(" = ") && !line.starts_with('#') {
                let grouped = before.contains(" = ") && line.split('_').next_back() == before.split('_').next_back();
                let pair = ["tls_key", "privacy_url"].iter().any(|name| line.starts_with(name));
                assert!(before.starts_with('#') || grouped || pair, "{line}");
            }
            before = line;
        }
    }
}
