//! What the installation of a test is made of.

use std::{path::PathBuf, sync::Arc};

use hammock_llm::scripted::ScriptedModel;
use hammock_net::EgressPolicy;
use tempfile::TempDir;

use super::{embedders::NoEmbedders, held_index::HeldIndex};
use crate::{EmbedderFactory, EmbeddingChoice};

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
