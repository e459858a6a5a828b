//! One page that the crawler brought: what is known of it, what it says, and what is noted of it.

use hammock_contract::{
    ApiError, DocumentId, ErrorCode, Timestamp,
    crawl::{CrawlPage, CrawlPageOutcome},
    document::DocumentState,
};
use hammock_ingest::{
    crawl::{self, PageOutcome, PageResult, Rendering, SkipReason},
    isolate::FileToParse,
};
use hammock_store::{
    Scope,
    documents::{self, Fetched},
};

use super::{
    comparing::{Compared, compare_and_cut},
    pipeline::Readable,
    reading::{from_net, from_render},
};
use crate::Hammock;

/// A page that the crawler brought, with what is known of it.
pub(super) struct Arrived {
    pub outcome: PageOutcome,
    pub known: Option<Known>,
}

impl Arrived {
    /// Whether it belongs into the list of pages. A page that the settings leave out does not, unless it is one of those that
    /// they name to begin at: people look for these. Nor does one that the page limit kept out.
    pub fn is_listed(&self) -> bool {
        match &self.outcome.result {
            PageResult::Skipped(SkipReason::PageLimit(_)) => false,
            PageResult::Skipped(SkipReason::NotIncluded) => self.outcome.depth == 0,
            _ => true,
        }
    }

    /// Whether the site was asked for it.
    pub fn was_asked_for(&self) -> bool {
        match &self.outcome.result {
            PageResult::Skipped(SkipReason::Robots | SkipReason::PageLimit(_)) => false,
            // What the settings leave out is looked at for its links alone, if at all.
            PageResult::Skipped(SkipReason::NotIncluded) => self.outcome.http_status.is_some(),
            _ => true,
        }
    }

    /// Whether the site says that the page is none to answer with, rather than that it cannot be read today. What only a browser
    /// could tell is no such word: there may be none today.
    pub fn must_not_answer(&self) -> bool {
        match &self.outcome.result {
            PageResult::Fetched(_) | PageResult::Unchanged(_) => false,
            PageResult::Skipped(reason) => matches!(
                reason,
                SkipReason::Robots
                    | SkipReason::NoIndex
                    | SkipReason::CanonicalIs(_)
                    | SkipReason::RedirectsTo(_)
                    | SkipReason::RedirectsAway
                    | SkipReason::DuplicateOf(_)
                    | SkipReason::UnsupportedType(_)
                    | SkipReason::NotIncluded
                    | SkipReason::SoftNotFound
            ),
            PageResult::Failed(failure) => failure.is_gone(),
        }
    }

    /// What a crawl notes of it.
    pub fn noted(
        &self,
        document: Option<DocumentId>,
        outcome: CrawlPageOutcome,
        error: Option<ApiError>,
        now: Timestamp,
    ) -> CrawlPage {
        CrawlPage {
            address: self.outcome.url.to_string(),
            document,
            outcome,
            http_status: self.outcome.http_status,
            error,
            fetched_at: self.was_asked_for().then_some(now),
        }
    }
}

/// What the database knows of a page.
#[derive(Clone)]
pub(super) struct Known {
    pub id: DocumentId,
    pub revision: u32,
    pub state: DocumentState,
    pub fetched: Fetched,
    /// The hash of the text that answers; empty where it is not known.
    pub text_hash: String,
}

impl Known {
    pub fn of(row: &documents::DocumentRow) -> Self {
        let fetched = Fetched {
            http_status: row.http_status,
            etag: row.etag.clone(),
            last_modified: row.last_modified.clone(),
            bytes: row.bytes,
            depth: row.depth,
            rendered_at: row.rendered_at,
            raw_hash: row.raw_hash.clone(),
        };
        let text_hash = row.text_hash.clone();
        Self { id: row.id.clone(), revision: row.revision, state: row.state, fetched, text_hash }
    }

    /// Whether it failed or was left out.
    pub fn is_out(&self) -> bool {
        matches!(self.state, DocumentState::Failed | DocumentState::Skipped)
    }
}

/// What became of reading a page.
pub(super) enum Read {
    Text(Box<Readable>),
    Not { error: ApiError, skipped: bool },
    Unchanged,
}

