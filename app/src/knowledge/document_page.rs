//! A document's text, cut into its chunks, with the passage marked that an answer rests on.

use hammock_contract::{
    ApiError, DocumentId, ErrorCode,
    document::{Chunk, Document, DocumentText},
    user::Role,
};
use leptos::{html, prelude::*};
use leptos_router::{
    components::A,
    hooks::{use_navigate, use_params_map, use_query_map},
    params::ParamsMap,
};

use super::{
    api::{read_document, reindex_document},
    documents_table::DeleteDocument,
    states::DocumentStateBadge,
};
use crate::{
    FnError, i18n,
    session::use_session,
    t,
    ui::{Badge, EmptyState, Icon, Load, Menu, MenuItem, Moment, Page, PageBody, PageHeader, Tone, use_toaster},
};

/// How many chunks are shown at once.
const WINDOW: usize = 200;

/// What the address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    document: String,
    revision: Option<u32>,
    /// The passage, in bytes of the revision's text.
    passage: Option<(u32, u32)>,
    /// The first chunk to show.
    from: Option<usize>,
}

impl Asked {
    fn of(document: String, query: &ParamsMap) -> Self {
        let number = |name: &str| query.get_str(name).and_then(|text| text.parse::<u32>().ok());
        Self {
            document,
            revision: number("revision"),
            passage: number("start").zip(number("end")).filter(|(start, end)| start < end),
            from: number("from").and_then(|from| usize::try_from(from).ok()),
        }
    }
}

/// A document.
#[component]
pub fn DocumentPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let asked = Memo::new(move |_| Asked::of(params.get().get("document").unwrap_or_default(), &query.get()));
    let key = Memo::new(move |_| asked.with(|asked| (asked.document.clone(), asked.revision)));
    let text = Resource::new(move || key.get(), |(document, revision)| load(document, revision));
    let deleted = RwSignal::new(None::<Document>);
    let delete_open = RwSignal::new(false);
    let ask_to_delete = Callback::new(move |document: Document| {
        deleted.set(Some(document));
        delete_open.set(true);
    });
    let changed = Callback::new(move |()| text.refetch());
    let navigate = use_navigate();
    let leave = Callback::new(move |()| {
        let collection = deleted.with_untracked(|it| it.as_ref().map(|it| it.collection.to_string()));
        navigate(&format!("/data/{}", collection.unwrap_or_default()), leptos_router::NavigateOptions::default());
    });
    view! {
        <Page>
            <Load resource=text whole_page=true let:shown>
                <DocumentHeader shown=shown.clone() on_delete=ask_to_delete on_changed=changed />
                <PageBody><DocumentBody shown asked /></PageBody>
            </Load>
        </Page>
        <DeleteDocument open=delete_open document=deleted on_done=leave />
    }
}

async fn load(document: String, revision: Option<u32>) -> Result<DocumentText, FnError> {
    let id: DocumentId = document.parse().map_err(|_| FnError(ApiError::not_found()))?;
    match read_document(id.clone(), revision).await {
        // A very old revision is no longer kept: the present one is shown, and said to be another.
        Err(error) if error.code() == ErrorCode::NotFound && revision.is_some() => read_document(id, None).await,
        other => other,
    }
}

