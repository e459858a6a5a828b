//! What each crawl made of every page, what the sitemap of a website said, and when it is looked at next.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261128_000010_crawl_pages"
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
                "CREATE TABLE crawl_pages (\
                 crawl_id {text} NOT NULL REFERENCES crawls (id) ON DELETE CASCADE, \
                 address {text} NOT NULL, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 address_key {text} NOT NULL, \
                 document_id {text}, \
                 outcome {text} NOT NULL, \
                 http_status BIGINT, \
                 error {text}, \
                 fetched_at BIGINT, \
                 PRIMARY KEY (crawl_id, address))"
            ),
            "CREATE INDEX crawl_pages_outcome ON crawl_pages (crawl_id, outcome, address)".to_owned(),
            "CREATE INDEX crawl_pages_organisation ON crawl_pages (organisation_id)".to_owned(),
            format!(
                "CREATE TABLE sitemap_files (\
                 source_id {text} NOT NULL REFERENCES sources (id) ON DELETE CASCADE, \
                 address {text} NOT NULL, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 parent {text}, \
                 etag {text}, \
                 last_modified {text}, \
                 entries {text} NOT NULL, \
                 PRIMARY KEY (source_id, address))"
            ),
            "CREATE INDEX sitemap_files_organisation ON sitemap_files (organisation_id)".to_owned(),
            "ALTER TABLE sources ADD COLUMN next_watch_at BIGINT".to_owned(),
            "ALTER TABLE sources ADD COLUMN watched_at BIGINT".to_owned(),
            format!("ALTER TABLE sources ADD COLUMN watch_error {text}"),
            "CREATE INDEX sources_next_watch ON sources (next_watch_at)".to_owned(),
            // Whether the settings want it is looked at when it is due. A website that was never read is given its time
            // at the end of its first crawl.
            "UPDATE sources SET next_watch_at = finished_at + 3600000 WHERE kind LIKE '%\"kind\":\"website\"%'"
                .to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "DROP INDEX sources_next_watch",
            "ALTER TABLE sources DROP COLUMN watch_error",
            "ALTER TABLE sources DROP COLUMN watched_at",
            "ALTER TABLE sources DROP COLUMN next_watch_at",
            "DROP TABLE sitemap_files",
            "DROP TABLE crawl_pages",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
