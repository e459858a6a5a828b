//! What the installation of a test is made of.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use hammock_contract::connection::Model;
use hammock_llm::{
    ChatModel, ModelError, Transcriber,
    scripted::{ScriptedModel, ScriptedTranscriber},
};
use hammock_net::EgressPolicy;
use tempfile::TempDir;

use super::{embedders::NoEmbedders, held_index::HeldIndex};
use crate::{EmbedderFactory, EmbeddingChoice, ModelFactory, ProviderAccount};

/// Parts that differ from test to test.
pub struct Made {
    pub folder: Arc<TempDir>,
    pub index: Arc<HeldIndex>,
    pub model: ScriptedModel,
    pub egress: EgressPolicy,
    pub browser: Option<PathBuf>,
    pub embedders: Arc<dyn EmbedderFactory>,
    pub embedding: Option<EmbeddingChoice>,
}

impl Made {
    pub fn new(folder: Arc<TempDir>) -> Self {
        Self {
            folder,
            index: Arc::default(),
            model: ScriptedModel::new([]),
            egress: EgressPolicy::default(),
            browser: None,
            embedders: Arc::new(NoEmbedders),
            embedding: None,
        }
    }
}

/// The address of a provider that no model can be made of.
pub const UNUSABLE: &str = "nonsense";

/// The models behind every connection.
pub struct Scripts(pub ScriptedModel, pub ScriptedTranscriber);

#[async_trait]
impl ModelFactory for Scripts {
    async fn chat_model(&self, account: ProviderAccount) -> Result<Arc<dyn ChatModel>, ModelError> {
        if account.base_url == UNUSABLE {
            return Err(ModelError::Rejected("the address of the provider is not one".to_owned()));
        }
        Ok(Arc::new(self.0.clone()))
    }

    async fn transcriber(&self, _: ProviderAccount, _: &str) -> Result<Arc<dyn Transcriber>, ModelError> {
        Ok(Arc::new(self.1.clone()))
    }

    async fn list_models(&self, account: ProviderAccount) -> Result<Vec<Model>, ModelError> {
        match (account.base_url.as_str(), account.key.as_deref()) {
            ("https://models.example.org/v1", Some("sk-right")) | ("https://open.example.org/v1", None) => {
                Ok(vec![Model { id: "scripted".to_owned() }])
            }
            (url, key) => Err(ModelError::Refused(format!("{key:?} is not the key of {url}"))),
        }
    }
}
