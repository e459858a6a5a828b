//! The list of conversations.

use std::collections::HashMap;

use hammock_contract::{
    ConversationId, Page, Timestamp, chat::ConversationSummary, conversation::ConversationQuery, page::MAX_LIMIT,
};
use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_location, use_navigate, use_query_map},
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::{
    api::list_conversations,
    days::{self, Calendar, Day},
    list_filter::{ListFilter, PAGES, pages_in},
    list_rows::{first_of_days, merged, with_equal_titles},
    more::{
        list::{CategoriesArgument, ListFiltersArgument, RemovalArgument, RenameArgument},
        share::use_sharing,
    },
    moved_on::MESSAGE,
    thread::Thread,
};
use crate::{
    FnError,
    parts::{self, Piece},
    t,
    ui::{
        Button, ButtonKind, ButtonLink, Icon, Load, Menu, MenuItem, Moment, SearchField, address::with_param,
        empty_list::ShowAll, use_toaster,
    },
};

/// How many conversations a page of the list has.
const PAGE: u32 = 50;

/// What the dialogs of the list are about, and which is open.
#[derive(Clone, Copy)]
pub struct ListDialogs {
    /// The row.
    pub row: RwSignal<Option<ConversationSummary>>,
    /// Another title for it.
    pub rename_open: RwSignal<bool>,
    /// The categories; with a row, the choice of one for it.
    pub categories_open: RwSignal<bool>,
    /// Grows when the categories have changed.
    pub categories_version: RwSignal<u32>,
    /// The conversation that is to be deleted.
    pub removed: RwSignal<Option<ConversationId>>,
}

/// The newest conversations that a filter leaves, `wanted` of them where there are so many. The server gives only so many at
/// once.
async fn newest(
    filter: &ListFilter,
    calendar: Calendar,
    mut wanted: u32,
) -> Result<Page<ConversationSummary>, FnError> {
    let mut list = Page::single(Vec::new());
    loop {
        let limit = wanted.min(MAX_LIMIT);
        wanted -= limit;
        let page_token = list.next_page_token.take();
        let asked = ConversationQuery { limit: Some(limit), page_token, ..filter.request(calendar) };
        let more = list_conversations(asked).await?;
        list.items.extend(more.items);
        list.next_page_token = more.next_page_token;
        if wanted == 0 || list.next_page_token.is_none() {
            return Ok(list);
        }
    }
}

/// The first pages of the list, how many they are, and what they rest on.
type Loaded = (u32, Timestamp, bool, u32, Page<ConversationSummary>);

/// The list beside the thread.
#[component]
pub fn ConversationList(thread: Thread) -> impl IntoView {
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(ListFilter::of));
    let list = Resource::new(
        move || (filter.get(), thread.list_version.get_untracked(), query.with_untracked(pages_in)),
        |(filter, version, pages)| async move {
            let now = days::now().await;
            let page = newest(&filter, Calendar::at(now), pages * PAGE).await?;
            Ok::<Loaded, FnError>((version, now, cfg!(feature = "ssr") && filter.tells_days(), pages, page))
        },
    );
    // What failed is tried again when there is something new; what is there is kept up to date by itself.
    Effect::new(move |before: Option<u32>| {
        let version = thread.list_version.get();
        if before.is_some_and(|before| before != version) && matches!(list.get_untracked(), Some(Err(_))) {
            list.refetch();
        }
        version
    });
    let dialogs = ListDialogs {
        row: RwSignal::new(None),
        rename_open: RwSignal::new(false),
        categories_open: RwSignal::new(false),
        categories_version: RwSignal::new(0),
        removed: RwSignal::new(None),
    };
    let filters_open = RwSignal::new(false);
    // What the address narrows the list by is seen.
    Effect::new(move |_| {
        if filter.with_untracked(ListFilter::has_choice) {
            filters_open.set(true);
        }
    });
    let filters = ListFiltersArgument { open: filters_open, dialogs };
    let (rename, categories) = (RenameArgument { thread, dialogs }, CategoriesArgument { thread, dialogs });
    let removal = RemovalArgument { thread, filter, wanted: dialogs.removed };
    let is_removing = Signal::derive(move || dialogs.removed.with(Option::is_some));
    // Also where a new chat is shown already. With the next frame: on a phone the input is out of sight until then.
    let to_input = move |_: MouseEvent| {
        request_animation_frame(move || {
            let _ = thread.files.called.try_update(|times| *times += 1);
        });
    };
    view! {
        <section class="conversations" aria-label=t!("chat.conversations")>
            <header>
                // On a phone the list can be the whole page.
                <Show
                    when=move || query.with(|query| query.get("list").is_some())
                    fallback=|| view! { <h2>{t!("nav.chat")}</h2> }
                >
                    <h1>{t!("nav.chat")}</h1>
                </Show>
                <span on:click=to_input>
                    <ButtonLink href="/chat" kind=ButtonKind::Primary icon="plus">{t!("chat.new")}</ButtonLink>
                </span>
            </header>
            <div class="find">
                <SearchField label=t!("chat.search") />
                <button type="button" class="button ghost icon-only" class:on=move || filter.with(ListFilter::has_choice)
                    aria-label=t!("chat.filters") title=t!("chat.filters") aria-expanded=move || filters_open.get().to_string()
                    on:click=move |_| filters_open.update(|open| *open = !*open)>
                    <Icon name="sliders-horizontal" />
                </button>
            </div>
            <Piece piece=parts::LIST_FILTERS argument=filters wanted=filters_open />
            <nav aria-label=t!("chat.conversations")>
                <Load resource=list lines=8 let:loaded>
                    <Rows thread loaded filter dialogs />
                </Load>
            </nav>
        </section>
        <Piece piece=parts::RENAME argument=rename wanted=dialogs.rename_open />
        <Piece piece=parts::CATEGORIES argument=categories wanted=dialogs.categories_open />
        <Piece piece=parts::REMOVAL argument=removal wanted=is_removing />
    }
}

