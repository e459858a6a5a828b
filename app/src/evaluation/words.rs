//! Figures and states in words.

use hammock_contract::{
    evaluation::{EvaluationRun, EvaluationState, ImportFault},
    search::SearchMode,
};

use crate::{i18n, t, ui::Tone};

/// A share of 0 to 1, with the language's decimal sign.
pub fn share(value: f32) -> String {
    i18n::decimal(i18n::locale(), &format!("{value:.3}"))
}

/// Milliseconds.
pub fn milliseconds(value: f32) -> String {
    format!("{} ms", i18n::decimal(i18n::locale(), &format!("{value:.1}")))
}

/// How much a share rose or fell; nothing where it stayed.
pub fn change(before: f32, after: f32) -> Option<String> {
    let thousandths = ((after - before) * 1_000.0).round() / 1_000.0;
    (thousandths != 0.0).then(|| {
        let sign = if thousandths > 0.0 { "+" } else { "−" };
        format!("{sign}{}", share(thousandths.abs()))
    })
}

/// The complete run before the one at a place of the list, which is newest first.
pub fn before(runs: &[EvaluationRun], place: usize) -> Option<&EvaluationRun> {
    runs.iter().skip(place + 1).find(|run| run.state == EvaluationState::Complete)
}

/// A run's state: its name, tone and icon.
pub fn state(state: EvaluationState) -> (&'static str, Tone, &'static str) {
    match state {
        EvaluationState::Running => (t!("evaluation.state.running"), Tone::Accent, "refresh-cw"),
        EvaluationState::Complete => (t!("evaluation.state.complete"), Tone::Good, "circle-check"),
        EvaluationState::Stopped => (t!("evaluation.state.stopped"), Tone::Warning, "circle-stop"),
        EvaluationState::Failed => (t!("evaluation.state.failed"), Tone::Bad, "triangle-alert"),
    }
}

/// The name of a way to search.
pub fn mode(mode: SearchMode) -> &'static str {
    match mode {
        SearchMode::Hybrid => t!("data.mode.hybrid"),
        SearchMode::Keyword => t!("data.mode.keyword"),
        SearchMode::Vector => t!("data.mode.vector"),
    }
}

/// The place of the first expected document.
pub fn rank(rank: Option<u32>) -> String {
    match rank {
        Some(rank) => t!("evaluation.place", n = rank),
        None => t!("evaluation.not_found").to_owned(),
    }
}

/// Why a line of an import was left out.
pub fn fault(fault: ImportFault) -> &'static str {
    match fault {
        ImportFault::Malformed => t!("evaluation.fault.malformed"),
        ImportFault::Question => t!("evaluation.fault.question"),
        ImportFault::NothingExpected => t!("evaluation.fault.nothing_expected"),
        ImportFault::UnknownDocument => t!("evaluation.fault.unknown_document"),
        ImportFault::AmbiguousDocument => t!("evaluation.fault.ambiguous_document"),
        ImportFault::UnknownQuestion => t!("evaluation.fault.unknown_question"),
        ImportFault::Grade => t!("evaluation.fault.grade"),
        ImportFault::TooManyDocuments => t!("evaluation.fault.too_many_documents"),
        ImportFault::TooManyQuestions => t!("evaluation.fault.too_many_questions"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_has_its_sign() {
        assert_eq!(change(0.5, 0.75).as_deref(), Some("+0.250"));
        assert_eq!(change(0.75, 0.5).as_deref(), Some("−0.250"));
        assert_eq!(change(0.5, 0.5001), None);
    }
}
