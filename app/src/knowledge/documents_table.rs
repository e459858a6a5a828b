//! The documents of a collection.

use hammock_contract::{Timestamp, deletion::Deletion, document::Document};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    api::{delete_document, reindex_document},
    dependents::{dependents_of, expected_by, lost},
    field_filter::FieldFilter,
    leave_out::leave_out,
    live::Live,
    page_address::ShortAddress,
    replace_file::{ReplaceFile, Replacing},
    retrieval_fields::language_in_words,
    states::{DOCUMENT_SORTS, DOCUMENT_STATES, DocumentStateBadge, document_sort_name, document_state_name},
};
use crate::{
    t,
    ui::{
        ConfirmAction, DeleteItem, EmptyList, Filter, Icon, Menu, MenuItem, MenuLink, Moment, SearchField, Table,
        confirmed, moment::in_utc, use_toaster,
    },
};

/// Which documents are shown; the address holds it.
#[component]
pub fn DocumentFilters(
    /// The page.
    live: Live,
    /// Whether the documents are those of one source.
    #[prop(optional)]
    of_one_source: bool,
    /// The languages to choose from; with one alone there is no choice.
    #[prop(optional, into)]
    languages: Signal<Vec<String>>,
) -> impl IntoView {
    let states = move || {
        let mut options = vec![(String::new(), t!("data.all_states").to_owned())];
        options.extend(DOCUMENT_STATES.map(|(state, value)| (value.to_owned(), document_state_name(state).to_owned())));
        options
    };
    let sources = move || {
        let mut options = vec![(String::new(), t!("data.all_sources").to_owned())];
        live.sources.with(|all| options.extend(all.iter().map(|it| (it.id.to_string(), it.name.clone()))));
        options
    };
    let languages = Memo::new(move |_| languages.try_get().unwrap_or_default());
    let language_options = move || {
        let mut options = vec![(String::new(), t!("data.all_languages").to_owned())];
        languages.with(|all| options.extend(all.iter().map(|code| (code.clone(), language_in_words(code).to_owned()))));
        options
    };
    let speaks_several = Memo::new(move |_| languages.with(Vec::len) > 1);
    let orders =
        || Vec::from(DOCUMENT_SORTS.map(|(sort, value)| (value.to_owned(), document_sort_name(sort).to_owned())));
    view! {
        <div class="toolbar">
            <SearchField label=t!("data.search_documents") />
            <Filter name="state" label=t!("data.filter_state") options=Signal::derive(states) />
            {(!of_one_source).then(|| view! {
                <Filter name="source" label=t!("data.filter_source") options=Signal::derive(sources) />
            })}
            {move || speaks_several.try_get().unwrap_or_default().then(|| view! {
                <Filter name="language" label=t!("data.language") options=Signal::derive(language_options) />
            })}
            <Filter name="sort" label=t!("data.sort") options=Signal::derive(orders) />
            <FieldFilter live />
        </div>
    }
}

/// The documents, kept up to date while they are read.
#[component]
pub fn DocumentsTable(
    /// The page.
    live: Live,
    /// Whether the person may change anything.
    can_write: bool,
    /// Where the website begins whose pages they are, where all are of one.
    #[prop(optional_no_strip)]
    website: Option<String>,
) -> impl IntoView {
    let website = StoredValue::new(website);
    let deleted = RwSignal::new(None::<Document>);
    let delete_open = RwSignal::new(false);
    let ask_to_delete = Callback::new(move |document: Document| {
        deleted.set(Some(document));
        delete_open.set(true);
    });
    let replacing = Replacing::new();
    view! {
        <Show
            when=move || live.documents.try_with(|documents| !documents.is_empty()).unwrap_or_default()
            fallback=|| view! { <EmptyList icon="file-text" title=t!("data.no_documents") text=t!("data.no_documents_text") /> }
        >
            <Table caption=t!("data.documents")>
                <thead>
                    <tr>
                        <th scope="col">{t!("data.document")}</th>
                        <th scope="col">{t!("data.filter_state")}</th>
                        <th scope="col" class="number">{t!("data.passages")}</th>
                        <th scope="col">{t!("data.language")}</th>
                        <th scope="col">{t!("data.read_at")}</th>
                        <th scope="col" class="actions"><span class="visually-hidden">{t!("table.actions")}</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || live.documents.try_get().unwrap_or_default() key=|it| it.id.clone() let:document>
                        <DocumentRow document live can_write website replacing on_delete=ask_to_delete />
                    </For>
                </tbody>
            </Table>
        </Show>
        <DeleteDocument open=delete_open document=deleted on_done=Callback::new(move |()| live.refresh()) />
        {can_write.then(|| view! { <ReplaceFile replacing live /> })}
    }
}

