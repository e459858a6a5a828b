//! The list of conversations.

use hammock_contract::{
    Page,
    chat::ConversationSummary,
    page::{MAX_LIMIT, PageRequest},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_query_map};

use super::{
    api::{delete_conversation, list_conversations, rename_conversation, restore_conversation},
    thread::Thread,
};
use crate::{
    FnError, i18n, t,
    ui::{
        Button, ButtonKind, ButtonLink, CancelButton, Dialog, DialogFoot, FormError, Load, Menu, MenuItem, Moment,
        SearchField, TextField, Typed,
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

/// The list beside the thread.
#[component]
pub fn ConversationList(thread: Thread) -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| query.with(|query| query.get("q")));
    let pages = RwSignal::new(1u32);
    let list = Resource::new(
        move || (wanted.get(), pages.get(), thread.list_version.get()),
        |(wanted, pages, _)| newest(wanted, pages * PAGE),
    );
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
                <Load resource=list lines=8 let:page>
                    {if page.items.is_empty() {
                        let text = if wanted.get_untracked().is_some() { t!("chat.nothing_found") } else { t!("chat.no_conversations") };
                        view! { <p class="none">{text}</p> {is_filtered().then(|| view! { <div class="none"><ShowAll /></div> })} }.into_any()
                    } else {
                        view! {
                            <ul>
                                {page.items.into_iter().map(|row| view! { <Row thread row renamed rename_open /> }).collect_view()}
                            </ul>
                            {page.next_page_token.is_some().then(|| view! {
                                <Button kind=ButtonKind::Ghost on_click=move |_| pages.update(|pages| *pages += 1)>{t!("chat.more")}</Button>
                            })}
                        }.into_any()
                    }}
                </Load>
            </nav>
        </section>
        <Rename thread renamed open=rename_open />
    }
}

#[component]
fn Row(
    thread: Thread,
    row: ConversationSummary,
    renamed: RwSignal<Option<ConversationSummary>>,
    rename_open: RwSignal<bool>,
) -> impl IntoView {
    let toaster = use_toaster();
    let navigate = leptos_router::hooks::use_navigate();
    let id = row.id.clone();
    let is_on = {
        let id = row.id.clone();
        Memo::new(move |_| thread.conversation.with(|open| open.as_ref() == Some(&id)))
    };
    let edited = StoredValue::new(row.clone());
    let delete = Callback::new(move |()| {
        let (id, navigate) = (id.clone(), navigate.clone());
        leptos::task::spawn_local(async move {
            if let Err(error) = delete_conversation(id.clone()).await {
                return toaster.say(i18n::error_text(&error.0));
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
                            Err(error) => toaster.say(i18n::error_text(&error.0)),
                        }
                    });
                }),
            );
        });
    });
    let menu = t!("chat.row_menu", title = row.title);
    view! {
        <li class="conversation" class:on=move || is_on.get()>
            <A href=format!("/chat/{}", row.id) attr:aria-current=move || is_on.get().then_some("page")>
                <b>{row.title}</b>
                <small>{row.assistant_name}" · "<Moment at=row.updated_at /></small>
            </A>
            <Menu id=format!("menu-{}", row.id) label=menu>
                <MenuItem icon="pencil" on_click=move |()| { renamed.set(Some(edited.get_value())); rename_open.set(true) }>{t!("chat.rename")}</MenuItem>
                <MenuItem icon="x" danger=true on_click=delete>{t!("chat.delete")}</MenuItem>
            </Menu>
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
            <form on:submit=move |event| { event.prevent_default(); save.dispatch(()); }>
                <FormError error=action_error(save) />
                <TextField label=t!("chat.title") name="title" value=title maxlength=200 autofocus=true />
                <DialogFoot>
                    <CancelButton />
                    <Button kind=ButtonKind::Primary of_type="submit" busy=save.pending()>{t!("form.save")}</Button>
                </DialogFoot>
            </form>
        </Dialog>
    }
}
