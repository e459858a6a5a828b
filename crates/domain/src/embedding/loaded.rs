//! A model that was loaded or reached, and how it is recognised.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use hammock_contract::{Timestamp, system::EmbeddingKind};
use hammock_llm::{EmbedError, Embedder, Prompts, Purpose};
use hammock_retrieval::VectorSpace;
use hammock_store::embedding_models::{EmbeddingModelRow, EmbeddingRole};

use super::choice::{EmbedderFactory, EmbeddingChoice};

/// What every model is asked for its vector. Never changed: what was kept of earlier answers would mean nothing any more.
const PROBE: &str = "Hammock answers from what an organisation knows, and says where it stands.";
/// How alike the answers of one model are at least, however its numbers are rounded: their cosine.
const SAME: f32 = 0.999;
/// How long an endpoint may take to answer when it is reached for the first time.
const REACH_LIMIT: Duration = Duration::from_secs(20);

/// A model with its vector of [`PROBE`]: as a passage, since it is for their vectors that it must be the same one.
pub(crate) struct Loaded {
    pub embedder: Arc<dyn Embedder>,
    pub choice: EmbeddingChoice,
    pub probe: Vec<f32>,
}

impl Loaded {
    /// Loads or reaches a model. An endpoint that does not answer is taken for what `remembered` says of it, where that is
    /// the same one: then it is there again when it answers.
    ///
    /// # Errors
    /// Why it cannot be loaded or reached.
    pub async fn reach(
        factory: &dyn EmbedderFactory,
        choice: &EmbeddingChoice,
        remembered: &[EmbeddingModelRow],
    ) -> Result<Self, EmbedError> {
        let fresh = async {
            let embedder = factory.load(choice, None).await?;
            // For most it is all the same, and a question is answered at once or not at all.
            let has_prompts = embedder.prompts() != Prompts::NONE;
            let purpose = if has_prompts { Purpose::Passage } else { Purpose::Query };
            let vectors = embedder.embed(vec![PROBE.to_owned()], purpose).await?;
            let probe = vectors.into_iter().next().unwrap_or_default();
            Ok::<_, EmbedError>(Self { embedder, choice: choice.clone(), probe })
        };
        if choice.kind() == EmbeddingKind::Directory {
            return fresh.await;
        }
        let reached = tokio::time::timeout(REACH_LIMIT, fresh)
            .await
            .unwrap_or_else(|_| Err(EmbedError::Failed("the endpoint does not answer".to_owned())));
        match (reached, remembered.iter().find(|row| choice.is_at(row))) {
            (Err(error), Some(row)) => {
                tracing::warn!(%error, model = %row.name, "the embedding endpoint does not answer now");
                let embedder = factory.load(choice, usize::try_from(row.dimension).ok()).await?;
                Ok(Self { embedder, choice: choice.clone(), probe: row.probe.clone() })
            }
            (reached, _) => reached,
        }
    }

    /// Whether this is the model that the database remembers, wherever that was.
    pub fn is(&self, row: &EmbeddingModelRow) -> bool {
        are_alike(&self.probe, &row.probe)
    }

    /// The name of its space: the one that it has already, else its own, unless another model has that.
    pub fn space(&self, remembered: &[EmbeddingModelRow], now: Timestamp) -> String {
        if let Some(row) = remembered.iter().find(|row| self.is(row)) {
            return row.space.clone();
        }
        let name = self.embedder.space().model.clone();
        let is_taken = remembered.iter().any(|row| row.space == name);
        if is_taken { format!("{name}~{}", now.as_millis()) } else { name }
    }

    /// What is remembered of it.
    pub fn row(&self, space: String, role: EmbeddingRole, since: Timestamp) -> EmbeddingModelRow {
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        EmbeddingModelRow {
            space,
            role,
            kind: self.choice.kind(),
            place: self.choice.place(),
            name: self.choice.name(),
            dimension: number(self.embedder.space().dimension),
            max_tokens: number(self.embedder.max_tokens()),
            languages: self.embedder.languages().to_vec(),
            probe: self.probe.clone(),
            since,
        }
    }

    /// The model in the space of this name.
    pub fn in_space(&self, space: &str) -> Arc<dyn Embedder> {
        let own = self.embedder.space();
        if own.model == space {
            return self.embedder.clone();
        }
        let space = VectorSpace { model: space.to_owned(), dimension: own.dimension };
        Arc::new(InSpace { embedder: self.embedder.clone(), space })
    }
}

/// Two models that give one vector are one. Vectors have the length one.
fn are_alike(one: &[f32], other: &[f32]) -> bool {
    one.len() == other.len() && one.iter().zip(other).map(|(a, b)| a * b).sum::<f32>() >= SAME
}

