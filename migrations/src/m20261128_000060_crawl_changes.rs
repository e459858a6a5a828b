//! By what a text is recognised that did not change though the page did, and what waits for the end of a crawl.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261128_000060_crawl_changes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            // Empty: not known yet, and made of the stored text when it is first compared.
            format!("ALTER TABLE documents ADD COLUMN text_hash {text} NOT NULL DEFAULT ''"),
            format!(
                "CREATE TABLE crawl_changes (\
                 document_id {text} NOT NULL PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 source_id {text} NOT NULL REFERENCES sources (id) ON DELETE CASCADE, \
                 crawl BIGINT NOT NULL, \
                 revision BIGINT NOT NULL, \
                 title {text} NOT NULL, \
                 language {text}, \
                 media_type {text} NOT NULL, \
                 text_hash {text} NOT NULL, \
                 metadata {text} NOT NULL)"
            ),
            "CREATE INDEX crawl_changes_source ON crawl_changes (source_id, crawl)".to_owned(),
            "CREATE INDEX crawl_changes_organisation ON crawl_changes (organisation_id)".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in ["DROP TABLE crawl_changes", "ALTER TABLE documents DROP COLUMN text_hash"] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
