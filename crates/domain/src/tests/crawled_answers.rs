//! What people are answered from a website: also what it says to machines alone, and while it is down.

use hammock_contract::{
    ErrorCode,
    chat::{AnswerKind, ChatRequest},
    source::{SourceKind, SourceState},
};
use hammock_testkit::site::{Page, Website};

use super::{
    chat::{ask, question},
    crawling::{Crawled, small},
    world::until,
};

#[tokio::test]
async fn an_answer_cites_what_a_page_says_to_machines_alone() {
    let kettle = r#"<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Product",
        "name": "Copper kettle", "offers": {"@type": "Offer", "price": 12.5, "priceCurrency": "EUR"}}</script>"#;
    let page = format!("<html lang=en><head>{kettle}</head><main><h1>Copper kettle</h1><p>For tea.</p></main></html>");
    let site =
        Website::start([("/", Page::html("<main><p>The tea shop.</p></main><a href=/kettle>1</a>"))]).await.unwrap();
    site.put("/kettle", Page::html(page));
    let crawled = Crawled::once(&site).await;
    let (world, owner) = (&crawled.world, &crawled.owner);
    let collection = world.hammock.find_source(owner, &crawled.source).await.unwrap().collection;
    // Without a model, so that the answer is what was found and nothing else.
    let assistant = world.assistant(owner, &[&collection], false).await;
    let request = ChatRequest { assistant: Some(assistant), ..question("What is the price of the copper kettle?") };
    let (_, message) = ask(world, owner, request).await;
    assert!(message.text.contains("12.50 EUR"), "{}", message.text);
    let cited: Vec<_> = message.citations.iter().filter(|citation| citation.cited).collect();
    assert!(cited.iter().any(|citation| citation.quote.contains("Price: 12.50 EUR")), "{cited:?}");
    assert!(cited.iter().any(|citation| citation.url == Some(site.url("/kettle"))), "{cited:?}");
}

#[tokio::test]
async fn what_is_known_of_a_website_answers_while_it_is_down() {
    let front: String = (0..30).map(|n| format!("<a href=/{n}>{n}</a> ")).collect();
    let site = Website::start([("/", Page::html(format!("<main><p>The museum.</p></main>{front}")))]).await.unwrap();
    for n in 0..30 {
        site.put(&format!("/{n}"), Page::html(format!("<main><p>Hall {n} shows volcano {n}.</p></main>")));
    }
    let crawled = Crawled::with(&site, small(&site)).await;
    let (world, owner) = (&crawled.world, &crawled.owner);
    assert!(world.search(owner, "volcano").await.len() >= 10);
    let collection = world.hammock.find_source(owner, &crawled.source).await.unwrap().collection;
    let assistant = world.assistant(owner, &[&collection], false).await;
    let answered = async || {
        assert!(world.search(owner, "volcano").await.len() >= 10);
        let request = ChatRequest { assistant: Some(assistant.clone()), ..question("Which hall shows volcano 7?") };
        let (_, message) = ask(world, owner, request).await;
        assert_eq!(message.answer_kind, AnswerKind::Quoted, "{}", message.text);
        assert!(!message.citations.is_empty());
    };

    // It is gone for good after its front page: the reading ends with what happened, and nothing is lost.
    (0..30).for_each(|n| site.put(&format!("/{n}"), Page::status(501)));
    world.hammock.refresh_source(owner, &crawled.source).await.unwrap();
    let failed = crawled.end().await;
    assert_eq!((failed.state, failed.documents), (SourceState::Failed, 31));
    assert_eq!(failed.error.map(|error| error.code), Some(ErrorCode::SiteFailed));
    answered().await;

    // In the middle of a reading that waits for it to come back.
    (0..30).for_each(|n| site.put(&format!("/{n}"), Page::status(503)));
    site.take_visits("/0");
    world.hammock.refresh_source(owner, &crawled.source).await.unwrap();
    until("the website is asked", async || (!site.take_visits("/0").is_empty()).then_some(())).await;
    answered().await;
    let source = world.hammock.find_source(owner, &crawled.source).await.unwrap();
    assert!(matches!(source.kind, SourceKind::Website(_)));
    assert_eq!((source.state, source.documents), (SourceState::Working, 31));
}
