//! The links that there are: copied, revoked, and taken back.

use hammock_contract::share::{ShareAudience, ShareLink};
use leptos::prelude::*;

use super::draft::browser;
use crate::{
    FnError,
    sharing::api::{restore_share, revoke_share},
    t,
    ui::{Badge, Button, ButtonKind, CopyButton, FormError, Moment, form::action_error},
};

/// A link in the list. One that is revoked stays there while the dialog is open, so that it can be taken back.
#[derive(Clone)]
pub struct LinkEntry {
    link: ShareLink,
    is_revoked: RwSignal<bool>,
}

impl LinkEntry {
    /// A link that was not revoked.
    pub fn of(link: ShareLink) -> Self {
        Self { link, is_revoked: RwSignal::new(false) }
    }
}

/// The list; nothing where there is no link.
#[component]
pub fn Links(entries: RwSignal<Vec<LinkEntry>>, list_version: RwSignal<u32>) -> impl IntoView {
    view! {
        <Show when=move || !entries.with(Vec::is_empty)>
            <h3 id="share-links">{t!("share.links")}</h3>
            <ul aria-labelledby="share-links">
                <For each=move || entries.get() key=|entry| entry.link.id.clone() let:entry>
                    <Link entry list_version />
                </For>
            </ul>
        </Show>
    }
}

#[component]
fn Link(entry: LinkEntry, list_version: RwSignal<u32>) -> impl IntoView {
    let LinkEntry { link, is_revoked } = entry;
    let ShareLink { id, conversation, settings, address, .. } = link;
    let names = StoredValue::new((conversation, id));
    let toggle = Action::new(move |(): &()| {
        let ((conversation, id), was_revoked) = (names.get_value(), is_revoked.get_untracked());
        async move {
            if was_revoked {
                restore_share(conversation, id).await?;
            } else {
                revoke_share(conversation, id).await?;
            }
            is_revoked.set(!was_revoked);
            list_version.update(|version| *version += 1);
            Ok::<(), FnError>(())
        }
    });
    let audience = match settings.audience {
        ShareAudience::Anyone => t!("share.anyone"),
        ShareAudience::Organisation => t!("share.organisation"),
    };
    let extent = settings.includes_later.then(|| t!("share.later"));
    let reasoning = settings.with_reasoning.then(|| t!("share.reasoning"));
    let sources = settings.with_sources.then(|| t!("share.sources"));
    let more =
        [extent, reasoning, sources].into_iter().flatten().map(|text| view! { <span>{text}</span> }).collect_view();
    let end = settings.expires_at.map(|at| {
        if at <= browser::now() {
            view! { <Badge icon="clock">{t!("share.expired")}</Badge> }.into_any()
        } else {
            view! { <span>{t!("share.ends")} " " <Moment at /></span> }.into_any()
        }
    });
    let address = StoredValue::new(address);
    view! {
        <li class="share-link">
            <p><b>{audience}</b>{more}{end}</p>
            {move || {
                if is_revoked.get() {
                    return view! { <p class="muted">{t!("share.revoked")}</p> }.into_any();
                }
                match address.get_value() {
                    Some(address) => {
                        let href = address.clone();
                        view! {
                            <p class="row">
                                <a class="truncate" href=href target="_blank" rel="noopener">{address.clone()}</a>
                                <CopyButton text=Signal::stored(address) label=t!("share.copy") />
                            </p>
                        }
                        .into_any()
                    }
                    None => view! { <p class="muted">{t!("share.address_lost")}</p> }.into_any(),
                }
            }}
            <FormError error=action_error(toggle) />
            // The same button for both, so that the focus stays.
            <Button
                kind=ButtonKind::Secondary
                busy=toggle.pending()
                on_click=move |_| {
                    toggle.dispatch(());
                }
            >
                {move || if is_revoked.get() { t!("chat.undo") } else { t!("share.revoke") }}
            </Button>
        </li>
    }
}
