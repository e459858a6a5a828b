//! Which pages a browser made the text of, when it looked at them, and how many a crawl left out for want of one.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261127_000030_rendered"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            "ALTER TABLE documents ADD COLUMN rendered_at BIGINT".to_owned(),
            format!("ALTER TABLE documents ADD COLUMN raw_hash {text}"),
            "ALTER TABLE crawls ADD COLUMN needs_javascript BIGINT NOT NULL DEFAULT 0".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "ALTER TABLE crawls DROP COLUMN needs_javascript",
            "ALTER TABLE documents DROP COLUMN raw_hash",
            "ALTER TABLE documents DROP COLUMN rendered_at",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
