//! What a thread shows when events come, when another branch is chosen, and when another conversation is.

use hammock_contract::{
    AttachmentId, ErrorCode, Timestamp,
    chat::{ConversationSummary, Siblings, Step},
};

use super::*;

fn summary_of(conversation: ConversationId) -> ConversationSummary {
    ConversationSummary {
        id: conversation,
        title: String::new(),
        assistant: AssistantId::fixed("some"),
        assistant_name: String::new(),
        updated_at: Timestamp::default(),
        category: None,
        found: None,
    }
}

#[test]
fn an_answer_stays_with_its_conversation() {
    Owner::new().with(|| {
        let thread = Thread::new();
        let turn = thread.turn.get_value();
        assert!(thread.set_link(turn, Link::Open));
        thread.run.set(Some(RunId::fixed("run")));
        thread.show(Conversation {
            summary: summary_of(ConversationId::fixed("other")),
            messages: Vec::new(),
            earlier: 0,
        });
        assert!(!thread.set_link(turn, Link::Open), "another one is shown");
        assert_eq!((thread.link.get_untracked(), thread.run.get_untracked()), (Link::Idle, None));
        let turn = thread.turn.get_value();
        assert!(thread.set_link(turn, Link::Reconnecting));
        thread.clear();
        assert!(!thread.shows(turn) && thread.link.get_untracked() == Link::Idle);
    });
}

#[test]
fn a_question_that_may_have_arrived_is_sent_again_with_its_key_as_long_as_it_is_the_same() {
    Owner::new().with(|| {
        let thread = Thread::new();
        let key_of = |text: &str, key: &str| {
            thread.again(thread.request(text.to_owned(), false, key.to_owned())).idempotency_key.unwrap()
        };
        let asked = || thread.request("When?".to_owned(), false, "first".to_owned());
        let lost = || thread.unsent.set_value(Some(Unsent::of(&asked())));
        assert_eq!(key_of("When?", "new"), "new");
        lost();
        assert_eq!(key_of("When?", "new"), "first");
        // It is known now what became of it.
        assert_eq!(key_of("When?", "new"), "new");
        lost();
        assert_eq!(key_of("Where?", "new"), "new");
        lost();
        thread.files.ready.set(vec![AttachmentId::fixed("file")]);
        assert_eq!(key_of("When?", "new"), "new");
        // After a reload nobody knows which files it had.
        thread.unsent.set_value(Some(Unsent { attachments: None, ..Unsent::of(&asked()) }));
        assert_eq!(key_of("When?", "new"), "first");
        lost();
        thread.conversation.set(Some(ConversationId::fixed("other")));
        assert_eq!(key_of("When?", "new"), "new");
    });
}

#[test]
fn why_a_question_came_back_is_told_in_its_conversation_alone() {
    Owner::new().with(|| {
        let thread = Thread::new();
        let conversation =
            |id| Conversation { summary: summary_of(ConversationId::fixed(id)), messages: Vec::new(), earlier: 0 };
        let why = |code| Some(hammock_contract::ApiError::new(code, "no"));
        let (before, back) = (why(ErrorCode::AnswerRunning), why(ErrorCode::TooManyAttempts));
        thread.show(conversation("first"));
        thread.refused.set(before);
        // It comes back into the input before its conversation is shown.
        thread.tell_return(back.clone());
        assert_eq!(thread.refused.get_untracked(), back);
        thread.show(conversation("second"));
        assert_eq!(thread.refused.get_untracked(), back);
        thread.show(conversation("third"));
        assert_eq!(thread.refused.get_untracked(), None);
        thread.tell_return(back.clone());
        thread.clear();
        assert_eq!(thread.refused.get_untracked(), back);
        thread.tell_return(None);
        thread.clear();
        assert_eq!(thread.refused.get_untracked(), None);
    });
}

#[test]
fn who_listens_hears_how_an_answer_ended() {
    Owner::new().with(|| {
        let thread = Thread::new();
        let failed =
            Message { state: MessageState::Failed, ..empty_answer(MessageId::fixed("answer"), RunId::fixed("run")) };
        thread.apply(StreamEvent::Done { message: Box::new(failed) });
        let announced = thread.announcement.get_untracked();
        assert!(announced.contains("The answer could not be made."), "{announced}");
    });
}

