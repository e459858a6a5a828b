//! Words are found in the forms that people write them in, and nothing that is asked is more than words.

use super::{World, by_words, empty};
use crate::{IndexError, IndexedDocument, KeywordQuery, SearchIndex};

pub(super) async fn words_meet_as_people_expect(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let texts = [
        ("en", "The printers were connected by cables.", "connect a printer"),
        ("fr", "Les dépenses des ménages pour l'été.", "depenses menage ete"),
        ("de", "Die Häuser stehen an der Straße.", "Haus Strasse"),
        ("cs", "Instalace balíčků z repozitáře.", "balíčky repozitář"),
        ("es", "Las canciones españolas.", "canción espanola"),
        ("", "Ärzte und Ångström", "ARZTE"),
    ];
    let documents: Vec<IndexedDocument> =
        texts.iter().map(|(language, text, _)| world.document(Some(*language), &[*text])).collect();
    index.put_text(&documents).await?;
    for ((language, _, question), document) in texts.iter().zip(&documents) {
        let found = by_words(index, &world.filter(), question).await?;
        assert_eq!(found.first(), Some(&document.chunks[0].chunk), "{language}: {question}");
    }
    let query = KeywordQuery { text: "connect the zeppelin to a printer".to_owned(), language: Some("en".to_owned()) };
    let result = index.keyword(&query, &world.filter(), 5).await?;
    assert_eq!(result.terms.len(), 3, "{:?}", result.terms);
    assert_eq!(result.chunks, 6);
    let coverage = result.hits[0].coverage;
    assert!(coverage > 0.3 && coverage < 0.9, "two terms of three: {coverage}");
    let strength = result.hits[0].strength;
    assert!(strength > 0.2 && strength < coverage, "each stands there once: {strength}");
    assert!(result.hits.windows(2).all(|pair| pair[0].score >= pair[1].score));
    assert_eq!(index.keyword(&query, &world.filter(), 0).await?.hits.len(), 0);
    empty(index, &world).await
}

pub(super) async fn hostile_text_is_text(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let document = world.document(Some("en"), &["plain words", "", "\u{0}\u{feff}\u{202e} ' OR '1'='1"]);
    index.put_text(std::slice::from_ref(&document)).await?;
    for question in
        ["", " ", "' OR 1=1 --", "body:* AND (", "\u{0}", "a\"b", &"x".repeat(100_000), "+-&&||!(){}[]^~*?:\\/"]
    {
        let found = by_words(index, &world.filter(), question).await?;
        assert!(!found.contains(&document.chunks[0].chunk), "{question:.20} does not ask for plain words");
    }
    empty(index, &world).await
}
