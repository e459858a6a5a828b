//! The application and its frame.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    components::{A, Outlet, Router},
    hooks::use_location,
};

use super::{account_menu::AccountMenu, navigation::Navigation};
use crate::{
    parts::{LEAVE, Piece},
    routes::AppRoutes,
    session::provide_session,
    t,
    ui::{
        Icon, IconButton, Toaster, Toasts,
        leave::Leaving,
        page::{Arrival, focus_page},
    },
};

/// The application: what the server renders into the page and the browser makes live.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    #[cfg(feature = "ssr")]
    crate::document::provide_locale();
    if !provide_session() {
        #[cfg(feature = "ssr")]
        crate::document::redirect_to_sign_in();
        return view! { <Title text="Hammock" /> }.into_any();
    }
    let toaster = Toaster::provide();
    let leaving = Leaving::provide();
    Arrival::provide();
    view! {
        <Title text="Hammock" />
        <Router>
            <AppRoutes />
        </Router>
        <Piece piece=LEAVE argument=leaving wanted=leaving.is_asking() />
        <Toasts toaster />
    }
    .into_any()
}

/// The frame: the left panel (a drawer on a phone) beside the page.
#[component]
pub fn Frame() -> impl IntoView {
    let drawer = RwSignal::new(false);
    let path = use_location().pathname;
    let arrival = use_context::<Arrival>();
    Effect::new(move |before: Option<()>| {
        path.track();
        drawer.set(false);
        // The first page was loaded by the browser, which puts the focus where it belongs.
        if let (Some(()), Some(arrival)) = (before, arrival) {
            arrival.expect();
            request_animation_frame(focus_page);
        }
    });
    view! {
        <a class="skip-link" href="#page" rel="external">{t!("frame.skip")}</a>
        <div class="shell" on:keydown=move |event| if event.key() == "Escape" { drawer.set(false) }>
            <header class="topbar">
                <IconButton icon="menu" label=t!("frame.open_navigation") on_click=move |_| drawer.set(true) />
                <Brand />
            </header>
            <aside class="side" data-open=move || drawer.get().to_string()>
                <Brand />
                <span class="drawer-close">
                    <IconButton icon="x" label=t!("frame.close_navigation") on_click=move |_| drawer.set(false) />
                </span>
                <Navigation />
                <AccountMenu />
            </aside>
            <Show when=move || drawer.get()>
                <div class="drawer-scrim" aria-hidden="true" on:click=move |_| drawer.set(false)></div>
            </Show>
            <main id="page" tabindex="-1">
                <Outlet />
            </main>
        </div>
    }
}

#[component]
fn Brand() -> impl IntoView {
    view! { <A href="/" attr:class="brand"><Icon name="hammock" />"Hammock"</A> }
}
