//! Between rows and plain types: how each type of ours lies in a column, and the macro that declares a table.

use hammock_contract::{
    ApiError, AssistantId, AttachmentId, AuditEventId, CategoryId, ChunkEditId, ChunkId, CollectionId, ConnectionId,
    ConversationId, CrawlId, DataFunctionId, DocumentId, EvaluationQuestionId, EvaluationRunId, FeedbackId, JobId,
    KeyId, MessageId, MetadataFieldId, OrganisationId, RunId, ShareLinkId, SourceId, Timestamp, UserId, VisitorId,
    assistant::{Access, AssistantSettings},
    chat::{AnswerKind, Author, Citation, MessageState, Step},
    collection::CollectionAccess,
    connection::ProviderKind,
    crawl::{CrawlOutcome, CrawlPageOutcome, CrawlTrigger},
    document::DocumentState,
    evaluation::{EvaluationFigures, EvaluationState},
    function::FunctionDefinition,
    interfaces::InterfaceSettings,
    job::JobProgress,
    locale::Locale,
    metadata::FoundMetadata,
    passage::{Place, TablePart},
    retrieval::RetrievalSettings,
    search::SearchMode,
    source::{SourceKind, SourceState},
    stream::StreamEvent,
    support::UnsupportedSentence,
    system::EmbeddingKind,
    user::{Role, UserStatus},
};
use sea_orm::{EntityTrait, IntoActiveModel, QueryResult, TryGetable};

use crate::{Db, Result, StoreError, sitemaps::SitemapEntry};

/// A type that lies in a column as another. Public only because the derived entities name it; the module is not.
pub trait Stored: Sized {
    /// What the database holds.
    type Raw: TryGetable + Into<sea_orm::Value>;
    /// To the database.
    fn store(self) -> Self::Raw;
    /// From the database.
    fn load(raw: Self::Raw) -> Result<Self>;
}

/// What the database holds of a type.
pub type Raw<T> = <T as Stored>::Raw;

/// A table whose rows are plain structs.
pub(crate) trait Table: Sized {
    type Entity: EntityTrait<Model = Self::Model>;
    type Model: IntoActiveModel<<Self::Entity as EntityTrait>::ActiveModel>;
    fn into_model(self) -> Self::Model;
    /// The names of its columns, each with the table's: `t.a, t.b`.
    const COLUMNS: &'static str;
    /// A row of a query that selects [`Self::COLUMNS`].
    fn from_row(row: &QueryResult) -> Result<Self>;
}

/// SQLite takes 32,766 parameters a statement, PostgreSQL 65,535; the widest table has 27 columns.
const ROWS_PER_INSERT: usize = 500;

