//! A PostgreSQL database for one test.

use std::process::Command;

/// A database that is dropped at the end.
#[derive(Debug)]
pub struct TemporaryDatabase {
    name: String,
}

const SERVER: &str = "postgres://postgres@127.0.0.1:5432";

impl TemporaryDatabase {
    /// Makes a database; `None`, with a visible message, where no PostgreSQL with trust authentication and `psql` is found.
    pub fn create(what: &str) -> Option<Self> {
        let id = std::process::id();
        let nanos =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        let name = format!("hammock_test_{id}_{nanos}");
        if psql(&format!("CREATE DATABASE {name}")) {
            Some(Self { name })
        } else {
            crate::skip(what, "no PostgreSQL answers at 127.0.0.1:5432 with trust authentication, or psql is missing");
            None
        }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("{SERVER}/{}", self.name)
    }
}

impl Drop for TemporaryDatabase {
    fn drop(&mut self) {
        psql(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

fn psql(statement: &str) -> bool {
    Command::new("psql")
        .args(["--quiet", "--no-psqlrc", "--dbname", &format!("{SERVER}/postgres"), "--command", statement])
        .output()
        .is_ok_and(|output| output.status.success())
}
