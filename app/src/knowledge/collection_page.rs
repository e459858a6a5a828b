//! One collection: how it stands, where its documents come from, and the documents.

use hammock_contract::{source::SourceKind, user::Role};
use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_params_map, use_query_map},
};

use super::{
    access_fields::AccessBadge,
    access_fold::AccessFold,
    api::list_documents,
    built_in::{shown_description, shown_name},
    collection_actions::{CollectionDialogs, CollectionMenu, Opened},
    documents_table::{DocumentFilters, DocumentsTable},
    live::{Live, load, query_of},
    source_dialog::SourceDialog,
    source_list::SourceList,
    states::EmbeddingProgress,
    unserved_language::{UnservedLanguage, unserved_language},
    upload_area::UploadArea,
};
use crate::{
    i18n,
    session::use_session,
    t,
    ui::{Badge, Button, ButtonKind, Icon, Load, Page, PageBody, PageHeader, Pager, TabLink, Tabs},
};

/// A collection's page.
#[component]
pub fn CollectionPage() -> impl IntoView {
    let session = use_session();
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.get().get("collection").unwrap_or_default());
    let wanted = Memo::new(move |_| query_of(&id.get(), &query.get()));
    let live = Live::new(wanted);
    let head = Resource::new(move || id.get(), load);
    let documents = Resource::new(move || wanted.get(), list_documents);
    let add_open = RwSignal::new(false);
    let (opened, changes) = (Opened::none(), RwSignal::new(0_u32));
    let changed = Callback::new(move |()| changes.update(|changes| *changes += 1));
    let lost = Callback::new(move |()| head.refetch());
    view! {
        <Page>
            <Load resource=head whole_page=true let:head>
                {
                    let (collection, sources, status) = head;
                    let can_write = session.is_at_least(Role::Administrator) && !collection.read_only;
                    let id = collection.id.clone();
                    let language = unserved_language(&collection, &status);
                    live.collection.set(Some(collection));
                    live.sources.set(sources);
                    live.status.set(Some(status));
                    view! {
                        <CollectionHeader live can_write add_open opened />
                        <PageBody>
                            <Counts live />
                            <UnservedLanguage language />
                            <AccessFold collection=id changes />
                            <SourceList live can_write />
                            <section class="section">
                                <h2>{t!("data.documents")}</h2>
                                {can_write.then(|| view! { <UploadArea live /> })}
                                <DocumentFilters live />
                                <Load resource=documents let:page>
                                    {
                                        live.documents.set(page.items);
                                        view! {
                                            <DocumentsTable live can_write />
                                            <Pager next=page.next_page_token />
                                        }
                                    }
                                </Load>
                            </section>
                        </PageBody>
                    }
                }
            </Load>
        </Page>
        <SourceDialog open=add_open live />
        <CollectionDialogs live opened on_changed=changed on_lost=lost />
    }
}

#[component]
fn CollectionHeader(live: Live, can_write: bool, add_open: RwSignal<bool>, opened: Opened) -> impl IntoView {
    let name = Signal::derive(move || live.collection.with(|it| it.as_ref().map(shown_name)).unwrap_or_default());
    let description =
        Signal::derive(move || live.collection.with(|it| it.as_ref().map(shown_description)).unwrap_or_default());
    let read_only = live.collection.with_untracked(|it| it.as_ref().is_some_and(|it| it.read_only));
    // A memo: the collection is asked for again and again while work goes on.
    let access = Memo::new(move |_| live.collection.with(|it| it.as_ref().map(|it| it.access)).unwrap_or_default());
    view! {
        <div class="crumb"><A href="/data" attr:class="back-link"><Icon name="chevron-left" />{t!("data.title")}</A></div>
        <PageHeader title=name subtitle=description>
            {read_only.then(|| view! { <Badge icon="lock">{t!("data.built_in")}</Badge> })}
            {move || view! { <AccessBadge access=access.get() /> }}
            {can_write.then(|| view! {
                <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| add_open.set(true)>
                    {t!("data.add_source")}
                </Button>
                <CollectionMenu live opened />
            })}
        </PageHeader>
        <CollectionTabs
            id=live.collection.with_untracked(|it| it.as_ref().map(|it| it.id.to_string())).unwrap_or_default()
            can_evaluate=!read_only
        />
    }
}

