//! The OpenAPI document, made from the routes themselves, and a page that shows it to people.

mod example;
mod reading;
mod security;
pub mod viewer;

use std::sync::OnceLock;

use axum::Json;
use hammock_contract::error::ErrorBody;
use http::Method;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Content, HttpMethod, Info, KnownFormat, License, ObjectBuilder, OpenApi, OpenApiBuilder, Paths,
        Ref, RefOr, Required, ResponseBuilder, SchemaFormat,
        path::{OperationBuilder, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        schema::{Schema, SchemaType, Type},
        tag::{Tag, TagBuilder},
    },
};

use crate::{
    endpoint::{Access, Endpoint, Returns},
    router::API,
    routes::endpoints,
    server_functions::{Description, FUNCTIONS, PREFIX, ServerFunction},
};

/// The section of the interface's own functions.
const FUNCTIONS_TAG: &str = "functions";

/// Where the document is.
pub const PATH: &str = "/api/v1/openapi.json";

/// The document.
pub async fn json() -> Json<&'static OpenApi> {
    Json(the_document())
}

/// The document, made once.
fn the_document() -> &'static OpenApi {
    static DOCUMENT: OnceLock<OpenApi> = OnceLock::new();
    DOCUMENT.get_or_init(document)
}

/// Makes the document.
pub fn document() -> OpenApi {
    let mut paths = Paths::new();
    let mut schemas = Vec::new();
    for endpoint in endpoints() {
        for collect in &endpoint.schemas {
            collect(&mut schemas);
        }
        paths.add_path_operation(
            format!("{API}{}", endpoint.path),
            vec![method(&endpoint.method)],
            operation(&endpoint),
        );
    }
    for function in FUNCTIONS {
        let description = (function.describe)();
        for collect in &description.schemas {
            collect(&mut schemas);
        }
        paths.add_path_operation(
            format!("{PREFIX}{}", function.path),
            vec![HttpMethod::Post],
            of_function(function, description),
        );
    }
    schemas.push((ErrorBody::name().into_owned(), ErrorBody::schema()));
    ErrorBody::schemas(&mut schemas);
    let mut components = Components::new();
    components.schemas = schemas.into_iter().collect();
    for (name, scheme) in security::schemes() {
        components.security_schemes.insert(name.to_owned(), RefOr::T(scheme));
    }
    let info = Info::builder()
        .title("Hammock")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Everything that the interface does. Send a key as X-Api-Key or Authorization: Bearer. Lists answer `items` \
             and `next_page_token`, and take `limit` and `page_token`. Without a `limit`, the few that are short (keys, connections, a \
             connection's models, the sources of a collection, the crawls, tables and functions of a source, the runs of an \
             evaluation, hidden collections, a document's metadata, one's own categories, the links to a conversation, the \
             errors of widgets, a visitor's conversations) come whole. Times are RFC 3339. Every error is `{ \"error\": { \"type\", \"code\", \"message\" } }`. The paths under /api/fn are the \
             functions that the interface itself calls; they change with it.",
        ))
        .license(Some(License::new("Apache-2.0")))
        .build();
    OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(components))
        .security(Some(security::usual()))
        .tags(Some(tags()))
        .build()
}

/// The sections in the order in which the viewer shows them: the public API as its routes stand on their page, then the
/// functions of the interface.
fn tags() -> Vec<Tag> {
    let mut nouns: Vec<&str> = Vec::new();
    for endpoint in endpoints() {
        if !nouns.contains(&endpoint.noun()) {
            nouns.push(endpoint.noun());
        }
    }
    let functions = TagBuilder::new()
        .name(FUNCTIONS_TAG)
        .description(Some("What the interface itself calls. These change with it; programs use the sections above."))
        .build();
    nouns.into_iter().map(Tag::new).chain([functions]).collect()
}

