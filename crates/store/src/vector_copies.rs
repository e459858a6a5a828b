//! Chunks that take over the vector of a chunk of an earlier revision, which says the same.

use hammock_contract::{ChunkId, DocumentId};

use crate::{Result, Scope, Tx, documents};

/// Notes that each second chunk has a vector wherever the first has one; both are of this document. To be called before the
/// revision of the second ones answers: the switch counts them, and removes the first ones.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the document is not the scope's to write.
pub async fn note(scope: &Scope, tx: &Tx, document: &DocumentId, copies: &[(ChunkId, ChunkId)]) -> Result<()> {
    let document = documents::find_writable(scope, tx.db(), document).await?;
    let organisation = scope.organisation().as_str();
    let sql = "UPDATE chunks SET embedded_space = COALESCE((SELECT earlier.embedded_space FROM chunks AS earlier \
               WHERE earlier.organisation_id = $1 AND earlier.document_id = $2 AND earlier.id = $3), '') \
               WHERE organisation_id = $1 AND document_id = $2 AND id = $4";
    for (from, to) in copies {
        let values = [organisation.into(), document.id.as_str().into(), from.as_str().into(), to.as_str().into()];
        tx.db().execute(sql, values).await?;
    }
    Ok(())
}
