//! The person's menu: colour scheme, language, sign-out.

use hammock_contract::locale::Locale;
use leptos::{prelude::*, task::spawn_local};

use super::role_name;
use crate::{
    account::api::set_locale,
    i18n,
    session::{keep_choice, use_session},
    t,
    ui::{Avatar, Icon, MenuItem, MenuLink, menu::MenuPopover, use_toaster},
};

const MENU: &str = "account-menu";

/// The card of the person at the foot of the panel, and the menu behind it.
#[component]
pub fn AccountMenu() -> impl IntoView {
    let session = use_session();
    let theme = RwSignal::new(Theme::read());
    let choose_theme = move |choice: Theme| {
        choice.apply();
        theme.set(choice);
    };
    view! {
        <div class="me">
            <button type="button" class="me-button" popovertarget=MENU aria-haspopup="menu">
                {move || {
                    let user = session.me().user;
                    view! { <Avatar first_name=user.first_name last_name=user.last_name /> }
                }}
                <span class="who">
                    <b class="truncate">
                        {move || {
                            let user = session.me().user;
                            format!("{} {}", user.first_name, user.last_name)
                        }}
                    </b>
                    // A long name of the organisation is cut before the role is.
                    <span class="belongs faint tiny" title=move || session.me().organisation_name>
                        <span class="truncate">{move || session.me().organisation_name}</span>
                        <span>{move || format!(" · {}", role_name(session.me().user.role))}</span>
                    </span>
                </span>
                <Icon name="ellipsis" />
            </button>
            <MenuPopover id=MENU label=t!("frame.account_menu") class="upwards">
                <MenuLink href="/account" icon="user">{t!("nav.account")}</MenuLink>
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
                {Locale::ALL.map(|locale| view! { <LanguageItem locale /> })}
                <hr />
                <SignOut />
            </MenuPopover>
        </div>
    }
}

#[component]
fn LanguageItem(locale: Locale) -> impl IntoView {
    let toaster = use_toaster();
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

/// A form, so that it also works before the page is live.
#[component]
fn SignOut() -> impl IntoView {
    view! {
        <form method="post" action="/sign-out" role="presentation">
            <button type="submit" role="menuitem" class="menu-item">
                <Icon name="log-out" />
                {t!("auth.sign_out")}
            </button>
        </form>
    }
}

/// The name of a language in that language.
pub const fn language_name(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "English",
        Locale::Fr => "Français",
        Locale::Cs => "Čeština",
    }
}

/// Loads the page anew in another language: a page has one language from its first byte to its last. Mails and answers
/// follow the cookie too, since they are written without looking the account up.
pub fn speak(locale: Option<Locale>) {
    keep_choice("hammock_locale", locale.map_or("", Locale::tag));
    // Fails only in a document that is being unloaded.
    let _ = window().location().reload();
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
