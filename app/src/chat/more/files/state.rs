//! How the files for the next question stand, and in which order.

use hammock_contract::{
    ApiError, AttachmentId,
    attachment::{Attachment, AttachmentKind, AttachmentState, LARGEST_PICTURE},
};

use crate::sent::answer;

/// How a file stands.
#[derive(Clone, PartialEq)]
pub enum State {
    /// It is being sent.
    Sending,
    /// It has arrived, and is being read.
    Reading(AttachmentId),
    /// The next question is sent with it.
    Ready(AttachmentId),
    /// It did not arrive, through no fault of its own: it can be sent again.
    Unsent(ApiError),
    /// It has arrived, and nobody tells how it stands: it can be looked for again.
    Lost(ApiError, AttachmentId),
    /// It was refused, or could not be read.
    Failed(ApiError, Option<AttachmentId>),
}

impl State {
    /// What a file that has arrived is.
    pub fn of(attachment: Attachment) -> Self {
        let Attachment { id, state, error, .. } = attachment;
        match state {
            AttachmentState::Processing => Self::Reading(id),
            AttachmentState::Ready => Self::Ready(id),
            AttachmentState::Failed => Self::Failed(error.unwrap_or_else(ApiError::not_found), Some(id)),
        }
    }

    /// What the server has made of a file that was sent there.
    pub fn answered(status: u16, body: &str) -> Self {
        match answer::<Attachment>(status, body) {
            Ok(attachment) => Self::of(attachment),
            // Without a status, nobody has answered; with 408, it arrived too slowly.
            Err(error) if matches!(status, 0 | 408 | 500..) => Self::Unsent(error),
            Err(error) => Self::Failed(error, None),
        }
    }

    /// Its id, once it is on the server.
    pub fn id(&self) -> Option<&AttachmentId> {
        match self {
            Self::Sending | Self::Unsent(_) => None,
            Self::Reading(id) | Self::Ready(id) | Self::Lost(_, id) => Some(id),
            Self::Failed(_, id) => id.as_ref(),
        }
    }

    /// Whether a question waits for it.
    pub fn is_on_its_way(&self) -> bool {
        matches!(self, Self::Sending | Self::Reading(_))
    }

    /// Whether it cannot be looked for on the server later: this page must hold it.
    pub fn is_held(&self) -> bool {
        self.is_on_its_way() || matches!(self, Self::Unsent(_))
    }
}

/// What needs no sending to be known: that a file is larger than the `most` bytes that the server takes. It says the same.
pub fn too_large(bytes: u64, kind: AttachmentKind, most: u64) -> Option<ApiError> {
    let limit = if kind == AttachmentKind::Picture { LARGEST_PICTURE.min(most) } else { most };
    (bytes > limit).then(|| ApiError::too_large(limit))
}

/// The files that are on the server, or are looked for there, in the order in which they were attached.
pub fn in_order(chips: &[(usize, State)], sought: &[(usize, AttachmentId)]) -> Vec<AttachmentId> {
    let there = chips.iter().filter_map(|(number, state)| Some((*number, state.id()?.clone())));
    let mut all: Vec<_> = there.chain(sought.iter().cloned()).collect();
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use hammock_contract::{ErrorCode, error::ErrorBody};

    use super::*;

    fn refused(code: ErrorCode) -> String {
        serde_json::to_string(&ErrorBody { error: ApiError::new(code, "no") }).unwrap()
    }

    #[test]
    fn only_what_did_not_arrive_is_sent_again() {
        for (status, body) in [
            (0, String::new()),
            (502, "<html>".to_owned()),
            (500, refused(ErrorCode::Internal)),
            (408, refused(ErrorCode::UploadStalled)),
        ] {
            assert!(matches!(State::answered(status, &body), State::Unsent(_)), "{status}");
        }
        for (status, code) in [(413, ErrorCode::TooLarge), (415, ErrorCode::UnsupportedFileType)] {
            let state = State::answered(status, &refused(code));
            assert!(matches!(&state, State::Failed(error, None) if error.code == code), "{status}");
            assert!(!state.is_held());
        }
    }

    #[test]
    fn a_file_of_which_nobody_tells_is_kept_and_holds_nothing_up() {
        let (id, error) = (AttachmentId::fixed("some"), ApiError::new(ErrorCode::Unavailable, "away"));
        let lost = State::Lost(error, id.clone());
        assert!(!lost.is_on_its_way() && !lost.is_held());
        assert_eq!(in_order(&[(1, lost)], &[]), [id]);
    }

    #[test]
    fn what_is_too_large_is_known_before_it_is_sent() {
        let (file, picture) = (AttachmentKind::File, AttachmentKind::Picture);
        assert_eq!(too_large(25_000_000, file, 25_000_000), None);
        assert_eq!(too_large(25_000_001, file, 25_000_000), Some(ApiError::too_large(25_000_000)));
        assert_eq!(too_large(10_000_000, picture, 25_000_000), None);
        assert_eq!(too_large(10_000_001, picture, 25_000_000), Some(ApiError::too_large(LARGEST_PICTURE)));
        assert_eq!(too_large(2_000_001, picture, 2_000_000), Some(ApiError::too_large(2_000_000)));
    }

    #[test]
    fn files_stand_as_they_were_attached_whatever_arrives_first() {
        let [one, two, three] = ["one", "two", "three"].map(AttachmentId::fixed);
        let chips = [(1, State::Ready(one.clone())), (3, State::Sending), (4, State::Reading(three.clone()))];
        assert_eq!(in_order(&chips, &[(2, two.clone())]), [one, two, three]);
    }
}
