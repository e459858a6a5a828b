//! What each crawl of a website did, when the next one is due, and when and how far from the start each page was asked for.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261127_000004_crawls"
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
                "CREATE TABLE crawls (\
                 id {text} NOT NULL PRIMARY KEY, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 source_id {text} NOT NULL REFERENCES sources (id) ON DELETE CASCADE, \
                 number BIGINT NOT NULL, \
                 crawl_trigger {text} NOT NULL, \
                 outcome {text} NOT NULL, \
                 added BIGINT NOT NULL, \
                 changed BIGINT NOT NULL, \
                 unchanged BIGINT NOT NULL, \
                 removed BIGINT NOT NULL, \
                 skipped BIGINT NOT NULL, \
                 failed BIGINT NOT NULL, \
                 error {text}, \
                 started_at BIGINT NOT NULL, \
                 finished_at BIGINT)"
            ),
            "CREATE INDEX crawls_source ON crawls (source_id, number)".to_owned(),
            "CREATE INDEX crawls_organisation ON crawls (organisation_id)".to_owned(),
            "ALTER TABLE sources ADD COLUMN next_crawl_at BIGINT".to_owned(),
            "CREATE INDEX sources_next_crawl ON sources (next_crawl_at)".to_owned(),
            "ALTER TABLE documents ADD COLUMN fetched_at BIGINT".to_owned(),
            "ALTER TABLE documents ADD COLUMN depth BIGINT".to_owned(),
            // Websites that have no schedule yet are read daily. One that is being read is given its time at the end.
            "UPDATE sources SET next_crawl_at = COALESCE(finished_at, created_at) + 86400000 \
             WHERE kind LIKE '%\"kind\":\"website\"%' AND state <> 'working'"
                .to_owned(),
            // As crawls took pages that they knew already until now.
            "UPDATE documents SET depth = 1 WHERE url IS NOT NULL".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "ALTER TABLE documents DROP COLUMN depth",
            "ALTER TABLE documents DROP COLUMN fetched_at",
            "DROP INDEX sources_next_crawl",
            "ALTER TABLE sources DROP COLUMN next_crawl_at",
            "DROP TABLE crawls",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
