//! Answers that are stopped before or while the connection is lost, questions that wait, and what stands in the field meanwhile.

use super::*;

const FIELD: &str = ".ask textarea";
const REFUSED: &str = "422\n{\"error\":{\"code\":\"invalid_field\"}}";
const RUNNING: &str = "409\n{\"error\":{\"code\":\"answer_running\"}}";

/// A conversation as it is loaded, with an answer in this state.
fn loaded(state: &str) -> String {
    format!(
        "200\n{{\"id\":\"conv_1\",\"messages\":[{{\"id\":\"msg_1\",\"author\":\"user\",\"text\":\"When?\",\"state\":\"complete\"}},\
         {{\"id\":\"msg_2\",\"author\":\"assistant\",\"text\":\"N\",\"blocks\":[\"<p>N</p>\"],\"state\":\"{state}\",\"run\":\"run_1\"}}]}}"
    )
}

#[test]
fn what_is_stopped_before_it_is_known_to_have_arrived_is_stopped_when_it_is() {
    let mut chat = asking();
    commands(&mut chat);
    chat.handle("click", "go", "\n");
    assert!(of(&commands(&mut chat), "abort").is_empty());
    chat.chunk(1, STARTED.as_bytes());
    assert_eq!(of(&commands(&mut chat), "send"), ["stop POST /runs/run_1/stop hmv_1"]);
    chat.chunk(1, DONE.replace("\"complete\"", "\"stopped\"").as_bytes());
    assert!(last(&commands(&mut chat), "message", "1").unwrap().contains("The answer was stopped."));
    // That was this one.
    chat.handle("ask", "", "And then?");
    chat.chunk(3, STARTED.replace("run_1", "run_2").as_bytes());
    assert!(of(&commands(&mut chat), "send").is_empty());
}

#[test]
fn who_does_not_wait_has_the_text_back_and_the_server_is_asked_by_the_key() {
    let mut chat = asking();
    chat.handle("click", "go", "\n");
    commands(&mut chat);
    chat.handle("click", "go", "\n");
    let stopped = commands(&mut chat);
    assert_eq!(last(&stopped, "value", FIELD).as_deref(), Some("When?"));
    assert!(last(&stopped, "html", ".log").is_some_and(|log| log.contains("class='welcome'")));
    assert_eq!(of(&stopped, "stream"), ["3 POST /chat?lang=en hmv_1"]);
    let expected = r#"{"text":"","continues":false,"idempotency_key":"seed-1"}"#;
    assert_eq!(body(&stopped).as_deref(), Some(expected));
    // The next page has nothing to ask.
    assert_eq!(last(&stopped, "store", "").as_deref(), Some("hmv_1\n\n0"));
    chat.chunk(3, STARTED.as_bytes());
    let found = commands(&mut chat);
    assert_eq!(of(&found, "send"), ["stop POST /runs/run_1/stop hmv_1"]);
    assert!(last(&found, "html", ".log").is_some_and(|log| log.contains("When?") && !log.contains("class='welcome'")));
    assert_eq!(last(&found, "store", "").as_deref(), Some("hmv_1\nconv_1\n1"));
}

