//! The passages that a question finds.

use hammock_contract::{reading::TextSpan, search::SearchHit};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    chat, i18n, t,
    ui::{Badge, Moment, PassageText, Tone},
};

/// Passages above one of these are shown in part at first: they have more than about twelve lines.
const LONG_CHARACTERS: usize = 900;
const LONG_LINES: usize = 10;

/// The id of a hit on the page, by its place from 1.
pub fn hit_id(rank: usize) -> String {
    format!("hit-{rank}")
}

/// The passages, best first; what the question has in common with them is marked.
#[component]
pub fn Hits(
    /// What was found.
    hits: Vec<SearchHit>,
    /// The text of each hit, from the server's sanitiser.
    passages: Vec<String>,
) -> impl IntoView {
    let hits = hits.into_iter().zip(passages).zip(1..);
    view! {
        <ol class="hits">{hits.map(|((hit, html), rank)| view! { <Hit hit html rank /> }).collect_view()}</ol>
    }
}

#[component]
fn Hit(hit: SearchHit, html: String, rank: usize) -> impl IntoView {
    let href = chat::passage_address(&hit.document, hit.revision, &[TextSpan { start: hit.start, end: hit.end }]);
    let is_long = is_long(&hit.text);
    let headings: Vec<String> = hit.headings.into_iter().filter(|heading| *heading != hit.title).collect();
    let headings = headings.join(" › ");
    let edited = hit.edited.map(|edited| {
        let said = i18n::edited_text(edited.by.as_deref());
        view! { <Badge icon="pencil" tone=Tone::Accent>{said} " " <Moment at=edited.at /></Badge> }
    });
    view! {
        <li class="hit" id=hit_id(rank) tabindex="-1">
            <div class="row wrap">
                <span class="small faint numeric">{format!("{rank}.")}</span>
                <A href attr:class="hit-title">{hit.title}</A>
                <span class="small faint">{headings}</span>
                {edited}
            </div>
            <HitText html is_long />
        </li>
    }
}

/// The passage; a long one in part, until more is asked for.
#[component]
fn HitText(html: String, is_long: bool) -> impl IntoView {
    let is_whole = RwSignal::new(!is_long);
    view! {
        // What takes the focus is in sight.
        <div class="hit-text" data-whole=move || is_whole.get().to_string() on:focusin=move |_| is_whole.set(true)>
            <PassageText html />
        </div>
        {is_long.then(|| view! {
            <button
                type="button"
                class="button ghost hit-more"
                aria-expanded=move || is_whole.get().to_string()
                on:click=move |_| is_whole.update(|is_whole| *is_whole = !*is_whole)
            >
                {move || if is_whole.get() { t!("data.show_less") } else { t!("data.show_more") }}
            </button>
        })}
    }
}

fn is_long(text: &str) -> bool {
    text.lines().filter(|line| !line.trim().is_empty()).count() > LONG_LINES
        || text.chars().nth(LONG_CHARACTERS).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_is_long_by_its_words_or_its_lines() {
        assert!(is_long(&"word ".repeat(200)) && is_long(&"| a |\n".repeat(11)));
        assert!(!is_long(&"word ".repeat(150)) && !is_long(&"a\n\n".repeat(10)) && !is_long(""));
    }
}
