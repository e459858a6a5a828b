//! Where files are dropped or chosen, and how far each of them is.

use hammock_contract::{document::DocumentState, file_type};
use leptos::{
    ev::{DragEvent, MouseEvent},
    html,
    prelude::*,
};

use super::{
    live::Live,
    uploads::{Sending, Uploads, may_work_later},
};
use crate::{
    t,
    ui::{Button, ErrorText, Icon, IconButton, Progress, guard_leaving, page::focus_outlives, refocus::refocus},
};

/// Takes files by drag and drop or by a button.
#[component]
pub fn UploadArea(
    /// The page.
    live: Live,
) -> impl IntoView {
    let uploads = Uploads::new(live);
    // Leaving the page would leave behind what still waits.
    guard_leaving(Signal::derive(move || uploads.are_under_way()));
    let input = NodeRef::<html::Input>::new();
    let over = RwSignal::new(false);
    let has_rows = move || uploads.rows.try_with(|rows| !rows.is_empty()).unwrap_or_default();
    focus_outlives(has_rows);
    let take_drop = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(files) = event.data_transfer().and_then(|data| data.files()) {
            uploads.take(&files);
        }
    };
    view! {
        <div
            class="drop-area"
            data-over=move || over.get().to_string()
            on:dragover=move |event| {
                // Without this the browser opens the file instead.
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=take_drop
        >
            <Icon name="upload" />
            <span class="spacer"><b>{t!("data.drop_files")}</b><span class="small muted">{t!("data.drop_hint")}</span></span>
            <Button
                icon="file-up"
                on_click=move |_| {
                    if let Some(input) = input.get_untracked() {
                        input.click();
                    }
                }
            >
                {t!("data.choose_files")}
            </Button>
            <input
                node_ref=input
                type="file"
                name="file"
                // Any file can be dropped all the same; the server says what it cannot read.
                accept=file_type::accept()
                multiple
                hidden
                aria-label=t!("data.choose_files")
                on:change=move |_| {
                    if let Some(input) = input.get_untracked() {
                        if let Some(files) = input.files() {
                            uploads.take(&files);
                        }
                        // So that the same file can be chosen again.
                        input.set_value("");
                    }
                }
            />
        </div>
        <p class="visually-hidden" role="status">{move || uploads.said()}</p>
        <Show when=has_rows>
            <div class="uploads">
                <header>
                    <span class="small muted numeric" aria-hidden="true">{move || uploads.said()}</span>
                    <IconButton icon="x" label=t!("data.uploads_close") on_click=move |_| uploads.tidy() />
                </header>
                // Where the list is longer than its place, the keyboard can scroll it.
                <ul tabindex="0" aria-label=t!("data.uploads")>
                    <For each=move || uploads.rows.get() key=|row| row.number let:row>
                        <UploadRow uploads row />
                    </For>
                </ul>
            </div>
        </Show>
    }
}

#[component]
fn UploadRow(uploads: Uploads, row: Sending) -> impl IntoView {
    let (percent, name, number, replaced) = (row.percent, row.name.clone(), row.number, row.replaced);
    let state = move || match row.outcome.get() {
        None => {
            let label = t!("data.uploading", name = name);
            let done = Signal::derive(move || percent.get());
            view! { <Progress label=label done=done total=Some(100_u64) /> }.into_any()
        }
        Some(Ok(document)) => {
            let (is_well, text) = arrived(document.and_then(|document| uploads.state_of(row.state, &document)));
            let (class, icon) = if is_well { ("small good", "check") } else { ("small bad", "alert-circle") };
            view! {
                <span class=class><Icon name=icon />{text}</span>
                {replaced.get().then(|| view! { " " <span class="small muted">{t!("data.uploaded_replaced")}</span> })}
            }
            .into_any()
        }
        Some(Err(error)) => {
            let again = may_work_later(&error).then(|| {
                let again = move |event: MouseEvent| {
                    refocus(&event, ".uploads", "ul");
                    uploads.again(number);
                };
                view! { <Button icon="rotate-ccw" on_click=again>{t!("state.retry")}</Button> }
            });
            view! { <span class="small bad"><Icon name="alert-circle" /><ErrorText error /></span> {again} }.into_any()
        }
    };
    let title = row.name.clone();
    view! { <li><span class="truncate" title=title>{row.name}</span><div class="outcome">{state}</div></li> }
}

/// Whether all is well with a file that arrived, and what is said of it. Why it could not be read stands in the list below.
fn arrived(state: Option<DocumentState>) -> (bool, &'static str) {
    match state {
        None => (true, t!("data.uploaded")),
        Some(DocumentState::Processing | DocumentState::Waiting) => (true, t!("data.uploaded_reading")),
        Some(DocumentState::Embedding | DocumentState::Ready) => (true, t!("data.uploaded_read")),
        Some(DocumentState::Failed | DocumentState::Skipped) => (false, t!("data.uploaded_failed")),
    }
}
