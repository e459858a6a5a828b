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
        chat.handle("answer", "rate:msg_2", "401\n{\"error\":{\"code\":\"invalid_key\"}}");
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
    chat.handle("answer", "load:conv_1", streaming);
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
    assert_eq!(of(&other, "send"), ["load:conv_9 GET /conversations/conv_9 hmv_3"]);
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
    assert_eq!(of(&moved, "send"), ["load:conv_7 GET /conversations/conv_7 hmv_1"]);
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
    assert_eq!(of(&commands(&mut next), "send"), ["load:conv_1 GET /conversations/conv_1 hmv_1"]);
    next.handle("answer", "load:conv_1", before);
    assert_eq!(body(&commands(&mut next)).as_deref(), Some(question));
    let started = STARTED.replace("run_1", "run_2").replace("msg_1", "msg_3").replace("msg_2", "msg_4");
    next.chunk(1, started.as_bytes());
    let arrived = commands(&mut next);
    assert_eq!(last(&arrived, "store", "").as_deref(), Some("hmv_1\nconv_1\n5"));
    assert_eq!(of(&arrived, "send"), ["load:conv_1 GET /conversations/conv_1 hmv_1"]);

    // Where an answer is being made, it is asked for by its key whether that is the one, and then followed.
    let going = r#"200
{"id":"conv_1","messages":[{"id":"msg_3","author":"user","text":"\"And\"\nthen?","state":"complete"},
        {"id":"msg_4","author":"assistant","text":"","blocks":[],"state":"streaming","run":"run_2"}]}"#;
    let mut next = chat(&stored);
    commands(&mut next);
    next.handle("answer", "load:conv_1", going);
    assert_eq!(body(&commands(&mut next)).as_deref(), Some(question));
    next.chunk(1, started.as_bytes());
    let arrived = commands(&mut next);
    assert_eq!(last(&arrived, "store", "").as_deref(), Some("hmv_1\nconv_1\n5"));
    next.handle("answer", "load:conv_1", going);
    let followed = commands(&mut next);
    assert_eq!(of(&followed, "stream"), ["3 GET /runs/run_2/events?after=0 hmv_1"]);
    assert!(of(&followed, "value").is_empty());
    assert_eq!(last(&followed, "html", ".notice").as_deref(), Some(""));
}

#[test]
fn another_question_with_the_same_words_is_not_taken_for_it() {
    let question = r#"{"conversation":"conv_1","text":"Yes","continues":false,"idempotency_key":"k-3"}"#;
    let going = r#"200
{"id":"conv_1","messages":[{"id":"msg_1","author":"user","text":"Yes","state":"complete"},
        {"id":"msg_2","author":"assistant","text":"","blocks":[],"state":"streaming","run":"run_1"}]}"#;
    let mut next = chat(&format!("hmv_1\nconv_1\n4 {question}"));
    commands(&mut next);
    next.handle("answer", "load:conv_1", going);
    assert_eq!(body(&commands(&mut next)).as_deref(), Some(question));
    // The server does not know it, and answers another one.
    next.handle("answer", "1", "409\n{\"error\":{\"code\":\"answer_running\"}}");
    let refused = commands(&mut next);
    assert_eq!(last(&refused, "value", ".ask textarea").as_deref(), Some("Yes"));
    next.handle("answer", "load:conv_1", going);
    let followed = commands(&mut next);
    assert!(of(&followed, "stream")[0].contains("GET /runs/run_1/events?after=0"), "{followed:?}");
    let notice = last(&followed, "html", ".notice").unwrap();
    assert!(notice.starts_with("An answer is still being written."), "{notice}");
}

const LEFT: &str = r#"{"text":"When?","continues":false,"idempotency_key":"seed-1"}"#;

