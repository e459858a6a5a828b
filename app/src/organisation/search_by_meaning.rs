//! Which embedding model answers, which languages it serves, and how far a change of it is. The operator chooses it.

use hammock_contract::system::{EmbeddingChange, EmbeddingKind, EmbeddingModel, EmbeddingStatus};
use leptos::{prelude::*, task::spawn_local};

use super::api::read_embedding;
use crate::{
    FnError,
    account::Section,
    i18n,
    knowledge::retrieval_fields::language_in_words,
    t,
    ui::{Icon, Load, Progress, clock::ask_while},
};

/// How often is asked while a change goes on. Milliseconds.
const PAUSE: u32 = 3_000;

/// How search by meaning stands.
#[component]
pub fn SearchByMeaning(
    /// What was read with the page.
    status: Resource<Result<EmbeddingStatus, FnError>>,
) -> impl IntoView {
    view! {
        <Section title=t!("meaning.title") text=t!("meaning.text")>
            <Load resource=status let:status>
                <Standing status />
            </Load>
        </Section>
    }
}

/// What was read first, and what becomes of it while passages are embedded.
#[component]
fn Standing(status: EmbeddingStatus) -> impl IntoView {
    let status = RwSignal::new(status);
    let moves = move || status.try_with(|now| now.loading || now.next.is_some() || now.waiting > 0).unwrap_or_default();
    ask_while(moves, PAUSE, move || ask(status));
    // The page may be gone when an answer comes.
    let now = move || status.try_get().unwrap_or_default();
    view! {
        <div class="stack">
            {move || now().problem.map(problem)}
            {move || match now().serving {
                Some(model) => facts(model).into_any(),
                None if now().loading => view! { <p>{t!("meaning.loading")}</p> }.into_any(),
                None => view! { <p>{t!("meaning.none")}</p> }.into_any(),
            }}
            {move || now().next.map(change)}
            {move || {
                let waiting = now().waiting;
                (waiting > 0).then(|| view! { <p class="small muted">{i18n::count("meaning.waiting", waiting)}</p> })
            }}
        </div>
    }
}

/// Asks once. What cannot be had stays as it is, and so does everything in a page that nobody sees.
fn ask(status: RwSignal<EmbeddingStatus>) {
    spawn_local(async move {
        if let Ok(now) = read_embedding().await {
            // The page may be gone meanwhile.
            let _ = status.try_set(now);
        }
    });
}

/// What the server says of it stands in its own words: they are for the operator.
fn problem(reason: String) -> impl IntoView {
    view! {
        <div class="row">
            <Icon name="triangle-alert" />
            <p>{t!("meaning.problem")} " " <span class="muted small">{reason}</span></p>
        </div>
    }
}

fn facts(model: EmbeddingModel) -> impl IntoView {
    let EmbeddingModel { name, kind, dimension, languages, max_tokens, .. } = model;
    let locale = i18n::locale();
    let place = match kind {
        EmbeddingKind::Directory => t!("meaning.directory"),
        EmbeddingKind::Endpoint => t!("meaning.endpoint"),
    };
    let size = t!(
        "meaning.size",
        dimension = i18n::grouped(locale, u64::from(dimension)),
        tokens = i18n::grouped(locale, u64::from(max_tokens)),
    );
    let others =
        if languages.is_empty() { t!("meaning.languages_unknown_text") } else { t!("meaning.other_languages") };
    view! {
        <dl class="stack">
            <div class="fact">
                <dt class="muted small">{t!("meaning.model")}</dt>
                <dd>{name}<p class="muted small">{place}</p></dd>
            </div>
            <div class="fact">
                <dt class="muted small">{t!("meaning.languages")}</dt>
                <dd>{named(&languages)}<p class="muted small">{others}</p></dd>
            </div>
            <div class="fact">
                <dt class="muted small">{t!("meaning.vectors")}</dt>
                <dd>{size}</dd>
            </div>
        </dl>
    }
}

/// The names of languages, one after the other.
fn named(codes: &[String]) -> String {
    if codes.is_empty() {
        return t!("meaning.languages_unknown").to_owned();
    }
    codes.iter().map(|code| language_in_words(code)).collect::<Vec<_>>().join(", ")
}

fn change(change: EmbeddingChange) -> impl IntoView {
    let EmbeddingChange { model, done, total } = change;
    let locale = i18n::locale();
    let text = t!(
        "meaning.change",
        name = model.name,
        done = i18n::grouped(locale, done),
        total = i18n::grouped(locale, total),
    );
    let languages = t!("meaning.change_languages", languages = named(&model.languages));
    view! {
        <div class="work-progress">
            <p>{text.clone()}</p>
            <Progress label=text done=done total=Some(total) />
            <p class="small muted">{languages}</p>
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use hammock_contract::locale::Locale;

    use super::*;

    #[test]
    fn languages_have_the_names_that_the_reader_knows() {
        let codes = ["en", "cs", "xx"].map(str::to_owned);
        for (locale, names) in [
            (Locale::En, "English, Czech, xx"),
            (Locale::Fr, "anglais, tchèque, xx"),
            (Locale::Cs, "angličtina, čeština, xx"),
        ] {
            Owner::new().with(|| {
                provide_context(i18n::PageLocale(locale));
                assert_eq!(named(&codes), names);
            });
        }
    }
}
