//! The list of conversations.

use std::collections::HashMap;

use hammock_contract::{
    ConversationId, Page, Timestamp,
    chat::ConversationSummary,
    page::{MAX_LIMIT, PageRequest},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_query_map};

use super::{
    api::{delete_conversation, list_conversations, rename_conversation, restore_conversation},
    days::{self, Calendar, Day},
    more::share::use_sharing,
    thread::Thread,
};
use crate::{
    FnError, t,
    ui::{
        Button, ButtonKind, ButtonLink, Dialog, FormError, Load, Menu, MenuItem, Moment, SearchField, SubmitFoot,
        TextField, Typed,
        empty_list::{ShowAll, is_filtered},
        form::action_error,
        use_toaster,
    },
};

/// How many conversations a page of the list has.
const PAGE: u32 = 50;

/// The newest conversations, `wanted` of them where there are so many. The server gives only so many at once.
async fn newest(query: Option<String>, mut wanted: u32) -> Result<Page<ConversationSummary>, FnError> {
    let mut list = Page::single(Vec::new());
    loop {
        let limit = wanted.min(MAX_LIMIT);
        wanted -= limit;
        let page_token = list.next_page_token.take();
        let more = list_conversations(PageRequest { limit: Some(limit), page_token, query: query.clone() }).await?;
        list.items.extend(more.items);
        list.next_page_token = more.next_page_token;
        if wanted == 0 || list.next_page_token.is_none() {
            return Ok(list);
        }
    }
}

/// A row that is shown.
#[derive(Clone)]
struct Entry {
    id: ConversationId,
    /// Grows when the row goes up. It is made anew then, and those that it passes stay where they are: what is moved on a
    /// page loses its menu and the focus.
    moves: u32,
    row: ArcRwSignal<ConversationSummary>,
}

/// The rows for `now`: those that are shown already change in place.
fn merged(shown: Vec<Entry>, now: Vec<ConversationSummary>) -> Vec<Entry> {
    let mut before: HashMap<ConversationId, (usize, Entry)> =
        shown.into_iter().enumerate().map(|(at, entry)| (entry.id.clone(), (at, entry))).collect();
    let mut highest = usize::MAX;
    let mut entries = Vec::with_capacity(now.len());
    for row in now.into_iter().rev() {
        let Some((at, mut entry)) = before.remove(&row.id) else {
            entries.push(Entry { id: row.id.clone(), moves: 0, row: ArcRwSignal::new(row) });
            continue;
        };
        if at < highest {
            highest = at;
        } else {
            entry.moves += 1;
        }
        if entry.row.with_untracked(|shown| *shown != row) {
            entry.row.set(row);
        }
        entries.push(entry);
    }
    entries.reverse();
    entries
}

/// The rows that a day begins with.
fn first_of_days(entries: &[Entry], calendar: Calendar) -> HashMap<ConversationId, Day> {
    let mut before = None;
    let mut first = HashMap::new();
    for entry in entries {
        let day = calendar.day(entry.row.with(|row| row.updated_at));
        if before.replace(day) != Some(day) {
            first.insert(entry.id.clone(), day);
        }
    }
    first
}

/// The list beside the thread.
#[component]
pub fn ConversationList(thread: Thread) -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| query.with(|query| query.get("q")));
    let list = Resource::new(
        move || (wanted.get(), thread.list_version.get_untracked()),
        |(wanted, version)| async move { Ok::<_, FnError>((version, days::now().await, newest(wanted, PAGE).await?)) },
    );
    // What failed is tried again when there is something new; what is there is kept up to date by itself.
    Effect::new(move |before: Option<u32>| {
        let version = thread.list_version.get();
        if before.is_some_and(|before| before != version) && matches!(list.get_untracked(), Some(Err(_))) {
            list.refetch();
        }
        version
    });
    let renamed = RwSignal::new(None::<ConversationSummary>);
    let rename_open = RwSignal::new(false);
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
                <ButtonLink href="/chat" kind=ButtonKind::Primary icon="plus">{t!("chat.new")}</ButtonLink>
            </header>
            <div class="find"><SearchField label=t!("chat.search") /></div>
            <nav aria-label=t!("chat.conversations")>
                <Load resource=list lines=8 let:loaded>
                    <Rows thread loaded wanted renamed rename_open />
                </Load>
            </nav>
        </section>
        <Rename thread renamed open=rename_open />
    }
}