#[test]
fn what_another_tab_has_on_its_way_stays_stored_until_it_has_arrived() {
    let mut beside = chat("hmv_1\n\n0");
    beside.handle("stored", "", &format!("hmv_1\n\n0 {LEFT}"));
    beside.handle("click", "new", "\n");
    assert_eq!(last(&commands(&mut beside), "store", ""), Some(format!("hmv_1\n\n0 {LEFT}")));
    // What is asked here is stored in its place, and makes room for it again.
    beside.handle("ask", "", "Where?");
    let own = r#"{"text":"Where?","continues":false,"idempotency_key":"seed-2"}"#;
    assert_eq!(last(&commands(&mut beside), "store", ""), Some(format!("hmv_1\n\n0 {own}")));
    beside.chunk(2, STARTED.as_bytes());
    let stored = format!("hmv_1\nconv_1\n1 {LEFT}");
    assert_eq!(last(&commands(&mut beside), "store", "").as_ref(), Some(&stored));
    // It belongs where it was asked, which is no conversation yet.
    let mut next = chat(&stored);
    let opened = commands(&mut next);
    assert!(of(&opened, "send").is_empty(), "{opened:?}");
    assert_eq!(body(&opened).as_deref(), Some(LEFT));
    // The tab that asked it knows its own, and does not keep it once it has arrived.
    let mut first = asking();
    first.handle("stored", "", &stored);
    first.chunk(1, STARTED.replace("conv_1", "conv_2").as_bytes());
    assert_eq!(last(&commands(&mut first), "store", "").as_deref(), Some("hmv_1\nconv_1\n2"));
    // Nor does the one beside it.
    beside.handle("stored", "", "hmv_1\nconv_1\n2");
    beside.chunk(2, DONE.as_bytes());
    beside.handle("click", "new", "\n");
    assert_eq!(last(&commands(&mut beside), "store", "").as_deref(), Some("hmv_1\n\n2"));
}

#[test]
fn what_an_earlier_page_has_left_outlives_what_other_tabs_store() {
    let question = LEFT.replacen('{', "{\"conversation\":\"conv_1\",", 1);
    let stored = format!("hmv_1\nconv_1\n4 {question}");
    // Its conversation does not come, and another tab goes elsewhere.
    let mut next = chat(&stored);
    next.handle("answer", "load:conv_1", "500\n{}");
    commands(&mut next);
    next.handle("stored", "", &format!("hmv_1\nconv_7\n5 {question}"));
    assert_eq!(of(&commands(&mut next), "send"), ["load:conv_1 GET /conversations/conv_1 hmv_1"]);
    next.handle("answer", "load:conv_1", BROKEN_OFF);
    assert_eq!(body(&commands(&mut next)), Some(question.clone()));
    // A new token meanwhile does not take it out of what is stored.
    let mut next = chat(&stored);
    next.handle("answer", "load:conv_1", "401\n{\"error\":{\"code\":\"invalid_key\"}}");
    next.handle("answer", "enter", &ADMITTED.replace("hmv_1", "hmv_2"));
    assert_eq!(last(&commands(&mut next), "store", ""), Some(stored.replace("hmv_1", "hmv_2")));
    // Who opens another conversation has it in the field.
    let mut next = chat(&stored);
    next.handle("click", "earlier", "\n");
    next.handle("answer", "list", "200\n{\"items\":[{\"id\":\"conv_0\",\"title\":\"Old\"}]}");
    next.handle("click", "open", "0\n");
    let opened = commands(&mut next);
    assert_eq!(last(&opened, "value", ".ask textarea").as_deref(), Some("When?"));
    assert_eq!(last(&opened, "store", "").as_deref(), Some("hmv_1\nconv_0\n4"));
    // So has who begins a new one.
    let mut next = chat(&stored);
    next.handle("click", "new", "\n");
    let begun = commands(&mut next);
    assert_eq!(last(&begun, "value", ".ask textarea").as_deref(), Some("When?"));
    assert_eq!(last(&begun, "store", "").as_deref(), Some("hmv_1\n\n4"));
    // What was asked elsewhere is not asked again.
    let mut next = Chat::new(INTERFACE, &built("en"), Page::Floating, &stored, "other");
    next.handle("stored", "", "hmv_1\nconv_1\n5");
    next.handle("open", "https://h.example", "");
    next.handle("answer", "load:conv_1", BROKEN_OFF);
    let opened = commands(&mut next);
    assert!(of(&opened, "stream").is_empty() && of(&opened, "value").is_empty(), "{opened:?}");
}
