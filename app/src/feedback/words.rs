//! Reasons, thumbs and states in words, and what stands for them in an address.

use hammock_contract::feedback::{FeedbackReason, FeedbackState};

use crate::t;

/// A reason as the value of a choice, and in the address.
pub const fn reason_value(reason: FeedbackReason) -> &'static str {
    match reason {
        FeedbackReason::Wrong => "wrong",
        FeedbackReason::Incomplete => "incomplete",
        FeedbackReason::Outdated => "outdated",
        FeedbackReason::OffTopic => "off_topic",
        FeedbackReason::WrongSource => "wrong_source",
        FeedbackReason::Other => "other",
    }
}

/// The reason of a value; none for anything unknown.
pub fn reason_of(value: &str) -> Option<FeedbackReason> {
    FeedbackReason::ALL.into_iter().find(|reason| reason_value(*reason) == value)
}

/// The name of a reason.
pub fn reason_name(reason: FeedbackReason) -> &'static str {
    match reason {
        FeedbackReason::Wrong => t!("feedback.reason.wrong"),
        FeedbackReason::Incomplete => t!("feedback.reason.incomplete"),
        FeedbackReason::Outdated => t!("feedback.reason.outdated"),
        FeedbackReason::OffTopic => t!("feedback.reason.off_topic"),
        FeedbackReason::WrongSource => t!("feedback.reason.wrong_source"),
        FeedbackReason::Other => t!("feedback.reason.something_else"),
    }
}

/// Every reason to choose from, after the choice of none, which has this name.
pub fn reason_options(none: &str) -> Vec<(String, String)> {
    let all = FeedbackReason::ALL.map(|reason| (reason_value(reason).to_owned(), reason_name(reason).to_owned()));
    [(String::new(), none.to_owned())].into_iter().chain(all).collect()
}

/// The thumb of a value in the address; none for anything unknown.
pub fn rating_of(value: &str) -> Option<bool> {
    match value {
        "up" => Some(true),
        "down" => Some(false),
        _ => None,
    }
}

/// The thumbs to choose from.
pub fn rating_options() -> Vec<(String, String)> {
    [("", t!("feedback.all_ratings")), ("up", t!("feedback.up")), ("down", t!("feedback.down"))]
        .map(|(value, name)| (value.to_owned(), name.to_owned()))
        .to_vec()
}

/// The state of a value in the address; none for anything unknown.
pub fn state_of(value: &str) -> Option<FeedbackState> {
    match value {
        "open" => Some(FeedbackState::Open),
        "resolved" => Some(FeedbackState::Resolved),
        _ => None,
    }
}

/// The name of a state.
pub fn state_name(state: FeedbackState) -> &'static str {
    match state {
        FeedbackState::Open => t!("feedback.state.open"),
        FeedbackState::Resolved => t!("feedback.state.resolved"),
    }
}

/// The states to choose from.
pub fn state_options() -> Vec<(String, String)> {
    [("", t!("data.all_states")), ("open", t!("feedback.state.open")), ("resolved", t!("feedback.state.resolved"))]
        .map(|(value, name)| (value.to_owned(), name.to_owned()))
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_its_value_and_back() {
        for reason in FeedbackReason::ALL {
            assert_eq!(reason_of(reason_value(reason)), Some(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason_value(reason));
            assert!(!reason_name(reason).is_empty());
        }
        assert_eq!((reason_of(""), rating_of("sideways"), state_of("all")), (None, None, None));
    }
}
