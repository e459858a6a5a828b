//! Where one assistant can be reached from outside, and how: its settings with a preview, a check, and what went wrong.

use hammock_contract::{
    ApiError, AssistantId,
    assistant::{Access, Assistant},
    interfaces::{Interfaces, WidgetError},
    user::Role,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    api::{list_widget_errors, read_interfaces},
    draft::Draft,
    form::InterfacesForm,
    installation::{Installation, LastErrors},
    origins::origin_of,
    preview::Preview,
    secrets::SignInSecrets,
};
use crate::{
    FnError,
    assistants::{AssistantTabs, BackToList, api::find_assistant},
    session::use_session,
    t,
    ui::{Badge, Icon, Load, Page, PageBody, PageHeader},
};

/// The interfaces of the assistant that the address names.
#[component]
pub fn InterfacesPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let found = Resource::new(move || id.get(), find);
    // Asked for by those alone who are shown them.
    let session = use_session();
    let errors = Resource::new(
        move || (id.get(), session.is_at_least(Role::Administrator)),
        |(id, is_shown)| async move { if is_shown { find_errors(id).await } else { Ok(Vec::new()) } },
    );
    view! {
        <Page>
            <Load resource=found whole_page=true let:found>
                {
                    let (assistant, interfaces) = found;
                    view! { <Shown assistant interfaces errors /> }
                }
            </Load>
        </Page>
    }
}

async fn find(id: String) -> Result<(Assistant, Interfaces), FnError> {
    let id = parsed(&id)?;
    Ok((find_assistant(id.clone()).await?, read_interfaces(id).await?))
}

async fn find_errors(id: String) -> Result<Vec<WidgetError>, FnError> {
    list_widget_errors(parsed(&id)?).await
}

/// The id in an address; an assistant that is not there where it is none.
pub fn parsed(id: &str) -> Result<AssistantId, FnError> {
    id.parse().map_err(|_| FnError(ApiError::not_found()))
}

#[component]
fn Shown(
    assistant: Assistant,
    interfaces: Interfaces,
    errors: Resource<Result<Vec<WidgetError>, FnError>>,
) -> impl IntoView {
    let draft = Draft::of(&interfaces.settings);
    let logo = RwSignal::new(interfaces.logo.clone());
    let readonly = !interfaces.can_edit;
    let origin = origin_of(&interfaces.chat_url).to_owned();
    let stored = RwSignal::new(interfaces);
    let Assistant { id, settings, .. } = assistant;
    let (name, description) = (settings.name.clone(), settings.description.clone());
    let tabs = id.to_string();
    let is_private = settings.access == Access::Private;
    view! {
        <BackToList />
        <PageHeader title=Signal::stored(name) subtitle=Signal::stored(description)>
            {readonly.then(|| view! { <Badge icon="lock">{t!("assistants.read_only")}</Badge> })}
        </PageHeader>
        <AssistantTabs id=tabs />
        <PageBody>
            <div class="interfaces">
                <div>
                    {is_private.then(|| view! {
                        <p class="access-warning"><Icon name="lock" /><span>{t!("error.assistant_private")}</span></p>
                    })}
                    <InterfacesForm draft stored logo />
                    {(!readonly).then(|| view! {
                        <SignInSecrets stored />
                        <Installation assistant=id origin />
                        <LastErrors errors />
                    })}
                </div>
                <Preview draft assistant=settings logo />
            </div>
        </PageBody>
    }
}
