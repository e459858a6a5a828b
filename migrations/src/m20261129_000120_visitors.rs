//! Visitors: who chats from outside, without an account.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261129_000120_visitors"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            // Conversations, runs and feedback belong to a row of `users`, also those of visitors.
            format!("ALTER TABLE users ADD COLUMN kind {text} NOT NULL DEFAULT 'person'"),
            "CREATE INDEX users_kind ON users (kind, created_at)".to_owned(),
            format!(
                "CREATE TABLE visitors (\
                 id {text} NOT NULL PRIMARY KEY, \
                 user_id {text} NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 assistant_id {text} NOT NULL REFERENCES assistants (id) ON DELETE CASCADE, \
                 origin {text} NOT NULL, \
                 channel {text} NOT NULL, \
                 name {text}, \
                 email {text}, \
                 created_at BIGINT NOT NULL, \
                 seen_at BIGINT NOT NULL)"
            ),
            "CREATE INDEX visitors_organisation ON visitors (organisation_id, assistant_id)".to_owned(),
            "CREATE INDEX visitors_assistant ON visitors (assistant_id)".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "DROP TABLE visitors",
            "DELETE FROM users WHERE kind = 'visitor'",
            "DROP INDEX users_kind",
            "ALTER TABLE users DROP COLUMN kind",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
