//! The person's menu: their account, colour scheme and language (see `account_choices.rs`), sign-out.

use hammock_contract::{locale::Locale, user::Me};
use leptos::prelude::*;

use super::role_name;
use crate::{
    chat::note_leaving,
    parts::{ACCOUNT_CHOICES, Piece},
    session::{keep_choice, use_session},
    t,
    ui::{
        Avatar, Icon, MenuLink,
        menu::{MenuPopover, is_opened},
        use_toaster,
    },
};

const MENU: &str = "account-menu";

/// The card of the person at the foot of the panel, and the menu behind it.
#[component]
pub fn AccountMenu() -> impl IntoView {
    let session = use_session();
    let is_open = is_opened(MENU);
    view! {
        <div class="me">
            <button type="button" class="me-button" popovertarget=MENU aria-haspopup="menu"
                on:click=move |_| is_open.set(true)>
                {move || {
                    let user = session.me().user;
                    view! { <Avatar first_name=user.first_name last_name=user.last_name /> }
                }}
                <span class="who">
                    <b class="truncate">
                        {move || name_of(&session.me())}
                    </b>
                    // The role makes room for a long name of the organisation: it goes to a line of its own.
                    <span class="belongs faint tiny" title=move || session.me().organisation_name>
                        <span class="truncate">{move || belonging(&session.me())}</span>
                        <span>{move || role_name(session.me().user.role)}</span>
                    </span>
                </span>
                <Icon name="ellipsis" />
            </button>
            <MenuPopover id=MENU label=t!("frame.account_menu") class="upwards">
                <MenuLink href="/account" icon="user">{t!("nav.account")}</MenuLink>
                <Piece piece=ACCOUNT_CHOICES argument=use_toaster() wanted=is_open />
                <hr />
                <SignOut />
            </MenuPopover>
        </div>
    }
}

fn name_of(me: &Me) -> String {
    format!("{} {}", me.user.first_name, me.user.last_name)
}

/// The name of the organisation before the role. Whoever registers alone has one of their own name: that is said already.
fn belonging(me: &Me) -> String {
    if me.organisation_name == name_of(me) { String::new() } else { format!("{} · ", me.organisation_name) }
}

/// A form, so that it also works before the page is live. What was typed and not sent is not left to whoever comes next; it stays
/// where the server refuses to sign out.
#[component]
fn SignOut() -> impl IntoView {
    // Whoever is here did not leave.
    Effect::new(|_| note_leaving(false));
    view! {
        <form method="post" action="/sign-out" role="presentation" on:submit=move |_| note_leaving(true)>
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
