//! A document's text, cut into its chunks, with the passage marked that an answer rests on.

use hammock_contract::{
    ApiError, CollectionId, DocumentId,
    document::{Document, DocumentState},
    metadata::DocumentMetadata,
    reading::{CHUNKS_AT_ONCE, Reading, ReadingRequest, TextSpan},
    user::Role,
};
use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_navigate, use_params_map, use_query_map},
    params::ParamsMap,
};

use super::{
    api::{read_document, reindex_document},
    chunk_block::{ChunkBlock, ReadRevision},
    documents_table::DeleteDocument,
    edit_chunk::{EditChunk, Editing},
    retrieval_fields::language_in_words,
    states::DocumentStateBadge,
    unused_edits::UnusedEdits,
};
use crate::{
    FnError, chat, i18n,
    metadata::{DocumentValues, find_values},
    session::use_session,
    t,
    ui::{
        DeleteItem, EmptyState, Icon, Load, Menu, MenuItem, Moment, Page, PageBody, PageHeader, PassageText,
        number::size, use_toaster,
    },
};

/// What the address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    document: String,
    revision: Option<u32>,
    /// What is marked, in bytes of the revision's text.
    marks: Vec<TextSpan>,
    /// The first chunk to show.
    from: Option<u32>,
}

impl Asked {
    fn of(document: String, query: &ParamsMap) -> Self {
        let number = |name: &str| query.get_str(name).and_then(|text| text.parse::<u32>().ok());
        Self { document, revision: number("revision"), marks: chat::marks_in(query), from: number("from") }
    }

    /// The same document from another chunk on.
    fn address(&self, from: u32) -> String {
        let revision = self.revision.map(|revision| format!("revision={revision}&")).unwrap_or_default();
        format!("/data/documents/{}?{revision}from={from}{}", self.document, chat::marks_part(&self.marks))
    }
}

/// A document.
#[component]
pub fn DocumentPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let asked = Memo::new(move |_| Asked::of(params.get().get("document").unwrap_or_default(), &query.get()));
    let text = Resource::new(move || asked.get(), load);
    let id = Memo::new(move |_| asked.with(|asked| asked.document.clone()));
    let values = Resource::new(move || id.get(), find_values);
    let deleted = RwSignal::new(None::<Document>);
    let delete_open = RwSignal::new(false);
    let ask_to_delete = Callback::new(move |document: Document| {
        deleted.set(Some(document));
        delete_open.set(true);
    });
    let changed = Callback::new(move |()| {
        text.refetch();
        values.refetch();
    });
    let navigate = use_navigate();
    let leave = Callback::new(move |()| {
        let collection = deleted.with_untracked(|it| it.as_ref().map(|it| it.collection.to_string()));
        navigate(&format!("/data/{}", collection.unwrap_or_default()), leptos_router::NavigateOptions::default());
    });
    view! {
        <Page>
            <Load resource=text whole_page=true let:shown>
                <DocumentHeader document=shown.document.clone() on_delete=ask_to_delete on_changed=changed />
                <PageBody><DocumentBody shown asked=asked.get_untracked() values on_changed=changed /></PageBody>
            </Load>
        </Page>
        <DeleteDocument open=delete_open document=deleted on_done=leave />
    }
}

async fn load(asked: Asked) -> Result<Reading, FnError> {
    let Asked { document, revision, marks, from } = asked;
    let document: DocumentId = document.parse().map_err(|_| FnError(ApiError::not_found()))?;
    read_document(ReadingRequest { document, revision, marks, from }).await
}

#[component]
fn DocumentHeader(document: Document, on_delete: Callback<Document>, on_changed: Callback<()>) -> impl IntoView {
    let session = use_session();
    let toaster = use_toaster();
    let title = if document.title.is_empty() { document.location.clone() } else { document.title.clone() };
    let location = Some(document.location.clone()).filter(|location| *location != title).unwrap_or_default();
    let (id, deleted) = (document.id.clone(), document.clone());
    let read_again = Action::new(move |(): &()| {
        let id = id.clone();
        async move {
            match reindex_document(id).await {
                Ok(_) => {
                    toaster.say(t!("data.being_read"));
                    // The page may be gone meanwhile.
                    on_changed.try_run(());
                }
                Err(error) => toaster.refuse(&error.0),
            }
        }
    });
    let original = match &document.url {
        Some(url) => view! {
            <a class="button" href=url.clone() target="_blank" rel="noopener noreferrer">
                <Icon name="external-link" />{t!("data.open_page")}
            </a>
        }
        .into_any(),
        None => view! {
            <a class="button" href=format!("/api/v1/documents/{}/original", document.id) rel="external" download>
                <Icon name="download" />{t!("data.download")}
            </a>
        }
        .into_any(),
    };
    view! {
        <div class="crumb">
            <A href=format!("/data/{}", document.collection) attr:class="back-link">
                <Icon name="chevron-left" />{t!("data.back_to_collection")}
            </A>
        </div>
        <PageHeader
            title=Signal::derive(move || title.clone())
            subtitle=Signal::derive(move || location.clone())
        >
            {original}
            <Show when=move || session.is_at_least(Role::Administrator)>
                <DocumentMenu
                    id=deleted.id.to_string()
                    on_read=Callback::new(move |()| { read_again.dispatch(()); })
                    on_delete={
                        let deleted = deleted.clone();
                        Callback::new(move |()| on_delete.run(deleted.clone()))
                    }
                />
            </Show>
        </PageHeader>
        <div class="document-facts small muted">
            <DocumentStateBadge document=document.clone() />
            <span class="numeric">{i18n::count("data.n_passages", u64::from(document.chunks))}</span>
            <span class="numeric">{size(i18n::locale(), document.bytes)}</span>
            {document.language.map(|code| view! { <span>{language_in_words(&code).to_owned()}</span> })}
            {document.http_status.map(|status| view! { <span class="numeric">"HTTP " {status}</span> })}
            {document.indexed_at.map(|at| view! { <span>{t!("data.read_at")} " " <Moment at /></span> })}
            {document.fetched_at.map(|at| view! { <span>{t!("data.checked")} " " <Moment at /></span> })}
        </div>
    }
}

