//! Spreadsheets: every sheet a table.

use std::io::{Cursor, Read, Seek};

use calamine::{Data, DataRef, DataType, ExcelDateTime, Range, Reader, Xlsx, open_workbook_auto_from_rs};
use hammock_contract::passage::Place;

use super::{
    ParseError,
    archive::Archive,
    detect::{Container, container},
    limits::{MAX_CELLS, MAX_COLUMNS, MAX_TEXT_BYTES},
    metadata::Columns,
    office_xml::core_properties,
    percent,
    writer::{Extracted, TableWriter, Writer, normalise, one_line},
};

/// Reads the values of all visible sheets.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ParseError> {
    let mut writer = Writer::default();
    let (mut title, mut language) = (None, None);
    let mut columns = Columns::default();
    let mut streamed = false;
    if container(bytes) == Container::Zip {
        // The reader unpacks without limits: everything is unpacked once before, counting.
        let mut archive = Archive::open(bytes)?;
        archive.check_all()?;
        (title, language) = core_properties(&mut archive)?;
        if archive.has("xl/workbook.xml") {
            stream_xlsx(bytes, &mut writer, &mut columns)?;
            streamed = true;
        } else {
            archive.say_words("content.xml");
        }
    }
    if !streamed {
        read_whole(bytes, &mut writer, &mut columns)?;
    }
    Ok(Extracted { title, language, body: writer, structured: true, metadata: columns.finish() })
}

/// Cell by cell, since a sheet with one cell in its last corner would otherwise take 17 billion cells of memory.
fn stream_xlsx(bytes: &[u8], writer: &mut Writer, columns: &mut Columns) -> Result<(), ParseError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
    let mut seen = 0_u64;
    for name in visible(book.sheets_metadata()) {
        let first_column = first_column_of_stream(&mut book, &name)?;
        // Charts have no cells.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        let are_percentages: Vec<bool> = cells.styles().iter().map(percent::is_shown_by).collect();
        let mut sheet = Sheet::new(&name, columns, first_column);
        while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(|error| damaged(&error.to_string()))? {
            seen += 1;
            let (row, column) = cell.get_position();
            let value = cell.get_value();
            let is_percentage = are_percentages.get(style) == Some(&true);
            let shown = if is_percentage { percent::text(value) } else { None };
            sheet.cell(writer, row, column, CellText { value: streamed_text(value), shown }, seen)?;
        }
        sheet.end(writer)?;
    }
    Ok(())
}

/// XLS, XLSB and ODS; their readers hold a whole sheet.
fn read_whole(bytes: &[u8], writer: &mut Writer, columns: &mut Columns) -> Result<(), ParseError> {
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
    let mut seen = 0_u64;
    for name in visible(book.sheets_metadata()) {
        let Ok(range) = book.worksheet_range(&name) else { continue };
        let mut sheet = Sheet::new(&name, columns, first_column(&range));
        for (row, column, value) in range.used_cells() {
            seen += 1;
            if !matches!(value, Data::Error(_)) {
                // These readers tell no number format but those of days and times.
                let text = CellText { value: value_text(value), shown: None };
                sheet.cell(writer, position(row), position(column), text, seen)?;
            }
        }
        sheet.end(writer)?;
    }
    Ok(())
}

