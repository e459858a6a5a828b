//! JSON functions of sources.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261128_000030_data_functions"
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
                "CREATE TABLE data_functions (\
                 id {text} NOT NULL PRIMARY KEY, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 collection_id {text} NOT NULL REFERENCES collections (id) ON DELETE CASCADE, \
                 source_id {text} NOT NULL REFERENCES sources (id) ON DELETE CASCADE, \
                 name {text} NOT NULL, \
                 definition {text} NOT NULL, \
                 created_at BIGINT NOT NULL, \
                 updated_at BIGINT NOT NULL)"
            ),
            "CREATE UNIQUE INDEX data_functions_name ON data_functions (source_id, name)".to_owned(),
            "CREATE INDEX data_functions_collection ON data_functions (collection_id)".to_owned(),
            "CREATE INDEX data_functions_organisation ON data_functions (organisation_id)".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE data_functions").await?;
        Ok(())
    }
}
