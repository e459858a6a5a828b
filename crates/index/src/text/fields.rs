//! The fields of the keyword side and how a document becomes its rows.

use hammock_contract::{ChunkId, DocumentId};
use hammock_retrieval::{
    IndexError, IndexedDocument,
    analysis::{self, Analyser},
};
use tantivy::{
    TantivyDocument, Term,
    schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value},
    tokenizer::{PreTokenizedString, Token},
};

/// One row is one chunk.
#[derive(Clone)]
pub(super) struct Fields {
    pub(super) organisation: Field,
    pub(super) collection: Field,
    pub(super) document: Field,
    /// Document and revision in one, so that a revision can be replaced.
    key: Field,
    pub(super) language: Field,
    /// Stored: chunk, document and revision, separated by spaces, which ids do not have.
    identity: Field,
    /// The terms, each with its language.
    pub(super) body: Field,
}

/// A revision ready for the writer.
pub(super) struct Rows {
    /// Finds the rows that these replace.
    pub(super) key: Term,
    pub(super) rows: Vec<TantivyDocument>,
}

impl Fields {
    pub(super) fn schema() -> (Schema, Self) {
        let mut schema = Schema::builder();
        // The terms come ready made; the tokenizer's name is never looked up.
        let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(IndexRecordOption::WithFreqs);
        let fields = Self {
            organisation: schema.add_text_field("organisation", STRING),
            collection: schema.add_text_field("collection", STRING),
            document: schema.add_text_field("document", STRING),
            key: schema.add_text_field("key", STRING),
            language: schema.add_text_field("language", STRING),
            identity: schema.add_text_field("identity", STORED),
            body: schema.add_text_field("body", TextOptions::default().set_indexing_options(indexing)),
        };
        (schema.build(), fields)
    }

    pub(super) fn revision_key(&self, document: &DocumentId, revision: u32) -> Term {
        Term::from_field_text(self.key, &format!("{document} {revision}"))
    }

    pub(super) fn rows(&self, document: &IndexedDocument) -> Rows {
        let sample: Vec<&str> = document.chunks.iter().take(8).map(|chunk| chunk.text.as_str()).collect();
        let language = analysis::language_of(document.language.as_deref(), &sample.join("\n"));
        let mut analyser = Analyser::new(&language);
        let rows = document.chunks.iter().map(|chunk| {
            let mut terms = analyser.terms(&chunk.heading);
            terms.extend(analyser.terms(&chunk.text));
            let mut row = TantivyDocument::default();
            row.add_text(self.organisation, document.organisation.as_str());
            row.add_text(self.collection, document.collection.as_str());
            row.add_text(self.document, document.document.as_str());
            row.add_text(self.key, format!("{} {}", document.document, document.revision));
            row.add_text(self.language, &language);
            row.add_text(self.identity, format!("{} {} {}", chunk.chunk, document.document, document.revision));
            row.add_pre_tokenized_text(self.body, tokens(terms));
            row
        });
        Rows { key: self.revision_key(&document.document, document.revision), rows: rows.collect() }
    }

    /// Which chunk a row is.
    pub(super) fn identity(&self, row: &TantivyDocument) -> Result<(DocumentId, u32, ChunkId), IndexError> {
        let text = row.get_first(self.identity).and_then(|value| value.as_str()).unwrap_or_default();
        let mut parts = text.split(' ');
        let mut part = || parts.next().unwrap_or_default();
        let (chunk, document, revision) = (part(), part(), part());
        match (chunk.parse(), document.parse(), revision.parse()) {
            (Ok(chunk), Ok(document), Ok(revision)) => Ok((document, revision, chunk)),
            _ => Err(IndexError::Engine("a row of the keyword index has no identity".to_owned())),
        }
    }
}

fn tokens(terms: Vec<String>) -> PreTokenizedString {
    let token = |(position, text)| Token { offset_from: 0, offset_to: 0, position, text, position_length: 1 };
    PreTokenizedString { text: String::new(), tokens: terms.into_iter().enumerate().map(token).collect() }
}
