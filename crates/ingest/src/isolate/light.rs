//! Which texts may be read in this process: those that cannot take much time or memory, whatever they hold.

use std::collections::HashMap;

/// The largest text that is read in this process. Bytes.
const LARGEST: usize = 256 * 1024;

/// How many elements a page may make at most. An element takes some 150 bytes of memory.
const MOST_ELEMENTS: usize = 100_000;

/// How many elements a page may begin: for each, its reader looks through those that are open.
const MOST_BEGUN: usize = 20_000;

/// Elements that a page's reader makes anew in every block after them when they were not closed (the HTML standard's *active
/// formatting elements*), so that a page of ten kilobytes may become one of ten gigabytes. Of `a` only one is open.
const MADE_ANEW: [&str; 13] =
    ["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];

/// So many of one kind are made anew at most when they have the same attributes, or none.
const EQUAL_ONES: usize = 3;

/// How many elements the end of one of them makes at most where blocks are open in it: its reader moves it into these, in at
/// most eight rounds of four.
const MADE_BY_AN_END: usize = 32;

/// So many of them in one another are followed to their ends.
const MOST_FOLLOWED: usize = 8;

/// Whether a text can be read here. It is judged as a page whatever it is: what is no markup has hardly any tags.
pub(super) fn is_light(bytes: &[u8]) -> bool {
    if bytes.len() > LARGEST {
        return false;
    }
    let tags = Tags::of(bytes);
    tags.begun <= MOST_BEGUN && tags.elements() <= MOST_ELEMENTS
}

/// What the tags of a page may come to. They are counted wherever they stand, in scripts and comments too: where these end is
/// what hostile pages have their readers disagree about.
#[derive(Default)]
struct Tags<'a> {
    begun: usize,
    /// Ends of elements that are made anew, where these were not closed at once.
    ends: usize,
    /// How often each tag of an element that is made anew stands there without being closed at once.
    left_open: HashMap<&'a [u8], usize>,
    /// The same for tags that may be equal or not.
    unclear: usize,
    /// What has just begun. If only words, others like it and their ends follow up to its own end, then whoever takes its
    /// beginning for one takes its end for one, too: it is made once.
    followed: Vec<Followed<'a>>,
}

/// An element that may be closed at once.
struct Followed<'a> {
    name: &'a [u8],
    tag: &'a [u8],
}

impl<'a> Tags<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let mut tags = Self::default();
        for piece in bytes.split(|byte| *byte == b'<').skip(1) {
            match piece.split_first() {
                Some((b'/', piece)) => tags.end(piece),
                Some((first, _)) if first.is_ascii_alphabetic() => tags.begin(piece),
                _ => tags.leave_open(),
            }
        }
        tags.leave_open();
        tags
    }

    fn begin(&mut self, piece: &'a [u8]) {
        self.begun += 1;
        let (name, after) = split_name(piece);
        if !is_made_anew(name, after) {
            self.leave_open();
            return;
        }
        // Another one that is still open is ended by it.
        self.ends += usize::from(name.eq_ignore_ascii_case(b"nobr"));
        let tag = plain_attributes(after).and_then(|length| piece.get(..name.len() + length));
        let is_link_in_link = is_link(name) && self.followed.iter().any(|other| is_link(other.name));
        if tag.is_none() || is_link_in_link || self.followed.len() == MOST_FOLLOWED {
            self.leave_open();
        }
        match tag {
            Some(tag) => self.followed.push(Followed { name, tag }),
            None if is_link(name) => self.ends += 1,
            None => self.unclear += 1,
        }
    }

    fn end(&mut self, piece: &[u8]) {
        let (name, after) = split_name(piece);
        let closes = |open: &Followed<'_>| open.name.eq_ignore_ascii_case(name) && after.starts_with(b">");
        if self.followed.last().is_some_and(closes) {
            self.followed.pop();
            return;
        }
        self.leave_open();
        self.ends += usize::from(is_made_anew(name, after));
    }

    /// What was followed was not closed at once.
    fn leave_open(&mut self) {
        while let Some(Followed { name, tag }) = self.followed.pop() {
            if is_link(name) {
                // The next one ends it.
                self.ends += 1;
            } else {
                *self.left_open.entry(tag).or_default() += 1;
            }
        }
    }

    /// How many elements there are at most in the tree of the page, in the worst case that these tags allow; a few times as many
    /// where rows and bodies of tables are left out, or where ends hide as those of what only seems to begin.
    fn elements(&self) -> usize {
        let equal: usize = self.left_open.values().map(|count| EQUAL_ONES.min(*count)).sum();
        // And the one link.
        let open = equal + self.unclear + 1;
        let anew = self.begun.saturating_mul(open);
        let moved = self.ends.saturating_mul(MADE_BY_AN_END).min(anew.saturating_mul(4));
        self.begun.saturating_add(anew).saturating_add(moved)
    }
}

