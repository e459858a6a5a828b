//! How visitors say who they are: what is taken of the settings, and the secrets, which are apart from them and never told again.

use hammock_contract::{
    ApiError, AssistantId, ErrorCode, Timestamp,
    interfaces::{IdentitySecret, InterfaceSettings, OpenIdProvider, OpenIdSecret, VisitorSignIn},
};
use hammock_net::NetError;
use hammock_store::{Scope, Tx, audit, interfaces};
use url::Url;

use super::{origins::origin_of, require_open};
use crate::{
    Hammock, Result,
    accounts::random_token,
    error::{from_store, internal},
    outgoing::not_listed,
    validate,
};

/// What the provider's secret is encrypted for.
pub(crate) const OPENID_SECRET: &str = "assistant_interfaces.openid_secret";
/// What the host site's secret is encrypted for.
pub(crate) const IDENTITY_SECRET: &str = "assistant_interfaces.identity_secret";
/// The longest client id. Characters.
const LONGEST_CLIENT: usize = 200;
/// The longest name of a provider. Characters.
const LONGEST_NAME: usize = 40;
/// The longest address of a provider. Characters.
const LONGEST_ISSUER: usize = 500;
/// The longest secret of a provider. Characters.
const LONGEST_SECRET: usize = 500;

/// The settings as they are kept.
///
/// # Errors
/// `invalid_field` and `invalid_url`, naming the field.
pub(super) fn checked(sign_in: VisitorSignIn) -> Result<VisitorSignIn> {
    let VisitorSignIn { off, required, google_client_id, openid, signed_identity } = sign_in;
    let google_client_id = validate::line("google_client_id", &google_client_id, 0, LONGEST_CLIENT)?;
    let openid = if off { kept_provider(openid)? } else { openid.map(checked_provider).transpose()? };
    let kept = VisitorSignIn { off, required: required && !off, google_client_id, openid, signed_identity };
    if kept.required && !kept.has_a_way() {
        return Err(validate::invalid(
            "required",
            "nobody could chat: there is nothing that visitors could sign in with",
        ));
    }
    // Where nothing is set, there is nothing to switch off.
    Ok(VisitorSignIn { off: off && kept.has_a_way(), ..kept })
}

/// A provider that nobody signs in with for now: what is missing or wrong is told when it is switched on.
fn kept_provider(provider: Option<OpenIdProvider>) -> Result<Option<OpenIdProvider>> {
    let Some(OpenIdProvider { name, issuer, client_id }) = provider else { return Ok(None) };
    let kept = OpenIdProvider {
        name: validate::line("name", &name, 0, LONGEST_NAME)?,
        issuer: validate::line("issuer", &issuer, 0, LONGEST_ISSUER)?,
        client_id: validate::line("client_id", &client_id, 0, LONGEST_CLIENT)?,
    };
    let is_empty = kept.name.is_empty() && kept.issuer.is_empty() && kept.client_id.is_empty();
    Ok((!is_empty).then_some(kept))
}

fn checked_provider(provider: OpenIdProvider) -> Result<OpenIdProvider> {
    let OpenIdProvider { name, issuer, client_id } = provider;
    let issuer = validate::line("issuer", &issuer, 1, LONGEST_ISSUER)?;
    let is_one = Url::parse(&issuer)
        .is_ok_and(|url| origin_of(&url).is_some() && url.query().is_none() && url.fragment().is_none());
    if !is_one {
        let message = "this is not the address of a provider; it looks like https://id.example.com";
        return Err(ApiError::new(ErrorCode::InvalidUrl, message).on("issuer"));
    }
    Ok(OpenIdProvider {
        name: validate::line("name", &name, 1, LONGEST_NAME)?,
        issuer,
        client_id: validate::line("client_id", &client_id, 1, LONGEST_CLIENT)?,
    })
}

/// Forgets the secret of a provider's client that another one takes the place of: it is not for that one, and would be sent there
/// at the next sign-in. Whether there was one.
pub(super) async fn forget_secret_of_another(
    scope: &Scope,
    tx: &Tx,
    assistant: &AssistantId,
    settings: &InterfaceSettings,
    now: Timestamp,
) -> Result<bool> {
    let Some(row) = interfaces::find(scope, tx.db(), assistant).await.map_err(from_store)? else { return Ok(false) };
    let is_other = client_of(&row.settings) != client_of(settings);
    if is_other && row.openid_secret.is_some() {
        interfaces::put_openid_secret(scope, tx, assistant, None, now).await.map_err(from_store)?;
        return Ok(true);
    }
    Ok(false)
}

