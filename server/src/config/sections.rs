//! One struct per section. What a field means and its default stand in `default.toml`, which the operator reads too.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use hammock_contract::system::RegistrationPolicy;
use hammock_ingest::parse::MAX_FILE_BYTES;
use hammock_net::EgressRule;
use serde::{Deserialize, Deserializer, de::Error as _};

use super::Network;

/// Listening and proxies.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Address and port to listen on.
    #[serde(deserialize_with = "listen_address")]
    pub listen: SocketAddr,
    /// The address by which people reach this installation; empty: derived from `listen`.
    pub public_url: String,
    /// A name for this installation.
    pub name: String,
    /// The folder with the built interface; empty: the embedded one, else `site` beside the program or one folder above.
    pub site_dir: PathBuf,
    /// Proxies whose forwarding headers are believed.
    pub trusted_proxies: Vec<Network>,
    /// A certificate chain, PEM; empty: no TLS.
    pub tls_certificate: String,
    /// The certificate's key, PEM.
    pub tls_key: String,
    /// How long a request may take that does not stream.
    #[serde(deserialize_with = "seconds")]
    pub request_timeout: Duration,
    /// How long nothing of an upload may arrive.
    #[serde(deserialize_with = "seconds")]
    pub upload_timeout: Duration,
    /// How long running answers may still take at the end.
    #[serde(deserialize_with = "seconds")]
    pub shutdown_timeout: Duration,
}

impl ServerConfig {
    /// Whether Hammock serves https itself.
    pub fn serves_tls(&self) -> bool {
        !self.tls_certificate.is_empty()
    }
}

/// Where data is stored.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// The directory.
    pub dir: PathBuf,
}

/// The database.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// Its address; empty: SQLite in the data directory.
    pub url: String,
    /// How long the start waits for a PostgreSQL that does not answer yet.
    #[serde(deserialize_with = "seconds")]
    pub connect_timeout: Duration,
}

impl std::fmt::Debug for DatabaseConfig {
    // The address may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = self.url.split(':').next().unwrap_or_default();
        f.debug_struct("DatabaseConfig").field("scheme", &scheme).finish_non_exhaustive()
    }
}

/// Who can register.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationConfig {
    /// Everybody, or invited people only.
    pub policy: RegistrationPolicy,
    /// How many people may register from one network address in fifteen minutes.
    pub per_address: u64,
    /// How many invitations an organisation may send in an hour.
    pub invitations_per_hour: u64,
}

/// Mail.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// The mail server; empty: mails go to the outbox folder.
    pub url: String,
    /// The sender.
    pub from: String,
}

impl std::fmt::Debug for SmtpConfig {
    // The address may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpConfig").field("from", &self.from).finish_non_exhaustive()
    }
}

/// What outgoing requests may reach beyond the public Internet.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EgressConfig {
    /// Allowed destinations.
    pub allow: Vec<EgressRule>,
}

/// How websites are read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrawlConfig {
    /// Where the owner of a website can reach the operator.
    pub contact: String,
    /// The pause between two pages of one website.
    #[serde(rename = "delay_ms", deserialize_with = "milliseconds")]
    pub delay: Duration,
    /// The browser for pages that need JavaScript; empty: the first one on the `PATH`; `off`: none.
    pub chromium: PathBuf,
    /// How many browsers may run at once.
    pub chromium_at_once: usize,
}

/// The embedding model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbeddingConfig {
    /// A sentence-transformers directory; empty: the default place in the data directory, beside the program or in the
    /// user's cache; `off`: none.
    pub model_dir: PathBuf,
    /// The languages that the model serves, by their ISO 639-1 codes; empty: those of its model card.
    pub languages: Vec<String>,
    /// A model elsewhere.
    pub endpoint: EmbeddingEndpoint,
}

/// An embedding model behind an OpenAI-compatible endpoint.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbeddingEndpoint {
    /// The address of the API; empty: none.
    pub url: String,
    /// Its key; empty: none. Without an address: that of the endpoint that was used before.
    pub key: String,
    /// What the model is called there.
    pub model: String,
    /// Where the model stops reading. Tokens.
    pub max_tokens: u32,
}

impl std::fmt::Debug for EmbeddingEndpoint {
    // The key is one, and the address may hold one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddingEndpoint").field("model", &self.model).finish_non_exhaustive()
    }
}

impl EmbeddingConfig {
    /// A field that cannot be used, and what is wrong with it.
    pub(super) fn problem(&self) -> Option<(&'static str, &'static str)> {
        let EmbeddingEndpoint { url, model, max_tokens, .. } = &self.endpoint;
        let is_code = |code: &String| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
        let is_web = url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !self.languages.iter().all(is_code) {
            Some(("embedding.languages", "must be a list of two-letter codes such as [\"en\", \"fr\", \"cs\"]"))
        } else if url.is_empty() {
            (!model.is_empty())
                .then_some(("embedding.endpoint.model", "needs embedding.endpoint.url, the address of its API"))
        } else if !is_web {
            Some(("embedding.endpoint.url", "is not an address such as https://api.openai.com/v1"))
        } else if !self.model_dir.as_os_str().is_empty() {
            Some(("embedding.endpoint.url", "and embedding.model_dir exclude each other: set one of them"))
        } else if model.trim().is_empty() {
            Some((
                "embedding.endpoint.model",
                "must say which model of the endpoint embeds, such as text-embedding-3-small",
            ))
        } else if !(32..=1_000_000).contains(max_tokens) {
            Some(("embedding.endpoint.max_tokens", "must be between 32 and 1000000"))
        } else {
            None
        }
    }
}

