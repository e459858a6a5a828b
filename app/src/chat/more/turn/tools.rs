//! What can be done with an answer: copied, as it was written and formatted, and rated.

use hammock_contract::{MessageId, chat::Message};
use leptos::prelude::*;

use crate::{
    chat::{api::rate_message, more::feedback_dialog::FeedbackArgument},
    t,
    ui::{CopyButton, IconButton, use_toaster},
};

/// An answer as it is pasted elsewhere: the numbers of its sources, whose links lead nowhere there, stand in brackets.
fn pasted(blocks: &[String]) -> String {
    let whole = blocks.concat();
    let (mut html, mut rest) = (String::with_capacity(whole.len()), whole.as_str());
    while let Some((before, link)) = rest.split_once("<a class=\"cite\"") {
        let number = link.split_once('>').and_then(|(_, inside)| inside.split_once("</a>"));
        let (number, after) = number.unwrap_or(("", ""));
        html.push_str(before);
        html.push('[');
        html.push_str(number);
        html.push(']');
        rest = after;
    }
    html.push_str(rest);
    html
}

/// Copies the answer, and says whether it helped.
#[component]
pub fn Tools(message: RwSignal<Message>) -> impl IntoView {
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
            match rate_message(id.clone(), wanted).await {
                Ok(()) if wanted == Some(false) => ask(id),
                Ok(()) if wanted == Some(true) => toaster.say(t!("feedback.told")),
                Ok(()) => {}
                Err(error) => {
                    message.update(|message| message.rating = before);
                    toaster.refuse(&error.0);
                }
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
    use super::pasted;

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
}
