//! What happens in a person's conversations, for their pages on other devices: a stream of changes for each page that is looked
//! at.
//!
//! Within a process a change is told at once. With a database that others share it may happen in another process; then every
//! stream looks now and then how the newest conversation stands, as streams of answers do.

use std::{collections::HashMap, pin::Pin, time::Duration};

use futures::{Stream, StreamExt as _, stream};
use hammock_contract::{
    ApiError, ConversationId, ErrorCode, OrganisationId, Timestamp, UserId, conversation::ConversationChange,
};
use hammock_store::{Scope, StoreError, conversations, runs};
use parking_lot::Mutex;
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{Hammock, Result, error::from_store};

/// How often it is looked for what another process did.
const LOOK_ELSEWHERE: Duration = Duration::from_secs(2);
/// A stream ends after this, and whoever still may comes back: nobody reads on who has signed out.
const LONGEST: Duration = Duration::from_secs(10 * 60);
/// So many changes may wait for a slow reader. One that misses some learns how the newest conversation stands.
const WAITING: usize = 16;

/// Changes of conversations as they come; ends when the server goes down, or after a while.
pub type ChangeStream = Pin<Box<dyn Stream<Item = ConversationChange> + Send>>;

type Person = (OrganisationId, UserId);

/// Who follows their conversations in this process.
#[derive(Default)]
pub(crate) struct Changes {
    people: Mutex<HashMap<Person, broadcast::Sender<ConversationId>>>,
    closed: CancellationToken,
}

impl Changes {
    /// Tells those who follow the conversations of the scope's person that one has changed.
    pub fn tell(&self, scope: &Scope, conversation: &ConversationId) {
        let Some(user) = scope.user() else { return };
        let person = (scope.organisation().clone(), user.clone());
        let people = self.people.lock();
        if let Some(sender) = people.get(&person) {
            // Nobody may be left to hear it.
            let _ = sender.send(conversation.clone());
        }
    }

    /// Ends all streams; no other begins.
    pub fn close(&self) {
        self.closed.cancel();
    }

    /// Nothing where `most` streams of the person are open already.
    fn listen(&self, person: Person, most: usize) -> Option<broadcast::Receiver<ConversationId>> {
        let mut people = self.people.lock();
        people.retain(|_, sender| sender.receiver_count() > 0);
        let sender = people.entry(person).or_insert_with(|| broadcast::Sender::new(WAITING));
        (sender.receiver_count() < most).then(|| sender.subscribe())
    }
}

impl Hammock {
    /// What happens in the caller's conversations from now on: a message that is asked for anywhere, another title. Begins with
    /// how the newest one stands, where there is any.
    ///
    /// # Errors
    /// `unavailable` when the server goes down, `too_many_streams` where the person follows them as often as they may.
    pub async fn follow_conversations(&self, scope: &Scope) -> Result<ChangeStream> {
        let user = scope.require_user().map_err(from_store)?.clone();
        if self.0.changes.closed.is_cancelled() {
            return Err(ApiError::new(ErrorCode::Unavailable, "the server is being restarted; ask again in a moment"));
        }
        // From here on nothing is missed.
        let most = self.settings().change_streams;
        let told = self.0.changes.listen((scope.organisation().clone(), user), most).ok_or_else(|| {
            let message = format!("{most} streams of changes are open for you already; end one of them first");
            ApiError::new(ErrorCode::TooManyStreams, message).with("limit", most)
        })?;
        let newest = conversations::find_newest(scope, self.store().read()).await.map_err(from_store)?;
        let following = Following {
            hammock: self.clone(),
            scope: scope.clone(),
            told,
            until: Instant::now() + LONGEST,
            seen: newest.as_ref().map(standing),
        };
        let first = match newest {
            Some(row) => Some(following.change(row, false).await?),
            None => None,
        };
        let later = stream::unfold(following, |mut following| async move {
            let change = following.next().await?;
            Some((change, following))
        });
        Ok(Box::pin(stream::iter(first).chain(later)))
    }
}

/// How a conversation stands, as far as it is followed.
type Standing = (ConversationId, Timestamp, String);

fn standing(row: &conversations::ConversationRow) -> Standing {
    (row.id.clone(), row.updated_at, row.title.clone())
}

/// One stream.
struct Following {
    hammock: Hammock,
    scope: Scope,
    told: broadcast::Receiver<ConversationId>,
    until: Instant,
    /// How the newest conversation stood when it was last looked at.
    seen: Option<Standing>,
}

impl Following {
    /// The next change; nothing when the stream ends.
    async fn next(&mut self) -> Option<ConversationChange> {
        let closed = self.hammock.0.changes.closed.clone();
        let shares = self.hammock.store().is_postgres();
        loop {
            let elsewhere = async {
                if shares {
                    tokio::time::sleep(LOOK_ELSEWHERE).await;
                } else {
                    std::future::pending().await
                }
            };
            let told = tokio::select! {
                told = self.told.recv() => match told {
                    Ok(id) => Some(id),
                    Err(RecvError::Lagged(_)) => None,
                    Err(RecvError::Closed) => return None,
                },
                () = elsewhere => None,
                () = closed.cancelled() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
            };
            match self.look(told).await {
                Ok(Some(change)) => return Some(change),
                Ok(None) => {}
                // Whoever follows comes back, and learns then what there is.
                Err(error) => {
                    tracing::warn!(%error, "changes of conversations could not be read");
                    return None;
                }
            }
        }
    }

    /// What has changed: in a conversation that was told of, or else where the newest one stands otherwise than when it was last
    /// looked at.
    async fn look(&mut self, told: Option<ConversationId>) -> Result<Option<ConversationChange>> {
        let db = self.hammock.store().read();
        let newest = conversations::find_newest(&self.scope, db).await.map_err(from_store)?;
        let stands = newest.as_ref().map(standing);
        let is_other = stands != self.seen;
        self.seen = stands;
        let row = match told {
            Some(id) if newest.as_ref().is_none_or(|row| row.id != id) => {
                match conversations::find(&self.scope, db, &id).await {
                    Ok(row) => Some(row),
                    // Deleted since.
                    Err(StoreError::NotFound) => None,
                    Err(error) => return Err(from_store(error)),
                }
            }
            Some(_) => newest,
            None => newest.filter(|_| is_other),
        };
        match row {
            Some(row) => Ok(Some(self.change(row, true).await?)),
            None => Ok(None),
        }
    }

    async fn change(&self, row: conversations::ConversationRow, is_new: bool) -> Result<ConversationChange> {
        let db = self.hammock.store().read();
        let run = runs::find_active(&self.scope, db, &row.id).await.map_err(from_store)?.map(|run| run.id);
        Ok(ConversationChange { conversation: row.id, title: row.title, run, is_new })
    }
}
