//! The list of feedback, and one piece of it with the answer that it is about: the address says which.

use hammock_contract::{
    ApiError, Page as PageOf,
    feedback::{FeedbackContext, FeedbackEntry, FeedbackQuery, FeedbackState},
    page::{MAX_LIMIT, PageRequest},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    components::A,
    hooks::{use_params_map, use_query_map},
    params::ParamsMap,
};

use super::{
    api::{list_feedback, read_feedback},
    context::Exchange,
    words::{rating_of, rating_options, reason_name, reason_of, reason_options, state_name, state_of, state_options},
};
use crate::{
    FnError,
    assistants::api::list_assistants,
    t,
    ui::{Badge, EmptyList, Filter, Icon, Load, Moment, Page, PageBody, PageHeader, Pager, SearchField, Table, Tone},
};

async fn find(id: String) -> Result<FeedbackContext, FnError> {
    let id = id.parse().map_err(|_| FnError(ApiError::not_found()))?;
    read_feedback(id).await
}

/// The feedback that an address asks for.
fn wanted_of(query: &ParamsMap) -> FeedbackQuery {
    FeedbackQuery {
        assistant: query.get_str("assistant").and_then(|id| id.parse().ok()),
        rating: query.get_str("rating").and_then(rating_of),
        reason: query.get_str("reason").and_then(reason_of),
        state: query.get_str("state").and_then(state_of),
        query: query.get("q").filter(|text| !text.trim().is_empty()),
        limit: None,
        page_token: query.get("page"),
    }
}

/// What people say about the answers of the assistants that the person looks after: all of it, or what the address names.
#[component]
pub fn FeedbackPage() -> impl IntoView {
    let params = use_params_map();
    let asked = Memo::new(move |_| params.with(|params| params.get("feedback")));
    move || match asked.get() {
        Some(id) => view! { <One id /> }.into_any(),
        None => view! { <List /> }.into_any(),
    }
}

#[component]
fn One(id: String) -> impl IntoView {
    let found = Resource::new(|| (), move |()| find(id.clone()));
    view! {
        <Page>
            <Load resource=found whole_page=true let:context>
                <Exchange context />
            </Load>
        </Page>
    }
}

#[component]
fn List() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| query.with(wanted_of));
    let found = Resource::new(move || wanted.get(), list_feedback);
    view! {
        <Page>
            <PageHeader title=t!("feedback.title") subtitle=t!("feedback.subtitle") />
            <PageBody>
                <Filters />
                <Load resource=found let:page>
                    <Listed page />
                </Load>
            </PageBody>
        </Page>
    }
}

/// The choices that narrow the list.
#[component]
fn Filters() -> impl IntoView {
    let assistants = RwSignal::new(Vec::<(String, String)>::new());
    // In the browser only: nothing of the page waits for it.
    Effect::new(move |_| {
        spawn_local(async move {
            let page = PageRequest { limit: Some(MAX_LIMIT), ..PageRequest::default() };
            if let Ok(page) = list_assistants(page).await {
                let looked_after = page.items.into_iter().filter(|assistant| assistant.can_edit);
                let options = looked_after.map(|assistant| (assistant.id.to_string(), assistant.name)).collect();
                // The page may be gone meanwhile.
                let _ = assistants.try_set(options);
            }
        });
    });
    let of_assistants = Signal::derive(move || {
        let all = (String::new(), t!("feedback.all_assistants").to_owned());
        [all].into_iter().chain(assistants.try_get().unwrap_or_default()).collect::<Vec<_>>()
    });
    let reasons = Signal::derive(|| reason_options(t!("feedback.all_reasons")));
    view! {
        <div class="toolbar">
            <SearchField label=t!("feedback.search") />
            <Filter name="assistant" label=t!("feedback.assistant") options=of_assistants />
            <Filter name="rating" label=t!("feedback.rating") options=Signal::derive(rating_options) />
            <Filter name="reason" label=t!("feedback.reason") options=reasons />
            <Filter name="state" label=t!("data.filter_state") options=Signal::derive(state_options) />
        </div>
    }
}

