//! Questions by which the search in a collection is measured, with the documents that each should find.

use std::collections::HashMap;

use hammock_contract::{
    CollectionId, DocumentId, EvaluationQuestionId, OrganisationId, Page, SourceId, Timestamp,
    evaluation::ExpectedDocument, page::PageRequest,
};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, Tx,
    collections::{self, writable},
    paging,
    row::{self, Stored, Table, key_of, pattern, placeholders, table, value},
};

mod expected {
    use hammock_contract::{EvaluationQuestionId, OrganisationId};

    use crate::row::table;

    table! {
        /// A document that a question expects.
        ExpectedRow = "evaluation_expected";
        key {
            /// The question.
            question_id: EvaluationQuestionId,
            /// The place among the expected documents of the question, from 0.
            ordinal: u32,
        }
        /// The organisation.
        organisation_id: OrganisationId,
        /// The address of a page, or the name of a file.
        location: String,
        /// How well it answers. 1 and more.
        grade: u32,
    }
}

use expected::ExpectedRow;

table! {
    /// A question.
    QuestionRow = "evaluation_questions";
    key {
        /// The id.
        id: EvaluationQuestionId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The collection.
    collection_id: CollectionId,
    /// What is asked.
    question: String,
    /// The same in lower case, for the search in the list.
    search_key: String,
    /// How often it was written; what a run gives for an earlier version is not kept.
    version: u32,
    /// When it was written first.
    created_at: Timestamp,
}

/// A document that a question expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The address of a page, or the name of a file.
    pub location: String,
    /// How well it answers. 1 and more.
    pub grade: u32,
}

/// A question with what it expects.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The question.
    pub row: QuestionRow,
    /// What it expects, in the order in which it was written.
    pub expected: Vec<Expected>,
}

/// Where a document of a collection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The document.
    pub document: DocumentId,
    /// The address of a page, or the name of a file.
    pub location: String,
    /// Its title.
    pub title: String,
}

/// Writes a question.
pub async fn create(
    scope: &Scope,
    tx: &Tx,
    id: EvaluationQuestionId,
    collection: &CollectionId,
    question: &str,
    expected: &[Expected],
    now: Timestamp,
) -> Result<()> {
    let collection = collections::find_writable(scope, tx.db(), collection).await?;
    let row = QuestionRow {
        id: id.clone(),
        organisation_id: scope.organisation().clone(),
        collection_id: collection.id,
        question: question.to_owned(),
        search_key: key_of(question),
        version: 1,
        created_at: now,
    };
    row::insert(tx.db(), row).await?;
    insert_expected(scope, tx, &id, expected).await
}

/// Writes a question anew. What runs gave for it is forgotten: it was another question.
pub async fn update(
    scope: &Scope,
    tx: &Tx,
    id: &EvaluationQuestionId,
    question: &str,
    expected: &[Expected],
) -> Result<()> {
    let mut values: Vec<Value> =
        vec![id.as_str().into(), question.to_owned().store().into(), key_of(question).store().into()];
    let writable = writable(scope, "evaluation_questions", "collection_id", &mut values);
    let sql = format!(
        "UPDATE evaluation_questions SET question = $2, search_key = $3, version = version + 1 \
         WHERE id = $1 AND {writable}"
    );
    row::touched(tx.db().execute(&sql, values).await?)?;
    let organisation = scope.organisation().as_str();
    for table in ["evaluation_expected", "evaluation_results"] {
        let sql = format!("DELETE FROM {table} WHERE organisation_id = $1 AND question_id = $2");
        tx.db().execute(&sql, [organisation.into(), id.as_str().into()]).await?;
    }
    insert_expected(scope, tx, id, expected).await
}

async fn insert_expected(scope: &Scope, tx: &Tx, id: &EvaluationQuestionId, expected: &[Expected]) -> Result<()> {
    let rows = (0..).zip(expected).map(|(ordinal, expected)| ExpectedRow {
        question_id: id.clone(),
        ordinal,
        organisation_id: scope.organisation().clone(),
        location: expected.location.clone(),
        grade: expected.grade,
    });
    row::insert_many(tx.db(), rows.collect()).await
}

/// Removes a question with what runs gave for it.
pub async fn delete(scope: &Scope, tx: &Tx, collection: &CollectionId, id: &EvaluationQuestionId) -> Result<()> {
    let mut values: Vec<Value> = vec![collection.as_str().into(), id.as_str().into()];
    let writable = writable(scope, "evaluation_questions", "collection_id", &mut values);
    let sql = format!("DELETE FROM evaluation_questions WHERE collection_id = $1 AND id = $2 AND {writable}");
    row::touched(tx.db().execute(&sql, values).await?)
}

