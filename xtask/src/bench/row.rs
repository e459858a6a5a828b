//! What was measured, beside its budget.

use anyhow::Result;
use serde_json::json;

use crate::bench::machine;

/// What the design allows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Budget {
    /// Not more than this.
    AtMost(f64),
    /// Not less than this.
    AtLeast(f64),
    /// Any: the figure is there to compare others with.
    None,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The measurement that it is from, for `--only`.
    pub measurement: &'static str,
    /// What was measured.
    pub what: String,
    /// The figure, in `unit`.
    pub measured: f64,
    /// The unit of the figure and of its budget.
    pub unit: &'static str,
    /// The budget.
    pub budget: Budget,
    /// Whether it was measured on what the budget is about; else it is not judged.
    pub is_valid: bool,
    /// How it was measured, and what else is worth knowing.
    pub note: String,
    /// How busy the machine was before: runnable programs over the last minute.
    pub load: f64,
}

impl Row {
    /// A row; the measurement's name and the load are added by whoever ran it.
    pub fn new(what: impl Into<String>, measured: f64, unit: &'static str, budget: Budget) -> Self {
        let (what, note) = (what.into(), String::new());
        Self { measurement: "", what, measured, unit, budget, is_valid: true, note, load: 0.0 }
    }

    /// Judged only if it was measured on what its budget is about.
    pub fn valid_if(self, is_valid: bool) -> Self {
        Self { is_valid, ..self }
    }

    /// With a note.
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// A row without a figure, where what it takes is not there.
    pub fn missing(what: impl Into<String>, unit: &'static str, why: impl std::fmt::Display) -> Self {
        Self::new(what, f64::NAN, unit, Budget::None).note(format!("not measured: {why}"))
    }

    /// Whether the budget is kept.
    pub fn is_within(&self) -> bool {
        match self.budget {
            Budget::AtMost(most) => self.measured <= most,
            Budget::AtLeast(least) => self.measured >= least,
            Budget::None => true,
        }
    }

    fn verdict(&self) -> &'static str {
        match self.budget {
            Budget::None => "",
            _ if !self.is_valid => "not valid",
            _ if self.is_within() => "within",
            _ => "OVER",
        }
    }

    fn figure_text(&self) -> String {
        if self.measured.is_nan() { "–".to_owned() } else { format!("{} {}", figure(self.measured), self.unit) }
    }

    fn budget_text(&self) -> String {
        match self.budget {
            Budget::AtMost(most) => format!("≤ {} {}", figure(most), self.unit),
            Budget::AtLeast(least) => format!("≥ {} {}", figure(least), self.unit),
            Budget::None => "–".to_owned(),
        }
    }
}

/// A figure with as many places as it deserves.
fn figure(number: f64) -> String {
    if number == number.trunc() || number.abs() >= 100.0 {
        format!("{number:.0}")
    } else if number.abs() >= 10.0 {
        format!("{number:.1}")
    } else {
        format!("{number:.2}")
    }
}

/// The rows for people: aligned, one a line, with the notes below.
pub fn table(rows: &[Row]) -> String {
    let cells: Vec<[String; 4]> = rows
        .iter()
        .map(|row| [row.what.clone(), row.figure_text(), row.budget_text(), row.verdict().to_owned()])
        .collect();
    let heads = ["what", "measured", "budget", ""].map(str::to_owned);
    let width = |column: usize| {
        cells.iter().chain([&heads]).map(|cells| cells[column].chars().count()).max().unwrap_or_default()
    };
    let widths: [usize; 4] = std::array::from_fn(width);
    let mut text = String::new();
    for (cells, note) in std::iter::once((&heads, "")).chain(cells.iter().zip(rows.iter().map(|row| row.note.as_str())))
    {
        let line: Vec<String> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())))
            .collect();
        text.push_str(line.join("  ").trim_end());
        text.push('\n');
        if !note.is_empty() {
            text.push_str(&format!("    {note}\n"));
        }
    }
    text
}

/// The rows for programs, with the machine that they were measured on.
///
/// # Errors
/// Never in practice: the values are plain.
pub fn json(rows: &[Row], texts: &str) -> Result<String> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let (bound, budget) = match row.budget {
                Budget::AtMost(most) => ("at_most", Some(most)),
                Budget::AtLeast(least) => ("at_least", Some(least)),
                Budget::None => ("none", None),
            };
            json!({
                "measurement": row.measurement,
                "what": row.what,
                "measured": row.measured,
                "unit": row.unit,
                "bound": bound,
                "budget": budget,
                "valid": row.is_valid,
                "within": row.is_valid.then(|| row.is_within()),
                "note": row.note,
                "load_before": row.load,
            })
        })
        .collect();
    Ok(serde_json::to_string_pretty(&json!({ "machine": machine::describe(), "texts": texts, "rows": rows }))?)
}

/// The value below which a share (0 to 1) of the values lie; 0 of none.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(place.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_say_whether_they_keep_their_budget() {
        let rows = [
            Row::new("memory", 120.0, "MB", Budget::AtMost(150.0)).note("after ten seconds"),
            Row::new("crawl", 250.5, "pages/s", Budget::AtLeast(300.0)),
            Row::new("start", 0.25, "s", Budget::AtMost(1.0)),
            Row::new("other", 9.0, "pages/s", Budget::None),
            Row::missing("another", "pages/s", "it is not installed"),
            Row::new("search", 2.0, "ms", Budget::AtMost(60.0)).valid_if(false),
        ];
        let table = table(&rows);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[1], "memory   120 MB       ≤ 150 MB       within");
        assert_eq!(lines[2], "    after ten seconds");
        assert_eq!(lines[3], "crawl    250 pages/s  ≥ 300 pages/s  OVER");
        assert_eq!(lines[4], "start    0.25 s       ≤ 1 s          within");
        assert_eq!(lines[5], "other    9 pages/s    –");
        assert_eq!(lines[6], "another  –            –");
        assert_eq!(lines[7], "    not measured: it is not installed");
        assert_eq!(lines[8], "search   2 ms         ≤ 60 ms        not valid");
        let json: serde_json::Value = serde_json::from_str(&json(&rows, "none").unwrap()).unwrap();
        assert_eq!(json["rows"][1]["within"], false);
        assert_eq!(json["rows"][1]["bound"], "at_least");
        assert_eq!((&json["rows"][1]["valid"], &json["rows"][5]["valid"]), (&json!(true), &json!(false)));
        assert!(json["rows"][5]["within"].is_null(), "what is not valid keeps no budget");
        assert!(json["rows"][3]["budget"].is_null() && json["rows"][4]["measured"].is_null());
    }

    #[test]
    fn percentiles_are_values_that_were_seen() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!((percentile(&values, 0.5), percentile(&values, 0.95)), (50.0, 95.0));
        assert_eq!((percentile(&[7.0], 0.95), percentile(&[], 0.5)), (7.0, 0.0));
    }
}
