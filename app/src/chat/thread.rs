//! What a thread shows: the messages of one conversation, and the answer that is being made.

use hammock_contract::{
    AssistantId, AttachmentId, ConversationId, MessageId, RunId,
    chat::{AnswerKind, Author, ChatRequest, Citation, Conversation, Message, MessageState},
    stream::StreamEvent,
};
use leptos::prelude::*;

use super::{answer::ending_text, files::Files, sending::Sending, spoken::text_of};

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

/// A question of which nobody knows whether it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// The idempotency key that it was sent with.
    pub key: Option<String>,
    /// The conversation that it was asked in.
    pub conversation: Option<ConversationId>,
    /// Who was to answer it.
    pub assistant: Option<AssistantId>,
    /// Its text.
    pub text: String,
    /// The files and pictures that it was sent with; nothing where that is not known any more.
    pub attachments: Option<Vec<AttachmentId>>,
}

impl Unsent {
    /// What was asked with a request.
    #[cfg(any(feature = "hydrate", test))]
    pub fn of(request: &ChatRequest) -> Self {
        Self {
            key: request.idempotency_key.clone(),
            conversation: request.conversation.clone(),
            assistant: request.assistant.clone(),
            text: request.text.clone(),
            attachments: Some(request.attachments.clone()),
        }
    }

    /// Whether a request asks the same.
    fn is_asked_by(&self, request: &ChatRequest) -> bool {
        let Self { key: _, conversation, assistant, text, attachments } = self;
        (conversation, assistant, text) == (&request.conversation, &request.assistant, &request.text)
            && attachments.as_ref().is_none_or(|attachments| *attachments == request.attachments)
    }
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
    /// How many messages stand before those, still to be loaded.
    pub earlier: RwSignal<u32>,
    /// The run whose answer streams here.
    pub run: RwSignal<Option<RunId>>,
    /// The connection to it.
    pub link: RwSignal<Link>,
    /// The source that is open beside it.
    pub source: RwSignal<Option<OpenSource>>,
    /// Why the last question could not be sent; its text is back in the input.
    pub refused: RwSignal<Option<hammock_contract::ApiError>>,
    /// The same of one that has come back into the input of a conversation that is not shown yet.
    pub returned: StoredValue<Option<hammock_contract::ApiError>>,
    /// What a screen reader hears.
    pub announcement: RwSignal<String>,
    /// Grows when the list of conversations has changed.
    pub list_version: RwSignal<u32>,
    /// The assistant that the server last knew as the conversation's.
    pub asked: StoredValue<Option<AssistantId>>,
    /// The message whose place a question takes that is being sent: it and all after it go once that is taken.
    pub replaced: StoredValue<Option<MessageId>>,
    /// Grows when a question was taken that was asked here: whoever asks wants to see what comes of it.
    pub taken: RwSignal<u32>,
    /// The last question of which nobody knows whether it arrived.
    pub unsent: StoredValue<Option<Unsent>>,
    /// The question that is on its way.
    pub sending: Sending,
    /// Whether the code is there for what can be done with messages.
    pub has_tools: RwSignal<bool>,
    /// The message whose branches get the focus once they are there, and whether forwards was pressed.
    pub stepped: StoredValue<Option<(MessageId, bool)>>,
    /// The files and pictures for the next question.
    pub files: Files,
    /// Grows when more is known of the conversation, or asked for: what it was asked before is older.
    pub looks: StoredValue<u32>,
    /// Grows when another conversation is shown. An answer that began before belongs to what is out of sight.
    pub turn: StoredValue<u32>,
}

