//! What people made that goes with something that is about to be deleted.

use hammock_contract::deletion::{Deletion, Dependents};
use leptos::{prelude::*, task::spawn_local};

use super::api::count_dependents;
use crate::i18n;

/// Asks what goes with `deletion` when its dialog opens; nothing until it is known.
pub fn dependents_of(
    open: RwSignal<bool>,
    deletion: impl Fn() -> Option<Deletion> + Copy + Send + Sync + 'static,
) -> Signal<Option<Dependents>> {
    let told = RwSignal::new(None::<(Deletion, Dependents)>);
    Effect::new(move |_| {
        if open.get()
            && let Some(asked) = untrack(deletion)
        {
            spawn_local(async move {
                if let Ok(found) = count_dependents(asked.clone()).await {
                    // The page may be gone meanwhile.
                    let _ = told.try_set(Some((asked, found)));
                }
            });
        }
    });
    // The dialog may be open for something else by now.
    Signal::derive(move || told.get().filter(|(of, _)| deletion().as_ref() == Some(of)).map(|(_, found)| found))
}

/// What is lost with it, in words, but for questions: they go with a collection alone.
pub fn lost(found: &Dependents) -> Vec<String> {
    let Dependents { edits, functions, fields, written, questions: _ } = found;
    let counted = [
        ("data.n_edits_lost", *edits),
        ("data.n_functions_lost", *functions),
        ("data.n_fields_lost", *fields),
        ("data.n_written_lost", *written),
    ];
    counted.into_iter().filter(|(_, number)| *number > 0).map(|(key, number)| i18n::count(key, number)).collect()
}

/// That questions for evaluation expect what is deleted, where some do.
pub fn expected_by(found: &Dependents) -> Option<String> {
    (found.questions > 0).then(|| i18n::count("data.n_questions_expect", found.questions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_is_told_in_words() {
        Owner::new().with(|| {
            let found = Dependents { edits: 0, functions: 1, fields: 2, written: 3, questions: 1 };
            assert_eq!(
                lost(&found),
                ["1 JSON function", "2 fields of metadata", "3 values of metadata written by hand"]
            );
            assert_eq!(expected_by(&found).as_deref(), Some("1 question for evaluation expects what is deleted."));
            assert_eq!((lost(&Dependents::default()), expected_by(&Dependents::default())), (Vec::new(), None));
        });
    }
}
