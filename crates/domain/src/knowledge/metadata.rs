//! Filling the fields of a collection for the documents that are there already, after a field was defined or changed. What a
//! document says to machines was kept when it was read; of one that an earlier version read, the kept original is looked
//! into once more. Neither its text nor its vectors are made anew.

use std::collections::HashMap;

use hammock_contract::{CollectionId, DocumentId, job::JobProgress, metadata::FoundMetadata};
use hammock_ingest::isolate::FileToParse;
use hammock_store::{
    Scope, StoreError, documents,
    jobs::{self as queue, JobRow},
    metadata_fields,
    metadata_values::{self as values, ReadMetadata},
};
use tokio_util::sync::CancellationToken;

use super::{files, jobs::Reached};
use crate::{Hammock, Result, error::from_store, metadata::reading::values_of, worker::LEASE};

/// Documents that are filled together.
const BATCH: usize = 100;

impl Hammock {
    /// Goes through all documents of a collection, to the end or until `stop`. Can be done twice.
    pub(crate) async fn fill_metadata(
        &self,
        scope: &Scope,
        collection: &CollectionId,
        job: &JobRow,
        stop: CancellationToken,
    ) -> Result<Reached> {
        let db = self.store().read();
        let ids = documents::list_ids_of_collection(scope, db, collection).await.map_err(from_store)?;
        let mut done = 0;
        for some in ids.chunks(BATCH) {
            if stop.is_cancelled() {
                return Ok(Reached::Part);
            }
            let known = values::find_found(scope, self.store().read(), some).await.map_err(from_store)?;
            let mut originals = HashMap::new();
            for document in some.iter().filter(|document| !known.contains_key(*document)) {
                originals.insert(document.clone(), self.look_into_original(scope, document).await?);
            }
            done += some.len() as u64;
            let tx = self.store().begin().await.map_err(from_store)?;
            // As the fields are now: they may have been changed again since the job began. And what the documents say now: they
            // may have been read again meanwhile.
            let fields =
                metadata_fields::list(scope, tx.db(), std::slice::from_ref(collection)).await.map_err(from_store)?;
            let mut found = values::find_found(scope, tx.db(), some).await.map_err(from_store)?;
            let read = some.iter().map(|document| {
                let found = found.remove(document).or_else(|| originals.remove(document)).unwrap_or_default();
                ReadMetadata { document: document.clone(), values: values_of(&fields, &found), found }
            });
            let read = read.collect();
            values::put_read(scope, &tx, read).await.map_err(from_store)?;
            if let Some(worker) = &job.leased_by {
                let progress = JobProgress { done, total: Some(ids.len() as u64), ..JobProgress::default() };
                queue::extend_lease(&tx, &job.id, worker, Some(&progress), LEASE, self.now())
                    .await
                    .map_err(from_store)?;
            }
            tx.commit().await.map_err(from_store)?;
        }
        Ok(Reached::End)
    }

    /// What a kept original says to machines. A page has none: what it says comes with its next reading.
    async fn look_into_original(&self, scope: &Scope, document: &DocumentId) -> Result<Vec<FoundMetadata>> {
        let row = match documents::find_writable(scope, self.store().read(), document).await {
            Ok(row) => row,
            // Deleted meanwhile.
            Err(StoreError::NotFound) => return Ok(Vec::new()),
            Err(error) => return Err(from_store(error)),
        };
        let Some(key) = row.file_key.filter(|_| row.revision > 0 && may_say_something(&row.media_type)) else {
            return Ok(Vec::new());
        };
        // An original that is gone or broken says nothing, which is no reason to leave the others.
        let Ok(bytes) = tokio::fs::read(files::path(&self.settings().data_dir, &key)).await else {
            return Ok(Vec::new());
        };
        let file = FileToParse { file_name: row.location, media_type: Some(row.media_type), bytes: bytes.into() };
        Ok(self.0.parser.parse(file).await.map(|parsed| parsed.metadata).unwrap_or_default())
    }
}

/// Whether files of this type say anything to machines that is read.
fn may_say_something(media_type: &str) -> bool {
    ["markdown", "html", "csv", "spreadsheet", "ms-excel"].iter().any(|part| media_type.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_some_files_are_looked_into() {
        for media_type in ["text/markdown", "text/html", "text/csv", "application/vnd.ms-excel"] {
            assert!(may_say_something(media_type), "{media_type}");
        }
        assert!(!may_say_something("application/pdf") && !may_say_something("text/plain"));
    }
}
