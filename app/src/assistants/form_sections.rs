//! The other sections of an assistant's settings: general, knowledge, conversation, access.

use hammock_contract::{
    ApiError, Page,
    assistant::ICONS,
    collection::{Collection, CollectionQuery},
    user::Role,
};
use leptos::{ev::MouseEvent, html, prelude::*};
use leptos_router::components::A;

use super::{
    draft::{Draft, MAX_SUGGESTIONS},
    hidden_collections::HiddenCollections,
};
use crate::{
    FnError, i18n,
    knowledge::{api::list_collections, shown_name},
    session::use_session,
    t,
    ui::{
        Button, Checkbox, Icon, IconButton, Load, TextArea, TextField,
        choice::{Choice, ChoiceCards},
        on_field,
        refocus::to_adding,
    },
};

/// The most collections that are offered.
const OFFERED: u32 = 200;

/// Name, description, icon.
#[component]
pub fn GeneralSection(
    /// The settings.
    draft: Draft,
    /// Why they were refused.
    error: Signal<Option<ApiError>>,
    /// Whether they cannot be changed.
    readonly: bool,
) -> impl IntoView {
    view! {
        <TextField label=t!("assistants.name") name="name" value=draft.name error readonly />
        <TextArea label=t!("assistants.description") name="description" value=draft.description
            hint=t!("assistants.description_hint") error rows=2 />
        <fieldset class="field">
            <legend>{t!("assistants.icon")}</legend>
            <div class="icon-choices">
                {ICONS
                    .into_iter()
                    .map(|icon| {
                        view! {
                            <label class="icon-choice" title=icon_name(icon)>
                                <input
                                    type="radio"
                                    name="icon"
                                    value=icon
                                    aria-label=icon_name(icon)
                                    disabled=readonly
                                    checked=draft.icon.try_with_untracked(|chosen| chosen == icon).unwrap_or_default()
                                    prop:checked=move || draft.icon.with(|chosen| chosen == icon)
                                    on:change=move |_| draft.icon.set(icon.to_owned())
                                />
                                <Icon name=icon />
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
        </fieldset>
    }
}

fn icon_name(icon: &str) -> &'static str {
    match icon {
        "bot" => t!("icon.bot"),
        "book" => t!("icon.book"),
        "life-buoy" => t!("icon.life_buoy"),
        "briefcase" => t!("icon.briefcase"),
        "code" => t!("icon.code"),
        "graduation-cap" => t!("icon.graduation_cap"),
        "heart" => t!("icon.heart"),
        "megaphone" => t!("icon.megaphone"),
        "scale" => t!("icon.scale"),
        "shopping-bag" => t!("icon.shopping_bag"),
        "wrench" => t!("icon.wrench"),
        _ => t!("icon.sparkles"),
    }
}

/// The collections that are offered.
pub type Offered = Resource<Result<Page<Collection>, FnError>>;

/// Asks for the collections that are offered.
pub fn offered() -> Offered {
    let wanted = || CollectionQuery { limit: Some(OFFERED), ..CollectionQuery::default() };
    Resource::new(|| (), move |()| list_collections(wanted()))
}

/// What it may answer from.
#[component]
pub fn KnowledgeSection(
    /// The settings.
    draft: Draft,
    /// The collections to choose from.
    collections: Offered,
    /// How many more collections it has that the person cannot see.
    hidden: RwSignal<u32>,
    /// Whether the settings cannot be changed.
    readonly: bool,
    /// Called when those that the person cannot see are to be removed.
    on_remove_hidden: Callback<()>,
) -> impl IntoView {
    view! {
        <Load resource=collections lines=3 let:page>
            {if page.items.is_empty() {
                view! {
                    <p class="muted">{t!("assistants.no_collections")} " " <A href="/data">{t!("nav.data")}</A></p>
                }
                    .into_any()
            } else {
                page.items
                    .into_iter()
                    .map(|collection| {
                        let name = shown_name(&collection);
                        let (id, this) = (collection.id.clone(), collection.id);
                        let documents = i18n::count("data.n_documents", collection.documents);
                        view! {
                            <div class="collection-choice">
                                <Checkbox
                                    label=name
                                    checked=Signal::derive(move || draft.collections.try_with(|all| all.contains(&id)).unwrap_or_default())
                                    on_change=Callback::new(move |on: bool| {
                                        draft.collections.update(|all| {
                                            if on {
                                                all.insert(this.clone());
                                            } else {
                                                all.remove(&this);
                                            }
                                        });
                                    })
                                />
                                <span class="small faint">{documents}</span>
                            </div>
                        }
                    })
                    .collect_view()
                    .into_any()
            }}
        </Load>
        <HiddenCollections number=hidden readonly on_remove=on_remove_hidden />
    }
}

/// Its first words, questions to offer, its instruction.
#[component]
pub fn ConversationSection(
    /// The settings.
    draft: Draft,
    /// Why they were refused.
    error: Signal<Option<ApiError>>,
    /// Whether they cannot be changed.
    readonly: bool,
) -> impl IntoView {
    // A field that was just added is typed into next.
    let added = StoredValue::new(None::<usize>);
    let wrong = on_field(error, "suggestions");
    let takes_more =
        move || !readonly && draft.suggestions.try_with(|all| all.len() < MAX_SUGGESTIONS).unwrap_or_default();
    view! {
        <TextArea label=t!("assistants.initial_message") name="initial_message" value=draft.initial_message
            hint=t!("assistants.initial_message_hint") error rows=2 />
        <fieldset class="field">
            <legend>{t!("assistants.suggestions")}</legend>
            <ul class="suggestions-edit">
                <For each=move || draft.suggestions.try_get().unwrap_or_default() key=|(number, _)| *number let:item>
                    {
                        let (number, text) = item;
                        let text = RwSignal::from(text);
                        let input = NodeRef::<html::Input>::new();
                        Effect::new(move |_| {
                            if let (Some(input), true) = (input.get(), added.get_value() == Some(number)) {
                                // Fails only for what is no longer on the page.
                                let _ = input.focus();
                            }
                        });
                        view! {
                            <li>
                                <input
                                    class="input"
                                    node_ref=input
                                    aria-label=t!("assistants.suggestion")
                                    readonly=readonly
                                    prop:value=move || text.get()
                                    on:input=move |event| text.set(event_target_value(&event))
                                />
                                {(!readonly).then(|| view! {
                                    <IconButton
                                        icon="x"
                                        label=t!("assistants.remove_suggestion")
                                        on_click=move |event: MouseEvent| {
                                            to_adding(&event);
                                            draft.remove_suggestion(number);
                                        }
                                    />
                                })}
                            </li>
                        }
                    }
                </For>
            </ul>
            {move || wrong.try_get().flatten().map(|text| view! { <p class="field-error" role="alert">{text}</p> })}
            <Show when=takes_more>
                <div>
                    <Button icon="plus" on_click=move |_| added.set_value(Some(draft.add_suggestion(String::new())))>
                        {t!("assistants.add_suggestion")}
                    </Button>
                </div>
            </Show>
        </fieldset>
        <TextArea label=t!("assistants.system_message") name="system_message" value=draft.system_message
            hint=t!("assistants.system_message_hint") error rows=6 />
    }
}

/// Who may use it.
#[component]
pub fn AccessSection(
    /// The settings.
    draft: Draft,
    /// Whether its public chat and its widget are open to visitors.
    opened: RwSignal<(bool, bool)>,
    /// Whether they cannot be changed.
    readonly: bool,
) -> impl IntoView {
    let session = use_session();
    let mut choices = vec![Choice {
        value: "private",
        icon: Some("lock".into()),
        label: t!("assistants.private").to_owned(),
        hint: t!("assistants.private_hint").to_owned(),
    }];
    // The others may not give it to everybody; the server says so too.
    if session.is_at_least(Role::Administrator) || draft.is_for_everybody() {
        choices.insert(
            0,
            Choice {
                value: "organisation",
                icon: Some("users".into()),
                label: t!("assistants.organisation").to_owned(),
                hint: t!("assistants.organisation_hint").to_owned(),
            },
        );
    }
    // What closes with it is told before it is saved.
    let closes = move || {
        draft.access.try_with(|access| access == "private").filter(|is_private| *is_private)?;
        match opened.try_get()? {
            (true, true) => Some(t!("assistants.private_closes_both")),
            (true, false) => Some(t!("assistants.private_closes_chat")),
            (false, true) => Some(t!("assistants.private_closes_widget")),
            (false, false) => None,
        }
    };
    view! {
        <ChoiceCards legend=t!("assistants.access") name="access" value=draft.access choices disabled=readonly />
        <div role="status">
            {move || closes().map(|text| view! {
                <p class="access-warning"><Icon name="triangle-alert" /><span>{text}</span></p>
            })}
        </div>
    }
}
