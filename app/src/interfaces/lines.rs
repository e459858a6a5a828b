//! A list of short texts that are typed one to a line: origins, questions to offer.

use leptos::{ev::MouseEvent, html, prelude::*};

use crate::ui::{Button, Icon, IconButton, fault::Fault, refocus::to_adding};

/// The texts, with a number each that stays with it while others come and go.
///
/// They are made in the handlers of buttons; what is made there belongs to the button and would go with it, so these belong to
/// nobody.
#[derive(Clone, Copy)]
pub struct Lines {
    all: RwSignal<Vec<(usize, ArcRwSignal<String>)>>,
    next: StoredValue<usize>,
}

impl Lines {
    /// None yet.
    pub fn new() -> Self {
        Self { all: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }

    /// Replaces them all. Where they are the same already, their fields stay, and one of them may keep the focus.
    pub fn fill(self, texts: &[String]) {
        let same = self.all.with_untracked(|all| {
            all.len() == texts.len() && all.iter().zip(texts).all(|((_, line), text)| line.get_untracked() == *text)
        });
        if same {
            return;
        }
        self.all.set(Vec::new());
        for text in texts {
            self.add(text.clone());
        }
    }

    /// Adds one; its number.
    pub fn add(self, text: String) -> usize {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        self.all.update(|all| all.push((number, ArcRwSignal::new(text))));
        number
    }

    /// Removes one by its number.
    pub fn remove(self, number: usize) {
        self.all.update(|all| all.retain(|(known, _)| *known != number));
    }

    /// How many lines there are, empty ones too.
    pub fn number(self) -> usize {
        // On the server a page may be looked through once more while it is already being cleared away.
        self.all.try_with(Vec::len).unwrap_or_default()
    }

    /// The texts without the empty ones.
    pub fn texts(self) -> Vec<String> {
        let typed: Vec<String> = self
            .all
            .try_with(|all| all.iter().map(|(_, text)| text.get().trim().to_owned()).collect())
            .unwrap_or_default();
        typed.into_iter().filter(|text| !text.is_empty()).collect()
    }
}

/// What an editor of lines says.
#[derive(Clone, Copy)]
pub struct LineWords {
    /// What the lines are.
    pub legend: &'static str,
    /// What one line is.
    pub label: &'static str,
    /// A line under the legend; none where it is empty.
    pub hint: &'static str,
    /// On the button that adds a line.
    pub add: &'static str,
    /// On the button that removes one.
    pub remove: &'static str,
}

/// Says what is wrong with a line, if anything is.
pub type Judge = fn(&str) -> Option<&'static str>;

/// The lines as fields. Each says itself what is wrong with it.
#[component]
pub fn LineEditor(
    /// The lines.
    lines: Lines,
    /// What is said around them.
    words: LineWords,
    /// The name; with the number of a line it makes its id.
    name: &'static str,
    /// The most lines.
    most: usize,
    /// What is wrong with a line.
    fault: Judge,
    /// What the server finds wrong with them.
    error: Signal<Option<String>>,
    /// Whether they cannot be changed.
    readonly: bool,
) -> impl IntoView {
    // A line that was just added is typed into next.
    let added = StoredValue::new(None::<usize>);
    let takes_more = move || !readonly && lines.number() < most;
    view! {
        <fieldset class="field">
            <legend>{words.legend}</legend>
            {(!words.hint.is_empty()).then(|| view! { <p class="hint">{words.hint}</p> })}
            <ul class="suggestions-edit">
                <For each=move || lines.all.try_get().unwrap_or_default() key=|(number, _)| *number let:line>
                    {
                        let (number, text) = line;
                        view! {
                            <Line
                                text=RwSignal::from(text)
                                id=format!("{name}-{number}")
                                words
                                fault
                                readonly
                                takes_focus=added.get_value() == Some(number)
                                on_remove=Callback::new(move |()| lines.remove(number))
                            />
                        }
                    }
                </For>
            </ul>
            {move || {
                error.try_get().flatten().map(|text| {
                    view! { <p class="field-error" role="alert"><Icon name="alert-circle" /><span>{text}</span></p> }
                })
            }}
            <Show when=takes_more>
                <div>
                    <Button icon="plus" on_click=move |_| added.set_value(Some(lines.add(String::new())))>
                        {words.add}
                    </Button>
                </div>
            </Show>
        </fieldset>
    }
}

#[component]
fn Line(
    text: RwSignal<String>,
    id: String,
    words: LineWords,
    fault: Judge,
    readonly: bool,
    takes_focus: bool,
    on_remove: Callback<()>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let judged = Fault::new(text, Signal::stored(None::<String>), || ());
    let wrong = move || text.with(|typed| fault(typed)).unwrap_or_default();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            // The form is not sent while a line has a fault.
            input.set_custom_validity(wrong());
        }
    });
    Effect::new(move |_| {
        if let (Some(input), true) = (input.get(), takes_focus) {
            // Fails only for what is no longer on the page.
            let _ = input.focus();
        }
    });
    let shown = judged.shown();
    let is_wrong = move || shown.try_with(Option::is_some).unwrap_or_default();
    let error_id = format!("{id}-error");
    let described_by = error_id.clone();
    view! {
        <li>
            <input
                class="input"
                node_ref=input
                id=id
                aria-label=words.label
                readonly=readonly
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
                on:invalid=move |event| judged.find(&event, untrack(wrong).to_owned())
                aria-invalid=move || is_wrong().then_some("true")
                aria-describedby=move || is_wrong().then(|| described_by.clone())
            />
            {(!readonly).then(|| view! {
                <IconButton
                    icon="x"
                    label=words.remove
                    on_click=move |event: MouseEvent| {
                        to_adding(&event);
                        on_remove.run(());
                    }
                />
            })}
            {move || {
                shown.try_get().flatten().map(|text| {
                    view! {
                        <p class="field-error" id=error_id.clone()><Icon name="alert-circle" /><span>{text}</span></p>
                    }
                })
            }}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_and_go() {
        let owner = Owner::new();
        owner.set();
        let lines = Lines::new();
        lines.fill(&["one".to_owned(), "two".to_owned()]);
        let empty = lines.add("  ".to_owned());
        lines.add(" three ".to_owned());
        assert_eq!(lines.texts(), ["one", "two", "three"]);
        assert_eq!(lines.number(), 4);
        lines.remove(empty);
        assert_eq!(lines.number(), 3);
    }

    #[test]
    fn what_is_the_same_keeps_its_fields() {
        let owner = Owner::new();
        owner.set();
        let lines = Lines::new();
        lines.fill(&["one".to_owned(), "two".to_owned()]);
        let numbers = || lines.all.with_untracked(|all| all.iter().map(|(number, _)| *number).collect::<Vec<_>>());
        let before = numbers();
        lines.fill(&["one".to_owned(), "two".to_owned()]);
        assert_eq!(numbers(), before);
        lines.fill(&["one".to_owned()]);
        assert_eq!(lines.texts(), ["one"]);
        assert_ne!(numbers(), before);
    }
}
