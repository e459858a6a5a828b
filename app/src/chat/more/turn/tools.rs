//! What can be done with an answer: copied, as it was written and formatted, and rated.

use hammock_contract::{MessageId, chat::Message};
use leptos::prelude::*;

use crate::{
    chat::{api::rate_message, more::feedback_dialog::FeedbackArgument, thread::Thread},
    t,
    ui::{CopyButton, IconButton, use_toaster},
};

/// An answer as it is pasted elsewhere: the numbers of its sources, whose links lead nowhere there, stand in brackets, and what
/// is said of its sentences here is no part of them.
fn pasted(blocks: &[String]) -> String {
    let number = |link: &str| format!("[{}]", link.split_once('>').map_or("", |(_, number)| number));
    let nothing = |_: &str| String::new();
    let html = replaced(&blocks.concat(), "<a class=\"cite\"", "</a>", &number);
    let html = replaced(&html, "<span class=\"visually-hidden\">", "</span>", &nothing);
    replaced(&html, "<mark class=\"unsupported\"", ">", &nothing).replace("</mark>", "")
}

/// HTML in which `instead` stands for each piece from `begin` to `end`; it is given what is between them.
fn replaced(html: &str, begin: &str, end: &str, instead: &dyn Fn(&str) -> String) -> String {
    let (mut out, mut rest) = (String::with_capacity(html.len()), html);
    while let Some((before, piece)) = rest.split_once(begin) {
        let (inside, after) = piece.split_once(end).unwrap_or((piece, ""));
        out.push_str(before);
        out.push_str(&instead(inside));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Takes what became of a thumb: one that was refused is not shown, unless another one was given since. Whether the answer is still
/// there to say something about it: another conversation may be shown by now.
fn settle(thread: Thread, id: &MessageId, given: Option<bool>, before: Option<bool>, is_taken: bool) -> bool {
    let find = |all: &Vec<(MessageId, ArcRwSignal<Message>)>| {
        all.iter().find(|(other, _)| other == id).map(|(_, message)| message.clone())
    };
    let Some(message) = thread.messages.try_with_untracked(find).flatten() else { return false };
    if !is_taken && message.with_untracked(|message| message.rating == given) {
        message.update(|message| message.rating = before);
    }
    true
}

/// Copies the answer, and says whether it helped.
#[component]
pub fn Tools(thread: Thread, message: RwSignal<Message>) -> impl IntoView {
    let toaster = use_toaster();
    let rating = Memo::new(move |_| message.with(|message| message.rating));
    let feedback = use_context::<FeedbackArgument>();
    let ask = move |id: MessageId| {
        if let Some(feedback) = feedback {
            feedback.ask(id);
        }
    };
    let rate = Callback::new(move |up: bool| {
        let before = rating.get_untracked();
        let wanted = if before == Some(up) { None } else { Some(up) };
        message.update(|message| message.rating = wanted);
        let id = message.with_untracked(|message| message.id.clone());
        leptos::task::spawn_local(async move {
            let told = rate_message(id.clone(), wanted).await;
            if !settle(thread, &id, wanted, before, told.is_ok()) {
                return;
            }
            match told {
                Ok(()) if wanted == Some(false) => ask(id),
                Ok(()) if wanted == Some(true) => toaster.say(t!("feedback.told")),
                Ok(()) => {}
                Err(error) => toaster.refuse(&error.0),
            }
        });
    });
    view! {
        <div class="tools">
            <CopyButton
                text=Signal::derive(move || message.with(|message| message.text.clone()))
                html=Signal::derive(move || message.with(|message| pasted(&message.blocks)))
            />
            <IconButton icon="thumbs-up" label=t!("chat.good") pressed=Signal::derive(move || rating.get() == Some(true))
                on_click=move |_| rate.run(true) />
            <IconButton icon="thumbs-down" label=t!("chat.bad") pressed=Signal::derive(move || rating.get() == Some(false))
                on_click=move |_| rate.run(false) />
            <Show when=move || rating.get() == Some(false)>
                <IconButton icon="pencil" label=t!("feedback.change")
                    on_click=move |_| ask(message.with_untracked(|message| message.id.clone())) />
            </Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{
        AssistantId, ConversationId, RunId, Timestamp,
        chat::{Conversation, ConversationSummary},
    };

    use super::*;
    use crate::chat::thread::empty_answer;

    fn conversation(id: &'static str, answer: &'static str) -> Conversation {
        let summary = ConversationSummary {
            id: ConversationId::fixed(id),
            title: String::new(),
            assistant: AssistantId::fixed("some"),
            assistant_name: String::new(),
            updated_at: Timestamp::default(),
            category: None,
            found: None,
        };
        let messages = vec![empty_answer(MessageId::fixed(answer), RunId::fixed("some"))];
        Conversation { summary, messages, earlier: 0 }
    }

    #[test]
    fn what_became_of_a_thumb_stays_with_its_answer() {
        Owner::new().with(|| {
            let thread = Thread::new();
            let (one, other) = (MessageId::fixed("one"), MessageId::fixed("other"));
            let rating = || thread.messages.get_untracked()[0].1.get_untracked().rating;
            let rate = |rating| thread.messages.get_untracked()[0].1.update(|message| message.rating = rating);
            thread.show(conversation("first", "one"));
            rate(Some(true));
            assert!(settle(thread, &one, Some(true), None, true));
            assert_eq!(rating(), Some(true));
            assert!(settle(thread, &one, Some(true), None, false));
            assert_eq!(rating(), None);
            // Another thumb was given since.
            rate(Some(false));
            assert!(settle(thread, &one, Some(true), None, false));
            assert_eq!(rating(), Some(false));
            // Another conversation is shown.
            thread.show(conversation("second", "other"));
            rate(Some(true));
            assert!(!settle(thread, &one, Some(true), None, false));
            assert_eq!(rating(), Some(true));
            assert!(settle(thread, &other, Some(true), None, false));
        });
    }

    #[test]
    fn numbers_of_sources_stand_in_brackets_where_an_answer_is_pasted() {
        let cite = "<a class=\"cite\" href=\"#cite-2\" rel=\"noopener noreferrer nofollow\">2</a>";
        let blocks = [
            format!("<p>At nine{cite}.</p>"),
            "<p><a href=\"https://a.example\">Here</a></p>".to_owned(),
            cite.to_owned(),
        ];
        assert_eq!(pasted(&blocks), "<p>At nine[2].</p><p><a href=\"https://a.example\">Here</a></p>[2]");
        assert_eq!(pasted(&[]), "");
    }

    #[test]
    fn what_is_said_of_a_sentence_is_not_pasted_with_it() {
        let open = "<mark class=\"unsupported\" title=\"not found in the sources\">";
        let close = "<span class=\"visually-hidden\"> (not found in the sources)</span></mark>";
        let block = format!(
            "<p>At nine. {open}At </mark><em>{open}five</mark></em>{open} &amp; never.{close} Dogs &lt;mark&gt;.</p>"
        );
        let said = "<p>At nine. At <em>five</em> &amp; never. Dogs &lt;mark&gt;.</p>";
        assert_eq!(pasted(std::slice::from_ref(&block)), said);
    }
}
