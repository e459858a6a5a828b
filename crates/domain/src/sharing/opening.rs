//! What whoever has a link reads, and the copy in which people of the organisation go on.

use hammock_contract::{
    ApiError, ConversationId, ErrorCode, MessageId,
    chat::{Author, Citation, Message, MessageState},
    share::ShareAudience,
};
use hammock_store::{
    Scope, StoreError, assistants, attachments, audit, conversations,
    messages::MessageRow,
    share_links::{self, OpenLink, SharedPart},
};

use crate::{
    Hammock, Origin, Result,
    accounts::token_hash,
    chat::{Reader, message_of},
    error::from_store,
};

/// The most of a token that is looked up. Ours have 43 characters.
const TOKEN_CHARS: usize = 64;
/// So many messages are shown at once: anybody may ask for them, as often as they like.
const AT_ONCE: u32 = 200;

/// A conversation as a link shares it with the one who opens it.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedConversation {
    /// The title.
    pub title: String,
    /// Who may open it.
    pub audience: ShareAudience,
    /// Whether messages that come later will be there too.
    pub includes_later: bool,
    /// Its last messages, or those up to the one that was asked for, oldest first: without runs, ratings and errors, with the
    /// sources that they refer to alone.
    pub messages: Vec<Message>,
    /// How many messages stand before those.
    pub earlier: u32,
    /// Up to which message the part after those goes; absent where none stands after them.
    pub later_to: Option<u32>,
    /// The question that it begins with; empty where it begins otherwise.
    pub question: String,
    /// The names of the files and pictures that were sent with its questions: with which one, and the name.
    pub attached: Vec<(MessageId, String)>,
    /// Whether who opens it is signed in as somebody of the organisation, and can go on in a copy.
    pub can_continue: bool,
    /// Whether who opens it is signed in, be it as somebody of another organisation.
    pub is_signed_in: bool,
}

impl Hammock {
    /// The conversation behind a link, for whoever is signed in, if anybody is: its last messages, or those up to the `to`-th.
    ///
    /// # Errors
    /// `not_found` when the link is unknown, was revoked or has ended, or is for another organisation; `sign_in_required` when
    /// it is for people of the organisation and nobody is signed in; `too_many_attempts` when too many unknown links were
    /// tried from the address.
    pub async fn open_share(
        &self,
        reader: Option<&Scope>,
        token: &str,
        to: Option<u32>,
        origin: &Origin,
    ) -> Result<SharedConversation> {
        let link = self.link_behind(reader, token, origin).await?;
        let member = member_of(&link, reader);
        let seen = match member {
            Some(member) => self.reader(member).await?,
            None if link.row.with_sources => self.reader(&link.scope).await?,
            None => Reader::of_nothing(),
        };
        let db = self.store().read();
        let SharedPart { earlier, later, rows } =
            share_links::list_part(&link.scope, db, to, AT_ONCE).await.map_err(from_store)?;
        let first = match earlier {
            0 => None,
            _ => share_links::list_part(&link.scope, db, Some(1), 1).await.map_err(from_store)?.rows.pop(),
        };
        let first = first.as_ref().or(rows.first()).filter(|row| row.author == Author::User);
        let end = earlier.saturating_add(u32::try_from(rows.len()).unwrap_or(AT_ONCE));
        let later_to = (later > 0).then(|| end.saturating_add(later.min(AT_ONCE)));
        let question = first.map(|row| row.text.clone()).unwrap_or_default();
        let mut attached = attachments::list_shared_names(&link.scope, db).await.map_err(from_store)?;
        attached.retain(|(message, _)| rows.iter().any(|row| row.id == *message));
        let shown = |row| shared_message(row, &seen, link.row.with_reasoning, member.is_some());
        Ok(SharedConversation {
            title: link.title.clone(),
            audience: link.row.audience,
            includes_later: link.row.up_to_message_id.is_none(),
            messages: rows.into_iter().map(shown).collect(),
            earlier,
            later_to,
            question,
            attached,
            can_continue: member.is_some(),
            is_signed_in: reader.is_some_and(|scope| scope.user().is_some()),
        })
    }

