//! What was put into a conversation, for an answer in it: where its files are searched, what is given of those that came with
//! the question whatever the search says, and the pictures.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hammock_contract::{
    ChunkId, CollectionId, DocumentId,
    assistant::Vision,
    attachment::{AttachmentKind, LARGEST_PICTURE},
};
use hammock_llm::Picture;
use hammock_retrieval::fusion::Fused;
use hammock_store::{
    StoreError,
    attachments::{self, FoundAttachment},
    chunks, documents,
};

use super::{making::Making, words::Sight};
use crate::{Result, error::from_store, knowledge::files, search::Passage};

/// How many passages of each file are given in any case: its beginning.
const OF_EACH: usize = 4;
/// How many of all files together.
const OF_ALL: usize = 24;
/// How many pictures a model is shown: the last ones.
const MOST_PICTURES: usize = 4;

/// What was put into a conversation.
#[derive(Default)]
pub(super) struct Attached {
    /// Where the text of its files is.
    pub collections: Vec<CollectionId>,
    /// Their documents.
    pub documents: Vec<DocumentId>,
    /// Their names.
    pub names: Vec<String>,
    /// How each file that came with the question begins.
    pub beginnings: Vec<Passage>,
    /// How many files that is.
    pub files: usize,
    /// How many pictures there are.
    pub pictures: usize,
    /// Those that a model is shown; of one that cannot see, their names alone.
    pub shown: Vec<Picture>,
    /// Who looks at them.
    pub sight: Sight,
}

impl Making {
    /// What was put into the conversation; pictures are read where there is a model to look at them.
    pub(super) async fn attached(&self, has_model: bool) -> Result<Attached> {
        let db = self.hammock.store().read();
        // What was left out when a question was asked otherwise stays on the branch before.
        let all =
            attachments::list_to(&self.scope, db, &self.conversation, &self.asked_in).await.map_err(from_store)?;
        let Some(last) = all.last() else { return Ok(Attached::default()) };
        // What goes on with an answer is about what its question was about.
        let question = if self.continues { last.last_question() } else { Some(&self.asked_in) };
        let mut attached = Attached::default();
        for found in &all {
            if let Some(document) = &found.row.document_id {
                attached.collections.push(found.row.collection_id.clone());
                attached.documents.push(document.clone());
                attached.names.push(found.row.name.clone());
                if question.is_some_and(|question| found.is_of(question)) {
                    self.add_beginning(document, &mut attached).await?;
                }
            }
        }
        let is_picture =
            |found: &&FoundAttachment| AttachmentKind::of(&found.row.media_type) == AttachmentKind::Picture;
        let pictures: Vec<&FoundAttachment> = all.iter().filter(is_picture).collect();
        attached.pictures = pictures.len();
        attached.sight = match (has_model, self.settings.vision) {
            (false, _) => Sight::NoModel,
            (true, Vision::No) => Sight::Blind,
            (true, Vision::Automatic | Vision::Yes) => Sight::Model,
        };
        if has_model {
            for picture in &pictures[pictures.len().saturating_sub(MOST_PICTURES)..] {
                attached.shown.extend(self.shown(picture).await);
            }
        }
        Ok(attached)
    }

    /// Adds how a file begins; nothing of one that could not be read.
    async fn add_beginning(&self, document: &DocumentId, attached: &mut Attached) -> Result<()> {
        let db = self.hammock.store().read();
        let row = match documents::find(&self.scope, db, document).await {
            Ok(row) => row,
            Err(StoreError::NotFound) => return Ok(()),
            Err(error) => return Err(from_store(error)),
        };
        let left = OF_ALL.saturating_sub(attached.beginnings.len());
        let all = chunks::list(&self.scope, db, document, row.revision).await.map_err(from_store)?;
        let first: Vec<ChunkId> =
            all.into_iter().filter(|chunk| chunk.enabled).take(OF_EACH.min(left)).map(|chunk| chunk.id).collect();
        if first.is_empty() {
            return Ok(());
        }
        let mut rows = chunks::load(&self.scope, db, &first).await.map_err(from_store)?;
        rows.sort_by_key(|row| row.chunk.ordinal);
        attached.files += 1;
        attached.beginnings.extend(rows.into_iter().map(|row| Passage { hit: unscored(&row), row }));
        Ok(())
    }

    /// A picture as a model is shown it; nothing of one that is gone from the disk.
    async fn shown(&self, found: &FoundAttachment) -> Option<Picture> {
        if self.settings.vision == Vision::No {
            return Some(Picture { name: found.row.name.clone(), data_url: String::new() });
        }
        let path = files::path(&self.hammock.settings().data_dir, &found.row.file_key);
        match tokio::fs::read(path).await {
            Ok(bytes) if bytes.len() as u64 <= LARGEST_PICTURE => {
                let data = STANDARD.encode(bytes);
                let data_url = format!("data:{};base64,{data}", found.row.media_type);
                Some(Picture { name: found.row.name.clone(), data_url })
            }
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, attachment = %found.row.id, "a picture could not be read");
                None
            }
        }
    }
}

impl Attached {
    /// Whether the question came with a file that has been read.
    pub fn has_beginnings(&self) -> bool {
        !self.beginnings.is_empty()
    }

    /// Whether there is anything of the conversation's own to answer from.
    pub fn is_empty(&self) -> bool {
        self.collections.is_empty() && self.pictures == 0
    }

    /// Whether a model looks at pictures.
    pub fn is_looked_at(&self) -> bool {
        self.sight == Sight::Model && !self.shown.is_empty()
    }

    /// Leaves of what was found only what the files hold that came with the question, where any did. Who asks with a file asks
    /// about it; a model sees that in the words, quotations that are chosen by words alone do not.
    pub fn keep_own(&self, found: &mut Vec<Passage>) {
        if self.has_beginnings() {
            let own = |passage: &Passage| {
                let is_of = |begun: &Passage| begun.row.chunk.document_id == passage.row.chunk.document_id;
                self.beginnings.iter().any(is_of)
            };
            found.retain(own);
        }
    }

    /// Adds how the files begin to what was found of them and of everything else.
    pub fn add_to(&mut self, found: &mut Vec<Passage>) {
        for beginning in std::mem::take(&mut self.beginnings) {
            if found.iter().all(|passage| passage.row.chunk.id != beginning.row.chunk.id) {
                found.push(beginning);
            }
        }
    }
}

/// A passage that nobody searched for.
fn unscored(row: &chunks::FoundChunk) -> Fused {
    Fused {
        chunk: row.chunk.id.clone(),
        document: row.chunk.document_id.clone(),
        revision: row.chunk.revision,
        score: 0.0,
        keyword_score: None,
        vector_score: None,
        lacks_vector: false,
        coverage: 0.0,
        strength: 0.0,
    }
}
