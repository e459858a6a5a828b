//! What an embedding model takes and gives.

pub mod local;

use async_trait::async_trait;
use hammock_retrieval::VectorSpace;

/// What a text is embedded for; some models want to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A question; goes before every passage that waits.
    Query,
    /// A passage.
    Passage,
}

/// What stands before a text, by what that is embedded for. Nothing for most models.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prompts {
    /// Before a question.
    pub query: String,
    /// Before a passage.
    pub passage: String,
}

impl Prompts {
    /// None.
    pub const NONE: &'static Self = &Self { query: String::new(), passage: String::new() };

    /// The one for a purpose.
    #[must_use]
    pub fn of(&self, purpose: Purpose) -> &str {
        match purpose {
            Purpose::Query => &self.query,
            Purpose::Passage => &self.passage,
        }
    }
}

/// Why a text could not be embedded.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EmbedError {
    /// The model's files are missing or are not what they should be.
    #[error("the embedding model cannot be loaded: {0}")]
    Load(String),
    /// The model failed.
    #[error("the embedding model failed: {0}")]
    Failed(String),
}

/// An embedding model.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// Its space.
    fn space(&self) -> &VectorSpace;

    /// The languages that it serves, by their ISO 639-1 codes; empty when unknown.
    fn languages(&self) -> &[String];

    /// The number of tokens of a passage beyond which it reads no further.
    fn max_tokens(&self) -> usize;

    /// How many tokens it makes of a text, those that mark its ends included and not cut at [`Embedder::max_tokens`]; `None`
    /// where only the model's maker knows.
    fn count_tokens(&self, _text: &str) -> Option<usize> {
        None
    }

    /// What it puts before each text by itself. The vectors of passages are made with theirs, so one with another is another
    /// model.
    fn prompts(&self) -> &Prompts {
        Prompts::NONE
    }

    /// One vector of unit length per text, in order.
    async fn embed(&self, texts: Vec<String>, purpose: Purpose) -> Result<Vec<Vec<f32>>, EmbedError>;
}
