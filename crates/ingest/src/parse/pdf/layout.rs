//! From what stands where on a page to its lines, in the order in which they are read.
//!
//! A file says where each piece of text stands, in the order in which it was drawn. What is read together stands on one
//! baseline, whatever its type: a word in typewriter type has another size and another box than its neighbours, and the same
//! baseline. So pieces meet on baselines, raised and lowered ones beside those that they belong to, and columns are read one
//! after the other.

use pdf_oxide::{
    extractors::text::{ArtifactType, PaginationSubtype},
    layout::TextSpan,
};

use super::lines::{Line, Look};
use crate::parse::writer::one_line;

mod columns;
mod rows;

use rows::Row;

/// How much further than usual the next line of the same paragraph may be, for a line that is higher than the others.
const LOOSE: f32 = 1.25;

/// How far apart what stands on one line of prose may be. Ems.
const APART: f32 = 2.0;

/// Text that was drawn at once, in one type.
#[derive(Debug, Clone)]
struct Piece {
    text: String,
    left: f32,
    right: f32,
    /// The height of the baseline; what is higher on the page has more.
    base: f32,
    size: f32,
    bold: bool,
    mono: bool,
    /// Whether it stands above the baseline of its row.
    raised: bool,
}

impl Piece {
    fn new(span: &TextSpan) -> Option<Self> {
        let place = &span.bbox;
        let finite = [place.x, place.y, place.width, span.font_size].iter().all(|number| number.is_finite());
        (finite && span.font_size > 0.0 && !span.text.trim().is_empty()).then(|| Self {
            text: spaced(span),
            left: place.x,
            right: place.x + place.width.max(0.0),
            base: place.y,
            size: span.font_size,
            bold: span.font_weight.is_bold(),
            mono: span.is_monospace || is_typewriter(&span.font_name),
            raised: span.text_rise > 0.0,
        })
    }
}

/// The text of a span with the spaces that only the places of its letters tell: some programs place every word by itself.
fn spaced(span: &TextSpan) -> String {
    let letters: Vec<char> = span.text.chars().collect();
    let (starts, widths) = (&span.char_x_offsets, &span.char_widths);
    // How much of the span's width is no letter's.
    let empty = span.bbox.width - widths.iter().sum::<f32>();
    let space = 0.2 * span.font_size;
    if starts.len() != letters.len() || widths.len() != letters.len() || empty < space {
        return span.text.clone();
    }
    let ends = starts.iter().zip(widths).map(|(start, width)| start + width);
    let gaps: Vec<f32> = starts.iter().skip(1).zip(ends).map(|(next, end)| next - end).collect();
    let mut sorted = gaps.clone();
    sorted.sort_by(f32::total_cmp);
    // Letters may be set wide.
    let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0).max(0.0);
    let mut text = String::with_capacity(span.text.len());
    let mut found = 0.0;
    for (index, letter) in letters.iter().enumerate() {
        text.push(*letter);
        let inside = !letter.is_whitespace() && letters.get(index + 1).is_some_and(|next| !next.is_whitespace());
        if let Some(gap) = gaps.get(index).filter(|gap| inside && **gap > usual + space) {
            text.push(' ');
            found += gap;
        }
    }
    // Letters on top of each other, and more empty places than there is room for, come of widths that are not theirs.
    let wrong = sorted.first().is_some_and(|gap| *gap < -0.1 * span.font_size) || found > empty + space;
    if wrong { span.text.clone() } else { text }
}

/// Fonts whose descriptor does not say that all their letters are equally wide.
fn is_typewriter(font: &str) -> bool {
    let name = font.rsplit('+').next().unwrap_or(font).to_ascii_lowercase();
    ["mono", "courier", "typewriter", "cmtt", "consol", "lmtt", "sftt", "ectt", "fixed"]
        .iter()
        .any(|part| name.contains(part))
}

/// Whether the lines of a page run from left to right and below each other. Others are left to the library that reads them.
pub(super) fn is_plain(spans: &[TextSpan]) -> bool {
    let shown = spans.iter().filter(|span| !span.text.trim().is_empty());
    let turned = |span: &&TextSpan| span.wmode != 0 || span.rotation_degrees != 0.0 || span.mirrored;
    let (all, turned) = shown.clone().fold((0, 0), |(all, odd), span| (all + 1, odd + usize::from(turned(&span))));
    turned * 4 <= all && !shown.flat_map(|span| span.text.chars()).any(runs_to_the_left)
}

