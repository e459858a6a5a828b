//! The conversations of visitors with one assistant: a list, and one of them. The address says which.

use hammock_contract::{
    ApiError, ConversationId, MessageId, Page as PageOf,
    assistant::Assistant,
    chat::{Conversation, Message},
    page::PageRequest,
    visitor::{Channel, HeldConversation, HeldQuery, Visitor, VisitorConversation},
};
use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_params_map, use_query_map},
    params::ParamsMap,
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
    ui::{Badge, EmptyList, Icon, Load, Moment, Page, PageBody, PageHeader, Pager, Table, Tone, page::leave_for_page},
};

/// The conversation that is opened, in the address.
const CONVERSATION: &str = "conversation";
/// The message before which the part of it stands that is read.
const BEFORE: &str = "before";
/// The message after which that stands.
const AFTER: &str = "after";

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

/// Which part of a conversation is read: the newest, or one beside a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Part {
    assistant: String,
    before: Option<String>,
    after: Option<String>,
}

impl Part {
    /// What the address says, as long as it is the one of this conversation: on the way to another page nothing is read any more,
    /// which would be noted in the audit log.
    fn in_address(conversation: &str, params: &ParamsMap, query: &ParamsMap, last: Option<&Self>) -> Self {
        match last {
            Some(last) if query.get_str(CONVERSATION) != Some(conversation) => last.clone(),
            _ => Self {
                assistant: params.get("id").unwrap_or_default(),
                before: query.get(BEFORE),
                after: query.get(AFTER),
            },
        }
    }
}

#[component]
fn One(conversation: String) -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let part = {
        let conversation = conversation.clone();
        Memo::new(move |last: Option<&Part>| {
            params.with(|params| query.with(|query| Part::in_address(&conversation, params, query, last)))
        })
    };
    let found = Resource::new(move || part.get(), move |part| find_one(part, conversation.clone()));
    let back = move || format!("/assistants/{}/visitors", part.try_get().unwrap_or_default().assistant);
    view! {
        <Page>
            <div class="crumb">
                <A href=back attr:class="back-link"><Icon name="chevron-left" />{t!("visitors.title")}</A>
            </div>
            <Load resource=found whole_page=true let:held>
                {
                    let HeldConversation { conversation, later, visitor, channel, origin, contact } = held;
                    let Conversation { summary, messages, earlier } = conversation;
                    let assistant = part.try_get_untracked().unwrap_or_default().assistant;
                    let own = format!("/assistants/{assistant}/visitors?{CONVERSATION}={}", summary.id);
                    let before = address_of_part(&own, BEFORE, messages.first(), earlier);
                    let after = address_of_part(&own, AFTER, messages.last(), later);
                    let title = if summary.title.trim().is_empty() { t!("feedback.no_question").to_owned() } else { summary.title };
                    view! {
                        <PageHeader title=Signal::stored(title) subtitle=Signal::stored(t!("visitors.read_only").to_owned()) />
                        <PageBody>
                            <Facts visitor channel origin contact />
                            <ToPart text=t!("chat.earlier") address=before />
                            <VisitorThread messages />
                            <ToPart text=t!("chat.later") address=after />
                        </PageBody>
                    }
                }
            </Load>
        </Page>
    }
}

/// Where the messages are read that stand beside a message, at the edge of a part; nothing where there are none.
fn address_of_part(conversation: &str, name: &str, edge: Option<&Message>, count: u32) -> Option<String> {
    let beside = edge.map(|message| format!("&{name}={}", message.id)).unwrap_or_default();
    (count > 0).then(|| format!("{conversation}{beside}"))
}

/// Leads to another part of the conversation, where there is one.
#[component]
fn ToPart(
    /// What is there.
    text: &'static str,
    /// Where that is.
    address: Option<String>,
) -> impl IntoView {
    address.map(|href| {
        view! {
            // The link may not be there on the part that comes: the focus would be lost with it.
            <nav class="pager" aria-label=text on:click=|_| leave_for_page()>
                <A href attr:class="button">{text}</A>
            </nav>
        }
    })
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

async fn find_one(part: Part, conversation: String) -> Result<HeldConversation, FnError> {
    let Part { assistant, before, after } = part;
    let missing = || FnError(ApiError::not_found());
    let conversation: ConversationId = conversation.parse().map_err(|_| missing())?;
    let message = |id: Option<String>| id.map(|id| id.parse::<MessageId>().map_err(|_| missing())).transpose();
    let wanted = HeldQuery { before: message(before)?, after: message(after)?, limit: None };
    read_visitor_conversation(parsed(&assistant)?, conversation, wanted).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(values: &[(&'static str, &str)]) -> ParamsMap {
        ParamsMap::from_iter(values.iter().map(|(name, value)| (*name, (*value).to_owned())))
    }

    #[test]
    fn nothing_is_read_on_the_way_to_another_page() {
        let (own, params) = ("conv_one", map(&[("id", "asst_some")]));
        let part =
            |query: &[(&'static str, &str)], last: Option<&Part>| Part::in_address(own, &params, &map(query), last);
        let newest = part(&[(CONVERSATION, own)], None);
        assert_eq!((newest.assistant.as_str(), &newest.before, &newest.after), ("asst_some", &None, &None));
        let earlier = part(&[(CONVERSATION, own), (BEFORE, "msg_some")], Some(&newest));
        assert_eq!((earlier.before.as_deref(), &earlier.after), (Some("msg_some"), &None));
        assert_eq!(part(&[], Some(&earlier)), earlier, "to the list");
        assert_eq!(part(&[(CONVERSATION, "conv_other")], Some(&earlier)), earlier, "to another conversation");
        assert_eq!(part(&[(CONVERSATION, own)], Some(&earlier)), newest, "and back to its end");
    }

    #[test]
    fn a_part_leads_to_those_beside_it() {
        let own = "/assistants/asst_some/visitors?conversation=conv_one";
        assert_eq!(address_of_part(own, BEFORE, None, 0), None);
        // Of a part without a message it is not known what stands beside it: the newest part leads on.
        assert_eq!(address_of_part(own, AFTER, None, 3).as_deref(), Some(own));
    }
}
