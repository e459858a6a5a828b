//! The settings of websites: what is taken, and in which form it is kept.

use hammock_contract::{ApiError, ErrorCode, check::out_of_range, source::WebsiteSettings, user::Role};
use hammock_net::NetError;
use hammock_store::Scope;
use url::Url;

use crate::{Hammock, Result, error::from_store, outgoing::not_listed, schedules, validate};

/// The most pages of one website.
const MOST_PAGES: u32 = 100_000;
/// The most links that may lead to a page.
const DEEPEST: u32 = 100;
/// The most entries of each list.
const MOST_ENTRIES: usize = 100;
/// The longest name of a host, and the longest part of one between two dots (RFC 1035, section 2.3.4). Bytes.
const LONGEST_HOST: usize = 253;
const LONGEST_LABEL: usize = 63;
/// The longest pattern. Characters.
const LONGEST_PATTERN: usize = 500;

impl Hammock {
    /// That a website could be made a source, as far as that can be told without asking it; its settings as they would be
    /// kept.
    ///
    /// # Errors
    /// `role_required`, `invalid_field`, `invalid_url`, `forbidden_address`, `host_not_listed`.
    pub async fn check_website(&self, scope: &Scope, settings: WebsiteSettings) -> Result<WebsiteSettings> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.checked_website(scope, settings).await
    }

    /// An address that can be crawled, as far as that can be told without asking it, with settings that make sense.
    pub(crate) async fn checked_website(&self, scope: &Scope, settings: WebsiteSettings) -> Result<WebsiteSettings> {
        let settings = checked(settings)?;
        let url = Url::parse(&settings.start_url).map_err(|_| no_address())?;
        match self.client_for(scope).check_url(&url).await {
            Err(NetError::Forbidden { .. }) => Err(ApiError::new(
                ErrorCode::ForbiddenAddress,
                "this address lies inside the server's own network; the operator can allow it under egress.allow",
            )
            .on("start_url")),
            Err(NetError::NotListed { host }) => Err(not_listed(&host).on("start_url")),
            _ => Ok(settings),
        }
    }
}

/// The settings as they are kept, as far as they can be judged by themselves.
pub(crate) fn checked(settings: WebsiteSettings) -> Result<WebsiteSettings> {
    let start = start_of(&settings.start_url)?;
    if !(1..=MOST_PAGES).contains(&settings.page_limit) {
        let message = "the page limit lies between 1 and 100000";
        return Err(out_of_range("page_limit", message, 1, MOST_PAGES));
    }
    if settings.max_depth > DEEPEST {
        return Err(out_of_range("max_depth", "the depth lies between 0 and 100", 0, DEEPEST));
    }
    let schedule = schedules::checked(settings.schedule)?;
    let more_urls = entries("more_urls", &settings.more_urls)?;
    Ok(WebsiteSettings {
        more_urls: more_urls.iter().map(|text| further(&start, text)).collect::<Result<_>>()?,
        include: patterns("include", &settings.include)?,
        exclude: patterns("exclude", &settings.exclude)?,
        start_url: start.into(),
        schedule,
        ..settings
    })
}

fn no_address() -> ApiError {
    let message = "this is not the address of a website; it looks like https://www.example.com";
    ApiError::new(ErrorCode::InvalidUrl, message).on("start_url")
}

fn start_of(text: &str) -> Result<Url> {
    let url = Url::parse(&with_scheme(text.trim())).map_err(|_| no_address())?;
    let has_host = url.host_str().is_some_and(|host| host.contains('.') || host == "localhost" || host.contains(':'));
    if !matches!(url.scheme(), "http" | "https") || !has_host || !url.username().is_empty() {
        return Err(no_address());
    }
    if url.domain().is_some_and(|name| !can_be_a_name(name)) {
        let message = format!(
            "there can be no website of this name: a name has at most {LONGEST_HOST} characters, and at most \
             {LONGEST_LABEL} between two dots"
        );
        return Err(ApiError::new(ErrorCode::InvalidUrl, message).on("start_url"));
    }
    Ok(url)
}

/// Whether the name of a host has the lengths that one may have. The dot at the end of a whole one is no part of it.
fn can_be_a_name(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.len() <= LONGEST_HOST && host.split('.').all(|label| (1..=LONGEST_LABEL).contains(&label.len()))
}

/// People type `example.org`.
fn with_scheme(text: &str) -> String {
    if text.contains("://") { text.to_owned() } else { format!("https://{text}") }
}

/// A further page to begin at: on the host of the start page. A path alone is one of it.
fn further(start: &Url, text: &str) -> Result<String> {
    let url = if text.starts_with('/') { start.join(text) } else { Url::parse(&with_scheme(text)) };
    let is_here = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && (url.host_str(), url.port()) == (start.host_str(), start.port())
    };
    match url {
        Ok(url) if is_here(&url) => Ok(url.into()),
        _ => Err(validate::invalid(
            "more_urls",
            format!("{text} is not the address of a page on {}", start.host_str().unwrap_or_default()),
        )),
    }
}

