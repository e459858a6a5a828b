//! Files and pictures of visitors: as those of people, for their own conversations alone, and within what the assistant's
//! interfaces allow.

use hammock_contract::ApiError;
use hammock_store::{Actor, Scope};

use super::chatting::{WINDOW, not_open};
use crate::{Hammock, Origin, Result, attempts::network_of};

/// What people call a megabyte. Bytes.
const MEGABYTE: u64 = 1_000_000;

impl Hammock {
    /// Counts that a visitor sends a file, before any of it is read. Gives how large it may be, in bytes.
    ///
    /// # Errors
    /// `role_required` where visitors send none, `sign_in_required` where only those may who have said who they are,
    /// `too_many_attempts` for more than are allowed.
    pub async fn begin_visitor_upload(&self, scope: &Scope, origin: &Origin) -> Result<u64> {
        let largest = self.visitor_upload_limit(scope).await?;
        let Actor::Visitor { visitor, assistant, .. } = scope.actor() else { return Err(ApiError::not_found()) };
        let settings = self.interface_of(scope).await?;
        self.require_sign_in(scope, settings.sign_in.required).await?;
        let limit = u64::from(settings.limits.uploads_in_ten_minutes);
        self.count_within(&format!("visitor-uploads:{visitor}"), limit, WINDOW).await?;
        if let Some(address) = origin.address {
            let key = format!("visitors-uploads:{assistant}:{}", network_of(address));
            let visitors = u64::from(settings.limits.visitors_per_address);
            self.count_within(&key, limit.saturating_mul(visitors), WINDOW).await?;
        }
        Ok(largest)
    }

    /// The largest file that a visitor may send. Bytes.
    ///
    /// # Errors
    /// `role_required` where visitors send none.
    pub(crate) async fn visitor_upload_limit(&self, scope: &Scope) -> Result<u64> {
        let settings = self.interface_of(scope).await?;
        if !settings.allow_uploads {
            return Err(not_open("this assistant takes no files from visitors"));
        }
        Ok((u64::from(settings.limits.upload_megabytes) * MEGABYTE).min(self.upload_limit()))
    }
}
