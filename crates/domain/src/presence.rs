//! Who else is at work: on this data directory, and on this database.
//!
//! A process that was killed says nothing. What it left open is known by two signs: the lock that every process holds on
//! its data directory ends with it, at once; its row among the replicas is not renewed any more, which is noticed within
//! [`GONE_AFTER`] by processes elsewhere.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
    sync::{Arc, OnceLock},
    time::Duration,
};

use hammock_store::{replicas, runs};
use parking_lot::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{Hammock, Result, documents::from_io, error::from_store, internal};

/// A replica that was not seen for so long is gone. Milliseconds.
pub(crate) const GONE_AFTER: i64 = 15_000;
/// How often a replica shows that it is there, and looks after those that are not.
const BEAT: Duration = Duration::from_secs(3);
/// How often it looks whether another was asked to stop an answer that it makes.
const LOOK_FOR_STOPS: Duration = Duration::from_millis(500);

/// The file in the data directory that every process locks.
const LOCK: &str = "in-use.lock";
/// The file that the process locks which works in the background: the indexes have one writer.
const WORKER_LOCK: &str = "worker.lock";

/// The file in the data directory that holds its name.
const NAME: &str = "directory.id";
/// What the names of data directories begin with among the replicas.
const DIRECTORY: &str = "dir_";

/// This process's part in it.
#[derive(Debug)]
pub(crate) struct Presence {
    /// The name of this process among the replicas.
    replica: String,
    /// Held as long as the process lives.
    lock: Arc<Mutex<Option<File>>>,
    /// The same, for background work.
    worker_lock: Arc<Mutex<Option<File>>>,
    /// The name of its data directory among the replicas, once it is known.
    directory: OnceLock<String>,
}

impl Default for Presence {
    fn default() -> Self {
        let replica = format!("repl_{}", uuid::Uuid::now_v7().simple());
        Self { replica, lock: Arc::default(), worker_lock: Arc::default(), directory: OnceLock::new() }
    }
}

impl Presence {
    /// The name of this process among the replicas.
    pub fn replica(&self) -> &str {
        &self.replica
    }

    /// Locks a data directory; whether nobody else is at work on it. Until [`Presence::admit_others`], others wait.
    pub async fn enter(&self, data_dir: &Path) -> Result<bool> {
        let (lock, path) = (Arc::clone(&self.lock), data_dir.join(LOCK));
        let alone = tokio::task::spawn_blocking(move || try_alone(&lock, &path)).await.map_err(internal)??;
        let _ = self.directory.set(name_of(data_dir).await.map_err(from_io)?);
        Ok(alone)
    }

    /// The name of the data directory among the replicas; nothing before [`Presence::enter`].
    pub fn directory(&self) -> Option<&str> {
        self.directory.get().map(String::as_str)
    }

    /// Takes the background work of a data directory; whether nobody else has it. Kept until the process ends.
    pub async fn take_work(&self, data_dir: &Path) -> Result<bool> {
        let (lock, path) = (Arc::clone(&self.worker_lock), data_dir.join(WORKER_LOCK));
        tokio::task::spawn_blocking(move || try_alone(&lock, &path)).await.map_err(internal)?
    }

    /// Lets others in, and waits until one that was quicker has let this process in.
    pub async fn admit_others(&self) -> Result<()> {
        let lock = Arc::clone(&self.lock);
        let shared = move || match &*lock.lock() {
            Some(file) => file.lock_shared(),
            None => Ok(()),
        };
        if let Err(error) = tokio::task::spawn_blocking(shared).await.map_err(internal)? {
            tracing::debug!(%error, "the data directory cannot be locked");
        }
        Ok(())
    }
}

/// Does something with a data directory for as long as no process works in the background there, and keeps those that would begin
/// waiting; nothing, and `None`, where one works. For what has to be done before there is a [`Hammock`].
///
/// # Errors
/// When the directory cannot be written to.
pub async fn while_nobody_works<T>(data_dir: &Path, something: impl Future<Output = T> + Send) -> Result<Option<T>> {
    let presence = Presence::default();
    if !presence.take_work(data_dir).await? {
        return Ok(None);
    }
    let done = something.await;
    // Its lock ends with it.
    drop(presence);
    Ok(Some(done))
}

impl Hammock {
    /// Shows that this process is there until `cancel`, closes answers that nobody makes any more, and stops answers that another
    /// was asked to stop.
    pub fn spawn_presence(&self, cancel: CancellationToken) -> JoinHandle<()> {
        let hammock = self.clone();
        tokio::spawn(async move {
            let (mut beat, mut look) = (tokio::time::interval(BEAT), tokio::time::interval(LOOK_FOR_STOPS));
            loop {
                let done = tokio::select! {
                    () = cancel.cancelled() => return,
                    _ = beat.tick() => hammock.show_presence().await,
                    _ = look.tick(), if hammock.0.live.count() > 0 => hammock.stop_where_asked().await,
                };
                if let Err(error) = done {
                    tracing::warn!(%error, "the database does not know that this process is there");
                }
            }
        })
    }

