//! Files and pictures for the next question, as far as the chat page knows them. Their chips are loaded with the first of them:
//! see `more/files.rs`.

use hammock_contract::{AttachmentId, attachment::SentAttachment};
use leptos::{ev::DragEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{DataTransfer, FileList, Node};

use super::drafts::{keep, kept};

/// The name of the `<meta>` that tells the browser the largest file that may be attached.
pub const LARGEST_FILE_NAME: &str = "hammock-largest-file";

/// The draft of a question that files are for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// Where its text is kept.
    pub key: String,
    /// Whether it is the one of before, which has another name now: its conversation has begun.
    pub is_renamed: bool,
}

/// What the page and the chips tell each other. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Files {
    /// Those that the next question is sent with.
    pub ready: RwSignal<Vec<AttachmentId>>,
    /// Whether one is still being sent or read: the question waits for it.
    pub wait: RwSignal<bool>,
    /// Whether files are being dragged over the chat.
    pub over: RwSignal<bool>,
    /// Whether there is anything to show.
    pub wanted: RwSignal<bool>,
    /// Grows when files come.
    pub came: RwSignal<u32>,
    /// Grows when the focus is to come to the input.
    pub called: RwSignal<u32>,
    /// Those that were sent with the last question.
    pub sent: RwSignal<Vec<AttachmentId>>,
    /// The draft that is typed: the files that come are for its question.
    pub draft: RwSignal<Draft>,
    /// Files live on the browser's one thread. The server renders on many and holds none of this.
    waiting: Option<StoredValue<Vec<web_sys::File>, LocalStorage>>,
}

impl Default for Files {
    /// None yet.
    fn default() -> Self {
        Self {
            ready: RwSignal::new(Vec::new()),
            wait: RwSignal::new(false),
            over: RwSignal::new(false),
            wanted: RwSignal::new(false),
            came: RwSignal::new(0),
            called: RwSignal::new(0),
            sent: RwSignal::new(Vec::new()),
            draft: RwSignal::new(Draft::default()),
            waiting: cfg!(feature = "hydrate").then(|| StoredValue::new_local(Vec::new())),
        }
    }
}

impl Files {
    /// Takes files, however they came; whether there were any.
    pub fn take(self, files: Option<FileList>) -> bool {
        let Some(files) = files.filter(|files| files.length() > 0) else { return false };
        if let Some(waiting) = self.waiting {
            waiting.update_value(|waiting| waiting.extend((0..files.length()).filter_map(|at| files.get(at))));
            self.wait.set(true);
            self.wanted.set(true);
            self.came.update(|times| *times += 1);
        }
        true
    }

    /// Takes what is pasted, where it is files or a picture. A table out of an office program comes as a text and as a picture of
    /// it: then the text is meant.
    pub fn paste(self, data: Option<DataTransfer>) -> bool {
        let has = |data: &DataTransfer, kind| data.get_data(kind).is_ok_and(|text| !text.is_empty());
        let data = data.filter(|data| !(has(data, "text/plain") && has(data, "text/html")));
        self.take(data.and_then(|data| data.files()))
    }

    /// Says that something is dragged over the chat, where that is files.
    pub fn drag(self, event: &DragEvent) {
        let data = event.data_transfer();
        if data.is_some_and(|data| data.types().includes(&"Files".into(), 0)) {
            // Without this the browser opens the file instead.
            event.prevent_default();
            self.over.set(true);
            self.wanted.set(true);
        }
    }

    /// Says that nothing is dragged over the chat any more, where it was left and not only one of its parts for another.
    pub fn drag_out(self, event: &DragEvent) {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        let chat = document().query_selector(".chat").ok().flatten();
        let is_inside = chat.is_some_and(|chat| chat.contains(to.as_ref()));
        if !is_inside {
            self.over.set(false);
        }
    }

    /// Takes what is dropped.
    pub fn take_drop(self, event: &DragEvent) {
        self.over.set(false);
        if self.take(event.data_transfer().and_then(|data| data.files())) {
            event.prevent_default();
        }
    }

    /// The files that came since the last time.
    pub fn new_ones(self) -> Vec<web_sys::File> {
        self.waiting.and_then(|waiting| waiting.try_update_value(std::mem::take)).unwrap_or_default()
    }

    /// Says which draft is typed from now on. Those of its files that wait for it on the server since before are shown again.
    pub fn belong_to(self, key: &str, is_renamed: bool) {
        let before = self.draft.get_untracked().key;
        if before == key {
            return;
        }
        if is_renamed {
            keep_files(key, kept_files(&before).iter());
            keep_files(&before, [].iter());
        }
        self.draft.set(Draft { key: key.to_owned(), is_renamed });
        if !kept_files(key).is_empty() {
            self.wait.set(true);
            self.wanted.set(true);
        }
    }

    /// Notes that a question was taken with these.
    pub fn were_sent(self, attachments: &[SentAttachment]) {
        if !attachments.is_empty() {
            self.sent.set(attachments.iter().map(|attachment| attachment.id.clone()).collect());
        }
    }
}

/// The files and pictures that are on the server for the question of a draft, as this tab knows them.
pub fn kept_files(draft: &str) -> Vec<AttachmentId> {
    ids_in(&kept(&place_of(draft)))
}

/// Keeps in this tab which files and pictures are on the server for the question of a draft.
pub fn keep_files<'a>(draft: &str, ids: impl Iterator<Item = &'a AttachmentId>) {
    keep(&place_of(draft), &ids.map(AttachmentId::as_str).collect::<Vec<_>>().join(" "));
}

fn place_of(draft: &str) -> String {
    format!("{draft}-files")
}

/// What was kept, but for what is no id.
fn ids_in(kept: &str) -> Vec<AttachmentId> {
    kept.split(' ').filter_map(|id| id.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_files_is_read_again_and_nothing_else() {
        let (one, other) = (AttachmentId::fixed("some"), AttachmentId::fixed("other"));
        assert_eq!(ids_in(&format!("{one} {other}")), [one, other]);
        assert!(ids_in("").is_empty());
        assert!(ids_in("conv_some <b>").is_empty());
    }

    #[test]
    fn a_question_without_files_tells_of_none_and_one_with_files_of_those() {
        Owner::new().with(|| {
            let files = Files::default();
            assert!(!files.take(None) && !files.wait.get_untracked());
            files.were_sent(&[]);
            assert!(files.sent.get_untracked().is_empty());
            let (id, name) = (AttachmentId::fixed("some"), "a.txt".to_owned());
            let one = SentAttachment { id, name, is_picture: false, link: None };
            files.were_sent(std::slice::from_ref(&one));
            assert_eq!(files.sent.get_untracked(), [one.id]);
        });
    }
}
