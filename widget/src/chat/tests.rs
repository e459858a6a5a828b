mod before;
mod beside;
mod late;
mod sign_in;
mod stopping;
mod tabs;

use super::*;
use crate::texts::built;

const INTERFACE: &str = r#"{"assistant":"asst_a","title":"Help","welcome":"Hi","suggestions":["When?"],
    "allow_feedback":true,"when_unknown":"ask_for_email","message_characters":50}"#;
const ADMITTED: &str = r#"200
{"state":"admitted","visitor":"visi_1","token":"hmv_1","expires_at":0,"conversation":null}"#;
const STARTED: &str = "id: run_1:1\ndata: {\"type\":\"started\",\"conversation\":\"conv_1\",\"title\":\"t\",\"run\":\"run_1\",\
    \"question\":{\"id\":\"msg_1\",\"author\":\"user\",\"text\":\"When?\",\"state\":\"complete\"},\"answer\":\"msg_2\"}\n\n";
const DELTA: &str = "id: run_1:2\ndata: {\"type\":\"delta\",\"text\":\"Now\",\"block\":0,\"html\":\"<p>Now</p>\"}\n\n";
const DONE: &str = "id: run_1:3\ndata: {\"type\":\"done\",\"message\":{\"id\":\"msg_2\",\"author\":\"assistant\",\"text\":\"Now.\",\
    \"blocks\":[\"<p>Now.</p>\"],\"state\":\"complete\",\"answer_kind\":\"model\",\"citations\":[]}}\n\n";
/// A conversation whose last answer broke off.
const BROKEN_OFF: &str = r#"200
{"id":"conv_1","messages":[{"id":"msg_1","author":"user","text":"When?","state":"complete"},
        {"id":"msg_2","author":"assistant","text":"N","blocks":["<p>N</p>"],"state":"interrupted","citations":[]}]}"#;

fn chat(stored: &str) -> Chat {
    let mut chat = Chat::new(INTERFACE, &built("en"), Page::Floating, stored, "seed");
    chat.handle("open", "https://h.example", "");
    chat
}

/// The commands since the last time, each as its three texts.
fn commands(chat: &mut Chat) -> Vec<[String; 3]> {
    let taken = chat.take_commands();
    let parts = |command: &str| {
        let mut parts = command.split('\u{1f}').map(str::to_owned);
        [(); 3].map(|()| parts.next().unwrap_or_default())
    };
    taken.split('\u{1e}').map(parts).collect()
}

/// The first texts of the commands of this name.
fn of(commands: &[[String; 3]], name: &str) -> Vec<String> {
    commands.iter().filter(|command| command[0] == name).map(|command| command[1].clone()).collect()
}

/// The second text of the last command of this name and first text.
fn last(commands: &[[String; 3]], name: &str, first: &str) -> Option<String> {
    commands.iter().rfind(|command| command[0] == name && command[1] == first).map(|command| command[2].clone())
}

/// What the last stream was asked with.
fn body(commands: &[[String; 3]]) -> Option<String> {
    commands.iter().rfind(|command| command[0] == "stream").map(|command| command[2].clone())
}

/// A chat that has asked `When?` and was let in.
fn asking() -> Chat {
    let mut chat = chat("");
    chat.handle("click", "go", "\nWhen?");
    chat.handle("answer", "enter", ADMITTED);
    chat
}

/// The same, and some of the answer has come.
fn answering() -> Chat {
    let mut chat = asking();
    chat.chunk(1, STARTED.as_bytes());
    chat.chunk(1, DELTA.as_bytes());
    chat
}

#[test]
fn nothing_is_sent_and_nothing_kept_before_the_first_message() {
    let mut chat = chat("");
    let opened = commands(&mut chat);
    for name in ["send", "stream", "store"] {
        assert!(of(&opened, name).is_empty(), "{opened:?}");
    }
    chat.handle("click", "go", "\nWhen?");
    let asked = commands(&mut chat);
    assert_eq!(of(&asked, "send"), ["enter POST /assistants/asst_a/visitors "]);
    assert!(of(&asked, "store").is_empty());
    chat.handle("answer", "enter", ADMITTED);
    let let_in = commands(&mut chat);
    assert_eq!(of(&let_in, "stream"), ["1 POST /chat?lang=en hmv_1"]);
    let expected = r#"{"text":"When?","continues":false,"idempotency_key":"seed-1"}"#;
    assert_eq!(body(&let_in).as_deref(), Some(expected));
}

