//! Who may call which server function.

use hammock_contract::user::Role;

use super::ServerFunction;
use crate::endpoint::Access;

const fn user(path: &'static str, summary: &'static str) -> ServerFunction {
    ServerFunction { path, access: Access::Role(Role::User), summary }
}

const fn admin(path: &'static str, summary: &'static str) -> ServerFunction {
    ServerFunction { path, access: Access::Role(Role::Administrator), summary }
}

/// Every server function.
pub const FUNCTIONS: &[ServerFunction] = &[
    user("account/read_me", "Who is calling"),
    user("account/update_profile", "Change one's own name or telephone number"),
    user("account/set_locale", "Choose a language"),
    user("account/change_password", "Change one's own password"),
    user("assistants/list_assistants", "List the assistants that the caller can use"),
    user("assistants/find_assistant", "Read an assistant"),
    user("assistants/create_assistant", "Make an assistant; everybody can make private ones"),
    user("assistants/update_assistant", "Change an assistant; its maker and administrators can"),
    user("assistants/delete_assistant", "Delete an assistant; its maker and administrators can"),
    user("chat/list_conversations", "List one's own conversations"),
    user("chat/find_conversation", "Read a conversation"),
    user("chat/rename_conversation", "Rename a conversation"),
    user("chat/delete_conversation", "Delete a conversation; it can be restored for a while"),
    user("chat/restore_conversation", "Undo the deletion of a conversation"),
    user("chat/rate_message", "Rate an answer"),
    user("chat/cited_document", "Read the passage that an answer cites, in its document"),
    user("chat/list_choices", "List the assistants that can be asked"),
    user("chat/chosen_assistant", "Read the assistant that is asked"),
    user("knowledge/list_collections", "List the collections"),
    user("knowledge/find_collection", "Read a collection"),
    admin("knowledge/create_collection", "Make a collection"),
    admin("knowledge/update_collection", "Rename or describe a collection"),
    admin("knowledge/delete_collection", "Delete a collection with everything in it"),
    user("knowledge/read_index_status", "How the search side stands"),
    user("knowledge/list_sources", "List the sources of a collection"),
    admin("knowledge/create_source", "Add a source; a website starts to be read at once"),
    admin("knowledge/delete_source", "Delete a source with its documents"),
    admin("knowledge/refresh_source", "Read a source again"),
    admin("knowledge/stop_source", "Stop the reading of a source"),
    user("knowledge/list_documents", "List documents by collection, source, state or text"),
    user("knowledge/read_document", "Read a part of a document, chunk by chunk"),
    admin("knowledge/delete_document", "Delete a document"),
    admin("knowledge/reindex_document", "Read a document again"),
    user("knowledge/search", "Search in knowledge; each passage also as HTML"),
    admin("organisation/read_organisation", "Read the organisation"),
    admin("organisation/update_organisation", "Give the organisation another name"),
    admin("users/list_users", "List the people of the organisation"),
    admin("users/add_user", "Add a person to the organisation"),
    admin("users/update_user", "Change a person's name or role"),
    admin("users/remove_user", "Remove a person from the organisation"),
    admin("users/resend_invitation", "Send the invitation again"),
    admin("keys/list_keys", "List the API keys"),
    admin("keys/create_key", "Make an API key; its secret is shown this once"),
    admin("keys/revoke_key", "Revoke an API key"),
    admin("connections/list_connections", "List the accounts with model providers"),
    admin("connections/create_connection", "Add an account; it is tested before it is saved"),
    admin("connections/update_connection", "Change an account; it is tested before it is saved"),
    admin("connections/delete_connection", "Remove an account"),
    admin("connections/list_models", "List the models that a provider offers"),
    admin("connections/find_ollama", "Look for a local Ollama"),
];
