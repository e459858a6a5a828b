//! Where the documents of a collection come from.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use hammock_contract::{
    ApiError, CollectionId, DocumentId, ErrorCode, SourceId, Timestamp,
    crawl::CrawlTrigger,
    document::DocumentState,
    job::JobProgress,
    source::{NewSource, Source, SourceKind, SourceState},
    user::Role,
};
use hammock_store::{Scope, StoreError, Tx, audit, documents, jobs as queue, processing, sources};
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use crate::{
    Hammock, Result,
    error::{from_store, taken},
    knowledge::jobs,
    validate,
};

/// The crawls that go on in this process, to stop them at once.
#[derive(Default)]
pub(crate) struct RunningCrawls(Arc<Mutex<HashMap<SourceId, CancellationToken>>>);

/// Takes a crawl off the list when dropped.
pub(crate) struct RunningCrawl {
    crawls: Arc<Mutex<HashMap<SourceId, CancellationToken>>>,
    source: SourceId,
}

impl RunningCrawls {
    /// Notes that a crawl goes on.
    pub fn begin(&self, source: &SourceId, stop: CancellationToken) -> RunningCrawl {
        self.0.lock().insert(source.clone(), stop);
        RunningCrawl { crawls: self.0.clone(), source: source.clone() }
    }

    fn stop(&self, source: &SourceId) {
        if let Some(stop) = self.0.lock().get(source) {
            stop.cancel();
        }
    }
}

impl Drop for RunningCrawl {
    fn drop(&mut self) {
        self.crawls.lock().remove(&self.source);
    }
}

