//! Server-sent events, read from bytes as they arrive. Only whole events are decoded, so that a character or a line that a
//! network packet cuts in two does no harm. The form follows the HTML standard, section "server-sent events".

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// Its id, where one was sent.
    pub id: Option<String>,
    /// Its data; lines are joined by line feeds.
    pub data: String,
}

/// Cuts a stream of bytes into events.
#[derive(Debug, Default)]
pub struct Decoder {
    buffer: Vec<u8>,
}

impl Decoder {
    /// Takes more bytes; the events that are complete now.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Event> {
        self.buffer.extend_from_slice(bytes);
        let mut events = Vec::new();
        while let Some((end, next)) = boundary(&self.buffer) {
            let block = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
            self.buffer.drain(..next);
            events.extend(parse(&block));
        }
        events
    }
}

/// Where the first event ends and the next one begins.
fn boundary(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        for blank in [&b"\r\n\r\n"[..], b"\n\n", b"\r\r"] {
            if rest.starts_with(blank) {
                return Some((at, at + blank.len()));
            }
        }
        at += 1;
    }
    None
}

/// An event without data is a comment that keeps the connection open.
fn parse(block: &str) -> Option<Event> {
    let mut event = Event::default();
    let mut has_data = false;
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => event.id = Some(value.to_owned()),
            "data" => {
                if has_data {
                    event.data.push('\n');
                }
                event.data.push_str(value);
                has_data = true;
            }
            _ => {}
        }
    }
    has_data.then_some(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_survive_any_cut() {
        let stream = ": hello\n\nid: run_a:1\nevent: delta\ndata: {\"text\":\"žluťoučký\"}\n\nid: run_a:2\r\ndata: one\r\ndata: two\r\n\r\n";
        let expected = vec![
            Event { id: Some("run_a:1".into()), data: "{\"text\":\"žluťoučký\"}".into() },
            Event { id: Some("run_a:2".into()), data: "one\ntwo".into() },
        ];
        for size in 1..stream.len() {
            let mut decoder = Decoder::default();
            let found: Vec<Event> = stream.as_bytes().chunks(size).flat_map(|part| decoder.push(part)).collect();
            assert_eq!(found, expected, "pieces of {size}");
        }
    }

    #[test]
    fn an_unfinished_event_waits() {
        let mut decoder = Decoder::default();
        assert!(decoder.push(b"data: a\n").is_empty());
        assert_eq!(decoder.push(b"\n").len(), 1);
    }
}
