//! A mail server that keeps what it gets.

use std::{net::SocketAddr, sync::Arc};

use parking_lot::Mutex;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// A mail server on loopback that speaks just enough SMTP.
#[derive(Debug, Clone)]
pub struct MailSink {
    address: SocketAddr,
    mails: Arc<Mutex<Vec<String>>>,
}

impl MailSink {
    /// Starts one; it ends with the runtime.
    ///
    /// # Errors
    /// When loopback cannot be bound.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let sink = Self { address: listener.local_addr()?, mails: Arc::default() };
        let mails = sink.mails.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, mails.clone()));
            }
        });
        Ok(sink)
    }

    /// Its address for `smtp.url`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The mails so far, headers and body as they came.
    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().clone()
    }
}

async fn converse(stream: TcpStream, mails: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink ready\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer: &[u8] = match line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => b"250 sink\r\n",
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.push('\n');
                }
                mails.lock().push(mail);
                b"250 kept\r\n"
            }
            _ => b"250 fine\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}
