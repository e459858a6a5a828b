//! The cited document beside the thread, with the passage marked; a sheet on a phone.

use hammock_contract::{
    ErrorCode,
    chat::Citation,
    passage::Place,
    reading::{Excerpt, ExcerptRequest},
};
use leptos::prelude::*;
use leptos_router::components::A;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{api::cited_document, passage::passage_address, thread::Thread};
use crate::{
    i18n, t,
    ui::{Icon, IconButton, Load, Moment, PassageText},
};

/// The panel; nothing while no source is open.
#[component]
pub fn SourcePanel(
    /// The thread whose source is shown.
    argument: Thread,
) -> impl IntoView {
    let thread = argument;
    view! {
        <Show when=move || thread.source.with(Option::is_some)>
            <aside class="source-panel" aria-label=t!("chat.sources")
                on:keydown=move |event| if event.key() == "Escape" { thread.source.set(None) }>
                <header>
                    <h2>{t!("chat.source")}</h2>
                    <IconButton icon="x" label=t!("chat.close_source") on_click=move |_| thread.source.set(None) />
                </header>
                {move || thread.source.get().and_then(|open| {
                    let citation = open.citations.into_iter().find(|citation| citation.number == open.number)?;
                    Some(if citation.hidden {
                        view! { <p class="changed" role="status"><Icon name="lock" />{t!("chat.source_hidden")}</p> }.into_any()
                    } else {
                        view! { <OpenDocument citation /> }.into_any()
                    })
                })}
            </aside>
        </Show>
    }
}

/// Leads the focus back to what opened the panel, when the panel is closed; to the input where that is gone. To be called by
/// the page: it sees what has the focus before the panel is there.
pub fn return_focus(thread: Thread) {
    Effect::new(move |before: Option<Option<HtmlElement>>| {
        let from = before.flatten();
        let active = document().active_element();
        // Nothing has the focus when what had it is gone.
        let elsewhere =
            active.filter(|it| it.tag_name() != "BODY" && !matches!(it.closest(".source-panel"), Ok(Some(_))));
        if thread.source.with(Option::is_some) {
            // From one source to the next by the panel's side, or still within the panel.
            return elsewhere.and_then(|it| it.dyn_into::<HtmlElement>().ok()).or(from);
        }
        if let (Some(from), None) = (from, elsewhere)
            && let Some(target) = Some(from).filter(|it| it.is_connected()).or_else(input)
        {
            // Fails only for an element that cannot have the focus.
            let _ = target.focus();
        }
        None
    });
}

/// Where questions are typed.
fn input() -> Option<HtmlElement> {
    document().query_selector(".composer textarea").ok().flatten()?.dyn_into().ok()
}

#[component]
fn OpenDocument(citation: Citation) -> impl IntoView {
    let asked = ExcerptRequest::from(&citation);
    let excerpt = Resource::new(
        move || asked.clone(),
        |asked: ExcerptRequest| async move {
            match cited_document(asked).await {
                Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
                found => found.map(Some),
            }
        },
    );
    let stored = StoredValue::new(citation);
    view! {
        <Load resource=excerpt let:excerpt>
            {stored.with_value(|citation| match excerpt {
                Some(excerpt) => excerpt_view(citation, excerpt).into_any(),
                None => gone_view(citation).into_any(),
            })}
        </Load>
    }
}

/// What is left of a source whose document was deleted since: where it was.
fn gone_view(citation: &Citation) -> impl IntoView + use<> {
    view! {
        {head_view(citation)}
        <p class="changed" role="status"><Icon name="clock" />{t!("chat.source_gone")}</p>
        <footer>{page_link(citation)}</footer>
    }
}

fn head_view(citation: &Citation) -> impl IntoView + use<> {
    view! {
        <div class="source-head">
            <span class="number">{citation.number}</span>
            <div><b>{citation.title.clone()}</b><small>{super::answer::place(citation)}</small></div>
        </div>
    }
}

/// Leads to the page outside that the passage is from.
fn page_link(citation: &Citation) -> impl IntoView + use<> {
    citation.url.as_ref().map(|url| {
        view! {
            <a class="button" href=outside_address(citation, url) target="_blank" rel="noopener noreferrer">
                <Icon name="external-link" />{t!("chat.open_page")}
            </a>
        }
    })
}

