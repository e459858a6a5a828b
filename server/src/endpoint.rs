//! One route of the public API: what serves it, who may call it, and how the OpenAPI document describes it. The router, the
//! document and the authorisation test all read the same list, so that none of them can know a route that another does not.

use axum::{handler::Handler, routing::MethodRouter};
use hammock_contract::{
    page::{Page, PartRequest},
    user::Role,
};
use http::Method;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        Ref, RefOr,
        path::{Parameter, ParameterIn},
        schema::Schema,
    },
};

use crate::state::AppState;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, signed in or not.
    Public,
    /// Who has at least this role.
    Role(Role),
    /// A visitor of an assistant, with a token of theirs. Nobody else, and visitors nowhere else.
    Visitor,
    /// A person who is signed in, whatever the role; no program with a key: what is asked concerns the person alone.
    Person,
}

impl Access {
    /// The role that is needed at least; `None` where nobody needs to be known.
    pub const fn least_role(self) -> Option<Role> {
        match self {
            Self::Public => None,
            Self::Role(role) => Some(role),
            Self::Visitor | Self::Person => Some(Role::User),
        }
    }
}

/// What an answer holds.
#[derive(Clone)]
pub enum Returns {
    /// Nothing: 204.
    Nothing,
    /// JSON with this schema and status.
    Json(u16, Box<RefOr<Schema>>),
    /// Events of an answer, each with this schema.
    Events(Box<RefOr<Schema>>),
    /// A file of one of these media types.
    File(Vec<&'static str>),
}

/// Adds the schemas that a type refers to, and its own.
pub type CollectSchemas = fn(&mut Vec<(String, RefOr<Schema>)>);

/// A route.
#[derive(Clone)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path under `/api/v1`, with `{parameters}` named after the kind of object.
    pub path: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// Who may call it.
    pub access: Access,
    /// The body that it takes: media type and schema.
    pub body: Option<(&'static str, RefOr<Schema>)>,
    /// Parameters of the query.
    pub query: Vec<Parameter>,
    /// What it answers.
    pub returns: Returns,
    /// What else there is to know, in a sentence.
    pub note: Option<&'static str>,
    /// Schemas that the others refer to.
    pub schemas: Vec<CollectSchemas>,
    /// What serves it.
    pub handler: MethodRouter<AppState>,
}

impl Endpoint {
    fn new(method: Method, path: &'static str, access: Access, handler: MethodRouter<AppState>) -> Self {
        Self {
            method,
            path,
            summary: "",
            access,
            body: None,
            query: Vec::new(),
            returns: Returns::Nothing,
            note: None,
            schemas: Vec::new(),
            handler,
        }
    }

    /// `GET`.
    pub fn get<H: Handler<T, AppState>, T: 'static>(path: &'static str, access: Access, handler: H) -> Self {
        Self::new(Method::GET, path, access, axum::routing::get(handler))
    }

    /// `POST`.
    pub fn post<H: Handler<T, AppState>, T: 'static>(path: &'static str, access: Access, handler: H) -> Self {
        Self::new(Method::POST, path, access, axum::routing::post(handler))
    }

    /// `PUT`.
    pub fn put<H: Handler<T, AppState>, T: 'static>(path: &'static str, access: Access, handler: H) -> Self {
        Self::new(Method::PUT, path, access, axum::routing::put(handler))
    }

    /// `PATCH`.
    pub fn patch<H: Handler<T, AppState>, T: 'static>(path: &'static str, access: Access, handler: H) -> Self {
        Self::new(Method::PATCH, path, access, axum::routing::patch(handler))
    }

    /// `DELETE`.
    pub fn delete<H: Handler<T, AppState>, T: 'static>(path: &'static str, access: Access, handler: H) -> Self {
        Self::new(Method::DELETE, path, access, axum::routing::delete(handler))
    }

    /// What it does.
    #[must_use]
    pub const fn does(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// What else there is to know, in a sentence.
    #[must_use]
    pub const fn notes(mut self, note: &'static str) -> Self {
        self.note = Some(note);
        self
    }

    /// It takes a JSON body.
    #[must_use]
    pub fn takes<T: ToSchema + 'static>(self) -> Self {
        self.takes_as::<T>("application/json")
    }

    /// It takes a body of another media type.
    #[must_use]
    pub fn takes_as<T: ToSchema + 'static>(mut self, media_type: &'static str) -> Self {
        self.body = Some((media_type, reference::<T>()));
        self.schemas.push(collect::<T>);
        self
    }

    /// It takes parameters in the query.
    #[must_use]
    pub fn asks<T: IntoParams>(mut self) -> Self {
        self.query = T::into_params(|| Some(ParameterIn::Query));
        self
    }

    /// It answers 200 with JSON.
    #[must_use]
    pub fn gives<T: ToSchema + 'static>(mut self) -> Self {
        self.returns = Returns::Json(200, Box::new(reference::<T>()));
        self.schemas.push(collect::<T>);
        self
    }

    /// It answers 200 with a page of a list.
    #[must_use]
    pub fn gives_page<T: ToSchema + 'static>(self) -> Self {
        let mut endpoint = self.gives::<Page<T>>();
        // The page stands in line and only refers to its rows.
        endpoint.schemas.push(collect::<T>);
        endpoint
    }

    /// It answers 200 with a list that is short by its nature: one page, unless a part of it is asked for.
    #[must_use]
    pub fn gives_whole_list<T: ToSchema + 'static>(self) -> Self {
        let mut endpoint = self.asks::<PartRequest>().gives_page::<T>();
        endpoint.note = Some("The whole list on one page, unless `limit` asks for a part of it.");
        endpoint
    }

    /// It answers 201 with JSON: something was made.
    #[must_use]
    pub fn makes<T: ToSchema + 'static>(mut self) -> Self {
        self.returns = Returns::Json(201, Box::new(reference::<T>()));
        self.schemas.push(collect::<T>);
        self
    }

    /// It answers with a stream of events.
    #[must_use]
    pub fn streams<T: ToSchema + 'static>(mut self) -> Self {
        self.returns = Returns::Events(Box::new(reference::<T>()));
        self.schemas.push(collect::<T>);
        self
    }

    /// It answers with a file of one of these media types.
    #[must_use]
    pub fn gives_file(mut self, media_types: &[&'static str]) -> Self {
        self.returns = Returns::File(media_types.to_vec());
        self
    }

    /// Whether it takes files: their size has a limit of its own, and they may take their time.
    pub fn is_upload(&self) -> bool {
        self.body.as_ref().is_some_and(|(media_type, _)| *media_type == "multipart/form-data")
    }

    /// The names of the parameters in the path.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// The noun that it belongs to: the first part of its path.
    pub fn noun(&self) -> &'static str {
        self.path.trim_start_matches('/').split('/').next().unwrap_or_default()
    }
}

/// How the document speaks of a type: by its name, where it has one.
pub(crate) fn reference<T: ToSchema>() -> RefOr<Schema> {
    if is_named::<T>() { Ref::from_schema_name(T::name()).into() } else { T::schema() }
}

/// The [`CollectSchemas`] of a type.
pub(crate) fn collect<T: ToSchema>(into: &mut Vec<(String, RefOr<Schema>)>) {
    if is_named::<T>() {
        into.push((T::name().into_owned(), T::schema()));
    }
    T::schemas(into);
}

/// Whether a type has a schema of its own: one of ours. A text or a number stands where it is used, and so does a type with
/// parameters (a page of something, a list), whose name would be the same for every parameter.
fn is_named<T>() -> bool {
    let name = std::any::type_name::<T>();
    name.starts_with("hammock_") && !name.contains('<')
}
