//! Mail: over SMTP where the operator configured it, else into an outbox folder whose path the log names.

use std::path::PathBuf;

use async_trait::async_trait;
use lettre::{
    AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};

mod texts;

pub use texts::{Invitation, PasswordReset};

/// A mail in plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The address of the recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Why a mail was not handed over.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// An address cannot be written to.
    #[error("not an address that mail can be sent to: {0}")]
    Address(String),
    /// The mail server or the disk refused it.
    #[error("the mail could not be handed over: {0}")]
    Transport(String),
}

/// Hands mails over.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands one mail over; when it returns, the mail server or the disk has it.
    async fn send(&self, mail: Mail) -> Result<(), MailError>;
}

/// Sends over SMTP.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// `url` is `smtps://user:password@host:465`, `smtp://host:587?tls=required` or `smtp://localhost:25`.
    ///
    /// # Errors
    /// When the address or the sender cannot be read.
    pub fn new(url: &str, from: &str) -> Result<Self, MailError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| MailError::Transport(error.to_string()))?
            .build();
        Ok(Self { transport, from: sender(from)? })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let message = message(&self.from, &mail)?;
        self.transport.send(message).await.map(|_| ()).map_err(|error| MailError::Transport(error.to_string()))
    }
}

/// Writes each mail as a file into a folder.
pub struct OutboxMailer {
    folder: PathBuf,
    from: Mailbox,
}

impl OutboxMailer {
    /// `folder` is created with the first mail.
    ///
    /// # Errors
    /// When the sender cannot be read.
    pub fn new(folder: PathBuf, from: &str) -> Result<Self, MailError> {
        Ok(Self { folder, from: sender(from)? })
    }
}

#[async_trait]
impl Mailer for OutboxMailer {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        tokio::fs::create_dir_all(&self.folder).await.map_err(|error| MailError::Transport(error.to_string()))?;
        let transport = AsyncFileTransport::<Tokio1Executor>::new(&self.folder);
        let name = transport
            .send(message(&self.from, &mail)?)
            .await
            .map_err(|error| MailError::Transport(error.to_string()))?;
        tracing::warn!(
            file = %self.folder.join(format!("{name}.eml")).display(),
            "no mail server is configured (smtp.url): a mail was written to the outbox folder instead"
        );
        Ok(())
    }
}

fn sender(from: &str) -> Result<Mailbox, MailError> {
    from.parse().map_err(|_| MailError::Address(from.to_owned()))
}

fn message(from: &Mailbox, mail: &Mail) -> Result<Message, MailError> {
    let to: Mailbox = mail.to.parse().map_err(|_| MailError::Address(mail.to.clone()))?;
    Message::builder()
        .from(from.clone())
        .to(to)
        .subject(mail.subject.clone())
        .header(ContentType::TEXT_PLAIN)
        .body(mail.text.clone())
        .map_err(|error| MailError::Transport(error.to_string()))
}
