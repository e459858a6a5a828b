//! What stands beside the messages: files, earlier conversations, reasons, and what is said of limits.

use super::*;

const TAKES_FILES: &str = r#"{"assistant":"asst_a","title":"Help","suggestions":["When?"],"allow_feedback":true,
    "message_characters":50,"allow_uploads":true,"upload_megabytes":10}"#;
const BUSY: &str = r#"429
{"error":{"type":"rate_limited","code":"too_many_attempts","message":"wait","params":{"retry_after":"37"}}}"#;

/// A chat that takes files, of a visitor who was let in.
fn taking() -> Chat {
    let mut chat = Chat::new(TAKES_FILES, &built("en"), Page::Floating, "hmv_1\n\n1", "seed");
    chat.handle("open", "https://h.example", "");
    commands(&mut chat);
    chat
}

fn attached(state: &str) -> String {
    format!("201\n{{\"id\":\"att_1\",\"name\":\"a.txt\",\"state\":\"{state}\"}}")
}

#[test]
fn a_file_is_sent_at_once_and_given_to_the_question_when_it_is_read() {
    let mut chat = taking();
    chat.handle("file", "0", "1000\na <b>.txt");
    let sent = commands(&mut chat);
    assert_eq!(of(&sent, "upload"), ["up:0 POST /attachments hmv_1"]);
    let chip = last(&sent, "html", ".files").unwrap();
    assert!(
        chip.contains("a &lt;b&gt;.txt") && chip.contains("<progress") && chip.contains("data-do='drop'"),
        "{chip}"
    );
    chat.handle("sent", "0", "43");
    assert_eq!(last(&commands(&mut chat), "set", "#f0 progress value").as_deref(), Some("43"));

    chat.handle("answer", "up:0", &attached("processing"));
    let reading = commands(&mut chat);
    assert_eq!(of(&reading, "wait"), ["700 read:0"]);
    // It is not asked without the file, and what was typed stays.
    chat.handle("ask", "", "What does it say?");
    let early = commands(&mut chat);
    assert!(of(&early, "stream").is_empty() && of(&early, "value").is_empty());
    assert_eq!(last(&early, "html", ".notice").as_deref(), Some("Your file is being read…"));

    chat.handle("wait", "read:0", "");
    assert_eq!(of(&commands(&mut chat), "send"), ["read:0 GET /attachments/att_1 hmv_1"]);
    chat.handle("answer", "read:0", &attached("ready"));
    assert_eq!(last(&commands(&mut chat), "html", "#f0 .state").as_deref(), Some("Ready"));
    chat.handle("ask", "", "What does it say?");
    let asked = commands(&mut chat);
    let body = asked.iter().find(|command| command[0] == "stream").map(|command| command[2].as_str());
    let expected =
        r#"{"text":"What does it say?","continues":false,"idempotency_key":"seed-1","attachments":["att_1"]}"#;
    assert_eq!(body, Some(expected));
    assert!(last(&asked, "html", ".log").unwrap().contains("a &lt;b&gt;.txt"), "{asked:?}");
    // The chip is gone once the question is stored, and not before.
    assert!(last(&asked, "html", ".files").is_none());
    chat.chunk(1, STARTED.as_bytes());
    let stored = commands(&mut chat);
    assert_eq!(last(&stored, "html", ".files").as_deref(), Some(""));
    assert_eq!(of(&stored, "drop"), ["0"]);
}

#[test]
fn a_question_that_is_taken_back_keeps_its_files() {
    let mut chat = taking();
    chat.handle("file", "0", "1000\na.png");
    chat.handle("answer", "up:0", &attached("ready"));
    chat.handle("ask", "", "What is in it?");
    chat.handle("answer", "1", "0\n");
    commands(&mut chat);
    chat.handle("click", "go", "\n");
    assert_eq!(last(&commands(&mut chat), "value", ".ask textarea").as_deref(), Some("What is in it?"));
    chat.handle("answer", "4", "422\n{\"error\":{\"code\":\"invalid_field\"}}");
    chat.handle("ask", "", "What is in it?");
    let again = commands(&mut chat);
    assert!(again.iter().any(|command| command[0] == "stream" && command[2].contains("att_1")), "{again:?}");
}

