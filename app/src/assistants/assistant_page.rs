//! One assistant, and a new one.

use hammock_contract::{
    ApiError, AssistantId,
    assistant::{Access, Assistant},
    user::Role,
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_navigate, use_params_map},
};

use super::{
    api::{delete_assistant, find_assistant},
    assistant_form::AssistantForm,
    draft::Draft,
    form_sections::{Offered, offered},
};
use crate::{
    FnError,
    interfaces::{InterfacesPage, VisitorsPage},
    session::use_session,
    t,
    ui::{
        Badge, ButtonLink, ConfirmAction, DeleteItem, Icon, Load, Menu, NotFound, Page, PageBody, PageHeader, TabLink,
        Tabs, confirmed,
    },
};

/// One assistant; the address says which side of it: its settings, where it is reached from outside, who chats there.
#[component]
pub fn AssistantPage() -> impl IntoView {
    let params = use_params_map();
    let tab = Memo::new(move |_| params.with(|params| params.get("tab")));
    move || match tab.get().as_deref() {
        None => view! { <SettingsPage /> }.into_any(),
        Some("interfaces") => view! { <InterfacesPage /> }.into_any(),
        Some("visitors") => view! { <VisitorsPage /> }.into_any(),
        Some(_) => view! { <NotFound /> }.into_any(),
    }
}

/// The settings of one assistant.
#[component]
fn SettingsPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.get().get("id").unwrap_or_default());
    let found = Resource::new(move || id.get(), find);
    let collections = offered();
    let delete_open = RwSignal::new(false);
    let deleted = RwSignal::new(None::<Assistant>);
    let ask_to_delete = Callback::new(move |assistant: Assistant| {
        deleted.set(Some(assistant));
        delete_open.set(true);
    });
    view! {
        <Page>
            <Load resource=found whole_page=true let:assistant>
                <Shown assistant collections on_delete=ask_to_delete />
            </Load>
        </Page>
        <DeleteAssistant open=delete_open assistant=deleted />
    }
}

async fn find(id: String) -> Result<Assistant, FnError> {
    let id: AssistantId = id.parse().map_err(|_| FnError(ApiError::not_found()))?;
    find_assistant(id).await
}

#[component]
fn Shown(assistant: Assistant, collections: Offered, on_delete: Callback<Assistant>) -> impl IntoView {
    // What is saved changes the heading, not the form: the form knows already, and keeps its focus.
    let now = RwSignal::new(assistant.clone());
    let settings = assistant.settings.clone();
    let readonly = !assistant.can_edit;
    let id = assistant.id.clone();
    let feedback = format!("/feedback?assistant={id}");
    let tabs = id.to_string();
    view! {
        <BackToList />
        <PageHeader
            title=Signal::derive(move || now.try_with(|it| it.settings.name.clone()).unwrap_or_default())
            subtitle=Signal::derive(move || now.try_with(|it| it.settings.description.clone()).unwrap_or_default())
        >
            {readonly.then(|| view! { <Badge icon="lock">{t!("assistants.read_only")}</Badge> })}
            <ButtonLink href=format!("/chat?assistant={id}") icon="message-square">{t!("assistants.chat")}</ButtonLink>
            {(!readonly).then(|| view! {
                <ButtonLink href=feedback icon="thumbs-up">{t!("feedback.title")}</ButtonLink>
                <Menu id="assistant-menu" label=t!("table.actions")>
                    <DeleteItem on_click=move |()| on_delete.run(now.get_untracked()) />
                </Menu>
            })}
        </PageHeader>
        <AssistantTabs id=tabs />
        <PageBody>
            <AssistantForm
                assistant=Some(assistant)
                settings
                collections
                readonly
                on_saved=Callback::new(move |saved: Assistant| now.set(saved))
            />
        </PageBody>
    }
}

/// The way back to the list of assistants.
#[component]
pub fn BackToList() -> impl IntoView {
    view! {
        <div class="crumb">
            <A href="/assistants" attr:class="back-link"><Icon name="chevron-left" />{t!("assistants.title")}</A>
        </div>
    }
}

/// The sides of an assistant. Who its visitors are is for administrators.
#[component]
pub fn AssistantTabs(
    /// The assistant.
    id: String,
) -> impl IntoView {
    let session = use_session();
    let visitors = untrack(move || session.is_at_least(Role::Administrator)).then(|| {
        view! { <TabLink href=format!("/assistants/{id}/visitors") exact=true>{t!("visitors.title")}</TabLink> }
    });
    view! {
        <div class="page-tabs">
            <Tabs label=t!("assistants.tabs")>
                <TabLink href=format!("/assistants/{id}") exact=true>{t!("data.tab_settings")}</TabLink>
                <TabLink href=format!("/assistants/{id}/interfaces") exact=true>{t!("interfaces.title")}</TabLink>
                {visitors}
            </Tabs>
        </div>
    }
}

/// A new assistant.
#[component]
pub fn NewAssistantPage() -> impl IntoView {
    let access = if use_session().is_at_least(Role::Administrator) { Access::Organisation } else { Access::Private };
    view! {
        <Page>
            <BackToList />
            <PageHeader title=t!("assistants.new") subtitle=t!("assistants.new_text") />
            <PageBody>
                <AssistantForm
                    assistant=None
                    settings=Draft::blank(access)
                    collections=offered()
                    readonly=false
                    on_saved=Callback::new(|_: Assistant| ())
                />
            </PageBody>
        </Page>
    }
}

#[component]
fn DeleteAssistant(open: RwSignal<bool>, assistant: RwSignal<Option<Assistant>>) -> impl IntoView {
    let navigate = StoredValue::new(use_navigate());
    // The page may be gone meanwhile, and somebody elsewhere stays there.
    let leave = move || {
        let _ = navigate.try_with_value(|go| go("/assistants", NavigateOptions::default()));
    };
    let delete = confirmed(open, t!("assistants.deleted"), leave, |assistant: &Assistant| {
        delete_assistant(assistant.id.clone())
    });
    let name = move || assistant.get().map(|assistant| assistant.settings.name).unwrap_or_default();
    view! {
        <ConfirmAction
            open
            item=assistant
            title=Signal::derive(move || t!("assistants.delete_title", name = name()))
            text=t!("assistants.delete_text")
            confirm=t!("form.delete")
            action=delete
        />
    }
}
