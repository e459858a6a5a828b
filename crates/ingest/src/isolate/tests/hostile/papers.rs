//! PDF files.

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};

use super::*;
use crate::parse::tests::{pdf_of, pdf_stream};

/// A PDF of one page under the user password `secret`.
const PROTECTED: &[u8] = include_bytes!("../../../parse/tests/protected.pdf");

/// What every one of these files has beside its trap: a catalogue, pages, one page, a font.
const CATALOGUE: &str = "<< /Type /Catalog /Pages 2 0 R >>";
const PAGES: &str = "<< /Type /Pages /Count 1 /Kids [3 0 R] >>";
const PAGE: &str = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 5 0 R >> \
                    /XObject << /X1 6 0 R >> >> /Contents 4 0 R >>";
const FONT: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";
const WORDS: &str = "BT /F1 12 Tf 14 TL 72 720 Td (Some words to read) Tj ET";

pub(super) const FILES: &[Hostile] = &[
    Hostile { what: "pages that hold themselves", file_name: "a.pdf", make: page_cycle, ends: REPAIRED },
    Hostile { what: "pages that are each other's parents", file_name: "a.pdf", make: parent_cycle, ends: REPAIRED },
    Hostile { what: "a packed bomb, packed", file_name: "a.pdf", make: packed_twice, ends: REPAIRED },
    Hostile { what: "a bomb of objects", file_name: "a.pdf", make: object_bomb, ends: REPAIRED },
    Hostile { what: "tables of objects in a circle", file_name: "a.pdf", make: table_cycle, ends: REPAIRED },
    Hostile { what: "four billion objects", file_name: "a.pdf", make: huge_table, ends: REPAIRED },
    Hostile { what: "a hundred thousand pages and one", file_name: "a.pdf", make: many_pages, ends: REPAIRED },
    Hostile { what: "a form in itself", file_name: "a.pdf", make: recursive_form, ends: REPAIRED },
    Hostile { what: "two forms that double each other", file_name: "a.pdf", make: doubling_forms, ends: REPAIRED },
    Hostile { what: "lists in lists", file_name: "a.pdf", make: nested_lists, ends: REPAIRED },
    Hostile { what: "a font with a giant map", file_name: "a.pdf", make: giant_map, ends: REPAIRED },
    Hostile { what: "a stream as long as itself", file_name: "a.pdf", make: own_length, ends: REPAIRED },
    Hostile { what: "a million words on a page", file_name: "a.pdf", make: many_words, ends: REPAIRED },
    Hostile { what: "a picture of ten billion dots", file_name: "a.pdf", make: huge_picture, ends: REPAIRED },
    Hostile { what: "a picture in the text that never ends", file_name: "a.pdf", make: open_picture, ends: REPAIRED },
    Hostile { what: "a million states that are kept", file_name: "a.pdf", make: kept_states, ends: REPAIRED },
    Hostile { what: "a font that writes with itself", file_name: "a.pdf", make: own_font, ends: REPAIRED },
    Hostile { what: "rows of two billion columns", file_name: "a.pdf", make: wide_rows, ends: REPAIRED },
    Hostile { what: "a stream packed ten thousand times", file_name: "a.pdf", make: many_filters, ends: REPAIRED },
    Hostile { what: "bookmarks in a circle", file_name: "a.pdf", make: bookmark_circle, ends: REPAIRED },
    Hostile { what: "an encrypted paper", file_name: "a.pdf", make: || PROTECTED.to_vec(), ends: &[LOCKED] },
    Hostile { what: "a large bomb", file_name: "a.pdf", make: large_bomb, ends: REPAIRED },
    Hostile { what: "forty pages, each a bomb", file_name: "a.pdf", make: forty_bombs, ends: REPAIRED },
    Hostile { what: "forms that double in a large file", file_name: "a.pdf", make: padded_forms, ends: REPAIRED },
    Hostile { what: "a circle of pages in a large file", file_name: "a.pdf", make: padded_cycle, ends: REPAIRED },
    Hostile { what: "one page fifteen thousand times", file_name: "a.pdf", make: one_page, ends: REPAIRED },
    Hostile { what: "a paper that is cut off", file_name: "a.pdf", make: cut_off, ends: BROKEN },
    Hostile { what: "a picture by another name", file_name: "a.pdf", make: picture, ends: &[UNKNOWN] },
    Hostile { what: "a paper and a page in one", file_name: "a.pdf", make: polyglot, ends: REPAIRED },
    Hostile {
        what: "a picture and a paper in one",
        file_name: "a.pdf",
        make: picture_and_paper,
        ends: &[UNKNOWN, DAMAGED, READ],
    },
];

