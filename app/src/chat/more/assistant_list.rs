//! The assistants to choose from, under the input and where another one is to answer.

use hammock_contract::{AssistantId, assistant::AssistantSummary};
use js_sys::JsString;
use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    chat::{composer::is_composed, welcome::CHOICE},
    t,
    ui::{ButtonKind, ButtonLink, Icon, touch::is_touched},
};

/// What [`AssistantList`] is given.
#[derive(Clone, Copy)]
pub struct AssistantListArgument {
    /// The one that answers next.
    pub chosen: RwSignal<Option<AssistantId>>,
    /// All that there are.
    pub found: StoredValue<Vec<AssistantSummary>>,
}

/// The list under the input, with the way to a new assistant.
#[component]
pub fn AssistantList(argument: AssistantListArgument) -> impl IntoView {
    let AssistantListArgument { chosen, found } = argument;
    let on_chosen = Callback::new(move |assistant: AssistantId| chosen.set(Some(assistant)));
    view! {
        <AssistantRows found on_chosen chosen popover=CHOICE />
        <div class="form-actions">
            <ButtonLink href="/assistants/new" kind=ButtonKind::Ghost icon="plus">{t!("assistants.new")}</ButtonLink>
        </div>
    }
}

/// The list, and what narrows it.
#[component]
pub fn AssistantRows(
    /// All that there are.
    found: StoredValue<Vec<AssistantSummary>>,
    /// Takes the one that is pressed.
    on_chosen: Callback<AssistantId>,
    /// The one that is chosen, where that is shown.
    #[prop(optional, into)]
    chosen: Option<Signal<Option<AssistantId>>>,
    /// The popover that closes with the choice.
    #[prop(optional)]
    popover: Option<&'static str>,
) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let input = NodeRef::<html::Input>::new();
    let list = NodeRef::<html::Ul>::new();
    let takes_focus = !is_touched();
    Effect::new(move |_| {
        if let Some(input) = input.get().filter(|_| takes_focus) {
            // Fails only for what is no longer on the page.
            let _ = input.focus();
        }
    });
    let choose = move |id: AssistantId| {
        on_chosen.run(id);
        // When the popover is closed: the button that closes it must not go away before.
        request_animation_frame(move || drop(wanted.try_set(String::new())));
    };
    let on_key = move |event: KeyboardEvent| {
        if is_composed(&event) {
            return;
        }
        let rows = list.get_untracked().map(|list| buttons_in(&list)).unwrap_or_default();
        let active = document().active_element();
        let at = active.and_then(|active| rows.iter().position(|row| row.is_same_node(Some(active.as_ref()))));
        let moved_to = match (event.key().as_str(), at) {
            // The input is in the form of the question, which is not to be sent by this.
            ("Enter", None) => {
                event.prevent_default();
                if let Some(first) = rows.first().filter(|_| wanted.with_untracked(|wanted| !wanted.trim().is_empty()))
                {
                    first.click();
                }
                return;
            }
            ("ArrowDown", at) => rows.get(at.map_or(0, |at| at + 1)).cloned(),
            ("ArrowUp", Some(0)) => input.get_untracked().map(HtmlElement::from),
            ("ArrowUp", Some(at)) => rows.get(at - 1).cloned(),
            _ => return,
        };
        event.prevent_default();
        if let Some(target) = moved_to {
            // Fails only for what is no longer on the page.
            let _ = target.focus();
        }
    };
    view! {
        <input type="search" node_ref=input autofocus=takes_focus aria-label=t!("chat.search_assistants")
            placeholder=t!("chat.search_assistants") prop:value=move || wanted.get() on:keydown=on_key
            on:input:target=move |event| wanted.set(event.target().value()) />
        <ul node_ref=list on:keydown=on_key>
            {move || {
                let wanted = folded(&wanted.get());
                let shown = found.with_value(|found| matching(found, &wanted));
                if shown.is_empty() {
                    return view! { <li class="none">{t!("chat.no_assistant")}</li> }.into_any();
                }
                shown.into_iter().map(|choice| {
                    let id = choice.id.clone();
                    let pressed = {
                        let id = id.clone();
                        move || chosen.map(|chosen| (chosen.get().as_ref() == Some(&id)).to_string())
                    };
                    view! {
                        <li>
                            <button type="button" aria-pressed=pressed popovertarget=popover
                                popovertargetaction=popover.map(|_| "hide") on:click=move |_| choose(id.clone())>
                                <Icon name=choice.icon />
                                <span><b>{choice.name}</b><small>{choice.description}</small></span>
                            </button>
                        </li>
                    }
                }).collect_view().into_any()
            }}
        </ul>
    }
}

/// Those that have every word of what is wanted in their name or their description; those first whose name has all of them.
fn matching(found: &[AssistantSummary], wanted: &str) -> Vec<AssistantSummary> {
    let mut shown = Vec::new();
    let mut described = Vec::new();
    for choice in found {
        let name = folded(&choice.name);
        if wanted.split_whitespace().all(|word| name.contains(word)) {
            shown.push(choice.clone());
            continue;
        }
        let all = format!("{name} {}", folded(&choice.description));
        if wanted.split_whitespace().all(|word| all.contains(word)) {
            described.push(choice.clone());
        }
    }
    shown.append(&mut described);
    shown
}

/// A text as it is searched in: without capitals and accents. By the browser, which knows all letters.
fn folded(text: &str) -> String {
    let apart = String::from(JsString::from(text.to_lowercase()).normalize("NFD"));
    apart.chars().filter(|letter| !('\u{300}'..='\u{36f}').contains(letter)).collect()
}

fn buttons_in(list: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(found) = list.query_selector_all("button") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}
