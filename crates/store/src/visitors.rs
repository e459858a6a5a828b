//! Visitors: who chats with an assistant from outside, without an account. Each has a row of `users` that conversations, runs and
//! feedback belong to as those of a person do; it has no password and is in no organisation, so nobody signs in with it.

mod held;

use hammock_contract::{
    AssistantId, ConversationId, OrganisationId, Page, Timestamp, UserId, VisitorId,
    assistant::Access,
    chat::ConversationSummary,
    interfaces::InterfaceSettings,
    page::PageRequest,
    user::Role,
    visitor::{Channel, HeldQuery, Visitor, VisitorConversation},
};
use sea_orm::{QueryResult, Value};

use crate::{
    Actor, Db, Result, Scope, StoreError, Tx, VisitorPage, accounts, assistants, conversations, folding,
    messages::MessageRow,
    paging,
    row::{self, Stored, Table, table, value, words},
};

words!(Channel);

table! {
    /// A visitor.
    VisitorRow = "visitors";
    key {
        /// The id.
        id: VisitorId,
    }
    /// What their conversations belong to.
    user_id: UserId,
    /// The organisation of the assistant.
    organisation_id: OrganisationId,
    /// The assistant that they came to.
    assistant_id: AssistantId,
    /// The origin of the page that they first came from, as [`VisitorPage`] has it.
    origin: String,
    /// Where they first chatted.
    channel: Channel,
    /// Their name; absent: anonymous.
    name: Option<String>,
    /// The e-mail address that they came with, or left last.
    email: Option<String>,
    /// When they came.
    created_at: Timestamp,
    /// When they last got a token.
    seen_at: Timestamp,
}

/// Somebody who comes to an assistant.
#[derive(Debug, Clone)]
pub struct NewVisitor {
    /// The id.
    pub id: VisitorId,
    /// The organisation of the assistant, from [`settings_of`].
    pub organisation: OrganisationId,
    /// The assistant.
    pub assistant: AssistantId,
    /// The origin of the page, as [`VisitorPage`] has it.
    pub origin: String,
    /// Where they chat.
    pub channel: Channel,
}

/// How an assistant shows itself to visitors, and whose it is; `None` where nobody ever set that, or where the assistant is
/// private. A sign-in that is switched off is not among it. No scope goes in: whoever comes has none yet, and all of this is for strangers.
///
/// # Errors
/// When the database fails.
pub async fn settings_of(db: Db<'_>, assistant: &AssistantId) -> Result<Option<(OrganisationId, InterfaceSettings)>> {
    let sql = "SELECT assistant_interfaces.organisation_id, assistant_interfaces.settings FROM assistant_interfaces \
               JOIN assistants ON assistants.id = assistant_interfaces.assistant_id \
               AND assistants.organisation_id = assistant_interfaces.organisation_id \
               WHERE assistant_interfaces.assistant_id = $1 AND assistants.access = $2";
    let values = [assistant.as_str().into(), Access::Organisation.store().into()];
    let Some(found) = db.row(sql, values).await? else { return Ok(None) };
    let raw: String = value(&found, "settings")?;
    let mut settings: InterfaceSettings = serde_json::from_str(&raw)
        .map_err(|error| StoreError::Damaged { what: "InterfaceSettings", reason: error.to_string() })?;
    settings.sign_in = settings.sign_in.in_force();
    Ok(Some((value(&found, "organisation_id")?, settings)))
}

/// The scope of what Hammock does by itself when a visitor signs in at an assistant, before anybody knows who it is: of the
/// organisation that it belongs to, with the least role; `None` as for [`settings_of`]. No scope goes in: one comes out of here.
///
/// # Errors
/// When the database fails.
pub async fn scope_for_sign_in(db: Db<'_>, assistant: &AssistantId) -> Result<Option<Scope>> {
    let found = settings_of(db, assistant).await?;
    Ok(found.map(|(organisation, _)| Scope::new(organisation, Actor::Operator, Role::User)))
}

/// Adds a visitor; their scope. No scope goes in: this is where one comes from.
///
/// # Errors
/// When the database fails.
pub async fn create(tx: &Tx, new: NewVisitor, now: Timestamp) -> Result<Scope> {
    let NewVisitor { id, organisation, assistant, origin, channel } = new;
    let user = UserId::new();
    let account = accounts::NewAccount {
        id: user.clone(),
        // Nothing is ever sent there: the domain is reserved (RFC 2606).
        email: format!("{id}@visitor.invalid"),
        first_name: String::new(),
        last_name: String::new(),
        telephone: String::new(),
        password_hash: None,
        locale: None,
        marketing: false,
        terms_accepted_at: None,
    };
    accounts::create(tx, account, now).await?;
    tx.db().execute("UPDATE users SET kind = 'visitor' WHERE id = $1", [user.as_str().into()]).await?;
    let row = VisitorRow {
        id,
        user_id: user,
        organisation_id: organisation,
        assistant_id: assistant,
        origin,
        channel,
        name: None,
        email: None,
        created_at: now,
        seen_at: now,
    };
    let scope = scope_of(&row);
    row::insert(tx.db(), row).await?;
    Ok(scope)
}

