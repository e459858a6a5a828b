//! The fields of a source, read and filled in.

use hammock_contract::{CollectionId, SourceId, Timestamp, crawl::Schedule, source::SourceState};

use super::{schedule::choices, *};
use crate::i18n;

/// A source with nothing in it yet.
pub fn source(kind: SourceKind) -> Source {
    Source {
        id: SourceId::fixed("shop"),
        collection: CollectionId::fixed("handbook"),
        name: "Shop".to_owned(),
        description: "Knots".to_owned(),
        kind,
        state: SourceState::Ready,
        error: None,
        progress: None,
        documents: 0,
        failed_documents: 0,
        skipped_documents: 0,
        passages: 0,
        edited_passages: 0,
        added_last_week: 0,
        needs_javascript: 0,
        can_go_on: false,
        created_at: Timestamp::from_millis(0),
        finished_at: None,
        next_crawl_at: None,
        watched_at: None,
        watch_error: None,
    }
}

fn website() -> WebsiteSettings {
    WebsiteSettings {
        more_urls: vec!["https://example.org/news".to_owned()],
        include: vec!["/help/*".to_owned(), "/news*".to_owned()],
        exclude: vec!["*?print=*".to_owned()],
        page_limit: 70,
        max_depth: 3,
        use_sitemap: false,
        schedule: Schedule::Every { hours: 36 },
        watch_sitemap: false,
        ..WebsiteSettings::of("https://example.org/")
    }
}

#[test]
fn an_address_needs_no_scheme() {
    assert_eq!(with_scheme(" example.org/help "), "https://example.org/help");
    assert_eq!(with_scheme("http://example.org"), "http://example.org");
    assert_eq!(with_scheme(""), "");
}

#[test]
fn what_is_stored_comes_back_as_it_is() {
    Owner::new().with(|| {
        let fields = Fields::new();
        let nightly = Schedule::Cron { expression: "0 3 * * 1-5".to_owned(), time_zone: "Europe/Prague".to_owned() };
        let at_night = WebsiteSettings { schedule: nightly, ..website() };
        for kind in [SourceKind::Website(website()), SourceKind::Website(at_night), SourceKind::Upload] {
            let stored = source(kind.clone());
            fields.fill(Some(&stored));
            assert_eq!(
                fields.source().unwrap(),
                NewSource { name: "Shop".to_owned(), description: "Knots".to_owned(), kind }
            );
            assert_eq!(patch_of(&stored, fields.source().unwrap()), SourcePatch::default());
        }
    });
}

#[test]
fn only_what_is_another_now_is_sent() {
    Owner::new().with(|| {
        let fields = Fields::new();
        let stored = source(SourceKind::Website(website()));
        fields.fill(Some(&stored));
        fields.name.set("Our shop".to_owned());
        let renamed = SourcePatch { name: Some("Our shop".to_owned()), ..SourcePatch::default() };
        assert_eq!(patch_of(&stored, fields.source().unwrap()), renamed);
        fields.name.set("Shop".to_owned());
        fields.description.set(String::new());
        let described = SourcePatch { description: Some(String::new()), ..SourcePatch::default() };
        assert_eq!(patch_of(&stored, fields.source().unwrap()), described);
        fields.description.set("Knots".to_owned());
        fields.schedule.set("0".to_owned());
        let settings = WebsiteSettings { schedule: Schedule::Never, ..website() };
        let quiet = SourcePatch { website: Some(settings), ..SourcePatch::default() };
        assert_eq!(patch_of(&stored, fields.source().unwrap()), quiet);
    });
}

#[test]
fn what_is_typed_while_it_is_saved_stays() {
    Owner::new().with(|| {
        let fields = Fields::new();
        let stored = source(SourceKind::Website(website()));
        fields.fill(Some(&stored));
        assert_eq!(fields.values(), stored_values(&stored));
        fields.start_url.set("example.org".to_owned());
        let sent = fields.values();
        fields.description.set("Knots and ropes".to_owned());
        fields.follow_links.set(false);
        // The server has written the address in full.
        let saved = source(SourceKind::Website(WebsiteSettings { page_limit: 71, ..website() }));
        fields.fill_unchanged(&saved, &sent);
        assert_eq!(fields.start_url.get_untracked(), "https://example.org/");
        assert_eq!(fields.page_limit.get_untracked(), "71");
        assert_eq!(fields.description.get_untracked(), "Knots and ropes");
        assert!(!fields.follow_links.get_untracked());
        let unsaved = fields.values().into_iter().zip(stored_values(&saved)).filter(|(now, saved)| now != saved);
        assert_eq!(unsaved.count(), 2);
    });
}

