//! Whether both indexes hold what the database says, document by document, also while a server works on them.

use std::{collections::HashSet, time::Duration};

use hammock_contract::{ApiError, DocumentId};
use hammock_retrieval::{IndexError, VectorSpace};
use hammock_store::{
    chunks,
    embedding_models::{self, EmbeddingRole},
    maintenance, next_vectors, revisions,
};

use super::{DoctorReport, Severity, counted};
use crate::{
    Hammock, Result,
    embedding::settling::space_of,
    error::from_store,
    knowledge::{
        jobs::{INDEX_EDITS, edited_document},
        repairing::Difference,
    },
};

/// What the operator does where vectors are missing and there is a model.
const VECTOR_ADVICE: &str =
    "`hammock serve` makes them in the background; `hammock reindex` makes both indexes anew at once";

/// How often is looked again at what differs: what a server is about to write differs for a moment only.
const LOOKS: u32 = 4;
const BETWEEN_LOOKS: Duration = Duration::from_millis(700);

/// What the operator does where an index does not hold what it should.
const REINDEX: &str = "run `hammock reindex`";

/// Why an index could not be compared.
enum Unread {
    /// It cannot be read itself: it is damaged.
    Index(IndexError),
    /// Something else failed.
    Other(ApiError),
}

impl From<IndexError> for Unread {
    fn from(error: IndexError) -> Self {
        Self::Index(error)
    }
}

impl From<ApiError> for Unread {
    fn from(error: ApiError) -> Self {
        Self::Other(error)
    }
}

/// An index beside the database.
struct Compared {
    /// How many chunks the index should hold.
    chunks: usize,
    /// How many have no vector yet.
    waiting: usize,
    difference: Difference,
}

impl Hammock {
    pub(super) async fn verify_index(&self, report: &mut DoctorReport) -> Result<()> {
        let text = look_again(|| self.compare_text()).await;
        self.report(report, "keyword index", text).await?;
        let Some(space) = self.0.embedding.space() else { return Ok(()) };
        let vectors = look_again(|| self.compare_vectors(&space)).await;
        self.report(report, "vector index", vectors).await?;
        let known = embedding_models::list(self.store().read()).await.map_err(from_store)?;
        let Some(next) = known.iter().find(|model| model.role == EmbeddingRole::Next) else { return Ok(()) };
        let next = space_of(next);
        let vectors = look_again(|| self.compare_next_vectors(&next)).await;
        self.report(report, "vector index of the next model", vectors).await
    }

    /// Vectors that are still to be made are no difference here: another part of the report counts them.
    async fn compare_next_vectors(&self, space: &VectorSpace) -> Result<Compared, Unread> {
        let should = next_vectors::list_embedded(self.store().read()).await.map_err(from_store)?;
        let has = self.0.index.list_vectors(space).await?;
        Ok(Compared { chunks: should.len(), waiting: 0, difference: Difference::between(should, has) })
    }

    async fn compare_text(&self) -> Result<Compared, Unread> {
        let should = chunks::list_answering(self.store().read()).await.map_err(from_store)?;
        let has = self.0.index.list_text().await?;
        Ok(Compared { chunks: should.len(), waiting: 0, difference: Difference::between(should, has) })
    }

    async fn compare_vectors(&self, space: &VectorSpace) -> Result<Compared, Unread> {
        let db = self.store().read();
        let should = chunks::list_embedded(db, &space.model).await.map_err(from_store)?;
        let has = self.0.index.list_vectors(space).await?;
        let waiting = chunks::count_waiting(db, &space.model).await.map_err(from_store)?;
        Ok(Compared {
            chunks: should.len(),
            waiting: usize::try_from(waiting).unwrap_or(usize::MAX),
            difference: Difference::between(should, has),
        })
    }

