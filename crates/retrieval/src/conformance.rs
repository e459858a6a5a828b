//! What every [`SearchIndex`] must do. Run by the tests of each implementation.

mod filters;
mod storing;
mod words;

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
    filters::tenants_and_collections_are_kept_apart(index).await?;
    filters::documents_can_be_named(index).await?;
    storing::revisions_replace_and_go(index).await?;
    storing::one_revision_goes_alone(index).await?;
    storing::vectors_go_alone(index).await?;
    storing::vectors_are_copied(index).await?;
    storing::spaces_lie_side_by_side(index).await?;
    storing::everything_can_be_repeated(index).await?;
    words::words_meet_as_people_expect(index).await?;
    words::hostile_text_is_text(index).await?;
    filters::statistics_are_of_what_may_be_seen(index).await
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

async fn empty(index: &dyn SearchIndex, world: &World) -> Result<(), IndexError> {
    index.clear().await?;
    assert!(index.list_text().await?.is_empty());
    assert!(index.list_vectors(&world.space).await?.is_empty());
    Ok(())
}
