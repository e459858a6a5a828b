//! What goes with something that is about to be deleted.

use hammock_contract::deletion::{Deletion, Dependents};
use sea_orm::Value;

use crate::{Db, Result, Scope, collections, documents, row::value, sources};

/// What people made that goes with a thing which the scope may write, or misses it afterwards.
pub async fn count(scope: &Scope, db: Db<'_>, deletion: &Deletion) -> Result<Dependents> {
    let (column, id) = match deletion {
        Deletion::Collection(id) => ("collection_id", collections::find_writable(scope, db, id).await?.id.to_string()),
        Deletion::Source(id) => ("source_id", sources::find_writable(scope, db, id).await?.id.to_string()),
        Deletion::Document(id) => ("id", documents::find_writable(scope, db, id).await?.id.to_string()),
    };
    let (is_collection, is_document) =
        (matches!(deletion, Deletion::Collection(_)), matches!(deletion, Deletion::Document(_)));
    // $1 is the organisation and $2 the id of what is deleted, in each of them.
    let values: [Value; 2] = [scope.organisation().as_str().into(), id.into()];
    let of_documents = |table: &str, counted: &str| {
        format!(
            "SELECT DISTINCT {counted} FROM {table} WHERE organisation_id = $1 AND document_id IN \
             (SELECT id FROM documents WHERE organisation_id = $1 AND {column} = $2)"
        )
    };
    let edits = of_documents("chunk_edits", "id");
    let written = format!("{} AND origin = 'hand'", of_documents("document_metadata", "document_id, field_id"));
    let of = |table: &str| format!("SELECT id FROM {table} WHERE organisation_id = $1 AND {column} = $2");
    let questions = if is_collection {
        of("evaluation_questions")
    } else {
        format!(
            "SELECT id FROM evaluation_questions WHERE organisation_id = $1 AND EXISTS \
             (SELECT 1 FROM evaluation_expected JOIN documents ON documents.location_key = evaluation_expected.location \
             AND documents.organisation_id = evaluation_expected.organisation_id \
             WHERE evaluation_expected.question_id = evaluation_questions.id AND documents.{column} = $2 \
             AND documents.collection_id = evaluation_questions.collection_id)"
        )
    };
    Ok(Dependents {
        edits: number(db, &edits, &values).await?,
        functions: if is_document { 0 } else { number(db, &of("data_functions"), &values).await? },
        fields: if is_collection { number(db, &of("metadata_fields"), &values).await? } else { 0 },
        written: number(db, &written, &values).await?,
        questions: number(db, &questions, &values).await?,
    })
}

/// How many rows there are.
async fn number(db: Db<'_>, rows: &str, values: &[Value; 2]) -> Result<u64> {
    let sql = format!("SELECT COUNT(*) AS total FROM ({rows}) AS counted");
    db.row(&sql, values.clone()).await?.map_or(Ok(0), |found| value(&found, "total"))
}
