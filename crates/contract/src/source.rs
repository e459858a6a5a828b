//! Where the documents of a collection come from.

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{CollectionId, SourceId, Timestamp, crawl::Schedule, job::JobProgress};

/// What a source is, and how it is set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SourceKind {
    /// Files that people upload.
    Upload,
    /// Pages of a website.
    Website(WebsiteSettings),
}

/// How a website is read. Only pages of the start address's host are, with or without `www.`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WebsiteSettings {
    /// Where to begin.
    pub start_url: String,
    /// Further pages of the same host to begin at, such as parts that nothing links to. At most 100.
    #[serde(default)]
    pub more_urls: Vec<String>,
    /// Only addresses that fit one of these patterns are kept; empty: all. At most 100. A pattern is a path with `*` for any text,
    /// such as `/help/*`, compared with path and query from their beginning to their end. Pages that do not fit are still
    /// read for their links.
    #[serde(default)]
    pub include: Vec<String>,
    /// Addresses that fit one of these patterns are never asked for. At most 100.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// At most this many pages. 1 to 100,000.
    #[serde(default = "default_page_limit")]
    #[cfg_attr(feature = "server", schema(minimum = 1, maximum = 100000))]
    pub page_limit: u32,
    /// At most this many links between a page to begin at and another page. 0 to 100.
    #[serde(default = "default_max_depth")]
    #[cfg_attr(feature = "server", schema(minimum = 0, maximum = 100))]
    pub max_depth: u32,
    /// Whether the sitemap is read.
    #[serde(default = "yes")]
    pub use_sitemap: bool,
    /// Whether links are followed.
    #[serde(default = "yes")]
    pub follow_links: bool,
    /// When it is read again by itself.
    #[serde(default)]
    pub schedule: Schedule,
    /// Whether its sitemap is looked at every hour, and what that names as new, changed or gone is read at once. Not where the
    /// schedule is `never`, or the sitemap is not read.
    #[serde(default = "yes")]
    pub watch_sitemap: bool,
}

impl WebsiteSettings {
    /// A website that begins at `start_url`, read as most are.
    pub fn of(start_url: impl Into<String>) -> Self {
        Self {
            start_url: start_url.into(),
            more_urls: Vec::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            page_limit: default_page_limit(),
            max_depth: default_max_depth(),
            use_sitemap: true,
            follow_links: true,
            schedule: Schedule::default(),
            watch_sitemap: true,
        }
    }
}

const fn default_page_limit() -> u32 {
    5_000
}

const fn default_max_depth() -> u32 {
    30
}

const fn yes() -> bool {
    true
}

/// How a source stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// Nothing has been read yet.
    Empty,
    /// Work is going on; see `progress`.
    Working,
    /// Everything that was found is there.
    Ready,
    /// The last work failed; see `error`. What was there before still answers.
    Failed,
}

/// A source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Source {
    /// The id.
    pub id: SourceId,
    /// The collection.
    pub collection: CollectionId,
    /// A name, unique in the collection.
    pub name: String,
    /// What is in it; may be empty.
    #[serde(default)]
    pub description: String,
    /// What it is.
    #[serde(flatten)]
    pub kind: SourceKind,
    /// How it stands.
    pub state: SourceState,
    /// The last failure.
    pub error: Option<crate::ApiError>,
    /// How far the work is, while there is some.
    pub progress: Option<JobProgress>,
    /// How many documents answer.
    pub documents: u64,
    /// How many documents failed or were skipped.
    pub failed_documents: u64,
    /// How many of them were skipped.
    pub skipped_documents: u64,
    /// How many passages of its documents answer.
    pub passages: u64,
    /// How many passages of its documents people gave another text or switched off.
    #[serde(default)]
    pub edited_passages: u64,
    /// How many of the documents that answer were added in the last seven days.
    pub added_last_week: u64,
    /// How many pages the last crawl left out because they need JavaScript and the server has no Chromium to run it.
    pub needs_javascript: u64,
    /// Whether a crawl of it was stopped that goes on where it stood when the source is read again.
    #[serde(default)]
    pub can_go_on: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its last work ended.
    pub finished_at: Option<Timestamp>,
    /// When a website is read again by itself; absent: not, or it is being read.
    pub next_crawl_at: Option<Timestamp>,
    /// When the sitemap of a website was last looked at for changes.
    pub watched_at: Option<Timestamp>,
    /// Why the sitemap could not be looked at the last time. What was read before answers, and crawls go on as ever.
    pub watch_error: Option<crate::ApiError>,
}

