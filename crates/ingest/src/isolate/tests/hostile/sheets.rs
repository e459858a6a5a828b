//! Spreadsheets and presentations.

use super::archives::{BLANK, padded, words_like_a_book};
use super::*;
use crate::parse::tests::archive;

pub(super) const FILES: &[Hostile] = &[
    Hostile { what: "a sheet of 17 billion cells", file_name: "a.xlsx", make: last_corner, ends: &[READ] },
    Hostile { what: "a million strings", file_name: "a.xlsx", make: many_strings, ends: &[READ, COMPLEX] },
    Hostile { what: "one long string in every cell", file_name: "a.xlsx", make: one_string, ends: &[LARGE, COMPLEX] },
    Hostile { what: "one cell again and again", file_name: "a.xlsx", make: one_cell, ends: &[READ, LARGE, COMPLEX] },
    Hostile {
        what: "a table that repeats itself",
        file_name: "a.ods",
        make: repeated,
        ends: &[READ, EMPTY, DAMAGED, COMPLEX],
    },
    Hostile { what: "a workbook that is cut off", file_name: "a.xls", make: cut_off, ends: BROKEN },
    Hostile { what: "one slide for ever", file_name: "a.pptx", make: one_slide, ends: &[COMPLEX] },
    Hostile { what: "shapes in shapes", file_name: "a.pptx", make: deep_slide, ends: &[COMPLEX] },
    Hostile { what: "entities in the entities of a slide", file_name: "a.pptx", make: laughing_slide, ends: &[READ] },
    Hostile { what: "a cell beyond every corner", file_name: "a.xlsx", make: far_cell, ends: ANYHOW },
    Hostile { what: "a string that is not there", file_name: "a.xlsx", make: missing_string, ends: ANYHOW },
    Hostile { what: "four billion strings, as it says", file_name: "a.xlsx", make: counted_strings, ends: ANYHOW },
    Hostile { what: "rows without end", file_name: "a.xlsx", make: empty_rows, ends: ANYHOW },
    Hostile { what: "a binary workbook of nonsense", file_name: "a.xlsb", make: nonsense, ends: ANYHOW },
    Hostile { what: "a sheet that is a bomb", file_name: "a.xlsx", make: sheet_bomb, ends: &[COMPLEX] },
    Hostile {
        what: "one row four million times",
        file_name: "a.xlsx",
        make: one_row,
        ends: &[LARGE, COMPLEX, DAMAGED],
    },
    Hostile {
        what: "a table that repeats itself in a large file",
        file_name: "a.ods",
        make: padded_repeated,
        ends: &[READ, EMPTY, DAMAGED, COMPLEX],
    },
    Hostile { what: "a slide that is a bomb", file_name: "a.pptx", make: slide_bomb, ends: &[COMPLEX] },
];

/// A sheet may be read as far as it makes sense, and it may be empty then.
const ANYHOW: &[Option<ErrorCode>] = &[READ, EMPTY, DAMAGED, COMPLEX];

