//! The newest schema on SQLite, made once by a process: a test begins with a copy of it, which takes no time, instead of all the
//! versions that there ever were.

use std::{io::Write as _, path::Path, sync::OnceLock};

use hammock_migrations::{Migrator, MigratorTrait as _};
use sea_orm::{Database, TransactionTrait as _};

/// The file of an empty database.
static SCHEMA: OnceLock<Vec<u8>> = OnceLock::new();

/// Puts an empty database with the newest schema where there is no file yet; what opens it finds no version missing. Readable by
/// its owner alone, as the product makes it.
///
/// # Panics
/// When the schema cannot be made, or the file cannot be written.
pub fn prepare(file: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(mut made) => made.write_all(SCHEMA.get_or_init(make)).expect("the schema is written"),
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists, "{error}"),
    }
}

fn make() -> Vec<u8> {
    // A thread of its own: this is called inside of runtimes, which must not block on another.
    let making = std::thread::spawn(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("schema.db");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let database =
                Database::connect(format!("sqlite:{}?mode=rwc", file.display())).await.expect("SQLite opens");
            let transaction = database.begin().await.expect("a transaction");
            Migrator::up(&transaction, None).await.expect("the schema is made");
            transaction.commit().await.expect("the schema is kept");
            database.close().await.expect("SQLite closes");
        });
        std::fs::read(&file).expect("the schema is read")
    });
    making.join().expect("no panic")
}

#[cfg(test)]
mod tests {
    use super::prepare;

    #[test]
    fn what_is_there_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let (new, old) = (folder.path().join("new.db"), folder.path().join("old.db"));
        std::fs::write(&old, "something").expect("a file");
        prepare(&old);
        assert_eq!(std::fs::read(&old).expect("it is there"), b"something");
        prepare(&new);
        let made = std::fs::read(&new).expect("it is there");
        assert!(made.starts_with(b"SQLite format 3"));
        assert!(made.windows(13).any(|part| part == b"organisations"));
    }
}
