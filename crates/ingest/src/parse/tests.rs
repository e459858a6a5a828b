//! Small real files of every format, made here, and files that nobody should send.

use std::io::{Cursor, Write};

use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;

mod bad;
pub(crate) mod good;
mod handbook;
mod pages;
mod printed;
mod structured;

/// A ZIP archive of these parts.
pub(crate) fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Body paragraphs without any style.
pub(crate) fn paragraphs(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")).collect()
}

/// A Word document with this body.
pub(crate) fn docx(body: &str) -> Vec<u8> {
    docx_with(body, &[])
}

/// A Word document with this body and these parts, each with its relationship: (name, kind, content).
pub(crate) fn docx_with(body: &str, parts: &[(&str, &str, &str)]) -> Vec<u8> {
    let document = format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
    let relations: String = parts
        .iter()
        .enumerate()
        .map(|(n, (name, kind, _))| format!("<Relationship Id=\"r{n}\" Type=\"http://x/{kind}\" Target=\"{name}\"/>"))
        .collect();
    let relations = format!("<Relationships>{relations}</Relationships>");
    let names: Vec<String> = parts.iter().map(|(name, ..)| format!("word/{name}")).collect();
    let mut all = vec![("word/document.xml", document.as_str()), ("word/_rels/document.xml.rels", relations.as_str())];
    all.extend(names.iter().map(String::as_str).zip(parts.iter().map(|(_, _, content)| *content)));
    archive(&all)
}

/// A PDF whose pages have these lines.
pub(crate) fn pdf(pages: &[&[&str]]) -> Vec<u8> {
    let contents = pages.iter().map(|lines| {
        let shown: String = lines.iter().map(|line| format!("({line}) Tj T* ")).collect();
        pdf_stream("", &format!("BT /F1 12 Tf 14 TL 72 720 Td {shown}ET"))
    });
    pdf_of(&contents.collect::<Vec<_>>())
}

/// A stream of a PDF, with these further entries of its dictionary.
pub(crate) fn pdf_stream(entries: &str, data: &str) -> String {
    format!("<< /Length {}{entries} >>\nstream\n{data}\nendstream", data.len())
}

/// A PDF whose pages have these streams as their content.
pub(crate) fn pdf_of(pages: &[String]) -> Vec<u8> {
    pdf_with("", pages, &[])
}

/// A PDF with these further entries of its catalogue, its pages as objects 4, 6, … with these streams as their content, and
/// these objects after them. Its fonts are F1, F2 for typewriter type and F3 for bold type.
pub(crate) fn pdf_with(entries: &str, pages: &[String], more: &[String]) -> Vec<u8> {
    let font = |name: &str| format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>");
    let mut objects = vec![format!("<< /Type /Catalog /Pages 2 0 R /Lang (en-GB){entries} >>")];
    let kids: String = (0..pages.len()).map(|n| format!("{} 0 R ", 4 + n * 2)).collect();
    objects.push(format!("<< /Type /Pages /Count {} /Kids [{kids}] >>", pages.len()));
    objects.push(font("Helvetica"));
    let fonts = format!("/F1 3 0 R /F2 {} /F3 {}", font("Courier"), font("Helvetica-Bold"));
    for (n, content) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << {fonts} >> >> /Contents {} 0 R >>",
            5 + n * 2
        ));
        objects.push(content.clone());
    }
    objects.extend_from_slice(more);
    objects.push("<< /Title (Opening hours) >>".to_owned());
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", n + 1).into_bytes());
    }
    let xref = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").into_bytes());
    }
    let (size, info) = (objects.len() + 1, objects.len());
    file.extend(
        format!("trailer << /Size {size} /Root 1 0 R /Info {info} 0 R >>\nstartxref\n{xref}\n%%EOF").into_bytes(),
    );
    file
}

/// What seems to be a Word document and unpacks to this many zeros.
pub(crate) fn zip_of_zeros(length: usize) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    let block = vec![0_u8; 1 << 20];
    let mut left = length;
    while left > 0 {
        let now = left.min(block.len());
        zip.write_all(&block[..now]).unwrap();
        left -= now;
    }
    zip.finish().unwrap().into_inner()
}

pub(crate) fn read(file_name: &str, bytes: &[u8]) -> Result<ParsedDocument, ParseError> {
    let document = parse(&FileInput { file_name, media_type: None, bytes })?;
    // What every document promises, whatever its format.
    for heading in &document.outline {
        let line = document.text[heading.offset..].lines().next().unwrap();
        assert_eq!(line, format!("{} {}", "#".repeat(heading.level.into()), heading.text));
    }
    for page in &document.pages {
        assert!(document.text.is_char_boundary(page.offset), "{page:?} of {}", document.text.len());
    }
    Ok(document)
}
