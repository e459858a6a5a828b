//! The assistants to choose from, under the input and where another one is to answer.

use hammock_contract::{AssistantId, assistant::AssistantSummary};
use leptos::prelude::*;

use crate::{
    chat::welcome::CHOICE,
    t,
    ui::{ButtonKind, ButtonLink, Icon},
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
                    let pressed = {
                        let id = id.clone();
                        move || chosen.map(|chosen| (chosen.get().as_ref() == Some(&id)).to_string())
                    };
                    view! {
                        <li>
                            <button type="button" aria-pressed=pressed popovertarget=popover
                                popovertargetaction=popover.map(|_| "hide") on:click=move |_| on_chosen.run(id.clone())>
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
