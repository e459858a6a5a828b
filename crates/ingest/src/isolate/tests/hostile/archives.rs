//! Archives, and documents in them.

use std::io::{Cursor, Write as _};

use flate2::{Compression, Crc, write::DeflateEncoder};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::parse::tests::{archive, docx_with};

pub(super) const FILES: &[Hostile] = &[
    Hostile { what: "a bomb", file_name: "a.docx", make: || zip_of_zeros(150_000_000), ends: &[COMPLEX] },
    Hostile { what: "a bomb in a bomb", file_name: "a.docx", make: nested_bomb, ends: BROKEN },
    Hostile { what: "entries over each other", file_name: "a.xlsx", make: overlapping, ends: &[DAMAGED, COMPLEX] },
    Hostile { what: "a million entries", file_name: "a.docx", make: many_entries, ends: &[COMPLEX] },
    Hostile { what: "names outside the archive", file_name: "a.docx", make: traversal, ends: &[READ] },
    Hostile { what: "a symbolic link", file_name: "a.docx", make: link, ends: BROKEN },
    Hostile { what: "a size that lies", file_name: "a.docx", make: || lying(24, 22), ends: REPAIRED },
    Hostile { what: "a packed size that lies", file_name: "a.docx", make: || lying(20, 18), ends: REPAIRED },
    Hostile { what: "a text without end", file_name: "a.docx", make: long_text, ends: &[LARGE, COMPLEX] },
    Hostile { what: "entities in entities", file_name: "a.docx", make: laughs, ends: &[READ] },
    Hostile { what: "an entity in a file", file_name: "a.docx", make: external, ends: &[READ, DAMAGED] },
    Hostile { what: "one entity very often", file_name: "a.docx", make: quadratic, ends: &[READ] },
    Hostile { what: "elements in elements", file_name: "a.docx", make: deep, ends: &[COMPLEX] },
    Hostile { what: "very many attributes", file_name: "a.docx", make: attributes, ends: &[READ] },
    Hostile { what: "one note very often", file_name: "a.docx", make: notes, ends: &[READ] },
    Hostile { what: "lists that count for ever", file_name: "a.docx", make: numberings, ends: &[READ] },
    Hostile { what: "cells as wide as can be", file_name: "a.docx", make: wide_cells, ends: &[READ, LARGE, COMPLEX] },
    Hostile { what: "an encrypted document", file_name: "a.docx", make: encrypted, ends: &[LOCKED] },
    Hostile { what: "a title like a book", file_name: "a.docx", make: long_title, ends: &[READ] },
    Hostile { what: "an attribute like a book", file_name: "a.docx", make: long_attribute, ends: &[READ] },
    Hostile { what: "a table of contents that lies", file_name: "a.docx", make: lying_contents, ends: REPAIRED },
    Hostile { what: "names of control characters", file_name: "a.docx", make: strange_names, ends: &[READ] },
    Hostile { what: "a part that names itself", file_name: "a.docx", make: own_relations, ends: REPAIRED },
    Hostile { what: "a large bomb", file_name: "a.docx", make: || zip_of_zeros(400_000_000), ends: &[COMPLEX] },
    Hostile { what: "a bomb in a large document", file_name: "a.docx", make: padded_bomb, ends: &[COMPLEX] },
    Hostile { what: "a bomb that packs as text does", file_name: "a.docx", make: disguised_bomb, ends: &[COMPLEX] },
    Hostile { what: "a bomb that says what it is", file_name: "a.docx", make: bomb_of_types, ends: &[UNKNOWN] },
    Hostile { what: "entities in a large document", file_name: "a.docx", make: padded_laughs, ends: &[READ] },
    Hostile { what: "elements in a large document", file_name: "a.docx", make: padded_deep, ends: &[COMPLEX] },
    Hostile {
        what: "a packed file by another name",
        file_name: "a.docx",
        make: || [b"\x1f\x8b\x08".as_slice(), &[0; 1_000]].concat(),
        ends: &[UNKNOWN],
    },
];

/// A few megabytes of words that do not pack well: their packed size would give them away.
pub(super) fn words_like_a_book() -> String {
    (0..300_000_u32).map(|n| format!("{:x} ", n.wrapping_mul(2_654_435_761))).collect()
}

/// A large document with these parts and, if any, one more: its name, how it begins, and of what it has so many bytes behind that.
pub(super) fn padded(parts: &[(&str, &str)], bomb: Option<(&str, &[u8], &[u8], usize)>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    if let Some((name, beginning, again, length)) = bomb {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(beginning).unwrap();
        let block = again.repeat((1 << 20) / again.len());
        (0..length.div_ceil(block.len())).for_each(|_| zip.write_all(&block).unwrap());
    }
    let as_it_is = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file("media/picture.bin", as_it_is).unwrap();
    zip.write_all(&padding()).unwrap();
    zip.finish().unwrap().into_inner()
}

/// What the largest bombs are made of.
pub(super) const BLANK: &[u8] = b" ";

