//! Sessions of browsers in the database. The database holds only the hash of an id: a copy of it signs nobody in.

use async_trait::async_trait;
use hammock_contract::{Timestamp, UserId};
use hammock_domain::password_mark;
use hammock_store::{
    Store, StoreError, Tx, accounts,
    sessions::{self, SessionRow},
};
use sha2::{Digest, Sha256};
use tower_sessions::{
    SessionStore,
    cookie::time::OffsetDateTime,
    session::{Id, Record},
    session_store::{Error, Result},
};

use crate::auth::session::{PASSWORD_MARK, USER};

/// A [`SessionStore`] over `hammock_store::sessions`.
#[derive(Clone)]
pub struct DatabaseSessions {
    store: Store,
}

impl DatabaseSessions {
    /// Sessions in this database.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    async fn write(&self, record: &Record, is_new: bool) -> hammock_store::Result<()> {
        let mut row = SessionRow {
            id: hashed(&record.id),
            data: serde_json::to_string(&record.data).unwrap_or_default(),
            user_id: record.data.get(USER).and_then(|value| value.as_str()?.parse::<UserId>().ok()),
            expires_at: timestamp(record.expiry_date),
        };
        let tx = self.store.begin().await?;
        if is_new {
            if !password_stands(&tx, record, row.user_id.as_ref()).await? {
                // The browser gets a session in which nobody is signed in, like everybody whose sessions were ended.
                (row.user_id, row.data) = (None, "{}".to_owned());
            }
            sessions::create(&tx, row).await?
        } else {
            sessions::replace(&tx, row).await?
        }
        tx.commit().await
    }
}

impl std::fmt::Debug for DatabaseSessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseSessions").finish_non_exhaustive()
    }
}

#[async_trait]
impl SessionStore for DatabaseSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            match self.write(record, true).await {
                Err(StoreError::Duplicate(_)) => record.id = Id::default(),
                other => return other.map_err(backend),
            }
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.write(record, false).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = timestamp(OffsetDateTime::now_utc());
        let Some(row) = sessions::get(self.store.read(), &hashed(id), now).await.map_err(backend)? else {
            return Ok(None);
        };
        let data = serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.expires_at.as_millis()) * 1_000_000)
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let ended = async {
            let tx = self.store.begin().await?;
            sessions::delete(&tx, &hashed(id)).await?;
            tx.commit().await
        };
        ended.await.map_err(backend)
    }
}

/// Whether the password by which somebody is let into a new session is theirs still: all their sessions ended when another was
/// set, and none begins afterwards that was on its way. Nothing is asked of a session without a person.
async fn password_stands(tx: &Tx, record: &Record, user: Option<&UserId>) -> hammock_store::Result<bool> {
    let Some(user) = user else { return Ok(true) };
    let stored = accounts::hold_password_hash(tx, user).await?.map(|hash| password_mark(&hash));
    let mark = record.data.get(PASSWORD_MARK).and_then(|value| value.as_str());
    Ok(mark.is_some() && mark == stored.as_deref())
}

fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}

fn hashed(id: &Id) -> String {
    Sha256::digest(id.0.to_be_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn timestamp(time: OffsetDateTime) -> Timestamp {
    Timestamp::from_millis(i64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX))
}