    async fn report(&self, report: &mut DoctorReport, subject: &str, compared: Result<Compared, Unread>) -> Result<()> {
        let Compared { chunks, waiting, mut difference } = match compared {
            Ok(compared) => compared,
            Err(Unread::Index(error)) => {
                report.add(subject, Severity::Problem, format!("cannot be read: {error}"), REINDEX);
                return Ok(());
            }
            Err(Unread::Other(error)) => return Err(error),
        };
        let deleted = self.take_deleted(&mut difference).await?;
        if deleted > 0 {
            let found = format!("still to be removed, as it was deleted: {}", counted(deleted, "chunk"));
            report.add(subject, Severity::Notice, found, "`hammock serve` removes them in the background");
        }
        let edited = self.take_edited(&mut difference).await?;
        if edited > 0 {
            let found = format!("still to be brought up to date, as it was edited: {}", counted(edited, "chunk"));
            report.add(subject, Severity::Notice, found, "`hammock serve` does that in the background");
        }
        if !difference.is_empty() {
            report_difference(report, subject, &difference);
        } else if waiting > 0 {
            let all = counted(chunks.saturating_add(waiting), "chunk");
            let found = format!("{waiting} of {all} have no vector yet: search by meaning does not find them");
            report.add(subject, Severity::Notice, found, VECTOR_ADVICE);
        } else if deleted == 0 && edited == 0 {
            report.add(subject, Severity::Fine, format!("equal to the database: {}", counted(chunks, "chunk")), "");
        }
        Ok(())
    }

    /// Takes out of a difference what belongs to documents that were deleted, or answer no more, while their removal from the
    /// indexes waits; how many chunks.
    async fn take_deleted(&self, difference: &mut Difference) -> Result<usize> {
        if difference.surplus.is_empty()
            || maintenance::count_removals(self.store().read()).await.map_err(from_store)? == 0
        {
            return Ok(0);
        }
        let documents: Vec<DocumentId> = difference.documents().into_iter().collect();
        let there = revisions::numbers(self.store().read(), &documents).await.map_err(from_store)?;
        let before = difference.surplus.len();
        difference.surplus.retain(|(document, ..)| there.get(document).is_some_and(|numbers| numbers.kept().is_some()));
        Ok(before - difference.surplus.len())
    }

    /// Takes out of a difference what belongs to documents whose chunks were edited or switched, while that waits to be
    /// brought into the indexes; how many chunks. One that was edited is missing under its new id and too many under the old.
    async fn take_edited(&self, difference: &mut Difference) -> Result<usize> {
        if difference.is_empty() {
            return Ok(0);
        }
        let waiting = maintenance::list_unfinished(self.store().read(), INDEX_EDITS).await.map_err(from_store)?;
        let documents: HashSet<DocumentId> = waiting.iter().filter_map(edited_document).collect();
        let (missing, surplus) = (difference.missing.len(), difference.surplus.len());
        difference.missing.retain(|(document, ..)| !documents.contains(document));
        difference.surplus.retain(|(document, ..)| !documents.contains(document));
        Ok((missing - difference.missing.len()).max(surplus - difference.surplus.len()))
    }
}

impl Compared {
    /// What another look makes of it: only what differed both times differs.
    fn again(self, now: Self) -> Self {
        Self { difference: self.difference.and_again(now.difference), ..now }
    }
}

/// Looks until nothing differs, or often enough to believe what differs every time.
async fn look_again<F, L>(look: F) -> Result<Compared, Unread>
where
    F: Fn() -> L + Send,
    L: Future<Output = Result<Compared, Unread>> + Send,
{
    let mut compared = look().await?;
    for _ in 0..LOOKS {
        if compared.difference.is_empty() {
            break;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
        compared = compared.again(look().await?);
    }
    Ok(compared)
}

fn report_difference(report: &mut DoctorReport, subject: &str, difference: &Difference) {
    let documents = difference.documents();
    let names: Vec<&str> = documents.iter().take(5).map(|id| id.as_str()).collect();
    report.add(
        subject,
        Severity::Problem,
        format!(
            "{} missing and {} too many, in {}: {}{}",
            counted(difference.missing.len(), "chunk"),
            difference.surplus.len(),
            counted(documents.len(), "document"),
            names.join(", "),
            if documents.len() > names.len() { ", …" } else { "" }
        ),
        REINDEX,
    );
}
