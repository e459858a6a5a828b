//! People and their roles.

use serde::{Deserialize, Serialize};

use crate::{OrganisationId, Timestamp, UserId, locale::Locale};

/// What a person may do in an organisation. The order is the power: `User < Administrator < Owner`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Chats and uses what is shared.
    User,
    /// Also manages assistants, knowledge, connections, keys and people.
    Administrator,
    /// Also makes and unmakes owners. An organisation always has one.
    Owner,
}

/// Whether a person can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// Can sign in.
    Active,
    /// Was sent an invitation and has not set a password.
    Invited,
}

/// A person of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct User {
    /// The id.
    pub id: UserId,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address, as typed.
    pub email: String,
    /// Telephone number, as typed; may be empty.
    pub telephone: String,
    /// The role in this organisation.
    pub role: Role,
    /// Whether the person can sign in.
    pub status: UserStatus,
    /// When the person was added.
    pub created_at: Timestamp,
    /// When the person was last seen, if ever.
    pub last_seen_at: Option<Timestamp>,
}

/// How a new person gets a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FirstPassword {
    /// The administrator sets it.
    Set {
        /// The password.
        password: String,
    },
    /// A link by e-mail lets the person set it.
    Invite,
}

/// A person to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// Telephone number; may be empty.
    #[serde(default)]
    pub telephone: String,
    /// The role.
    pub role: Role,
    /// How the person gets a password.
    pub first_password: FirstPassword,
}

/// A change to a person; absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[derive(Default)]
#[serde(default, deny_unknown_fields)]
pub struct UserPatch {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Telephone number.
    pub telephone: Option<String>,
    /// The role.
    pub role: Option<Role>,
}

/// A change to one's own profile; absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[derive(Default)]
#[serde(default, deny_unknown_fields)]
pub struct ProfilePatch {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Telephone number; empty: none.
    pub telephone: Option<String>,
}

/// What sends a question that is typed in the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SendKey {
    /// Enter; together with Shift it begins a new line.
    #[default]
    Enter,
    /// Enter together with Ctrl or Cmd; alone it begins a new line.
    ModifiedEnter,
}

/// Who is signed in, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Me {
    /// The person.
    pub user: User,
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// The language that the person chose; absent: the browser's.
    pub locale: Option<Locale>,
    /// What sends a question.
    #[serde(default)]
    pub send_key: SendKey,
    /// Whether the organisation has recorded speech written down.
    #[serde(default)]
    pub transcribes: bool,
}
