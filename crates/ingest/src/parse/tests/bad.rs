use proptest::prelude::*;

use super::*;

/// A PDF of one page under the user password `secret`, AES-256.
const PROTECTED: &[u8] = include_bytes!("protected.pdf");

/// The same page under an owner's password only: it opens for everybody.
const RESTRICTED: &[u8] = include_bytes!("restricted.pdf");

#[test]
fn passwords() {
    assert_eq!(read("a.pdf", PROTECTED), Err(ParseError::Encrypted));
    assert!(read("a.pdf", RESTRICTED).unwrap().text.contains("Opening hours"));
}

#[test]
fn empty_files() {
    assert_eq!(read("a.pdf", b""), Err(ParseError::Empty));
    assert_eq!(read("a.txt", b" \r\n\t "), Err(ParseError::Empty));
    assert_eq!(read("a.md", b"\n \n"), Err(ParseError::Empty));
    assert_eq!(read("a.csv", " \u{a0}\n".as_bytes()), Err(ParseError::Empty));
    // Pictures are no text.
    assert_eq!(read("a.docx", &docx("")), Err(ParseError::Scan));
    assert_eq!(read("a.pdf", &pdf(&[&[]])), Err(ParseError::Scan));
    assert_eq!(read("a.csv", b",,\n,,"), Err(ParseError::Empty));
}

#[test]
fn pages_that_need_a_script() {
    let shell = "<!doctype html><title>App</title><div id=root></div><script src=a.js></script>";
    assert_eq!(read("", shell.as_bytes()), Err(ParseError::NeedsScript));
    let note = "<!doctype html><body><p>Please enable JavaScript to continue.</p><script>a()</script>";
    assert_eq!(read("", note.as_bytes()), Err(ParseError::NeedsScript));
    assert!(read("", b"<!doctype html><body><p>A short page.</p><script>a()</script>").is_ok());
}

#[test]
fn damaged_files() {
    let whole = docx(&paragraphs(&["text"]));
    assert!(matches!(read("a.docx", &whole[..whole.len() / 2]), Err(ParseError::Damaged(_))));
    assert!(matches!(read("a.pdf", b"%PDF-1.7\nnothing of the kind"), Err(ParseError::Damaged(_))));
    assert!(matches!(read("a.docx", &docx("<w:p><w:r><w:t>open")), Err(ParseError::Damaged(_)) | Ok(_)));
    let pages = pdf(&[&["first page"], &["second page"]]);
    let cut = read("a.pdf", &pages[..pages.len() * 3 / 4]);
    assert!(cut.is_err() || cut.is_ok_and(|document| document.text.contains("first")));
}

#[test]
fn a_pdf_that_was_cut_off_is_no_scan() {
    // Of a scan nothing but its end tells whether all of it is there.
    let picture = pdf_stream("", "q 612 0 0 792 0 0 cm /Im1 Do Q");
    let scan = pdf_of(&vec![picture; 12]);
    assert_eq!(read("a.pdf", &scan), Err(ParseError::Scan));
    for part in [10, 40, 90] {
        let cut = read("a.pdf", &scan[..scan.len() * part / 100]);
        assert!(matches!(cut, Err(ParseError::Damaged(_))), "{part} %: {cut:?}");
    }
    // What pads a file's end is no part of it.
    let padded = [scan.as_slice(), b"\r\n", &[0; 5_000]].concat();
    assert_eq!(read("a.pdf", &padded), Err(ParseError::Scan));
    // With text, what is left of it may still be read.
    let whole = pdf(&[&["first page"], &["second page"]]);
    for part in (5..100).step_by(5) {
        let cut = read("a.pdf", &whole[..whole.len() * part / 100]);
        assert_ne!(cut, Err(ParseError::Scan), "{part} %");
    }
    let before_the_text = whole.windows(9).position(|window| window == b"stream\nBT").unwrap();
    let cut = read("a.pdf", &whole[..before_the_text]);
    assert!(matches!(cut, Err(ParseError::Damaged(_))), "{cut:?}");
}

#[test]
fn a_pdf_whose_pages_cannot_be_unpacked_is_no_scan() {
    // No byte of it is the beginning of anything packed.
    let broken = pdf_stream(" /Filter /FlateDecode", &"?".repeat(60));
    assert_eq!(
        read("a.pdf", &pdf_of(std::slice::from_ref(&broken))),
        Err(ParseError::Damaged("the content of its pages cannot be read".into()))
    );
    // A page that can be read is worth more than one that cannot.
    let text = pdf_stream("", "BT /F1 12 Tf 14 TL 72 720 Td (first page) Tj ET");
    assert!(read("a.pdf", &pdf_of(&[text, broken])).unwrap().text.contains("first page"));
}

