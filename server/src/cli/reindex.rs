//! `hammock reindex`.

use std::path::Path;

use anyhow::Context as _;
use hammock_domain::{Embedded, Hammock, MODEL_ADVICE, RebuildError, counted, while_nobody_works};
use hammock_retrieval::IndexError;

use crate::{config::Config, wire};

const BUSY: &str = "a server works on this data directory; stop it first";

/// Removes an index that cannot be opened, for the `reason` that is told, so that another is made in its place.
pub async fn remove_damaged(config: &Config, reason: &anyhow::Error) -> anyhow::Result<()> {
    let folder = wire::index_folder(&config.data.dir);
    let removed = while_nobody_works(&config.data.dir, tokio::fs::remove_dir_all(&folder)).await?;
    removed.context(BUSY)?.with_context(|| format!("{} cannot be removed", folder.display()))?;
    errln!("{reason:#}");
    errln!("{} was removed", folder.display());
    Ok(())
}

pub async fn run(hammock: &Hammock, config: &Config) -> anyhow::Result<()> {
    anyhow::ensure!(hammock.take_background_work().await?, BUSY);
    let rebuilt = hammock.rebuild_index(|done| errln!("{}", counted(done, "document"))).await;
    let documents = rebuilt.map_err(|error| with_advice(error, &wire::index_folder(&config.data.dir)))?;
    outln!("{} {} indexed anew from the database", counted(documents, "document"), were(documents));
    match hammock.embed_waiting(|done, all| errln!("{done} of {}", counted(all, "vector"))).await? {
        Embedded::Made(vectors) => outln!("{} {} made", counted(vectors, "vector"), were(vectors)),
        Embedded::NoModel(reason) => {
            outln!("no vectors were made: {reason}; they come when there is a model: {MODEL_ADVICE}");
        }
    }
    Ok(())
}

/// Says what to do where the index opens, and cannot be emptied or filled.
fn with_advice(error: RebuildError, folder: &Path) -> anyhow::Error {
    let advice = match error {
        RebuildError::Other(error) => return error.into(),
        RebuildError::Index(IndexError::StorageFull) => "make room on the disk",
        RebuildError::Index(IndexError::Engine(_)) => {
            "see that this user may write there, or remove the folder, which holds nothing that does not come from the database"
        }
    };
    let context =
        format!("the index in {} cannot be made anew; {advice}, and call `hammock reindex` again", folder.display());
    anyhow::Error::from(error).context(context)
}

const fn were(number: usize) -> &'static str {
    if number == 1 { "was" } else { "were" }
}

#[cfg(test)]
mod tests {
    use hammock_domain::internal;

    use super::*;

    #[test]
    fn what_to_do_is_said_where_the_index_fails() {
        let told = |error| format!("{:#}", with_advice(error, Path::new("/srv/hammock/index")));
        let damaged = told(RebuildError::Index(IndexError::Engine("no such table".to_owned())));
        for part in ["/srv/hammock/index", "remove the folder", "`hammock reindex` again: no such table"] {
            assert!(damaged.contains(part), "{damaged}");
        }
        let full = told(RebuildError::Index(IndexError::StorageFull));
        assert!(full.contains("make room on the disk, and call") && !full.contains("remove"), "{full}");
        // The database has nothing to do with the folder.
        assert!(!told(internal("no such row").into()).contains("/srv/hammock/index"));
    }
}
