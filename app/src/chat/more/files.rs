//! The chips above the input: each file or picture for the next question, how far it is, and what is wrong with it.

use std::time::Duration;

use hammock_contract::{
    ApiError, AttachmentId, ErrorKind,
    attachment::{Attachment, AttachmentKind, AttachmentState, MOST_ATTACHMENTS},
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

use crate::{
    chat::{
        api::{find_attachment, remove_attachment},
        files::Files,
    },
    i18n,
    sent::{answer, send_file},
    t,
    ui::{ErrorText, Icon, IconButton, Progress, number::size, sleep::sleep},
};

/// How long until it is looked again whether a file was read.
const LOOK_AGAIN: Duration = Duration::from_millis(600);

/// How a file stands.
#[derive(Clone, PartialEq)]
enum State {
    /// It is being sent.
    Sending,
    /// It has arrived, and is being read.
    Reading(AttachmentId),
    /// The next question is sent with it.
    Ready(AttachmentId),
    /// It was refused, or could not be read.
    Failed(ApiError, Option<AttachmentId>),
}

impl State {
    /// What a file that has arrived is.
    fn of(attachment: Attachment) -> Self {
        let Attachment { id, state, error, .. } = attachment;
        match state {
            AttachmentState::Processing => Self::Reading(id),
            AttachmentState::Ready => Self::Ready(id),
            AttachmentState::Failed => Self::Failed(error.unwrap_or_else(ApiError::not_found), Some(id)),
        }
    }

    fn id(&self) -> Option<&AttachmentId> {
        match self {
            Self::Sending => None,
            Self::Reading(id) | Self::Ready(id) => Some(id),
            Self::Failed(_, id) => id.as_ref(),
        }
    }
}

/// One file. Files come in effects; what is made there goes with the next run, so these signals belong to nobody.
#[derive(Clone)]
struct Chip {
    number: usize,
    name: String,
    bytes: u64,
    is_picture: bool,
    percent: ArcRwSignal<u64>,
    state: ArcRwSignal<State>,
}

/// The files for the next question, and the place where files are dropped.
#[component]
pub fn FileChips(
    /// What the page knows of them.
    argument: Files,
) -> impl IntoView {
    let files = argument;
    let chips = RwSignal::new(Vec::<Chip>::new());
    let too_many = RwSignal::new(false);
    let next = StoredValue::new(0_usize);
    Effect::new(move |_| {
        files.came.track();
        for file in files.new_ones() {
            let has_room = chips.with_untracked(|chips| chips.len() < MOST_ATTACHMENTS);
            too_many.set(!has_room);
            if has_room {
                let number = next.get_value();
                next.set_value(number + 1);
                begin(chips, number, file);
            }
        }
    });
    Effect::new(move |_| {
        // Also where none of those that came had room.
        files.came.track();
        let states: Vec<State> = chips.get().iter().map(|chip| chip.state.get()).collect();
        files.wait.set(states.iter().any(|state| matches!(state, State::Sending | State::Reading(_))));
        files.ready.set(
            states.into_iter().filter_map(|state| if let State::Ready(id) = state { Some(id) } else { None }).collect(),
        );
    });
    Effect::new(move |_| {
        let sent = files.sent.get();
        let was_sent = |chip: &Chip| chip.state.with_untracked(|state| state.id().is_some_and(|id| sent.contains(id)));
        chips.update(|chips| chips.retain(|chip| !was_sent(chip)));
        too_many.set(false);
    });
    let said = move || {
        chips.with(|chips| {
            let is_ready = |chip: &&Chip| chip.state.with(|state| matches!(state, State::Ready(_)));
            let ready = chips.iter().filter(is_ready).count();
            if chips.is_empty() { String::new() } else { t!("chat.files_ready", ready = ready, total = chips.len()) }
        })
    };
    view! {
        <Show when=move || files.over.get()>
            <div class="drop-over" aria-hidden="true"><p><Icon name="upload" />{t!("chat.drop_files")}</p></div>
        </Show>
        <p class="visually-hidden" role="status">{said}</p>
        <Show when=move || too_many.get()>
            <p class="refused" role="alert">
                <Icon name="circle-x" /><span>{t!("chat.files_most", most = MOST_ATTACHMENTS)}</span>
            </p>
        </Show>
        <Show when=move || chips.with(|chips| chips.iter().any(|chip| chip.is_picture))>
            <p class="file-note">{t!("chat.files_pictures")}</p>
        </Show>
        <Show when=move || chips.with(|chips| !chips.is_empty())>
            <ul class="file-chips" aria-label=t!("chat.attached")>
                <For each=move || chips.get() key=|chip| chip.number let:chip>
                    <ChipView files chips chip />
                </For>
            </ul>
        </Show>
    }
}

#[component]
fn ChipView(files: Files, chips: RwSignal<Vec<Chip>>, chip: Chip) -> impl IntoView {
    let Chip { number, name, bytes, is_picture, percent, state } = chip;
    let locale = i18n::locale();
    let (sending, shown) = (name.clone(), state.clone());
    let how = move || match shown.get() {
        State::Sending => {
            let (label, percent) = (t!("chat.file_sending", name = sending), percent.clone());
            let done = Signal::derive(move || percent.get());
            view! { <Progress label=label done=done total=Some(100_u64) /> }.into_any()
        }
        State::Reading(_) => view! { <span class="small muted">{t!("chat.file_reading")}</span> }.into_any(),
        State::Ready(_) => view! { <span class="small muted">{size(locale, bytes)}</span> }.into_any(),
        State::Failed(error, _) => {
            view! { <span class="small bad"><Icon name="alert-circle" /><ErrorText error /></span> }.into_any()
        }
    };
    let remove = move |_: MouseEvent| {
        let id = state.with_untracked(|state| state.id().cloned());
        chips.update(|chips| chips.retain(|chip| chip.number != number));
        // The button goes away with the click: the focus would be lost with it.
        files.called.update(|times| *times += 1);
        if let Some(id) = id {
            spawn_local(forget(id));
        }
    };
    let icon = if is_picture { "eye" } else { "file-text" };
    view! {
        <li>
            <Icon name=icon />
            <span class="truncate" title=name.clone()>{name.clone()}</span>
            {how}
            <IconButton icon="x" label=t!("chat.file_remove", name = name) on_click=remove />
        </li>
    }
}

/// Shows a file, sends it, and looks until it was read.
fn begin(chips: RwSignal<Vec<Chip>>, number: usize, file: web_sys::File) {
    let chip = Chip {
        number,
        name: file.name(),
        bytes: whole(file.size()),
        is_picture: AttachmentKind::of(&file.type_()) == AttachmentKind::Picture,
        percent: ArcRwSignal::new(0),
        state: ArcRwSignal::new(State::Sending),
    };
    let (percent, state, name) = (chip.percent.clone(), chip.state.clone(), chip.name.clone());
    chips.update(|chips| chips.push(chip));
    spawn_local(async move {
        let heard = percent.clone();
        let arrived = match send_file("/api/v1/attachments", &file, &name, move |now| heard.set(now)).await {
            Ok((status, body)) => answer::<Attachment>(status, &body),
            Err(error) => Err(error),
        };
        let mut now = arrived.map_or_else(|error| State::Failed(error, None), State::of);
        loop {
            // It was removed meanwhile, or the page is gone.
            let is_there = chips.try_with_untracked(|chips| chips.iter().any(|chip| chip.number == number));
            if is_there != Some(true) {
                if let (Some(false), Some(id)) = (is_there, now.id()) {
                    forget(id.clone()).await;
                }
                return;
            }
            state.set(now.clone());
            let State::Reading(id) = now else { return };
            sleep(LOOK_AGAIN).await;
            now = match find_attachment(id.clone()).await {
                Ok(attachment) => State::of(attachment),
                Err(error) if error.0.kind == ErrorKind::NotFound => State::Failed(error.0, None),
                // The server may be there again in a moment.
                Err(_) => State::Reading(id),
            };
        }
    });
}

/// Removes a file from the server. One that stays because nobody answers is never sent, and removed there after a day.
async fn forget(id: AttachmentId) {
    let _ = remove_attachment(id).await;
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes of files are whole and small enough"
)]
fn whole(bytes: f64) -> u64 {
    bytes as u64
}