    /// Begins a conversation of the caller's own with what a link shares. It holds nothing that the caller may not see.
    ///
    /// # Errors
    /// As [`Hammock::open_share`]; `not_found` for people of another organisation, and on `assistant` when there is none that the
    /// caller can go on with.
    pub async fn copy_share(&self, scope: &Scope, token: &str, origin: &Origin) -> Result<ConversationId> {
        let link = self.link_behind(Some(scope), token, origin).await?;
        if member_of(&link, Some(scope)).is_none() {
            return Err(ApiError::not_found());
        }
        let rows = share_links::list_messages(&link.scope, self.store().read()).await.map_err(from_store)?;
        let seen = self.reader(scope).await?;
        let finished = rows.into_iter().filter(|row| row.state != MessageState::Streaming);
        let copies = finished.map(|row| shared_row(row, &seen, link.row.with_reasoning)).collect();
        let (id, now) = (ConversationId::new(), self.now());
        let tx = self.store().begin().await.map_err(from_store)?;
        let assistant = match assistants::find(scope, tx.db(), &link.assistant).await {
            // It is somebody's own, or gone.
            Err(StoreError::NotFound) => assistants::first(scope, tx.db()).await,
            found => found,
        };
        let assistant = assistant.map_err(|error| match error {
            StoreError::NotFound => ApiError::not_found().on("assistant"),
            other => from_store(other),
        })?;
        conversations::create(scope, &tx, id.clone(), &assistant.id, &link.title, now).await.map_err(from_store)?;
        // It is called what the shared one is called, whoever wrote that: no model writes another one.
        conversations::rename(scope, &tx, &id, &link.title).await.map_err(from_store)?;
        share_links::copy_messages(scope, &tx, &id, copies).await.map_err(from_store)?;
        let detail = serde_json::json!({ "link": link.row.id });
        audit::record(scope, &tx, "conversation.copy", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(id)
    }

    /// The link of a token, if the reader is meant by it.
    ///
    /// Tokens that there are not are counted by address, which keeps a program that tries them from costing more than it has
    /// to. One that there is opens all the same: nobody hits one of 256 random bits, and a whole company may share an address.
    async fn link_behind(&self, reader: Option<&Scope>, token: &str, origin: &Origin) -> Result<OpenLink> {
        let found = match token.len() {
            1..=TOKEN_CHARS => share_links::open(self.store().read(), &token_hash(token), self.now()).await,
            _ => Ok(None),
        };
        let Some(link) = found.map_err(from_store)? else {
            self.count_unknown_link(origin).await?;
            return Err(ApiError::not_found());
        };
        match (link.row.audience, reader) {
            (ShareAudience::Organisation, None) => Err(ApiError::new(
                ErrorCode::SignInRequired,
                "this link is for people who are signed in; sign in first",
            )),
            (ShareAudience::Organisation, Some(_)) if member_of(&link, reader).is_none() => Err(ApiError::not_found()),
            _ => Ok(link),
        }
    }
}

/// The reader, as somebody of the link's organisation.
fn member_of<'a>(link: &OpenLink, reader: Option<&'a Scope>) -> Option<&'a Scope> {
    reader.filter(|scope| scope.user().is_some() && scope.organisation() == link.scope.organisation())
}

/// A message without what is nobody's business but its person's, and without the passages that the reader does not see.
fn shared_row(mut row: MessageRow, seen: &Reader, with_reasoning: bool) -> MessageRow {
    seen.hide_in(&mut row.citations);
    if !with_reasoning {
        row.steps = Vec::new();
    }
    row.error = None;
    row
}

/// The same as it is shown. An answer that is being made is there when it is finished.
fn shared_message(row: MessageRow, seen: &Reader, with_reasoning: bool, is_member: bool) -> Message {
    let mut row = shared_row(row, seen, with_reasoning);
    if !is_member {
        // Titles and passages are what was chosen to be shown. An address may be of the organisation's own network.
        for citation in &mut row.citations {
            citation.url = None;
        }
    }
    // With all that were issued: the numbers in the text count them.
    let mut message = message_of(row);
    message.citations.retain(|citation: &Citation| citation.cited);
    Message { run: None, rating: None, ..message }
}
