//! People of the organisation.

use hammock_contract::{
    ApiError, ErrorCode, Page, UserId, check,
    locale::Locale,
    page::PageRequest,
    user::{FirstPassword, NewUser, ProfilePatch, Role, SendKey, User, UserPatch, UserStatus},
};
use hammock_store::{Scope, StoreError, accounts, audit, members, organisations, sessions};

use crate::{
    Hammock, Result,
    error::{from_store, owners_only},
    mail::Invitation,
    passwords, validate,
};

impl Hammock {
    /// The people of the organisation, by name.
    ///
    /// # Errors
    /// `role_required` below administrator.
    pub async fn list_users(&self, scope: &Scope, request: PageRequest) -> Result<Page<User>> {
        scope.require(Role::Administrator).map_err(from_store)?;
        members::list(scope, self.store().read(), &request).await.map_err(from_store)
    }

    /// Adds a person to the organisation.
    ///
    /// # Errors
    /// `role_required`, `owner_required`, `invalid_field`, `invalid_email`, `weak_password`, `email_taken`;
    /// `too_many_attempts` for an invitation beyond what is allowed; `invitation_not_sent` when the person was added and the mail
    /// server did not take the mail.
    pub async fn add_user(&self, scope: &Scope, new: NewUser, locale: Locale) -> Result<User> {
        scope.require(Role::Administrator).map_err(from_store)?;
        if new.role > scope.role() {
            return Err(owners_only());
        }
        let first_name = validate::name("first_name", &new.first_name, 1, check::MAX_NAME)?;
        let last_name = validate::name("last_name", &new.last_name, 1, check::MAX_NAME)?;
        let telephone = validate::line("telephone", &new.telephone, 0, check::MAX_TELEPHONE)?;
        let email = validate::email(&new.email)?;
        let (password_hash, status) = match new.first_password {
            FirstPassword::Set { password } => {
                passwords::check_new(&password, &password)?;
                (Some(passwords::hash(password).await?), UserStatus::Active)
            }
            FirstPassword::Invite => {
                self.count_invitation(scope, &email).await?;
                (None, UserStatus::Invited)
            }
        };
        let (id, now) = (UserId::new(), self.now());
        let tx = self.store().begin().await.map_err(from_store)?;
        let account = accounts::NewAccount {
            id: id.clone(),
            email: email.clone(),
            first_name,
            last_name,
            telephone,
            password_hash,
            locale: None,
            marketing: false,
            terms_accepted_at: None,
        };
        accounts::create(&tx, account, now).await.map_err(|error| match error {
            StoreError::Duplicate(_) => {
                ApiError::new(ErrorCode::EmailTaken, "this e-mail address has an account already").on("email")
            }
            other => from_store(other),
        })?;
        members::add(scope, &tx, &id, new.role, status, now).await.map_err(from_store)?;
        let detail = serde_json::json!({ "role": new.role, "status": status });
        audit::record(scope, &tx, "user.add", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        let user = members::find(scope, self.store().read(), &id).await.map_err(from_store)?;
        if status == UserStatus::Invited {
            self.invite(scope, &user, locale).await?;
        }
        Ok(user)
    }

    /// Sends the invitation of a person again.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `invalid_field` when the person has a password already; `too_many_attempts`,
    /// `invitation_not_sent`.
    pub async fn resend_invitation(&self, scope: &Scope, id: &UserId, locale: Locale) -> Result<()> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let user = members::find(scope, self.store().read(), id).await.map_err(from_store)?;
        if user.status != UserStatus::Invited {
            return Err(validate::invalid("user", "this person has a password already and needs no invitation"));
        }
        self.count_invitation(scope, &user.email).await?;
        self.invite(scope, &user, locale).await
    }

    async fn invite(&self, scope: &Scope, user: &User, locale: Locale) -> Result<()> {
        let organisation = organisations::find(scope, self.store().read()).await.map_err(from_store)?;
        let tx = self.store().begin().await.map_err(from_store)?;
        let link = self.make_link_in(&tx, &user.id, UserStatus::Invited).await?;
        audit::record(scope, &tx, "user.invite", user.id.as_str(), serde_json::Value::Null, self.now())
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        let mail = Invitation {
            to: &user.email,
            first_name: &user.first_name,
            instance: &self.settings().instance_name,
            organisation: &organisation.name,
            link: &link,
        };
        self.0.mailer.send(mail.mail(locale)).await.map_err(|error| {
            tracing::error!(%error, "an invitation was not handed over");
            ApiError::new(
                ErrorCode::InvitationNotSent,
                "the person is there, but the mail server did not take the invitation; check it and send the invitation again",
            )
        })
    }

