//! An empty conversation: who answers, what to ask, and the choice of the assistant.

use hammock_contract::{
    AssistantId,
    assistant::AssistantSummary,
    page::{MAX_LIMIT, PageRequest},
};
use leptos::prelude::*;

use super::{
    api::{chosen_assistant, list_choices},
    more::assistant_list::AssistantListArgument,
    thread::Thread,
};
use crate::{
    FnError, i18n,
    parts::{ASSISTANT_LIST, Piece},
    t,
    ui::{Button, ButtonKind, ButtonLink, Icon, Load, menu::is_opened},
};

/// The assistants that can be chosen.
pub fn choices() -> Resource<Result<Vec<AssistantSummary>, FnError>> {
    Resource::new(|| (), |()| all_choices())
}

/// The same, asked for now. The server gives only so many at once.
///
/// # Errors
/// When nobody is signed in.
pub async fn all_choices() -> Result<Vec<AssistantSummary>, FnError> {
    let mut found = Vec::new();
    let mut page_token = None;
    loop {
        let asked = PageRequest { limit: Some(MAX_LIMIT), page_token, ..PageRequest::default() };
        let page = list_choices(asked).await?;
        found.extend(page.items);
        page_token = page.next_page_token;
        if page_token.is_none() {
            return Ok(found);
        }
    }
}

/// The assistant that answers when none was chosen: the one that came first.
pub fn default_choice(choices: &[AssistantSummary]) -> Option<AssistantId> {
    choices.iter().min_by(|a, b| a.id.cmp(&b.id)).map(|assistant| assistant.id.clone())
}

/// What stands in an empty conversation.
#[component]
pub fn Welcome(
    thread: Thread,
    /// Sends a suggestion.
    #[prop(into)]
    on_suggestion: Callback<String>,
) -> impl IntoView {
    let assistant = Resource::new(
        move || thread.assistant.get(),
        |id| async move {
            match id {
                Some(id) => chosen_assistant(id).await.map(Some),
                None => Ok(None),
            }
        },
    );
    view! {
        <div class="welcome">
            <Load resource=assistant lines=3 let:assistant>
                {assistant.map(|greeting| {
                    let topics = greeting.topics.into_iter().map(|topic| t!("chat.ask_sources", topic = topic));
                    view! {
                        <span class="welcome-icon"><Icon name=greeting.icon /></span>
                        <h1>{t!("chat.help")}</h1>
                        <p class="welcome-name">{greeting.name}</p>
                        <p class="welcome-text">{greeting.text}</p>
                        <ul class="suggestions" aria-label=t!("chat.suggestions")>
                            {greeting.suggestions.into_iter().chain(topics).map(|text| {
                                let question = text.clone();
                                view! {
                                    <li><button type="button" class="suggestion" on:click=move |_| on_suggestion.run(question.clone())>
                                        {text}
                                    </button></li>
                                }
                            }).collect_view()}
                        </ul>
                    }
                })}
            </Load>
        </div>
    }
}

/// The id of the list of assistants, which its entries name to close it.
pub const CHOICE: &str = "choose-assistant";

/// The choice of the assistant under the input.
#[component]
pub fn AssistantChoice(thread: Thread, choices: Resource<Result<Vec<AssistantSummary>, FnError>>) -> impl IntoView {
    let is_open = is_opened(CHOICE);
    let name = move |found: &[AssistantSummary]| {
        let id = thread.assistant.get();
        let chosen = found.iter().find(|choice| Some(&choice.id) == id.as_ref());
        match chosen {
            Some(choice) => choice.name.clone(),
            // The one of an earlier conversation may have been deleted.
            None if id.is_some() => t!("chat.choose_assistant").to_owned(),
            None => String::new(),
        }
    };
    let again = move |_| {
        // The button goes away with what comes: the focus would be lost with it.
        thread.files.called.update(|times| *times += 1);
        choices.refetch();
    };
    view! {
        // What is shown stays while it is tried again.
        <Transition>
            {move || Suspend::new(async move {
                let found = match choices.await {
                    Ok(found) => StoredValue::new(found),
                    Err(error) => {
                        return view! {
                            <p class="refused" role="alert">
                                <Icon name="circle-x" /><span>{t!("chat.choices_failed")} " " {i18n::error_text(&error.0)}</span>
                            </p>
                            <Button kind=ButtonKind::Ghost icon="rotate-ccw" on_click=again>{t!("state.retry")}</Button>
                        }
                        .into_any();
                    }
                };
                let argument = AssistantListArgument { chosen: thread.assistant, found };
                view! {
                    <button type="button" class="button ghost" popovertarget=CHOICE aria-haspopup="dialog"
                        on:click=move |_| is_open.set(true)
                        aria-label=move || format!("{}: {}", t!("chat.choose_assistant"), found.with_value(|found| name(found)))>
                        <Icon name="bot" /><span>{move || found.with_value(|found| name(found))}</span><Icon name="chevron-down" />
                    </button>
                    <div id=CHOICE popover="auto" class="assistant-choice" role="dialog" aria-label=t!("chat.choose_assistant")>
                        <Piece piece=ASSISTANT_LIST argument wanted=is_open />
                    </div>
                }.into_any()
            })}
        </Transition>
    }
}

/// Says that the assistant of the conversation was deleted, until another one is chosen.
#[component]
pub fn AssistantGone(thread: Thread) -> impl IntoView {
    view! {
        <Show when=move || thread.asks_nobody()>
            <div class="gone">
                <p role="status"><Icon name="bot" /><span>{t!("chat.gone_text")}</span></p>
                <ButtonLink href="/chat" kind=ButtonKind::Secondary icon="plus">{t!("chat.new")}</ButtonLink>
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{
        ConversationId, Timestamp,
        chat::{Conversation, ConversationSummary},
    };

    use super::*;

    #[test]
    fn a_deleted_assistant_is_asked_for_nothing_new() {
        Owner::new().with(|| {
            let thread = Thread::new();
            let with = |assistant_name: &str| {
                let summary = ConversationSummary {
                    id: ConversationId::fixed("some"),
                    title: String::new(),
                    assistant: AssistantId::fixed("first"),
                    assistant_name: assistant_name.to_owned(),
                    updated_at: Timestamp::default(),
                    category: None,
                    found: None,
                };
                Conversation { summary, messages: Vec::new(), earlier: 0 }
            };
            let asks_nobody = || untrack(|| thread.asks_nobody());
            thread.show(with("First"));
            assert!(!asks_nobody());
            thread.show(with(""));
            assert!(asks_nobody());
            thread.clear();
            assert_eq!(thread.assistant.get_untracked(), None, "a new chat takes the usual one");
            thread.show(with(""));
            let other = Some(AssistantId::fixed("other"));
            thread.assistant.set(other.clone());
            assert!(!asks_nobody());
            thread.clear();
            assert_eq!(thread.assistant.get_untracked(), other);
        });
    }
}
