//! PDF files as programs print them: what stands where, whatever the order in which it was drawn.

use super::*;

/// A page with texts in fonts of some size at places from the left and from the foot of the page, in points.
fn page(texts: &[(&str, u32, f32, f32, &str)]) -> String {
    let shown = |(font, size, left, base, text): &(&str, u32, f32, f32, &str)| {
        format!("/{font} {size} Tf 1 0 0 1 {left} {base} Tm ({text}) Tj ")
    };
    pdf_stream("", &format!("BT {}ET", texts.iter().map(shown).collect::<String>()))
}

fn text(pages: &[String]) -> String {
    read("a.pdf", &pdf_of(pages)).unwrap().text
}

fn outline(document: &ParsedDocument) -> Vec<(u8, &str)> {
    document.outline.iter().map(|heading| (heading.level, heading.text.as_str())).collect()
}

#[test]
fn words_in_typewriter_type_stay_within_their_line() {
    // Typewriter type was drawn last, is smaller, and has another height above the same baseline.
    let page = page(&[
        ("F1", 10, 72.0, 700.0, "Lists of files are kept in"),
        ("F1", 10, 233.3, 700.0, "and read by"),
        ("F1", 10, 72.0, 688.0, "whenever it starts, and by"),
        ("F1", 10, 256.3, 688.0, "as well."),
        ("F2", 9, 176.5, 700.0, "/etc/lists"),
        ("F2", 9, 288.9, 700.0, "lister"),
        ("F2", 9, 188.7, 688.0, "lister-again"),
    ]);
    assert_eq!(
        text(&[page]),
        "Lists of files are kept in /etc/lists and read by lister whenever it starts, and by lister-again as well."
    );
}

#[test]
fn words_that_are_placed_one_by_one_stay_words() {
    let page = page(&[
        ("F1", 10, 72.0, 700.0, "The"),
        ("F1", 10, 92.0, 700.0, "owner"),
        ("F1", 10, 123.0, 700.0, "keeps"),
        ("F1", 10, 152.5, 700.0, "it."),
    ]);
    assert_eq!(text(&[page]), "The owner keeps it.");
}

#[test]
fn a_raised_mark_stands_after_its_word_and_its_note_at_the_foot() {
    let page = page(&[
        ("F1", 10, 72.0, 700.0, "Pipes are made by the script"),
        ("F1", 7, 199.0, 703.6, "10"),
        ("F1", 10, 209.6, 700.0, "and removed by"),
        ("F1", 10, 72.0, 688.0, "another one."),
        ("F1", 6, 78.0, 82.8, "10"),
        ("F1", 8, 85.5, 80.0, "It is better to use mkfifo rather than mknod."),
    ]);
    assert_eq!(
        text(&[page]),
        "Pipes are made by the script¹⁰ and removed by another one.\n\n¹⁰ It is better to use mkfifo rather than mknod."
    );
}

#[test]
fn numbered_items_and_notes_are_no_chapters() {
    let page = page(&[
        ("F3", 14, 72.0, 720.0, "1 Sharing"),
        ("F1", 10, 72.0, 696.0, "Two packages that share a file agree on who owns it, and then do this:"),
        ("F1", 10, 84.0, 680.0, "1."),
        ("F1", 10, 96.0, 680.0, "The owner manages the file with a script, as was"),
        ("F1", 10, 96.0, 668.0, "said in the section before this one."),
        ("F1", 10, 84.0, 656.0, "2."),
        ("F1", 10, 96.0, 656.0, "Others Use That Script"),
        ("F3", 12, 72.0, 632.0, "1.1 Removing"),
        ("F1", 10, 72.0, 612.0, "Whoever comes last removes the file, and nobody else does it."),
        ("F1", 8, 72.0, 80.0, "2 The owner is the package that was there before the others"),
    ]);
    let document = read("a.pdf", &pdf_of(&[page])).unwrap();
    assert_eq!(outline(&document), [(1, "1 Sharing"), (2, "1.1 Removing")]);
    assert_eq!(
        document.text,
        "# 1 Sharing\n\nTwo packages that share a file agree on who owns it, and then do this:\n\n\
         1. The owner manages the file with a script, as was said in the section before this one.\n\
         2. Others Use That Script\n\n## 1.1 Removing\n\n\
         Whoever comes last removes the file, and nobody else does it.\n\n\
         2 The owner is the package that was there before the others"
    );
}

