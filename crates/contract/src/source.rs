//! Where the documents of a collection come from.

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{CollectionId, SourceId, Timestamp, job::JobProgress};

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

/// How a website is read. Only pages of the start address's host are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WebsiteSettings {
    /// Where to begin.
    pub start_url: String,
    /// At most this many pages. 1 to 100,000.
    #[serde(default = "default_page_limit")]
    pub page_limit: u32,
    /// Whether the sitemap is read.
    #[serde(default = "yes")]
    pub use_sitemap: bool,
    /// Whether links are followed.
    #[serde(default = "yes")]
    pub follow_links: bool,
}

const fn default_page_limit() -> u32 {
    5_000
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
    /// When it was made.
    pub created_at: Timestamp,
    /// When its last work ended.
    pub finished_at: Option<Timestamp>,
}

/// A source to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(try_from = "SourceFields")]
pub struct NewSource {
    /// A name, unique in the collection; made from the kind when empty.
    #[serde(default)]
    pub name: String,
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
    #[serde(deserialize_with = "kind_word")]
    kind: KindWord,
    start_url: Option<String>,
    page_limit: Option<u32>,
    use_sitemap: Option<bool>,
    follow_links: Option<bool>,
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
        let SourceFields { name, kind, start_url, page_limit, use_sitemap, follow_links } = fields;
        let kind = match kind {
            KindWord::Website => SourceKind::Website(WebsiteSettings {
                start_url: start_url.ok_or("missing field `start_url`")?,
                page_limit: page_limit.unwrap_or_else(default_page_limit),
                use_sitemap: use_sitemap.unwrap_or_else(yes),
                follow_links: follow_links.unwrap_or_else(yes),
            }),
            KindWord::Upload => {
                let of_website = [
                    ("start_url", start_url.is_some()),
                    ("page_limit", page_limit.is_some()),
                    ("use_sitemap", use_sitemap.is_some()),
                    ("follow_links", follow_links.is_some()),
                ];
                if let Some((field, _)) = of_website.into_iter().find(|(_, is_given)| *is_given) {
                    return Err(format!("unknown field `{field}`, expected `name` or `kind`"));
                }
                SourceKind::Upload
            }
        };
        Ok(Self { name, kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::misread::Misread;

    #[test]
    fn a_new_source_is_read_as_it_is_written() {
        let settings = WebsiteSettings {
            start_url: "https://example.org/".to_owned(),
            page_limit: 7,
            use_sitemap: false,
            follow_links: true,
        };
        for kind in [SourceKind::Upload, SourceKind::Website(settings)] {
            let new = NewSource { name: "Shop".to_owned(), kind };
            assert_eq!(serde_json::from_str::<NewSource>(&serde_json::to_string(&new).unwrap()).unwrap(), new);
        }
        let short = r#"{"kind": "website", "start_url": "https://example.org/"}"#;
        let read = serde_json::from_str::<NewSource>(short).unwrap();
        let SourceKind::Website(read) = read.kind else { panic!("{read:?}") };
        assert_eq!((read.page_limit, read.use_sitemap, read.follow_links), (5_000, true, true));
    }

    #[test]
    fn what_is_wrong_with_a_new_source_is_said() {
        for (json, said) in [
            (r#"{"kind": {"website": {}}}"#, "must be a text, found a group of fields"),
            (r#"{"kind": "page"}"#, "must be one of \"upload\", \"website\", found \"page\""),
            (r#"{"kind": "website"}"#, "start_url: must be given"),
            (r#"{"name": "x"}"#, "kind: must be given"),
            (r#"{"kind": "upload", "start_url": "x"}"#, "start_url: there is no such field; there are name, kind"),
        ] {
            let error = serde_json::from_str::<NewSource>(json).unwrap_err().to_string();
            assert_eq!(Misread::of(&error).to_string(), said, "{json}");
        }
        let error = serde_json::from_str::<NewSource>(r#"{"kind": "website", "depth": 3}"#).unwrap_err().to_string();
        assert!(Misread::of(&error).to_string().starts_with("depth: there is no such field; there are name, kind"));
    }
}