/// The rows, kept up to date without making those anew that are shown: a menu that is open stays open.
#[component]
fn Rows(
    thread: Thread,
    /// The first pages, the version of the list that they are of, when that was, whether the server told where days begin, and how
    /// many they are.
    loaded: Loaded,
    filter: Memo<ListFilter>,
    dialogs: ListDialogs,
) -> impl IntoView {
    let (version, loaded_at, is_elsewhere, loaded_pages, page) = loaded;
    let toaster = use_toaster();
    let has_more = RwSignal::new(page.next_page_token.is_some());
    let entries = RwSignal::new(merged(Vec::new(), page.items));
    let is_empty = Memo::new(move |_| entries.with(Vec::is_empty));
    // Effects only run in the browser, which begins with what the server wrote.
    let is_live = RwSignal::new(false);
    Effect::new(move |_| is_live.set(true));
    let headings = Memo::new(move |_| {
        let calendar = if is_live.get() { Calendar::of_person() } else { Calendar::in_utc(loaded_at) };
        entries.with(|entries| first_of_days(entries, calendar))
    });
    let equal = Memo::new(move |_| entries.with(|entries| with_equal_titles(entries)));
    let pages = RwSignal::new(loaded_pages);
    // Days begin where the person is, which the server does not know.
    let asked = StoredValue::new((loaded_pages, version, !is_elsewhere));
    Effect::new(move |_| {
        let now = (pages.get(), thread.list_version.get(), true);
        if asked.get_value() == now {
            return;
        }
        asked.set_value(now);
        let filter = filter.get_untracked();
        leptos::task::spawn_local(async move {
            let found = newest(&filter, Calendar::of_person(), now.0 * PAGE).await;
            // The list may be gone meanwhile, or a later answer be under way.
            if asked.try_get_value() != Some(now) {
                return;
            }
            match found {
                Ok(page) => {
                    if page.next_page_token.is_none() {
                        leave_more_button();
                    }
                    has_more.set(page.next_page_token.is_some());
                    entries.update(|entries| *entries = merged(std::mem::take(entries), page.items));
                }
                Err(error) => toaster.refuse(&error.0),
            }
        });
    });
    let more = more_pages(pages);
    keep_open_in_sight(thread);
    view! {
        <Show
            when=move || !is_empty.get()
            fallback=move || {
                let narrows = filter.try_with_untracked(ListFilter::narrows).unwrap_or_default();
                let text = if narrows { t!("chat.nothing_found") } else { t!("chat.no_conversations") };
                view! { <p class="none">{text}</p> {narrows.then(|| view! { <div class="none"><ShowAll /></div> })} }
            }
        >
            <ul>
                <For each=move || entries.get() key=|entry| (entry.id.clone(), entry.moves) let:entry>
                    <Row thread row=entry.row headings equal filter pages dialogs />
                </For>
            </ul>
        </Show>
        <Show when=move || has_more.get()>
            <Button kind=ButtonKind::Ghost on_click=more>{t!("chat.more")}</Button>
        </Show>
    }
}

/// Shows one page more. The address holds how many there are: after a reload they are there again.
fn more_pages(pages: RwSignal<u32>) -> Callback<MouseEvent> {
    let (query, path) = (use_query_map(), use_location().pathname);
    let navigate = StoredValue::new(use_navigate());
    Callback::new(move |_| {
        pages.update(|pages| *pages += 1);
        let wanted = pages.get_untracked().to_string();
        let address = with_param(&path.get_untracked(), &query.get_untracked(), PAGES, Some(&wanted));
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        // Fails only for a page that is gone.
        let _ = navigate.try_with_value(|go| go(&address, options));
    })
}

/// Leads the focus from the button for more, which is about to go, to the last row: what has come follows it.
fn leave_more_button() {
    let row = document().query_selector(".conversations nav:has(> .button:focus) li:last-child a").ok().flatten();
    if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        // Fails only for what is no longer on the page.
        let _ = row.focus();
    }
}

