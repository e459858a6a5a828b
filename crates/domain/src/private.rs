//! Folders and files below the data directory that only their owner can read. One that is there already stays as it is.

use std::{io, path::Path};

use tokio::io::AsyncWriteExt as _;

/// Makes a folder, and those above it that are missing.
///
/// # Errors
/// When the file system refuses it.
pub async fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = tokio::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(folder).await
}

/// Makes a file that is not there yet. Durable when it returns.
///
/// # Errors
/// When there is one, or the file system refuses it.
pub async fn write_private_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(path).await?;
    file.write_all(content).await?;
    // A write that failed in the background is told here.
    file.flush().await?;
    file.sync_all().await
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn others_see_nothing_of_what_is_made() {
        let root = tempfile::tempdir().unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = root.path().join("data/outbox");
        make_private_folder(&folder).await.unwrap();
        assert_eq!((mode(&root.path().join("data")), mode(&folder)), (0o700, 0o700));
        let file = folder.join("one.eml");
        write_private_file(&file, b"secret").await.unwrap();
        assert_eq!((mode(&file), std::fs::read(&file).unwrap()), (0o600, b"secret".to_vec()));
        assert!(write_private_file(&file, b"other").await.is_err());

        // What the operator opened to others stays open to them.
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o750)).unwrap();
        make_private_folder(&folder).await.unwrap();
        assert_eq!(mode(&folder), 0o750);
    }
}
