//! `hammock import FILE…`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use hammock_contract::{
    SourceId,
    source::{NewSource, SourceKind},
};
use hammock_domain::{Hammock, Scope, UploadedFile};

use super::{Organisation, target};

#[derive(Debug, Args)]
pub struct Command {
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The collection; made when there is none.
    #[arg(long, default_value = "Imported")]
    collection: String,
    #[command(flatten)]
    organisation: Organisation,
}

pub async fn run(hammock: &Hammock, command: Command) -> anyhow::Result<ExitCode> {
    let scope = target::scope(hammock, &command.organisation).await?;
    let collection = target::collection(hammock, &scope, &command.collection).await?;
    let sources = hammock.list_sources(&scope, &collection).await?;
    let source = match sources.into_iter().find(|source| source.kind == SourceKind::Upload) {
        Some(source) => source,
        None => {
            let new = NewSource { name: String::new(), kind: SourceKind::Upload };
            hammock.create_source(&scope, &collection, new).await?
        }
    };
    let mut all_taken = true;
    for file in &command.files {
        match take(hammock, &scope, &source.id, file).await {
            Ok(()) => {}
            Err(error) => {
                all_taken = false;
                eprintln!("{}: {error:#}", file.display());
            }
        }
    }
    let done = target::work_until_done(hammock, &scope, source).await?;
    Ok(if target::report(&done) && all_taken { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn take(hammock: &Hammock, scope: &Scope, source: &SourceId, file: &std::path::Path) -> anyhow::Result<()> {
    let file_name = file.file_name().and_then(|name| name.to_str()).context("the name is not readable")?.to_owned();
    let spool = hammock.upload_dir();
    tokio::fs::create_dir_all(&spool).await?;
    let spooled = spool.join(format!("{}.part", uuid::Uuid::now_v7().simple()));
    let bytes = tokio::fs::copy(file, &spooled).await.context("cannot be read")?;
    let upload = UploadedFile { file_name, media_type: None, spooled: spooled.clone(), bytes };
    let taken = hammock.upload_file(scope, source, upload).await;
    // Moved away when it was taken.
    let _ = tokio::fs::remove_file(&spooled).await;
    taken?;
    Ok(())
}
