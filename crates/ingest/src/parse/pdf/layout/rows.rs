//! What stands on one line of a page.

use super::Piece;

/// How much smaller than its neighbours a raised mark is.
const SMALL: f32 = 0.85;

/// The pieces on one baseline, from left to right.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub base: f32,
    /// The size of most of its letters.
    pub size: f32,
    pub pieces: Vec<Piece>,
}

/// Rows from the top of the page to its foot.
pub(super) fn rows(mut pieces: Vec<Piece>) -> Vec<Row> {
    pieces.sort_by(|a, b| b.base.total_cmp(&a.base).then(a.left.total_cmp(&b.left)));
    let mut rows: Vec<Row> = Vec::new();
    for piece in pieces {
        match rows.last_mut().filter(|row| row.base - piece.base <= tolerance(row.size.min(piece.size))) {
            Some(row) => row.pieces.push(piece),
            None => rows.push(Row { base: piece.base, size: piece.size, pieces: vec![piece] }),
        }
    }
    for row in &mut rows {
        row.settle();
    }
    join_raised(&mut rows);
    rows
}

/// How much the baselines of one line differ: by rounding.
fn tolerance(size: f32) -> f32 {
    (0.15 * size).clamp(0.5, 2.5)
}

/// Puts raised and lowered marks beside what they belong to.
fn join_raised(rows: &mut Vec<Row>) {
    for index in 0..rows.len() {
        let Some(row) = rows.get(index) else { continue };
        // A row of a page's text has no room for another one this near.
        let near = |other: &Row| {
            let rise = row.base - other.base;
            row.size < SMALL * other.size && rise < 0.7 * other.size && rise > -0.4 * other.size
        };
        let around = [index.checked_sub(1), index.checked_sub(2), Some(index + 1), Some(index + 2)];
        let hosts: Vec<usize> = around.into_iter().flatten().filter(|at| rows.get(*at).is_some_and(&near)).collect();
        if hosts.is_empty() {
            continue;
        }
        let mut left = Vec::new();
        let pieces = rows.get_mut(index).map(|row| std::mem::take(&mut row.pieces)).unwrap_or_default();
        for mut piece in pieces {
            let host = hosts.iter().copied().find(|at| rows.get(*at).is_some_and(|host| host.touches(&piece)));
            match host.and_then(|at| rows.get_mut(at)) {
                Some(host) => {
                    piece.raised = piece.base > host.base;
                    host.pieces.push(piece);
                }
                None => left.push(piece),
            }
        }
        if let Some(row) = rows.get_mut(index) {
            row.pieces = left;
        }
        for host in hosts {
            if let Some(host) = rows.get_mut(host) {
                host.pieces.sort_by(|a, b| a.left.total_cmp(&b.left));
            }
        }
    }
    rows.retain(|row| !row.pieces.is_empty());
}

impl Row {
    /// Some pieces of this row, as a row.
    pub fn of(&self, pieces: Vec<Piece>) -> Self {
        let mut row = Self { base: self.base, size: self.size, pieces };
        row.settle();
        row
    }

    /// Orders what is in it, and finds the size of most of it.
    fn settle(&mut self) {
        self.pieces.sort_by(|a, b| a.left.total_cmp(&b.left));
        let letters = |size: f32| -> usize {
            let alike = self.pieces.iter().filter(|piece| (piece.size - size).abs() < 0.1);
            alike.map(|piece| piece.text.len()).sum()
        };
        let mut best = (0, self.size);
        let mut seen: Vec<f32> = Vec::new();
        for piece in &self.pieces {
            // A page of a million sizes is no page.
            if seen.len() < 8 && !seen.iter().any(|size| (piece.size - size).abs() < 0.1) {
                seen.push(piece.size);
                best = if letters(piece.size) > best.0 { (letters(piece.size), piece.size) } else { best };
            }
        }
        self.size = best.1;
        // The baseline of the row is that of most of it.
        if let Some(piece) = self.pieces.iter().find(|piece| (piece.size - best.1).abs() < 0.1) {
            self.base = piece.base;
        }
    }

    /// Whether a small piece begins where one of this row ends, or ends where one begins.
    fn touches(&self, small: &Piece) -> bool {
        let near = |gap: f32| gap > -0.3 * self.size && gap < 0.6 * self.size;
        self.pieces
            .iter()
            .any(|piece| piece.size > small.size && (near(small.left - piece.right) || near(piece.left - small.right)))
    }

    pub fn left(&self) -> f32 {
        self.pieces.first().map_or(0.0, |piece| piece.left)
    }

    pub fn right(&self) -> f32 {
        self.pieces.iter().map(|piece| piece.right).fold(f32::NEG_INFINITY, f32::max)
    }

    /// The widest empty place between its pieces.
    pub fn widest_gap(&self) -> f32 {
        let mut right = f32::INFINITY;
        let mut widest: f32 = 0.0;
        for piece in &self.pieces {
            widest = widest.max(piece.left - right);
            right = if right.is_finite() { right.max(piece.right) } else { piece.right };
        }
        widest
    }

    /// Its words.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut before: Option<&Piece> = None;
        for (index, piece) in self.pieces.iter().enumerate() {
            let gap = before.map_or(0.0, |before| piece.left - before.right);
            let em = before.map_or(piece.size, |before| before.size.max(piece.size));
            let touches = before.is_some() && gap.abs() < 0.15 * em;
            let lowered = piece.base < self.base - 0.05 * self.size;
            // Of several small pieces beside each other none is the mark of a note.
            let small = |piece: &Piece| piece.size < SMALL * self.size;
            let alone = !before.is_some_and(small) && !self.pieces.get(index + 1).is_some_and(small);
            let mark = is_mark(&piece.text)
                && (piece.raised || (touches && !lowered && piece.size < 0.8 * self.size))
                && small(piece)
                && alone;
            // What stands on top of something else is another word.
            if before.is_some() && (gap > 0.13 * em || gap < -0.6 * em) {
                text.push(' ');
            }
            if mark {
                text.extend(piece.text.trim().chars().map(raised));
                // A note begins with its mark; its text is another word.
                if before.is_none() {
                    text.push(' ');
                }
            } else {
                text.push_str(&piece.text);
            }
            before = Some(piece);
        }
        text
    }

    /// Its words with as much white space before and between them as there is on the page.
    pub fn code(&self, left: f32) -> String {
        let letters: usize = self.pieces.iter().map(|piece| piece.text.chars().count()).sum();
        let wide: f32 = self.pieces.iter().map(|piece| piece.right - piece.left).sum();
        let letter = (wide / letters.max(1) as f32).max(0.3 * self.size);
        let mut code = String::new();
        let mut end = left;
        for piece in &self.pieces {
            // No page is wider than this.
            let spaces = ((piece.left - end) / letter).round().clamp(0.0, 200.0);
            code.extend(std::iter::repeat_n(' ', spaces as usize));
            code.push_str(&piece.text);
            end = piece.right;
        }
        code
    }
}

/// The number of a note, or a sign in its place.
fn is_mark(text: &str) -> bool {
    let text = text.trim();
    (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// A digit as it is printed above the line.
fn raised(c: char) -> char {
    match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4'..='9' => char::from_u32('⁴' as u32 + (c as u32 - '4' as u32)).unwrap_or(c),
        other => other,
    }
}