/// One question of a collection.
pub async fn find(scope: &Scope, db: Db<'_>, collection: &CollectionId, id: &EvaluationQuestionId) -> Result<Question> {
    let mut values: Vec<Value> = vec![collection.as_str().into(), id.as_str().into()];
    let writable = writable(scope, "evaluation_questions", "collection_id", &mut values);
    let sql = format!(
        "SELECT {} FROM evaluation_questions WHERE collection_id = $1 AND id = $2 AND {writable}",
        QuestionRow::COLUMNS
    );
    let row = row::one::<QuestionRow>(db.row(&sql, values).await?)?;
    let mut questions = with_expected(scope, db, vec![row]).await?;
    questions.pop().ok_or(crate::StoreError::NotFound)
}

/// Which questions belong to the source $1: those that expect one of its documents.
const EXPECT_OF_SOURCE: &str = "collection_id = (SELECT sources.collection_id FROM sources WHERE sources.id = $1) \
    AND EXISTS (SELECT 1 FROM evaluation_expected JOIN documents ON documents.source_id = $1 \
    AND documents.location_key = evaluation_expected.location \
    AND documents.organisation_id = evaluation_expected.organisation_id \
    WHERE evaluation_expected.question_id = evaluation_questions.id \
    AND evaluation_expected.organisation_id = evaluation_questions.organisation_id)";

/// The questions of a collection, newest first, in pages.
pub async fn list(
    scope: &Scope,
    db: Db<'_>,
    collection: &CollectionId,
    request: &PageRequest,
) -> Result<Page<Question>> {
    list_where(scope, db, "collection_id = $1", collection.as_str(), request).await
}

/// The questions that expect a document of a source, newest first, in pages.
pub async fn list_of_source(
    scope: &Scope,
    db: Db<'_>,
    source: &SourceId,
    request: &PageRequest,
) -> Result<Page<Question>> {
    list_where(scope, db, EXPECT_OF_SOURCE, source.as_str(), request).await
}

/// The ids of the questions that expect a document of a source.
pub async fn list_ids_of_source(scope: &Scope, db: Db<'_>, source: &SourceId) -> Result<Vec<EvaluationQuestionId>> {
    let mut values: Vec<Value> = vec![source.as_str().into()];
    let writable = writable(scope, "evaluation_questions", "collection_id", &mut values);
    let sql = format!("SELECT id FROM evaluation_questions WHERE {EXPECT_OF_SOURCE} AND {writable} ORDER BY id");
    db.rows(&sql, values).await?.iter().map(|found| value(found, "id")).collect()
}

/// The questions for which a condition on $1 holds, newest first, in pages.
async fn list_where(
    scope: &Scope,
    db: Db<'_>,
    condition: &str,
    id: &str,
    request: &PageRequest,
) -> Result<Page<Question>> {
    let limit = paging::limit(request)?;
    let mut values: Vec<Value> = vec![id.into()];
    let writable = writable(scope, "evaluation_questions", "collection_id", &mut values);
    let mut sql = format!("SELECT {} FROM evaluation_questions WHERE {condition} AND {writable}", QuestionRow::COLUMNS);
    if let Some(query) = request.query.as_deref().filter(|query| !query.trim().is_empty()) {
        values.push(pattern(query).into());
        sql.push_str(&format!(" AND search_key LIKE ${} ESCAPE '\\'", values.len()));
    }
    if let Some((_, id)) = paging::place(request.page_token.as_deref())? {
        values.push(id.into());
        sql.push_str(&format!(" AND id < ${}", values.len()));
    }
    sql.push_str(&format!(" ORDER BY id DESC LIMIT {}", limit + 1));
    let rows = row::all::<QuestionRow>(&db.rows(&sql, values).await?)?;
    let page = paging::page(rows, limit, |row| (String::new(), row.id.as_str().to_owned()));
    Ok(Page { items: with_expected(scope, db, page.items).await?, next_page_token: page.next_page_token })
}

/// Every question of a collection, oldest first. For a run, an export and an import.
pub async fn list_all(scope: &Scope, db: Db<'_>, collection: &CollectionId) -> Result<Vec<Question>> {
    let mut values: Vec<Value> = vec![collection.as_str().into()];
    let writable = writable(scope, "evaluation_questions", "collection_id", &mut values);
    let sql = format!(
        "SELECT {} FROM evaluation_questions WHERE collection_id = $1 AND {writable} ORDER BY id",
        QuestionRow::COLUMNS
    );
    let rows = row::all::<QuestionRow>(&db.rows(&sql, values).await?)?;
    with_expected(scope, db, rows).await
}

