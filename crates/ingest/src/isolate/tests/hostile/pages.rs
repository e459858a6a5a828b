//! Web pages.

use super::*;

/// What a browser would make of it, if it came to an end: words, or none.
const ANYHOW: &[Option<ErrorCode>] = &[READ, EMPTY, COMPLEX];

pub(super) const FILES: &[Hostile] = &[
    Hostile { what: "elements in elements", file_name: "a.html", make: nested, ends: &[READ, COMPLEX] },
    Hostile { what: "fifty megabytes of <", file_name: "a.html", make: || vec![b'<'; 50_000_000], ends: &[LARGE] },
    Hostile {
        what: "nine megabytes of <",
        file_name: "a.html",
        make: || vec![b'<'; 9_000_000],
        ends: &[READ, COMPLEX],
    },
    Hostile { what: "a million attributes", file_name: "a.html", make: attributes, ends: &[READ, COMPLEX] },
    Hostile { what: "cells over everything", file_name: "a.html", make: spans, ends: &[READ, LARGE, COMPLEX] },
    Hostile { what: "a row without end", file_name: "a.html", make: long_row, ends: &[READ, COMPLEX] },
    Hostile { what: "a large picture in its address", file_name: "a.html", make: || data(20_000_000), ends: &[LARGE] },
    Hostile { what: "a picture in its address", file_name: "a.html", make: || data(9_000_000), ends: &[READ] },
    Hostile { what: "a large script", file_name: "a.html", make: || script(30_000_000), ends: &[LARGE] },
    Hostile { what: "a script", file_name: "a.html", make: || script(9_000_000), ends: &[READ] },
    Hostile { what: "data in data", file_name: "a.html", make: nested_data, ends: &[READ] },
    Hostile { what: "names in data like books", file_name: "a.html", make: long_names, ends: &[READ] },
    Hostile { what: "tags in data", file_name: "a.html", make: tags_in_data, ends: &[READ] },
    Hostile { what: "letters that are never closed", file_name: "a.html", make: unclosed, ends: &[COMPLEX] },
    Hostile { what: "a small page that grows", file_name: "a.html", make: growing, ends: &[COMPLEX] },
    Hostile { what: "a small page that grows without a word", file_name: "a.html", make: wordless, ends: &[COMPLEX] },
    Hostile {
        what: "letters that are moved into blocks",
        file_name: "a.html",
        make: misnested,
        ends: &[READ, COMPLEX],
    },
    Hostile { what: "one element with every name", file_name: "a.html", make: names, ends: &[READ] },
    Hostile { what: "properties in properties", file_name: "a.html", make: properties, ends: &[READ, COMPLEX] },
    Hostile { what: "main parts in main parts", file_name: "a.html", make: mains, ends: &[READ, COMPLEX] },
    Hostile { what: "headings as long as books", file_name: "a.html", make: headings, ends: &[READ] },
    Hostile { what: "tables in tables", file_name: "a.html", make: tables, ends: &[READ, COMPLEX] },
    Hostile { what: "a comment without end", file_name: "a.html", make: comment, ends: &[READ] },
    Hostile {
        what: "drawings in drawings",
        file_name: "a.html",
        make: || page(&format!("{}words", "<svg><g>".repeat(50_000))),
        ends: ANYHOW,
    },
    Hostile {
        what: "templates in templates",
        file_name: "a.html",
        make: || page(&format!("{}<p>words", "<template>".repeat(50_000))),
        ends: ANYHOW,
    },
    Hostile {
        what: "words that fall out of tables",
        file_name: "a.html",
        make: || page(&"<table>word <tr>".repeat(50_000)),
        ends: ANYHOW,
    },
    Hostile {
        what: "references without end",
        file_name: "a.html",
        make: || page(&format!("<p>words {}</p>", "&#x41;&amp;&notin &#99999999;".repeat(100_000))),
        ends: &[READ, COMPLEX],
    },
    Hostile {
        what: "an attribute of nine megabytes",
        file_name: "a.html",
        make: || page(&format!("<p title=\"{}\">Some words</p>", "a ".repeat(4_500_000))),
        ends: &[READ, COMPLEX],
    },
];

/// Something to read, so that no trap can be taken for an empty page.
const WORDS: &str = "<p>The museum opens at nine, and closes at five. On Mondays it is closed all day. Tickets are sold at the \
                     entrance until half past four; groups write to the office two weeks before they come, please.</p>";

fn page(body: &str) -> Vec<u8> {
    format!("<!doctype html><html lang=en><title>Museum</title><body>{WORDS}{body}</body></html>").into_bytes()
}

