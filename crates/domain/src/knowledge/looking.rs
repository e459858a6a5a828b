//! Which looks at sitemaps go on together: one that takes its time holds up no other website.

use std::{collections::VecDeque, time::Duration};

use hammock_ingest::crawl::{CrawlError, SitemapFile};
use hammock_store::{sitemaps, sources::SourceRow};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Hammock, Result, error::from_store};

/// How often the worker asks which are due: that comes with the time, and nothing tells of it.
const LOOK_FOR_DUE: Duration = Duration::from_secs(60);
/// Sitemaps that are looked at together.
pub(crate) const AT_ONCE: usize = 8;
/// One look takes this long at most: less than the time until the next one.
pub(super) const LONGEST_LOOK: Duration = Duration::from_secs(30 * 60);

/// Looks at sitemaps.
#[derive(Default)]
pub(crate) struct Looks {
    /// Those that are to begin.
    pub due: VecDeque<SourceRow>,
    /// Those that go on; whether there was something to look at.
    pub going_on: JoinSet<bool>,
}

impl Looks {
    /// Takes the sitemaps that are due now. Those that a look goes on at are due no more.
    pub async fn take_due(&mut self, hammock: &Hammock) -> Result<()> {
        let due = sitemaps::list_due(hammock.store().read(), hammock.now()).await.map_err(from_store)?;
        self.due = due.into();
        Ok(())
    }

    /// Begins as many looks as may go on together.
    pub fn begin(&mut self, hammock: &Hammock) {
        while self.going_on.try_join_next().is_some() {}
        while self.going_on.len() < AT_ONCE
            && let Some(row) = self.due.pop_front()
        {
            let hammock = hammock.clone();
            self.going_on.spawn(async move { hammock.watch_or_warn(row).await });
        }
    }
}

impl Hammock {
    /// Looks at the sitemaps that are due, until `cancel`. Whatever several processes do at the same time, each is looked at once.
    pub(crate) async fn watch_due_until(&self, cancel: CancellationToken) {
        let mut looks = Looks::default();
        loop {
            if let Err(error) = looks.take_due(self).await {
                tracing::warn!(%error, "sitemaps that are due could not be looked for");
            }
            let next = tokio::time::sleep(LOOK_FOR_DUE);
            tokio::pin!(next);
            loop {
                looks.begin(self);
                tokio::select! {
                    () = cancel.cancelled() => return,
                    () = &mut next => break,
                    Some(_) = looks.going_on.join_next(), if !looks.due.is_empty() => {}
                }
            }
        }
    }
}

/// A look at a sitemap, as long as it may take.
pub(super) async fn within(
    longest: Duration,
    look: impl Future<Output = Result<Vec<SitemapFile>, CrawlError>>,
) -> Result<Vec<SitemapFile>, CrawlError> {
    let too_long = |_| Err(CrawlError::Unreachable { reason: "its sitemap takes too long to read".to_owned() });
    tokio::time::timeout(longest, look).await.unwrap_or_else(too_long)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_look_ends() {
        let ended = within(Duration::ZERO, std::future::pending()).await;
        assert!(matches!(ended, Err(CrawlError::Unreachable { .. })), "{ended:?}");
        assert_eq!(within(LONGEST_LOOK, async { Ok(Vec::new()) }).await.ok(), Some(Vec::new()));
    }
}
