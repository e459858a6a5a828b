//! The filters of the list of conversations. The address holds what is chosen.

use hammock_contract::ApiError;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};
use wasm_bindgen::JsCast;

use crate::{
    FnError,
    categories::api::list_categories,
    chat::{
        conversation_list::ListDialogs,
        list_filter::{self, ListFilter},
        welcome::all_choices,
    },
    t,
    ui::{Button, ButtonKind, FormError, Options},
};

/// What [`ListFilters`] is given.
#[derive(Clone, Copy)]
pub struct ListFiltersArgument {
    /// Whether they are shown.
    pub open: RwSignal<bool>,
    /// Where categories are managed, and whether they have changed.
    pub dialogs: ListDialogs,
}

/// Values and how they are called.
type Choices = Vec<(String, String)>;

/// What can be chosen.
#[derive(Clone, Copy)]
struct Offered {
    assistants: RwSignal<Choices>,
    categories: RwSignal<Choices>,
    /// Why that is not known.
    failure: RwSignal<Option<ApiError>>,
}

impl Offered {
    fn ask(self) {
        spawn_local(async move {
            match offers().await {
                Ok((assistants, categories)) => {
                    // The page may be gone by then.
                    let _ = self.assistants.try_set(assistants);
                    let _ = self.categories.try_set(categories);
                    let _ = self.failure.try_set(None);
                }
                Err(error) => drop(self.failure.try_set(Some(error.0))),
            }
        });
    }
}

async fn offers() -> Result<(Choices, Choices), FnError> {
    let assistants = all_choices().await?;
    let categories = list_categories().await?;
    Ok((
        assistants.into_iter().map(|assistant| (assistant.id.to_string(), assistant.name)).collect(),
        categories.into_iter().map(|category| (category.id.to_string(), category.name)).collect(),
    ))
}

/// The filters, under the search.
#[component]
pub fn ListFilters(
    /// What they are given.
    argument: ListFiltersArgument,
) -> impl IntoView {
    let ListFiltersArgument { open, dialogs } = argument;
    let offered = Offered {
        assistants: RwSignal::new(Vec::new()),
        categories: RwSignal::new(Vec::new()),
        failure: RwSignal::new(None),
    };
    Effect::new(move |_| {
        dialogs.categories_version.track();
        if open.get() {
            offered.ask();
        }
    });
    let query = use_query_map();
    let path = use_location().pathname;
    let is_range = Memo::new(move |_| query.with(|query| query.get_str(list_filter::DATE) == Some(list_filter::RANGE)));
    let all = move || {
        let mut query = query.get();
        for name in list_filter::NAMES.into_iter().chain([list_filter::PAGES]) {
            query.remove(name);
        }
        format!("{}{}", path.get(), query.to_query_string())
    };
    let manage = move |_| {
        dialogs.row.set(None);
        dialogs.categories_open.set(true);
    };
    let again = move |_| {
        to_first();
        offered.ask();
    };
    view! {
        <Show when=move || open.get()>
            <div class="list-filters" role="group" aria-label=t!("chat.filters")>
                <FormError error=offered.failure />
                <Show when=move || offered.failure.with(Option::is_some)>
                    <Button icon="rotate-ccw" on_click=again>{t!("state.retry")}</Button>
                </Show>
                <Choice name=list_filter::ASSISTANT label=t!("filter.assistant") all=t!("filter.all_assistants")
                    gone=t!("chat.gone") choices=offered.assistants />
                <Choice name=list_filter::CATEGORY label=t!("filter.category") all=t!("filter.all_categories")
                    gone=t!("category.gone") choices=offered.categories />
                // Anything else that the address says narrows nothing.
                <Choice name=list_filter::SHARED label=t!("filter.shared") all=t!("filter.any_sharing")
                    gone=t!("filter.any_sharing") choices=Signal::derive(sharing) />
                <Choice name=list_filter::DATE label=t!("filter.date") all=t!("filter.any_date") gone=t!("filter.other_date")
                    choices=Signal::derive(dates) />
                <Show when=move || is_range.get()>
                    <div class="range">
                        <Day name=list_filter::FROM label=t!("filter.from") />
                        <Day name=list_filter::TO label=t!("filter.to") />
                    </div>
                </Show>
                <div class="form-actions">
                    <Button kind=ButtonKind::Ghost icon="tag" on_click=manage>{t!("category.manage")}</Button>
                    <a class="button ghost" href=all on:click=|_| to_first()
                        hidden=move || !query.with(|query| ListFilter::of(query).narrows())>
                        {t!("list.show_all")}
                    </a>
                </div>
            </div>
        </Show>
    }
}