/// A model whose space has another name than the model itself.
struct InSpace {
    embedder: Arc<dyn Embedder>,
    space: VectorSpace,
}

#[async_trait]
impl Embedder for InSpace {
    fn space(&self) -> &VectorSpace {
        &self.space
    }

    fn languages(&self) -> &[String] {
        self.embedder.languages()
    }

    fn max_tokens(&self) -> usize {
        self.embedder.max_tokens()
    }

    fn count_tokens(&self, text: &str) -> Option<usize> {
        self.embedder.count_tokens(text)
    }

    fn prompts(&self) -> &Prompts {
        self.embedder.prompts()
    }

    async fn embed(&self, texts: Vec<String>, purpose: Purpose) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.embedder.embed(texts, purpose).await
    }
}

#[cfg(test)]
mod tests {
    use hammock_llm::scripted::WordEmbedder;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(7);

    async fn loaded(model: &str) -> Loaded {
        let embedder: Arc<dyn Embedder> = Arc::new(WordEmbedder::new(model, 8, &["en"]));
        let mut vectors = embedder.embed(vec![PROBE.to_owned()], Purpose::Query).await.unwrap();
        let choice = EmbeddingChoice::Directory { folder: format!("/models/{model}").into(), languages: Vec::new() };
        Loaded { embedder, choice, probe: vectors.remove(0) }
    }

    #[tokio::test]
    async fn a_model_is_known_by_what_it_says_and_not_by_its_name() {
        let (one, other) = (loaded("one").await, loaded("other").await);
        let row = one.row("one".to_owned(), EmbeddingRole::Serving, NOW);
        assert_eq!((row.place.as_str(), row.dimension, row.max_tokens), ("/models/one", 8, 256));
        assert!(one.is(&row) && !other.is(&row));
        // Moved, or rounded otherwise.
        let moved = EmbeddingModelRow {
            place: "/elsewhere".to_owned(),
            probe: row.probe.iter().map(|number| (number * 1_000.0).round() / 1_000.0).collect(),
            space: "before".to_owned(),
            ..row.clone()
        };
        assert_eq!(one.space(std::slice::from_ref(&moved), NOW), "before");
        assert_eq!(one.in_space("before").space().model, "before");
        // Another model of the same name gets a space of its own.
        let taken = EmbeddingModelRow { space: "other".to_owned(), ..row };
        assert_eq!(other.space(std::slice::from_ref(&taken), NOW), "other~7");
        assert_eq!(other.space(&[], NOW), "other");
    }

    /// Puts something before each text.
    struct Prompted(WordEmbedder, Prompts);

    #[async_trait]
    impl Embedder for Prompted {
        fn space(&self) -> &VectorSpace {
            self.0.space()
        }

        fn languages(&self) -> &[String] {
            self.0.languages()
        }

        fn max_tokens(&self) -> usize {
            self.0.max_tokens()
        }

        fn prompts(&self) -> &Prompts {
            &self.1
        }

        async fn embed(&self, texts: Vec<String>, purpose: Purpose) -> Result<Vec<Vec<f32>>, EmbedError> {
            let texts = texts.iter().map(|text| format!("{}{text}", self.1.of(purpose))).collect();
            self.0.embed(texts, purpose).await
        }
    }

    #[async_trait]
    impl EmbedderFactory for Prompts {
        async fn load(&self, _: &EmbeddingChoice, _: Option<usize>) -> Result<Arc<dyn Embedder>, EmbedError> {
            Ok(Arc::new(Prompted(WordEmbedder::new("one", 8, &["en"]), self.clone())))
        }
    }

    #[tokio::test]
    async fn a_model_that_wants_something_else_before_its_passages_is_another_one() {
        let choice = EmbeddingChoice::Directory { folder: "/models/one".into(), languages: Vec::new() };
        let reached = async |query: &str, passage: &str| {
            let prompts = Prompts { query: query.to_owned(), passage: passage.to_owned() };
            Loaded::reach(&prompts, &choice, &[]).await.unwrap()
        };
        let row = |model: &Loaded| model.row("one".to_owned(), EmbeddingRole::Serving, NOW);
        let (none, both) = (row(&reached("", "").await), row(&reached("query: ", "passage: ").await));
        // Questions are embedded anew each time.
        let questions = reached("query: ", "").await;
        assert!(questions.is(&none) && !questions.is(&both));
        let others = reached("question: ", "passage: ").await;
        assert!(others.is(&both) && !others.is(&none));
        assert_eq!(others.in_space("other").prompts(), others.embedder.prompts());
    }
}
