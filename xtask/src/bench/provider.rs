//! A model provider that speaks OpenAI's protocol and does what a measurement wants: it says when a question arrives, and
//! answers at once or slowly.

use std::{
    io::{Result, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::bench::listener::{Request, listen, reply};

/// What marks a question whose answer is told apart: `zqstream-0042`. No text has it.
pub const MARK: &str = "zqstream-";

/// What the instruction of a request for a title begins with.
const TITLE: &str = "Write the title of a conversation.";

/// How answers are written.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How many pieces an answer has.
    pub pieces: usize,
    /// How long after each piece.
    pub pause: Duration,
    /// So many questions must have arrived before any answer begins.
    pub together: usize,
}

/// A provider on loopback.
pub struct Provider {
    address: SocketAddr,
    /// When each question had arrived whole.
    pub arrivals: Receiver<Instant>,
}

#[derive(Default)]
struct Gate {
    waiting: Mutex<usize>,
    opened: Condvar,
}

impl Provider {
    /// Starts one.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start(pace: Pace) -> Result<Self> {
        Self::start_saying(pace, move |body| pieces(mark(body), pace.pieces))
    }

    /// Starts one that answers each question at once with the next of these texts.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start_with(texts: Vec<String>) -> Result<Self> {
        let texts = Mutex::new(texts.into_iter());
        let pace = Pace { pieces: 1, pause: Duration::ZERO, together: 1 };
        Self::start_saying(pace, move |_| {
            let next = texts.lock().unwrap_or_else(PoisonError::into_inner).next();
            next.into_iter().collect()
        })
    }

    /// Starts one; `say` makes the pieces of an answer from the body of its request.
    fn start_saying(pace: Pace, say: impl Fn(&str) -> Vec<String> + Send + Sync + 'static) -> Result<Self> {
        let (sender, arrivals) = mpsc::channel();
        let sender = Mutex::new(sender);
        let gate = Arc::new(Gate::default());
        let address = listen(move |request, stream| answer(request, stream, pace, &say, &sender, &gate))?;
        Ok(Self { address, arrivals })
    }

    /// The base address of its API.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Host and port, as a rule for outgoing requests wants them.
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// What allows the server to reach it.
    pub fn egress(&self) -> (&'static str, String) {
        ("HAMMOCK_EGRESS__ALLOW", format!("[\"{}\"]", self.authority()))
    }
}

/// The pieces of the answer to a marked question; what a reader must have got.
pub fn pieces(mark: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("Piece {number} of {mark} is written down. ")).collect()
}

fn answer(
    request: &Request,
    stream: &mut TcpStream,
    pace: Pace,
    say: &dyn Fn(&str) -> Vec<String>,
    arrivals: &Mutex<Sender<Instant>>,
    gate: &Gate,
) -> Result<()> {
    if !request.target.starts_with("POST ") {
        let models = json!({ "object": "list", "data": [{ "id": "bench", "object": "model" }] });
        return reply(stream, "200 OK", "application/json", models.to_string().as_bytes());
    }
    let body = String::from_utf8_lossy(&request.body);
    // Asked for after the first answer of every conversation: no question, and not measured.
    let is_title = body.contains(TITLE);
    if !is_title {
        // The measurement may be over.
        let _ = arrivals.lock().unwrap_or_else(PoisonError::into_inner).send(Instant::now());
        gate.pass(pace.together);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")?;
    let answer = if is_title { Vec::new() } else { say(&body) };
    for piece in answer {
        event(stream, &json!({ "choices": [{ "index": 0, "delta": { "content": piece } }] }).to_string())?;
        if !pace.pause.is_zero() {
            thread::sleep(pace.pause);
        }
    }
    event(stream, &json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] }).to_string())?;
    event(stream, "[DONE]")?;
    stream.write_all(b"0\r\n\r\n")
}

fn event(stream: &mut TcpStream, data: &str) -> Result<()> {
    let event = format!("data: {data}\n\n");
    stream.write_all(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes())
}

/// The last mark in a request: of the question, not of what was said before.
fn mark(body: &str) -> &str {
    let Some(start) = body.rfind(MARK) else { return "this" };
    let rest = &body[start..];
    let end = rest[MARK.len()..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |end| MARK.len() + end);
    &rest[..end]
}

impl Gate {
    /// Waits until `together` have come.
    fn pass(&self, together: usize) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting += 1;
        if *waiting >= together {
            self.opened.notify_all();
            return;
        }
        while *waiting < together {
            // An answer that never came through must not hold up the others for ever.
            let (now, timed_out) =
                self.opened.wait_timeout(waiting, Duration::from_secs(90)).unwrap_or_else(PoisonError::into_inner);
            if timed_out.timed_out() {
                return;
            }
            waiting = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::bench::http::Connection;

    #[test]
    fn answers_are_told_apart_by_their_mark() {
        assert_eq!(
            mark("{\"content\": \"zqstream-0001?\"}, {\"content\": \"what of zqstream-0042?\"}"),
            "zqstream-0042"
        );
        assert_eq!(mark("nothing"), "this");
        let provider = Provider::start(Pace { pieces: 3, pause: Duration::ZERO, together: 1 }).unwrap();
        let address = provider.url().trim_start_matches("http://").trim_end_matches("/v1").parse().unwrap();
        let mut connection = Connection::open(address, &[]).unwrap();
        let models = connection.send("GET", "/v1/models", None).unwrap();
        assert_eq!(models.status, 200);
        models.bytes().unwrap();
        let body = b"{\"content\": \"zqstream-0007\"}";
        let mut answer = connection.send("POST", "/v1/chat/completions", Some(("application/json", body))).unwrap();
        let mut text = String::new();
        answer.read_to_string(&mut text).unwrap();
        for piece in pieces("zqstream-0007", 3) {
            assert!(text.contains(piece.as_str()), "{text}");
        }
        assert!(text.ends_with("data: [DONE]\n\n") && provider.arrivals.try_recv().is_ok());
        let title = format!("{{\"content\": \"{TITLE} Of zqstream-0007.\"}}");
        let body = Some(("application/json", title.as_bytes()));
        let mut answer = connection.send("POST", "/v1/chat/completions", body).unwrap();
        text.clear();
        answer.read_to_string(&mut text).unwrap();
        assert!(!text.contains("Piece") && provider.arrivals.try_recv().is_err(), "{text}");
    }

    #[test]
    fn given_texts_are_the_answers_one_after_the_other() {
        let provider = Provider::start_with(vec!["First text.".to_owned(), "Second text.".to_owned()]).unwrap();
        let mut connection = Connection::open(provider.address, &[]).unwrap();
        for (question, said) in [("a", "First text."), (TITLE, ""), ("b", "Second text.")] {
            let body = Some(("application/json", question.as_bytes()));
            let answer = connection.send("POST", "/v1/chat/completions", body).unwrap();
            let text = String::from_utf8(answer.bytes().unwrap()).unwrap();
            assert!(text.contains(said) && text.contains("text.") != said.is_empty(), "{text}");
        }
    }
}
