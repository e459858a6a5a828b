//! Arguments that would do something if they were let through.

use hammock_contract::DocumentId;
use hammock_server::endpoint::Endpoint;
use serde_json::{Value, json};

use super::world::World;
use crate::support::PASSWORD;

/// Arguments of a server function.
pub struct Sample {
    pub arguments: Value,
    /// Whether they name a thing of the owner's organisation.
    pub names_an_object: bool,
    /// Whether that thing is the owner's own.
    pub is_private: bool,
}

/// The body for a route of the public API.
pub fn of_route(endpoint: &Endpoint) -> Value {
    match (endpoint.method.as_str(), endpoint.path) {
        ("PATCH", "/me") => json!({ "first_name": "Planted" }),
        ("PUT", "/me/locale") => json!({ "locale": "cs" }),
        ("PUT", "/me/send-key") => json!({ "send_key": "modified_enter" }),
        ("PUT", "/me/password") => {
            json!({ "current": PASSWORD, "password": "changed it 1", "password_again": "changed it 1" })
        }
        ("PATCH", "/organisation") => json!({ "name": "Planted" }),
        ("POST", "/organisation/host-checks") => json!({ "limited": true, "hosts": ["planted.example"] }),
        ("POST", "/users") => new_user(),
        ("PATCH", "/users/{user}") => json!({ "role": "owner" }),
        ("POST", "/keys") => json!({ "name": "Planted", "role": "user" }),
        ("POST", "/connections") => {
            json!({ "name": "Planted", "kind": "compatible", "base_url": "https://a.example/v1" })
        }
        ("PATCH", "/connections/{connection}") => json!({ "name": "Planted" }),
        (_, "/assistants" | "/assistants/{assistant}") => json!({ "name": "Planted" }),
        ("PUT", "/assistants/{assistant}/interfaces" | "/assistants/{assistant}/logo") => json!({}),
        ("PUT", "/assistants/{assistant}/interfaces/openid-secret") => json!({ "secret": "Planted" }),
        ("POST", "/assistants/{assistant}/installation-checks") => json!({ "url": "https://a.example/" }),
        ("POST", "/public/assistants/{assistant}/errors") => json!({ "code": "offline" }),
        (_, "/collections" | "/collections/{collection}") => json!({ "name": "Planted" }),
        ("POST", "/collections/{collection}/sources") => json!({ "name": "Planted", "kind": "upload" }),
        ("POST", "/collections/{collection}/evaluation/questions") => new_question(),
        ("PATCH", "/collections/{collection}/evaluation/questions/{question}") => json!({ "question": "Planted?" }),
        ("POST" | "PUT", "/collections/{collection}/metadata" | "/collections/{collection}/metadata/{field}") => {
            json!({ "name": "Planted" })
        }
        ("PUT", "/documents/{document}/metadata/{field}") => json!({ "values": ["Planted"] }),
        ("PATCH", "/sources/{source}") => json!({ "name": "Planted" }),
        (_, "/sources/{source}/functions" | "/sources/{source}/functions/{function}") => json!({ "name": "planted" }),
        ("POST", "/sources/{source}/functions/{function}/run") => json!({ "parameters": {} }),
        ("PATCH", "/documents/{document}/chunks/{chunk}") => json!({ "text": "Planted" }),
        ("POST", "/search") => json!({ "query": "swallow" }),
        ("POST", "/chat" | "/public/chat") => json!({ "text": "swallow?" }),
        ("POST", "/public/assistants/{assistant}/visitors") => json!({}),
        ("POST", "/public/contacts") => json!({ "conversation": "conv_nonesuch", "email": "eve@example.org" }),
        ("PATCH", "/conversations/{conversation}") => json!({ "title": "Planted" }),
        ("PUT", "/conversations/{conversation}/branch") => json!({ "message": hammock_contract::MessageId::new() }),
        (_, "/categories" | "/categories/{category}") => json!({ "name": "Planted" }),
        (_, "/conversations/{conversation}/shares" | "/conversations/{conversation}/shares/{share}") => {
            json!({ "audience": "anyone" })
        }
        ("PUT", "/messages/{message}/rating" | "/public/messages/{message}/rating") => json!({ "rating": true }),
        ("PUT", "/messages/{message}/feedback" | "/public/messages/{message}/feedback") => {
            json!({ "reason": "other", "comment": "Planted" })
        }
        ("PATCH", "/feedback/{feedback}") => json!({ "state": "resolved" }),
        (method, path) => panic!("{method} {path}: there is no sample of its body in samples.rs"),
    }
}