#[test]
fn an_answer_streams_and_is_drawn_once_it_is_whole() {
    let mut chat = answering();
    let streamed = commands(&mut chat);
    assert_eq!(of(&streamed, "block"), ["1 0"]);
    assert_eq!(last(&streamed, "store", "").as_deref(), Some("hmv_1\nconv_1\n1"));
    chat.chunk(1, DONE.as_bytes());
    assert_eq!(last(&commands(&mut chat), "emit", "message").as_deref(), Some("Now."));
    chat.handle("click", "go", "\nAnd then?");
    let expected = r#"{"conversation":"conv_1","text":"And then?","continues":false,"idempotency_key":"seed-3"}"#;
    assert_eq!(body(&commands(&mut chat)).as_deref(), Some(expected));
}

#[test]
fn what_stands_before_the_last_question_is_not_drawn_again() {
    let mut chat = answering();
    commands(&mut chat);
    chat.chunk(1, DONE.as_bytes());
    let done = commands(&mut chat);
    assert_eq!((of(&done, "message"), of(&done, "end")), (vec!["0".to_owned(), "1".to_owned()], vec![String::new()]));
    chat.handle("ask", "", "And then?");
    let asked = commands(&mut chat);
    assert_eq!(of(&asked, "message"), ["2", "3"]);
    // Whoever asks wants to see the answer, wherever they read.
    assert_eq!(of(&asked, "end"), ["own"]);
    let started = STARTED.replace("run_1", "run_2").replace("msg_1", "msg_3").replace("msg_2", "msg_4");
    chat.chunk(3, started.as_bytes());
    let begun = commands(&mut chat);
    assert_eq!((of(&begun, "message"), of(&begun, "end")), (vec!["2".to_owned(), "3".to_owned()], vec![String::new()]));
    for commands in [done, asked, begun] {
        assert!(!of(&commands, "html").iter().any(|place| place == ".log" || place.starts_with("#m1")), "{commands:?}");
    }
}

#[test]
fn what_was_cut_off_is_not_gone_on_with_after_the_next_question() {
    let mut chat = answering();
    for _ in 0..8 {
        chat.handle("offline", "", "");
        chat.handle("online", "", "");
    }
    chat.handle("offline", "", "");
    commands(&mut chat);
    chat.handle("ask", "", "And then?");
    let asked = commands(&mut chat);
    assert_eq!(of(&asked, "message"), ["2", "3"]);
    assert!(last(&asked, "html", "#m1 .below").is_some_and(|html| html.contains("The answer broke off.")), "{asked:?}");
    assert_eq!(last(&asked, "html", "#m1 .next").as_deref(), Some(""));
}

#[test]
fn a_lost_stream_is_gone_on_with_after_the_last_event() {
    let mut chat = answering();
    commands(&mut chat);
    chat.handle("offline", "", "");
    let lost = commands(&mut chat);
    assert_eq!(of(&lost, "abort").len(), 1);
    assert_eq!(of(&lost, "wait"), ["1000 again 2"]);
    // What the stream of before still brings is late.
    chat.chunk(1, DONE.as_bytes());
    assert!(of(&commands(&mut chat), "emit").is_empty());
    chat.handle("online", "", "");
    assert_eq!(of(&commands(&mut chat), "stream"), ["3 GET /runs/run_1/events?after=2 hmv_1"]);
    chat.handle("wait", "again 2", "");
    assert!(of(&commands(&mut chat), "stream").is_empty());
    chat.chunk(3, DONE.as_bytes());
    assert_eq!(of(&commands(&mut chat), "emit"), ["message"]);
}

