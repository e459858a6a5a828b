//! Questions with what they should find, and their runs.

use hammock_contract::{
    ApiError, EvaluationQuestionId, EvaluationRunId, Page, SourceId,
    evaluation::{EvaluationFigures, EvaluationState, KEPT_RUNS},
    page::PageRequest,
    search::SearchMode,
    source::SourceKind,
};

use super::{
    support::{NOW, Tenant, new_document, on_both, tenant},
    tenancy::Checked,
};
use crate::{
    Scope, Store, StoreError, Tx, collections, documents,
    evaluation_questions::{self as questions, Expected},
    evaluation_runs::{self as runs, Ending, NewResult},
    languages, sources,
};

/// A question that was asked in a run that goes on.
pub struct Measured {
    question: EvaluationQuestionId,
    run: EvaluationRunId,
}

fn expect(location: &str) -> Vec<Expected> {
    vec![Expected { location: location.to_owned(), grade: 1 }]
}

fn result(question: &EvaluationQuestionId, version: u32, mode: SearchMode) -> NewResult {
    let first_place = Some(2);
    NewResult {
        question: question.clone(),
        version,
        mode,
        ndcg: 6_309,
        recall: 10_000,
        first_place,
        refused: false,
        took: 7,
    }
}

/// A question of a tenant, and a run of it.
pub async fn measured(store: &Store, one: &Tenant) -> Measured {
    let (question, run) = (EvaluationQuestionId::new(), EvaluationRunId::new());
    let tx = store.begin().await.unwrap();
    let text = "Where is it?";
    questions::create(&one.scope, &tx, question.clone(), &one.collection, text, &expect("a.txt"), NOW).await.unwrap();
    runs::begin(&one.scope, &tx, run.clone(), &one.collection, 1, NOW).await.unwrap();
    let results = [result(&question, 1, SearchMode::Keyword)];
    runs::put_results(&one.scope, &tx, &run, &results, 1).await.unwrap();
    tx.commit().await.unwrap();
    Measured { question, run }
}

/// Every function, called with a scope that may see nothing of `one`.
pub async fn ask_as_foreigner(checked: &mut Checked, foreign: &Scope, tx: &Tx, one: &Tenant, measured: &Measured) {
    let (db, collection, Measured { question, run }) = (tx.db(), &one.collection, measured);
    let first = PageRequest::default();
    let create =
        questions::create(foreign, tx, EvaluationQuestionId::new(), collection, "X", &expect("a.txt"), NOW).await;
    checked.nothing("evaluation_questions::create", create);
    let update = questions::update(foreign, tx, question, "X", &expect("a.txt")).await;
    checked.nothing("evaluation_questions::update", update);
    let delete = questions::delete(foreign, tx, collection, question).await;
    checked.nothing("evaluation_questions::delete", delete);
    checked.nothing("evaluation_questions::find", questions::find(foreign, db, collection, question).await);
    let list = questions::list(foreign, db, collection, &first).await;
    checked.empty("evaluation_questions::list", list, Page::single(Vec::new()));
    let of_source = questions::list_of_source(foreign, db, &one.source, &first).await;
    checked.empty("evaluation_questions::list_of_source", of_source, Page::single(Vec::new()));
    let ids = questions::list_ids_of_source(foreign, db, &one.source).await;
    checked.empty("evaluation_questions::list_ids_of_source", ids, Vec::new());
    checked.empty("languages::list_of_source", languages::list_of_source(foreign, db, &one.source).await, Vec::new());
    let all = questions::list_all(foreign, db, collection).await;
    checked.empty("evaluation_questions::list_all", all, Vec::new());
    checked.empty("evaluation_questions::count", questions::count(foreign, db, collection).await, 0);
    let locations = questions::list_locations(foreign, db, collection).await;
    checked.empty("evaluation_questions::list_locations", locations, Vec::new());
    let located = questions::locate(foreign, db, collection, &["a.txt"]).await;
    checked.empty("evaluation_questions::locate", located, Vec::new());
    let theirs = questions::list_all(&one.scope, db, collection).await.unwrap();
    let resolved = questions::resolve(foreign, db, collection, &theirs).await;
    let resolved = resolved.map(|all| all.into_values().flatten().filter_map(|it| it.document).count());
    checked.empty("evaluation_questions::resolve", resolved, 0);

    let begin = runs::begin(foreign, tx, EvaluationRunId::new(), collection, 1, NOW).await;
    checked.nothing("evaluation_runs::begin", begin);
    checked.nothing("evaluation_runs::find", runs::find(foreign, db, run).await);
    checked.empty("evaluation_runs::list", runs::list(foreign, db, collection).await, Vec::new());
    let results = [result(question, 1, SearchMode::Vector)];
    let put = runs::put_results(foreign, tx, run, &results, 9).await;
    checked.nothing("evaluation_runs::put_results", put);
    checked.empty("evaluation_runs::list_results", runs::list_results(foreign, db, run).await, Vec::new());
    let ending = Ending::without_figures(EvaluationState::Failed, None);
    checked.nothing("evaluation_runs::finish", runs::finish(foreign, tx, run, ending, NOW).await);
}

