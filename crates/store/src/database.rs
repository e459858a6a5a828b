//! Opening the database, reading, writing.

use std::time::{Duration, Instant};

use hammock_migrations::Migrator;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
    sqlx::{Connection as _, sqlite::SqliteConnectOptions},
};

use crate::{Result, StoreError, reach, row::Stored as _};

/// How the database is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Connections that read at once; on PostgreSQL, all connections.
    pub connections: u32,
    /// How long a writer waits for its turn before [`StoreError::Busy`].
    pub busy_timeout: Duration,
    /// How long to wait at the beginning for a PostgreSQL that does not answer yet.
    pub patience: Duration,
    /// Statements slower than this are logged as warnings.
    pub slow_statement: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            connections: 8,
            busy_timeout: Duration::from_secs(30),
            patience: Duration::from_secs(15),
            slow_statement: Duration::from_millis(500),
        }
    }
}

/// The open database. Cheap to clone.
///
/// On SQLite, one connection writes, in Immediate transactions: writers queue here, in order, instead of failing on the
/// file's lock. The others read at the same time (WAL) and cannot write. On PostgreSQL one pool does both.
#[derive(Debug, Clone)]
pub struct Store {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

/// What queries run on: the pool that reads, or a transaction.
#[derive(Clone, Copy)]
pub struct Db<'a>(Target<'a>);

#[derive(Clone, Copy)]
enum Target<'a> {
    Pool(&'a DatabaseConnection),
    Transaction(&'a DatabaseTransaction),
}

/// A transaction. Dropped without [`Tx::commit`], nothing of it happened.
#[must_use]
pub struct Tx(DatabaseTransaction);

/// How long to wait before a file that another process switches to WAL is opened again.
const BETWEEN_TRIES: Duration = Duration::from_millis(20);
/// The key of the advisory lock under which PostgreSQL is migrated: `hammock` as a number.
const MIGRATION_LOCK: i64 = 0x68_616d_6d6f_636b;

impl Store {
    /// Opens `sqlite:<path>` (made when it is missing) or `postgres://…` and brings the schema up to date.
    ///
    /// Several replicas may start at once: one migrates, the others wait.
    ///
    /// # Errors
    /// [`StoreError::InvalidUrl`] when it is neither, [`StoreError::Unreachable`] and [`StoreError::NotLetIn`] of a
    /// PostgreSQL, [`StoreError::DamagedFile`] of a SQLite file, [`StoreError::Newer`] when a newer version was here;
    /// what the database says otherwise.
    pub async fn connect(url: &str, options: &StoreOptions) -> Result<Self> {
        Self::open(url, options).await.map_err(|error| with_file(error, url))
    }

    async fn open(url: &str, options: &StoreOptions) -> Result<Self> {
        let store = if url.starts_with("sqlite:") {
            make_private_file(url);
            // The writer first: it switches the file to WAL.
            let writer = connect_sqlite(url, options, false).await?;
            let reader = connect_sqlite(url, options, true).await?;
            Self { reader, writer }
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            reach::wait(url, options.patience).await?;
            let pool = Database::connect(postgres_options(url, options)).await?;
            Self { reader: pool.clone(), writer: pool }
        } else {
            // The address may hold a password: say only how it begins.
            return Err(StoreError::InvalidUrl(url.split(':').next().unwrap_or_default().to_owned()));
        };
        store.migrate().await?;
        Ok(store)
    }

    /// Applies the versions of the schema that are missing, under a lock. Nothing happens when there are none.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when there is a version that this program does not know; what the database says otherwise.
    pub async fn migrate(&self) -> Result<()> {
        use hammock_migrations::MigratorTrait;
        let tx = self.begin().await?;
        if tx.db().is_postgres() {
            tx.db().execute("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK.into()]).await?;
        }
        let known: Vec<String> = Migrator::get_migration_files().iter().map(|one| one.name().to_owned()).collect();
        let applied = Migrator::get_migration_models(&tx.0).await?;
        // In order: the last one tells best which version it was.
        if let Some(newer) = applied.into_iter().rev().find(|one| !known.contains(&one.version)) {
            return Err(StoreError::Newer { migration: newer.version });
        }
        Migrator::up(&tx.0, None).await?;
        tx.commit().await
    }

    /// For reading.
    pub const fn read(&self) -> Db<'_> {
        Db(Target::Pool(&self.reader))
    }

    /// Begins a transaction, waiting for its turn.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when its turn does not come in time.
    pub async fn begin(&self) -> Result<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(Tx(self.writer.begin_with_options(options).await?))
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.read().is_postgres()
    }

    /// That the database answers.
    ///
    /// # Errors
    /// What it says instead.
    pub async fn ping(&self) -> Result<()> {
        self.read().execute("SELECT 1", []).await.map(|_| ())
    }

    /// The statements want no transaction around them, so they run on the writer itself.
    pub(crate) async fn optimise_sqlite(&self) -> Result<()> {
        let writer = Db(Target::Pool(&self.writer));
        writer.execute_unprepared("PRAGMA optimize").await?;
        writer.execute_unprepared("PRAGMA wal_checkpoint(PASSIVE)").await?;
        Ok(())
    }

    /// Closes every connection; on SQLite the write-ahead log is folded into the file.
    ///
    /// # Errors
    /// What the database says.
    pub async fn close(self) -> Result<()> {
        self.reader.close().await?;
        self.writer.close().await?;
        Ok(())
    }
}

