//! The servers that a measurement needs beside Hammock: a thread for every connection. They end with this process.

use std::{
    io::{BufReader, Result, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use crate::bench::http::line;

/// What a thread gets: a thousand of them must cost little.
pub const STACK: usize = 256 << 10;

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method and path, as in `GET /a`.
    pub target: String,
    /// The body.
    pub body: Vec<u8>,
}

/// Answers on a free port of loopback; the address.
///
/// # Errors
/// When there is none.
pub fn listen<H>(answer: H) -> Result<SocketAddr>
where
    H: Fn(&Request, &mut TcpStream) -> Result<()> + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answer = Arc::clone(&answer);
            // A connection that breaks is the measured server's to notice.
            let serve = move || drop(serve(stream, &*answer));
            let started = thread::Builder::new().stack_size(STACK).spawn(serve);
            if started.is_err() {
                break;
            }
        }
    });
    Ok(address)
}

fn serve(mut stream: TcpStream, answer: &(dyn Fn(&Request, &mut TcpStream) -> Result<()> + Send + Sync)) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let request = read(&mut reader)?;
        answer(&request, &mut stream)?;
    }
}

fn read(reader: &mut impl std::io::BufRead) -> Result<Request> {
    let first = line(reader)?;
    let target = first.rsplit_once(' ').map_or("", |(target, _)| target).to_owned();
    let mut length = 0;
    loop {
        let line = line(reader)?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Request { target, body })
}

/// Writes a whole answer.
///
/// # Errors
/// When the connection breaks.
pub fn reply(stream: &mut TcpStream, status: &str, media_type: &str, body: &[u8]) -> Result<()> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    stream.write_all(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::http::Connection;

    #[test]
    fn one_connection_carries_many_requests() {
        let address = listen(|request, stream| {
            let body = format!("{} {}", request.target, String::from_utf8_lossy(&request.body));
            reply(stream, "200 OK", "text/plain", body.as_bytes())
        })
        .unwrap();
        let mut connection = Connection::open(address, &[("x-test", "1")]).unwrap();
        for word in ["one", "two"] {
            let answer = connection.send("POST", "/a", Some(("text/plain", word.as_bytes()))).unwrap();
            assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/plain")));
            assert_eq!(answer.bytes().unwrap(), format!("POST /a {word}").as_bytes());
        }
    }
}
