//! What a source amounts to, in four numbers.

use hammock_contract::source::SourceFigures;
use leptos::prelude::*;

use super::Shown;
use crate::{i18n, t};

/// The numbers, which follow what goes on; the note under each says what it is made of.
#[component]
pub fn Counts(
    /// The source.
    shown: Shown,
    /// What is known beyond its numbers.
    figures: RwSignal<SourceFigures>,
) -> impl IntoView {
    let locale = i18n::locale();
    let source = shown.source;
    let numbers = Memo::new(move |_| {
        source
            .with(|it| {
                let it = it.as_ref();
                it.map(|it| [it.documents, it.added_last_week, it.passages, it.failed_documents, it.skipped_documents])
            })
            .unwrap_or_default()
    });
    let number = move |place: usize| numbers.try_get().and_then(|all| all.get(place).copied()).unwrap_or_default();
    let failed = move || number(3).saturating_sub(number(4));
    let documents = if shown.is_website() { t!("data.pages_indexed") } else { t!("data.files_read") };
    let known = move || figures.try_get().unwrap_or_default();
    let languages = move || u64::try_from(known().languages.len()).unwrap_or(u64::MAX);
    let found = move || {
        let SourceFigures { questions, asked, in_first_three, .. } = known();
        (questions > 0).then(|| {
            let asked_of = i18n::count("data.n_test_questions", questions);
            view! {
                <div>
                    <dt>{t!("data.in_first_three")}</dt>
                    <dd>{share(in_first_three, asked)}</dd>
                    <dd class="note">{asked_of}</dd>
                </div>
            }
        })
    };
    view! {
        <dl class="counts">
            <div>
                <dt>{documents}</dt>
                <dd>{move || i18n::grouped(locale, number(0))}</dd>
                <dd class="note">
                    {move || (number(1) > 0).then(|| i18n::count("data.n_this_week", number(1)))}
                </dd>
            </div>
            <div>
                <dt>{t!("data.passages")}</dt>
                <dd>{move || i18n::grouped(locale, number(2))}</dd>
                <dd class="note">{move || (languages() > 1).then(|| i18n::count("data.n_languages", languages()))}</dd>
            </div>
            {found}
            <div>
                <dt>{t!("data.failed_or_skipped")}</dt>
                <dd>{move || i18n::grouped(locale, number(3))}</dd>
                <dd class="note">{move || (failed() > 0).then(|| i18n::count("data.n_only_failed", failed()))}</dd>
            </div>
        </dl>
    }
}

/// How many of all there are, in per cent; a dash where nothing was asked yet. Rounded down: not all is not 100 %.
fn share(part: u64, all: u64) -> String {
    match (part * 100).checked_div(all) {
        Some(percent) => t!("data.percent", n = percent),
        None => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_all_only_when_it_is() {
        for (part, all, said) in [(52, 52, "100"), (199, 200, "99"), (0, 3, "0")] {
            assert!(share(part, all).starts_with(said), "{part} of {all}");
        }
        assert_eq!(share(0, 0), "–");
    }
}
