//! What a screen reader says of an answer.

/// What blocks of HTML say, for people who listen: without tags, a line for each block.
pub fn text_of(blocks: &[String]) -> String {
    let said = |html: &String| {
        let mut text = String::with_capacity(html.len());
        for (at, piece) in html.split('<').enumerate() {
            // Before the first tag there is only text.
            let (tag, words) = if at == 0 { ("", piece) } else { piece.split_once('>').unwrap_or((piece, "")) };
            let breaks = ["p", "li", "tr", "td", "th", "br", "pre", "h", "div", "blockquote"];
            if breaks.iter().any(|name| tag.trim_start_matches('/').starts_with(name)) && !text.ends_with(' ') {
                text.push(' ');
            }
            text.push_str(words);
        }
        let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&amp;", "&")];
        let text = entities.iter().fold(text, |text, (entity, sign)| text.replace(entity, sign));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    blocks.iter().map(said).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn who_listens_hears_no_markup() {
        let blocks = [
            "<p>Press <strong>Add &amp; go</strong><a class=\"cite\" href=\"#cite-1\">1</a>.</p>",
            "<ul>\n<li>one</li>\n<li>a &lt; b</li>\n</ul>",
        ];
        assert_eq!(text_of(&blocks.map(str::to_owned)), "Press Add & go1.\none a < b");
    }
}
