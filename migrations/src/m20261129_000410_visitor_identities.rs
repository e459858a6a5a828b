//! Visitors who say who they are: by a provider that they sign in with, or by the site that they come from.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261129_000410_visitor_identities"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            format!(
                "CREATE TABLE visitor_identities (\
                 assistant_id {text} NOT NULL REFERENCES assistants (id) ON DELETE CASCADE, \
                 provider {text} NOT NULL, \
                 subject {text} NOT NULL, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 visitor_id {text} NOT NULL REFERENCES visitors (id) ON DELETE CASCADE, \
                 created_at BIGINT NOT NULL, \
                 PRIMARY KEY (assistant_id, provider, subject))"
            ),
            "CREATE INDEX visitor_identities_organisation ON visitor_identities (organisation_id)".to_owned(),
            "CREATE INDEX visitor_identities_visitor ON visitor_identities (visitor_id)".to_owned(),
            // Both encrypted, as all secrets are.
            format!("ALTER TABLE assistant_interfaces ADD COLUMN openid_secret {text}"),
            format!("ALTER TABLE assistant_interfaces ADD COLUMN identity_secret {text}"),
            "ALTER TABLE assistant_interfaces ADD COLUMN identity_secret_made_at BIGINT".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "ALTER TABLE assistant_interfaces DROP COLUMN identity_secret_made_at",
            "ALTER TABLE assistant_interfaces DROP COLUMN identity_secret",
            "ALTER TABLE assistant_interfaces DROP COLUMN openid_secret",
            "DROP TABLE visitor_identities",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