fn excerpt_view(citation: &Citation, excerpt: Excerpt) -> impl IntoView + use<> {
    let here = passage_address(&citation.document, excerpt.revision, &excerpt.marks);
    // Where another revision is shown than was cited, it is the present one already.
    let current = (!excerpt.current && excerpt.as_asked).then(|| {
        let address = format!("/data/documents/{}", citation.document);
        view! { <A href=address attr:class="button"><Icon name="file-text" />{t!("chat.open_current")}</A> }
    });
    let edited = citation.edited.as_ref().map(|edited| {
        let said = i18n::edited_text(edited.by.as_deref());
        view! { <p class="edited"><Icon name="pencil" /><span>{said} " " <Moment at=edited.at /></span></p> }
    });
    let here_label = if edited.is_some() { t!("chat.open_original") } else { t!("chat.open_document") };
    let changed = !excerpt.current || !excerpt.as_asked;
    let cut = |is_cut: bool| is_cut.then(|| view! { <p class="cut" aria-hidden="true">"…"</p> });
    view! {
        {head_view(citation)}
        {edited}
        {changed.then(|| view! { <p class="changed"><Icon name="clock" />{t!("chat.changed")}</p> })}
        <div class="source-text" tabindex="0" role="region" aria-label=citation.title.clone()>
            {cut(excerpt.more_before)}
            <PassageText html=excerpt.html to_mark=true />
            {cut(excerpt.more_after)}
        </div>
        <footer>
            {page_link(citation)}
            {current}
            <A href=here attr:class="button"><Icon name="file-text" />{here_label}</A>
        </footer>
    }
}

/// The page at what the answer rests on. An edited passage has words that the page does not have.
fn outside_address(citation: &Citation, url: &str) -> String {
    match &citation.place {
        // A PDF is opened at a page.
        Some(Place::Page { number, .. }) if !url.contains('#') => format!("{url}#page={number}"),
        _ if citation.edited.is_some() => url.to_owned(),
        _ => with_fragment(url, &first_words(citation)),
    }
}

/// What the answer rests on first, as the document has it.
fn first_words(citation: &Citation) -> String {
    let offset = |at: u32| at.checked_sub(citation.start).and_then(|at| usize::try_from(at).ok());
    let marked = citation.marks.first().and_then(|mark| citation.quote.get(offset(mark.start)?..offset(mark.end)?));
    marked.unwrap_or(&citation.quote).to_owned()
}

/// The page at the passage, where the browser can find it by its first words.
fn with_fragment(url: &str, quote: &str) -> String {
    let words: Vec<&str> = quote
        .lines()
        .map(|line| line.trim().trim_start_matches(['#', '-', '*', '|', ' ']))
        .find(|line| line.split_whitespace().count() >= 4)
        .unwrap_or_default()
        .split_whitespace()
        .take(8)
        .collect();
    if words.is_empty() || url.contains('#') {
        return url.to_owned();
    }
    let encoded: String = words
        .join(" ")
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    format!("{url}#:~:text={encoded}")
}

#[cfg(test)]
mod tests {
    use hammock_contract::{ChunkId, CollectionId, DocumentId};

    use super::*;

    const WORDS: &str = "It opens at nine in summer.";

    fn cited(place: Option<Place>) -> Citation {
        Citation {
            number: 1,
            document: DocumentId::fixed("some"),
            collection: CollectionId::fixed("some"),
            chunk: ChunkId::fixed("some"),
            further_chunks: Vec::new(),
            revision: 1,
            title: "Hours".to_owned(),
            headings: Vec::new(),
            url: None,
            place,
            start: 0,
            end: 27,
            marks: Vec::new(),
            quote: WORDS.to_owned(),
            edited: None,
            table: None,
            cited: true,
            hidden: false,
        }
    }

    #[test]
    fn a_website_is_opened_at_the_words_and_a_pdf_at_its_page() {
        let words = "https://a.example/b#:~:text=It%20opens%20at%20nine%20in%20summer%2E";
        assert_eq!(outside_address(&cited(None), "https://a.example/b"), words);
        let pages = cited(Some(Place::Page { number: 3, breaks: vec![9] }));
        assert_eq!(outside_address(&pages, "https://a.example/b.pdf"), "https://a.example/b.pdf#page=3");
        assert_eq!(outside_address(&pages, "https://a.example/b.pdf#c"), "https://a.example/b.pdf#c");
    }
}
