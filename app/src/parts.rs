//! Pages whose code the browser loads when one of them is first opened. The server renders them like any other
//! (docs/decisions/0011-interface-in-parts.md).

mod piece;

use std::pin::Pin;

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::ChooseView;

use crate::{
    account::AccountPage,
    assistants::{AssistantPage, AssistantsPage, NewAssistantPage},
    chat::{
        AssistantList, AssistantListArgument, Categories, CategoriesArgument, Dictation, DictationState,
        FeedbackArgument, FeedbackDialog, FileChips, Files, ListFilters, ListFiltersArgument, NamedArgument,
        NamedMessage, Removal, RemovalArgument, Rename, RenameArgument, ShareArgument, ShareDialog, SourcePanel,
        Thread, ThreadMenu, Turn, TurnArgument,
    },
    connections::ConnectionsPage,
    evaluation::EvaluationPage,
    feedback::FeedbackPage,
    keys::KeysPage,
    knowledge::{CollectionPage, CollectionsPage, DocumentPage, HelpPage, SearchPage, SourcePage},
    layout::AccountChoices,
    metadata::MetadataPage,
    organisation::OrganisationPage,
    ui::{
        Toaster,
        leave::{LeaveQuestion, Leaving},
    },
    users::UsersPage,
};

/// The part that a page belongs to, by the first segment of its path; nothing for a page that is there from the start.
/// Only a hint for what to load ahead: the routes say which page is shown.
#[cfg(feature = "ssr")]
pub fn part_of(path: &str) -> Option<&'static str> {
    let mut segments = path.split('/').skip(1);
    match segments.next()? {
        "assistants" | "connections" | "feedback" => Some("assistants"),
        "data" => match segments.nth(1) {
            Some("evaluation") => Some("evaluation"),
            Some("sources" | "metadata") => Some("source"),
            _ => Some("knowledge"),
        },
        "help" => Some("knowledge"),
        "account" | "organisation" | "users" | "keys" => Some("settings"),
        _ => None,
    }
}

pub use piece::{Piece, PieceInPart};

type Loading<T> = Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// A page whose code is loaded when it is needed, as the view of a route.
#[derive(Clone, Copy)]
pub struct PageInPart {
    load: fn() -> Loading<()>,
    open: fn() -> Loading<AnyView>,
}

impl ChooseView for PageInPart {
    /// Comes back when the code is there. Until then what was on the screen stays there, with all that was typed.
    async fn preload(&self) {
        arrive(self.load).await;
    }

    async fn choose(self) -> AnyView {
        // The router has waited for `preload`, so there is nothing left that could fail.
        (self.open)().await.unwrap_or_else(|_| ().into_any())
    }
}

/// Comes back when a part is there, however often the person has to ask for it again.
async fn arrive(load: fn() -> Loading<()>) {
    loop {
        #[cfg(feature = "hydrate")]
        let sign = sign::Sign::show();
        if load().await.is_ok() {
            return;
        }
        #[cfg(feature = "hydrate")]
        {
            drop(sign);
            notice::until_retry().await;
        }
    }
}

/// For each page: what the routes call it, its part, a name for its entry, a name for loading it, its component.
macro_rules! pages {
    ($($constant:ident: $part:ident, $open:ident, $load:ident, $page:ident;)*) => {$(
        #[wasm_split($part, wasm_split_path = ::leptos::wasm_split, fallible, preload($load))]
        fn $open() -> Result<AnyView, SplitLoaderError> {
            Ok(view! { <$page /> }.into_any())
        }

        pub const $constant: PageInPart = PageInPart { load: || Box::pin($load()), open: || Box::pin($open()) };
    )*};
}

pages! {
    ASSISTANTS: assistants, open_assistants, load_assistants, AssistantsPage;
    NEW_ASSISTANT: assistants, open_new_assistant, load_new_assistant, NewAssistantPage;
    ASSISTANT: assistants, open_assistant, load_assistant, AssistantPage;
    CONNECTIONS: assistants, open_connections, load_connections, ConnectionsPage;
    FEEDBACK: assistants, open_feedback, load_feedback, FeedbackPage;
    COLLECTIONS: knowledge, open_collections, load_collections, CollectionsPage;
    COLLECTION: knowledge, open_collection, load_collection, CollectionPage;
    DOCUMENT: knowledge, open_document, load_document, DocumentPage;
    SEARCH: knowledge, open_search, load_search, SearchPage;
    SOURCE: source, open_source, load_source, SourcePage;
    METADATA: source, open_metadata, load_metadata, MetadataPage;
    HELP: knowledge, open_help, load_help, HelpPage;
    EVALUATION: evaluation, open_evaluation, load_evaluation, EvaluationPage;
    ACCOUNT: settings, open_account, load_account, AccountPage;
    ORGANISATION: settings, open_organisation, load_organisation, OrganisationPage;
    USERS: settings, open_users, load_users, UsersPage;
    KEYS: settings, open_keys, load_keys, KeysPage;
}

