//! Passages that follow one another in their document, as a model is given them and as they are cited.

use hammock_contract::{
    AssistantId, assistant::AssistantSettings, chat::ChatRequest, document::ChunkPatch, reading::ExcerptRequest,
    retrieval::RetrievalSettings, search::SearchRequest,
};
use hammock_llm::scripted::{Reply, ScriptedModel, Step};

use super::{
    chat::{QUESTION, ask, note, question},
    world::World,
};
use crate::Scope;

const NOON: &str = "On Sundays the museum opens at noon.";

/// It is answered whatever the evidence: that is not what this is about.
const ALWAYS: RetrievalSettings =
    RetrievalSettings { threshold: Some(0.0), passages: None, keyword_weight: None, language: None };

/// One section that is cut into several passages, each of which says when the museum opens.
fn long_section() -> String {
    let paragraph = |first: &str, room: &str| {
        let rest = format!("Visitors leave their coats in the {room} and walk up the wide stairs to the pictures. ");
        format!("{first} {}\n\n", rest.repeat(9).trim_end())
    };
    let paragraphs = [
        paragraph("When does the museum open? The museum opens at nine on most days.", "hall"),
        paragraph(NOON, "cellar"),
        paragraph("In winter the museum opens at ten.", "tower"),
    ];
    format!("# Opening hours\n\n{}", paragraphs.concat())
}

/// A world in which that section is all there is.
async fn museum(answer: &str) -> (World, Scope, ChatRequest) {
    let replies = (0..4).map(|_| Reply::Stream(vec![Step::Say(answer.to_owned())]));
    let world = World::with_model(ScriptedModel::new(replies)).await;
    world.work();
    let owner = world.owner("Eva").await;
    let (collection, _) = world.knowledge(&owner, "Museum", &long_section()).await;
    let assistant = world.assistant(&owner, &[&collection], true).await;
    set(&world, &owner, &assistant, ALWAYS).await;
    (world, owner, ChatRequest { assistant: Some(assistant), ..question(QUESTION) })
}

async fn set(world: &World, scope: &Scope, assistant: &AssistantId, retrieval: RetrievalSettings) {
    let settings = world.hammock.find_assistant(scope, assistant).await.unwrap().settings;
    let settings = AssistantSettings { retrieval, ..settings };
    world.hammock.update_assistant(scope, assistant, settings).await.unwrap();
}

#[tokio::test]
async fn neighbours_are_one_source_that_is_narrowed_to_a_sentence() {
    let (world, owner, request) = museum("On Sundays it opens at noon [1].").await;
    let (_, message) = ask(&world, &owner, request).await;
    let document = note(&world, &owner).await.id;
    let read = world.hammock.document_text(&owner, &document, None).await.unwrap();
    assert!(read.chunks.len() > 2, "{} passages", read.chunks.len());
    let [citation] = message.citations.as_slice() else { panic!("{:?}", message.citations) };
    let (start, end) = (citation.start as usize, citation.end as usize);
    assert_eq!(citation.quote, read.text[start..end]);
    let ids: Vec<_> = std::iter::once(&citation.chunk).chain(&citation.further_chunks).collect();
    assert_eq!(ids, read.chunks.iter().map(|chunk| &chunk.id).collect::<Vec<_>>());
    let marked: Vec<&str> =
        citation.marks.iter().map(|mark| &read.text[mark.start as usize..mark.end as usize]).collect();
    assert_eq!(marked, [NOON]);

    let asked = world.model.requests().remove(0);
    assert_eq!((asked.sources.len(), asked.sources[0].parts.len()), (1, read.chunks.len()));
    let prompt = &asked.turns[1].text;
    assert!(prompt.contains(&citation.quote) && prompt.matches(" number=\"").count() == 1, "{prompt}");

    let excerpt = world.hammock.cited_excerpt(&owner, citation.into()).await.unwrap();
    assert!(excerpt.current && excerpt.html.contains(&format!("<mark>{NOON}</mark>")), "{}", excerpt.html);
    // An answer of before, which names one chunk, opens as it did.
    let before = ExcerptRequest { further_chunks: Vec::new(), ..ExcerptRequest::from(citation) };
    assert_eq!(world.hammock.cited_excerpt(&owner, before).await.unwrap(), excerpt);
    // A revision that is gone, and a present one in which another part of the passage differs.
    let changed = citation.quote.replace("the tower", "the shop");
    let gone = ExcerptRequest { revision: 99, quote: changed, ..ExcerptRequest::from(citation) };
    let excerpt = world.hammock.cited_excerpt(&owner, gone).await.unwrap();
    assert!(!excerpt.as_asked && excerpt.html.contains(&format!("<mark>{NOON}</mark>")), "{}", excerpt.html);
}

