//! Links that let others read a conversation.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261129_000030_share_links"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            // The last message is no reference: where it is gone, the link shares nothing.
            format!(
                "CREATE TABLE share_links (\
                 id {text} NOT NULL PRIMARY KEY, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 conversation_id {text} NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, \
                 token_hash {text} NOT NULL UNIQUE, \
                 token_cipher {text} NOT NULL, \
                 audience {text} NOT NULL, \
                 up_to_message_id {text}, \
                 with_reasoning BOOLEAN NOT NULL, \
                 with_sources BOOLEAN NOT NULL, \
                 created_at BIGINT NOT NULL, \
                 expires_at BIGINT, \
                 revoked_at BIGINT)"
            ),
            "CREATE INDEX share_links_conversation ON share_links (conversation_id)".to_owned(),
            "CREATE INDEX share_links_organisation ON share_links (organisation_id)".to_owned(),
            "CREATE INDEX share_links_revoked ON share_links (revoked_at)".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE share_links").await?;
        Ok(())
    }
}
