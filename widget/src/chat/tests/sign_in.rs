//! Visitors who say who they are.

use super::*;

const OFFERED: &str = r#"{"assistant":"asst_a","message_characters":50,
    "sign_in":{"required":false,"providers":[{"id":"google","name":"Google","url":"/public/sign-in/asst_a/google"}]}}"#;
const EVA: &str = r#"200
{"state":"admitted","visitor":"visi_2","token":"hmv_2","conversation":"conv_9","name":"Eva","signed_in":true}"#;
const REQUIRED: &str = "200\n{\"state\":\"sign_in_required\"}";
const LOADED: &str = r#"200
{"id":"conv_9","messages":[{"id":"msg_1","author":"user","text":"When?","state":"complete"}]}"#;

fn opened(interface: &str, stored: &str) -> Chat {
    let mut chat = Chat::new(interface, &built("en"), Page::Floating, stored, "seed");
    chat.handle("open", "https://h.example", "");
    chat
}

fn required(interface: &str) -> String {
    interface.replace("\"required\":false", "\"required\":true")
}

const ENTER: &str = "enter POST /assistants/asst_a/visitors ";

#[test]
fn a_visitor_signs_in_by_a_window_and_finds_what_was_asked_before() {
    let mut chat = opened(OFFERED, "");
    let ways = last(&commands(&mut chat), "html", ".who div").unwrap();
    assert!(ways.contains("data-do='sign-in'") && ways.contains("Sign in with Google"), "{ways}");
    chat.handle("click", "sign-in", "0\n");
    assert_eq!(of(&commands(&mut chat), "popup"), ["/public/sign-in/asst_a/google"]);
    chat.handle("window", "done", "tick\"et");
    let shown = commands(&mut chat);
    assert_eq!(last(&shown, "send", ENTER).as_deref(), Some(r#"{"ticket":"tick\"et"}"#));
    chat.handle("answer", "enter", EVA);
    let known = commands(&mut chat);
    assert_eq!(last(&known, "html", ".who p").as_deref(), Some("Signed in as <b dir='auto'>Eva</b>"));
    assert_eq!(of(&known, "send"), ["load:conv_9 GET /conversations/conv_9 hmv_2"]);
    assert_eq!(last(&known, "store", "").as_deref(), Some("hmv_2\nconv_9\n0\np\nvisi_2\nEva"));
    assert_eq!(of(&known, "focus"), [".ask textarea"]);
    chat.handle("answer", "load:conv_9", LOADED);
    commands(&mut chat);
    // On the next page it is known without a word.
    let mut next = opened(OFFERED, "hmv_2\nconv_9\n0\np\nvisi_2\nEva");
    let drawn = commands(&mut next);
    assert!(last(&drawn, "html", ".who p").unwrap().contains("Eva"));
    assert_eq!(of(&drawn, "send"), ["load:conv_9 GET /conversations/conv_9 hmv_2"]);
}

#[test]
fn what_an_anonymous_visitor_asked_stays_in_view() {
    let mut chat = opened(OFFERED, "");
    chat.handle("click", "go", "\nWhen?");
    chat.handle("answer", "enter", ADMITTED);
    chat.chunk(1, [STARTED, DELTA, DONE].concat().as_bytes());
    commands(&mut chat);
    chat.handle("window", "done", "t");
    let shown = commands(&mut chat);
    assert_eq!(last(&shown, "send", ENTER).as_deref(), Some(r#"{"token":"hmv_1","ticket":"t"}"#));
    chat.handle("answer", "enter", EVA);
    let known = commands(&mut chat);
    assert!(of(&known, "send").is_empty(), "{known:?}");
    assert_eq!(last(&known, "store", "").as_deref(), Some("hmv_2\nconv_1\n1\np\nvisi_2\nEva"));
}

#[test]
fn a_window_that_does_not_open_or_is_closed_is_told_and_nothing_is_lost() {
    let mut chat = opened(OFFERED, "");
    commands(&mut chat);
    for (what, told) in [
        ("blocked", "Your browser blocked the window to sign in."),
        ("closed", "The window was closed before you were signed in."),
        ("failed", "You could not be signed in."),
    ] {
        chat.handle("click", "sign-in", "0\n");
        assert_eq!(of(&commands(&mut chat), "popup").len(), 1);
        chat.handle("window", what, "access_denied");
        let said = commands(&mut chat);
        assert!(last(&said, "html", ".notice").unwrap().starts_with(told), "{said:?}");
        assert!(last(&said, "value", ".ask textarea").is_none());
    }
    // A ticket that is too old is no reason to forget who was here.
    let mut chat = opened(OFFERED, "hmv_1\nconv_1\n1");
    chat.handle("answer", "load:conv_1", &LOADED.replace("conv_9", "conv_1"));
    chat.handle("window", "done", "old");
    commands(&mut chat);
    chat.handle("answer", "enter", "422\n{\"error\":{\"code\":\"sign_in_failed\"}}");
    let refused = commands(&mut chat);
    assert!(last(&refused, "html", ".notice").unwrap().starts_with("You could not be signed in."));
    assert!(last(&refused, "html", ".who div").unwrap().contains("sign-in"));
    assert!(of(&refused, "store").is_empty());
    chat.handle("click", "go", "\nWhen?");
    assert_eq!(of(&commands(&mut chat), "stream"), ["1 POST /chat?lang=en hmv_1"]);
}

#[test]
fn a_token_that_does_not_count_any_more_keeps_nobody_out() {
    let mut chat = opened(&required(OFFERED), "hmv_1\nconv_1\n1");
    chat.handle("window", "done", "t");
    commands(&mut chat);
    chat.handle("answer", "enter", "401\n{\"error\":{\"code\":\"invalid_key\"}}");
    assert_eq!(last(&commands(&mut chat), "send", ENTER).as_deref(), Some(r#"{"ticket":"t"}"#));
    chat.handle("answer", "enter", EVA);
    let known = commands(&mut chat);
    assert_eq!(of(&known, "send"), ["load:conv_9 GET /conversations/conv_9 hmv_2"]);
    assert_eq!(last(&known, "store", "").as_deref(), Some("hmv_2\nconv_9\n1\np\nvisi_2\nEva"));
}

#[test]
fn where_it_is_required_nothing_is_sent_before_and_the_text_stays() {
    let mut chat = opened(&required(OFFERED), "hmv_1\nconv_1\n1");
    let drawn = commands(&mut chat);
    assert!(of(&drawn, "send").is_empty());
    assert_eq!(last(&drawn, "html", ".who p").as_deref(), Some("Sign in to chat."));
    chat.handle("click", "go", "\nWhen?");
    let refused = commands(&mut chat);
    assert!(of(&refused, "send").is_empty() && of(&refused, "stream").is_empty());
    assert_eq!(last(&refused, "value", ".ask textarea").as_deref(), Some("When?"));
    assert_eq!(last(&refused, "html", ".notice").as_deref(), Some("Sign in to chat."));
    assert_eq!(of(&refused, "focus"), [".who button"]);
    chat.handle("window", "done", "t");
    chat.handle("answer", "enter", EVA);
    commands(&mut chat);
    chat.handle("answer", "load:conv_1", &LOADED.replace("conv_9", "conv_1"));
    chat.handle("click", "go", "\nWhen?");
    assert_eq!(of(&commands(&mut chat), "stream"), ["1 POST /chat?lang=en hmv_2"]);
}

#[test]
fn where_it_is_required_meanwhile_the_question_goes_back_into_the_field() {
    let mut chat = opened(OFFERED, "");
    chat.handle("click", "go", "\nWhen?");
    commands(&mut chat);
    chat.handle("answer", "enter", REQUIRED);
    let asked = commands(&mut chat);
    assert_eq!(last(&asked, "value", ".ask textarea").as_deref(), Some("When?"));
    assert_eq!(last(&asked, "html", ".notice").as_deref(), Some("Sign in to chat."));
    assert!(!last(&asked, "html", ".log").unwrap().contains("When?"));
    assert_eq!(last(&asked, "emit", "error").as_deref(), Some("sign_in_required"));
    let mut chat = opened(OFFERED, "");
    chat.handle("click", "go", "\nWhen?");
    chat.handle("answer", "enter", ADMITTED);
    commands(&mut chat);
    chat.handle("answer", "1", "403\n{\"error\":{\"code\":\"sign_in_required\"}}");
    assert_eq!(last(&commands(&mut chat), "value", ".ask textarea").as_deref(), Some("When?"));
}

#[test]
fn who_signs_out_is_forgotten_also_by_an_answer_that_is_late() {
    let mut chat = opened(OFFERED, "hmv_2\n\n0\np\nvisi_2\nEva");
    commands(&mut chat);
    chat.handle("click", "sign-out", "\n");
    let left = commands(&mut chat);
    assert_eq!(last(&left, "store", "").as_deref(), Some(""));
    assert_eq!(last(&left, "html", ".who p").as_deref(), Some("You are signed out."));
    assert_eq!(of(&left, "focus").last().map(String::as_str), Some(".who button"));
    chat.handle("window", "done", "t");
    chat.handle("identify", "", "");
    chat.handle("click", "sign-out", "\n");
    commands(&mut chat);
    chat.handle("answer", "enter", EVA);
    assert!(of(&commands(&mut chat), "store").is_empty());
    chat.handle("click", "go", "\nWhen?");
    assert_eq!(last(&commands(&mut chat), "send", ENTER).as_deref(), Some("{}"));
}

#[test]
fn who_comes_next_finds_nothing_typed() {
    const FIELD: &str = ".ask textarea";
    let by = |way: &str| format!("hmv_2\n\n0\n{way}\nvisi_2\nEva");
    for (way, what, name, value) in [
        ("p", "click", "sign-out", "\n"),
        ("h", "identify", "", ""),
        ("p", "stored", "", ""),
        ("p", "stored", "", "hmv_3\n\n0\np\nvisi_3\nJan"),
    ] {
        let mut chat = opened(OFFERED, &by(way));
        chat.handle("typed", "", "What about my divorce?");
        commands(&mut chat);
        chat.handle(what, name, value);
        assert_eq!(last(&commands(&mut chat), "value", FIELD).as_deref(), Some(""), "{what} {value}");
    }
    // Also where the page says that it is somebody else.
    let mut chat = opened(OFFERED, &by("h"));
    chat.handle("typed", "", "What about my divorce?");
    chat.handle("identify", "", "d.e.f");
    commands(&mut chat);
    chat.handle("answer", "enter", &EVA.replace("visi_2", "visi_3"));
    assert_eq!(last(&commands(&mut chat), "value", FIELD).as_deref(), Some(""));
    // A page of its own is closed for whoever comes next.
    let mut chat = Chat::new(OFFERED, &built("en"), Page::Whole, "", "seed");
    chat.handle("open", "https://h.example", "");
    chat.handle("typed", "", "What about my divorce?");
    chat.handle("click", "close", "\n");
    assert_eq!(last(&commands(&mut chat), "value", FIELD).as_deref(), Some(""));
    // A token that has ended in another tab takes nobody away.
    let mut chat = opened(OFFERED, "hmv_1\n\n1");
    chat.handle("typed", "", "When?");
    commands(&mut chat);
    chat.handle("stored", "", "");
    assert!(of(&commands(&mut chat), "value").is_empty());
    // Who is only not recognised is still there, and so is what they type.
    let mut chat = opened(OFFERED, &by("h"));
    chat.handle("typed", "", "When?");
    chat.handle("identify", "", "bad");
    chat.handle("answer", "enter", "422\n{\"error\":{\"code\":\"invalid_identity\"}}");
    assert_eq!(last(&commands(&mut chat), "value", FIELD).as_deref(), Some("When?"));
}

#[test]
fn the_page_says_who_it_is_and_takes_it_back() {
    let mut chat = Chat::new(&required(OFFERED), &built("en"), Page::Floating, "", "seed");
    chat.handle("identify", "", "a.b.c");
    assert!(of(&commands(&mut chat), "send").is_empty());
    chat.handle("open", "https://h.example", "");
    let opened = commands(&mut chat);
    assert_eq!(last(&opened, "send", ENTER).as_deref(), Some(r#"{"identity":"a.b.c"}"#));
    chat.handle("answer", "enter", EVA);
    let known = commands(&mut chat);
    assert_eq!(last(&known, "store", "").as_deref(), Some("hmv_2\nconv_9\n0\nh\nvisi_2\nEva"));
    assert!(last(&known, "html", ".who div").is_none(), "{known:?}");
    chat.handle("answer", "load:conv_9", LOADED);
    commands(&mut chat);
    chat.handle("identify", "", "a.b.c");
    assert!(of(&commands(&mut chat), "send").is_empty());
    // Somebody else sees nothing of it, and brings nothing along.
    chat.handle("identify", "", "d.e.f");
    assert_eq!(last(&commands(&mut chat), "send", ENTER).as_deref(), Some(r#"{"token":"hmv_2","identity":"d.e.f"}"#));
    let other = EVA.replace("visi_2", "visi_3").replace("\"conv_9\"", "null");
    chat.handle("answer", "enter", &other);
    let changed = commands(&mut chat);
    assert!(last(&changed, "html", ".log").is_some_and(|log| !log.contains("When?")));
    assert_eq!(last(&changed, "store", "").as_deref(), Some("hmv_2\n\n0\nh\nvisi_3\nEva"));
    chat.handle("identify", "", "");
    assert_eq!(last(&commands(&mut chat), "store", "").as_deref(), Some(""));
}

#[test]
fn an_identity_of_an_earlier_page_ends_with_it() {
    let mut chat = Chat::new(OFFERED, &built("en"), Page::Floating, "hmv_2\nconv_9\n1\nh\nvisi_2\nEva", "seed");
    chat.handle("identify", "", "");
    assert_eq!(last(&commands(&mut chat), "store", "").as_deref(), Some(""));
    chat.handle("open", "https://h.example", "");
    assert!(of(&commands(&mut chat), "send").is_empty());
}

#[test]
fn an_identity_that_does_not_hold_is_told_to_the_page_and_reported() {
    let mut chat = Chat::new(OFFERED, &built("en"), Page::Floating, "", "seed");
    chat.handle("identify", "", "bad");
    chat.handle("open", "https://h.example", "");
    commands(&mut chat);
    chat.handle("answer", "enter", "422\n{\"error\":{\"code\":\"invalid_identity\"}}");
    let refused = commands(&mut chat);
    assert_eq!(last(&refused, "emit", "error").as_deref(), Some("invalid_identity"));
    assert_eq!(of(&refused, "send"), ["report POST /assistants/asst_a/errors "]);
    // It is not shown again: the visitor may still ask.
    chat.handle("click", "go", "\nWhen?");
    assert_eq!(last(&commands(&mut chat), "send", ENTER).as_deref(), Some("{}"));
    // Where it did not reach the server, it is.
    let mut chat = Chat::new(OFFERED, &built("en"), Page::Floating, "", "seed");
    chat.handle("identify", "", "good");
    chat.handle("open", "https://h.example", "");
    chat.handle("answer", "enter", "0\n");
    commands(&mut chat);
    chat.handle("online", "", "");
    assert_eq!(last(&commands(&mut chat), "send", ENTER).as_deref(), Some(r#"{"identity":"good"}"#));
}
