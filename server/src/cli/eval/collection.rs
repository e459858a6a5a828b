//! `hammock eval collection`: a run of a collection's own questions, as its page of evaluation begins one, and shows it then.

mod told;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Args;
use hammock_contract::{
    ApiError, CollectionId, ErrorCode,
    collection::Collection,
    evaluation::{EvaluationReport, EvaluationRun, EvaluationState},
};
use hammock_domain::{Embedded, Hammock, Scope, counted};

use self::told::questions;
use crate::cli::{Organisation, background::Background, target};

/// How often is looked how far the work is: a server on the same directory may do it, and another process hears of that by looking alone.
const LOOK: Duration = Duration::from_millis(200);
/// How long a server may make no vector before no more are waited for. It tries a model again that it could not reach every
/// minute.
const PATIENCE: Duration = Duration::from_secs(150);

#[derive(Debug, Args)]
pub struct Command {
    /// The collection's name or id.
    #[arg(value_parser = target::name)]
    collection: String,
    /// Prints JSON, as the public API answers it.
    #[arg(long)]
    json: bool,
    /// Fails where nDCG@10 is lower than this. 0 to 1.
    #[arg(long, value_name = "NDCG", value_parser = share)]
    fail_below_ndcg: Option<f32>,
    /// Fails where a question got worse since the complete run before.
    #[arg(long)]
    fail_on_worse: bool,
    #[command(flatten)]
    organisation: Organisation,
}

fn share(text: &str) -> Result<f32, String> {
    let share = text.parse::<f32>().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "must be a number from 0 to 1".to_owned())
}

