//! The head of a source's page: what it is, how it stands, what can be done to it, and its tabs.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{Shown, tabs::SourceTab};
use crate::{
    knowledge::{
        built_in::shown_name,
        held_crawl::is_held,
        source_actions::{SourceWork, origin_of, read_label, source_address},
        states::SourceStateBadge,
    },
    t,
    ui::{Button, ButtonKind, ButtonLink, DeleteItem, Icon, Menu, PageHeader, TabLink, Tabs},
};

/// The head of the page.
#[component]
pub fn SourceHead(
    /// The source.
    shown: Shown,
    /// Asks whether the source shall be deleted.
    on_delete: Callback<()>,
) -> impl IntoView {
    let source = shown.source;
    let name = Signal::derive(move || source.with(|it| it.as_ref().map(|it| it.name.clone())).unwrap_or_default());
    let origin = Signal::derive(move || source.with(|it| it.as_ref().and_then(origin_of)).unwrap_or_default());
    let description = Memo::new(move |_| source.with(|it| it.as_ref().map(|it| it.description.clone())));
    let stands = Memo::new(move |_| source.with(|it| it.as_ref().map(|it| (it.state, is_held(it)))));
    let collection = shown.live.collection.with_untracked(|it| it.as_ref().map(shown_name)).unwrap_or_default();
    let back = format!("/data/{}", shown.collection().map(|id| id.to_string()).unwrap_or_default());
    let address = source.with_untracked(|it| it.as_ref().map(source_address)).unwrap_or_default();
    let is_website = shown.is_website();
    let links = SourceTab::all(shown).map(|tab| {
        view! { <TabLink href=tab.address(&address) exact=true>{tab.name(is_website)}</TabLink> }
    });
    let links = links.collect_view();
    view! {
        <div class="crumb">
            <A href=back.clone() attr:class="back-link"><Icon name="chevron-left" />{collection}</A>
        </div>
        <PageHeader title=name subtitle=origin>
            <span aria-live="polite">
                {move || stands.try_get().flatten().map(|(state, held)| view! { <SourceStateBadge state held /> })}
            </span>
            <ButtonLink href=format!("{back}/search") icon="search">{t!("data.test_search")}</ButtonLink>
            {shown.can_write.then(|| view! { <Actions shown on_delete /> })}
        </PageHeader>
        <div class="page-tabs">
            {move || {
                let text = description.try_get().flatten().filter(|text| !text.is_empty());
                text.map(|text| view! { <p class="muted">{text}</p> })
            }}
            <Tabs label=t!("data.source_tabs")>{links}</Tabs>
        </div>
    }
}

#[component]
fn Actions(shown: Shown, on_delete: Callback<()>) -> impl IntoView {
    let working = shown.is_working();
    shown.id().map(|id| {
        let work = SourceWork::of(id, shown.live);
        // It stays while the source is read, so that it keeps the focus; stopping is offered beside the progress.
        let busy = Signal::derive(move || working.get() || work.is_beginning().get());
        view! {
            <Button kind=ButtonKind::Primary icon="refresh-cw" busy on_click=move |_| work.read_again()>
                {move || shown.source.try_with(|it| read_label(it.as_ref()))}
            </Button>
            <Menu id="source-menu" label=t!("table.actions")>
                <DeleteItem on_click=on_delete />
            </Menu>
        }
    })
}
