//! How the widget will look, drawn with what is typed just now. Nothing in it acts.

use hammock_contract::{assistant::AssistantSettings, locale::Locale};
use leptos::{html, prelude::*};

use super::{
    colours::is_colour,
    draft::Draft,
    examples::{Example, example},
};
use crate::{
    i18n, t,
    ui::{Icon, IconButton},
};

/// The most that the launcher is away from an edge. CSS pixels.
const FARTHEST: u16 = 200;

/// The preview: the launcher, and the chat with a question and its answer.
#[component]
pub fn Preview(
    /// The settings.
    draft: Draft,
    /// The assistant, whose own texts stand where none are typed.
    assistant: AssistantSettings,
    /// The path of the logo.
    logo: RwSignal<Option<String>>,
) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    // A content policy without inline styles lets scripts set properties one by one, but reads no attribute.
    Effect::new(move |_| {
        let Some(place) = place.get() else { return };
        let style = web_sys::HtmlElement::style(&place);
        for (name, value) in [("--chat-accent", draft.accent), ("--chat-on-accent", draft.on_accent)] {
            let value = value.get();
            if is_colour(&value) {
                // Fails for no colour.
                let _ = style.set_property(name, value.trim());
            }
        }
        for (name, value) in [("--chat-x", draft.offset_x), ("--chat-y", draft.offset_y)] {
            if let Ok(pixels) = value.get().trim().parse::<u16>() {
                // Fails for no length.
                let _ = style.set_property(name, &format!("{}px", pixels.min(FARTHEST)));
            }
        }
    });
    // Where visitors' systems decide, both can be looked at.
    let dark = RwSignal::new(false);
    let is_fixed = move || draft.scheme.try_with(|scheme| scheme != "automatic").unwrap_or_default();
    let scheme = move || match draft.scheme.try_get().unwrap_or_default().as_str() {
        "light" => "light",
        "dark" => "dark",
        _ if dark.try_get().unwrap_or_default() => "dark",
        _ => "light",
    };
    let AssistantSettings { name, description, initial_message, suggestions, .. } = assistant;
    let title = move || or_else(draft.title, &name);
    let own = if initial_message.is_empty() { description } else { initial_message };
    let welcome = move || Some(or_else(draft.welcome, &own)).filter(|text| !text.is_empty());
    // Where the language is the page's, nobody knows it here: it may as well be that of this page.
    let here = i18n::locale();
    let language = move || draft.language.try_with(|tag| Locale::from_tag(tag)).flatten().unwrap_or(here);
    let says = move |part: fn(Example) -> &'static str| move || part(example(language()));
    let questions =
        move || Some(draft.suggestions.texts()).filter(|own| !own.is_empty()).unwrap_or_else(|| suggestions.clone());
    let launcher = move || or_else(draft.launcher_text, "");
    let has_policy = move || draft.privacy_url.try_with(|url| !url.trim().is_empty()).unwrap_or_default();
    view! {
        <section class="chat-preview" aria-label=t!("interfaces.preview")>
            <div class="row">
                <h2 class="spacer">{t!("interfaces.preview")}</h2>
                <IconButton
                    icon="moon"
                    label=t!("interfaces.preview_dark")
                    pressed=dark
                    disabled=Signal::derive(is_fixed)
                    on_click=move |_| dark.update(|dark| *dark = !*dark)
                />
            </div>
            <div
                class="chat-preview-page"
                node_ref=place
                data-scheme=scheme
                data-corner=move || draft.corner.try_get().unwrap_or_default()
            >
                <div class="chat-preview-panel" lang=move || language().tag()>
                    <p class="chat-preview-head">
                        {move || logo.try_get().flatten().map(|path| view! { <img class="logo" src=path alt="" /> })}
                        <b>{title}</b>
                    </p>
                    {move || welcome().map(|text| view! { <p>{text}</p> })}
                    <p class="chat-preview-question">{says(|example| example.question)}</p>
                    <p>{says(|example| example.answer)} " " <span class="chat-preview-number">"1"</span></p>
                    <ul class="chat-preview-chips">
                        {move || questions().into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}
                    </ul>
                    <p class="small muted" hidden=move || !has_policy()>{says(|example| example.privacy)}</p>
                </div>
                <p class="chat-preview-launcher"><Icon name="message-square" />{launcher}</p>
            </div>
            <p class="small faint">{t!("interfaces.preview_text")}</p>
        </section>
    }
}

/// What is typed, or another text where that is nothing.
fn or_else(typed: RwSignal<String>, other: &str) -> String {
    // On the server a page may be looked through once more while it is already being cleared away.
    let typed = typed.try_get().unwrap_or_default();
    let typed = typed.trim();
    if typed.is_empty() { other.to_owned() } else { typed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_assistants_own_words_stand_where_none_are_typed() {
        let owner = Owner::new();
        owner.set();
        let typed = RwSignal::new("  ".to_owned());
        assert_eq!(or_else(typed, "Help"), "Help");
        typed.set(" Shop ".to_owned());
        assert_eq!(or_else(typed, "Help"), "Shop");
    }
}
