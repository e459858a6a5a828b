//! Documents and passages as people read them.

use hammock_contract::{
    ErrorCode,
    document::Document,
    reading::{ExcerptRequest, ReadingRequest, TextSpan},
    search::{SearchMode, SearchRequest},
};
use hammock_llm::scripted::ScriptedModel;

use super::{
    chat::{ask, museum},
    world::World,
};

const SENTENCE: &str = "The museum opens at nine and closes at five.";
const PRICES: &str = "# Prices\n\nChildren pay **half**. See [the shop](https://shop.example/).\n\n\
                      | Ticket | Price |\n| --- | --- |\n| Adult | 12 |\n| Child | 6 |\n";

/// The first nine bytes of a document.
pub fn beginning_of(document: &Document) -> ExcerptRequest {
    ExcerptRequest {
        document: document.id.clone(),
        revision: 1,
        passage: TextSpan { start: 0, end: 9 },
        marks: Vec::new(),
        quote: String::new(),
        chunk: None,
        further_chunks: Vec::new(),
        edited: false,
    }
}

#[tokio::test]
async fn an_answer_marks_the_sentence_that_it_rests_on() {
    let (world, owner, request) = museum(ScriptedModel::saying("It opens at *nine* [1].")).await;
    let (_, message) = ask(&world, &owner, request).await;
    let citation = &message.citations[0];
    let text = world.hammock.document_text(&owner, &citation.document, None).await.unwrap().text;
    let marked: Vec<&str> = citation.marks.iter().map(|mark| &text[mark.start as usize..mark.end as usize]).collect();
    assert_eq!(marked, [SENTENCE]);

    let excerpt = world.hammock.cited_excerpt(&owner, citation.into()).await.unwrap();
    assert!(excerpt.current && excerpt.as_asked && excerpt.marks == citation.marks);
    assert!(excerpt.html.contains(&format!("<mark>{SENTENCE}</mark>")), "{}", excerpt.html);
    assert!(excerpt.html.contains("<h3>Opening hours</h3>") && excerpt.html.contains("Dogs stay"), "{}", excerpt.html);
    assert!(!excerpt.more_before && !excerpt.more_after);
}

#[tokio::test]
async fn where_nothing_stands_out_the_whole_passage_is_marked() {
    let (world, owner, request) = museum(ScriptedModel::saying("Ask there [1].")).await;
    let (_, message) = ask(&world, &owner, request).await;
    let citation = &message.citations[0];
    assert!(citation.cited && citation.marks.is_empty(), "{:?}", citation.marks);
    let excerpt = world.hammock.cited_excerpt(&owner, citation.into()).await.unwrap();
    assert_eq!(excerpt.marks, [TextSpan { start: citation.start, end: citation.end }]);
    assert!(excerpt.html.contains("Dogs stay outside.</mark>"), "{}", excerpt.html);
}

#[tokio::test]
async fn a_passage_of_a_revision_that_is_gone_is_found_by_its_words() {
    let (world, owner, request) = museum(ScriptedModel::saying("It opens at nine [1].")).await;
    let (_, message) = ask(&world, &owner, request).await;
    let gone =
        ExcerptRequest { revision: 99, quote: SENTENCE.to_owned(), ..ExcerptRequest::from(&message.citations[0]) };
    let excerpt = world.hammock.cited_excerpt(&owner, gone.clone()).await.unwrap();
    assert!(excerpt.current && !excerpt.as_asked && excerpt.revision == 1);
    assert!(excerpt.html.contains(&format!("<mark>{SENTENCE}</mark>")), "{}", excerpt.html);
    // Words that are gone too leave the text without a mark.
    let rewritten = ExcerptRequest { quote: "It never opens.".to_owned(), ..gone };
    let excerpt = world.hammock.cited_excerpt(&owner, rewritten).await.unwrap();
    assert!(excerpt.passage.is_none() && !excerpt.html.contains("<mark>"), "{}", excerpt.html);
    assert!(excerpt.html.contains("Dogs stay"), "{}", excerpt.html);
}

#[tokio::test]
async fn a_document_is_read_as_it_looks() {
    let (world, owner) = World::at_work().await;
    let (collection, id) = world.knowledge(&owner, "Museum", PRICES).await;
    let text = world.hammock.document_text(&owner, &id, None).await.unwrap().text;
    let start = u32::try_from(text.find("| Child").unwrap()).unwrap();
    let wanted = ReadingRequest {
        document: id.clone(),
        revision: Some(1),
        marks: vec![TextSpan { start, end: start + 12 }],
        from: None,
    };
    let reading = world.hammock.read_text(&owner, wanted.clone()).await.unwrap();
    assert_eq!((reading.total as usize, reading.from), (reading.chunks.len(), 0));
    assert!(reading.as_asked && reading.current && reading.html.is_empty());
    assert!(reading.chunks.iter().any(|chunk| chunk.html.contains("<strong>half</strong>")), "{:?}", reading.chunks);
    let html = &reading.chunks.iter().find(|chunk| chunk.marked).expect("a marked passage").html;
    assert!(html.contains("<th>Ticket</th>"), "{html}");
    assert!(html.contains("<tr><td><mark>Child</mark></td><td><mark>6</mark></td></tr>"), "{html}");
    let without = world.hammock.read_text(&owner, ReadingRequest { revision: Some(7), ..wanted }).await.unwrap();
    assert!(!without.as_asked && !without.chunks.is_empty());
    assert!(without.chunks.iter().all(|chunk| !chunk.marked && !chunk.html.contains("<mark>")));

    let request = SearchRequest {
        query: "child ticket".to_owned(),
        collections: vec![collection],
        mode: SearchMode::Keyword,
        ..SearchRequest::default()
    };
    let found = world.hammock.search_to_read(&owner, request).await.unwrap();
    assert!(!found.passages.is_empty() && found.response.hits.len() == found.passages.len());
    assert!(found.passages[0].contains("<td>Adult</td>") && !found.passages[0].contains("---"), "{:?}", found.passages);
}

#[tokio::test]
async fn an_earlier_revision_is_read_without_its_passages() {
    let (world, owner) = World::at_work().await;
    let (_, source, id) = world.filled(&owner, "Museum", "hours.md", "# Hours\n\nIt opens at nine.").await;
    world.upload(&owner, &source, "hours.md", b"# Hours\n\nIt opens at ten.").await.unwrap();
    assert_eq!(world.read(&owner, &id).await.revision, 2);
    let wanted =
        ReadingRequest { document: id, revision: Some(1), marks: vec![TextSpan { start: 9, end: 26 }], from: None };
    let reading = world.hammock.read_text(&owner, wanted.clone()).await.unwrap();
    assert!(reading.as_asked && !reading.current && reading.chunks.is_empty());
    assert!(reading.html.contains("<p><mark>It opens at nine.</mark></p>"), "{}", reading.html);
    let stranger = world.owner("Mallory").await;
    let refused = world.hammock.read_text(&stranger, wanted).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotFound);
}
