//! Where assistants can be reached from outside, and what went wrong in widgets on customers' pages.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261129_000110_interfaces"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let (text, bytes) = if postgres { ("TEXT COLLATE \"C\"", "BYTEA") } else { ("TEXT", "BLOB") };
        for statement in [
            // A logo is small, and it goes with its assistant: in the database, no file is left behind, and every replica has it.
            format!(
                "CREATE TABLE assistant_interfaces (\
                 assistant_id {text} NOT NULL PRIMARY KEY REFERENCES assistants (id) ON DELETE CASCADE, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 settings {text} NOT NULL, \
                 logo_type {text}, \
                 logo_hash {text}, \
                 logo {bytes}, \
                 updated_at BIGINT NOT NULL, \
                 updated_by {text} REFERENCES users (id) ON DELETE SET NULL)"
            ),
            "CREATE INDEX assistant_interfaces_organisation ON assistant_interfaces (organisation_id)".to_owned(),
            "CREATE INDEX assistant_interfaces_updated_by ON assistant_interfaces (updated_by)".to_owned(),
            format!(
                "CREATE TABLE widget_errors (\
                 assistant_id {text} NOT NULL REFERENCES assistants (id) ON DELETE CASCADE, \
                 origin {text} NOT NULL, \
                 code {text} NOT NULL, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 message {text} NOT NULL, \
                 times BIGINT NOT NULL, \
                 met_at BIGINT NOT NULL, \
                 PRIMARY KEY (assistant_id, origin, code))"
            ),
            "CREATE INDEX widget_errors_organisation ON widget_errors (organisation_id)".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in ["DROP TABLE widget_errors", "DROP TABLE assistant_interfaces"] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
