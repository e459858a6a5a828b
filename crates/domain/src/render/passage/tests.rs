use proptest::prelude::*;

use super::*;

const GUIDE: &str = "# Returns\n\nA *hammock* comes back within **forty days**. \
                     See [the terms](https://shop.example/terms).\n\n### Parcels\n\n| Country | Note | Price |\n\
                     | --- | --- | --- |\n| Norway |  | 12 & more |\n| France | by sea | 9 |\n\n\
                     3. Keep the label\n4. Use the `box`\n5. Send it\n\n```sh\nsend --now\nwait\n```";

fn all(text: &str) -> Range<usize> {
    0..text.len()
}

/// Where a text stands in another one.
fn place(text: &str, part: &str) -> Range<usize> {
    let start = text.find(part).unwrap_or_else(|| panic!("{part:?} is not in the text"));
    start..start + part.len()
}

fn whole(text: &str, marks: &[&str]) -> String {
    let marks: Vec<Range<usize>> = marks.iter().map(|mark| place(text, mark)).collect();
    parts(text, Form::Markdown, &[all(text)], &marks, 3).remove(0)
}

fn part(text: &str, part: &str) -> String {
    parts(text, Form::Markdown, &[place(text, part)], &[], 3).remove(0)
}

/// What a browser would show of it.
fn visible(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for character in html.chars() {
        match character {
            '<' => is_tag = true,
            '>' if is_tag => is_tag = false,
            _ if !is_tag => text.push(character),
            _ => {}
        }
    }
    text
}

/// Whether every tag is closed in the order in which tags were opened.
fn is_balanced(html: &str) -> bool {
    let mut open = Vec::new();
    for tag in html.split('<').skip(1) {
        let name = tag.split(['>', ' ', '/']).find(|name| !name.is_empty()).unwrap_or_default();
        if tag.starts_with('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !["br", "hr", "input"].contains(&name) {
            open.push(name);
        }
    }
    open.is_empty()
}

#[test]
fn a_mark_goes_through_what_is_formatted() {
    let html = whole(GUIDE, &["*hammock* comes back within **forty days**."]);
    let marked = "<p>A <em><mark>hammock</mark></em><mark> comes back within </mark>\
                  <strong><mark>forty days</mark></strong><mark>.</mark> See <a href=\"https://shop.example/terms\"";
    assert!(html.contains(marked), "{html}");
    let html = whole(GUIDE, &["label\n4. Use the `box`", "send --now"]);
    assert!(html.contains("Keep the <mark>label</mark></li>"), "{html}");
    assert!(html.contains("<li><mark>Use the <code>box</code></mark></li>"), "{html}");
    assert!(html.contains("<pre><code class=\"language-sh\"><mark>send --now</mark>"), "{html}");
    assert!(!whole(GUIDE, &[]).contains("<mark>"));
}

#[test]
fn a_mark_covers_the_cells_of_a_row() {
    let html = whole(GUIDE, &["| Norway |  | 12 & more |"]);
    let row = "<tr><td><mark>Norway</mark></td><td></td><td><mark>12 &amp; more</mark></td></tr>";
    assert!(html.contains(row), "{html}");
}

#[test]
fn a_part_of_a_table_has_its_header() {
    let html = part(GUIDE, "| France | by sea | 9 |");
    assert!(html.contains("<th>Country</th><th>Note</th><th>Price</th>"), "{html}");
    assert!(html.contains("<tr><td>France</td>") && !html.contains("Norway"), "{html}");
    // A cell without words keeps its place, and so does what is left of a row.
    let html = part(GUIDE, "| Norway |  | 12 & more |");
    assert!(html.contains("<td>Norway</td><td></td><td>12 &amp; more</td>"), "{html}");
    let html = part(GUIDE, "sea | 9 |");
    assert!(html.contains("<tr><td></td><td>sea</td><td>9</td></tr>"), "{html}");
}

#[test]
fn a_part_of_a_list_keeps_its_numbers_and_code_stays_code() {
    let html = part(GUIDE, "4. Use the `box`\n5. Send it");
    assert!(html.starts_with("<ol start=\"4\">") && html.contains("<li>Send it</li>"), "{html}");
    assert_eq!(part(GUIDE, "wait\n```").trim(), "<pre><code class=\"language-sh\">wait\n</code></pre>");
}

#[test]
fn neighbouring_parts_share_the_text_between_them() {
    let (first, second) = GUIDE.split_at(GUIDE.find("within").expect("a word of the text"));
    let cut = [0..first.len(), first.len()..first.len() + 6, first.len() + 6..GUIDE.len()];
    let html = parts(GUIDE, Form::Markdown, &cut, &[], 2);
    assert!(html[0].ends_with("comes back </p>\n") && html[1].trim() == "<p>within</p>", "{html:?}");
    assert!(html[2].starts_with("<p> <strong>forty days</strong>"), "{html:?}");
    assert!(second.starts_with("within"));
    // A part after the end has nothing, and there is one for each all the same.
    assert_eq!(parts("a", Form::Markdown, &[0..1, 5..9], &[], 2), ["<p>a</p>\n", ""]);
}

