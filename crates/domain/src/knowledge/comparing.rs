//! What was read of a page, beside what answers of it.

use hammock_ingest::{chunk::ChunkSpan, parse::ParsedDocument};
use hammock_store::{Scope, StoreError, documents, revisions};

use super::{changes::Change, pages::Known, pipeline};
use crate::{
    Hammock, Result,
    error::{from_store, internal},
};

/// What was read, beside what answers.
pub(super) struct Compared {
    pub parsed: ParsedDocument,
    pub spans: Vec<ChunkSpan>,
    pub text_hash: String,
    pub change: Change,
}

/// Compares what was read with what is `known` to answer. What is the same need not be cut.
pub(super) async fn compare_and_cut(
    hammock: &Hammock,
    scope: &Scope,
    known: Option<&Known>,
    file_name: String,
    parsed: ParsedDocument,
) -> Result<Compared> {
    let hashing = tokio::task::spawn_blocking(move || {
        let hash = pipeline::text_hash(&file_name, &parsed.title, parsed.language.as_deref(), &parsed.text);
        (parsed, file_name, hash)
    });
    let (parsed, file_name, text_hash) = hashing.await.map_err(internal)?;
    let before = match known {
        Some(known) if known.text_hash == text_hash => Before::Same,
        Some(known) => text_before(hammock, scope, known, &file_name, &text_hash).await?,
        None => Before::Nothing,
    };
    if matches!(before, Before::Same) {
        return Ok(Compared { parsed, spans: Vec::new(), text_hash, change: Change::None });
    }
    let sizer = hammock.0.embedding.settled_sizer().await;
    let cutting = tokio::task::spawn_blocking(move || {
        let change = match before {
            Before::Text(before) => Change::between(&before, &parsed.text),
            Before::Same | Before::Nothing => Change::Usual,
        };
        let spans = pipeline::cut(&parsed, &sizer);
        Compared { parsed, spans, text_hash, change }
    });
    cutting.await.map_err(internal)
}

/// What answered before.
enum Before {
    Nothing,
    Same,
    Text(String),
}

/// The text that answers, where it is not the one of a hash.
async fn text_before(
    hammock: &Hammock,
    scope: &Scope,
    known: &Known,
    file_name: &str,
    text_hash: &str,
) -> Result<Before> {
    let db = hammock.store().read();
    let text = match revisions::find(scope, db, &known.id, known.revision).await {
        Ok(revision) => revision.text,
        // It was deleted, or read by itself meanwhile.
        Err(StoreError::NotFound) => return Ok(Before::Nothing),
        Err(error) => return Err(from_store(error)),
    };
    if !known.text_hash.is_empty() {
        return Ok(Before::Text(text));
    }
    // It was read when no hashes of texts were kept.
    let row = match documents::find_writable(scope, db, &known.id).await {
        Ok(row) => row,
        Err(StoreError::NotFound) => return Ok(Before::Nothing),
        Err(error) => return Err(from_store(error)),
    };
    let is_same = pipeline::text_hash(file_name, &row.title, row.language.as_deref(), &text) == text_hash;
    Ok(if is_same { Before::Same } else { Before::Text(text) })
}
