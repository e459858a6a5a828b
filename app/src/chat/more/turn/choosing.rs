//! Another assistant answers the same question.

use hammock_contract::{AssistantId, chat::Message};
use leptos::prelude::*;

use super::replacing::replace;
use crate::{
    chat::{thread::Thread, welcome::choices},
    t,
    ui::{Dialog, Icon, Load},
};

/// The dialog that asks which one.
#[component]
pub fn ChooseAssistant(
    thread: Thread,
    /// The answer that is made again.
    message: RwSignal<Message>,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let on_chosen = Callback::new(move |assistant: AssistantId| {
        open.set(false);
        let id = message.with_untracked(|message| message.id.clone());
        replace(thread, id, String::new(), Some(assistant), Vec::new());
    });
    view! {
        <Dialog open title=t!("chat.regenerate_choose")>
            <Assistants on_chosen />
        </Dialog>
    }
}

/// Made anew each time the dialog opens, so the list is what there is now.
#[component]
fn Assistants(on_chosen: Callback<AssistantId>) -> impl IntoView {
    let found = choices();
    let wanted = RwSignal::new(String::new());
    view! {
        <Load resource=found lines=4 let:all>
            {
                let all = StoredValue::new(all);
                view! {
                    <div class="assistant-list">
                        <input type="search" aria-label=t!("chat.search_assistants") placeholder=t!("chat.search_assistants")
                            prop:value=move || wanted.get() on:input:target=move |event| wanted.set(event.target().value()) />
                        <ul>
                            {move || {
                                let wanted = wanted.get().to_lowercase();
                                let shown = all.with_value(|all| all.iter()
                                    .filter(|choice| choice.name.to_lowercase().contains(&wanted)).cloned().collect::<Vec<_>>());
                                if shown.is_empty() {
                                    return view! { <li class="none">{t!("chat.no_assistant")}</li> }.into_any();
                                }
                                shown.into_iter().map(|choice| {
                                    let id = choice.id;
                                    view! {
                                        <li>
                                            <button type="button" on:click=move |_| on_chosen.run(id.clone())>
                                                <Icon name=choice.icon />
                                                <span><b>{choice.name}</b><small>{choice.description}</small></span>
                                            </button>
                                        </li>
                                    }
                                }).collect_view().into_any()
                            }}
                        </ul>
                    </div>
                }
            }
        </Load>
    }
}