/// A workbook with these shared strings and this data of its only sheet.
fn workbook(strings: &str, dimension: &str, data: &str) -> Vec<u8> {
    workbook_that_counts("", strings, dimension, data)
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// The same, with further attributes of the shared strings.
fn workbook_that_counts(counts: &str, strings: &str, dimension: &str, data: &str) -> Vec<u8> {
    let sheet = format!(
        "<worksheet xmlns=\"{MAIN}\"><dimension ref=\"{dimension}\"/><sheetData>{data}</sheetData></worksheet>"
    );
    let shared = format!("<sst xmlns=\"{MAIN}\"{counts}>{strings}</sst>");
    let book = book();
    let mut parts = named(&book).to_vec();
    parts.extend([("xl/worksheets/sheet1.xml", sheet.as_str()), ("xl/sharedStrings.xml", shared.as_str())]);
    archive(&parts)
}

/// A workbook whose only sheet begins so and goes on with the same.
fn workbook_bomb(beginning: &str, again: &[u8], length: usize) -> Vec<u8> {
    padded(&named(&book()), Some(("xl/worksheets/sheet1.xml", beginning.as_bytes(), again, length)))
}

fn named<'a>(parts: &'a [(&'static str, String); 3]) -> [(&'a str, &'a str); 3] {
    parts.each_ref().map(|(name, content)| (*name, content.as_str()))
}

/// What every workbook of one sheet has beside that.
fn book() -> [(&'static str, String); 3] {
    const DOCUMENT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{DOCUMENT}/{kind}\" Target=\"{target}\"/>")
    };
    let root = format!(
        "<Relationships xmlns=\"{PACKAGE}\">{}</Relationships>",
        relation("r1", "officeDocument", "xl/workbook.xml")
    );
    let parts = format!(
        "<Relationships xmlns=\"{PACKAGE}\">{}{}</Relationships>",
        relation("r1", "worksheet", "worksheets/sheet1.xml"),
        relation("r2", "sharedStrings", "sharedStrings.xml")
    );
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{DOCUMENT}\"><sheets><sheet name=\"Prices\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    [("_rels/.rels", root), ("xl/_rels/workbook.xml.rels", parts), ("xl/workbook.xml", book)]
}

fn sheet_bomb() -> Vec<u8> {
    workbook_bomb(&format!("<worksheet xmlns=\"{MAIN}\"><sheetData>"), BLANK, 300_000_000)
}

/// Its beginning packs so badly that all of it packs no better than honest sheets.
fn one_row() -> Vec<u8> {
    let beginning = format!("<!--{}--><worksheet xmlns=\"{MAIN}\"><sheetData>", words_like_a_book());
    workbook_bomb(&beginning, b"<row><c><v>7</v></c></row>", 120_000_000)
}

fn last_corner() -> Vec<u8> {
    let data = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>\
                <row r=\"1048576\"><c r=\"XFD1048576\" t=\"s\"><v>0</v></c></row>";
    workbook("<si><t>Tea</t></si>", "A1:XFD1048576", data)
}

fn many_strings() -> Vec<u8> {
    let strings: String = (0..1_000_000).map(|n| format!("<si><t>{n}</t></si>")).collect();
    workbook(&strings, "A1:A1", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>999999</v></c></row>")
}

fn one_string() -> Vec<u8> {
    // Of many words, or its packed size would give it away.
    let words: String = (0..100_000_u32).map(|n| format!("{:x} ", n.wrapping_mul(2_654_435_761))).collect();
    let cells: String = (1..=900).map(|n| format!("<c r=\"{}1\" t=\"s\"><v>0</v></c>", column(n))).collect();
    workbook(&format!("<si><t>{words}</t></si>"), "A1:AHP1", &format!("<row r=\"1\">{cells}</row>"))
}

fn one_cell() -> Vec<u8> {
    let cells: String =
        (0..200_000_u32).map(|n| format!("<c r=\"A1\"><v>{}</v></c>", n.wrapping_mul(2_654_435_761))).collect();
    workbook("<si><t>Tea</t></si>", "A1:A1", &format!("<row r=\"1\">{cells}</row>"))
}

/// 1 → A, 27 → AA.
fn column(mut number: u32) -> String {
    let mut name = String::new();
    while number > 0 {
        number -= 1;
        name.insert(0, char::from(b'A' + u8::try_from(number % 26).unwrap()));
        number /= 26;
    }
    name
}

fn repeated() -> Vec<u8> {
    archive(&repeating())
}

fn padded_repeated() -> Vec<u8> {
    padded(&repeating(), None)
}

/// The parts of a table whose only row of only one cell stands there as often as can be.
fn repeating() -> [(&'static str, &'static str); 3] {
    let content = "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
        xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
        <office:body><office:spreadsheet><table:table table:name=\"Prices\">\
        <table:table-row table:number-rows-repeated=\"1048576\">\
        <table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"string\"><text:p>Tea</text:p></table:table-cell>\
        </table:table-row></table:table></office:spreadsheet></office:body></office:document-content>";
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", content),
    ]
}

fn cut_off() -> Vec<u8> {
    let mut file = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    file.resize(512, 0xff);
    file.extend("Workbook".encode_utf16().flat_map(u16::to_le_bytes));
    file.resize(4_096, 0xff);
    file
}

fn far_cell() -> Vec<u8> {
    let data = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>\
                <row r=\"99999999999\"><c r=\"ZZZZZZZ99999999999\" t=\"s\"><v>0</v></c></row>";
    workbook("<si><t>Tea</t></si>", "A1:ZZZZZZZ99999999999", data)
}

fn missing_string() -> Vec<u8> {
    let data = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>4294967295</v></c><c r=\"B1\" t=\"s\"><v>-1</v></c></row>";
    workbook("<si><t>Tea</t></si>", "A1:B1", data)
}

fn counted_strings() -> Vec<u8> {
    let data = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";
    let counts = " count=\"4294967295\" uniqueCount=\"4294967295\"";
    workbook_that_counts(counts, "<si><t>Tea</t></si>", "A1:A1", data)
}

fn empty_rows() -> Vec<u8> {
    let rows: String = (1..=300_000_u32).map(|n| format!("<row r=\"{n}\" spans=\"1:16384\"/>")).collect();
    workbook("<si><t>Tea</t></si>", "A1:A300000", &rows)
}

fn nonsense() -> Vec<u8> {
    let noise: String = (0..100_000_u32).map(|n| format!("{:x}", n.wrapping_mul(2_654_435_761))).collect();
    archive(&[("xl/workbook.bin", &noise), ("xl/worksheets/sheet1.bin", &noise), ("xl/sharedStrings.bin", &noise)])
}

/// The parts of a presentation of one slide, beside that.
const PRESENTATION: &str =
    "<p:presentation xmlns:p=\"p\" xmlns:r=\"r\"><p:sldIdLst><p:sldId r:id=\"r1\"/></p:sldIdLst></p:presentation>";
const SLIDES: &str =
    "<Relationships><Relationship Id=\"r1\" Type=\"http://x/slide\" Target=\"slides/slide1.xml\"/></Relationships>";

/// A presentation of one slide.
fn slide(xml: &str) -> Vec<u8> {
    archive(&[
        ("ppt/presentation.xml", PRESENTATION),
        ("ppt/_rels/presentation.xml.rels", SLIDES),
        ("ppt/slides/slide1.xml", xml),
    ])
}

fn slide_bomb() -> Vec<u8> {
    let parts = [("ppt/presentation.xml", PRESENTATION), ("ppt/_rels/presentation.xml.rels", SLIDES)];
    let beginning = b"<p:sld xmlns:p=\"p\" xmlns:a=\"a\">".as_slice();
    padded(&parts, Some(("ppt/slides/slide1.xml", beginning, BLANK, 300_000_000)))
}

fn deep_slide() -> Vec<u8> {
    let (open, close) = ("<p:grpSp>".repeat(100_000), "</p:grpSp>".repeat(100_000));
    slide(&format!("<p:sld xmlns:p=\"p\" xmlns:a=\"a\">{open}{close}</p:sld>"))
}

fn laughing_slide() -> Vec<u8> {
    let more: String = (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    slide(&format!(
        "<!DOCTYPE x [<!ENTITY l0 \"ha\">{more}]><p:sld xmlns:p=\"p\" xmlns:a=\"a\"><p:sp><p:txBody><a:p><a:r>\
         <a:t>words &l9;</a:t></a:r></a:p></p:txBody></p:sp></p:sld>"
    ))
}

fn one_slide() -> Vec<u8> {
    let slides = "<p:sldId r:id=\"r1\"/>".repeat(100_000);
    let relations =
        "<Relationships><Relationship Id=\"r1\" Type=\"http://x/slide\" Target=\"slides/slide1.xml\"/></Relationships>";
    archive(&[
        (
            "ppt/presentation.xml",
            &format!("<p:presentation xmlns:p=\"p\" xmlns:r=\"r\"><p:sldIdLst>{slides}</p:sldIdLst></p:presentation>"),
        ),
        ("ppt/_rels/presentation.xml.rels", relations),
        ("ppt/slides/slide1.xml", "<p:sld xmlns:p=\"p\" xmlns:a=\"a\"><a:p><a:r><a:t>words</a:t></a:r></a:p></p:sld>"),
    ])
}
