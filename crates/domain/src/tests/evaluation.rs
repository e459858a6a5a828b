//! Questions are written, imported and exported, asked in runs, and what got worse is told.

use std::collections::BTreeSet;

use hammock_contract::{
    ApiError, CollectionId, ErrorCode, EvaluationQuestionId, EvaluationRunId,
    document::DocumentQuery,
    evaluation::{
        EvaluationQuestionPatch, EvaluationReport, EvaluationState, ImportFault, NewEvaluationQuestion,
        NewExpectedDocument,
    },
    page::PageRequest,
    search::SearchMode,
    user::Role,
};
use hammock_store::{
    audit,
    evaluation_runs::{self, NewResult},
    jobs,
};
use tokio_util::sync::CancellationToken;

use super::world::{World, until};
use crate::{ImportFile, Scope};

const HOURS: &str = "# Opening hours\n\nThe museum opens at nine and closes at five. Dogs stay outside.\n";
const PRICES: &str = "# Prices\n\nA ticket costs ten crowns. Children enter for free.\n";

pub fn expect(location: &str) -> NewExpectedDocument {
    NewExpectedDocument { location: location.to_owned(), grade: 1 }
}

fn question(text: &str, location: &str) -> NewEvaluationQuestion {
    NewEvaluationQuestion { question: text.to_owned(), expected: vec![expect(location)] }
}

/// Asks all questions of a collection and waits for the end.
async fn run(world: &World, scope: &Scope, collection: &CollectionId) -> EvaluationReport {
    let run = world.hammock.start_evaluation(scope, collection).await.unwrap();
    assert_eq!((run.state, run.asked), (EvaluationState::Running, 0));
    until("the run ends", async || {
        let report = world.hammock.evaluation_report(scope, collection, &run.id).await.unwrap();
        (report.run.state != EvaluationState::Running).then_some(report)
    })
    .await
}

/// A question that was asked once, and the run.
pub async fn measured(
    world: &World,
    scope: &Scope,
    collection: &CollectionId,
    location: &str,
) -> (EvaluationQuestionId, EvaluationRunId) {
    let new = question("Where do dogs stay?", location);
    let made = world.hammock.create_evaluation_question(scope, collection, new).await.unwrap();
    (made.id, run(world, scope, collection).await.run.id)
}

/// A collection with two files that answer.
async fn museum() -> (World, Scope, CollectionId) {
    let (world, owner) = World::at_work().await;
    let (collection, source) = world.collection(&owner, "Museum").await;
    for (name, text) in [("hours.md", HOURS), ("prices.md", PRICES)] {
        let document = world.upload(&owner, &source, name, text.as_bytes()).await.unwrap();
        world.read(&owner, &document.id).await;
    }
    world.rest().await;
    (world, owner, collection)
}