/// For each piece: what pages call it, its part, a name for its entry, a name for loading it, its component (whose one property
/// is called `argument`), and what that is given.
macro_rules! pieces {
    ($($constant:ident: $part:ident, $open:ident, $load:ident, $piece:ident($argument:ty);)*) => {$(
        #[wasm_split($part, wasm_split_path = ::leptos::wasm_split, fallible, preload($load))]
        fn $open(argument: $argument) -> Result<AnyView, SplitLoaderError> {
            Ok(view! { <$piece argument /> }.into_any())
        }

        pub const $constant: PieceInPart<$argument> =
            PieceInPart { load: || Box::pin($load()), open: |argument| Box::pin($open(argument)) };
    )*};
}

pieces! {
    ACCOUNT_CHOICES: conversation, open_account_choices, load_account_choices, AccountChoices(Toaster);
    ASSISTANT_LIST: conversation, open_assistant_list, load_assistant_list, AssistantList(AssistantListArgument);
    CATEGORIES: conversation, open_categories, load_categories, Categories(CategoriesArgument);
    DICTATION: conversation, open_dictation, load_dictation, DictationState(Dictation);
    FILES: conversation, open_files, load_files, FileChips(Files);
    LEAVE: conversation, open_leave, load_leave, LeaveQuestion(Leaving);
    LIST_FILTERS: conversation, open_list_filters, load_list_filters, ListFilters(ListFiltersArgument);
    NAMED: conversation, open_named, load_named, NamedMessage(NamedArgument);
    NEW_FEEDBACK: conversation, open_new_feedback, load_new_feedback, FeedbackDialog(FeedbackArgument);
    REMOVAL: conversation, open_removal, load_removal, Removal(RemovalArgument);
    RENAME: conversation, open_rename, load_rename, Rename(RenameArgument);
    SHARE: conversation, open_share, load_share, ShareDialog(ShareArgument);
    SOURCE_PANEL: conversation, open_source_panel, load_source_panel, SourcePanel(Thread);
    THREAD_MENU: conversation, open_thread_menu, load_thread_menu, ThreadMenu(Thread);
    TURN: conversation, open_turn, load_turn, Turn(TurnArgument);
}

#[cfg(feature = "hydrate")]
mod sign {
    //! Shows that a part is on its way.

    use leptos::prelude::document;

    /// On the whole page, which goes on to work meanwhile. The style shows a bar once that takes a moment.
    const MARK: &str = "data-loading";

    /// The page is marked until this is dropped, be it because the person went elsewhere.
    pub struct Sign;

    impl Sign {
        pub fn show() -> Self {
            // Without the mark, the page lacks a hint and nothing else.
            let _ = document().document_element().map(|page| page.set_attribute(MARK, ""));
            Self
        }
    }

    impl Drop for Sign {
        fn drop(&mut self) {
            let _ = document().document_element().map(|page| page.remove_attribute(MARK));
        }
    }
}

#[cfg(feature = "hydrate")]
mod notice {
    //! Says that a part did not arrive.

    use leptos::{mount::mount_to, prelude::*};
    use wasm_bindgen::JsValue;
    use wasm_bindgen_futures::JsFuture;

    use crate::t;

    /// Shows why nothing happens, until the person wants to try again or goes elsewhere.
    pub async fn until_retry() {
        let mut shown = None;
        let clicked = js_sys::Promise::new(&mut |resolve, _| {
            shown = document().body().map(|body| mount_to(body, move || notice(resolve)));
        });
        // The promise is only ever kept.
        let _ = JsFuture::from(clicked).await;
        drop(shown);
    }

    // Not a toast of the frame: the page may not be live yet, and this one stays.
    fn notice(resolve: js_sys::Function) -> impl IntoView {
        view! {
            <div class="toasts" role="alert">
                <div class="toast">
                    <span>{t!("state.part_missing")}</span>
                    <button
                        type="button"
                        class="toast-action"
                        on:click=move |_| {
                            // Keeping a promise cannot fail.
                            let _ = resolve.call0(&JsValue::NULL);
                        }
                    >
                        {t!("state.retry")}
                    </button>
                    <button
                        type="button"
                        class="toast-action"
                        on:click=|_| {
                            // Refused only where scripts may not navigate; the browser's own button is left then.
                            let _ = window().location().reload();
                        }
                    >
                        {t!("state.reload")}
                    </button>
                </div>
            </div>
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::part_of;

    #[test]
    fn a_page_has_the_part_of_its_section() {
        assert_eq!(part_of("/data/documents/doc_1"), Some("knowledge"));
        assert_eq!(part_of("/data/coll_1/search"), Some("knowledge"));
        assert_eq!(part_of("/data/coll_1/sources/src_1/crawls"), Some("source"));
        assert_eq!(part_of("/data/coll_1/evaluation"), Some("evaluation"));
        assert_eq!(part_of("/help"), Some("knowledge"));
        assert_eq!(part_of("/users"), Some("settings"));
        assert_eq!(part_of("/organisation"), Some("settings"));
        assert_eq!(part_of("/chat/conv_1"), None);
        assert_eq!(part_of("/"), None);
        assert_eq!(part_of(""), None);
    }
}
