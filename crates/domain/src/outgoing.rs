//! The one way out, and what each organisation leaves of it. What is asked for an organisation is asked through a client that keeps to
//! its list of hosts; the one that does not is the operator's own, and nothing but this module can reach it.

use std::{io, sync::Arc};

use async_trait::async_trait;
use hammock_contract::{ApiError, ErrorCode, organisation::AllowedHosts};
use hammock_net::{Client, HostRule, Narrowing, NetError};
use hammock_store::{Scope, Store, allowed_hosts};

use crate::Hammock;

/// What reaches whatever the operator allows.
pub(crate) struct WayOut {
    wide: Client,
}

impl WayOut {
    /// The way out of an installation.
    pub(crate) const fn new(wide: Client) -> Self {
        Self { wide }
    }
}

/// For whom a model provider is asked, which decides what may be reached.
#[derive(Clone)]
pub enum AskedFor {
    /// For the operator: whatever the operator allows.
    Operator,
    /// For an organisation: what its list leaves of that.
    Organisation(Arc<dyn Narrowing>),
}

impl AskedFor {
    /// The client to ask with, out of one that reaches whatever the operator allows.
    #[must_use]
    pub fn client(&self, wide: &Client) -> Client {
        match self {
            Self::Operator => wide.clone(),
            Self::Organisation(narrowing) => wide.narrowed_by(Arc::clone(narrowing)),
        }
    }
}

/// The list of an organisation, as it stands in the database at the moment of each request: a change counts for the next one, also
/// of a crawl that goes on, and whichever replica it was made on.
struct ListOf {
    store: Store,
    scope: Scope,
}

#[async_trait]
impl Narrowing for ListOf {
    async fn hosts(&self) -> io::Result<Option<Vec<HostRule>>> {
        let found = allowed_hosts::find(&self.scope, self.store.read()).await;
        found.map(|allowed| rules_of(&allowed)).map_err(|error| io::Error::other(error.to_string()))
    }
}

/// What a list says; nothing where it does not count. A line that nobody can read lets nothing through.
pub(crate) fn rules_of(allowed: &AllowedHosts) -> Option<Vec<HostRule>> {
    allowed.limited.then(|| allowed.hosts.iter().filter_map(|host| host.parse().ok()).collect())
}

impl Hammock {
    /// What asks for an organisation: narrowed to its list of hosts, request by request.
    pub(crate) fn client_for(&self, scope: &Scope) -> Client {
        self.0.way_out.wide.narrowed_by(self.list_of(scope))
    }

    /// What model providers are asked with for an organisation.
    pub(crate) fn asked_for(&self, scope: &Scope) -> AskedFor {
        AskedFor::Organisation(self.list_of(scope))
    }

    /// What asks for the operator alone, whatever organisations list. `cargo xtask boundaries` knows who may.
    pub(crate) fn operators_client(&self) -> &Client {
        &self.0.way_out.wide
    }

    fn list_of(&self, scope: &Scope) -> Arc<dyn Narrowing> {
        Arc::new(ListOf { store: self.store().clone(), scope: scope.clone() })
    }
}

/// The organisation's list does not contain a host.
pub(crate) fn not_listed(host: &str) -> ApiError {
    let message = NetError::NotListed { host: host.to_owned() }.to_string();
    ApiError::new(ErrorCode::HostNotListed, message).with("host", host)
}
