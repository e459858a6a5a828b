//! Files and pictures that people put into conversations. The text of each lies in a collection of its own, which nobody but
//! its person reads and which stands in no list: so it is read, searched, indexed and removed as all knowledge is.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261129_000310_attachments"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            // Gone with its collection and never before it: what hides the collection must outlive everything else. One whose
            // conversation is gone is removed with its collection by housekeeping.
            format!(
                "CREATE TABLE attachments (\
                 id {text} NOT NULL PRIMARY KEY, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 user_id {text} REFERENCES users (id) ON DELETE SET NULL, \
                 conversation_id {text} REFERENCES conversations (id) ON DELETE SET NULL, \
                 message_id {text} REFERENCES messages (id) ON DELETE SET NULL, \
                 collection_id {text} NOT NULL UNIQUE REFERENCES collections (id) ON DELETE CASCADE, \
                 document_id {text} REFERENCES documents (id) ON DELETE SET NULL, \
                 name {text} NOT NULL, \
                 media_type {text} NOT NULL, \
                 bytes BIGINT NOT NULL, \
                 file_key {text} NOT NULL, \
                 created_at BIGINT NOT NULL)"
            ),
            "CREATE INDEX attachments_organisation ON attachments (organisation_id)".to_owned(),
            "CREATE INDEX attachments_user ON attachments (user_id)".to_owned(),
            "CREATE INDEX attachments_conversation ON attachments (conversation_id)".to_owned(),
            "CREATE INDEX attachments_message ON attachments (message_id)".to_owned(),
            "CREATE INDEX attachments_document ON attachments (document_id)".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE attachments").await?;
        Ok(())
    }
}
