//! The colour scheme and the language, in the person's menu. Their code is loaded when it is first opened.

use hammock_contract::locale::Locale;
use leptos::{prelude::*, task::spawn_local};

use super::{language_name, speak};
use crate::{
    account::api::set_locale,
    i18n,
    session::keep_choice,
    t,
    ui::{MenuItem, Toaster},
};

/// What is chosen for all pages.
#[component]
pub fn AccountChoices(
    /// Tells why the language could not be kept.
    argument: Toaster,
) -> impl IntoView {
    let toaster = argument;
    let theme = RwSignal::new(Theme::read());
    let choose_theme = move |choice: Theme| {
        choice.apply();
        theme.set(choice);
    };
    view! {
        <hr />
        <div class="menu-heading" role="presentation">{t!("theme.title")}</div>
        {Theme::ALL
            .map(|choice| {
                view! {
                    <MenuItem
                        icon=choice.icon()
                        checked=Signal::derive(move || theme.get() == choice)
                        on_click=move |()| choose_theme(choice)
                    >
                        {choice.label()}
                    </MenuItem>
                }
            })}
        <hr />
        <div class="menu-heading" role="presentation">{t!("locale.title")}</div>
        {Locale::ALL.map(|locale| view! { <LanguageItem locale toaster /> })}
    }
}

#[component]
fn LanguageItem(locale: Locale, toaster: Toaster) -> impl IntoView {
    let choose = move |()| {
        spawn_local(async move {
            match set_locale(Some(locale)).await {
                Ok(()) => speak(Some(locale)),
                Err(error) => toaster.refuse(&error.0),
            }
        });
    };
    view! {
        <MenuItem icon="languages" checked=Signal::derive(move || i18n::locale() == locale) on_click=choose>
            <span lang=locale.tag()>{language_name(locale)}</span>
        </MenuItem>
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    const fn icon(self) -> &'static str {
        match self {
            Self::System => "monitor",
            Self::Light => "sun",
            Self::Dark => "moon",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::System => t!("theme.system"),
            Self::Light => t!("theme.light"),
            Self::Dark => t!("theme.dark"),
        }
    }

    fn from_name(name: Option<&str>) -> Self {
        match name {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    #[cfg(feature = "ssr")]
    fn read() -> Self {
        Self::from_name(crate::request::cookie(crate::request::THEME_COOKIE).as_deref())
    }

    #[cfg(not(feature = "ssr"))]
    fn read() -> Self {
        let root = document().document_element();
        Self::from_name(root.and_then(|root| root.get_attribute("data-theme")).as_deref())
    }

    /// Shows it at once, and keeps it in the cookie that the server reads for the next page.
    fn apply(self) {
        let name = match self {
            Self::System => "",
            Self::Light => "light",
            Self::Dark => "dark",
        };
        if let Some(root) = document().document_element() {
            // Cannot fail: the root element takes any attribute.
            let _ = if name.is_empty() {
                root.remove_attribute("data-theme")
            } else {
                root.set_attribute("data-theme", name)
            };
        }
        keep_choice("hammock_theme", name);
    }
}
