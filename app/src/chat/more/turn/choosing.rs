//! Another assistant answers the same question.

use hammock_contract::{AssistantId, chat::Message};
use leptos::prelude::*;

use super::replacing::replace;
use crate::{
    chat::{more::assistant_list::AssistantRows, thread::Thread, welcome::choices},
    t,
    ui::{Dialog, Load},
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
    view! {
        <Load resource=found lines=4 let:all>
            <div class="assistant-list">
                <AssistantRows found=StoredValue::new(all) on_chosen />
            </div>
        </Load>
    }
}
