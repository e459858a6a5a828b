//! A SQLite database that refuses some of its writes for a while, as one does whose disk fails.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// What a database refuses, until [`Refusal::end`].
#[derive(Debug)]
#[must_use]
pub struct Refusal {
    file: PathBuf,
    name: String,
}

impl Refusal {
    /// Lets the database in a file refuse what `write` names in the words of a trigger: `INSERT ON stream_events`.
    pub async fn begin(file: &Path, write: &str) -> Self {
        let name = format!("refusal_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let refuses = "BEGIN SELECT RAISE(ABORT, 'refused by a test'); END";
        execute(file, format!("CREATE TRIGGER {name} BEFORE {write} {refuses}")).await;
        Self { file: file.to_owned(), name }
    }

    /// Lets the database take it again.
    pub async fn end(self) {
        execute(&self.file, format!("DROP TRIGGER {}", self.name)).await;
    }
}

async fn execute(file: &Path, statement: String) {
    let mut connection = SqliteConnectOptions::new().filename(file).connect().await.expect("the database is opened");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.expect("the trigger is changed");
    connection.close().await.expect("the database is closed");
}
