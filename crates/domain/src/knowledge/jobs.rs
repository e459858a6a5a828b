//! The background work on knowledge: each kind is its own payload, and can be done twice without harm.

use hammock_contract::{ChunkId, CollectionId, DocumentId, EvaluationRunId, SourceId, Timestamp, crawl::CrawlTrigger};
use hammock_store::{Scope, Tx, jobs};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Result, error::from_store};

/// How often reading is tried. A restart of the server counts as a try, so this is generous.
const ATTEMPTS: u32 = 20;

/// The kind of the jobs that bring changed chunks into the indexes.
pub(crate) const INDEX_EDITS: &str = "index_edits";

/// The kind of the jobs that fill the fields of metadata.
pub(crate) const FILL_METADATA: &str = "fill_metadata";

/// One piece of background work.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Work {
    /// Read an uploaded file, or fetch a page again.
    ReadDocument { document: DocumentId },
    /// Crawl a website.
    CrawlSource {
        source: SourceId,
        /// Jobs of earlier versions were people's.
        #[serde(default = "by_person")]
        trigger: CrawlTrigger,
        /// These pages alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pages: Option<Vec<PartPage>>,
    },
    /// Remove documents that are no longer in the database, or answer no more with what they said, from the indexes, with
    /// their originals.
    RemoveDocuments { documents: Vec<(DocumentId, Option<String>)> },
    /// Remove a collection that is no longer in the database from the indexes, with its originals.
    RemoveCollection { collection: CollectionId },
    /// Bring the changed chunks of a document into the indexes, which forget the ids that these had.
    IndexEdits { document: DocumentId, gone: Vec<ChunkId> },
    /// Ask the questions of a collection.
    Evaluate { run: EvaluationRunId },
    /// Fill the fields of a collection for the documents that are there.
    FillMetadata { collection: CollectionId },
}

/// A page that is to be looked at by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartPage {
    /// Its address.
    pub address: String,
    /// Whether the sitemap lists it.
    pub listed: bool,
}

const fn by_person() -> CrawlTrigger {
    CrawlTrigger::Person
}

impl Work {
    /// The name by which the queue knows it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ReadDocument { .. } => "read_document",
            Self::CrawlSource { .. } => "crawl_source",
            Self::RemoveDocuments { .. } => "remove_documents",
            Self::RemoveCollection { .. } => "remove_collection",
            Self::IndexEdits { .. } => INDEX_EDITS,
            Self::Evaluate { .. } => "evaluate",
            Self::FillMetadata { .. } => FILL_METADATA,
        }
    }
}

/// How far a piece of work came that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reached {
    /// There is nothing left of it to do.
    End,
    /// The server stops, and whoever takes it next goes on with it.
    Part,
}

/// What a job is about. Of one that this version cannot read whole, as much as showing its end takes; nothing where not even that
/// can be read.
pub(crate) fn about(job: &jobs::JobRow) -> Option<Work> {
    if let Ok(work) = serde_json::from_value(job.payload.clone()) {
        return Some(work);
    }
    Some(match job.kind.as_str() {
        "read_document" => Work::ReadDocument { document: named(job, "document")? },
        "crawl_source" => Work::CrawlSource {
            source: named(job, "source")?,
            trigger: by_person(),
            // That there are some tells a part from the whole.
            pages: job.payload.get("pages").map(|_| Vec::new()),
        },
        "evaluate" => Work::Evaluate { run: named(job, "run")? },
        _ => return None,
    })
}

/// One value out of what a job is to do.
fn named<T: DeserializeOwned>(job: &jobs::JobRow, name: &str) -> Option<T> {
    serde_json::from_value(job.payload.get(name)?.clone()).ok()
}

/// The document that a job reads, if it reads one.
pub(crate) fn document_of(job: &jobs::JobRow) -> Option<DocumentId> {
    match serde_json::from_value(job.payload.clone()) {
        Ok(Work::ReadDocument { document }) => Some(document),
        _ => None,
    }
}

/// The document whose changed chunks a job brings into the indexes, if it does that.
pub(crate) fn edited_document(job: &jobs::JobRow) -> Option<DocumentId> {
    match serde_json::from_value(job.payload.clone()) {
        Ok(Work::IndexEdits { document, .. }) => Some(document),
        _ => None,
    }
}

/// Reads a document, unless that waits already.
pub(crate) async fn read_document(
    scope: &Scope,
    tx: &Tx,
    source: &SourceId,
    document: &DocumentId,
    now: Timestamp,
) -> Result<()> {
    let work = Work::ReadDocument { document: document.clone() };
    enqueue(scope, tx, &work, Some(source.as_str()), Some(format!("read:{document}")), ATTEMPTS, now).await
}

