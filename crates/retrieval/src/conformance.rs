//! What every [`SearchIndex`] must do. Run by the tests of each implementation.

use hammock_contract::{ChunkId, CollectionId, DocumentId, OrganisationId};

use crate::{
    ChunkText, ChunkVector, IndexError, IndexedDocument, KeywordQuery, SearchFilter, SearchIndex, VectorSpace,
};

/// Runs every check on an empty index and leaves it empty.
///
/// # Errors
/// When the index fails.
///
/// # Panics
/// When it does not keep the contract.
pub async fn check(index: &dyn SearchIndex) -> Result<(), IndexError> {
    tenants_and_collections_are_kept_apart(index).await?;
    documents_can_be_named(index).await?;
    revisions_replace_and_go(index).await?;
    vectors_go_alone(index).await?;
    vectors_are_copied(index).await?;
    spaces_lie_side_by_side(index).await?;
    everything_can_be_repeated(index).await?;
    words_meet_as_people_expect(index).await?;
    hostile_text_is_text(index).await?;
    statistics_are_of_what_may_be_seen(index).await
}

/// A world of two tenants.
struct World {
    ours: OrganisationId,
    theirs: OrganisationId,
    collection: CollectionId,
    space: VectorSpace,
}

impl World {
    fn new() -> Self {
        Self {
            ours: OrganisationId::new(),
            theirs: OrganisationId::new(),
            collection: CollectionId::new(),
            space: VectorSpace { model: "conformance '; --".to_owned(), dimension: 3 },
        }
    }

    fn filter(&self) -> SearchFilter {
        SearchFilter {
            organisations: vec![self.ours.clone()],
            collections: vec![self.collection.clone()],
            documents: None,
        }
    }

    fn document(&self, language: Option<&str>, texts: &[&str]) -> IndexedDocument {
        let chunk = |(ordinal, text): (u32, &&str)| ChunkText {
            chunk: ChunkId::new(),
            ordinal,
            heading: String::new(),
            text: (*text).to_owned(),
        };
        IndexedDocument {
            organisation: self.ours.clone(),
            collection: self.collection.clone(),
            document: DocumentId::new(),
            revision: 1,
            language: language.map(str::to_owned),
            chunks: (0..).zip(texts).map(chunk).collect(),
        }
    }
}

fn vectors(document: &IndexedDocument, vector: [f32; 3]) -> Vec<ChunkVector> {
    let vector = |chunk: &ChunkText| ChunkVector {
        organisation: document.organisation.clone(),
        collection: document.collection.clone(),
        document: document.document.clone(),
        revision: document.revision,
        chunk: chunk.chunk.clone(),
        vector: vector.to_vec(),
    };
    document.chunks.iter().map(vector).collect()
}

async fn by_words(index: &dyn SearchIndex, filter: &SearchFilter, text: &str) -> Result<Vec<ChunkId>, IndexError> {
    let query = KeywordQuery { text: text.to_owned(), language: None };
    Ok(index.keyword(&query, filter, 50).await?.hits.into_iter().map(|hit| hit.chunk).collect())
}

async fn by_meaning(index: &dyn SearchIndex, world: &World, filter: &SearchFilter) -> Result<Vec<ChunkId>, IndexError> {
    let hits = index.vector(&world.space, &[1.0, 0.0, 0.0], filter, 50).await?;
    Ok(hits.into_iter().map(|hit| hit.chunk).collect())
}

