//! Categories of conversations, the texts that searches in conversations read, and what sends a question.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend, Statement, Value},
};
use unicode_normalization::UnicodeNormalization;

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261129_000010_conversation_lists"
    }
}

/// How many rows are folded at once: texts may be long.
const BATCH: usize = 200;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let postgres = database.get_database_backend() == DbBackend::Postgres;
        let text = if postgres { "TEXT COLLATE \"C\"" } else { "TEXT" };
        for statement in [
            format!("ALTER TABLE users ADD COLUMN send_key {text} NOT NULL DEFAULT 'enter'"),
            format!(
                "CREATE TABLE categories (\
                 id {text} NOT NULL PRIMARY KEY, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 user_id {text} NOT NULL REFERENCES users (id) ON DELETE CASCADE, \
                 name {text} NOT NULL, \
                 name_key {text} NOT NULL, \
                 colour {text} NOT NULL, \
                 created_at BIGINT NOT NULL, \
                 deleted_at BIGINT)"
            ),
            "CREATE UNIQUE INDEX categories_name ON categories (organisation_id, user_id, name_key) \
             WHERE deleted_at IS NULL"
                .to_owned(),
            "CREATE INDEX categories_user ON categories (user_id)".to_owned(),
            "CREATE INDEX categories_deleted ON categories (deleted_at)".to_owned(),
            format!(
                "ALTER TABLE conversations ADD COLUMN category_id {text} REFERENCES categories (id) ON DELETE SET NULL"
            ),
            "CREATE INDEX conversations_category ON conversations (category_id)".to_owned(),
            format!(
                "CREATE TABLE message_texts (\
                 message_id {text} NOT NULL PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 conversation_id {text} NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, \
                 search_key {text} NOT NULL)"
            ),
            "CREATE INDEX message_texts_conversation ON message_texts (conversation_id, message_id)".to_owned(),
            "CREATE INDEX message_texts_organisation ON message_texts (organisation_id)".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        let insert = "INSERT INTO message_texts (message_id, organisation_id, conversation_id, search_key) \
                      SELECT id, organisation_id, conversation_id, $2 FROM messages WHERE id = $1";
        for_each(database, "messages", "text", insert).await?;
        // In lower case until now.
        for_each(database, "conversations", "title", "UPDATE conversations SET title_key = $2 WHERE id = $1").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "DROP TABLE message_texts",
            "DROP INDEX conversations_category",
            "ALTER TABLE conversations DROP COLUMN category_id",
            "DROP TABLE categories",
            "ALTER TABLE users DROP COLUMN send_key",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// Runs a statement for each row of a table, with its id and the folded form of one of its columns.
async fn for_each(
    database: &SchemaManagerConnection<'_>,
    table: &str,
    column: &str,
    statement: &str,
) -> Result<(), DbErr> {
    let backend = database.get_database_backend();
    let mut after = String::new();
    loop {
        let sql = format!("SELECT id, {column} AS said FROM {table} WHERE id > $1 ORDER BY id LIMIT {BATCH}");
        let values = [Value::from(after.clone())];
        let rows = database.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        for row in &rows {
            after = row.try_get("", "id")?;
            let said: String = row.try_get("", "said")?;
            let values = [Value::from(after.clone()), Value::from(folded(&said))];
            database.execute_raw(Statement::from_sql_and_values(backend, statement, values)).await?;
        }
        if rows.len() < BATCH {
            return Ok(());
        }
    }
}

/// As the store folded texts when this version was made.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.nfkd().flat_map(char::to_lowercase) {
        match character {
            '\0' => folded.push(' '),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            mark if unicode_normalization::char::is_combining_mark(mark) => {}
            other => folded.push(other),
        }
    }
    folded
}
