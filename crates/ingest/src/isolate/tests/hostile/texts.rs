//! Tables as text, Markdown and plain text.

use super::*;

pub(super) const FILES: &[Hostile] = &[
    Hostile {
        what: "a line of eighty megabytes",
        file_name: "a.csv",
        make: || vec![b'a'; 80_000_000],
        ends: &[LARGE, COMPLEX],
    },
    Hostile { what: "eighty million cells", file_name: "a.csv", make: || vec![b','; 80_000_000], ends: &[COMPLEX] },
    Hostile { what: "a hundred thousand columns", file_name: "a.csv", make: columns, ends: &[READ] },
    Hostile { what: "a quotation without end", file_name: "a.csv", make: unclosed, ends: &[READ] },
    Hostile {
        what: "a table of nothing but quotes",
        file_name: "a.csv",
        make: || vec![b'"'; 5_000_000],
        ends: &[READ, EMPTY],
    },
    Hostile { what: "a table with zeros", file_name: "a.csv", make: || b"a,b\0\0c\n".repeat(50_000), ends: &[UNKNOWN] },
    Hostile { what: "wide letters without a mark", file_name: "a.csv", make: wide, ends: &[UNKNOWN] },
    Hostile { what: "a wide row above many narrow ones", file_name: "a.csv", make: wide_header, ends: &[READ] },
    Hostile { what: "lists in lists of data", file_name: "a.json", make: nested_data, ends: &[DAMAGED, READ] },
    Hostile {
        what: "every row another column",
        file_name: "a.json",
        make: many_columns,
        ends: &[READ, LARGE, COMPLEX],
    },
    Hostile { what: "a group with a name like a book", file_name: "a.json", make: long_group, ends: &[READ] },
    Hostile { what: "data far to the right", file_name: "a.json", make: indented, ends: &[READ, LARGE, COMPLEX] },
    Hostile { what: "brackets", file_name: "a.md", make: || b"[".repeat(100_000), ends: &[READ] },
    Hostile { what: "links in links", file_name: "a.md", make: || b"[a](".repeat(100_000), ends: &[READ] },
    Hostile { what: "quotes in quotes", file_name: "a.md", make: quotes, ends: &[READ, COMPLEX] },
    Hostile { what: "lists in lists", file_name: "a.md", make: lists, ends: &[READ, COMPLEX] },
    Hostile {
        what: "emphasis without end",
        file_name: "a.md",
        make: || b"*a_ ".repeat(100_000),
        ends: &[READ, COMPLEX],
    },
    Hostile { what: "one reference very often", file_name: "a.md", make: references, ends: &[READ] },
    Hostile { what: "front matter without end", file_name: "a.md", make: front_matter, ends: &[READ] },
    Hostile { what: "a key like a book", file_name: "a.md", make: long_key, ends: &[READ] },
    Hostile {
        what: "a column with a name like a book",
        file_name: "a.csv",
        make: long_column,
        ends: &[READ, LARGE, COMPLEX],
    },
    Hostile {
        what: "nothing but headings",
        file_name: "a.md",
        make: || b"# a\n\nb\n\n".repeat(500_000),
        ends: &[COMPLEX],
    },
    Hostile { what: "a heading like a book", file_name: "a.md", make: long_heading, ends: &[READ] },
    Hostile {
        what: "a word of fifty megabytes",
        file_name: "a.txt",
        make: || vec![b'x'; 50_000_000],
        ends: &[LARGE, COMPLEX],
    },
    Hostile { what: "a word of five megabytes", file_name: "a.txt", make: || vec![b'x'; 5_000_000], ends: &[READ] },
    Hostile { what: "a million accents", file_name: "a.txt", make: accents, ends: &[READ] },
    Hostile { what: "a sentence that never ends", file_name: "a.txt", make: sentence, ends: &[READ] },
    Hostile {
        what: "letters on lines of their own",
        file_name: "a.txt",
        make: || b"a\n\n".repeat(1_000_000),
        ends: &[READ],
    },
    Hostile { what: "wide letters with a mark", file_name: "a.txt", make: marked, ends: &[READ] },
    Hostile { what: "the widest letters with a mark", file_name: "a.txt", make: widest, ends: &[READ, UNKNOWN] },
    Hostile { what: "nothing but a mark", file_name: "a.txt", make: || vec![0xff, 0xfe], ends: &[EMPTY] },
    Hostile { what: "letters that are none", file_name: "a.txt", make: || vec![0xff; 2_000_000], ends: &[READ] },
    Hostile { what: "a drawing that laughs", file_name: "a.svg", make: drawing, ends: &[UNKNOWN, READ, EMPTY] },
    Hostile { what: "ever more ticks", file_name: "a.md", make: ticks, ends: &[READ, COMPLEX] },
    Hostile {
        what: "comments in Markdown that never end",
        file_name: "a.md",
        make: || format!("words {}", "a <!-- b <? c <![CDATA[ d <a e=\" ".repeat(20_000)).into_bytes(),
        ends: &[READ, COMPLEX],
    },
    Hostile {
        what: "pictures in links that never close",
        file_name: "a.md",
        make: || b"![[a](<b ".repeat(50_000),
        ends: &[READ, COMPLEX],
    },
    Hostile {
        what: "a table of very many columns",
        file_name: "a.md",
        make: wide_table,
        ends: &[READ, LARGE, COMPLEX],
    },
    Hostile { what: "a number like a book", file_name: "a.json", make: long_number, ends: &[READ, DAMAGED] },
    Hostile { what: "a million columns", file_name: "a.csv", make: million_columns, ends: &[READ, LARGE, COMPLEX] },
    Hostile { what: "a cell of twenty megabytes", file_name: "a.csv", make: long_cell, ends: &[LARGE, COMPLEX] },
    Hostile {
        what: "one row five million times",
        file_name: "a.csv",
        make: || b"a,b\n".repeat(5_000_000),
        ends: &[LARGE, COMPLEX],
    },
    Hostile {
        what: "twenty million brackets",
        file_name: "a.json",
        make: || vec![b'['; 20_000_000],
        ends: &[DAMAGED, COMPLEX],
    },
    Hostile { what: "ten million numbers", file_name: "a.json", make: numbers, ends: &[COMPLEX] },
    Hostile { what: "seven million rows of nothing", file_name: "a.json", make: empty_rows, ends: &[EMPTY, COMPLEX] },
    Hostile {
        what: "a picture of sixty thousand dots by sixty thousand",
        file_name: "a.png",
        make: huge_picture,
        ends: &[UNKNOWN],
    },
    Hostile {
        what: "a name that turns around",
        file_name: "bill\u{202e}fdp.exe.txt",
        make: || b"Some words.".to_vec(),
        ends: &[READ],
    },
];