const BODY: &[u8] = b"<w:document xmlns:w=\"w\"><w:body>";

fn padded_bomb() -> Vec<u8> {
    padded(&[], Some(("word/document.xml", BODY, BLANK, 300_000_000)))
}

/// What packs badly at its beginning makes the rest, which packs by far too well, seem usual.
fn disguised_bomb() -> Vec<u8> {
    let beginning = [b"<!--".as_slice(), words_like_a_book().as_bytes(), b"-->", BODY].concat();
    let paragraph = paragraphs(&["The same words again and again"]);
    padded(&[], Some(("word/document.xml", beginning.as_slice(), paragraph.as_bytes(), 240_000_000)))
}

/// Whoever receives a file looks into this part to know what it is.
fn bomb_of_types() -> Vec<u8> {
    padded(&[], Some(("[Content_Types].xml", b"<Types>".as_slice(), BLANK, 300_000_000)))
}

fn padded_laughs() -> Vec<u8> {
    padded(&[("word/document.xml", &laughing())], None)
}

fn padded_deep() -> Vec<u8> {
    let paragraphs = format!("{}words{}", "<w:p>".repeat(100_000), "</w:p>".repeat(100_000));
    padded(
        &[("word/document.xml", &format!("<w:document xmlns:w=\"w\"><w:body>{paragraphs}</w:body></w:document>"))],
        None,
    )
}

fn long_title() -> Vec<u8> {
    let core = format!("<cp xmlns:dc=\"d\"><dc:title>{}</dc:title></cp>", words_like_a_book());
    let document = format!("<w:document xmlns:w=\"w\"><w:body>{}</w:body></w:document>", paragraphs(&["Some words"]));
    archive(&[("word/document.xml", &document), ("docProps/core.xml", &core)])
}

fn long_attribute() -> Vec<u8> {
    let words = words_like_a_book();
    xml(&format!(
        "<w:document xmlns:w=\"w\"><w:body w:a=\"{words}\"><w:p w:a=\"{words}\"><w:r><w:t>Some words</w:t></w:r></w:p></w:body></w:document>"
    ))
}

/// It says that there are far more parts than there are.
fn lying_contents() -> Vec<u8> {
    let mut file = docx(&paragraphs(&["Some words"]));
    let counts = file.len() - 22 + 8;
    file[counts..counts + 4].copy_from_slice(&[0xff, 0xfe, 0xff, 0xfe]);
    file
}

fn strange_names() -> Vec<u8> {
    let document = format!("<w:document xmlns:w=\"w\"><w:body>{}</w:body></w:document>", paragraphs(&["Some words"]));
    let deep = format!("{}a.xml", "word/".repeat(500));
    let names = ["word/a\nb.xml", "word/\u{202e}lmx.xml", "C:\\word\\a.xml", "word/\u{7}.xml", deep.as_str()];
    let mut parts: Vec<(&str, &str)> = names.map(|name| (name, "<a/>")).to_vec();
    parts.push(("word/document.xml", &document));
    archive(&parts)
}

fn own_relations() -> Vec<u8> {
    let document = format!("<w:document xmlns:w=\"w\"><w:body>{}</w:body></w:document>", paragraphs(&["Some words"]));
    let itself = "<Relationships><Relationship Id=\"r1\" Type=\"http://x/officeDocument\" Target=\"_rels/.rels\"/></Relationships>";
    archive(&[("word/document.xml", &document), ("_rels/.rels", itself)])
}

/// A document with this XML as its main part.
fn xml(document: &str) -> Vec<u8> {
    archive(&[("word/document.xml", document)])
}

fn nested_bomb() -> Vec<u8> {
    let inner = zip_of_zeros(50_000_000);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    zip.write_all(&inner).unwrap();
    zip.finish().unwrap().into_inner()
}

/// Many names for one packed megabyte, as small as it can be: the table of contents names its place again and again.
fn overlapping() -> Vec<u8> {
    const ENTRIES: usize = 2_000;
    let content = vec![b' '; 1 << 20];
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&content).unwrap();
    let packed = encoder.finish().unwrap();
    let mut crc = Crc::new();
    crc.update(&content);
    let u16 = |value: usize| u16::try_from(value).unwrap().to_le_bytes();
    let u32 = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
    // Version, flags, method, time, date; then the sum and the sizes.
    let begin = [20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
    let sizes = [crc.sum().to_le_bytes(), u32(packed.len()), u32(content.len())].concat();
    let name = "xl/workbook.xml";
    let mut file =
        [b"PK\x03\x04".as_slice(), &begin, sizes.as_slice(), &u16(name.len()), &u16(0), name.as_bytes()].concat();
    file.extend_from_slice(&packed);
    let directory = file.len();
    for number in 0..ENTRIES {
        let name = if number == 0 { name.to_owned() } else { format!("xl/{number}.xml") };
        file.extend_from_slice(
            &[b"PK\x01\x02".as_slice(), &[20, 0], &begin, sizes.as_slice(), &u16(name.len()), &[0; 12], &[0; 4]]
                .concat(),
        );
        file.extend_from_slice(name.as_bytes());
    }
    let length = file.len() - directory;
    let counts = [[0; 2], [0; 2], u16(ENTRIES), u16(ENTRIES)].concat();
    file.extend_from_slice(
        &[b"PK\x05\x06".as_slice(), counts.as_slice(), &u32(length), &u32(directory), &[0; 2]].concat(),
    );
    file
}

