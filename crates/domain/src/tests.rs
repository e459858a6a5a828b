//! The use cases on a real database in a folder of its own, with an index in memory and a model that does what it is told.

mod accounts;
mod chat;
mod chunks;
mod collection_access;
mod crawling;
mod crawls;
mod doctor;
mod documents;
mod evaluation;
mod excerpts;
mod failures;
mod functions;
mod handbook;
mod held_index;
mod injection;
mod interruption;
mod journal;
mod operator;
mod organisation;
mod people;
#[cfg(unix)]
mod rendering;
mod repairs;
mod replacement;
mod retrieval;
mod roles;
mod secrets;
mod so_far;
mod sources;
mod tenancy;
mod watching;
mod world;
