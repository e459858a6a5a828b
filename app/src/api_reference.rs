//! The description of the API for people: one page, made from the OpenAPI document, readable without scripts. A small
//! script (`public/api-reference.js`) filters it, copies the examples and sends requests.
//!
//! The server reads the document into a [`Reference`] and puts it into the request that [`document`] answers.

mod operation;
mod page;
mod shapes;
mod trial;

use std::sync::Arc;

pub use page::document;

/// What the page shows. Words of the API itself stay as the document has them, in English.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reference {
    /// The version of the server.
    pub version: String,
    /// What the document says of the API as a whole.
    pub about: String,
    /// In the document's order.
    pub sections: Vec<Section>,
    /// What the operations refer to, by name.
    pub types: Vec<NamedType>,
}

/// Operations that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The name; its id on the page is `section-` and this.
    pub name: String,
    /// What to know of all of them.
    pub note: Option<String>,
    /// What can be called.
    pub operations: Vec<Operation>,
}

/// One method of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Unique in the document, and the id on the page.
    pub id: String,
    /// In capitals.
    pub method: String,
    /// From the root, with `{parameters}`.
    pub path: String,
    /// What it does, in a line.
    pub summary: String,
    /// What else there is to know.
    pub note: Option<String>,
    /// How the caller is known.
    pub credential: Credential,
    /// What the path needs.
    pub in_path: Vec<Field>,
    /// What the query can hold.
    pub in_query: Vec<Field>,
    /// What is sent.
    pub body: Option<Body>,
    /// What comes back; errors, which all have the same form, are left out.
    pub answers: Vec<Answer>,
}

/// What is sent so that the caller is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// Nothing: it is for everybody.
    Nothing,
    /// A key.
    Key,
    /// The session of a person who is signed in.
    Session,
    /// The token of a visitor.
    Visitor,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Such as `application/json`.
    pub media_type: String,
    /// How it is built.
    pub shape: Shape,
    /// The least that is accepted, as text to start from. Files have none.
    pub example: Option<String>,
}

/// What comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: String,
    /// What it means.
    pub says: String,
    /// Absent: nothing but the status.
    pub media_type: Option<String>,
    /// How it is built.
    pub shape: Option<Shape>,
}

/// Something that has a name and is shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedType {
    /// The name; its id on the page is `type-` and this.
    pub name: String,
    /// What it is.
    pub note: Option<String>,
    /// How it is built.
    pub shape: Shape,
}

/// How a value is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Described by its kind alone.
    Plain(Kind),
    /// An object with these fields.
    Object(Vec<Field>),
    /// One of these words.
    Words(Vec<String>),
    /// One of these, told apart by what they hold.
    Choice(Vec<Shape>),
}

/// A named part of an object, a path or a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// What it is for.
    pub note: Option<String>,
    /// What values it takes: `1 to 200`, `default 50`. Empty where any.
    pub limits: String,
}

/// What a value is, in a few words; the names in it lead to their [`NamedType`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kind(pub Vec<Piece>);

/// A part of a [`Kind`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Text(String),
    /// The name of a type.
    Name(String),
}

/// What the server puts into the request for the page.
#[derive(Debug, Clone)]
pub struct ReferencePage(pub Arc<Reference>);