/// The sides of a collection: what is in it, what a question finds in it, what its documents carry, and how well it is found.
#[component]
pub fn CollectionTabs(
    /// The collection.
    id: String,
    /// Whether it can have fields and questions: one that came with Hammock cannot.
    can_evaluate: bool,
) -> impl IntoView {
    let evaluation = can_evaluate.then(|| {
        view! {
            <TabLink href=format!("/data/{id}/metadata") exact=true>{t!("metadata.title")}</TabLink>
            <TabLink href=format!("/data/{id}/evaluation") exact=true>{t!("evaluation.title")}</TabLink>
        }
    });
    view! {
        <div class="page-tabs">
            <Tabs label=t!("data.tabs")>
                <TabLink href=format!("/data/{id}") exact=true>{t!("data.contents")}</TabLink>
                <TabLink href=format!("/data/{id}/search") exact=true>{t!("data.test_search")}</TabLink>
                {evaluation}
            </Tabs>
        </div>
    }
}

/// The numbers of a collection and of its vectors.
#[component]
fn Counts(live: Live) -> impl IntoView {
    let number = move |of: fn(&hammock_contract::collection::Collection) -> u64| {
        Signal::derive(move || live.collection.with(|it| it.as_ref().map(of)).unwrap_or_default())
    };
    let locale = i18n::locale();
    let (documents, chunks) = (number(|it| it.documents), number(|it| it.chunks));
    let embedded = number(|it| it.embedded_chunks);
    let failed = move || live.sources.with(|sources| sources.iter().map(|source| source.failed_documents).sum::<u64>());
    let used_by =
        Memo::new(move |_| live.collection.with(|it| it.as_ref().map(|it| it.used_by.clone())).unwrap_or_default());
    view! {
        <dl class="counts">
            <div><dt>{t!("data.documents")}</dt><dd>{move || i18n::grouped(locale, documents.get())}</dd></div>
            <div>
                <dt>{t!("data.passages")}</dt>
                <dd>{move || i18n::grouped(locale, chunks.get())}</dd>
                <dd class="note"><VectorNote live done=embedded total=chunks /></dd>
            </div>
            <div>
                <dt>{t!("data.failed_or_skipped")}</dt>
                <dd>{move || i18n::grouped(locale, failed())}</dd>
            </div>
            <div><dt>{t!("data.used_by")}</dt><dd class="words">{move || used_by.with(|names| assistants(names))}</dd></div>
        </dl>
    }
}

/// How many assistants are named at once.
const NAMED: usize = 3;

/// The names of the assistants that use a collection: the first few, and the others on demand.
fn assistants(names: &[String]) -> AnyView {
    let (first, others) = first_and_others(names);
    if first.is_empty() {
        return t!("data.used_by_none").into_any();
    }
    let others = (!others.is_empty()).then(|| {
        let number = u64::try_from(others.len()).unwrap_or(u64::MAX);
        view! { <details><summary>{i18n::count("data.used_by_more", number)}</summary>{others.join(", ")}</details> }
    });
    view! { {first.join(", ")} {others} }.into_any()
}

/// One more than is named at once is named too: saying that there is one more would take as much room.
fn first_and_others(names: &[String]) -> (&[String], &[String]) {
    names.split_at(if names.len() <= NAMED + 1 { names.len() } else { NAMED })
}

/// How many passages are found by meaning; without an embedding model, that none is.
#[component]
fn VectorNote(live: Live, done: Signal<u64>, total: Signal<u64>) -> impl IntoView {
    let has_model = Memo::new(move |_| {
        live.status.with(|status| status.as_ref().is_none_or(|status| status.embedding_model.is_some()))
    });
    view! {
        <Show
            when=move || has_model.try_get().unwrap_or_default()
            fallback=|| view! { <span class="small">{t!("data.keyword_only")}</span> }
        >
            <EmbeddingProgress done total />
        </Show>
    }
}

/// Whether a source takes files.
pub fn takes_files(kind: &SourceKind) -> bool {
    matches!(kind, SourceKind::Upload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_assistants_are_named_and_the_others_counted() {
        let names: Vec<String> = (1..=9).map(|number| format!("Assistant {number}")).collect();
        let counts = |number: usize| {
            let (first, others) = first_and_others(&names[..number]);
            (first.len(), others.len())
        };
        assert_eq!([0, 1, 4, 5, 9].map(counts), [(0, 0), (1, 0), (4, 0), (3, 2), (3, 6)]);
    }
}
