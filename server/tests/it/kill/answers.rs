//! Questions, what was seen of their answers, and what must be left of them.

use hammock_contract::stream::{EventId, StreamEvent};
use hammock_testkit::provider::Provider;
use serde_json::{Value, json};

use crate::support::{
    eventually,
    remote::{Gone, Remote},
};

/// A question whose answer began.
struct Asked {
    question: String,
    conversation: String,
    /// The text that the client has seen.
    seen: String,
    last: EventId,
    /// Whether the end was seen.
    done: bool,
}

pub struct Answers {
    assistant: String,
    /// Whether there can be no other replica.
    alone: bool,
    whole: String,
    count: usize,
    /// Those that have not been looked at since the server went down.
    open: Vec<Asked>,
    checked: Vec<(Asked, Value)>,
}

impl Answers {
    pub fn new(provider: &Provider, assistant: String, alone: bool) -> Self {
        Self { assistant, alone, whole: provider.text(), count: 0, open: Vec::new(), checked: Vec::new() }
    }

    /// Asks, lets the provider say the next word with every event, and calls `kill` with the `last`.
    pub async fn ask(
        &mut self,
        remote: &Remote,
        provider: &Provider,
        last: usize,
        kill: impl Fn(),
    ) -> Result<(), Gone> {
        self.count += 1;
        let question = format!("What is the word, for the {}th time?", self.count);
        let request = json!({ "assistant": self.assistant, "text": question });
        let mut events = remote.ask(&request).await?;
        let mut seen = 0;
        while let Some((id, event)) = events.next().await {
            seen += 1;
            provider.let_out(1);
            match event {
                StreamEvent::Started { conversation, .. } => self.open.push(Asked {
                    question: question.clone(),
                    conversation: conversation.to_string(),
                    seen: String::new(),
                    last: id.clone(),
                    done: false,
                }),
                StreamEvent::Delta { text, .. } => self.open.last_mut().unwrap().seen.push_str(&text),
                StreamEvent::Done { message } => {
                    assert_eq!(message.text.trim_end(), self.whole.trim_end());
                    self.open.last_mut().unwrap().done = true;
                }
                StreamEvent::Step { .. } | StreamEvent::Sources { .. } => {}
            }
            self.open.last_mut().unwrap().last = id;
            if seen == last {
                kill();
            }
        }
        Ok(())
    }

    /// What the last kill left of the answers is what was seen, and a client that comes back gets the rest.
    pub async fn check(&mut self, remote: &Remote) -> Result<(), Gone> {
        while let Some(asked) = self.open.last() {
            let mut whole = None;
            if !asked.done {
                let run: String = asked.last.run.to_string();
                let mut events = remote.resume(&run, Some(&asked.last)).await?;
                let mut text = asked.seen.clone();
                let mut end = None;
                while let Some((_, event)) = events.next().await {
                    match event {
                        StreamEvent::Delta { text: more, .. } => text.push_str(&more),
                        StreamEvent::Done { message } => end = Some(message),
                        _ => {}
                    }
                }
                let end = end.ok_or_else(|| Gone(format!("the events of {run} ended without an end")))?;
                assert_eq!(text.trim_end(), end.text.trim_end());
                whole = Some(end.text);
            }
            // After the end: where there may be other replicas, an answer is open until its own was not seen for a while.
            let kept = self.find(remote, asked).await?;
            assert!(whole.is_none_or(|whole| kept["text"] == whole), "{kept}");
            if let Some(asked) = self.open.pop() {
                self.checked.push((asked, kept));
            }
        }
        Ok(())
    }

    /// No later kill has changed an answer, and none is left open, seen or not.
    pub async fn check_all(&self, remote: &Remote) -> Result<(), Gone> {
        for (asked, kept) in &self.checked {
            assert_eq!(self.find(remote, asked).await?, *kept);
        }
        let mut page = String::new();
        loop {
            let list = remote.get(&format!("/api/v1/conversations?limit=100{page}")).await?.body;
            for conversation in list["items"].as_array().unwrap() {
                let id = conversation["id"].as_str().unwrap();
                if self.alone {
                    assert_eq!(open_message(remote, id).await?, None);
                    continue;
                }
                // Where there may be other replicas, an answer is open until its own was not seen for a while.
                eventually("every answer is closed", async || match open_message(remote, id).await {
                    Ok(None) => Some(Ok(())),
                    Ok(Some(_)) => None,
                    Err(gone) => Some(Err(gone)),
                })
                .await?;
            }
            match list["next_page_token"].as_str() {
                Some(token) => page = format!("&page_token={token}"),
                None => return Ok(()),
            }
        }
    }

    /// How many were cut off after their first words.
    pub fn partial(&self) -> usize {
        self.checked.iter().filter(|(asked, kept)| kept["state"] == "interrupted" && !asked.seen.is_empty()).count()
    }

    /// The answer as it is stored.
    async fn find(&self, remote: &Remote, asked: &Asked) -> Result<Value, Gone> {
        let found = remote.get(&format!("/api/v1/conversations/{}", asked.conversation)).await?;
        assert_eq!(found.status, 200, "a conversation is lost: {found:?}");
        let messages = found.body["messages"].as_array().unwrap();
        assert_eq!(messages[0]["text"], asked.question);
        let answer = &messages[1];
        let text = answer["text"].as_str().unwrap();
        assert!(self.whole.starts_with(text), "{answer}");
        assert!(text.trim_end().starts_with(asked.seen.trim_end()), "seen {:?}, kept {answer}", asked.seen);
        // Its end may have been stored and not seen.
        let whole = answer["state"] == "complete" && text.trim_end() == self.whole.trim_end();
        let marked = answer["state"] == "interrupted" && !asked.done;
        assert!(whole || marked, "{answer}");
        Ok(answer.clone())
    }
}

/// The message of a conversation that is still being made, if there is one.
async fn open_message(remote: &Remote, conversation: &str) -> Result<Option<Value>, Gone> {
    let whole = remote.get(&format!("/api/v1/conversations/{conversation}")).await?.body;
    let messages = whole["messages"].as_array().unwrap();
    Ok(messages.iter().find(|message| message["state"] == "streaming").cloned())
}
