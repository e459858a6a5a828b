//! What people say about answers, and which assistant gave each.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261129_000040_feedback"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            // Absent for answers of before: the conversation's assistant is the best that is known of those.
            format!("ALTER TABLE messages ADD COLUMN assistant_id {text}"),
            // Thumbs of before are not taken over: whoever gave them was not told that anybody reads along.
            format!(
                "CREATE TABLE feedback (\
                 id {text} NOT NULL PRIMARY KEY, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 assistant_id {text} NOT NULL REFERENCES assistants (id) ON DELETE CASCADE, \
                 message_id {text} NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE, \
                 user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE, \
                 rating BOOLEAN, \
                 reason {text}, \
                 comment {text} NOT NULL, \
                 comment_key {text} NOT NULL, \
                 question {text} NOT NULL, \
                 question_key {text} NOT NULL, \
                 state {text} NOT NULL, \
                 created_at BIGINT NOT NULL, \
                 updated_at BIGINT NOT NULL, \
                 resolved_by {text} REFERENCES users (id) ON DELETE SET NULL, \
                 resolved_at BIGINT)"
            ),
            "CREATE INDEX feedback_organisation ON feedback (organisation_id, updated_at, id)".to_owned(),
            "CREATE INDEX feedback_assistant ON feedback (assistant_id)".to_owned(),
            "CREATE INDEX feedback_user ON feedback (user_id)".to_owned(),
            "CREATE INDEX feedback_resolved_by ON feedback (resolved_by)".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in ["DROP TABLE feedback", "ALTER TABLE messages DROP COLUMN assistant_id"] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