/// The letters that a tag begins with, and what follows them.
fn split_name(tag: &[u8]) -> (&[u8], &[u8]) {
    tag.split_at(tag.iter().take_while(|byte| byte.is_ascii_alphabetic()).count())
}

/// Whether an element of this name, with this behind it in its tag, may be made anew.
fn is_made_anew(name: &[u8], after: &[u8]) -> bool {
    let is_whole = after.first().is_none_or(|byte| byte.is_ascii_whitespace() || b"/>".contains(byte));
    is_whole && (is_link(name) || MADE_ANEW.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name)))
}

fn is_link(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"a")
}

/// The length of attributes up to the end of the tag, when nobody can read them otherwise: each has a name of letters, and a value
/// of one word or between quotation marks, if any.
fn plain_attributes(after: &[u8]) -> Option<usize> {
    let mut rest = after;
    loop {
        let next = rest.trim_ascii_start();
        if let Some(behind) = next.strip_prefix(b">") {
            return Some(after.len() - behind.len());
        }
        let name = next.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'-').count();
        if name == 0 || next.len() == rest.len() {
            return None;
        }
        rest = next.get(name..)?;
        if let Some(value) = rest.strip_prefix(b"=") {
            rest = match value.strip_prefix(b"\"") {
                Some(quoted) => {
                    let length = quoted.iter().position(|byte| b"\">".contains(byte))?;
                    quoted.get(length..)?.strip_prefix(b"\"")?
                }
                None => {
                    let length =
                        value.iter().position(|byte| byte.is_ascii_whitespace() || b"\"'`=>".contains(byte))?;
                    value.get(length..).filter(|_| length > 0)?
                }
            };
        }
    }
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
        // A page of a manual, with as many kinds of links and letters as it has lines.
        let line = |n: u32| {
            format!(
                "<li><strong><a href=\"/p/{n}\" title=\"Page {n}\">Page</a></strong>: <code id=c{n}>run</code></li>\n"
            )
        };
        assert!(is_light((0..2_000).map(line).collect::<String>().as_bytes()));
        // Some of which hold more than words.
        let line =
            |n: u32| format!("<li><a href=\"/p/{n}\"><span>Page</span></a> <i class=\"k{}\"><img></i></li>\n", n % 5);
        assert!(is_light((0..500).map(line).collect::<String>().as_bytes()));
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
            // Closed in the next paragraph alone, by the one before, or beside a word that begins like its name.
            (0..3_000).map(|n| format!("<p><i n=\"{n}\">x<p></i>")).collect(),
            (0..3_000).map(|n| format!("<p></i><i n=\"{n}\">x")).collect(),
            (0..3_000).map(|n| format!("<p><i n=\"{n}\">x</i-i>")).collect(),
            // Two hundred are enough where they are made anew often.
            format!(
                "<p>{}{}",
                (0..200).map(|n| format!("<nobr n={n}>")).collect::<String>(),
                "<p><u>x</u>".repeat(1_000)
            ),
            // Without a kind to itself each.
            format!("<p>{}{}", "<b/>".repeat(300), "<p>x".repeat(1_000)),
            // Their ends make more of them, too, where many blocks are open in them.
            format!("{}{}{}", "<b><i><u><s>".repeat(4), "<div>".repeat(3_000), "</b></i></u></s>".repeat(700)),
            // One in another, without an end.
            "<div>".repeat(MOST_BEGUN + 1),
        ] {
            assert!(!is_light(page.as_bytes()), "{}", page.get(..40).unwrap_or_default());
        }
    }

    #[test]
    fn attributes_are_plain_that_can_be_read_in_one_way() {
        for (after, length) in [(">x", 1), (" >", 2), (" a=\"b c\" data-d>", 16), ("\n a=/b/c.html\tid=x>", 19)] {
            assert_eq!(plain_attributes(after.as_bytes()), Some(length), "{after}");
        }
        for after in [
            "",
            " ",
            "/>",
            " a",
            " a=>",
            " a= b>",
            " a='b'>",
            " a=\"b>\">",
            " a=\"b\"c>",
            " a=b\"c>",
            " =a>",
            "\u{b}a>",
        ] {
            assert_eq!(plain_attributes(after.as_bytes()), None, "{after}");
        }
    }
}
