//! Registration, sign-in, one's own account.

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hammock_contract::{
    ApiError, AssistantId, ErrorCode, OrganisationId, UserId,
    auth::{PasswordChange, Registration, SignIn},
    check,
    locale::Locale,
    system::{Instance, RegistrationPolicy},
    user::{Me, Role, UserStatus},
};
use hammock_store::{
    Scope, StoreError, Task, accounts, api_keys, audit, login_attempts, members, organisations, sessions,
};
use rand::RngCore;
use sha2::{Digest, Sha256};

use crate::{Hammock, Result, attempts::PER_ACCOUNT, error::from_store, passwords, validate};

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The address of the client, where it is known.
    pub address: Option<IpAddr>,
    /// The language of the interface.
    pub locale: Locale,
}

/// Somebody who may have a session now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The person.
    pub user: UserId,
    /// The [`password_mark`] of the password that lets them in: when it is another one by the time that the session is made, they
    /// get none.
    pub password_mark: String,
}

/// What a stored password is known by, in which nothing of it can be read.
pub fn password_mark(password_hash: &str) -> String {
    token_hash(password_hash)
}

impl Hammock {
    /// What is known of this installation without signing in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn instance(&self) -> Result<Instance> {
        let settings = self.settings();
        Ok(Instance {
            name: settings.instance_name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            registration_open: self.registration_is_open().await?,
            sends_mail: !self.0.mailer.is_outbox(),
            terms_url: settings.terms_url.clone(),
            privacy_url: settings.privacy_url.clone(),
        })
    }

    /// The very first person can always register: there is nobody yet who could invite.
    async fn registration_is_open(&self) -> Result<bool> {
        if self.settings().registration == RegistrationPolicy::Open {
            return Ok(true);
        }
        Ok(!organisations::any(self.store().read()).await.map_err(from_store)?)
    }

    /// Makes an account with an organisation of its own, its owner, and the General Assistant.
    ///
    /// # Errors
    /// `registration_closed`, `invalid_field`, `invalid_email`, `weak_password`, `passwords_differ`, `terms_not_accepted`,
    /// `email_taken`, `too_many_attempts`.
    pub async fn register(&self, new: Registration, origin: &Origin) -> Result<SignedIn> {
        if !self.registration_is_open().await? {
            return Err(registration_closed());
        }
        self.make_organisation(new, origin, self.settings().registration).await
    }

    /// The same for the operator, whom no policy of registration binds.
    ///
    /// # Errors
    /// As [`Hammock::register`], but for `registration_closed`.
    pub async fn create_organisation(&self, new: Registration, origin: &Origin) -> Result<SignedIn> {
        self.make_organisation(new, origin, RegistrationPolicy::Open).await
    }

    async fn make_organisation(
        &self,
        new: Registration,
        origin: &Origin,
        policy: RegistrationPolicy,
    ) -> Result<SignedIn> {
        let first_name = validate::name("first_name", &new.first_name, 1, check::MAX_NAME)?;
        let last_name = validate::name("last_name", &new.last_name, 1, check::MAX_NAME)?;
        let email = validate::email(&new.email)?;
        passwords::check_new(&new.password, &new.password_again)?;
        if !new.accept_terms {
            return Err(check::terms_not_accepted());
        }
        let organisation_name = match validate::name("organisation", &new.organisation, 0, check::MAX_ORGANISATION)? {
            name if name.is_empty() => format!("{first_name} {last_name}"),
            name => name,
        };
        self.count_address(origin).await?;
        self.count_registration(origin).await?;
        let hash = passwords::hash(new.password).await?;
        let password_mark = password_mark(&hash);

        let now = self.now();
        let (user, organisation) = (UserId::new(), OrganisationId::new());
        let tx = self.store().begin().await.map_err(from_store)?;
        if policy != RegistrationPolicy::Open {
            // There is one very first: who comes at the same time waits here, and finds somebody.
            tx.alone(Task::FirstOrganisation).await.map_err(from_store)?;
            if organisations::any(tx.db()).await.map_err(from_store)? {
                return Err(registration_closed());
            }
        }
        accounts::create(
            &tx,
            accounts::NewAccount {
                id: user.clone(),
                email,
                first_name,
                last_name,
                telephone: String::new(),
                password_hash: Some(hash),
                locale: None,
                marketing: !new.no_marketing,
                terms_accepted_at: Some(now),
            },
            now,
        )
        .await
        .map_err(email_taken)?;
        let row = organisations::OrganisationRow { id: organisation.clone(), name: organisation_name, created_at: now };
        organisations::create(&tx, row).await.map_err(from_store)?;
        let membership = members::MembershipRow {
            organisation_id: organisation.clone(),
            user_id: user.clone(),
            role: Role::Owner,
            status: UserStatus::Active,
            created_at: now,
        };
        members::join(&tx, membership).await.map_err(from_store)?;
        let scope = accounts::scope_for_user(tx.db(), &user)
            .await
            .map_err(from_store)?
            .ok_or_else(|| crate::internal("a new member has no scope"))?;
        audit::record(&scope, &tx, "organisation.create", organisation.as_str(), serde_json::Value::Null, now)
            .await
            .map_err(from_store)?;
        crate::assistants::create_first(&scope, &tx, AssistantId::new(), origin.locale, now).await?;
        tx.commit().await.map_err(from_store)?;
        tracing::info!(%user, %organisation, "a person registered");
        Ok(SignedIn { user, password_mark })
    }

    /// Checks a password. Answers alike, and after the same time, whether or not the account exists.
    ///
    /// # Errors
    /// `wrong_credentials`, `too_many_attempts`.
    pub async fn sign_in(&self, given: SignIn, origin: &Origin) -> Result<SignedIn> {
        self.count_address(origin).await?;
        let account_key = crate::attempts::account_attempts(&given.email);
        self.count_attempt(&account_key, PER_ACCOUNT).await?;
        // What is no address is nobody's, and PostgreSQL does not take every text.
        let account = if check::is_email(&given.email) {
            accounts::find_by_email(self.store().read(), &given.email).await.map_err(from_store)?
        } else {
            None
        };
        let stored = account.as_ref().and_then(|account| account.password_hash.clone());
        let matches = passwords::verify(given.password, stored).await?;
        let account = account.filter(|_| matches).ok_or_else(wrong_credentials)?;
        let scope = accounts::scope_for_user(self.store().read(), &account.id).await.map_err(from_store)?;
        let scope = scope.ok_or_else(wrong_credentials)?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        // It may have been changed while it was verified.
        let stored = accounts::hold_password_hash(&tx, &account.id).await.map_err(from_store)?;
        let stored = stored.filter(|stored| account.password_hash.as_ref() == Some(stored));
        let stored = stored.ok_or_else(wrong_credentials)?;
        login_attempts::clear(&tx, &account_key).await.map_err(from_store)?;
        if let Some(key) = crate::attempts::address_attempts(origin) {
            login_attempts::take_back(&tx, &key).await.map_err(from_store)?;
        }
        accounts::touch_last_seen(&tx, &account.id, now).await.map_err(from_store)?;
        audit::record(&scope, &tx, "session.create", account.id.as_str(), serde_json::Value::Null, now)
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(SignedIn { user: account.id, password_mark: password_mark(&stored) })
    }

    /// Changes one's own password. All sessions of the person end; whoever calls this makes the one of the caller anew, with what
    /// is given back.
    ///
    /// # Errors
    /// `wrong_credentials`, `weak_password`, `passwords_differ`.
    pub async fn change_password(&self, scope: &Scope, change: PasswordChange) -> Result<SignedIn> {
        let user = scope.require_user().map_err(from_store)?.clone();
        passwords::check_new(&change.password, &change.password_again)?;
        self.count_attempt(&format!("change:{user}"), PER_ACCOUNT).await?;
        let account = accounts::find(self.store().read(), &user).await.map_err(from_store)?;
        let is_not_right =
            || ApiError::new(ErrorCode::WrongCredentials, "the present password is not right").on("current");
        if !passwords::verify(change.current, account.password_hash.clone()).await? {
            return Err(is_not_right());
        }
        let hash = passwords::hash(change.password).await?;
        let tx = self.store().begin().await.map_err(from_store)?;
        // Another change may have been quicker.
        if accounts::hold_password_hash(&tx, &user).await.map_err(from_store)? != account.password_hash {
            return Err(is_not_right());
        }
        accounts::set_password_hash(&tx, &user, &hash).await.map_err(from_store)?;
        sessions::delete_for_user(&tx, &user).await.map_err(from_store)?;
        audit::record(scope, &tx, "password.set", user.as_str(), serde_json::Value::Null, self.now())
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(SignedIn { user, password_mark: password_mark(&hash) })
    }

    /// What the person of a session may do; `None` when they are no longer a member.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scope_for_user(&self, user: &UserId) -> Result<Option<Scope>> {
        let scope = accounts::scope_for_user(self.store().read(), user).await.map_err(from_store)?;
        if let Some(scope) = &scope {
            self.note_use(scope).await;
        }
        Ok(scope)
    }

    /// What an API key may do.
    ///
    /// # Errors
    /// `invalid_key`.
    pub async fn scope_for_key(&self, secret: &str) -> Result<Scope> {
        let found = api_keys::scope_for_secret(self.store().read(), &token_hash(secret)).await.map_err(from_store)?;
        let Some(scope) = found else {
            return Err(ApiError::new(ErrorCode::InvalidKey, "this API key is unknown or was revoked"));
        };
        self.note_use(&scope).await;
        Ok(scope)
    }

    /// Who is signed in, and where.
    ///
    /// # Errors
    /// `not_found` for what is no person.
    pub async fn me(&self, scope: &Scope) -> Result<Me> {
        members::find_self(scope, self.store().read()).await.map_err(from_store)
    }

    /// Sets the language of one's own interface; `None`: the browser's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_locale(&self, scope: &Scope, locale: Option<Locale>) -> Result<()> {
        let user = scope.require_user().map_err(from_store)?;
        let tx = self.store().begin().await.map_err(from_store)?;
        accounts::set_locale(&tx, user, locale).await.map_err(from_store)?;
        let detail = serde_json::json!({ "locale": locale });
        audit::record(scope, &tx, "account.update", user.as_str(), detail, self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }
}

fn wrong_credentials() -> ApiError {
    ApiError::new(ErrorCode::WrongCredentials, "e-mail address or password is not right")
}

fn registration_closed() -> ApiError {
    let message = "new people come by invitation here; ask an administrator to add you";
    ApiError::new(ErrorCode::RegistrationClosed, message)
}

fn email_taken(error: StoreError) -> ApiError {
    match error {
        StoreError::Duplicate(_) => ApiError::new(
            ErrorCode::EmailTaken,
            "there is an account with this e-mail address already; sign in, or ask for a new password",
        )
        .on("email"),
        other => from_store(other),
    }
}

/// 256 random bits as text.
pub(crate) fn random_token() -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The form in which a secret is stored. A token of 256 random bits needs no slow hash.
pub(crate) fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}
