//! The first lines of a request to the proxy.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use url::{Position, Url};

/// No browser writes more before the body. Bytes.
const LONGEST: usize = 64 << 10;

/// What concerns the connection to the proxy and not the site.
const BETWEEN_US: &[&str] = &[
    "connection",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Whether a tunnel is wanted; else it is one request over plain HTTP.
    pub is_tunnel: bool,
    /// Where to. Of a tunnel, host and port.
    pub url: Url,
    /// How much follows the head of a request. Bytes.
    pub body_length: u64,
    method: String,
    fields: Vec<(String, Vec<u8>)>,
}

/// Why a request is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is no request to a proxy.
    Malformed,
    /// Its body has no length that is known beforehand.
    NoLength,
}

impl Head {
    /// Reads the head of a request, and what came with it of what follows.
    pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Result<(Self, Vec<u8>), Unreadable>> {
        let mut bytes: Vec<u8> = Vec::with_capacity(2 << 10);
        loop {
            if let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
                let rest = bytes.split_off(end + 4);
                return Ok(Self::parse(&bytes).map(|head| (head, rest)));
            }
            if bytes.len() > LONGEST || from.read_buf(&mut bytes).await? == 0 {
                return Ok(Err(Unreadable::Malformed));
            }
        }
    }

    fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let first = lines.next().and_then(|line| std::str::from_utf8(line).ok()).ok_or(Unreadable::Malformed)?;
        let parts: Vec<&str> = first.split(' ').collect();
        let [method, target, version] = parts[..] else { return Err(Unreadable::Malformed) };
        if !version.starts_with("HTTP/1.") || method.is_empty() || !method.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(Unreadable::Malformed);
        }
        let mut fields = Vec::new();
        for line in lines.filter(|line| !line.is_empty()) {
            let colon = line.iter().position(|byte| *byte == b':').ok_or(Unreadable::Malformed)?;
            let (name, value) = (&line[..colon], &line[colon + 1..]);
            if name.is_empty() || !name.iter().all(|byte| byte.is_ascii_graphic()) || value.contains(&b'\r') {
                return Err(Unreadable::Malformed);
            }
            fields.push((String::from_utf8_lossy(name).to_ascii_lowercase(), value.trim_ascii().to_vec()));
        }
        let is_tunnel = method == "CONNECT";
        let url = if is_tunnel { tunnel_target(target) } else { Url::parse(target).ok() };
        let url = url.filter(|url| is_tunnel || url.scheme() == "http").ok_or(Unreadable::Malformed)?;
        let body_length = if is_tunnel { 0 } else { body_length(&fields)? };
        Ok(Self { is_tunnel, url, body_length, method: method.to_owned(), fields })
    }

    /// The request as the site is asked it.
    pub(super) fn for_site(&self) -> Vec<u8> {
        let path = &self.url[Position::BeforePath..Position::AfterQuery];
        let host = &self.url[Position::BeforeHost..Position::AfterPort];
        let mut out = format!("{} {path} HTTP/1.1\r\nHost: {host}\r\n", self.method).into_bytes();
        for (name, value) in self.fields.iter().filter(|(name, _)| !BETWEEN_US.contains(&name.as_str())) {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"Connection: close\r\n\r\n");
        out
    }
}

/// Host and port, and nothing beside them.
fn tunnel_target(target: &str) -> Option<Url> {
    let url = Url::parse(&format!("https://{target}/")).ok()?;
    (url.path() == "/" && url.query().is_none() && url.fragment().is_none()).then_some(url)
}

fn body_length(fields: &[(String, Vec<u8>)]) -> Result<u64, Unreadable> {
    let of =
        |wanted: &'static str| fields.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value.as_slice());
    if of("transfer-encoding").next().is_some() {
        return Err(Unreadable::NoLength);
    }
    let lengths: Vec<&[u8]> = of("content-length").collect();
    match lengths[..] {
        [] => Ok(0),
        [length] => {
            let digits = std::str::from_utf8(length).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
            digits.and_then(|digits| digits.parse().ok()).ok_or(Unreadable::Malformed)
        }
        _ => Err(Unreadable::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Head, Unreadable> {
        Head::parse(text.as_bytes())
    }

    #[test]
    fn a_request_becomes_one_to_the_site() {
        let head = parse(
            "GET http://a.example:8080/x?y=1#z HTTP/1.1\r\nHost: b.example\r\nProxy-Connection: keep-alive\r\n\
             Accept: */*\r\nProxy-Authorization: Basic x\r\n\r\n",
        )
        .unwrap();
        let sent = String::from_utf8(head.for_site()).unwrap();
        let expected = "GET /x?y=1 HTTP/1.1\r\nHost: a.example:8080\r\naccept: */*\r\nConnection: close\r\n\r\n";
        assert_eq!(sent, expected);
        assert_eq!((head.is_tunnel, head.body_length), (false, 0));
    }

    #[test]
    fn a_tunnel_names_host_and_port() {
        let head = parse("CONNECT [2001:db8::1]:8443 HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        assert_eq!((head.is_tunnel, head.url.as_str()), (true, "https://[2001:db8::1]:8443/"));
        assert_eq!(parse("CONNECT a.example:443 HTTP/1.1\r\n\r\n").unwrap().url.port_or_known_default(), Some(443));
    }

    #[test]
    fn what_is_no_request_to_a_proxy_is_not_understood() {
        for text in [
            "",
            "GET / HTTP/1.1\r\n\r\n",
            "GET https://a.example/ HTTP/1.1\r\n\r\n",
            "GET file:///etc/passwd HTTP/1.1\r\n\r\n",
            "GET http://a.example/ HTTP/2\r\n\r\n",
            "GET http://a.example/ x HTTP/1.1\r\n\r\n",
            "CONNECT a.example:443/x HTTP/1.1\r\n\r\n",
            "GET http://a.example/ HTTP/1.1\r\nno field\r\n\r\n",
            "GET http://a.example/ HTTP/1.1\r\n folded: x\r\n\r\n",
            "POST http://a.example/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "POST http://a.example/ HTTP/1.1\r\nContent-Length: +1\r\n\r\n",
        ] {
            assert_eq!(parse(text), Err(Unreadable::Malformed), "{text}");
        }
        let chunked = "POST http://a.example/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(parse(chunked), Err(Unreadable::NoLength));
        let length = "POST http://a.example/ HTTP/1.1\r\nContent-Length: 12\r\n\r\n";
        assert_eq!(parse(length).unwrap().body_length, 12);
    }
}
