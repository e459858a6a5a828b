//! The list of API keys, making one, revoking one.

use hammock_contract::{
    key::{ApiKey, NewApiKey},
    user::Role,
};
use leptos::prelude::*;

use super::api::{create_key, list_keys, revoke_key};
use crate::{
    FnError,
    layout::{role_name, role_of, roles_to_give},
    session::use_session,
    t,
    ui::{
        Button, ButtonKind, ConfirmAction, CopyButton, Dialog, DialogFoot, EmptyState, Form, FormError, IconButton,
        Load, Moment, Page, PageBody, PageHeader, SelectField, SubmitFoot, Table, TextField, Typed, address::origin,
        confirmed, form::action_error, general_error,
    },
};

/// The keys of the organisation.
#[component]
pub fn KeysPage() -> impl IntoView {
    let session = use_session();
    let keys = Resource::new(|| (), |()| list_keys());
    let create_open = RwSignal::new(false);
    let revoke_open = RwSignal::new(false);
    let revoked = RwSignal::new(None::<ApiKey>);
    let changed = Callback::new(move |()| keys.refetch());
    let ask_to_revoke = Callback::new(move |key: ApiKey| {
        revoked.set(Some(key));
        revoke_open.set(true);
    });
    view! {
        <Page>
            <PageHeader title=t!("keys.title") subtitle=t!("keys.subtitle")>
                <a class="button" href="/api/docs" rel="external">{t!("keys.documentation")}</a>
                <Show when=move || session.is_at_least(Role::Administrator)>
                    <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| create_open.set(true)>
                        {t!("keys.create")}
                    </Button>
                </Show>
            </PageHeader>
            <PageBody>
                <Load resource=keys let:keys>
                    {if keys.is_empty() {
                        view! { <EmptyState icon="key-round" title=t!("keys.none") text=t!("keys.none_text") /> }.into_any()
                    } else {
                        view! { <KeysTable keys on_revoke=ask_to_revoke /> }.into_any()
                    }}
                </Load>
            </PageBody>
        </Page>
        <CreateKey open=create_open on_done=changed />
        <RevokeKey open=revoke_open key=revoked on_done=changed />
    }
}

#[component]
fn KeysTable(keys: Vec<ApiKey>, on_revoke: Callback<ApiKey>) -> impl IntoView {
    let row = move |key: ApiKey| {
        let revoked = key.clone();
        view! {
            <tr>
                <td class="primary-cell">{key.name.clone()} <span class="sub"><code>{key.start}"…"</code></span></td>
                <td data-label=t!("users.role")>{role_name(key.role)}</td>
                <td data-label=t!("keys.created") class="muted"><Moment at=key.created_at /></td>
                <td data-label=t!("keys.last_used") class="muted">
                    {match key.last_used_at {
                        Some(at) => view! { <Moment at /> }.into_any(),
                        None => t!("users.never").into_any(),
                    }}
                </td>
                <td class="actions">
                    <IconButton
                        icon="trash-2"
                        label=t!("keys.revoke_named", name = key.name)
                        on_click=move |_| on_revoke.run(revoked.clone())
                    />
                </td>
            </tr>
        }
    };
    view! {
        <Table caption=t!("keys.title")>
            <thead>
                <tr>
                    <th scope="col">{t!("keys.name")}</th>
                    <th scope="col">{t!("users.role")}</th>
                    <th scope="col">{t!("keys.created")}</th>
                    <th scope="col">{t!("keys.last_used")}</th>
                    <th scope="col" class="actions"><span class="visually-hidden">{t!("table.actions")}</span></th>
                </tr>
            </thead>
            <tbody>{keys.into_iter().map(row).collect_view()}</tbody>
        </Table>
    }
}

/// First the form; once the key is made, its secret, which cannot be shown again.
#[component]
fn CreateKey(open: RwSignal<bool>, on_done: Callback<()>) -> impl IntoView {
    let session = use_session();
    let name = RwSignal::new(String::new());
    let role = RwSignal::new("user".to_owned());
    let secret = RwSignal::new(None::<String>);
    let typed = Typed::in_fields(move || vec![name.get(), role.get()]);
    let create = Action::new(move |key: &NewApiKey| {
        let key = key.clone();
        async move {
            let made = create_key(key).await?;
            typed.begin();
            secret.set(Some(made.secret));
            // The page may be gone meanwhile.
            on_done.try_run(());
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            create.clear();
            name.set(String::new());
            role.set("user".to_owned());
            secret.set(None);
            typed.begin();
        }
    });
    let error = action_error(create);
    let submit = move || {
        create.dispatch(NewApiKey { name: name.get_untracked(), role: role_of(&role.get_untracked()) });
    };
    view! {
        <Dialog open title=t!("keys.create") changed=typed.changed()>
            <Show
                when=move || secret.with(Option::is_some)
                fallback=move || {
                    view! {
                        <Form on_submit=move |()| submit()>
                            <TextField label=t!("keys.name") name="name" value=name error hint=t!("keys.name_hint")
                                autofocus=true />
                            <SelectField label=t!("users.role") name="role" value=role
                                options=Signal::derive(move || roles_to_give(session.me().user.role))
                                hint=t!("keys.role_hint") error />
                            <FormError error=general_error(error, &["name", "role"]) />
                            <SubmitFoot label=t!("keys.create") busy=create.pending() />
                        </Form>
                    }
                }
            >
                <p role="status">{t!("keys.secret_text")}</p>
                <div class="secret">
                    <code>{move || secret.get()}</code>
                    <CopyButton text=Signal::derive(move || secret.get().unwrap_or_default()) />
                </div>
                <pre class="curl">
                    <code>"curl -H \"X-Api-Key: $HAMMOCK_KEY\" "{origin()}"/api/v1/assistants"</code>
                </pre>
                <DialogFoot>
                    <Button kind=ButtonKind::Primary on_click=move |_| open.set(false)>{t!("form.done")}</Button>
                </DialogFoot>
            </Show>
        </Dialog>
    }
}

#[component]
fn RevokeKey(open: RwSignal<bool>, key: RwSignal<Option<ApiKey>>, on_done: Callback<()>) -> impl IntoView {
    let done = move || {
        on_done.try_run(());
    };
    let revoke = confirmed(open, t!("keys.revoked"), done, |key: &ApiKey| revoke_key(key.id.clone()));
    let name = move || key.get().map(|key| key.name).unwrap_or_default();
    view! {
        <ConfirmAction
            open
            item=key
            title=Signal::derive(move || t!("keys.revoke_title", name = name()))
            text=t!("keys.revoke_text")
            confirm=t!("keys.revoke")
            action=revoke
        />
    }
}