/// The rows, kept up to date without making those anew that are shown: a menu that is open stays open.
#[component]
fn Rows(
    thread: Thread,
    /// The first page, the version of the list that it is of, and when that was.
    loaded: (u32, Timestamp, Page<ConversationSummary>),
    wanted: Memo<Option<String>>,
    renamed: RwSignal<Option<ConversationSummary>>,
    rename_open: RwSignal<bool>,
) -> impl IntoView {
    let (version, loaded_at, page) = loaded;
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
    let pages = RwSignal::new(1u32);
    let asked = StoredValue::new((1u32, version));
    Effect::new(move |_| {
        let now = (pages.get(), thread.list_version.get());
        if asked.get_value() == now {
            return;
        }
        asked.set_value(now);
        let query = wanted.get_untracked();
        leptos::task::spawn_local(async move {
            let found = newest(query, now.0 * PAGE).await;
            // The list may be gone meanwhile, or a later answer be under way.
            if asked.try_get_value() != Some(now) {
                return;
            }
            match found {
                Ok(page) => {
                    has_more.set(page.next_page_token.is_some());
                    entries.update(|entries| *entries = merged(std::mem::take(entries), page.items));
                }
                Err(error) => toaster.refuse(&error.0),
            }
        });
    });
    view! {
        <Show
            when=move || !is_empty.get()
            fallback=move || {
                let text = if wanted.get_untracked().is_some() { t!("chat.nothing_found") } else { t!("chat.no_conversations") };
                view! { <p class="none">{text}</p> {is_filtered().then(|| view! { <div class="none"><ShowAll /></div> })} }
            }
        >
            <ul>
                <For each=move || entries.get() key=|entry| (entry.id.clone(), entry.moves) let:entry>
                    <Row thread row=entry.row headings renamed rename_open />
                </For>
            </ul>
        </Show>
        <Show when=move || has_more.get()>
            <Button kind=ButtonKind::Ghost on_click=move |_| pages.update(|pages| *pages += 1)>{t!("chat.more")}</Button>
        </Show>
    }
}

#[component]
fn Row(
    thread: Thread,
    row: ArcRwSignal<ConversationSummary>,
    headings: Memo<HashMap<ConversationId, Day>>,
    renamed: RwSignal<Option<ConversationSummary>>,
    rename_open: RwSignal<bool>,
) -> impl IntoView {
    let toaster = use_toaster();
    let navigate = leptos_router::hooks::use_navigate();
    let id = row.with_untracked(|row| row.id.clone());
    let (address, menu) = (format!("/chat/{id}"), format!("menu-{id}"));
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
    let moment = {
        let row = row.clone();
        move || view! { <Moment at=row.with(|row| row.updated_at) /> }
    };
    let label = {
        let title = title.clone();
        Signal::derive(move || t!("chat.row_menu", title = title()))
    };
    let tooltip = title.clone();
    let edited = StoredValue::new(row);
    let sharing = use_sharing();
    let delete = Callback::new(move |()| {
        let (id, navigate) = (id.clone(), navigate.clone());
        leptos::task::spawn_local(async move {
            if let Err(error) = delete_conversation(id.clone()).await {
                return toaster.refuse(&error.0);
            }
            // The page may be gone meanwhile.
            if thread.conversation.try_get_untracked().flatten().as_ref() == Some(&id) {
                thread.clear();
                navigate("/chat", Default::default());
            }
            thread.list_version.update(|version| *version += 1);
            toaster.offer(
                t!("chat.deleted"),
                t!("chat.undo"),
                Callback::new(move |()| {
                    let id = id.clone();
                    leptos::task::spawn_local(async move {
                        match restore_conversation(id).await {
                            Ok(_) => thread.list_version.update(|version| *version += 1),
                            Err(error) => toaster.refuse(&error.0),
                        }
                    });
                }),
            );
        });
    });
    view! {
        // The heading is inside the row: it comes and goes without moving any.
        <li>
            {move || heading.get().map(|day| view! { <p class="day">{day.name()}</p> })}
            <div class="conversation" class:on=move || is_on.get()>
                <A href=address attr:aria-current=move || is_on.get().then_some("page")>
                    <b title=tooltip>{title}</b>
                    <small>{assistant}" · "{moment}</small>
                </A>
                <Menu id=menu label=label.get_untracked() renamed=label>
                    <MenuItem
                        icon="pencil"
                        on_click=move |()| {
                            renamed.set(Some(edited.with_value(|row| row.get_untracked())));
                            rename_open.set(true);
                        }
                    >
                        {t!("chat.rename")}
                    </MenuItem>
                    <MenuItem icon="link" on_click=move |()| sharing.begin(edited.with_value(|row| row.with_untracked(|row| row.id.clone())))>
                        {t!("chat.share")}
                    </MenuItem>
                    <MenuItem icon="x" danger=true on_click=delete>{t!("chat.delete")}</MenuItem>
                </Menu>
            </div>
        </li>
    }
}

