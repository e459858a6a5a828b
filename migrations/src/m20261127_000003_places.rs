//! Where a chunk stands: a page, a sheet by its name or a slide, instead of one number for all; what a part of a table needs
//! to be understood alone; and files without text told apart from empty ones.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261127_000003_places"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            format!("ALTER TABLE chunks ADD COLUMN place {text}"),
            format!("ALTER TABLE chunks ADD COLUMN table_part {text}"),
            numbered("page", "application/pdf%"),
            numbered("slide", "application/vnd.openxmlformats-officedocument.presentationml%"),
            // A sheet was known by its number alone. Its name is the first heading above its chunks, so that nothing is lost;
            // the place itself comes back when the document is read again.
            "ALTER TABLE chunks DROP COLUMN page".to_owned(),
            // Both had one code; only one of them said this.
            "UPDATE documents SET error = REPLACE(error, '\"empty_file\"', '\"file_without_text\"') \
             WHERE error LIKE '%\"empty_file\"%' AND error LIKE '%\"no text found%'"
                .to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "UPDATE documents SET error = REPLACE(error, '\"file_without_text\"', '\"empty_file\"') \
             WHERE error LIKE '%\"file_without_text\"%'",
            "ALTER TABLE chunks ADD COLUMN page BIGINT",
            "ALTER TABLE chunks DROP COLUMN table_part",
            "ALTER TABLE chunks DROP COLUMN place",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// The number becomes a place of this kind in documents of this media type.
fn numbered(kind: &str, media_type: &str) -> String {
    format!(
        "UPDATE chunks SET place = '{{\"kind\":\"{kind}\",\"number\":' || CAST(page AS TEXT) || '}}' \
         WHERE page IS NOT NULL AND document_id IN (SELECT id FROM documents WHERE media_type LIKE '{media_type}')"
    )
}
