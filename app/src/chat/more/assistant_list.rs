//! The assistants to choose from, under the input.

use hammock_contract::{AssistantId, assistant::AssistantSummary};
use leptos::prelude::*;

use crate::{chat::welcome::CHOICE, t, ui::Icon};

/// What [`AssistantList`] is given.
#[derive(Clone, Copy)]
pub struct AssistantListArgument {
    /// The one that answers next.
    pub chosen: RwSignal<Option<AssistantId>>,
    /// All that there are.
    pub found: StoredValue<Vec<AssistantSummary>>,
}

/// The list, and what narrows it.
#[component]
pub fn AssistantList(argument: AssistantListArgument) -> impl IntoView {
    let AssistantListArgument { chosen, found } = argument;
    let wanted = RwSignal::new(String::new());
    view! {
        <input type="search" aria-label=t!("chat.search_assistants") placeholder=t!("chat.search_assistants")
            prop:value=move || wanted.get() on:input:target=move |event| wanted.set(event.target().value()) />
        <ul>
            {move || {
                let wanted = wanted.get().to_lowercase();
                let shown = found.with_value(|found| found.iter()
                    .filter(|choice| choice.name.to_lowercase().contains(&wanted)).cloned().collect::<Vec<_>>());
                if shown.is_empty() {
                    return view! { <li class="none">{t!("chat.no_assistant")}</li> }.into_any();
                }
                shown.into_iter().map(|choice| {
                    let id = choice.id.clone();
                    let is_chosen = { let id = id.clone(); move || chosen.get().as_ref() == Some(&id) };
                    view! {
                        <li>
                            <button type="button" aria-pressed=move || is_chosen().to_string() popovertarget=CHOICE popovertargetaction="hide"
                                on:click=move |_| chosen.set(Some(id.clone()))>
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
