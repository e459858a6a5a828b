//! When a website is read, and what became of it each time.

use serde::{Deserialize, Serialize};

use crate::{ApiError, CrawlId, DocumentId, SourceId, Timestamp};

/// When a website is read again by itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "when", rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// Only when somebody asks for it.
    Never,
    /// So many hours after the last time began, or when it ends if it takes longer. 1 to 720.
    Every {
        /// Hours.
        #[cfg_attr(feature = "server", schema(minimum = 1, maximum = 720))]
        hours: u32,
    },
    /// At the times that an expression names.
    Cron {
        /// Five fields, parted by spaces: minute, hour, day of the month, month, day of the week. `30 6 * * 1-5` is half past
        /// six from Monday to Friday.
        expression: String,
        /// Whose clock it is, as the IANA names it: `Europe/Prague`. UTC when it is left out.
        #[serde(default = "universal")]
        time_zone: String,
    },
}

fn universal() -> String {
    Schedule::UNIVERSAL.to_owned()
}

impl Schedule {
    /// The most hours between two crawls: thirty days.
    pub const MOST_HOURS: u32 = 720;
    /// The time zone of an expression that names none.
    pub const UNIVERSAL: &'static str = "UTC";
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
    /// Its sitemap named pages that are new, changed or gone. Only these were looked at.
    Sitemap,
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
    /// Somebody stopped it. What was read until then answers, unless fewer than half of the earlier pages were found again by then;
    /// read again within a day, it goes on.
    Stopped,
    /// The server was stopped meanwhile; it goes on by itself when the server runs. Or the website asked for a pause; it goes on by
    /// itself after that, and `error` says so. What was read until then answers as with `stopped`.
    Interrupted,
    /// It could not be done; see `error`. What was there before answers.
    Failed,
    /// It found far less than the last one. Nothing was removed and nothing of it answers: a person accepts or rejects it, or reads
    /// again.
    Held,
    /// It was held, and a person rejected it: nothing was removed, and what it had found is dropped.
    Rejected,
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
    /// Pages that are no longer there and were removed; of a crawl that is held, those that accepting it would remove, and
    /// of one that was rejected, those that it would have removed.
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

/// What a crawl made of one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CrawlPageOutcome {
    /// A new page.
    Added,
    /// A page whose content had changed.
    Changed,
    /// A page that was the same.
    Unchanged,
    /// A page that is no longer there and was removed; of a crawl that is held, one that accepting it would remove, and of
    /// one that was rejected, one that it would have removed.
    Removed,
    /// It was left out on purpose; see `error`.
    Skipped,
    /// It could not be read; see `error`.
    Failed,
}

impl CrawlPageOutcome {
    /// Every outcome, in the order in which people look for them.
    pub const ALL: [Self; 6] =
        [Self::Added, Self::Changed, Self::Unchanged, Self::Removed, Self::Skipped, Self::Failed];
}

/// One address that a crawl looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CrawlPage {
    /// The address.
    pub address: String,
    /// The document that it is, while there is one.
    pub document: Option<DocumentId>,
    /// What became of it.
    pub outcome: CrawlPageOutcome,
    /// The HTTP status, where there was an answer.
    pub http_status: Option<u16>,
    /// Why it was skipped or failed.
    pub error: Option<ApiError>,
    /// When the site was asked for it; absent when it was not.
    pub fetched_at: Option<Timestamp>,
}

/// Which pages of a crawl are wanted, by address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(default, deny_unknown_fields)]
pub struct CrawlPageQuery {
    /// Only those that this became of.
    pub outcome: Option<CrawlPageOutcome>,
    /// Only those whose address contains this text.
    pub query: Option<String>,
    /// Rows on a page, 1 to 200; 50 when absent.
    #[serde(deserialize_with = "crate::page::limit")]
    #[cfg_attr(feature = "server", param(minimum = 1, maximum = 200), schema(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// From the page before.
    pub page_token: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_written_with_its_kind() {
        assert_eq!(serde_json::to_string(&Schedule::Every { hours: 6 }).unwrap(), r#"{"when":"every","hours":6}"#);
        assert_eq!(serde_json::from_str::<Schedule>(r#"{"when":"never"}"#).unwrap(), Schedule::Never);
        let nightly = Schedule::Cron { expression: "0 3 * * *".to_owned(), time_zone: "Europe/Prague".to_owned() };
        let written = r#"{"when":"cron","expression":"0 3 * * *","time_zone":"Europe/Prague"}"#;
        assert_eq!(serde_json::to_string(&nightly).unwrap(), written);
        assert_eq!(serde_json::from_str::<Schedule>(written).unwrap(), nightly);
        let short = serde_json::from_str::<Schedule>(r#"{"when":"cron","expression":"0 3 * * *"}"#).unwrap();
        assert_eq!(short, Schedule::Cron { expression: "0 3 * * *".to_owned(), time_zone: "UTC".to_owned() });
    }
}