async fn tenants_and_collections_are_kept_apart(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let ours = world.document(Some("en"), &["the umbrella is blue"]);
    let mut theirs = world.document(Some("en"), &["the umbrella is red"]);
    theirs.organisation = world.theirs.clone();
    theirs.collection = CollectionId::new();
    // Somebody else's document that claims our collection: the tenant alone must hold it back.
    let mut forged = world.document(Some("en"), &["the umbrella is forged"]);
    forged.organisation = world.theirs.clone();
    let mut other = world.document(Some("en"), &["the umbrella of the other collection"]);
    other.collection = CollectionId::new();
    let documents = [ours.clone(), theirs, forged, other.clone()];
    index.put_text(&documents).await?;
    for document in &documents {
        index.put_vectors(&world.space, vectors(document, [1.0, 0.0, 0.0])).await?;
    }

    let only_ours = vec![ours.chunks[0].chunk.clone()];
    assert_eq!(by_words(index, &world.filter(), "umbrella").await?, only_ours);
    assert_eq!(by_meaning(index, &world, &world.filter()).await?, only_ours);
    let mut both = world.filter();
    both.collections.push(other.collection.clone());
    assert_eq!(by_words(index, &both, "umbrella").await?.len(), 2);
    assert_eq!(by_meaning(index, &world, &both).await?.len(), 2);
    for nothing in [
        SearchFilter { organisations: vec![], ..world.filter() },
        SearchFilter { collections: vec![], ..world.filter() },
        SearchFilter { organisations: vec![], collections: vec![], documents: None },
    ] {
        assert!(by_words(index, &nothing, "umbrella").await?.is_empty());
        assert!(by_meaning(index, &world, &nothing).await?.is_empty());
    }
    let unknown = VectorSpace { model: "another".to_owned(), dimension: 3 };
    assert!(index.vector(&unknown, &[1.0, 0.0, 0.0], &world.filter(), 5).await?.is_empty());

    index.remove_collection(&world.collection).await?;
    assert!(by_words(index, &world.filter(), "umbrella").await?.is_empty());
    assert!(by_meaning(index, &world, &world.filter()).await?.is_empty());
    assert_eq!(by_words(index, &both, "umbrella").await?, vec![other.chunks[0].chunk.clone()]);
    empty(index, &world).await
}

async fn documents_can_be_named(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let texts = ["the kite is blue", "the kite is red and a kite", "the kite is green"];
    let documents: Vec<IndexedDocument> = texts.iter().map(|text| world.document(Some("en"), &[*text])).collect();
    index.put_text(&documents).await?;
    for (document, nearness) in documents.iter().zip([0.1, 1.0, 0.5]) {
        index.put_vectors(&world.space, vectors(document, [nearness, 0.0, 0.0])).await?;
    }
    let named = |wanted: &[usize]| {
        let mut ids: Vec<DocumentId> = wanted.iter().map(|place| documents[*place].document.clone()).collect();
        ids.sort_unstable();
        SearchFilter { documents: Some(ids.into()), ..world.filter() }
    };
    let chunks = |wanted: &[usize]| -> Vec<ChunkId> {
        let mut ids: Vec<ChunkId> = wanted.iter().map(|place| documents[*place].chunks[0].chunk.clone()).collect();
        ids.sort_unstable();
        ids
    };
    // Also the one that comes last of all, whatever the limit: it is no filter of what was found.
    for wanted in [&[0][..], &[2], &[0, 2], &[0, 1, 2], &[]] {
        let filter = named(wanted);
        let (mut words, mut meaning) =
            (by_words(index, &filter, "kite").await?, by_meaning(index, &world, &filter).await?);
        words.sort_unstable();
        meaning.sort_unstable();
        assert_eq!(words, chunks(wanted), "{wanted:?}");
        assert_eq!(meaning, chunks(wanted), "{wanted:?}");
        let query = KeywordQuery { text: "kite".to_owned(), language: None };
        let result = index.keyword(&query, &filter, 1).await?;
        assert_eq!(result.chunks, wanted.len() as u64, "the statistics are of the named documents alone");
        assert_eq!(result.hits.len(), wanted.len().min(1));
        let first = index.vector(&world.space, &[1.0, 0.0, 0.0], &filter, 1).await?;
        assert_eq!(first.len(), wanted.len().min(1));
    }
    // A document of somebody else is not let in by being named.
    let mut theirs = world.document(Some("en"), &["the kite is theirs"]);
    theirs.organisation = world.theirs.clone();
    index.put_text(std::slice::from_ref(&theirs)).await?;
    index.put_vectors(&world.space, vectors(&theirs, [1.0, 0.0, 0.0])).await?;
    let forged = SearchFilter { documents: Some(vec![theirs.document.clone()].into()), ..world.filter() };
    assert!(by_words(index, &forged, "kite").await?.is_empty());
    assert!(by_meaning(index, &world, &forged).await?.is_empty());
    empty(index, &world).await
}