/// The arguments of a server function; `None` when this test does not know it.
pub fn body(function: &str, world: &World) -> Option<Sample> {
    let id = |kind: &str| world.id_of(kind);
    let plain = |arguments: Value| Sample { arguments, names_an_object: false, is_private: false };
    let object = |arguments: Value| Sample { arguments, names_an_object: true, is_private: false };
    let own = |arguments: Value| Sample { arguments, names_an_object: true, is_private: true };
    let page = json!({ "page": { "limit": 10, "page_token": null, "query": null } });
    Some(match function {
        "account/read_me" => plain(json!({})),
        "account/update_profile" => plain(json!({ "profile": { "first_name": "Planted" } })),
        "account/set_send_key" => plain(json!({ "send_key": "modified_enter" })),
        "account/set_locale" => plain(json!({ "locale": "cs" })),
        "account/change_password" => plain(json!({ "change": {
            "current": PASSWORD, "password": "changed it 1", "password_again": "changed it 1",
        }})),
        "organisation/read_organisation" | "organisation/read_embedding" => plain(json!({})),
        "organisation/update_organisation" => plain(json!({ "patch": { "name": "Planted" } })),
        "organisation/check_allowed_hosts" => {
            plain(json!({ "allowed": { "limited": true, "hosts": ["planted.example"] } }))
        }
        "users/list_users" => plain(page),
        "users/add_user" => plain(json!({ "user": new_user() })),
        "users/update_user" => object(json!({ "user": id("user"), "patch": { "role": "owner" } })),
        "users/read_instance" => plain(json!({})),
        "users/remove_user" | "users/resend_invitation" => object(json!({ "user": id("user") })),
        "keys/list_keys" | "connections/list_connections" | "connections/find_ollama" => plain(json!({})),
        "keys/create_key" => plain(json!({ "key": { "name": "Planted", "role": "user" } })),
        "keys/revoke_key" => object(json!({ "key": id("key") })),
        "connections/create_connection" => plain(json!({ "connection": {
            "name": "Planted", "kind": "compatible", "base_url": "https://a.example/v1", "key": null,
        }})),
        "connections/update_connection" => {
            object(json!({ "connection": id("connection"), "patch": { "name": "Planted" } }))
        }
        "connections/delete_connection" | "connections/list_models" => {
            object(json!({ "connection": id("connection") }))
        }
        "chat/list_choices" => plain(page),
        "chat/list_conversations" => plain(json!({ "query": { "limit": 10 } })),
        "categories/list_categories" => plain(json!({})),
        "categories/create_category" => plain(json!({ "category": { "name": "Planted" } })),
        "categories/update_category" => own(json!({ "category": id("category"), "patch": { "name": "Planted" } })),
        "categories/delete_category" | "categories/restore_category" => own(json!({ "category": id("category") })),
        "categories/give_category" => own(json!({ "conversation": id("conversation"), "category": id("category") })),
        "chat/find_ends" | "chat/delete_conversation" | "chat/restore_conversation" => {
            own(json!({ "conversation": id("conversation") }))
        }
        "chat/read_conversation" => own(json!({ "conversation": id("conversation"), "wanted": { "limit": 40 } })),
        "chat/rename_conversation" => own(json!({ "conversation": id("conversation"), "title": "Planted" })),
        "chat/show_branch" => own(json!({ "conversation": id("conversation"), "message": id("message") })),
        "sharing/list_shares" => own(json!({ "conversation": id("conversation") })),
        "sharing/create_share" => {
            own(json!({ "conversation": id("conversation"), "settings": { "audience": "anyone" } }))
        }
        "sharing/revoke_share" | "sharing/restore_share" => {
            own(json!({ "conversation": id("conversation"), "share": id("share") }))
        }
        "chat/rate_message" => own(json!({ "message": id("message"), "rating": true })),
        "chat/cited_document" => object(json!({ "wanted": {
            "document": id("document"), "revision": 1, "passage": { "start": 0, "end": 5 },
        }})),
        "chat/find_attachment" | "chat/remove_attachment" => own(json!({ "attachment": id("attachment") })),
        "chat/chosen_assistant" => object(json!({ "assistant": id("assistant") })),
        _ => {
            let other = of_knowledge(function, &id).or_else(|| of_evaluation(function, &id));
            let other = other.or_else(|| of_metadata(function, &id)).or_else(|| of_data_functions(function, &id));
            return other.or_else(|| of_feedback(function, &id)).or_else(|| of_interfaces(function, &id));
        }
    })
}

