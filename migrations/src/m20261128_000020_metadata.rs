//! Fields of metadata that a collection defines, what each document carries for them, and what documents say to machines
//! whether or not there is a field for it.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261128_000020_metadata"
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
                "CREATE TABLE metadata_fields (\
                 id {text} NOT NULL PRIMARY KEY, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 collection_id {text} NOT NULL REFERENCES collections (id) ON DELETE CASCADE, \
                 name {text} NOT NULL, \
                 name_key {text} NOT NULL, \
                 field_key {text} NOT NULL, \
                 kind {text} NOT NULL, \
                 options {text} NOT NULL, \
                 front_matter {text}, \
                 json_ld {text}, \
                 csv_column {text}, \
                 created_at BIGINT NOT NULL, \
                 updated_at BIGINT NOT NULL, \
                 UNIQUE (collection_id, name_key), \
                 UNIQUE (collection_id, field_key))"
            ),
            "CREATE INDEX metadata_fields_organisation ON metadata_fields (organisation_id, field_key)".to_owned(),
            format!(
                "CREATE TABLE document_metadata (\
                 document_id {text} NOT NULL REFERENCES documents (id) ON DELETE CASCADE, \
                 field_id {text} NOT NULL REFERENCES metadata_fields (id) ON DELETE CASCADE, \
                 origin {text} NOT NULL, \
                 ordinal BIGINT NOT NULL, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 raw {text} NOT NULL, \
                 text_value {text}, \
                 number_value DOUBLE PRECISION, \
                 date_value BIGINT, \
                 boolean_value BOOLEAN, \
                 PRIMARY KEY (document_id, field_id, origin, ordinal))"
            ),
            "CREATE INDEX document_metadata_field ON document_metadata (field_id, document_id)".to_owned(),
            "CREATE INDEX document_metadata_organisation ON document_metadata (organisation_id)".to_owned(),
            format!(
                "CREATE TABLE document_found_metadata (\
                 document_id {text} NOT NULL PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 found {text} NOT NULL)"
            ),
            "CREATE INDEX document_found_metadata_organisation ON document_found_metadata (organisation_id)".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in
            ["DROP TABLE document_found_metadata", "DROP TABLE document_metadata", "DROP TABLE metadata_fields"]
        {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