fn patterns(field: &str, given: &[String]) -> Result<Vec<String>> {
    let patterns = entries(field, given)?;
    for pattern in &patterns {
        validate::line(field, pattern, 1, LONGEST_PATTERN)?;
        if !pattern.starts_with(['/', '*']) {
            let message = format!("{pattern} fits no page: a pattern begins with / or *, such as /help/*");
            return Err(validate::invalid(field, message));
        }
    }
    Ok(patterns)
}

/// The entries of a list, without space around them and without empty ones.
fn entries(field: &str, given: &[String]) -> Result<Vec<String>> {
    let entries: Vec<String> =
        given.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned).collect();
    if entries.len() > MOST_ENTRIES {
        return Err(validate::invalid(field, format!("{field} may have at most {MOST_ENTRIES} entries")));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use hammock_contract::crawl::Schedule;

    use super::*;

    fn settings() -> WebsiteSettings {
        WebsiteSettings::of("https://example.org/help/")
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn fault(settings: WebsiteSettings) -> (ErrorCode, Option<String>) {
        let error = checked(settings).unwrap_err();
        (error.code, error.field)
    }

    #[test]
    fn settings_are_kept_in_one_form() {
        let typed = WebsiteSettings {
            more_urls: texts(&["/old", " example.org/a b ", "", "http://example.org/c?d#e"]),
            include: texts(&[" /help/* ", " "]),
            exclude: texts(&["*?print=*"]),
            ..WebsiteSettings::of(" example.org/help/ ")
        };
        let kept = checked(typed).unwrap();
        assert_eq!(kept.start_url, "https://example.org/help/");
        assert_eq!(
            kept.more_urls,
            ["https://example.org/old", "https://example.org/a%20b", "http://example.org/c?d#e"]
        );
        assert_eq!((kept.include.clone(), kept.exclude.clone()), (texts(&["/help/*"]), texts(&["*?print=*"])));
        assert_eq!(checked(kept.clone()), Ok(kept));
    }

    #[test]
    fn a_name_that_no_host_can_have_is_refused() {
        let label = "a".repeat(LONGEST_LABEL);
        let of_length = |last: usize| format!("https://{label}.{label}.{label}.{}/", "b".repeat(last));
        for good in [format!("https://{label}.cz/"), of_length(61), "https://example.org./".to_owned()] {
            assert!(checked(WebsiteSettings::of(&good)).is_ok(), "{good}");
        }
        let expected = (ErrorCode::InvalidUrl, Some("start_url".to_owned()));
        for bad in [
            format!("https://{label}a.cz/"),
            format!("https://{}.cz/", "a".repeat(3_000)),
            of_length(62),
            "https://example..org/".to_owned(),
        ] {
            assert_eq!(fault(WebsiteSettings::of(&bad)), expected, "{bad}");
        }
        let said = checked(WebsiteSettings::of(format!("{label}a.cz"))).unwrap_err().message;
        assert!(said.contains("at most 63 between two dots"), "{said}");
    }

    #[test]
    fn every_fault_names_its_field() {
        let invalid = |field: &str| (ErrorCode::InvalidField, Some(field.to_owned()));
        for start_url in ["", "not an address", "ftp://example.org/", "https://eva@example.org/", "https://intranet/"] {
            assert_eq!(
                fault(WebsiteSettings::of(start_url)),
                (ErrorCode::InvalidUrl, Some("start_url".to_owned())),
                "{start_url}"
            );
        }
        for page_limit in [0, 100_001] {
            assert_eq!(fault(WebsiteSettings { page_limit, ..settings() }), invalid("page_limit"));
        }
        assert_eq!(fault(WebsiteSettings { max_depth: 101, ..settings() }), invalid("max_depth"));
        for hours in [0, 721] {
            let schedule = Schedule::Every { hours };
            assert_eq!(fault(WebsiteSettings { schedule, ..settings() }), invalid("hours"));
        }
        let schedule = Schedule::Cron { expression: "0 3 * *".to_owned(), time_zone: Schedule::UNIVERSAL.to_owned() };
        let expected = (ErrorCode::InvalidCron, Some("expression".to_owned()));
        assert_eq!(fault(WebsiteSettings { schedule, ..settings() }), expected);
        for more in ["https://www.example.org/", "https://example.org:8443/", "ftp://example.org/", "//other.example/"]
        {
            let more_urls = texts(&["/fine", more]);
            assert_eq!(fault(WebsiteSettings { more_urls, ..settings() }), invalid("more_urls"), "{more}");
        }
        let long = "/".repeat(501);
        for pattern in ["help/*", "https://example.org/*", long.as_str(), "/a\nb"] {
            let include = texts(&[pattern]);
            assert_eq!(fault(WebsiteSettings { include: include.clone(), ..settings() }), invalid("include"));
            assert_eq!(fault(WebsiteSettings { exclude: include, ..settings() }), invalid("exclude"), "{pattern}");
        }
        let many = vec!["/a".to_owned(); 101];
        assert_eq!(fault(WebsiteSettings { exclude: many.clone(), ..settings() }), invalid("exclude"));
        assert_eq!(fault(WebsiteSettings { more_urls: many, ..settings() }), invalid("more_urls"));
        assert!(checked(WebsiteSettings { max_depth: 0, schedule: Schedule::Never, ..settings() }).is_ok());
    }
}
