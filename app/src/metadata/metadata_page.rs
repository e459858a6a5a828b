//! The fields of a collection.

use hammock_contract::{
    CollectionId,
    collection::Collection,
    metadata::{MetadataField, MetadataFields, MetadataFilling},
    user::Role,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{components::A, hooks::use_params_map};

use super::{api::list_fields, field_dialog::FieldDialog, field_list::FieldList};
use crate::{
    FnError,
    knowledge::{CollectionTabs, api::find_collection, parse_collection, shown_name},
    session::use_session,
    t,
    ui::{Button, ButtonKind, Icon, Load, Page, PageBody, PageHeader, Progress, clock::ask_while},
};

/// How often is asked while documents are gone through. Milliseconds.
const PAUSE: u32 = 1_500;

/// What the page shows.
#[derive(Clone, Copy)]
pub struct Fields {
    /// The collection.
    pub collection: RwSignal<Option<CollectionId>>,
    /// Its fields, by name.
    pub all: RwSignal<Vec<MetadataField>>,
    /// How far they are filled, while they are.
    pub filling: RwSignal<Option<MetadataFilling>>,
}

impl Fields {
    /// Nothing known yet. Asks again and again while documents are gone through and the page is seen.
    fn new() -> Self {
        let fields =
            Self { collection: RwSignal::new(None), all: RwSignal::new(Vec::new()), filling: RwSignal::new(None) };
        ask_while(move || fields.filling.with(Option::is_some), PAUSE, move || fields.refresh());
        fields
    }

    /// The collection's id, once it is known.
    pub fn id(self) -> Option<CollectionId> {
        // A notice that leads here may outlive the page.
        self.collection.try_get_untracked().flatten()
    }

    /// Asks once. What cannot be had stays as it is.
    pub fn refresh(self) {
        let Some(collection) = self.id() else { return };
        spawn_local(async move {
            if let Ok(found) = list_fields(collection).await {
                // The page may be gone by then.
                let _ = self.all.try_set(found.fields);
                let _ = self.filling.try_set(found.filling);
            }
        });
    }

    fn show(self, collection: CollectionId, found: MetadataFields) {
        self.collection.set(Some(collection));
        self.all.set(found.fields);
        self.filling.set(found.filling);
    }
}

/// The page of a collection's metadata.
#[component]
pub fn MetadataPage() -> impl IntoView {
    let session = use_session();
    let params = use_params_map();
    let id = Memo::new(move |_| params.get().get("collection").unwrap_or_default());
    let head = Resource::new(move || id.get(), load);
    let fields = Fields::new();
    let edited = RwSignal::new(None::<MetadataField>);
    let edit_open = RwSignal::new(false);
    let on_edit = Callback::new(move |field: Option<MetadataField>| {
        edited.set(field);
        edit_open.set(true);
    });
    view! {
        <Page>
            <Load resource=head whole_page=true let:head>
                {
                    let (collection, found) = head;
                    let can_write = session.is_at_least(Role::Administrator) && !collection.read_only;
                    fields.show(collection.id.clone(), found);
                    view! {
                        <Head collection can_write on_edit />
                        <PageBody>
                            <Filling fields />
                            <FieldList fields can_write on_edit />
                        </PageBody>
                    }
                }
            </Load>
        </Page>
        <FieldDialog open=edit_open field=edited fields />
    }
}

async fn load(collection: String) -> Result<(Collection, MetadataFields), FnError> {
    let id = parse_collection(&collection)?;
    Ok((find_collection(id.clone()).await?, list_fields(id).await?))
}

#[component]
fn Head(collection: Collection, can_write: bool, on_edit: Callback<Option<MetadataField>>) -> impl IntoView {
    let name = shown_name(&collection);
    view! {
        <div class="crumb"><A href="/data" attr:class="back-link"><Icon name="chevron-left" />{t!("data.title")}</A></div>
        <PageHeader
            title=Signal::derive(move || name.clone())
            subtitle=Signal::derive(|| t!("metadata.subtitle").to_owned())
        >
            {can_write.then(|| view! {
                <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| on_edit.run(None)>
                    {t!("metadata.add")}
                </Button>
            })}
        </PageHeader>
        <CollectionTabs id=collection.id.to_string() can_evaluate=!collection.read_only />
    }
}

/// How far the documents are gone through.
#[component]
fn Filling(fields: Fields) -> impl IntoView {
    let done =
        Signal::derive(move || fields.filling.try_get().flatten().map(|filling| filling.done).unwrap_or_default());
    let total = Signal::derive(move || {
        fields.filling.try_get().flatten().map(|filling| filling.total).filter(|total| *total > 0)
    });
    let said = move || match (fields.filling.try_get().flatten(), total.try_get().flatten()) {
        (None, _) => String::new(),
        (Some(_), None) => t!("metadata.filling").to_owned(),
        (Some(filling), Some(total)) => t!("metadata.filling_of", done = filling.done, total = total),
    };
    view! {
        <div class="work-progress" role="status">
            <Show when=move || fields.filling.try_with(Option::is_some).unwrap_or_default()>
                <span class="small muted numeric">{said}</span>
                <Progress label=Signal::derive(|| t!("metadata.filling").to_owned()) done total />
            </Show>
        </div>
    }
}
