//! The conversation as the server tells it, and what comes before it.

use super::*;

fn event(text: &str) -> Json {
    Json::parse(text).unwrap()
}

const STARTED: &str = r#"{"type":"started","conversation":"conv_1","title":"t","run":"run_1","question":{"id":"msg_1","author":"user","text":"Hi","state":"complete"},"answer":"msg_2"}"#;
const DONE: &str = r#"{"type":"done","message":{"id":"msg_2","author":"assistant","text":"ab","blocks":["<p>ab</p>"],"state":"complete","answer_kind":"model","citations":[
    {"number":1,"title":"One","url":"https://a.example/x","quote":"q","cited":true},
    {"number":2,"title":"Two","url":"javascript:alert(1)","quote":"q","cited":true},
    {"number":3,"title":"Three","url":null,"quote":"","cited":true,"hidden":true},
    {"number":4,"title":"Four","url":null,"quote":"q","cited":false}],"unsupported":[{"start":0,"end":2,"reason":"words"}]}}"#;

fn delta(block: u32, html: &str) -> Json {
    event(&format!(r#"{{"type":"delta","text":"a","block":{block},"html":"{html}"}}"#))
}

#[test]
fn an_answer_grows_block_by_block_and_no_event_counts_twice() {
    let messages = vec![Message::question("Hi"), Message::answer()];
    let mut conversation = Conversation { messages, ..Conversation::default() };
    assert_eq!(conversation.apply("run_1:1", &event(STARTED)), Change::Messages);
    assert_eq!(conversation.messages.len(), 2);
    assert_eq!(conversation.messages[1].id, "msg_2");
    assert_eq!(conversation.apply("run_1:2", &delta(0, "<p>a</p>")), Change::Block(0));
    assert_eq!(conversation.apply("run_1:3", &delta(0, "<p>ab</p>")), Change::Block(0));
    assert_eq!(conversation.apply("run_1:3", &delta(0, "<p>twice</p>")), Change::Nothing);
    assert_eq!(conversation.apply("run_1:4", &delta(1, "<p>c</p>")), Change::Block(1));
    assert_eq!(conversation.apply("run_1:5", &delta(9, "<p>far</p>")), Change::Nothing);
    assert_eq!(conversation.messages[1].blocks, ["<p>ab</p>", "<p>c</p>"]);
    assert_eq!((conversation.run.as_str(), conversation.seen), ("run_1", 5));
    assert_eq!(conversation.apply("run_1:6", &event(DONE)), Change::Done);
    assert_eq!(conversation.messages[1].blocks, ["<p>ab</p>"]);
    assert_eq!(conversation.run, "");
}

#[test]
fn a_stream_that_begins_anew_replaces_what_was_there() {
    let mut conversation = Conversation::default();
    conversation.load(&event(
        r#"{"id":"conv_1","title":"t","messages":[{"id":"msg_1","author":"user","text":"Hi","state":"complete"},
        {"id":"msg_2","author":"assistant","text":"a","blocks":["<p>a</p>"],"state":"streaming","run":"run_1"}]}"#,
    ));
    assert_eq!(conversation.run, "run_1");
    conversation.apply("run_1:1", &event(STARTED));
    conversation.apply("run_1:2", &delta(0, "<p>a</p>"));
    assert_eq!(conversation.messages.len(), 2);
    assert_eq!(conversation.messages[1].blocks, ["<p>a</p>"]);
}

#[test]
fn what_was_said_about_answers_is_known_again() {
    let mut conversation = Conversation::default();
    conversation.load(&event(
        r#"{"id":"conv_1","messages":[
        {"id":"msg_2","author":"assistant","state":"complete","answer_kind":"not_found","rating":false},
        {"id":"msg_4","author":"assistant","state":"complete","answer_kind":"not_found","rating":null},
        {"id":"msg_6","author":"assistant","state":"complete","answer_kind":"model","rating":false}],
        "feedback":[{"message":"msg_2","rating":false,"reason":"outdated","comment":""},
        {"message":"msg_4","rating":null,"reason":null,"comment":"No."},
        {"message":"msg_6","rating":false,"reason":null,"comment":""}],"contact_left":true}"#,
    ));
    let said =
        |message: &Message| (message.told, message.address_left, message.reason.clone(), message.comment.clone());
    let all: Vec<_> = conversation.messages.iter().map(said).collect();
    let expected = [(true, false, "outdated", ""), (false, true, "", "No."), (false, false, "", "")];
    assert_eq!(all, expected.map(|(told, left, reason, comment)| (told, left, reason.to_owned(), comment.to_owned())));
}

#[test]
fn what_comes_before_takes_no_number_from_what_is_there() {
    let part = |ids: &[u32], earlier: u32, more: &str| {
        let messages: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":"msg_{id}","author":"user"}}"#)).collect();
        event(&format!(r#"{{"messages":[{}],"earlier":{earlier}{more}}}"#, messages.join(",")))
    };
    let mut conversation = Conversation::default();
    conversation.load(&part(&[3, 4], 3, ""));
    assert_eq!((conversation.number(1), conversation.place("4"), conversation.place("2")), ("4".into(), Some(1), None));
    let feedback = r#","feedback":[{"message":"msg_2","rating":null,"reason":"wrong","comment":""}]"#;
    assert_eq!(conversation.put_before(&part(&[1, 2], 1, feedback)), 2);
    assert_eq!((conversation.before, conversation.number(3), conversation.place("4")), (1, "4".into(), Some(3)));
    assert_eq!(conversation.numbered("2").map(|message| message.reason.clone()).as_deref(), Some("wrong"));
    assert_eq!(conversation.numbered("4").map(|message| message.id.clone()).as_deref(), Some("msg_4"));
    // More than there can be, and none where some should be.
    assert_eq!(conversation.put_before(&part(&[8, 9], 0, "")), 1);
    assert_eq!((conversation.before, conversation.messages[0].id.as_str()), (0, "msg_9"));
    let mut short = Conversation { before: 2, ..Conversation::default() };
    assert_eq!((short.put_before(&Json::Null), short.before), (0, 0));
}

#[test]
fn an_answer_of_another_tab_is_added() {
    let mut conversation = Conversation::default();
    conversation.apply("run_1:1", &event(STARTED));
    assert_eq!(conversation.messages.len(), 2);
    assert!(conversation.messages[0].is_question && !conversation.messages[1].is_question);
}

#[test]
fn cited_sources_are_shown_and_only_addresses_of_the_web_are_opened() {
    let messages = vec![Message::question("Hi"), Message::answer()];
    let mut conversation = Conversation { messages, ..Conversation::default() };
    conversation.apply("run_1:1", &event(DONE));
    let sources = &conversation.messages[1].sources;
    let shown: Vec<(u64, &str)> = sources.iter().map(|source| (source.number, source.url.as_str())).collect();
    assert_eq!(shown, [(1, "https://a.example/x"), (2, "")]);
    assert!(conversation.messages[1].is_marked && !conversation.messages[0].is_marked);
}
