//! The files of a question stand in the order in which they were attached, and a conversation knows where its title comes from.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261129_000430_chat_order"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            // What was sent before this stays in the order of its ids, which is that of arrival.
            "ALTER TABLE attachments ADD COLUMN ordinal BIGINT NOT NULL DEFAULT 0".to_owned(),
            "ALTER TABLE kept_attachments ADD COLUMN ordinal BIGINT NOT NULL DEFAULT 0".to_owned(),
            format!("ALTER TABLE conversations ADD COLUMN title_by {text} NOT NULL DEFAULT 'question'"),
            // Nobody knows which of them a person has written, so none is written anew.
            "UPDATE conversations SET title_by = 'person'".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "ALTER TABLE conversations DROP COLUMN title_by",
            "ALTER TABLE kept_attachments DROP COLUMN ordinal",
            "ALTER TABLE attachments DROP COLUMN ordinal",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