/// Asks the questions, also where a server works on the data directory, which does it then. Fails where the figures are not as
/// the command line wants them.
pub async fn run(hammock: &Hammock, command: Command) -> anyhow::Result<ExitCode> {
    let Command { collection, json, fail_below_ndcg, fail_on_worse, organisation } = command;
    let (scope, collection) = target::scope_of_collection(hammock, &organisation, &collection).await?;
    let is_ours = hammock.take_background_work().await?;
    if !collection.read_only && collection.questions > 0 {
        complete_vectors(hammock, &scope, &collection, is_ours).await?;
    }
    let left = if is_ours { left_behind(hammock, &scope, &collection.id).await? } else { None };
    // Before the work begins, so that what is refused costs nothing.
    let (run, is_left) = match left {
        Some(run) => (run, true),
        None => (start(hammock, &scope, &collection.id).await?, false),
    };
    let background = Background::begin(hammock, is_ours);
    let mut followed = follow(hammock, &scope, &run).await;
    if is_left && followed.is_ok() {
        followed = match start(hammock, &scope, &collection.id).await {
            Ok(run) => follow(hammock, &scope, &run).await,
            Err(error) => Err(error),
        };
    }
    background.end().await?;
    let report = complete(followed?)?;
    if json {
        outln!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        out!("{}", told::report(&collection.name, &report));
    }
    let faults = faults(&report.run, fail_below_ndcg, fail_on_worse);
    for fault in &faults {
        errln!("hammock: {fault}");
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Why a run is refused, with the code that tells programs one reason from another.
fn coded(error: ApiError) -> anyhow::Error {
    anyhow::anyhow!("{error} ({})", error.code.as_str())
}

async fn start(hammock: &Hammock, scope: &Scope, collection: &CollectionId) -> anyhow::Result<EvaluationRun> {
    hammock.start_evaluation(scope, collection).await.map_err(coded)
}

/// Waits until every passage of a collection has its vector: figures of a part of them are those of no search that people
/// make.
async fn complete_vectors(
    hammock: &Hammock,
    scope: &Scope,
    collection: &Collection,
    is_ours: bool,
) -> anyhow::Result<()> {
    // None wait where the operator wants no model.
    let mut waiting = hammock.count_waiting_vectors(scope).await.map_err(coded)?;
    if waiting == 0 || lacking(collection) == 0 {
        return Ok(());
    }
    if is_ours {
        let progress = |done: usize, all: usize| errln!("{done} of {}", counted(all, "vector"));
        return match hammock.embed_waiting(progress).await.map_err(coded)? {
            Embedded::Made(_) => Ok(()),
            Embedded::NoModel(reason) => Err(not_indexed(collection, &reason)),
        };
    }
    let mut since = Instant::now();
    loop {
        let now = hammock.find_collection(scope, &collection.id).await.map_err(coded)?;
        if lacking(&now) == 0 {
            return Ok(());
        }
        let left = hammock.count_waiting_vectors(scope).await.map_err(coded)?;
        if left != waiting {
            waiting = left;
            since = Instant::now();
            errln!("{} still without a vector", counted(lacking(&now), "passage"));
        } else if since.elapsed() > PATIENCE {
            return Err(not_indexed(&now, "the server has made none for a while; see its log"));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// How many passages of a collection have no vector of the present model.
fn lacking(collection: &Collection) -> usize {
    usize::try_from(collection.chunks.saturating_sub(collection.embedded_chunks)).unwrap_or(usize::MAX)
}

fn not_indexed(collection: &Collection, reason: &str) -> anyhow::Error {
    let number = counted(lacking(collection), "passage");
    let message = format!("{number} of {:?} cannot be searched by meaning yet: {reason}", collection.name);
    coded(ApiError::new(ErrorCode::NotIndexed, message))
}

/// A run that waits for somebody to work, or that a process which went down left behind. No other begins before its end.
async fn left_behind(
    hammock: &Hammock,
    scope: &Scope,
    collection: &CollectionId,
) -> anyhow::Result<Option<EvaluationRun>> {
    let last = hammock.list_evaluation_runs(scope, collection).await.map_err(coded)?;
    let left = last.into_iter().find(|run| run.state == EvaluationState::Running);
    if left.is_some() {
        errln!("a run that was begun before comes to its end first");
    }
    Ok(left)
}

/// Says how far a run is until it has ended.
async fn follow(hammock: &Hammock, scope: &Scope, run: &EvaluationRun) -> anyhow::Result<EvaluationReport> {
    let mut asked = 0;
    loop {
        let report = hammock.evaluation_report(scope, &run.collection, &run.id).await.map_err(coded)?;
        if report.run.state != EvaluationState::Running {
            return Ok(report);
        }
        if report.run.asked != asked {
            asked = report.run.asked;
            errln!("{asked} of {}", questions(report.run.questions));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// A report that has figures.
fn complete(report: EvaluationReport) -> anyhow::Result<EvaluationReport> {
    match report.run.state {
        EvaluationState::Complete => Ok(report),
        EvaluationState::Stopped => {
            Err(coded(ApiError::new(ErrorCode::Stopped, "somebody stopped the run before its end")))
        }
        EvaluationState::Failed | EvaluationState::Running => {
            let unknown = || ApiError::new(ErrorCode::Internal, "the run came to no end");
            Err(coded(report.run.error.unwrap_or_else(unknown)))
        }
    }
}

/// What is not as it must be.
fn faults(run: &EvaluationRun, least: Option<f32>, fail_on_worse: bool) -> Vec<String> {
    let ndcg = run.main().map_or(0.0, |figures| figures.ndcg10);
    let low = least.filter(|least| ndcg < *least);
    let low = low.map(|least| format!("nDCG@10 is {ndcg:.4} and must not be lower than {least}"));
    let worse = (fail_on_worse && run.worse > 0).then(|| format!("{} got worse", questions(run.worse)));
    low.into_iter().chain(worse).collect()
}

#[cfg(test)]
mod tests {
    use hammock_contract::{
        EvaluationQuestionId, EvaluationRunId, Timestamp,
        evaluation::{EvaluationFigures, QuestionResult, WorseQuestion},
        search::SearchMode,
    };

    use super::*;

    /// A run in which one of two questions got worse.
    pub fn worsened() -> EvaluationReport {
        let figures = |ndcg10: f32| EvaluationFigures {
            mode: SearchMode::Keyword,
            ndcg10,
            recall100: ndcg10,
            refused: 1,
            p50_ms: 1.5,
            p95_ms: 20.0,
        };
        let run = |id: &'static str, ndcg10: f32, worse: u64| EvaluationRun {
            id: EvaluationRunId::fixed(id),
            collection: CollectionId::fixed("museum"),
            state: EvaluationState::Complete,
            questions: 2,
            asked: 2,
            figures: vec![figures(ndcg10)],
            worse,
            error: None,
            started_at: Timestamp::from_millis(0),
            finished_at: None,
        };
        let result = |ndcg10: f32, rank| QuestionResult { ndcg10, recall100: ndcg10, rank, refused: false };
        let dogs = WorseQuestion {
            id: EvaluationQuestionId::fixed("dogs"),
            question: "Where do dogs stay?".to_owned(),
            before: result(1.0, Some(1)),
            after: result(0.0, None),
        };
        EvaluationReport { run: run("second", 0.5, 1), before: Some(run("first", 1.0, 0)), worse: vec![dogs] }
    }

    #[test]
    fn a_share_lies_between_none_and_all() {
        assert_eq!(share("0.75"), Ok(0.75));
        for wrong in ["-0.1", "1.01", "NaN", "good", ""] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_what_was_asked_for_is_a_fault() {
        let run = worsened().run;
        assert!(faults(&run, None, false).is_empty());
        assert!(faults(&run, Some(0.5), false).is_empty(), "as good as it must be");
        assert_eq!(faults(&run, Some(0.6), false), ["nDCG@10 is 0.5000 and must not be lower than 0.6"]);
        assert_eq!(faults(&run, None, true), ["1 question got worse"]);
        assert_eq!(faults(&run, Some(1.0), true).len(), 2);
        let better = EvaluationRun { worse: 0, ..run };
        assert!(faults(&better, None, true).is_empty());
    }

    #[test]
    fn a_run_without_figures_is_refused_with_its_code() {
        let ended = |state, error| {
            let report = worsened();
            let run = EvaluationRun { state, error, ..report.run };
            complete(EvaluationReport { run, ..report }).map(drop).map_err(|error| error.to_string())
        };
        assert_eq!(ended(EvaluationState::Complete, None), Ok(()));
        let stopped = ended(EvaluationState::Stopped, None).unwrap_err();
        assert_eq!(stopped, "somebody stopped the run before its end (stopped)");
        let error = ApiError::new(ErrorCode::NoEmbeddingModel, "the model went away");
        let failed = ended(EvaluationState::Failed, Some(error)).unwrap_err();
        assert_eq!(failed, "the model went away (no_embedding_model)");
    }
}
