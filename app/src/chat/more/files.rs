//! The chips above the input: each file or picture for the next question, how far it is, and what is wrong with it.

mod state;

use std::{collections::HashMap, time::Duration};

use hammock_contract::{
    ApiError, AttachmentId, ErrorKind,
    attachment::{AttachmentKind, LARGEST_FILE, MOST_ATTACHMENTS},
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

use crate::{
    chat::{
        api::{find_attachment, remove_attachment},
        files::{Draft, Files, LARGEST_FILE_NAME, keep_files, kept_files},
    },
    i18n,
    sent::send_file,
    t,
    ui::{Button, ButtonKind, ErrorText, Icon, IconButton, Progress, number::size, sleep::sleep},
};
use state::{State, in_order, too_large};

/// How long until it is looked again whether a file was read.
const LOOK_AGAIN: Duration = Duration::from_millis(600);

/// How often nobody may answer to that, each time after a longer pause, until the person is asked. About ten seconds.
const MOST_MISSED: u32 = 5;

/// The files themselves by the numbers of their chips, until they have arrived. They live on the browser's one thread; the
/// server holds none.
type Originals = Option<StoredValue<HashMap<usize, web_sys::File>, LocalStorage>>;

/// One file. Files come in effects; what is made there goes with the next run, so these signals belong to nobody.
#[derive(Clone)]
struct Chip {
    number: usize,
    /// The draft that it is for.
    draft: String,
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
    let originals: Originals = cfg!(feature = "hydrate").then(|| StoredValue::new_local(HashMap::new()));
    let too_many = RwSignal::new(false);
    let next = StoredValue::new(0_usize);
    let number = move || {
        next.update_value(|next| *next += 1);
        next.get_value()
    };
    // The draft whose files are shown, and those of its files that are looked for on the server.
    let shown = RwSignal::new(None::<String>);
    let sought = RwSignal::new(Vec::<(usize, AttachmentId)>::new());
    // Why they could not be looked for; they are kept for when they are.
    let lost = RwSignal::new(None::<ApiError>);
    let here = move || {
        let shown = shown.get();
        let of_draft = |chip: &Chip| shown.as_ref() == Some(&chip.draft);
        chips.with(|chips| chips.iter().filter(|chip| of_draft(chip)).cloned().collect::<Vec<_>>())
    };
    Effect::new(move |_| {
        files.came.track();
        for file in files.new_ones() {
            let draft = files.draft.get_untracked().key;
            let count = chips.with_untracked(|chips| chips.iter().filter(|chip| chip.draft == draft).count());
            let has_room = count + sought.with_untracked(Vec::len) < MOST_ATTACHMENTS;
            too_many.set(!has_room);
            if has_room {
                begin(chips, originals, draft, number(), file);
            }
        }
    });
    Effect::new(move |before: Option<String>| {
        let Draft { key, is_renamed } = files.draft.get();
        if before.as_ref() == Some(&key) {
            return key;
        }
        if let Some(before) = before {
            chips.update(|chips| leave(chips, &before, is_renamed.then_some(&key)));
        }
        too_many.set(false);
        lost.set(None);
        let is_new = |id: &AttachmentId| {
            let is_this = |chip: &Chip| chip.state.with_untracked(|state| state.id() == Some(id));
            chips.with_untracked(|chips| !chips.iter().any(is_this))
        };
        let wanted: Vec<_> = kept_files(&key).into_iter().filter(is_new).map(|id| (number(), id)).collect();
        sought.set(wanted.clone());
        shown.set(Some(key.clone()));
        for (number, id) in wanted {
            spawn_local(find_again(files, chips, sought, lost, number, id));
        }
        key
    });
    Effect::new(move |_| {
        // Also where none of those that came had room.
        files.came.track();
        let Some(draft) = shown.get() else { return };
        let states: Vec<(usize, State)> = here().iter().map(|chip| (chip.number, chip.state.get())).collect();
        let sought = sought.get();
        let is_sought = !sought.is_empty() && lost.with(Option::is_none);
        files.wait.set(is_sought || states.iter().any(|(_, state)| state.is_on_its_way()));
        keep_files(&draft, in_order(&states, &sought).iter());
        let chips = chips.get();
        // What arrives for a question that is out of sight waits for it.
        let mut elsewhere: Vec<&String> = chips.iter().map(|chip| &chip.draft).filter(|of| **of != draft).collect();
        elsewhere.sort_unstable();
        elsewhere.dedup();
        for other in elsewhere {
            let theirs = chips.iter().filter(|chip| chip.draft == *other);
            let there: Vec<AttachmentId> = theirs.filter_map(|chip| chip.state.get().id().cloned()).collect();
            let kept = kept_files(other);
            keep_files(other, kept.iter().filter(|id| !there.contains(id)).chain(&there));
        }
        if let Some(originals) = originals {
            originals.update_value(|files| files.retain(|number, _| chips.iter().any(|chip| chip.number == *number)));
        }
        let ready = |(_, state): (usize, State)| if let State::Ready(id) = state { Some(id) } else { None };
        files.ready.set(states.into_iter().filter_map(ready).collect());
    });
    Effect::new(move |_| {
        let sent = files.sent.get();
        let was_sent = |chip: &Chip| chip.state.with_untracked(|state| state.id().is_some_and(|id| sent.contains(id)));
        chips.update(|chips| chips.retain(|chip| !was_sent(chip)));
        too_many.set(false);
    });
    let look_again = move |_: MouseEvent| {
        lost.set(None);
        // The button goes away with the click: the focus would be lost with it.
        files.called.update(|times| *times += 1);
        for (number, id) in sought.get_untracked() {
            spawn_local(find_again(files, chips, sought, lost, number, id));
        }
    };
    let said = move || {
        let chips = here();
        let is_ready = |chip: &&Chip| chip.state.with(|state| matches!(state, State::Ready(_)));
        let ready = chips.iter().filter(is_ready).count();
        if chips.is_empty() { String::new() } else { t!("chat.files_ready", ready = ready, total = chips.len()) }
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
        {move || lost.get().map(|error| view! {
            <p class="refused" role="alert">
                <Icon name="circle-x" /><ErrorText error />
                <Button kind=ButtonKind::Ghost icon="rotate-ccw" on_click=look_again>{t!("state.retry")}</Button>
            </p>
        })}
        <Show when=move || here().iter().any(|chip| chip.is_picture)>
            <p class="file-note">{t!("chat.files_pictures")}</p>
        </Show>
        <Show when=move || !here().is_empty()>
            <ul class="file-chips" aria-label=t!("chat.attached")>
                <For each=here key=|chip| chip.number let:chip>
                    <ChipView files chips originals chip />
                </For>
            </ul>
        </Show>
    }
}

#[component]
fn ChipView(files: Files, chips: RwSignal<Vec<Chip>>, originals: Originals, chip: Chip) -> impl IntoView {
    let Chip { number, name, bytes, is_picture, percent, state, .. } = chip;
    let locale = i18n::locale();
    let (sending, shown) = (name.clone(), state.clone());
    let again = {
        let (percent, state) = (percent.clone(), state.clone());
        Callback::new(move |()| {
            // The button goes away with the click: the focus would be lost with it.
            files.called.update(|times| *times += 1);
            match state.get_untracked() {
                State::Lost(_, id) => spawn_local(follow(chips, number, state.clone(), State::Reading(id))),
                _ => spawn_local(send(chips, originals, number, percent.clone(), state.clone())),
            }
        })
    };
    let how = move || match shown.get() {
        State::Sending => {
            let (label, percent) = (t!("chat.file_sending", name = sending), percent.clone());
            let done = Signal::derive(move || percent.get());
            view! { <Progress label=label done=done total=Some(100_u64) /> }.into_any()
        }
        State::Reading(_) => view! { <span class="small muted">{t!("chat.file_reading")}</span> }.into_any(),
        State::Ready(_) => view! { <span class="small muted">{size(locale, bytes)}</span> }.into_any(),
        State::Unsent(error) | State::Lost(error, _) => view! {
            <span class="small bad"><Icon name="alert-circle" /><ErrorText error /></span>
            <Button kind=ButtonKind::Ghost icon="rotate-ccw" on_click=move |_| again.run(())>
                {t!("state.retry")}
            </Button>
        }
        .into_any(),
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

/// Leaves a draft. Under its new name, its files are the same; otherwise they are looked for on the server when it is shown again,
/// unless one of them is not there: then all of them stay, in their order.
fn leave(chips: &mut Vec<Chip>, draft: &str, renamed: Option<&String>) {
    if let Some(renamed) = renamed {
        chips.iter_mut().filter(|chip| chip.draft == draft).for_each(|chip| chip.draft.clone_from(renamed));
    } else {
        let holds = chips.iter().any(|chip| chip.draft == draft && chip.state.with_untracked(State::is_held));
        chips.retain(|chip| holds || chip.draft != draft);
    }
}

/// Shows a file again that was sent to the server before, unless a question was sent with it or it is gone. Where nobody answers,
/// it stays among those that are sought, and the person is told.
async fn find_again(
    files: Files,
    chips: RwSignal<Vec<Chip>>,
    sought: RwSignal<Vec<(usize, AttachmentId)>>,
    lost: RwSignal<Option<ApiError>>,
    number: usize,
    id: AttachmentId,
) {
    let mut missed = 0;
    let found = loop {
        let error = match find_attachment(id.clone()).await {
            Ok(found) => break Some(found).filter(|found| found.conversation.is_none()),
            Err(error) if error.0.kind == ErrorKind::NotFound => break None,
            Err(error) => error.0,
        };
        if sought.try_with_untracked(|sought| sought.iter().any(|(_, other)| *other == id)) != Some(true) {
            return;
        }
        if missed == MOST_MISSED {
            return lost.set(Some(error));
        }
        // The server may be there again in a moment.
        missed += 1;
        sleep(LOOK_AGAIN * missed).await;
    };
    // Another draft may be shown by now, or another page.
    let is_sought = sought.try_update(|sought| {
        let count = sought.len();
        sought.retain(|(_, other)| *other != id);
        sought.len() < count
    });
    let Some(found) = found.filter(|_| is_sought == Some(true)) else { return };
    let chip = Chip {
        number,
        draft: files.draft.get_untracked().key,
        name: found.name.clone(),
        bytes: found.bytes,
        is_picture: found.kind == AttachmentKind::Picture,
        percent: ArcRwSignal::new(0),
        state: ArcRwSignal::new(State::Reading(id)),
    };
    let state = chip.state.clone();
    chips.update(|chips| {
        let at = chips.partition_point(|chip| chip.number < number);
        chips.insert(at, chip);
    });
    follow(chips, number, state, State::of(found)).await;
}

/// The largest file that the server takes, as the page says.
fn largest_file() -> u64 {
    let meta = document().query_selector(&format!("meta[name={LARGEST_FILE_NAME}]")).ok().flatten();
    meta.and_then(|meta| meta.get_attribute("content")?.parse().ok()).unwrap_or(LARGEST_FILE)
}

/// Shows a file, sends it, and looks until it was read. One that is too large is not sent.
fn begin(chips: RwSignal<Vec<Chip>>, originals: Originals, draft: String, number: usize, file: web_sys::File) {
    let (bytes, kind) = (whole(file.size()), AttachmentKind::of(&file.type_()));
    let refused = too_large(bytes, kind, largest_file());
    let is_refused = refused.is_some();
    let chip = Chip {
        number,
        draft,
        name: file.name(),
        bytes,
        is_picture: kind == AttachmentKind::Picture,
        percent: ArcRwSignal::new(0),
        state: ArcRwSignal::new(refused.map_or(State::Sending, |error| State::Failed(error, None))),
    };
    if is_refused {
        chips.update(|chips| chips.push(chip));
        return;
    }
    let (percent, state) = (chip.percent.clone(), chip.state.clone());
    if let Some(originals) = originals {
        originals.update_value(|files| drop(files.insert(number, file)));
    }
    chips.update(|chips| chips.push(chip));
    spawn_local(send(chips, originals, number, percent, state));
}

/// Sends a file, for the first time or again, and looks until it was read.
async fn send(
    chips: RwSignal<Vec<Chip>>,
    originals: Originals,
    number: usize,
    percent: ArcRwSignal<u64>,
    state: ArcRwSignal<State>,
) {
    let original = |originals: StoredValue<HashMap<usize, web_sys::File>, LocalStorage>| {
        originals.try_with_value(|files| files.get(&number).cloned()).flatten()
    };
    let Some(file) = originals.and_then(original) else { return };
    percent.set(0);
    state.set(State::Sending);
    let name = file.name();
    let now = match send_file("/api/v1/attachments", &file, &name, move |now| percent.set(now)).await {
        Ok((status, body)) => State::answered(status, &body),
        Err(error) => State::Unsent(error),
    };
    if let (false, Some(originals)) = (matches!(now, State::Unsent(_)), originals) {
        let _ = originals.try_update_value(|files| files.remove(&number));
    }
    follow(chips, number, state, now).await;
}

/// Shows how a file stands that has arrived, until it was read or nobody answers.
async fn follow(chips: RwSignal<Vec<Chip>>, number: usize, state: ArcRwSignal<State>, mut now: State) {
    let mut missed = 0;
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
        sleep(LOOK_AGAIN * (missed + 1)).await;
        let found = find_attachment(id.clone()).await;
        missed = if found.is_ok() { 0 } else { missed + 1 };
        now = match found {
            Ok(attachment) => State::of(attachment),
            Err(error) if error.0.kind == ErrorKind::NotFound => State::Failed(error.0, None),
            Err(error) if missed > MOST_MISSED => State::Lost(error.0, id),
            // The server may be there again in a moment.
            Err(_) => State::Reading(id),
        };
    }
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