fn operation(endpoint: &Endpoint) -> OperationBuilder {
    let id = format!(
        "{}{}",
        endpoint.method.as_str().to_lowercase(),
        endpoint.path.replace(['{', '}'], "").replace(['/', '-'], "_")
    );
    let mut operation =
        OperationBuilder::new().tag(endpoint.noun()).summary(Some(endpoint.summary)).operation_id(Some(id));
    for name in endpoint.path_parameters() {
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(text_schema())),
        );
    }
    for parameter in &endpoint.query {
        operation = operation.parameter(parameter.clone());
    }
    if let Some((media_type, schema)) = &endpoint.body {
        let body = RequestBodyBuilder::new()
            .content(*media_type, Content::new(Some(schema.clone())))
            .required(Some(Required::True))
            .build();
        operation = operation.request_body(Some(body));
    }
    let (status, response) = match &endpoint.returns {
        Returns::Nothing => (204, ResponseBuilder::new().description("Done")),
        Returns::Json(status, schema) => (*status, json_response((**schema).clone())),
        Returns::Events(schema) => (
            200,
            ResponseBuilder::new()
                .description("Server-sent events whose `data` is this as JSON; of an answer, `id` is run:sequence and `event` the type")
                .content("text/event-stream", Content::new(Some((**schema).clone()))),
        ),
        Returns::File(media_types) => {
            let content = |file: ResponseBuilder, media_type: &&str| {
                file.content(*media_type, Content::new(Some(file_schema(media_type))))
            };
            (200, media_types.iter().fold(ResponseBuilder::new().description("The file"), content))
        }
    };
    with_errors(operation.response(status.to_string(), response), endpoint.access, endpoint.note)
}

fn of_function(function: &ServerFunction, description: Description) -> OperationBuilder {
    let body = RequestBodyBuilder::new()
        .content("application/json", Content::new(Some(description.arguments)))
        .description(Some("The function's arguments by their names"))
        .required(Some(Required::True))
        .build();
    let operation = OperationBuilder::new()
        .tag(FUNCTIONS_TAG)
        .summary(Some(function.summary))
        .operation_id(Some(function.path.replace('/', "_")))
        .request_body(Some(body))
        .response("200", json_response(description.answer));
    with_errors(operation, function.access, None)
}

fn with_errors(operation: OperationBuilder, access: Access, note: Option<&str>) -> OperationBuilder {
    let error = || -> RefOr<Schema> { Ref::from_schema_name(ErrorBody::name()).into() };
    let operation = operation.response("default", {
        ResponseBuilder::new()
            .description("What went wrong")
            .content("application/json", Content::new(Some(error())))
            .build()
    });
    let operation = operation.securities(security::unusual(access));
    match access {
        Access::Public => operation.description(note),
        Access::Visitor => {
            let needs = "Needs the token of a visitor, sent from the page that it was made for; no key and no session.";
            operation.description(Some(note.map_or_else(|| needs.to_owned(), |note| format!("{note} {needs}"))))
        }
        Access::Person => {
            let needs = "Needs a person who is signed in: API keys are refused.";
            operation.description(Some(note.map_or_else(|| needs.to_owned(), |note| format!("{note} {needs}"))))
        }
        Access::Role(role) => {
            let role = serde_json::to_value(role).unwrap_or_default();
            let needs = format!("Needs the role `{}`.", role.as_str().unwrap_or_default());
            operation.description(Some(match note {
                Some(note) => format!("{note} {needs}"),
                None => needs,
            }))
        }
    }
}

fn json_response(schema: RefOr<Schema>) -> ResponseBuilder {
    ResponseBuilder::new().description("Done").content("application/json", Content::new(Some(schema)))
}

fn text_schema() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).into()
}

/// What a file of this type holds, as far as a schema can say it.
fn file_schema(media_type: &str) -> RefOr<Schema> {
    match media_type {
        "application/json" => ObjectBuilder::new().schema_type(SchemaType::AnyValue).into(),
        text if text.starts_with("text/") => text_schema(),
        _ => ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .into(),
    }
}

fn method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}
