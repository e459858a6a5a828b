use hammock_contract::function::ColumnKind;

use super::*;

fn of(name: &str, content: &[u8]) -> Vec<ParsedTable> {
    read_tables(&FileInput { file_name: name, media_type: None, bytes: content }).unwrap()
}

fn one(name: &str, content: &str) -> ParsedTable {
    of(name, content.as_bytes()).pop().unwrap()
}

fn kinds(table: &ParsedTable) -> Vec<ColumnKind> {
    table.columns.iter().map(|column| column.kind).collect()
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

#[test]
fn columns_of_csv_find_out_what_they_hold() {
    let table = one(
        "rooms.csv",
        "Name;Price;Since;Free;Code;Total\nLark;1,50;31.1.2026;true;007;1.234,5\n\nWren;20;1.2.2026;FALSE;12;7\n",
    );
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["Name", "Price", "Since", "Free", "Code", "Total"]);
    use ColumnKind::{Boolean, Date, Number, Text};
    assert_eq!(kinds(&table), [Text, Number, Date, Boolean, Text, Number]);
    let lark =
        [text("Lark"), Cell::Number(1.5), text("2026-01-31"), Cell::Boolean(true), text("007"), Cell::Number(1_234.5)];
    assert_eq!(table.rows[0], lark);
    assert_eq!(table.rows.len(), 2);
}

#[test]
fn numbers_that_could_be_two_stay_text() {
    let kind = |cells: &str| kinds(&one("a.csv", &format!("N\n{}\n", cells.replace(' ', "\n"))))[0];
    assert_eq!(kind("1 2.5 -3"), ColumnKind::Number);
    assert_eq!(kind("\"1,234\" \"2,345\""), ColumnKind::Text);
    assert_eq!(kind("\"1,234\" 2.5"), ColumnKind::Number);
    assert_eq!(kind("\"1,234\" \"2,5\""), ColumnKind::Number);
    assert_eq!(kind("1.5 \"2,5\""), ColumnKind::Text);
    assert_eq!(kind("1234567890123456"), ColumnKind::Text);
    assert_eq!(kind("2026-02-29"), ColumnKind::Text);
    assert_eq!(kind("2028-02-29 2026-01-31T10:00"), ColumnKind::Date);
    assert_eq!(kind("2026-01-31T10:00:00+01:00 2026-07-31T10:00:00+02:00"), ColumnKind::Date);
}

#[test]
fn every_column_has_a_name_of_its_own() {
    let table = one("a.csv", "a,,a\n1,2,3,4\n");
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["a", "Column 2", "a (2)", "Column 4"]);
}

#[test]
fn json_says_itself_what_it_holds() {
    let table = one(
        "rows.json",
        r#"[{"id": "1", "n": 1, "at": "2026-01-31T10:00:00Z"}, {"id": "2", "n": 12345678901234567890, "more": null}]"#,
    );
    use ColumnKind::{Date, Text};
    assert_eq!(kinds(&table), [Text, Text, Date, Text]);
    assert_eq!(table.rows[1], [text("2"), text("12345678901234567890"), Cell::Empty, Cell::Empty]);
    assert!(of("object.json", br#"{"a": 1}"#).is_empty());
    assert!(of("note.md", b"# A").is_empty());
}

#[test]
fn a_time_of_any_day_is_no_day() {
    let at = |days: f64| {
        of_data(&Data::DateTime(calamine::ExcelDateTime::new(days, calamine::ExcelDateTimeType::DateTime, false)))
    };
    assert_eq!(at(0.375), Raw::Text("09:00".to_owned()));
    assert_eq!(at(46_053.375), Raw::Date("2026-01-31T09:00".to_owned()));
}
