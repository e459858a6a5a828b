//! `hammock reindex`.

use hammock_domain::{Embedded, Hammock, MODEL_ADVICE, counted};

pub async fn run(hammock: &Hammock) -> anyhow::Result<()> {
    anyhow::ensure!(hammock.take_background_work().await?, "a server works on this data directory; stop it first");
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
