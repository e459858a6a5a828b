//! A table is cut in the same way whatever file it is from.

use super::*;
use crate::parse::tests::{archive, docx, paragraphs};

const HEADER: &str = "| Name | What it is |";

/// The rows below the header; one of them is longer than a chunk.
fn rows() -> Vec<(String, String)> {
    let short = |from: usize| (from..from + 8).map(|n| (format!("thing{n}"), format!("a thing of kind {n}")));
    let long = ("Story".to_owned(), "word ".repeat(80).trim().to_owned());
    short(0).chain([long]).chain(short(8)).collect()
}

fn csv() -> String {
    let rows: String = rows().iter().map(|(name, what)| format!("{name};{what}\n")).collect();
    format!("Name;What it is\n{rows}")
}

fn markdown_table() -> String {
    let rows: String = rows().iter().map(|(name, what)| format!("| {name} | {what} |\n")).collect();
    format!("# Things\n\nWhat there is:\n\n{HEADER}\n| --- | --- |\n{rows}\nThat is all.\n")
}

fn web_page() -> String {
    let rows: String = rows().iter().map(|(name, what)| format!("<tr><td>{name}<td>{what}</tr>")).collect();
    format!(
        "<!doctype html><html lang=en><head><title>Things</title></head><body><main><h1>Things</h1><p>Here stands what \
         there is in the house, with a word or two about each of the things.</p><table><tr><th>Name<th>What it is</tr>\
         {rows}</table></main></body></html>"
    )
}

fn word_document() -> Vec<u8> {
    let row = |cells: [&str; 2]| {
        let cells: String = cells.iter().map(|cell| format!("<w:tc>{}</w:tc>", paragraphs(&[cell]))).collect();
        format!("<w:tr>{cells}</w:tr>")
    };
    let rows: String = rows().iter().map(|(name, what)| row([name.as_str(), what.as_str()])).collect();
    docx(&format!("{}<w:tbl>{}{rows}</w:tbl>", paragraphs(&["Here is what there is."]), row(["Name", "What it is"])))
}

fn workbook() -> Vec<u8> {
    let row = |number: usize, cells: [&str; 2]| {
        let cells: String = ["A", "B"]
            .iter()
            .zip(cells)
            .map(|(column, text)| format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"))
            .collect();
        format!("<row r=\"{number}\">{cells}</row>")
    };
    let rows: String =
        (2..).zip(&rows()).map(|(number, (name, what))| row(number, [name.as_str(), what.as_str()])).collect();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let related = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"a\" Type=\"{office}/{kind}\" \
             Target=\"{target}\"/></Relationships>"
        )
    };
    let head = row(1, ["Name", "What it is"]);
    archive(&[
        ("[Content_Types].xml", &format!("<Types xmlns=\"{package}/content-types\"/>")),
        ("_rels/.rels", &related("officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Things\" sheetId=\"1\" \
                 r:id=\"a\"/></sheets></workbook>"
            ),
        ),
        ("xl/_rels/workbook.xml.rels", &related("worksheet", "worksheets/sheet1.xml")),
        (
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet xmlns=\"{main}\"><sheetData>{head}{rows}</sheetData></worksheet>"),
        ),
    ])
}

#[test]
fn the_header_is_repeated_and_a_cut_row_is_marked_in_every_format() {
    let files: [(&str, Vec<u8>); 5] = [
        ("things.csv", csv().into_bytes()),
        ("things.md", markdown_table().into_bytes()),
        ("things.html", web_page().into_bytes()),
        ("things.docx", word_document()),
        ("things.xlsx", workbook()),
    ];
    for (file_name, bytes) in &files {
        let document = parse(&FileInput { file_name, media_type: None, bytes }).unwrap();
        let table = document.text.find(HEADER).unwrap_or_else(|| panic!("{file_name}: {}", document.text));
        let end = document.text.rfind('|').unwrap() + 1;
        let spans = chunk(&document, &SMALL, &words);
        let later: Vec<&ChunkSpan> = spans.iter().filter(|span| span.start > table && span.start < end).collect();
        assert!(later.len() >= 6, "{file_name}: {later:?}");
        for span in &later {
            let part = span.table.clone().unwrap_or_default();
            assert_eq!(part.header.as_deref(), Some(HEADER), "{file_name}: {span:?}");
            let begins_a_row = document.text[..span.start].ends_with('\n');
            assert_eq!(part.begins_in_row, !begins_a_row, "{file_name}: {span:?}");
            let ends_a_row = span.end >= end || document.text[span.end..].starts_with('\n');
            assert_eq!(part.ends_in_row, !ends_a_row, "{file_name}: {span:?}");
            let own = &document.text[span.start..span.end];
            let found = index_text(&document.title, &span.headings, span.table.as_ref(), own).text;
            assert!(found.starts_with(&format!("{HEADER}\n")), "{file_name}: {found}");
            assert_eq!(found.starts_with(&format!("{HEADER}\n… ")), part.begins_in_row, "{file_name}: {found}");
            assert_eq!(found.ends_with(" …"), part.ends_in_row, "{file_name}: {found}");
        }
        let inside =
            later.iter().filter_map(|span| span.table.as_ref()).filter(|it| it.begins_in_row && it.ends_in_row);
        assert!(inside.count() >= 2, "{file_name}: the long row is in more than three parts");
    }
}
