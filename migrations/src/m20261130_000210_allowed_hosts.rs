//! The hosts that an organisation narrows its requests to: the list, and whether it counts. One that does not stays for when it is
//! to count again.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261130_000210_allowed_hosts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            "ALTER TABLE organisations ADD COLUMN hosts_limited BOOLEAN NOT NULL DEFAULT FALSE".to_owned(),
            // One a line: no host holds a line break.
            format!("ALTER TABLE organisations ADD COLUMN allowed_hosts {text} NOT NULL DEFAULT ''"),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "ALTER TABLE organisations DROP COLUMN allowed_hosts",
            "ALTER TABLE organisations DROP COLUMN hosts_limited",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
