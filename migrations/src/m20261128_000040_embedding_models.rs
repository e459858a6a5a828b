//! Which embedding model answers, which one is being brought in, and which chunks have a vector of the latter already.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261128_000040_embedding_models"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            format!(
                "CREATE TABLE embedding_models (\
                 space {text} NOT NULL PRIMARY KEY, \
                 role {text} NOT NULL, \
                 kind {text} NOT NULL, \
                 place {text} NOT NULL, \
                 name {text} NOT NULL, \
                 dimension BIGINT NOT NULL, \
                 max_tokens BIGINT NOT NULL, \
                 languages {text} NOT NULL, \
                 probe {text} NOT NULL, \
                 since BIGINT NOT NULL)"
            ),
            format!("ALTER TABLE chunks ADD COLUMN next_space {text} NOT NULL DEFAULT ''"),
            // Empty but for the time of a change.
            "CREATE INDEX chunks_next ON chunks (next_space, document_id) WHERE next_space <> ''".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in
            ["DROP INDEX chunks_next", "ALTER TABLE chunks DROP COLUMN next_space", "DROP TABLE embedding_models"]
        {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
