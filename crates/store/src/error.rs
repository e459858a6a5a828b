//! What a query can fail with.

use hammock_contract::{ApiError, ErrorCode, page::MAX_LIMIT, user::Role};
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// The result of a query.
pub type Result<T> = std::result::Result<T, StoreError>;

/// What a query can fail with.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Not there, or not there for this scope.
    #[error("not found")]
    NotFound,
    /// A value that must be unique is taken.
    #[error("already taken: {0}")]
    Duplicate(String),
    /// The scope's role does not allow it.
    #[error("this needs the role {0:?}")]
    Forbidden(Role),
    /// The disk is full.
    #[error("the disk is full")]
    StorageFull,
    /// The database did not answer in time; the same can be tried again.
    #[error("the database is busy")]
    Busy,
    /// The database that was there does not answer any more: it stopped, or the connection broke. The same can be tried again.
    #[error("the database does not answer: {0}")]
    Away(String),
    /// The token of a page was not made by this list.
    #[error("the page token is not valid")]
    InvalidPageToken,
    /// A page was to have no rows, or more than a page can have.
    #[error("a page has 1 to {max} rows", max = MAX_LIMIT)]
    InvalidLimit,
    /// A stored value does not have the form that it was written with.
    #[error("the stored value of {what} is damaged: {reason}")]
    Damaged {
        /// The table or type.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The address of the database is not one.
    #[error("not the address of a database: {0}")]
    InvalidUrl(String),
    /// No database answers there.
    #[error(
        "no PostgreSQL answers at {place} ({reason}); check that it runs, that host and port are right, and that no \
         firewall stands between"
    )]
    Unreachable {
        /// Host and port, or the socket.
        place: String,
        /// What the last try came to.
        reason: String,
    },
    /// The database answers and does not let Hammock in: a password, a database that is not there.
    #[error("the PostgreSQL at {place} {reason}")]
    NotLetIn {
        /// Host and port, or the socket.
        place: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The file is no SQLite database, or one that was damaged.
    #[error("{file} is not an SQLite database or is damaged ({reason}); restore a backup")]
    DamagedFile {
        /// The file, or `the database` where its name is not known.
        file: String,
        /// What SQLite says.
        reason: String,
    },
    /// A newer version has changed the schema.
    #[error(
        "this database was made by a newer Hammock: it has the migration {migration}, which version {ours} does not \
         know; install the newer version again, or restore a backup from before it",
        ours = env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// The last of the migrations that this version does not know.
        migration: String,
    },
    /// Anything else that the database said.
    #[error("the database failed: {0}")]
    Database(String),
}

impl StoreError {
    /// Whether the failure is that a unique value is taken.
    pub const fn is_duplicate(&self) -> bool {
        matches!(self, Self::Duplicate(_))
    }
}

/// SQLite's code for "database or disk is full".
const SQLITE_FULL: &str = "13";
/// SQLite's code for a disk that has no room for what readers and writers share (`SQLITE_IOERR_SHMSIZE`).
const SQLITE_NO_ROOM_TO_SHARE: &str = "4874";
/// PostgreSQL's code for a full disk.
const POSTGRES_DISK_FULL: &str = "53100";
/// SQLite's primary code of a database that another connection keeps locked.
const SQLITE_BUSY: i64 = 5;
/// SQLite's primary codes of a database whose content contradicts itself, and of a file that is none.
const SQLITE_CORRUPT: i64 = 11;
const SQLITE_NOTADB: i64 = 26;
/// PostgreSQL: a transaction lost against another and can be tried again (serialization failure, deadlock).
const POSTGRES_RETRY: [&str; 2] = ["40001", "40P01"];
/// PostgreSQL stops, crashed or starts, or all its connections are taken.
const POSTGRES_AWAY: [&str; 4] = ["57P01", "57P02", "57P03", "53300"];
/// How PostgreSQL's codes of a broken connection begin.
const POSTGRES_CONNECTION: &str = "08";

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(message)) = error.sql_err() {
            return Self::Duplicate(message);
        }
        let said = match &error {
            DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner))
            | DbErr::Conn(RuntimeErr::SqlxError(inner)) => match inner.as_ref() {
                sqlx::Error::Io(reason) => return Self::Away(reason.to_string()),
                other => other.as_database_error(),
            },
            DbErr::ConnectionAcquire(_) => return Self::Busy,
            _ => None,
        };
        let code = said.and_then(|said| said.code());
        match code.as_deref() {
            Some(SQLITE_FULL | SQLITE_NO_ROOM_TO_SHARE | POSTGRES_DISK_FULL) => return Self::StorageFull,
            Some(code) if POSTGRES_RETRY.contains(&code) => return Self::Busy,
            Some(code) if POSTGRES_AWAY.contains(&code) || is_broken_connection(code) => {
                return Self::Away(said.map(|said| said.message().to_owned()).unwrap_or_default());
            }
            _ => {}
        }
        match code.as_deref().and_then(primary_of_sqlite) {
            Some(SQLITE_BUSY) => Self::Busy,
            Some(SQLITE_CORRUPT | SQLITE_NOTADB) => Self::DamagedFile {
                file: "the database".to_owned(),
                reason: said.map(|said| said.message().to_owned()).unwrap_or_default(),
            },
            _ => Self::Database(error.to_string()),
        }
    }
}

