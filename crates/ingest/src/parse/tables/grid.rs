//! Rows become a table: the first that holds anything names the columns, and each column finds out what it holds.

use std::collections::HashSet;

use hammock_contract::function::{Cell, Column};

use super::{
    super::{
        progress,
        writer::{normalise, one_line},
    },
    ParsedTable, Raw, check,
    kinds::Reading,
};

/// Beyond this many columns a table is none.
pub const MOST_COLUMNS: usize = 1_000;

/// A table under construction.
pub struct Grid {
    sheet: Option<String>,
    header: Option<Vec<Raw>>,
    rows: Vec<Vec<Raw>>,
    /// The length of the longest row: in the end all are as long.
    width: usize,
}

impl Grid {
    pub fn new(sheet: Option<String>) -> Self {
        Self { sheet, header: None, rows: Vec::new(), width: 0 }
    }

    /// The next row; those without anything are passed over.
    pub fn row(&mut self, mut cells: Vec<Raw>) -> Result<(), super::ParseError> {
        cells.truncate(MOST_COLUMNS);
        let used = cells.iter().rposition(|cell| *cell != Raw::Empty).map_or(0, |last| last + 1);
        if used == 0 {
            return Ok(());
        }
        cells.truncate(used);
        progress::said(&cells, cells.iter().map(Raw::length).sum());
        self.width = self.width.max(used);
        check(self.width as u64 * (self.rows.len() as u64 + 1))?;
        match self.header {
            None => self.header = Some(cells),
            Some(_) => self.rows.push(cells),
        }
        Ok(())
    }

    /// The table; nothing where there was no row.
    pub fn finish(self) -> Option<ParsedTable> {
        let Self { sheet, header, mut rows, width } = self;
        let header = header?;
        let names = names(&header, width);
        for row in &mut rows {
            row.resize(width, Raw::Empty);
        }
        let readings: Vec<Reading> =
            (0..width).map(|place| Reading::of(rows.iter().filter_map(|row| row.get(place)))).collect();
        let columns = names.into_iter().zip(&readings).map(|(name, reading)| Column { name, kind: reading.kind() });
        let columns = columns.collect();
        let cells =
            |row: Vec<Raw>| -> Vec<Cell> { row.into_iter().zip(&readings).map(|(raw, it)| it.read(raw)).collect() };
        Some(ParsedTable { sheet, columns, rows: rows.into_iter().map(cells).collect() })
    }
}

/// A name for each column: what stands in the header, told apart where two say the same.
fn names(header: &[Raw], width: usize) -> Vec<String> {
    let mut taken = HashSet::new();
    let name = |place: usize| {
        let given = header.get(place).map(Raw::text).map(|text| normalise(&one_line(&text))).unwrap_or_default();
        let given = if given.is_empty() { format!("Column {}", place + 1) } else { given };
        let mut name = given.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{given} ({number})");
            number += 1;
        }
        name
    };
    (0..width).map(name).collect()
}
