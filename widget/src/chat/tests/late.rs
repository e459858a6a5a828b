//! Answers that come when another conversation is shown.

use super::*;

const LIST: &str = "200\n{\"items\":[{\"id\":\"conv_1\",\"title\":\"When?\"},{\"id\":\"conv_0\",\"title\":\"Old\"}]}";
const REFUSED: &str = "500\n{\"error\":{\"code\":\"internal\"}}";

/// A conversation with an answer that does not know.
fn said(conversation: &str, answer: &str) -> String {
    format!(
        "200\n{{\"id\":\"{conversation}\",\"messages\":[{{\"id\":\"msg_8\",\"author\":\"user\",\"text\":\"In {conversation}\",\
         \"state\":\"complete\"}},{{\"id\":\"{answer}\",\"author\":\"assistant\",\"text\":\"N\",\"blocks\":[\"<p>N</p>\"],\
         \"state\":\"complete\",\"answer_kind\":\"not_found\"}}]}}"
    )
}

/// Opens one of the list.
fn open_of_list(chat: &mut Chat, place: &str) {
    chat.handle("click", "earlier", "\n");
    chat.handle("answer", "list", LIST);
    chat.handle("click", "open", &format!("{place}\n"));
}

#[test]
fn a_thumb_a_comment_and_an_address_stay_with_their_message() {
    for answer in ["200\n{}", REFUSED] {
        let mut chat = answering();
        chat.chunk(1, DONE.replace("\"model\"", "\"not_found\"").as_bytes());
        chat.handle("click", "down", "1\n");
        chat.handle("click", "tell", "1\nIt is old");
        chat.handle("click", "contact", "1\njan@example.org");
        open_of_list(&mut chat, "1");
        chat.handle("answer", "load:conv_0", &said("conv_0", "msg_9"));
        commands(&mut chat);
        for tag in ["rate:msg_2", "tell:msg_2", "contact:msg_2"] {
            chat.handle("answer", tag, answer);
            let late = commands(&mut chat);
            assert!(of(&late, "html").is_empty() && of(&late, "set").is_empty(), "{tag}: {late:?}");
        }
        // Nor is it there when all is drawn anew.
        chat.handle("click", "earlier", "\n");
        chat.handle("answer", "list", LIST);
        chat.handle("click", "earlier", "\n");
        let log = last(&commands(&mut chat), "html", ".log").unwrap();
        assert!(log.contains("In conv_0") && !log.contains("Thank you.") && !log.contains("You will hear from us."));
    }
}

#[test]
fn what_was_chosen_last_is_shown_whatever_arrives_last() {
    for older in [said("conv_0", "msg_9"), REFUSED.to_owned(), "404\n{}".to_owned()] {
        let mut chat = answering();
        chat.chunk(1, DONE.as_bytes());
        open_of_list(&mut chat, "1");
        open_of_list(&mut chat, "0");
        commands(&mut chat);
        chat.handle("answer", "load:conv_0", &older);
        let late = commands(&mut chat);
        assert!(of(&late, "html").is_empty() && of(&late, "store").is_empty(), "{late:?}");
        chat.handle("answer", "load:conv_1", &said("conv_1", "msg_2"));
        let log = last(&commands(&mut chat), "html", ".log").unwrap();
        assert!(log.contains("In conv_1") && !log.contains("In conv_0"), "{log}");
    }
}

#[test]
fn what_was_to_stand_before_a_conversation_that_was_left_is_not_told_of_in_another() {
    let mut chat = chat("hmv_1\nconv_1\n4");
    let long = said("conv_1", "msg_2").replace("]}", "],\"earlier\":4}");
    chat.handle("answer", "load:conv_1", &long);
    commands(&mut chat);
    chat.handle("click", "before", "\n");
    assert_eq!(of(&commands(&mut chat), "send").len(), 1);
    chat.handle("click", "new", "\n");
    commands(&mut chat);
    chat.handle("answer", "before:msg_8", REFUSED);
    assert!(of(&commands(&mut chat), "html").is_empty());
}
