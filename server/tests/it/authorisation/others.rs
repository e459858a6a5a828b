//! The routes that are not of the API, and the pages of the application, with the callers of the API's routes.

use std::collections::BTreeSet;

use axum::{body::Body, http::Method};
use hammock_server::{
    other_routes::{self, Opens, OtherRoute},
    visitor_sign_in, widget_look,
};

use super::world::World;
use crate::support::{Answer, Client};

/// Where the interface says which pages it has.
const ROUTES: &str = include_str!("../../../../app/src/routes.rs");

/// Who calls, and what the application is to them.
struct Caller<'a> {
    who: &'static str,
    client: &'a Client,
    is_signed_in: bool,
    is_of_the_organisation: bool,
}

fn callers(world: &World) -> [Caller<'_>; 7] {
    let outside = |who, client| Caller { who, client, is_signed_in: false, is_of_the_organisation: false };
    let inside = |who, client| Caller { who, client, is_signed_in: true, is_of_the_organisation: true };
    [
        outside("a stranger", &world.stranger),
        outside("a wrong key", &world.wrong_key),
        outside("a visitor", &world.visitor),
        inside("a user", &world.colleague),
        inside("an administrator", &world.administrator),
        inside("the owner", &world.owner),
        Caller { is_of_the_organisation: false, ..inside("another organisation", &world.other_owner) },
    ]
}

