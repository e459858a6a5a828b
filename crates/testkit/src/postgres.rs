//! A PostgreSQL database for one test, and twins of tests that run on one.

mod schema;

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime},
};

use sea_orm::sqlx::{
    self, AssertSqlSafe, ConnectOptions as _, Connection as _,
    postgres::{PgConnectOptions, PgConnection},
};

/// A database that is dropped at the end, also when the test panics.
#[derive(Debug)]
pub struct TemporaryDatabase {
    name: String,
}

const SERVER: &str = "postgres://postgres@127.0.0.1:5432";
/// How the databases of tests are called: then follow the number of a process, when it was, and what it is.
const PREFIX: &str = "hammock_test_";
/// An upper bound for what takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);
static NEXT: AtomicU32 = AtomicU32::new(0);

impl TemporaryDatabase {
    /// Makes a database with the newest schema; `None`, with a visible message, where no PostgreSQL with trust authentication
    /// answers.
    ///
    /// # Panics
    /// When PostgreSQL answers and makes none.
    pub fn create(what: &str) -> Option<Self> {
        Self::make(what, || schema::template().map(|template| format!(" TEMPLATE {template}")))
    }

    /// Makes a database without any table, for what makes them itself. Like [`Self::create`] otherwise.
    ///
    /// # Panics
    /// When PostgreSQL answers and makes none.
    pub fn empty(what: &str) -> Option<Self> {
        Self::make(what, || Ok(String::new()))
    }

    fn make(what: &str, begin: impl FnOnce() -> Result<String, String>) -> Option<Self> {
        let name = new_name(&NEXT.fetch_add(1, Ordering::Relaxed).to_string());
        let made = begin().and_then(|after| {
            // Nobody pulls PostgreSQL's plug here: a test need not wait for its disk.
            let hurry = format!("ALTER DATABASE {name} SET synchronous_commit = off");
            execute(vec![format!("CREATE DATABASE {name}{after}"), hurry])
        });
        match made {
            Ok(made) => {
                made.expect("the database is made, and may hurry");
                Some(Self { name })
            }
            Err(reason) => {
                let why = format!("no PostgreSQL with trust authentication answers at 127.0.0.1:5432 ({reason})");
                crate::skip(what, &why);
                None
            }
        }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("{SERVER}/{}", self.name)
    }
}

impl Drop for TemporaryDatabase {
    fn drop(&mut self) {
        let dropped = execute(vec![format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)]);
        // A panic while another one is under way would end the program, and hide what the test says.
        if !std::thread::panicking() {
            dropped.expect("PostgreSQL still answers").expect("the database goes");
        }
    }
}

tokio::task_local! {
    /// Where the running test keeps its data.
    static GIVEN: String;
}

/// Runs a function with `#[tokio::test]` on a PostgreSQL database of its own, which [`given`] names until its end; servers
/// that it starts beside each other share it. `what` names it where it is skipped.
pub fn on_postgres(what: &str, test: impl FnOnce()) {
    if let Some(database) = TemporaryDatabase::create(what) {
        GIVEN.sync_scope(database.url(), test);
    }
}

/// The address of the database that the test in this thread was given, if it is a twin on PostgreSQL.
pub fn given() -> Option<String> {
    GIVEN.try_with(String::clone).ok()
}

/// How many connections to the database at this address wait for what another one holds. For tests of what is done at once, which
/// wait until all have come so far.
///
/// # Panics
/// When PostgreSQL does not answer.
pub async fn count_waiting_for_locks(url: &str) -> u64 {
    let options: PgConnectOptions = url.parse().expect("an address");
    let mut connection = options.connect().await.expect("PostgreSQL answers");
    let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let waiting: i64 =
        sqlx::query_scalar::<sqlx::Postgres, i64>(sql).fetch_one(&mut connection).await.expect("they are counted");
    // It was counted, whether the connection ends well or not.
    let _ = connection.close().await;
    u64::try_from(waiting).expect("not fewer than none")
}

/// Tables that nobody else can read or write, for as long as this is kept.
#[derive(Debug)]
pub struct HeldTables {
    _connection: PgConnection,
}

/// Holds tables of the database at this address, whose names `tables` gives with commas between them. For tests of who has to wait.
///
/// # Panics
/// When PostgreSQL does not answer, or has no such tables.
pub async fn hold_tables(url: &str, tables: &str) -> HeldTables {
    let options: PgConnectOptions = url.parse().expect("an address");
    let mut connection = options.connect().await.expect("PostgreSQL answers");
    let hold = format!("BEGIN; LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE");
    sqlx::raw_sql(AssertSqlSafe(hold)).execute(&mut connection).await.expect("they are held");
    HeldTables { _connection: connection }
}

/// Makes of tests with `#[tokio::test]` their twins on PostgreSQL: `on_postgres!("sign-in on PostgreSQL", one, another)`.
/// What they start asks [`given`](crate::postgres::given) for its database.
#[macro_export]
macro_rules! on_postgres {
    ($what:literal, $($test:ident),+ $(,)?) => {
        mod on_postgres {
            $(
                #[test]
                fn $test() {
                    $crate::postgres::on_postgres($what, super::$test);
                }
            )+
        }
    };
}

/// A name that no other test's database has, also where the number of a process comes again.
fn new_name(end: &str) -> String {
    let nanos = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_nanos());
    format!("{PREFIX}{}_{nanos}_{end}", std::process::id())
}

/// Runs statements one after the other: what PostgreSQL says to them. The outer error says why it was not reached.
fn execute(statements: Vec<String>) -> Result<sqlx::Result<()>, String> {
    // A thread of its own: this is called inside of runtimes, which must not block on another.
    let executing = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let options: PgConnectOptions = format!("{SERVER}/postgres").parse().expect("an address");
            // No pool: it would go on trying for half a minute where nothing listens.
            let mut connection = match tokio::time::timeout(PATIENCE, options.connect()).await {
                Ok(connected) => connected.map_err(|error| error.to_string())?,
                Err(_elapsed) => return Err(format!("no answer within {} seconds", PATIENCE.as_secs())),
            };
            let mut executed = Ok(());
            for statement in statements {
                executed = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.map(|_| ());
                if executed.is_err() {
                    break;
                }
            }
            // What was to be done is done, or not: that the connection does not end well changes nothing.
            let _ = connection.close().await;
            Ok(executed)
        })
    });
    executing.join().expect("no panic")
}

#[cfg(test)]
mod tests {
    use super::{PREFIX, SERVER, given, on_postgres};

    #[test]
    fn a_twin_has_a_database_and_what_runs_after_it_has_not() {
        on_postgres("databases for twins of tests", || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            let url = runtime.block_on(async { given() }).expect("an address");
            assert!(url.starts_with(&format!("{SERVER}/{PREFIX}")), "{url}");
        });
        assert_eq!(given(), None);
    }
}
