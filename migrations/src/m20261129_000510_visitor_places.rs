//! Where a visitor's conversation was held: a visitor who has signed in is the same on every page.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261129_000510_visitor_places"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            // Neither is there for conversations of people.
            format!("ALTER TABLE conversations ADD COLUMN channel {text}"),
            format!("ALTER TABLE conversations ADD COLUMN origin {text}"),
            // Of those of before, nothing more is known than where their visitor first came from.
            "UPDATE conversations SET \
             channel = (SELECT visitors.channel FROM visitors WHERE visitors.user_id = conversations.user_id), \
             origin = (SELECT visitors.origin FROM visitors WHERE visitors.user_id = conversations.user_id) \
             WHERE user_id IN (SELECT visitors.user_id FROM visitors)"
                .to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in
            ["ALTER TABLE conversations DROP COLUMN origin", "ALTER TABLE conversations DROP COLUMN channel"]
        {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
