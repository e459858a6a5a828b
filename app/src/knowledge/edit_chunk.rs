//! Giving a chunk another text than its document has, and taking that back.

use hammock_contract::{
    ApiError, DocumentId, ErrorCode,
    document::{Chunk, ChunkPatch},
};
use leptos::prelude::*;

use super::api::update_chunk;
use crate::{
    FnError, t,
    ui::{
        Button, ButtonKind, CancelButton, Dialog, DialogFoot, Form, FormError, Icon, TextArea, Typed,
        form::action_error, general_error, use_toaster,
    },
};

/// A chunk that is edited.
#[derive(Clone)]
pub struct Editing {
    /// Its document.
    pub document: DocumentId,
    /// The chunk as the page shows it.
    pub chunk: Chunk,
    /// Called when it was changed.
    pub on_done: Callback<()>,
}

/// The dialog. What was typed stays there when it could not be stored.
#[component]
pub fn EditChunk(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The chunk.
    editing: RwSignal<Option<Editing>>,
) -> impl IntoView {
    let toaster = use_toaster();
    let text = RwSignal::new(String::new());
    let typed = Typed::in_fields(move || vec![text.get()]);
    let save = Action::new(move |restore: &bool| {
        let restore = *restore;
        let own = (!restore).then(|| text.get_untracked());
        let editing = editing.get_untracked();
        async move {
            if let Some(Editing { document, chunk, on_done }) = editing {
                let patch = ChunkPatch { text: own, enabled: None, restore };
                update_chunk(document, chunk.id, patch).await?;
                open.set(false);
                toaster.say(if restore { t!("data.passage_restored") } else { t!("form.saved") });
                // The page may be gone meanwhile.
                on_done.try_run(());
            }
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            save.clear();
            let chunk = editing.get_untracked().map(|editing| editing.chunk);
            text.set(chunk.map(|chunk| chunk.text).unwrap_or_default());
            typed.begin();
        }
    });
    let error = action_error(save);
    let other_error = Signal::derive(move || error.get().filter(|error| !is_outdated(error)));
    let original = move || editing.with(|editing| editing.as_ref().and_then(|editing| editing.chunk.original.clone()));
    let title = Signal::derive(move || {
        let ordinal = editing.with(|editing| editing.as_ref().map(|editing| editing.chunk.ordinal));
        t!("data.edit_passage", n = ordinal.map_or(1, |ordinal| ordinal + 1))
    });
    view! {
        <Dialog open title wide=true changed=typed.changed()>
            <Form on_submit=move |()| { save.dispatch(false); }>
                <TextArea label=t!("data.passage_text") name="text" value=text error hint=t!("data.passage_text_hint")
                    required=true rows=10 />
                {move || {
                    original().map(|original| view! {
                        <details class="more-settings">
                            <summary>{t!("data.original_text")}</summary>
                            <p class="original-text">{original}</p>
                        </details>
                    })
                }}
                <div role="alert">
                    {move || error.get().filter(is_outdated).map(|_| view! {
                        <p class="form-error"><Icon name="alert-circle" /><span>{t!("data.passage_changed")}</span></p>
                    })}
                </div>
                <FormError error=general_error(other_error, &["text"]) />
                <DialogFoot>
                    <CancelButton />
                    <Show when=move || original().is_some()>
                        <Button icon="rotate-ccw" busy=save.pending() on_click=move |_| { save.dispatch(true); }>
                            {t!("data.restore_original")}
                        </Button>
                    </Show>
                    <Button kind=ButtonKind::Primary of_type="submit" busy=save.pending()>{t!("form.save")}</Button>
                </DialogFoot>
            </Form>
        </Dialog>
    }
}

/// Whether the chunk has become another since the page was loaded: it has another id then.
fn is_outdated(error: &ApiError) -> bool {
    error.code == ErrorCode::NotFound
}
