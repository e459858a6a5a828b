//! Which texts may be read in this process: those that cannot take much time or memory, whatever they hold.

use std::collections::HashMap;

/// The largest text that is read in this process. Bytes.
const LARGEST: usize = 256 * 1024;

/// How many elements a page may make at most. An element takes some 150 bytes of memory.
const MOST_ELEMENTS: usize = 1_000_000;

/// Elements that a page's reader makes anew in every block after them when they were not closed (the HTML standard's *active
/// formatting elements*), so that a page of ten kilobytes may become one of ten gigabytes. Of `a` and `nobr` only one is open.
const MADE_ANEW: [&str; 12] = ["b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"];

/// So many of one kind are made anew at most when they have the same attributes, or none.
const EQUAL_ONES: usize = 3;

/// Whether a text can be read here. It is judged as a page whatever it is: what is no markup has hardly any tags.
pub(super) fn is_light(bytes: &[u8]) -> bool {
    bytes.len() <= LARGEST && most_elements(bytes) <= MOST_ELEMENTS
}

/// How many elements there are at most in the tree of a page, in the worst case that its tags allow. Tags are counted wherever
/// they stand, in scripts and comments too: where these end is what hostile pages have their readers disagree about.
fn most_elements(bytes: &[u8]) -> usize {
    let (mut begun, mut made_anew) = (0_usize, MADE_ANEW.len() * EQUAL_ONES);
    let mut equal: HashMap<&[u8], usize> = HashMap::new();
    for tag in bytes.split(|byte| *byte == b'<').skip(1) {
        if !tag.first().is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        begun += 1;
        let length = tag.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (name, after) = tag.split_at(length);
        let has_attributes = after.first() != Some(&b'>');
        if has_attributes && MADE_ANEW.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name)) {
            let end = simple_attribute(after).map(|end| length + end);
            let before = end.and_then(|end| tag.get(..end)).map_or(0, |tag| {
                let count = equal.entry(tag).or_default();
                *count += 1;
                *count - 1
            });
            made_anew += usize::from(before < EQUAL_ONES);
        }
    }
    begun.saturating_mul(made_anew)
}

/// The length of ` name="value">`, when that is all there is and nobody can read it otherwise.
fn simple_attribute(after: &[u8]) -> Option<usize> {
    let rest = after.strip_prefix(b" ")?;
    let name = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let value = rest.get(name..)?.strip_prefix(b"=\"")?;
    let length = value.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b" _-".contains(*byte)).count();
    let ends = name > 0 && value.get(length..)?.starts_with(b"\">");
    // The space, the equals sign, two quotation marks and the end of the tag.
    ends.then_some(1 + name + 2 + length + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_pages_are_light() {
        let paragraph = "<p class=text>A <b>bold</b> word, a <a href=/x>link</a> and a <code>command</code>.</p>\n";
        assert!(is_light(paragraph.repeat(1_000).as_bytes()));
        let equal = "<p><code class=\"command\">ls</code> <em class=\"not so\">lists</em></p>\n".repeat(3_000);
        assert!(is_light(equal.as_bytes()));
        assert!(is_light("a < b, b < c".repeat(10_000).as_bytes()));
    }

    #[test]
    fn pages_that_grow_while_they_are_read_are_not() {
        let open: String = (0..3_000).map(|n| format!("<b n={n}>")).collect();
        for page in [
            format!("{open}{}", "<p>x".repeat(3_000)),
            // Neither scripts nor comments hide anything.
            format!("<!--><script><!--{}{}", open.to_uppercase(), "<P>x".repeat(3_000)),
            // What seems equal up to the first `>` is not.
            (0..3_000).map(|n| format!("<b class=\">{n}\"><p>x")).collect(),
            "word ".repeat(60_000),
        ] {
            assert!(!is_light(page.as_bytes()), "{}", page.get(..40).unwrap_or_default());
        }
    }
}
