//! The built-in handbook: the manual in `docs/handbook` as a read-only collection that everybody shares. Found by words as
//! soon as the server is up, by meaning a little later.

use hammock_contract::{
    DocumentId, SourceId,
    source::{SourceKind, SourceState},
};
use hammock_ingest::parse::{self, FileInput};
use hammock_store::{
    Scope, StoreError, Task, collections, documents, organisations, scope::handbook_collection, sources,
};
use include_dir::{Dir, include_dir};

use crate::{
    Hammock, Result,
    error::{from_index, from_store, internal},
    knowledge::{
        changes::Change,
        pipeline::{self, Readable},
    },
};

/// The name of its collection: taken in every organisation, for everybody sees it among their own.
pub(crate) const NAME: &str = "Hammock handbook";

/// What the interface calls the collection of this name in a language (ISO 639-1): of the handbook it says its own name for it.
pub(crate) fn name_in<'a>(language: &str, name: &'a str) -> &'a str {
    match (name, language) {
        (NAME, "fr") => "Manuel de Hammock",
        (NAME, "cs") => "Příručka Hammocku",
        _ => name,
    }
}

static PAGES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../docs/handbook");

/// The media type of its pages.
const MARKDOWN: &str = "text/markdown";

impl Hammock {
    /// Brings the handbook in the database and the keyword index to what this version ships.
    pub(crate) async fn update_handbook(&self) -> Result<()> {
        // Replicas that start together would all add the same pages. On SQLite the index, which has one writer, sees to that,
        // and a transaction that is held open would keep the work below waiting for ever.
        let _turn = if self.store().is_postgres() {
            let turn = self.store().begin().await.map_err(from_store)?;
            turn.alone(Task::Handbook).await.map_err(from_store)?;
            Some(turn)
        } else {
            None
        };
        let scope = Scope::builtin();
        let source = self.handbook_source(&scope).await?;
        let known = documents::list_of_source(&scope, self.store().read(), &source).await.map_err(from_store)?;
        let sizer = self.0.embedding.sizer();
        let (mut new, mut readable) = (Vec::new(), Vec::new());
        let mut shipped = Vec::new();
        for page in PAGES.files().filter(|file| file.path().extension().is_some_and(|ending| ending == "md")) {
            let name = page.path().to_string_lossy().into_owned();
            let input = FileInput { file_name: &name, media_type: Some(MARKDOWN), bytes: page.contents() };
            let parsed = parse::parse(&input).map_err(internal)?;
            let hash = pipeline::content_hash(&parsed);
            shipped.push(name.clone());
            let before = known.iter().find(|document| document.location == name);
            if before.is_some_and(|document| document.content_hash.as_ref() == Some(&hash) && document.revision > 0) {
                continue;
            }
            let document = before.map_or_else(DocumentId::new, |document| document.id.clone());
            if before.is_none() {
                new.push(documents::NewDocument {
                    id: document.clone(),
                    title: parsed.title.clone(),
                    location: name,
                    url: None,
                    media_type: MARKDOWN.to_owned(),
                    bytes: u64::try_from(page.contents().len()).unwrap_or(u64::MAX),
                    file_key: None,
                    seen_in_crawl: 0,
                });
            }
            let spans = pipeline::cut(&parsed, &sizer);
            readable.push(Readable {
                document,
                collection: handbook_collection(),
                media_type: MARKDOWN.to_owned(),
                parsed,
                spans,
                hash,
                text_hash: String::new(),
                change: Change::Usual,
                file_key: None,
                replaces: before.is_some(),
            });
        }
        let gone: Vec<DocumentId> = known
            .into_iter()
            .filter(|document| !shipped.contains(&document.location))
            .map(|document| document.id)
            .collect();
        let tx = self.store().begin().await.map_err(from_store)?;
        documents::create_many(&scope, &tx, &source, new, self.now()).await.map_err(from_store)?;
        documents::delete_many(&scope, &tx, &gone).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        for document in &gone {
            self.0.index.remove_revisions(document, None).await.map_err(from_index)?;
        }
        if !readable.is_empty() {
            tracing::info!(pages = readable.len(), "the handbook is being indexed");
        }
        let changed = !readable.is_empty() || !gone.is_empty();
        self.let_answer(&scope, readable).await?;
        let row = sources::find_row(&scope, self.store().read(), &source).await.map_err(from_store)?;
        if changed || row.state != SourceState::Ready {
            let tx = self.store().begin().await.map_err(from_store)?;
            sources::finish_work(&scope, &tx, &source, SourceState::Ready, None, self.now())
                .await
                .map_err(from_store)?;
            tx.commit().await.map_err(from_store)?;
        }
        Ok(())
    }

    /// The source of its pages; makes it, and the collection, where they are missing.
    pub(crate) async fn handbook_source(&self, scope: &Scope) -> Result<SourceId> {
        let source = SourceId::fixed("handbook");
        match sources::find_row(scope, self.store().read(), &source).await {
            Ok(_) => return Ok(source),
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(from_store(error)),
        }
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        tx.alone(Task::HandbookSource).await.map_err(from_store)?;
        if sources::find_row(scope, tx.db(), &source).await.is_ok() {
            // Another replica was quicker.
            return Ok(source);
        }
        organisations::ensure_builtin(&tx, now).await.map_err(from_store)?;
        match collections::find_row(scope, tx.db(), &handbook_collection()).await {
            Ok(_) => {}
            Err(StoreError::NotFound) => {
                let description = "The manual of this installation, shared by everybody and read-only.";
                collections::create(scope, &tx, handbook_collection(), NAME, description, now)
                    .await
                    .map_err(from_store)?;
            }
            Err(error) => return Err(from_store(error)),
        }
        sources::create(scope, &tx, source.clone(), &handbook_collection(), "Handbook", SourceKind::Upload, now)
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(source)
    }
}
