//! Functions about sources and crawls, called with a foreign scope.

use hammock_contract::{
    CrawlId, SourceId,
    crawl::{CrawlOutcome, CrawlTrigger},
    deletion::Deletion,
    job::JobProgress,
    source::{SourceKind, SourceState},
};

use super::{
    support::{NOW, Tenant},
    tenancy::Checked,
};
use crate::{
    Scope, Tx,
    crawl_changes::{self, CrawlChangeRow},
    crawl_rests, crawls, dependents, sources,
};

pub async fn ask_as_foreigner(checked: &mut Checked, foreign: &Scope, tx: &Tx, one: &Tenant, crawl: &CrawlId) {
    let db = tx.db();
    let create = sources::create(foreign, tx, SourceId::new(), &one.collection, "S", SourceKind::Upload, NOW).await;
    checked.nothing("sources::create", create);
    checked.empty("sources::list", sources::list(foreign, db, &one.collection, NOW).await, Vec::new());
    let ids = sources::list_ids_of_collection(foreign, db, &one.collection).await;
    checked.empty("sources::list_ids_of_collection", ids, Vec::new());
    checked.nothing("sources::find", sources::find(foreign, db, &one.source, NOW).await);
    checked.nothing("sources::find_row", sources::find_row(foreign, db, &one.source).await);
    checked.nothing("sources::find_writable", sources::find_writable(foreign, db, &one.source).await);
    let progress = JobProgress::default();
    checked.nothing("sources::start_work", sources::start_work(foreign, tx, &one.source, &progress).await);
    checked.nothing("sources::set_progress", sources::set_progress(foreign, tx, &one.source, &progress).await);
    let finish = sources::finish_work(foreign, tx, &one.source, SourceState::Failed, None, NOW).await;
    checked.nothing("sources::finish_work", finish);
    checked.nothing("sources::begin_crawl", sources::begin_crawl(foreign, tx, &one.source).await);
    checked.nothing("sources::accept_crawl", sources::accept_crawl(foreign, tx, &one.source, 1).await);
    checked.nothing("sources::set_kind", sources::set_kind(foreign, tx, &one.source, SourceKind::Upload).await);
    checked.nothing("sources::rename", sources::rename(foreign, tx, &one.source, "X").await);
    checked.nothing("sources::describe", sources::describe(foreign, tx, &one.source, "X").await);
    checked.nothing("sources::set_next_crawl", sources::set_next_crawl(foreign, tx, &one.source, None).await);
    checked.empty("sources::take_due", sources::take_due(foreign, tx, &one.source, NOW).await, false);
    checked.nothing("sources::delete", sources::delete(foreign, tx, &one.source).await);

    for deletion in [
        Deletion::Collection(one.collection.clone()),
        Deletion::Source(one.source.clone()),
        Deletion::Document(one.document.clone()),
    ] {
        checked.nothing("dependents::count", dependents::count(foreign, db, &deletion).await);
    }

    let begin = crawls::begin(foreign, tx, &one.source, 2, CrawlTrigger::Person, NOW).await;
    checked.nothing("crawls::begin", begin);
    let counts = crawls::CrawlCounts { added: 7, ..crawls::CrawlCounts::default() };
    checked.nothing("crawls::set_counts", crawls::set_counts(foreign, tx, crawl, counts).await);
    let finish = crawls::finish(foreign, tx, crawl, CrawlOutcome::Failed, 0, None, NOW).await;
    checked.nothing("crawls::finish", finish);
    let close = crawls::close_running(foreign, tx, &one.source, CrawlOutcome::Failed, None, NOW).await;
    checked.empty("crawls::close_running", close, 0);
    checked.nothing("crawls::go_on", crawls::go_on(foreign, tx, crawl).await);
    checked.empty("crawls::stop_interrupted", crawls::stop_interrupted(foreign, tx, &one.source).await, 0);
    checked.nothing("crawls::accept", crawls::accept(foreign, tx, crawl, 1).await);
    checked.nothing("crawls::reject", crawls::reject(foreign, tx, crawl).await);
    checked.empty("crawls::list", crawls::list(foreign, db, &one.source).await, Vec::new());
    checked.empty("crawls::count_unseen", crawls::count_unseen(foreign, db, &one.source, 99).await, 0);
    let pages = std::slice::from_ref(&one.document);
    checked.empty("crawls::set_fetched_at", crawls::set_fetched_at(foreign, tx, pages, NOW).await, ());
    checked.empty("crawls::forget_depths", crawls::forget_depths(foreign, tx, &one.source).await, 0);
    checked.nothing("crawls::set_hashes", crawls::set_hashes(foreign, tx, &one.document, "raw", "said").await);

    let retirement = CrawlChangeRow::retirement(&one.scope, &one.source, 99, &one.document);
    let change = CrawlChangeRow { until_end: false, ..retirement };
    crawl_changes::put(&one.scope, tx, change.clone()).await.unwrap();
    checked.nothing("crawl_changes::put", crawl_changes::put(foreign, tx, change.clone()).await);
    checked.empty("crawl_changes::list", crawl_changes::list(foreign, db, &one.source, 99).await, Vec::new());
    let first = crawl_changes::list_first(foreign, db, &one.source, 99, 10).await;
    checked.empty("crawl_changes::list_first", first, Vec::new());
    let count = crawl_changes::count_retired(foreign, db, &one.source, 99).await;
    checked.empty("crawl_changes::count_retired", count, 0);
    // As if the first crawl had found the file that never answered.
    let crawl_row = crawls::list(&one.scope, db, &one.source).await.unwrap().remove(0);
    let held = crawls::CrawlRow { number: 0, started_at: NOW, ..crawl_row };
    assert!(!crawl_changes::list_found_by(&one.scope, db, &one.source, &held).await.unwrap().is_empty());
    let found = crawl_changes::list_found_by(foreign, db, &one.source, &held).await;
    checked.empty("crawl_changes::list_found_by", found, Vec::new());
    checked.empty("crawl_changes::forget", crawl_changes::forget(foreign, tx, &one.source).await, 0);
    checked.empty("crawl_changes::clear", crawl_changes::clear(foreign, tx, &one.source).await, 0);
    checked.empty("crawl_changes::withdraw", crawl_changes::withdraw(foreign, tx, &one.document).await, 0);
    checked.empty("crawl_changes::remove", crawl_changes::remove(foreign, tx, pages).await, 0);
    let retire = crawl_changes::retire(foreign, tx, &one.collection, pages, NOW).await;
    checked.empty("crawl_changes::retire", retire, 0);
    checked.empty("crawl_changes::is_waiting", crawl_changes::is_waiting(foreign, db, &one.document).await, false);
    let kept = crawl_changes::list(&one.scope, db, &one.source, 99).await.unwrap();
    assert_eq!(kept, [change]);

    crawl_rests::put(&one.scope, tx, &one.source, crawl, "rest".to_owned(), NOW).await.unwrap();
    let put = crawl_rests::put(foreign, tx, &one.source, crawl, "theirs".to_owned(), NOW).await;
    checked.nothing("crawl_rests::put", put);
    checked.empty("crawl_rests::find", crawl_rests::find(foreign, db, &one.source).await, None);
    checked.empty("crawl_rests::forget", crawl_rests::forget(foreign, tx, &one.source).await, 0);
    let kept = crawl_rests::find(&one.scope, db, &one.source).await.unwrap();
    assert_eq!(kept.map(|kept| kept.rest).as_deref(), Some("rest"));
}