/// The provider that visitors sign in with, unless that is switched off.
fn in_force(settings: &InterfaceSettings) -> Option<&OpenIdProvider> {
    settings.sign_in.openid.as_ref().filter(|_| !settings.sign_in.off)
}

/// Whom the secret is for: the provider, and as whom it knows us.
fn client_of(settings: &InterfaceSettings) -> Option<(&str, &str)> {
    settings.sign_in.openid.as_ref().map(|it| (it.issuer.as_str(), it.client_id.as_str()))
}

impl Hammock {
    /// That a provider that visitors are to sign in with from now on may be asked for the organisation, and that one without
    /// encryption is one that the operator allows: in the organisation's own network, or a test.
    ///
    /// # Errors
    /// `invalid_url`, `host_not_listed`.
    pub(super) async fn check_issuer(
        &self,
        scope: &Scope,
        assistant: &AssistantId,
        settings: &InterfaceSettings,
    ) -> Result<()> {
        let Some(provider) = in_force(settings) else { return Ok(()) };
        let Ok(url) = Url::parse(&provider.issuer) else { return Ok(()) };
        let before = interfaces::find(scope, self.store().read(), assistant).await.map_err(from_store)?;
        let before = before.as_ref().and_then(|row| in_force(&row.settings));
        if before.is_some_and(|before| before.issuer == provider.issuer) {
            // Whether it may still be asked is told when somebody signs in: everything else can be changed meanwhile.
            return Ok(());
        }
        let client = self.client_for(scope);
        if let Err(NetError::NotListed { host }) = client.check_listed(&url).await {
            return Err(not_listed(&host).on("issuer"));
        }
        if url.scheme() == "https" || client.is_allowed_by_operator(&url).await {
            return Ok(());
        }
        let message = "a provider needs an address that begins with https://";
        Err(ApiError::new(ErrorCode::InvalidUrl, message).on("issuer"))
    }

    /// Keeps the client secret of an assistant's OpenID provider, or forgets it. An administrator does, for an assistant that the
    /// caller can change.
    ///
    /// # Errors
    /// `not_found`, `role_required`, `invalid_field`.
    pub async fn put_openid_secret(&self, scope: &Scope, assistant: &AssistantId, new: OpenIdSecret) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        require_open(scope, tx.db(), assistant).await?;
        let secret = new.secret.map(|secret| validate::line("secret", &secret, 1, LONGEST_SECRET)).transpose()?;
        let seal = |secret: String| self.0.keyring.encrypt(scope.organisation(), OPENID_SECRET, &secret);
        let cipher = secret.map(seal).transpose().map_err(internal)?;
        let now = self.now();
        let detail = serde_json::json!({ "is_set": cipher.is_some() });
        interfaces::put_openid_secret(scope, &tx, assistant, cipher, now).await.map_err(from_store)?;
        audit::record(scope, &tx, "interfaces.put_openid_secret", assistant.as_str(), detail, now)
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    /// Makes a new secret that the host site signs identities with; the one of before counts no more. It is told this once. An
    /// administrator does, for an assistant that the caller can change.
    ///
    /// # Errors
    /// `not_found`, `role_required`.
    pub async fn make_identity_secret(&self, scope: &Scope, assistant: &AssistantId) -> Result<IdentitySecret> {
        let tx = self.store().begin().await.map_err(from_store)?;
        require_open(scope, tx.db(), assistant).await?;
        let secret = random_token();
        let cipher = self.0.keyring.encrypt(scope.organisation(), IDENTITY_SECRET, &secret).map_err(internal)?;
        let now = self.now();
        interfaces::put_identity_secret(scope, &tx, assistant, &cipher, now).await.map_err(from_store)?;
        let detail = serde_json::Value::Null;
        audit::record(scope, &tx, "interfaces.make_identity_secret", assistant.as_str(), detail, now)
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(IdentitySecret { secret })
    }

