//! The dialog that shares a conversation.

mod draft;
mod links;
mod preview;

use hammock_contract::{ConversationId, chat::Conversation, share::ShareLink};
use leptos::{html, prelude::*};

use crate::{
    FnError,
    chat::api::find_ends,
    sharing::api::{create_share, list_shares},
    t,
    ui::{
        Dialog, FormError, Load, SelectField, SubmitFoot, Switch, TextField,
        choice::{Choice, ChoiceCards},
        form::action_error,
        general_error, on_field,
    },
};
use draft::{ANYONE, DATE, Draft, ORGANISATION};
use links::{LinkEntry, Links};
use preview::Preview;

/// Which conversation is shared, and whether its dialog is open.
#[derive(Clone, Copy)]
pub struct ShareArgument {
    of: RwSignal<Option<ConversationId>>,
    /// Whether the dialog is open.
    pub open: RwSignal<bool>,
    /// Grows when the list of conversations has changed: it may be narrowed to those that are shared.
    list_version: RwSignal<u32>,
}

impl ShareArgument {
    /// Provides one to everything below.
    pub fn provide(list_version: RwSignal<u32>) -> Self {
        let argument = Self { of: RwSignal::new(None), open: RwSignal::new(false), list_version };
        provide_context(argument);
        argument
    }

    /// Opens the dialog for a conversation.
    pub fn begin(self, conversation: ConversationId) {
        self.of.set(Some(conversation));
        self.open.set(true);
    }
}

/// What the chat page provides.
pub fn use_sharing() -> ShareArgument {
    expect_context::<ShareArgument>()
}

/// Makes links to a conversation, and revokes them.
#[component]
pub fn ShareDialog(
    /// Which conversation, and whether it is open.
    argument: ShareArgument,
) -> impl IntoView {
    let ShareArgument { of, open, list_version } = argument;
    view! {
        <Dialog open title=t!("share.title") wide=true>
            {move || of.get().map(|conversation| view! { <Shared conversation list_version /> })}
        </Dialog>
    }
}

/// Made anew each time the dialog opens, so what it shows is what there is now.
#[component]
fn Shared(conversation: ConversationId, list_version: RwSignal<u32>) -> impl IntoView {
    let wanted = StoredValue::new(conversation);
    let found = Resource::new(
        move || wanted.get_value(),
        |id| async move { Ok::<_, FnError>((find_ends(id.clone()).await?, list_shares(id).await?)) },
    );
    view! {
        <Load resource=found let:loaded>
            {
                let (conversation, links) = loaded;
                view! { <ShareForm conversation links list_version /> }
            }
        </Load>
    }
}

#[component]
fn ShareForm(conversation: Conversation, links: Vec<ShareLink>, list_version: RwSignal<u32>) -> impl IntoView {
    let id = StoredValue::new(conversation.summary.id);
    let draft = Draft::new();
    let entries = RwSignal::new(links.into_iter().map(LinkEntry::of).collect::<Vec<_>>());
    let made = RwSignal::new(false);
    let place = NodeRef::<html::Div>::new();
    let create = Action::new(move |(): &()| {
        let (conversation, settings) = (id.get_value(), draft.settings());
        async move {
            let link = create_share(conversation, settings.map_err(FnError)?).await?;
            entries.update(|entries| entries.insert(0, LinkEntry::of(link)));
            made.set(true);
            list_version.update(|version| *version += 1);
            // When it is in its place.
            request_animation_frame(move || {
                if let Some(place) = place.try_get_untracked().flatten() {
                    place.scroll_into_view();
                }
            });
            Ok::<(), FnError>(())
        }
    });
    let error = action_error(create);
    let audiences = vec![
        Choice {
            value: ORGANISATION,
            icon: Some("users".into()),
            label: t!("share.organisation").to_owned(),
            hint: t!("share.organisation_hint").to_owned(),
        },
        Choice {
            value: ANYONE,
            icon: Some("globe".into()),
            label: t!("share.anyone").to_owned(),
            hint: t!("share.anyone_hint").to_owned(),
        },
    ];
    view! {
        <form
            class="form"
            on:submit=move |event| {
                event.prevent_default();
                made.set(false);
                create.dispatch(());
            }
        >
            <ChoiceCards legend=t!("share.audience") name="share_audience" value=draft.audience choices=audiences />
            <Switch label=t!("share.later") hint=t!("share.later_hint") checked=draft.includes_later />
            <Switch label=t!("share.reasoning") hint=t!("share.reasoning_hint") checked=draft.with_reasoning />
            <Show when=move || draft.audience.with(|audience| audience == ANYONE)>
                <Switch label=t!("share.sources") hint=t!("share.sources_hint") checked=draft.with_sources />
            </Show>
            <SelectField label=t!("share.expiry") name="share_expiry" value=draft.expiry
                options=Signal::stored(draft::expiries()) error=on_field(error, "expires_at") />
            <Show when=move || draft.expiry.with(|expiry| expiry == DATE)>
                <TextField label=t!("share.date") name="share_date" kind="date" value=draft.date />
            </Show>
            <Preview messages=conversation.messages between=conversation.earlier with_reasoning=draft.with_reasoning />
            <FormError error=general_error(error, &["expires_at"]) />
            <SubmitFoot label=t!("share.create") busy=create.pending() />
        </form>
        <div node_ref=place class="share-links">
            <p class="muted small" role="status">{move || made.get().then(|| t!("share.made"))}</p>
            <Links entries list_version />
        </div>
    }
}