#[test]
fn a_question_that_did_not_arrive_is_sent_again_with_its_key() {
    let mut chat = asking();
    commands(&mut chat);
    chat.handle("answer", "1", "0\n");
    let wait = of(&commands(&mut chat), "wait");
    assert_eq!(wait, ["1000 again 2"]);
    chat.handle("wait", "again 2", "");
    let again = commands(&mut chat);
    assert_eq!(of(&again, "stream"), ["3 POST /chat?lang=en hmv_1"]);
    assert!(again.iter().any(|command| command[2].contains("\"seed-1\"")));
}

#[test]
fn after_many_attempts_the_visitor_is_asked() {
    let mut chat = answering();
    for _ in 0..8 {
        chat.handle("offline", "", "");
        chat.handle("online", "", "");
    }
    commands(&mut chat);
    chat.handle("offline", "", "");
    let failed = commands(&mut chat);
    assert_eq!(of(&failed, "emit"), ["error"]);
    assert!(failed.iter().any(|command| command[1] == ".notice" && command[2].contains("data-do='retry'")));
    chat.handle("click", "retry", "\n");
    assert_eq!(of(&commands(&mut chat), "stream").len(), 1);
}

#[test]
fn an_ended_token_is_renewed_and_the_request_sent_again() {
    let mut chat = asking();
    commands(&mut chat);
    chat.handle("answer", "1", "401\n{\"error\":{\"code\":\"invalid_key\"}}");
    let renewal = commands(&mut chat);
    assert_eq!(of(&renewal, "send"), ["enter POST /assistants/asst_a/visitors "]);
    assert!(renewal.iter().any(|command| command[2] == r#"{"token":"hmv_1"}"#));
    chat.handle("answer", "enter", &ADMITTED.replace("hmv_1", "hmv_2"));
    assert_eq!(of(&commands(&mut chat), "stream"), ["1 POST /chat?lang=en hmv_2"]);
    // Once; what is refused then is an error.
    chat.handle("answer", "1", "401\n{\"error\":{\"code\":\"invalid_key\"}}");
    assert_eq!(of(&commands(&mut chat), "emit"), ["error"]);
}

#[test]
fn only_a_token_that_does_not_count_takes_along_what_was_asked_with_it() {
    let ended = "401\n{\"error\":{\"code\":\"invalid_key\"}}";
    for status in ["403", "404", "500"] {
        let mut chat = answering();
        chat.chunk(1, DONE.as_bytes());
        chat.handle("ask", "", "And then?");
        chat.handle("answer", "3", ended);
        commands(&mut chat);
        chat.handle("answer", "enter", &format!("{status}\n{{\"error\":{{\"code\":\"internal\"}}}}"));
        let failed = commands(&mut chat);
        assert_eq!((of(&failed, "emit"), of(&failed, "store")), (vec!["error".to_owned()], Vec::new()), "{status}");
        chat.handle("click", "retry", "\n");
        let renewal = last(&commands(&mut chat), "send", "enter POST /assistants/asst_a/visitors ");
        assert_eq!(renewal.as_deref(), Some(r#"{"token":"hmv_1"}"#), "{status}");
        chat.handle("answer", "enter", &ADMITTED.replace("hmv_1", "hmv_2"));
        let again = body(&commands(&mut chat)).unwrap();
        assert!(again.starts_with(r#"{"conversation":"conv_1","text":"And then?""#), "{again}");
    }
    let mut chat = answering();
    chat.chunk(1, DONE.as_bytes());
    chat.handle("ask", "", "And then?");
    chat.handle("answer", "3", ended);
    chat.handle("answer", "enter", ended);
    assert_eq!(last(&commands(&mut chat), "store", "").as_deref(), Some(""));
    chat.handle("answer", "enter", &ADMITTED.replace("hmv_1", "hmv_2"));
    assert!(body(&commands(&mut chat)).unwrap().starts_with(r#"{"text":"And then?""#));
}

#[test]
fn work_is_done_before_the_visitor_is_let_in() {
    let mut chat = chat("");
    chat.handle("click", "suggest", "0\n");
    commands(&mut chat);
    chat.handle("answer", "enter", "200\n{\"state\":\"proof_required\",\"proof\":{\"challenge\":\"c\",\"bits\":4}}");
    assert_eq!(of(&commands(&mut chat), "wait"), ["0 work"]);
    chat.handle("wait", "work", "");
    let proven = commands(&mut chat);
    assert!(
        proven.iter().any(|command| command[2].starts_with(r#"{"proof":{"challenge":"c","answer":""#)),
        "{proven:?}"
    );
}

#[test]
fn a_refusal_is_said_and_reported() {
    let mut chat = chat("");
    chat.handle("ask", "", "When?");
    chat.handle("answer", "enter", "403\n{\"error\":{\"code\":\"origin_not_allowed\"}}");
    let refused = commands(&mut chat);
    assert!(of(&refused, "send").contains(&"report POST /assistants/asst_a/errors ".to_owned()));
    assert!(refused.iter().any(|command| command[2].starts_with("The chat is not allowed on this page.")));
}

#[test]
fn the_conversation_of_before_is_gone_on_with() {
    let mut chat = chat("hmv_1\nconv_1\n4");
    assert_eq!(of(&commands(&mut chat), "send"), ["load:conv_1 GET /conversations/conv_1 hmv_1"]);
    chat.handle("ask", "", "While it loads");
    assert!(of(&commands(&mut chat), "stream").is_empty());
    chat.handle("answer", "load:conv_1", BROKEN_OFF);
    let loaded = commands(&mut chat);
    assert!(loaded.iter().any(|command| command[1] == ".log" && command[2].contains("data-do='continue'")));
    assert_eq!(of(&loaded, "stream"), ["1 POST /chat?lang=en hmv_1"]);
}

#[test]
fn what_is_typed_stays_when_an_answer_is_gone_on_with() {
    let mut chat = chat("hmv_1\nconv_1\n4");
    chat.handle("answer", "load:conv_1", BROKEN_OFF);
    chat.handle("typed", "", "And on Sundays");
    commands(&mut chat);
    chat.handle("click", "continue", "1\n");
    let asked = commands(&mut chat);
    let body = asked.iter().find(|command| command[0] == "stream").map(|command| command[2].as_str());
    assert!(body.is_some_and(|body| body.contains(r#""text":"Continue","continues":true"#)), "{body:?}");
    assert!(of(&asked, "value").is_empty(), "{asked:?}");
    // Nor do the words of the button take its place when that is taken back.
    chat.handle("click", "go", "\nAnd on Sundays");
    chat.handle("click", "go", "\nAnd on Sundays");
    let stopped = commands(&mut chat);
    assert!(of(&stopped, "abort").len() == 1 && of(&stopped, "value").is_empty(), "{stopped:?}");
    chat.handle("answer", "3", "422\n{\"error\":{\"code\":\"invalid_field\"}}");
    commands(&mut chat);
    // While the conversation is loaded anew, it is not known which answer the button is about.
    chat.handle("stored", "", "hmv_1\nconv_1\n6");
    chat.handle("click", "continue", "1\n");
    commands(&mut chat);
    chat.handle("answer", "load:conv_1", BROKEN_OFF);
    let loaded = commands(&mut chat);
    assert!(of(&loaded, "stream").is_empty() && of(&loaded, "value").is_empty(), "{loaded:?}");
}

#[test]
fn another_tab_shows_the_same_stream() {
    let mut chat = chat("");
    commands(&mut chat);
    chat.handle("stored", "", "hmv_1\nconv_1\n1");
    assert_eq!(of(&commands(&mut chat), "send"), ["load:conv_1 GET /conversations/conv_1 hmv_1"]);
    let body = r#"200
{"id":"conv_1","messages":[{"id":"msg_1","author":"user","text":"When?","state":"complete"},
        {"id":"msg_2","author":"assistant","text":"","blocks":[],"state":"streaming","run":"run_1","citations":[]}]}"#;
    chat.handle("answer", "load:conv_1", body);
    assert_eq!(of(&commands(&mut chat), "stream"), ["1 GET /runs/run_1/events?after=0 hmv_1"]);
    chat.chunk(1, [STARTED, DELTA, DONE].concat().as_bytes());
    assert_eq!(of(&commands(&mut chat), "emit"), ["message"]);
    chat.handle("stored", "", "");
    assert!(commands(&mut chat).iter().any(|command| command[1] == ".log" && command[2].contains("class='welcome'")));
}

#[test]
fn a_thumb_is_given_and_taken_back_and_a_comment_is_thanked_for() {
    let mut chat = answering();
    chat.chunk(1, DONE.as_bytes());
    commands(&mut chat);
    chat.handle("click", "down", "1\n");
    let given = commands(&mut chat);
    assert_eq!(of(&given, "send"), ["rate:msg_2 PUT /messages/msg_2/rating hmv_1"]);
    assert!(last(&given, "html", "#m1 .said").is_some_and(|html| html.contains("data-do='tell'")), "{given:?}");
    chat.handle("click", "tell", "1\nIt is old");
    assert_eq!(of(&commands(&mut chat), "send"), ["tell:msg_2 PUT /messages/msg_2/feedback hmv_1"]);
    chat.handle("answer", "tell:msg_2", "200\n{}");
    assert!(commands(&mut chat).iter().any(|command| command[2].contains("Thank you.")));
    chat.handle("click", "down", "1\n");
    assert!(commands(&mut chat).iter().any(|command| command[2] == r#"{"rating":null}"#));
}

#[test]
fn what_is_too_long_is_not_sent_and_stays_in_the_field() {
    let mut chat = chat("");
    commands(&mut chat);
    chat.handle("click", "go", &format!("\n{}", "x".repeat(51)));
    let refused = commands(&mut chat);
    assert!(of(&refused, "send").is_empty() && of(&refused, "value").is_empty());
    assert!(refused.iter().any(|command| command[2] == "This message is too long."));
}

#[test]
fn a_page_of_its_own_keeps_nothing_when_it_is_closed() {
    let mut chat = Chat::new(INTERFACE, &built("cs"), Page::Whole, "hmv_1\nconv_1\n1", "seed");
    chat.handle("click", "close", "\n");
    let closed = commands(&mut chat);
    let stored: Vec<&str> = closed.iter().filter(|command| command[0] == "store").map(|c| c[2].as_str()).collect();
    assert_eq!(stored.last(), Some(&""));
    assert!(closed.iter().any(|command| command[2].starts_with("Chat je zavřený.")));
    chat.handle("click", "go", "\nZnovu");
    assert_eq!(of(&commands(&mut chat), "send"), ["enter POST /assistants/asst_a/visitors "]);
    // The server speaks the language of the chat, whatever the browser's is.
    chat.handle("answer", "enter", ADMITTED);
    assert_eq!(of(&commands(&mut chat), "stream"), ["2 POST /chat?lang=cs hmv_1"]);
}

#[test]
fn a_frame_is_closed_by_the_page_around_it_if_that_can() {
    let mut chat = Chat::new(INTERFACE, &built("en"), Page::named("frame"), "hmv_1\nconv_1\n1", "seed");
    chat.handle("open", "https://h.example", "");
    commands(&mut chat);
    // Without a script around it nobody would hear of it.
    let mut alone = Chat::new(INTERFACE, &built("en"), Page::named("frame"), "hmv_1\nconv_1\n1", "seed");
    alone.handle("click", "close", "\n");
    let closed = commands(&mut alone);
    assert!(of(&closed, "emit").is_empty());
    assert!(closed.iter().any(|command| command[2].starts_with("The chat is closed.")), "{closed:?}");
    chat.handle("framed", "", "");
    chat.handle("click", "close", "\n");
    let closed = commands(&mut chat);
    assert_eq!((of(&closed, "emit"), of(&closed, "store")), (vec!["close".to_owned()], Vec::new()));
}
