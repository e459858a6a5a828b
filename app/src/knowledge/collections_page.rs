//! The list of collections.

use hammock_contract::{
    collection::{Collection, CollectionQuery},
    user::Role,
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_query_map};

use super::{
    access_fields::AccessBadge,
    api::{list_collections, list_hidden_collections},
    built_in::{shown_description, shown_name},
    collection_dialogs::{DeleteCollection, EditCollection},
    hidden_collections::HiddenCollections,
    states::{COLLECTION_SORTS, EmbeddingProgress, collection_sort_name, collection_sort_of},
};
use crate::{
    i18n,
    session::use_session,
    t,
    ui::{
        Badge, Button, ButtonKind, DeleteItem, EditItem, EmptyList, Filter, Load, Menu, Moment, Page, PageBody,
        PageHeader, Pager, SearchField, Table,
    },
};

/// What the row menus open. One of each for the whole list.
#[derive(Clone, Copy)]
struct Dialogs {
    edited: RwSignal<Option<Collection>>,
    edit_open: RwSignal<bool>,
    deleted: RwSignal<Option<Collection>>,
    delete_open: RwSignal<bool>,
}

/// The collections of the organisation.
#[component]
pub fn CollectionsPage() -> impl IntoView {
    let session = use_session();
    let can_write = move || session.is_at_least(Role::Administrator);
    let query = use_query_map();
    let wanted = Memo::new(move |_| {
        let query = query.get();
        CollectionQuery {
            limit: None,
            page_token: query.get("page"),
            query: query.get("q"),
            sort: query.get_str("sort").and_then(collection_sort_of),
        }
    });
    let collections = Resource::new(move || wanted.get(), list_collections);
    let dialogs = Dialogs {
        edited: RwSignal::new(None),
        edit_open: RwSignal::new(false),
        deleted: RwSignal::new(None),
        delete_open: RwSignal::new(false),
    };
    let hidden = Resource::new(can_write, |manages| async move {
        if manages { list_hidden_collections().await } else { Ok(Vec::new()) }
    });
    let changed = Callback::new(move |()| {
        collections.refetch();
        hidden.refetch();
    });
    let edit = Callback::new(move |collection: Collection| {
        dialogs.edited.set(Some(collection));
        dialogs.edit_open.set(true);
    });
    let delete = Callback::new(move |collection: Collection| {
        dialogs.deleted.set(Some(collection));
        dialogs.delete_open.set(true);
    });
    let create = move || {
        dialogs.edited.set(None);
        dialogs.edit_open.set(true);
    };
    let orders =
        || Vec::from(COLLECTION_SORTS.map(|(sort, value)| (value.to_owned(), collection_sort_name(sort).to_owned())));
    view! {
        <Page>
            <PageHeader title=t!("data.title") subtitle=t!("data.subtitle")>
                <Show when=can_write>
                    <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| create()>
                        {t!("data.new_collection")}
                    </Button>
                </Show>
            </PageHeader>
            <PageBody>
                <div class="toolbar">
                    <SearchField label=t!("data.search_collections") />
                    <Filter name="sort" label=t!("data.sort") options=Signal::derive(orders) />
                </div>
                <Load resource=collections let:page>
                    {if page.items.is_empty() {
                        view! { <EmptyList icon="database" title=t!("data.none") text=t!("data.none_text") /> }.into_any()
                    } else {
                        view! {
                            <CollectionsTable collections=page.items dialogs can_write=can_write() />
                            <Pager next=page.next_page_token />
                        }
                            .into_any()
                    }}
                </Load>
                <HiddenCollections collections=hidden on_edit=edit on_delete=delete />
            </PageBody>
        </Page>
        <EditCollection open=dialogs.edit_open collection=dialogs.edited on_done=changed />
        <DeleteCollection open=dialogs.delete_open collection=dialogs.deleted on_done=changed />
    }
}

#[component]
fn CollectionsTable(collections: Vec<Collection>, dialogs: Dialogs, can_write: bool) -> impl IntoView {
    view! {
        <Table caption=t!("data.title")>
            <thead>
                <tr>
                    <th scope="col">{t!("data.name")}</th>
                    <th scope="col" class="number">{t!("data.sources")}</th>
                    <th scope="col" class="number">{t!("data.documents")}</th>
                    <th scope="col" class="number">{t!("data.passages")}</th>
                    <th scope="col">{t!("data.used_by")}</th>
                    <th scope="col">{t!("data.created")}</th>
                    <th scope="col">{t!("data.updated")}</th>
                    <th scope="col" class="actions"><span class="visually-hidden">{t!("table.actions")}</span></th>
                </tr>
            </thead>
            <tbody>
                {collections
                    .into_iter()
                    .map(|collection| view! { <CollectionRow collection dialogs can_write /> })
                    .collect_view()}
            </tbody>
        </Table>
    }
}

/// The first names of many, and how many more there are.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown}, +{}", i18n::grouped(i18n::locale(), more as u64)),
    }
}

#[component]
fn CollectionRow(collection: Collection, dialogs: Dialogs, can_write: bool) -> impl IntoView {
    let stored = StoredValue::new(collection.clone());
    let locale = i18n::locale();
    let (name, description) = (shown_name(&collection), shown_description(&collection));
    let actions = t!("data.actions_for", name = name);
    let changeable = can_write && !collection.read_only;
    let (embedded, chunks) = (collection.embedded_chunks, collection.chunks);
    view! {
        <tr>
            <td class="primary-cell">
                <span>
                    <A href=format!("/data/{}", collection.id)>{name}</A>
                    {collection.read_only.then(|| view! { " " <Badge icon="lock">{t!("data.built_in")}</Badge> })}
                    <AccessBadge access=collection.access />
                    <span class="sub">{description}</span>
                </span>
            </td>
            <td data-label=t!("data.sources") class="number">{i18n::grouped(locale, collection.sources)}</td>
            <td data-label=t!("data.documents") class="number">{i18n::grouped(locale, collection.documents)}</td>
            <td data-label=t!("data.passages") class="number">
                {if embedded < chunks {
                    view! { <EmbeddingProgress done=embedded total=chunks /> }.into_any()
                } else {
                    i18n::grouped(locale, chunks).into_any()
                }}
            </td>
            <td data-label=t!("data.used_by") class="muted">{some_of(&collection.used_by)}</td>
            <td data-label=t!("data.created") class="muted"><Moment at=collection.created_at /></td>
            <td data-label=t!("data.updated") class="muted"><Moment at=collection.updated_at /></td>
            <td class="actions">
                {changeable.then(|| view! {
                    <Menu id=format!("menu-{}", collection.id) label=actions>
                        <EditItem on_click=move |()| {
                            dialogs.edited.set(Some(stored.get_value()));
                            dialogs.edit_open.set(true);
                        } />
                        <DeleteItem on_click=move |()| {
                            dialogs.deleted.set(Some(stored.get_value()));
                            dialogs.delete_open.set(true);
                        } />
                    </Menu>
                })}
            </td>
        </tr>
    }
}
