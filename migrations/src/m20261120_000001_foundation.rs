//! Organisations, people, assistants, knowledge, conversations, jobs, audit.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261120_000001_foundation"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        for statement in include_str!("m20261120_000001_foundation.sql").split(';').map(str::trim) {
            if statement.is_empty() {
                continue;
            }
            // Byte order on both: pages of a list are cut by comparing texts, and a locale's order differs by machine.
            let text = if postgres { " TEXT COLLATE \"C\"" } else { " TEXT" };
            database.execute_unprepared(&statement.replace(" TEXT", text)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "audit_events",
            "jobs",
            "stream_events",
            "runs",
            "messages",
            "conversations",
            "chunks",
            "revisions",
            "documents",
            "sources",
            "assistant_collections",
            "collections",
            "assistants",
            "connections",
            "api_keys",
            "login_attempts",
            "one_time_tokens",
            "sessions",
            "memberships",
            "users",
            "organisations",
        ];
        for table in tables {
            manager.get_connection().execute_unprepared(&format!("DROP TABLE IF EXISTS {table}")).await?;
        }
        Ok(())
    }
}
