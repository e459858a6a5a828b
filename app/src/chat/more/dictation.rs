//! Listens, shows that it does, and puts what was said into the input: by the browser's own recognition of speech where there is
//! one, else by a recording that the organisation's provider writes down.

mod browser;
mod recording;

use gloo::timers::callback::Interval;
use hammock_contract::transcription::LONGEST_RECORDING;
use js_sys::Object;
use leptos::prelude::*;
use web_sys::Blob;

use crate::{
    chat::dictation::{Dictation, recogniser},
    i18n,
    session::use_session,
    t,
    ui::Icon,
};

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nobody listens.
    Off,
    /// The browser asks the person whether it may.
    Asking,
    /// It listens.
    Listening,
    /// What was said is being written down.
    Writing,
}

/// Everything that what listens knows. Cheap to copy.
#[derive(Clone, Copy)]
struct Listening {
    dictation: Dictation,
    phase: RwSignal<Phase>,
    /// What went wrong, and what to do.
    trouble: RwSignal<Option<String>>,
    /// For how long it has listened.
    seconds: RwSignal<u64>,
    /// Whether recordings can be sent anywhere.
    transcribes: bool,
    /// What listens: it has a method `stop`.
    ear: StoredValue<Option<Object>, LocalStorage>,
    /// A recording that could not be written down.
    kept: StoredValue<Option<Blob>, LocalStorage>,
}

/// What stands above the input while somebody speaks, and when that did not work.
#[component]
pub fn DictationState(
    /// What the input knows of it.
    argument: Dictation,
) -> impl IntoView {
    let session = use_session();
    let this = Listening {
        dictation: argument,
        phase: RwSignal::new(Phase::Off),
        trouble: RwSignal::new(None),
        seconds: RwSignal::new(0),
        transcribes: untrack(move || session.transcribes()),
        ear: StoredValue::new_local(None),
        kept: StoredValue::new_local(None),
    };
    Effect::new(move |was: Option<bool>| {
        let on = argument.on.get();
        match (was.unwrap_or_default(), on) {
            (false, true) => this.begin(),
            (true, false) => this.end(),
            _ => {}
        }
        on
    });
    Effect::new(move |_| argument.is_writing.set(this.phase.get() == Phase::Writing));
    // The clock of the browser, while it listens.
    Effect::new(move |_| {
        if this.phase.get() != Phase::Listening {
            return;
        }
        // The effect drops it before it runs again.
        StoredValue::new_local(Interval::new(1_000, move || this.tick()));
    });
    // What is said is meant for the question in which it began, also when that one's conversation gets its id meanwhile.
    Effect::new(move |before: Option<()>| {
        let is_renamed = argument.draft.with(|draft| draft.is_renamed);
        if before.is_some() && !is_renamed {
            this.give_up();
        }
    });
    // A question took along what was understood.
    Effect::new(move |before: Option<()>| {
        argument.finished.track();
        if before.is_some() && matches!(this.phase.get_untracked(), Phase::Asking | Phase::Listening) {
            this.give_up();
        }
    });
    on_cleanup(move || this.silence());
    let said = move || match this.phase.get() {
        Phase::Off => "",
        Phase::Asking => t!("chat.dictation_asking"),
        Phase::Listening => t!("chat.dictation_listening"),
        Phase::Writing => t!("chat.dictation_writing"),
    };
    view! {
        <p class="visually-hidden" role="status">{said}</p>
        <Show when=move || this.phase.get() != Phase::Off>
            <p class="dictation" class:listening=move || this.phase.get() == Phase::Listening aria-hidden="true">
                <i></i>
                <b>{said}</b>
                <span class="time">{move || clock_text(this.seconds.get())}</span>
                <span class="truncate">{move || argument.heard.get()}</span>
            </p>
        </Show>
        {move || this.trouble.get().map(|text| view! {
            <p class="refused" role="alert">
                <Icon name="circle-x" />
                <span>{text}</span>
                {this.kept.with_value(Option::is_some).then(|| view! {
                    <button type="button" class="button secondary" on:click=move |_| this.write_down_again()>
                        {t!("state.retry")}
                    </button>
                })}
            </p>
        })}
    }
}

impl Listening {
    fn begin(self) {
        self.trouble.set(None);
        self.dictation.heard.set(String::new());
        self.seconds.set(0);
        self.kept.set_value(None);
        self.phase.set(Phase::Asking);
        match recogniser() {
            Some(class) => self.recognise(&class),
            None => self.record(),
        }
    }

    /// Listens no more. What was said is still understood, or written down.
    fn end(self) {
        if self.ear.with_value(Option::is_some) {
            self.hang_up();
        } else if self.phase.get_untracked() == Phase::Asking {
            self.next_round();
            self.phase.set(Phase::Off);
        }
        // The button may be about to be disabled: the focus would be lost with it.
        self.focus();
    }

    /// Drops what was said.
    fn give_up(self) {
        self.silence();
        self.kept.set_value(None);
        self.trouble.set(None);
        self.dictation.heard.set(String::new());
        self.phase.set(Phase::Off);
        self.dictation.on.set(false);
    }

    /// Listens no more, and ignores what still comes. Also when the page is already gone.
    fn silence(self) {
        self.dictation.round.update_value(|round| *round = round.wrapping_add(1));
        self.dictation.records.set_value(false);
        self.hang_up();
    }

    /// Nothing came of it.
    fn fail(self, text: &str) {
        self.trouble.set(Some(text.to_owned()));
        self.over();
    }

    fn over(self) {
        self.ear.set_value(None);
        self.dictation.heard.set(String::new());
        self.phase.set(Phase::Off);
        self.dictation.on.set(false);
    }

    fn tick(self) {
        self.seconds.update(|seconds| *seconds += 1);
        if self.seconds.get_untracked() >= LONGEST_RECORDING {
            self.trouble.set(Some(t!("chat.dictation_long").to_owned()));
            self.dictation.on.set(false);
        }
    }

    fn next_round(self) -> u32 {
        let round = self.dictation.round.get_value().wrapping_add(1);
        self.dictation.round.set_value(round);
        round
    }

    /// Whether this is still what is going on. The page may be gone.
    fn is_round(self, round: u32) -> bool {
        self.dictation.round.try_get_value() == Some(round)
    }

    /// Takes the focus back from what is beside the input; nobody who is elsewhere is called away.
    fn focus(self) {
        let Some(input) = self.dictation.input.get_untracked() else { return };
        let focused = document().active_element();
        if input.form().is_some_and(|form| form.contains(focused.as_deref())) {
            // Fails only for what is no longer on the page.
            let _ = input.focus();
        }
    }
}

/// Minutes and seconds.
fn clock_text(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The language that is spoken: that of the interface.
fn language() -> &'static str {
    i18n::locale().tag()
}

#[cfg(test)]
mod tests {
    use super::clock_text;

    #[test]
    fn time_is_told_as_on_a_clock() {
        assert_eq!([0, 9, 61, 600].map(clock_text), ["0:00", "0:09", "1:01", "10:00"]);
    }
}
