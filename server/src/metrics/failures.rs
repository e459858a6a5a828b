//! What fails on its way out, counted: mails, and the calls of models to their providers.

use async_trait::async_trait;
use futures::TryStreamExt as _;
use hammock_domain::{
    from_model,
    mail::{Mail, MailError, Mailer},
};
use hammock_llm::{ChatModel, ChatRequest, ChatStream, ModelError, Speech, Transcriber};

/// Mails that the mail server or the outbox did not take.
pub const MAILS: &str = "hammock_mails_failed_total";
/// Calls for answers and for what was said that a provider did not answer as it should, by the code of the error.
pub const CALLS: &str = "hammock_provider_calls_failed_total";

/// Something that reaches outside, whose failures are counted.
pub struct Counted<T>(pub T);

#[async_trait]
impl<M: Mailer> Mailer for Counted<M> {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        self.0.send(mail).await.inspect_err(|_| ::metrics::counter!(MAILS).increment(1))
    }

    async fn check(&self) -> Result<(), MailError> {
        self.0.check().await
    }

    fn is_outbox(&self) -> bool {
        self.0.is_outbox()
    }
}

#[async_trait]
impl<M: ChatModel> ChatModel for Counted<M> {
    async fn stream(&self, request: &ChatRequest) -> Result<ChatStream, ModelError> {
        let stream = self.0.stream(request).await.inspect_err(count)?;
        Ok(Box::pin(stream.inspect_err(count)))
    }
}

#[async_trait]
impl<T: Transcriber> Transcriber for Counted<T> {
    async fn transcribe(&self, speech: &Speech) -> Result<String, ModelError> {
        self.0.transcribe(speech).await.inspect_err(count)
    }
}

fn count(error: &ModelError) {
    // An answer that reaches the length that its assistant allows is nobody's failure.
    if !matches!(error, ModelError::TooLong) {
        ::metrics::counter!(CALLS, "code" => from_model(error).code.as_str()).increment(1);
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use hammock_llm::scripted::{Reply, ScriptedModel, Step};

    use super::{super::value, *};

    struct Closed;

    #[async_trait]
    impl Mailer for Closed {
        async fn send(&self, _: Mail) -> Result<(), MailError> {
            Err(MailError::Silent("closed".to_owned()))
        }

        async fn check(&self) -> Result<(), MailError> {
            Err(MailError::Silent("closed".to_owned()))
        }
    }

    #[tokio::test]
    async fn mails_that_were_not_taken_are_counted() {
        assert!(value(MAILS).abs() < 0.5, "none so far");
        let mail = Mail { to: "ada@example.org".to_owned(), subject: String::new(), text: String::new() };
        assert!(Counted(Closed).send(mail).await.is_err());
        assert!(Counted(Closed).check().await.is_err());
        assert!((value(MAILS) - 1.0).abs() < 0.5, "{}", value(MAILS));
    }

    #[tokio::test]
    async fn failures_of_providers_are_counted_at_the_beginning_and_in_the_middle() {
        let series = format!("{CALLS}{{code=\"provider_unreachable\"}}");
        let failure = ModelError::Unreachable("closed".to_owned());
        let script = [
            Reply::Refuse(failure.clone()),
            Reply::Stream(vec![Step::Say("It".to_owned()), Step::Fail(failure)]),
            Reply::Stream(vec![Step::Say("It".to_owned()), Step::Fail(ModelError::TooLong)]),
        ];
        let model = Counted(ScriptedModel::new(script));
        let request = ChatRequest {
            model: "model-a".to_owned(),
            turns: Vec::new(),
            question: String::new(),
            sources: Vec::new(),
            pictures: Vec::new(),
            vision: hammock_contract::assistant::Vision::Automatic,
            language: None,
            is_weak: false,
            temperature: 0.0,
            max_tokens: 64,
        };
        let before = value(&series);
        assert!(model.stream(&request).await.is_err());
        for _ in 0..2 {
            let events: Vec<_> = model.stream(&request).await.unwrap().collect().await;
            assert!(events.last().unwrap().is_err());
        }
        assert!((value(&series) - before - 2.0).abs() < 0.5, "{}", value(&series));
        assert!(value(&format!("{CALLS}{{code=\"answer_too_long\"}}")).abs() < 0.5);
    }
}