/// Inserts a row.
pub(crate) async fn insert<T: Table>(db: Db<'_>, row: T) -> Result<()>
where
    <T::Entity as EntityTrait>::ActiveModel: Send,
{
    T::Entity::insert(row.into_model().into_active_model()).exec_without_returning(&db).await?;
    Ok(())
}

/// Inserts rows, many a statement.
pub(crate) async fn insert_many<T: Table>(db: Db<'_>, rows: Vec<T>) -> Result<()>
where
    <T::Entity as EntityTrait>::ActiveModel: Send,
{
    let mut rows = rows.into_iter();
    loop {
        let batch: Vec<_> =
            rows.by_ref().take(ROWS_PER_INSERT).map(|row| row.into_model().into_active_model()).collect();
        if batch.is_empty() {
            return Ok(());
        }
        T::Entity::insert_many(batch).exec_without_returning(&db).await?;
    }
}

/// One value of a row.
pub(crate) fn value<T: Stored>(row: &QueryResult, column: &str) -> Result<T> {
    T::load(row.try_get::<T::Raw>("", column)?)
}

/// Every row of a query.
pub(crate) fn all<T: Table>(rows: &[QueryResult]) -> Result<Vec<T>> {
    rows.iter().map(T::from_row).collect()
}

/// The one row of a query.
pub(crate) fn one<T: Table>(row: Option<QueryResult>) -> Result<T> {
    T::from_row(&row.ok_or(StoreError::NotFound)?)
}

/// That a statement touched a row; none means that the thing is not there for this scope.
pub(crate) const fn touched(rows: u64) -> Result<()> {
    if rows == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// `$first, $first+1, …`: placeholders for `count` values.
pub(crate) fn placeholders(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

/// What a name is compared by: case and surrounding space do not make it another.
pub fn key_of(name: &str) -> String {
    name.trim().to_lowercase()
}

/// A pattern for `LIKE … ESCAPE '\'` that finds `text` anywhere in a lower-case column.
pub(crate) fn pattern(text: &str) -> String {
    let escaped = key_of(text).store().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

impl Stored for String {
    type Raw = Self;
    /// PostgreSQL takes no zero bytes in a text; a space is as long, so that byte offsets stay.
    fn store(self) -> Self {
        if self.contains('\0') { self.replace('\0', " ") } else { self }
    }
    fn load(raw: Self) -> Result<Self> {
        Ok(raw)
    }
}

impl Stored for bool {
    type Raw = Self;
    fn store(self) -> Self {
        self
    }
    fn load(raw: Self) -> Result<Self> {
        Ok(raw)
    }
}

impl Stored for i64 {
    type Raw = Self;
    fn store(self) -> Self {
        self
    }
    fn load(raw: Self) -> Result<Self> {
        Ok(raw)
    }
}

impl Stored for f64 {
    type Raw = Self;
    fn store(self) -> Self {
        self
    }
    fn load(raw: Self) -> Result<Self> {
        Ok(raw)
    }
}

impl Stored for Timestamp {
    type Raw = i64;
    fn store(self) -> i64 {
        self.as_millis()
    }
    fn load(raw: i64) -> Result<Self> {
        Ok(Self::from_millis(raw))
    }
}

impl<T> Stored for Option<T>
where
    T: Stored,
    Option<T::Raw>: TryGetable + Into<sea_orm::Value>,
{
    type Raw = Option<T::Raw>;
    fn store(self) -> Option<T::Raw> {
        self.map(T::store)
    }
    fn load(raw: Option<T::Raw>) -> Result<Self> {
        raw.map(T::load).transpose()
    }
}

fn damaged(what: &'static str, reason: impl ToString) -> StoreError {
    StoreError::Damaged { what, reason: reason.to_string() }
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            type Raw = i64;
            /// No count and no offset of ours comes near the end of the range.
            fn store(self) -> i64 {
                i64::try_from(self).unwrap_or(i64::MAX)
            }
            fn load(raw: i64) -> Result<Self> {
                Self::try_from(raw).map_err(|error| damaged(stringify!($type), error))
            }
        }
    )*};
}

macro_rules! ids {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            type Raw = String;
            fn store(self) -> String {
                self.as_str().to_owned()
            }
            fn load(raw: String) -> Result<Self> {
                raw.parse().map_err(|error| damaged(stringify!($type), error))
            }
        }
    )*};
}

/// Enumerations lie as the word that also crosses the wire.
macro_rules! words {
    ($($type:ty),*) => {$(
        impl $crate::row::Stored for $type {
            type Raw = String;
            fn store(self) -> String {
                match serde_json::to_value(self) {
                    Ok(serde_json::Value::String(word)) => word,
                    // A fieldless enumeration serialises to a text; `load` would refuse anything else.
                    _ => String::new(),
                }
            }
            fn load(raw: String) -> $crate::Result<Self> {
                serde_json::from_value(serde_json::Value::String(raw)).map_err(|error| $crate::StoreError::Damaged {
                    what: stringify!($type),
                    reason: error.to_string(),
                })
            }
        }
    )*};
}

