//! The making of an answer: search, decide, write, check. One task per run; what it does reaches readers as stored events.

use std::{collections::VecDeque, sync::Arc};

use hammock_contract::{
    ApiError, CollectionId, ConversationId, MessageId, RunId, Timestamp,
    assistant::AssistantSettings,
    chat::{AnswerKind, Author, Citation, Message, MessageState, Step},
    locale::Locale,
    retrieval::PASSAGES,
    search::SearchMode,
    stream::StreamEvent,
    user::Role,
};
use hammock_llm::{ChatModel, Picture, Usage};
use hammock_retrieval::{citations, settings};
use hammock_store::{Scope, collections};
use tokio::time::Instant;

use super::{
    draft::Draft,
    greeting,
    journal::{JournalError, Storing},
    live::LiveRun,
    models::Writer,
    neighbours::Source,
    numbering::number_by_answer,
    passages::{cited, topics},
    prompt::{self, Grounds, PastTurn, mark},
    support,
    titling::Titling,
    unknown, words,
};
use crate::{
    Hammock,
    error::{for_reader, from_store},
    render::{self, Sources},
    search::Wanted,
};

/// How many events may be on their way into the database.
const AHEAD: usize = 8;

/// Everything that the making of one answer needs.
pub(super) struct Making {
    pub hammock: Hammock,
    pub scope: Scope,
    pub run: RunId,
    pub conversation: ConversationId,
    /// The message that asks, or goes on with an answer.
    pub asked_in: MessageId,
    pub answer: MessageId,
    pub settings: AssistantSettings,
    pub question: String,
    /// Whether the last answer is to be gone on with.
    pub continues: bool,
    pub history: Vec<PastTurn>,
    pub locale: Locale,
    pub live: Arc<LiveRun>,
    pub created_at: Timestamp,
    /// When it began, by the clock that only goes on.
    pub began: Instant,
    /// Why the assistant's connection cannot be used, where that is so.
    pub unusable: Option<ApiError>,
    /// What the model says that the answer took.
    pub usage: Option<Usage>,
    /// The number of the last event that was handed to the journal.
    pub sequence: u64,
    /// The last events, which may not be stored yet.
    pub storing: VecDeque<Storing>,
    /// Whether the conversation's title is to be written when the model has answered.
    pub awaits_title: bool,
}

/// What became of the writing.
pub(super) struct Written {
    pub text: String,
    pub state: MessageState,
    pub kind: AnswerKind,
    pub error: Option<ApiError>,
}

impl Making {
    /// Makes the answer to its end, whatever that is; the last event says which. What comes back is the answer where a title is to
    /// be written for it then.
    pub async fn run(&mut self, first: StreamEvent) -> Option<String> {
        if let Err(error) = self.emit(first).await {
            self.give_up(error).await;
            return None;
        }
        let mut steps = Vec::new();
        let mut citations = Vec::new();
        let written = match self.make(&mut steps, &mut citations).await {
            Ok(written) => written,
            Err(Broken::Journal(error)) => {
                self.give_up(error).await;
                return None;
            }
            Err(Broken::Failed(error)) => Written {
                text: String::new(),
                state: MessageState::Failed,
                kind: AnswerKind::Model,
                error: Some(error),
            },
        };
        // Before the message is complete: what readers were shown is not more than what is kept.
        if let Err(error) = self.settle().await {
            self.give_up(error).await;
            return None;
        }
        let message = finished(self, written, citations, steps);
        let is_models = message.state == MessageState::Complete && message.answer_kind == AnswerKind::Model;
        let said = (self.awaits_title && is_models).then(|| message.text.clone());
        if let Err(error) = self.keep(&message).await {
            tracing::error!(%error, run = %self.run, "a finished answer could not be stored");
        }
        let done = self.emit(StreamEvent::Done { message: Box::new(message) }).await;
        let stored = match done {
            Ok(()) => self.settle().await,
            Err(error) => Err(error),
        };
        if let Err(error) = stored {
            self.give_up(error).await;
            return None;
        }
        said
    }

