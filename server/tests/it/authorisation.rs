//! Who may do what, for every route and every server function: called signed out, with a key that is none, with too low a
//! role, as another person of the organisation, as another organisation, and with the token of a visitor. A route that this test does not know fails it.
//! What is not of the API's table is called by `others.rs`.

mod described;
mod others;
mod samples;
mod world;

use std::collections::BTreeSet;

use axum::{body::Body, http::Method};
use hammock_contract::user::Role;
use hammock_server::{
    endpoint::{Access, Endpoint},
    router::API,
    routes::endpoints,
    server_functions::{FUNCTIONS, PREFIX, registered},
};
use serde_json::json;

use crate::support::{Answer, Client};
use world::World;

/// What goes on as long as somebody hears it.
const EVENTS: &str = "/conversations/events";

#[test]
fn every_server_function_stands_in_the_table() {
    let compiled: BTreeSet<String> = registered().into_iter().collect();
    let listed: BTreeSet<String> = FUNCTIONS.iter().map(|function| format!("{PREFIX}{}", function.path)).collect();
    assert!(!compiled.is_empty());
    assert_eq!(compiled.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "not in the table");
    assert_eq!(listed.difference(&compiled).collect::<Vec<_>>(), Vec::<&String>::new(), "not compiled in");
}

#[tokio::test]
async fn every_route_refuses_whom_it_should() {
    let world = World::new().await;
    let mut problems = Vec::new();
    let mut told_visitors = BTreeSet::new();
    for endpoint in endpoints() {
        let name = format!("{} {}", endpoint.method, endpoint.path);
        let mut expect = |who: &str, answer: &Answer, allowed: &[u16]| {
            if !allowed.contains(&answer.status) {
                problems.push(format!("{name} as {who}: {} instead of {allowed:?}: {}", answer.status, answer.text));
            }
        };
        let Some(role) = endpoint.access.least_role() else {
            expect("a stranger", &call(&endpoint, &world, &world.stranger).await, &[200, 204]);
            continue;
        };
        expect("a stranger", &call(&endpoint, &world, &world.stranger).await, &[401]);
        expect("a wrong key", &call(&endpoint, &world, &world.wrong_key).await, &[401]);
        if endpoint.access == Access::Visitor {
            expect("who is signed in", &call(&endpoint, &world, &world.owner).await, &[401]);
            expect("a user's key", &call(&endpoint, &world, &world.user_key).await, &[401]);
            if endpoint.path_parameters().any(world::visitors_have) {
                expect("a visitor", &call(&endpoint, &world, &world.visitor).await, &[404]);
            }
            continue;
        }
        let told = call(&endpoint, &world, &world.visitor).await;
        expect("a visitor", &told, &[404]);
        // Of a stream, the head alone is read.
        told_visitors.extend((endpoint.path != EVENTS).then_some(told.text));
        if role > Role::User {
            expect("a user", &call(&endpoint, &world, &world.colleague).await, &[403]);
            expect("a user's key", &call(&endpoint, &world, &world.user_key).await, &[403]);
        }
        if endpoint.access == Access::Person {
            expect("a key", &call(&endpoint, &world, &world.user_key).await, &[403]);
        }
        for object in endpoint.path_parameters() {
            let foreign = call(&endpoint, &world, &world.other_owner).await;
            expect("another organisation", &foreign, &[404]);
            if world::belongs_to_one_person(object) {
                expect("another person", &call(&endpoint, &world, &world.colleague).await, &[404]);
                expect("another administrator", &call(&endpoint, &world, &world.administrator).await, &[404]);
            }
            if world::is_for_who_looks_after_it(object) {
                expect("who does not look after it", &call(&endpoint, &world, &world.colleague).await, &[404]);
            }
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    assert_eq!(told_visitors.len(), 1, "what is there and what is not is told alike: {told_visitors:?}");
    world.assert_nothing_was_changed().await;
}

#[tokio::test]
async fn every_route_lets_in_whom_it_should() {
    let world = World::new().await;
    let mut problems = Vec::new();
    // What only reads, so that the order does not matter.
    for endpoint in endpoints().into_iter().filter(|endpoint| endpoint.method == Method::GET) {
        let Some(role) = endpoint.access.least_role().filter(|_| endpoint.access != Access::Visitor) else { continue };
        let mut callers = vec![("the owner", &world.owner)];
        let is_private = endpoint.path_parameters().any(world::belongs_to_one_person);
        let is_looked_after = endpoint.path_parameters().any(world::is_for_who_looks_after_it);
        if role <= Role::Administrator && !is_private {
            callers.push(("an administrator", &world.administrator));
        }
        if role == Role::User && !is_private && !is_looked_after {
            callers.push(("a user", &world.colleague));
            callers.push(("a user's key", &world.user_key));
        }
        for (who, client) in callers {
            let answer = call(&endpoint, &world, client).await;
            // The made-up provider of the world cannot be reached, which is not a question of who asks.
            let is_fine = answer.status == 200 || (endpoint.path.ends_with("/models") && answer.status == 502);
            if !is_fine {
                problems.push(format!("{} as {who}: {} {}", endpoint.path, answer.status, answer.text));
            }
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[tokio::test]
async fn every_server_function_refuses_whom_it_should() {
    let world = World::new().await;
    let mut problems = Vec::new();
    for function in FUNCTIONS {
        let path = format!("{PREFIX}{}", function.path);
        let Some(sample) = samples::body(function.path, &world) else {
            problems.push(format!("{}: there is no sample of its arguments in samples.rs", function.path));
            continue;
        };
        let mut expect = |who: &str, answer: &Answer, allowed: u16| {
            if answer.status != allowed || (allowed >= 400 && answer.code().is_empty()) {
                problems.push(format!("{path} as {who}: {} instead of {allowed}: {}", answer.status, answer.text));
            }
        };
        let Some(role) = function.access.least_role() else {
            problems.push(format!("{path} is public"));
            continue;
        };
        expect("a stranger", &world.stranger.post(&path, &sample.arguments).await, 401);
        expect("a wrong key", &world.wrong_key.post(&path, &sample.arguments).await, 401);
        expect("a visitor", &world.visitor.post(&path, &sample.arguments).await, 404);
        if role > Role::User {
            expect("a user", &world.colleague.post(&path, &sample.arguments).await, 403);
            expect("a user's key", &world.user_key.post(&path, &sample.arguments).await, 403);
        }
        if function.access == Access::Person {
            expect("a key", &world.user_key.post(&path, &sample.arguments).await, 403);
        }
        if sample.names_an_object {
            expect("another organisation", &world.other_owner.post(&path, &sample.arguments).await, 404);
        }
        if sample.is_private {
            expect("another person", &world.colleague.post(&path, &sample.arguments).await, 404);
        }
        expect("nobody in particular, by GET", &world.stranger.get(&path).await, 405);
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    world.assert_nothing_was_changed().await;
}

#[tokio::test]
async fn what_is_in_a_private_collection_is_not_there_for_others() {
    let world = World::new().await;
    world.make_private().await;
    let mut problems = Vec::new();
    for endpoint in endpoints().into_iter().filter(|it| it.path_parameters().any(world::is_in_a_collection)) {
        let name = format!("{} {}", endpoint.method, endpoint.path);
        let role = endpoint.access.least_role().unwrap_or(Role::User);
        let mut expect = |who: &str, answer: &Answer, expected: u16| {
            if answer.status != expected {
                problems.push(format!("{name} as {who}: {} instead of {expected}: {}", answer.status, answer.text));
            }
        };
        expect("a user", &call(&endpoint, &world, &world.colleague).await, if role > Role::User { 403 } else { 404 });
        // An administrator may end it without seeing it, and learns who does.
        if endpoint.method != Method::DELETE || endpoint.path != "/collections/{collection}" {
            let expected = if endpoint.path.ends_with("/access") { 200 } else { 404 };
            expect("an administrator", &call(&endpoint, &world, &world.administrator).await, expected);
        }
        if endpoint.method == Method::GET {
            expect("who made it", &call(&endpoint, &world, &world.owner).await, 200);
            expect("a key of who made it", &call(&endpoint, &world, &world.user_key).await, 200);
        }
    }
    for function in FUNCTIONS {
        let Some(sample) = samples::body(function.path, &world) else { continue };
        let text = sample.arguments.to_string();
        if !["collection", "source", "files", "document"].iter().any(|kind| text.contains(&world.id_of(kind))) {
            continue;
        }
        let path = format!("{PREFIX}{}", function.path);
        let mut expect = |who: &str, answer: &Answer, expected: u16| {
            if answer.status != expected {
                problems.push(format!("{path} as {who}: {} instead of {expected}: {}", answer.status, answer.text));
            }
        };
        let role = function.access.least_role().unwrap_or(Role::User);
        let expected = if role > Role::User { 403 } else { 404 };
        expect("a user", &world.colleague.post(&path, &sample.arguments).await, expected);
        if function.path != "knowledge/delete_collection" {
            let expected = if function.path == "knowledge/explain_access" { 200 } else { 404 };
            expect("an administrator", &world.administrator.post(&path, &sample.arguments).await, expected);
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    world.assert_nothing_was_changed().await;

    // It is in no list of theirs, and in no search, whatever that goes by.
    for (who, client) in [("a user", &world.colleague), ("an administrator", &world.administrator)] {
        for path in ["/api/v1/collections", "/api/v1/documents"] {
            let list = client.get(path).await;
            assert!(!list.text.contains(&world.id_of("collection")), "{path} as {who}: {}", list.text);
        }
        for mode in ["keyword", "vector", "hybrid"] {
            let explained = json!({ "query": "swallow", "mode": mode, "explain": true });
            let found = client.post("/api/v1/search", &explained).await;
            assert_eq!(found.status, 200, "{}", found.text);
            assert!(!found.text.contains("eleven"), "{mode} as {who}: {}", found.text);
            let named = json!({ "query": "swallow", "mode": mode, "collections": [world.id_of("collection")] });
            assert_eq!(client.post("/api/v1/search", &named).await.status, 404, "{mode} as {who}");
        }
    }
    let found = world.owner.post("/api/v1/search", &json!({ "query": "swallow", "mode": "keyword" })).await;
    assert!(found.text.contains("eleven"), "{}", found.text);
    // How it is searched is changed by those who see it, also together with its access.
    let path = format!("/api/v1/collections/{}", world.id_of("collection"));
    let retrieval = json!({ "keyword_weight": 0.5 });
    for patch in [json!({ "retrieval": retrieval }), json!({ "retrieval": retrieval, "access": "organisation" })] {
        assert_eq!(world.administrator.json(Method::PATCH, &path, &patch).await.status, 404, "{patch}");
    }
    let hidden = world.administrator.get("/api/v1/collections/hidden").await.json();
    assert_eq!((&hidden["items"][0]["name"], &hidden["items"][0]["can_read"]), (&json!("Theirs"), &json!(false)));
    assert_eq!((&hidden["items"][0]["documents"], hidden["items"].as_array().map(Vec::len)), (&json!(0), Some(1)));
    assert_eq!(world.administrator.delete(&path).await.status, 204);
    assert_eq!(world.owner.get(&path).await.status, 404);
}

#[tokio::test]
async fn what_a_visitor_said_is_theirs_alone() {
    let world = World::new().await;
    let mut problems = Vec::new();
    for endpoint in endpoints().into_iter().filter(|it| it.path_parameters().any(world::visitors_have)) {
        let name = format!("{} {}", endpoint.method, endpoint.path);
        let mut callers = match endpoint.access {
            Access::Visitor => vec![("another visitor", &world.other_visitor, 404)],
            _ => vec![
                ("the owner", &world.owner, 404),
                ("an administrator", &world.administrator, 404),
                ("a user's key", &world.user_key, 404),
                ("another organisation", &world.other_owner, 404),
            ],
        };
        if endpoint.access == Access::Visitor && endpoint.method == Method::GET {
            callers.push(("the visitor", &world.visitor, 200));
        }
        for (who, client, expected) in callers {
            let id = |kind: &str| world.id_of_visitor(endpoint.path, kind);
            let answer = call_with(&endpoint, client, &id).await;
            if answer.status != expected {
                problems.push(format!("{name} as {who}: {} instead of {expected}: {}", answer.status, answer.text));
            }
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    let list = world.visitor.get("/api/v1/public/conversations").await.json();
    assert_eq!(list["items"][0]["id"], world.id_of("visitor_conversation"), "{list}");
    let list = world.other_visitor.get("/api/v1/public/conversations").await.json();
    assert_eq!(list["items"], json!([]), "{list}");
    for client in [&world.owner, &world.administrator] {
        let list = client.get("/api/v1/conversations").await;
        assert!(!list.text.contains(&world.id_of("visitor_conversation")), "{}", list.text);
    }
}

#[tokio::test]
async fn a_function_that_is_not_in_the_table_is_not_served() {
    let world = World::new().await;
    let answer = world.owner.post("/api/fn/users/no_such_function", &serde_json::json!({})).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"));
}

async fn call(endpoint: &Endpoint, world: &World, client: &Client) -> Answer {
    call_with(endpoint, client, &|name| world.id_at(endpoint.path, name)).await
}

async fn call_with(endpoint: &Endpoint, client: &Client, id: &dyn Fn(&str) -> String) -> Answer {
    let path = endpoint
        .path_parameters()
        .fold(format!("{API}{}", endpoint.path), |path, name| path.replace(&format!("{{{name}}}"), &id(name)));
    match &endpoint.body {
        Some(("multipart/form-data", _)) => client.upload(&path, &[("a.txt", b"A text to read.")]).await,
        // Whoever is let in hears on and on.
        _ if endpoint.path == EVENTS => client.begin(endpoint.method.clone(), &path, "", Body::empty()).await.0,
        Some(_) => client.json(endpoint.method.clone(), &path, &samples::of_route(endpoint)).await,
        None => client.send(endpoint.method.clone(), &path, "", Body::empty()).await,
    }
}

hammock_testkit::on_postgres!(
    "the authorisation table on PostgreSQL",
    every_route_refuses_whom_it_should,
    every_route_lets_in_whom_it_should,
    every_server_function_refuses_whom_it_should,
    what_is_in_a_private_collection_is_not_there_for_others,
    what_a_visitor_said_is_theirs_alone,
);
