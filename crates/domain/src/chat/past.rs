//! What was said before a question, as far as its answer takes it into account.

use hammock_contract::{MessageId, chat::Author};
use hammock_store::{
    Db, Scope,
    past_messages::{self, PastMessage},
};

use super::prompt::{HISTORY_CHARS, PastTurn};
use crate::{Result, error::from_store};

/// The most messages whose text is read.
const MOST: usize = 200;
/// Among so many of the last messages every question is read, however long what was said since.
const ASKED_LATELY: usize = 20;

/// The turns before a question, oldest first.
pub(super) async fn past_turns(scope: &Scope, db: Db<'_>, before: &[PastMessage]) -> Result<Vec<PastTurn>> {
    let wanted = of_use(before);
    let ids: Vec<MessageId> = wanted.iter().map(|message| message.id.clone()).collect();
    let mut texts = past_messages::texts(scope, db, &ids).await.map_err(from_store)?;
    let turn = |message: &PastMessage| {
        let text = texts.remove(&message.id)?;
        Some(PastTurn { by_assistant: message.author == Author::Assistant, text })
    };
    Ok(wanted.into_iter().filter_map(turn).collect())
}

/// The messages whose text is of use: the last ones, as many as a model is told, with the first that is too long for that and so
/// ends them; of those before, what was asked lately, since a short question is understood, and an answer gone on with, by it.
fn of_use(before: &[PastMessage]) -> Vec<&PastMessage> {
    let mut left = Some(HISTORY_CHARS);
    let mut wanted = Vec::new();
    for (at, message) in before.iter().rev().take(MOST).enumerate() {
        let is_of_use = match left {
            Some(room) => {
                left = usize::try_from(message.characters).ok().and_then(|length| room.checked_sub(length));
                true
            }
            None => at < ASKED_LATELY && message.author == Author::User,
        };
        if is_of_use {
            wanted.push(message);
        }
    }
    wanted.reverse();
    wanted
}

#[cfg(test)]
mod tests {
    use hammock_contract::chat::{AnswerKind, MessageState};

    use super::*;

    /// Questions and answers in turn, as long as this.
    fn said(lengths: &[u32]) -> Vec<PastMessage> {
        let authors = [Author::User, Author::Assistant].into_iter().cycle();
        let message = |(characters, author): (&u32, Author)| PastMessage {
            id: MessageId::new(),
            author,
            state: MessageState::Complete,
            answer_kind: AnswerKind::Model,
            characters: *characters,
        };
        lengths.iter().zip(authors).map(message).collect()
    }

    fn lengths(before: &[PastMessage]) -> Vec<u32> {
        of_use(before).into_iter().map(|message| message.characters).collect()
    }

    #[test]
    fn as_much_is_read_as_a_model_is_told() {
        assert!(lengths(&[]).is_empty());
        assert_eq!(lengths(&said(&[1, 2, 3, 4])), [1, 2, 3, 4]);
        assert_eq!(lengths(&said(&[1, 1, 7, 7_000, 5, 5_000, 1])), [1, 7, 7_000, 5, 5_000, 1]);
        assert_eq!(lengths(&said(&[1, 7_000, 2, 5_000])), [1, 7_000, 2, 5_000], "the one that ends it is among them");
        assert_eq!(lengths(&said(&[1, 2, 3, 90_000])), [1, 3, 90_000], "what it answers is known");
        assert_eq!(lengths(&said(&[1; 1_000])).len(), MOST);
        let long = [100, 9_000].repeat(50);
        assert_eq!(lengths(&said(&long)).len(), 3 + 9, "two answers with a question, and the questions lately before");
    }
}
