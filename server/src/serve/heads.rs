//! The head of a request arrives in time, or the connection is closed: who opens many and sends nothing, or a letter now and
//! then, must not keep them from others.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::Router;
use axum_server::{Handle, Server, accept::Accept, tls_rustls::RustlsConfig};
use futures::future::BoxFuture;
use hyper_util::rt::TokioTimer;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Sleep,
};

/// How long a connection waits for the head of its next request. Many proxies keep a connection without a request for a minute; if
/// it were closed sooner, that could be while they send the next one on it. A connection of HTTP/2 on which nothing comes is asked
/// after so long whether anybody is there, and waits as long again for that answer.
pub const LIMIT: Duration = Duration::from_secs(75);

/// So many bytes tell HTTP/1 and HTTP/2 apart; hyper limits only what comes after. Hardly a request is shorter.
const BEGINNING: usize = 24;

/// Serves on a bound socket; a head may take up to `limit`.
///
/// # Errors
/// When the socket breaks.
pub async fn serve(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    router: Router,
    limit: Duration,
    handle: Handle<SocketAddr>,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        Some(tls) => {
            let server = axum_server::from_tcp_rustls(listener, tls)?;
            limited(server, limit).handle(handle).serve(service).await
        }
        None => limited(axum_server::from_tcp(listener)?, limit).handle(handle).serve(service).await,
    }
}

fn limited<A>(mut server: Server<SocketAddr, A>, limit: Duration) -> Server<SocketAddr, Patient<A>> {
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(limit);
    // Here a connection may have many requests or none at a time. Whoever sends nothing for as long is asked whether they are there.
    server.http_builder().http2().timer(TokioTimer::new()).keep_alive_interval(limit).keep_alive_timeout(limit);
    server.map(|accept| Patient { accept, limit })
}

/// Accepts connections as `accept` does, and waits only so long for what they begin with.
#[derive(Debug, Clone)]
struct Patient<A> {
    accept: A,
    limit: Duration,
}

impl<A, I, S> Accept<I, S> for Patient<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
{
    type Stream = Awaited<A::Stream>;
    type Service = A::Service;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (accepted, limit) = (self.accept.accept(stream, service), self.limit);
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            let patience = Some(Box::pin(tokio::time::sleep(limit)));
            Ok((Awaited { stream, missing: BEGINNING, patience }, service))
        })
    }
}

/// A connection that ends with an error where its first bytes do not come.
#[derive(Debug)]
struct Awaited<S> {
    stream: S,
    /// How many of the first bytes have not come yet.
    missing: usize,
    /// Ends when they are waited for no longer; nothing when all are there.
    patience: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Awaited<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        let Some(patience) = &mut this.patience else { return read };
        if read.is_pending() {
            return patience.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()));
        }
        this.missing = this.missing.saturating_sub(buffer.filled().len() - before);
        if this.missing == 0 {
            this.patience = None;
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Awaited<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
        sync::Notify,
    };

    use super::*;

    const SHORT: Duration = Duration::from_millis(50);

    /// Serves `router`, and says where.
    async fn serving(router: Router) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, None, router, SHORT, Handle::new()));
        address
    }

    /// What comes back until the connection is closed, which the server does.
    async fn bytes_to(server: SocketAddr, sent: &[u8]) -> Vec<u8> {
        let mut client = TcpStream::connect(server).await.unwrap();
        client.write_all(sent).await.unwrap();
        let mut answer = Vec::new();
        let read = client.read_to_end(&mut answer);
        tokio::time::timeout(Duration::from_secs(60), read).await.expect("nobody waits for ever").unwrap();
        answer
    }

    async fn answer_to(server: SocketAddr, sent: &str) -> String {
        String::from_utf8(bytes_to(server, sent.as_bytes()).await).unwrap()
    }

    #[tokio::test]
    async fn a_head_that_does_not_come_whole_is_given_up() {
        let server = serving(Router::new().route("/", get("here"))).await;
        for beginning in ["", "GET / HT", "PRI * HTTP/2.0", "GET / HTTP/1.1\r\nHost: hammock.test\r\nX-Slow: "] {
            assert_eq!(answer_to(server, beginning).await, "", "{beginning:?}");
        }
    }

    /// The kinds of the frames of HTTP/2 that came back, by the numbers of RFC 9113.
    fn kinds(mut frames: &[u8]) -> Vec<u8> {
        let mut kinds = Vec::new();
        while let [a, b, c, kind, rest @ ..] = frames {
            kinds.push(*kind);
            let length = usize::try_from(u32::from_be_bytes([0, *a, *b, *c])).unwrap();
            // Behind the kind: one byte of flags, four that number the stream.
            frames = &rest[5 + length..];
        }
        kinds
    }

    #[tokio::test]
    async fn a_connection_of_http2_on_which_nothing_comes_is_given_up() {
        const SETTINGS: u8 = 4;
        const PING: u8 = 6;
        const GOAWAY: u8 = 7;
        let server = serving(Router::new().route("/", get("here"))).await;
        let preface = &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..];
        // Nothing, settings that change nothing, and the first half of a head.
        for rest in [&b""[..], b"\0\0\0\x04\0\0\0\0\0", b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\0\0\0\0\x01\x82"] {
            let answer = kinds(&bytes_to(server, &[preface, rest].concat()).await);
            assert_eq!(answer.first(), Some(&SETTINGS), "{answer:?}");
            assert!(answer.contains(&PING) && answer.last() == Some(&GOAWAY), "{answer:?}");
        }
    }

    #[tokio::test]
    async fn an_answer_may_take_longer_than_the_head() {
        let (began, given_up) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (tell, wait) = (began.clone(), given_up.clone());
        let slowly = async move || {
            tell.notify_one();
            wait.notified().await;
            "after a while"
        };
        let server = serving(Router::new().route("/", get(slowly))).await;
        let later = async {
            // A head that begins after the slow answer did is given up: that one has taken longer, then.
            began.notified().await;
            let nothing = answer_to(server, "").await;
            given_up.notify_one();
            nothing
        };
        let whole = "GET / HTTP/1.1\r\nHost: hammock.test\r\nConnection: close\r\n\r\n";
        let (answer, nothing) = tokio::join!(answer_to(server, whole), later);
        assert_eq!(nothing, "");
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("after a while"), "{answer}");
    }
}
