//! One chunk of a document with its boundary: its text as it is searched, the document's own where a person gave it
//! another, and what can be done about it.

use hammock_contract::{
    DocumentId, ErrorCode,
    document::{Chunk, ChunkPatch},
    reading::{ReadChunk, ReadingRequest},
    user::Role,
};
use leptos::prelude::*;

use super::{
    api::{read_document, update_chunk},
    edit_chunk::Editing,
};
use crate::{
    i18n,
    session::use_session,
    t,
    ui::{Badge, Button, ButtonKind, Moment, PassageText, Toaster, Tone, use_toaster},
};

/// The document of the chunks.
#[derive(Debug, Clone)]
pub struct ReadRevision {
    /// The document.
    pub document: DocumentId,
    /// The revision that is shown.
    pub revision: u32,
    /// Whether its chunks can be changed by who may: it answers now, and its collection is not read-only.
    pub changeable: bool,
}

/// A chunk.
#[component]
pub fn ChunkBlock(
    /// The chunk as the page was given it.
    chunk: ReadChunk,
    /// Where it is from.
    of: ReadRevision,
    /// Whether what is marked in it is brought into sight.
    to_mark: bool,
    /// Opens the dialog that edits it.
    on_edit: Callback<Editing>,
    /// Called when the document is not what the page shows any more.
    on_outdated: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let toaster = use_toaster();
    let ReadRevision { document, revision, changeable } = of;
    let marked = chunk.marked;
    let headings = chunk.chunk.headings.join(" › ");
    let place = chunk.chunk.place.clone();
    let ordinal = chunk.chunk.ordinal;
    let shown = RwSignal::new(chunk);
    let block = Block { shown, revision, ordinal, on_outdated, toaster };
    let id = document.clone();
    let refresh = Action::new(move |(): &()| block.refresh(id.clone()));
    let on_done = Callback::new(move |()| {
        refresh.dispatch(());
    });
    let id = document.clone();
    let switch = Action::new(move |enabled: &bool| {
        let enabled = *enabled;
        let (document, chunk) = (id.clone(), shown.with_untracked(|shown| shown.chunk.id.clone()));
        async move {
            let patch = ChunkPatch { enabled: Some(enabled), ..ChunkPatch::default() };
            match update_chunk(document.clone(), chunk, patch).await {
                Ok(_) => {
                    toaster.say(if enabled { t!("data.passage_on") } else { t!("data.passage_off") });
                    block.refresh(document).await;
                }
                Err(error) if error.0.code == ErrorCode::NotFound => {
                    toaster.say(t!("data.passage_reloaded"));
                    on_outdated.try_run(());
                }
                Err(error) => toaster.refuse(&error.0),
            }
        }
    });
    let edit = Callback::new(move |()| {
        let chunk = shown.with_untracked(|shown| shown.chunk.clone());
        on_edit.run(Editing { document: document.clone(), chunk, on_done });
    });
    let is_on = move || shown.with(|shown| shown.chunk.enabled);
    view! {
        <article
            class="chunk"
            data-marked=marked.to_string()
            data-off=move || (!is_on()).to_string()
            aria-label=t!("data.passage_number", n = ordinal + 1)
        >
            <header class="small faint">
                <span class="numeric chunk-number">{ordinal + 1}</span>
                <span class="spacer">{headings}</span>
                {place.as_ref().map(|place| view! { <span class="numeric">{i18n::place_text(place)}</span> })}
                {move || shown.with(|shown| badges(&shown.chunk))}
            </header>
            <div class="chunk-text">
                {move || view! { <PassageText html=shown.get().html to_mark /> }}
            </div>
            {move || shown.get().original_html.map(|html| original(html, marked, to_mark))}
            <Show when=move || changeable && session.is_at_least(Role::Administrator)>
                <div class="row wrap chunk-actions">
                    <Button kind=ButtonKind::Ghost icon="pencil" on_click=move |_| edit.run(())>
                        {t!("form.edit")}
                    </Button>
                    <Button
                        kind=ButtonKind::Ghost
                        busy=switch.pending()
                        on_click=move |_| {
                            let on = shown.with_untracked(|shown| shown.chunk.enabled);
                            switch.dispatch(!on);
                        }
                    >
                        {move || if is_on() { t!("data.switch_off") } else { t!("data.switch_on") }}
                    </Button>
                </div>
            </Show>
        </article>
    }
}

/// What a block shows, and where that comes from.
#[derive(Clone, Copy)]
struct Block {
    shown: RwSignal<ReadChunk>,
    revision: u32,
    ordinal: u32,
    on_outdated: Callback<()>,
    toaster: Toaster,
}

impl Block {
    /// Shows the chunk as it is now, in its place, so that the page stays where it is and the focus where it was.
    async fn refresh(self, document: DocumentId) {
        let Self { shown, revision, ordinal, on_outdated, toaster } = self;
        let wanted = ReadingRequest { document, revision: None, marks: Vec::new(), from: Some(ordinal) };
        match read_document(wanted).await {
            Ok(reading) => {
                let is_same = reading.revision == revision;
                let new = reading.chunks.into_iter().next().filter(|new| is_same && new.chunk.ordinal == ordinal);
                // The page may be gone meanwhile.
                match new {
                    Some(new) => drop(shown.try_set(new)),
                    None => {
                        on_outdated.try_run(());
                    }
                }
            }
            Err(error) => toaster.refuse(&error.0),
        }
    }
}

/// What a chunk's state is, in words.
fn badges(chunk: &Chunk) -> impl IntoView + use<> {
    let edited = chunk.edited.clone().map(|edited| {
        let said = i18n::edited_text(edited.by.as_deref());
        view! { <Badge icon="pencil" tone=Tone::Accent>{said} " " <Moment at=edited.at /></Badge> }
    });
    let state = match (chunk.enabled, chunk.embedded) {
        (false, _) => view! { <Badge icon="eye-off" tone=Tone::Warning>{t!("data.switched_off")}</Badge> }.into_any(),
        (true, true) => view! { <Badge icon="check" tone=Tone::Good>{t!("data.embedded")}</Badge> }.into_any(),
        (true, false) => view! { <Badge>{t!("data.not_embedded")}</Badge> }.into_any(),
    };
    view! { {edited} {state} }
}

/// What the document itself says there; open where a citation leads to it.
fn original(html: String, marked: bool, to_mark: bool) -> impl IntoView {
    view! {
        <details class="chunk-original" open=marked>
            <summary>{t!("data.original_text")}</summary>
            <div class="chunk-text"><PassageText html to_mark /></div>
        </details>
    }
}