async fn revisions_replace_and_go(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let first = world.document(Some("en"), &["a lantern", "a candle"]);
    let mut second = world.document(Some("en"), &["a torch"]);
    second.document = first.document.clone();
    second.revision = 2;
    let bystander = world.document(Some("en"), &["a lantern of somebody else"]);
    for document in [&first, &second, &bystander] {
        index.put_text(std::slice::from_ref(document)).await?;
        index.put_vectors(&world.space, vectors(document, [1.0, 0.0, 0.0])).await?;
    }
    assert_eq!(index.list_text().await?.len(), 4);
    assert_eq!(index.list_vectors(&world.space).await?.len(), 4);

    index.remove_revisions(&first.document, Some(2)).await?;
    assert!(by_words(index, &world.filter(), "candle").await?.is_empty());
    assert_eq!(by_words(index, &world.filter(), "torch").await?, vec![second.chunks[0].chunk.clone()]);
    let mut listed = index.list_text().await?;
    let mut vectors = index.list_vectors(&world.space).await?;
    listed.sort_unstable();
    vectors.sort_unstable();
    assert_eq!(listed, vectors);
    let mut left = vec![
        (second.document.clone(), 2, second.chunks[0].chunk.clone()),
        (bystander.document.clone(), 1, bystander.chunks[0].chunk.clone()),
    ];
    left.sort_unstable();
    assert_eq!(listed, left);

    index.remove_revisions(&second.document, None).await?;
    assert_eq!(index.list_text().await?.len(), 1);
    assert_eq!(index.list_vectors(&world.space).await?.len(), 1);
    empty(index, &world).await
}

async fn vectors_go_alone(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let mut document = world.document(Some("en"), &["a lantern", "a candle"]);
    index.put_text(std::slice::from_ref(&document)).await?;
    index.put_vectors(&world.space, vectors(&document, [1.0, 0.0, 0.0])).await?;
    // One chunk is replaced, as when its text is edited, and the other is switched off.
    let gone: Vec<ChunkId> = document.chunks.iter().map(|chunk| chunk.chunk.clone()).collect();
    document.chunks.truncate(1);
    document.chunks[0].chunk = ChunkId::new();
    document.chunks[0].text = "a lighthouse".to_owned();
    for _ in 0..2 {
        index.put_text(std::slice::from_ref(&document)).await?;
        index.remove_vectors(&gone).await?;
    }
    index.remove_vectors(&[]).await?;
    let edited = vec![document.chunks[0].chunk.clone()];
    assert_eq!(by_words(index, &world.filter(), "lighthouse").await?, edited);
    assert!(by_words(index, &world.filter(), "candle lantern").await?.is_empty());
    assert!(by_meaning(index, &world, &world.filter()).await?.is_empty());
    index.put_vectors(&world.space, vectors(&document, [1.0, 0.0, 0.0])).await?;
    assert_eq!(by_meaning(index, &world, &world.filter()).await?, edited);
    // A document all of whose chunks are switched off.
    document.chunks.clear();
    index.put_text(std::slice::from_ref(&document)).await?;
    index.remove_vectors(&edited).await?;
    assert!(by_words(index, &world.filter(), "lighthouse").await?.is_empty());
    index.remove_revisions(&document.document, None).await?;
    empty(index, &world).await
}

async fn vectors_are_copied(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let before = world.document(Some("en"), &["a kettle", "a teapot"]);
    let mut after = world.document(Some("en"), &["a kettle", "a saucer"]);
    (after.document, after.revision) = (before.document.clone(), 2);
    index.put_vectors(&world.space, vectors(&before, [1.0, 0.0, 0.0])).await?;
    let [kept, changed] = [0, 1].map(|place| (before.chunks[place].chunk.clone(), after.chunks[place].chunk.clone()));
    assert!(index.copy_vectors(&[], 2).await?.is_empty());
    assert!(index.copy_vectors(&[(ChunkId::new(), changed.1)], 2).await?.is_empty(), "there is nothing to copy");
    for _ in 0..2 {
        let copied = index.copy_vectors(std::slice::from_ref(&kept), 2).await?;
        assert_eq!(copied, std::slice::from_ref(&kept.1));
        assert_eq!(index.list_vectors(&world.space).await?.len(), 3);
    }
    // The copy is the new revision's, and of the same tenant and collection.
    index.remove_revisions(&before.document, Some(2)).await?;
    assert_eq!(index.list_vectors(&world.space).await?, [(before.document.clone(), 2, kept.1.clone())]);
    let hits = index.vector(&world.space, &[1.0, 0.0, 0.0], &world.filter(), 5).await?;
    assert!(hits.iter().all(|hit| hit.chunk == kept.1 && (hit.similarity - 1.0).abs() < 1e-4), "{hits:?}");
    assert_eq!(hits.len(), 1);
    index.remove_revisions(&before.document, None).await?;
    empty(index, &world).await
}

