//! The newest schema on PostgreSQL, made once by a process: a test begins with a copy of it instead of all the versions that there
//! ever were.

use std::{
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use hammock_migrations::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, TransactionTrait as _};

use super::{PREFIX, SERVER, execute, new_name};

/// After so long no test needs what it has made.
const FORGOTTEN: Duration = Duration::from_secs(6 * 60 * 60);
static SCHEMA: OnceLock<Result<String, String>> = OnceLock::new();

/// The name of a database that is copied, and the error why PostgreSQL was not reached. It stays, since no process knows its last
/// test, until another one finds it forgotten.
pub fn template() -> Result<&'static str, String> {
    SCHEMA.get_or_init(make).as_deref().map_err(String::clone)
}

/// # Panics
/// When PostgreSQL answers, and the schema cannot be made.
fn make() -> Result<String, String> {
    let name = new_name("schema");
    execute(vec![format!("CREATE DATABASE {name}")])?.expect("the database is made");
    let url = format!("{SERVER}/{name}");
    // A thread of its own: this is called inside of runtimes, which must not block on another.
    let making = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let database = Database::connect(url).await.expect("PostgreSQL opens");
            let transaction = database.begin().await.expect("a transaction");
            Migrator::up(&transaction, None).await.expect("the schema is made");
            transaction.commit().await.expect("the schema is kept");
            let forgotten = forgotten(&database).await;
            // What somebody is connected to cannot be copied.
            database.close().await.expect("PostgreSQL closes");
            forgotten
        })
    });
    for forgotten in making.join().expect("no panic") {
        // Another process may have been quicker.
        execute(vec![format!("DROP DATABASE IF EXISTS {forgotten} WITH (FORCE)")])?.expect("the database goes");
    }
    Ok(name)
}

/// Databases of tests that were killed, and of processes that are long gone.
async fn forgotten(database: &DatabaseConnection) -> Vec<String> {
    let sql = format!("SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%'");
    let rows = database.query_all_raw(sea_orm::Statement::from_string(database.get_database_backend(), sql)).await;
    let names = rows.expect("they are listed").into_iter().map(|row| row.try_get_by_index(0).expect("a name"));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    names.filter(|name: &String| now.saturating_sub(made_at(name).unwrap_or(now)) > FORGOTTEN).collect()
}

/// When a database was made, since 1970, by its name.
fn made_at(name: &str) -> Option<Duration> {
    let nanos: u128 = name.strip_prefix(PREFIX)?.split('_').nth(1)?.parse().ok()?;
    Some(Duration::from_nanos(u64::try_from(nanos).ok()?))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::{made_at, new_name};

    #[test]
    fn a_name_says_when_it_was_made() {
        let begun = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock");
        assert!(made_at(&new_name("schema")).is_some_and(|made| made >= begun));
        assert_eq!(made_at("hammock_test_12_3_4").map(|made| made.as_nanos()), Some(3));
        for other in ["hammock", "hammock_test_", "hammock_test_1_x_2"] {
            assert_eq!(made_at(other), None, "{other}");
        }
    }
}
