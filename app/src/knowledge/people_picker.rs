//! Chooses people of the organisation, by name.

use std::time::Duration;

use hammock_contract::{UserId, page::PageRequest, user::User};
use leptos::{ev::KeyboardEvent, html, leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::access_draft::AccessDraft;
use crate::{
    FnError, i18n, t,
    ui::{Button, Icon, IconButton, Load, Skeleton},
    users::api::list_users,
};

/// How long nothing must be typed before people are looked for.
const PAUSE: Duration = Duration::from_millis(250);
/// How many people are offered at once.
const OFFERED: u32 = 8;

async fn look_for(name: String) -> Result<Vec<User>, FnError> {
    let query = Some(name).filter(|name| !name.is_empty());
    Ok(list_users(PageRequest { limit: Some(OFFERED), page_token: None, query }).await?.items)
}

/// The people chosen, and a search for more.
#[component]
pub fn PeoplePicker(
    /// What is chosen.
    draft: AccessDraft,
    /// Why it was refused.
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <fieldset class="field people-picker">
            <legend>{t!("data.people")}</legend>
            {move || match (draft.failure.get(), draft.before.with(Option::is_some)) {
                // Who is chosen is not known, so it is not changed either.
                (Some(failure), _) => view! {
                    <p class="field-error" role="alert">{i18n::error_text(&failure.0)}</p>
                }
                .into_any(),
                (None, false) => view! { <Skeleton lines=2 /> }.into_any(),
                (None, true) => view! { <Chooser draft /> }.into_any(),
            }}
            {move || error.get().map(|text| view! { <p class="field-error" role="alert">{text}</p> })}
        </fieldset>
    }
}

#[component]
fn Chooser(draft: AccessDraft) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let asked = RwSignal::new(String::new());
    let found = Resource::new(move || asked.get(), look_for);
    let pending = StoredValue::<Option<TimeoutHandle>>::new(None);
    let forget = move || {
        if let Some(search) = pending.try_get_value().flatten() {
            search.clear();
        }
    };
    on_cleanup(forget);
    let search = move |event| {
        let typed = event_target_value(&event).trim().to_owned();
        forget();
        let later = set_timeout_with_handle(
            move || {
                // The dialog may be closed meanwhile.
                let _ = asked.try_set(typed.clone());
            },
            PAUSE,
        );
        pending.set_value(later.ok());
    };
    // The button that had the focus goes with what it did.
    let refocus = Callback::new(move |()| {
        if let Some(input) = input.get_untracked() {
            // Fails only for what is no longer on the page.
            let _ = input.focus();
        }
    });
    view! {
        <Chosen draft refocus />
        <div class="search-field">
            <Icon name="search" />
            <input
                class="input"
                type="search"
                node_ref=input
                placeholder=t!("users.search")
                aria-label=t!("data.people_search")
                autocomplete="off"
                on:input=search
                on:keydown=move |event: KeyboardEvent| {
                    // The form around it is not meant.
                    if event.key() == "Enter" {
                        event.prevent_default();
                    }
                }
            />
        </div>
        <Load resource=found lines=3 let:people>
            <Offered people draft refocus />
        </Load>
    }
}

#[component]
fn Chosen(draft: AccessDraft, refocus: Callback<()>) -> impl IntoView {
    view! {
        <Show
            when=move || !draft.people.with(Vec::is_empty)
            fallback=|| view! { <p class="small muted">{t!("data.people_none")}</p> }
        >
            <ul class="people-chosen" aria-label=t!("data.people_chosen")>
                <For each=move || draft.people.get() key=|(user, _)| user.clone() let:person>
                    {
                        let (user, name) = person;
                        let label = t!("data.people_remove", name = name);
                        view! {
                            <li>
                                <span>{name}</span>
                                <IconButton
                                    icon="x"
                                    label=label
                                    on_click=move |_| {
                                        draft.remove(&user);
                                        refocus.run(());
                                    }
                                />
                            </li>
                        }
                    }
                </For>
            </ul>
        </Show>
    }
}

#[component]
fn Offered(people: Vec<User>, draft: AccessDraft, refocus: Callback<()>) -> impl IntoView {
    let people: Vec<(UserId, String, String)> = people
        .into_iter()
        .map(|person| {
            let name = format!("{} {}", person.first_name, person.last_name);
            (person.id, name.trim().to_owned(), person.email)
        })
        .collect();
    let offered = move || {
        let others = people.iter().filter(|(user, ..)| !draft.has(user)).cloned();
        others.collect::<Vec<_>>()
    };
    view! {
        <div class="people-offered">
            {move || {
                let offered = offered();
                if offered.is_empty() {
                    return view! { <p class="small muted" role="status">{t!("data.people_nobody")}</p> }.into_any();
                }
                let rows = offered.into_iter().map(|(user, name, email)| {
                    let label = t!("data.people_add", name = name);
                    view! {
                        <li>
                            <span>{name.clone()} " " <small class="muted">{email}</small></span>
                            <Button
                                icon="plus"
                                on_click=move |_| {
                                    draft.add(&user, &name);
                                    refocus.run(());
                                }
                            >
                                <span aria-hidden="true">{t!("data.people_choose")}</span>
                                <span class="visually-hidden">{label}</span>
                            </Button>
                        </li>
                    }
                });
                view! { <ul>{rows.collect_view()}</ul> }.into_any()
            }}
        </div>
    }
}
