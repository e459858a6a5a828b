//! Server-sent events out of bytes that end anywhere (WHATWG HTML 9.2.6).

use crate::command::cut;

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id; empty when it has none.
    pub id: String,
    /// What it says.
    pub data: String,
}

/// Reads a stream.
#[derive(Debug, Default)]
pub struct Reader {
    /// The beginning of a line whose end has not come yet.
    line: Vec<u8>,
    id: String,
    data: String,
    has_data: bool,
}

impl Reader {
    /// Takes the next bytes. Gives the events that are whole with them.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for byte in bytes {
            if *byte != b'\n' {
                self.line.push(*byte);
                continue;
            }
            // Whole lines only are read as text, so that no character is cut in two.
            let mut line = std::mem::take(&mut self.line);
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            // The server writes UTF-8 alone; a line that is none says nothing.
            if let Ok(line) = std::str::from_utf8(&line) {
                self.line(line, &mut events);
            }
        }
        events
    }

    fn line(&mut self, line: &str, events: &mut Vec<Event>) {
        if line.is_empty() {
            if self.has_data {
                events.push(Event { id: std::mem::take(&mut self.id), data: std::mem::take(&mut self.data) });
            }
            self.has_data = false;
            return;
        }
        let (name, value) = cut(line, b':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "id" => value.clone_into(&mut self.id),
            "data" => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.data.push_str(value);
                self.has_data = true;
            }
            // Comments have an empty name; what kind of event it is stands in the data, too.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = ": keep-alive\n\nid: run_1:1\nevent: delta\ndata: {\"a\":\"čaj 😀\"}\n\nid:run_1:2\r\ndata: one\r\ndata: two\r\n\r\nretry: 3\n\n";

    #[test]
    fn every_cut_gives_the_same_events() {
        let expected = [
            Event { id: "run_1:1".into(), data: "{\"a\":\"čaj 😀\"}".into() },
            Event { id: "run_1:2".into(), data: "one\ntwo".into() },
        ];
        for cut in 0..=STREAM.len() {
            let (first, second) = STREAM.as_bytes().split_at(cut);
            let mut reader = Reader::default();
            let mut events = reader.push(first);
            events.extend(reader.push(second));
            assert_eq!(events, expected, "cut at {cut}");
        }
    }

    #[test]
    fn an_event_without_its_end_is_not_given() {
        assert_eq!(Reader::default().push(b"id: 1\ndata: half\n"), []);
    }
}