#[component]
fn Listed(page: PageOf<FeedbackEntry>) -> impl IntoView {
    if page.items.is_empty() {
        return view! { <EmptyList icon="thumbs-up" title=t!("feedback.none") text=t!("feedback.none_text") /> }
            .into_any();
    }
    let rows = page.items.into_iter().map(|entry| view! { <Row entry /> }).collect_view();
    view! {
        <Table caption=t!("feedback.title")>
            <thead>
                <tr>
                    <th scope="col">{t!("feedback.question")}</th>
                    <th scope="col">{t!("feedback.rating")}</th>
                    <th scope="col">{t!("feedback.assistant")}</th>
                    <th scope="col">{t!("feedback.person")}</th>
                    <th scope="col">{t!("feedback.when")}</th>
                    <th scope="col">{t!("data.filter_state")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pager next=page.next_page_token />
    }
    .into_any()
}

#[component]
fn Row(entry: FeedbackEntry) -> impl IntoView {
    let (address, title) = (format!("/feedback/{}", entry.id), title_of(&entry.question));
    let FeedbackEntry { assistant_name, rating, reason, comment, person, state, updated_at, .. } = entry;
    let comment = (!comment.is_empty()).then(|| first_words(&comment));
    view! {
        <tr>
            <td class="primary-cell">
                <A href=address>{title}</A>
                {comment.map(|comment| view! { <span class="sub">{comment}</span> })}
            </td>
            <td data-label=t!("feedback.rating")>
                <span>
                    <Thumb rating />
                    {reason.map(|reason| view! { <span class="sub">{reason_name(reason)}</span> })}
                </span>
            </td>
            <td data-label=t!("feedback.assistant")>{assistant_name}</td>
            <td data-label=t!("feedback.person")>{person_of(person)}</td>
            <td data-label=t!("feedback.when") class="muted"><Moment at=updated_at /></td>
            <td data-label=t!("data.filter_state")><StateBadge state /></td>
        </tr>
    }
}

/// The thumb, in words too.
#[component]
pub fn Thumb(rating: bool) -> impl IntoView {
    let (name, icon) = if rating { (t!("feedback.up"), "thumbs-up") } else { (t!("feedback.down"), "thumbs-down") };
    view! { <span class="thumb"><Icon name=icon />{name}</span> }
}

/// Whether somebody has seen to it.
#[component]
pub fn StateBadge(state: FeedbackState) -> impl IntoView {
    let tone = match state {
        FeedbackState::Open => Tone::Warning,
        FeedbackState::Resolved => Tone::Good,
    };
    view! { <Badge tone>{state_name(state)}</Badge> }
}

/// How feedback is called: by the question, as far as a line goes.
pub fn title_of(question: &str) -> String {
    if question.trim().is_empty() { t!("feedback.no_question").to_owned() } else { first_words(question) }
}

/// Who says it: visitors from outside who have not said who they are have no name.
pub fn person_of(person: String) -> String {
    if person.is_empty() { t!("feedback.visitor").to_owned() } else { person }
}

/// The beginning of a text in one line.
fn first_words(text: &str) -> String {
    const MOST: usize = 140;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MOST {
        return line;
    }
    let cut: String = line.chars().take(MOST).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use hammock_contract::{AssistantId, feedback::FeedbackReason};

    use super::*;

    #[test]
    fn the_address_says_which_feedback_is_listed() {
        let assistant = AssistantId::fixed("some");
        let query = [
            ("assistant", assistant.as_str()),
            ("rating", "down"),
            ("reason", "off_topic"),
            ("state", "open"),
            ("q", "hours"),
            ("page", "b"),
        ];
        let query = ParamsMap::from_iter(query.map(|(name, value)| (name, value.to_owned())));
        let expected = FeedbackQuery {
            assistant: Some(assistant),
            rating: Some(false),
            reason: Some(FeedbackReason::OffTopic),
            state: Some(FeedbackState::Open),
            query: Some("hours".to_owned()),
            limit: None,
            page_token: Some("b".to_owned()),
        };
        assert_eq!(wanted_of(&query), expected);
        assert_eq!(wanted_of(&ParamsMap::new()), FeedbackQuery::default());
    }

    #[test]
    fn a_long_question_is_cut_at_a_word() {
        assert_eq!(first_words(" When\n does it open? "), "When does it open?");
        let cut = first_words(&"wordy ".repeat(60));
        assert!(cut.ends_with("wordy…") && cut.chars().count() <= 141, "{cut}");
    }
}
