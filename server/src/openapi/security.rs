//! How callers make themselves known, and which of the ways counts where.

use utoipa::openapi::{
    SecurityRequirement,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::{auth::session::COOKIE, endpoint::Access};

/// A key as a header of its own.
pub const KEY: &str = "key";
/// The same key as `Authorization`.
pub const BEARER: &str = "bearer";
/// The cookie of a person who is signed in.
pub const SESSION: &str = "session";
/// The token of a visitor.
pub const VISITOR: &str = "visitor";

/// Every way, by its name in the document.
pub fn schemes() -> [(&'static str, SecurityScheme); 4] {
    let bearer = |says: &str| {
        SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(says)).build())
    };
    let key = ApiKeyValue::with_description("X-Api-Key", "A key made under API keys.");
    let session = ApiKeyValue::with_description(
        COOKIE,
        "The session of a person who is signed in. It counts wherever a key does, too. What changes something must come from a \
         page of this server, which a browser says by itself.",
    );
    [
        (KEY, SecurityScheme::ApiKey(ApiKey::Header(key))),
        (BEARER, bearer("The same key.")),
        (SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(session))),
        (VISITOR, bearer("The token that `POST /api/v1/public/assistants/{assistant}/visitors` gives a visitor.")),
    ]
}

/// What programs send where nothing else is said: a key, in one way or the other.
pub fn usual() -> Vec<SecurityRequirement> {
    one_of(&[KEY, BEARER])
}

/// What is sent where that is not the usual.
pub fn unusual(access: Access) -> Option<Vec<SecurityRequirement>> {
    match access {
        Access::Public => Some(vec![SecurityRequirement::default()]),
        Access::Role(_) => None,
        Access::Person => Some(one_of(&[SESSION])),
        Access::Visitor => Some(one_of(&[VISITOR])),
    }
}

fn one_of(names: &[&str]) -> Vec<SecurityRequirement> {
    names.iter().map(|name| SecurityRequirement::new(*name, Vec::<String>::new())).collect()
}