#[tokio::test]
async fn an_edited_passage_stays_alone_and_tells_of_the_old_source() {
    let (world, owner, request) = museum("It opens at nine [1].").await;
    let (_, before) = ask(&world, &owner, request.clone()).await;
    let document = note(&world, &owner).await.id;
    let chunk = world.hammock.document_text(&owner, &document, None).await.unwrap().chunks.remove(1);
    let text = "When does the museum open on Sundays? The museum opens at one.".to_owned();
    let patch = ChunkPatch { text: Some(text.clone()), ..ChunkPatch::default() };
    world.hammock.update_chunk(&owner, &document, &chunk.id, patch).await.unwrap();
    world.rest().await;

    let old = world.hammock.cited_excerpt(&owner, (&before.citations[0]).into()).await.unwrap();
    assert!(!old.current && old.as_asked, "one of its chunks was edited since");
    let (_, after) = ask(&world, &owner, request).await;
    assert!(after.citations.len() > 1);
    assert_eq!(
        after.citations.iter().map(|it| it.number).collect::<Vec<_>>(),
        (1..=after.citations.len() as u32).collect::<Vec<_>>()
    );
    let edited = after.citations.iter().find(|citation| citation.edited.is_some()).unwrap();
    assert_eq!((edited.quote.as_str(), edited.further_chunks.len()), (text.as_str(), 0));
    assert_eq!((edited.start, edited.end), (chunk.start, chunk.end));
    assert!(after.citations.iter().filter(|it| it.edited.is_none()).all(|it| !it.quote.contains(NOON)));
    let requests = world.model.requests();
    let prompt = requests.last().map(|request| request.turns[1].text.clone()).unwrap();
    assert!(prompt.contains(&text) && !prompt.contains(NOON), "{prompt}");
}

#[tokio::test]
async fn the_retrieval_test_says_what_is_given_as_one() {
    let (world, owner, request) = museum("At nine [1].").await;
    let assistant = request.assistant.clone().unwrap();
    let search = SearchRequest {
        query: QUESTION.to_owned(),
        assistant: Some(assistant.clone()),
        explain: true,
        ..SearchRequest::default()
    };
    let response = world.hammock.search(&owner, search.clone()).await.unwrap();
    let explanation = *response.explanation.unwrap();
    assert!(response.hits.len() > 2 && explanation.hits.len() == response.hits.len());
    assert!(explanation.hits.iter().all(|hit| hit.sent && hit.source == Some(1)), "{:?}", explanation.hits);
    assert_eq!(explanation.prompt.unwrap().matches(" number=\"").count(), 1);

    // Chosen are as many passages as are set; what is merged of them is no more.
    set(&world, &owner, &assistant, RetrievalSettings { passages: Some(1), ..ALWAYS }).await;
    let response = world.hammock.search(&owner, search).await.unwrap();
    let explanation = *response.explanation.unwrap();
    let sources: Vec<Option<u32>> = explanation.hits.iter().map(|hit| hit.source).collect();
    assert_eq!((sources[0], sources[1..].iter().flatten().count()), (Some(1), 0));
    let chosen = &response.hits[0].text;
    let prompt = explanation.prompt.unwrap();
    assert!(prompt.contains(chosen) && !prompt.contains(&response.hits[1].text), "{prompt}");
}
