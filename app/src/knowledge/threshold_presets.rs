//! How much evidence a collection asks for, in words: what an assistant's strictness is called, above the number itself.

use leptos::prelude::*;

use crate::{
    t,
    ui::{SelectField, number::millionths},
};

/// The choices with a number, as it is typed. The numbers are those of an assistant's strictness.
const PRESETS: [(&str, &str); 3] = [("broad", "0"), ("balanced", "0.5"), ("strict", "0.7")];
/// Another number.
const OWN: &str = "own";

/// The choice that a number stands for; the empty one where there is none.
fn preset_of(typed: &str) -> &'static str {
    if typed.trim().is_empty() {
        return "";
    }
    let number = millionths(typed);
    PRESETS.iter().find(|(_, preset)| millionths(preset) == number).map_or(OWN, |(name, _)| *name)
}

/// The number that a choice writes; nothing for one that leaves it to the person.
fn number_of(preset: &str) -> Option<&'static str> {
    match preset {
        "" => Some(""),
        _ => PRESETS.iter().find(|(name, _)| *name == preset).map(|(_, number)| *number),
    }
}

/// The choice; the number below follows it, and it follows the number.
#[component]
pub fn ThresholdPresets(
    /// The least evidence, as it is typed.
    threshold: RwSignal<String>,
) -> impl IntoView {
    let preset = RwSignal::new(threshold.with_untracked(|typed| preset_of(typed)).to_owned());
    Effect::new(move |_| {
        let meant = threshold.with(|typed| preset_of(typed));
        if preset.with_untracked(|chosen| chosen != meant) {
            preset.set(meant.to_owned());
        }
    });
    Effect::new(move |_| {
        let chosen = preset.get();
        let meant = threshold.with_untracked(|typed| preset_of(typed));
        if let Some(number) = number_of(&chosen).filter(|_| chosen != meant) {
            threshold.set(number.to_owned());
        }
    });
    let options = || {
        let named = |value: &str, name: &str| (value.to_owned(), name.to_owned());
        vec![
            named("", t!("data.preset_none")),
            named("broad", t!("assistants.broad")),
            named("balanced", t!("assistants.balanced")),
            named("strict", t!("assistants.strict")),
            named(OWN, t!("data.preset_own")),
        ]
    };
    view! {
        <SelectField label=t!("assistants.strictness") name="strictness" value=preset options=Signal::derive(options)
            hint=t!("data.preset_hint") />
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::assistant::Strictness;

    use super::*;

    #[test]
    fn a_choice_and_its_number_stand_for_each_other() {
        for (name, number) in PRESETS {
            assert_eq!((preset_of(number), number_of(name)), (name, Some(number)));
        }
        assert_eq!((preset_of(" "), number_of("")), ("", Some("")));
        assert_eq!((preset_of("0,50"), preset_of("0.35"), preset_of("many")), ("balanced", OWN, OWN));
        assert_eq!(number_of(OWN), None);
    }

    #[test]
    fn the_choices_are_those_of_an_assistant() {
        for (name, _) in PRESETS {
            assert!(serde_json::from_value::<Strictness>(serde_json::json!(name)).is_ok(), "{name}");
        }
    }
}