#[component]
fn Rename(thread: Thread, renamed: RwSignal<Option<ConversationSummary>>, open: RwSignal<bool>) -> impl IntoView {
    let title = RwSignal::new(String::new());
    let typed = Typed::in_fields(move || vec![title.get()]);
    let save = Action::new(move |(): &()| {
        let (row, title) = (renamed.get_untracked(), title.get_untracked());
        async move {
            let Some(row) = row else { return Ok(()) };
            let saved = rename_conversation(row.id, title).await?;
            if thread.conversation.try_get_untracked().flatten().as_ref() == Some(&saved.id) {
                thread.title.set(saved.title);
            }
            thread.list_version.update(|version| *version += 1);
            open.set(false);
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            save.clear();
            title.set(renamed.get_untracked().map(|row| row.title).unwrap_or_default());
            typed.begin();
        }
    });
    view! {
        <Dialog open title=t!("chat.rename") changed=typed.changed()>
            <form class="form" on:submit=move |event| { event.prevent_default(); save.dispatch(()); }>
                <FormError error=action_error(save) />
                <TextField label=t!("chat.title") name="title" value=title maxlength=200 autofocus=true />
                <SubmitFoot label=t!("form.save") busy=save.pending() />
            </form>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{AssistantId, Timestamp};

    use super::*;

    fn summary(name: &'static str, title: &str) -> ConversationSummary {
        ConversationSummary {
            id: ConversationId::fixed(name),
            title: title.to_owned(),
            assistant: AssistantId::fixed("some"),
            assistant_name: String::new(),
            updated_at: Timestamp::default(),
        }
    }

    fn keys(entries: &[Entry]) -> Vec<(&str, u32)> {
        entries.iter().map(|entry| (entry.id.as_str(), entry.moves)).collect()
    }

    #[test]
    fn rows_that_are_shown_change_in_place() {
        let [a, b, c, new] = ["a", "b", "c", "new"].map(|name| summary(name, name));
        let name = |summary: &ConversationSummary| summary.id.clone();
        let [in_a, in_b, in_c, in_new] = [name(&a), name(&b), name(&c), name(&new)];
        let shown = merged(Vec::new(), vec![a.clone(), b, c]);
        assert_eq!(keys(&shown), [(in_a.as_str(), 0), (in_b.as_str(), 0), (in_c.as_str(), 0)]);
        let title_of_c = shown[2].row.clone();

        // One comes, one goes, the last one goes up with another title: only that is made anew.
        let now = vec![new, summary("c", "another"), a];
        let shown = merged(shown, now);
        assert_eq!(keys(&shown), [(in_new.as_str(), 0), (in_c.as_str(), 1), (in_a.as_str(), 0)]);
        assert_eq!(title_of_c.get_untracked().title, "another");
    }

    #[test]
    fn a_day_has_one_heading() {
        let now = Timestamp::from_civil(2026, 11, 27, 0).unwrap();
        let ago = |name, hours: i64| {
            let updated_at = now.plus_millis(-hours * 3_600_000);
            ConversationSummary { updated_at, ..summary(name, name) }
        };
        let shown = merged(Vec::new(), vec![ago("a", 0), ago("b", 1), ago("c", 2), ago("d", 30)]);
        let headings = first_of_days(&shown, Calendar::in_utc(now));
        let found = shown.iter().map(|entry| headings.get(&entry.id).copied()).collect::<Vec<_>>();
        assert_eq!(found, [Some(Day::Today), Some(Day::Yesterday), None, Some(Day::Week)]);
    }
}
