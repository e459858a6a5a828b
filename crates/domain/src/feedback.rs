//! What people say about answers: they themselves, and whoever looks after the assistant.

use hammock_contract::{
    ApiError, FeedbackId, MessageId, Page, Timestamp,
    feedback::{
        FeedbackContext, FeedbackEntry, FeedbackPatch, FeedbackQuery, FeedbackState, MAX_COMMENT, NewFeedback,
        OwnFeedback,
    },
    user::Role,
};
use hammock_store::{Scope, StoreError, Tx, audit, feedback, messages};

use crate::{
    Hammock, Result,
    chat::message_of,
    error::{for_reader, from_store},
    render::passage::{self, Form},
    validate,
};

/// The level of a passage's outermost heading: on the page of feedback it stands below "Sources".
const BELOW_SOURCES: u8 = 3;

impl Hammock {
    /// What the caller said about an answer of theirs.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn own_feedback(&self, scope: &Scope, message: &MessageId) -> Result<OwnFeedback> {
        let said = feedback::find_own(scope, self.store().read(), message).await.map_err(from_store)?;
        Ok(said.map(own).unwrap_or_default())
    }

    /// Says what is wrong with an answer of the caller's: a thumb down with a reason and a comment, in place of what was said
    /// before. Whoever looks after the assistant reads it, with the question and the answer.
    ///
    /// # Errors
    /// `invalid_field`; `not_found`, on `assistant` when the assistant is gone and nobody would read it.
    pub async fn give_feedback(&self, scope: &Scope, message: &MessageId, new: NewFeedback) -> Result<OwnFeedback> {
        let NewFeedback { reason, comment } = new;
        let comment = validate::block("comment", &comment, MAX_COMMENT as usize)?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        messages::rate(scope, &tx, message, Some(false)).await.map_err(from_store)?;
        let said = feedback::Said { rating: false, reason, comment };
        let row = feedback::put(scope, &tx, message, said, now).await.map_err(|error| match error {
            StoreError::NotFound => ApiError::not_found().on("assistant"),
            other => from_store(other),
        })?;
        let detail = serde_json::json!({ "reason": reason });
        audit::record(scope, &tx, "feedback.give", message.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(own(row))
    }

    /// What people say about the answers of the assistants that the caller may change, the newest first.
    ///
    /// # Errors
    /// `invalid_field` for a page that cannot be.
    pub async fn list_feedback(&self, scope: &Scope, query: FeedbackQuery) -> Result<Page<FeedbackEntry>> {
        feedback::list(scope, self.store().read(), &query).await.map_err(from_store)
    }

    /// One piece of feedback with the question, the names of its files and the answer that it is about, and nothing else of the
    /// conversation (decision 0019). Sources that the caller does not see are not told.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn read_feedback(&self, scope: &Scope, id: &FeedbackId) -> Result<FeedbackContext> {
        let context = feedback::find(scope, self.store().read(), id).await.map_err(from_store)?;
        let feedback::Context { entry, answer, files, resolved_by, resolved_at } = context;
        let mut answer = message_of(answer);
        self.reader(scope).await?.hide_in(&mut answer.citations);
        let sees_reason = scope.role() >= Role::Administrator;
        answer.error = answer.error.map(|error| for_reader(error, sees_reason));
        // It leads to the stream of the answer, which is the person's.
        answer.run = None;
        let quotes = answer.citations.iter().map(|citation| quote_html(&citation.quote)).collect();
        Ok(FeedbackContext { entry, answer, quotes, files, resolved_by, resolved_at })
    }

    /// Notes that somebody has seen to feedback, or that it is open again.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn update_feedback(&self, scope: &Scope, id: &FeedbackId, patch: FeedbackPatch) -> Result<FeedbackEntry> {
        let FeedbackPatch { state } = patch;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        feedback::set_state(scope, &tx, id, state, now).await.map_err(from_store)?;
        let action = match state {
            FeedbackState::Resolved => "feedback.resolve",
            FeedbackState::Open => "feedback.reopen",
        };
        audit::record(scope, &tx, action, id.as_str(), serde_json::Value::Null, now).await.map_err(from_store)?;
        let entry = feedback::find(scope, tx.db(), id).await.map_err(from_store)?.entry;
        tx.commit().await.map_err(from_store)?;
        Ok(entry)
    }
}

/// Lets feedback follow the thumb that an answer was given. What was said with a thumb down comes back with it.
///
/// # Errors
/// `not_found`.
pub(crate) async fn follow_rating(
    scope: &Scope,
    tx: &Tx,
    message: &MessageId,
    rating: Option<bool>,
    now: Timestamp,
) -> Result<()> {
    let Some(rating) = rating else {
        return feedback::withdraw(scope, tx, message, now).await.map_err(from_store);
    };
    let before = feedback::find_own(scope, tx.db(), message).await.map_err(from_store)?;
    if before.as_ref().is_some_and(|before| before.rating == Some(rating)) {
        return Ok(());
    }
    let (reason, comment) = before.map(|before| (before.reason, before.comment)).unwrap_or_default();
    match feedback::put(scope, tx, message, feedback::Said { rating, reason, comment }, now).await {
        // The thumb stands in the conversation all the same; nobody looks after an assistant that is gone.
        Ok(_) | Err(StoreError::NotFound) => Ok(()),
        Err(error) => Err(from_store(error)),
    }
}

/// A passage as it is read beside an answer, with its tables and lists.
fn quote_html(quote: &str) -> String {
    let whole = 0..quote.len();
    passage::parts(quote, Form::Markdown, std::slice::from_ref(&whole), &[], BELOW_SOURCES).concat()
}

fn own(row: feedback::FeedbackRow) -> OwnFeedback {
    OwnFeedback { rating: row.rating, reason: row.reason, comment: row.comment }
}
