//! Who sees what is in a collection, and by which rule. Asked for when it is unfolded.

use hammock_contract::{
    CollectionId,
    collection::{AccessQuery, AccessReport, AccessRule, CollectionAccess, PersonAccess, VisitorAccess},
};
use leptos::prelude::*;

use super::api::explain_access;
use crate::{
    layout::role_name,
    t,
    ui::{Icon, Load, Moment},
};

/// "Who can see this, and why?" Administrators read about everybody whom the rules name, others about themselves.
#[component]
pub fn AccessFold(
    /// The collection.
    collection: CollectionId,
    /// How often it was changed on this page: with each change, it is asked again.
    changes: RwSignal<u32>,
) -> impl IntoView {
    let unfolded = RwSignal::new(false);
    let collection = StoredValue::new(collection);
    view! {
        <details class="access-fold" on:toggle=move |_| unfolded.set(true)>
            <summary>{t!("data.who_sees")}</summary>
            <Show when=move || unfolded.try_get().unwrap_or_default()>
                <WhoSees collection=collection.get_value() changes />
            </Show>
        </details>
    }
}

/// The people. Unfolded in the browser alone: the server asks for nothing here.
#[component]
fn WhoSees(collection: CollectionId, changes: RwSignal<u32>) -> impl IntoView {
    let asked = move || (collection.clone(), changes.get());
    let report = Resource::new(asked, |(id, _)| explain_access(id, AccessQuery::default()));
    view! { <Load resource=report lines=3 let:report>{explained(report)}</Load> }
}

/// The rule of a collection, and the people, each with the rule that counts for them; then the visitors.
pub fn explained(report: AccessReport) -> impl IntoView {
    let AccessReport { access, people, visitors, .. } = report;
    let rule = match access {
        CollectionAccess::Organisation => t!("data.rule_organisation"),
        CollectionAccess::Chosen => t!("data.rule_chosen"),
        CollectionAccess::Private => t!("data.rule_private"),
    };
    view! {
        <p class="small muted">{rule}</p>
        <ul class="access-people">
            {people.into_iter().map(|person| view! { <li>{person_view(person)}</li> }).collect_view()}
            {visitors.into_iter().map(|opened| view! { <li>{visitors_view(opened)}</li> }).collect_view()}
        </ul>
    }
}

fn person_view(person: PersonAccess) -> impl IntoView {
    let PersonAccess { name, role, visible, rule, chosen_by, chosen_at, .. } = person;
    let chosen_at = chosen_at.filter(|_| rule == AccessRule::Chosen);
    let icon = if visible { "eye" } else { "eye-off" };
    view! {
        <Icon name=icon />
        <span>
            <b>{name}</b>" "<small class="muted">{role_name(role)}</small>
            <span class="sub">
                {why(rule, chosen_by.as_deref())}
                {chosen_at.map(|at| view! { " · " <Moment at /> })}
            </span>
        </span>
    }
}

/// Visitors of an assistant, who get answers from it whatever is set.
fn visitors_view(opened: VisitorAccess) -> impl IntoView {
    view! {
        <Icon name="eye" />
        <span>
            <b>{t!("data.visitors_of", name = opened.name)}</b>
            <span class="sub">{t!("data.why_visitors")}</span>
        </span>
    }
}

/// The rule in words.
fn why(rule: AccessRule, chosen_by: Option<&str>) -> String {
    match (rule, chosen_by) {
        (AccessRule::MadeIt, _) => t!("data.why_made_it").to_owned(),
        (AccessRule::Chosen, Some(name)) => t!("data.why_chosen_by", name = name),
        (AccessRule::Chosen, None) => t!("data.why_chosen").to_owned(),
        (AccessRule::Organisation, _) => t!("data.why_organisation").to_owned(),
        (AccessRule::Administrator, _) => t!("data.why_administrator").to_owned(),
        (AccessRule::NotChosen, _) => t!("data.why_not_chosen").to_owned(),
    }
}
