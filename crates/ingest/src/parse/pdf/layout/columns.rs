//! Which rows stand beside others and are read after them.

use std::ops::Range;

use super::{Piece, rows::Row};

/// How many rows a column has at least.
const FEWEST: usize = 5;

/// How many letters a row of a column has at least, as a rule. Rows of tables have fewer in a cell.
const LETTERS: usize = 15;

/// How narrow the empty place between two columns may be. Ems.
const GUTTER: f32 = 0.8;

/// A page of more pieces than this has no columns worth looking for.
const MOST_PIECES: usize = 20_000;

/// How often columns may stand within columns.
const DEPTH: usize = 4;

/// The regions of a page in the order in which they are read.
pub(super) fn arrange(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut regions = Vec::new();
    if rows.iter().map(|row| row.pieces.len()).sum::<usize>() > MOST_PIECES {
        regions.push(rows);
        return regions;
    }
    let edges = edges(&rows);
    let mut middle = rows;
    let foot = middle.split_off(edges.end);
    let body = middle.split_off(edges.start);
    push(&mut regions, middle);
    divide(body, DEPTH, &mut regions);
    push(&mut regions, foot);
    regions
}

fn push(regions: &mut Vec<Vec<Row>>, rows: Vec<Row>) {
    if !rows.is_empty() {
        regions.push(rows);
    }
}

/// What is left of a page without the rows at its edges that stand apart: running titles go across all columns.
fn edges(rows: &[Row]) -> Range<usize> {
    const MOST: usize = 2;
    let far = |above: usize| {
        let (Some(above), Some(below)) = (rows.get(above), rows.get(above + 1)) else { return false };
        above.base - below.base > 2.0 * above.size.max(below.size)
    };
    if rows.len() <= 2 * MOST + FEWEST {
        return 0..rows.len();
    }
    let start = (0..MOST).rev().find(|at| far(*at)).map_or(0, |at| at + 1);
    let end = (rows.len() - MOST..rows.len()).find(|at| far(at - 1)).unwrap_or(rows.len());
    start..end
}

fn divide(rows: Vec<Row>, depth: usize, regions: &mut Vec<Vec<Row>>) {
    let gutter = if depth == 0 { None } else { find_gutter(&rows) };
    let Some(Gutter { at, mut range, .. }) = gutter else {
        push(regions, rows);
        return;
    };
    range.start += above_columns(rows.get(range.clone()).unwrap_or_default(), at);
    let mut above = rows;
    let below = above.split_off(range.end);
    let beside = above.split_off(range.start);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for row in beside {
        let (one, other): (Vec<Piece>, Vec<Piece>) = row.pieces.iter().cloned().partition(|piece| piece.left < at);
        for (side, pieces) in [(&mut left, one), (&mut right, other)] {
            if !pieces.is_empty() {
                side.push(row.of(pieces));
            }
        }
    }
    for part in [above, left, right, below] {
        divide(part, depth - 1, regions);
    }
}

/// How many of the first rows are no part of the columns: those of a table that happens to leave the gutter free.
fn above_columns(rows: &[Row], at: f32) -> usize {
    let left = rows.iter().map(Row::left).fold(f32::INFINITY, f32::min);
    let set_in = |row: &&Row| row.right() > at && row.left() < at && row.left() > left + 3.0 * row.size;
    rows.iter().take_while(set_in).count()
}

/// An empty place from one row to another with text on both of its sides.
struct Gutter {
    at: f32,
    range: Range<usize>,
    score: usize,
}

fn find_gutter(rows: &[Row]) -> Option<Gutter> {
    if rows.len() < FEWEST {
        return None;
    }
    let left = rows.iter().map(Row::left).fold(f32::INFINITY, f32::min);
    let right = rows.iter().map(Row::right).fold(f32::NEG_INFINITY, f32::max);
    let em = middle(rows.iter().map(|row| row.size).collect());
    let width = right - left;
    // What is so wide is no page.
    if !(width > 10.0 * em && width < 400.0 * em) {
        return None;
    }
    let step = GUTTER * em / 2.0;
    let mut best: Option<Gutter> = None;
    let mut at = left + 0.2 * width;
    while at < right - 0.2 * width {
        let mut start = 0;
        for end in 0..=rows.len() {
            if rows.get(end).is_some_and(|row| !is_crossed(row, at, step)) {
                continue;
            }
            if let Some(score) = rows.get(start..end).and_then(|run| score(run, at, width))
                && best.as_ref().is_none_or(|best| score > best.score)
            {
                best = Some(Gutter { at, range: start..end, score });
            }
            start = end + 1;
        }
        // Far away from the corner of the page no number is as fine as a step.
        let next = at + step;
        if next <= at {
            break;
        }
        at = next;
    }
    best
}

/// Whether something of a row stands at this place or nearer to it than half of a gutter.
fn is_crossed(row: &Row, at: f32, near: f32) -> bool {
    row.pieces.iter().any(|piece| piece.left < at + near && piece.right > at - near)
}

/// How many rows a gutter divides; nothing where what it divides are no columns of text.
fn score(run: &[Row], at: f32, page: f32) -> Option<usize> {
    let side = |is_left: bool| -> Option<usize> {
        let mut widths = Vec::new();
        let (mut left, mut right, mut letters) = (f32::INFINITY, f32::NEG_INFINITY, 0);
        for row in run {
            let pieces = || row.pieces.iter().filter(|piece| (piece.left < at) == is_left);
            let from = pieces().map(|piece| piece.left).fold(f32::INFINITY, f32::min);
            let to = pieces().map(|piece| piece.right).fold(f32::NEG_INFINITY, f32::max);
            if from < to {
                letters += pieces().map(|piece| piece.text.chars().count()).sum::<usize>();
                widths.push(to - from);
                (left, right) = (left.min(from), right.max(to));
            }
        }
        let rows = widths.len();
        let column = right - left;
        let filled = rows >= FEWEST && column > 0.22 * page && middle(widths) > 0.65 * column;
        (filled && letters >= LETTERS * rows).then_some(rows)
    };
    Some(side(true)?.min(side(false)?))
}

/// The one in the middle.
fn middle(mut numbers: Vec<f32>) -> f32 {
    numbers.sort_by(f32::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::{super::rows, *};

    #[test]
    fn a_page_that_lies_far_away_is_looked_through_once() {
        let far = 1.0e9;
        let piece = |left: f32, row: u8| Piece {
            text: "Whoever reads this has come a long way.".to_owned(),
            left,
            right: left + 256.0,
            base: 700.0 - 12.0 * f32::from(row),
            size: 10.0,
            bold: false,
            mono: false,
            raised: false,
        };
        let pieces = (0..6).flat_map(|row| [piece(far, row), piece(far + 384.0, row)]);
        let regions = arrange(rows::rows(pieces.collect()));
        assert_eq!(regions.iter().flatten().map(|row| row.pieces.len()).sum::<usize>(), 12);
    }
}
