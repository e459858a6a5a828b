//! The cited document beside the thread, with the passage marked; a sheet on a phone.

use hammock_contract::{chat::Citation, document::DocumentText};
use leptos::{html, prelude::*};
use leptos_router::components::A;

use super::{api::cited_document, passage::split_passage, thread::Thread};
use crate::{
    t,
    ui::{Icon, IconButton, Load},
};

/// How much of the document is shown around the passage. Bytes.
const AROUND: u32 = 12_000;

/// The panel; nothing while no source is open.
#[component]
pub fn SourcePanel(thread: Thread) -> impl IntoView {
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
                    Some(view! { <OpenDocument citation /> })
                })}
            </aside>
        </Show>
    }
}

#[component]
fn OpenDocument(citation: Citation) -> impl IntoView {
    let asked = (citation.document.clone(), citation.revision);
    let text = Resource::new(
        move || asked.clone(),
        |(document, revision)| async move {
            match cited_document(document.clone(), Some(revision)).await {
                // A very old revision is no longer kept: the present one is shown, and said to be another.
                Err(error) if error.code() == hammock_contract::ErrorCode::NotFound => {
                    cited_document(document, None).await
                }
                other => other,
            }
        },
    );
    let stored = StoredValue::new(citation);
    view! {
        <Load resource=text let:text>{stored.with_value(|citation| document_view(citation, text))}</Load>
    }
}

fn document_view(citation: &Citation, text: DocumentText) -> impl IntoView + use<> {
    let is_same = text.revision == citation.revision;
    let (start, end) = if is_same { (citation.start, citation.end) } else { find_again(&text.text, &citation.quote) };
    let passage = split_passage(&text.text, start, end);
    let before = tail(&passage.before, AROUND);
    let after = head(&passage.after, AROUND);
    let mark = NodeRef::<html::Mark>::new();
    Effect::new(move |_| {
        if let Some(mark) = mark.get() {
            // When the panel is laid out; before that there is nowhere to scroll to.
            request_animation_frame(move || {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Center);
                mark.scroll_into_view_with_scroll_into_view_options(&options);
                let _ = mark.focus();
            });
        }
    });
    let here = format!("/data/documents/{}?revision={}&start={start}&end={end}", citation.document, text.revision);
    let outside = citation.url.as_ref().map(|url| {
        view! {
            <a class="button" href=with_fragment(url, &citation.quote) target="_blank" rel="noopener noreferrer">
                <Icon name="external-link" />{t!("chat.open_page")}
            </a>
        }
    });
    view! {
        <div class="source-head">
            <span class="number">{citation.number}</span>
            <div><b>{citation.title.clone()}</b><small>{super::answer::place(citation)}</small></div>
        </div>
        {(!text.current || !is_same).then(|| view! { <p class="changed"><Icon name="clock" />{t!("chat.changed")}</p> })}
        <div class="source-text" tabindex="0" role="region" aria-label=citation.title.clone()>
            {before}<mark node_ref=mark tabindex="-1">{passage.marked}</mark>{after}
        </div>
        <footer>{outside}<A href=here attr:class="button"><Icon name="file-text" />{t!("chat.open_document")}</A></footer>
    }
}

/// Where a quotation stands in another revision, if it still does.
fn find_again(text: &str, quote: &str) -> (u32, u32) {
    let at = text.find(quote).map_or((0, 0), |at| (at, at + quote.len()));
    (u32::try_from(at.0).unwrap_or(0), u32::try_from(at.1).unwrap_or(0))
}

fn tail(text: &str, bytes: u32) -> String {
    let from = text.len().saturating_sub(bytes as usize);
    let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    if from > 0 { format!("… {}", &text[from..]) } else { text.to_owned() }
}

fn head(text: &str, bytes: u32) -> String {
    if text.len() <= bytes as usize {
        return text.to_owned();
    }
    format!("{} …", super::passage::split_passage(text, 0, bytes).marked)
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
