//! Cells of a table that reach down into the rows below them (`rowspan`). Each of these rows says what they say, so that its own
//! cells stand below the right heads, and it can be understood alone.

use std::collections::BTreeMap;

use crate::parse::limits::MAX_COLUMNS;

/// What is longer is said once; where it reaches, a cell is empty. Bytes.
const LONGEST: usize = 200;

/// How many cells of a table are filled so: a few that claim to reach far would otherwise make far more text than the page has.
const MOST: usize = 20_000;

/// By the HTML standard no cell reaches further. Rows.
const FURTHEST: usize = 65_534;

/// The cells that reach into the present row, by their columns.
#[derive(Default)]
pub(super) struct Reaching {
    group: usize,
    cells: BTreeMap<usize, Reach>,
    filled: usize,
}

struct Reach {
    /// How many more rows it reaches into.
    rows: usize,
    text: String,
}

impl Reaching {
    /// A row of this group of rows begins.
    pub fn enter(&mut self, group: usize) {
        if group != self.group {
            self.cells.clear();
            self.group = group;
        }
    }

    /// Fills a row up to the next column that is its own.
    pub fn fill(&mut self, row: &mut Vec<String>) {
        while let Some(reach) = self.cells.get_mut(&row.len()) {
            reach.rows -= 1;
            row.push(reach.text.clone());
            self.filled += 1;
            if reach.rows == 0 {
                self.cells.remove(&(row.len() - 1));
            }
        }
    }

    /// The cells of a row from `first` on are one that takes so many rows; 0 says: all that are left in the group.
    pub fn begin(&mut self, first: usize, row: &[String], rows: usize) {
        let below = if rows == 0 { FURTHEST } else { rows.min(FURTHEST) - 1 };
        if below == 0 || self.filled > MOST {
            return;
        }
        for (column, text) in row.iter().enumerate().skip(first).take_while(|(column, _)| *column < MAX_COLUMNS) {
            let text = if text.len() <= LONGEST { text.clone() } else { String::new() };
            self.cells.insert(column, Reach { rows: below, text });
        }
    }

    /// Fills a row that has no more cells of its own.
    pub fn end(&mut self, row: &mut Vec<String>) {
        if self.filled > MOST {
            self.cells.clear();
        }
        loop {
            self.fill(row);
            let Some(column) = self.next_below(row.len()) else { return };
            row.resize(column, String::new());
        }
    }

    /// The next column, behind so many, that a cell from further up reaches into.
    fn next_below(&self, columns: usize) -> Option<usize> {
        self.cells.range(columns..).next().map(|(column, _)| *column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of a table of one group, each of the texts and the heights of its own cells.
    fn rows(table: &[&[(&str, usize)]]) -> Vec<Vec<String>> {
        let mut reaching = Reaching::default();
        let row = |own: &[(&str, usize)]| {
            let mut cells = Vec::new();
            for (text, height) in own {
                reaching.fill(&mut cells);
                let first = cells.len();
                cells.push((*text).to_owned());
                reaching.begin(first, &cells, *height);
            }
            reaching.end(&mut cells);
            cells
        };
        table.iter().copied().map(row).collect()
    }

    #[test]
    fn a_cell_stands_in_every_row_that_it_reaches_into() {
        let found = rows(&[&[("a", 2), ("b", 1), ("c", 3)], &[("d", 1)], &[("e", 1), ("f", 1)], &[("g", 1)]]);
        assert_eq!(found, [vec!["a", "b", "c"], vec!["a", "d", "c"], vec!["e", "f", "c"], vec!["g"]]);
        // To the end, and beyond cells that are missing.
        assert_eq!(
            rows(&[&[("a", 1), ("b", 1), ("c", 0)], &[("d", 1)], &[]])[1..],
            [vec!["d", "", "c"], vec!["", "", "c"]]
        );
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(rows(&[&[(long.as_str(), 2)], &[("a", 1)]])[1], ["", "a"]);
    }

    #[test]
    fn cells_that_claim_to_reach_everywhere_are_believed_for_a_while() {
        let first: Vec<(&str, usize)> = vec![("x", 65_535); 2_000];
        let mut table: Vec<&[(&str, usize)]> = vec![first.as_slice()];
        table.resize(1_000, &[("y", 1)]);
        let found = rows(&table);
        assert_eq!(found[1].len(), MAX_COLUMNS + 1);
        assert_eq!(found[999], ["y"]);
        assert!(found.iter().map(Vec::len).sum::<usize>() < 2_000 + MOST + 2 * MAX_COLUMNS + 1_000);
    }
}
