//! What a search says of itself: whether there is enough evidence, where each hit stands, what the model would be given.

use hammock_contract::{
    retrieval::{Explanation, HitExplanation},
    search::{SearchHit, SearchMode},
};
use leptos::prelude::*;

use super::{retrieval_fields::language_in_words, search_hits::hit_id};
use crate::{
    i18n, t,
    ui::{Badge, Table, Tone},
};

/// How many columns the table of the ranks has.
const COLUMNS: u32 = 6;

fn two_decimals(value: f32) -> String {
    i18n::decimal(i18n::locale(), &format!("{value:.2}"))
}

/// Rounded down: what does not reach the line is not to look as if it did.
fn evidence_text(evidence: f32) -> String {
    two_decimals((evidence * 100.0 + 1e-3).floor() / 100.0)
}

/// Whether an assistant would answer, and by how much.
#[component]
pub fn Verdict(
    /// How much evidence there is, 0 to 1.
    evidence: f32,
    /// Why.
    explanation: Explanation,
    /// How it was sought.
    mode: SearchMode,
) -> impl IntoView {
    let threshold = explanation.settings.threshold;
    let (tone, word, text) = if explanation.would_answer {
        (Tone::Good, t!("data.would_answer"), t!("data.would_answer_text").to_owned())
    } else if explanation.topics.is_empty() {
        (Tone::Warning, t!("data.would_not_answer"), t!("data.would_not_answer_text").to_owned())
    } else {
        let text = t!("data.would_name_topics", topics = explanation.topics.join(", "));
        (Tone::Warning, t!("data.would_not_answer"), text)
    };
    let label = t!("data.evidence_of", evidence = evidence_text(evidence), threshold = two_decimals(threshold));
    view! {
        <section class="verdict" aria-label=t!("data.verdict")>
            <p class="row wrap"><Badge tone>{word}</Badge><span class="numeric">{label}</span></p>
            <EvidenceScale evidence threshold />
            <p class="small muted">{text}</p>
            {(mode != SearchMode::Hybrid).then(|| view! { <p class="small muted">{t!("data.one_side")}</p> })}
            <Reasons explanation />
        </section>
    }
}

/// The evidence as a bar, with the line that it must reach. The words beside it say the same.
#[component]
fn EvidenceScale(evidence: f32, threshold: f32) -> impl IntoView {
    let part = |value: f32| format!("{:.1}", value.clamp(0.0, 1.0) * 100.0);
    view! {
        <svg class="evidence" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect class="evidence-all" width="100" height="6"></rect>
            <rect class="evidence-part" width=part(evidence) height="6"></rect>
            <line class="evidence-line" x1=part(threshold) x2=part(threshold) y1="0" y2="6"></line>
        </svg>
    }
}

/// What the evidence is made of, and the settings that the search went by.
#[component]
fn Reasons(explanation: Explanation) -> impl IntoView {
    let Explanation { settings, keyword_weight, language, terms, similarity, coverage, .. } = explanation;
    let weight = if settings.keyword_weight.is_some() {
        two_decimals(keyword_weight)
    } else {
        t!("data.automatic", value = two_decimals(keyword_weight))
    };
    let language = language.as_deref().map_or_else(
        || t!("data.language_unknown").to_owned(),
        |code| {
            let name = language_in_words(code);
            if settings.language.is_some() { name.to_owned() } else { t!("data.automatic", value = name) }
        },
    );
    let row = |label: &'static str, value: String| view! { <div><dt>{label}</dt><dd>{value}</dd></div> };
    view! {
        <dl class="scores numeric">
            {similarity.map(|similarity| row(t!("data.best_meaning"), two_decimals(similarity)))}
            {row(t!("data.best_words"), two_decimals(coverage))}
            {(!terms.is_empty()).then(|| row(t!("data.sought_words"), terms.join(", ")))}
            {row(t!("retrieval.keyword_weight"), weight)}
            {row(t!("retrieval.passages"), settings.passages.to_string())}
            {row(t!("retrieval.language"), language)}
        </dl>
    }
}

