//! What the interface can do, a program can: every server function has a route of the public API.

use std::collections::BTreeSet;

use hammock_server::{routes::endpoints, server_functions::FUNCTIONS};

/// The functions that are the interface's alone. The handbook's chapter about the API names them.
const INTERFACE_ALONE: [&str; 3] =
    ["connections/find_ollama", "data_functions/preview_function", "knowledge/count_dependents"];

/// Functions whose route says it in other words, because it does more or there is more to say about it: function, method
/// and path of the route. All others have the summary of their route.
const IN_OTHER_WORDS: [(&str, &str, &str); 23] = [
    ("categories/give_category", "PATCH", "/conversations/{conversation}"),
    ("chat/chosen_assistant", "GET", "/assistants/{assistant}"),
    ("chat/cited_document", "GET", "/documents/{document}/text"),
    ("chat/find_attachment", "GET", "/attachments/{attachment}"),
    ("chat/find_ends", "GET", "/conversations/{conversation}"),
    ("chat/list_choices", "GET", "/assistants"),
    ("chat/read_conversation", "GET", "/conversations/{conversation}"),
    ("chat/rename_conversation", "PATCH", "/conversations/{conversation}"),
    ("data_functions/create_function", "POST", "/sources/{source}/functions"),
    ("data_functions/list_tables", "GET", "/sources/{source}/tables"),
    ("feedback/give_feedback", "PUT", "/messages/{message}/feedback"),
    ("interfaces/check_installation", "POST", "/assistants/{assistant}/installation-checks"),
    ("interfaces/list_visitor_conversations", "GET", "/assistants/{assistant}/visitor-conversations"),
    ("interfaces/list_widget_errors", "GET", "/assistants/{assistant}/widget-errors"),
    ("interfaces/read_interfaces", "GET", "/assistants/{assistant}/interfaces"),
    (
        "interfaces/read_visitor_conversation",
        "GET",
        "/assistants/{assistant}/visitor-conversations/{visitor_conversation}",
    ),
    ("interfaces/update_interfaces", "PUT", "/assistants/{assistant}/interfaces"),
    ("knowledge/list_standings", "GET", "/documents/{document}"),
    ("knowledge/read_document", "GET", "/documents/{document}/text"),
    ("knowledge/search", "POST", "/search"),
    ("knowledge/update_chunk", "PATCH", "/documents/{document}/chunks/{chunk}"),
    ("organisation/read_embedding", "GET", "/embedding"),
    ("users/read_instance", "GET", "/instance"),
];

#[test]
fn every_function_of_the_interface_has_a_route() {
    let routes = endpoints();
    let summaries: BTreeSet<&str> = routes.iter().map(|route| route.summary).collect();
    let other_words: BTreeSet<&str> = FUNCTIONS
        .iter()
        .filter(|function| !summaries.contains(function.summary))
        .map(|function| function.path)
        .collect();
    let named: BTreeSet<&str> = IN_OTHER_WORDS.iter().map(|(function, ..)| *function).chain(INTERFACE_ALONE).collect();
    assert_eq!(other_words, named);
    for (function, method, path) in IN_OTHER_WORDS {
        let is_there = routes.iter().any(|route| route.method.as_str() == method && route.path == path);
        assert!(is_there, "{function}: there is no {method} {path}");
    }
}
