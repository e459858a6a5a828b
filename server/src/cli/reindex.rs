//! `hammock reindex`.

use anyhow::Context as _;
use hammock_domain::{Embedded, Hammock, MODEL_ADVICE, counted, while_nobody_works};

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

pub async fn run(hammock: &Hammock) -> anyhow::Result<()> {
    anyhow::ensure!(hammock.take_background_work().await?, BUSY);
    let documents = hammock.rebuild_index(|done| errln!("{}", counted(done, "document"))).await?;
    outln!("{} {} indexed anew from the database", counted(documents, "document"), were(documents));
    match hammock.embed_waiting(|done, all| errln!("{done} of {}", counted(all, "vector"))).await? {
        Embedded::Made(vectors) => outln!("{} {} made", counted(vectors, "vector"), were(vectors)),
        Embedded::NoModel(reason) => {
            outln!("no vectors were made: {reason}; they come when there is a model: {MODEL_ADVICE}");
        }
    }
    Ok(())
}

const fn were(number: usize) -> &'static str {
    if number == 1 { "was" } else { "were" }
}
