//! The pages of a PDF that a source names.

use serde_json::{Value, json};

use crate::support::{TestApp, knowledge::collection_with};

/// Pages that are one passage together. What is asked for has as many sentences as are quoted at once.
const PAGES: [[&str; 2]; 3] = [
    [
        "The museum stands on a hill above the river and has two floors.",
        "Its garden is open to all from May until October.",
    ],
    [
        "A parcel can be sent back within thirty days of its arrival. It is sent back with the label that it came with.",
        "Whoever sends a parcel back later than these days gets a voucher.",
    ],
    ["Umbrellas hang beside the wooden door of the cellar.", "Its keys are with the warden in the house by the mill."],
];

/// A PDF whose pages have these lines.
fn pdf(pages: &[[&str; 2]]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|n| format!("{} 0 R", 4 + n * 2)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>".to_owned(),
        format!("<< /Type /Pages /Count {} /Kids [{}] >>", pages.len(), kids.join(" ")),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    for (n, lines) in pages.iter().enumerate() {
        let content = format!("BT /F1 12 Tf 14 TL 72 720 Td ({}) Tj T* ({}) Tj ET", lines[0], lines[1]);
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> \
             /Contents {} 0 R >>",
            5 + n * 2
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (n, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", n + 1));
    }
    let (size, start) = (objects.len() + 1, file.len());
    file.push_str(&format!("{table}trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF"));
    file.into_bytes()
}

#[tokio::test]
async fn a_source_names_the_page_of_what_is_quoted() {
    let app = TestApp::with_worker("").await;
    let owner = app.register("ada@example.org").await;
    let client = &owner.browser;
    let collection = collection_with(client, "museum.pdf", &pdf(&PAGES)).await;
    let settings = json!({ "name": "Shop", "collections": [collection] });
    let assistant = client.post("/api/v1/assistants", &settings).await.json()["id"].clone();
    let question = json!({ "assistant": assistant, "text": "Within how many days can a parcel be sent back?" });
    let stream = client.post("/api/v1/chat", &question).await.text;
    let events: Vec<Value> =
        stream.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data:")?.trim()).ok()).collect();
    let message = &events.last().unwrap()["message"];
    let citation = &message["citations"][0];
    assert!(message["text"].as_str().unwrap().contains("thirty days"), "{message}");
    assert_eq!(citation["cited"], true, "{message}");
    assert_eq!(citation["place"], json!({ "kind": "page", "number": 2 }), "{citation}");

    // The passage itself goes over all of them.
    let document = format!("/api/v1/documents/{}/text", citation["document"].as_str().unwrap());
    let read = client.get(&document).await.json();
    let (text, chunks) = (read["text"].as_str().unwrap(), read["chunks"].as_array().unwrap());
    let begins = [PAGES[1], PAGES[2]].map(|lines| text.find(lines[0]).unwrap());
    assert_eq!(chunks.len(), 1, "{read}");
    assert_eq!(chunks[0]["place"], json!({ "kind": "page", "number": 1, "breaks": begins }), "{read}");
    assert_eq!(citation["chunk"], chunks[0]["id"]);

    // It stays so in the conversation.
    let conversation = events[0]["conversation"].as_str().unwrap();
    let kept = client.get(&format!("/api/v1/conversations/{conversation}")).await.json();
    assert_eq!(kept["messages"][1]["citations"][0]["place"], citation["place"], "{kept}");
}