#[tokio::test]
async fn a_question_whose_document_is_gone_got_worse() {
    let (world, owner, collection) = museum().await;
    let h = &world.hammock;
    let dogs = question("Where do dogs stay?", "hours.md");
    let dogs = h.create_evaluation_question(&owner, &collection, dogs).await.unwrap();
    assert_eq!((dogs.expected[0].title.as_str(), dogs.last), ("Opening hours", None));
    let ticket = question("What does a ticket cost?", "prices.md");
    h.create_evaluation_question(&owner, &collection, ticket).await.unwrap();

    let first = run(&world, &owner, &collection).await;
    assert_eq!((first.run.state, first.run.questions, first.run.asked), (EvaluationState::Complete, 2, 2));
    assert_eq!((first.before, first.worse.len(), first.run.worse), (None, 0, 0));
    // Without an embedding model words alone are measured.
    assert_eq!(first.run.figures.len(), 1);
    let figures = first.run.main().unwrap();
    assert_eq!((figures.mode, figures.ndcg10, figures.recall100), (SearchMode::Keyword, 1.0, 1.0));

    let source = h.list_sources(&owner, &collection).await.unwrap().remove(0).id;
    let figures = h.source_figures(&owner, &source).await.unwrap();
    assert_eq!((figures.questions, figures.asked, figures.in_first_three), (2, 2, 2));
    let query = DocumentQuery { source: Some(source.clone()), ..DocumentQuery::default() };
    let documents = h.list_documents(&owner, query).await.unwrap().items;
    let spoken: BTreeSet<String> = documents.into_iter().filter_map(|document| document.language).collect();
    assert_eq!(figures.languages, spoken.into_iter().collect::<Vec<_>>());
    let of_source = h.list_source_questions(&owner, &source, PageRequest::default()).await.unwrap().items;
    assert_eq!(of_source.iter().map(|it| it.last.unwrap().rank).collect::<Vec<_>>(), [Some(1), Some(1)]);

    h.delete_document(&owner, dogs.expected[0].document.as_ref().unwrap()).await.unwrap();
    world.rest().await;
    let second = run(&world, &owner, &collection).await;
    assert_eq!(second.before.map(|run| run.id), Some(first.run.id));
    assert_eq!((second.run.worse, second.worse.len()), (1, 1));
    let worse = &second.worse[0];
    assert_eq!((&worse.id, worse.question.as_str()), (&dogs.id, "Where do dogs stay?"));
    assert_eq!((worse.before.rank, worse.after.rank), (Some(1), None));
    assert_eq!(second.run.main().unwrap().ndcg10, 0.5);

    let listed = h.list_evaluation_questions(&owner, &collection, PageRequest::default()).await.unwrap().items;
    assert_eq!(listed.iter().map(|it| it.last.unwrap().rank).collect::<Vec<_>>(), [Some(1), None]);
    assert_eq!((listed[1].expected[0].document.as_ref(), listed[1].expected[0].title.as_str()), (None, "hours.md"));

    // What is expected of no document there is a question of no source.
    let of_source = h.list_source_questions(&owner, &source, PageRequest::default()).await.unwrap().items;
    assert_eq!(of_source.iter().map(|it| it.question.as_str()).collect::<Vec<_>>(), ["What does a ticket cost?"]);

    // What it expected before, it may go on to expect; the file that comes back under its name is the same place.
    let patch = EvaluationQuestionPatch { question: Some("Where do dogs wait?".into()), ..Default::default() };
    let changed = h.update_evaluation_question(&owner, &collection, &dogs.id, patch).await.unwrap();
    assert_eq!((changed.question.as_str(), changed.last), ("Where do dogs wait?", None));
    let again = world.upload(&owner, &source, "hours.md", HOURS.as_bytes()).await.unwrap();
    world.read(&owner, &again.id).await;
    world.rest().await;
    let third = run(&world, &owner, &collection).await;
    assert_eq!((third.run.main().unwrap().recall100, third.worse.len()), (1.0, 0));
}

#[tokio::test]
async fn only_documents_of_the_collection_can_be_expected() {
    let (world, owner, collection) = museum().await;
    let h = &world.hammock;
    let code = async |new| h.create_evaluation_question(&owner, &collection, new).await.unwrap_err().code;
    assert_eq!(code(question("Where?", "elsewhere.md")).await, ErrorCode::DocumentMissing);
    assert_eq!(code(question(" ", "hours.md")).await, ErrorCode::InvalidField);
    let nothing = NewEvaluationQuestion { question: "Where?".into(), expected: Vec::new() };
    assert_eq!(code(nothing).await, ErrorCode::NothingExpected);
    assert_eq!(h.start_evaluation(&owner, &collection).await.unwrap_err().code, ErrorCode::NoQuestions);
    let user = world.colleague(&owner, "Adam", Role::User).await;
    let new = question("Where do dogs stay?", "hours.md");
    let refused = h.create_evaluation_question(&user, &collection, new.clone()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::RoleRequired);
    let made = h.create_evaluation_question(&owner, &collection, new).await.unwrap();
    h.delete_evaluation_question(&owner, &collection, &made.id).await.unwrap();
    let listed = h.list_evaluation_questions(&user, &collection, PageRequest::default()).await.unwrap();
    assert!(listed.items.is_empty());
}

