//! The evaluation of a collection: its questions, and what runs of them gave.

use hammock_contract::{EvaluationRunId, evaluation::EvaluationQuestion, user::Role};
use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_params_map, use_query_map},
};

use super::{
    api::start_run,
    board::{Board, load, questions, wanted_of},
    import_dialog::ImportDialog,
    question_dialog::QuestionDialog,
    question_list::QuestionList,
    run_list::{RunList, RunProgress},
    run_report::RunReport,
};
use crate::{
    i18n,
    knowledge::CollectionTabs,
    session::use_session,
    t,
    ui::{Button, ButtonKind, EmptyState, Icon, Load, Page, PageBody, PageHeader, Pager, SearchField, use_toaster},
};

/// What the page opens.
#[derive(Clone, Copy)]
struct Dialogs {
    edited: RwSignal<Option<EvaluationQuestion>>,
    edit_open: RwSignal<bool>,
    import_open: RwSignal<bool>,
}

impl Dialogs {
    fn new() -> Self {
        Self { edited: RwSignal::new(None), edit_open: RwSignal::new(false), import_open: RwSignal::new(false) }
    }

    /// Writes a question, or changes this one.
    fn edit(self, question: Option<EvaluationQuestion>) {
        self.edited.set(question);
        self.edit_open.set(true);
    }
}

/// The page of a collection's evaluation.
#[component]
pub fn EvaluationPage() -> impl IntoView {
    let session = use_session();
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.get().get("collection").unwrap_or_default());
    let wanted = Memo::new(move |_| wanted_of(id.get(), &query.get()));
    let asked = Memo::new(move |_| {
        query.with(|query| query.get_str("run").and_then(|run| run.parse::<EvaluationRunId>().ok()))
    });
    let board = Board::new(wanted);
    let head = Resource::new(move || id.get(), load);
    let listed = Resource::new(move || wanted.get(), questions);
    let dialogs = Dialogs::new();
    view! {
        <Page>
            <Load resource=head whole_page=true let:head>
                {
                    let (collection, runs) = head;
                    let read_only = collection.read_only;
                    let can_write = session.is_at_least(Role::Administrator) && !read_only;
                    board.collection.set(Some(collection));
                    board.runs.set(runs);
                    view! {
                        <Head board dialogs can_write read_only />
                        <PageBody>
                            {if read_only {
                                view! { <EmptyState icon="lock" title=t!("evaluation.read_only") text=t!("evaluation.read_only_text") /> }
                                    .into_any()
                            } else {
                                view! {
                                    <section class="section">
                                        <header>
                                            <h2>{t!("evaluation.runs")}</h2>
                                            <RunProgress board can_write />
                                        </header>
                                        <RunList board />
                                    </section>
                                    <RunReport board asked />
                                    <section class="section">
                                        <h2>{t!("evaluation.questions")}</h2>
                                        <div class="toolbar"><SearchField label=t!("evaluation.search_questions") /></div>
                                        <Load resource=listed let:page>
                                            {
                                                board.questions.set(page.items);
                                                view! {
                                                    <QuestionList
                                                        board
                                                        can_write
                                                        on_edit=Callback::new(move |question| dialogs.edit(question))
                                                        on_import=Callback::new(move |()| dialogs.import_open.set(true))
                                                    />
                                                    <Pager next=page.next_page_token />
                                                }
                                            }
                                        </Load>
                                    </section>
                                }
                                    .into_any()
                            }}
                        </PageBody>
                    }
                }
            </Load>
        </Page>
        <QuestionDialog open=dialogs.edit_open question=dialogs.edited board />
        <ImportDialog open=dialogs.import_open board />
    }
}

#[component]
fn Head(board: Board, dialogs: Dialogs, can_write: bool, read_only: bool) -> impl IntoView {
    let name = Signal::derive(move || board.collection.get().map(|it| it.name).unwrap_or_default());
    let id = board.id().map(|id| id.to_string()).unwrap_or_default();
    let export = format!("/api/v1/collections/{id}/evaluation/export");
    let toaster = use_toaster();
    let start = Action::new(move |(): &()| {
        let collection = board.id();
        async move {
            let Some(collection) = collection else { return };
            if let Err(error) = start_run(collection).await {
                toaster.say(i18n::error_text(&error.0));
            }
            board.refresh();
        }
    });
    let goes_on = Signal::derive(move || start.pending().get() || board.running().is_some());
    view! {
        <div class="crumb"><A href="/data" attr:class="back-link"><Icon name="chevron-left" />{t!("data.title")}</A></div>
        <PageHeader title=name subtitle=Signal::derive(|| t!("evaluation.subtitle").to_owned())>
            {(!read_only).then(|| view! {
                <a class="button ghost" href=export rel="external" download>
                    <Icon name="download" />{t!("evaluation.export")}
                </a>
            })}
            {can_write.then(|| view! {
                <Button icon="upload" on_click=move |_| dialogs.import_open.set(true)>{t!("evaluation.import")}</Button>
                <Button icon="plus" on_click=move |_| dialogs.edit(None)>{t!("evaluation.write")}</Button>
                <Button kind=ButtonKind::Primary icon="play" busy=goes_on on_click=move |_| { start.dispatch(()); }>
                    {t!("evaluation.run")}
                </Button>
            })}
        </PageHeader>
        <CollectionTabs id can_evaluate=!read_only />
    }
}
