//! The Ollama beside the server, which the operator names: it is looked for before any organisation has chosen it.

use std::time::Duration;

use hammock_contract::connection::ProviderKind;

use crate::{AskedFor, Hammock, ProviderAccount};

/// How long it may take to say that it is there.
const PATIENCE: Duration = Duration::from_millis(500);

impl Hammock {
    /// The address of the local Ollama, if the operator named one and it answers.
    pub(crate) async fn find_ollama(&self) -> Option<String> {
        let url = self.settings().ollama_url.clone()?;
        let (kind, asked_for) = (ProviderKind::Ollama, AskedFor::Operator);
        let account = ProviderAccount { kind, base_url: url.clone(), key: None, asked_for };
        let asked = self.0.models.list_models(account);
        let answer = tokio::time::timeout(PATIENCE, asked).await;
        matches!(answer, Ok(Ok(_))).then_some(url)
    }
}
