//! The fields of who sees what is in a collection: a choice, the people, and what a restriction means.

use hammock_contract::{
    ApiError, UserId,
    collection::{Collection, CollectionAccess},
};
use leptos::prelude::*;

use super::{access_draft::AccessDraft, people_picker::PeoplePicker};
use crate::{
    session::use_session,
    t,
    ui::{
        Badge, Icon,
        choice::{Choice, ChoiceCards},
        on_field,
    },
};

/// Who sees what is in a collection, as a form has it.
#[component]
pub fn AccessFields(
    /// What is chosen.
    draft: AccessDraft,
    /// The collection to change; none: a new one.
    collection: RwSignal<Option<Collection>>,
    /// Why it was refused.
    error: Signal<Option<ApiError>>,
) -> impl IntoView {
    let choice = |value, icon: &'static str, label: &str, hint: &str| Choice {
        value,
        icon: Some(icon.into()),
        label: label.to_owned(),
        hint: hint.to_owned(),
    };
    let mut choices = vec![
        choice("organisation", "users", t!("data.access_organisation"), t!("data.access_organisation_hint")),
        choice("chosen", "user-plus", t!("data.access_chosen"), t!("data.access_chosen_hint")),
    ];
    // Where it is not known who made it, nobody would see it.
    if collection.with_untracked(|it| it.as_ref().is_none_or(|it| it.created_by.is_some())) {
        choices.push(choice("private", "lock", t!("data.access_private"), t!("data.access_private_hint")));
    }
    let field_error = on_field(error, "access");
    view! {
        <ChoiceCards legend=t!("data.access") name="access" value=draft.access choices />
        {move || field_error.get().map(|text| view! { <p class="field-error" role="alert">{text}</p> })}
        <Show when=move || draft.access() == CollectionAccess::Chosen>
            <PeoplePicker draft error=on_field(error, "people") />
        </Show>
        <Meaning draft collection />
    }
}

/// What a restriction means: for administrators, for assistants, for whoever sets it.
#[component]
fn Meaning(draft: AccessDraft, collection: RwSignal<Option<Collection>>) -> impl IntoView {
    let own = use_session().me().user.id;
    let restricted = Memo::new(move |_| draft.access() != CollectionAccess::Organisation);
    let used_by = Memo::new(move |_| {
        collection.with(|it| it.as_ref().map(|it| it.used_by.join(", ")).filter(|names| !names.is_empty()))
    });
    let visitors_of = Memo::new(move |_| {
        collection.with(|it| it.as_ref().map(|it| it.visitors_of.join(", ")).filter(|names| !names.is_empty()))
    });
    let loses = Memo::new(move |_| {
        let chosen = draft.has(&own);
        collection.with(|it| it.as_ref().is_some_and(|it| loses_sight(draft.access(), it, &own, chosen)))
    });
    view! {
        // There from the start, so that what appears in it is read out.
        <div class="access-meaning" role="status">
            {move || restricted.get().then(|| view! {
                <p class="small muted">{t!("data.access_administrators")}</p>
                {used_by.get().map(|names| view! { <p class="access-warning"><Icon name="triangle-alert" /><span>{t!("data.access_used_by", names = names)}</span></p> })}
                {visitors_of.get().map(|names| view! { <p class="access-warning"><Icon name="triangle-alert" /><span>{t!("data.access_visitors", names = names)}</span></p> })}
                {loses.get().then(|| view! { <p class="access-warning"><Icon name="triangle-alert" /><span>{t!("data.access_not_you")}</span></p> })}
            })}
        </div>
    }
}

/// Whether who sets this will not see what is in the collection.
fn loses_sight(access: CollectionAccess, collection: &Collection, own: &UserId, chosen: bool) -> bool {
    let made_it = collection.created_by.as_ref() == Some(own);
    match access {
        CollectionAccess::Organisation => false,
        CollectionAccess::Chosen => !made_it && !chosen,
        CollectionAccess::Private => !made_it,
    }
}

/// A word about who sees it, where that is not everybody.
#[component]
pub fn AccessBadge(
    /// What is set.
    access: CollectionAccess,
) -> impl IntoView {
    match access {
        CollectionAccess::Organisation => ().into_any(),
        CollectionAccess::Chosen => view! { " " <Badge icon="user-plus">{t!("data.badge_chosen")}</Badge> }.into_any(),
        CollectionAccess::Private => view! { " " <Badge icon="lock">{t!("data.badge_private")}</Badge> }.into_any(),
    }
}
