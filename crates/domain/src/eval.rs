//! What the product does before a search, for measuring it on collections with known answers.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use hammock_ingest::{
    chunk,
    parse::{FileInput, FileType, parse_as},
};
use hammock_llm::Purpose;
use hammock_retrieval::{
    VectorSpace,
    eval::{Cut, Pipeline, Text},
};

use crate::{
    embedding::{
        Embedding, EmbeddingState,
        choice::{EmbedderFactory, EmbeddingChoice},
    },
    knowledge::pipeline::cut,
};

/// The reader, the chunker and the embedding model of an installation.
pub struct ProductPipeline {
    embedding: Arc<Embedding>,
}

impl ProductPipeline {
    /// Loads an embedding model; without one the words are measured alone. `memo` keeps the vectors of passages between
    /// measurements.
    ///
    /// # Errors
    /// Why the model cannot be loaded.
    pub async fn load(
        embedders: Arc<dyn EmbedderFactory>,
        model: Option<EmbeddingChoice>,
        memo: Option<PathBuf>,
    ) -> Result<Self, String> {
        let wanted = model.is_some();
        let embedding = Arc::new(Embedding::new(embedders, model, memo));
        embedding.load_chosen().await;
        match embedding.state() {
            EmbeddingState::Missing(reason) if wanted => Err(reason),
            _ => Ok(Self { embedding }),
        }
    }
}

#[async_trait]
impl Pipeline for ProductPipeline {
    fn cut(&self, document: &Text) -> Cut {
        let file = FileInput { file_name: "document.txt", media_type: None, bytes: document.text.as_bytes() };
        // A document without text has nothing to be found.
        let Ok(mut parsed) = parse_as(FileType::Text, &file) else { return Cut { language: None, chunks: Vec::new() } };
        parsed.title.clone_from(&document.title);
        let spans = cut(&parsed, &self.embedding.sizer());
        let chunks = spans.iter().map(|span| {
            let own = parsed.text.get(span.start..span.end).unwrap_or_default();
            let text = chunk::index_text(&parsed.title, &span.headings, span.table.as_ref(), own);
            (text.heading, text.text)
        });
        Cut { chunks: chunks.collect(), language: parsed.language }
    }

    fn model(&self) -> Option<(VectorSpace, Vec<String>)> {
        self.embedding.ready().map(|embedder| (embedder.space().clone(), embedder.languages().to_vec()))
    }

    async fn embed(&self, texts: Vec<String>, question: bool) -> Result<Vec<Vec<f32>>, String> {
        let embedder = self.embedding.ready().ok_or("there is no embedding model")?;
        let vectors = if question {
            embedder.embed(texts, Purpose::Query).await
        } else {
            self.embedding.passages(&*embedder, texts).await
        };
        vectors.map_err(|error| error.to_string())
    }
}
