//! Which model answers: the chosen one, or the one before, until every passage has a vector of the chosen one.
//!
//! The process that has the background work decides, and the database remembers it; every other process does as the database
//! says. A change goes: the new model is noted beside the old one, vectors are made into a space of its own, one transaction
//! lets them count, and a while later the old ones are removed. Wherever it is cut off, it goes on from there.

use std::time::Duration;

use hammock_llm::EmbedError;
use hammock_retrieval::VectorSpace;
use hammock_store::{
    chunks,
    embedding_models::{self, EmbeddingModelRow, EmbeddingRole},
    next_vectors,
};
use tokio_util::sync::CancellationToken;

use super::{Problem, choice::EmbeddingChoice, loaded::Loaded};
use crate::{
    Hammock, Result,
    error::{from_index, from_store},
};

/// How often a process that does not decide looks which model answers, and how often while none does.
const FOLLOW: Duration = Duration::from_secs(5);
const FOLLOW_LATER: Duration = Duration::from_secs(60);
/// How long the vectors of a model that no longer answers stay, for processes that have not noticed. Milliseconds.
const RETIRED_FOR: i64 = 120_000;

impl Hammock {
    /// Loads the embedding model that answers and returns when that is done: for commands that answer one question and end.
    pub async fn load_embedding_model(&self) {
        if let Err(error) = self.follow_models().await {
            tracing::error!(%error, "which embedding model answers could not be read");
        }
    }

