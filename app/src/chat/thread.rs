//! What a thread shows: the messages of one conversation, and the answer that is being made.

use hammock_contract::{
    AssistantId, ConversationId, MessageId, RunId,
    chat::{AnswerKind, Author, ChatRequest, Citation, Conversation, Message, MessageState},
    stream::StreamEvent,
};
use leptos::prelude::*;

use super::{answer::ending_text, files::Files};

/// How the connection to a running answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Link {
    /// Nothing runs.
    #[default]
    Idle,
    /// Events arrive.
    Open,
    /// The connection broke; it is being made again.
    Reconnecting,
}

/// A citation that is open beside the thread.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenSource {
    /// The citations of its answer.
    pub citations: Vec<Citation>,
    /// The number of the one that is open.
    pub number: u32,
}

/// The state of the thread. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Thread {
    /// The conversation; none before the first question.
    pub conversation: RwSignal<Option<ConversationId>>,
    /// Its title.
    pub title: RwSignal<String>,
    /// The assistant that answers next.
    pub assistant: RwSignal<Option<AssistantId>>,
    /// The one that the conversation was with, where that was deleted.
    pub gone: RwSignal<Option<AssistantId>>,
    /// The messages, oldest first.
    pub messages: RwSignal<Vec<(MessageId, ArcRwSignal<Message>)>>,
    /// The run whose answer streams here.
    pub run: RwSignal<Option<RunId>>,
    /// The connection to it.
    pub link: RwSignal<Link>,
    /// The source that is open beside it.
    pub source: RwSignal<Option<OpenSource>>,
    /// Why the last question could not be sent; its text is back in the input.
    pub refused: RwSignal<Option<hammock_contract::ApiError>>,
    /// What a screen reader hears.
    pub announcement: RwSignal<String>,
    /// Grows when the list of conversations has changed.
    pub list_version: RwSignal<u32>,
    /// The files and pictures for the next question.
    pub files: Files,
    /// Grows when another conversation is shown. An answer that began before belongs to what is out of sight.
    pub turn: StoredValue<u32>,
}

impl Thread {
    /// An empty thread.
    pub fn new() -> Self {
        Self {
            conversation: RwSignal::new(None),
            title: RwSignal::new(String::new()),
            assistant: RwSignal::new(None),
            gone: RwSignal::new(None),
            messages: RwSignal::new(Vec::new()),
            run: RwSignal::new(None),
            link: RwSignal::new(Link::Idle),
            source: RwSignal::new(None),
            refused: RwSignal::new(None),
            announcement: RwSignal::new(String::new()),
            list_version: RwSignal::new(0),
            files: Files::default(),
            turn: StoredValue::new(0),
        }
    }

