//! The left panel's links: the sections that work.

use hammock_contract::user::Role;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{session::use_session, t, ui::Icon};

/// The navigation.
#[component]
pub fn Navigation() -> impl IntoView {
    let session = use_session();
    view! {
        <nav aria-label=t!("frame.navigation")>
            <NavLink href="/chat" icon="message-square" label=t!("nav.chat") />
            <NavLink href="/assistants" icon="bot" label=t!("nav.assistants") />
            <NavLink href="/data" icon="database" label=t!("nav.data") />
            <Show when=move || session.is_at_least(Role::Administrator)>
                <NavLink href="/connections" icon="plug" label=t!("nav.connections") />
                <NavLink href="/feedback" icon="thumbs-up" label=t!("nav.feedback") />
            </Show>
            <h2>{t!("nav.settings")}</h2>
            <NavLink href="/account" icon="user" label=t!("nav.account") />
            <Show when=move || session.is_at_least(Role::Administrator)>
                <NavLink href="/organisation" icon="briefcase" label=t!("nav.organisation") />
                <NavLink href="/users" icon="users" label=t!("nav.users") />
                <NavLink href="/keys" icon="key-round" label=t!("nav.keys") />
            </Show>
            <h2>{t!("nav.support")}</h2>
            <NavLink href="/help" icon="circle-help" label=t!("nav.help") />
        </nav>
    }
}

#[component]
fn NavLink(href: &'static str, icon: &'static str, label: &'static str) -> impl IntoView {
    view! { <A href attr:class="nav-link"><Icon name=icon />{label}</A> }
}
