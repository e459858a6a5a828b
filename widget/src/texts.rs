//! What the chat says. Each language has a file of its own in `widget/texts`, of which a page loads one; not the files of the
//! interface: the whole of those would be ten times as large.

use crate::command::{cut, next_line, woven};

macro_rules! texts {
    ($($(#[$about:meta])* $name:ident,)+) => {
        /// The places of the texts.
        #[expect(non_camel_case_types, reason = "they are called as the texts are")]
        enum Place {
            $($name,)+
            Count,
        }

        impl Texts {
            $($(#[$about])* pub fn $name(&self) -> &'static str { self.0[Place::$name as usize] })+
        }

        #[cfg(test)]
        const NAMES: &[&str] = &[$(stringify!($name)),+];
    };
}

texts! {
    /// The language's tag.
    tag,
    /// Names the list of messages.
    conversation,
    /// Names a message of the visitor.
    question,
    /// Names a message of the assistant.
    answer,
    /// Button.
    new_chat,
    /// Button.
    close,
    /// In the empty field, and its name.
    write,
    /// Button.
    send,
    /// Button.
    stop,
    /// Button.
    retry,
    /// Button, and the message that it sends.
    go_on,
    /// Above the passages of an answer.
    sources,
    /// Link to a source.
    open_source,
    /// Button.
    good,
    /// Button.
    bad,
    /// Names the field for a comment.
    what_is_wrong,
    /// When a comment has arrived.
    thanks,
    /// Names the field for an e-mail address.
    leave_email,
    /// When the address has arrived.
    email_left,
    /// Before the link of the privacy policy.
    by_chatting,
    /// The link.
    privacy,
    /// While an answer is awaited.
    thinking,
    /// Of an answer that was stopped.
    stopped,
    /// Of an answer that broke off.
    interrupted,
    /// Of an answer with sentences that its sources do not support.
    unsupported,
    /// Where the connection is lost.
    reconnecting,
    /// Of a message that was sent and waits.
    waits,
    /// After *Close* on a page of its own.
    closed,
    /// An error.
    offline,
    /// An error.
    too_often,
    /// An error.
    too_long,
    /// An error.
    not_allowed,
    /// An error.
    not_there,
    /// An error.
    bad_email,
    /// An error.
    answer_running,
    /// Every other error.
    failed,
    /// An error; `#` is the number of seconds.
    again_in,
    /// Button.
    attach,
    /// Button; the file's name comes next.
    remove,
    /// Of a file.
    reading,
    /// Of a file.
    ready,
    /// Of a file.
    unreadable,
    /// Of a file; `#` is the number of megabytes.
    too_large,
    /// Button, and above the list.
    earlier,
    /// Where the list is empty.
    none_earlier,
    /// Button, above the messages.
    earlier_messages,
    /// Names the choice of a reason.
    reason,
    /// Button; the provider's name follows.
    sign_in_with,
    /// Where nobody may chat who has not signed in.
    sign_in_first,
    /// The same, where only the page around can do it.
    sign_in_there,
    /// The visitor's name follows.
    signed_in_as,
    /// Where there is no name.
    signed_in,
    /// Button.
    sign_out,
    /// After that.
    signed_out,
    /// The browser opened no window.
    pop_up_blocked,
    /// The window was closed too soon.
    window_closed,
    /// An error.
    sign_in_failed,
}

/// How many texts there are, besides those of the reasons.
const COUNT: usize = Place::Count as usize;

/// The texts of a language: the reasons come last.
#[derive(Debug)]
pub struct Texts([&'static str; COUNT + REASONS.len()]);

impl Texts {
    /// Takes what the build makes of a file: a text on each line, in the order in which they stand here.
    pub fn read(file: &str) -> &'static Self {
        let mut texts = Self([""; COUNT + REASONS.len()]);
        // They are there as long as the page.
        let mut rest: &str = Box::leak(Box::<str>::from(file));
        for text in &mut texts.0 {
            *text = next_line(&mut rest);
        }
        Box::leak(Box::new(texts))
    }

    /// What can be wrong, in the order of [`REASONS`].
    pub fn reasons(&self) -> &[&'static str] {
        &self.0[COUNT..]
    }
}

/// What can be wrong with an answer, as the server calls it.
pub const REASONS: [&str; 6] = ["wrong", "incomplete", "outdated", "off_topic", "wrong_source", "other"];

/// A text with a number in the place of its `#`.
pub fn filled(text: &str, number: &str) -> String {
    let (before, after) = cut(text, b'#').unwrap_or((text, ""));
    woven("$$$", &[before, number, after])
}

/// The files as they are written: a name and a text on each line.
#[cfg(test)]
const WRITTEN: [(&str, &str); 3] = [
    ("en", include_str!("../texts/en.txt")),
    ("fr", include_str!("../texts/fr.txt")),
    ("cs", include_str!("../texts/cs.txt")),
];

/// What the build makes of a language's file (`xtask/src/site/widget.rs`).
#[cfg(test)]
pub fn built(tag: &str) -> String {
    let (_, written) = WRITTEN.into_iter().find(|(one, _)| *one == tag).unwrap_or_default();
    let texts: Vec<&str> = written.lines().filter_map(|line| line.split_once(": ")).map(|(_, text)| text).collect();
    texts.join("\n")
}

/// The texts of a language.
#[cfg(test)]
pub fn texts(tag: &str) -> &'static Texts {
    Texts::read(&built(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_everything_in_the_same_order() {
        let reasons = REASONS.map(|reason| format!("reason_{reason}"));
        let expected: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).chain(reasons).collect();
        for (tag, written) in WRITTEN {
            let (names, said): (Vec<&str>, Vec<&str>) =
                written.lines().filter_map(|line| line.split_once(": ")).unzip();
            assert_eq!(names, expected, "{tag}");
            assert_eq!(written.lines().count(), expected.len(), "{tag}");
            assert!(said.iter().all(|text| !text.trim().is_empty()), "{tag}");
        }
    }

    #[test]
    fn the_first_and_the_last_text_are_where_they_belong() {
        for (tag, written) in WRITTEN {
            let texts = texts(tag);
            assert_eq!(texts.tag(), tag);
            assert!(written.contains(&format!("\nsign_in_failed: {}\n", texts.sign_in_failed())));
            assert!(written.ends_with(&format!("\nreason_other: {}\n", texts.reasons()[5])));
        }
    }

    #[test]
    fn the_language_decides_whatever_the_country() {
        // The script takes the file; it knows those that there are, and that English is for all others.
        let shell = include_str!("../shell.js");
        let [(first, _), others @ ..] = WRITTEN;
        let others = others.map(|(tag, _)| tag).join("|");
        let choice = format!("const [tag] = /^({others})/.exec(language.toLowerCase()) ?? [\"{first}\"];");
        assert!(shell.contains(&choice), "{choice}");
    }

    #[test]
    fn numbers_stand_in_their_places() {
        for tag in ["en", "fr", "cs"] {
            let texts = texts(tag);
            assert!(
                filled(texts.again_in(), "37").contains(" 37 ") && filled(texts.too_large(), "10").contains(" 10 ")
            );
        }
    }
}
