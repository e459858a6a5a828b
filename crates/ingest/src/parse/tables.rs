//! The tables of a file as rows of typed cells, for functions that filter, sort and count them. What they say is also in the
//! document's text; here a number is a number.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx, open_workbook_auto_from_rs};
use hammock_contract::function::{Cell, Column};
use serde::{Deserialize, Serialize};

use super::{
    FileInput, FileType, MAX_FILE_BYTES, ParseError,
    archive::Archive,
    csv_table,
    detect::{Container, container, detect},
    json_table::{self, Content, Node, Rows},
    limits::MAX_CELLS,
    spreadsheet::{damaged, first_column, first_column_of_stream, is_time_of_day, position, value_text, visible},
    writer::{normalise, one_line},
};

mod grid;
mod kinds;

use grid::Grid;

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParsedTable {
    /// The sheet, in a spreadsheet.
    pub sheet: Option<String>,
    /// Its columns, each with a name of its own.
    pub columns: Vec<Column>,
    /// Its rows; each has a cell for every column.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell as a file has it.
#[derive(Debug, Clone, PartialEq)]
enum Raw {
    Empty,
    /// A text that its format calls one: it stays one, unless the whole column holds days.
    Text(String),
    /// A text of a format that has nothing else.
    Untyped(String),
    Number(f64),
    /// A day or a moment in the form of ISO 8601.
    Date(String),
    Truth(bool),
}

/// The tables of a file; none for a file of another kind.
///
/// # Errors
/// As reading the file as a document; see [`ParseError`].
pub fn read_tables(input: &FileInput<'_>) -> Result<Vec<ParsedTable>, ParseError> {
    if input.bytes.len() > MAX_FILE_BYTES {
        return Err(ParseError::TooLarge { limit: (MAX_FILE_BYTES / 1_000_000) as u64 });
    }
    match detect(input.file_name, input.media_type, input.bytes)? {
        FileType::Csv => of_csv(input),
        FileType::Json => of_json(input),
        FileType::Xlsx | FileType::Xls | FileType::Ods => of_sheets(input.bytes),
        FileType::Html | FileType::Pdf | FileType::Docx | FileType::Pptx | FileType::Markdown | FileType::Text => {
            Ok(Vec::new())
        }
    }
}

fn of_csv(input: &FileInput<'_>) -> Result<Vec<ParsedTable>, ParseError> {
    let mut grid = Grid::new(None);
    csv_table::each_row(input, |record| {
        let texts = record.iter().map(str::trim);
        grid.row(texts.map(|text| if text.is_empty() { Raw::Empty } else { Raw::Untyped(text.to_owned()) }).collect())
    })?;
    Ok(grid.finish().into_iter().collect())
}

fn of_json(input: &FileInput<'_>) -> Result<Vec<ParsedTable>, ParseError> {
    let Content::Rows(Rows { columns, rows }) = json_table::read(input)? else { return Ok(Vec::new()) };
    let mut grid = Grid::new(None);
    grid.row(columns.into_iter().map(Raw::Text).collect())?;
    for row in rows {
        grid.row(row.iter().map(of_node).collect())?;
    }
    Ok(grid.finish().into_iter().collect())
}

fn of_node(node: &Node) -> Raw {
    /// The largest number up to which every whole one has a binary form of its own; what is larger names something.
    const LARGEST_EXACT: i128 = 9_007_199_254_740_992;
    match node {
        Node::Null => Raw::Empty,
        Node::Truth(value) => Raw::Truth(*value),
        Node::Whole(number) if number.abs() <= LARGEST_EXACT => Raw::Number(*number as f64),
        Node::Number(number) => Raw::Number(*number),
        Node::Text(text) if text.trim().is_empty() => Raw::Empty,
        other => Raw::Text(other.text()),
    }
}

fn of_sheets(bytes: &[u8]) -> Result<Vec<ParsedTable>, ParseError> {
    if container(bytes) == Container::Zip {
        // The reader unpacks without limits: everything is unpacked once before, counting.
        let mut archive = Archive::open(bytes)?;
        archive.check_all()?;
        if archive.has("xl/workbook.xml") {
            return of_xlsx(bytes);
        }
        archive.say_words("content.xml");
    }
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
    let mut found = Vec::new();
    for name in visible(book.sheets_metadata()) {
        let Ok(range) = book.worksheet_range(&name) else { continue };
        let mut sheet = Sheet::new(&name, first_column(&range));
        for (row, column, value) in range.used_cells() {
            sheet.cell(position(row), position(column), of_data(value))?;
        }
        found.extend(sheet.finish()?);
    }
    Ok(found)
}

/// Cell by cell, since a sheet with one cell in its last corner would otherwise take 17 billion cells of memory.
fn of_xlsx(bytes: &[u8]) -> Result<Vec<ParsedTable>, ParseError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
    let mut found = Vec::new();
    for name in visible(book.sheets_metadata()) {
        let first_column = first_column_of_stream(&mut book, &name)?;
        // Charts have no cells.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        let mut sheet = Sheet::new(&name, first_column);
        while let Some(cell) = cells.next_cell().map_err(|error| damaged(&error.to_string()))? {
            let (row, column) = cell.get_position();
            sheet.cell(row, column, of_data(&Data::from(cell.get_value().clone())))?;
        }
        found.extend(sheet.finish()?);
    }
    Ok(found)
}

fn of_data(value: &Data) -> Raw {
    match value {
        Data::Empty | Data::Error(_) => Raw::Empty,
        Data::Int(number) => Raw::Number(*number as f64),
        Data::Float(number) => Raw::Number(rounded(*number)),
        Data::Bool(value) => Raw::Truth(*value),
        // A time of any day is none.
        Data::DateTime(moment) if moment.is_datetime() && !is_time_of_day(moment) => {
            Raw::Date(value_text(value).replacen(' ', "T", 1))
        }
        other => {
            let text = value_text(other);
            if text.trim().is_empty() { Raw::Empty } else { Raw::Text(text) }
        }
    }
}

/// Fifteen digits are what a spreadsheet keeps; the rest is noise of the binary form.
fn rounded(number: f64) -> f64 {
    format!("{number:.14e}").parse().unwrap_or(number)
}

/// A sheet that comes cell by cell, row by row.
struct Sheet {
    grid: Grid,
    row: u32,
    cells: Vec<Raw>,
    /// The leftmost column in which anything stands.
    first_column: u32,
}

impl Sheet {
    fn new(name: &str, first_column: u32) -> Self {
        // As the heading of the document's text says it.
        let grid = Grid::new(Some(normalise(&one_line(name))));
        Self { grid, row: 0, cells: Vec::new(), first_column }
    }

    fn cell(&mut self, row: u32, column: u32, value: Raw) -> Result<(), ParseError> {
        if value == Raw::Empty {
            return Ok(());
        }
        if row != self.row {
            let cells = std::mem::take(&mut self.cells);
            self.grid.row(cells)?;
            self.row = row;
        }
        let place = column.saturating_sub(self.first_column) as usize;
        if place < grid::MOST_COLUMNS {
            if self.cells.len() <= place {
                self.cells.resize(place + 1, Raw::Empty);
            }
            if let Some(cell) = self.cells.get_mut(place) {
                *cell = value;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Option<ParsedTable>, ParseError> {
        self.grid.row(self.cells)?;
        Ok(self.grid.finish())
    }
}

/// That there are not too many cells.
fn check(cells: u64) -> Result<(), ParseError> {
    if cells > MAX_CELLS {
        return Err(ParseError::TooComplex(format!("more than {MAX_CELLS} cells")));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
