//! What a crawl that was stopped has not done yet, so that it can go on.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261128_000080_crawl_rests"
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
                "CREATE TABLE crawl_rests (\
                 source_id {text} NOT NULL PRIMARY KEY REFERENCES sources (id) ON DELETE CASCADE, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 crawl_id {text} NOT NULL REFERENCES crawls (id) ON DELETE CASCADE, \
                 rest {text} NOT NULL, \
                 kept_at BIGINT NOT NULL)"
            ),
            "CREATE INDEX crawl_rests_crawl ON crawl_rests (crawl_id)".to_owned(),
            "CREATE INDEX crawl_rests_organisation ON crawl_rests (organisation_id)".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE crawl_rests").await?;
        Ok(())
    }
}
