//! Which embedding model it is: as the operator chose it, or as the database remembers it.

use std::{fmt, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use hammock_contract::system::EmbeddingKind;
use hammock_llm::{EmbedError, Embedder};
use hammock_store::embedding_models::EmbeddingModelRow;

/// An embedding model that can be loaded or reached.
#[derive(Clone, PartialEq, Eq)]
pub enum EmbeddingChoice {
    /// A sentence-transformers directory, which runs in this process.
    Directory {
        /// The folder.
        folder: PathBuf,
        /// The languages that it serves, by their ISO 639-1 codes; empty: those of its model card.
        languages: Vec<String>,
    },
    /// An endpoint that speaks the OpenAI API.
    Endpoint {
        /// Its address.
        url: String,
        /// What the model is called there.
        model: String,
        /// The key, if one is needed. Never kept.
        key: Option<String>,
        /// Where the model stops reading. Tokens.
        max_tokens: u32,
        /// The languages that it serves, by their ISO 639-1 codes; empty: unknown.
        languages: Vec<String>,
    },
}

impl fmt::Debug for EmbeddingChoice {
    // The key stays out of logs, and so does an address that may hold one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddingChoice")
            .field("kind", &self.kind())
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}

impl EmbeddingChoice {
    /// The model that the database remembers. `key` is for an endpoint alone.
    pub(crate) fn remembered(row: &EmbeddingModelRow, key: Option<String>) -> Self {
        let EmbeddingModelRow { kind, place, name, max_tokens, languages, .. } = row.clone();
        match kind {
            EmbeddingKind::Directory => Self::Directory { folder: place.into(), languages },
            EmbeddingKind::Endpoint => Self::Endpoint { url: place, model: name, key, max_tokens, languages },
        }
    }

    /// Where it runs.
    pub(crate) const fn kind(&self) -> EmbeddingKind {
        match self {
            Self::Directory { .. } => EmbeddingKind::Directory,
            Self::Endpoint { .. } => EmbeddingKind::Endpoint,
        }
    }

    /// Its folder, or the address of its endpoint.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Directory { folder, .. } => {
                std::path::absolute(folder).unwrap_or_else(|_| folder.clone()).display().to_string()
            }
            Self::Endpoint { url, .. } => url.clone(),
        }
    }

    /// What it is called.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Directory { folder, .. } => {
                folder.file_name().map_or_else(|| "local".to_owned(), |name| name.to_string_lossy().into_owned())
            }
            Self::Endpoint { model, .. } => model.clone(),
        }
    }

    /// The key of an endpoint at this address.
    pub(crate) fn key_for(&self, place: &str) -> Option<String> {
        match self {
            Self::Endpoint { url, key, .. } if url == place => key.clone(),
            Self::Endpoint { .. } | Self::Directory { .. } => None,
        }
    }

    /// Whether the database remembers it under the same name at the same place.
    pub(crate) fn is_at(&self, row: &EmbeddingModelRow) -> bool {
        row.kind == self.kind() && row.place == self.place() && row.name == self.name()
    }
}

/// A key that goes into no log.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HiddenKey(pub Option<String>);

impl fmt::Debug for HiddenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HiddenKey").field(&self.0.is_some()).finish()
    }
}

/// Loads and reaches embedding models. Tests put models of words in its place.
#[async_trait]
pub trait EmbedderFactory: Send + Sync {
    /// The model of a choice. An endpoint is asked for the length of its vectors, unless `dimension` says it.
    ///
    /// # Errors
    /// Why the model cannot be loaded or reached.
    async fn load(&self, choice: &EmbeddingChoice, dimension: Option<usize>) -> Result<Arc<dyn Embedder>, EmbedError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_to_its_own_address_alone_and_into_no_log() {
        let choice = EmbeddingChoice::Endpoint {
            url: "https://models.example.org/v1".to_owned(),
            model: "embed".to_owned(),
            key: Some("sk-secret".to_owned()),
            max_tokens: 512,
            languages: Vec::new(),
        };
        assert_eq!(choice.key_for("https://models.example.org/v1").as_deref(), Some("sk-secret"));
        assert_eq!(choice.key_for("https://elsewhere.example.org/v1"), None);
        assert!(!format!("{choice:?}").contains("secret"));
        assert!(!format!("{:?}", HiddenKey(Some("sk-secret".to_owned()))).contains("secret"));
    }
}
