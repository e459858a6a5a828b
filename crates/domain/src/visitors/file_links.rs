//! The addresses with which a visitor's browser opens the files that the visitor has sent. A browser sends no token with a link that
//! somebody follows, and in an address a token would stay where addresses are kept: so it holds nothing but who may read which file,
//! for a day, encrypted and authenticated under the installation's keys.

use std::path::PathBuf;

use hammock_contract::{ApiError, AssistantId, AttachmentId, VisitorId, attachment::Attachment};
use hammock_store::{Actor, Scope, visitors};
use serde::{Deserialize, Serialize};

use super::{invalid_token, ticket};
use crate::{Hammock, Result, error::from_store};

/// What the path of every address begins with; what it holds comes next.
pub const VISITOR_FILES: &str = "/public/files/";
/// What it is encrypted for.
const FILE: &str = "visitors.file";
/// How long an address counts: as long as a chat may stand open in a tab without being drawn anew. Milliseconds.
const VALID: i64 = 24 * 60 * 60 * 1000;

/// What an address holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    /// Whose file it is.
    visitor: VisitorId,
    /// The assistant that they came to.
    assistant: AssistantId,
    /// The file.
    attachment: AttachmentId,
    /// Milliseconds since 1970.
    expires_at: i64,
}

impl Hammock {
    /// Makes the addresses of the files of the scope's visitor. One that cannot be made is left out.
    ///
    /// # Errors
    /// `invalid_key` when the scope is no visitor's.
    pub(super) fn file_links(
        &self,
        scope: &Scope,
    ) -> Result<impl Fn(&AttachmentId) -> Option<String> + Send + Sync + 'static + use<>> {
        let Actor::Visitor { visitor, assistant, .. } = scope.actor() else { return Err(invalid_token()) };
        let (hammock, visitor, assistant) = (self.clone(), visitor.clone(), assistant.clone());
        Ok(move |attachment: &AttachmentId| {
            let claims = Claims {
                visitor: visitor.clone(),
                assistant: assistant.clone(),
                attachment: attachment.clone(),
                expires_at: hammock.now().plus_millis(VALID).as_millis(),
            };
            let sealed = ticket::write(&hammock.0.keyring, FILE, &claims).ok()?;
            Some(format!("{}{VISITOR_FILES}{}", hammock.settings().public_url, in_a_path(&sealed)))
        })
    }

    /// The file that an address leads to, and where it lies. What was switched off, removed or given to somebody else since it was
    /// made counts at once.
    ///
    /// # Errors
    /// `not_found`, whatever the reason.
    pub async fn open_visitor_file(&self, link: &str) -> Result<(Attachment, PathBuf)> {
        let claims = ticket::read::<Claims>(&self.0.keyring, FILE, &out_of_a_path(link))
            .filter(|claims| self.now().as_millis() < claims.expires_at)
            .ok_or_else(ApiError::not_found)?;
        let Claims { visitor, assistant, attachment, .. } = claims;
        self.visitors_interface(&assistant).await?;
        let scope = visitors::open(self.store().read(), &visitor, &assistant).await.map_err(from_store)?;
        self.open_attachment(&scope.ok_or_else(ApiError::not_found)?, &attachment).await
    }
}

/// Base64 as it can stand in a path (RFC 4648, section 5).
fn in_a_path(sealed: &str) -> String {
    sealed.replace('+', "-").replace('/', "_")
}

fn out_of_a_path(link: &str) -> String {
    link.replace('-', "+").replace('_', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_comes_out_of_a_path_as_it_went_in() {
        let sealed = "v1.0a1b.aB3+/x/y+";
        assert_eq!(in_a_path(sealed), "v1.0a1b.aB3-_x_y-");
        assert_eq!(out_of_a_path(&in_a_path(sealed)), sealed);
    }
}
