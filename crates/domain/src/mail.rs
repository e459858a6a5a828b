//! Mail: over SMTP where the operator configured it, else into an outbox folder whose path the log names.

use std::{path::PathBuf, time::Duration};

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};

mod texts;

pub use texts::{Invitation, PasswordReset};

use crate::private::{make_private_folder, write_private_file};

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
    /// Nothing that takes mail answers.
    #[error("{0}")]
    Silent(String),
}

/// How long a mail server may take to say that it is there.
const CHECK_LIMIT: Duration = Duration::from_secs(5);

/// Hands mails over.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands one mail over; when it returns, the mail server or the disk has it.
    async fn send(&self, mail: Mail) -> Result<(), MailError>;

    /// Whether mails can be handed over, as far as that can be told without sending one.
    async fn check(&self) -> Result<(), MailError>;

    /// Whether mails are only kept for the operator, and reach nobody by themselves.
    fn is_outbox(&self) -> bool {
        false
    }
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

    async fn check(&self) -> Result<(), MailError> {
        match tokio::time::timeout(CHECK_LIMIT, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(MailError::Silent("it broke the connection off".to_owned())),
            Ok(Err(error)) => Err(MailError::Silent(error.to_string())),
            Err(_) => Err(MailError::Silent(format!("no answer within {} seconds", CHECK_LIMIT.as_secs()))),
        }
    }
}

/// Writes each mail as a file into a folder. It holds a link that lets in: nobody but the operator can read it.
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
        let failed = |error: std::io::Error| MailError::Transport(error.to_string());
        let message = message(&self.from, &mail)?.formatted();
        make_private_folder(&self.folder).await.map_err(failed)?;
        let file = self.folder.join(format!("{}.eml", uuid::Uuid::now_v7()));
        write_private_file(&file, &message).await.map_err(failed)?;
        tracing::warn!(
            file = %file.display(),
            "no mail server is configured (smtp.url): a mail was written to the outbox folder instead"
        );
        Ok(())
    }

    /// The folder is made with the first mail, so nothing is known before.
    async fn check(&self) -> Result<(), MailError> {
        Ok(())
    }

    fn is_outbox(&self) -> bool {
        true
    }
}

/// Whether mails can have this sender.
pub fn is_sender(from: &str) -> bool {
    sender(from).is_ok()
}

fn sender(from: &str) -> Result<Mailbox, MailError> {
    from.parse().map_err(|_| MailError::Address(from.to_owned()))
}

fn message(from: &Mailbox, mail: &Mail) -> Result<Message, MailError> {
    let to: Mailbox = mail.to.parse().map_err(|_| MailError::Address(mail.to.clone()))?;
    Message::builder()
        .from(from.clone())
        .to(to)
        // Servers distrust mail without one.
        .message_id(None)
        .subject(mail.subject.clone())
        .header(ContentType::TEXT_PLAIN)
        .body(mail.text.clone())
        .map_err(|error| MailError::Transport(error.to_string()))
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
        net::TcpListener,
    };

    use super::*;

    /// A mail server for one connection, with as much as a greeting needs.
    async fn serve_once(listener: TcpListener) {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 mail.example.org\r\n").await.unwrap();
        while let Some(line) = lines.next_line().await.unwrap() {
            let is_last = line == "QUIT";
            let answer = if is_last { "221 bye\r\n" } else { "250 fine\r\n" };
            write.write_all(answer.as_bytes()).await.unwrap();
            if is_last {
                return;
            }
        }
    }

    #[tokio::test]
    async fn a_mail_server_is_there_or_not() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let mailer = SmtpMailer::new(&url, "Hammock <hammock@example.org>").unwrap();
        let server = tokio::spawn(serve_once(listener));
        mailer.check().await.unwrap();
        server.await.unwrap();
        // Its port is closed now.
        let problem = mailer.check().await.unwrap_err();
        assert!(matches!(problem, MailError::Silent(_)), "{problem}");
    }
}