/// Reads a page, and cuts it where its text is not the one that answers.
pub(super) async fn read_page(
    hammock: &Hammock,
    scope: &Scope,
    arrived: &Arrived,
    id: DocumentId,
    collection: hammock_contract::CollectionId,
) -> Read {
    let page = match &arrived.outcome.result {
        PageResult::Fetched(page) => page,
        PageResult::Unchanged(_) => return Read::Unchanged,
        PageResult::Skipped(reason) => return Read::Not { error: left_out(reason), skipped: true },
        PageResult::Failed(failure) => {
            let error = match failure {
                crawl::PageFailure::Net(error) => from_net(error),
                crawl::PageFailure::Render(error) => from_render(error),
                crawl::PageFailure::Parse(error) => ApiError::from(error.clone()),
                crawl::PageFailure::Status(status) => {
                    ApiError::new(ErrorCode::SiteFailed, failure.to_string()).with("status", status)
                }
                crawl::PageFailure::RedirectLoop => {
                    ApiError::new(ErrorCode::SiteUnreachable, failure.to_string()).with("circle", &arrived.outcome.url)
                }
            };
            return Read::Not { error, skipped: false };
        }
    };
    let file_name = arrived.outcome.url.path().rsplit('/').next().unwrap_or_default().to_owned();
    let file =
        FileToParse { file_name: file_name.clone(), media_type: page.content_type.clone(), bytes: page.body.clone() };
    let parsed = match hammock.0.parser.parse(file).await {
        Ok(parsed) => parsed,
        Err(error) => {
            let skipped = error.is_skip();
            return Read::Not { error: ApiError::from(error), skipped };
        }
    };
    let known = arrived.known.as_ref().filter(|known| known.revision > 0);
    match compare_and_cut(hammock, scope, known, file_name, parsed).await {
        Ok(Compared { parsed, spans, text_hash, change }) => Read::Text(Box::new(Readable {
            document: id,
            collection,
            media_type: media_type_of(page.content_type.as_deref()),
            parsed,
            spans,
            hash: page.content_hash.clone(),
            text_hash,
            change,
            file_key: None,
            replaces: known.is_some(),
        })),
        Err(error) => Read::Not { error, skipped: false },
    }
}

/// Why a page was left out, as people see it.
pub(super) fn left_out(reason: &SkipReason) -> ApiError {
    let code = match reason {
        SkipReason::Robots => ErrorCode::RobotsDisallowed,
        SkipReason::NoIndex => ErrorCode::NoIndex,
        SkipReason::CanonicalIs(_) => ErrorCode::CanonicalElsewhere,
        SkipReason::RedirectsTo(_) => ErrorCode::Redirected,
        SkipReason::RedirectsAway => ErrorCode::RedirectedAway,
        SkipReason::DuplicateOf(_) => ErrorCode::DuplicatePage,
        SkipReason::UnsupportedType(_) => ErrorCode::UnsupportedFileType,
        SkipReason::Empty => ErrorCode::EmptyPage,
        SkipReason::NotIncluded => ErrorCode::NotIncluded,
        SkipReason::PageLimit(_) => ErrorCode::BeyondPageLimit,
        SkipReason::NeedsJavascript => ErrorCode::NeedsJavascript,
        SkipReason::NothingShown => ErrorCode::NothingRendered,
        SkipReason::SoftNotFound => ErrorCode::SoftNotFound,
    };
    let error = ApiError::new(code, reason.to_string()).with("reason", reason.code());
    match reason {
        SkipReason::CanonicalIs(other) | SkipReason::RedirectsTo(other) | SkipReason::DuplicateOf(other) => {
            error.with("to", other)
        }
        SkipReason::PageLimit(limit) => error.with("limit", limit),
        _ => error,
    }
}

/// A page that was found for the first time.
pub(super) fn new_page(arrived: &Arrived, id: &DocumentId, crawl: u64) -> documents::NewDocument {
    let address = arrived.outcome.url.as_str().to_owned();
    let (media_type, bytes) = match &arrived.outcome.result {
        PageResult::Fetched(page) => (media_type_of(page.content_type.as_deref()), page.body.len()),
        _ => (media_type_of(None), 0),
    };
    documents::NewDocument {
        id: id.clone(),
        title: address.clone(),
        location: address.clone(),
        url: Some(address),
        media_type,
        bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
        file_key: None,
        seen_in_crawl: crawl,
    }
}

