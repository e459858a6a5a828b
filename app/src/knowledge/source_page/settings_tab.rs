//! The name of a source, and how a website is read. What was typed is saved or discarded; leaving asks first.

use hammock_contract::{ApiError, SourceId, source::SourceState};
use leptos::{ev, prelude::*, task::spawn_local};

use super::Shown;
use crate::{
    FnError,
    knowledge::{
        api::{refresh_source, update_source},
        live::Live,
        source_fields::{FIELDS, Fields, WebsiteFields, patch_of, stored_values},
    },
    t,
    ui::{
        Button, ButtonKind, Form, FormError, TextArea, TextField, Toaster, Typed, form::action_error, general_error,
        guard_leaving, page::focus_outlives, use_toaster,
    },
};

/// The settings in a form.
#[component]
pub fn SettingsTab(
    /// The source.
    shown: Shown,
) -> impl IntoView {
    let toaster = use_toaster();
    let live = shown.live;
    let fields = Fields::new();
    let before = shown.source.get_untracked();
    fields.fill(before.as_ref());
    let stored = RwSignal::new(before.clone());
    let typed = Typed::in_fields(move || fields.values());
    let changed = typed.changed();
    guard_leaving(changed);
    let save = Action::new(move |(): &()| {
        let (existing, now) = (stored.get_untracked(), fields.source());
        let sent = untrack(move || fields.values());
        async move {
            let (existing, now) = (existing.ok_or_else(|| FnError(ApiError::not_found()))?, now?);
            let patch = patch_of(&existing, now);
            let is_read_otherwise = patch.website.is_some();
            let saved = update_source(existing.id, patch).await?;
            if !is_read_otherwise {
                toaster.say(t!("form.saved"));
            } else if saved.state == SourceState::Working {
                toaster.say(t!("data.source_saved"));
            } else {
                offer_to_read(toaster, live, saved.id.clone());
            }
            // The page may be gone meanwhile, and what was typed with it.
            if stored.try_set(Some(saved.clone())).is_none() {
                // What was typed meanwhile is not saved yet.
                fields.fill_unchanged(&saved, &sent);
                typed.begin_with(stored_values(&saved));
                live.refresh();
            }
            Ok::<(), FnError>(())
        }
    });
    let (error, is_saving) = (action_error(save), save.pending());
    let discard = move |_: ev::MouseEvent| {
        stored.with_untracked(|stored| fields.fill(stored.as_ref()));
        save.clear();
    };
    let has_bar = move || changed.try_get().unwrap_or_default() || is_saving.try_get().unwrap_or_default();
    focus_outlives(has_bar);
    let is_website = shown.is_website();
    view! {
        <Form class="form source-settings" novalidate=true on_submit=move |()| { save.dispatch(()); }>
            <TextField label=t!("data.name") name="name" value=fields.name error />
            <TextArea label=t!("data.description") name="description" value=fields.description error
                hint=t!("data.source_description_hint") rows=2 />
            {is_website.then(|| view! { <WebsiteFields fields source=before error /> })}
            <Show when=has_bar>
                <div class="save-bar">
                    <FormError error=general_error(error, FIELDS) />
                    <span class="spacer small muted" role="status">{t!("assistants.unsaved")}</span>
                    <Button kind=ButtonKind::Ghost on_click=discard>{t!("assistants.discard")}</Button>
                    <Button kind=ButtonKind::Primary of_type="submit" busy=is_saving>{t!("form.save")}</Button>
                </div>
            </Show>
        </Form>
    }
}

/// Says that what was changed counts from the next reading on, and offers to begin that now.
fn offer_to_read(toaster: Toaster, live: Live, source: SourceId) {
    // The notice outlives the page, so what it does must belong to no page.
    spawn_local(async move {
        let read = Callback::new(move |()| {
            let source = source.clone();
            spawn_local(async move {
                match refresh_source(source).await {
                    Ok(_) => live.refresh(),
                    Err(error) => toaster.refuse(&error.0),
                }
            });
        });
        toaster.offer(t!("data.source_saved"), t!("data.read_again_now"), read);
    });
}