#[test]
fn columns_are_read_one_after_the_other() {
    let mut texts = vec![("F3", 16, 160.0, 740.0, "How to hang a hammock in a garden")];
    let left = [
        "Choose two trees that stand four",
        "paces apart. Older ones are better,",
        "for they do not bend. Tie a rope",
        "around each of them, a hand above",
        "your head, and look whether it",
        "holds before anybody lies down in",
    ];
    let right = [
        "it. Two people do this faster than",
        "one alone, as the other one can",
        "lift the cloth meanwhile. Do not",
        "forget to take it in before winter",
        "comes, since frost breaks what is",
        "wet. A dry cellar is a good place.",
    ];
    // Drawn line by line across both, the lines of the right column a little lower.
    for ((line, one), other) in (0_u8..).zip(left).zip(right) {
        let base = 700.0 - 12.0 * f32::from(line);
        texts.push(("F1", 10, 72.0, base, one));
        texts.push(("F1", 10, 320.0, base - 3.0, other));
    }
    texts.push(("F1", 10, 300.0, 40.0, "17"));
    let read = text(&[page(&texts)]);
    assert_eq!(read, format!("How to hang a hammock in a garden\n\n{} {}", left.join(" "), right.join(" ")));
}

#[test]
fn rows_of_a_table_stay_rows() {
    let cells =
        ["Tea", "Prepared from leaves", "1.50", "Milk", "Comes from the farm", "0.80", "Cake", "Baked here", "3.20"];
    let mut texts = vec![("F1", 10, 72.0, 700.0, "This is what there is today, as long as there is any of it:")];
    for (row, cells) in (0_u8..).zip(cells.chunks(3)) {
        for (left, cell) in [72.0, 160.0, 300.0].into_iter().zip(cells) {
            texts.push(("F1", 10, left, 676.0 - 14.0 * f32::from(row), *cell));
        }
    }
    assert_eq!(
        text(&[page(&texts)]),
        "This is what there is today, as long as there is any of it:\n\n\
         Tea Prepared from leaves 1.50\nMilk Comes from the farm 0.80\nCake Baked here 3.20"
    );
}

#[test]
fn lines_of_a_program_keep_their_white_space() {
    let page = page(&[
        ("F1", 10, 72.0, 700.0, "Write this into the file:"),
        ("F2", 9, 78.0, 680.0, "if true; then"),
        ("F2", 9, 88.8, 669.0, "echo 'yes'"),
        ("F2", 9, 78.0, 658.0, "fi"),
        ("F1", 10, 72.0, 638.0, "And start it again."),
    ]);
    assert_eq!(
        text(&[page]),
        "Write this into the file:\n\n```\nif true; then\n  echo 'yes'\nfi\n```\n\nAnd start it again."
    );
}

#[test]
fn bookmarks_say_what_is_a_heading() {
    let first = page(&[
        ("F1", 20, 72.0, 700.0, "FILES"),
        ("F1", 10, 72.0, 670.0, "7. Read this line, which is an item of no list and no heading."),
        ("F1", 12, 72.0, 640.0, "7.1 Links"),
        ("F1", 10, 72.0, 620.0, "Links lead somewhere else."),
    ]);
    let second = page(&[("F1", 12, 72.0, 700.0, "7.2 Devices"), ("F1", 10, 72.0, 680.0, "There are none.")]);
    // The pages are objects 4 and 6, so these are objects 8 and on. The last one leads back to the first.
    let entries = [
        "<< /Type /Outlines /First 9 0 R /Last 9 0 R /Count 3 >>",
        "<< /Title (Files) /Parent 8 0 R /First 10 0 R /Last 11 0 R /Dest [4 0 R /Fit] >>",
        "<< /Title (Links) /Parent 9 0 R /Next 11 0 R /Dest [4 0 R /Fit] >>",
        "<< /Title (7.2 Devices) /Parent 9 0 R /Next 9 0 R /A << /S /GoTo /D [6 0 R /Fit] >> >>",
    ];
    let file = pdf_with(" /Outlines 8 0 R", &[first, second], &entries.map(str::to_owned));
    let document = read("a.pdf", &file).unwrap();
    assert_eq!(outline(&document), [(1, "Files"), (2, "7.1 Links"), (2, "7.2 Devices")]);
}