/// What each way to read and to write brings a scope of the same organisation: `true` where it is let in. Nothing stays of it.
pub async fn ways_in(store: &Store, scope: &Scope, one: &Tenant, measured: &Measured) -> Vec<(&'static str, bool)> {
    let tx = store.begin().await.unwrap();
    let (db, collection, Measured { question, run }) = (tx.db(), &one.collection, measured);
    let page = questions::list(scope, db, collection, &PageRequest::default()).await;
    let of_source = questions::list_of_source(scope, db, &one.source, &PageRequest::default()).await;
    let ids = questions::list_ids_of_source(scope, db, &one.source).await;
    let spoken = languages::list_of_source(scope, db, &one.source).await;
    let all = questions::list_all(scope, db, collection).await;
    let count = questions::count(scope, db, collection).await;
    let locations = questions::list_locations(scope, db, collection).await;
    let located = questions::locate(scope, db, collection, &["a.txt"]).await;
    let theirs = questions::list_all(&one.scope, db, collection).await.unwrap();
    let resolved = questions::resolve(scope, db, collection, &theirs).await;
    let resolved = resolved.map(|all| all.into_values().flatten().any(|it| it.document.is_some()));
    let listed = runs::list(scope, db, collection).await;
    let results = runs::list_results(scope, db, run).await;
    let found = questions::find(scope, db, collection, question).await;
    let begun = runs::begin(scope, &tx, EvaluationRunId::new(), collection, 1, NOW).await;
    let created =
        questions::create(scope, &tx, EvaluationQuestionId::new(), collection, "X", &expect("a.txt"), NOW).await;
    let updated = questions::update(scope, &tx, question, "Else?", &expect("a.txt")).await;
    let deleted = questions::delete(scope, &tx, collection, question).await;
    vec![
        ("evaluation_questions::list", let_in(page.map(|page| !page.items.is_empty()))),
        ("evaluation_questions::list_of_source", let_in(of_source.map(|page| !page.items.is_empty()))),
        ("evaluation_questions::list_ids_of_source", let_in(ids.map(|ids| !ids.is_empty()))),
        ("languages::list_of_source", let_in(spoken.map(|spoken| !spoken.is_empty()))),
        ("evaluation_questions::list_all", let_in(all.map(|all| !all.is_empty()))),
        ("evaluation_questions::count", let_in(count.map(|count| count > 0))),
        ("evaluation_questions::list_locations", let_in(locations.map(|all| !all.is_empty()))),
        ("evaluation_questions::locate", let_in(located.map(|all| !all.is_empty()))),
        ("evaluation_questions::resolve", let_in(resolved)),
        ("evaluation_questions::find", let_in(found.map(|_| true))),
        ("evaluation_questions::create", let_in(created.map(|()| true))),
        ("evaluation_questions::update", let_in(updated.map(|()| true))),
        ("evaluation_questions::delete", let_in(deleted.map(|()| true))),
        ("evaluation_runs::list", let_in(listed.map(|all| !all.is_empty()))),
        ("evaluation_runs::list_results", let_in(results.map(|all| !all.is_empty()))),
        ("evaluation_runs::find", let_in(runs::find(scope, db, run).await.map(|_| true))),
        ("evaluation_runs::begin", let_in(begun.map(|()| true))),
    ]
}