/// The scope of a visitor of an assistant, as their token names both, on the page that they first came from; `None` when either is
/// gone. No scope goes in: this is where one comes from.
///
/// # Errors
/// When the database fails.
pub async fn open(db: Db<'_>, id: &VisitorId, assistant: &AssistantId) -> Result<Option<Scope>> {
    let sql = format!("SELECT {} FROM visitors WHERE id = $1 AND assistant_id = $2", VisitorRow::COLUMNS);
    let found = db.row(&sql, [id.as_str().into(), assistant.as_str().into()]).await?;
    Ok(found.as_ref().map(VisitorRow::from_row).transpose()?.as_ref().map(scope_of))
}

pub(crate) fn scope_of(row: &VisitorRow) -> Scope {
    let VisitorRow { id, user_id, organisation_id, assistant_id, origin, channel, .. } = row;
    let actor = Actor::Visitor {
        visitor: id.clone(),
        user: user_id.clone(),
        assistant: assistant_id.clone(),
        page: VisitorPage { origin: origin.clone(), channel: *channel },
    };
    Scope::of_visitor(organisation_id.clone(), actor)
}

fn own(scope: &Scope) -> Result<[Value; 2]> {
    let Actor::Visitor { visitor, .. } = scope.actor() else { return Err(StoreError::NotFound) };
    Ok([scope.organisation().as_str().into(), visitor.as_str().into()])
}

/// Notes that the scope's visitor came back.
///
/// # Errors
/// [`StoreError::NotFound`] when the scope is no visitor's.
pub async fn touch(scope: &Scope, tx: &Tx, now: Timestamp) -> Result<()> {
    let [organisation, visitor] = own(scope)?;
    let sql = "UPDATE visitors SET seen_at = $3 WHERE organisation_id = $1 AND id = $2";
    row::touched(tx.db().execute(sql, [organisation, visitor, now.as_millis().into()]).await?)
}

/// Keeps the e-mail address that the scope's visitor leaves.
///
/// # Errors
/// [`StoreError::NotFound`] when the scope is no visitor's.
pub async fn set_email(scope: &Scope, tx: &Tx, email: &str) -> Result<()> {
    let [organisation, visitor] = own(scope)?;
    let sql = "UPDATE visitors SET email = $3 WHERE organisation_id = $1 AND id = $2";
    row::touched(tx.db().execute(sql, [organisation, visitor, email.into()]).await?)
}

/// Keeps the e-mail address at which the scope's visitor wants to be answered about a conversation of theirs.
///
/// # Errors
/// [`StoreError::NotFound`] when the scope is no visitor's, or the conversation not theirs.
pub async fn set_contact(scope: &Scope, tx: &Tx, id: &ConversationId, email: &str) -> Result<()> {
    if !scope.is_visitor() {
        return Err(StoreError::NotFound);
    }
    let mut values = conversations::own(scope)?;
    values.extend([id.as_str().into(), email.into()]);
    let own = conversations::OWN;
    let sql = format!("UPDATE conversations SET contact = $4 WHERE {own} AND id = $3 AND deleted_at IS NULL");
    row::touched(tx.db().execute(&sql, values).await?)
}

/// The e-mail address that a visitor left in one of their conversations.
///
/// # Errors
/// [`StoreError::NotFound`] when the scope is no visitor's, or the conversation not theirs.
pub async fn find_contact(scope: &Scope, db: Db<'_>, id: &ConversationId) -> Result<Option<String>> {
    if !scope.is_visitor() {
        return Err(StoreError::NotFound);
    }
    let mut values = conversations::own(scope)?;
    values.push(id.as_str().into());
    let own = conversations::OWN;
    let sql = format!("SELECT contact FROM conversations WHERE {own} AND id = $3 AND deleted_at IS NULL");
    let found = db.row(&sql, values).await?.ok_or(StoreError::NotFound)?;
    value(&found, "contact")
}

/// What visitors said to an assistant (`$2`) of the organisation (`$1`).
const OF_ASSISTANT: &str = "conversations \
    JOIN visitors ON visitors.user_id = conversations.user_id AND visitors.organisation_id = conversations.organisation_id \
    WHERE conversations.organisation_id = $1 AND visitors.assistant_id = $2 AND conversations.deleted_at IS NULL";

/// What is told of a conversation. Where it was held, a replica of an older version, beside which this one may run, does not say.
const ENTRY: &str = "conversations.id AS conversation_id, conversations.assistant_id, conversations.title, \
    conversations.updated_at, conversations.contact, \
    COALESCE(conversations.origin, visitors.origin) AS held_origin, \
    COALESCE(conversations.channel, visitors.channel) AS held_channel, \
    visitors.id AS visitor_id, visitors.name, visitors.email, visitors.origin AS first_origin, \
    (SELECT COUNT(*) FROM messages WHERE messages.conversation_id = conversations.id) AS total";

