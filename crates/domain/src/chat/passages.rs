//! What was found, as an answer names it.

use hammock_contract::chat::Citation;

use crate::search::Found;

/// How many topics an answer names that found nothing.
const TOPICS: usize = 4;

/// The passages with the numbers by which the answer may refer to them.
pub fn numbered(found: &Found) -> Vec<Citation> {
    (1u32..)
        .zip(&found.passages)
        .map(|(number, passage)| Citation {
            number,
            document: passage.row.chunk.document_id.clone(),
            collection: passage.row.chunk.collection_id.clone(),
            chunk: passage.row.chunk.id.clone(),
            revision: passage.row.chunk.revision,
            title: passage.row.title.clone(),
            headings: passage.row.chunk.headings.clone(),
            url: passage.row.url.clone(),
            page: passage.row.chunk.page,
            start: passage.row.chunk.start_byte,
            end: passage.row.chunk.end_byte,
            quote: passage.row.chunk.text.clone(),
            cited: false,
        })
        .collect()
}

/// What the collections do cover, nearest to the question first.
pub fn topics(found: &Found) -> Vec<String> {
    let mut topics: Vec<String> = Vec::new();
    for passage in &found.passages {
        let topic = passage.row.chunk.headings.last().unwrap_or(&passage.row.title).clone();
        if !topic.is_empty() && !topics.contains(&topic) {
            topics.push(topic);
        }
        if topics.len() == TOPICS {
            break;
        }
    }
    topics
}
