//! Chooses documents of the collection, by their title or where they are.

use std::time::Duration;

use hammock_contract::{
    document::{Document, DocumentQuery},
    evaluation::ExpectedDocument,
};
use leptos::{ev::MouseEvent, html, leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::board::Board;
use crate::{
    i18n,
    knowledge::api::list_documents,
    t,
    ui::{Badge, Icon, IconButton, Tone, refocus::refocus},
};

/// How long nothing must be typed before the documents are asked.
const PAUSE: Duration = Duration::from_millis(250);
/// How many documents are offered at once.
const OFFERED: u32 = 8;
/// The highest grade that is offered; an import may bring higher ones.
const HIGHEST: u32 = 5;

/// A document that is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The address of a page, or the name of a file.
    pub location: String,
    /// Its title.
    pub title: String,
    /// Whether it is in the collection now.
    pub is_there: bool,
    /// How well it answers.
    pub grade: u32,
}

impl Chosen {
    /// One that was expected before.
    pub fn of(expected: ExpectedDocument) -> Self {
        let ExpectedDocument { location, grade, document, title } = expected;
        Self { location, title, is_there: document.is_some(), grade }
    }

    fn new(document: Document) -> Self {
        let Document { location, title, .. } = document;
        let title = if title.is_empty() { location.clone() } else { title };
        Self { location, title, is_there: true, grade: 1 }
    }
}

/// The documents that are chosen, and a search for more.
#[component]
pub fn DocumentPicker(
    /// The page.
    board: Board,
    /// What is chosen.
    chosen: RwSignal<Vec<Chosen>>,
    /// What the server finds wrong with it.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let sought = RwSignal::new(String::new());
    let input = NodeRef::<html::Input>::new();
    let documents = Action::new(move |text: &String| {
        let query = DocumentQuery {
            collection: board.id(),
            query: Some(text.clone()).filter(|text| !text.trim().is_empty()),
            limit: Some(OFFERED),
            ..DocumentQuery::default()
        };
        list_documents(query)
    });
    Effect::new(move |_| {
        documents.dispatch(sought.get_untracked());
    });
    let offered = move || {
        let found = documents.value().get().and_then(Result::ok).map(|page| page.items).unwrap_or_default();
        let is_new = |it: &Document| chosen.with(|chosen| chosen.iter().all(|known| known.location != it.location));
        found.into_iter().filter(is_new).map(Chosen::new).collect::<Vec<_>>()
    };
    let add = Callback::new(move |document: Chosen| {
        chosen.update(|chosen| chosen.push(document));
        if let Some(input) = input.get_untracked() {
            // What had the focus is no longer offered. Fails only for what is no longer on the page.
            let _ = input.focus();
        }
    });
    let pending = StoredValue::<Option<TimeoutHandle>>::new(None);
    on_cleanup(move || {
        if let Some(search) = pending.try_get_value().flatten() {
            search.clear();
        }
    });
    let search = move |event| {
        sought.set(event_target_value(&event));
        if let Some(earlier) = pending.get_value() {
            earlier.clear();
        }
        let later = set_timeout_with_handle(
            move || {
                if let Some(text) = sought.try_get_untracked() {
                    documents.dispatch(text);
                }
            },
            PAUSE,
        );
        pending.set_value(later.ok());
    };
    view! {
        <fieldset class="field picker">
            <legend>{t!("evaluation.expected")}</legend>
            <ChosenList chosen />
            <input
                class="input"
                type="search"
                node_ref=input
                name="document"
                autocomplete="off"
                placeholder=t!("evaluation.find_document")
                aria-label=t!("evaluation.find_document")
                aria-describedby="picker-hint"
                prop:value=move || sought.get()
                on:input=search
                on:keydown=move |event| {
                    // Takes the first that is offered, instead of sending the form.
                    if event.key() == "Enter" {
                        event.prevent_default();
                        if let Some(first) = untrack(offered).into_iter().next() {
                            add.run(first);
                        }
                    }
                }
            />
            <p class="hint" id="picker-hint">{t!("evaluation.find_document_hint")}</p>
            <ul class="picker-offers" aria-label=t!("evaluation.documents_found")>
                <For each=offered key=|it| it.location.clone() let:document>
                    <Offer document on_add=add />
                </For>
            </ul>
            <p class="small muted" role="status">
                {move || {
                    let found = documents.value().get();
                    match found {
                        Some(Ok(page)) if page.items.is_empty() => t!("evaluation.no_document").to_owned(),
                        Some(Err(error)) => i18n::error_text(&error.0),
                        _ => String::new(),
                    }
                }}
            </p>
            <div role="alert">
                {move || error.try_get().flatten().map(|text| view! {
                    <p class="field-error"><Icon name="alert-circle" /><span>{text}</span></p>
                })}
            </div>
        </fieldset>
    }
}

#[component]
fn Offer(document: Chosen, on_add: Callback<Chosen>) -> impl IntoView {
    let Chosen { title, location, .. } = document.clone();
    let place = (title != location).then(|| view! { <span class="small faint truncate">{location}</span> });
    view! {
        <li>
            <button type="button" class="button ghost picker-offer" on:click=move |_| on_add.run(document.clone())>
                <Icon name="plus" />
                <span class="picker-name"><span>{title}</span>{place}</span>
            </button>
        </li>
    }
}

#[component]
fn ChosenList(chosen: RwSignal<Vec<Chosen>>) -> impl IntoView {
    view! {
        <ul class="picker-chosen">
            <For each=move || chosen.get() key=|it| it.location.clone() let:document>
                <ChosenRow chosen document />
            </For>
        </ul>
    }
}

#[component]
fn ChosenRow(chosen: RwSignal<Vec<Chosen>>, document: Chosen) -> impl IntoView {
    let Chosen { location, title, is_there, grade } = document;
    let location = StoredValue::new(location);
    let remove = move |event: MouseEvent| {
        refocus(&event, "fieldset", "input");
        chosen.update(|chosen| chosen.retain(|it| location.with_value(|location| it.location != *location)));
    };
    let set_grade = move |event| {
        let Ok(grade) = event_target_value(&event).parse::<u32>() else { return };
        chosen.update(|chosen| {
            let this = chosen.iter_mut().find(|it| location.with_value(|location| it.location == *location));
            if let Some(this) = this {
                this.grade = grade;
            }
        });
    };
    let grades = (1..=HIGHEST).chain(Some(grade).filter(|grade| *grade > HIGHEST));
    let grades = grades.map(|it| view! { <option value=it.to_string() selected=it == grade>{it.to_string()}</option> });
    let grades = grades.collect_view();
    let place = location.with_value(|location| (*location != title).then(|| location.clone()));
    view! {
        <li>
            <span class="picker-name">
                <span>{title.clone()}</span>
                {place.map(|place| view! { <span class="small faint truncate">{place}</span> })}
                {(!is_there).then(|| view! { <Badge tone=Tone::Warning icon="alert-circle">{t!("evaluation.gone")}</Badge> })}
            </span>
            <label class="picker-grade">
                <span class="small muted">{t!("evaluation.grade")}</span>
                <select class="select" on:change=set_grade>{grades}</select>
            </label>
            <IconButton icon="x" label=t!("evaluation.remove_document", name = title) on_click=remove />
        </li>
    }
}