/// What is known of a source beyond its numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SourceFigures {
    /// The languages of its documents, by their ISO 639-1 codes.
    pub languages: Vec<String>,
    /// How many questions of the evaluation expect one of its documents.
    pub questions: u64,
    /// How many of these the last complete run asked.
    pub asked: u64,
    /// For how many of those an expected document was among the first three.
    pub in_first_three: u64,
}

/// A change to a source; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SourcePatch {
    /// A name, unique in the collection.
    pub name: Option<String>,
    /// What is in it. At most 500 characters.
    pub description: Option<String>,
    /// How a website is read, as a whole; from the next crawl on. Refused for a source of files.
    #[serde(deserialize_with = "spelt_right")]
    pub website: Option<WebsiteSettings>,
}

/// Settings as they are sent: those that do not exist are refused. Where settings lie beside other fields, these refuse them.
#[derive(Deserialize)]
#[serde(remote = "WebsiteSettings", deny_unknown_fields)]
struct SpeltRight {
    start_url: String,
    #[serde(default)]
    more_urls: Vec<String>,
    #[serde(default)]
    include: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
    #[serde(default = "default_page_limit")]
    page_limit: u32,
    #[serde(default = "default_max_depth")]
    max_depth: u32,
    #[serde(default = "yes")]
    use_sitemap: bool,
    #[serde(default = "yes")]
    follow_links: bool,
    #[serde(default)]
    schedule: Schedule,
    #[serde(default = "yes")]
    watch_sitemap: bool,
}

fn spelt_right<'de, D: Deserializer<'de>>(given: D) -> Result<Option<WebsiteSettings>, D::Error> {
    #[derive(Deserialize)]
    struct Settings(#[serde(with = "SpeltRight")] WebsiteSettings);

    Ok(Option::<Settings>::deserialize(given)?.map(|settings| settings.0))
}

/// A source to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(try_from = "SourceFields")]
pub struct NewSource {
    /// A name, unique in the collection; made from the kind when empty.
    #[serde(default)]
    pub name: String,
    /// What is in it. At most 500 characters.
    #[serde(default)]
    pub description: String,
    /// What it is.
    #[serde(flatten)]
    pub kind: SourceKind,
}

/// A source to make as it is written, every field on its own: serde names no field of what is flattened, and lets fields pass
/// there that do not exist.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceFields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    #[serde(deserialize_with = "kind_word")]
    kind: KindWord,
    start_url: Option<String>,
    more_urls: Option<Vec<String>>,
    include: Option<Vec<String>>,
    exclude: Option<Vec<String>>,
    page_limit: Option<u32>,
    max_depth: Option<u32>,
    use_sitemap: Option<bool>,
    follow_links: Option<bool>,
    schedule: Option<Schedule>,
    watch_sitemap: Option<bool>,
}

impl SourceFields {
    /// The first field that only a website has, if one is given.
    fn of_website(&self) -> Option<&'static str> {
        [
            ("start_url", self.start_url.is_some()),
            ("more_urls", self.more_urls.is_some()),
            ("include", self.include.is_some()),
            ("exclude", self.exclude.is_some()),
            ("page_limit", self.page_limit.is_some()),
            ("max_depth", self.max_depth.is_some()),
            ("use_sitemap", self.use_sitemap.is_some()),
            ("follow_links", self.follow_links.is_some()),
            ("schedule", self.schedule.is_some()),
            ("watch_sitemap", self.watch_sitemap.is_some()),
        ]
        .into_iter()
        .find_map(|(field, is_given)| is_given.then_some(field))
    }
}

#[derive(Debug)]
enum KindWord {
    Upload,
    Website,
}

fn kind_word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<KindWord, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "upload" => Ok(KindWord::Upload),
        "website" => Ok(KindWord::Website),
        other => Err(D::Error::unknown_variant(other, &["upload", "website"])),
    }
}

impl TryFrom<SourceFields> for NewSource {
    // As serde says it, so that it is told as what serde finds itself.
    type Error = String;

