//! The questions that expect the documents of one source, and how well these are found.

use std::collections::HashSet;

use hammock_contract::{
    Page, SourceId,
    evaluation::{EvaluationQuestion, EvaluationState},
    page::PageRequest,
    source::SourceFigures,
};
use hammock_store::{
    Scope, evaluation_questions as questions,
    evaluation_runs::{self as runs, ResultRow},
    languages,
};

use super::{comparing::results_of, seen};
use crate::{Hammock, Result, error::from_store};

/// People look at the first few passages, and hardly at more.
const FIRST_FEW: u32 = 3;

impl Hammock {
    /// The questions that expect a document of a source, newest first, each with what the last complete run gave.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn list_source_questions(
        &self,
        scope: &Scope,
        source: &SourceId,
        request: PageRequest,
    ) -> Result<Page<EvaluationQuestion>> {
        let collection = self.find_source(scope, source).await?.collection;
        let db = self.store().read();
        let page = questions::list_of_source(scope, db, source, &request).await.map_err(from_store)?;
        let items = seen(scope, db, &collection, page.items).await?;
        Ok(Page { items, next_page_token: page.next_page_token })
    }

    /// The languages of a source's documents, and how well questions find them.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn source_figures(&self, scope: &Scope, source: &SourceId) -> Result<SourceFigures> {
        let collection = self.find_source(scope, source).await?.collection;
        let db = self.store().read();
        let languages = languages::list_of_source(scope, db, source).await.map_err(from_store)?;
        let ids = questions::list_ids_of_source(scope, db, source).await.map_err(from_store)?;
        let ids: HashSet<_> = ids.into_iter().collect();
        let mut figures = SourceFigures {
            languages,
            questions: u64::try_from(ids.len()).unwrap_or(u64::MAX),
            ..SourceFigures::default()
        };
        if ids.is_empty() {
            return Ok(figures);
        }
        let last = runs::list(scope, db, &collection).await.map_err(from_store)?;
        if let Some(run) = last.iter().find(|run| run.state == EvaluationState::Complete) {
            let results = results_of(scope, db, run).await?;
            for result in results.iter().filter(|result| ids.contains(&result.question_id)) {
                figures.asked += 1;
                figures.in_first_three += u64::from(is_among_the_first(result));
            }
        }
        Ok(figures)
    }
}

fn is_among_the_first(result: &ResultRow) -> bool {
    result.first_place.is_some_and(|place| place <= FIRST_FEW)
}
