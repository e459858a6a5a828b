//! The list of people.

use hammock_contract::{
    UserId,
    page::{Page as PageOf, PageRequest},
    user::{Role, User, UserStatus},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;

use super::{
    api::{list_users, read_instance, remove_user, resend_invitation},
    person_dialogs::{AddPerson, EditPerson},
};
use crate::{
    layout::role_name,
    session::use_session,
    t,
    ui::{
        Avatar, Badge, Button, ButtonKind, ConfirmAction, EditItem, EmptyList, Load, Menu, MenuItem, Moment, Page,
        PageBody, PageHeader, Pager, SearchField, Table, Tone, confirmed, use_toaster,
    },
};

/// What the row menus open. One of each for the whole list.
#[derive(Clone, Copy)]
struct Dialogs {
    edited: RwSignal<Option<User>>,
    edit_open: RwSignal<bool>,
    removed: RwSignal<Option<User>>,
    remove_open: RwSignal<bool>,
}

/// The people of the organisation.
#[component]
pub fn UsersPage() -> impl IntoView {
    let session = use_session();
    let query = use_query_map();
    let wanted = Memo::new(move |_| {
        let query = query.get();
        PageRequest { limit: None, page_token: query.get("page"), query: query.get("q") }
    });
    let users = Resource::new(move || wanted.get(), list_users);
    let add_open = RwSignal::new(false);
    let dialogs = Dialogs {
        edited: RwSignal::new(None),
        edit_open: RwSignal::new(false),
        removed: RwSignal::new(None),
        remove_open: RwSignal::new(false),
    };
    let changed = Callback::new(move |()| users.refetch());
    let sends_mail = RwSignal::new(true);
    // In the browser only: nothing of the page waits for it.
    Effect::new(move |_| {
        spawn_local(async move {
            if let Ok(instance) = read_instance().await {
                // The page may be gone meanwhile.
                let _ = sends_mail.try_set(instance.sends_mail);
            }
        });
    });
    view! {
        <Page>
            <PageHeader title=t!("users.title") subtitle=t!("users.subtitle")>
                <Show when=move || session.is_at_least(Role::Administrator)>
                    <Button kind=ButtonKind::Primary icon="user-plus" on_click=move |_| add_open.set(true)>
                        {t!("users.add")}
                    </Button>
                </Show>
            </PageHeader>
            <PageBody>
                <div class="toolbar"><SearchField label=t!("users.search") /></div>
                <Load resource=users let:page>
                    {if page.items.is_empty() {
                        view! { <EmptyList icon="users" title=t!("users.none") /> }.into_any()
                    } else {
                        // On the server a page may be looked through once more while it is already being cleared away.
                        let last_owner = wanted.try_get_untracked().and_then(|wanted| last_owner(&wanted, &page));
                        view! {
                            <PeopleTable people=page.items last_owner dialogs sends_mail />
                            <Pager next=page.next_page_token />
                        }
                        .into_any()
                    }}
                </Load>
            </PageBody>
        </Page>
        <AddPerson open=add_open sends_mail on_done=changed />
        <EditPerson open=dialogs.edit_open person=dialogs.edited on_done=changed />
        <RemovePerson dialogs on_done=changed />
    }
}

/// The one owner, who cannot be removed; known only where the list shows everybody.
fn last_owner(wanted: &PageRequest, page: &PageOf<User>) -> Option<UserId> {
    let is_search = wanted.query.as_deref().is_some_and(|words| !words.trim().is_empty());
    if is_search || wanted.page_token.is_some() || page.next_page_token.is_some() {
        return None;
    }
    let mut owners = page.items.iter().filter(|person| person.role == Role::Owner);
    let first = owners.next()?;
    owners.next().is_none().then(|| first.id.clone())
}

#[component]
fn PeopleTable(
    people: Vec<User>,
    last_owner: Option<UserId>,
    dialogs: Dialogs,
    sends_mail: RwSignal<bool>,
) -> impl IntoView {
    let own = use_session().me().user.id;
    let toaster = use_toaster();
    let invite_again = Action::new(move |invited: &UserId| {
        let invited = invited.clone();
        async move {
            match resend_invitation(invited).await {
                Ok(()) if sends_mail.try_get_untracked() == Some(false) => toaster.say(t!("users.outbox")),
                Ok(()) => toaster.say(t!("users.invited_again")),
                Err(error) => toaster.refuse(&error.0),
            }
        }
    });
    let rows = people.into_iter().map(|person| {
        let own = own == person.id;
        let can_remove = last_owner.as_ref() != Some(&person.id);
        view! { <PersonRow person own can_remove dialogs invite_again /> }
    });
    let rows = rows.collect_view();
    view! {
        <Table caption=t!("users.title")>
            <thead>
                <tr>
                    <th scope="col">{t!("users.name")}</th>
                    <th scope="col">{t!("users.role")}</th>
                    <th scope="col">{t!("users.telephone")}</th>
                    <th scope="col">{t!("users.last_seen")}</th>
                    <th scope="col" class="actions"><span class="visually-hidden">{t!("table.actions")}</span></th>
                </tr>
            </thead>
            <tbody>
                {rows}
            </tbody>
        </Table>
    }
}

#[component]
fn PersonRow(
    person: User,
    own: bool,
    can_remove: bool,
    dialogs: Dialogs,
    invite_again: Action<UserId, ()>,
) -> impl IntoView {
    let name = format!("{} {}", person.first_name, person.last_name);
    let telephone = if person.telephone.is_empty() { "–".to_owned() } else { person.telephone.clone() };
    let invited = person.status == UserStatus::Invited;
    let stored = StoredValue::new(person.clone());
    view! {
        <tr>
            <td class="primary-cell">
                <span class="person">
                    <Avatar first_name=person.first_name last_name=person.last_name />
                    <span>
                        {name.clone()}
                        {own.then(|| view! { " " <Badge tone=Tone::Accent>{t!("users.you")}</Badge> })}
                        <span class="sub">{person.email}</span>
                    </span>
                </span>
            </td>
            <td data-label=t!("users.role")>
                {role_name(person.role)}
                {invited
                    .then(|| view! { " " <Badge tone=Tone::Warning>{t!("users.invited")}</Badge> })}
            </td>
            <td data-label=t!("users.telephone") class="muted numeric nowrap">{telephone}</td>
            <td data-label=t!("users.last_seen") class="muted">
                {match person.last_seen_at {
                    Some(at) => view! { <Moment at /> }.into_any(),
                    None => t!("users.never").into_any(),
                }}
            </td>
            <td class="actions">
                <Menu id=format!("menu-{}", person.id.as_str()) label=t!("users.actions_for", name = name)>
                    <EditItem on_click=move |()| {
                        dialogs.edited.set(Some(stored.get_value()));
                        dialogs.edit_open.set(true);
                    } />
                    {invited
                        .then(|| {
                            view! {
                                <MenuItem icon="mail" on_click=move |()| { invite_again.dispatch(stored.with_value(|person| person.id.clone())); }>
                                    {t!("users.invite_again")}
                                </MenuItem>
                            }
                        })}
                    {can_remove
                        .then(|| {
                            view! {
                                <MenuItem
                                    icon="trash-2"
                                    danger=true
                                    on_click=move |()| {
                                        dialogs.removed.set(Some(stored.get_value()));
                                        dialogs.remove_open.set(true);
                                    }
                                >
                                    {t!("users.remove")}
                                </MenuItem>
                            }
                        })}
                </Menu>
            </td>
        </tr>
    }
}

#[component]
fn RemovePerson(dialogs: Dialogs, on_done: Callback<()>) -> impl IntoView {
    let done = move || {
        on_done.try_run(());
    };
    let remove = confirmed(dialogs.remove_open, t!("users.removed"), done, |user: &User| remove_user(user.id.clone()));
    let name =
        move || dialogs.removed.get().map(|user| format!("{} {}", user.first_name, user.last_name)).unwrap_or_default();
    view! {
        <ConfirmAction
            open=dialogs.remove_open
            item=dialogs.removed
            title=Signal::derive(move || t!("users.remove_title", name = name()))
            text=t!("users.remove_text")
            confirm=t!("users.remove")
            action=remove
        />
    }
}
