//! In which conversation a visitor has left an e-mail address, and which.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261129_000520_visitor_contacts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            format!("ALTER TABLE conversations ADD COLUMN contact {text}"),
            // That one was left, the audit log alone says; which, the visitor, who has one for all their conversations.
            "UPDATE conversations SET \
             contact = (SELECT visitors.email FROM visitors WHERE visitors.user_id = conversations.user_id) \
             WHERE user_id IN (SELECT visitors.user_id FROM visitors) \
             AND id IN (SELECT audit_events.target FROM audit_events WHERE audit_events.action = 'visitor.contact')"
                .to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("ALTER TABLE conversations DROP COLUMN contact").await?;
        Ok(())
    }
}
