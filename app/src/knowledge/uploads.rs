//! The files of a page that are on their way to the server, however they came: dropped, dropped again, or chosen.

use std::collections::VecDeque;

use hammock_contract::{
    ApiError, DocumentId, ErrorKind, SourceId,
    document::DocumentState,
    source::{NewSource, SourceKind},
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    api::create_source,
    collection_page::takes_files,
    live::{Live, Sent},
    upload,
};
use crate::{FnError, t};

/// How many files are sent at once.
const AT_ONCE: usize = 3;

/// One file on its way.
#[derive(Clone)]
pub struct Sending {
    /// Its number among all files of the page.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// How much of it was sent.
    pub percent: RwSignal<u64>,
    /// What came of it, once something has: the document that it became, or why it was refused.
    pub outcome: RwSignal<Option<Result<Option<DocumentId>, ApiError>>>,
    /// How its document stands, where the list does not show it.
    pub state: RwSignal<Option<DocumentState>>,
    /// Whether it took the place of an earlier file of the same name.
    pub replaced: RwSignal<bool>,
}

/// A file that waits for its turn, with the source that was there for it when it came.
type Waiting = (Sending, web_sys::File, Option<SourceId>);

/// The files that wait, and all that were chosen.
#[derive(Clone, Copy)]
pub struct Uploads {
    live: Live,
    /// Every file, as it stands.
    pub rows: RwSignal<Vec<Sending>>,
    /// Files live on the browser's one thread. The server renders on many and holds none of this.
    waiting: Option<StoredValue<VecDeque<Waiting>, LocalStorage>>,
    /// Files that did not arrive and may the next time.
    failed: Option<StoredValue<Vec<Waiting>, LocalStorage>>,
    /// The source that was made for files, where there was none.
    made: StoredValue<Option<SourceId>>,
    making: StoredValue<bool>,
    running: StoredValue<usize>,
    next: StoredValue<usize>,
}

impl Uploads {
    /// No file yet.
    pub fn new(live: Live) -> Self {
        Self {
            live,
            rows: RwSignal::new(Vec::new()),
            waiting: cfg!(feature = "hydrate").then(|| StoredValue::new_local(VecDeque::new())),
            failed: cfg!(feature = "hydrate").then(|| StoredValue::new_local(Vec::new())),
            made: StoredValue::new(None),
            making: StoredValue::new(false),
            running: StoredValue::new(0),
            next: StoredValue::new(0),
        }
    }

    /// Takes files: into the source that the list is filtered by, when it takes files; else into the first that does; else
    /// into a new one, made once however many files come.
    pub fn take(self, files: &web_sys::FileList) {
        let source = self.source();
        for file in (0..files.length()).filter_map(|index| files.get(index)) {
            let number = self.next.get_value();
            self.next.set_value(number + 1);
            let (percent, outcome) = (RwSignal::new(0), RwSignal::new(None));
            let (state, replaced) = (RwSignal::new(Some(DocumentState::Processing)), RwSignal::new(false));
            let sending = Sending { number, name: file.name(), percent, outcome, state, replaced };
            self.rows.update(|rows| rows.push(sending.clone()));
            if let Some(refused) = self.refused(&file) {
                outcome.set(Some(Err(refused)));
            } else if let Some(waiting) = self.waiting {
                waiting.update_value(|waiting| waiting.push_back((sending, file, source.clone())));
            }
        }
        self.start();
    }

    /// What needs no sending to be known. The server says the same.
    fn refused(self, file: &web_sys::File) -> Option<ApiError> {
        let limit = self.live.status.with_untracked(|status| status.as_ref().map(|status| status.upload_limit))?;
        (file.size() > limit as f64).then(|| ApiError::too_large(limit))
    }

    fn source(self) -> Option<SourceId> {
        let chosen = self.live.wanted.get_untracked().source;
        let known = self.live.sources.with_untracked(|all| {
            let mut files = all.iter().filter(|it| takes_files(&it.kind));
            files.clone().find(|it| Some(&it.id) == chosen.as_ref()).or_else(|| files.next()).map(|it| it.id.clone())
        });
        known.or_else(|| self.made.get_value())
    }

    fn start(self) {
        if self.making.get_value() || self.waiting.is_none_or(|waiting| waiting.with_value(VecDeque::is_empty)) {
            return;
        }
        let homeless = |waiting: &VecDeque<Waiting>| waiting.iter().any(|(_, _, source)| source.is_none());
        if self.source().is_none() && self.waiting.is_some_and(|waiting| waiting.with_value(homeless)) {
            self.make_source();
            return;
        }
        while self.running.get_value() < AT_ONCE {
            self.running.update_value(|running| *running += 1);
            spawn_local(async move {
                self.work().await;
                let _ = self.running.try_update_value(|running| *running = running.saturating_sub(1));
            });
        }
    }

