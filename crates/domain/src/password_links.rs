//! Links that set a password: of people who have forgotten theirs, and of people who were invited.

use hammock_contract::{
    ApiError, ErrorCode, UserId,
    auth::{ForgottenPassword, Invited, NewPassword},
    check,
    locale::Locale,
    user::UserStatus,
};
use hammock_store::{
    Tx,
    accounts::{self, AccountRow},
    audit, login_attempts,
    one_time_tokens::{self, TokenPurpose},
    sessions,
};

use crate::{
    Hammock, Origin, Result, SignedIn,
    accounts::{password_mark, random_token, token_hash},
    attempts::{PER_ACCOUNT, address_attempts, reset_attempts},
    error::{from_store, internal},
    mail::{Invitation, PasswordReset},
    passwords, validate,
};

/// How long a link that sets a new password is valid. Milliseconds.
const RESET_VALID: i64 = 60 * 60 * 1000;
/// How long an invitation is valid. Milliseconds.
const INVITATION_VALID: i64 = 7 * 24 * 60 * 60 * 1000;

impl Hammock {
    /// Sends a link that sets a new password, if there is such an account. Answers alike in both cases.
    ///
    /// # Errors
    /// `invalid_email`, `too_many_attempts`.
    pub async fn request_password_reset(&self, request: ForgottenPassword, origin: &Origin) -> Result<()> {
        let email = validate::email(&request.email)?;
        self.count_address(origin).await?;
        self.count_attempt(&reset_attempts(&email), PER_ACCOUNT).await?;
        let account = accounts::find_by_email(self.store().read(), &email).await.map_err(from_store)?;
        let Some(account) = account else { return Ok(()) };
        let hammock = self.clone();
        let locale = account.locale.unwrap_or(origin.locale);
        // In the background, so that the answer takes no longer for an address that exists.
        tokio::spawn(async move {
            if let Err(error) = hammock.send_link(&account, locale).await {
                tracing::error!(%error, "no link for a new password was handed over");
            }
        });
        Ok(())
    }

