//! Numbers in the order in which an answer names them: whoever reads it meets [1] first, and a single source is [1].
//!
//! The built-in answerer's words are known before the first of them is sent, and the numbers are changed before that, in the
//! sources and in what is quoted of them alike. What a model writes is on its way to readers while it is still unknown which
//! sources it will name; there the numbers stay as they were issued.

use hammock_contract::chat::Citation;
use hammock_llm::{ChatRequest, builtin};

/// Numbers the sources as the built-in answer to this request names them, those that it does not name behind the others;
/// whether any got another number. The order of the request's sources stays: it says how good they are.
pub(super) fn number_by_answer(request: &mut ChatRequest, citations: &mut [Citation]) -> bool {
    let mut order = builtin::cited(request);
    for citation in &*citations {
        if !order.contains(&citation.number) {
            order.push(citation.number);
        }
    }
    let number_of = |before: u32| {
        let place = (1_u32..).zip(&order).find(|(_, number)| **number == before);
        place.map_or(before, |(number, _)| number)
    };
    if citations.iter().all(|citation| number_of(citation.number) == citation.number) {
        return false;
    }
    for source in &mut request.sources {
        source.number = number_of(source.number);
        if let Some(follows) = &mut source.follows {
            follows.number = number_of(follows.number);
        }
    }
    for citation in &mut *citations {
        citation.number = number_of(citation.number);
    }
    citations.sort_by_key(|citation| citation.number);
    true
}

#[cfg(test)]
mod tests {
    use hammock_contract::{ChunkId, CollectionId, DocumentId};
    use hammock_llm::PromptSource;

    use super::*;

    const TEXTS: [&str; 3] = [
        "A user asks questions. Teams have a name.",
        "The museum opens at nine and closes at five.",
        "Opening a team needs an administrator.",
    ];

    #[test]
    fn what_is_quoted_first_is_the_first_source() {
        let source = |(number, text): (u32, &&str)| PromptSource {
            number,
            title: String::new(),
            text: (*text).to_owned(),
            language: None,
            follows: None,
            parts: Vec::new(),
        };
        let mut request = ChatRequest {
            model: String::new(),
            turns: Vec::new(),
            question: "When does the museum close?".to_owned(),
            sources: (1..).zip(&TEXTS).map(source).collect(),
            pictures: Vec::new(),
            language: Some("en".to_owned()),
            is_weak: false,
            temperature: 0.0,
            max_tokens: 500,
            vision: hammock_contract::assistant::Vision::default(),
        };
        let citation = |number: u32| -> Citation {
            serde_json::from_value(serde_json::json!({
                "number": number, "document": DocumentId::new(), "collection": CollectionId::new(),
                "chunk": ChunkId::new(), "revision": 1, "title": TEXTS[number as usize - 1], "headings": [], "url": null,
                "start": 0, "end": 9, "quote": "text", "cited": false,
            }))
            .unwrap()
        };
        let mut citations = [citation(1), citation(2), citation(3)];
        assert_eq!(builtin::cited(&request), [2]);
        assert!(number_by_answer(&mut request, &mut citations));
        assert_eq!(builtin::cited(&request), [1]);
        // The same text under the same number on both sides, and the order of the request as it was.
        let titles = citations.each_ref().map(|citation| (citation.number, citation.title.as_str()));
        assert_eq!(titles, [(1, TEXTS[1]), (2, TEXTS[0]), (3, TEXTS[2])]);
        let given: Vec<(u32, &str)> =
            request.sources.iter().map(|source| (source.number, source.text.as_str())).collect();
        assert_eq!(given, [(2, TEXTS[0]), (1, TEXTS[1]), (3, TEXTS[2])]);
        assert!(!number_by_answer(&mut request, &mut citations), "once is enough");
    }
}