#[test]
fn an_answer_that_is_shown_in_part_is_not_shown_twice() {
    Owner::new().with(|| {
        let (run, conversation) = (RunId::fixed("run"), ConversationId::fixed("some"));
        let question = Message { author: Author::User, ..empty_answer(MessageId::fixed("asked"), run.clone()) };
        let step = Step { kind: "search".to_owned(), detail: String::new(), took_ms: 1, topics: Vec::new() };
        let so_far = Message {
            text: "It opens ".to_owned(),
            blocks: vec!["<p>It opens</p>".to_owned()],
            steps: vec![step.clone()],
            ..empty_answer(MessageId::fixed("answer"), run.clone())
        };
        let summary = summary_of(conversation.clone());
        let thread = Thread::new();
        thread.show(Conversation { summary, messages: vec![question.clone(), so_far.clone()], earlier: 0 });
        assert_eq!(thread.unfinished().as_ref(), Some(&run));
        let delta = |text: &str, html: &str| StreamEvent::Delta { text: text.into(), block: 0, html: html.into() };
        let answer = so_far.id.clone();
        let title = String::new();
        thread.apply(StreamEvent::Started { conversation, title, run, question: Box::new(question), answer });
        thread.apply(StreamEvent::Step { step });
        assert_eq!(thread.taken.get_untracked(), 0, "nobody asked here");
        thread.apply(delta("It opens ", "<p>It opens</p>"));
        thread.apply(delta("at nine.", "<p>It opens at nine.</p>"));
        let messages = thread.messages.get_untracked();
        assert_eq!(messages.len(), 2);
        let shown = messages[1].1.get_untracked();
        assert_eq!(shown.text, "It opens at nine.");
        assert_eq!((shown.blocks, shown.steps), (vec!["<p>It opens at nine.</p>".to_owned()], so_far.steps));
    });
}

#[test]
fn another_branch_takes_the_place_of_what_is_shown() {
    Owner::new().with(|| {
        let message = |id: &'static str| empty_answer(MessageId::fixed(id), RunId::fixed(id));
        let said = |messages: Vec<Message>| Conversation {
            summary: summary_of(ConversationId::fixed("some")),
            messages,
            earlier: 0,
        };
        let ids = |thread: Thread| thread.messages.get_untracked().into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        let thread = Thread::new();
        thread.show(said(["one", "two", "three"].map(message).to_vec()));
        let kept = thread.messages.get_untracked()[0].1.clone();
        let siblings = Siblings { position: 1, count: 2, before: None, after: Some(MessageId::fixed("one more")) };
        let first = Message { siblings: Some(siblings.clone()), ..message("one") };
        thread.catch_up(said(vec![first, message("other")]));
        assert_eq!(ids(thread), ["one", "other"].map(MessageId::fixed));
        assert_eq!(kept.get_untracked().siblings, Some(siblings), "the same message, which knows its place now");
    });
}

#[test]
fn a_question_on_its_way_is_shown_until_it_is_taken_or_out_of_sight() {
    Owner::new().with(|| {
        let thread = Thread::new();
        let send = || thread.sending.shown.set(Some("When?".to_owned()));
        let is_shown = || thread.sending.shown.with_untracked(Option::is_some);
        send();
        thread.clear();
        assert!(!is_shown(), "a new chat");
        send();
        let conversation = ConversationId::fixed("some");
        thread.show(Conversation { summary: summary_of(conversation.clone()), messages: Vec::new(), earlier: 0 });
        assert!(!is_shown(), "another conversation");
        send();
        let (run, title) = (RunId::fixed("some"), String::new());
        let asked = Message { author: Author::User, ..empty_answer(MessageId::fixed("asked"), run.clone()) };
        let (question, answer) = (Box::new(asked), MessageId::fixed("answer"));
        thread.apply(StreamEvent::Started { conversation, title, run, question, answer });
        assert!(!is_shown() && thread.messages.with_untracked(Vec::len) == 2, "it stands among the messages");
    });
}

#[test]
fn what_is_replaced_goes_once_the_question_is_taken() {
    Owner::new().with(|| {
        let message = |id: &'static str| empty_answer(MessageId::fixed(id), RunId::fixed(id));
        let conversation = ConversationId::fixed("some");
        let thread = Thread::new();
        let messages = ["asked", "answer", "later"].map(message).to_vec();
        thread.show(Conversation { summary: summary_of(conversation.clone()), messages, earlier: 0 });
        thread.replaced.set_value(Some(MessageId::fixed("answer")));
        let request = thread.request(String::new(), false, String::new());
        assert_eq!(request.replaces, Some(MessageId::fixed("answer")));
        thread.source.set(Some(OpenSource { citations: Vec::new(), number: 1 }));
        assert_eq!(thread.messages.get_untracked().len(), 3, "it may be refused");
        let run = RunId::fixed("again");
        let (question, answer) = (Box::new(message("asked")), MessageId::fixed("again"));
        let started = StreamEvent::Started { conversation, title: String::new(), run, question, answer };
        // Also when it is sent twice, after the connection broke.
        for _ in 0..2 {
            thread.apply(started.clone());
            let ids: Vec<_> = thread.messages.get_untracked().into_iter().map(|(id, _)| id).collect();
            assert_eq!(ids, ["asked", "again"].map(MessageId::fixed));
            assert_eq!(thread.taken.get_untracked(), 1);
            assert_eq!(thread.source.get_untracked(), None, "a source of what is gone");
        }
        assert_eq!(thread.request(String::new(), false, String::new()).replaces, None);
    });
}

#[test]
fn who_answers_is_asked_for_where_there_are_several() {
    Owner::new().with(|| {
        let thread = Thread::new();
        thread.show(Conversation {
            summary: summary_of(ConversationId::fixed("some")),
            messages: Vec::new(),
            earlier: 0,
        });
        let (same, other) = (AssistantId::fixed("some"), AssistantId::fixed("other"));
        assert!(!thread.answers_by_another(Some(&same)) && thread.answers_by_another(Some(&other)));
    });
}
