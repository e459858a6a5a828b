//! Tables as text: comma-separated values and their relatives.

use super::{
    FileInput, ParseError,
    limits::MAX_CELLS,
    plain::decode,
    writer::{Extracted, TableWriter},
};

/// Reads the rows with the separator that fits best; the first row is the header.
pub(super) fn extract(input: &FileInput<'_>) -> Result<Extracted, ParseError> {
    let text = decode(input);
    let text = text.trim_start_matches('\u{feff}');
    // Excel's own way to tell the separator.
    let (told, text) = match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
        Some((separator, rest)) => (separator.bytes().next(), rest),
        None => (None, text),
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(told.unwrap_or_else(|| separator(text)))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut extracted = Extracted { structured: true, ..Extracted::default() };
    let mut table = TableWriter::default();
    let mut cells = 0_u64;
    for record in reader.records() {
        let record = record.map_err(|error| ParseError::Damaged(error.to_string()))?;
        cells += record.len() as u64;
        if cells > MAX_CELLS {
            return Err(ParseError::TooComplex(format!("more than {MAX_CELLS} cells")));
        }
        let row: Vec<String> = record.iter().map(str::to_owned).collect();
        table.row(&mut extracted.body, &row)?;
    }
    Ok(extracted)
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
    fn cells_may_hold_anything() {
        assert_eq!(text("a,b\n\"two\nlines\",\"a|b\"\n"), "| a | b |\n| --- | --- |\n| two lines | a\\|b |");
    }
}
