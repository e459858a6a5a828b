//! How much visitors may ask for.

use serde::{Deserialize, Serialize};

use super::MAX_MESSAGE;

/// How much visitors may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct VisitorLimits {
    /// The most characters of a message. 100 to [`MAX_MESSAGE`].
    pub message_characters: u32,
    /// Messages of one visitor in ten minutes. 1 to 300.
    pub messages_in_ten_minutes: u32,
    /// New visitors a minute from one network (/24 of IPv4, /56 of IPv6) before a proof of work is asked for. 1 to 10,000.
    pub visitors_of_a_network: u32,
    /// New visitors a minute in all before a proof of work is asked for. 1 to 100,000.
    pub visitors_in_all: u32,
    /// Files and pictures of one visitor in ten minutes. 1 to 50.
    pub uploads_in_ten_minutes: u32,
    /// The largest of them. Millions of bytes, 1 to [`super::MAX_UPLOAD`].
    pub upload_megabytes: u32,
    /// As many messages and files as of so many visitors are taken from one network address: a company has one for many people.
    /// 1 to 1,000.
    pub visitors_per_address: u32,
}

impl Default for VisitorLimits {
    fn default() -> Self {
        Self {
            message_characters: MAX_MESSAGE,
            messages_in_ten_minutes: 30,
            visitors_of_a_network: 60,
            visitors_in_all: 600,
            uploads_in_ten_minutes: 5,
            upload_megabytes: 10,
            visitors_per_address: 3,
        }
    }
}
