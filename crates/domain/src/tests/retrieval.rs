//! The settings of searching, and what a search explains.

use hammock_contract::{
    AssistantId, CollectionId,
    assistant::{AssistantSettings, Strictness},
    chat::{AnswerKind, ChatRequest},
    collection::CollectionPatch,
    retrieval::{Explanation, RetrievalSettings},
    search::{SearchRequest, SearchResponse},
};
use hammock_llm::scripted::{Reply, ScriptedModel, Step};

use super::{
    chat::{HOURS, QUESTION, ask, museum, question},
    world::World,
};
use crate::Scope;

/// A question that the museum's document has hardly a word of.
const FAR: &str = "Which dogs barked at volcanoes, craters, glaciers, geysers, icebergs, harbours, lighthouses, fjords, \
                   ferries and trawlers?";

fn often(answer: &str) -> ScriptedModel {
    ScriptedModel::new((0..8).map(|_| Reply::Stream(vec![Step::Say(answer.to_owned())])))
}

async fn explained(
    world: &World,
    scope: &Scope,
    assistant: &AssistantId,
    query: &str,
) -> (SearchResponse, Explanation) {
    let request = SearchRequest {
        query: query.to_owned(),
        assistant: Some(assistant.clone()),
        explain: true,
        ..SearchRequest::default()
    };
    let response = world.hammock.search(scope, request).await.unwrap();
    let explanation = *response.explanation.clone().expect("it was asked for");
    (response, explanation)
}

async fn set(world: &World, scope: &Scope, assistant: &AssistantId, change: impl FnOnce(&mut AssistantSettings)) {
    let mut settings = world.hammock.find_assistant(scope, assistant).await.unwrap().settings;
    change(&mut settings);
    world.hammock.update_assistant(scope, assistant, settings).await.unwrap();
}

async fn set_collection(world: &World, scope: &Scope, collection: &CollectionId, retrieval: RetrievalSettings) {
    let patch = CollectionPatch { retrieval: Some(retrieval.clone()), ..CollectionPatch::default() };
    let changed = world.hammock.update_collection(scope, collection, patch).await.unwrap();
    assert_eq!(changed.retrieval, retrieval);
}

/// A prompt with the same word between its marks as every other.
fn with_one_mark(prompt: &str) -> String {
    let mark = prompt.split("<source-").nth(1).and_then(|rest| rest.split('>').next()).expect("a mark");
    prompt.replace(mark, "MARK")
}

#[tokio::test]
async fn what_is_explained_is_what_a_chat_does() {
    let (world, owner, request) = museum(often("At nine [1].")).await;
    let assistant = request.assistant.clone().unwrap();
    set(&world, &owner, &assistant, |settings| settings.system_message = "Be brief.".to_owned()).await;
    let (response, explanation) = explained(&world, &owner, &assistant, QUESTION).await;
    assert!(explanation.would_answer && response.evidence >= 0.5 && explanation.topics.is_empty());
    assert_eq!((explanation.settings.threshold, explanation.settings.passages), (0.5, 8));
    // There is no embedding model, so words are all there is.
    assert_eq!((explanation.keyword_weight, explanation.similarity), (1.0, None));
    assert!(explanation.terms.contains(&"museum".to_owned()), "{:?}", explanation.terms);
    assert_eq!(explanation.hits.len(), response.hits.len());
    let first = &explanation.hits[0];
    assert_eq!((first.rank, first.keyword_rank, first.vector_rank), (1, Some(1), None));
    assert!(first.sent && first.is_enough && first.evidence <= response.evidence);
    let text = &response.hits[0].text;
    let matched = first.matches.iter().map(|span| &text[span.start as usize..span.end as usize]);
    let matched: Vec<&str> = matched.collect();
    assert!(matched.contains(&"museum") && matched.contains(&"opens") && !matched.contains(&"nine"), "{matched:?}");

    let (_, message) = ask(&world, &owner, request).await;
    assert_eq!(message.answer_kind, AnswerKind::Model);
    let sent = world.model.requests().remove(0).turns.into_iter().map(|turn| turn.text).collect::<Vec<_>>().join("\n");
    assert_eq!(with_one_mark(&explanation.prompt.unwrap()), with_one_mark(&sent));
}

#[tokio::test]
async fn a_search_explains_nothing_unless_it_is_asked() {
    let (world, owner, request) = museum(often("")).await;
    let plain = SearchRequest { query: QUESTION.to_owned(), ..SearchRequest::default() };
    assert_eq!(world.hammock.search(&owner, plain.clone()).await.unwrap().explanation, None);
    let marked = SearchRequest { explain: true, limit: Some(1), ..plain.clone() };
    let found = world.hammock.search_to_read(&owner, marked).await.unwrap();
    assert!(found.passages[0].contains("<mark>museum</mark>"), "{}", found.passages[0]);
    assert_eq!(found.response.hits.len(), found.response.explanation.unwrap().hits.len());
    // An assistant searches in its own collections.
    let (collection, _) = world.collection(&owner, "Other").await;
    let both = SearchRequest { assistant: request.assistant, collections: vec![collection], ..plain };
    assert_eq!(world.hammock.search(&owner, both).await.unwrap_err().field.as_deref(), Some("collections"));
}

