//! Questions with the documents that they should find, and what runs of them gave.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261127_000020_evaluations"
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
                "CREATE TABLE evaluation_questions (\
                 id {text} NOT NULL PRIMARY KEY, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 collection_id {text} NOT NULL REFERENCES collections (id) ON DELETE CASCADE, \
                 question {text} NOT NULL, \
                 search_key {text} NOT NULL, \
                 version BIGINT NOT NULL, \
                 created_at BIGINT NOT NULL)"
            ),
            "CREATE INDEX evaluation_questions_collection ON evaluation_questions (collection_id, id)".to_owned(),
            "CREATE INDEX evaluation_questions_organisation ON evaluation_questions (organisation_id)".to_owned(),
            format!(
                "CREATE TABLE evaluation_expected (\
                 question_id {text} NOT NULL REFERENCES evaluation_questions (id) ON DELETE CASCADE, \
                 ordinal BIGINT NOT NULL, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 location {text} NOT NULL, \
                 grade BIGINT NOT NULL, \
                 PRIMARY KEY (question_id, ordinal))"
            ),
            "CREATE INDEX evaluation_expected_organisation ON evaluation_expected (organisation_id)".to_owned(),
            // What is expected is found by where it is.
            "CREATE INDEX documents_collection_location ON documents (collection_id, location_key)".to_owned(),
            format!(
                "CREATE TABLE evaluation_runs (\
                 id {text} NOT NULL PRIMARY KEY, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 collection_id {text} NOT NULL REFERENCES collections (id) ON DELETE CASCADE, \
                 state {text} NOT NULL, \
                 questions BIGINT NOT NULL, \
                 asked BIGINT NOT NULL, \
                 figures {text} NOT NULL, \
                 worse BIGINT NOT NULL, \
                 error {text}, \
                 started_at BIGINT NOT NULL, \
                 finished_at BIGINT)"
            ),
            "CREATE INDEX evaluation_runs_collection ON evaluation_runs (collection_id, id)".to_owned(),
            "CREATE INDEX evaluation_runs_organisation ON evaluation_runs (organisation_id)".to_owned(),
            format!(
                "CREATE TABLE evaluation_results (\
                 run_id {text} NOT NULL REFERENCES evaluation_runs (id) ON DELETE CASCADE, \
                 question_id {text} NOT NULL REFERENCES evaluation_questions (id) ON DELETE CASCADE, \
                 mode {text} NOT NULL, \
                 organisation_id {text} NOT NULL REFERENCES organisations (id) ON DELETE CASCADE, \
                 ndcg BIGINT NOT NULL, \
                 recall BIGINT NOT NULL, \
                 first_place BIGINT, \
                 refused BOOLEAN NOT NULL, \
                 took BIGINT NOT NULL, \
                 PRIMARY KEY (run_id, question_id, mode))"
            ),
            "CREATE INDEX evaluation_results_question ON evaluation_results (question_id)".to_owned(),
            "CREATE INDEX evaluation_results_organisation ON evaluation_results (organisation_id)".to_owned(),
        ] {
            database.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "DROP TABLE evaluation_results",
            "DROP TABLE evaluation_runs",
            "DROP INDEX documents_collection_location",
            "DROP TABLE evaluation_expected",
            "DROP TABLE evaluation_questions",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