    /// Loads the embedding model that answers, and another one when that answers instead, until `cancel`: for a process
    /// that leaves the background work to others.
    pub async fn follow_embedding_model(&self, cancel: CancellationToken) {
        loop {
            self.load_embedding_model().await;
            let pause = if self.0.embedding.ready().is_some() { FOLLOW } else { FOLLOW_LATER };
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Does as the database says; where it says nothing yet, the chosen model answers.
    async fn follow_models(&self) -> Result<()> {
        let embedding = &self.0.embedding;
        let Some(chosen) = &embedding.chosen else { return Ok(()) };
        let known = embedding_models::list(self.store().read()).await.map_err(from_store)?;
        let Some(serving) = known.iter().find(|model| model.role == EmbeddingRole::Serving) else {
            if embedding.ready().is_none() {
                embedding.load_chosen().await;
            }
            return Ok(());
        };
        if embedding.space().is_some_and(|space| space.model == serving.space) {
            return Ok(());
        }
        match self.find_model(chosen, serving).await {
            Ok(loaded) => embedding.serve(&loaded, &serving.space).await,
            Err(error) => embedding.set_missing(error.to_string()),
        }
        Ok(())
    }

    /// The model that the database remembers: where it is said to be, or where the operator of this process says.
    async fn find_model(
        &self,
        chosen: &EmbeddingChoice,
        wanted: &EmbeddingModelRow,
    ) -> std::result::Result<Loaded, EmbedError> {
        let remembered = EmbeddingChoice::remembered(wanted, self.key_for(wanted));
        let mut places = vec![chosen.clone()];
        if !chosen.is_at(wanted) {
            places.insert(0, remembered);
        }
        let mut failure = is_another(wanted);
        for place in places {
            match Loaded::reach(&*self.0.embedding.factory, &place, std::slice::from_ref(wanted)).await {
                Ok(loaded) if loaded.is(wanted) => return Ok(loaded),
                Ok(_) => {}
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// The model before, which must answer now: one that may come back later is no reason to let people wait.
    async fn reach_again(&self, before: &EmbeddingModelRow) -> std::result::Result<Loaded, EmbedError> {
        let place = EmbeddingChoice::remembered(before, self.key_for(before));
        let loaded = Loaded::reach(&*self.0.embedding.factory, &place, &[]).await?;
        if loaded.is(before) { Ok(loaded) } else { Err(is_another(before)) }
    }

    /// The key of a model that the database remembers: no key is ever kept.
    fn key_for(&self, model: &EmbeddingModelRow) -> Option<String> {
        let chosen = self.0.embedding.chosen.as_ref().and_then(|chosen| chosen.key_for(&model.place));
        chosen.or_else(|| self.settings().former_embedding_key.0.clone())
    }

    /// Decides which model answers and which one is brought in, and loads them. For the process that has the background work.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn settle_models(&self) -> Result<()> {
        let embedding = &self.0.embedding;
        let Some(chosen) = &embedding.chosen else { return self.adopt(None).await };
        let known = embedding_models::list(self.store().read()).await.map_err(from_store)?;
        let of = |role: EmbeddingRole| known.iter().find(|model| model.role == role).cloned();
        let serving = of(EmbeddingRole::Serving);
        let loaded = match Loaded::reach(&*embedding.factory, chosen, &known).await {
            Ok(loaded) => loaded,
            Err(error) => return self.keep_serving(chosen, serving, &error).await,
        };
        match serving {
            Some(serving) if !loaded.is(&serving) => self.bring_in(&loaded, &known, &serving).await,
            serving => self.go_on_serving(&loaded, &known, serving).await,
        }
    }

    /// The chosen model is the one that answers, or there was none. A change that was going on is taken back.
    async fn go_on_serving(
        &self,
        loaded: &Loaded,
        known: &[EmbeddingModelRow],
        serving: Option<EmbeddingModelRow>,
    ) -> Result<()> {
        let now = self.now();
        let (space, since) =
            serving.map_or_else(|| (loaded.space(known, now), now), |serving| (serving.space, serving.since));
        let tx = self.store().begin().await.map_err(from_store)?;
        if known.iter().any(|model| model.role == EmbeddingRole::Next) {
            embedding_models::change_role(&tx, EmbeddingRole::Next, EmbeddingRole::Retired, now)
                .await
                .map_err(from_store)?;
            next_vectors::forget(&tx).await.map_err(from_store)?;
        }
        let row = loaded.row(space.clone(), EmbeddingRole::Serving, since);
        embedding_models::put(&tx, row).await.map_err(from_store)?;
        chunks::adopt_space(&tx, Some(&space)).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.0.embedding.set_next(None).await;
        self.0.embedding.set_problem(None);
        self.0.embedding.serve(loaded, &space).await;
        Ok(())
    }

    /// The chosen model is another one than the one that answers: that one goes on, if it can, until the vectors of the
    /// chosen one are all there.
    async fn bring_in(&self, loaded: &Loaded, known: &[EmbeddingModelRow], serving: &EmbeddingModelRow) -> Result<()> {
        let now = self.now();
        let space = loaded.space(known, now);
        let is_begun = |model: &&EmbeddingModelRow| model.role == EmbeddingRole::Next && model.space == space;
        let begun = known.iter().find(is_begun);
        let before = if next_vectors::is_served_by(self.store().read(), &serving.space).await.map_err(from_store)? {
            Some(self.reach_again(serving).await)
        } else {
            None
        };
        let tx = self.store().begin().await.map_err(from_store)?;
        if begun.is_none() {
            // A third model was being brought in.
            embedding_models::change_role(&tx, EmbeddingRole::Next, EmbeddingRole::Retired, now)
                .await
                .map_err(from_store)?;
            next_vectors::forget(&tx).await.map_err(from_store)?;
        }
        let since = begun.map_or(now, |begun| begun.since);
        let row = loaded.row(space.clone(), EmbeddingRole::Next, since);
        embedding_models::put(&tx, row).await.map_err(from_store)?;
        match before {
            Some(Ok(before)) => {
                chunks::adopt_space(&tx, Some(&serving.space)).await.map_err(from_store)?;
                tx.commit().await.map_err(from_store)?;
                tracing::info!(from = %serving.space, to = %space, "passages are embedded anew; the model before answers meanwhile");
                self.0.embedding.set_problem(None);
                self.0.embedding.set_next(Some((loaded, &space))).await;
                self.0.embedding.serve(&before, &serving.space).await;
            }
            unusable => {
                self.switch_in(&tx, &space).await?;
                tx.commit().await.map_err(from_store)?;
                let problem = unusable.and_then(std::result::Result::err).map(|error| Problem {
                    reason: format!(
                        "the embedding model before, {}, cannot be used any more, so search by meaning covers only what is \
                         embedded anew: {error}",
                        serving.name
                    ),
                    may_pass: false,
                });
                self.0.embedding.set_problem(problem);
                self.0.embedding.set_next(None).await;
                self.0.embedding.serve(loaded, &space).await;
            }
        }
        Ok(())
    }

    /// The chosen model cannot be had now: the one that answered goes on, if that is another one.
    async fn keep_serving(
        &self,
        chosen: &EmbeddingChoice,
        serving: Option<EmbeddingModelRow>,
        failure: &EmbedError,
    ) -> Result<()> {
        let embedding = &self.0.embedding;
        embedding.set_next(None).await;
        let reason =
            format!("the embedding model that was chosen cannot be used, so the one before goes on: {failure}");
        let problem = Some(Problem { reason, may_pass: true });
        let serving = serving.filter(|serving| !chosen.is_at(serving));
        if let Some(serving) = &serving {
            if embedding.space().is_some_and(|present| present.model == serving.space) {
                embedding.set_problem(problem);
                return Ok(());
            }
            let place = EmbeddingChoice::remembered(serving, self.key_for(serving));
            if let Ok(before) = self.find_model(&place, serving).await {
                self.adopt(Some(&serving.space)).await?;
                embedding.set_problem(problem);
                embedding.serve(&before, &serving.space).await;
                return Ok(());
            }
        }
        embedding.set_missing(failure.to_string());
        self.adopt(None).await
    }

    async fn adopt(&self, space: Option<&str>) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        chunks::adopt_space(&tx, space).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    /// Lets the model that was brought in answer if every passage has its vector; whether it does now.
    pub(crate) async fn finish_change(&self) -> Result<bool> {
        let Some(next) = self.0.embedding.next() else { return Ok(false) };
        let tx = self.store().begin().await.map_err(from_store)?;
        // What comes after this look waits for its vector in the new space, like everything that comes later.
        if !next_vectors::list_waiting(tx.db(), None, 1).await.map_err(from_store)?.is_empty() {
            return Ok(false);
        }
        self.switch_in(&tx, &next.space().model).await?;
        tx.commit().await.map_err(from_store)?;
        self.0.embedding.serve_next();
        Ok(true)
    }

    async fn switch_in(&self, tx: &hammock_store::Tx, space: &str) -> Result<()> {
        let now = self.now();
        for (from, to) in
            [(EmbeddingRole::Serving, EmbeddingRole::Retired), (EmbeddingRole::Next, EmbeddingRole::Serving)]
        {
            embedding_models::change_role(tx, from, to, now).await.map_err(from_store)?;
        }
        next_vectors::switch(tx).await.map_err(from_store)?;
        chunks::adopt_space(tx, Some(space)).await.map_err(from_store)
    }

    /// Removes the vectors of models that no longer answer, once every process must have noticed.
    pub(crate) async fn remove_retired(&self) -> Result<()> {
        let until = self.now().plus_millis(-RETIRED_FOR);
        for model in embedding_models::list(self.store().read()).await.map_err(from_store)? {
            if model.role != EmbeddingRole::Retired || model.since > until {
                continue;
            }
            self.0.index.clear_space(&space_of(&model)).await.map_err(from_index)?;
            let tx = self.store().begin().await.map_err(from_store)?;
            embedding_models::remove(&tx, &model.space).await.map_err(from_store)?;
            tx.commit().await.map_err(from_store)?;
            tracing::info!(model = %model.space, "the vectors of an earlier embedding model were removed");
        }
        Ok(())
    }
}

fn is_another(model: &EmbeddingModelRow) -> EmbedError {
    EmbedError::Load(format!("{} is another model than it was", model.name))
}

/// The space of a model that the database remembers.
pub(crate) fn space_of(model: &EmbeddingModelRow) -> VectorSpace {
    VectorSpace { model: model.space.clone(), dimension: usize::try_from(model.dimension).unwrap_or(usize::MAX) }
}