/// Where each hit stands by words, by meaning and by both.
#[component]
pub fn Ranks(
    /// What was found.
    hits: Vec<SearchHit>,
    /// Why.
    explanation: Explanation,
) -> impl IntoView {
    let sent = explanation.hits.iter().filter(|hit| hit.sent).count();
    let nothing = sent == 0;
    let rows = hits.into_iter().zip(explanation.hits).zip(1..).map(|((hit, explained), rank)| {
        // The line stands where what is sent ends.
        let cut = (rank == sent + 1).then(|| view! { <Cut nothing /> });
        view! { {cut} <Rank hit explained rank /> }
    });
    let rows = rows.collect_view();
    view! {
        <Table caption=t!("data.ranks")>
            <thead>
                <tr>
                    <th scope="col">{t!("data.passage")}</th>
                    <th scope="col">{t!("data.mode.hybrid")}</th>
                    <th scope="col">{t!("data.mode.keyword")}</th>
                    <th scope="col">{t!("data.mode.vector")}</th>
                    <th scope="col">{t!("data.evidence_alone")}</th>
                    <th scope="col">{t!("data.sent")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn Cut(nothing: bool) -> impl IntoView {
    let text = if nothing { t!("data.nothing_sent") } else { t!("data.sent_until_here") };
    view! { <tr class="sent-end"><td class="small muted" colspan=COLUMNS.to_string()>{text}</td></tr> }
}

#[component]
fn Rank(hit: SearchHit, explained: HitExplanation, rank: usize) -> impl IntoView {
    let placed = |place: Option<u32>, score: Option<f32>| match (place, score) {
        (Some(place), Some(score)) => t!("data.placed", place = place, score = two_decimals(score)),
        _ => t!("data.not_found_by").to_owned(),
    };
    let enough =
        if explained.is_enough { (Tone::Good, t!("data.enough")) } else { (Tone::Neutral, t!("data.too_little")) };
    // Passages of one document have its title in common.
    let heading = hit.headings.last().filter(|heading| **heading != hit.title).cloned();
    let (sent_tone, sent) = explained.source.map_or_else(
        || (Tone::Neutral, t!("data.no").to_owned()),
        |number| (Tone::Accent, t!("data.sent_as", number = number)),
    );
    view! {
        <tr>
            <td class="primary-cell">
                <a href=format!("#{}", hit_id(rank))>{hit.title}</a>
                {heading.map(|heading| view! { <span class="sub">{heading}</span> })}
            </td>
            <td class="numeric nowrap" data-label=t!("data.mode.hybrid")>{placed(Some(explained.rank), Some(hit.score))}</td>
            <td class="numeric nowrap" data-label=t!("data.mode.keyword")>{placed(explained.keyword_rank, hit.keyword_score)}</td>
            <td class="numeric nowrap" data-label=t!("data.mode.vector")>{placed(explained.vector_rank, hit.vector_score)}</td>
            <td class="numeric" data-label=t!("data.evidence_alone")>
                {evidence_text(explained.evidence)} " " <Badge tone=enough.0>{enough.1}</Badge>
            </td>
            <td data-label=t!("data.sent")><Badge tone=sent_tone>{sent}</Badge></td>
        </tr>
    }
}

/// What the model would be given, folded away.
#[component]
pub fn GivenToModel(
    /// What is known of it.
    explanation: Explanation,
) -> impl IntoView {
    let is_merged = shares_a_source(&explanation.hits);
    explanation.prompt.map(|prompt| {
        view! {
            <details class="more-settings">
                <summary>{t!("data.given_to_model")}</summary>
                <p class="small muted">{t!("data.given_to_model_text")}</p>
                {is_merged.then(|| view! { <p class="small muted">{t!("data.merged_text")}</p> })}
                <pre class="prompt" role="region" tabindex="0" aria-label=t!("data.given_to_model")>{prompt}</pre>
            </details>
        }
    })
}

/// Whether some of the passages are given as one source.
fn shares_a_source(hits: &[HitExplanation]) -> bool {
    let numbers: Vec<u32> = hits.iter().filter_map(|hit| hit.source).collect();
    (1..numbers.len()).any(|at| numbers[..at].contains(&numbers[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_with_one_number_are_one_source() {
        let hits = |sources: &[Option<u32>]| {
            let hit = |(rank, source): (u32, &Option<u32>)| HitExplanation {
                rank,
                keyword_rank: Some(rank),
                vector_rank: None,
                evidence: 0.5,
                is_enough: true,
                sent: source.is_some(),
                source: *source,
                matches: Vec::new(),
            };
            (1..).zip(sources).map(hit).collect::<Vec<_>>()
        };
        assert!(shares_a_source(&hits(&[Some(1), Some(2), Some(1), None])));
        assert!(!shares_a_source(&hits(&[Some(1), Some(2), None, None])) && !shares_a_source(&[]));
    }
}