/// What a visit says about a page. Validators are those of the text that answers: asked with others, the site would confirm
/// a text that was never read.
pub(super) fn fetched_of(arrived: &Arrived, read: &Read, now: Timestamp) -> Fetched {
    let (http_status, depth) = (arrived.outcome.http_status, Some(arrived.outcome.depth));
    let before = || {
        let known = arrived.known.as_ref().filter(|known| known.revision > 0);
        known.map(|known| known.fetched.clone()).unwrap_or_default()
    };
    match &arrived.outcome.result {
        PageResult::Fetched(page) | PageResult::Unchanged(Some(page)) => {
            let was_read = !matches!(read, Read::Not { .. });
            let fetched = Fetched {
                http_status,
                etag: page.etag.clone().filter(|_| was_read),
                last_modified: page.last_modified.clone().filter(|_| was_read),
                bytes: u64::try_from(page.body.len()).unwrap_or(u64::MAX),
                depth,
                ..Fetched::default()
            };
            match &page.rendering {
                Rendering::None => fetched,
                Rendering::NoMore => Fetched { rendered_at: Some(now), ..fetched },
                Rendering::Made { raw_hash } => {
                    Fetched { rendered_at: Some(now), raw_hash: Some(raw_hash.clone()).filter(|_| was_read), ..fetched }
                }
                Rendering::AsBefore => {
                    let Fetched { bytes, rendered_at, raw_hash, .. } = before();
                    Fetched { bytes, rendered_at, raw_hash, ..fetched }
                }
            }
        }
        // "Not modified" is an answer to the condition; the page itself is there.
        PageResult::Unchanged(None) => Fetched { http_status: Some(200), depth, ..before() },
        PageResult::Failed(_) => Fetched { http_status, depth, ..before() },
        PageResult::Skipped(_) => Fetched { http_status, depth, ..Fetched::default() },
    }
}

/// The same for a page whose links were not followed: the next crawl must see it whole, to follow them.
pub(super) fn to_be_read_whole(fetched: Fetched) -> Fetched {
    Fetched { etag: None, last_modified: None, rendered_at: None, ..fetched }
}

/// The same for a page whose text does not answer yet: the site must not confirm it.
pub(super) fn not_answering_yet(fetched: Fetched, known: Option<&Known>) -> Fetched {
    let (rendered_at, raw_hash) =
        known.map(|known| (known.fetched.rendered_at, known.fetched.raw_hash.clone())).unwrap_or_default();
    Fetched { etag: None, last_modified: None, rendered_at, raw_hash, ..fetched }
}

fn media_type_of(content_type: Option<&str>) -> String {
    let given = content_type.and_then(|text| text.split(';').next()).map(str::trim).filter(|text| !text.is_empty());
    given.unwrap_or("text/html").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_to_leave_a_page_out_has_its_own_code() {
        let other = url::Url::parse("https://a.example/").unwrap();
        let reasons = [
            SkipReason::Robots,
            SkipReason::NoIndex,
            SkipReason::CanonicalIs(other.clone()),
            SkipReason::RedirectsTo(other.clone()),
            SkipReason::RedirectsAway,
            SkipReason::DuplicateOf(other),
            SkipReason::UnsupportedType("image/png".to_owned()),
            SkipReason::Empty,
            SkipReason::NotIncluded,
            SkipReason::PageLimit(7),
            SkipReason::NeedsJavascript,
            SkipReason::NothingShown,
            SkipReason::SoftNotFound,
        ];
        let codes: BTreeSet<ErrorCode> = reasons.iter().map(|reason| left_out(reason).code).collect();
        assert_eq!(codes.len(), reasons.len());
        let too_large = from_net(&hammock_net::NetError::TooLarge { limit: 10_000_000 });
        assert!(!codes.contains(&too_large.code));
        let unresolved = from_net(&hammock_net::NetError::Unresolved { host: "nowhere.example".to_owned() });
        assert_eq!(
            (unresolved.code, unresolved.params["host"].as_str()),
            (ErrorCode::SiteUnreachable, "nowhere.example")
        );
        let unlisted = from_net(&hammock_net::NetError::NotListed { host: "nowhere.example".to_owned() });
        assert_eq!((unlisted.code, unlisted.params["host"].as_str()), (ErrorCode::HostNotListed, "nowhere.example"));
        assert_eq!(left_out(&SkipReason::PageLimit(7)).params["limit"], "7");
    }
}
