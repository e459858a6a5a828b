//! Who may see what is in a collection: everybody in the organisation, as until now, people who were chosen, or its maker alone.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261127_000050_collection_access"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            format!("ALTER TABLE collections ADD COLUMN access {text} NOT NULL DEFAULT 'organisation'"),
            format!("ALTER TABLE collections ADD COLUMN created_by {text} REFERENCES users (id) ON DELETE SET NULL"),
            "CREATE INDEX collections_created_by ON collections (created_by)".to_owned(),
            // Who made those that are there already, where it was a person who is still in the organisation.
            "UPDATE collections SET created_by = (SELECT MIN(memberships.user_id) FROM audit_events \
             JOIN memberships ON memberships.user_id = audit_events.actor_id \
             AND memberships.organisation_id = audit_events.organisation_id \
             WHERE audit_events.organisation_id = collections.organisation_id AND audit_events.target = collections.id \
             AND audit_events.action = 'collection.create' AND audit_events.actor_kind = 'user')"
                .to_owned(),
            format!(
                "CREATE TABLE collection_people (\
                 collection_id {text} NOT NULL REFERENCES collections (id) ON DELETE CASCADE, \
                 user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 added_by {text} REFERENCES users (id) ON DELETE SET NULL, \
                 added_at BIGINT NOT NULL, \
                 PRIMARY KEY (collection_id, user_id))"
            ),
            "CREATE INDEX collection_people_user ON collection_people (user_id)".to_owned(),
            "CREATE INDEX collection_people_organisation ON collection_people (organisation_id)".to_owned(),
            "CREATE INDEX collection_people_added_by ON collection_people (added_by)".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            // An earlier version shows every collection to everybody. What was not meant for that goes, with all that is in it.
            "DELETE FROM collections WHERE access <> 'organisation'",
            "DROP TABLE collection_people",
            "DROP INDEX collections_created_by",
            "ALTER TABLE collections DROP COLUMN created_by",
            "ALTER TABLE collections DROP COLUMN access",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
