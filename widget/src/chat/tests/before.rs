//! The messages before those that are there.

use std::ops::RangeInclusive;

use super::*;

/// What the server answers with some messages, of which every second one is an answer.
fn part(numbers: RangeInclusive<u32>, earlier: u32) -> String {
    let message = |number: u32| {
        let author = if number % 2 == 1 { "user" } else { "assistant" };
        format!(
            r#"{{"id":"msg_{number}","author":"{author}","text":"{number}","blocks":["<p>{number}</p>"],"state":"complete"}}"#
        )
    };
    let messages: Vec<String> = numbers.map(message).collect();
    format!("200\n{{\"id\":\"conv_1\",\"messages\":[{}],\"earlier\":{earlier}}}", messages.join(","))
}

/// A chat with the last two messages of six.
fn at_the_end() -> Chat {
    let mut chat = chat("hmv_1\nconv_1\n4");
    chat.handle("answer", "load:conv_1", &part(5..=6, 4));
    chat
}

/// The command that puts messages before the others.
fn put_before(commands: &[[String; 3]]) -> &[String; 3] {
    commands.iter().find(|command| command[0] == "before").unwrap_or_else(|| panic!("{commands:?}"))
}

#[test]
fn what_stands_before_comes_when_the_visitor_asks_for_it() {
    let mut chat = at_the_end();
    let loaded = commands(&mut chat);
    let log = loaded.iter().rev().find(|command| command[1] == ".log").map(|command| command[2].clone()).unwrap();
    assert!(log.starts_with("<p class='before'><button type='button' data-do='before'"), "{log}");
    assert!(log.contains("id='m4'") && log.contains("id='m5'") && !log.contains("id='m0'"), "{log}");
    chat.handle("click", "before", "\n");
    let asked = commands(&mut chat);
    assert_eq!(of(&asked, "send"), ["before:msg_5 GET /conversations/conv_1?before=msg_5 hmv_1"]);
    chat.handle("click", "before", "\n");
    assert!(of(&commands(&mut chat), "send").is_empty(), "they are on their way");
    chat.handle("answer", "before:msg_5", &part(3..=4, 2));
    let more = commands(&mut chat);
    let [_, is_more, html] = put_before(&more);
    assert_eq!(is_more, "1");
    assert!(html.contains("id='m2'") && html.contains("id='m3'") && !html.contains("id='m4'"), "{html}");
    // Nothing else is drawn anew, and nobody is led away from what they read.
    assert!(!of(&more, "html").iter().any(|place| place == ".log") && of(&more, "end").is_empty(), "{more:?}");

    // What is there is still known by its number.
    chat.handle("click", "down", "5\n");
    assert_eq!(of(&commands(&mut chat), "send"), ["rate:msg_6 PUT /messages/msg_6/rating hmv_1"]);
    chat.handle("click", "up", "3\n");
    assert_eq!(of(&commands(&mut chat), "send"), ["rate:msg_4 PUT /messages/msg_4/rating hmv_1"]);
    chat.handle("click", "before", "\n");
    chat.handle("answer", "before:msg_3", &part(1..=2, 0));
    let rest = commands(&mut chat);
    let [_, is_more, html] = put_before(&rest);
    assert!(is_more.is_empty() && html.contains("id='m0'"), "{rest:?}");
    chat.handle("ask", "", "And then?");
    assert_eq!(of(&commands(&mut chat), "message"), ["6", "7"]);
}

#[test]
fn what_comes_too_late_is_put_before_nothing() {
    let mut chat = at_the_end();
    chat.handle("click", "before", "\n");
    chat.handle("click", "new", "\n");
    commands(&mut chat);
    chat.handle("answer", "before:msg_5", &part(3..=4, 2));
    assert!(of(&commands(&mut chat), "before").is_empty());
    // Behind the list of conversations it is taken, and there when the visitor goes back.
    let mut chat = at_the_end();
    chat.handle("click", "before", "\n");
    chat.handle("click", "earlier", "\n");
    chat.handle("answer", "list", "200\n{\"items\":[]}");
    commands(&mut chat);
    chat.handle("answer", "before:msg_5", &part(3..=4, 2));
    assert!(of(&commands(&mut chat), "before").is_empty());
    chat.handle("click", "earlier", "\n");
    let back = commands(&mut chat);
    assert!(back.iter().any(|command| command[1] == ".log" && command[2].contains("id='m2'")), "{back:?}");
}

#[test]
fn what_does_not_come_is_told_and_can_be_asked_for_again() {
    let mut chat = at_the_end();
    chat.handle("click", "before", "\n");
    commands(&mut chat);
    chat.handle("answer", "before:msg_5", "0\n");
    let told = commands(&mut chat);
    assert!(told.iter().any(|command| command[1] == ".notice" && !command[2].is_empty()), "{told:?}");
    chat.handle("click", "before", "\n");
    assert_eq!(of(&commands(&mut chat), "send").len(), 1);
    chat.handle("answer", "before:msg_5", &part(3..=4, 2));
    let come = commands(&mut chat);
    assert!(come.iter().any(|command| command[1] == ".notice" && command[2].is_empty()), "{come:?}");
    assert_eq!(put_before(&come)[1], "1");
}

#[test]
fn of_a_conversation_that_is_gone_nothing_more_is_asked_for() {
    let mut chat = at_the_end();
    chat.handle("ask", "", "And then?");
    commands(&mut chat);
    chat.handle("answer", "1", "404\n{\"error\":{\"code\":\"not_found\"}}");
    let gone = commands(&mut chat);
    let log = gone.iter().find(|command| command[1] == ".log").map(|command| command[2].clone()).unwrap();
    assert!(!log.contains("data-do='before'") && log.contains("id='m0'") && log.contains("id='m3'"), "{log}");
    // What it says stays until the visitor tries again, in another conversation.
    chat.handle("click", "retry", "\n");
    let again = commands(&mut chat);
    let body = again.iter().find(|command| command[0] == "stream").map(|command| command[2].as_str());
    assert!(body.is_some_and(|body| !body.contains("conv_1") && body.contains("And then?")), "{body:?}");
}
