//! Conversations that are longer than anybody would ask.

use hammock_contract::{MessageId, UserId, chat::Author};
use hammock_store::{accounts, messages};

use super::TestApp;

/// Adds questions to a conversation of a person.
pub async fn lengthen(app: &TestApp, user: &UserId, conversation: &str, texts: impl Iterator<Item = String>) {
    let (store, conversation) = (app.hammock.store(), conversation.parse().unwrap());
    let scope = accounts::scope_for_user(store.read(), user).await.unwrap().unwrap();
    let tx = store.begin().await.unwrap();
    for text in texts {
        let (id, now) = (MessageId::new(), app.hammock.now());
        messages::append(&scope, &tx, &conversation, id, Author::User, &text, None, now).await.unwrap();
    }
    tx.commit().await.unwrap();
}
