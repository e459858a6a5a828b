//! Requests to the public API, and how they are written as commands.

use crate::command::{Commands, cut, digits, woven};

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// By what its answer is known; of a stream its number.
    pub tag: String,
    /// The method.
    pub method: &'static str,
    /// The path below `/api/v1/public`.
    pub path: String,
    /// JSON, or the number of the file that is sent; empty: none.
    pub body: String,
    /// Whether the answer is a stream of events.
    pub streams: bool,
    /// Whether the token was renewed for it already.
    pub renewed: bool,
}

impl Request {
    /// An ordinary one.
    pub fn new(tag: &str, method: &'static str, path: &[&str], body: &str) -> Self {
        Self { tag: tag.to_owned(), method, path: path.concat(), body: body.to_owned(), streams: false, renewed: false }
    }

    /// One whose answer is a stream.
    pub fn stream(number: u32, method: &'static str, path: &[&str], body: &str) -> Self {
        Self { streams: true, ..Self::new(&digits(u64::from(number)), method, path, body) }
    }

    /// The number of the file that it sends, or asks after.
    pub fn file(&self) -> Option<&str> {
        cut(&self.tag, b':').filter(|(what, _)| matches!(*what, "up" | "read")).map(|(_, number)| number)
    }

    /// Writes it.
    pub fn write(&self, token: &str, into: &mut Commands) {
        let command = match self.tag.get(..3) {
            _ if self.streams => "stream",
            Some("up:") => "upload",
            _ => "send",
        };
        into.add(command, &woven("$ $ $ $", &[&self.tag, self.method, &self.path, token]), &self.body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_one_command() {
        let mut commands = Commands::default();
        Request::stream(3, "POST", &["/chat"], "{}").write("hmv_t", &mut commands);
        Request::new("load", "GET", &["/conversations/", "conv_1"], "").write("", &mut commands);
        Request::new("up:2", "POST", &["/attachments"], "2").write("hmv_t", &mut commands);
        let expected = "stream\u{1f}3 POST /chat hmv_t\u{1f}{}\u{1e}send\u{1f}load GET /conversations/conv_1 \u{1f}\
                        \u{1e}upload\u{1f}up:2 POST /attachments hmv_t\u{1f}2";
        assert_eq!(commands.take(), expected);
    }
}
