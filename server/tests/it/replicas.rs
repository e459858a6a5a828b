//! Two replicas on one PostgreSQL database.

use hammock_contract::chat::MessageState;
use hammock_testkit::{postgres::TemporaryDatabase, provider::Provider};
use http::Method;
use serde_json::{Value, json};

use crate::support::{eventually, process::Installation, remote::Remote};

/// Two installations on one database, with the key of the same secrets.
fn two(database: &TemporaryDatabase) -> [Installation; 2] {
    [(), ()].map(|()| Installation::new([("HAMMOCK_DATABASE__URL", database.url())]))
}

#[tokio::test]
async fn replicas_that_start_first_at_the_same_time_agree() {
    let Some(database) = TemporaryDatabase::empty("replicas that start at the same time") else { return };
    let installations = two(&database);
    let [mut one, mut other] = installations.each_ref().map(Installation::serve);
    let (url, _) = tokio::join!(one.ready(), other.ready());
    let remote = Remote::new(&url, &installations[0].owner_key());
    let pages = eventually("the handbook is there", async || {
        let list = remote.get("/api/v1/documents?collection=coll_handbook&limit=100").await.unwrap().body;
        let pages = list["items"].as_array().unwrap().clone();
        let all_answer = pages.iter().all(|page| page["revision"] != 0);
        (!pages.is_empty() && all_answer).then_some(pages)
    })
    .await;
    let mut names: Vec<&str> = pages.iter().map(|page| page["location"].as_str().unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), pages.len());
    for server in [&one, &other] {
        server.signal("TERM");
        assert!(server.ended().await.success(), "{}", server.log());
        assert!(!server.log().contains("ERROR"), "{}", server.log());
    }
}

#[tokio::test]
async fn an_answer_of_one_replica_is_followed_stopped_and_closed_by_the_other() {
    let Some(database) = TemporaryDatabase::create("answers on two replicas") else { return };
    let installations = two(&database);
    let key = installations[0].owner_key();
    let provider = Provider::start(["one ", "two ", "three"].map(str::to_owned)).await.unwrap();
    let mut one = installations[0].serve();
    let first = Remote::new(&one.ready().await, &key);
    let mut other = installations[1].serve();
    let second = Remote::new(&other.ready().await, &key);
    // These share answers, but not what they read: whoever starts the second is told.
    assert!(other.log().contains("data directory of its own"), "{}", other.log());
    assert!(!one.log().contains("data directory of its own"), "{}", one.log());
    let question = json!({ "assistant": first.assistant(&provider).await, "text": "Count." });

    // Begun on the one, resumed on the other after the first word, live.
    provider.let_out(1);
    let mut events = first.ask(&question).await.unwrap();
    let (seen, _) = events.first_text().await;
    let last = &seen.last().unwrap().0;
    let run = last.run.to_string();
    let mut resumed = second.resume(&run, Some(last)).await.unwrap();
    provider.let_out(1);
    assert_eq!(resumed.first_text().await.1, "two ");
    provider.let_out(1);
    let answer = resumed.end().await.unwrap();
    assert_eq!((answer.state, answer.text.as_str()), (MessageState::Complete, "one two three"));

    // Begun on the one, stopped on the other.
    provider.let_out(1);
    let mut events = first.ask(&question).await.unwrap();
    let (seen, _) = events.first_text().await;
    let run = seen[0].0.run.to_string();
    let stopped = second.send(Method::POST, &format!("/api/v1/runs/{run}/stop"), None).await.unwrap();
    assert_eq!(stopped.status, 204, "{stopped:?}");
    assert_eq!(events.end().await.unwrap().state, MessageState::Stopped);

    // Begun on the one, which is killed; the other closes it, and not while the one lives.
    provider.hold();
    provider.let_out(1);
    let mut events = first.ask(&question).await.unwrap();
    let (seen, _) = events.first_text().await;
    let run = seen[0].0.run.to_string();
    let hammock_contract::stream::StreamEvent::Started { conversation, .. } = &seen[0].1 else { panic!("{seen:?}") };
    let path = format!("/api/v1/conversations/{conversation}");
    let answer = async || -> Value { second.get(&path).await.unwrap().body["messages"][1].clone() };
    let so_far = answer().await;
    assert_eq!((&so_far["state"], so_far["text"].as_str().unwrap().trim_end()), (&json!("streaming"), "one"));
    one.kill();
    let kept = eventually("the answer is closed", async || {
        let answer = answer().await;
        (answer["state"] != "streaming").then_some(answer)
    })
    .await;
    assert_eq!((&kept["state"], kept["text"].as_str().unwrap().trim_end()), (&json!("interrupted"), "one"), "{kept}");
    let end = second.resume(&run, None).await.unwrap().end().await.unwrap();
    assert_eq!(end.state, MessageState::Interrupted);
}

#[tokio::test]
async fn what_is_asked_on_one_replica_is_told_to_who_follows_on_the_other() {
    let Some(database) = TemporaryDatabase::create("conversations that are followed on two replicas") else { return };
    let installations = two(&database);
    let key = installations[0].owner_key();
    let provider = Provider::start(["one ", "two"].map(str::to_owned)).await.unwrap();
    provider.entitle("Counting");
    let mut one = installations[0].serve();
    let first = Remote::new(&one.ready().await, &key);
    let mut other = installations[1].serve();
    let second = Remote::new(&other.ready().await, &key);
    let question = json!({ "assistant": first.assistant(&provider).await, "text": "Count." });

    let mut told = second.follow().await.unwrap();
    provider.let_out(1);
    let mut events = first.ask(&question).await.unwrap();
    let (seen, _) = events.first_text().await;
    let change = told.next().await.expect("it is told");
    assert_eq!((change.title.as_str(), change.run.as_ref(), change.is_new), ("Count.", Some(&seen[0].0.run), true));
    provider.let_out(1);
    assert_eq!(events.end().await.unwrap().state, MessageState::Complete);
    let later = told.next().await.expect("so is the title");
    assert_eq!((&later.conversation, later.title.as_str()), (&change.conversation, "Counting"));
    // What is not read any more holds up no end.
    for server in [&one, &other] {
        server.signal("TERM");
        assert!(server.ended().await.success(), "{}", server.log());
    }
    assert!(told.next().await.is_none());
}