/// What a page answered when it was last asked for, and when that was; nothing for a file.
fn last_answer(document: &Document) -> Option<String> {
    let status = document.http_status.map(|status| format!("HTTP {status}"));
    let asked = document.fetched_at.map(|at| format!("{} {}", t!("data.checked"), in_utc(at)));
    let known: Vec<String> = [status, asked].into_iter().flatten().collect();
    (!known.is_empty()).then(|| known.join(" · "))
}

/// What a document is called.
fn shown_title(document: &Document) -> String {
    if document.title.is_empty() { document.location.clone() } else { document.title.clone() }
}

/// A row stays while its document changes: a menu that is open stays open, and what has the focus keeps it.
#[component]
fn DocumentRow(
    document: Document,
    live: Live,
    can_write: bool,
    website: StoredValue<Option<String>>,
    replacing: Replacing,
    on_delete: Callback<Document>,
) -> impl IntoView {
    let toaster = use_toaster();
    let menu = format!("menu-{}", document.id);
    let address = StoredValue::new(format!("/data/documents/{}", document.id));
    let original = document.url.is_none().then(|| format!("/api/v1/documents/{}/original", document.id));
    let is_file = original.is_some();
    let named = |document: &Document| t!("data.actions_for", name = shown_title(document));
    let label = named(&document);
    let now = Memo::new(move |before: Option<&Document>| {
        let found = live.documents.try_with(|all| all.iter().find(|it| it.id == document.id).cloned()).flatten();
        // What is not listed any more stays as it was until its row is gone.
        found.or_else(|| before.cloned()).unwrap_or_else(|| document.clone())
    });
    let renamed = Signal::derive(move || now.try_with(named).unwrap_or_default());
    let read_again = Action::new(move |(): &()| {
        let id = now.with_untracked(|document| document.id.clone());
        async move {
            match reindex_document(id).await {
                Ok(_) => live.refresh(),
                Err(error) => toaster.refuse(&error.0),
            }
        }
    });
    view! {
        <tr>
            {move || now.try_get().map(|document| cells(document, website.try_get_value().flatten()))}
            <td class="actions">
                <Menu id=menu label renamed>
                    <MenuLink icon="file-text" href=address.get_value()>{t!("data.show_text")}</MenuLink>
                    {original.clone().map(|href| view! {
                        <a class="menu-item" role="menuitem" href=href rel="external" download>
                            <Icon name="download" />{t!("data.download")}
                        </a>
                    })}
                    {(can_write && is_file).then(|| view! {
                        <MenuItem icon="file-up" on_click=move |()| replacing.ask(now.get_untracked())>
                            {t!("data.replace")}
                        </MenuItem>
                    })}
                    {can_write.then(|| view! {
                        <MenuItem icon="refresh-cw" on_click=move |()| { read_again.dispatch(()); }>
                            {t!("data.read_again")}
                        </MenuItem>
                        {(!is_file).then(|| view! {
                            <MenuItem icon="eye-off" on_click=move |()| leave_out(now.get_untracked(), live, toaster)>
                                {t!("data.leave_out")}
                            </MenuItem>
                        })}
                        <DeleteItem on_click=move |()| on_delete.run(now.get_untracked()) />
                    })}
                </Menu>
            </td>
        </tr>
    }
}

