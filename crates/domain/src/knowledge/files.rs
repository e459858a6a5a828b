//! Originals on disk: `files/<organisation>/<collection>/<one name per upload>` below the data directory.

use std::path::{Path, PathBuf};

use hammock_contract::{ApiError, CollectionId};
use hammock_ingest::parse;
use hammock_store::Scope;
use tokio::{
    io::AsyncReadExt,
    sync::{Semaphore, SemaphorePermit},
};

use crate::{Result, documents::from_io, private::make_private_folder, validate};

/// How much of all files together is in memory while they are recognised: two of the largest. Kilobytes.
const IN_MEMORY: u32 = 200_000;

/// What of it is free.
static MEMORY: Semaphore = Semaphore::const_new(IN_MEMORY as usize);

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
    let length = file.metadata().await.map_err(from_io)?.len();
    let taken = take_memory(&MEMORY, length).await?;
    let mut bytes = Vec::new();
    // Office files say what they are in a directory at their end: the whole file is looked at.
    file.read_to_end(&mut bytes).await.map_err(from_io)?;
    let name = name.to_owned();
    let given = media_type.map(str::to_owned);
    let detect = move || {
        let found = parse::detect(&name, given.as_deref(), &bytes);
        // Given back here, and not where it is waited for: whoever uploads may have gone before the bytes have.
        drop(bytes);
        drop(taken);
        found
    };
    tokio::task::spawn_blocking(detect)
        .await
        .map_err(crate::internal)?
        .map(|found| found.media_type().to_owned())
        .map_err(ApiError::from)
}

/// Waits until there is memory for a file of so many bytes; one that is larger than all of it waits until there is nothing else.
async fn take_memory(memory: &'static Semaphore, length: u64) -> Result<SemaphorePermit<'static>> {
    let kilobytes = u32::try_from(length.div_ceil(1_000)).unwrap_or(IN_MEMORY).min(IN_MEMORY);
    memory.acquire_many(kilobytes).await.map_err(crate::internal)
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

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn no_more_files_are_in_memory_than_fit() {
        static ALL: Semaphore = Semaphore::const_new(IN_MEMORY as usize);
        let take = |length: u64| take_memory(&ALL, length).now_or_never().map(Result::unwrap);
        let (one, other) = (take(100_000_000), take(99_999_001));
        assert!(one.is_some() && other.is_some());
        assert!(take(1).is_none(), "both together leave no room");
        drop(one);
        let small: Vec<_> = (0..100).map(|_| take(1_000_000)).collect();
        assert!(small.iter().all(Option::is_some), "many small ones find the room of a large one");
        assert!(take(1_000_000).is_none());
        drop((small, other));
        assert!(take(u64::MAX).is_some(), "what is larger than all of it waits for all of it");
        assert_eq!(ALL.available_permits(), IN_MEMORY as usize);
    }

    #[tokio::test]
    async fn a_file_gives_its_memory_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.md");
        std::fs::write(&file, "# Tides\n").unwrap();
        assert_eq!(recognise("a.md", None, &file).await.unwrap(), "text/markdown");
        std::fs::write(&file, "").unwrap();
        assert!(recognise("a.md", None, &file).await.is_err());
        // Other tests of this process may recognise files at the same time; they end too.
        assert!(MEMORY.acquire_many(IN_MEMORY).await.is_ok());
    }
}
