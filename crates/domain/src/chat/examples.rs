//! What an assistant can be asked about: titles of what its collections hold.

use hammock_contract::{
    AssistantId, CollectionId,
    assistant::Greeting,
    document::{DocumentQuery, DocumentState},
    locale::Locale,
    retrieval::PASSAGES,
};
use hammock_store::{Scope, documents};

use super::passages::TOPICS;
use crate::{Hammock, Result, assistants::first, error::from_store};

/// The most characters of a title that a question can be made of.
const LONGEST_TOPIC: usize = 80;

impl Hammock {
    /// How an assistant receives the caller in an empty conversation, in the language of the caller where the words are
    /// Hammock's. One without suggestions of its own names what its collections hold, of those that the caller sees.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn greet(&self, scope: &Scope, id: &AssistantId, locale: Locale) -> Result<Greeting> {
        let assistant = self.find_assistant(scope, id).await?;
        let settings = &assistant.settings;
        // Of what a filter leaves out nothing is told.
        let tells = settings.suggestions.is_empty() && settings.filters.is_empty();
        let titles = if tells { self.examples(scope, &settings.collections).await? } else { Vec::new() };
        let greeting = first::translated(Greeting::from(assistant), locale);
        Ok(Greeting { topics: topics_of(titles), ..greeting })
    }

    /// Titles of what collections hold, of which the caller must see each.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn examples(&self, scope: &Scope, collections: &[CollectionId]) -> Result<Vec<String>> {
        let mut titles: Vec<String> = Vec::new();
        for id in collections {
            let query = DocumentQuery {
                collection: Some(id.clone()),
                limit: Some(u32::from(PASSAGES)),
                ..DocumentQuery::default()
            };
            let page = documents::list(scope, self.store().read(), &query).await.map_err(from_store)?;
            // What was never read answers nothing.
            let read = page.items.into_iter().filter(|document| document.revision > 0 && !document.title.is_empty());
            titles.extend(read.map(|document| document.title));
            if titles.len() >= TOPICS {
                break;
            }
        }
        titles.truncate(TOPICS);
        Ok(titles)
    }

    /// Those of some collections that hold what was never read yet, of which the caller must see each.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn unread(&self, scope: &Scope, collections: &[CollectionId]) -> Result<Vec<CollectionId>> {
        let mut unread = Vec::new();
        for id in collections {
            let query = DocumentQuery {
                collection: Some(id.clone()),
                state: Some(DocumentState::Processing),
                ..DocumentQuery::default()
            };
            let page = documents::list(scope, self.store().read(), &query).await.map_err(from_store)?;
            if page.items.iter().any(|document| document.revision == 0) {
                unread.push(id.clone());
            }
        }
        Ok(unread)
    }
}

/// Those of some titles that a question can be made of, each once.
fn topics_of(titles: Vec<String>) -> Vec<String> {
    let mut topics: Vec<String> = Vec::with_capacity(titles.len());
    for title in titles {
        // A number or a date alone says nothing, and what is long is no name but a sentence.
        let is_topic = title.chars().any(char::is_alphabetic) && title.chars().count() <= LONGEST_TOPIC;
        if is_topic && !topics.contains(&title) {
            topics.push(title);
        }
    }
    topics
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_a_name_and_stands_there_once() {
        let long = "x".repeat(LONGEST_TOPIC + 1);
        let titles = ["Opening hours", "2024-11-05", long.as_str(), "Prices", "Opening hours", ""].map(str::to_owned);
        assert_eq!(topics_of(titles.to_vec()), ["Opening hours", "Prices"]);
    }
}