#[test]
fn what_is_not_taken_says_why_and_can_be_taken_away() {
    let mut chat = taking();
    chat.handle("file", "0", "10000001\nlarge.pdf");
    let large = commands(&mut chat);
    assert!(of(&large, "upload").is_empty());
    assert!(last(&large, "html", ".files").unwrap().contains("Larger than 10 MB."));
    for (number, answer, said) in [
        ("1", "422\n{\"error\":{\"code\":\"unsupported_file_type\"}}", "This file cannot be read."),
        ("2", "413\n{\"error\":{\"code\":\"too_large\"}}", "Larger than 10 MB."),
        ("3", BUSY, "That was a lot in a short time. Try again in 37 s."),
        ("4", "0\n", "There is no connection."),
    ] {
        chat.handle("file", number, "9\na.txt");
        chat.handle("answer", &format!("up:{number}"), answer);
        let told = last(&commands(&mut chat), "html", &format!("#f{number} .state"));
        assert_eq!(told.as_deref(), Some(said), "{number}");
    }
    // One that was taken is taken away from the server, too; what still comes of it is late.
    chat.handle("file", "5", "9\na.txt");
    chat.handle("answer", "up:5", &attached("processing"));
    commands(&mut chat);
    chat.handle("click", "drop", "5\n");
    let dropped = commands(&mut chat);
    assert_eq!(
        (of(&dropped, "drop"), of(&dropped, "send")),
        (vec!["5".to_owned()], vec!["gone DELETE /attachments/att_1 hmv_1".to_owned()])
    );
    chat.handle("wait", "read:5", "");
    assert!(of(&commands(&mut chat), "send").is_empty());
    // What failed hinders no question.
    chat.handle("ask", "", "When?");
    assert_eq!(of(&commands(&mut chat), "stream").len(), 1);
}

#[test]
fn a_file_of_which_nobody_tells_is_asked_after_a_few_times_and_again_when_that_is_wanted() {
    let mut chat = taking();
    chat.handle("file", "0", "9\na.txt");
    chat.handle("answer", "up:0", &attached("processing"));
    commands(&mut chat);
    let (mut waits, mut state) = (Vec::new(), None);
    for answer in ["500\n{}", "502\n<html>", "0\n", "503\n{}", "504\n", "500\n{}"] {
        chat.handle("wait", "read:0", "");
        chat.handle("answer", "read:0", answer);
        let told = commands(&mut chat);
        assert_eq!(of(&told, "send"), ["read:0 GET /attachments/att_1 hmv_1"]);
        waits.extend(of(&told, "wait"));
        state = last(&told, "html", "#f0 .state");
    }
    assert_eq!(waits, ["1400 read:0", "2100 read:0", "2800 read:0", "3500 read:0", "4200 read:0"]);
    let expected =
        "Something went wrong. Try again. <button type='button' data-do='again' data-n='0'>Try again</button>";
    assert_eq!(state.as_deref(), Some(expected));
    // A question need not wait for it, and leaves it where it is.
    chat.handle("ask", "", "When?");
    let asked = commands(&mut chat);
    assert!(asked.iter().any(|command| command[0] == "stream" && !command[2].contains("att_1")), "{asked:?}");
    chat.chunk(1, [STARTED, DELTA, DONE].concat().as_bytes());
    assert!(last(&commands(&mut chat), "html", ".files").unwrap().contains("data-do='again'"));

    chat.handle("click", "again", "0\n");
    let again = commands(&mut chat);
    assert_eq!(of(&again, "send"), ["read:0 GET /attachments/att_1 hmv_1"]);
    assert_eq!(last(&again, "html", "#f0 .state").as_deref(), Some("Your file is being read…"));
    // The button is gone, and has had the focus.
    assert_eq!(of(&again, "focus"), [".ask textarea"]);
    // An answer ends what was missed; one that refuses is not asked for by itself.
    chat.handle("answer", "read:0", "502\n");
    chat.handle("answer", "read:0", "502\n");
    assert_eq!(of(&commands(&mut chat), "wait"), ["1400 read:0"]);
    chat.handle("wait", "read:0", "");
    chat.handle("answer", "read:0", &attached("processing"));
    assert_eq!(of(&commands(&mut chat), "wait"), ["700 read:0"]);
    chat.handle("wait", "read:0", "");
    chat.handle("answer", "read:0", BUSY);
    let refused = commands(&mut chat);
    assert!(of(&refused, "wait").is_empty());
    let state = last(&refused, "html", "#f0 .state").unwrap();
    assert!(state.starts_with("That was a lot in a short time. Try again in 37 s. <button"), "{state}");
    // One that is not there any more cannot be looked for.
    chat.handle("click", "again", "0\n");
    chat.handle("answer", "read:0", "404\n{\"error\":{\"code\":\"not_found\"}}");
    assert_eq!(last(&commands(&mut chat), "html", "#f0 .state").as_deref(), Some("This file cannot be read."));
}

