//! Where an organisation has recorded speech written down: an account with a provider, and one of its models.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261129_000420_transcription"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            // Without its account, nothing is sent any more; the name of the model stays for the next one.
            format!(
                "ALTER TABLE organisations ADD COLUMN transcription_connection {text} \
                 REFERENCES connections (id) ON DELETE SET NULL"
            ),
            format!("ALTER TABLE organisations ADD COLUMN transcription_model {text} NOT NULL DEFAULT ''"),
            "CREATE INDEX organisations_transcription_connection ON organisations (transcription_connection)"
                .to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "DROP INDEX organisations_transcription_connection",
            "ALTER TABLE organisations DROP COLUMN transcription_model",
            "ALTER TABLE organisations DROP COLUMN transcription_connection",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