fn of_knowledge(function: &str, id: &dyn Fn(&str) -> String) -> Option<Sample> {
    let plain = |arguments: Value| Sample { arguments, names_an_object: false, is_private: false };
    let object = |arguments: Value| Sample { arguments, names_an_object: true, is_private: false };
    Some(match function {
        "assistants/list_assistants" => plain(json!({ "page": { "limit": 10 } })),
        "assistants/find_assistant" | "assistants/remove_hidden_collections" | "assistants/delete_assistant" => {
            object(json!({ "assistant": id("assistant") }))
        }
        "assistants/create_assistant" => plain(json!({ "settings": { "name": "Planted" } })),
        "assistants/update_assistant" => {
            object(json!({ "assistant": id("assistant"), "settings": { "name": "Planted" } }))
        }
        "knowledge/list_collections" => plain(json!({ "page": { "limit": 10 } })),
        "knowledge/find_collection" | "knowledge/delete_collection" | "knowledge/list_sources" => {
            object(json!({ "collection": id("collection") }))
        }
        "knowledge/list_hidden_collections" => plain(json!({})),
        "knowledge/explain_access" => object(json!({ "collection": id("collection"), "query": {} })),
        "knowledge/create_collection" => plain(json!({ "collection": { "name": "Planted", "description": "" } })),
        "knowledge/update_collection" => {
            object(json!({ "collection": id("collection"), "patch": { "name": "Planted" } }))
        }
        "knowledge/count_dependents" => object(json!({ "deletion": { "document": id("document") } })),
        "knowledge/create_source" => object(json!({
            "collection": id("collection"), "source": { "name": "Planted", "kind": "upload" },
        })),
        "knowledge/delete_source"
        | "knowledge/refresh_source"
        | "knowledge/stop_source"
        | "knowledge/list_crawls"
        | "knowledge/accept_crawl"
        | "knowledge/reject_crawl" => object(json!({ "source": id("source") })),
        "knowledge/list_crawl_pages" => {
            object(json!({ "source": id("source"), "crawl": id("crawl"), "query": { "limit": 10 } }))
        }
        "knowledge/update_source" => object(json!({ "source": id("source"), "patch": { "name": "Planted" } })),
        "knowledge/read_index_status" => plain(json!({})),
        // Of another organisation's source there are no documents to be listed; searching it finds nothing.
        "knowledge/list_documents" => plain(json!({ "query": { "limit": 10 } })),
        "knowledge/list_standings" => plain(json!({ "asked": { "documents": [DocumentId::new()] } })),
        "knowledge/search" => plain(json!({ "request": { "query": "swallow" } })),
        "knowledge/read_document" => object(json!({ "wanted": { "document": id("document"), "revision": null } })),
        "knowledge/update_chunk" => {
            object(json!({ "document": id("document"), "chunk": id("chunk"), "patch": { "text": "Planted" } }))
        }
        "knowledge/discard_edit" => object(json!({ "document": id("document"), "edit": id("edit") })),
        "knowledge/delete_document" | "knowledge/reindex_document" | "knowledge/leave_out_page" => {
            object(json!({ "document": id("document") }))
        }
        _ => return None,
    })
}

fn of_evaluation(function: &str, id: &dyn Fn(&str) -> String) -> Option<Sample> {
    let object = |arguments: Value| Sample { arguments, names_an_object: true, is_private: false };
    let (collection, question) = (id("collection"), id("question"));
    Some(match function {
        "evaluation/list_questions" => object(json!({ "collection": collection, "page": { "limit": 10 } })),
        "evaluation/list_source_questions" => object(json!({ "source": id("source"), "page": { "limit": 10 } })),
        "evaluation/read_source_figures" => object(json!({ "source": id("source") })),
        "evaluation/create_question" => object(json!({ "collection": collection, "question": new_question() })),
        "evaluation/update_question" => object(json!({
            "collection": collection, "question": question, "patch": { "question": "Planted?" },
        })),
        "evaluation/delete_question" => object(json!({ "collection": collection, "question": question })),
        "evaluation/list_runs" | "evaluation/start_run" => object(json!({ "collection": collection })),
        "evaluation/stop_run" | "evaluation/read_report" => {
            object(json!({ "collection": collection, "run": id("evaluation") }))
        }
        _ => return None,
    })
}

