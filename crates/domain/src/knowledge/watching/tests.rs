//! What of a sitemap is looked at.

use hammock_contract::SourceId;

use super::*;

fn row(pages: &[(&str, Option<&str>)]) -> SitemapFileRow {
    let entry = |(address, modified): &(&str, Option<&str>)| SitemapEntry {
        address: (*address).to_owned(),
        modified: modified.map(str::to_owned),
    };
    SitemapFileRow {
        source_id: SourceId::fixed("shop"),
        address: "map".to_owned(),
        organisation_id: hammock_contract::OrganisationId::fixed("shop"),
        parent: None,
        etag: None,
        last_modified: None,
        entries: pages.iter().map(entry).collect(),
    }
}

fn between(before: &[(&str, Option<&str>)], now: &[(&str, Option<&str>)]) -> Differences {
    Differences::between(&[row(before)], &[file_of(&row(now))])
}

#[test]
fn pages_that_are_listed_otherwise_are_found() {
    let before = [("a", None), ("b", Some("2026-11-01")), ("c", None), ("d", None)];
    let now = [("a", None), ("b", Some("2026-11-02")), ("d", Some("2026-11-02")), ("e", None)];
    let found = between(&before, &now);
    let listed: Vec<(&str, Option<&str>, bool)> = found
        .listed
        .iter()
        .map(|(address, modified, was_listed)| (address.as_str(), modified.as_deref(), *was_listed))
        .collect();
    assert_eq!(listed, [("b", Some("2026-11-02"), true), ("d", Some("2026-11-02"), true), ("e", None, false)]);
    assert_eq!(found.unlisted, ["c"]);
    assert!(between(&before, &before).are_none());
}

#[test]
fn new_pages_are_taken_as_far_as_the_settings_allow() {
    let found = || between(&[], &[("https://a.example/1", None), ("https://a.example/2", None)]);
    let count = |settings: &WebsiteSettings, comparable| match found().wanted(settings, Vec::new(), comparable) {
        Wanted::Pages(pages) => pages.len(),
        Wanted::Nothing => 0,
        Wanted::All => panic!("nothing is missing"),
    };
    let usual = WebsiteSettings::of("https://a.example/");
    assert_eq!(count(&usual, true), 2);
    assert_eq!(count(&usual, false), 0, "what is there is not all that the site has");
    assert_eq!(count(&WebsiteSettings { page_limit: 1, ..usual.clone() }, true), 1);
    assert_eq!(count(&WebsiteSettings { max_depth: 0, ..usual }, true), 0);
    let gone = between(&[("https://a.example/1", None)], &[]).wanted(&WebsiteSettings::of("x"), Vec::new(), true);
    assert_eq!(gone, Wanted::Nothing, "what was never read need not be looked at");
}

#[test]
fn a_change_is_compared_with_the_last_fetch() {
    let fetched = "2026-11-10T12:00:00Z".parse().ok();
    for (modified, at_first, later) in [
        ("2026-11-10T12:00:01Z", true, true),
        ("2026-11-10T13:30+01:00", true, true),
        ("2026-11-10T12:30+01:00", false, false),
        ("2026-11-10T11:59:59.5Z", false, false),
        ("2026-11-11", true, true),
        // On the same day: it may have been later.
        ("2026-11-10", false, true),
        ("2026-11-09", false, false),
        ("yesterday", false, true),
    ] {
        assert_eq!(is_newer(modified, fetched, false), at_first, "{modified}");
        assert_eq!(is_newer(modified, fetched, true), later, "{modified}");
        assert!(is_newer(modified, None, false));
    }
}

#[test]
fn a_website_that_is_read_on_demand_alone_is_not_watched() {
    let usual = WebsiteSettings::of("https://a.example/");
    assert!(is_watched(&usual));
    for other in [
        WebsiteSettings { watch_sitemap: false, ..usual.clone() },
        WebsiteSettings { use_sitemap: false, ..usual.clone() },
        WebsiteSettings { schedule: Schedule::Never, ..usual },
    ] {
        assert!(!is_watched(&other), "{other:?}");
    }
}