    async fn make(
        &mut self,
        steps: &mut Vec<Step>,
        citations: &mut Vec<Citation>,
    ) -> std::result::Result<Written, Broken> {
        let visible = collections::retain_visible(&self.scope, self.hammock.store().read(), &self.settings.collections)
            .await
            .map_err(|error| Broken::Failed(from_store(error)))?;
        let model = match self.hammock.writer_of(&self.scope, &self.settings).await.map_err(Broken::Failed)? {
            Writer::Model(model) => Some(model),
            Writer::Nobody => None,
            Writer::Unusable(error) => {
                self.unusable = Some(error);
                None
            }
        };
        let began = Instant::now();
        let mut attached = self.attached(model.is_some()).await.map_err(Broken::Failed)?;
        if let Some(detail) = words::attached(self.locale, attached.files, attached.pictures, attached.sight) {
            self.step(steps, "search", detail, began).await?;
        }
        let searched_in: Vec<CollectionId> = visible.iter().chain(&attached.collections).cloned().collect();
        if searched_in.is_empty() {
            if let Some(error) = self.unusable.take() {
                return Err(Broken::Failed(error));
            }
            if model.is_none() {
                let text = words::nothing_to_answer_from(self.locale).to_owned();
                return self.say(text, AnswerKind::NotFound).await;
            }
            return self.write_freely(model, attached.shown, steps).await;
        }
        let may_greet = !self.continues && attached.is_empty();
        if let Some(courtesy) = greeting::recognise(&self.question, self.locale).filter(|_| may_greet) {
            if model.is_none() {
                let text = greeting::answer(courtesy, &self.names(&visible).await?);
                let said = self.say(text, AnswerKind::Greeting).await?;
                return Ok(Written { error: self.unusable.take(), ..said });
            }
            return self.write_freely(model, Vec::new(), steps).await;
        }

        let began = Instant::now();
        let count = searched_in.len();
        let theirs = collections::list_retrieval(&self.scope, self.hammock.store().read(), &visible)
            .await
            .map_err(|error| Broken::Failed(from_store(error)))?;
        let settings = settings::of_assistant(self.settings.strictness, &self.settings.retrieval, &theirs);
        // Not fewer than always: the evidence and the topics rest on them.
        let limit = usize::from(settings.passages.max(PASSAGES));
        let filters = &self.settings.filters;
        let wanted =
            Wanted { mode: SearchMode::Hybrid, settings: &settings, limit, filters, besides: &attached.documents };
        let mut found = self
            .hammock
            .find_passages(&self.scope, &self.query(), searched_in, wanted)
            .await
            .map_err(Broken::Failed)?;
        let with_vectors = found.vector_missing.is_none();
        let is_enough = found.is_enough(settings.threshold);
        let sent = if is_enough { found.sent(settings.passages).len() } else { 0 };
        let searched = words::Searched {
            collections: count,
            by_words: found.candidates.keyword.hits.len(),
            by_meaning: with_vectors.then_some(found.candidates.vector.len()),
            sent,
            evidence: found.evidence.value,
            threshold: settings.threshold,
        };
        self.step(steps, "search", words::searched(self.locale, searched), began).await?;

        // Not the language of the search, which an earlier question and the collection have a part in.
        let language = words::language_of(&self.question, self.locale);
        // What came with the question is what it is about, and a model may see what is asked in a picture.
        if !is_enough && !attached.has_beginnings() && !attached.is_looked_at() {
            let (detail, nearest) = (words::refused(self.locale, settings.threshold), topics(&found, language));
            let by_question = !nearest.is_empty();
            // Of what a filter leaves out nothing is told.
            let tells = !by_question && self.settings.filters.is_empty();
            let topics = if tells {
                self.hammock.examples(&self.scope, &visible).await.map_err(Broken::Failed)?
            } else {
                nearest
            };
            let decided = Step { kind: "decide".to_owned(), detail, took_ms: 0, topics: topics.clone() };
            self.add_step(steps, decided).await?;
            let mut names = self.names(&visible).await?;
            names.append(&mut attached.names);
            let mut text = unknown::not_found(language, &names, &topics, by_question);
            let unread = self.hammock.unread(&self.scope, &visible).await.map_err(Broken::Failed)?;
            if !unread.is_empty() {
                text = format!("{text}\n\n{}", unknown::unread(language, &self.names(&unread).await?));
            }
            return self.say(text, AnswerKind::NotFound).await;
        }
        found.passages.truncate(sent);
        if model.is_none() {
            attached.keep_own(&mut found.passages);
        }
        attached.add_to(&mut found.passages);
        let sources = self.hammock.sources_of(&self.scope, &found.passages).await.map_err(Broken::Failed)?;
        let apart = |Source { citation, language, parts }| (citation, (language, parts));
        let (numbered, others): (Vec<Citation>, Vec<_>) = sources.into_iter().map(apart).unzip();
        *citations = numbered;
        let grounds = Grounds { sources: citations, is_weak: !is_enough || found.evidence.is_weak() };
        let mut request = prompt::build(&self.settings, &self.history, self.asked(), Some(language), grounds, &mark());
        for ((source, citation), (language, parts)) in request.sources.iter_mut().zip(citations.iter()).zip(others) {
            source.parts = prompt::parts_in(&source.text, &citation.quote, parts);
            source.language = language;
        }
        request.pictures = attached.shown;
        if model.is_none() {
            number_by_answer(&mut request, citations);
        }
        self.emit(StreamEvent::Sources { citations: citations.clone() }).await?;
        // A thousand answers are written at once: none holds the passages longer than it must.
        drop(found);
        self.write(model, &mut request, steps, citations).await
    }

