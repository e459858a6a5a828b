//! Why a request did not work.

/// Why a request did not work. Hosts stand in it as they were asked for; what they resolved to never does, since that would map
/// the inner network for whoever may name addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// Not an address that can be fetched: no URL at all, another scheme than http and https, or with a user name in it.
    #[error("the address is not valid: {reason}")]
    InvalidUrl {
        /// What is wrong with it.
        reason: String,
    },
    /// The host is, or resolves to, an address that requests may not reach.
    #[error("{host} leads to a network that requests may not reach")]
    Forbidden {
        /// The host as it was asked for.
        host: String,
    },
    /// The host is on none of the lines of the list that an organisation has narrowed its requests to.
    #[error(
        "the list of hosts that requests of this organisation may go to does not contain {host}; an administrator of the \
         organisation can add it"
    )]
    NotListed {
        /// The host as it was asked for, with its port where that is not the usual one.
        host: String,
    },
    /// Whether an organisation's list contains the host cannot be told now, so nothing is asked.
    #[error("whether requests of this organisation may go to {host} cannot be told now")]
    ListUnknown {
        /// The host as it was asked for.
        host: String,
    },
    /// The name has no address, or nobody answers what it is.
    #[error("the name {host} cannot be resolved")]
    Unresolved {
        /// The host as it was asked for.
        host: String,
    },
    /// Nothing listens there, or the connection was refused.
    #[error("{host} cannot be reached")]
    Unreachable {
        /// The host as it was asked for.
        host: String,
    },
    /// The secure connection could not be made: the certificate is not valid for the host, or too old, or unknown.
    #[error("the secure connection to {host} failed")]
    Tls {
        /// The host as it was asked for.
        host: String,
    },
    /// The answer took longer than allowed.
    #[error("{host} took too long to answer")]
    Timeout {
        /// The host as it was asked for.
        host: String,
    },
    /// The connection broke in the middle of the answer, or what came was not HTTP.
    #[error("the answer of {host} broke off")]
    Interrupted {
        /// The host as it was asked for.
        host: String,
    },
    /// The answer is larger than allowed.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The most that was allowed. Bytes, after decompression.
        limit: u64,
    },
    /// One redirect led to the next too often.
    #[error("{host} redirects too often")]
    TooManyRedirects {
        /// The host of the last redirect.
        host: String,
    },
    /// The request itself could not be made: a header with a line break, or a body that is not JSON.
    #[error("the request cannot be made: {reason}")]
    InvalidRequest {
        /// What is wrong with it.
        reason: String,
    },
}

impl NetError {
    /// Whether the same request may work a moment later.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::ListUnknown { .. }
                | Self::Unresolved { .. }
                | Self::Unreachable { .. }
                | Self::Timeout { .. }
                | Self::Interrupted { .. }
        )
    }
}