/// How many questions a collection has.
pub async fn count(scope: &Scope, db: Db<'_>, collection: &CollectionId) -> Result<u64> {
    let mut values: Vec<Value> = vec![collection.as_str().into()];
    let writable = writable(scope, "evaluation_questions", "collection_id", &mut values);
    let sql = format!("SELECT COUNT(*) AS total FROM evaluation_questions WHERE collection_id = $1 AND {writable}");
    db.row(&sql, values).await?.map_or(Ok(0), |found| value(&found, "total"))
}

/// Where every document of a collection is.
pub async fn list_locations(scope: &Scope, db: Db<'_>, collection: &CollectionId) -> Result<Vec<Located>> {
    let mut values: Vec<Value> = vec![collection.as_str().into()];
    let writable = writable(scope, "documents", "collection_id", &mut values);
    let sql = format!("SELECT id, location, title FROM documents WHERE collection_id = $1 AND {writable} ORDER BY id");
    db.rows(&sql, values).await?.iter().map(located).collect()
}

/// The documents of a collection that are at one of these locations, oldest first.
pub async fn locate(scope: &Scope, db: Db<'_>, collection: &CollectionId, locations: &[&str]) -> Result<Vec<Located>> {
    let mut there = Vec::new();
    for locations in locations.chunks(500) {
        let mut values: Vec<Value> = vec![collection.as_str().into()];
        values.extend(locations.iter().map(|location| Value::from(*location)));
        let list = placeholders(2, locations.len());
        let writable = writable(scope, "documents", "collection_id", &mut values);
        let sql = format!(
            "SELECT id, location, title FROM documents WHERE collection_id = $1 AND location_key IN ({list}) \
             AND {writable} ORDER BY id"
        );
        for found in db.rows(&sql, values).await? {
            there.push(located(&found)?);
        }
    }
    Ok(there)
}

/// What people see of expected documents: which document of the collection is where each says. Where several are (of
/// several sources), the oldest.
pub async fn resolve(
    scope: &Scope,
    db: Db<'_>,
    collection: &CollectionId,
    questions: &[Question],
) -> Result<HashMap<EvaluationQuestionId, Vec<ExpectedDocument>>> {
    let mut locations: Vec<&str> =
        questions.iter().flat_map(|it| &it.expected).map(|it| it.location.as_str()).collect();
    locations.sort_unstable();
    locations.dedup();
    let mut there: HashMap<String, Located> = HashMap::new();
    for located in locate(scope, db, collection, &locations).await? {
        there.entry(located.location.clone()).or_insert(located);
    }
    let seen = |expected: &Expected| {
        let located = there.get(&expected.location);
        let title = located.map(|it| it.title.clone()).filter(|title| !title.is_empty());
        ExpectedDocument {
            location: expected.location.clone(),
            grade: expected.grade,
            document: located.map(|it| it.document.clone()),
            title: title.unwrap_or_else(|| expected.location.clone()),
        }
    };
    let resolved = questions.iter().map(|it| (it.row.id.clone(), it.expected.iter().map(seen).collect()));
    Ok(resolved.collect())
}

fn located(found: &sea_orm::QueryResult) -> Result<Located> {
    Ok(Located { document: value(found, "id")?, location: value(found, "location")?, title: value(found, "title")? })
}

/// The caller has made sure that the scope's person sees the questions.
async fn with_expected(scope: &Scope, db: Db<'_>, rows: Vec<QuestionRow>) -> Result<Vec<Question>> {
    let mut expected: HashMap<EvaluationQuestionId, Vec<Expected>> = HashMap::new();
    for rows in rows.chunks(500) {
        let sql = format!(
            "SELECT {} FROM evaluation_expected WHERE organisation_id = $1 AND question_id IN ({}) \
             ORDER BY question_id, ordinal",
            ExpectedRow::COLUMNS,
            placeholders(2, rows.len())
        );
        let mut values: Vec<Value> = vec![scope.organisation().as_str().into()];
        values.extend(rows.iter().map(|row| Value::from(row.id.as_str())));
        for row in row::all::<ExpectedRow>(&db.rows(&sql, values).await?)? {
            let one = Expected { location: row.location, grade: row.grade };
            expected.entry(row.question_id).or_default().push(one);
        }
    }
    let whole = rows.into_iter().map(|row| Question { expected: expected.remove(&row.id).unwrap_or_default(), row });
    Ok(whole.collect())
}