/// Makes the file of a new database so that only its owner can read it: SQLite gives the files beside it the same rights.
fn make_private_file(url: &str) {
    let Ok(options) = url.parse::<SqliteConnectOptions>() else { return };
    let path = options.get_filename();
    // A database in memory has a name that is no path.
    if path.to_string_lossy().starts_with("file:") {
        return;
    }
    let mut file = std::fs::OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    // It is there already, or it cannot be made, which is told when it is opened.
    let _ = file.open(path);
}

/// Says of a damaged file which one it is.
fn with_file(error: StoreError, url: &str) -> StoreError {
    match (error, url.parse::<SqliteConnectOptions>()) {
        (StoreError::DamagedFile { reason, .. }, Ok(options)) => {
            StoreError::DamagedFile { file: format!("the file {}", options.get_filename().display()), reason }
        }
        (error, _) => error,
    }
}

/// Opens a SQLite file. SQLite does not wait when another process switches the same file to WAL at this moment, whatever
/// the busy timeout says; so the waiting is done here.
async fn connect_sqlite(url: &str, options: &StoreOptions, reads: bool) -> Result<DatabaseConnection> {
    let deadline = Instant::now() + options.busy_timeout;
    loop {
        match Database::connect(sqlite_options(url, options, reads)).await.map_err(StoreError::from) {
            Err(StoreError::Busy) if Instant::now() < deadline => tokio::time::sleep(BETWEEN_TRIES).await,
            opened => return opened,
        }
    }
}

fn sqlite_options(url: &str, options: &StoreOptions, reads: bool) -> ConnectOptions {
    let mut connect = common_options(url, options);
    connect.max_connections(if reads { options.connections.max(1) } else { 1 }).min_connections(1);
    let busy_timeout = options.busy_timeout;
    connect.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .create_if_missing(!reads)
            .busy_timeout(busy_timeout)
            .pragma("journal_mode", "WAL")
            // NORMAL would survive a killed process but can lose the last transactions when the power fails. What was
            // acknowledged must not be lost, so every commit reaches the disk; callers commit in groups.
            .pragma("synchronous", "FULL")
            .pragma("foreign_keys", "ON")
            .pragma("temp_store", "MEMORY")
            // 8 MiB a connection.
            .pragma("cache_size", "-8192");
        if reads { sqlite.pragma("query_only", "ON") } else { sqlite }
    });
    // Where the disk is full, SQLite undoes the whole transaction by itself, and the driver, which cannot undo it again, takes it
    // to be open for ever: what came after would lie within it and never be committed. Such a connection is given up.
    connect.map_sqlx_sqlite_before_acquire(|connection, _| {
        Box::pin(async move {
            // What was dropped is undone in the background, before it answers.
            connection.ping().await?;
            let is_fit = !connection.is_in_transaction();
            if !is_fit {
                tracing::warn!("SQLite ended a transaction by itself; its connection is opened anew");
            }
            Ok(is_fit)
        })
    });
    connect
}

fn postgres_options(url: &str, options: &StoreOptions) -> ConnectOptions {
    let mut connect = common_options(url, options);
    connect.max_connections(options.connections.max(2)).set_application_name("hammock");
    connect
}

