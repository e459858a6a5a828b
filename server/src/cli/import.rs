//! `hammock import FILE…`.

use std::{
    collections::HashMap,
    ffi::OsString,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::Args;
use hammock_contract::{
    ApiError, DocumentId, SourceId,
    document::DocumentState,
    source::{NewSource, Source, SourceKind},
};
use hammock_domain::{Hammock, Scope, UploadedFile, make_private_folder};

use super::{Organisation, target};

#[derive(Debug, Args)]
pub struct Command {
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The collection; made when there is none.
    #[arg(long, default_value = "Imported", value_parser = target::name)]
    collection: String,
    #[command(flatten)]
    organisation: Organisation,
}

pub async fn run(hammock: &Hammock, command: Command) -> anyhow::Result<ExitCode> {
    let scope = target::scope(hammock, &command.organisation).await?;
    let is_new_collection = target::find_collection(hammock, &scope, &command.collection).await?.is_none();
    let collection = target::collection(hammock, &scope, &command.collection).await?;
    let sources = hammock.list_sources(&scope, &collection).await?;
    let known = sources.into_iter().find(|source| source.kind == SourceKind::Upload);
    let is_new_source = known.is_none();
    let source = match known {
        Some(source) => source,
        None => {
            let new = NewSource { name: String::new(), description: String::new(), kind: SourceKind::Upload };
            hammock.create_source(&scope, &collection, new).await?
        }
    };
    let (mut taken, mut refused, mut names) = (Vec::new(), 0, Names::default());
    for file in &command.files {
        let document = match names.is_free(file) {
            Ok(false) => continue,
            Ok(true) => take(hammock, &scope, &source.id, file).await,
            Err(error) => Err(error),
        };
        match document {
            Ok(document) => {
                names.keep(file);
                taken.push(document);
            }
            Err(error) => {
                refused += 1;
                errln!("{}: {error:#}", file.display());
            }
        }
    }
    // Where nothing was taken there is nothing to wait for.
    let done = match taken.is_empty() {
        true => source,
        false => target::work_until_done(hammock, &scope, source).await?,
    };
    let is_fine = target::report(&done, refused);
    let all_read = say_why(hammock, &scope, &taken).await?;
    if is_new_source && done.documents == 0 {
        take_back(hammock, &scope, &done, is_new_collection).await?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(if is_fine && all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The files that were taken, by their names: a source has one of each, and the next takes the place of the one before.
#[derive(Debug, Default)]
struct Names(HashMap<OsString, PathBuf>);

impl Names {
    /// Whether the name of a file is free; not where the same file was taken already.
    ///
    /// # Errors
    /// Where another file of this name was.
    fn is_free(&self, file: &Path) -> anyhow::Result<bool> {
        match file.file_name().and_then(|name| self.0.get(name)) {
            None => Ok(true),
            Some(before) if *before == whole(file) => Ok(false),
            Some(before) => anyhow::bail!(
                "{} has the same name, and this file would take its place; give one of them another name",
                before.display()
            ),
        }
    }

    fn keep(&mut self, file: &Path) {
        if let Some(name) = file.file_name() {
            self.0.insert(name.to_owned(), whole(file));
        }
    }
}

/// A path by which a file is known, by whatever path it is named.
fn whole(file: &Path) -> PathBuf {
    file.canonicalize().unwrap_or_else(|_| file.to_owned())
}

/// Why files could not be read that were taken; whether all could.
async fn say_why(hammock: &Hammock, scope: &Scope, taken: &[DocumentId]) -> anyhow::Result<bool> {
    let mut all_read = true;
    for id in taken {
        let document = hammock.find_document(scope, id).await?;
        if let Some(error) = &document.error {
            errln!("{}: {}", document.location, error.message);
        }
        all_read &= document.state != DocumentState::Failed;
    }
    Ok(all_read)
}

/// Removes what was made for files of which not a single one was imported.
async fn take_back(hammock: &Hammock, scope: &Scope, source: &Source, is_new_collection: bool) -> anyhow::Result<()> {
    if is_new_collection {
        hammock.delete_collection(scope, &source.collection).await?;
        errln!("not a single file was imported, so the collection that was made for it was removed again");
    } else {
        hammock.delete_source(scope, &source.id).await?;
        errln!("not a single file was imported");
    }
    Ok(())
}

async fn take(hammock: &Hammock, scope: &Scope, source: &SourceId, file: &Path) -> anyhow::Result<DocumentId> {
    let there = match tokio::fs::metadata(file).await {
        Ok(there) if there.is_dir() => anyhow::bail!("this is a folder; name the files in it"),
        // What a device or a pipe gives may have no end.
        Ok(there) if !there.is_file() => anyhow::bail!("this is no file; save what it gives in one and name that"),
        Ok(there) => there,
        Err(error) if error.kind() == ErrorKind::NotFound => anyhow::bail!("there is no such file; check the path"),
        Err(error) => return Err(anyhow::Error::from(error).context("cannot be read")),
    };
    let limit = hammock.upload_limit();
    // Now, because nothing looks at it before the whole of it is copied.
    anyhow::ensure!(there.len() <= limit, ApiError::too_large(limit));
    let file_name = file.file_name().and_then(|name| name.to_str()).context("the name is not readable")?.to_owned();
    let spool = hammock.upload_dir();
    make_private_folder(&spool).await?;
    let spooled = spool.join(format!("{}.part", uuid::Uuid::now_v7().simple()));
    let taken = match tokio::fs::copy(file, &spooled).await {
        Ok(bytes) => {
            let upload = UploadedFile { file_name, media_type: None, spooled: spooled.clone(), bytes };
            hammock.upload_file(scope, source, upload).await.map_err(anyhow::Error::from)
        }
        Err(error) => Err(anyhow::Error::from(error).context("cannot be read into the data directory")),
    };
    // Moved away when it was taken; a copy that broke off leaves a part behind.
    let _ = tokio::fs::remove_file(&spooled).await;
    Ok(taken?.id)
}