    fn try_from(fields: SourceFields) -> Result<Self, String> {
        let kind = match fields.kind {
            KindWord::Website => {
                let usual = WebsiteSettings::of(fields.start_url.ok_or("missing field `start_url`")?);
                SourceKind::Website(WebsiteSettings {
                    more_urls: fields.more_urls.unwrap_or_default(),
                    include: fields.include.unwrap_or_default(),
                    exclude: fields.exclude.unwrap_or_default(),
                    page_limit: fields.page_limit.unwrap_or(usual.page_limit),
                    max_depth: fields.max_depth.unwrap_or(usual.max_depth),
                    use_sitemap: fields.use_sitemap.unwrap_or(usual.use_sitemap),
                    follow_links: fields.follow_links.unwrap_or(usual.follow_links),
                    schedule: fields.schedule.unwrap_or_default(),
                    watch_sitemap: fields.watch_sitemap.unwrap_or(usual.watch_sitemap),
                    ..usual
                })
            }
            KindWord::Upload => match fields.of_website() {
                Some(field) => {
                    return Err(format!("unknown field `{field}`, expected `name`, `description` or `kind`"));
                }
                None => SourceKind::Upload,
            },
        };
        Ok(Self { name: fields.name, description: fields.description, kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::misread::Misread;

    #[test]
    fn a_new_source_is_read_as_it_is_written() {
        let settings = WebsiteSettings {
            more_urls: vec!["https://example.org/old".to_owned()],
            include: vec!["/help/*".to_owned()],
            exclude: vec!["*?print=*".to_owned()],
            page_limit: 7,
            max_depth: 3,
            use_sitemap: false,
            schedule: Schedule::Every { hours: 6 },
            watch_sitemap: false,
            ..WebsiteSettings::of("https://example.org/")
        };
        for kind in [SourceKind::Upload, SourceKind::Website(settings)] {
            let new = NewSource { name: "Shop".to_owned(), description: "Knots".to_owned(), kind };
            assert_eq!(serde_json::from_str::<NewSource>(&serde_json::to_string(&new).unwrap()).unwrap(), new);
        }
        let short = r#"{"kind": "website", "start_url": "https://example.org/"}"#;
        let read = serde_json::from_str::<NewSource>(short).unwrap();
        let SourceKind::Website(read) = read.kind else { panic!("{read:?}") };
        assert_eq!(read, WebsiteSettings::of("https://example.org/"));
    }

    #[test]
    fn settings_of_before_are_read_and_misspelt_ones_are_not() {
        let stored = r#"{"kind":"website","start_url":"https://example.org/","page_limit":7,"use_sitemap":true,"follow_links":true}"#;
        let usual = WebsiteSettings { page_limit: 7, ..WebsiteSettings::of("https://example.org/") };
        assert_eq!(serde_json::from_str::<SourceKind>(stored).unwrap(), SourceKind::Website(usual.clone()));
        let again = serde_json::to_string(&SourceKind::Website(usual.clone())).unwrap();
        assert_eq!(serde_json::from_str::<SourceKind>(&again).unwrap(), SourceKind::Website(usual));
        let misspelt = r#"{"website": {"start_url": "https://example.org/", "max_dept": 3}}"#;
        let error = serde_json::from_str::<SourcePatch>(misspelt).unwrap_err();
        assert!(error.to_string().contains("unknown field `max_dept`"), "{error}");
    }

    #[test]
    fn what_is_wrong_with_a_new_source_is_said() {
        for (json, said) in [
            (r#"{"kind": {"website": {}}}"#, "must be a text, found a group of fields"),
            (r#"{"kind": "page"}"#, "must be one of \"upload\", \"website\", found \"page\""),
            (r#"{"kind": "website"}"#, "start_url: must be given"),
            (r#"{"name": "x"}"#, "kind: must be given"),
            (
                r#"{"kind": "upload", "start_url": "x"}"#,
                "start_url: there is no such field; there are name, description, kind",
            ),
        ] {
            let error = serde_json::from_str::<NewSource>(json).unwrap_err().to_string();
            assert_eq!(Misread::of(&error).to_string(), said, "{json}");
        }
        let error = serde_json::from_str::<NewSource>(r#"{"kind": "website", "depth": 3}"#).unwrap_err().to_string();
        assert!(
            Misread::of(&error)
                .to_string()
                .starts_with("depth: there is no such field; there are name, description, kind")
        );
    }
}