fn common_options(url: &str, options: &StoreOptions) -> ConnectOptions {
    let mut connect = ConnectOptions::new(url);
    // The levels are parsed because their type belongs to a crate that nothing else here needs.
    let usual = connect.get_sqlx_logging_level();
    let (plain, slow) = ("trace".parse().unwrap_or(usual), "warn".parse().unwrap_or(usual));
    connect
        .acquire_timeout(options.busy_timeout)
        .connect_timeout(options.busy_timeout)
        .sqlx_logging_level(plain)
        .sqlx_slow_statements_logging_settings(slow, options.slow_statement);
    connect
}

/// What only one process on a database does at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub enum Task {
    /// Bringing the built-in manual to what this version ships.
    Handbook = 0x6861_6e64_626f_6f6b,
    /// Making the place for it.
    HandbookSource = 0x6861_6e64_626f_6f6c,
    /// Making the very first organisation.
    FirstOrganisation = 0x6669_7273_746f_7267,
}

impl Tx {
    /// Waits until no other process on the database does the same, and keeps others waiting until this transaction ends. On
    /// SQLite every transaction does that anyway.
    ///
    /// # Errors
    /// What the database says.
    pub async fn alone(&self, task: Task) -> Result<()> {
        if self.db().is_postgres() {
            self.db().execute("SELECT pg_advisory_xact_lock($1)", [(task as i64).into()]).await?;
        }
        Ok(())
    }

    /// What queries run on.
    pub const fn db(&self) -> Db<'_> {
        Db(Target::Transaction(&self.0))
    }

    /// Makes it happen. Durable when it returns.
    ///
    /// # Errors
    /// [`StoreError::StorageFull`], or what the database says; nothing of it happened then.
    pub async fn commit(self) -> Result<()> {
        Ok(self.0.commit().await?)
    }

    /// Undoes it. Dropping does the same a little later.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.0.rollback().await?)
    }
}

impl Db<'_> {
    /// Whether this is PostgreSQL.
    pub fn is_postgres(self) -> bool {
        self.get_database_backend() == DbBackend::Postgres
    }

    /// A statement with its values. PostgreSQL takes no zero bytes in a text: in what is looked for, and in the place where a page
    /// begins, a space stands for each, as in what is stored.
    fn statement(self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        let values = values.into_iter().map(|value| match value {
            Value::String(Some(text)) => Value::String(Some(text.store())),
            other => other,
        });
        Statement::from_sql_and_values(self.get_database_backend(), sql, values)
    }

    /// Runs a statement; the number of rows that it touched. Parameters are `$1`, `$2`, … on both databases.
    pub(crate) async fn execute(self, sql: &str, values: impl IntoIterator<Item = Value> + Send) -> Result<u64> {
        let statement = self.statement(sql, values);
        Ok(self.execute_raw(statement).await?.rows_affected())
    }

    /// Every row of a query.
    pub(crate) async fn rows(
        self,
        sql: &str,
        values: impl IntoIterator<Item = Value> + Send,
    ) -> Result<Vec<QueryResult>> {
        let statement = self.statement(sql, values);
        Ok(self.query_all_raw(statement).await?)
    }

    /// The first row of a query.
    pub(crate) async fn row(
        self,
        sql: &str,
        values: impl IntoIterator<Item = Value> + Send,
    ) -> Result<Option<QueryResult>> {
        let statement = self.statement(sql, values);
        Ok(self.query_one_raw(statement).await?)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Db<'_> {
    fn get_database_backend(&self) -> DbBackend {
        match self.0 {
            Target::Pool(pool) => pool.get_database_backend(),
            Target::Transaction(transaction) => transaction.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> std::result::Result<ExecResult, DbErr> {
        match self.0 {
            Target::Pool(pool) => pool.execute_raw(statement).await,
            Target::Transaction(transaction) => transaction.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> std::result::Result<ExecResult, DbErr> {
        match self.0 {
            Target::Pool(pool) => pool.execute_unprepared(sql).await,
            Target::Transaction(transaction) => transaction.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> std::result::Result<Option<QueryResult>, DbErr> {
        match self.0 {
            Target::Pool(pool) => pool.query_one_raw(statement).await,
            Target::Transaction(transaction) => transaction.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> std::result::Result<Vec<QueryResult>, DbErr> {
        match self.0 {
            Target::Pool(pool) => pool.query_all_raw(statement).await,
            Target::Transaction(transaction) => transaction.query_all_raw(statement).await,
        }
    }
}
