//! Every page of the application, on one page.

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Redirect, Route, Routes},
    path,
};

use crate::{chat::ChatPage, layout::Frame, parts, ui::NotFound};

/// The routes. A page is rendered completely before it is sent ([`SsrMode::Async`]).
#[component]
pub fn AppRoutes() -> impl IntoView {
    view! {
        <Routes fallback=NotFound>
            <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
                <Route path=path!("") view=|| view! { <Redirect path="/chat" /> } />
                <Route path=path!("/chat/:id?") view=ChatPage />
                <Route path=path!("/assistants") view=parts::ASSISTANTS />
                <Route path=path!("/assistants/new") view=parts::NEW_ASSISTANT />
                <Route path=path!("/assistants/:id/:tab?") view=parts::ASSISTANT />
                <Route path=path!("/data") view=parts::COLLECTIONS />
                <Route path=path!("/data/documents/:document") view=parts::DOCUMENT />
                <Route path=path!("/data/:collection") view=parts::COLLECTION />
                <Route path=path!("/data/:collection/search") view=parts::SEARCH />
                <Route path=path!("/data/:collection/sources/:source/:tab?") view=parts::SOURCE />
                <Route path=path!("/data/:collection/metadata") view=parts::METADATA />
                <Route path=path!("/data/:collection/evaluation") view=parts::EVALUATION />
                <Route path=path!("/account") view=parts::ACCOUNT />
                <Route path=path!("/organisation") view=parts::ORGANISATION />
                <Route path=path!("/users") view=parts::USERS />
                <Route path=path!("/keys") view=parts::KEYS />
                <Route path=path!("/connections") view=parts::CONNECTIONS />
                <Route path=path!("/feedback/:feedback?") view=parts::FEEDBACK />
                <Route path=path!("/help") view=parts::HELP />
                <Route path=path!("/*any") view=NotFound />
            </ParentRoute>
        </Routes>
    }
}
