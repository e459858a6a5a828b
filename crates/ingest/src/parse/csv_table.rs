//! Tables as text: comma-separated values and their relatives.

use super::{
    FileInput, ParseError,
    limits::MAX_CELLS,
    metadata::Columns,
    plain::decode,
    writer::{Extracted, TableWriter},
};

/// Reads the rows with the separator that fits best; the first row is the header.
pub(super) fn extract(input: &FileInput<'_>) -> Result<Extracted, ParseError> {
    let mut extracted = Extracted { structured: true, ..Extracted::default() };
    let mut table = TableWriter::default();
    let mut columns = Columns::default();
    let mut cells = 0_u64;
    each_row(input, |record| {
        cells += record.len() as u64;
        if cells > MAX_CELLS {
            return Err(ParseError::TooComplex(format!("more than {MAX_CELLS} cells")));
        }
        let row: Vec<String> = record.iter().map(str::to_owned).collect();
        columns.row(&row);
        table.row(&mut extracted.body, &row)
    })?;
    extracted.metadata = columns.finish();
    Ok(extracted)
}

/// Hands each row to `take`.
pub(super) fn each_row(
    input: &FileInput<'_>,
    mut take: impl FnMut(&csv::StringRecord) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let text = decode(input);
    let (told, text) = told_separator(&text);
    let mut reader = reader(told, text);
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| ParseError::Damaged(error.to_string()))? {
        take(&record)?;
    }
    Ok(())
}

/// A row of a table of comma-separated values, for whoever wants its cells themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvRow {
    /// The line of the file on which it begins, from 1.
    pub line: u64,
    /// Its cells.
    pub cells: Vec<String>,
}

/// The rows of such a table, in whatever of the known encodings it is and with whatever separator.
///
/// # Errors
/// When a row cannot be read, or there are more cells than a table may have.
pub fn csv_rows(bytes: &[u8]) -> Result<Vec<CsvRow>, ParseError> {
    let input = FileInput { file_name: "table.csv", media_type: None, bytes };
    // The reader takes the second half of such an end of line for a part of the next.
    let text = decode(&input).replace("\r\n", "\n");
    let (told, text) = told_separator(&text);
    let mut reader = reader(told, text);
    let mut cells = 0;
    let rows = reader.records().map(|record| {
        let record = record.map_err(|error| ParseError::Damaged(error.to_string()))?;
        cells += record.len() as u64;
        if cells > MAX_CELLS {
            return Err(ParseError::TooComplex(format!("more than {MAX_CELLS} cells")));
        }
        let (line, byte) = record.position().map_or((0, 0), |at| (at.line(), at.byte()));
        // Where the reader was before it skipped empty lines.
        let rest = usize::try_from(byte).ok().and_then(|byte| text.as_bytes().get(byte..)).unwrap_or_default();
        let empty = rest.iter().take_while(|byte| **byte == b'\n').count();
        let line = line + u64::from(told.is_some()) + empty as u64;
        Ok(CsvRow { line, cells: record.iter().map(str::to_owned).collect() })
    });
    rows.collect()
}

/// The separator that a file names in its first line, which is Excel's own way to tell it, and what follows.
fn told_separator(text: &str) -> (Option<u8>, &str) {
    let text = text.trim_start_matches('\u{feff}');
    match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
        Some((separator, rest)) => (separator.bytes().next(), rest),
        None => (None, text),
    }
}

/// A reader of the rows with the separator that was told, or fits best.
fn reader(told: Option<u8>, text: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(told.unwrap_or_else(|| separator(text)))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// The separator that divides the first rows into the same number of cells most often.
fn separator(text: &str) -> u8 {
    let sample = text.get(..text.floor_char_boundary(64_000)).unwrap_or(text);
    let score = |candidate: u8| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(candidate)
            .has_headers(false)
            .flexible(true)
            .from_reader(sample.as_bytes());
        let widths: Vec<usize> = reader.records().take(50).filter_map(Result::ok).map(|record| record.len()).collect();
        let first = widths.first().copied().unwrap_or(1);
        if first < 2 {
            return 0;
        }
        let same = widths.iter().filter(|width| **width == first).count();
        same * 1_000 / widths.len().max(1) + first.min(50)
    };
    // Of equals the first: `max_by_key` would take the last.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|candidate| score(*candidate)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(content: &str) -> String {
        let input = FileInput { file_name: "a.csv", media_type: None, bytes: content.as_bytes() };
        extract(&input).and_then(|found| found.finish(super::super::FileType::Csv, "a.csv")).unwrap().text
    }

    #[test]
    fn separators_are_recognised() {
        let table = "| Name | Price |\n| --- | --- |\n| Tea | 1,50 |\n| Milk | 2 |";
        assert_eq!(text("Name;Price\nTea;1,50\nMilk;2\n"), table);
        assert_eq!(text("Name\tPrice\r\nTea\t1,50\r\nMilk\t2\r\n"), table);
        assert_eq!(text("Name,Price\nTea,\"1,50\"\n\nMilk,2"), table);
        assert_eq!(text("sep=|\nName|Price\nTea|1,50\nMilk|2"), table);
        assert_eq!(text("Only\none\ncolumn"), "| Only |\n| --- |\n| one |\n| column |");
    }

    #[test]
    fn columns_are_kept_by_their_headings() {
        let input = FileInput { file_name: "a.csv", media_type: None, bytes: b"Brand;Price\nAcme;5\nBest;5\n" };
        let found: Vec<_> =
            extract(&input).unwrap().metadata.into_iter().map(|found| (found.name, found.values.join("|"))).collect();
        assert_eq!(found, [("Brand".to_owned(), "Acme|Best".to_owned()), ("Price".to_owned(), "5".to_owned())]);
    }

    #[test]
    fn rows_know_their_lines() {
        let rows = csv_rows(b"sep=;\na;b\n\n\"two\nlines\";c\nd\n").unwrap();
        let row = |line, cells: &[&str]| CsvRow { line, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() };
        assert_eq!(rows, [row(2, &["a", "b"]), row(4, &["two\nlines", "c"]), row(6, &["d"])]);
        let rows = csv_rows(b"a,b\r\n1,2\r\n\r\n3,4\r\n").unwrap();
        assert_eq!(rows, [row(1, &["a", "b"]), row(2, &["1", "2"]), row(4, &["3", "4"])]);
    }

    #[test]
    fn cells_may_hold_anything() {
        assert_eq!(text("a,b\n\"two\nlines\",\"a|b\"\n"), "| a | b |\n| --- | --- |\n| two lines | a\\|b |");
    }
}
