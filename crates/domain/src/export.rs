//! A conversation as a file of its person's: Markdown to read, JSON for programs. It is written while it is read, however long it
//! is.

mod json;
mod markdown;
mod pages;
mod writing;

use hammock_contract::{
    ConversationId, Timestamp,
    chat::{Citation, Message},
    locale::Locale,
};
use hammock_store::{Scope, conversations};

use self::{
    pages::Pages,
    writing::{Content, in_json, in_markdown},
};
use crate::{Hammock, Result, error::from_store, validate};

/// The longest part of a title in the name of a file. Characters.
const NAME_CHARS: usize = 60;

/// In which form a conversation is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Markdown with its sources as numbered footnotes.
    Markdown,
    /// JSON with everything that the conversation shows.
    Json,
}

impl ExportFormat {
    /// The format of this name; Markdown where none is named.
    ///
    /// # Errors
    /// `invalid_field`.
    pub fn named(name: Option<&str>) -> Result<Self> {
        match name {
            None | Some("markdown") => Ok(Self::Markdown),
            Some("json") => Ok(Self::Json),
            Some(_) => Err(validate::invalid("format", "the format is markdown or json")),
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Json => "json",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// A file that is made to be saved.
pub struct ExportedFile {
    /// Its name: letters, digits, hyphens and one dot.
    pub name: String,
    /// What it is.
    pub media_type: &'static str,
    /// What is in it, part by part. One that could not be made ends it.
    pub content: Content,
}

impl Hammock {
    /// A conversation of the caller as a file; an answer that is being made as far as it is. Sources that the caller does not
    /// see any more are not told.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn export_conversation(
        &self,
        scope: &Scope,
        id: &ConversationId,
        format: ExportFormat,
        locale: Locale,
    ) -> Result<ExportedFile> {
        let summary = conversations::find_summary(scope, self.store().read(), id).await.map_err(from_store)?;
        let pages = Pages::of(self, scope, id).await?;
        let now = self.now();
        let name = file_name(&summary.title, now, format);
        let content = match format {
            ExportFormat::Markdown => in_markdown(pages, &summary, locale, now),
            ExportFormat::Json => in_json(pages, &summary, now)?,
        };
        Ok(ExportedFile { name, media_type: format.media_type(), content })
    }
}

/// A name that every file system takes: no sign that means something to one of them, and never the name of a device, since the
/// day follows.
fn file_name(title: &str, now: Timestamp, format: ExportFormat) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut name = String::new();
    for word in words {
        let hyphen = usize::from(!name.is_empty());
        if name.chars().count() + hyphen + word.chars().count() > NAME_CHARS {
            if name.is_empty() {
                name.extend(word.chars().take(NAME_CHARS));
            }
            break;
        }
        if hyphen == 1 {
            name.push('-');
        }
        name.push_str(word);
    }
    if name.is_empty() {
        name.push_str("conversation");
    }
    let (year, month, day, ..) = now.civil();
    format!("{name}-{year}-{month:02}-{day:02}.{}", format.extension())
}

/// The sources of an answer that it refers to.
fn cited(message: &Message) -> impl Iterator<Item = &Citation> {
    message.citations.iter().filter(|citation| citation.cited)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_on_every_file_system() {
        let now = Timestamp::from_civil(2026, 11, 27, 0).unwrap();
        for (title, name) in [
            ("How do I put the chat on my website?", "How-do-I-put-the-chat-on-my-website-2026-11-27.md"),
            ("../../etc/passwd", "etc-passwd-2026-11-27.md"),
            ("Výroční \"zpráva\"\r\nX: y", "Výroční-zpráva-X-y-2026-11-27.md"),
            ("CON", "CON-2026-11-27.md"),
            ("…", "conversation-2026-11-27.md"),
            ("", "conversation-2026-11-27.md"),
        ] {
            assert_eq!(file_name(title, now, ExportFormat::Markdown), name, "{title}");
        }
        let long = file_name(&"x".repeat(200), now, ExportFormat::Json);
        assert_eq!(long, format!("{}-2026-11-27.json", "x".repeat(NAME_CHARS)));
        let wordy = file_name(&"wordy ".repeat(30), now, ExportFormat::Json);
        assert!(wordy.ends_with("wordy-2026-11-27.json"), "{wordy}");
    }

    #[test]
    fn a_format_is_named() {
        assert_eq!(ExportFormat::named(None), Ok(ExportFormat::Markdown));
        assert_eq!(ExportFormat::named(Some("json")), Ok(ExportFormat::Json));
        assert_eq!(ExportFormat::named(Some("pdf")).unwrap_err().field.as_deref(), Some("format"));
    }
}