/// Hebrew, Arabic and their kin.
const fn runs_to_the_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// The lines of a page in the order in which they are read; empty ones stand between paragraphs.
pub(super) fn lines(spans: &[TextSpan]) -> Vec<Line> {
    let (upright, turned): (Vec<&TextSpan>, Vec<&TextSpan>) =
        spans.iter().partition(|span| span.rotation_degrees == 0.0 && span.wmode == 0);
    let running = |span: &&&TextSpan| is_running(span);
    // A page with nothing but its running lines says them.
    let only_running = upright.iter().filter(|span| !span.text.trim().is_empty()).all(|span| is_running(span));
    let kept = upright.iter().filter(|span| only_running || !running(span));
    let pieces: Vec<Piece> = kept.filter_map(|span| Piece::new(span)).collect();
    let regions = columns::arrange(rows::rows(pieces));
    let usual = usual_distance(&regions);
    let mut lines = Vec::new();
    for region in &regions {
        add_region(&mut lines, region, usual);
    }
    // What stands along the edge of the page comes last.
    for span in turned.iter().filter(|span| !span.text.trim().is_empty()) {
        lines.push(Line::empty());
        lines.push(Line::of_text(&span.text));
    }
    lines
}

/// What the file itself calls a running title or a watermark.
fn is_running(span: &TextSpan) -> bool {
    use PaginationSubtype::{Footer, Header, Watermark};
    matches!(span.artifact_type, Some(ArtifactType::Pagination(Header | Footer | Watermark)))
}

/// How far the lines of a paragraph usually are from each other, in parts of their size.
fn usual_distance(regions: &[Vec<Row>]) -> f32 {
    let pairs = regions.iter().flat_map(|region| region.iter().zip(region.iter().skip(1)));
    let mut distances: Vec<f32> = pairs
        .filter(|(above, below)| alike(above.size, below.size))
        .map(|(above, below)| (above.base - below.base) / below.size)
        .filter(|distance| (0.8..2.5).contains(distance))
        .collect();
    distances.sort_by(f32::total_cmp);
    // Lines of a paragraph are nearer to each other than paragraphs are.
    distances.get(distances.len() * 2 / 5).copied().unwrap_or(1.2)
}

/// Whether two sizes are the same to the eye.
fn alike(one: f32, other: f32) -> bool {
    (one - other).abs() <= 0.08 * one.max(other)
}

fn add_region(lines: &mut Vec<Line>, region: &[Row], usual: f32) {
    let left = region.iter().map(Row::left).fold(f32::INFINITY, f32::min);
    let right = region.iter().map(Row::right).fold(f32::NEG_INFINITY, f32::max);
    let mut above: Option<&Row> = None;
    for row in region {
        let text = row.text();
        let breaks = match above {
            Some(above) => {
                (above.base - row.base) > LOOSE * usual * row.size.max(above.size)
                    || row.base > above.base
                    || !alike(above.size, row.size)
            }
            // A paragraph goes on in the next column.
            None => {
                let unfinished = |line: &&Line| !line.text.ends_with(['.', '!', '?', ':', '”', '"', '»']);
                let goes_on = lines.last().is_some_and(|line| !line.text.is_empty() && unfinished(&line));
                !(goes_on && text.starts_with(char::is_lowercase))
            }
        };
        if breaks && !lines.is_empty() {
            lines.push(Line::empty());
        }
        let look = Look {
            left: row.left(),
            size: row.size,
            bold: row.pieces.iter().all(|piece| piece.bold || piece.raised),
            mono: row.pieces.iter().all(|piece| piece.mono),
            early: right - row.right() > 0.2 * (right - left),
            apart: row.widest_gap() > APART * row.size,
        };
        let code = look.mono.then(|| row.code(left));
        lines.push(Line { text: one_line(&text), look: Some(look), code, ..Line::default() });
        above = Some(row);
    }
}
