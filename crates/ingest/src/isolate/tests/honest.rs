//! Files that are large because there is much in them: they may cost more than a hostile one, and are read.

use super::{hostile::read_apart, *};
use crate::parse::tests::{
    archive,
    good::{cell, sheet, workbook},
};

/// Some words that occur nowhere else, of a line's length.
fn line(number: u32) -> String {
    let mark = number.wrapping_mul(2_654_435_761);
    format!("Paragraph {number} of the manual explains what the valve {mark:08x} is for")
}

/// What comes of a file of more than a quarter of a megabyte: it is read, and was allowed more than at first.
async fn read(file_name: &str, bytes: Vec<u8>) -> ParsedDocument {
    assert!(bytes.len() > 256 << 10, "{}", bytes.len());
    let input = file(file_name, bytes);
    let read = read_apart::<ParsedDocument>(Wanted::Document, &input).await;
    let Cost { time, memory } = Limits::default().small;
    assert!(read.granted.time > time && read.granted.memory > memory, "{file_name}: {:?}", read.granted);
    read.answer.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manual_of_many_pages() {
    let pages: Vec<Vec<String>> = (0..150).map(|page| (0..40).map(|at| line(page * 40 + at)).collect()).collect();
    let pages: Vec<Vec<&str>> = pages.iter().map(|lines| lines.iter().map(String::as_str).collect()).collect();
    let manual = read("manual.pdf", pdf(&pages.iter().map(Vec::as_slice).collect::<Vec<_>>())).await;
    assert_eq!(manual.pages.len(), 150);
    // In the midst of a page: above and below may be what runs along on all of them.
    assert!(manual.text.contains(&line(149 * 40 + 20)), "its last page");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sheet_of_a_hundred_thousand_rows() {
    const ROWS: u32 = 100_000;
    let row = |number: u32| {
        let (word, price) = (line(number), number % 977);
        format!("<row r=\"{number}\">{}<c r=\"B{number}\"><v>{price}</v></c></row>", cell(&format!("A{number}"), &word))
    };
    let rows: String = (1..=ROWS).map(row).collect();
    let bytes = workbook(&[("Valves", sheet(&rows))]);
    let table = read("valves.xlsx", bytes.clone()).await;
    assert!(table.text.contains(&line(ROWS)), "its last row");
    let tables = parser(Limits::default()).tables(file("valves.xlsx", bytes)).await.unwrap();
    assert_eq!(tables[0].rows.len() as u32, ROWS - 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_of_many_paragraphs() {
    let texts: Vec<String> = (0..60_000).map(line).collect();
    let book = read("book.docx", docx(&paragraphs(&texts.iter().map(String::as_str).collect::<Vec<_>>()))).await;
    assert!(book.text.ends_with(&line(59_999)));
}

/// Its reader holds all of it before the first row can be written: what stands in it is said before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_of_many_rows_of_another_program() {
    let row = |number| {
        format!(
            "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>\
             </table:table-row>",
            line(number)
        )
    };
    let rows: String = (0..60_000).map(row).collect();
    let namespace = |name: &str| format!("xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\"");
    let content = format!(
        "<office:document-content {} {} {}><office:body><office:spreadsheet><table:table table:name=\"Valves\">{rows}\
         </table:table></office:spreadsheet></office:body></office:document-content>",
        namespace("office"),
        namespace("table"),
        namespace("text")
    );
    let manifest = format!("<manifest:manifest {}/>", namespace("manifest"));
    let bytes = archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", &manifest),
        ("content.xml", &content),
    ]);
    let table = read("valves.ods", bytes).await;
    assert!(table.text.contains(&line(59_999)), "its last row");
}
