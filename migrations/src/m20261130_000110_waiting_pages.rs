//! Pages that a crawl found and that do not answer yet, since their website may have lost what it had: until when they wait, and
//! what is noted of them for when they answer.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261130_000110_waiting_pages"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            // What waits from before waits for the end of its crawl.
            "ALTER TABLE crawl_changes ADD COLUMN until_end BOOLEAN NOT NULL DEFAULT TRUE".to_owned(),
            format!("ALTER TABLE crawl_changes ADD COLUMN etag {text}"),
            format!("ALTER TABLE crawl_changes ADD COLUMN last_modified {text}"),
            "ALTER TABLE crawl_changes ADD COLUMN rendered_at BIGINT".to_owned(),
            format!("ALTER TABLE crawl_changes ADD COLUMN raw_hash {text}"),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "UPDATE documents SET state = 'processing' WHERE state = 'waiting'",
            "ALTER TABLE crawl_changes DROP COLUMN raw_hash",
            "ALTER TABLE crawl_changes DROP COLUMN rendered_at",
            "ALTER TABLE crawl_changes DROP COLUMN last_modified",
            "ALTER TABLE crawl_changes DROP COLUMN etag",
            "ALTER TABLE crawl_changes DROP COLUMN until_end",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