/// Scrolls the list, where its conversation that is open is out of sight.
fn keep_open_in_sight(thread: Thread) {
    Effect::new(move |_| {
        if thread.conversation.with(Option::is_some) {
            // With the next frame its row is marked.
            request_animation_frame(|| {
                if let Ok(Some(row)) = document().query_selector(".conversation.on") {
                    let options = ScrollIntoViewOptions::new();
                    options.set_block(ScrollLogicalPosition::Nearest);
                    row.scroll_into_view_with_scroll_into_view_options(&options);
                }
            });
        }
    });
}

#[component]
fn Row(
    thread: Thread,
    row: ArcRwSignal<ConversationSummary>,
    headings: Memo<HashMap<ConversationId, Day>>,
    /// The rows whose title another one has too.
    equal: Memo<Vec<ConversationId>>,
    filter: Memo<ListFilter>,
    /// How much of the list is shown.
    pages: RwSignal<u32>,
    dialogs: ListDialogs,
) -> impl IntoView {
    let id = row.with_untracked(|row| row.id.clone());
    let menu = format!("menu-{id}");
    // The server may still write a list whose page it has built anew in the meantime.
    let beside_list = move |path: String| {
        let pages = pages.try_get().unwrap_or(1);
        filter.try_with_untracked(|filter| filter.address_of_pages(&path, pages)).unwrap_or(path)
    };
    let address = {
        let (row, path) = (row.clone(), format!("/chat/{id}"));
        move || {
            let address = beside_list(path.clone());
            // What was found may stand far above the end, where a conversation opens.
            match row.with(|row| row.found.as_ref().and_then(|found| found.message.clone())) {
                Some(message) if address.contains('?') => format!("{address}&{MESSAGE}={message}"),
                Some(message) => format!("{address}?{MESSAGE}={message}"),
                None => address,
            }
        }
    };
    let is_on = {
        let id = id.clone();
        Memo::new(move |_| thread.conversation.with(|open| open.as_ref() == Some(&id)))
    };
    let heading = {
        let id = id.clone();
        Memo::new(move |_| headings.with(|headings| headings.get(&id).copied()))
    };
    let title = {
        let row = row.clone();
        move || row.with(|row| row.title.clone())
    };
    let assistant = {
        let row = row.clone();
        move || {
            let name = row.with(|row| row.assistant_name.clone());
            if name.is_empty() { t!("chat.gone").to_owned() } else { name }
        }
    };
    let is_equal = {
        let id = id.clone();
        Memo::new(move |_| equal.with(|equal| equal.contains(&id)))
    };
    // By whom and when. What is to tell a row from another with the same title stands first, where it is not cut off.
    let about = {
        let row = row.clone();
        move || {
            let at = row.with(|row| row.updated_at);
            if is_equal.get() {
                view! { <Moment at exact=true />" · "{assistant()} }.into_any()
            } else {
                view! { {assistant()}" · "<Moment at /> }.into_any()
            }
        }
    };
    let category = {
        let row = row.clone();
        move || {
            row.with(|row| row.category.clone()).map(|category| {
                view! { <span class=format!("category {}", category.colour.as_str())>{category.name}</span>" · " }
            })
        }
    };
    let found = {
        let row = row.clone();
        move || {
            row.with(|row| row.found.clone()).map(|found| {
                view! { <small class="found">{found.before}<mark>{found.found}</mark>{found.after}</small> }
            })
        }
    };
    let label = {
        let title = title.clone();
        Signal::derive(move || t!("chat.row_menu", title = title()))
    };
    let tooltip = title.clone();
    let chosen = StoredValue::new(row);
    let open = move |dialog: RwSignal<bool>| {
        dialogs.row.set(Some(chosen.with_value(|row| row.get_untracked())));
        dialog.set(true);
    };
    let sharing = use_sharing();
    let id_of = move || chosen.with_value(|row| row.with_untracked(|row| row.id.clone()));
    view! {
        // The heading is inside the row: it comes and goes without moving any.
        <li>
            {move || heading.get().map(|day| view! { <p class="day">{day.name()}</p> })}
            <div class="conversation" class:on=move || is_on.get()>
                <A href=address attr:aria-current=move || is_on.get().then_some("page")>
                    <b title=tooltip dir="auto">{title}</b>
                    <small>{category}{about}</small>
                    {found}
                </A>
                <Menu id=menu label=label.get_untracked() renamed=label>
                    <MenuItem icon="pencil" on_click=move |()| open(dialogs.rename_open)>{t!("chat.rename")}</MenuItem>
                    <MenuItem icon="tag" on_click=move |()| open(dialogs.categories_open)>{t!("chat.category")}</MenuItem>
                    <MenuItem icon="link" on_click=move |()| sharing.begin(id_of())>
                        {t!("chat.share")}
                    </MenuItem>
                    <MenuItem icon="x" danger=true on_click=move |()| dialogs.removed.set(Some(id_of()))>{t!("chat.delete")}</MenuItem>
                </Menu>
            </div>
        </li>
    }
}