#[test]
fn a_question_waits_until_it_is_known_what_became_of_the_one_before() {
    let mut chat = asking();
    chat.handle("answer", "1", "0\n");
    chat.handle("click", "go", "\n");
    commands(&mut chat);
    chat.handle("ask", "", "And now?");
    let waiting = commands(&mut chat);
    assert!(of(&waiting, "stream").is_empty());
    assert_eq!(last(&waiting, "html", ".notice").as_deref(), Some("Your message will be sent in a moment…"));
    // It had not arrived.
    chat.handle("answer", "4", REFUSED);
    let sent = commands(&mut chat);
    assert!(body(&sent).unwrap().starts_with(r#"{"text":"And now?""#), "{sent:?}");
    assert_eq!(last(&sent, "value", FIELD).as_deref(), Some(""));
    assert!(of(&sent, "emit").is_empty());
}

#[test]
fn what_refuses_without_saying_what_became_of_a_question_loses_nothing_and_says_what_to_do() {
    for (status, code, said) in [
        ("401", "invalid_key", "Something went wrong. Try again."),
        ("403", "origin_not_allowed", "The chat is not allowed on this page."),
        ("429", "too_many_attempts", "Those were many messages in a short time."),
        ("500", "internal", "Something went wrong. Try again."),
    ] {
        let refusal = format!("{status}\n{{\"error\":{{\"code\":\"{code}\"}}}}");
        let mut chat = asking();
        chat.handle("click", "go", "\n");
        chat.handle("click", "go", "\n");
        chat.handle("typed", "", "And now?");
        chat.handle("ask", "", "And now?");
        commands(&mut chat);
        chat.handle("answer", "3", &refusal);
        if status == "401" {
            // The token is renewed first.
            chat.handle("answer", "enter", &ADMITTED.replace("hmv_1", "hmv_2"));
            commands(&mut chat);
            chat.handle("answer", "3", &refusal);
        }
        let refused = commands(&mut chat);
        assert!(of(&refused, "stream").is_empty() && of(&refused, "value").is_empty(), "{refused:?}");
        let notice = last(&refused, "html", ".notice").unwrap();
        assert!(notice.starts_with(said) && notice.contains("data-do='retry'"), "{notice}");
        // It is asked by the same key once more, and then the one that waits.
        chat.handle("click", "retry", "\n");
        let again = commands(&mut chat);
        assert_eq!(body(&again).as_deref(), Some(r#"{"text":"","continues":false,"idempotency_key":"seed-1"}"#));
        let number = of(&again, "stream")[0].split(' ').next().unwrap().to_owned();
        chat.handle("answer", &number, REFUSED);
        let sent = commands(&mut chat);
        assert!(body(&sent).unwrap().starts_with(r#"{"text":"And now?""#), "{sent:?}");
    }
}

#[test]
fn a_stop_without_a_connection_is_sent_when_there_is_one() {
    let mut chat = answering();
    chat.handle("offline", "", "");
    commands(&mut chat);
    chat.handle("click", "go", "\n");
    let stopped = commands(&mut chat);
    assert_eq!(of(&stopped, "send"), ["load:conv_1 GET /conversations/conv_1 hmv_1"]);
    assert!(last(&stopped, "html", ".log").unwrap().contains("The answer broke off."));
    chat.handle("answer", "load:conv_1", "0\n");
    assert_eq!(last(&commands(&mut chat), "emit", "error").as_deref(), Some("offline"));
    chat.handle("online", "", "");
    commands(&mut chat);
    chat.handle("answer", "load:conv_1", &loaded("streaming"));
    let back = commands(&mut chat);
    assert_eq!(of(&back, "send"), ["stop POST /runs/run_1/stop hmv_1"]);
    assert!(of(&back, "stream").iter().any(|stream| stream.contains("GET /runs/run_1/events?after=0")), "{back:?}");

    // So is one whose own request was lost with the stream.
    let mut chat = answering();
    chat.handle("click", "go", "\n");
    chat.handle("answer", "stop", "0\n");
    chat.handle("offline", "", "");
    commands(&mut chat);
    chat.handle("online", "", "");
    assert_eq!(of(&commands(&mut chat), "send"), ["stop POST /runs/run_1/stop hmv_1"]);
}

#[test]
fn an_answer_that_has_ended_meanwhile_is_shown_instead_of_gone_on_with() {
    for refusal in [REFUSED, RUNNING] {
        let mut chat = chat("hmv_1\nconv_1\n1");
        chat.handle("answer", "load:conv_1", &loaded("interrupted"));
        chat.handle("typed", "", "My draft");
        chat.handle("click", "continue", "1\n");
        assert!(body(&commands(&mut chat)).unwrap().contains("\"continues\":true"));
        chat.handle("answer", "1", refusal);
        let refused = commands(&mut chat);
        assert_eq!(of(&refused, "send"), ["load:conv_1 GET /conversations/conv_1 hmv_1"]);
        assert!(of(&refused, "emit").is_empty() && of(&refused, "value").is_empty(), "{refused:?}");
        chat.handle("answer", "load:conv_1", &loaded("complete"));
        let shown = commands(&mut chat);
        assert!(last(&shown, "html", ".log").is_some_and(|log| !log.contains("data-do='continue'")), "{shown:?}");
        assert!(of(&shown, "stream").is_empty());
    }
}

#[test]
fn a_question_during_another_answer_goes_back_and_says_why() {
    let mut chat = chat("hmv_1\nconv_1\n1");
    chat.handle("answer", "load:conv_1", &loaded("complete"));
    chat.handle("ask", "", "And then?");
    chat.handle("typed", "", "Or when");
    commands(&mut chat);
    chat.handle("answer", "1", RUNNING);
    let refused = commands(&mut chat);
    assert_eq!(last(&refused, "value", FIELD).as_deref(), Some("And then?\nOr when"));
    assert_eq!(of(&refused, "send"), ["load:conv_1 GET /conversations/conv_1 hmv_1"]);
    chat.handle("answer", "load:conv_1", &loaded("streaming"));
    let shown = commands(&mut chat);
    assert_eq!(of(&shown, "stream").len(), 1);
    let notice = last(&shown, "html", ".notice").unwrap();
    assert!(notice.starts_with("An answer is still being written.") && !notice.contains("data-do="), "{notice}");
    // It stays while that answer comes.
    let number = of(&shown, "stream")[0].split(' ').next().unwrap().parse().unwrap();
    chat.chunk(number, STARTED.as_bytes());
    let coming = commands(&mut chat);
    assert!(last(&coming, "message", "1").is_some() && last(&coming, "html", ".notice").is_none(), "{coming:?}");
}

#[test]
fn what_is_sent_while_the_conversation_loads_is_sent_once() {
    let mut chat = chat("hmv_1\nconv_1\n4");
    commands(&mut chat);
    chat.handle("ask", "", "When?");
    let waiting = commands(&mut chat);
    assert_eq!(last(&waiting, "html", ".notice").as_deref(), Some("Your message will be sent in a moment…"));
    chat.handle("answer", "load:conv_1", "500\n{}");
    chat.handle("ask", "", "When?");
    let asked = commands(&mut chat);
    assert!(body(&asked).unwrap().contains("When?"));
    assert_eq!(last(&asked, "value", FIELD).as_deref(), Some(""));
    chat.chunk(2, [STARTED, DONE].concat().as_bytes());
    let done = commands(&mut chat);
    assert!(of(&done, "stream").is_empty() && of(&done, "value").is_empty(), "{done:?}");
}

#[test]
fn only_what_was_sent_leaves_the_field() {
    // Edited while it waited.
    let mut chat = chat("hmv_1\nconv_1\n4");
    chat.handle("ask", "", "When?");
    chat.handle("typed", "", "When? And where");
    commands(&mut chat);
    chat.handle("answer", "load:conv_1", &loaded("complete"));
    let asked = commands(&mut chat);
    assert!(body(&asked).unwrap().contains(r#""text":"When?""#));
    assert!(of(&asked, "value").is_empty(), "{asked:?}");
    // What is pressed, or asked by the page, did not stand there.
    for (what, name, value) in [("click", "suggest", "0\n"), ("ask", "page", "When?")] {
        let mut chat = self::chat("hmv_1\n\n1");
        chat.handle("typed", "", "My draft");
        commands(&mut chat);
        chat.handle(what, name, value);
        let asked = commands(&mut chat);
        assert_eq!(of(&asked, "stream").len(), 1);
        assert!(of(&asked, "value").is_empty(), "{asked:?}");
    }
}
