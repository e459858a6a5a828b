//! What `hammock doctor` and housekeeping ask of the database. No scope: the operator's.

use std::collections::HashSet;

use hammock_contract::{document::DocumentState, source::SourceState};
use sea_orm::Value;

use crate::{
    Db, Result, Store, StoreError,
    jobs::{JobRow, JobState},
    row::{self, Stored as _, Table as _, placeholders, value},
    scope::builtin_organisation,
};

/// The tables with the rows that matter to an operator.
pub const TABLES: [&str; 14] = [
    "organisations",
    "users",
    "sessions",
    "api_keys",
    "connections",
    "assistants",
    "collections",
    "sources",
    "documents",
    "chunks",
    "conversations",
    "messages",
    "jobs",
    "audit_events",
];

/// How many rows each of [`TABLES`] has. The organisation that owns what comes with Hammock is nobody's and not counted.
pub async fn count_rows(db: Db<'_>) -> Result<Vec<(&'static str, u64)>> {
    let mut counts = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let all = format!("SELECT COUNT(*) AS total FROM {table}");
        let found = match table {
            "organisations" => {
                db.row(&format!("{all} WHERE id <> $1"), [builtin_organisation().as_str().into()]).await?
            }
            // Visitors have a row there for their conversations, and no account.
            "users" => db.row(&format!("{all} WHERE kind = $1"), ["person".into()]).await?,
            _ => db.row(&all, []).await?,
        };
        counts.push((table, value(&found.ok_or(StoreError::NotFound)?, "total")?));
    }
    Ok(counts)
}

/// The jobs that were given up, oldest first.
pub async fn list_given_up(db: Db<'_>) -> Result<Vec<JobRow>> {
    let sql = format!("SELECT {} FROM jobs WHERE state = $1 ORDER BY id", JobRow::COLUMNS);
    row::all(&db.rows(&sql, [JobState::Dead.store().into()]).await?)
}

/// The jobs of a kind that wait or run, oldest first.
pub async fn list_unfinished(db: Db<'_>, kind: &str) -> Result<Vec<JobRow>> {
    let sql = format!("SELECT {} FROM jobs WHERE state IN ($1, $2) AND kind = $3 ORDER BY id", JobRow::COLUMNS);
    let values = [JobState::Queued.store().into(), JobState::Running.store().into(), kind.into()];
    row::all(&db.rows(&sql, values).await?)
}

/// How many jobs that remove deleted documents or collections from the indexes wait or run.
pub async fn count_removals(db: Db<'_>) -> Result<u64> {
    let sql = "SELECT COUNT(*) AS waiting FROM jobs WHERE state IN ($1, $2) \
               AND kind IN ('remove_documents', 'remove_collection')";
    let found = db.row(sql, [JobState::Queued.store().into(), JobState::Running.store().into()]).await?;
    value(&found.ok_or(StoreError::NotFound)?, "waiting")
}

/// Which of these sources and documents are there, and failed.
pub async fn find_failed(db: Db<'_>, ids: &[String]) -> Result<HashSet<String>> {
    let mut failed = HashSet::new();
    for ids in ids.chunks(500) {
        let list = placeholders(3, ids.len());
        let sql = format!(
            "SELECT id FROM sources WHERE state = $1 AND id IN ({list}) \
             UNION ALL SELECT id FROM documents WHERE state = $2 AND id IN ({list})"
        );
        let mut values: Vec<Value> = vec![SourceState::Failed.store().into(), DocumentState::Failed.store().into()];
        values.extend(ids.iter().map(|id| Value::from(id.as_str())));
        for found in db.rows(&sql, values).await? {
            failed.insert(value::<String>(&found, "id")?);
        }
    }
    Ok(failed)
}

/// What is wrong with the database's own structure; empty when nothing is. PostgreSQL checks itself (page checksums), so
/// there only foreign keys are looked at, as on SQLite.
pub async fn check_integrity(db: Db<'_>) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    if !db.is_postgres() {
        for found in db.rows("PRAGMA integrity_check", []).await? {
            let said: String = value(&found, "integrity_check")?;
            if said != "ok" {
                problems.push(said);
            }
        }
        for found in db.rows("PRAGMA foreign_key_check", []).await? {
            let table: String = value(&found, "table")?;
            let parent: String = value(&found, "parent")?;
            problems.push(format!("a row of {table} refers to a row of {parent} that is not there"));
        }
    }
    let checks = [
        (
            "documents without the text of the revision that answers",
            "SELECT COUNT(*) AS total FROM documents WHERE revision > 0 AND NOT EXISTS (SELECT 1 FROM revisions \
             WHERE revisions.document_id = documents.id AND revisions.revision = documents.revision)",
        ),
        (
            "documents whose number of chunks is not that of their chunks",
            "SELECT COUNT(*) AS total FROM documents WHERE chunks <> (SELECT COUNT(*) FROM chunks \
             WHERE chunks.document_id = documents.id AND chunks.revision = documents.revision AND chunks.enabled)",
        ),
        (
            "chunks of another organisation than their document",
            "SELECT COUNT(*) AS total FROM chunks JOIN documents ON documents.id = chunks.document_id \
             WHERE chunks.organisation_id <> documents.organisation_id",
        ),
    ];
    for (what, sql) in checks {
        let count: u64 = value(&db.row(sql, []).await?.ok_or(StoreError::NotFound)?, "total")?;
        if count > 0 {
            problems.push(format!("{what}: {count}"));
        }
    }
    Ok(problems)
}

/// The size of the database. Bytes.
pub async fn size(db: Db<'_>) -> Result<u64> {
    let sql = if db.is_postgres() {
        "SELECT pg_database_size(current_database()) AS total"
    } else {
        "SELECT page_count * page_size AS total FROM pragma_page_count(), pragma_page_size()"
    };
    value(&db.row(sql, []).await?.ok_or(StoreError::NotFound)?, "total")
}

/// Folds SQLite's write-ahead log into the file and brings the planner's statistics up to date; PostgreSQL does both itself.
/// When nothing else is going on.
pub async fn optimise(store: &Store) -> Result<()> {
    if store.is_postgres() {
        return Ok(());
    }
    store.optimise_sqlite().await
}
