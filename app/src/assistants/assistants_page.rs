//! The list of assistants.

use hammock_contract::{
    assistant::{Access, AssistantSummary},
    page::PageRequest,
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_query_map};

use super::api::list_assistants;
use crate::{
    i18n, t,
    ui::{
        Badge, ButtonKind, ButtonLink, EmptyList, Icon, Load, Moment, Page, PageBody, PageHeader, Pager, SearchField,
    },
};

/// The assistants that the person may use.
#[component]
pub fn AssistantsPage() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| {
        let query = query.get();
        PageRequest { limit: None, page_token: query.get("page"), query: query.get("q") }
    });
    let assistants = Resource::new(move || wanted.get(), list_assistants);
    view! {
        <Page>
            <PageHeader title=t!("assistants.title") subtitle=t!("assistants.subtitle")>
                <ButtonLink kind=ButtonKind::Primary icon="plus" href="/assistants/new">{t!("assistants.new")}</ButtonLink>
            </PageHeader>
            <PageBody>
                <div class="toolbar"><SearchField label=t!("assistants.search") /></div>
                <Load resource=assistants let:page>
                    {if page.items.is_empty() {
                        view! { <EmptyList icon="bot" title=t!("assistants.none") text=t!("assistants.none_text") /> }
                            .into_any()
                    } else {
                        view! {
                            <ul class="card-grid assistants">
                                {page
                                    .items
                                    .into_iter()
                                    .map(|assistant| view! { <AssistantCard assistant /> })
                                    .collect_view()}
                            </ul>
                            <Pager next=page.next_page_token />
                        }
                            .into_any()
                    }}
                </Load>
            </PageBody>
        </Page>
    }
}

#[component]
fn AssistantCard(assistant: AssistantSummary) -> impl IntoView {
    let settings = format!("/assistants/{}", assistant.id);
    let chat = format!("/chat?assistant={}", assistant.id);
    let model =
        if assistant.model.is_empty() { t!("assistants.built_in_answerer").to_owned() } else { assistant.model };
    let chat_label = t!("assistants.chat_with", name = assistant.name);
    view! {
        <li class="card assistant-card">
            <div class="row">
                <span class="icon-tile"><Icon name=assistant.icon /></span>
                <A href=settings attr:class="assistant-name">{assistant.name}</A>
                {(assistant.access == Access::Private)
                    .then(|| view! { <Badge icon="lock">{t!("assistants.private")}</Badge> })}
            </div>
            <p class="muted">{assistant.description}</p>
            <p class="small faint numeric">
                {model} " · " {i18n::count("assistants.n_collections", u64::from(assistant.collections))} " · "
                <Moment at=assistant.updated_at />
            </p>
            <A href=chat attr:class="button" attr:aria-label=chat_label>
                <Icon name="message-square" />{t!("assistants.chat")}
            </A>
        </li>
    }
}