    /// Whether what was shown in a turn still is.
    pub fn shows(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn)
    }

    /// Says how the connection of an answer stands; `false` when its conversation is out of sight.
    pub fn set_link(self, turn: u32, link: Link) -> bool {
        let is_shown = self.shows(turn);
        if is_shown {
            self.link.set(link);
        }
        is_shown
    }

    /// Leaves the answer that streams here to itself.
    fn let_go(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.run.set(None);
        self.link.set(Link::Idle);
    }

    /// Whether an answer is being made here.
    pub fn is_running(self) -> bool {
        self.link.get() != Link::Idle
    }

    /// Shows a conversation.
    pub fn show(self, conversation: Conversation) {
        self.let_go();
        self.conversation.set(Some(conversation.summary.id));
        self.title.set(conversation.summary.title);
        let is_gone = conversation.summary.assistant_name.is_empty();
        self.gone.set(is_gone.then(|| conversation.summary.assistant.clone()));
        self.assistant.set(Some(conversation.summary.assistant));
        self.messages.set(
            conversation.messages.into_iter().map(|message| (message.id.clone(), ArcRwSignal::new(message))).collect(),
        );
        self.refused.set(None);
        self.source.set(None);
    }

    /// Adds what was said elsewhere meanwhile to the same conversation.
    pub fn catch_up(self, conversation: Conversation) {
        if self.conversation.get_untracked().as_ref() == Some(&conversation.summary.id) {
            self.title.set(conversation.summary.title);
            for message in conversation.messages {
                self.add(message);
            }
        }
    }

    /// Empties the thread for a new conversation.
    pub fn clear(self) {
        self.let_go();
        if untrack(|| self.asks_nobody()) {
            self.assistant.set(None);
        }
        self.gone.set(None);
        self.conversation.set(None);
        self.title.set(String::new());
        self.messages.set(Vec::new());
        self.source.set(None);
        self.refused.set(None);
    }

    /// Whether the assistant that is to answer was deleted.
    pub fn asks_nobody(self) -> bool {
        let gone = self.gone.get();
        gone.is_some() && gone == self.assistant.get()
    }

    /// The run of the last message, if that still streams.
    pub fn unfinished(self) -> Option<RunId> {
        self.messages.with_untracked(|messages| {
            let (_, last) = messages.last()?;
            last.with_untracked(
                |message| {
                    if message.state == MessageState::Streaming { message.run.clone() } else { None }
                },
            )
        })
    }

    /// Takes one event of the answer.
    pub fn apply(self, event: StreamEvent) {
        match event {
            StreamEvent::Started { conversation, title, run, question, answer } => {
                let is_new = self.conversation.get_untracked().as_ref() != Some(&conversation);
                self.conversation.set(Some(conversation));
                self.title.set(title);
                self.run.set(Some(run.clone()));
                self.files.were_sent(&question.attachments);
                self.add(*question);
                self.add(empty_answer(answer, run));
                self.rewind();
                if is_new {
                    self.list_version.update(|version| *version += 1);
                }
            }
            StreamEvent::Step { step } => self.on_last(|message| message.steps.push(step)),
            StreamEvent::Sources { citations } => self.on_last(|message| message.citations = citations),
            StreamEvent::Delta { text, block, html } => self.on_last(|message| {
                message.text.push_str(&text);
                let block = usize::try_from(block).unwrap_or(usize::MAX).min(message.blocks.len());
                message.blocks.truncate(block + 1);
                match message.blocks.get_mut(block) {
                    Some(shown) => *shown = html,
                    None => message.blocks.push(html),
                }
            }),
            StreamEvent::Done { message } => {
                let ending = ending_text(message.state, message.error.as_ref());
                let said = [Some(text_of(&message.blocks)), ending].into_iter().flatten();
                self.announcement.set(said.collect::<Vec<_>>().join("\n"));
                self.on_last(|shown| *shown = *message);
                self.run.set(None);
                self.list_version.update(|version| *version += 1);
            }
        }
    }

    /// Empties the last answer: its events are played from the beginning, and what they have said so far may be shown
    /// already.
    fn rewind(self) {
        self.on_last(|message| {
            message.text.clear();
            message.blocks.clear();
            message.steps.clear();
        });
    }

    /// A message is shown once, however often its event arrives.
    fn add(self, message: Message) {
        self.messages.update(|messages| {
            if !messages.iter().any(|(id, _)| *id == message.id) {
                messages.push((message.id.clone(), ArcRwSignal::new(message)));
            }
        });
    }

    fn on_last(self, change: impl FnOnce(&mut Message)) {
        let last = self.messages.with_untracked(|messages| messages.last().map(|(_, message)| message.clone()));
        if let Some(last) = last {
            last.update(change);
        }
    }

    /// The request for the next question.
    pub fn request(self, text: String, continues: bool, key: String) -> ChatRequest {
        ChatRequest {
            conversation: self.conversation.get_untracked(),
            assistant: self.assistant.get_untracked(),
            text,
            continues,
            filters: Vec::new(),
            attachments: if continues { Vec::new() } else { self.files.ready.get_untracked() },
            idempotency_key: Some(key),
        }
    }
}

