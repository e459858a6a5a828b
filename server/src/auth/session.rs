//! What a browser's session holds: who is signed in.

use hammock_contract::{ApiError, ErrorCode, UserId};
use hammock_domain::SignedIn;
use tower_sessions::{
    Expiry, Session,
    cookie::time::{Duration, OffsetDateTime},
    session::Error,
    session_store,
};

/// The key of the person in a session's data.
pub const USER: &str = "user";

/// The key of what the password is known by that let the person in.
pub const PASSWORD_MARK: &str = "password_mark";

/// The name of the session's cookie.
pub const COOKIE: &str = "hammock_session";

/// How long "remember me" remembers without a visit.
const REMEMBERED: Duration = Duration::days(30);

/// The key of the day on which a remembered session was last renewed; absent in sessions that end with the browser.
const RENEWED: &str = "renewed";

/// Who is signed in with this session.
///
/// # Errors
/// `unavailable`, when the database does not answer: nobody is signed out by that.
pub async fn user(session: &Session) -> Result<Option<UserId>, ApiError> {
    match session.get::<UserId>(USER).await {
        Ok(user) => Ok(user),
        Err(Error::Store(session_store::Error::Backend(reason))) => {
            tracing::error!(%reason, "sessions cannot be read");
            Err(ApiError::new(ErrorCode::Unavailable, "the database does not answer; try again"))
        }
        Err(error) => {
            tracing::warn!(%error, "a session could not be read");
            Ok(None)
        }
    }
}

/// Signs a person in. The session's id changes, so that one that somebody planted before is worth nothing after.
///
/// # Errors
/// When the session cannot be stored.
pub async fn sign_in(session: &Session, signed_in: &SignedIn, remember: bool) -> Result<(), ApiError> {
    session.clear().await;
    session.cycle_id().await.map_err(hammock_domain::internal)?;
    session.set_expiry(Some(if remember { Expiry::OnInactivity(REMEMBERED) } else { Expiry::OnSessionEnd }));
    session.insert(USER, &signed_in.user).await.map_err(hammock_domain::internal)?;
    session.insert(PASSWORD_MARK, &signed_in.password_mark).await.map_err(hammock_domain::internal)?;
    if remember {
        session.insert(RENEWED, today()).await.map_err(hammock_domain::internal)?;
    }
    Ok(())
}

/// Renews a remembered session, once a day: the cookie and the row are written again with another thirty days.
pub async fn renew(session: &Session) {
    let renewed = session.get::<i64>(RENEWED).await.ok().flatten();
    if renewed.is_some_and(|day| day != today()) {
        session.set_expiry(Some(Expiry::OnInactivity(REMEMBERED)));
        if let Err(error) = session.insert(RENEWED, today()).await {
            tracing::warn!(%error, "a session could not be renewed");
        }
    }
}

/// Makes a session anew that was ended with all others of its person. Its id changes.
pub async fn make_anew(session: &Session, signed_in: &SignedIn) {
    let remembered = session.get::<i64>(RENEWED).await.ok().flatten().is_some();
    session.set_expiry(Some(if remembered { Expiry::OnInactivity(REMEMBERED) } else { Expiry::OnSessionEnd }));
    let made = async {
        session.insert(PASSWORD_MARK, &signed_in.password_mark).await?;
        session.cycle_id().await
    };
    if let Err(error) = made.await {
        tracing::warn!(%error, "a session could not be made anew");
    }
}

fn today() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp() / 86_400
}

/// Signs out: the session ends here and in the database.
///
/// # Errors
/// When the session cannot be removed.
pub async fn sign_out(session: &Session) -> Result<(), ApiError> {
    session.flush().await.map_err(hammock_domain::internal)
}