/// Whether it is PostgreSQL's code of a connection that broke. SQLite's have no five characters.
fn is_broken_connection(code: &str) -> bool {
    code.len() == 5 && code.starts_with(POSTGRES_CONNECTION)
}

/// The primary code of SQLite in an extended one, which keeps it in its low byte. PostgreSQL's codes have five characters, always.
fn primary_of_sqlite(code: &str) -> Option<i64> {
    let code = (code.len() < 5).then(|| code.parse::<i64>().ok())??;
    Some(code & 0xff)
}

impl From<StoreError> for ApiError {
    /// What the outside learns of it. What the database said stays inside: the caller logs it.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::not_found(),
            StoreError::Duplicate(_) => Self::new(ErrorCode::NameTaken, "the name is taken"),
            StoreError::Forbidden(role) => Self::new(ErrorCode::RoleRequired, "your role does not allow this")
                .with("role", format!("{role:?}").to_lowercase()),
            StoreError::StorageFull => Self::new(ErrorCode::StorageFull, "the disk is full"),
            StoreError::Busy => Self::new(ErrorCode::Unavailable, "the database is busy; try again"),
            StoreError::Away(_) => Self::new(ErrorCode::Unavailable, "the database does not answer; try again"),
            StoreError::InvalidPageToken => {
                Self::new(ErrorCode::InvalidField, "the page token is not valid").on("page_token")
            }
            StoreError::InvalidLimit => {
                Self::new(ErrorCode::InvalidField, format!("limit lies between 1 and {MAX_LIMIT}"))
                    .on("limit")
                    .with("min", 1)
                    .with("max", MAX_LIMIT)
            }
            StoreError::Damaged { .. }
            | StoreError::InvalidUrl(_)
            | StoreError::Unreachable { .. }
            | StoreError::NotLetIn { .. }
            | StoreError::DamagedFile { .. }
            | StoreError::Newer { .. }
            | StoreError::Database(_) => Self::new(ErrorCode::Internal, "something went wrong here"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc};

    use super::*;

    #[test]
    fn a_connection_that_breaks_is_no_defect() {
        let broken = || RuntimeErr::SqlxError(Arc::new(sqlx::Error::Io(io::ErrorKind::ConnectionReset.into())));
        for error in [DbErr::Query(broken()), DbErr::Exec(broken()), DbErr::Conn(broken())] {
            let error = StoreError::from(error);
            assert!(matches!(error, StoreError::Away(_)), "{error:?}");
            assert_eq!(ApiError::from(error).code, ErrorCode::Unavailable);
        }
        let defect = DbErr::Query(RuntimeErr::SqlxError(Arc::new(sqlx::Error::ColumnNotFound("name".to_owned()))));
        assert!(matches!(StoreError::from(defect), StoreError::Database(_)));
        assert!(is_broken_connection("08006") && !is_broken_connection("08") && !is_broken_connection("42P01"));
    }
}
