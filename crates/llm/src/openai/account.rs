//! Where a provider is and how it wants the key.

use async_openai::config::Config;
use hammock_contract::connection::ProviderKind;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::ModelError;

/// The version of Azure's older, deployment-wise API that is asked for when the address names none.
const AZURE_VERSION: &str = "2024-10-21";

/// An account as the library wants it. Never the library's own configuration: that one reads keys from the environment, and
/// would send the operator's to any address.
#[derive(Clone)]
pub(super) struct Account {
    kind: ProviderKind,
    base: Url,
    /// `base` without query and trailing slash.
    prefix: String,
    query: Vec<(String, String)>,
    key: SecretString,
    deployments: bool,
    model: String,
}

impl Account {
    pub(super) fn new(kind: ProviderKind, base_url: &str, key: Option<String>) -> Result<Self, ModelError> {
        let text = match (base_url.trim(), kind) {
            ("", ProviderKind::OpenAi) => "https://api.openai.com/v1",
            ("", ProviderKind::Ollama) => "http://127.0.0.1:11434/v1",
            ("", ProviderKind::Azure | ProviderKind::Compatible) => {
                return Err(ModelError::Rejected("the address of the provider is missing".to_owned()));
            }
            (given, _) => given,
        };
        let base = Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some())
            .ok_or_else(|| ModelError::Rejected("the address of the provider is not one".to_owned()))?;
        let key = key.unwrap_or_default().trim().to_owned();
        if HeaderValue::from_str(&key).is_err() {
            return Err(ModelError::Rejected("the key holds characters that no key has".to_owned()));
        }
        let mut plain = base.clone();
        plain.set_query(None);
        plain.set_fragment(None);
        let prefix = plain.as_str().trim_end_matches('/').to_owned();
        // The newer API of Azure is OpenAI's own below `/openai/v1`; the older has a path per deployment.
        let deployments = kind == ProviderKind::Azure && !plain.path().trim_end_matches('/').ends_with("/v1");
        let mut query: Vec<(String, String)> = base.query_pairs().into_owned().collect();
        if deployments && !query.iter().any(|(name, _)| name == "api-version") {
            query.push(("api-version".to_owned(), AZURE_VERSION.to_owned()));
        }
        Ok(Self { kind, base, prefix, query, key: key.into(), deployments, model: String::new() })
    }

    pub(super) fn for_model(&self, model: &str) -> Self {
        Self { model: model.to_owned(), ..self.clone() }
    }

    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    pub(super) fn kind(&self) -> ProviderKind {
        self.kind
    }

    /// A text of the provider, fit to be shown: without the key or what looks like one, on one line, not long.
    pub(super) fn harmless(&self, text: &str) -> String {
        let key = self.key.expose_secret();
        let hidden = if key.len() >= 4 { text.replace(key, "…") } else { text.to_owned() };
        let words: Vec<&str> = hidden
            .split_whitespace()
            // Some providers repeat the key that they refuse, with its middle left out.
            .map(|word| if word.trim_start_matches(['"', '\'', '(', '`']).starts_with("sk-") { "…" } else { word })
            .collect();
        words.join(" ").chars().take(300).collect()
    }
}

impl Config for Account {
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let key = self.key.expose_secret();
        if key.is_empty() {
            return headers;
        }
        let (name, value) = match self.kind {
            ProviderKind::Azure => (HeaderName::from_static("api-key"), key.to_owned()),
            ProviderKind::OpenAi | ProviderKind::Ollama | ProviderKind::Compatible => {
                (header::AUTHORIZATION, format!("Bearer {key}"))
            }
        };
        if let Ok(mut value) = HeaderValue::from_str(&value) {
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        headers
    }

    fn url(&self, path: &str) -> String {
        if !self.deployments {
            return format!("{}{path}", self.prefix);
        }
        let prefix = self.prefix.trim_end_matches("/openai");
        if path == "/models" {
            return format!("{prefix}/openai{path}");
        }
        let mut url = self.base.clone();
        // A deployment's name is typed by a person: it must not lead out of its place in the path.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().push(&self.model);
        }
        format!("{prefix}/openai/deployments{}{path}", url.path())
    }

    fn query(&self) -> Vec<(&str, &str)> {
        self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn api_base(&self) -> &str {
        &self.prefix
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(kind: ProviderKind, base: &str) -> Account {
        Account::new(kind, base, Some("k-1234".to_owned())).unwrap().for_model("gpt/../4o")
    }

    #[test]
    fn every_kind_has_its_addresses() {
        let url = |kind, base: &str| account(kind, base).url("/chat/completions");
        assert_eq!(url(ProviderKind::OpenAi, ""), "https://api.openai.com/v1/chat/completions");
        assert_eq!(url(ProviderKind::Ollama, " "), "http://127.0.0.1:11434/v1/chat/completions");
        assert_eq!(
            url(ProviderKind::Compatible, "https://llm.example/api/"),
            "https://llm.example/api/chat/completions"
        );
        assert_eq!(
            url(ProviderKind::Azure, "https://r.openai.azure.com/openai/v1/"),
            "https://r.openai.azure.com/openai/v1/chat/completions"
        );
        assert_eq!(
            url(ProviderKind::Azure, "https://r.openai.azure.com"),
            "https://r.openai.azure.com/openai/deployments/gpt%2F..%2F4o/chat/completions"
        );
        let azure = account(ProviderKind::Azure, "https://r.openai.azure.com/?api-version=2025-01-01-preview");
        assert_eq!(azure.query(), [("api-version", "2025-01-01-preview")]);
        assert_eq!(
            account(ProviderKind::Azure, "https://r.openai.azure.com/").query(),
            [("api-version", AZURE_VERSION)]
        );
        assert!(Account::new(ProviderKind::Compatible, "", None).is_err());
        assert!(Account::new(ProviderKind::Compatible, "file:///etc/passwd", None).is_err());
    }

    #[test]
    fn the_key_goes_where_the_provider_wants_it() {
        assert_eq!(account(ProviderKind::Azure, "https://r.example").headers()["api-key"], "k-1234");
        assert_eq!(account(ProviderKind::OpenAi, "").headers()["authorization"], "Bearer k-1234");
        assert!(Account::new(ProviderKind::Ollama, "", None).unwrap().headers().is_empty());
        assert!(Account::new(ProviderKind::OpenAi, "", Some("two\nlines".to_owned())).is_err());
    }

    #[test]
    fn keys_are_taken_out_of_what_providers_say() {
        let account = account(ProviderKind::OpenAi, "");
        assert_eq!(account.harmless("bad key: k-1234,\n or sk-proj-a***b"), "bad key: …, or …");
    }
}
