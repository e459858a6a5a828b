//! A small HTTP/1.1 client: one connection, one request after the other. It costs next to nothing beside what it measures,
//! and adds nothing to what has to be compiled.

use std::{
    io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// An answer may be silent for this long.
const PATIENCE: Duration = Duration::from_secs(180);

/// A connection to a server.
pub struct Connection {
    stream: BufReader<TcpStream>,
    /// What every request says, in lines.
    headers: String,
}

/// The beginning of an answer; its body is read from it.
pub struct Answer<'a, R> {
    /// The status.
    pub status: u16,
    headers: Vec<(String, String)>,
    reader: &'a mut R,
    rest: Rest,
}

/// What is left of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// So many bytes.
    Bytes(u64),
    /// So many bytes of this chunk, then further chunks.
    Chunk(u64),
    /// Until the connection ends.
    Everything,
    /// Nothing.
    Nothing,
}

impl Connection {
    /// Connects. `headers` go with every request.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn open(address: SocketAddr, headers: &[(&str, &str)]) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut lines = format!("host: {address}\r\n");
        for (name, value) in headers {
            lines.push_str(&format!("{name}: {value}\r\n"));
        }
        Ok(Self { stream: BufReader::new(stream), headers: lines })
    }

    /// Sends a request and reads the beginning of the answer.
    ///
    /// # Errors
    /// When the connection breaks or the answer is no HTTP.
    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        content: Option<(&str, &[u8])>,
    ) -> Result<Answer<'_, BufReader<TcpStream>>> {
        let mut request = format!("{method} {path} HTTP/1.1\r\n{}", self.headers);
        if let Some((media_type, body)) = content {
            request.push_str(&format!("content-type: {media_type}\r\ncontent-length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(content.map(|(_, body)| body).unwrap_or_default());
        self.stream.get_mut().write_all(&bytes)?;
        Answer::read(&mut self.stream)
    }
}

impl<'a, R: BufRead> Answer<'a, R> {
    fn read(reader: &'a mut R) -> Result<Self> {
        let first = line(reader)?;
        let status = first
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3)?.parse().ok())
            .ok_or_else(|| malformed(&format!("the answer begins with {first:?}")))?;
        let mut headers = Vec::new();
        loop {
            let line = line(reader)?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').ok_or_else(|| malformed(&format!("the header {line:?}")))?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Self { status, headers, reader, rest: Rest::Everything };
        answer.rest = if answer.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            Rest::Chunk(0)
        } else if let Some(length) = answer.header("content-length") {
            Rest::Bytes(length.parse().map_err(|_| malformed("the length of the answer"))?)
        } else if status == 204 || status == 304 {
            Rest::Nothing
        } else {
            Rest::Everything
        };
        if answer.rest == Rest::Chunk(0) {
            answer.rest = answer.chunk()?;
        }
        Ok(answer)
    }

    /// The first header of a name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The whole body.
    ///
    /// # Errors
    /// When it breaks off.
    pub fn bytes(mut self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The next chunk's size; at the last one, what follows it is read too.
    fn chunk(&mut self) -> Result<Rest> {
        let size = line(self.reader)?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|_| malformed(&format!("the chunk size {size:?}")))?;
        if size > 0 {
            return Ok(Rest::Chunk(size));
        }
        while !line(self.reader)?.is_empty() {}
        Ok(Rest::Nothing)
    }
}

impl<R: BufRead> Read for Answer<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let most = match self.rest {
            Rest::Nothing => return Ok(0),
            Rest::Everything => return self.reader.read(buffer),
            Rest::Bytes(0) => {
                self.rest = Rest::Nothing;
                return Ok(0);
            }
            Rest::Bytes(left) | Rest::Chunk(left) => left,
        };
        let length = buffer.len().min(usize::try_from(most).unwrap_or(usize::MAX));
        let read = self.reader.read(&mut buffer[..length])?;
        if read == 0 && length > 0 {
            return Err(Error::new(ErrorKind::UnexpectedEof, "the answer breaks off"));
        }
        let left = most - read as u64;
        self.rest = match self.rest {
            Rest::Chunk(_) if left == 0 => {
                // The line's end behind the chunk.
                line(self.reader)?;
                self.chunk()?
            }
            Rest::Chunk(_) => Rest::Chunk(left),
            _ => Rest::Bytes(left),
        };
        Ok(read)
    }
}

/// A line without its end.
pub fn line(reader: &mut impl BufRead) -> Result<String> {
    let mut bytes = Vec::new();
    if reader.read_until(b'\n', &mut bytes)? == 0 {
        return Err(Error::new(ErrorKind::UnexpectedEof, "the connection was closed"));
    }
    let text = String::from_utf8(bytes).map_err(|_| malformed("a line is not UTF-8"))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn malformed(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("not understood: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(answer: &str) -> (u16, String, String) {
        let mut reader = answer.as_bytes();
        let answer = Answer::read(&mut reader).unwrap();
        let status = answer.status;
        let body = String::from_utf8(answer.bytes().unwrap()).unwrap();
        (status, body, String::from_utf8(reader.to_vec()).unwrap())
    }

    #[test]
    fn bodies_end_where_they_say() {
        let (status, text, next) = body("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1");
        assert_eq!((status, text.as_str(), next.as_str()), (200, "hello", "HTTP/1.1"));
        let (status, text, next) = body("HTTP/1.1 204 No Content\r\nx: y\r\n\r\nHTTP/1.1");
        assert_eq!((status, text.as_str(), next.as_str()), (204, "", "HTTP/1.1"));
    }

    #[test]
    fn chunks_are_joined() {
        let (_, text, next) = body(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: z\r\n\r\nnext",
        );
        assert_eq!((text.as_str(), next.as_str()), ("hello", "next"));
    }

    #[test]
    fn an_answer_that_breaks_off_is_an_error() {
        let mut reader = &b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhalf"[..];
        assert!(Answer::read(&mut reader).unwrap().bytes().is_err());
        let mut reader = &b"SSH-2.0\r\n"[..];
        assert!(Answer::read(&mut reader).is_err());
    }
}