#[test]
fn bombs() {
    // Ten gigabytes in ten megabytes would take a while to make: the ratio is the same.
    assert!(matches!(read("a.docx", &zip_of_zeros(300_000_000)), Err(ParseError::TooComplex(_))));
    // A spreadsheet's reader would unpack all parts.
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"<workbook/>").unwrap();
    zip.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).unwrap();
    zip.write_all(&vec![b' '; 50_000_000]).unwrap();
    let bomb = zip.finish().unwrap().into_inner();
    assert!(matches!(read("a.xlsx", &bomb), Err(ParseError::TooComplex(_))));
    // Whoever receives a file asks what it is, without the limits of a child: the answer is looked for in a part's beginning.
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("[Content_Types].xml", SimpleFileOptions::default()).unwrap();
    zip.write_all(&vec![b' '; 50_000_000]).unwrap();
    let bomb = zip.finish().unwrap().into_inner();
    let other = ParseError::Unsupported("Office Open XML of another kind".to_owned());
    assert_eq!(detect("a.docx", None, &bomb), Err(other));
    // Archives in archives are not opened.
    let nested = archive(&[("a.zip", "PK"), ("b.zip", "PK")]);
    assert_eq!(read("a.docx", &nested), Err(ParseError::Damaged("parts of the DOCX file are missing".into())));
    // Elements in elements.
    let deep = format!("{}{}", "<w:p>".repeat(5_000), "</w:p>".repeat(5_000));
    assert!(matches!(read("a.docx", &docx(&deep)), Err(ParseError::TooComplex(_))));
    // Entities in entities are not expanded.
    let entities = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>\
        <w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>x&b;y</w:t></w:r></w:p></w:body></w:document>";
    assert_eq!(read("a.docx", &archive(&[("word/document.xml", entities)])).unwrap().text, "xy");
    // A page that nests deeper than any stack.
    let page = format!("<!doctype html><body>{}deep down{}", "<div>".repeat(50_000), "</div>".repeat(50_000));
    assert!(read("a.html", page.as_bytes()).is_ok_and(|document| document.text.contains("deep down")));
    let many = "PK\x01\x02".repeat(30_000);
    assert!(matches!(read("a.docx", format!("PK\x03\x04{many}").as_bytes()), Err(ParseError::TooComplex(_))));
}

#[test]
fn what_would_be_copied_everywhere_is_kept_short() {
    let long = "word ".repeat(200).trim_end().to_owned();
    let document = read("a.md", format!("# {long}\n\n## Hours\n\nNine to five.\n").as_bytes()).unwrap();
    assert_eq!(document.outline.iter().map(|heading| heading.text.as_str()).collect::<Vec<_>>(), ["Hours"]);
    assert!(
        document.text.starts_with(&long) && document.text.ends_with("## Hours\n\nNine to five."),
        "{}",
        document.text
    );
    let page = format!("<!doctype html><main><h1>{long}</h1><h2>Hours</h2><p>Nine to five.</p></main>");
    let document = read("a.html", page.as_bytes()).unwrap();
    assert_eq!(document.outline.iter().map(|heading| heading.text.as_str()).collect::<Vec<_>>(), ["Hours"]);
    // A note that is named twice is written once.
    let reference = "<w:r><w:footnoteReference w:id=\"1\"/></w:r>";
    let notes = "<w:footnotes><w:footnote w:id=\"1\"><w:p><w:r><w:t>Closed at Easter.</w:t></w:r></w:p></w:footnote></w:footnotes>";
    let body = format!("<w:p><w:r><w:t>Open</w:t></w:r>{reference}<w:r><w:t> daily</w:t></w:r>{reference}</w:p>");
    let document = read("a.docx", &docx_with(&body, &[("footnotes.xml", "footnotes", notes)])).unwrap();
    assert_eq!(document.text, "Open [1] daily [1]\n\n[1] Closed at Easter.");
    // A name that is shown in another order than it is written in seems to end otherwise.
    assert_eq!(read("bill\u{202e}fdp.exe.txt", b"words").unwrap().title, "billfdp.exe");
    // Cells that claim to be very wide.
    let page = format!("<!doctype html><table><tr>{}<tr><td>b<td>c</table>", "<td colspan=65535>a".repeat(40));
    let document = read("a.html", page.as_bytes()).unwrap();
    assert!(document.text.lines().all(|line| line.matches('|').count() <= 1_050), "{}", document.text.len());
}

#[test]
fn errors_reach_people_with_their_code() {
    let error = ApiError::from(ParseError::TooLarge { limit: 20 });
    assert_eq!(error.params.get("limit").map(String::as_str), Some("20"));
    assert_eq!(ApiError::from(ParseError::Empty).code, ErrorCode::EmptyFile);
    assert_eq!(ApiError::from(ParseError::Scan).code, ErrorCode::FileWithoutText);
    assert_eq!(ApiError::from(ParseError::NeedsScript).code, ErrorCode::NeedsJavascript);
    assert!(ParseError::NeedsScript.is_skip());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_bytes_make_a_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), name in "[a-z]{0,3}\\.(html|md|csv|txt|docx|pdf)") {
        let _ = read(&name, &bytes);
    }

    #[test]
    fn no_markup_makes_a_parser_panic(text in "([<>/&;#|`*_ \\n\\[\\]()!-]|table|tr|td|li|ul|a|pre|h1|é|x){0,80}") {
        for name in ["a.html", "a.md", "a.csv", "a.txt"] {
            let _ = read(name, text.as_bytes());
            let _ = read(name, format!("<!doctype html>{text}").as_bytes());
        }
    }

    #[test]
    fn no_broken_archive_makes_a_parser_panic(position in 0_usize..600, value in any::<u8>()) {
        let mut file = docx(&paragraphs(&["Some words to read"]));
        let length = file.len();
        file[position % length] = value;
        let _ = read("a.docx", &file);
    }

    #[test]
    fn no_broken_pdf_makes_a_parser_panic(position in 0_usize..900, value in any::<u8>()) {
        let mut file = pdf(&[&["Some words to read"]]);
        let length = file.len();
        file[position % length] = value;
        let _ = read("a.pdf", &file);
    }
}
