//! A file that is written while its conversation is read.

use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use hammock_contract::{Timestamp, chat::ConversationSummary, locale::Locale};

use super::{json, markdown::Writer, pages::Pages};
use crate::{Result, internal};

/// What is in a file, part by part. A part that could not be made ends it.
pub type Content = BoxStream<'static, Result<String>>;

/// For what the messages are read.
#[derive(Clone, Copy)]
enum Reading {
    Definitions,
    Messages,
    Notes,
}

/// A file in Markdown.
struct InMarkdown {
    pages: Pages,
    writer: Writer,
    reading: Reading,
}

impl InMarkdown {
    /// The next part. All of the conversation is read before the first: what one message says may mean something in another.
    async fn next_part(&mut self) -> Result<Option<String>> {
        loop {
            match (self.pages.read().await?, self.reading) {
                (Some(page), Reading::Definitions) => self.writer.learn(&page),
                (Some(page), Reading::Messages) => return Ok(Some(self.writer.messages(&page))),
                (Some(page), Reading::Notes) => {
                    let notes = self.writer.notes(&page);
                    if !notes.is_empty() {
                        return Ok(Some(notes));
                    }
                }
                (None, Reading::Definitions) => self.begin_again(Reading::Messages),
                (None, Reading::Messages) if self.writer.has_sources() => self.begin_again(Reading::Notes),
                (None, Reading::Messages | Reading::Notes) => return Ok(None),
            }
        }
    }

    fn begin_again(&mut self, reading: Reading) {
        self.reading = reading;
        self.pages.begin_again();
        self.writer.begin_again();
    }
}

/// The conversation in Markdown.
pub fn in_markdown(pages: Pages, summary: &ConversationSummary, locale: Locale, now: Timestamp) -> Content {
    let writer = Writer::new(locale);
    let head = writer.head(summary, now);
    let file = InMarkdown { pages, writer, reading: Reading::Definitions };
    let parts = stream::try_unfold(file, |mut file| async move {
        let part = file.next_part().await;
        part.map(|part| part.map(|part| (part, file)))
    });
    stream::iter([Ok(head)]).chain(parts).boxed()
}

/// A file in JSON.
struct InJson {
    pages: Pages,
    has_messages: bool,
    is_whole: bool,
}

impl InJson {
    async fn next_part(&mut self) -> Result<Option<String>> {
        if self.is_whole {
            return Ok(None);
        }
        let Some(page) = self.pages.read().await? else {
            self.is_whole = true;
            return Ok(Some(json::end(self.has_messages).to_owned()));
        };
        let mut part = String::new();
        for message in &page {
            part.push_str(&json::message(message, self.has_messages).map_err(internal)?);
            self.has_messages = true;
        }
        Ok(Some(part))
    }
}

/// The conversation as JSON.
///
/// # Errors
/// Only for what is no JSON, which a title cannot be.
pub fn in_json(pages: Pages, summary: &ConversationSummary, now: Timestamp) -> Result<Content> {
    let head = json::head(summary, now).map_err(internal)?;
    let file = InJson { pages, has_messages: false, is_whole: false };
    let parts = stream::try_unfold(file, |mut file| async move {
        let part = file.next_part().await;
        part.map(|part| part.map(|part| (part, file)))
    });
    Ok(stream::iter([Ok(head)]).chain(parts).boxed())
}