    /// Changes a person. Everybody may change their own name and telephone number.
    ///
    /// # Errors
    /// `role_required`, `owner_required`, `not_found`, `invalid_field`, `last_owner`.
    pub async fn update_user(&self, scope: &Scope, id: &UserId, patch: UserPatch) -> Result<User> {
        let own = scope.user() == Some(id);
        if !own || patch.role.is_some() {
            scope.require(Role::Administrator).map_err(from_store)?;
        }
        let UserPatch { first_name, last_name, telephone, role } = patch;
        let patch = UserPatch {
            first_name: first_name.map(|text| validate::name("first_name", &text, 1, check::MAX_NAME)).transpose()?,
            last_name: last_name.map(|text| validate::name("last_name", &text, 1, check::MAX_NAME)).transpose()?,
            telephone: telephone.map(|text| validate::line("telephone", &text, 0, check::MAX_TELEPHONE)).transpose()?,
            role,
        };
        let tx = self.store().begin().await.map_err(from_store)?;
        let before = members::find(scope, tx.db(), id).await.map_err(from_store)?;
        let touches_owner = before.role == Role::Owner || role == Some(Role::Owner);
        if touches_owner && !own && scope.role() < Role::Owner {
            return Err(owners_only());
        }
        if role.is_some_and(|role| role > scope.role()) {
            return Err(owners_only());
        }
        if before.role == Role::Owner && role.is_some_and(|role| role < Role::Owner) {
            Self::keep_an_owner(members::count_owners(scope, &tx).await.map_err(from_store)?)?;
        }
        let user = members::update(scope, &tx, id, &patch).await.map_err(from_store)?;
        let detail = serde_json::json!({ "role": role });
        audit::record(scope, &tx, "user.update", id.as_str(), detail, self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(user)
    }

    /// Changes one's own name and telephone number.
    ///
    /// # Errors
    /// `invalid_field`; `not_found` for what is no person.
    pub async fn update_profile(&self, scope: &Scope, patch: ProfilePatch) -> Result<User> {
        let user = scope.require_user().map_err(from_store)?.clone();
        let ProfilePatch { first_name, last_name, telephone } = patch;
        self.update_user(scope, &user, UserPatch { first_name, last_name, telephone, role: None }).await
    }

    /// Sets what sends one's own questions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_send_key(&self, scope: &Scope, send_key: SendKey) -> Result<()> {
        let user = scope.require_user().map_err(from_store)?;
        let tx = self.store().begin().await.map_err(from_store)?;
        accounts::set_send_key(&tx, user, send_key).await.map_err(from_store)?;
        let detail = serde_json::json!({ "send_key": send_key });
        audit::record(scope, &tx, "account.update", user.as_str(), detail, self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    /// Removes a person from the organisation, with the assistants that are private to them; their sessions end.
    ///
    /// # Errors
    /// `role_required`, `owner_required`, `not_found`, `last_owner`.
    pub async fn remove_user(&self, scope: &Scope, id: &UserId) -> Result<()> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let tx = self.store().begin().await.map_err(from_store)?;
        let user = members::find(scope, tx.db(), id).await.map_err(from_store)?;
        if user.role == Role::Owner {
            if scope.role() < Role::Owner {
                return Err(owners_only());
            }
            Self::keep_an_owner(members::count_owners(scope, &tx).await.map_err(from_store)?)?;
        }
        let private_assistants = members::remove(scope, &tx, id).await.map_err(from_store)?;
        sessions::delete_for_user(&tx, id).await.map_err(from_store)?;
        let detail = serde_json::json!({ "private_assistants": private_assistants });
        audit::record(scope, &tx, "user.remove", id.as_str(), detail, self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    fn keep_an_owner(owners: u64) -> Result<()> {
        if owners > 1 {
            return Ok(());
        }
        Err(ApiError::new(ErrorCode::LastOwner, "an organisation keeps one owner; make somebody else an owner first"))
    }
}
