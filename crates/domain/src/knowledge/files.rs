//! Originals on disk: `files/<organisation>/<collection>/<one name per upload>` below the data directory.

use std::path::{Path, PathBuf};

use hammock_contract::{ApiError, CollectionId};
use hammock_ingest::parse;
use hammock_store::Scope;
use tokio::io::AsyncReadExt;

use crate::{Result, documents::from_io, private::make_private_folder, validate};

/// Where files are received.
pub fn spool(data_dir: &Path) -> PathBuf {
    data_dir.join("spool")
}

/// Removes what is left of uploads that were cut off. Only while nobody receives files.
///
/// # Errors
/// When the file system fails.
pub async fn clear_spool(data_dir: &Path) -> Result<()> {
    match tokio::fs::remove_dir_all(spool(data_dir)).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(from_io(error)),
        _ => Ok(()),
    }
}

/// Where a stored key leads.
pub fn path(data_dir: &Path, key: &str) -> PathBuf {
    data_dir.join("files").join(key)
}

/// A file's name without folders and control characters.
///
/// # Errors
/// `invalid_field`.
pub fn display_name(name: &str) -> Result<String> {
    let name: String =
        name.rsplit(['/', '\\']).next().unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
    validate::line("file_name", &name, 1, 255)
}

/// The media type of a received file, by its first bytes and its name.
///
/// # Errors
/// `unsupported_file_type`, `empty_file`.
pub async fn recognise(name: &str, media_type: Option<&str>, spooled: &Path) -> Result<String> {
    let mut file = tokio::fs::File::open(spooled).await.map_err(from_io)?;
    let mut bytes = Vec::new();
    // Office files say what they are in a directory at their end: the whole file is looked at.
    file.read_to_end(&mut bytes).await.map_err(from_io)?;
    let name = name.to_owned();
    let given = media_type.map(str::to_owned);
    tokio::task::spawn_blocking(move || parse::detect(&name, given.as_deref(), &bytes))
        .await
        .map_err(crate::internal)?
        .map(|found| found.media_type().to_owned())
        .map_err(ApiError::from)
}

/// Moves a received file to its place, durably, and returns its key. Every upload has a key of its own: the file that it
/// replaces stays until the database knows the new one, and whoever reads the old one can tell that it was replaced.
///
/// # Errors
/// `storage_full`.
pub async fn keep(data_dir: &Path, scope: &Scope, collection: &CollectionId, spooled: &Path) -> Result<String> {
    let key = format!("{}/{collection}/{}", scope.organisation(), uuid::Uuid::now_v7().simple());
    let target = path(data_dir, &key);
    if let Some(folder) = target.parent() {
        make_private_folder(folder).await.map_err(from_io)?;
    }
    let file = tokio::fs::OpenOptions::new().write(true).open(spooled).await.map_err(from_io)?;
    file.sync_all().await.map_err(from_io)?;
    tokio::fs::rename(spooled, &target).await.map_err(from_io)?;
    Ok(key)
}

/// Removes an original; one that is gone already is fine.
///
/// # Errors
/// When the file system fails.
pub async fn remove(data_dir: &Path, key: &str) -> Result<()> {
    match tokio::fs::remove_file(path(data_dir, key)).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(from_io(error)),
        _ => Ok(()),
    }
}

/// Removes the originals of a whole collection.
///
/// # Errors
/// When the file system fails.
pub async fn remove_collection(data_dir: &Path, scope: &Scope, collection: &CollectionId) -> Result<()> {
    let folder = path(data_dir, &format!("{}/{collection}", scope.organisation()));
    match tokio::fs::remove_dir_all(folder).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(from_io(error)),
        _ => Ok(()),
    }
}