    /// Takes the background work of the data directory; whether nobody else has it. One process at a time may work there:
    /// the search indexes have one writer.
    ///
    /// # Errors
    /// When the lock cannot be made.
    pub async fn take_background_work(&self) -> Result<bool> {
        self.0.presence.take_work(&self.settings().data_dir).await
    }

    /// Says that this process goes, so that nobody waits for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn leave(&self) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        replicas::remove(&tx, self.0.presence.replica()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    /// Whether processes are at work on this database that have another data directory: what they read cannot be found here,
    /// and the other way round.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_strangers(&self) -> Result<bool> {
        let since = self.now().plus_millis(-GONE_AFTER);
        let seen = replicas::list_seen(self.store().read(), DIRECTORY, since).await.map_err(from_store)?;
        Ok(seen.iter().any(|one| Some(one.as_str()) != self.0.presence.directory()))
    }

    pub(crate) async fn show_presence(&self) -> Result<()> {
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        replicas::renew(&tx, self.0.presence.replica(), now).await.map_err(from_store)?;
        if let Some(directory) = self.0.presence.directory() {
            replicas::renew(&tx, directory, now).await.map_err(from_store)?;
        }
        tx.commit().await.map_err(from_store)?;
        self.close_interrupted().await
    }

    async fn stop_where_asked(&self) -> Result<()> {
        let asked =
            runs::list_stop_requested(self.store().read(), self.0.presence.replica()).await.map_err(from_store)?;
        for run in asked {
            if let Some(live) = self.0.live.find(&run) {
                live.stop.cancel();
            }
        }
        Ok(())
    }
}

/// The name of a data directory, which it keeps in a file.
async fn name_of(data_dir: &Path) -> std::io::Result<String> {
    let path = data_dir.join(NAME);
    let given = match tokio::fs::read_to_string(&path).await {
        Ok(text) => text.trim().to_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    if !given.is_empty() {
        return Ok(format!("{DIRECTORY}{given}"));
    }
    // Never over the name that another process gave it just now.
    let made = uuid::Uuid::now_v7().simple().to_string();
    let file = tokio::fs::OpenOptions::new().write(true).create_new(true).open(&path).await;
    match file {
        Ok(mut file) => {
            tokio::io::AsyncWriteExt::write_all(&mut file, made.as_bytes()).await?;
            tokio::io::AsyncWriteExt::flush(&mut file).await?;
            Ok(format!("{DIRECTORY}{made}"))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let given = tokio::fs::read_to_string(&path).await?;
            Ok(format!("{DIRECTORY}{}", given.trim()))
        }
        Err(error) => Err(error),
    }
}

fn try_alone(lock: &Mutex<Option<File>>, path: &Path) -> Result<bool> {
    let mut lock = lock.lock();
    let file = match lock.take() {
        Some(file) => file,
        None => OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(from_io)?,
    };
    let alone = match file.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(error)) => {
            // Some network file systems have no locks. There, one process a directory is the operator's care.
            tracing::warn!(%error, file = %path.display(), "the data directory cannot be locked");
            true
        }
    };
    *lock = Some(file);
    Ok(alone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_is_done_while_another_works() {
        let folder = tempfile::tempdir().unwrap();
        let worker = Presence::default();
        assert!(worker.take_work(folder.path()).await.unwrap());
        assert_eq!(while_nobody_works(folder.path(), async { 1 }).await.unwrap(), None);
        drop(worker);
        let other = Presence::default();
        let done = while_nobody_works(folder.path(), other.take_work(folder.path())).await.unwrap();
        assert!(!done.expect("nobody works").unwrap(), "who would begin meanwhile has to wait");
        assert!(other.take_work(folder.path()).await.unwrap(), "it has given the work back");
    }

    #[tokio::test]
    async fn the_first_is_alone_and_the_next_is_when_it_has_gone() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (Presence::default(), Presence::default());
        assert!(first.enter(folder.path()).await.unwrap());
        first.admit_others().await.unwrap();
        assert!(!second.enter(folder.path()).await.unwrap());
        second.admit_others().await.unwrap();
        assert!(!first.enter(folder.path()).await.unwrap(), "the second is there");
        first.admit_others().await.unwrap();
        drop(second);
        assert!(first.enter(folder.path()).await.unwrap());
        drop(first);
        let third = Presence::default();
        assert!(third.enter(folder.path()).await.unwrap());
    }
}
