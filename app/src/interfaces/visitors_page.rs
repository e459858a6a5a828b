//! The conversations of visitors with one assistant: a list, and one of them. The address says which.

use hammock_contract::{
    ApiError, ConversationId, Page as PageOf,
    assistant::Assistant,
    chat::Conversation,
    page::PageRequest,
    visitor::{Channel, HeldConversation, Visitor, VisitorConversation},
};
use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_params_map, use_query_map},
};

use super::{
    api::{list_visitor_conversations, read_visitor_conversation},
    page::parsed,
    visitor_thread::VisitorThread,
    words::{channel_name, origin_name, visitor_email, visitor_name},
};
use crate::{
    FnError,
    assistants::{AssistantTabs, BackToList, api::find_assistant},
    t,
    ui::{Badge, EmptyList, Icon, Load, Moment, Page, PageBody, PageHeader, Pager, Table, Tone},
};

/// The conversation that is opened, in the address.
const CONVERSATION: &str = "conversation";

/// Who chats with the assistant from outside.
#[component]
pub fn VisitorsPage() -> impl IntoView {
    let query = use_query_map();
    let opened = Memo::new(move |_| query.with(|query| query.get(CONVERSATION)));
    move || match opened.get() {
        Some(conversation) => view! { <One conversation /> }.into_any(),
        None => view! { <List /> }.into_any(),
    }
}

#[component]
fn List() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let wanted = Memo::new(move |_| {
        let id = params.with(|params| params.get("id")).unwrap_or_default();
        (id, query.with(|query| query.get("page")))
    });
    let found = Resource::new(move || wanted.get(), |(id, page_token)| find(id, page_token));
    view! {
        <Page>
            <Load resource=found whole_page=true let:found>
                {
                    let (assistant, page) = found;
                    view! { <Listed assistant page /> }
                }
            </Load>
        </Page>
    }
}

async fn find(id: String, page_token: Option<String>) -> Result<(Assistant, PageOf<VisitorConversation>), FnError> {
    let id = parsed(&id)?;
    let page = PageRequest { page_token, ..PageRequest::default() };
    Ok((find_assistant(id.clone()).await?, list_visitor_conversations(id, page).await?))
}

#[component]
fn Listed(assistant: Assistant, page: PageOf<VisitorConversation>) -> impl IntoView {
    let Assistant { id, settings, .. } = assistant;
    let tabs = id.to_string();
    let listed = if page.items.is_empty() {
        view! { <EmptyList icon="users" title=t!("visitors.none") text=t!("visitors.none_text") /> }.into_any()
    } else {
        let rows = page.items.into_iter().map(move |row| {
            let address = format!("/assistants/{id}/visitors?{CONVERSATION}={}", row.conversation);
            view! { <Row row address /> }
        });
        view! {
            <Table caption=t!("visitors.title")>
                <thead>
                    <tr>
                        <th scope="col">{t!("visitors.conversation")}</th>
                        <th scope="col">{t!("visitors.visitor")}</th>
                        <th scope="col">{t!("interfaces.origin")}</th>
                        <th scope="col">{t!("visitors.channel")}</th>
                        <th scope="col">{t!("visitors.messages")}</th>
                        <th scope="col">{t!("feedback.when")}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </Table>
            <Pager next=page.next_page_token />
        }
        .into_any()
    };
    view! {
        <BackToList />
        <PageHeader title=Signal::stored(settings.name) subtitle=Signal::stored(settings.description) />
        <AssistantTabs id=tabs />
        <PageBody>{listed}</PageBody>
    }
}

#[component]
fn Row(row: VisitorConversation, address: String) -> impl IntoView {
    let VisitorConversation { title, visitor, channel, origin, contact, messages, updated_at, .. } = row;
    let title = if title.trim().is_empty() { t!("feedback.no_question").to_owned() } else { title };
    let (name, email) = (visitor_name(&visitor), visitor_email(&visitor));
    // The address stands beside the name, unless it is another one.
    let wanted = contact.map(|contact| {
        let other = (visitor.email.as_ref() != Some(&contact)).then_some(contact);
        view! { <span class="sub"><Badge tone=Tone::Warning>{t!("visitors.answer_wanted")}</Badge>" "{other}</span> }
    });
    view! {
        <tr>
            <td class="primary-cell"><span><A href=address>{title}</A>{wanted}</span></td>
            <td data-label=t!("visitors.visitor")>
                <span>{name}{email.map(|email| view! { <span class="sub">{email}</span> })}</span>
            </td>
            <td data-label=t!("interfaces.origin")>{origin_name(origin)}</td>
            <td data-label=t!("visitors.channel")>{channel_name(channel)}</td>
            <td data-label=t!("visitors.messages") class="numeric">{messages}</td>
            <td data-label=t!("feedback.when")><Moment at=updated_at /></td>
        </tr>
    }
}

#[component]
fn One(conversation: String) -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let found = Resource::new(move || id.get(), move |id| find_one(id, conversation.clone()));
    let back = move || format!("/assistants/{}/visitors", id.try_get().unwrap_or_default());
    view! {
        <Page>
            <div class="crumb">
                <A href=back attr:class="back-link"><Icon name="chevron-left" />{t!("visitors.title")}</A>
            </div>
            <Load resource=found whole_page=true let:held>
                {
                    let HeldConversation { conversation, visitor, channel, origin, contact } = held;
                    let Conversation { summary, messages, .. } = conversation;
                    let title = if summary.title.trim().is_empty() { t!("feedback.no_question").to_owned() } else { summary.title };
                    view! {
                        <PageHeader title=Signal::stored(title) subtitle=Signal::stored(t!("visitors.read_only").to_owned()) />
                        <PageBody>
                            <Facts visitor channel origin contact />
                            <VisitorThread messages />
                        </PageBody>
                    }
                }
            </Load>
        </Page>
    }
}

/// Who held a conversation, where, and where they want to be answered.
#[component]
fn Facts(visitor: Visitor, channel: Channel, origin: String, contact: Option<String>) -> impl IntoView {
    let (name, email) = (visitor_name(&visitor), visitor_email(&visitor));
    view! {
        <dl class="feedback-facts">
            <div><dt>{t!("visitors.visitor")}</dt><dd>{name}</dd></div>
            {email.map(|email| view! { <div><dt>{t!("person.email")}</dt><dd>{email}</dd></div> })}
            {contact.map(|contact| view! { <div><dt>{t!("visitors.answer_wanted")}</dt><dd>{contact}</dd></div> })}
            <div><dt>{t!("interfaces.origin")}</dt><dd>{origin_name(origin)}</dd></div>
            <div><dt>{t!("visitors.channel")}</dt><dd>{channel_name(channel)}</dd></div>
        </dl>
    }
}

async fn find_one(id: String, conversation: String) -> Result<HeldConversation, FnError> {
    let conversation: ConversationId = conversation.parse().map_err(|_| FnError(ApiError::not_found()))?;
    read_visitor_conversation(parsed(&id)?, conversation).await
}