impl Default for Thread {
    fn default() -> Self {
        Self::new()
    }
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
            earlier: RwSignal::new(0),
            run: RwSignal::new(None),
            link: RwSignal::new(Link::Idle),
            source: RwSignal::new(None),
            refused: RwSignal::new(None),
            returned: StoredValue::new(None),
            announcement: RwSignal::new(String::new()),
            list_version: RwSignal::new(0),
            asked: StoredValue::new(None),
            replaced: StoredValue::new(None),
            taken: RwSignal::new(0),
            unsent: StoredValue::new(None),
            sending: Sending::default(),
            has_tools: RwSignal::new(false),
            stepped: StoredValue::new(None),
            files: Files::default(),
            looks: StoredValue::new(0),
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
        self.replaced.set_value(None);
        self.sending.end();
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
        self.asked.set_value(Some(conversation.summary.assistant.clone()));
        self.assistant.set(Some(conversation.summary.assistant));
        self.earlier.set(conversation.earlier);
        self.messages.set(entries(conversation.messages).collect());
        self.refused.set(self.returned.try_update_value(Option::take).flatten());
        self.source.set(None);
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
        self.earlier.set(0);
        self.source.set(None);
        self.refused.set(self.returned.try_update_value(Option::take).flatten());
    }

    /// Says why the question came back that is in the input, or that none did: the conversation that it was asked in is about to be
    /// shown.
    pub fn tell_return(self, refused: Option<hammock_contract::ApiError>) {
        self.returned.set_value(refused.clone());
        self.refused.set(refused);
    }

    /// Whether the assistant that is to answer was deleted.
    pub fn asks_nobody(self) -> bool {
        let gone = self.gone.get();
        gone.is_some() && gone == self.assistant.get()
    }

    /// Whether an answer of this assistant would stand among those of another one.
    pub fn answers_by_another(self, assistant: Option<&AssistantId>) -> bool {
        self.asked.with_value(|asked| asked.as_ref() != assistant)
            || self.last(|last| last.assistant.is_some()).unwrap_or_default()
    }

    /// The run of the last message, if that still streams.
    pub fn unfinished(self) -> Option<RunId> {
        let run = |last: &Message| last.run.clone().filter(|_| last.state == MessageState::Streaming);
        self.last(run).flatten()
    }

    fn last<T>(self, read: impl FnOnce(&Message) -> T) -> Option<T> {
        self.messages.with_untracked(|messages| messages.last().map(|(_, last)| last.with_untracked(read)))
    }

    /// Takes one event of the answer.
    pub fn apply(self, event: StreamEvent) {
        match event {
            StreamEvent::Started { conversation, title, run, question, answer } => {
                let is_new = self.conversation.get_untracked().as_ref() != Some(&conversation);
                self.conversation.set(Some(conversation));
                self.title.set(title);
                self.run.set(Some(run.clone()));
                self.begin_look();
                self.sending.end();
                let replaced = self.replaced.try_update_value(Option::take).flatten();
                // One that was asked elsewhere is loaded before its answer is followed.
                if replaced.is_some() || !self.has(&question.id) {
                    self.taken.update(|times| *times += 1);
                }
                if let Some(replaced) = replaced {
                    self.cut(&replaced);
                    // Its answer may be among what went.
                    self.source.set(None);
                }
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
                self.on_last(|shown| {
                    let mut message = *message;
                    // The event knows only the answer itself.
                    message.siblings = shown.siblings.take();
                    message.assistant = shown.assistant.take();
                    *shown = message;
                });
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

    /// Takes a message away, and all that came after it.
    fn cut(self, from: &MessageId) {
        self.messages.update(|messages| {
            if let Some(at) = messages.iter().position(|(id, _)| id == from) {
                messages.truncate(at);
            }
        });
    }

    /// A message is shown once, however often its event arrives.
    fn add(self, message: Message) {
        if !self.has(&message.id) {
            self.messages.update(|messages| messages.push((message.id.clone(), ArcRwSignal::new(message))));
        }
    }

    fn has(self, message: &MessageId) -> bool {
        self.messages.with_untracked(|messages| messages.iter().any(|(id, _)| id == message))
    }

    fn on_last(self, change: impl FnOnce(&mut Message)) {
        let last = self.messages.with_untracked(|messages| messages.last().map(|(_, message)| message.clone()));
        if let Some(last) = last {
            last.update(change);
        }
    }

    /// The request for the next question.
    pub fn request(self, text: String, continues: bool, key: String) -> ChatRequest {
        let replaces = self.replaced.get_value();
        // Those that wait go with a new question alone; one that is asked otherwise has those that it keeps.
        let is_new = !continues && replaces.is_none();
        ChatRequest {
            conversation: self.conversation.get_untracked(),
            assistant: self.assistant.get_untracked(),
            text,
            replaces,
            continues,
            filters: Vec::new(),
            attachments: if is_new { self.files.ready.get_untracked() } else { Vec::new() },
            idempotency_key: Some(key),
        }
    }

    /// The same with the key that it was sent with before, if it is the question of which nobody knows whether it arrived.
    pub fn again(self, request: ChatRequest) -> ChatRequest {
        let before = self.unsent.try_update_value(Option::take).flatten();
        match before.filter(|before| before.is_asked_by(&request)) {
            Some(before) => ChatRequest { idempotency_key: before.key, ..request },
            None => request,
        }
    }
}

/// Messages as the thread holds them: each changes by itself.
pub fn entries(messages: Vec<Message>) -> impl Iterator<Item = (MessageId, ArcRwSignal<Message>)> {
    messages.into_iter().map(|message| (message.id.clone(), ArcRwSignal::new(message)))
}

/// An answer without a word yet.
pub fn empty_answer(id: MessageId, run: RunId) -> Message {
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
        siblings: None,
        assistant: None,
        attachments: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
