//! Who acts, in which organisation, with which role. The proof that every query on a tenant's data asks for.

use hammock_contract::{
    AssistantId, CollectionId, ConversationId, JobId, KeyId, OrganisationId, ShareLinkId, UserId, VisitorId,
    user::Role, visitor::Channel,
};

use crate::{Result, StoreError, attachments::AttachmentRow, jobs::JobRow, runs::RunRow, sources::SourceRow};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person who is signed in.
    User(UserId),
    /// A key of the public API.
    ApiKey {
        /// The key.
        key: KeyId,
        /// Who made it; what is private to the maker is the key's too.
        made_by: UserId,
    },
    /// Whoever holds a share link: they read what it shares of one conversation, and nothing else.
    ShareLink {
        /// The link.
        link: ShareLinkId,
        /// The conversation that it shares.
        conversation: ConversationId,
    },
    /// A visitor from outside: their own conversations with one assistant, and what that answers from.
    Visitor {
        /// Who it is.
        visitor: VisitorId,
        /// The row of `users` that their conversations belong to. It is nobody's account.
        user: UserId,
        /// The assistant that they came to.
        assistant: AssistantId,
        /// The page that they are on.
        page: VisitorPage,
    },
    /// Background work.
    Job(JobId),
    /// The operator on the command line, or Hammock itself at start.
    Operator,
}

/// The page that a visitor is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitorPage {
    /// Its origin. Where the chat is in a frame of another page, that page's; empty where it is not known.
    pub origin: String,
    /// What they chat in.
    pub channel: Channel,
}

/// Who acts, in which organisation, with which role.
///
/// A scope is made in this crate alone: from a session's user ([`crate::accounts::scope_for_user`]), an API key
/// ([`crate::api_keys::scope_for_secret`]), a share link ([`crate::share_links::open`]), a visitor's token
/// ([`crate::visitors::open`]), a claimed job, a source that is due, a stored run, or for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    organisation: OrganisationId,
    actor: Actor,
    role: Role,
}

/// The organisation that owns what comes with Hammock.
pub fn builtin_organisation() -> OrganisationId {
    OrganisationId::fixed("builtin")
}

/// The collection that everybody reads and nobody writes: Hammock's own manual.
pub fn handbook_collection() -> CollectionId {
    CollectionId::fixed("handbook")
}

impl Scope {
    pub(crate) const fn new(organisation: OrganisationId, actor: Actor, role: Role) -> Self {
        Self { organisation, actor, role }
    }

    /// The scope of background work: its organisation, with an administrator's role.
    pub fn for_job(job: &JobRow) -> Self {
        Self::new(job.organisation_id.clone(), Actor::Job(job.id.clone()), Role::Administrator)
    }

    /// The scope of what Hammock does by itself with a source that is due: its organisation, with an administrator's role.
    pub fn for_source(source: &SourceRow) -> Self {
        Self::new(source.organisation_id.clone(), Actor::Operator, Role::Administrator)
    }

    /// The scope of what Hammock does by itself with an attachment that belongs to no conversation: its organisation, with an
    /// administrator's role.
    pub fn for_attachment(attachment: &AttachmentRow) -> Self {
        Self::new(attachment.organisation_id.clone(), Actor::Operator, Role::Administrator)
    }

    /// The scope of the person whose answer a run makes, with the least role.
    pub fn for_run(run: &RunRow) -> Self {
        Self::new(run.organisation_id.clone(), Actor::User(run.user_id.clone()), Role::User)
    }

    /// The scope of whoever holds a share link, with the least role.
    pub(crate) const fn of_share_link(organisation: OrganisationId, link: Actor) -> Self {
        Self::new(organisation, link, Role::User)
    }

    /// The scope of a visitor, with the least role.
    pub(crate) const fn of_visitor(organisation: OrganisationId, visitor: Actor) -> Self {
        Self::new(organisation, visitor, Role::User)
    }

    /// The scope of the same visitor on another page than the one that they first came from. Any other scope stays as it is.
    #[must_use]
    pub fn on_page(mut self, on: VisitorPage) -> Self {
        if let Actor::Visitor { page, .. } = &mut self.actor {
            *page = on;
        }
        self
    }

    /// The operator's, for commands on the server itself. Never reachable by a request.
    pub const fn operator(organisation: OrganisationId) -> Self {
        Self::new(organisation, Actor::Operator, Role::Owner)
    }

    /// Of the organisation that owns what comes with Hammock; used at start and by `reindex`.
    pub fn builtin() -> Self {
        Self::operator(builtin_organisation())
    }

    /// The organisation.
    pub const fn organisation(&self) -> &OrganisationId {
        &self.organisation
    }

    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The role.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Whose conversations it reaches: of the person who is signed in, of the maker of the key, or of the visitor.
    pub const fn user(&self) -> Option<&UserId> {
        match &self.actor {
            Actor::User(user) | Actor::ApiKey { made_by: user, .. } | Actor::Visitor { user, .. } => Some(user),
            Actor::ShareLink { .. } | Actor::Job(_) | Actor::Operator => None,
        }
    }

    /// The page that the visitor is on; `None` for everybody else.
    pub const fn page(&self) -> Option<&VisitorPage> {
        match &self.actor {
            Actor::Visitor { page, .. } => Some(page),
            Actor::User(_) | Actor::ApiKey { .. } | Actor::ShareLink { .. } | Actor::Job(_) | Actor::Operator => None,
        }
    }

    /// Whether it is that of whoever holds a share link, who only reads.
    pub const fn is_share_link(&self) -> bool {
        matches!(self.actor, Actor::ShareLink { .. })
    }

    /// Whether it is a visitor's, who reaches nothing but their own conversations.
    pub const fn is_visitor(&self) -> bool {
        matches!(self.actor, Actor::Visitor { .. })
    }

    /// That the role is at least `role`.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] with the role that is needed.
    pub fn require(&self, role: Role) -> Result<()> {
        if self.role >= role { Ok(()) } else { Err(StoreError::Forbidden(role)) }
    }

    /// The person behind it, for what belongs to persons.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for background work and the operator: there is nothing of theirs.
    pub fn require_user(&self) -> Result<&UserId> {
        self.user().ok_or(StoreError::NotFound)
    }

    /// Whether the scope belongs to what comes with Hammock.
    pub fn is_builtin(&self) -> bool {
        self.organisation == builtin_organisation()
    }
}