    /// Lets the model answer without sources.
    async fn write_freely(
        &mut self,
        model: Option<Arc<dyn ChatModel>>,
        pictures: Vec<Picture>,
        steps: &mut Vec<Step>,
    ) -> std::result::Result<Written, Broken> {
        let mut request = prompt::build(&self.settings, &self.history, self.asked(), None, Grounds::default(), &mark());
        request.pictures = pictures;
        self.write(model, &mut request, steps, &mut []).await
    }

    /// A short question that goes on from the last one is searched together with it.
    fn query(&self) -> String {
        let short = !self.continues && self.question.split_whitespace().count() <= 4;
        let last = self.history.iter().rev().find(|turn| !turn.by_assistant).filter(|_| short);
        match last {
            Some(last) => format!("{} {}", last.text.chars().take(400).collect::<String>(), self.question),
            None => self.question.clone(),
        }
    }

    fn asked(&self) -> prompt::Asked<'_> {
        prompt::Asked { question: &self.question, continues: self.continues }
    }

    async fn names(&self, ids: &[CollectionId]) -> std::result::Result<Vec<String>, Broken> {
        let mut names = Vec::with_capacity(ids.len());
        for id in ids {
            let row = collections::find_row(&self.scope, self.hammock.store().read(), id)
                .await
                .map_err(|error| Broken::Failed(from_store(error)))?;
            names.push(row.name);
        }
        Ok(names)
    }

    /// Says something that no model wrote.
    async fn say(&mut self, text: String, kind: AnswerKind) -> std::result::Result<Written, Broken> {
        let mut draft = Draft::new(Sources::none());
        draft.push(&text);
        self.flush(&mut draft).await?;
        Ok(Written { text, state: MessageState::Complete, kind, error: None })
    }

    pub(super) async fn flush(&mut self, draft: &mut Draft) -> std::result::Result<(), Broken> {
        for event in draft.events() {
            self.emit(event).await?;
        }
        Ok(())
    }

    pub(super) async fn step(
        &mut self,
        steps: &mut Vec<Step>,
        kind: &str,
        detail: String,
        began: Instant,
    ) -> std::result::Result<(), Broken> {
        let took_ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
        self.add_step(steps, Step { kind: kind.to_owned(), detail, took_ms, topics: Vec::new() }).await
    }

    async fn add_step(&mut self, steps: &mut Vec<Step>, step: Step) -> std::result::Result<(), Broken> {
        steps.push(step.clone());
        Ok(self.emit(StreamEvent::Step { step }).await?)
    }

    /// Hands an event to the journal and goes on: the answer is not held up for the disk. A reader sees an event once it is
    /// stored; that one could not be is learnt a few events later, or at the end.
    pub(super) async fn emit(&mut self, event: StreamEvent) -> std::result::Result<(), JournalError> {
        while self.storing.len() >= AHEAD {
            if let Some(first) = self.storing.pop_front() {
                first.stored().await?;
            }
        }
        self.sequence += 1;
        let storing = self.hammock.0.journal.append(&self.run, self.sequence, event, &self.live).await?;
        self.storing.push_back(storing);
        Ok(())
    }

    /// Waits until every event is stored.
    async fn settle(&mut self) -> std::result::Result<(), JournalError> {
        while let Some(first) = self.storing.pop_front() {
            first.stored().await?;
        }
        Ok(())
    }

    /// The title that is to be written after the end, once the model has answered so.
    pub(super) fn titling(self, answer: String) -> Titling {
        let Self { hammock, scope, run, conversation, settings, question, .. } = self;
        Titling { hammock, scope, run, conversation, settings, question, answer }
    }
}

/// Why the making broke off.
pub(super) enum Broken {
    /// Events can no longer be stored.
    Journal(JournalError),
    /// Anything else.
    Failed(ApiError),
}

impl From<JournalError> for Broken {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

/// The message as it is stored: references checked against the numbers that were issued.
pub(super) fn finished(making: &Making, written: Written, citations: Vec<Citation>, steps: Vec<Step>) -> Message {
    let sources = Sources::of(&citations);
    // What a provider says for itself is for those who can do something about it.
    let sees_reason = making.scope.role() >= Role::Administrator;
    let checked = citations::check(&written.text, |number| sources.has(number));
    let unsupported = match written.kind {
        AnswerKind::Model => support::unsupported(&checked, &citations, written.state),
        // Hammock's own words, and quotations.
        AnswerKind::Quoted | AnswerKind::Fallback | AnswerKind::NotFound | AnswerKind::Greeting => Vec::new(),
    };
    Message {
        id: making.answer.clone(),
        author: Author::Assistant,
        blocks: render::judged_blocks(&checked.text, &sources, &unsupported),
        citations: cited(citations, &checked),
        unsupported,
        text: checked.text,
        state: written.state,
        answer_kind: written.kind,
        steps,
        error: written.error.map(|error| for_reader(error, sees_reason)),
        run: Some(making.run.clone()),
        rating: None,
        created_at: making.created_at,
        siblings: None,
        assistant: None,
        attachments: Vec::new(),
    }
}
