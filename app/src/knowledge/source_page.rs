//! One source: how it stands, and in tabs all that is known of it. The address says which tab is open.

mod access_tab;
mod counts;
mod crawl_pages;
mod crawls_tab;
mod head;
mod pages_tab;
mod questions_tab;
mod schedule;
mod settings_tab;
mod side;
mod tab_data;
mod tabs;

use hammock_contract::{
    ApiError, CollectionId, ErrorCode, SourceId,
    collection::Collection,
    document::DocumentQuery,
    source::{Source, SourceKind, SourceState},
    system::IndexStatus,
    user::Role,
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
    params::ParamsMap,
};

use self::{
    access_tab::AccessTab, crawls_tab::CrawlsTab, head::SourceHead, pages_tab::PagesTab, questions_tab::QuestionsTab,
    settings_tab::SettingsTab, side::SourceSide, tab_data::TabData, tabs::SourceTab,
};
use super::{
    live::{Live, load, query_of},
    source_actions::DeleteSource,
};
use crate::{
    FnError,
    data_functions::FunctionsTab,
    session::use_session,
    ui::{ErrorState, Load, Page, PageBody},
};

/// The source that a page shows.
#[derive(Clone, Copy)]
pub struct Shown {
    /// What is known of its collection, kept up to date.
    pub live: Live,
    /// The source, as it stands; nothing once it is gone.
    pub source: Memo<Option<Source>>,
    /// Whether the person may change anything.
    pub can_write: bool,
    /// Whether its collection came with Hammock.
    pub built_in: bool,
}

impl Shown {
    /// Whether its documents are the pages of a website.
    pub fn is_website(self) -> bool {
        self.source.with_untracked(|it| it.as_ref().is_some_and(|it| matches!(it.kind, SourceKind::Website(_))))
    }

    /// Whether work on it goes on.
    pub fn is_working(self) -> Memo<bool> {
        let source = self.source;
        Memo::new(move |_| source.with(|it| it.as_ref().is_some_and(|it| it.state == SourceState::Working)))
    }

    /// Its collection.
    pub fn collection(self) -> Option<CollectionId> {
        self.source.with_untracked(|it| it.as_ref().map(|it| it.collection.clone()))
    }

    /// Its id.
    pub fn id(self) -> Option<SourceId> {
        self.source.with_untracked(|it| it.as_ref().map(|it| it.id.clone()))
    }
}

/// The ids in the address, as they are typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    collection: String,
    source: String,
}

impl Asked {
    fn of(params: &ParamsMap) -> Self {
        let id = |name: &str| params.get(name).unwrap_or_default();
        Self { collection: id("collection"), source: id("source") }
    }

    fn id(&self) -> Option<SourceId> {
        self.source.parse().ok()
    }
}

/// A source's page.
#[component]
pub fn SourcePage() -> impl IntoView {
    let session = use_session();
    let params = use_params_map();
    let query = use_query_map();
    let asked = Memo::new(move |_| params.with(Asked::of));
    let tab = Memo::new(move |_| params.with(|params| SourceTab::of(params.get_str("tab"))));
    let wanted = Memo::new(move |_| {
        // The other tabs have lists of their own, which the query of the address is about.
        let query = if tab.get() == Some(SourceTab::Pages) { query.get() } else { ParamsMap::new() };
        asked.with(|asked| DocumentQuery { source: asked.id(), ..query_of(&asked.collection, &query) })
    });
    let live = Live::new(wanted);
    let source = Memo::new(move |_| {
        let id = asked.with(Asked::id);
        live.sources.with(|all| all.iter().find(|it| Some(&it.id) == id.as_ref()).cloned())
    });
    let head = Resource::new(move || asked.get(), load_source);
    let data = TabData::new(asked, tab, query, wanted);
    let delete_open = RwSignal::new(false);
    let deleted = RwSignal::new(None::<Source>);
    let ask_to_delete = Callback::new(move |()| {
        deleted.set(source.get_untracked());
        delete_open.set(true);
    });
    let navigate = use_navigate();
    let leave = Callback::new(move |()| {
        // The page may be gone meanwhile, and somebody elsewhere stays there.
        if let Some(collection) = asked.try_with_untracked(|asked| asked.collection.clone()) {
            navigate(&format!("/data/{collection}"), NavigateOptions::default());
        }
    });
    view! {
        <Page>
            <Load resource=head whole_page=true let:head>
                {
                    let (collection, sources, status) = head;
                    let built_in = collection.read_only;
                    let can_write = session.is_at_least(Role::Administrator) && !built_in;
                    live.collection.set(Some(collection));
                    live.sources.set(sources);
                    live.status.set(Some(status));
                    let shown = Shown { live, source, can_write, built_in };
                    view! {
                        <SourceHead shown on_delete=ask_to_delete />
                        <PageBody>
                            <div class="source-layout">
                                <SourceSide shown />
                                <div class="source-tab">{move || tab.try_get().map(|tab| content(tab, shown, data))}</div>
                            </div>
                        </PageBody>
                    }
                }
            </Load>
        </Page>
        <DeleteSource open=delete_open source=deleted live on_done=leave />
    }
}

/// What stands in a tab.
fn content(tab: Option<SourceTab>, shown: Shown, data: TabData) -> AnyView {
    match tab.filter(|tab| tab.is_there(shown)) {
        Some(SourceTab::Pages) => view! { <PagesTab shown data /> }.into_any(),
        Some(SourceTab::Crawls) => view! { <CrawlsTab shown data /> }.into_any(),
        Some(SourceTab::Questions) => view! { <QuestionsTab shown questions=data.questions /> }.into_any(),
        Some(SourceTab::Functions) => {
            view! { <FunctionsTab source=shown.id() found=data.functions can_write=shown.can_write /> }.into_any()
        }
        Some(SourceTab::Access) => view! { <AccessTab access=data.access /> }.into_any(),
        Some(SourceTab::Settings) => view! { <SettingsTab shown /> }.into_any(),
        None => view! { <ErrorState error=FnError(why_not(tab, shown.built_in)) /> }.into_any(),
    }
}

/// Why there is no such tab: not at all, or not for this person.
fn why_not(tab: Option<SourceTab>, built_in: bool) -> ApiError {
    match tab {
        Some(SourceTab::Settings) if !built_in => {
            ApiError::new(ErrorCode::RoleRequired, "a source is changed by administrators and owners")
        }
        _ => ApiError::not_found(),
    }
}

/// The collection with its sources, of which this is one.
async fn load_source(asked: Asked) -> Result<(Collection, Vec<Source>, IndexStatus), FnError> {
    let id = asked.id();
    let loaded = load(asked.collection).await?;
    let is_there = loaded.1.iter().any(|source| Some(&source.id) == id.as_ref());
    if is_there { Ok(loaded) } else { Err(FnError(ApiError::not_found())) }
}