/// A file of these objects, the first being the catalogue, with more entries of its trailer.
fn of(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(objects) {
        offsets.push(file.len());
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let table = file.len();
    let entries: String = offsets.iter().map(|offset| format!("{offset:010} 00000 n \n")).collect();
    let size = objects.len() + 1;
    file.extend_from_slice(
        format!(
            "xref\n0 {size}\n0000000000 65535 f \n{entries}trailer << /Size {size} /Root 1 0 R {} >>\nstartxref\n{table}\n%%EOF",
            trailer.replace("TABLE", &table.to_string())
        )
        .as_bytes(),
    );
    file
}

/// One page with words, some of its six objects replaced by others, and more of them behind.
fn with(replaced: &[(usize, String)]) -> Vec<u8> {
    let mut objects: Vec<Vec<u8>> = [CATALOGUE, PAGES, PAGE, pdf_stream("", WORDS).as_str(), FONT, "null"]
        .iter()
        .map(|object| object.as_bytes().to_vec())
        .collect();
    for (number, object) in replaced {
        if objects.len() < *number {
            objects.resize(*number, b"null".to_vec());
        }
        objects[number - 1] = object.clone().into_bytes();
    }
    of(&objects, "")
}

/// What makes it a large file, as one object more.
fn unused() -> (usize, String) {
    (8, pdf_stream("", &String::from_utf8(padding()).unwrap()))
}

/// So many megabytes of nothing, packed.
fn packed_blank(megabytes: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let blank = vec![b' '; 1 << 20];
    (0..megabytes).for_each(|_| encoder.write_all(&blank).unwrap());
    encoder.finish().unwrap()
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn binary_stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let begin = format!("<< /Length {} {entries} >>\nstream\n", content.len());
    [begin.as_bytes(), content, b"\nendstream"].concat()
}

fn form(content: &str) -> String {
    pdf_stream(
        " /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X1 6 0 R /X2 7 0 R >> >>",
        content,
    )
}

fn page_cycle() -> Vec<u8> {
    with(&[(2, "<< /Type /Pages /Count 2 /Kids [3 0 R 2 0 R] >>".to_owned())])
}

fn parent_cycle() -> Vec<u8> {
    with(&[
        (2, "<< /Type /Pages /Parent 7 0 R /Count 1 /Kids [7 0 R] >>".to_owned()),
        (7, "<< /Type /Pages /Parent 2 0 R /Count 1 /Kids [2 0 R 3 0 R] >>".to_owned()),
    ])
}

fn packed_twice() -> Vec<u8> {
    let stream = binary_stream("/Filter [/FlateDecode /FlateDecode]", &packed(&packed(&vec![b' '; 100_000_000])));
    let objects = [CATALOGUE, PAGES, PAGE].map(|object| object.as_bytes().to_vec());
    of(&[objects.as_slice(), &[stream, FONT.into(), b"null".to_vec()]].concat(), "")
}

/// Four hundred megabytes in four hundred kilobytes.
fn large_bomb() -> Vec<u8> {
    let stream = binary_stream("/Filter /FlateDecode", &packed_blank(400));
    let objects = [CATALOGUE, PAGES, PAGE].map(|object| object.as_bytes().to_vec());
    of(&[objects.as_slice(), &[stream, FONT.into(), b"null".to_vec()]].concat(), "")
}

fn forty_bombs() -> Vec<u8> {
    const COUNT: usize = 40;
    let stream = binary_stream("/Filter /FlateDecode", &packed_blank(40));
    let kids: String = (0..COUNT).map(|page| format!("{} 0 R ", 3 + 2 * page)).collect();
    let pages = format!("<< /Type /Pages /Count {COUNT} /Kids [{kids}] >>");
    let mut objects = vec![CATALOGUE.as_bytes().to_vec(), pages.into_bytes()];
    for page in 0..COUNT {
        let content = 4 + 2 * page;
        objects.push(
            format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {content} 0 R >>").into_bytes(),
        );
        objects.push(stream.clone());
    }
    of(&objects, "")
}

/// Its words are the same each time.
fn one_page() -> Vec<u8> {
    const COUNT: usize = 15_000;
    let kids = "3 0 R ".repeat(COUNT);
    with(&[(2, format!("<< /Type /Pages /Count {COUNT} /Kids [{kids}] >>")), unused()])
}

fn object_bomb() -> Vec<u8> {
    let content = vec![b' '; 100_000_000];
    let stream = binary_stream("/Type /ObjStm /N 1000000 /First 8 /Filter /FlateDecode", &packed(&content));
    let mut objects: Vec<Vec<u8>> = [CATALOGUE, PAGES, PAGE, pdf_stream("", WORDS).as_str(), FONT]
        .iter()
        .map(|object| object.as_bytes().to_vec())
        .collect();
    objects.push(stream);
    of(&objects, "")
}

fn table_cycle() -> Vec<u8> {
    let objects =
        [CATALOGUE, PAGES, PAGE, pdf_stream("", WORDS).as_str(), FONT].map(|object| object.as_bytes().to_vec());
    of(&objects, "/Prev TABLE")
}

fn huge_table() -> Vec<u8> {
    let file = with(&[]);
    let text = String::from_utf8(file).unwrap();
    text.replace("xref\n0 7\n", "xref\n0 4294967295\n").replace("/Size 7", "/Size 4294967295").into_bytes()
}

fn many_pages() -> Vec<u8> {
    with(&[(2, "<< /Type /Pages /Count 100000 /Kids [3 0 R] >>".to_owned())])
}

fn padded_cycle() -> Vec<u8> {
    with(&[(2, "<< /Type /Pages /Count 2 /Kids [3 0 R 2 0 R] >>".to_owned()), unused()])
}

fn padded_forms() -> Vec<u8> {
    with(&[
        (4, pdf_stream("", &format!("{WORDS} /X1 Do"))),
        (6, form(&"/X2 Do ".repeat(1_000))),
        (7, form(&"/X1 Do ".repeat(1_000))),
        unused(),
    ])
}

fn recursive_form() -> Vec<u8> {
    with(&[(4, pdf_stream("", &format!("{WORDS} /X1 Do"))), (6, form("/X1 Do"))])
}

fn doubling_forms() -> Vec<u8> {
    with(&[
        (4, pdf_stream("", &format!("{WORDS} /X1 Do"))),
        (6, form(&"/X2 Do ".repeat(1_000))),
        (7, form(&"/X1 Do ".repeat(1_000))),
    ])
}

fn nested_lists() -> Vec<u8> {
    with(&[(6, format!("{}{}", "[".repeat(500_000), "]".repeat(500_000)))])
}

fn giant_map() -> Vec<u8> {
    let ranges = "<0000> <ffff> <0041>\n".repeat(300_000);
    let map =
        format!("/CIDInit /ProcSet findresource begin begincmap 300000 beginbfrange\n{ranges}endbfrange endcmap end");
    with(&[
        (5, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>".to_owned()),
        (6, pdf_stream("", &map)),
    ])
}

fn own_length() -> Vec<u8> {
    with(&[(4, format!("<< /Length 4 0 R >>\nstream\n{WORDS}\nendstream"))])
}

fn many_words() -> Vec<u8> {
    let words = "(word) Tj T* ".repeat(300_000);
    with(&[(4, pdf_stream("", &format!("BT /F1 12 Tf 0 TL 72 720 Td {words}ET")))])
}

fn huge_picture() -> Vec<u8> {
    let entries = " /Type /XObject /Subtype /Image /Width 100000 /Height 100000 /BitsPerComponent 8 /ColorSpace /DeviceRGB \
                   /Filter [/JBIG2Decode /CCITTFaxDecode]";
    with(&[(4, pdf_stream("", &format!("{WORDS} /X1 Do"))), (6, pdf_stream(entries, "nothing of this is a picture"))])
}

fn open_picture() -> Vec<u8> {
    with(&[(4, pdf_stream("", &format!("{WORDS} BI /W 100000 /H 100000 /BPC 8 ID {}", "word ".repeat(200_000))))])
}

fn kept_states() -> Vec<u8> {
    with(&[(4, pdf_stream("", &format!("{} {WORDS}", "q 1 0 0 1 0 0 cm ".repeat(300_000))))])
}

fn own_font() -> Vec<u8> {
    let font = "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 32 /LastChar 126 \
                /Widths [9] /CharProcs << /a 6 0 R >> /Encoding << /Differences [32 /a 83 /a] >> /Resources << /Font << /F1 5 0 R >> >> >>";
    with(&[(5, font.to_owned()), (6, pdf_stream("", WORDS))])
}

fn wide_rows() -> Vec<u8> {
    let entries =
        "/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns 2147483647 /Colors 32 /BitsPerComponent 16 >>";
    let stream = binary_stream(entries, &packed(WORDS.as_bytes()));
    let objects = [CATALOGUE, PAGES, PAGE].map(|object| object.as_bytes().to_vec());
    of(&[objects.as_slice(), &[stream, FONT.into(), b"null".to_vec()]].concat(), "")
}

fn many_filters() -> Vec<u8> {
    let entries = format!(" /Filter [{}]", "/ASCIIHexDecode ".repeat(10_000));
    with(&[(4, pdf_stream(&entries, WORDS))])
}

fn bookmark_circle() -> Vec<u8> {
    with(&[
        (1, "<< /Type /Catalog /Pages 2 0 R /Outlines 7 0 R >>".to_owned()),
        (7, "<< /Type /Outlines /First 8 0 R /Last 8 0 R /Count 9 >>".to_owned()),
        (8, "<< /Title (Some words) /Parent 7 0 R /Next 8 0 R /Prev 8 0 R /First 8 0 R /Last 8 0 R >>".to_owned()),
    ])
}

fn cut_off() -> Vec<u8> {
    let scan = pdf_of(&vec![pdf_stream("", "q 612 0 0 792 0 0 cm /Im1 Do Q"); 12]);
    scan[..scan.len() / 2].to_vec()
}

fn picture() -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".to_vec(), vec![0; 1_000]].concat()
}

fn polyglot() -> Vec<u8> {
    let page = "<html><body><script>alert(1)</script><p>Some words.</p></body></html>";
    [b"%PDF-1.4\n".as_slice(), page.as_bytes(), archive_of_words().as_slice()].concat()
}

fn archive_of_words() -> Vec<u8> {
    docx(&paragraphs(&["Some words"]))
}

fn picture_and_paper() -> Vec<u8> {
    [b"GIF89a\x01\x00\x01\x00".as_slice(), with(&[]).as_slice()].concat()
}