fn of_data_functions(function: &str, id: &dyn Fn(&str) -> String) -> Option<Sample> {
    let object = |arguments: Value| Sample { arguments, names_an_object: true, is_private: false };
    let (source, one) = (id("files"), id("function"));
    let (definition, arguments) = (json!({ "name": "planted" }), json!({ "parameters": {} }));
    Some(match function {
        "data_functions/list_tables" | "data_functions/list_functions" => object(json!({ "source": source })),
        "data_functions/create_function" => object(json!({ "source": source, "definition": definition })),
        "data_functions/update_function" => {
            object(json!({ "source": source, "function": one, "definition": definition }))
        }
        "data_functions/delete_function" => object(json!({ "source": source, "function": one })),
        "data_functions/run_function" => object(json!({ "source": source, "function": one, "arguments": arguments })),
        "data_functions/preview_function" => {
            object(json!({ "source": source, "definition": definition, "arguments": arguments }))
        }
        _ => return None,
    })
}

/// What is said about the answers of an assistant is there for whoever looks after it: of the people here not for colleagues.
fn of_feedback(function: &str, id: &dyn Fn(&str) -> String) -> Option<Sample> {
    let own = |arguments: Value| Sample { arguments, names_an_object: true, is_private: true };
    let (message, feedback) = (id("message"), id("feedback"));
    Some(match function {
        "feedback/read_own_feedback" => own(json!({ "message": message })),
        "feedback/give_feedback" => own(json!({ "message": message, "feedback": { "comment": "Planted" } })),
        "feedback/list_feedback" => {
            Sample { arguments: json!({ "query": { "limit": 10 } }), names_an_object: false, is_private: false }
        }
        "feedback/read_feedback" => own(json!({ "feedback": feedback })),
        "feedback/update_feedback" => own(json!({ "feedback": feedback, "patch": { "state": "resolved" } })),
        _ => return None,
    })
}

/// Where an assistant is reached from outside is for whoever looks after it to say.
fn of_interfaces(function: &str, id: &dyn Fn(&str) -> String) -> Option<Sample> {
    let object = |arguments: Value| Sample { arguments, names_an_object: true, is_private: false };
    let assistant = id("assistant");
    Some(match function {
        "interfaces/read_interfaces" | "interfaces/list_widget_errors" => object(json!({ "assistant": assistant })),
        "interfaces/update_interfaces" => {
            object(json!({ "assistant": assistant, "settings": { "public_chat": true } }))
        }
        "interfaces/check_installation" => object(json!({ "assistant": assistant, "url": "http://127.0.0.1:9/" })),
        "interfaces/list_visitor_conversations" => object(json!({ "assistant": assistant, "page": { "limit": 10 } })),
        "interfaces/read_visitor_conversation" => {
            object(json!({ "assistant": assistant, "conversation": id("conversation"), "wanted": { "limit": 10 } }))
        }
        _ => return None,
    })
}

fn of_metadata(function: &str, id: &dyn Fn(&str) -> String) -> Option<Sample> {
    let object = |arguments: Value| Sample { arguments, names_an_object: true, is_private: false };
    let (collection, document, field) = (id("collection"), id("document"), id("field"));
    let planted = json!({ "name": "Planted" });
    Some(match function {
        "metadata/list_fields" => object(json!({ "collection": collection })),
        "metadata/create_field" => object(json!({ "collection": collection, "settings": planted })),
        "metadata/update_field" => object(json!({ "collection": collection, "field": field, "settings": planted })),
        "metadata/delete_field" => object(json!({ "collection": collection, "field": field })),
        "metadata/list_values" => object(json!({ "document": document })),
        "metadata/write_values" => {
            object(json!({ "document": document, "field": field, "values": { "values": ["Planted"] } }))
        }
        "metadata/restore_values" => object(json!({ "document": document, "field": field })),
        _ => return None,
    })
}

fn new_question() -> Value {
    json!({ "question": "How fast does a swallow fly?", "expected": [{ "location": "swallow.md" }] })
}

fn new_user() -> Value {
    json!({
        "first_name": "Eve", "last_name": "Evans", "email": "eve@example.org", "telephone": "", "role": "user",
        "first_password": { "kind": "set", "password": PASSWORD },
    })
}
