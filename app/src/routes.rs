//! Every page of the application, on one page.

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Redirect, Route, Routes},
    path,
};

use crate::{
    account::AccountPage,
    assistants::{AssistantPage, AssistantsPage, NewAssistantPage},
    chat::ChatPage,
    connections::ConnectionsPage,
    keys::KeysPage,
    knowledge::{CollectionPage, CollectionsPage, DocumentPage, SearchPage},
    layout::Frame,
    ui::NotFound,
    users::UsersPage,
};

/// The routes. A page is rendered completely before it is sent ([`SsrMode::Async`]).
#[component]
pub fn AppRoutes() -> impl IntoView {
    view! {
        <Routes fallback=NotFound>
            <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
                <Route path=path!("") view=|| view! { <Redirect path="/chat" /> } />
                <Route path=path!("/chat/:id?") view=ChatPage />
                <Route path=path!("/assistants") view=AssistantsPage />
                <Route path=path!("/assistants/new") view=NewAssistantPage />
                <Route path=path!("/assistants/:id") view=AssistantPage />
                <Route path=path!("/data") view=CollectionsPage />
                <Route path=path!("/data/documents/:document") view=DocumentPage />
                <Route path=path!("/data/:collection") view=CollectionPage />
                <Route path=path!("/data/:collection/search") view=SearchPage />
                <Route path=path!("/account") view=AccountPage />
                <Route path=path!("/users") view=UsersPage />
                <Route path=path!("/keys") view=KeysPage />
                <Route path=path!("/connections") view=ConnectionsPage />
                <Route path=path!("/*any") view=NotFound />
            </ParentRoute>
        </Routes>
    }
}