/// What SQL never looks into lies as JSON.
macro_rules! json {
    ($($type:ty),*) => {$(
        impl $crate::row::Stored for $type {
            type Raw = String;
            fn store(self) -> String {
                // Fails on maps with keys that are not texts alone, of which none of these types has any.
                serde_json::to_string(&self).unwrap_or_default()
            }
            fn load(raw: String) -> $crate::Result<Self> {
                serde_json::from_str(&raw).map_err(|error| $crate::StoreError::Damaged {
                    what: stringify!($type),
                    reason: error.to_string(),
                })
            }
        }
    )*};
}

pub(crate) use words;

numbers!(u16, u32, u64);
ids!(
    OrganisationId,
    UserId,
    AssistantId,
    AttachmentId,
    CategoryId,
    ConversationId,
    MessageId,
    RunId,
    ShareLinkId,
    CollectionId,
    SourceId,
    CrawlId,
    DataFunctionId,
    DocumentId,
    ChunkId,
    ChunkEditId,
    ConnectionId,
    EvaluationQuestionId,
    EvaluationRunId,
    FeedbackId,
    MetadataFieldId,
    KeyId,
    JobId,
    VisitorId,
    AuditEventId
);
words!(
    Access,
    AnswerKind,
    Author,
    CollectionAccess,
    CrawlOutcome,
    CrawlPageOutcome,
    CrawlTrigger,
    DocumentState,
    EmbeddingKind,
    EvaluationState,
    Locale,
    MessageState,
    ProviderKind,
    Role,
    SearchMode,
    SourceState,
    UserStatus
);
json!(
    ApiError,
    AssistantSettings,
    FunctionDefinition,
    InterfaceSettings,
    JobProgress,
    Place,
    RetrievalSettings,
    SourceKind,
    StreamEvent,
    TablePart,
    Vec<Citation>,
    Vec<EvaluationFigures>,
    Vec<FoundMetadata>,
    Vec<SitemapEntry>,
    Vec<Step>,
    Vec<String>,
    Vec<UnsupportedSentence>,
    Vec<f32>,
    serde_json::Value
);

/// Declares a table: the public row with plain types, and the sea-orm entity beside it.
///
/// `table! { "name"; pub struct Row { key id: Id, field: Type, … } }`; the fields named `key` are the primary key.
macro_rules! table {
    (
        $(#[$doc:meta])* $name:ident = $table:tt;
        key { $($(#[$kdoc:meta])* $key:ident: $ktype:ty,)+ }
        $($(#[$fdoc:meta])* $field:ident: $type:ty,)*
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[$kdoc])* pub $key: $ktype,)+
            $($(#[$fdoc])* pub $field: $type,)*
        }

        pub(crate) mod entity {
            use super::*;
            use sea_orm::entity::prelude::*;
            // What sea-orm derives means this one, not the crate's.
            use std::result::Result;
            use $crate::row::Raw;

            #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model {
                $(#[sea_orm(primary_key, auto_increment = false)] pub $key: Raw<$ktype>,)+
                $(pub $field: Raw<$type>,)*
            }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }

        impl $crate::row::Table for $name {
            type Entity = entity::Entity;
            type Model = entity::Model;

            const COLUMNS: &'static str = $crate::row::columns!($table; $($key,)+ $($field,)*);

            fn into_model(self) -> entity::Model {
                use $crate::row::Stored;
                entity::Model {
                    $($key: self.$key.store(),)+
                    $($field: self.$field.store(),)*
                }
            }

            fn from_row(row: &sea_orm::QueryResult) -> $crate::Result<Self> {
                Ok(Self {
                    $($key: $crate::row::value(row, stringify!($key))?,)+
                    $($field: $crate::row::value(row, stringify!($field))?,)*
                })
            }
        }
    };
}

/// `table.a, table.b`.
macro_rules! columns {
    ($table:tt; $first:ident, $($rest:ident,)*) => {
        concat!($table, ".", stringify!($first) $(, ", ", $table, ".", stringify!($rest))*)
    };
}

pub(crate) use {columns, table};