#[test]
fn a_file_is_asked_after_also_where_the_visitor_is_not_let_in_at_once() {
    let mut chat = taking();
    chat.handle("file", "0", "9\na.txt");
    chat.handle("answer", "up:0", &attached("processing"));
    chat.handle("wait", "read:0", "");
    chat.handle("answer", "read:0", "401\n{\"error\":{\"code\":\"invalid_key\"}}");
    commands(&mut chat);
    chat.handle("answer", "enter", "503\n{}");
    assert_eq!(of(&commands(&mut chat), "wait"), ["1400 read:0"]);
    chat.handle("wait", "read:0", "");
    chat.handle("answer", "enter", &ADMITTED.replace("hmv_1", "hmv_2"));
    assert!(of(&commands(&mut chat), "send").contains(&"read:0 GET /attachments/att_1 hmv_2".to_owned()));
}

#[test]
fn the_first_file_lets_the_visitor_in() {
    let mut chat = Chat::new(TAKES_FILES, &built("en"), Page::Floating, "", "seed");
    chat.handle("open", "https://h.example", "");
    chat.handle("file", "0", "9\na.txt");
    assert_eq!(of(&commands(&mut chat), "send"), ["enter POST /assistants/asst_a/visitors "]);
    chat.handle("answer", "enter", ADMITTED);
    assert_eq!(of(&commands(&mut chat), "upload"), ["up:0 POST /attachments hmv_1"]);
    let mut refused = Chat::new(TAKES_FILES, &built("en"), Page::Floating, "", "seed");
    refused.handle("file", "0", "9\na.txt");
    refused.handle("answer", "enter", "403\n{\"error\":{\"code\":\"origin_not_allowed\"}}");
    let told = last(&commands(&mut refused), "html", "#f0 .state");
    assert_eq!(told.as_deref(), Some("The chat is not allowed on this page."));
}

#[test]
fn earlier_conversations_are_listed_and_opened() {
    // Who never wrote has none, and is not let in for that.
    let mut fresh = chat("");
    commands(&mut fresh);
    fresh.handle("click", "earlier", "\n");
    let empty = commands(&mut fresh);
    assert!(of(&empty, "send").is_empty() && last(&empty, "html", ".log").unwrap().contains("There are none yet."));
    assert_eq!(last(&empty, "set", "[data-do=earlier] aria-expanded").as_deref(), Some("true"));
    fresh.handle("click", "earlier", "\n");
    let back = commands(&mut fresh);
    assert!(last(&back, "html", ".log").unwrap().contains("class='welcome'"));
    assert_eq!(last(&back, "set", "[data-do=earlier] aria-expanded").as_deref(), Some("false"));

    let mut chat = answering();
    commands(&mut chat);
    chat.handle("click", "earlier", "\n");
    assert_eq!(of(&commands(&mut chat), "send"), ["list GET /conversations hmv_1"]);
    let list = "200\n{\"items\":[{\"id\":\"conv_1\",\"title\":\"When?\"},{\"id\":\"conv_0\",\"title\":\"<i>\"}]}";
    chat.handle("answer", "list", list);
    let listed = commands(&mut chat);
    let html = last(&listed, "html", ".log").unwrap();
    assert!(html.contains("&lt;i&gt;") && html.matches("aria-current").count() == 1, "{html}");
    assert!(of(&listed, "focus").contains(&".log :is(button,[tabindex])".to_owned()));
    // The answer goes on behind the list, which stays.
    chat.chunk(1, DONE.as_bytes());
    assert!(last(&commands(&mut chat), "html", ".log").is_none());
    chat.handle("click", "open", "1\n");
    let opened = commands(&mut chat);
    assert_eq!(of(&opened, "send"), ["load:conv_0 GET /conversations/conv_0 hmv_1"]);
    assert_eq!(last(&opened, "store", "").as_deref(), Some("hmv_1\nconv_0\n1"));
    let body = "200\n{\"id\":\"conv_0\",\"messages\":[{\"id\":\"msg_0\",\"author\":\"user\",\"text\":\"Old\",\
                \"state\":\"complete\",\"attachments\":[{\"id\":\"att_0\",\"name\":\"b.txt\"}]}]}";
    chat.handle("answer", "load:conv_0", body);
    let shown = last(&commands(&mut chat), "html", ".log").unwrap();
    assert!(shown.contains("Old") && shown.contains("b.txt"), "{shown}");
}

