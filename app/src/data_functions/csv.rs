//! An answer as a file that spreadsheets open.

use hammock_contract::function::{Cell, FunctionRun};

/// The answer as comma-separated values. A text that a spreadsheet would take for a formula gets an apostrophe before it.
pub fn csv_of(run: &FunctionRun) -> String {
    let names = run.columns.iter().map(|column| field(&harmless(&column.name)));
    // Spreadsheets take UTF-8 for what it is only behind this mark.
    let mut csv = format!("\u{feff}{}\r\n", names.collect::<Vec<_>>().join(","));
    for row in &run.rows {
        let cells = run.columns.iter().map(|column| match row.get(&column.name) {
            Some(Cell::Text(text)) => field(&harmless(text)),
            Some(other) => field(&other.to_string()),
            None => String::new(),
        });
        csv.push_str(&cells.collect::<Vec<_>>().join(","));
        csv.push_str("\r\n");
    }
    csv
}

fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use hammock_contract::function::{Column, ColumnKind};

    use super::*;

    #[test]
    fn nothing_in_it_is_a_formula() {
        let column = |name: &str, kind| Column { name: name.to_owned(), kind };
        let cells = [
            ("Name".to_owned(), Cell::Text("=cmd|'x'!A1".to_owned())),
            ("Note".to_owned(), Cell::Text("a \"b\", c".to_owned())),
            ("Price".to_owned(), Cell::Number(-1.5)),
        ];
        let run = FunctionRun {
            columns: vec![
                column("Name", ColumnKind::Text),
                column("Note", ColumnKind::Text),
                column("Price", ColumnKind::Number),
                column("Since", ColumnKind::Date),
            ],
            rows: vec![cells.into()],
            matched: 1,
            truncated: false,
            tables: Vec::new(),
        };
        assert_eq!(csv_of(&run), "\u{feff}Name,Note,Price,Since\r\n'=cmd|'x'!A1,\"a \"\"b\"\", c\",-1.5,\r\n");
    }
}
