//! Which answers go on with one that was cut off: made again, they still do.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261129_000530_continued_answers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = "ALTER TABLE messages ADD COLUMN continues BOOLEAN NOT NULL DEFAULT FALSE";
        manager.get_connection().execute_unprepared(statement).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("ALTER TABLE messages DROP COLUMN continues").await?;
        Ok(())
    }
}