#[component]
fn DocumentMenu(id: String, on_read: Callback<()>, on_delete: Callback<()>) -> impl IntoView {
    view! {
        <Menu id=format!("menu-{id}") label=t!("table.actions")>
            <MenuItem icon="refresh-cw" on_click=on_read>{t!("data.read_again")}</MenuItem>
            <DeleteItem on_click=on_delete />
        </Menu>
    }
}

#[component]
fn DocumentBody(
    shown: Reading,
    asked: Asked,
    values: Resource<Result<Vec<DocumentMetadata>, FnError>>,
    on_changed: Callback<()>,
) -> impl IntoView {
    let Reading { document, revision, current, as_asked, total, from, chunks, html, unused_edits } = shown;
    let outdated = !current || !as_asked;
    let notice = if as_asked { t!("data.earlier_revision") } else { t!("data.revision_gone") };
    let empty = total == 0 && html.is_empty();
    let no_text = match document.state {
        DocumentState::Waiting => t!("data.state.waiting_text"),
        _ => t!("data.no_text_text"),
    };
    let why = document.error.as_ref().map_or_else(|| no_text.to_owned(), i18n::error_text);
    let link = |from: u32, label: &'static str| view! { <A href=asked.address(from) attr:class="button">{label}</A> };
    let earlier = (from > 0).then(|| link(from.saturating_sub(CHUNKS_AT_ONCE), t!("data.earlier_text")));
    let later =
        (from.saturating_add(CHUNKS_AT_ONCE) < total).then(|| link(from + CHUNKS_AT_ONCE, t!("data.later_text")));
    let first_marked = chunks.iter().find(|chunk| chunk.marked).map(|chunk| chunk.chunk.ordinal);
    let editing = RwSignal::new(None::<Editing>);
    let edit_open = RwSignal::new(false);
    let on_edit = Callback::new(move |chunk: Editing| {
        editing.set(Some(chunk));
        edit_open.set(true);
    });
    let is_own = document.collection != CollectionId::fixed("handbook");
    let changeable = current && is_own;
    let of = ReadRevision { document: document.id.clone(), revision, changeable };
    let blocks = chunks.into_iter().map(|chunk| {
        let to_mark = first_marked == Some(chunk.chunk.ordinal);
        view! { <ChunkBlock chunk of=of.clone() to_mark on_edit on_outdated=on_changed /> }
    });
    let blocks = blocks.collect_view();
    let unused = (!unused_edits.is_empty())
        .then(|| view! { <UnusedEdits document=document.id.clone() edits=unused_edits on_changed /> });
    // The passages of an earlier revision are not kept, its text is.
    let whole = (!html.is_empty()).then(
        || view! { <article class="chunk"><div class="chunk-text"><PassageText html to_mark=true /></div></article> },
    );
    view! {
        {outdated.then(|| view! { <p class="card note padded row"><Icon name="clock" /><span>{notice}</span></p> })}
        {empty.then(|| view! { <EmptyState icon="file-text" title=t!("data.no_text") text=why /> })}
        <DocumentValues document=document.id.clone() values changeable=is_own />
        {unused}
        <div class="chunks">{earlier} {blocks} {whole} {later}</div>
        {changeable.then(|| view! { <EditChunk open=edit_open editing /> })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_part_of_a_document_has_the_same_marks() {
        let query = [("revision", "2".to_owned()), ("marks", "3-20,41-50".to_owned()), ("from", "x".to_owned())];
        let asked = Asked::of("doc_one".to_owned(), &ParamsMap::from_iter(query));
        assert_eq!((asked.revision, asked.marks.len(), asked.from), (Some(2), 2, None));
        let address = asked.address(200);
        assert_eq!(address, "/data/documents/doc_one?revision=2&from=200&marks=3-20,41-50");
        assert_eq!(
            Asked { document: "doc_one".to_owned(), ..Asked::default() }.address(0),
            "/data/documents/doc_one?from=0"
        );
    }
}
