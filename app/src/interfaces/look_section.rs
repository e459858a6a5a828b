//! How the widget and the public chat look.

use hammock_contract::{ApiError, AssistantId};
use leptos::prelude::*;

use super::{
    colours::{LEAST_CONTRAST, contrast, is_colour, written},
    draft::Draft,
    fields::{ChoiceField, LineField, NumberField},
    lines::{LineEditor, LineWords},
    logo::LogoField,
    words,
};
use crate::{
    assistants::MAX_SUGGESTIONS,
    i18n, t,
    ui::{Badge, TextArea, TextField, Tone, on_field},
};

/// Colours, logo, place, texts.
#[component]
pub fn LookSection(
    /// The settings.
    draft: Draft,
    /// Why they were refused.
    error: Signal<Option<ApiError>>,
    /// The assistant.
    assistant: AssistantId,
    /// The path of its logo.
    logo: RwSignal<Option<String>>,
    /// Whether they cannot be changed.
    readonly: bool,
) -> impl IntoView {
    let suggestions = LineWords {
        legend: t!("assistants.suggestions"),
        label: t!("assistants.suggestion"),
        hint: t!("interfaces.suggestions_hint"),
        add: t!("assistants.add_suggestion"),
        remove: t!("assistants.remove_suggestion"),
    };
    view! {
        <Colours draft error readonly />
        <LogoField assistant logo readonly />
        <div class="form-row">
            <ChoiceField label=t!("interfaces.corner") name="corner" value=draft.corner options=words::corners error />
            <NumberField label=t!("interfaces.offset_x") name="offset_x" min="0" max="200" value=draft.offset_x error readonly />
            <NumberField label=t!("interfaces.offset_y") name="offset_y" min="0" max="200" value=draft.offset_y error readonly />
        </div>
        <LineField label=t!("interfaces.launcher_text") name="launcher_text" value=draft.launcher_text
            hint=t!("interfaces.launcher_text_hint") error readonly />
        <LineField label=t!("interfaces.chat_title") name="title" value=draft.title
            hint=t!("interfaces.chat_title_hint") error readonly />
        <TextArea label=t!("interfaces.welcome") name="welcome" value=draft.welcome hint=t!("interfaces.welcome_hint")
            error rows=2 />
        <LineEditor
            lines=draft.suggestions
            words=suggestions
            name="suggestions"
            most=MAX_SUGGESTIONS
            fault=no_fault
            error=on_field(error, "suggestions")
            readonly
        />
        <div class="form-row">
            <ChoiceField label=t!("interfaces.language") name="language" value=draft.language options=words::languages error />
            <ChoiceField label=t!("interfaces.scheme") name="scheme" value=draft.scheme options=words::schemes error />
        </div>
    }
}

/// Any text will do.
fn no_fault(_: &str) -> Option<&'static str> {
    None
}

/// The two colours, and whether one can be read on the other.
#[component]
fn Colours(draft: Draft, error: Signal<Option<ApiError>>, readonly: bool) -> impl IntoView {
    let (accent, on_accent) = (draft.accent, draft.on_accent);
    // On the server a page may be looked through once more while it is already being cleared away.
    let reached = Signal::derive(move || {
        let other = on_accent.try_get().unwrap_or_default();
        accent.try_with(|accent| contrast(accent, &other)).flatten()
    });
    let too_close = Signal::derive(move || {
        reached.try_get().flatten().filter(|reached| *reached < LEAST_CONTRAST).map(|reached| {
            t!("interfaces.contrast_refused", contrast = in_language(reached), least = in_language(LEAST_CONTRAST))
        })
    });
    let shown = move || {
        reached.try_get().flatten().map(|reached| {
            let (tone, icon, word) = if reached < LEAST_CONTRAST {
                (Tone::Bad, "alert-circle", t!("interfaces.contrast_low"))
            } else {
                (Tone::Good, "check", t!("interfaces.contrast_good"))
            };
            let text = t!("interfaces.contrast", contrast = in_language(reached));
            view! { <p class="small row wrap"><span>{text}</span><Badge tone icon>{word}</Badge></p> }
        })
    };
    view! {
        <div class="form-row">
            <Colour
                label=t!("interfaces.accent")
                picker=t!("interfaces.pick_accent")
                name="accent"
                value=accent
                rule=Signal::derive(|| None)
                error
                readonly
            />
            <Colour
                label=t!("interfaces.on_accent")
                picker=t!("interfaces.pick_on_accent")
                name="on_accent"
                value=on_accent
                rule=too_close
                error
                readonly
            />
        </div>
        {shown}
    }
}

/// A contrast as it is written in the language of the page.
fn in_language(contrast: f64) -> String {
    i18n::decimal(i18n::locale(), &written(contrast))
}

/// A colour, typed or picked.
#[component]
fn Colour(
    label: &'static str,
    picker: &'static str,
    name: &'static str,
    value: RwSignal<String>,
    rule: Signal<Option<String>>,
    error: Signal<Option<ApiError>>,
    readonly: bool,
) -> impl IntoView {
    let rule = Signal::derive(move || {
        let is_none = !value.try_with(|typed| is_colour(typed)).unwrap_or(true);
        is_none.then(|| t!("interfaces.colour_form").to_owned()).or_else(|| rule.try_get().flatten())
    });
    // The picker takes nothing but whole colours; while another is typed, it stays where it was.
    let picked = Memo::new(move |before: Option<&String>| {
        let typed = value.try_get().unwrap_or_default().trim().to_lowercase();
        if is_colour(&typed) { typed } else { before.cloned().unwrap_or_default() }
    });
    view! {
        <div class="colour-field">
            <TextField label name value rule error readonly />
            <input
                class="input"
                type="color"
                aria-label=picker
                value=picked.try_get_untracked().unwrap_or_default()
                prop:value=move || picked.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contrast_is_written_as_in_the_language() {
        assert_eq!(in_language(4.49), "4.4");
        let owner = Owner::new();
        owner.with(|| {
            provide_context(i18n::PageLocale(hammock_contract::locale::Locale::Fr));
            assert_eq!(in_language(LEAST_CONTRAST), "4,5");
        });
    }
}