/// Crawls a website, unless that is going on already.
pub(crate) async fn crawl_source(
    scope: &Scope,
    tx: &Tx,
    source: &SourceId,
    trigger: CrawlTrigger,
    now: Timestamp,
) -> Result<()> {
    let work = Work::CrawlSource { source: source.clone(), trigger, pages: None };
    enqueue(scope, tx, &work, Some(source.as_str()), Some(crawl_key(source)), ATTEMPTS, now).await
}

/// Looks at some pages of a website that its sitemap names. Whether nothing else was going on.
pub(crate) async fn crawl_part(
    scope: &Scope,
    tx: &Tx,
    source: &SourceId,
    pages: Vec<PartPage>,
    now: Timestamp,
) -> Result<bool> {
    let work = Work::CrawlSource { source: source.clone(), trigger: CrawlTrigger::Sitemap, pages: Some(pages) };
    let new = new_job(&work, Some(source.as_str()), Some(crawl_key(source)), ATTEMPTS)?;
    jobs::enqueue(scope, tx, new, now).await.map(|id| id.is_some()).map_err(from_store)
}

/// The key that keeps one source from being crawled twice at once.
pub(crate) fn crawl_key(source: &SourceId) -> String {
    format!("crawl:{source}")
}

/// Removes documents from the indexes.
pub(crate) async fn remove_documents(
    scope: &Scope,
    tx: &Tx,
    documents: Vec<(DocumentId, Option<String>)>,
    now: Timestamp,
) -> Result<()> {
    if documents.is_empty() {
        return Ok(());
    }
    enqueue(scope, tx, &Work::RemoveDocuments { documents }, None, None, 20, now).await
}

/// Removes a collection from the indexes.
pub(crate) async fn remove_collection(scope: &Scope, tx: &Tx, collection: &CollectionId, now: Timestamp) -> Result<()> {
    enqueue(scope, tx, &Work::RemoveCollection { collection: collection.clone() }, None, None, 20, now).await
}

/// Brings changed chunks into the indexes. One job for every change: one that runs already may have read what was before.
pub(crate) async fn index_edits(
    scope: &Scope,
    tx: &Tx,
    document: &DocumentId,
    gone: Vec<ChunkId>,
    now: Timestamp,
) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    enqueue(scope, tx, &Work::IndexEdits { document: document.clone(), gone }, None, None, ATTEMPTS, now).await
}

/// Asks the questions of a collection. Whether it was free: one run of a collection goes on at a time, so of two that come
/// after the same one the second is refused. The job of a run that was stopped may need a moment to notice, and holds up
/// nobody.
pub(crate) async fn evaluate(
    scope: &Scope,
    tx: &Tx,
    collection: &CollectionId,
    run: &EvaluationRunId,
    after: Option<&EvaluationRunId>,
    now: Timestamp,
) -> Result<bool> {
    let work = Work::Evaluate { run: run.clone() };
    let key = match after {
        Some(after) => format!("evaluate:{collection}:{after}"),
        None => format!("evaluate:{collection}"),
    };
    let new = new_job(&work, Some(run.as_str()), Some(key), ATTEMPTS)?;
    jobs::enqueue(scope, tx, new, now).await.map(|id| id.is_some()).map_err(from_store)
}

/// Fills the fields of a collection for the documents that are there. One job for every change: one that runs already may have
/// passed documents by.
pub(crate) async fn fill_metadata(scope: &Scope, tx: &Tx, collection: &CollectionId, now: Timestamp) -> Result<()> {
    let work = Work::FillMetadata { collection: collection.clone() };
    enqueue(scope, tx, &work, Some(collection.as_str()), None, ATTEMPTS, now).await
}

async fn enqueue(
    scope: &Scope,
    tx: &Tx,
    work: &Work,
    subject: Option<&str>,
    active_key: Option<String>,
    max_attempts: u32,
    now: Timestamp,
) -> Result<()> {
    let job = new_job(work, subject, active_key, max_attempts)?;
    jobs::enqueue(scope, tx, job, now).await.map(|_| ()).map_err(from_store)
}

fn new_job(work: &Work, subject: Option<&str>, active_key: Option<String>, max_attempts: u32) -> Result<jobs::NewJob> {
    Ok(jobs::NewJob {
        kind: work.kind().to_owned(),
        payload: serde_json::to_value(work).map_err(crate::internal)?,
        subject: subject.map(str::to_owned),
        key: active_key,
        priority: 0,
        run_at: None,
        max_attempts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crawl_of_an_earlier_version_is_a_persons() {
        let source = SourceId::new();
        let before = serde_json::json!({ "kind": "crawl_source", "source": source });
        let read: Work = serde_json::from_value(before).unwrap();
        let Work::CrawlSource { source: read, trigger: CrawlTrigger::Person, pages: None } = read else {
            panic!("{read:?}")
        };
        assert_eq!(read, source);
    }
}