impl Hammock {
    /// The sources of a collection.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn list_sources(&self, scope: &Scope, collection: &CollectionId) -> Result<Vec<Source>> {
        self.find_collection(scope, collection).await?;
        sources::list(scope, self.store().read(), collection, self.now()).await.map_err(from_store)
    }

    /// One source.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn find_source(&self, scope: &Scope, id: &SourceId) -> Result<Source> {
        sources::find(scope, self.store().read(), id, self.now()).await.map_err(from_store)
    }

    /// Makes a source; a website begins to be crawled at once.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `invalid_field`, `invalid_url`, `forbidden_address`,
    /// `host_not_listed`, `name_taken`.
    pub async fn create_source(&self, scope: &Scope, collection: &CollectionId, new: NewSource) -> Result<Source> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.refuse_read_only(scope, collection).await?;
        let kind = match new.kind {
            SourceKind::Upload => SourceKind::Upload,
            SourceKind::Website(settings) => SourceKind::Website(self.checked_website(scope, settings).await?),
        };
        let given = validate::name("name", &new.name, 0, 120)?;
        let description = validate::block("description", &new.description, 500)?;
        let (id, now) = (SourceId::new(), self.now());
        let tx = self.store().begin().await.map_err(from_store)?;
        let name = if given.is_empty() {
            let taken = sources::list(scope, tx.db(), collection, now).await.map_err(from_store)?;
            let taken: HashSet<String> = taken.iter().map(|source| validate::key(&source.name)).collect();
            free_name(&kind, |name| !taken.contains(&validate::key(name)))
        } else {
            given
        };
        let is_website = matches!(kind, SourceKind::Website(_));
        sources::create(scope, &tx, id.clone(), collection, &name, kind, now).await.map_err(taken(&name))?;
        if !description.is_empty() {
            sources::describe(scope, &tx, &id, &description).await.map_err(from_store)?;
        }
        if is_website {
            begin_crawl(scope, &tx, &id, CrawlTrigger::Person, now).await?;
        }
        let detail = serde_json::json!({ "name": name, "description": description, "collection": collection });
        audit::record(scope, &tx, "source.create", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.0.work.notify_one();
        self.find_source(scope, &id).await
    }

    /// Deletes a source with its documents, from the database at once and from both indexes by a job.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`.
    pub async fn delete_source(&self, scope: &Scope, id: &SourceId) -> Result<()> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let row = self.writable_source(scope, id).await?;
        self.0.crawls.stop(id);
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        queue::cancel(scope, &tx, id.as_str(), now).await.map_err(from_store)?;
        let gone = documents::list_of_source(scope, tx.db(), id).await.map_err(from_store)?;
        sources::delete(scope, &tx, id).await.map_err(from_store)?;
        queue::forget_ended(scope, &tx, id.as_str()).await.map_err(from_store)?;
        let gone = gone.into_iter().map(|document| (document.id, document.file_key)).collect();
        jobs::remove_documents(scope, &tx, gone, now).await?;
        let detail = serde_json::json!({ "name": row.name });
        audit::record(scope, &tx, "source.delete", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.0.work.notify_one();
        Ok(())
    }

    /// Crawls a website again, or reads every file again. A crawl that was stopped within the last day goes on.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `busy` when that is going on.
    pub async fn refresh_source(&self, scope: &Scope, id: &SourceId) -> Result<Source> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let row = self.writable_source(scope, id).await?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        match row.kind {
            SourceKind::Website(_) => {
                if !queue::list_active(scope, tx.db(), id.as_str()).await.map_err(from_store)?.is_empty() {
                    return Err(ApiError::new(ErrorCode::Busy, "this source is being read already"));
                }
                begin_crawl(scope, &tx, id, CrawlTrigger::Person, now).await?;
            }
            SourceKind::Upload => {
                for document in documents::list_of_source(scope, tx.db(), id).await.map_err(from_store)? {
                    documents::set_state(scope, &tx, &document.id, DocumentState::Processing, None)
                        .await
                        .map_err(from_store)?;
                    jobs::read_document(scope, &tx, id, &document.id, now).await?;
                }
                self.follow_documents(scope, &tx, id).await?;
            }
        }
        audit::record(scope, &tx, "source.refresh", id.as_str(), serde_json::Value::Null, now)
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.0.work.notify_one();
        self.find_source(scope, id).await
    }

    /// Stops the work on a source; what was read until then stays.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`.
    pub async fn stop_source(&self, scope: &Scope, id: &SourceId) -> Result<Source> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let row = self.writable_source(scope, id).await?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let active = queue::list_active(scope, tx.db(), id.as_str()).await.map_err(from_store)?;
        queue::cancel(scope, &tx, id.as_str(), now).await.map_err(from_store)?;
        let (going_on, queued): (Vec<_>, Vec<_>) =
            active.into_iter().partition(|job| job.state == queue::JobState::Running);
        if matches!(row.kind, SourceKind::Upload) {
            let read: Vec<DocumentId> = going_on.iter().filter_map(jobs::document_of).collect();
            let waiting = documents::list_of_source(scope, tx.db(), id).await.map_err(from_store)?;
            let waiting: Vec<DocumentId> =
                waiting.into_iter().map(|document| document.id).filter(|document| !read.contains(document)).collect();
            self.stop_reading(scope, &tx, id, &waiting).await?;
        } else {
            // Pages that are read by themselves have jobs of their own.
            let pages: Vec<DocumentId> = queued.iter().filter_map(jobs::document_of).collect();
            self.stop_reading(scope, &tx, id, &pages).await?;
            let is_crawl = |job: &queue::JobRow| jobs::document_of(job).is_none();
            if going_on.is_empty() || (queued.iter().any(is_crawl) && !going_on.iter().any(is_crawl)) {
                self.crawl_stopped(scope, &tx, id).await?;
            }
        }
        audit::record(scope, &tx, "source.stop", id.as_str(), serde_json::Value::Null, now)
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.0.crawls.stop(id);
        self.find_source(scope, id).await
    }

    /// Documents that wait are not to be read any more.
    pub(crate) async fn stop_reading(
        &self,
        scope: &Scope,
        tx: &Tx,
        id: &SourceId,
        waiting: &[DocumentId],
    ) -> Result<()> {
        let reason =
            ApiError::new(ErrorCode::Stopped, "the reading was stopped; read the document again if you want it");
        let embedding = self.0.embedding.will_embed();
        processing::stop(scope, tx, waiting, embedding, &reason).await.map_err(from_store)?;
        self.follow_documents(scope, tx, id).await
    }

    /// Brings the state of a source in line with its documents that are read one by one: it works while one waits. A crawl
    /// says itself how far it is.
    pub(crate) async fn follow_documents(&self, scope: &Scope, tx: &Tx, id: &SourceId) -> Result<()> {
        let row = match sources::find_writable(scope, tx.db(), id).await {
            Ok(row) => row,
            Err(StoreError::NotFound) => return Ok(()),
            Err(error) => return Err(from_store(error)),
        };
        if !matches!(row.kind, SourceKind::Upload) {
            return Ok(());
        }
        let (total, processing) = processing::count(scope, tx.db(), id).await.map_err(from_store)?;
        if processing == 0 {
            return sources::finish_work(scope, tx, id, SourceState::Ready, None, self.now()).await.map_err(from_store);
        }
        let progress = JobProgress {
            stage: "reading".to_owned(),
            done: total.saturating_sub(processing),
            total: Some(total),
            current: None,
        };
        sources::start_work(scope, tx, id, &progress).await.map_err(from_store)
    }

    /// Stops the work on every source of a collection and forgets what has ended, before it is deleted.
    pub(crate) async fn stop_crawls_of(&self, scope: &Scope, collection: &CollectionId) -> Result<()> {
        let ids = sources::list_ids_of_collection(scope, self.store().read(), collection).await.map_err(from_store)?;
        for source in ids {
            self.0.crawls.stop(&source);
            let tx = self.store().begin().await.map_err(from_store)?;
            queue::cancel(scope, &tx, source.as_str(), self.now()).await.map_err(from_store)?;
            queue::forget_ended(scope, &tx, source.as_str()).await.map_err(from_store)?;
            tx.commit().await.map_err(from_store)?;
        }
        Ok(())
    }

    pub(crate) async fn writable_source(&self, scope: &Scope, id: &SourceId) -> Result<sources::SourceRow> {
        let row = sources::find_row(scope, self.store().read(), id).await.map_err(from_store)?;
        self.refuse_read_only(scope, &row.collection_id).await?;
        Ok(row)
    }
}

