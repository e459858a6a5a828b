//! What the forms do.

use std::collections::BTreeMap;

use app::request::{FormState, RequestContext};
use axum::{
    Form,
    body::Body,
    extract::{FromRequest, Request, State},
    response::{IntoResponse, Redirect, Response},
};
use futures::future::BoxFuture;
use hammock_contract::{
    ApiError, ErrorCode,
    auth::{ForgottenPassword, Invited, NewPassword, Registration, SignIn},
};
use hammock_domain::{Origin, SignedIn};
use http::Uri;
use tower_sessions::Session;

use super::{
    pages::{render_form, token_of},
    session,
};
use crate::state::AppState;

/// A posted form, taken apart: its fields, and the rest of the request for rendering the page again.
struct Posted {
    fields: BTreeMap<String, String>,
    origin: Origin,
    session: Option<Session>,
    request: Request,
    /// Whom the link of the page invites, and where.
    invited: Option<Invited>,
}

impl Posted {
    async fn read(request: Request) -> Result<Self, (Request, ApiError)> {
        let (parts, body) = request.into_parts();
        let again = || Request::from_parts(parts.clone(), Body::empty());
        let query = axum::extract::Query::<BTreeMap<String, String>>::try_from_uri(&parts.uri);
        let mut fields = query.map(|query| query.0).unwrap_or_default();
        match Form::<BTreeMap<String, String>>::from_request(Request::from_parts(parts.clone(), body), &()).await {
            Ok(Form(posted)) => fields.extend(posted),
            Err(error) => return Err((again(), ApiError::new(ErrorCode::InvalidRequest, error.body_text()))),
        }
        let origin = parts.extensions.get::<RequestContext>().map(|context| context.origin.clone());
        let origin = origin.unwrap_or(Origin { address: None, locale: Default::default() });
        let session = parts.extensions.get::<Session>().cloned();
        Ok(Self { fields, origin, session, request: again(), invited: None })
    }

    fn text(&self, name: &str) -> String {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    fn is_checked(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|value| matches!(value.as_str(), "on" | "true" | "1" | "yes"))
    }

    /// Shows the page again. Passwords are not among what it shows.
    async fn again(self, app: &AppState, errors: Vec<ApiError>) -> Response {
        let values = self.fields.into_iter().filter(|(name, _)| !name.contains("password") && name != "current");
        let form = FormState { done: errors.is_empty(), errors, values: values.collect(), invited: self.invited };
        render_form(app, self.request, form).await
    }

    /// Signs the person in and leads on, or shows the page again.
    async fn enter(self, app: &AppState, found: Result<SignedIn, Vec<ApiError>>, remember: bool) -> Response {
        let entered = match (found, &self.session) {
            (Ok(found), Some(session)) => {
                session::sign_in(session, &found, remember).await.map_err(|error| vec![error])
            }
            (Ok(_), None) => Err(vec![hammock_domain::internal("the request has no session")]),
            (Err(errors), _) => Err(errors),
        };
        match entered {
            Ok(()) => Redirect::to(local_path(&self.text("next"))).into_response(),
            Err(errors) => self.again(app, errors).await,
        }
    }
}

pub async fn sign_in(State(app): State<AppState>, request: Request) -> Response {
    let posted = match Posted::read(request).await {
        Ok(posted) => posted,
        Err((request, error)) => return failed(app, request, error).await,
    };
    let remember = posted.is_checked("remember");
    let given = SignIn { email: posted.text("email"), password: posted.text("password"), remember };
    let found = app.hammock.sign_in(given, &posted.origin).await;
    posted.enter(&app, found.map_err(|error| vec![error]), remember).await
}

pub async fn register(State(app): State<AppState>, request: Request) -> Response {
    let posted = match Posted::read(request).await {
        Ok(posted) => posted,
        Err((request, error)) => return failed(app, request, error).await,
    };
    let registration = Registration {
        first_name: posted.text("first_name"),
        last_name: posted.text("last_name"),
        email: posted.text("email"),
        password: posted.text("password"),
        password_again: posted.text("password_again"),
        organisation: posted.text("organisation"),
        accept_terms: posted.is_checked("accept_terms"),
        no_marketing: posted.is_checked("no_marketing"),
    };
    let problems = registration.problems();
    let made = app.hammock.register(registration, &posted.origin).await;
    posted.enter(&app, made.map_err(|error| every(error, problems)), false).await
}

