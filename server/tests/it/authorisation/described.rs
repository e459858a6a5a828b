//! What every route answers is what the OpenAPI document says: JSON by its schema, files by their media types.

use hammock_server::{endpoint::Returns, openapi};

use super::*;
use crate::support::schema;

/// Calls what only reads as whoever it is for, and compares.
#[tokio::test]
async fn answers_are_what_the_document_says() {
    let world = World::new().await;
    let document = serde_json::to_value(openapi::document()).unwrap();
    let (mut problems, mut compared) = (Vec::new(), [0; 3]);
    for endpoint in endpoints() {
        // A search only reads, too.
        if endpoint.method != Method::GET && endpoint.path != "/search" {
            continue;
        }
        let name = format!("{} {}", endpoint.method, endpoint.path);
        let answer = match endpoint.access {
            Access::Visitor => {
                call_with(&endpoint, &world.visitor, &|kind| world.id_of_visitor(endpoint.path, kind)).await
            }
            Access::Public => call(&endpoint, &world, &world.stranger).await,
            Access::Role(_) | Access::Person => call(&endpoint, &world, &world.owner).await,
        };
        let media_type = answer.header("content-type").split(';').next().unwrap();
        match &endpoint.returns {
            Returns::Nothing => panic!("{name} answers nothing"),
            Returns::Json(status, _) => {
                assert_eq!((answer.status, media_type), (*status, "application/json"), "{name}: {}", answer.text);
                let (path, method) = (format!("{API}{}", endpoint.path), endpoint.method.as_str().to_lowercase());
                let described = &document["paths"][path][method]["responses"][status.to_string()];
                let schema = &described["content"]["application/json"]["schema"];
                assert!(schema.is_object(), "{name}: {described}");
                let found = schema::problems(&document, schema, &answer.json());
                problems.extend(found.into_iter().map(|problem| format!("{name}: {problem}")));
                compared[0] += 1;
            }
            Returns::Events(_) => {
                assert_eq!((answer.status, media_type), (200, "text/event-stream"), "{name}: {}", answer.text);
                compared[1] += 1;
            }
            Returns::File(media_types) => {
                assert_eq!(answer.status, 200, "{name}: {}", answer.text);
                assert!(media_types.contains(&media_type), "{name}: {media_type} is none of {media_types:?}");
                compared[2] += 1;
            }
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    assert!(compared[0] > 40 && compared[1] >= 3 && compared[2] >= 6, "{compared:?}");
}

/// A file can have one of several types: as it is asked for, or as it is.
#[tokio::test]
async fn files_of_every_described_type_are_sent() {
    let world = World::new().await;
    let document = serde_json::to_value(openapi::document()).unwrap();
    let described = |path: &str| -> BTreeSet<String> {
        let file = &document["paths"][format!("{API}{path}")]["get"]["responses"]["200"];
        file["content"].as_object().unwrap().keys().cloned().collect()
    };
    let export = format!("/api/v1/conversations/{}/export", world.id_of("conversation"));
    let forms = described("/conversations/{conversation}/export");
    assert_eq!(forms.iter().collect::<Vec<_>>(), ["application/json", "text/markdown"]);
    for (format, media_type) in [("json", "application/json"), ("markdown", "text/markdown")] {
        let file = world.owner.get(&format!("{export}?format={format}")).await;
        assert!(file.status == 200 && file.header("content-type").starts_with(media_type), "{}", file.text);
    }
    let uploaded = world.owner.upload("/api/v1/attachments", &[("nest.gif", b"GIF89a")]).await;
    assert_eq!(uploaded.status, 201, "{}", uploaded.text);
    let picture = format!("/api/v1/attachments/{}/file", uploaded.json()["id"].as_str().unwrap());
    let forms = described("/attachments/{attachment}/file");
    assert_eq!(world.owner.get(&picture).await.header("content-type"), "image/gif");
    assert!(forms.contains("image/gif") && forms.contains("application/octet-stream"), "{forms:?}");
}

#[tokio::test]
async fn every_operation_says_what_makes_its_caller_known() {
    let document = serde_json::to_value(openapi::document()).unwrap();
    let usual = json!([{ "key": [] }, { "bearer": [] }]);
    assert_eq!(document["security"], usual);
    let routes = endpoints().into_iter().map(|it| (format!("{API}{}", it.path), it.method, it.access));
    let functions = FUNCTIONS.iter().map(|it| (format!("{PREFIX}{}", it.path), Method::POST, it.access));
    for (path, method, access) in routes.chain(functions) {
        let operation = &document["paths"][&path][method.as_str().to_lowercase()];
        let said = operation.get("security").unwrap_or(&document["security"]);
        let expected = match access {
            Access::Public => json!([{}]),
            Access::Role(_) => usual.clone(),
            Access::Person => json!([{ "session": [] }]),
            Access::Visitor => json!([{ "visitor": [] }]),
        };
        assert_eq!(*said, expected, "{method} {path}");
        for name in said.as_array().unwrap().iter().flat_map(|way| way.as_object().unwrap().keys()) {
            assert!(document["components"]["securitySchemes"][name].is_object(), "{name}");
        }
    }
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!((&schemes["session"]["in"], &schemes["session"]["name"]), (&json!("cookie"), &json!("hammock_session")));
    assert_eq!((&schemes["visitor"]["type"], &schemes["visitor"]["scheme"]), (&json!("http"), &json!("bearer")));
}
