//! Which embedding model answers, and how far a change is.

use hammock_store::{
    embedding_models::{self, EmbeddingModelRow, EmbeddingRole},
    next_vectors,
};

use super::{DoctorReport, MODEL_ADVICE, Severity, counted};
use crate::{Hammock, Result, embedding::EmbeddingState, error::from_store};

const SUBJECT: &str = "embedding model";

impl Hammock {
    pub(super) async fn look_at_embedding(&self, report: &mut DoctorReport) -> Result<()> {
        self.load_embedding_model().await;
        match self.0.embedding.state() {
            EmbeddingState::Ready(embedder) => {
                let languages = match embedder.languages() {
                    [] => "its languages are not known".to_owned(),
                    codes => format!("for {}", codes.join(", ")),
                };
                report.add(SUBJECT, Severity::Fine, format!("{}, {languages}", embedder.space().model), "");
            }
            EmbeddingState::Loading => report.add(SUBJECT, Severity::Notice, "being loaded", ""),
            EmbeddingState::Missing(reason) => {
                report.add(SUBJECT, Severity::Notice, format!("search is by words alone: {reason}"), MODEL_ADVICE);
            }
        }
        self.look_at_change(report).await
    }

    /// A model that is being brought in, or will be.
    async fn look_at_change(&self, report: &mut DoctorReport) -> Result<()> {
        let db = self.store().read();
        let known = embedding_models::list(db).await.map_err(from_store)?;
        let of = |role: EmbeddingRole| known.iter().find(|model| model.role == role);
        if let Some(next) = of(EmbeddingRole::Next) {
            let count = next_vectors::count(db).await.map_err(from_store)?;
            let all = counted(usize::try_from(count.all).unwrap_or(usize::MAX), "passage");
            let found = format!(
                "{} is being brought in: {} of {all} have a vector; the one before answers",
                next.name, count.done
            );
            report.add(SUBJECT, Severity::Notice, found, "`hammock serve` makes the others in the background");
        } else if let (Some(chosen), Some(serving)) = (&self.settings().embedding, of(EmbeddingRole::Serving))
            && !chosen.is_at(serving)
        {
            let EmbeddingModelRow { name, place, .. } = serving;
            let found = format!("{} is chosen; so far {name} at {place} answers", chosen.name());
            report.add(SUBJECT, Severity::Notice, found, "`hammock serve` brings it in, in the background");
        }
        Ok(())
    }
}
