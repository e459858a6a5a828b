//! The settings of an assistant in one form, with a bar that saves them.

use hammock_contract::assistant::{Assistant, AssistantSettings};
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    api::{create_assistant, update_assistant},
    draft::Draft,
    form_sections::{AccessSection, ConversationSection, GeneralSection, KnowledgeSection, Offered},
    hidden_collections::RemoveHiddenCollections,
    model_section::ModelSection,
    retrieval_section::RetrievalSection,
};
use crate::{
    FnError, t,
    ui::{
        Button, ButtonKind, Form, FormError,
        form::action_error,
        general_error, guard_leaving,
        page::{focus_outlives, leave_for_page},
        use_toaster,
    },
};

/// The fields that say themselves what is wrong with them.
const FIELDS: &[&str] = &[
    "name",
    "description",
    "connection",
    "model",
    "temperature",
    "max_tokens",
    "initial_message",
    "suggestions",
    "system_message",
    "threshold",
    "passages",
    "keyword_weight",
    "language",
    "filters",
];

/// The form.
#[component]
pub fn AssistantForm(
    /// The assistant; none: a new one.
    assistant: Option<Assistant>,
    /// What the form starts with.
    settings: AssistantSettings,
    /// The collections to choose from. Asked for with the page: what stands in a part of it is made more than once on the
    /// server.
    collections: Offered,
    /// Whether nothing can be changed.
    readonly: bool,
    /// Called with an assistant that was stored.
    on_saved: Callback<Assistant>,
) -> impl IntoView {
    let toaster = use_toaster();
    let draft = Draft::of(&settings);
    let stored = RwSignal::new(settings);
    // On the server nothing is typed, and the page may be cleared away while it is looked through once more.
    let changed =
        Memo::new(move |_| cfg!(feature = "hydrate") && !readonly && stored.with(|stored| draft.differs_from(stored)));
    guard_leaving(changed);
    let hidden = RwSignal::new(assistant.as_ref().map(|it| it.hidden_collections).unwrap_or_default());
    let remove_open = RwSignal::new(false);
    let opened = RwSignal::new(assistant.as_ref().map(|it| (it.public_chat, it.widget)).unwrap_or_default());
    let id = assistant.map(|assistant| assistant.id);
    let removing = id.clone().filter(|_| !readonly);
    let is_new = id.is_none();
    let navigate = StoredValue::new(use_navigate());
    let save = Action::new(move |(): &()| {
        let (id, settings) = (id.clone(), untrack(move || draft.settings()));
        async move {
            let saved = match id {
                Some(id) => update_assistant(id, settings?).await?,
                None => create_assistant(settings?).await?,
            };
            stored.set(saved.settings.clone());
            hidden.set(saved.hidden_collections);
            opened.set((saved.public_chat, saved.widget));
            toaster.say(t!("form.saved"));
            if is_new {
                let href = format!("/assistants/{}", saved.id);
                let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
                // The page may be gone meanwhile, and somebody elsewhere stays there.
                let _ = navigate.try_with_value(|go| {
                    // The button goes with its form: the focus would be lost with it.
                    leave_for_page();
                    go(&href, options);
                });
            } else {
                // The page may be gone meanwhile.
                on_saved.try_run(saved);
            }
            Ok::<(), FnError>(())
        }
    });
    let (error, is_saving) = (action_error(save), save.pending());
    let is_changed = move || changed.try_get().unwrap_or_default();
    let has_bar = move || !readonly && (is_new || is_changed() || is_saving.try_get().unwrap_or_default());
    focus_outlives(has_bar);
    let reset = move |_: ev::MouseEvent| {
        let before = Draft::of(&stored.get_untracked());
        draft.take(before);
        save.clear();
    };
    view! {
        <Form class="assistant-form" on_submit=move |()| { save.dispatch(()); }>
            <fieldset class="assistant-fields" disabled=readonly>
                <legend class="visually-hidden">{t!("assistants.settings")}</legend>
                <FormPart title=t!("assistants.general") text=t!("assistants.general_text")>
                    <GeneralSection draft error readonly />
                </FormPart>
                <FormPart title=t!("assistants.model_title") text=t!("assistants.model_text")>
                    <ModelSection draft error readonly />
                </FormPart>
                <FormPart title=t!("assistants.knowledge") text=t!("assistants.knowledge_text")>
                    <KnowledgeSection
                        draft
                        collections
                        hidden
                        readonly
                        on_remove_hidden=Callback::new(move |()| remove_open.set(true))
                    />
                </FormPart>
                <FormPart title=t!("retrieval.title") text=t!("assistants.retrieval_text")>
                    <RetrievalSection draft error readonly />
                </FormPart>
                <FormPart title=t!("assistants.conversation") text=t!("assistants.conversation_text")>
                    <ConversationSection draft error readonly />
                </FormPart>
                <FormPart title=t!("assistants.access_title") text=t!("assistants.access_text")>
                    <AccessSection draft opened readonly />
                </FormPart>
            </fieldset>
            <Show when=has_bar>
                <div class="save-bar">
                    <FormError error=general_error(error, FIELDS) />
                    <span class="spacer small muted" role="status">
                        {move || is_changed().then(|| t!("assistants.unsaved"))}
                    </span>
                    {(!is_new).then(|| view! { <Button kind=ButtonKind::Ghost on_click=reset>{t!("assistants.discard")}</Button> })}
                    <Button kind=ButtonKind::Primary of_type="submit" busy=is_saving>
                        {if is_new { t!("assistants.create") } else { t!("form.save") }}
                    </Button>
                </div>
            </Show>
        </Form>
        {removing.map(|assistant| view! { <RemoveHiddenCollections open=remove_open assistant number=hidden /> })}
    }
}

/// A section: what it is about on the left, its fields on the right.
#[component]
fn FormPart(title: &'static str, text: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="section split">
            <header><h2>{title}</h2><p class="small muted">{text}</p></header>
            <div class="form">{children()}</div>
        </section>
    }
}