/// Sizes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsConfig {
    /// The largest file that can be uploaded. Bytes.
    pub upload_bytes: u64,
    /// The largest body of any other request. Bytes.
    pub body_bytes: usize,
    /// How often at once a person may follow their conversations, in each process.
    pub change_streams: usize,
}

impl LimitsConfig {
    /// A field that cannot be used, and what is wrong with it.
    pub(super) fn problem(&self) -> Option<(&'static str, String)> {
        let at_least = |field, least: u32| Some((field, format!("must be at least {least}")));
        if self.body_bytes < 65_536 {
            at_least("limits.body_bytes", 65_536)
        } else if self.upload_bytes == 0 {
            at_least("limits.upload_bytes", 1)
        } else if self.change_streams == 0 {
            at_least("limits.change_streams", 1)
        } else if self.upload_bytes > MAX_FILE_BYTES as u64 {
            // What is larger would be taken and then not be read.
            Some(("limits.upload_bytes", format!("must be at most {MAX_FILE_BYTES}: larger files are not read")))
        } else {
            None
        }
    }
}

/// Chat models.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelsConfig {
    /// Where a local Ollama is looked for; empty: nowhere.
    pub ollama_url: String,
}

/// Who reads the metrics.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsConfig {
    /// The token for readers elsewhere; empty: none.
    pub token: String,
}

impl std::fmt::Debug for MetricsConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MetricsConfig").field("has_token", &!self.token.is_empty()).finish()
    }
}

/// For whom logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// People.
    Text,
    /// Machines: one JSON object a line.
    Json,
}

/// Logs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// For whom.
    pub format: LogFormat,
    /// What, as `tracing_subscriber::EnvFilter` reads it.
    pub level: String,
}

impl LogConfig {
    /// A word of the level that stands where a level must and is none. The filter itself would take it for the name of a
    /// module, and log nothing else.
    pub(super) fn unknown_level(&self) -> Option<&str> {
        const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
        let words = self.level.split(',').map(str::trim);
        let mut bare = words.filter(|word| !word.contains(['=', ':', '[']));
        bare.find(|word| !LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word)))
    }
}

/// Terms and privacy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalConfig {
    /// Where the terms are; empty: the built-in page.
    pub terms_url: String,
    /// Where the privacy policy is; empty: the built-in page.
    pub privacy_url: String,
}

fn listen_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| D::Error::custom(format!("{text:?} is not an address with a port such as 127.0.0.1:3000")))
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    Ok(Duration::from_secs(u64::deserialize(deserializer)?))
}

fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    Ok(Duration::from_millis(u64::deserialize(deserializer)?))
}

#[cfg(test)]
mod tests {
    use hammock_domain::EmbeddingChoice;

    use super::super::Config;

    #[test]
    fn the_address_is_written_as_browsers_write_it() {
        for (written, address) in [
            ("https://hammock.example/", "https://hammock.example"),
            ("HTTPS://Hammock.Example", "https://hammock.example"),
            ("https://hammock.example:443", "https://hammock.example"),
            ("http://hammock.example:3000/", "http://hammock.example:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("https://müller.example", "https://xn--mller-kva.example"),
        ] {
            let config = Config::from_toml(&format!("[server]\npublic_url = '{written}'")).unwrap();
            assert_eq!(config.public_url(), address, "{written}");
        }
        let more = Config::from_toml("[server]\npublic_url = 'https://hammock.example/#top'").unwrap_err().to_string();
        assert!(more.contains("server.public_url must end with the host"), "{more}");
    }

    #[test]
    fn an_embedding_model_is_a_directory_or_an_endpoint() {
        let named = Config::from_toml("[embedding]\nmodel_dir = '/models/m'\nlanguages = ['cs']").unwrap().embedding();
        let languages = vec!["cs".to_owned()];
        assert_eq!(named, Some(EmbeddingChoice::Directory { folder: "/models/m".into(), languages }));
        let toml = "[embedding.endpoint]\nurl = 'https://m.example/v1/'\nkey = 'sk-1'\nmodel = 'e'";
        let config = Config::from_toml(toml).unwrap();
        let Some(EmbeddingChoice::Endpoint { url, key, max_tokens, .. }) = config.embedding() else {
            panic!("{config:?}")
        };
        assert_eq!((url.as_str(), key.as_deref(), max_tokens), ("https://m.example/v1", Some("sk-1"), 512));
        assert!(!format!("{config:?}").contains("sk-1"));
    }
}