fn columns() -> Vec<u8> {
    let row: String = (0..100_000).map(|n| format!("c{n},")).collect();
    format!("{row}\n{row}\n").into_bytes()
}

fn million_columns() -> Vec<u8> {
    let row: String = (0..1_000_000).map(|n| format!("c{n},")).collect();
    format!("{row}\n{row}\n").into_bytes()
}

fn long_cell() -> Vec<u8> {
    format!("a,b\n1,{}\n", "x".repeat(20_000_000)).into_bytes()
}

fn numbers() -> Vec<u8> {
    format!("[{}1]", "1,".repeat(10_000_000)).into_bytes()
}

fn empty_rows() -> Vec<u8> {
    format!("[{}{{}}]", "{},".repeat(7_000_000)).into_bytes()
}

/// Eleven gigabytes once it is unpacked.
fn huge_picture() -> Vec<u8> {
    let side = 60_000_u32.to_be_bytes();
    let header = [b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".as_slice(), &side, &side, &[8, 2, 0, 0, 0]].concat();
    [header, b"\x00\x30\x00\x00IDAT".to_vec(), padding()].concat()
}

fn unclosed() -> Vec<u8> {
    format!("a,b\n1,\"{}", "some words, and more\n".repeat(200_000)).into_bytes()
}

fn wide() -> Vec<u8> {
    "Name;Price\nTea;1\n".repeat(10_000).encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn marked() -> Vec<u8> {
    let words = "Some words.\n\n".repeat(100_000);
    [0xff, 0xfe].into_iter().chain(words.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

fn widest() -> Vec<u8> {
    let words = "\u{feff}Some words.\n\n".repeat(50_000);
    words.chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect()
}

fn drawing() -> Vec<u8> {
    let more: String = (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    format!("<?xml version=\"1.0\"?><!DOCTYPE svg [<!ENTITY l0 \"ha\">{more}]><svg><text>&l9;</text></svg>")
        .into_bytes()
}

/// Each run of them is looked for in all that follows.
fn ticks() -> Vec<u8> {
    (1..1_500).map(|length| format!("{}a ", "`".repeat(length))).collect::<String>().into_bytes()
}

fn wide_table() -> Vec<u8> {
    format!("{}|\n{}|\n{}|\n", "| a ".repeat(100_000), "| - ".repeat(100_000), "| b ".repeat(100_000)).into_bytes()
}

fn long_number() -> Vec<u8> {
    format!("[{{\"a\": {}}}]", "7".repeat(5_000_000)).into_bytes()
}

fn wide_header() -> Vec<u8> {
    format!("{}\n{}", "c,".repeat(1_000), "x\n".repeat(100_000)).into_bytes()
}

fn nested_data() -> Vec<u8> {
    format!("{}{}", "[".repeat(200_000), "]".repeat(200_000)).into_bytes()
}

fn many_columns() -> Vec<u8> {
    let rows: Vec<String> = (0..50_000).map(|n| format!("{{\"c{n}\":1,\"c{}\":2}}", n % 1_000)).collect();
    format!("[{}]", rows.join(",")).into_bytes()
}

fn long_group() -> Vec<u8> {
    let fields: Vec<String> = (0..50_000).map(|n| format!("\"f{n}\":{n}")).collect();
    format!("[{{\"{}\":{{{}}}}}]", "g".repeat(1_000_000), fields.join(",")).into_bytes()
}

fn indented() -> Vec<u8> {
    format!("{}{}1{}", "[".repeat(120), "1,".repeat(500_000), "]".repeat(120)).into_bytes()
}

fn quotes() -> Vec<u8> {
    format!("{} words\n{}", ">".repeat(100_000), "> more\n".repeat(1_000)).into_bytes()
}

fn lists() -> Vec<u8> {
    let deeper: String = (0..1_000).map(|depth| format!("{}- words\n", "  ".repeat(depth))).collect();
    format!("{} words\n\n{deeper}", "- ".repeat(50_000)).into_bytes()
}

fn references() -> Vec<u8> {
    format!("[a]: https://example.org/{}\n\n{}", "x".repeat(10_000), "[a] ".repeat(50_000)).into_bytes()
}

fn front_matter() -> Vec<u8> {
    format!("---\ntitle: {}\n\nSome words.\n", "{\"a\":[".repeat(300_000)).into_bytes()
}

fn long_key() -> Vec<u8> {
    format!("---\n{}:\n{}---\n\nSome words.\n", "k".repeat(1_000_000), "- x\n".repeat(200_000)).into_bytes()
}

fn long_column() -> Vec<u8> {
    format!("{}\n{}", "c".repeat(1_000_000), "x\n".repeat(500_000)).into_bytes()
}

fn long_heading() -> Vec<u8> {
    format!("# {}\n\n{}", "word ".repeat(200_000), "## Hours\n\nNine to five.\n\n".repeat(20_000)).into_bytes()
}

fn accents() -> Vec<u8> {
    format!("e{} words", "\u{301}\u{323}".repeat(500_000)).into_bytes()
}

/// By the rules of Unicode, whether the full stop ends a sentence depends on the next letter.
fn sentence() -> Vec<u8> {
    format!("Nine. {}", "\" ".repeat(1_000_000)).into_bytes()
}
