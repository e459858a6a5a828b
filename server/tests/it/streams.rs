//! Streams of answers on bad networks: readers that do not read, and connections that break wherever they can.

use futures::future::join_all;
use hammock_contract::{
    chat::MessageState,
    stream::{EventId, StreamEvent},
};
use hammock_testkit::provider::Provider;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

use crate::support::{
    eventually,
    process::Installation,
    remote::{Events, Remote},
};

/// How many read along while one does not.
const QUICK: usize = 8;
/// How many words an answer has for them.
const WORDS: usize = 40;

/// Asks on a connection that keeps little of what is sent to it, and reads nothing of the answer.
async fn ask_unread(url: &str, key: &str, body: &str) -> TcpStream {
    let address = url.split("://").nth(1).unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 << 10).unwrap();
    let mut stream = socket.connect(address.parse().unwrap()).await.unwrap();
    // In this version of HTTP, a body has no marks of its own and ends with the connection.
    let request = format!(
        "POST /api/v1/chat HTTP/1.0\r\nhost: {address}\r\nx-api-key: {key}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// Reads one byte at a time until what was read has `end`, or the connection ends.
async fn read_slowly(stream: &mut TcpStream, end: Option<&str>) -> String {
    let mut bytes = Vec::new();
    while let Ok(byte) = stream.read_u8().await {
        bytes.push(byte);
        if end.is_some_and(|end| bytes.ends_with(end.as_bytes())) {
            break;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The events in what was read.
fn events_in(text: &str) -> Vec<StreamEvent> {
    let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
    data.map(|data| serde_json::from_str(data.trim()).unwrap()).collect()
}

/// The text that events add.
fn text_of<'a>(events: impl IntoIterator<Item = &'a StreamEvent>) -> String {
    let texts = events.into_iter().filter_map(|event| match event {
        StreamEvent::Delta { text, .. } => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

#[tokio::test]
async fn who_does_not_read_an_answer_slows_nobody() {
    let installation = Installation::new([]);
    let key = installation.owner_key();
    let mut server = installation.serve();
    let url = server.ready().await;
    let remote = Remote::new(&url, &key);
    let provider =
        Provider::start((0..WORDS).map(|n| format!("Part {n}: {}.\n\n", "tide ".repeat(240)))).await.unwrap();
    let new = json!({ "name": "Model", "kind": "compatible", "base_url": provider.url() });
    let connection = remote.make("/api/v1/connections", &new).await;
    let settings = json!({ "name": "Teller", "connection": connection, "model": "model-a", "max_tokens": 16_384 });
    let assistant = remote.make("/api/v1/assistants", &settings).await;
    let question = json!({ "assistant": assistant, "text": "Tell everything." });

    // It has begun, and nothing more of it is read.
    let mut unread = ask_unread(&url, &key, &question.to_string()).await;
    let head = read_slowly(&mut unread, Some("\n\n")).await;
    assert!(head.starts_with("HTTP/1.0 200") || head.starts_with("HTTP/1.1 200"), "{head}");
    let StreamEvent::Started { conversation, .. } = events_in(&head).remove(0) else { panic!("{head}") };
    provider.let_out(WORDS * (QUICK + 1));

    // Everybody else reads to the end.
    let readers = (0..QUICK).map(|_| async {
        let mut events = remote.ask(&question).await.unwrap();
        let end = events.end().await.expect("the answer ends");
        assert_eq!((end.state, end.text.trim_end()), (MessageState::Complete, provider.text().trim_end()));
    });
    join_all(readers).await;
    // So does the answer itself: it is whole in the store, whoever reads it.
    let path = format!("/api/v1/conversations/{conversation}");
    eventually("the answer that nobody reads being whole", async || {
        let read = remote.get(&path).await.unwrap().body;
        let answer = &read["messages"][1];
        let is_whole = answer["text"].as_str().is_some_and(|text| text.trim_end() == provider.text().trim_end());
        (answer["state"] == "complete" && is_whole).then_some(())
    })
    .await;

    // Read at last, a byte at a time, it is the same.
    let rest = events_in(&read_slowly(&mut unread, None).await);
    assert_eq!(text_of(&rest).trim_end(), provider.text().trim_end());
    let Some(StreamEvent::Done { message }) = rest.last() else { panic!("{rest:?}") };
    assert_eq!((message.state, message.text.trim_end()), (MessageState::Complete, provider.text().trim_end()));
}

/// What an event says, without what may differ between who reads along and who comes later.
fn said((id, event): &(EventId, StreamEvent)) -> (u64, String) {
    let said = match event {
        StreamEvent::Started { answer, .. } => format!("started {answer}"),
        StreamEvent::Step { step } => format!("step {}", step.kind),
        StreamEvent::Sources { citations } => format!("{} sources", citations.len()),
        StreamEvent::Delta { text, block, html } => format!("{block}: {text} {html}"),
        StreamEvent::Done { message } => format!("done {}", message.text),
    };
    (id.sequence, said)
}

async fn to_the_end(mut events: Events) -> Vec<(EventId, StreamEvent)> {
    let mut all = Vec::new();
    while let Some(event) = events.next().await {
        all.push(event);
    }
    all
}

/// Characters of several bytes, signs of several characters, and blocks that are cut in their middle.
const CUT: [&str; 14] = [
    "Žl",
    "uťou",
    "čký ",
    "kůň ",
    "🏔",
    "\u{fe0f} a ",
    "e",
    "\u{301} **tu",
    "čně**",
    ".\n\n1. jed",
    "na\n2. d",
    "va\n\n`k",
    "ód` 漢",
    "字.",
];

/// Asks, and loses the connection after every event; the events that are seen so. After the end, every place is gone on from once
/// more.
async fn broken_after_every_event(
    remote: &Remote,
    provider: &Provider,
    question: &Value,
) -> Vec<(EventId, StreamEvent)> {
    // One event a connection: each of them is lost right after it.
    let mut events = remote.ask(question).await.unwrap();
    let mut seen: Vec<(EventId, StreamEvent)> = Vec::new();
    loop {
        // More than one event can hold, so that there is always another.
        provider.let_out(2);
        let (id, event) = events.next().await.expect("another event comes");
        let is_last = matches!(event, StreamEvent::Done { .. });
        seen.push((id.clone(), event));
        if is_last {
            break;
        }
        events = remote.resume(id.run.as_str(), Some(&id)).await.unwrap();
    }
    let text = text_of(seen.iter().map(|(_, event)| event));
    assert_eq!(text.trim_end(), provider.text());
    let Some((last, StreamEvent::Done { message })) = seen.last() else { panic!("{seen:?}") };
    assert_eq!((message.state, message.text.as_str()), (MessageState::Complete, provider.text().as_str()));

    // After the end: from every place the rest, from the beginning everything, from the end nothing.
    let run = last.run.to_string();
    let all: Vec<(u64, String)> = seen.iter().map(said).collect();
    let whole = to_the_end(remote.resume(&run, None).await.unwrap()).await;
    assert_eq!(whole.iter().map(said).collect::<Vec<_>>(), all);
    for (place, (id, _)) in seen.iter().enumerate() {
        let rest = to_the_end(remote.resume(&run, Some(id)).await.unwrap()).await;
        assert_eq!(rest.iter().map(said).collect::<Vec<_>>(), all[place + 1..], "after {id}");
    }
    seen
}

#[tokio::test]
async fn an_answer_whose_connection_breaks_after_every_event_loses_and_doubles_nothing() {
    let installation = Installation::new([]);
    let key = installation.owner_key();
    let mut server = installation.serve();
    let remote = Remote::new(&server.ready().await, &key);
    let provider = Provider::start(CUT.map(str::to_owned)).await.unwrap();
    let question = json!({ "assistant": remote.assistant(&provider).await, "text": "Piš." });
    let seen = broken_after_every_event(&remote, &provider, &question).await;
    let sequences: Vec<u64> = seen.iter().map(|(id, _)| id.sequence).collect();
    assert_eq!(sequences, (1..=seen.len() as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_answer_to_a_visitor_loses_and_doubles_nothing_either() {
    let installation = Installation::new([]);
    let key = installation.owner_key();
    let mut server = installation.serve();
    let remote = Remote::new(&server.ready().await, &key);
    let provider = Provider::start(CUT.map(str::to_owned)).await.unwrap();
    let assistant = remote.assistant(&provider).await;
    let visitor = remote.visitor(&assistant).await;
    let seen = broken_after_every_event(&visitor, &provider, &json!({ "text": "Piš." })).await;
    // The numbers are those of the whole stream, of which visitors are not told every step.
    let sequences: Vec<u64> = seen.iter().map(|(id, _)| id.sequence).collect();
    assert!(sequences.is_sorted_by(|one, next| one < next), "{sequences:?}");
    assert!(!seen.iter().any(|(_, event)| matches!(event, StreamEvent::Step { .. })), "{seen:?}");
    // Nor can another visitor go on with it.
    let other = remote.visitor(&assistant).await;
    for path in ["events", "events?after=1"] {
        let refused = other.get(&format!("/api/v1/public/runs/{}/{path}", seen[0].0.run)).await.unwrap();
        assert_eq!(refused.status, 404, "{refused:?}");
    }
}