#[tokio::test]
async fn a_collection_can_ask_for_more_evidence_and_an_assistant_overrides_it() {
    let (world, owner, request) = museum(often("Dogs stay outside [1].")).await;
    let assistant = request.assistant.clone().unwrap();
    let request = ChatRequest { text: FAR.to_owned(), ..request };
    set(&world, &owner, &assistant, |settings| settings.strictness = Strictness::Broad).await;
    let collection = world.hammock.find_assistant(&owner, &assistant).await.unwrap().settings.collections.remove(0);

    // Broad answers, and asks back.
    let (_, explanation) = explained(&world, &owner, &assistant, FAR).await;
    assert!(explanation.would_answer && explanation.prompt.is_some_and(|prompt| prompt.contains("one short question")));
    let (_, message) = ask(&world, &owner, request.clone()).await;
    assert_eq!(message.answer_kind, AnswerKind::Model);
    assert!(world.model.requests()[0].is_weak);

    let strict = RetrievalSettings { threshold: Some(0.6), ..RetrievalSettings::default() };
    set_collection(&world, &owner, &collection, strict).await;
    let (_, explanation) = explained(&world, &owner, &assistant, FAR).await;
    assert_eq!((explanation.would_answer, explanation.settings.threshold), (false, 0.6));
    assert_eq!((explanation.prompt, explanation.topics), (None, vec!["Opening hours".to_owned()]));
    assert!(explanation.hits.iter().all(|hit| !hit.sent));
    let (_, message) = ask(&world, &owner, request.clone()).await;
    assert_eq!(message.answer_kind, AnswerKind::NotFound);
    assert!(message.text.contains("- Opening hours") && message.text.ends_with('?'), "{}", message.text);

    set(&world, &owner, &assistant, |settings| settings.retrieval.threshold = Some(0.0)).await;
    let (_, message) = ask(&world, &owner, request).await;
    assert_eq!(message.answer_kind, AnswerKind::Model);
}

#[tokio::test]
async fn as_many_passages_are_sent_as_are_set() {
    let world = World::with_model(often("At nine [1].")).await;
    world.work();
    let owner = world.owner("Eva").await;
    let (collection, source) = world.collection(&owner, "Museum").await;
    for (name, more) in [("a.md", "Dogs stay outside."), ("b.md", "Cats too."), ("c.md", "Birds may fly in.")] {
        let document = world.upload(&owner, &source, name, format!("{HOURS}\n{more}").as_bytes()).await.unwrap();
        world.read(&owner, &document.id).await;
    }
    let assistant = world.assistant(&owner, &[&collection], true).await;
    let request = ChatRequest { assistant: Some(assistant.clone()), ..question(QUESTION) };
    ask(&world, &owner, request.clone()).await;
    assert_eq!(world.model.requests().last().map(|request| request.sources.len()), Some(3));
    let one = RetrievalSettings { passages: Some(1), ..RetrievalSettings::default() };
    set_collection(&world, &owner, &collection, one).await;
    let (response, explanation) = explained(&world, &owner, &assistant, QUESTION).await;
    assert_eq!(response.hits.len(), 3, "as many are shown as are asked for");
    assert_eq!(explanation.hits.iter().map(|hit| hit.sent).collect::<Vec<_>>(), [true, false, false]);
    ask(&world, &owner, request.clone()).await;
    assert_eq!(world.model.requests().last().map(|request| request.sources.len()), Some(1));
    set(&world, &owner, &assistant, |settings| settings.retrieval.passages = Some(2)).await;
    ask(&world, &owner, request).await;
    assert_eq!(world.model.requests().last().map(|request| request.sources.len()), Some(2));
}

#[tokio::test]
async fn settings_out_of_their_limits_are_refused() {
    let (world, owner, request) = museum(often("")).await;
    let assistant = request.assistant.unwrap();
    let mut settings = world.hammock.find_assistant(&owner, &assistant).await.unwrap().settings;
    settings.retrieval.passages = Some(21);
    let refused = world.hammock.update_assistant(&owner, &assistant, settings.clone()).await.unwrap_err();
    assert_eq!((refused.field.as_deref(), refused.params["max"].as_str()), (Some("passages"), "20"));
    let patch = CollectionPatch {
        retrieval: Some(RetrievalSettings { language: Some("xx".to_owned()), ..RetrievalSettings::default() }),
        ..CollectionPatch::default()
    };
    let refused = world.hammock.update_collection(&owner, &settings.collections[0], patch).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("language"));
}
