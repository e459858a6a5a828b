//! A word about a state. The colour repeats the word, it never stands alone.

use std::borrow::Cow;

use leptos::prelude::*;

use super::Icon;

/// What a badge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing to do.
    #[default]
    Neutral,
    /// All is well.
    Good,
    /// Somebody should look.
    Warning,
    /// Something failed.
    Bad,
    /// Worth noticing.
    Accent,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Neutral => "badge",
            Self::Good => "badge ok",
            Self::Warning => "badge warn",
            Self::Bad => "badge bad",
            Self::Accent => "badge accent",
        }
    }
}

/// A badge.
#[component]
pub fn Badge(
    /// What it says.
    #[prop(optional)]
    tone: Tone,
    /// An icon before the word.
    #[prop(optional, into)]
    icon: Option<Cow<'static, str>>,
    /// The word.
    children: Children,
) -> impl IntoView {
    view! { <span class=tone.class()>{icon.map(|name| view! { <Icon name /> })}{children()}</span> }
}
