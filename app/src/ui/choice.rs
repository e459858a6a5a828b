//! A choice among a few that need an explanation each: cards with a radio button.

use std::borrow::Cow;

use leptos::prelude::*;

use super::Icon;

/// One of the cards.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The value.
    pub value: &'static str,
    /// An icon.
    pub icon: Option<Cow<'static, str>>,
    /// The label.
    pub label: String,
    /// What it means.
    pub hint: String,
}

/// Cards of which one is chosen.
#[component]
pub fn ChoiceCards(
    /// What is chosen.
    #[prop(into)]
    legend: String,
    /// The name, unique on the page.
    name: &'static str,
    /// The value that is chosen.
    value: RwSignal<String>,
    /// The cards.
    choices: Vec<Choice>,
    /// Whether it cannot be changed.
    #[prop(optional)]
    disabled: bool,
) -> impl IntoView {
    let card = move |choice: Choice| {
        let this = choice.value;
        view! {
            <label class="choice-card">
                <input
                    type="radio"
                    name=name
                    value=this
                    disabled=disabled
                    checked=value.try_with_untracked(|value| value == this).unwrap_or_default()
                    prop:checked=move || value.with(|value| value == this)
                    on:change=move |_| value.set(this.to_owned())
                />
                {choice.icon.map(|icon| view! { <Icon name=icon /> })}
                <span><b>{choice.label}</b><span class="hint">{choice.hint}</span></span>
            </label>
        }
    };
    view! {
        <fieldset class="field">
            <legend>{legend}</legend>
            <div class="choice-cards">{choices.into_iter().map(card).collect_view()}</div>
        </fieldset>
    }
}
