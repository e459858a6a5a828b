//! Opening, writing, failing.

use std::time::Duration;

use hammock_contract::OrganisationId;
use hammock_testkit::postgres::TemporaryDatabase;
use sea_orm::ConnectionTrait;

use super::support::{NOW, empty_postgres, new_account, on_both, tenant};
use crate::{Store, StoreError, StoreOptions, accounts, maintenance, organisations, row::value};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_is_dropped_never_happened() {
    on_both(async |store| {
        let account = new_account("ada@example.org");
        let tx = store.begin().await.unwrap();
        accounts::create(&tx, account.clone(), NOW).await.unwrap();
        drop(tx);
        assert!(accounts::find_by_email(store.read(), "ada@example.org").await.unwrap().is_none());
        let tx = store.begin().await.unwrap();
        accounts::create(&tx, account, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(accounts::find_by_email(store.read(), "ADA@example.org ").await.unwrap().is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opening_again_changes_nothing_and_replicas_may_start_at_once() {
    let options = StoreOptions::default();
    let folder = tempfile::tempdir().unwrap();
    let mut urls = vec![format!("sqlite:{}", folder.path().join("a b.db").display())];
    let postgres = empty_postgres();
    urls.extend(postgres.as_ref().map(TemporaryDatabase::url));
    for url in urls {
        let (first, second) = tokio::join!(Store::connect(&url, &options), Store::connect(&url, &options));
        let (first, second) = (first.unwrap(), second.unwrap());
        tenant(&first, "first").await;
        first.migrate().await.unwrap();
        assert!(organisations::any(second.read()).await.unwrap(), "{url}");
        first.close().await.unwrap();
        second.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgresql_that_goes_away_is_said_to_be_away() {
    let Some(database) = empty_postgres() else { return };
    let store = Store::connect(&database.url(), &StoreOptions::default()).await.unwrap();
    let tx = store.begin().await.unwrap();
    let own = tx.db().row("SELECT pg_backend_pid() AS pid", []).await.unwrap().unwrap();
    let own: i32 = own.try_get("", "pid").unwrap();
    store.read().execute("SELECT pg_terminate_backend($1)", [own.into()]).await.unwrap();
    // The connection ends a moment after it was asked to.
    let ending = async {
        loop {
            if let Err(error) = tx.db().execute("SELECT 1", []).await {
                return error;
            }
        }
    };
    let error = tokio::time::timeout(Duration::from_secs(60), ending).await.expect("it ends");
    assert!(matches!(error, StoreError::Away(_)), "{error:?}");
    drop(tx);
    store.ping().await.expect("another connection is made");
    store.close().await.unwrap();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hammock.db");
    let store = Store::connect(&format!("sqlite:{}", path.display()), &StoreOptions::default()).await.unwrap();
    tenant(&store, "first").await;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_fresh_file_may_be_opened_by_many_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..8 {
        let url = format!("sqlite:{}", folder.path().join(format!("{round}.db")).display());
        let opening: Vec<_> = (0..6)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move { Store::connect(&url, &StoreOptions::default()).await })
            })
            .collect();
        for opened in opening {
            opened.await.unwrap().unwrap().close().await.unwrap();
        }
    }
}

#[tokio::test]
async fn other_addresses_are_refused_without_repeating_a_password() {
    let error = Store::connect("mysql://root:geheim@localhost/x", &StoreOptions::default()).await.unwrap_err();
    assert!(matches!(&error, StoreError::InvalidUrl(_)));
    assert!(!error.to_string().contains("geheim"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_a_newer_version_is_left_as_it_is() {
    on_both(async |store| {
        let later = "m20991231_000001_later";
        let tx = store.begin().await.unwrap();
        let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ($1, $2)";
        tx.db().execute(sql, [later.into(), 1_i64.into()]).await.unwrap();
        tx.commit().await.unwrap();
        let error = store.migrate().await.unwrap_err();
        assert!(matches!(&error, StoreError::Newer { migration } if migration == later), "{error:?}");
        let said = error.to_string();
        assert!(said.contains("newer Hammock") && said.contains(later) && said.contains("backup"), "{said}");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_no_database_or_is_damaged_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (letter, damaged) = (folder.path().join("a letter.db"), folder.path().join("damaged.db"));
    let url = |file: &std::path::Path| format!("sqlite:{}", file.display());
    std::fs::write(&letter, "This is a letter and no database.\n".repeat(200)).unwrap();
    Store::connect(&url(&damaged), &StoreOptions::default()).await.unwrap().close().await.unwrap();
    let mut bytes = std::fs::read(&damaged).unwrap();
    // What comes after the header of the file.
    bytes[100..].fill(0xff);
    std::fs::write(&damaged, bytes).unwrap();
    for file in [letter, damaged] {
        let before = std::fs::read(&file).unwrap();
        let error = Store::connect(&url(&file), &StoreOptions::default()).await.unwrap_err();
        assert!(matches!(&error, StoreError::DamagedFile { .. }), "{error:?}");
        let said = error.to_string();
        assert!(said.starts_with(&format!("the file {} is not", file.display())) && said.contains("backup"), "{said}");
        assert!(std::fs::read(&file).unwrap() == before, "{} was changed", file.display());
    }
}

#[tokio::test]
async fn sqlite_is_durable_and_reads_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("hammock.db").display());
    let store = Store::connect(&url, &StoreOptions::default()).await.unwrap();
    let tx = store.begin().await.unwrap();
    for (pragma, expected) in [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1")] {
        let sql = format!("SELECT CAST({pragma} AS TEXT) AS value FROM pragma_{pragma}");
        let found: String = value(&tx.db().row(&sql, []).await.unwrap().unwrap(), "value").unwrap();
        assert_eq!(found, expected, "{pragma}");
    }
    drop(tx);
    assert!(store.read().execute("DELETE FROM users", []).await.is_err());
}

#[tokio::test]
async fn a_full_disk_says_so_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("hammock.db").display());
    let store = Store::connect(&url, &StoreOptions::default()).await.unwrap();
    let before = tenant(&store, "before").await;
    let row = |index: u32| organisations::OrganisationRow {
        id: OrganisationId::new(),
        name: format!("{index} {}", "x".repeat(2_000)),
        created_at: NOW,
    };
    // However the transaction ends that does not fit, SQLite has undone it by itself before, and what comes after it is kept.
    for ends in ["dropped", "undone", "committed"] {
        let tx = store.begin().await.unwrap();
        let pages = "SELECT page_count AS value FROM pragma_page_count";
        let pages: u64 = value(&tx.db().row(pages, []).await.unwrap().unwrap(), "value").unwrap();
        tx.db().execute_unprepared(&format!("PRAGMA max_page_count = {}", pages + 2)).await.unwrap();
        let mut outcome = Ok(());
        for index in 0..50 {
            outcome = organisations::create(&tx, row(index)).await;
            if outcome.is_err() {
                break;
            }
        }
        assert!(matches!(outcome, Err(StoreError::StorageFull)), "{outcome:?}");
        match ends {
            "dropped" => drop(tx),
            "undone" => assert!(tx.rollback().await.is_err(), "there is nothing left to undo"),
            _ => assert!(tx.commit().await.is_err(), "there is nothing left to commit"),
        }
        let after = tenant(&store, &format!("after it was {ends}")).await;
        let read = Store::connect(&url, &StoreOptions::default()).await.unwrap();
        let found = organisations::find(&after.scope, read.read()).await.unwrap();
        assert_eq!(found.name, format!("after it was {ends}"), "another process reads it");
    }
    assert_eq!(organisations::find(&before.scope, store.read()).await.unwrap().name, "before");
    assert_eq!(maintenance::check_integrity(store.read()).await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_counts_and_finds_what_is_wrong() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        assert_eq!(maintenance::check_integrity(store.read()).await.unwrap(), Vec::<String>::new());
        let counts = maintenance::count_rows(store.read()).await.unwrap();
        assert!(counts.contains(&("chunks", 2)) && counts.contains(&("documents", 1)), "{counts:?}");
        let tx = store.begin().await.unwrap();
        organisations::ensure_builtin(&tx, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let counts = maintenance::count_rows(store.read()).await.unwrap();
        assert!(counts.contains(&("organisations", 1)), "Hammock's own is not counted: {counts:?}");
        assert!(maintenance::size(store.read()).await.unwrap() > 0);
        maintenance::optimise(store).await.unwrap();
        let tx = store.begin().await.unwrap();
        tx.db().execute("DELETE FROM chunks WHERE id = $1", [tenant.chunks[0].as_str().into()]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(maintenance::check_integrity(store.read()).await.unwrap().len(), 1);
    })
    .await;
}