/// Asks for a crawl, unless one waits or goes on.
pub(crate) async fn begin_crawl(
    scope: &Scope,
    tx: &Tx,
    id: &SourceId,
    trigger: CrawlTrigger,
    now: Timestamp,
) -> Result<()> {
    let progress = JobProgress::at("waiting");
    sources::start_work(scope, tx, id, &progress).await.map_err(from_store)?;
    jobs::crawl_source(scope, tx, id, trigger, now).await
}

/// A name for a source that was given none: the host of a website, with its path where the host alone is not free, then
/// with a number.
fn free_name(kind: &SourceKind, is_free: impl Fn(&str) -> bool) -> String {
    let (name, longer) = match kind {
        SourceKind::Upload => ("Uploaded files".to_owned(), None),
        SourceKind::Website(settings) => match url::Url::parse(&settings.start_url) {
            Ok(url) => {
                // Leaves room for a number.
                let short = |text: &str| text.chars().take(110).collect::<String>();
                let host = url.host_str().unwrap_or("Website");
                let path = url.path().trim_end_matches('/');
                let longer = short(&format!("{host}{path}"));
                (short(host), Some(longer).filter(|_| !path.is_empty()))
            }
            Err(_) => ("Website".to_owned(), None),
        },
    };
    let plain = [Some(name.clone()), longer.clone()].into_iter().flatten();
    let base = longer.unwrap_or(name);
    plain.chain((2..).map(|number| format!("{base} ({number})"))).find(|name| is_free(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use hammock_contract::source::WebsiteSettings;

    use super::*;

    #[test]
    fn a_source_without_a_name_gets_one_that_is_free() {
        let website = |start_url: &str| SourceKind::Website(WebsiteSettings::of(start_url));
        let named = |kind: &SourceKind, taken: &[&str]| free_name(kind, |name| !taken.contains(&name));
        let help = website("https://example.org/help/");
        assert_eq!(named(&help, &[]), "example.org");
        assert_eq!(named(&help, &["example.org"]), "example.org/help");
        assert_eq!(named(&help, &["example.org", "example.org/help"]), "example.org/help (2)");
        assert_eq!(named(&website("https://example.org/"), &["example.org"]), "example.org (2)");
        let long = website(&format!("https://{}.example.org/", ["a".repeat(60).as_str(); 3].join(".")));
        let cut = named(&long, &[]);
        assert_eq!((cut.len(), named(&long, &[cut.as_str()])), (110, format!("{cut} (2)")));
        assert_eq!(named(&SourceKind::Upload, &["Uploaded files", "Uploaded files (2)"]), "Uploaded files (3)");
    }
}