/// What is told of a document.
fn cells(document: Document, website: Option<String>) -> impl IntoView {
    let (title, location, answered) = (shown_title(&document), document.location.clone(), last_answer(&document));
    // Where it has no title of its own, the location stands for it already.
    let below = (location != title).then_some(location);
    let href = format!("/data/documents/{}", document.id);
    let chunks = if document.embedded_chunks < document.chunks {
        format!("{} / {}", document.embedded_chunks, document.chunks)
    } else {
        document.chunks.to_string()
    };
    let status = document.http_status;
    // What was left out was looked at all the same.
    let read_at = document.indexed_at.or(document.fetched_at);
    let checked_at = checked_since(document.indexed_at, document.fetched_at);
    let language = document.language.as_deref().map(|code| language_in_words(code).to_owned());
    view! {
        <td class="primary-cell document-cell">
            <span class="document-name">
                <A href>{title}</A>
                {below.map(|address| view! { <span class="sub"><ShortAddress address website /></span> })}
            </span>
        </td>
        <td data-label=t!("data.filter_state") title=answered>
            <DocumentStateBadge document />
            {status.map(|status| view! { <span class="small faint numeric">" HTTP " {status}</span> })}
        </td>
        <td data-label=t!("data.passages") class="number">{chunks}</td>
        <td data-label=t!("data.language") class="muted">{language}</td>
        <td data-label=t!("data.read_at") class="muted">
            <span>
                {read_at.map(|at| view! { <Moment at /> })}
                {checked_at.map(|at| view! { <span class="sub">{t!("data.checked")} " " <Moment at /></span> })}
            </span>
        </td>
    }
}

/// When a page was last asked for, where that was a while after it was read: it was the same then.
fn checked_since(read_at: Option<Timestamp>, fetched_at: Option<Timestamp>) -> Option<Timestamp> {
    /// Reading follows at once, but for what waits. Milliseconds.
    const A_WHILE: i64 = 60_000;
    fetched_at.filter(|fetched| read_at.is_some_and(|read| fetched.since(read) > A_WHILE))
}

/// Asks before a document is deleted, and says what goes with it.
#[component]
pub fn DeleteDocument(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The document to delete.
    document: RwSignal<Option<Document>>,
    /// Called when it is gone.
    on_done: Callback<()>,
) -> impl IntoView {
    let done = move || {
        on_done.try_run(());
    };
    let delete =
        confirmed(open, t!("data.document_deleted"), done, |document: &Document| delete_document(document.id.clone()));
    let name = move || document.get().map(|document| document.title).unwrap_or_default();
    let found = dependents_of(open, move || {
        document.with(|it| it.as_ref().map(|document| Deletion::Document(document.id.clone())))
    });
    let text = move || {
        let found = found.get().unwrap_or_default();
        let things = lost(&found);
        let things = (!things.is_empty()).then(|| t!("data.delete_document_things", things = things.join(", ")));
        let sentences = [Some(t!("data.delete_document_text").to_owned()), things, expected_by(&found)];
        sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    view! {
        <ConfirmAction
            open
            item=document
            title=Signal::derive(move || t!("data.delete_document_title", name = name()))
            text=Signal::derive(text)
            confirm=t!("form.delete")
            action=delete
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_was_checked_when_it_was_asked_for_after_it_was_read() {
        let (read, later) = (Timestamp::from_millis(1_000_000), Timestamp::from_millis(1_060_001));
        assert_eq!(checked_since(Some(read), Some(later)), Some(later));
        assert_eq!(checked_since(Some(later), Some(read)), None);
        assert_eq!(checked_since(Some(read), Some(read)), None);
        assert_eq!(checked_since(None, Some(later)), None, "it is told in the place of when it was read");
        assert_eq!(checked_since(Some(read), None), None);
    }
}