fn nested() -> Vec<u8> {
    page(&format!("{}deep down{}", "<div>".repeat(200_000), "</div>".repeat(200_000)))
}

fn attributes() -> Vec<u8> {
    page(&format!("<p{}>x</p>", (0..1_000_000).map(|n| format!(" a{n:x}")).collect::<String>()))
}

fn spans() -> Vec<u8> {
    let row = format!("<tr>{}</tr>", "<td colspan=65535 rowspan=65535>x</td>".repeat(20));
    page(&format!("<table>{}</table>", row.repeat(5_000)))
}

fn long_row() -> Vec<u8> {
    page(&format!("<table><tr><td>a<td>b<tr>{}</table>", "<td colspan=99>".repeat(300_000)))
}

fn data(length: usize) -> Vec<u8> {
    page(&format!("<img alt=plan src='data:image/png;base64,{}'>", "iVBORw0K".repeat(length / 8)))
}

fn script(length: usize) -> Vec<u8> {
    page(&format!("<script>{}</script>", "if (a < b) { c('</div><b>') }\n".repeat(length / 30)))
}

fn nested_data() -> Vec<u8> {
    let (open, close) = ("{\"@type\":\"Product\",\"offers\":[".repeat(50_000), "]}".repeat(50_000));
    page(&format!(
        "<script type=application/ld+json>{open}{close}</script><script type=application/ld+json>{}</script>",
        "[".repeat(1_000_000)
    ))
}

fn long_names() -> Vec<u8> {
    let inner: String = (0..60_000).map(|n| format!("\"p{n}\":1,")).collect();
    let item = format!("{{\"@type\":\"Product\",\"{}\":{{{inner}\"last\":1}}}}", "n".repeat(1_000_000));
    page(&format!("<script type=application/ld+json>{item}</script>"))
}

fn tags_in_data() -> Vec<u8> {
    let open: String = (0..1_200).map(|n| format!("<b n={n}>")).collect();
    let value = format!("{open}{}", "<p>x".repeat(1_500));
    let item = format!(
        "{{\"@type\":\"Product\",\"name\":\"Lamp\",\"description\":\"{value}\",\"brand\":\"{value}\",\"sku\":\"{value}\"}},"
    );
    page(&format!("<script type=application/ld+json>[{}1]</script>", item.repeat(20)))
}

/// They are open in a paragraph, which the next one closes: the word in that makes them anew.
fn unclosed() -> Vec<u8> {
    let open: String = (0..20_000).map(|n| format!("<font n={n}>")).collect();
    page(&format!("<p>{open}{}", "<p>x".repeat(100_000)))
}

/// The same in forty kilobytes: eight million elements.
fn growing() -> Vec<u8> {
    let open: String = (0..2_000).map(|n| format!("<b n={n}>")).collect();
    page(&format!("<p>{open}{}", "<p>x".repeat(4_000)))
}

/// The same as a page that shows nothing, as those that wait for their scripts.
fn wordless() -> Vec<u8> {
    let open: String = (0..2_000).map(|n| format!("<b n={n}>")).collect();
    format!("<script src=a.js></script><p>{open}{}", "<p><span>".repeat(4_000)).into_bytes()
}

/// The end of letters in which blocks are open moves them into these, one after the other.
fn misnested() -> Vec<u8> {
    let open: String = (0..100).map(|n| format!("<i n={n}>")).collect();
    page(&format!("{open}{}words{}", "<div>".repeat(200), "</i>".repeat(50_000)))
}

fn names() -> Vec<u8> {
    let furniture = "nav cookie banner sidebar footer toc promo ";
    page(&format!("<div class='{}'>{}</div>", furniture.repeat(40_000), WORDS.repeat(3_000)))
}

fn properties() -> Vec<u8> {
    let text = "word ".repeat(200_000);
    let inner = format!("{}{text}{}", "<span itemprop=name>".repeat(20_000), "</span>".repeat(20_000));
    page(&format!("<div itemscope itemtype=https://schema.org/Product>{inner}</div>"))
}

fn mains() -> Vec<u8> {
    page(&format!("{}{}{}", "<main>".repeat(30_000), WORDS.repeat(1_000), "</main>".repeat(30_000)))
}

fn headings() -> Vec<u8> {
    let long = format!("<h1>{}</h1>", "word ".repeat(200_000));
    page(&format!("{long}{}", "<h2>Hours</h2><p>Nine to five.</p>".repeat(20_000)))
}

fn tables() -> Vec<u8> {
    page(&format!("{}{WORDS}", "<table><tr><td>a<td>".repeat(20_000)))
}

fn comment() -> Vec<u8> {
    page(&format!("<!--{}", "<!-- -".repeat(1_000_000)))
}
