//! Several tabs of one browser, and pages that follow each other in one.

use super::*;

const EVA: &str = "hmv_2\nconv_1\n1\np\nvisi_2\nEva";

/// A chat that answers Eva.
fn answering_eva() -> Chat {
    let mut chat = chat("hmv_2\n\n0\np\nvisi_2\nEva");
    chat.handle("ask", "", "When?");
    chat.chunk(1, [STARTED, DELTA].concat().as_bytes());
    assert_eq!(last(&commands(&mut chat), "store", "").as_deref(), Some(EVA));
    chat
}

#[test]
fn where_another_tab_has_gone_is_not_undone_by_the_end_of_an_answer() {
    for elsewhere in ["", "conv_7"] {
        let mut chat = answering();
        chat.handle("stored", "", &format!("hmv_1\n{elsewhere}\n1"));
        commands(&mut chat);
        chat.chunk(1, DONE.as_bytes());
        let done = commands(&mut chat);
        assert!(of(&done, "store").is_empty() && of(&done, "emit") == ["message"], "{done:?}");
        // Neither by a new token.
        chat.handle("click", "up", "1\n");
        chat.handle("answer", "rate:1", "401\n{\"error\":{\"code\":\"invalid_key\"}}");
        chat.handle("answer", "enter", &ADMITTED.replace("hmv_1", "hmv_2"));
        let renewed = last(&commands(&mut chat), "store", "");
        assert_eq!(renewed, Some(format!("hmv_2\n{elsewhere}\n1")));
        // Who asks here goes on here.
        chat.handle("ask", "", "And then?");
        chat.chunk(3, STARTED.replace("run_1", "run_2").as_bytes());
        assert_eq!(last(&commands(&mut chat), "store", "").as_deref(), Some("hmv_2\nconv_1\n2"));
    }
}

#[test]
fn who_follows_an_answer_stores_nothing() {
    let mut chat = chat("hmv_1\nconv_1\n1");
    let streaming = r#"200
{"id":"conv_1","messages":[{"id":"msg_1","author":"user","text":"When?","state":"complete"},
        {"id":"msg_2","author":"assistant","text":"","blocks":[],"state":"streaming","run":"run_1"}]}"#;
    chat.handle("answer", "load", streaming);
    chat.chunk(1, [STARTED, DELTA, DONE].concat().as_bytes());
    assert!(of(&commands(&mut chat), "store").is_empty());
}

#[test]
fn who_has_left_in_another_tab_leaves_nothing_whatever_goes_on() {
    let mut chat = answering_eva();
    chat.handle("stored", "", "");
    let left = commands(&mut chat);
    assert_eq!(of(&left, "abort").len(), 1);
    assert!(
        last(&left, "html", ".log").is_some_and(|log| log.contains("class='welcome'") && !log.contains("<article"))
    );
    assert!(of(&left, "store").is_empty() && of(&left, "send").is_empty(), "{left:?}");
    chat.chunk(1, DONE.as_bytes());
    assert!(of(&commands(&mut chat), "emit").is_empty());
    chat.handle("ask", "", "Who am I?");
    let anew = last(&commands(&mut chat), "send", "enter POST /assistants/asst_a/visitors ");
    assert_eq!(anew.as_deref(), Some("{}"));

    // Also a list that is on its way, and what was asked without being let in.
    let mut chat = answering_eva();
    chat.handle("click", "earlier", "\n");
    chat.handle("stored", "", "");
    commands(&mut chat);
    chat.handle("answer", "list", "200\n{\"items\":[{\"id\":\"conv_1\",\"title\":\"Secret\"}]}");
    assert!(last(&commands(&mut chat), "html", ".log").is_none());

    // Somebody else sees their own.
    let mut chat = answering_eva();
    chat.handle("stored", "", "hmv_3\nconv_9\n4\np\nvisi_3\nJan");
    let other = commands(&mut chat);
    assert!(last(&other, "html", ".log").is_some_and(|log| !log.contains("<article")));
    assert_eq!(of(&other, "send"), ["load GET /conversations/conv_9 hmv_3"]);
    assert!(of(&other, "store").is_empty());
}

#[test]
fn who_signs_in_in_another_tab_keeps_the_answer() {
    let mut chat = answering();
    commands(&mut chat);
    chat.handle("stored", "", EVA);
    assert!(of(&commands(&mut chat), "abort").is_empty());
    chat.chunk(1, DONE.as_bytes());
    assert_eq!(of(&commands(&mut chat), "emit"), ["message"]);
}