/// What is pressed goes away: the focus would be lost with it.
fn to_first() {
    let first = document().query_selector(".list-filters select").ok().flatten();
    if let Some(first) = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Fails only for what is no longer on the page.
        let _ = first.focus();
    }
}

fn sharing() -> Choices {
    [(list_filter::YES, t!("filter.is_shared")), (list_filter::NO, t!("filter.not_shared"))]
        .map(|(value, label)| (value.to_owned(), label.to_owned()))
        .into()
}

fn dates() -> Choices {
    [
        ("1", t!("filter.today")),
        ("7", t!("filter.days", n = 7).as_str()),
        ("30", t!("filter.days", n = 30).as_str()),
        (list_filter::RANGE, t!("filter.range")),
    ]
    .map(|(value, label)| (value.to_owned(), label.to_owned()))
    .into()
}

/// Sets values of the address; an empty one goes. The first and the last day stay with the choice that they belong to.
fn go_to() -> impl Fn(&'static str, String) + Clone {
    let query = use_query_map();
    let path = use_location().pathname;
    let navigate = use_navigate();
    move |name: &'static str, value: String| {
        let mut now = query.get_untracked();
        now.remove(name);
        now.remove(list_filter::PAGES);
        if name == list_filter::DATE && value != list_filter::RANGE {
            now.remove(list_filter::FROM);
            now.remove(list_filter::TO);
        }
        if !value.is_empty() {
            now.insert(name, value);
        }
        let address = format!("{}{}", path.get_untracked(), now.to_query_string());
        navigate(&address, NavigateOptions { scroll: false, ..NavigateOptions::default() });
    }
}

/// One choice.
#[component]
fn Choice(
    /// Its name in the address.
    name: &'static str,
    /// What is chosen.
    label: &'static str,
    /// What stands for no choice.
    all: &'static str,
    /// What stands for a choice that is no longer there.
    gone: &'static str,
    /// What can be chosen.
    #[prop(into)]
    choices: Signal<Choices>,
) -> impl IntoView {
    let query = use_query_map();
    let go_to = go_to();
    let chosen = Memo::new(move |_| query.with(|query| query.get(name)).unwrap_or_default());
    let options = Signal::derive(move || {
        let (chosen, choices) = (chosen.get(), choices.get());
        let is_gone = !chosen.is_empty() && choices.iter().all(|(value, _)| *value != chosen);
        let none = (String::new(), all.to_owned());
        // Until the choices are there, what the address says stands for itself.
        let called = if choices.is_empty() { "…" } else { gone };
        let other = is_gone.then(|| (chosen, called.to_owned()));
        std::iter::once(none).chain(other).chain(choices).collect::<Choices>()
    });
    let id = format!("filter-{name}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select class="select" id=id on:change=move |event| go_to(name, event_target_value(&event))>
                <Options value=chosen options />
            </select>
        </div>
    }
}

/// The first or the last day.
#[component]
fn Day(
    /// Its name in the address.
    name: &'static str,
    /// What it is.
    label: &'static str,
) -> impl IntoView {
    let query = use_query_map();
    let go_to = go_to();
    let id = format!("filter-{name}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input class="input" type="date" id=id prop:value=move || query.with(|query| query.get(name)).unwrap_or_default()
                on:change=move |event| go_to(name, event_target_value(&event)) />
        </div>
    }
}