    /// Forgets the secret that the host site signs identities with: what it signed counts no more, and nothing does until another
    /// one is made. An administrator does, for an assistant that the caller can change.
    ///
    /// # Errors
    /// `not_found`, `role_required`.
    pub async fn delete_identity_secret(&self, scope: &Scope, assistant: &AssistantId) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        require_open(scope, tx.db(), assistant).await?;
        let now = self.now();
        if interfaces::delete_identity_secret(scope, &tx, assistant, now).await.map_err(from_store)? {
            let detail = serde_json::Value::Null;
            audit::record(scope, &tx, "interfaces.delete_identity_secret", assistant.as_str(), detail, now)
                .await
                .map_err(from_store)?;
        }
        tx.commit().await.map_err(from_store)
    }

    /// How many of these secrets cannot be read: the file of the keys that encrypted them is not there any more.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn count_unreadable_sign_in_secrets(&self) -> Result<usize> {
        let all = interfaces::list_secrets(self.store().read()).await.map_err(from_store)?;
        let is_unreadable = |organisation, column, cipher: Option<&String>| {
            cipher.is_some_and(|cipher| self.0.keyring.decrypt(organisation, column, cipher).is_err())
        };
        let unreadable = all.iter().map(|it| {
            usize::from(is_unreadable(&it.organisation, OPENID_SECRET, it.openid.as_ref()))
                + usize::from(is_unreadable(&it.organisation, IDENTITY_SECRET, it.identity.as_ref()))
        });
        Ok(unreadable.sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(issuer: &str) -> VisitorSignIn {
        let provider = OpenIdProvider { name: " Shop ".into(), issuer: issuer.into(), client_id: " hammock ".into() };
        VisitorSignIn { openid: Some(provider), ..VisitorSignIn::default() }
    }

    #[test]
    fn what_is_typed_is_tidied() {
        let kept = checked(provider(" https://id.example.com/realms/shop/ ")).unwrap().openid.unwrap();
        assert_eq!((kept.name.as_str(), kept.client_id.as_str()), ("Shop", "hammock"));
        assert_eq!(kept.issuer, "https://id.example.com/realms/shop/");
        assert_eq!(checked(VisitorSignIn::default()).unwrap(), VisitorSignIn::default());
    }

    #[test]
    fn what_is_switched_off_is_kept_as_it_was_typed() {
        let unfinished = OpenIdProvider { name: String::new(), issuer: " id.example ".into(), client_id: " c ".into() };
        let off = VisitorSignIn { off: true, required: true, openid: Some(unfinished), ..VisitorSignIn::default() };
        let kept = checked(off.clone()).unwrap();
        let provider = kept.openid.clone().unwrap();
        assert_eq!((provider.issuer.as_str(), provider.client_id.as_str()), ("id.example", "c"));
        assert!(kept.off && !kept.required);
        assert_eq!(checked(kept.clone()).unwrap(), kept);
        // Switched on, it has to be whole.
        assert_eq!(checked(VisitorSignIn { off: false, ..kept }).unwrap_err().code, ErrorCode::InvalidUrl);
        let long = VisitorSignIn { google_client_id: "x".repeat(201), ..off };
        assert_eq!(checked(long).unwrap_err().field.as_deref(), Some("google_client_id"));
        let nothing = OpenIdProvider { name: " ".into(), issuer: String::new(), client_id: String::new() };
        let nothing = VisitorSignIn { off: true, openid: Some(nothing), ..VisitorSignIn::default() };
        assert_eq!(checked(nothing).unwrap(), VisitorSignIn::default());
    }

    #[test]
    fn every_field_has_its_limits() {
        let refused = |sign_in: VisitorSignIn| {
            let error = checked(sign_in).unwrap_err();
            (error.code, error.field.unwrap_or_default())
        };
        for issuer in
            ["id.example.com", "ftp://id.example.com", "https://", "https://a:b@id.example.com", "https://a/?b"]
        {
            assert_eq!(refused(provider(issuer)), (ErrorCode::InvalidUrl, "issuer".to_owned()), "{issuer}");
        }
        let long = VisitorSignIn { google_client_id: "x".repeat(201), ..VisitorSignIn::default() };
        assert_eq!(refused(long), (ErrorCode::InvalidField, "google_client_id".to_owned()));
        let nobody = VisitorSignIn { required: true, ..VisitorSignIn::default() };
        assert_eq!(refused(nobody), (ErrorCode::InvalidField, "required".to_owned()));
        let by_the_site = VisitorSignIn { required: true, signed_identity: true, ..VisitorSignIn::default() };
        assert!(checked(by_the_site).is_ok());
    }
}
