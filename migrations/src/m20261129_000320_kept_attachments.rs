//! Files and pictures that a question has from the one whose place it took: it is asked otherwise, about the same things.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261129_000320_kept_attachments"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            // The question that something was first sent with stands in its own row.
            format!(
                "CREATE TABLE kept_attachments (\
                 attachment_id {text} NOT NULL REFERENCES attachments (id) ON DELETE CASCADE, \
                 message_id {text} NOT NULL REFERENCES messages (id) ON DELETE CASCADE, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 PRIMARY KEY (attachment_id, message_id))"
            ),
            "CREATE INDEX kept_attachments_message ON kept_attachments (message_id)".to_owned(),
            "CREATE INDEX kept_attachments_organisation ON kept_attachments (organisation_id)".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE kept_attachments").await?;
        Ok(())
    }
}
