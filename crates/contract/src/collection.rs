//! Collections of knowledge.

use serde::{Deserialize, Serialize};

use crate::{
    AssistantId, CollectionId, Timestamp, UserId, page::PageRequest, retrieval::RetrievalSettings, user::Role,
};

/// The most people who can be chosen for one collection.
pub const MOST_CHOSEN: usize = 500;

/// Who sees what is in a collection. Administrators manage all of them, and read those that they see by one of these rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[derive(Default)]
pub enum CollectionAccess {
    /// Everybody in the organisation.
    #[default]
    Organisation,
    /// Who made it, and the people chosen for it.
    Chosen,
    /// Who made it, and nobody else.
    Private,
}

/// A named set of knowledge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Collection {
    /// The id.
    pub id: CollectionId,
    /// The name, unique in the organisation.
    pub name: String,
    /// What is in it.
    pub description: String,
    /// How it is searched.
    #[serde(default)]
    pub retrieval: RetrievalSettings,
    /// Whether it came with Hammock and cannot be changed.
    pub read_only: bool,
    /// Who sees what is in it.
    pub access: CollectionAccess,
    /// Who made it; absent where that is not known, or the person is gone.
    pub created_by: Option<UserId>,
    /// Whether the caller sees what is in it. Otherwise an administrator reads this, to manage it: there are no numbers,
    /// no description and no settings of the search.
    pub can_read: bool,
    /// How many sources it has.
    pub sources: u64,
    /// How many documents answer.
    pub documents: u64,
    /// How many chunks answer.
    pub chunks: u64,
    /// How many of the chunks have a vector of the present embedding model.
    pub embedded_chunks: u64,
    /// How many passages of its documents people gave another text or switched off.
    #[serde(default)]
    pub edited_chunks: u64,
    /// How many questions there are by which its search is measured.
    #[serde(default)]
    pub questions: u64,
    /// ISO 639-1 code of the language that more than half of its documents are in, where there is one.
    #[serde(default)]
    pub language: Option<String>,
    /// The names of the assistants that answer from it.
    pub used_by: Vec<String>,
    /// The names of those whose public chat or widget is switched on: their visitors get answers from it, whoever else sees it.
    #[serde(default)]
    pub visitors_of: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything in it last changed.
    pub updated_at: Timestamp,
}

/// In which order collections are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CollectionSort {
    /// By name.
    #[default]
    Name,
    /// Those that were made last come first.
    Created,
    /// Those in which something changed last come first.
    Changed,
}

/// Which collections are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(default, deny_unknown_fields)]
pub struct CollectionQuery {
    /// Rows on a page, 1 to 200; 50 when absent.
    #[serde(deserialize_with = "crate::page::limit")]
    #[cfg_attr(feature = "server", param(minimum = 1, maximum = 200), schema(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// From the page before, in the same order.
    pub page_token: Option<String>,
    /// Only those whose name contains this text.
    pub query: Option<String>,
    /// In which order; by name when absent.
    pub sort: Option<CollectionSort>,
}

impl From<PageRequest> for CollectionQuery {
    fn from(PageRequest { limit, page_token, query }: PageRequest) -> Self {
        Self { limit, page_token, query, sort: None }
    }
}

/// A collection to make.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCollection {
    /// The name, unique in the organisation. 1 to 80 characters.
    pub name: String,
    /// What is in it. At most 500 characters.
    #[serde(default)]
    pub description: String,
    /// How it is searched.
    #[serde(default)]
    pub retrieval: RetrievalSettings,
    /// Who sees what is in it.
    #[serde(default)]
    pub access: CollectionAccess,
    /// The people chosen, where the access is `chosen`. At most 500.
    #[serde(default)]
    pub people: Vec<UserId>,
}

/// A change to a collection; absent fields stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[derive(Default)]
#[serde(default, deny_unknown_fields)]
pub struct CollectionPatch {
    /// The name.
    pub name: Option<String>,
    /// What is in it.
    pub description: Option<String>,
    /// How it is searched: all of it anew.
    pub retrieval: Option<RetrievalSettings>,
    /// Who sees what is in it.
    pub access: Option<CollectionAccess>,
    /// The people chosen, all of them: they replace those chosen before. At most 500.
    pub people: Option<Vec<UserId>>,
}

/// Whose access is asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(default, deny_unknown_fields)]
pub struct AccessQuery {
    /// The person. Without one: administrators learn about everybody whom the rules name, others about themselves.
    pub user: Option<UserId>,
}

/// By which rule a person sees what is in a collection, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccessRule {
    /// Made it: sees it, whatever else is set.
    MadeIt,
    /// Was chosen: sees it.
    Chosen,
    /// Is in the organisation, all of which sees it.
    Organisation,
    /// Does not see it, but manages it as an administrator: who sees it, and its end.
    Administrator,
    /// Neither made it nor was chosen: does not see it.
    NotChosen,
}

impl AccessRule {
    /// The rule that holds for a person. The database decides by the same ones, inside every query.
    pub const fn of(access: CollectionAccess, made_it: bool, is_chosen: bool, is_administrator: bool) -> Self {
        match access {
            _ if made_it => Self::MadeIt,
            CollectionAccess::Organisation => Self::Organisation,
            CollectionAccess::Chosen if is_chosen => Self::Chosen,
            CollectionAccess::Chosen | CollectionAccess::Private if is_administrator => Self::Administrator,
            CollectionAccess::Chosen | CollectionAccess::Private => Self::NotChosen,
        }
    }

    /// Whether who falls under it sees what is in the collection.
    pub const fn lets_see(self) -> bool {
        matches!(self, Self::MadeIt | Self::Chosen | Self::Organisation)
    }
}

/// Why a person sees what is in a collection, or does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PersonAccess {
    /// The person.
    pub user: UserId,
    /// First and last name.
    pub name: String,
    /// The role in the organisation.
    pub role: Role,
    /// Whether the person sees what is in the collection.
    pub visible: bool,
    /// The rule that says so.
    pub rule: AccessRule,
    /// Who chose the person; absent when nobody did, or who did is gone.
    pub chosen_by: Option<String>,
    /// When the person was chosen.
    pub chosen_at: Option<Timestamp>,
}

/// Visitors of an assistant whose public chat or widget is switched on. They get answers from all of its collections, and read
/// the passages that these cite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct VisitorAccess {
    /// The assistant.
    pub assistant: AssistantId,
    /// Its name.
    pub name: String,
}

/// Who sees what is in a collection, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AccessReport {
    /// The collection.
    pub collection: CollectionId,
    /// What is set.
    pub access: CollectionAccess,
    /// The person asked about; else whoever made it, was chosen or manages it.
    pub people: Vec<PersonAccess>,
    /// The assistants whose visitors get answers from it, whatever is set, by name.
    #[serde(default)]
    pub visitors: Vec<VisitorAccess>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_made_it_sees_it_and_administrators_do_not_by_their_role() {
        use CollectionAccess::{Chosen, Organisation, Private};
        for access in [Organisation, Chosen, Private] {
            assert_eq!(AccessRule::of(access, true, false, false), AccessRule::MadeIt);
            assert_eq!(AccessRule::of(access, false, false, true).lets_see(), access == Organisation);
            assert_eq!(AccessRule::of(access, false, false, false).lets_see(), access == Organisation);
        }
        assert_eq!(AccessRule::of(Chosen, false, true, false), AccessRule::Chosen);
        assert_eq!(AccessRule::of(Private, false, true, false), AccessRule::NotChosen, "of an earlier setting");
    }
}
