//! Chat: the list of conversations, the thread with its streaming answer, the sources beside it.

mod answer;
mod answer_block;
pub mod api;
mod asking;
mod at_end;
mod chat_page;
mod composer;
mod conversation_list;
mod days;
mod dictation;
mod drafts;
mod earlier;
mod files;
mod groups;
mod list_filter;
mod list_rows;
mod more;
mod moved_on;
mod passage;
mod sending;
mod source_panel;
mod spoken;
#[cfg(any(feature = "hydrate", test))]
mod sse;
#[cfg(feature = "hydrate")]
mod stream;
#[cfg(feature = "hydrate")]
mod tabs;
mod thread;
mod unsupported;
mod welcome;

pub use answer::{ending_text, place as source_place};
pub use chat_page::ChatPage;
pub use dictation::Dictation;
pub use drafts::note_leaving;
pub use files::{Files, LARGEST_FILE_NAME};
pub use more::{
    assistant_list::{AssistantList, AssistantListArgument},
    dictation::DictationState,
    feedback_dialog::{FeedbackArgument, FeedbackDialog},
    files::FileChips,
    list::{
        Categories, CategoriesArgument, ListFilters, ListFiltersArgument, Removal, RemovalArgument, Rename,
        RenameArgument,
    },
    named::{NamedArgument, NamedMessage},
    share::{ShareArgument, ShareDialog},
    thread_menu::ThreadMenu,
    turn::{Turn, TurnArgument},
};
pub use passage::{marks_in, marks_part, passage_address};
pub use source_panel::SourcePanel;
pub use thread::Thread;