/// What a route answers: a status, and how the place begins to which it leads.
type Expected = (u16, &'static str);

/// The path of a call, what its form holds, and the answer where it does not matter who calls.
struct Sample {
    path: String,
    form: &'static str,
    answer: Expected,
}

/// Nothing for a route that this test does not know.
fn sample(route: &OtherRoute, world: &World) -> Option<Sample> {
    let (method, path) = (route.method.as_str(), route.path);
    let assistant = world.id_of("assistant");
    let (path, form, answer) = match (method, path) {
        ("GET", "/healthz" | "/readyz" | "/robots.txt" | "/api/v1/openapi.json" | "/api/docs") => (path, "", (200, "")),
        ("GET", "/sign-in" | "/register" | "/forgotten-password" | "/new-password") => (path, "", (200, "")),
        ("GET", "/terms" | "/privacy" | "/dev/ui") => (path, "", (200, "")),
        ("GET", "/metrics") => (path, "", (403, "")),
        ("GET", "/api" | "/api/docs/") => (path, "", (303, "/api/docs")),
        ("POST", "/sign-in") => (path, "email=nobody%40example.org&password=nonsense+1", (401, "")),
        ("POST", "/register") => (path, "email=ada&password=short", (422, "")),
        ("POST", "/forgotten-password") => (path, "email=ada", (422, "")),
        ("POST", "/new-password") => {
            (path, "token=nobody-sent-this&password=brand+new+2&password_again=brand+new+2", (422, ""))
        }
        ("POST", "/sign-out") => (path, "", (303, "/sign-in")),
        // Who is led where stands in `expected`.
        ("GET" | "POST", "/share/{token}" | "/share/{token}/copy") => {
            let page = world.id_of("share_path");
            let path = if path.ends_with("/copy") { format!("{page}/copy") } else { page };
            return Some(Sample { path, form: "", answer: (200, "") });
        }
        ("GET", widget_look::PATH | "/public/{assistant}") => {
            return Some(Sample { path: path.replace("{assistant}", &assistant), form: "", answer: (200, "") });
        }
        ("GET", "/public/files/{link}") => ("/public/files/nobody-gave-this", "", (404, "")),
        // It has no such provider, and no page asks.
        ("GET", "/public/sign-in/{assistant}/{provider}") => {
            return Some(Sample { path: format!("/public/sign-in/{assistant}/none"), form: "", answer: (403, "") });
        }
        ("GET", visitor_sign_in::DONE) => (path, "", (422, "")),
        ("POST", visitor_sign_in::DONE) => (path, "state=nobody-sent-this&code=none", (422, "")),
        // Those that there are have a test of their own.
        ("POST", "/api/fn/{*function}") => ("/api/fn/users/no_such_function", "", (404, "")),
        ("POST", "/api/{*rest}") => ("/api/nowhere", "", (404, "")),
        _ => return None,
    };
    Some(Sample { path: path.to_owned(), form, answer })
}

/// What this caller is answered; nothing where that is not to be tried.
fn expected(route: &OtherRoute, sample: &Sample, caller: &Caller<'_>) -> Option<Expected> {
    let is_entrance = route.method == Method::GET && matches!(route.path, "/sign-in" | "/register");
    match route.opens {
        Opens::ShareLink if !caller.is_signed_in => Some((303, "/sign-in?next=/share/")),
        Opens::ShareLink if !caller.is_of_the_organisation => Some((404, "")),
        Opens::ShareLink if route.method == Method::POST => Some((303, "/chat/conv_")),
        // It would end the session with which they call what comes after.
        Opens::Everybody if route.path == "/sign-out" && caller.is_signed_in => None,
        Opens::Everybody if is_entrance && caller.is_signed_in => Some((303, "/")),
        Opens::Everybody | Opens::ShareLink | Opens::Operator | Opens::Functions | Opens::Nobody => Some(sample.answer),
    }
}

async fn call(route: &OtherRoute, sample: &Sample, client: &Client) -> Answer {
    let media_type = if sample.form.is_empty() { "" } else { "application/x-www-form-urlencoded" };
    client.send(route.method.clone(), &sample.path, media_type, Body::from(sample.form)).await
}

/// What is wrong with an answer.
fn problem(name: &str, who: &str, answer: &Answer, (status, place): Expected) -> Option<String> {
    let led = answer.header("location");
    let is_right = answer.status == status && led.starts_with(place) && (place.is_empty() == led.is_empty());
    let given = format!("{} {led:?} instead of {status} {place:?}: {}", answer.status, answer.text);
    (!is_right).then(|| format!("{name} as {who}: {given}"))
}

#[tokio::test]
async fn every_route_beside_the_api_opens_for_whom_it_should() {
    let world = World::new().await;
    let mut problems = Vec::new();
    let routes = [other_routes::watching(), other_routes::plain(), other_routes::known()].concat();
    for route in &routes {
        let name = format!("{} {}", route.method, route.path);
        let Some(sample) = sample(route, &world) else {
            problems.push(format!("{name}: there is no sample of it in others.rs"));
            continue;
        };
        for caller in callers(&world) {
            let Some(expected) = expected(route, &sample, &caller) else { continue };
            problems.extend(problem(&name, caller.who, &call(route, &sample, caller.client).await, expected));
        }
        if route.method == Method::POST {
            // Another site can make a browser send this, with all its cookies.
            let headers = vec![("sec-fetch-site", "cross-site".to_owned())];
            let lured = Client { headers, ..world.owner.clone() };
            // The one that providers post to, where no session counts.
            let expected = if route.path == visitor_sign_in::DONE { sample.answer } else { (403, "") };
            problems.extend(problem(&name, "the owner on another site", &call(route, &sample, &lured).await, expected));
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    world.assert_nothing_was_changed().await;
}

/// Whom a page of the application is for, of those who are signed in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    /// Everybody of the organisation. What it is about is named in its path, or is their own.
    Organisation,
    /// Administrators and owners.
    Administrators,
    /// The person whose it is; `true` where administrators look after it too.
    Person(bool),
    /// Nobody.
    Nobody,
}

/// A page of each path of the interface, and whom it is for.
fn pages(world: &World) -> Vec<(&'static str, String, For)> {
    let id = |kind: &str| world.id_of(kind);
    let collection = format!("/data/{}", id("collection"));
    vec![
        ("/chat/:id?", format!("/chat/{}", id("conversation")), For::Person(false)),
        ("/assistants", "/assistants".to_owned(), For::Organisation),
        ("/assistants/new", "/assistants/new".to_owned(), For::Organisation),
        ("/assistants/:id/:tab?", format!("/assistants/{}", id("assistant")), For::Organisation),
        ("/data", "/data".to_owned(), For::Organisation),
        ("/data/documents/:document", format!("/data/documents/{}", id("document")), For::Organisation),
        ("/data/:collection", collection.clone(), For::Organisation),
        ("/data/:collection/search", format!("{collection}/search"), For::Organisation),
        ("/data/:collection/sources/:source/:tab?", format!("{collection}/sources/{}", id("files")), For::Organisation),
        ("/data/:collection/metadata", format!("{collection}/metadata"), For::Organisation),
        ("/data/:collection/evaluation", format!("{collection}/evaluation"), For::Organisation),
        ("/account", "/account".to_owned(), For::Organisation),
        ("/organisation", "/organisation".to_owned(), For::Administrators),
        ("/users", "/users".to_owned(), For::Administrators),
        ("/keys", "/keys".to_owned(), For::Administrators),
        ("/connections", "/connections".to_owned(), For::Administrators),
        ("/feedback/:feedback?", format!("/feedback/{}", id("feedback")), For::Person(true)),
        ("/help", "/help".to_owned(), For::Organisation),
        ("/*any", "/nowhere".to_owned(), For::Nobody),
    ]
}

#[tokio::test]
async fn every_page_opens_for_whom_it_should() {
    let world = World::new().await;
    let pages = pages(&world);
    let known: BTreeSet<&str> = pages.iter().map(|(path, ..)| *path).collect();
    let parts = ROUTES.split("path!(\"").skip(1).filter_map(|rest| rest.split('"').next());
    // The frame has no path of its own, and the first page leads to another one.
    let there: BTreeSet<&str> = parts.filter(|path| !path.is_empty()).collect();
    assert_eq!(there, known, "the pages of the interface, and those that this test knows");
    let mut problems = Vec::new();
    for (path, address, whom) in &pages {
        for Caller { who, client, is_signed_in, is_of_the_organisation } in callers(&world) {
            let names_an_object = path.contains(':');
            let expected = match whom {
                _ if !is_signed_in => (302, "/sign-in?next="),
                For::Nobody => (404, ""),
                For::Organisation | For::Person(_) if names_an_object && !is_of_the_organisation => (404, ""),
                For::Administrators if who == "a user" => (403, ""),
                For::Person(_) if who == "a user" => (404, ""),
                For::Person(false) if who == "an administrator" => (404, ""),
                For::Organisation | For::Administrators | For::Person(_) => (200, ""),
            };
            let answer = client.get(address).await;
            problems.extend(problem(path, who, &answer, expected));
            if !is_of_the_organisation && (answer.text.contains("eleven metres") || answer.text.contains("Theirs")) {
                problems.push(format!("{path} tells {who}: {}", answer.text));
            }
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}
