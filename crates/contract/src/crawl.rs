//! When a website is read, and what became of it each time.

use serde::{Deserialize, Serialize};

use crate::{ApiError, CrawlId, SourceId, Timestamp};

/// When a website is read again by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "when", rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// Only when somebody asks for it.
    Never,
    /// So many hours after the last time. 1 to 720.
    Every {
        /// Hours.
        #[cfg_attr(feature = "server", schema(minimum = 1, maximum = 720))]
        hours: u32,
    },
}

impl Schedule {
    /// The most hours between two crawls: thirty days.
    pub const MOST_HOURS: u32 = 720;

    /// When the next crawl is due, counted from the end of the last.
    pub fn next_after(self, last: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Never => None,
            Self::Every { hours } => Some(last.plus_millis(i64::from(hours) * 3_600_000)),
        }
    }
}

impl Default for Schedule {
    /// Daily, so that a change is found within 24 hours.
    fn default() -> Self {
        Self::Every { hours: 24 }
    }
}

/// Why a website was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CrawlTrigger {
    /// Somebody asked for it, or added the source.
    Person,
    /// It was due.
    Schedule,
}

/// What became of a crawl.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CrawlOutcome {
    /// It goes on.
    Running,
    /// Everything that was found was read.
    Complete,
    /// It ended at the page limit; more was waiting.
    PageLimit,
    /// Somebody stopped it. What was read until then answers.
    Stopped,
    /// The server was stopped meanwhile, and reads the website again by itself when it runs. What was read until then
    /// answers.
    Interrupted,
    /// It could not be done; see `error`. What was there before answers.
    Failed,
    /// It found far less than the last one. Nothing was removed: a person accepts it, or reads again.
    Held,
}

/// One crawl of a website.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Crawl {
    /// The id.
    pub id: CrawlId,
    /// The source.
    pub source: SourceId,
    /// Why it was done.
    pub trigger: CrawlTrigger,
    /// What became of it.
    pub outcome: CrawlOutcome,
    /// New pages.
    pub added: u64,
    /// Pages whose content had changed.
    pub changed: u64,
    /// Pages that were the same.
    pub unchanged: u64,
    /// Pages that are no longer there and were removed; of a crawl that is held, those that accepting it would remove.
    pub removed: u64,
    /// Addresses that were left out on purpose.
    pub skipped: u64,
    /// Addresses that could not be read.
    pub failed: u64,
    /// Those of the skipped pages that need JavaScript, where the server has no Chromium to run it.
    pub needs_javascript: u64,
    /// Why it failed or is held.
    pub error: Option<ApiError>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_crawl_follows_the_last() {
        let last = Timestamp::from_millis(1_000);
        assert_eq!(Schedule::Never.next_after(last), None);
        assert_eq!(Schedule::default().next_after(last), Some(Timestamp::from_millis(86_401_000)));
    }

    #[test]
    fn a_schedule_is_written_with_its_kind() {
        assert_eq!(serde_json::to_string(&Schedule::Every { hours: 6 }).unwrap(), r#"{"when":"every","hours":6}"#);
        assert_eq!(serde_json::from_str::<Schedule>(r#"{"when":"never"}"#).unwrap(), Schedule::Never);
    }
}