    /// Sends a link to somebody who asked for a new password; an invitation to somebody who has none yet, so that the terms come
    /// before the first one. Nothing is sent, nor told, beyond so many of a day: whoever asks may be anybody.
    pub(crate) async fn send_link(&self, account: &AccountRow, locale: Locale) -> Result<()> {
        let (db, user) = (self.store().read(), &account.id);
        let found = accounts::scope_for_link(db, user).await.map_err(from_store)?;
        let organisation = accounts::organisation_name(db, user).await.map_err(from_store)?;
        // Who belongs to no organisation any more cannot come in by a password.
        let (Some((scope, status)), Some(organisation)) = (found, organisation) else { return Ok(()) };
        let counted = match status {
            UserStatus::Invited => self.count_invited(&account.email).await,
            UserStatus::Active => self.count_reset_mail(&account.email).await,
        };
        if counted.as_ref().is_err_and(|error| error.code == ErrorCode::TooManyAttempts) {
            tracing::warn!(%user, "no link for a new password was sent: there were as many as a day has");
            return Ok(());
        }
        counted?;
        let tx = self.store().begin().await.map_err(from_store)?;
        let link = self.make_link_in(&tx, user, status).await?;
        let detail = serde_json::json!({ "forgotten": true });
        audit::record(&scope, &tx, "password.link", user.as_str(), detail, self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        let (to, first_name, instance) = (&account.email, &account.first_name, &self.settings().instance_name);
        let mail = match status {
            UserStatus::Invited => {
                Invitation { to, first_name, instance, organisation: &organisation, link: &link }.mail(locale)
            }
            UserStatus::Active => PasswordReset { to, first_name, instance, link: &link }.mail(locale),
        };
        self.0.mailer.send(mail).await.map_err(internal)
    }

    /// Whether the link of an e-mail still sets a password; of an invitation, who is invited and where. Tells nothing that the
    /// e-mail or trying it would not, and uses nothing up.
    ///
    /// # Errors
    /// `invalid_token`, as [`Hammock::set_password_by_token`] answers.
    pub async fn check_link(&self, token: &str) -> Result<Option<Invited>> {
        let db = self.store().read();
        let found = one_time_tokens::find(db, &token_hash(token), self.now()).await.map_err(from_store)?;
        let (user, purpose) = found.ok_or_else(link_ended)?;
        if purpose != TokenPurpose::Invite {
            return Ok(None);
        }
        let email = accounts::find(db, &user).await.map_err(from_store)?.email;
        let organisation = accounts::organisation_name(db, &user).await.map_err(from_store)?;
        Ok(Some(Invited { organisation: organisation.ok_or_else(link_ended)?, email }))
    }

    /// Sets a password by the link of an e-mail; other sessions and links of the person end.
    ///
    /// # Errors
    /// `weak_password`, `passwords_differ`, `too_many_attempts`, `invalid_token`; `terms_not_accepted` of an invitation, which
    /// still works then.
    pub async fn set_password_by_token(&self, new: NewPassword, origin: &Origin) -> Result<SignedIn> {
        passwords::check_new(&new.password, &new.password_again)?;
        self.count_address(origin).await?;
        let (now, token) = (self.now(), token_hash(&new.token));
        // Before the password is hashed, which costs more than all the rest: anybody can send a link that never was.
        let found = one_time_tokens::find(self.store().read(), &token, now).await.map_err(from_store)?;
        let (_, purpose) = found.ok_or_else(link_ended)?;
        let is_invitation = purpose == TokenPurpose::Invite;
        if is_invitation && !new.accept_terms {
            return Err(check::terms_not_accepted());
        }
        let hash = passwords::hash(new.password).await?;
        let tx = self.store().begin().await.map_err(from_store)?;
        let taken = one_time_tokens::take(&tx, &token, now).await.map_err(from_store)?;
        let (user, _) = taken.ok_or_else(link_ended)?;
        accounts::set_password_hash(&tx, &user, &hash).await.map_err(from_store)?;
        if is_invitation {
            accounts::accept_terms(&tx, &user, now).await.map_err(from_store)?;
        }
        sessions::delete_for_user(&tx, &user).await.map_err(from_store)?;
        if let Some(key) = address_attempts(origin) {
            login_attempts::take_back(&tx, &key).await.map_err(from_store)?;
        }
        let scope = accounts::scope_for_user(tx.db(), &user).await.map_err(from_store)?.ok_or_else(|| {
            ApiError::new(ErrorCode::InvalidToken, "this link belongs to an account that is no longer there")
        })?;
        audit::record(&scope, &tx, "password.set", user.as_str(), serde_json::Value::Null, now)
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(SignedIn { user, password_mark: password_mark(&hash) })
    }

    /// A link that lets a person set a password, once: for a week who was invited, for an hour anybody else.
    pub(crate) async fn make_link_in(&self, tx: &Tx, user: &UserId, status: UserStatus) -> Result<String> {
        let (purpose, valid) = match status {
            UserStatus::Invited => (TokenPurpose::Invite, INVITATION_VALID),
            UserStatus::Active => (TokenPurpose::Reset, RESET_VALID),
        };
        let token = random_token();
        let now = self.now();
        let row = one_time_tokens::TokenRow {
            hash: token_hash(&token),
            purpose,
            user_id: user.clone(),
            created_at: now,
            expires_at: now.plus_millis(valid),
            used_at: None,
        };
        one_time_tokens::create(tx, row).await.map_err(from_store)?;
        Ok(format!("{}/new-password?token={token}", self.settings().public_url))
    }
}

fn link_ended() -> ApiError {
    ApiError::new(ErrorCode::InvalidToken, "this link was used already or is too old; ask for a new one")
}
