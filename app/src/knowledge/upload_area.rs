//! Where files are dropped or chosen, and how far each of them is.

use std::collections::VecDeque;

use hammock_contract::{
    ApiError, SourceId,
    source::{NewSource, SourceKind},
};
use leptos::{ev::DragEvent, html, prelude::*, task::spawn_local};

use super::{api::create_source, collection_page::takes_files, live::Live, upload};
use crate::{
    FnError, i18n, t,
    ui::{Button, Icon, IconButton, Progress},
};

/// How many files are sent at once.
const AT_ONCE: usize = 3;

/// One file on its way.
#[derive(Clone)]
struct Sending {
    number: usize,
    name: String,
    percent: RwSignal<u64>,
    outcome: RwSignal<Option<Result<(), ApiError>>>,
}

/// The files that wait, and all that were chosen.
#[derive(Clone, Copy)]
struct Uploads {
    live: Live,
    rows: RwSignal<Vec<Sending>>,
    /// Files live on the browser's one thread. The server renders on many and holds none of this.
    waiting: Option<StoredValue<VecDeque<(Sending, web_sys::File)>, LocalStorage>>,
    running: StoredValue<usize>,
    next: StoredValue<usize>,
}

impl Uploads {
    fn take(self, files: &web_sys::FileList) {
        for file in (0..files.length()).filter_map(|index| files.get(index)) {
            let number = self.next.get_value();
            self.next.set_value(number + 1);
            let (percent, outcome) = (RwSignal::new(0), RwSignal::new(None));
            let sending = Sending { number, name: file.name(), percent, outcome };
            self.rows.update(|rows| rows.push(sending.clone()));
            if let Some(waiting) = self.waiting {
                waiting.update_value(|waiting| waiting.push_back((sending, file)));
            }
        }
        let idle = AT_ONCE.saturating_sub(self.running.get_value());
        if idle == 0 {
            return;
        }
        spawn_local(async move {
            // Found, or made, once for all files.
            let source = self.source().await;
            for _ in 0..idle {
                let source = source.clone();
                let _ = self.running.try_update_value(|running| *running += 1);
                spawn_local(async move {
                    self.work(source).await;
                    let _ = self.running.try_update_value(|running| *running = running.saturating_sub(1));
                });
            }
        });
    }

    /// Sends files until none waits.
    async fn work(self, source: Result<SourceId, FnError>) {
        let next = || self.waiting?.try_update_value(VecDeque::pop_front).flatten();
        while let Some((sending, file)) = next() {
            let result = match &source {
                Ok(source) => {
                    let percent = sending.percent;
                    let heard = move |now| {
                        // The page may be gone; the file is sent all the same.
                        let _ = percent.try_set(now);
                    };
                    upload::send(source, &file, heard).await
                }
                Err(error) => Err(error.0.clone()),
            };
            let _ = sending.outcome.try_set(Some(result));
            self.live.refresh();
        }
    }

    /// The source that the list is filtered by, when it takes files; else the first that does; else a new one.
    async fn source(self) -> Result<SourceId, FnError> {
        let chosen = self.live.wanted.get_untracked().source;
        let known = self.live.sources.with_untracked(|all| {
            let mut files = all.iter().filter(|it| takes_files(&it.kind));
            files.clone().find(|it| Some(&it.id) == chosen.as_ref()).or_else(|| files.next()).map(|it| it.id.clone())
        });
        let collection = self.live.collection.with_untracked(|it| it.as_ref().map(|it| it.id.clone()));
        match (known, collection) {
            (Some(source), _) => Ok(source),
            (None, Some(collection)) => {
                let made = create_source(
                    collection,
                    NewSource { name: t!("data.kind_files").to_owned(), kind: SourceKind::Upload },
                );
                Ok(made.await?.id)
            }
            (None, None) => Err(FnError(ApiError::not_found())),
        }
    }

    /// Keeps only what is still on its way.
    fn tidy(self) {
        self.rows.update(|rows| rows.retain(|row| row.outcome.with_untracked(Option::is_none)));
    }

    fn said(self) -> String {
        self.rows.with(|rows| {
            let done = rows.iter().filter(|row| row.outcome.with(Option::is_some)).count();
            let failed = rows.iter().filter(|row| row.outcome.with(|it| matches!(it, Some(Err(_))))).count();
            if rows.is_empty() {
                String::new()
            } else {
                t!("data.uploaded_of", done = done, total = rows.len(), failed = failed)
            }
        })
    }
}

/// Takes files by drag and drop or by a button.
#[component]
pub fn UploadArea(
    /// The page.
    live: Live,
) -> impl IntoView {
    let uploads = Uploads {
        live,
        rows: RwSignal::new(Vec::new()),
        waiting: cfg!(feature = "hydrate").then(|| StoredValue::new_local(VecDeque::new())),
        running: StoredValue::new(0),
        next: StoredValue::new(0),
    };
    let input = NodeRef::<html::Input>::new();
    let over = RwSignal::new(false);
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
        <Show when=move || uploads.rows.with(|rows| !rows.is_empty())>
            <div class="uploads">
                <header>
                    <span class="small muted numeric" aria-hidden="true">{move || uploads.said()}</span>
                    <IconButton icon="x" label=t!("data.uploads_close") on_click=move |_| uploads.tidy() />
                </header>
                <ul>
                    <For each=move || uploads.rows.get() key=|row| row.number let:row>
                        <UploadRow row />
                    </For>
                </ul>
            </div>
        </Show>
    }
}

#[component]
fn UploadRow(row: Sending) -> impl IntoView {
    let (percent, name) = (row.percent, row.name.clone());
    let state = move || match row.outcome.get() {
        None => {
            let label = t!("data.uploading", name = name);
            let done = Signal::derive(move || percent.get());
            view! { <Progress label=label done=done total=Some(100_u64) /> }.into_any()
        }
        Some(Ok(())) => view! { <span class="small good"><Icon name="check" />{t!("data.uploaded")}</span> }.into_any(),
        Some(Err(error)) => {
            view! { <span class="small bad"><Icon name="alert-circle" />{i18n::error_text(&error)}</span> }.into_any()
        }
    };
    view! { <li><span class="truncate">{row.name}</span>{state}</li> }
}
