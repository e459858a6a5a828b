//! Limits on attempts: to sign in, to register, to ask for links, to open shared ones, to have mails sent; per account, per
//! network address, per organisation.

use std::net::IpAddr;

use hammock_contract::{ApiError, AssistantId, ErrorCode, wait::Wait};
use hammock_store::{Scope, accounts, login_attempts};

use crate::{Hammock, Origin, Result, accounts::token_hash, error::from_store};

/// Attempts to sign in are counted over this long. Milliseconds.
const WINDOW: i64 = 15 * 60 * 1000;
/// Failed attempts on one account in that time.
pub(crate) const PER_ACCOUNT: u64 = 10;
/// Attempts, registrations and requests for links from one address in that time.
const PER_ADDRESS: u64 = 100;
/// Invitations of an organisation are counted over this long. Milliseconds.
const HOUR: i64 = 60 * 60 * 1000;
/// Mails to an address are counted over this long, the longest time of all. Milliseconds.
pub(crate) const LONGEST_WINDOW: i64 = 24 * HOUR;
/// Invitations to one address in that time, from whoever they are; and as many links for a new password, whoever asks for them.
const PER_RECIPIENT: u64 = 5;
/// Errors of widgets that one address reports of one assistant in that time.
const WIDGET_ERRORS: u64 = 30;
/// Looks at customers' pages for one organisation in that time.
const INSTALLATION_CHECKS: u64 = 60;

/// What the attempts to sign in to an account are counted by.
pub(crate) fn account_attempts(email: &str) -> String {
    by_email("account", email)
}

/// What requests for a new password of an account are counted by.
pub(crate) fn reset_attempts(email: &str) -> String {
    by_email("reset", email)
}

/// A hash of an e-mail address: whoever is not signed in may send a text of any length, and a database takes no key of any length.
fn by_email(what: &str, email: &str) -> String {
    format!("{what}:{}", token_hash(&accounts::email_key(email)))
}

/// What the attempts from an address are counted by, where it is known. One that succeeds is taken back: a whole company may
/// sign in from one address.
pub(crate) fn address_attempts(origin: &Origin) -> Option<String> {
    origin.address.map(|address| format!("address:{}", network_of(address)))
}

/// What the sign-ins of visitors from an address are counted by, where it is known.
fn visitor_sign_ins(origin: &Origin) -> Option<String> {
    origin.address.map(|address| format!("visitor-sign-in:{}", network_of(address)))
}

impl Hammock {
    /// Counts an attempt from an address, where it is known.
    pub(crate) async fn count_address(&self, origin: &Origin) -> Result<()> {
        match address_attempts(origin) {
            Some(key) => self.count_attempt(&key, PER_ADDRESS).await,
            None => Ok(()),
        }
    }

    /// Counts a registration from an address, where it is known. Each makes an organisation that stays, so fewer of them are
    /// allowed than of other attempts, and none is taken back.
    pub(crate) async fn count_registration(&self, origin: &Origin) -> Result<()> {
        let Some(address) = origin.address else { return Ok(()) };
        let key = format!("register:{}", network_of(address));
        self.count_attempt(&key, self.settings().registrations_per_address).await
    }

    /// Counts the opening of a share link that there is not, where the address is known. Apart from attempts to sign in, which
    /// somebody with an old link is not to be kept from.
    pub(crate) async fn count_unknown_link(&self, origin: &Origin) -> Result<()> {
        let Some(address) = origin.address else { return Ok(()) };
        self.count_attempt(&format!("share:{}", network_of(address)), PER_ADDRESS).await
    }

    /// Counts the sign-in of a visitor that is begun, or that failed, where the address is known. Apart from attempts of people of
    /// the organisation, whom visitors are not to keep out. One that succeeds is taken back.
    pub(crate) async fn count_visitor_sign_in(&self, origin: &Origin) -> Result<()> {
        match visitor_sign_ins(origin) {
            Some(key) => self.count_attempt(&key, PER_ADDRESS).await,
            None => Ok(()),
        }
    }

    /// Takes a sign-in of a visitor back that succeeded: a whole company may sign in from one address.
    pub(crate) async fn take_back_visitor_sign_in(&self, origin: &Origin) -> Result<()> {
        let Some(key) = visitor_sign_ins(origin) else { return Ok(()) };
        let tx = self.store().begin().await.map_err(from_store)?;
        login_attempts::take_back(&tx, &key).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    /// Counts an error that a widget reports, by assistant and address: more of them tell nothing new, and each is written down.
    pub(crate) async fn count_widget_error(&self, assistant: &AssistantId, origin: &Origin) -> Result<()> {
        let network = origin.address.map(network_of).unwrap_or_default();
        self.count_attempt(&format!("widget:{assistant}:{network}"), WIDGET_ERRORS).await
    }

    /// Counts the look at a page of somebody else's, which they did not ask for.
    pub(crate) async fn count_installation_check(&self, scope: &Scope) -> Result<()> {
        self.count_attempt(&format!("installation:{}", scope.organisation()), INSTALLATION_CHECKS).await
    }

    /// Counts an invitation before it is sent, by organisation and by recipient: nobody is to have mails sent to strangers by
    /// registering here.
    pub(crate) async fn count_invitation(&self, scope: &Scope, email: &str) -> Result<()> {
        let limit = self.settings().invitations_per_hour;
        self.count_within(&format!("invitations:{}", scope.organisation()), limit, HOUR).await?;
        self.count_invited(email).await
    }

    /// Counts an invitation by recipient alone, whoever sends it.
    pub(crate) async fn count_invited(&self, email: &str) -> Result<()> {
        self.count_within(&by_email("invited", email), PER_RECIPIENT, LONGEST_WINDOW).await
    }

    /// Counts a mail with a link for a new password by recipient: anybody may ask for one, and each ends the link before.
    pub(crate) async fn count_reset_mail(&self, email: &str) -> Result<()> {
        self.count_within(&by_email("reset-mail", email), PER_RECIPIENT, LONGEST_WINDOW).await
    }

    /// Counts an attempt at something; `too_many_attempts` beyond `limit`.
    pub(crate) async fn count_attempt(&self, key: &str, limit: u64) -> Result<()> {
        self.count_within(key, limit, WINDOW).await
    }

    /// As [`Self::count_attempt`], over another time. Milliseconds.
    pub(crate) async fn count_within(&self, key: &str, limit: u64, window: i64) -> Result<()> {
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let attempts = login_attempts::count(&tx, key, window, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        if attempts.count <= limit {
            return Ok(());
        }
        let seconds = (window - now.since(attempts.since)).max(1000).unsigned_abs() / 1000;
        let message = format!("too many attempts; try again in {}", Wait::of_seconds(seconds));
        Err(ApiError::new(ErrorCode::TooManyAttempts, message).with("retry_after", seconds))
    }
}

/// The network of an address: one IPv4 address, or the 64 bits of IPv6 that one customer has at least.
pub(crate) fn network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}