#[tokio::test]
async fn where_nothing_can_be_found_nothing_is_asked() {
    let (world, owner, collection) = museum().await;
    let h = &world.hammock;
    h.create_evaluation_question(&owner, &collection, question("Dogs?", "hours.md")).await.unwrap();
    let query = DocumentQuery { collection: Some(collection.clone()), ..DocumentQuery::default() };
    for document in h.list_documents(&owner, query).await.unwrap().items {
        h.delete_document(&owner, &document.id).await.unwrap();
    }
    assert_eq!(h.start_evaluation(&owner, &collection).await.unwrap_err().code, ErrorCode::NotIndexed);
    assert!(h.list_evaluation_runs(&owner, &collection).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_run_of_the_operator_is_one_of_the_collections() {
    let (world, owner, collection) = museum().await;
    let h = &world.hammock;
    h.create_evaluation_question(&owner, &collection, question("Dogs?", "hours.md")).await.unwrap();
    let operator = Scope::operator(owner.organisation().clone());
    let report = run(&world, &operator, &collection).await;
    assert_eq!(h.list_evaluation_runs(&owner, &collection).await.unwrap(), std::slice::from_ref(&report.run));
    let request = PageRequest { query: Some("evaluation.start".to_owned()), ..PageRequest::default() };
    let written = audit::list(&owner, h.store().read(), &request).await.unwrap().items;
    let written: Vec<_> = written.iter().map(|row| (row.actor_kind.as_str(), row.target.as_str())).collect();
    assert_eq!(written, [("operator", report.run.id.as_str())]);
}

fn file(name: &str, text: &str) -> ImportFile {
    ImportFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

#[tokio::test]
async fn an_import_takes_what_it_can_and_tells_the_rest() {
    let (world, owner, collection) = museum().await;
    let h = &world.hammock;
    let csv = "question,expected,grade\nWhere do dogs stay?,Opening hours|nowhere.md,2\nWho?,\n,hours.md\n\
               What is free?,prices,many\nWhat does it cost?,PRICES.md,\n";
    let import = async |files| h.import_evaluation_questions(&owner, &collection, files).await;
    let report = import(vec![file("questions.csv", csv)]).await.unwrap();
    assert_eq!((report.added, report.changed, report.unchanged, report.left_out), (2, 0, 0, 4));
    let told: Vec<_> = report.problems.iter().map(|it| (it.line, it.fault, it.given.as_str())).collect();
    assert_eq!(
        told,
        [
            (3, ImportFault::NothingExpected, "Who?"),
            (4, ImportFault::Question, ""),
            (5, ImportFault::Grade, "many"),
            (2, ImportFault::UnknownDocument, "nowhere.md"),
        ]
    );
    // What is exported is the same again.
    let exported = h.export_evaluation_questions(&owner, &collection).await.unwrap();
    assert_eq!(
        exported,
        "question,expected,grade\r\nWhere do dogs stay?,hours.md,2\r\nWhat does it cost?,prices.md,1\r\n"
    );
    let report = import(vec![file("questions.csv", &exported)]).await.unwrap();
    assert_eq!((report.added, report.changed, report.unchanged, report.left_out), (0, 0, 2, 0));

    let queries = "{\"_id\": \"q1\", \"text\": \"where do DOGS stay?\"}\n";
    let judged = "query-id\tcorpus-id\tscore\nq1\thours\t1\nq1\tprices\t1\n";
    let report = import(vec![file("queries.jsonl", queries), file("test.tsv", judged)]).await.unwrap();
    assert_eq!((report.added, report.changed, report.left_out), (0, 1, 0));
    let none = import(Vec::new()).await.unwrap_err();
    assert_eq!(none.code, ErrorCode::ImportUnreadable);
}

#[tokio::test]
async fn one_run_goes_on_at_a_time_and_can_be_stopped() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    world.work();
    let (collection, _) = world.knowledge(&owner, "Museum", HOURS).await;
    world.rest().await;
    world.stop_working();
    let h = &world.hammock;
    h.create_evaluation_question(&owner, &collection, question("Dogs?", "note.md")).await.unwrap();
    let run = h.start_evaluation(&owner, &collection).await.unwrap();
    assert_eq!(h.start_evaluation(&owner, &collection).await.unwrap_err().code, ErrorCode::Busy);
    let stopped = h.stop_evaluation(&owner, &collection, &run.id).await.unwrap();
    assert_eq!(stopped.state, EvaluationState::Stopped);
    assert!(stopped.figures.is_empty() && stopped.finished_at.is_some());
    // Stopping what has ended changes nothing, and the next one may begin.
    assert_eq!(h.stop_evaluation(&owner, &collection, &run.id).await.unwrap(), stopped);
    h.start_evaluation(&owner, &collection).await.unwrap();
    assert_eq!(h.list_evaluation_runs(&owner, &collection).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_run_begins_as_soon_as_the_one_before_it_was_stopped() {
    let (world, owner, collection) = museum().await;
    world.stop_working();
    let h = &world.hammock;
    h.create_evaluation_question(&owner, &collection, question("Dogs?", "hours.md")).await.unwrap();
    let run = h.start_evaluation(&owner, &collection).await.unwrap();
    // A worker is at it, and will notice later.
    let tx = h.store().begin().await.unwrap();
    let job = jobs::claim(&tx, "worker", &["evaluate"], u32::MAX, 60_000, h.now()).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    h.stop_evaluation(&owner, &collection, &run.id).await.unwrap();
    let next = h.start_evaluation(&owner, &collection).await.unwrap();
    assert_eq!(h.start_evaluation(&owner, &collection).await.unwrap_err().code, ErrorCode::Busy);

    // What it notices then is that there is nothing left to do, and the next run is not touched.
    h.evaluate(&owner, &run.id, CancellationToken::new()).await.unwrap();
    let tx = h.store().begin().await.unwrap();
    jobs::cancelled(&tx, &job.id, "worker", h.now()).await.unwrap();
    tx.commit().await.unwrap();
    let runs = h.list_evaluation_runs(&owner, &collection).await.unwrap();
    let states: Vec<_> = runs.into_iter().map(|run| (run.id, run.state)).collect();
    assert_eq!(states, [(next.id, EvaluationState::Running), (run.id, EvaluationState::Stopped)]);
}

#[tokio::test]
async fn a_run_that_was_cut_off_goes_on_where_it_was() {
    let (world, owner, collection) = museum().await;
    world.stop_working();
    let h = &world.hammock;
    let dogs = question("Where do dogs stay?", "hours.md");
    let dogs = h.create_evaluation_question(&owner, &collection, dogs).await.unwrap();
    let ticket = question("What does a ticket cost?", "prices.md");
    h.create_evaluation_question(&owner, &collection, ticket).await.unwrap();
    let run = h.start_evaluation(&owner, &collection).await.unwrap();
    let stop = CancellationToken::new();
    stop.cancel();
    h.evaluate(&owner, &run.id, stop).await.unwrap();
    let report = h.evaluation_report(&owner, &collection, &run.id).await.unwrap();
    assert_eq!((report.run.state, report.run.asked), (EvaluationState::Running, 0));

    // What an earlier process wrote down is not asked again.
    let known = NewResult {
        question: dogs.id.clone(),
        version: 1,
        mode: SearchMode::Keyword,
        ndcg: 5_000,
        recall: 10_000,
        first_place: Some(3),
        refused: false,
        took: 1,
    };
    let tx = h.store().begin().await.unwrap();
    evaluation_runs::put_results(&owner, &tx, &run.id, &[known], 1).await.unwrap();
    tx.commit().await.unwrap();
    h.evaluate(&owner, &run.id, CancellationToken::new()).await.unwrap();
    let report = h.evaluation_report(&owner, &collection, &run.id).await.unwrap();
    assert_eq!((report.run.state, report.run.asked), (EvaluationState::Complete, 2));
    assert_eq!(report.run.main().unwrap().ndcg10, 0.75);
}

#[tokio::test]
async fn a_run_that_fails_for_good_says_why() {
    let (world, owner, collection) = museum().await;
    world.stop_working();
    let h = &world.hammock;
    h.create_evaluation_question(&owner, &collection, question("Dogs?", "hours.md")).await.unwrap();
    let run = h.start_evaluation(&owner, &collection).await.unwrap();
    let error = ApiError::new(ErrorCode::Unavailable, "the server went down too often");
    let tx = h.store().begin().await.unwrap();
    h.evaluation_failed(&owner, &tx, &run.id, error.clone()).await.unwrap();
    tx.commit().await.unwrap();
    let runs = h.list_evaluation_runs(&owner, &collection).await.unwrap();
    assert_eq!((runs[0].state, runs[0].error.as_ref()), (EvaluationState::Failed, Some(&error)));
    // A job that comes too late finds that it has nothing to do.
    h.evaluate(&owner, &run.id, CancellationToken::new()).await.unwrap();
    assert_eq!(h.list_evaluation_runs(&owner, &collection).await.unwrap(), runs);
}