    /// Makes the source that the waiting files need, then goes on; when that fails, so do they.
    fn make_source(self) {
        let collection = self.live.collection.with_untracked(|it| it.as_ref().map(|it| it.id.clone()));
        self.making.set_value(true);
        spawn_local(async move {
            let made = match collection {
                Some(collection) => {
                    let new = NewSource {
                        name: t!("data.uploaded_files").to_owned(),
                        description: String::new(),
                        kind: SourceKind::Upload,
                    };
                    create_source(collection, new).await
                }
                None => Err(FnError(ApiError::not_found())),
            };
            // The page may be gone meanwhile.
            let _ = self.making.try_set_value(false);
            match made {
                Ok(source) => {
                    let _ = self.made.try_set_value(Some(source.id));
                    self.live.refresh();
                }
                Err(error) => {
                    while let Some((sending, ..)) = self.next_file() {
                        let _ = sending.outcome.try_set(Some(Err(error.0.clone())));
                    }
                }
            }
            self.start();
        });
    }

    fn next_file(self) -> Option<Waiting> {
        self.waiting?.try_update_value(VecDeque::pop_front).flatten()
    }

    /// Sends files until none waits.
    async fn work(self) {
        while let Some((sending, file, source)) = self.next_file() {
            let result = match source.clone().or_else(|| self.source()) {
                Some(source) => {
                    let percent = sending.percent;
                    let heard = move |now| {
                        // The page may be gone; the file is sent all the same.
                        let _ = percent.try_set(now);
                    };
                    upload::send(&source, &file, &sending.name, heard).await
                }
                None => Err(ApiError::not_found()),
            };
            let outcome = sending.outcome;
            let (state, replaced) = (sending.state, sending.replaced);
            let result = result.map(|arrived| {
                let _ = replaced.try_set(arrived.replaced);
                let sent = arrived.document.clone().map(|document| Sent { document, state });
                let _ = self.live.sent.try_update(|all| all.extend(sent));
                arrived.document
            });
            if let (Some(failed), true) = (self.failed, result.as_ref().is_err_and(may_work_later)) {
                let _ = failed.try_update_value(|failed| failed.push((sending, file, source)));
            }
            let _ = outcome.try_set(Some(result));
            self.live.refresh();
        }
    }

    /// Sends a file again that did not arrive.
    pub fn again(self, number: usize) {
        let taken = self.failed.and_then(|failed| {
            failed.try_update_value(|failed| {
                let at = failed.iter().position(|(sending, ..)| sending.number == number)?;
                Some(failed.swap_remove(at))
            })?
        });
        if let (Some(file), Some(waiting)) = (taken, self.waiting) {
            file.0.percent.set(0);
            file.0.outcome.set(None);
            waiting.update_value(|waiting| waiting.push_back(file));
            self.start();
        }
    }

    /// How the document of a file stands: as the list shows it, else as it was asked after.
    pub fn state_of(self, asked: RwSignal<Option<DocumentState>>, document: &DocumentId) -> Option<DocumentState> {
        let shown = self.live.documents.with(|all| all.iter().find(|it| it.id == *document).map(|it| it.state));
        shown.or_else(|| asked.get())
    }

    /// Whether a file still waits or is being sent.
    pub fn are_under_way(self) -> bool {
        self.rows.with(|rows| rows.iter().any(|row| row.outcome.with(Option::is_none)))
    }

    /// Keeps only what is still on its way.
    pub fn tidy(self) {
        self.rows.update(|rows| rows.retain(|row| row.outcome.with_untracked(Option::is_none)));
        self.live.sent.update(Vec::clear);
    }

    /// How far everything is, in a sentence.
    pub fn said(self) -> String {
        self.rows.with(|rows| {
            let done = rows.iter().filter(|row| row.outcome.with(Option::is_some)).count();
            let failed = rows.iter().filter(|row| row.outcome.with(|it| matches!(it, Some(Err(_))))).count();
            if rows.is_empty() {
                String::new()
            } else {
                t!("data.uploaded_of", done = done, total = rows.len(), failed = failed)
            }
        })
    }
}

/// Whether the same file may be taken the next time: it was not the file that was refused.
pub fn may_work_later(error: &ApiError) -> bool {
    matches!(
        error.kind,
        ErrorKind::Unavailable
            | ErrorKind::TimedOut
            | ErrorKind::Internal
            | ErrorKind::Upstream
            | ErrorKind::RateLimited
            | ErrorKind::Conflict
            | ErrorKind::Unauthenticated
    )
}

#[cfg(test)]
mod tests {
    use hammock_contract::ErrorCode;

    use super::*;

    #[test]
    fn a_file_that_was_not_refused_itself_can_be_sent_again() {
        let later = |code| may_work_later(&ApiError::new(code, "no"));
        assert!(later(ErrorCode::UploadStalled) && later(ErrorCode::Unavailable) && later(ErrorCode::StorageFull));
        assert!(!later(ErrorCode::TooLarge) && !later(ErrorCode::UnsupportedFileType) && !later(ErrorCode::NotFound));
    }
}