fn of_assistant(scope: &Scope, assistant: &AssistantId) -> Vec<Value> {
    vec![scope.organisation().as_str().into(), assistant.as_str().into()]
}

/// The conversations of visitors with an assistant that the scope may use, the one with the newest message first.
///
/// # Errors
/// [`StoreError::NotFound`] when the assistant is not there for this scope.
pub async fn list_conversations(
    scope: &Scope,
    db: Db<'_>,
    assistant: &AssistantId,
    request: &PageRequest,
) -> Result<Page<VisitorConversation>> {
    let limit = paging::limit(request)?;
    assistants::find(scope, db, assistant).await?;
    let mut values = of_assistant(scope, assistant);
    let mut sql = format!("SELECT {ENTRY} FROM {OF_ASSISTANT}");
    for word in folding::words(request.query.as_deref().unwrap_or_default()) {
        values.push(folding::pattern(&word).into());
        sql.push_str(&format!(" AND conversations.title_key LIKE ${} ESCAPE '\\'", values.len()));
    }
    if let Some((updated_at, id)) = paging::number_place(request.page_token.as_deref())? {
        values.extend([updated_at.into(), id.into()]);
        let (first, second) = (values.len() - 1, values.len());
        sql.push_str(&format!(" AND (conversations.updated_at, conversations.id) < (${first}, ${second})"));
    }
    sql.push_str(&format!(" ORDER BY conversations.updated_at DESC, conversations.id DESC LIMIT {}", limit + 1));
    let rows = db.rows(&sql, values).await?.iter().map(entry).collect::<Result<Vec<_>>>()?;
    Ok(paging::page(rows, limit, |row| (row.updated_at.as_millis().to_string(), row.conversation.as_str().to_owned())))
}

fn entry(found: &QueryResult) -> Result<VisitorConversation> {
    Ok(VisitorConversation {
        conversation: value(found, "conversation_id")?,
        title: value(found, "title")?,
        visitor: Visitor {
            id: value(found, "visitor_id")?,
            name: value(found, "name")?,
            email: value(found, "email")?,
            origin: value(found, "first_origin")?,
        },
        channel: value(found, "held_channel")?,
        origin: value(found, "held_origin")?,
        contact: value(found, "contact")?,
        messages: value(found, "total")?,
        updated_at: value(found, "updated_at")?,
    })
}

/// A conversation of a visitor with a part of its messages.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldPart {
    /// Who held it where.
    pub held: VisitorConversation,
    /// What a list shows of it.
    pub summary: ConversationSummary,
    /// How many messages stand before the part.
    pub earlier: u32,
    /// How many messages stand after it.
    pub later: u32,
    /// The messages, oldest first.
    pub rows: Vec<MessageRow>,
}

/// One conversation of a visitor with an assistant that the scope may use, with those of its messages that are wanted.
///
/// # Errors
/// [`StoreError::NotFound`] when either is not there for this scope, or a message is named that is not in the conversation.
pub async fn read_conversation(
    scope: &Scope,
    db: Db<'_>,
    assistant: &AssistantId,
    id: &ConversationId,
    wanted: &HeldQuery,
) -> Result<HeldPart> {
    let assistant_name = assistants::find(scope, db, assistant).await?.settings.name;
    let mut values = of_assistant(scope, assistant);
    values.push(id.as_str().into());
    let sql = format!("SELECT {ENTRY} FROM {OF_ASSISTANT} AND conversations.id = $3");
    let found = db.row(&sql, values).await?.ok_or(StoreError::NotFound)?;
    let held = entry(&found)?;
    let held::Part { earlier, later, rows } = held::part(scope, db, id, wanted).await?;
    let summary = ConversationSummary {
        id: held.conversation.clone(),
        title: held.title.clone(),
        assistant: value(&found, "assistant_id")?,
        assistant_name,
        updated_at: held.updated_at,
        category: None,
        found: None,
    };
    Ok(HeldPart { held, summary, earlier, later, rows })
}

/// Removes for good the visitors who were last seen before `before` and said nothing that is kept, and what is left of visitors
/// whose assistant or organisation is gone; how many. No scope: housekeeping.
///
/// # Errors
/// When the database fails.
pub async fn purge(tx: &Tx, before: Timestamp) -> Result<u64> {
    let silent = "DELETE FROM users WHERE kind = 'visitor' AND created_at < $1 \
                  AND NOT EXISTS (SELECT 1 FROM conversations WHERE conversations.user_id = users.id) \
                  AND NOT EXISTS (SELECT 1 FROM visitors WHERE visitors.user_id = users.id AND visitors.seen_at >= $1)";
    let silent = tx.db().execute(silent, [before.as_millis().into()]).await?;
    let left = "DELETE FROM users WHERE kind = 'visitor' \
                AND NOT EXISTS (SELECT 1 FROM visitors WHERE visitors.user_id = users.id)";
    Ok(silent + tx.db().execute(left, []).await?)
}
