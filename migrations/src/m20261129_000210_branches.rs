//! Branches: which message each one comes after, and where a conversation stands.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261129_000210_branches"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            format!("ALTER TABLE messages ADD COLUMN parent_id {text}"),
            // Absent where a conversation stands at its newest message.
            format!("ALTER TABLE conversations ADD COLUMN leaf_id {text}"),
            // Until now a conversation was one line of messages.
            "UPDATE messages SET parent_id = (SELECT earlier.id FROM messages AS earlier \
             WHERE earlier.conversation_id = messages.conversation_id AND earlier.ordinal < messages.ordinal \
             ORDER BY earlier.ordinal DESC LIMIT 1)"
                .to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in ["ALTER TABLE conversations DROP COLUMN leaf_id", "ALTER TABLE messages DROP COLUMN parent_id"]
        {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
