//! What people made of chunks: another text, or switched off. Known by the text that a chunk was cut with, so that it
//! survives a reading that does not change that text.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261127_000010_chunk_edits"
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
                "CREATE TABLE chunk_edits (\
                 id {text} NOT NULL PRIMARY KEY, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 document_id {text} NOT NULL REFERENCES documents (id) ON DELETE CASCADE, \
                 original_hash {text} NOT NULL, \
                 nth BIGINT NOT NULL, \
                 original {text} NOT NULL, \
                 text {text}, \
                 enabled BOOLEAN NOT NULL, \
                 edited_by {text} REFERENCES users (id) ON DELETE SET NULL, \
                 edited_at BIGINT NOT NULL, \
                 UNIQUE (document_id, original_hash, nth))"
            ),
            "CREATE INDEX chunk_edits_organisation ON chunk_edits (organisation_id)".to_owned(),
            "CREATE INDEX chunk_edits_edited_by ON chunk_edits (edited_by)".to_owned(),
            format!("ALTER TABLE chunks ADD COLUMN edit_id {text}"),
            "ALTER TABLE chunks ADD COLUMN enabled BOOLEAN NOT NULL DEFAULT TRUE".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "UPDATE chunks SET embedded_space = '', \
             text = (SELECT original FROM chunk_edits WHERE chunk_edits.id = chunks.edit_id) \
             WHERE edit_id IN (SELECT id FROM chunk_edits)",
            "UPDATE documents SET chunks = (SELECT COUNT(*) FROM chunks WHERE chunks.document_id = documents.id \
             AND chunks.revision = documents.revision) WHERE id IN (SELECT document_id FROM chunk_edits)",
            "ALTER TABLE chunks DROP COLUMN enabled",
            "ALTER TABLE chunks DROP COLUMN edit_id",
            "DROP TABLE chunk_edits",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