/// A place in a sheet as a number of 32 bits, as its positions are.
pub(super) fn position(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// The leftmost column of a sheet in which anything stands, in whichever row: the corner of a table is often empty.
pub(super) fn first_column(range: &Range<Data>) -> u32 {
    let mut first = usize::MAX;
    for (_, column, value) in range.used_cells() {
        if column < first && !value_text(value).trim().is_empty() {
            first = column;
        }
    }
    position(first)
}

/// The same of a sheet that is read cell by cell. Only a sheet that leaves its first column empty is gone through to its end.
pub(super) fn first_column_of_stream<R: Read + Seek>(book: &mut Xlsx<R>, name: &str) -> Result<u32, ParseError> {
    let mut first = u32::MAX;
    let Ok(mut cells) = book.worksheet_cells_reader(name) else { return Ok(first) };
    let mut seen = 0_u64;
    // A sheet of more cells is refused when it is read.
    while first > 0 && seen <= MAX_CELLS {
        let Some(cell) = cells.next_cell().map_err(|error| damaged(&error.to_string()))? else { break };
        seen += 1;
        let (_, column) = cell.get_position();
        if column < first && !streamed_text(cell.get_value()).trim().is_empty() {
            first = column;
        }
    }
    Ok(first)
}

pub(super) fn visible(sheets: &[calamine::Sheet]) -> Vec<String> {
    sheets
        .iter()
        .filter(|sheet| sheet.visible == calamine::SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect()
}

pub(super) fn damaged(message: &str) -> ParseError {
    if message.to_lowercase().contains("password") {
        return ParseError::Encrypted;
    }
    ParseError::Damaged(message.chars().take(200).collect())
}

/// What a cell says.
#[derive(Debug, Clone, Default)]
struct CellText {
    /// Its value: what a field of metadata reads.
    value: String,
    /// How people see it, where that is something else.
    shown: Option<String>,
}

/// A sheet that comes cell by cell, row by row.
struct Sheet<'a> {
    name: &'a str,
    columns: &'a mut Columns,
    table: TableWriter,
    begun: bool,
    row: u32,
    cells: Vec<CellText>,
    /// The length of all texts of the row. Bytes.
    length: usize,
    /// The leftmost column in which anything stands: those before it are not shown.
    first_column: u32,
}

impl<'a> Sheet<'a> {
    fn new(name: &'a str, columns: &'a mut Columns, first_column: u32) -> Self {
        Self {
            name,
            columns,
            table: TableWriter::default(),
            begun: false,
            row: 0,
            cells: Vec::new(),
            length: 0,
            first_column,
        }
    }

    fn cell(
        &mut self,
        writer: &mut Writer,
        row: u32,
        column: u32,
        text: CellText,
        seen: u64,
    ) -> Result<(), ParseError> {
        if seen > MAX_CELLS {
            return Err(ParseError::TooComplex(format!("more than {MAX_CELLS} cells")));
        }
        if text.value.trim().is_empty() {
            return Ok(());
        }
        if !self.begun {
            // A sheet without a value leaves no trace.
            self.begun = true;
            // As the heading below says it.
            writer.page(Place::Sheet { name: normalise(&one_line(self.name)) });
            writer.heading(1, self.name)?;
        }
        if row != self.row {
            self.end_row(writer)?;
            self.row = row;
        }
        let column = column.saturating_sub(self.first_column) as usize;
        // Beyond that a sheet is not for reading.
        if column >= MAX_COLUMNS {
            return Ok(());
        }
        // One text may stand in every cell, and is only written out when the row ends.
        self.length += text.shown.as_ref().unwrap_or(&text.value).len() + 1;
        if self.length > MAX_TEXT_BYTES {
            return Err(ParseError::TooLarge { limit: (MAX_TEXT_BYTES / 1_000_000) as u64 });
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, CellText::default());
        }
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = text;
        }
        Ok(())
    }

    fn end_row(&mut self, writer: &mut Writer) -> Result<(), ParseError> {
        let cells = std::mem::take(&mut self.cells).into_iter();
        let (mut texts, shown): (Vec<String>, Vec<Option<String>>) = cells.map(|cell| (cell.value, cell.shown)).unzip();
        self.length = 0;
        self.columns.row(&texts);
        for (text, shown) in texts.iter_mut().zip(shown) {
            if let Some(shown) = shown {
                *text = shown;
            }
        }
        self.table.row(writer, &texts)
    }

    fn end(mut self, writer: &mut Writer) -> Result<(), ParseError> {
        self.end_row(writer)?;
        self.columns.end_table();
        Ok(())
    }
}

/// A value of a sheet that is read cell by cell, as people write it.
fn streamed_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::SharedString(text) => (*text).to_owned(),
        other => value_text(&Data::from(other.clone())),
    }
}

/// A value as people write it.
pub(super) fn value_text(value: &Data) -> String {
    match value {
        Data::Empty | Data::Error(_) => String::new(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        // Fifteen digits are what a spreadsheet keeps; the rest is noise of the binary form.
        Data::Float(number) => {
            let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(*number);
            rounded.to_string()
        }
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            match (hour, minute, second) {
                (_, _, 0) if is_time_of_day(moment) => format!("{hour:02}:{minute:02}"),
                _ if is_time_of_day(moment) => format!("{hour:02}:{minute:02}:{second:02}"),
                (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                (_, _, 0) => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"),
                _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
            }
        }
        Data::DateTime(duration) => {
            let minutes = (duration.as_f64() * 1440.0).round();
            format!("{}:{:02}", (minutes / 60.0).floor(), minutes % 60.0)
        }
        Data::DurationIso(written) => clock_of(written).unwrap_or_else(|| written.clone()),
        other => other.as_string().unwrap_or_else(|| other.to_string()),
    }
}

/// Whether a moment is a time of any day: it lies before the first day that a spreadsheet knows.
pub(super) fn is_time_of_day(moment: &ExcelDateTime) -> bool {
    moment.is_datetime() && (0.0..1.0).contains(&moment.as_f64())
}

/// `PT09H30M00S`, as OpenDocument writes times, is `09:30`.
fn clock_of(written: &str) -> Option<String> {
    let (hours, rest) = written.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?.split(['.', ',']).next()?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if ![hours, minutes, seconds].into_iter().all(is_number) {
        return None;
    }
    let is_whole = seconds.bytes().all(|digit| digit == b'0');
    Some(if is_whole { format!("{hours}:{minutes}") } else { format!("{hours}:{minutes}:{seconds}") })
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn times_of_a_day_have_no_date() {
        let text =
            |days: f64| value_text(&Data::DateTime(ExcelDateTime::new(days, ExcelDateTimeType::DateTime, false)));
        assert_eq!(text(0.375), "09:00");
        assert_eq!(text(17.5 / 24.0), "17:30");
        assert_eq!(text(1.0 / 86_400.0), "00:00:01");
        assert_eq!(text(46_053.0), "2026-01-31");
        assert_eq!(text(46_053.375), "2026-01-31 09:00");
        let written = |text: &str| value_text(&Data::DurationIso(text.to_owned()));
        for (iso, shown) in
            [("PT09H30M00S", "09:30"), ("PT26H00M07.000000000S", "26:00:07"), ("PT09H30M", "PT09H30M"), ("P1D", "P1D")]
        {
            assert_eq!(written(iso), shown);
        }
    }
}