pub async fn forgotten_password(State(app): State<AppState>, request: Request) -> Response {
    let posted = match Posted::read(request).await {
        Ok(posted) => posted,
        Err((request, error)) => return failed(app, request, error).await,
    };
    let asked =
        app.hammock.request_password_reset(ForgottenPassword { email: posted.text("email") }, &posted.origin).await;
    posted.again(&app, asked.err().into_iter().collect()).await
}

pub async fn new_password(State(app): State<AppState>, request: Request) -> Response {
    let mut posted = match Posted::read(request).await {
        Ok(posted) => posted,
        Err((request, error)) => return failed(app, request, error).await,
    };
    let new = NewPassword {
        token: posted.text("token"),
        password: posted.text("password"),
        password_again: posted.text("password_again"),
        accept_terms: posted.is_checked("accept_terms"),
    };
    let problems = new.problems();
    // Before it is used up: the page is shown again with it when something is wrong. A link that does not work is told below.
    posted.invited = app.hammock.check_link(&new.token).await.ok().flatten();
    let set = app.hammock.set_password_by_token(new, &posted.origin).await;
    posted.enter(&app, set.map_err(|error| every(error, problems)), false).await
}

pub async fn sign_out(State(app): State<AppState>, request: Request) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    if let Some(session) = session
        && let Err(error) = session::sign_out(&session).await
    {
        return not_signed_out(app, request, error).await;
    }
    Redirect::to("/sign-in").into_response()
}

/// The page of a form of which nothing was read, or that was not answered, and why.
pub fn failed(app: AppState, request: Request, error: ApiError) -> BoxFuture<'static, Response> {
    // What the form was sent with is lost, and with it whom it invites: the address says so, too.
    let token = token_of(request.uri());
    Box::pin(async move {
        let invited = match token {
            Some(token) => app.hammock.check_link(&token).await.ok().flatten(),
            None => None,
        };
        render_form(&app, request, FormState { errors: vec![error], invited, ..FormState::default() }).await
    })
}

/// The page for whom it kept from signing out. That form has no page of its own.
pub fn not_signed_out(app: AppState, mut request: Request, error: ApiError) -> BoxFuture<'static, Response> {
    *request.uri_mut() = Uri::from_static("/sign-in");
    failed(app, request, error)
}

/// Every faulty field, where `error` is about one: somebody who mends a form learns of all at once.
fn every(error: ApiError, mut problems: Vec<ApiError>) -> Vec<ApiError> {
    if error.field.is_none() {
        return vec![error];
    }
    // Some faults show only when it is tried, such as an address that has an account already.
    if problems.iter().all(|problem| problem.field != error.field) {
        problems.insert(0, error);
    }
    problems
}

/// Where to go after signing in: a path of this site, never another site.
fn local_path(next: &str) -> &str {
    let is_local = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(['\\', '\r', '\n', '\t'])
        && !next.starts_with("/sign-");
    if is_local { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faulty_fields_are_told_together() {
        let on = |field: &str| ApiError::new(ErrorCode::InvalidField, "wrong").on(field);
        let taken = ApiError::new(ErrorCode::EmailTaken, "taken").on("email");
        assert_eq!(every(on("first_name"), vec![on("first_name"), on("email")]), [on("first_name"), on("email")]);
        assert_eq!(every(taken.clone(), Vec::new()), [taken]);
        let closed = ApiError::new(ErrorCode::RegistrationClosed, "closed");
        assert_eq!(every(closed.clone(), vec![on("email")]), [closed]);
    }

    #[test]
    fn nobody_is_led_to_another_site() {
        assert_eq!(local_path("/data?q=a"), "/data?q=a");
        for bad in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "/sign-out"] {
            assert_eq!(local_path(bad), "/", "{bad}");
        }
    }
}