#[test]
fn lists_have_a_line_for_each_and_a_new_website_is_read_as_most_are() {
    Owner::new().with(|| {
        let fields = Fields::new();
        fields.start_url.set("example.org".to_owned());
        let usual = SourceKind::Website(WebsiteSettings::of("https://example.org"));
        assert_eq!(fields.source().unwrap().kind, usual);
        fields.exclude.set("\n /old/* \n\n*.pdf\n".to_owned());
        fields.more_urls.set("example.org/news\n".to_owned());
        let settings = fields.settings().unwrap();
        assert_eq!(settings.exclude, ["/old/*", "*.pdf"]);
        assert_eq!(settings.more_urls, ["https://example.org/news"]);
    });
}

#[test]
fn a_number_out_of_range_is_told_at_its_field() {
    Owner::new().with(|| {
        let fields = Fields::new();
        for (field, signal, bad) in [
            ("page_limit", fields.page_limit, "0"),
            ("page_limit", fields.page_limit, "100001"),
            ("page_limit", fields.page_limit, ""),
            ("max_depth", fields.max_depth, "101"),
            ("max_depth", fields.max_depth, "deep"),
        ] {
            fields.fill(None);
            signal.set(bad.to_owned());
            let error = fields.source().unwrap_err();
            assert_eq!(error.field.as_deref(), Some(field), "{bad}");
            assert!(i18n::error_text(&error).contains("number from"), "{bad}");
        }
        fields.fill(None);
        fields.max_depth.set("0".to_owned());
        assert!(fields.source().is_ok());
    });
}

#[test]
fn hours_that_are_not_usual_can_be_kept() {
    let values = |stored: &Schedule| choices(stored).into_iter().map(|(value, _)| value).collect::<Vec<_>>();
    assert_eq!(values(&Schedule::default()), ["0", "1", "6", "12", "24", "168", "cron"]);
    assert_eq!(values(&Schedule::Never), ["0", "1", "6", "12", "24", "168", "cron"]);
    let stored = Schedule::Every { hours: 36 };
    assert_eq!(values(&stored), ["0", "1", "6", "12", "24", "36", "168", "cron"]);
    for (value, _) in choices(&stored) {
        let schedule = schedule_of(&value, " 0 3 * * * ", "UTC");
        assert_eq!(draft_of(schedule), (value, "0 3 * * *".to_owned(), "UTC".to_owned()));
    }
    let names: Vec<String> = choices(&stored).into_iter().map(|(_, name)| name).collect();
    assert_eq!(
        (names[1].as_str(), names[5].as_str(), names[7].as_str()),
        ("Every hour", "Every 36 hours", "At set times")
    );
}

#[test]
fn what_is_folded_away_is_shown_where_it_is_used() {
    let usual =
        WebsiteSettings { page_limit: 7, schedule: Schedule::Never, ..WebsiteSettings::of("https://a.example/") };
    assert!(!is_unusual(&usual));
    assert!(is_unusual(&WebsiteSettings { max_depth: 2, ..usual.clone() }));
    assert!(is_unusual(&WebsiteSettings { follow_links: false, ..usual.clone() }));
    assert!(is_unusual(&WebsiteSettings { watch_sitemap: false, ..usual.clone() }));
    assert!(is_unusual(&WebsiteSettings { exclude: vec!["/old/*".to_owned()], ..usual }));
}

#[test]
fn a_list_that_is_refused_says_what_is_allowed() {
    Owner::new().with(|| {
        let error = RwSignal::new(Some(ApiError::new(ErrorCode::InvalidField, "too many").on("include")));
        let shown = on_list(error.into(), "include", "rule");
        assert_eq!(shown.get_untracked().as_deref(), Some("rule"));
        assert_eq!(on_list(error.into(), "exclude", "rule").get_untracked(), None);
        let plain = ApiError::new(ErrorCode::InvalidUrl, "no address").on("include");
        error.set(Some(plain.clone()));
        assert_eq!(shown.get_untracked(), Some(i18n::error_text(&plain)));
    });
}