#[test]
fn a_reason_goes_with_the_comment_and_neither_gets_lost() {
    let mut chat = answering();
    chat.chunk(1, DONE.as_bytes());
    chat.handle("click", "down", "1\n");
    chat.handle("click", "reason", "1\noutdated");
    chat.handle("typed", "1", "It is <old>");
    commands(&mut chat);
    chat.handle("click", "go", "\nAnd then?");
    chat.handle("click", "earlier", "\n");
    chat.handle("answer", "list", "200\n{\"items\":[]}");
    commands(&mut chat);
    chat.handle("click", "earlier", "\n");
    let html = last(&commands(&mut chat), "html", ".log").unwrap();
    assert!(html.contains("value='outdated' selected") && html.contains("It is &lt;old&gt;</textarea>"), "{html}");
    chat.handle("click", "tell", &format!("1\n{}", "x".repeat(2_001)));
    let long = commands(&mut chat);
    assert!(of(&long, "send").is_empty());
    assert_eq!(last(&long, "html", ".notice").as_deref(), Some("This message is too long."));
    chat.handle("click", "tell", "1\n");
    let told = commands(&mut chat);
    assert!(told.iter().any(|command| command[2] == r#"{"reason":"outdated","comment":""}"#), "{told:?}");
}

#[test]
fn a_comment_is_no_address_and_an_address_is_no_comment() {
    let mut chat = answering();
    chat.chunk(1, DONE.replace("\"model\"", "\"not_found\"").as_bytes());
    chat.handle("click", "down", "1\n");
    chat.handle("click", "tell", "1\nYou have it");
    commands(&mut chat);
    chat.handle("mail", "1", "jan@exa'");
    chat.handle("answer", "tell:msg_2", "200\n{}");
    let told = commands(&mut chat);
    let said = last(&told, "html", "#m1 .said").unwrap();
    assert!(said.contains("Thank you.<") && !said.contains("data-do='tell'"), "{said}");
    // Neither sources nor the address that is being typed are drawn anew, and where all is, the address stays.
    assert!(!of(&told, "html").iter().any(|place| place == "#m1 .next" || place == "#m1 .below"), "{told:?}");
    for _ in 0..2 {
        chat.handle("click", "earlier", "\n");
        chat.handle("answer", "list", "200\n{\"items\":[]}");
    }
    let all = last(&commands(&mut chat), "html", ".log").unwrap();
    assert!(all.contains("value='jan@exa&#39;'") && all.contains("data-do='contact'"), "{all}");
    chat.handle("click", "contact", "1\njan@example.org");
    assert_eq!(of(&commands(&mut chat), "send"), ["contact:msg_2 POST /contacts hmv_1"]);
    chat.handle("answer", "contact:msg_2", "201\n{}");
    let left = commands(&mut chat);
    let next = last(&left, "html", "#m1 .next").unwrap();
    assert!(next.contains("You will hear from us.") && !next.contains("data-do='contact'"), "{next}");
    assert!(last(&left, "html", "#m1 .said").is_none());
    // The other thumb takes the comment's thanks away, and leaves the address.
    chat.handle("click", "up", "1\n");
    chat.handle("click", "down", "1\n");
    let thumbs = commands(&mut chat);
    assert!(last(&thumbs, "html", "#m1 .said").unwrap().contains("data-do='tell'"), "{thumbs:?}");
    assert!(last(&thumbs, "html", "#m1 .next").is_none(), "{thumbs:?}");
}

#[test]
fn a_thumb_that_did_not_arrive_is_not_shown() {
    let mut chat = answering();
    chat.chunk(1, DONE.as_bytes());
    let pressed = |chat: &mut Chat| {
        let drawn = commands(chat);
        ["up", "down"].map(|does| last(&drawn, "set", &format!("#m1 [data-do={does}] aria-pressed")).unwrap())
    };
    chat.handle("click", "up", "1\n");
    assert_eq!(pressed(&mut chat), ["true", "false"]);
    chat.handle("answer", "rate:msg_2", "0\n");
    assert_eq!(pressed(&mut chat), ["false", "false"]);
    chat.handle("click", "up", "1\n");
    chat.handle("answer", "rate:msg_2", "204\n");
    chat.handle("click", "down", "1\n");
    assert_eq!(pressed(&mut chat), ["false", "true"]);
    chat.handle("answer", "rate:msg_2", BUSY);
    let refused = commands(&mut chat);
    assert_eq!(last(&refused, "set", "#m1 [data-do=up] aria-pressed").as_deref(), Some("true"));
    assert_eq!(last(&refused, "html", "#m1 .said").as_deref(), Some(""));
    assert!(last(&refused, "html", ".notice").unwrap().starts_with("That was a lot"), "{refused:?}");
    // Of two, the last one counts.
    chat.handle("click", "up", "1\n");
    chat.handle("click", "down", "1\n");
    commands(&mut chat);
    chat.handle("answer", "rate:msg_2", "0\n");
    assert!(of(&commands(&mut chat), "set").is_empty());
    chat.handle("answer", "rate:msg_2", "0\n");
    assert_eq!(pressed(&mut chat), ["true", "false"]);
}

#[test]
fn what_is_typed_is_counted_near_its_limit_and_never_cut() {
    let mut chat = chat("");
    assert!(!last(&commands(&mut chat), "html", "").unwrap().contains("maxlength"));
    chat.handle("typed", "", "short");
    assert_eq!(last(&commands(&mut chat), "html", ".count").as_deref(), Some(""));
    chat.handle("typed", "", &"é".repeat(46));
    assert_eq!(last(&commands(&mut chat), "html", ".count").as_deref(), Some("46 / 50"));
    chat.handle("typed", "", &"é".repeat(51));
    let over = commands(&mut chat);
    assert_eq!(last(&over, "set", ".ask textarea aria-invalid").as_deref(), Some("true"));
    assert_eq!(last(&over, "html", ".notice").as_deref(), Some("This message is too long."));
    // It is said once, not with every letter.
    chat.handle("typed", "", &"é".repeat(52));
    assert!(last(&commands(&mut chat), "html", ".notice").is_none());
    chat.handle("typed", "", &"é".repeat(50));
    let fits = commands(&mut chat);
    assert_eq!(last(&fits, "set", ".ask textarea aria-invalid").as_deref(), Some("false"));
    assert_eq!(last(&fits, "html", ".notice").as_deref(), Some(""));
}

#[test]
fn too_many_messages_are_told_with_the_time_and_can_be_sent_again() {
    let mut chat = asking();
    commands(&mut chat);
    chat.handle("answer", "1", BUSY);
    let refused = commands(&mut chat);
    let notice = last(&refused, "html", ".notice").unwrap();
    assert!(notice.starts_with("That was a lot in a short time. Try again in 37 s."), "{notice}");
    assert!(notice.contains("data-do='retry'"), "{notice}");
    assert_eq!(of(&refused, "wait"), ["37000 free 2"]);
    chat.handle("wait", "free 2", "");
    let free = last(&commands(&mut chat), "html", ".notice").unwrap();
    assert!(!free.contains("37") && free.contains("data-do='retry'"), "{free}");
    chat.handle("click", "retry", "\n");
    let again = commands(&mut chat);
    assert!(again.iter().any(|command| command[0] == "stream" && command[2].contains("\"seed-1\"")), "{again:?}");
}