fn many_entries() -> Vec<u8> {
    [b"PK\x03\x04".to_vec(), b"PK\x01\x02".repeat(1_000_000)].concat()
}

fn traversal() -> Vec<u8> {
    archive(&[
        ("../../../../etc/passwd", "root:x:0"),
        ("/etc/passwd", "root:x:0"),
        ("C:\\Windows\\system.ini", "root:x:0"),
        ("word/../../document.xml", "root:x:0"),
        (
            "word/document.xml",
            "<w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>words</w:t></w:r></w:p></w:body></w:document>",
        ),
    ])
}

fn link() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("word/document.xml", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    zip.finish().unwrap().into_inner()
}

/// A good document whose headers say another size, at these places behind their marks.
fn lying(in_directory: usize, in_file: usize) -> Vec<u8> {
    let mut file = docx(&paragraphs(&["words"]));
    for (mark, place) in [(b"PK\x01\x02", in_directory), (b"PK\x03\x04", in_file)] {
        let found: Vec<usize> =
            file.windows(4).enumerate().filter(|(_, window)| window == mark).map(|(at, _)| at + place).collect();
        for at in found {
            file[at..at + 4].copy_from_slice(&0x7fff_fff0_u32.to_le_bytes());
        }
    }
    file
}

fn long_text() -> Vec<u8> {
    let texts: Vec<String> = (0..600_000_u32)
        .map(|n| format!("{} words of a text that goes on and on {n}", n.wrapping_mul(2_654_435_761)))
        .collect();
    docx(&paragraphs(&texts.iter().map(String::as_str).collect::<Vec<_>>()))
}

fn laughs() -> Vec<u8> {
    xml(&laughing())
}

fn laughing() -> String {
    let entities: String =
        (1..20).map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10))).collect();
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e0 \"laughs\">{entities}]><w:document xmlns:w=\"w\"><w:body>\
         <w:p><w:r><w:t>words &e19; words</w:t></w:r></w:p></w:body></w:document>"
    )
}

fn external() -> Vec<u8> {
    xml("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\"><!ENTITY % p SYSTEM \
         \"http://127.0.0.1:1/x.dtd\"> %p;]><w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>words &e; words</w:t></w:r>\
         </w:p></w:body></w:document>")
}

fn quadratic() -> Vec<u8> {
    xml(&format!(
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e \"{}\">]><w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>words \
         {}</w:t></w:r></w:p></w:body></w:document>",
        "long ".repeat(20_000),
        "&e;".repeat(20_000)
    ))
}

fn deep() -> Vec<u8> {
    docx(&format!("{}words{}", "<w:p>".repeat(100_000), "</w:p>".repeat(100_000)))
}

fn attributes() -> Vec<u8> {
    let attributes: String = (0..300_000).map(|n| format!(" a{n}=\"\"")).collect();
    docx(&format!("<w:p{attributes}><w:r><w:t{attributes}>words</w:t></w:r></w:p>"))
}

fn notes() -> Vec<u8> {
    let note = format!(
        "<w:footnotes><w:footnote w:id=\"1\"><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:footnote></w:footnotes>",
        "note ".repeat(20_000)
    );
    let references = "<w:r><w:footnoteReference w:id=\"1\"/></w:r>".repeat(20_000);
    docx_with(&format!("<w:p><w:r><w:t>words</w:t></w:r>{references}</w:p>"), &[("footnotes.xml", "footnotes", &note)])
}

fn numberings() -> Vec<u8> {
    const LISTS: usize = 30_000;
    let lists: String =
        (1..LISTS).map(|n| format!("<w:num w:numId=\"{n}\"><w:abstractNumId w:val=\"0\"/></w:num>")).collect();
    let numbering = format!(
        "<w:numbering><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"decimal\"/></w:lvl></w:abstractNum>{lists}</w:numbering>"
    );
    let items: String = (1..LISTS)
        .map(|n| format!("<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"{n}\"/></w:numPr></w:pPr><w:r><w:t>item {n}</w:t></w:r></w:p>"))
        .collect();
    docx_with(&items, &[("numbering.xml", "numbering", &numbering)])
}

fn wide_cells() -> Vec<u8> {
    let cells = "<w:tc><w:tcPr><w:gridSpan w:val=\"9999999\"/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>";
    docx(&format!("<w:tbl>{}</w:tbl>", format!("<w:tr>{}</w:tr>", cells.repeat(30)).repeat(2_000)))
}

fn encrypted() -> Vec<u8> {
    let mut file = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    file.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    file
}