#[component]
fn DocumentHeader(shown: DocumentText, on_delete: Callback<Document>, on_changed: Callback<()>) -> impl IntoView {
    let session = use_session();
    let toaster = use_toaster();
    let document = shown.document;
    let title = if document.title.is_empty() { document.location.clone() } else { document.title.clone() };
    let location = document.location.clone();
    let (id, deleted) = (document.id.clone(), document.clone());
    let read_again = Action::new(move |(): &()| {
        let id = id.clone();
        async move {
            match reindex_document(id).await {
                Ok(_) => {
                    toaster.say(t!("data.being_read"));
                    on_changed.run(());
                }
                Err(error) => toaster.say(i18n::error_text(&error.0)),
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
            <span class="numeric">{size(document.bytes)}</span>
            {document.language.map(|language| view! { <span>{language}</span> })}
            {document.http_status.map(|status| view! { <span class="numeric">"HTTP " {status}</span> })}
            {document.indexed_at.map(|at| view! { <span>{t!("data.read_at")} " " <Moment at /></span> })}
        </div>
    }
}

#[component]
fn DocumentMenu(id: String, on_read: Callback<()>, on_delete: Callback<()>) -> impl IntoView {
    view! {
        <Menu id=format!("menu-{id}") label=t!("table.actions")>
            <MenuItem icon="refresh-cw" on_click=on_read>{t!("data.read_again")}</MenuItem>
            <MenuItem icon="trash-2" danger=true on_click=on_delete>{t!("form.delete")}</MenuItem>
        </Menu>
    }
}

/// A number of bytes as people say it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[component]
fn DocumentBody(shown: DocumentText, asked: Memo<Asked>) -> impl IntoView {
    let is_same = asked.with_untracked(|asked| asked.revision.is_none_or(|wanted| wanted == shown.revision));
    let outdated = !shown.current || !is_same;
    let notice = if is_same { t!("data.earlier_revision") } else { t!("data.revision_gone") };
    let empty = shown.text.trim().is_empty();
    let why = shown.document.error.as_ref().map_or_else(|| t!("data.no_text_text").to_owned(), i18n::error_text);
    view! {
        {outdated.then(|| view! { <p class="card note padded row"><Icon name="clock" /><span>{notice}</span></p> })}
        {empty.then(|| view! { <EmptyState icon="file-text" title=t!("data.no_text") text=why /> })}
        {move || {
            let asked = asked.get();
            // Bytes of another revision would mark something else.
            let passage = asked.passage.filter(|_| is_same);
            let from = asked.from.unwrap_or_else(|| window_of(&shown.chunks, passage));
            chunk_window(&shown, &asked, passage, from)
        }}
    }
}

/// Where the window begins that holds the passage.
fn window_of(chunks: &[Chunk], passage: Option<(u32, u32)>) -> usize {
    let at = passage.and_then(|(start, _)| chunks.iter().position(|chunk| chunk.end > start)).unwrap_or(0);
    at / WINDOW * WINDOW
}

fn chunk_window(
    shown: &DocumentText,
    asked: &Asked,
    passage: Option<(u32, u32)>,
    from: usize,
) -> impl IntoView + use<> {
    let first_marked = shown.chunks.iter().position(|chunk| overlap(chunk, passage).is_some());
    let blocks = shown.chunks.iter().enumerate().skip(from).take(WINDOW).map(|(index, chunk)| {
        view! { <ChunkBlock chunk=chunk.clone() marked=overlap(chunk, passage) scroll=first_marked == Some(index) /> }
    });
    let blocks = blocks.collect_view();
    let link = |from: usize, label: &'static str| {
        let revision = asked.revision.map(|revision| format!("revision={revision}&")).unwrap_or_default();
        let passage = asked.passage.map(|(start, end)| format!("start={start}&end={end}&")).unwrap_or_default();
        let href = format!("/data/documents/{}?{revision}{passage}from={from}", shown.document.id);
        view! { <A href attr:class="button">{label}</A> }
    };
    let earlier = (from > 0).then(|| link(from.saturating_sub(WINDOW), t!("data.earlier_text")));
    let later = (from + WINDOW < shown.chunks.len()).then(|| link(from + WINDOW, t!("data.later_text")));
    view! { <div class="chunks">{earlier} {blocks} {later}</div> }
}

/// Which bytes of the chunk's own text are marked.
fn overlap(chunk: &Chunk, passage: Option<(u32, u32)>) -> Option<(u32, u32)> {
    let (start, end) = passage?;
    let (start, end) = (start.max(chunk.start), end.min(chunk.end));
    (start < end).then(|| (start - chunk.start, end - chunk.start))
}

#[component]
fn ChunkBlock(chunk: Chunk, marked: Option<(u32, u32)>, scroll: bool) -> impl IntoView {
    let mark = NodeRef::<html::Mark>::new();
    Effect::new(move |_| {
        if let Some(mark) = mark.get()
            && scroll
        {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Center);
            mark.scroll_into_view_with_scroll_into_view_options(&options);
            // Fails only for an element that cannot have the focus.
            let _ = mark.focus();
        }
    });
    let text = match marked {
        Some((start, end)) => {
            let cut = crate::chat::split_passage(&chunk.text, start, end);
            view! { {cut.before}<mark node_ref=mark tabindex="-1">{cut.marked}</mark>{cut.after} }.into_any()
        }
        None => chunk.text.into_any(),
    };
    view! {
        <article class="chunk" data-marked=marked.is_some().to_string() aria-label=t!("data.passage_number", n = chunk.ordinal + 1)>
            <header class="small faint">
                <span class="numeric chunk-number">{chunk.ordinal + 1}</span>
                <span class="spacer">{chunk.headings.join(" › ")}</span>
                {chunk.page.map(|page| view! { <span class="numeric">{t!("data.page_number", n = page)}</span> })}
                {if chunk.embedded {
                    view! { <Badge icon="check" tone=Tone::Good>{t!("data.embedded")}</Badge> }.into_any()
                } else {
                    view! { <Badge>{t!("data.not_embedded")}</Badge> }.into_any()
                }}
            </header>
            <p class="chunk-text">{text}</p>
        </article>
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::ChunkId;

    use super::*;

    fn chunk(start: u32, end: u32) -> Chunk {
        let id = ChunkId::fixed("some");
        Chunk { id, ordinal: 0, headings: Vec::new(), text: String::new(), start, end, page: None, embedded: false }
    }

    #[test]
    fn a_passage_is_marked_in_every_chunk_that_it_touches() {
        assert_eq!(overlap(&chunk(0, 10), Some((4, 25))), Some((4, 10)));
        assert_eq!(overlap(&chunk(10, 30), Some((4, 25))), Some((0, 15)));
        assert_eq!(overlap(&chunk(25, 40), Some((4, 25))), None);
        assert_eq!(overlap(&chunk(0, 10), None), None);
    }

    #[test]
    fn a_long_document_opens_where_the_passage_is() {
        let chunks: Vec<_> = (0..500).map(|number| chunk(number * 10, number * 10 + 10)).collect();
        assert_eq!(window_of(&chunks, Some((4_205, 4_209))), 400);
        assert_eq!(window_of(&chunks, None), 0);
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(999), "999 B");
        assert_eq!(size(45_600), "45 kB");
        assert_eq!(size(2_350_000), "2.3 MB");
    }
}