#[test]
fn a_question_that_failed_goes_back_into_the_field_when_another_tab_asks() {
    let mut chat = asking();
    chat.handle("answer", "1", "500\n{\"error\":{\"code\":\"internal\"}}");
    chat.handle("typed", "", "And where");
    commands(&mut chat);
    chat.handle("stored", "", "hmv_1\nconv_7\n1");
    let moved = commands(&mut chat);
    assert_eq!(last(&moved, "value", ".ask textarea").as_deref(), Some("When?\nAnd where"));
    assert_eq!(of(&moved, "send"), ["load GET /conversations/conv_7 hmv_1"]);
}

#[test]
fn the_next_page_asks_what_may_not_have_arrived_under_the_same_key() {
    let mut chat = asking();
    let sent = commands(&mut chat);
    let stored = last(&sent, "store", "").unwrap();
    let question = r#"{"text":"When?","continues":false,"idempotency_key":"seed-1"}"#;
    assert_eq!(stored, format!("hmv_1\n\n0 {question}"));
    // It is there before it is on its way.
    let names: Vec<&str> = sent.iter().map(|command| command[0].as_str()).collect();
    let place = |name: &str| names.iter().position(|one| *one == name);
    assert!(place("store") < place("stream"), "{names:?}");

    let mut next = Chat::new(INTERFACE, &built("en"), Page::Floating, &stored, "other");
    assert!(of(&commands(&mut next), "stream").is_empty());
    next.handle("open", "https://h.example", "");
    let opened = commands(&mut next);
    assert_eq!(
        (of(&opened, "stream"), body(&opened).as_deref()),
        (vec!["1 POST /chat?lang=en hmv_1".into()], Some(question))
    );
    assert!(last(&opened, "html", ".log").is_some_and(|log| log.contains("When?")));
    next.chunk(1, STARTED.as_bytes());
    assert_eq!(last(&commands(&mut next), "store", "").as_deref(), Some("hmv_1\nconv_1\n1"));

    // Other tabs have nothing to fetch yet.
    let mut beside = self::chat("hmv_1\n\n0");
    commands(&mut beside);
    beside.handle("stored", "", &stored);
    let nothing = commands(&mut beside);
    assert!(of(&nothing, "send").is_empty() && of(&nothing, "stream").is_empty(), "{nothing:?}");
    // What was refused is not asked again by itself.
    chat.handle("answer", "1", "422\n{\"error\":{\"code\":\"invalid_field\"}}");
    assert_eq!(last(&commands(&mut chat), "store", "").as_deref(), Some("hmv_1\n\n0"));
}

#[test]
fn in_a_conversation_it_stands_where_it_arrived() {
    let question = r#"{"conversation":"conv_1","text":"\"And\"\nthen?","continues":false,"idempotency_key":"k-3","attachments":["att_1","att_2"]}"#;
    let stored = format!("hmv_1\nconv_1\n4 {question}");
    let before = r#"200
{"id":"conv_1","messages":[{"id":"msg_1","author":"user","text":"When?","state":"complete"},
        {"id":"msg_2","author":"assistant","text":"N","blocks":["<p>N</p>"],"state":"complete"}]}"#;
    let mut next = chat(&stored);
    assert_eq!(of(&commands(&mut next), "send"), ["load GET /conversations/conv_1 hmv_1"]);
    next.handle("answer", "load", before);
    assert_eq!(body(&commands(&mut next)).as_deref(), Some(question));
    let started = STARTED.replace("run_1", "run_2").replace("msg_1", "msg_3").replace("msg_2", "msg_4");
    next.chunk(1, started.as_bytes());
    let arrived = commands(&mut next);
    assert_eq!(last(&arrived, "store", "").as_deref(), Some("hmv_1\nconv_1\n5"));
    assert_eq!(of(&arrived, "send"), ["load GET /conversations/conv_1 hmv_1"]);

    // Where it is being answered already, that is followed.
    let going = r#"200
{"id":"conv_1","messages":[{"id":"msg_3","author":"user","text":"\"And\"\nthen?","state":"complete"},
        {"id":"msg_4","author":"assistant","text":"","blocks":[],"state":"streaming","run":"run_2"}]}"#;
    let mut next = chat(&stored);
    commands(&mut next);
    next.handle("answer", "load", going);
    let followed = commands(&mut next);
    assert_eq!(of(&followed, "stream"), ["1 GET /runs/run_2/events?after=0 hmv_1"]);
    assert!(of(&followed, "value").is_empty());
    assert_eq!(last(&followed, "html", ".notice").as_deref(), Some(""));
}