async fn spaces_lie_side_by_side(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let document = world.document(Some("en"), &["a compass", "a sextant"]);
    let next = VectorSpace { model: format!("{}-next", world.space.model), dimension: 2 };
    index.put_text(std::slice::from_ref(&document)).await?;
    index.put_vectors(&world.space, vectors(&document, [1.0, 0.0, 0.0])).await?;
    index.clear_space(&next).await?;
    let of_next = vectors(&document, [0.0, 1.0, 0.0]).into_iter();
    let of_next = of_next.map(|vector| ChunkVector { vector: vec![0.0, 1.0], ..vector });
    index.put_vectors(&next, of_next.collect()).await?;
    assert_eq!((index.list_vectors(&world.space).await?.len(), index.list_vectors(&next).await?.len()), (2, 2));
    let hits = index.vector(&next, &[0.0, 1.0], &world.filter(), 5).await?;
    assert!(hits.len() == 2 && hits.iter().all(|hit| (hit.similarity - 1.0).abs() < 1e-4), "{hits:?}");
    // What is removed is removed from both.
    index.remove_vectors(std::slice::from_ref(&document.chunks[0].chunk)).await?;
    assert_eq!((index.list_vectors(&world.space).await?.len(), index.list_vectors(&next).await?.len()), (1, 1));
    for _ in 0..2 {
        index.clear_space(&world.space).await?;
        assert_eq!((index.list_vectors(&world.space).await?.len(), index.list_vectors(&next).await?.len()), (0, 1));
    }
    index.remove_revisions(&document.document, None).await?;
    assert!(index.list_vectors(&next).await?.is_empty());
    empty(index, &world).await
}

async fn everything_can_be_repeated(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let document = world.document(Some("en"), &["a kettle", "a teapot"]);
    for _ in 0..3 {
        index.put_text(std::slice::from_ref(&document)).await?;
        index.put_vectors(&world.space, vectors(&document, [0.0, 1.0, 0.0])).await?;
    }
    index.put_vectors(&world.space, vectors(&document, [1.0, 0.0, 0.0])).await?;
    assert_eq!(index.list_text().await?.len(), 2);
    assert_eq!(index.list_vectors(&world.space).await?.len(), 2);
    let hits = index.vector(&world.space, &[1.0, 0.0, 0.0], &world.filter(), 5).await?;
    assert!(hits.iter().all(|hit| (hit.similarity - 1.0).abs() < 1e-4), "the last vector of a chunk counts: {hits:?}");
    assert!(hits.iter().all(|hit| hit.vector == [1.0, 0.0, 0.0]), "a hit brings its vector: {hits:?}");
    // The same revision with other chunks replaces all of it.
    let mut changed = world.document(Some("en"), &["a saucer"]);
    changed.document = document.document.clone();
    index.put_text(std::slice::from_ref(&changed)).await?;
    assert_eq!(index.list_text().await?.len(), 1);
    index.optimise().await?;
    assert_eq!(by_words(index, &world.filter(), "saucer").await?.len(), 1);
    assert_eq!(by_meaning(index, &world, &world.filter()).await?.len(), 2);
    for _ in 0..2 {
        index.remove_revisions(&document.document, None).await?;
        index.remove_collection(&world.collection).await?;
        index.optimise().await?;
    }
    index.put_text(&[]).await?;
    index.put_vectors(&world.space, Vec::new()).await?;
    empty(index, &world).await
}

async fn words_meet_as_people_expect(index: &dyn SearchIndex) -> Result<(), IndexError> {
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

async fn hostile_text_is_text(index: &dyn SearchIndex) -> Result<(), IndexError> {
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

async fn statistics_are_of_what_may_be_seen(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let ours = world.document(Some("en"), &["secret recipe", "soup recipe"]);
    index.put_text(std::slice::from_ref(&ours)).await?;
    let query = KeywordQuery { text: "secret recipe".to_owned(), language: Some("en".to_owned()) };
    let before = index.keyword(&query, &world.filter(), 5).await?;
    let mut theirs = world.document(Some("fr"), &["secret", "secret", "secret"]);
    theirs.organisation = world.theirs.clone();
    theirs.collection = CollectionId::new();
    index.put_text(std::slice::from_ref(&theirs)).await?;
    assert_eq!(index.keyword(&query, &world.filter(), 5).await?, before, "another tenant's words change nothing");
    empty(index, &world).await
}

async fn empty(index: &dyn SearchIndex, world: &World) -> Result<(), IndexError> {
    index.clear().await?;
    assert!(index.list_text().await?.is_empty());
    assert!(index.list_vectors(&world.space).await?.is_empty());
    Ok(())
}