/// What is not there for a scope has let it in nowhere.
pub fn let_in(outcome: crate::Result<bool>) -> bool {
    match outcome {
        Ok(found) => found,
        Err(StoreError::NotFound) => false,
        Err(other) => panic!("{other}"),
    }
}

/// What the tenant has of it is what it had.
pub async fn is_as_it_was(store: &Store, one: &Tenant, measured: &Measured) {
    let db = store.read();
    let question = questions::find(&one.scope, db, &one.collection, &measured.question).await.unwrap();
    assert_eq!((question.row.question.as_str(), question.row.version), ("Where is it?", 1));
    assert_eq!(question.expected, expect("a.txt"));
    let run = runs::find(&one.scope, db, &measured.run).await.unwrap();
    assert_eq!((run.state, run.asked), (EvaluationState::Running, 1));
    assert_eq!(runs::list_results(&one.scope, db, &measured.run).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_knows_its_documents_by_where_they_are() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let Measured { question, .. } = measured(store, &one).await;
        let (scope, collection) = (&one.scope, &one.collection);
        let tx = store.begin().await.unwrap();
        let both = [expect("a.txt"), expect("gone.txt")].concat();
        questions::update(scope, &tx, &question, "Where is IT?", &both).await.unwrap();
        let all = questions::list_all(scope, tx.db(), collection).await.unwrap();
        assert_eq!(all[0].row.version, 2);
        let seen = questions::resolve(scope, tx.db(), collection, &all).await.unwrap().remove(&question).unwrap();
        assert_eq!((seen[0].document.as_ref(), seen[0].title.as_str()), (Some(&one.document), "Title 1"));
        assert_eq!((seen[1].document.as_ref(), seen[1].title.as_str()), (None, "gone.txt"));

        documents::delete(scope, &tx, &one.document).await.unwrap();
        let seen = questions::resolve(scope, tx.db(), collection, &all).await.unwrap().remove(&question).unwrap();
        assert_eq!((seen[0].document.as_ref(), seen[0].location.as_str()), (None, "a.txt"));

        let page = |query: &str| PageRequest { query: Some(query.to_owned()), ..PageRequest::default() };
        let found = questions::list(scope, tx.db(), collection, &page("is it")).await.unwrap();
        assert_eq!(found.items.len(), 1);
        assert!(questions::list(scope, tx.db(), collection, &page("else")).await.unwrap().items.is_empty());
        questions::delete(scope, &tx, collection, &question).await.unwrap();
        assert_eq!(questions::count(scope, tx.db(), collection).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_come_in_pages_newest_first() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, collection) = (&one.scope, &one.collection);
        let tx = store.begin().await.unwrap();
        for number in 0..3 {
            let (id, text) = (EvaluationQuestionId::new(), format!("Question {number}"));
            questions::create(scope, &tx, id, collection, &text, &expect("a.txt"), NOW).await.unwrap();
        }
        let first = PageRequest { limit: Some(2), ..PageRequest::default() };
        let page = questions::list(scope, tx.db(), collection, &first).await.unwrap();
        let next = PageRequest { page_token: page.next_page_token.clone(), ..first };
        let rest = questions::list(scope, tx.db(), collection, &next).await.unwrap();
        let texts: Vec<&str> = page.items.iter().chain(&rest.items).map(|it| it.row.question.as_str()).collect();
        assert_eq!(texts, ["Question 2", "Question 1", "Question 0"]);
        assert!(rest.next_page_token.is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_has_the_questions_that_expect_its_documents() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, collection, other) = (&one.scope, &one.collection, SourceId::new());
        let tx = store.begin().await.unwrap();
        sources::create(scope, &tx, other.clone(), collection, "Other", SourceKind::Upload, NOW).await.unwrap();
        documents::create_many(scope, &tx, &other, vec![new_document("b.txt")], NOW).await.unwrap();
        let expected = [expect("a.txt"), expect("b.txt"), [expect("a.txt"), expect("b.txt")].concat(), expect("c.txt")];
        for (number, expected) in expected.into_iter().enumerate() {
            let (id, text) = (EvaluationQuestionId::new(), format!("Question {number}"));
            questions::create(scope, &tx, id, collection, &text, &expected, NOW).await.unwrap();
        }
        for (source, known) in [(&one.source, ["Question 2", "Question 0"]), (&other, ["Question 2", "Question 1"])] {
            let page = questions::list_of_source(scope, tx.db(), source, &PageRequest::default()).await.unwrap();
            assert_eq!(page.items.iter().map(|it| it.row.question.as_str()).collect::<Vec<_>>(), known);
            assert_eq!(questions::list_ids_of_source(scope, tx.db(), source).await.unwrap().len(), 2);
        }
        let searched = PageRequest { query: Some("question 2".to_owned()), ..PageRequest::default() };
        let page = questions::list_of_source(scope, tx.db(), &other, &searched).await.unwrap();
        assert_eq!(page.items.len(), 1);
        assert_eq!(languages::list_of_source(scope, tx.db(), &one.source).await.unwrap(), ["en"]);
        assert!(languages::list_of_source(scope, tx.db(), &other).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_keeps_what_was_asked_until_it_ends() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let Measured { question, run } = measured(store, &one).await;
        let scope = &one.scope;
        let tx = store.begin().await.unwrap();
        // The same again changes nothing; of another version nothing is kept.
        let again = NewResult { ndcg: 0, ..result(&question, 1, SearchMode::Keyword) };
        let stale = result(&question, 2, SearchMode::Vector);
        let gone = result(&EvaluationQuestionId::new(), 1, SearchMode::Keyword);
        runs::put_results(scope, &tx, &run, &[again, stale, gone], 1).await.unwrap();
        let kept = runs::list_results(scope, tx.db(), &run).await.unwrap();
        assert_eq!(kept.len(), 1);
        let seen = kept[0].result();
        assert_eq!((seen.ndcg10, seen.recall100, seen.rank, seen.refused), (0.6309, 1.0, Some(2), false));

        let figures = vec![EvaluationFigures {
            mode: SearchMode::Keyword,
            ndcg10: 0.6309,
            recall100: 1.0,
            refused: 0,
            p50_ms: 0.01,
            p95_ms: 0.01,
        }];
        let ending = Ending { state: EvaluationState::Complete, figures: figures.clone(), worse: 3, error: None };
        runs::finish(scope, &tx, &run, ending, NOW.plus_millis(5)).await.unwrap();
        let ended = runs::find(scope, tx.db(), &run).await.unwrap().into_run();
        assert_eq!((ended.state, ended.worse, ended.figures), (EvaluationState::Complete, 3, figures));
        assert_eq!(ended.finished_at, Some(NOW.plus_millis(5)));
        let failed = Ending::without_figures(EvaluationState::Failed, Some(ApiError::not_found()));
        assert!(matches!(runs::finish(scope, &tx, &run, failed, NOW).await, Err(StoreError::NotFound)));
        let late = runs::put_results(scope, &tx, &run, &[], 1).await;
        assert!(matches!(late, Err(StoreError::NotFound)), "it ended");

        // A changed question was never asked.
        questions::update(scope, &tx, &question, "Else?", &expect("a.txt")).await.unwrap();
        assert!(runs::list_results(scope, tx.db(), &run).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_runs_are_kept_and_go_with_their_collection() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let (scope, collection) = (&one.scope, &one.collection);
        let first = measured(store, &one).await;
        let tx = store.begin().await.unwrap();
        let mut ids = Vec::new();
        for _ in 0..KEPT_RUNS {
            let id = EvaluationRunId::new();
            runs::begin(scope, &tx, id.clone(), collection, 1, NOW).await.unwrap();
            ids.insert(0, id);
        }
        let kept = runs::list(scope, tx.db(), collection).await.unwrap();
        assert_eq!(kept.into_iter().map(|run| run.id).collect::<Vec<_>>(), ids);
        assert!(runs::list_results(scope, tx.db(), &first.run).await.unwrap().is_empty());
        collections::delete(scope, &tx, collection).await.unwrap();
        assert!(matches!(runs::find(scope, tx.db(), &ids[0]).await, Err(StoreError::NotFound)));
        assert!(questions::list_all(scope, tx.db(), collection).await.unwrap().is_empty());
    })
    .await;
}
