//! Adding a person, and changing one.

use hammock_contract::{
    ApiError, ErrorCode, check,
    user::{FirstPassword, NewUser, Role, User, UserPatch, UserStatus},
};
use leptos::prelude::*;

use super::api::{add_user, update_user};
use crate::{
    i18n,
    layout::{role_of, role_value, roles_to_give},
    session::use_session,
    t,
    ui::{
        FormDialog, SelectField, Switch, TextField, Typed, fault::weak_password, form::action_error, general_error,
        use_toaster,
    },
};

const FIELDS: &[&str] = &["first_name", "last_name", "email", "telephone", "password", "role"];

/// The fields that adding and changing have in common.
#[derive(Clone, Copy)]
struct Fields {
    first_name: RwSignal<String>,
    last_name: RwSignal<String>,
    telephone: RwSignal<String>,
    role: RwSignal<String>,
}

impl Fields {
    fn new() -> Self {
        Self {
            first_name: RwSignal::new(String::new()),
            last_name: RwSignal::new(String::new()),
            telephone: RwSignal::new(String::new()),
            role: RwSignal::new(role_value(Role::User).to_owned()),
        }
    }

    fn fill(self, person: Option<&User>) {
        let text = |of: fn(&User) -> &String| person.map(of).cloned().unwrap_or_default();
        self.first_name.set(text(|user| &user.first_name));
        self.last_name.set(text(|user| &user.last_name));
        self.telephone.set(text(|user| &user.telephone));
        self.role.set(role_value(person.map_or(Role::User, |user| user.role)).to_owned());
    }

    fn values(self) -> Vec<String> {
        [self.first_name, self.last_name, self.telephone, self.role].map(|field| field.get()).to_vec()
    }
}

/// What is wrong with what is typed, so that all fields are judged at once before the form is sent.
fn rule(typed: RwSignal<String>, judge: fn(&str) -> Result<String, ApiError>) -> Signal<Option<String>> {
    Signal::derive(move || typed.with(|typed| judge(typed).err()).as_ref().map(i18n::error_text))
}

#[component]
fn NameFields(fields: Fields, error: Signal<Option<ApiError>>) -> impl IntoView {
    view! {
        <div class="form-row">
            <TextField label=t!("person.first_name") name="first_name" value=fields.first_name error
                rule=rule(fields.first_name, |typed| check::name("first_name", typed, 1, check::MAX_NAME))
                autofocus=true />
            <TextField label=t!("person.last_name") name="last_name" value=fields.last_name error
                rule=rule(fields.last_name, |typed| check::name("last_name", typed, 1, check::MAX_NAME)) />
        </div>
    }
}

#[component]
fn RoleAndTelephone(fields: Fields, error: Signal<Option<ApiError>>) -> impl IntoView {
    let session = use_session();
    view! {
        <div class="form-row">
            <SelectField label=t!("users.role") name="role" value=fields.role
                options=Signal::derive(move || roles_to_give(session.me().user.role)) error />
            <TextField label=t!("users.telephone") name="telephone" kind="tel" value=fields.telephone error
                rule=rule(fields.telephone, |typed| check::line("telephone", typed, 0, check::MAX_TELEPHONE))
                required=false />
        </div>
    }
}

/// The dialog that adds a person.
#[component]
pub fn AddPerson(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Whether invitations are sent, or kept for the operator.
    sends_mail: RwSignal<bool>,
    /// Called when somebody was added.
    on_done: Callback<()>,
) -> impl IntoView {
    let toaster = use_toaster();
    let fields = Fields::new();
    let email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let invite = RwSignal::new(true);
    let typed = Typed::in_fields(move || {
        let others = [email.get(), password.get(), invite.get().to_string()];
        fields.values().into_iter().chain(others).collect()
    });
    let add = Action::new(move |user: &NewUser| {
        let user = user.clone();
        async move {
            match add_user(user).await {
                Ok(added) => {
                    toaster.say(t!("users.added", name = added.first_name));
                    if added.status == UserStatus::Invited && sends_mail.try_get_untracked() == Some(false) {
                        toaster.say(t!("users.outbox"));
                    }
                }
                // The person is there: adding them again would be refused.
                Err(error) if error.code() == ErrorCode::InvitationNotSent => toaster.refuse(&error.0),
                Err(error) => return Err(error),
            }
            open.set(false);
            // The page may be gone meanwhile.
            on_done.try_run(());
            Ok::<(), crate::FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            add.clear();
            fields.fill(None);
            email.set(String::new());
            password.set(String::new());
            invite.set(true);
            typed.begin();
        }
    });
    let error = action_error(add);
    let submit = move || {
        let first_password = if invite.get_untracked() {
            FirstPassword::Invite
        } else {
            FirstPassword::Set { password: password.get_untracked() }
        };
        add.dispatch(NewUser {
            first_name: fields.first_name.get_untracked(),
            last_name: fields.last_name.get_untracked(),
            email: email.get_untracked(),
            telephone: fields.telephone.get_untracked(),
            role: role_of(&fields.role.get_untracked()),
            first_password,
        });
    };
    view! {
        <FormDialog
            open
            title=t!("users.add")
            changed=typed.changed()
            submit=t!("users.add")
            busy=add.pending()
            error=general_error(error, FIELDS)
            on_submit=move |()| submit()
        >
            <NameFields fields error />
            <TextField label=t!("person.email") name="email" kind="email" value=email error />
            <RoleAndTelephone fields error />
            <Switch label=t!("users.invite_by_mail") checked=invite hint=t!("users.invite_hint") />
            <Show when=move || invite.get() && !sends_mail.get()>
                <p class="small muted">{t!("users.outbox")}</p>
            </Show>
            <Show when=move || !invite.get()>
                <TextField label=t!("auth.password") name="password" kind="password" value=password error
                    rule=weak_password(password) hint=t!("password.rules") autocomplete="new-password" />
            </Show>
        </FormDialog>
    }
}

/// The dialog that changes a person.
#[component]
pub fn EditPerson(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Whom it is about.
    person: RwSignal<Option<User>>,
    /// Called when the person was changed.
    on_done: Callback<()>,
) -> impl IntoView {
    let toaster = use_toaster();
    let fields = Fields::new();
    let typed = Typed::in_fields(move || fields.values());
    let save = Action::new(move |user: &User| {
        let user = user.id.clone();
        let patch = UserPatch {
            first_name: Some(fields.first_name.get_untracked()),
            last_name: Some(fields.last_name.get_untracked()),
            telephone: Some(fields.telephone.get_untracked()),
            role: Some(role_of(&fields.role.get_untracked())),
        };
        async move {
            update_user(user, patch).await?;
            open.set(false);
            toaster.say(t!("form.saved"));
            // The page may be gone meanwhile.
            on_done.try_run(());
            Ok::<(), crate::FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            save.clear();
            fields.fill(person.get_untracked().as_ref());
            typed.begin();
        }
    });
    let error = action_error(save);
    view! {
        <FormDialog
            open
            title=t!("users.edit")
            changed=typed.changed()
            submit=t!("form.save")
            busy=save.pending()
            error=general_error(error, FIELDS)
            on_submit=move |()| {
                if let Some(user) = person.get_untracked() {
                    save.dispatch(user);
                }
            }
        >
            <p class="muted">{move || person.get().map(|user| user.email)}</p>
            <NameFields fields error />
            <RoleAndTelephone fields error />
        </FormDialog>
    }
}