/// What blocks of HTML say, for people who listen: without tags, a line for each block.
fn text_of(blocks: &[String]) -> String {
    let said = |html: &String| {
        let mut text = String::with_capacity(html.len());
        for (at, piece) in html.split('<').enumerate() {
            // Before the first tag there is only text.
            let (tag, words) = if at == 0 { ("", piece) } else { piece.split_once('>').unwrap_or((piece, "")) };
            let breaks = ["p", "li", "tr", "td", "th", "br", "pre", "h", "div", "blockquote"];
            if breaks.iter().any(|name| tag.trim_start_matches('/').starts_with(name)) && !text.ends_with(' ') {
                text.push(' ');
            }
            text.push_str(words);
        }
        let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&amp;", "&")];
        let text = entities.iter().fold(text, |text, (entity, sign)| text.replace(entity, sign));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    blocks.iter().map(said).collect::<Vec<_>>().join("\n")
}

fn empty_answer(id: MessageId, run: RunId) -> Message {
    Message {
        id,
        author: Author::Assistant,
        text: String::new(),
        blocks: Vec::new(),
        state: MessageState::Streaming,
        answer_kind: AnswerKind::default(),
        citations: Vec::new(),
        unsupported: Vec::new(),
        steps: Vec::new(),
        error: None,
        run: Some(run),
        rating: None,
        created_at: hammock_contract::Timestamp::default(),
        attachments: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{
        Timestamp,
        chat::{ConversationSummary, Step},
    };

    use super::*;

    #[test]
    fn who_listens_hears_no_markup() {
        let blocks = [
            "<p>Press <strong>Add &amp; go</strong><a class=\"cite\" href=\"#cite-1\">1</a>.</p>",
            "<ul>\n<li>one</li>\n<li>a &lt; b</li>\n</ul>",
        ];
        assert_eq!(text_of(&blocks.map(str::to_owned)), "Press Add & go1.\none a < b");
    }

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
            thread.show(Conversation { summary: summary_of(ConversationId::fixed("other")), messages: Vec::new() });
            assert!(!thread.set_link(turn, Link::Open), "another one is shown");
            assert_eq!((thread.link.get_untracked(), thread.run.get_untracked()), (Link::Idle, None));
            let turn = thread.turn.get_value();
            assert!(thread.set_link(turn, Link::Reconnecting));
            thread.clear();
            assert!(!thread.shows(turn) && thread.link.get_untracked() == Link::Idle);
        });
    }

    #[test]
    fn what_was_said_elsewhere_is_added_once() {
        Owner::new().with(|| {
            let message = |id: &'static str| empty_answer(MessageId::fixed(id), RunId::fixed(id));
            let said = |conversation: &'static str, ids: &[&'static str]| Conversation {
                summary: summary_of(ConversationId::fixed(conversation)),
                messages: ids.iter().copied().map(message).collect(),
            };
            let thread = Thread::new();
            thread.show(said("some", &["one"]));
            let turn = thread.turn.get_value();
            thread.catch_up(said("some", &["one", "two"]));
            thread.catch_up(said("other", &["three"]));
            let shown = thread.messages.get_untracked();
            let ids: Vec<_> = shown.iter().map(|(id, _)| id.clone()).collect();
            assert_eq!(ids, ["one", "two"].map(MessageId::fixed));
            assert!(thread.shows(turn));
        });
    }

    #[test]
    fn who_listens_hears_how_an_answer_ended() {
        Owner::new().with(|| {
            let thread = Thread::new();
            let failed = Message {
                state: MessageState::Failed,
                ..empty_answer(MessageId::fixed("answer"), RunId::fixed("run"))
            };
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
            thread.show(Conversation { summary, messages: vec![question.clone(), so_far.clone()] });
            assert_eq!(thread.unfinished().as_ref(), Some(&run));
            let delta = |text: &str, html: &str| StreamEvent::Delta { text: text.into(), block: 0, html: html.into() };
            let answer = so_far.id.clone();
            let title = String::new();
            thread.apply(StreamEvent::Started { conversation, title, run, question: Box::new(question), answer });
            thread.apply(StreamEvent::Step { step });
            thread.apply(delta("It opens ", "<p>It opens</p>"));
            thread.apply(delta("at nine.", "<p>It opens at nine.</p>"));
            let messages = thread.messages.get_untracked();
            assert_eq!(messages.len(), 2);
            let shown = messages[1].1.get_untracked();
            assert_eq!(shown.text, "It opens at nine.");
            assert_eq!((shown.blocks, shown.steps), (vec!["<p>It opens at nine.</p>".to_owned()], so_far.steps));
        });
    }
}