#[test]
fn headings_are_toned_down_without_leaving_out_a_level() {
    let html = whole(GUIDE, &[]);
    assert!(html.contains("<h3>Returns</h3>") && html.contains("<h4>Parcels</h4>"), "{html}");
    let html = whole("### A\n\n# B\n\n###### C\n\n## D", &[]);
    assert!(html.contains("<h3>A</h3>\n<h3>B</h3>\n<h4>C</h4>\n<h4>D</h4>"), "{html}");
}

#[test]
fn plain_text_keeps_its_signs_and_lines() {
    let text = "5 * 3 * 2\n# no heading\n\n<b>Two</b>";
    let html = parts(text, Form::Plain, &[all(text)], &[place(text, "3 * 2\n# no")], 3).remove(0);
    let first = "<p>5 * <mark>3 * 2<br>\n# no</mark> heading</p>";
    assert!(html.contains(first) && html.contains("<p>&lt;b&gt;Two&lt;/b&gt;</p>"), "{html}");
    assert_eq!(Form::of("text/plain; charset=utf-8", "a.txt"), Form::Plain);
    assert_eq!(Form::of("text/plain", "https://a.example/README.md"), Form::Markdown);
    assert_eq!(Form::of("application/pdf", "a.pdf"), Form::Markdown);
}

#[test]
fn nothing_active_survives_in_a_passage() {
    for bad in [
        "<script>alert(1)</script>",
        "<mark onclick=\"x()\">y</mark>",
        "![alt](https://evil.example/?data=1)",
        "[a](javascript:alert(1))",
        "[a](/api/v1/users) [b](#cite-1)",
        "| <img src=x onerror=alert(1)> |\n| --- |\n| ![b](//evil.example) |",
    ] {
        for form in [Form::Markdown, Form::Plain] {
            let html = parts(bad, form, &[all(bad)], &[all(bad)], 3).remove(0);
            for needle in ["<script", "<img", "<mark onclick", "href=\"javascript", "href=\"/", "href=\"#"] {
                assert!(!html.contains(needle), "{bad} → {html}");
            }
        }
    }
}

#[test]
fn what_stands_around_a_passage_is_cut_between_paragraphs() {
    let text = "One.\n\nTwo is here.\n\nThree is it.\n\nFour is here.\n\nFive.";
    assert_eq!(&text[around(text, &place(text, "Three is it."), 18)], "Two is here.\n\nThree is it.\n\nFour is here.");
    assert_eq!(around(text, &place(text, "Three"), 500), 0..text.len());
    let text = "one two three four five";
    assert_eq!(&text[around(text, &(8..13), 5)], "two three");
    // Nowhere a place to cut at, and characters that must not be cut.
    let text = "žžžžžžžžž";
    assert_eq!(&text[around(text, &(8..10), 3)], "žžžž");
}

fn range_in(text: &str, (start, end): (usize, usize)) -> Range<usize> {
    let at = |share: usize| share * text.len() / 100;
    at(start.min(end))..at(start.max(end))
}

proptest! {
    #[test]
    fn a_mark_changes_nothing_but_the_mark(
        text in "([a-cé <>&;/!*_`~|#>\\[\\]()0-9.:-]{0,12}\n{0,2}){0,10}",
        wanted in (0_usize..=100, 0_usize..=100),
        first in (0_usize..=100, 0_usize..=100),
        second in (0_usize..=100, 0_usize..=100),
        is_plain in any::<bool>(),
    ) {
        let form = if is_plain { Form::Plain } else { Form::Markdown };
        let part = range_in(&text, wanted);
        let marks = [range_in(&text, first), range_in(&text, second)];
        let without = parts(&text, form, std::slice::from_ref(&part), &[], 3).remove(0);
        let with = parts(&text, form, std::slice::from_ref(&part), &marks, 3).remove(0);
        prop_assert!(is_balanced(&with), "{}", with);
        prop_assert_eq!(visible(&with), visible(&without));
        let bare = with.replace("<mark>", "").replace("</mark>", "");
        prop_assert_eq!(bare.replace('\n', ""), without.replace('\n', ""));
        for needle in ["<script", "<img", "<a href=\"/", "<a href=\"#", "<mark><mark>", "<mark></mark>"] {
            prop_assert!(!with.contains(needle), "{}", with);
        }
        // The sanitiser finds nothing more to do.
        prop_assert_eq!(sanitiser().clean(&with).to_string(), with);
    }

    #[test]
    fn a_text_in_parts_says_what_the_whole_says(
        text in "([a-c .*#-]{0,12}\n{0,2}){0,10}",
        cut in (0_usize..=100, 0_usize..=100),
    ) {
        // Of what is written as it stands, nothing is lost and nothing said twice.
        let range = range_in(&text, cut);
        let cuts = [0..range.start, range.clone(), range.end..text.len()];
        let words = |html: &str| visible(html).split_whitespace().collect::<String>();
        let whole = parts(&text, Form::Plain, &[all(&text)], &[], 3).concat();
        prop_assert_eq!(words(&parts(&text, Form::Plain, &cuts, &[], 3).concat()), words(&whole));
    }
}
