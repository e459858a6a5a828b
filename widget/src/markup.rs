//! What the chat looks like, as HTML. Texts are escaped here; only blocks of answers, which the server has sanitised, are HTML
//! already.

use crate::{
    chat::Page,
    command::{digits, rewrite, woven},
    conversation::{Message, State},
    settings::Settings,
    texts::{REASONS, Texts},
};

/// Of the buttons that close or take away something.
pub const CLOSE: &str = "<path d='M6 6l12 12M18 6L6 18'/>";
const PLUS: &str = "<path d='M12 5v14M5 12h14'/>";
const NEW: &str = "<path d='M5 19h4L19 9l-4-4L5 15z'/>";
const EARLIER: &str = "<path d='M5 5v4h4M5 9a8 8 0 1 1-1 5M12 8v5l3 2'/>";
const SEND: &str = "<path d='M12 19V5M6 11l6-6 6 6'/>";
const STOP: &str = "<path d='M7 7h10v10H7z'/>";
const UP: &str = "<path d='M7 11v9H4v-9h3l4-8 2 1v5h6l-2 11H7'/>";
const DOWN: &str = "<path d='M17 13V4h3v9h-3l-4 8-2-1v-5H5L7 4h10'/>";

/// A text as HTML.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    rewrite(&mut out, text, |byte| {
        Some(match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => return None,
        })
    });
    out
}

fn icon(path: &str) -> String {
    woven("<svg viewBox='0 0 24 24' aria-hidden='true'>$</svg>", &[path])
}

/// A button with a picture. `more` are further attributes.
pub fn picture_button(does: &str, number: &str, label: &str, path: &str, more: &str) -> String {
    let picture = icon(path);
    woven(
        "<button type='button' class='icon' data-do='$' data-n='$' aria-label='$' title='$' $>$</button>",
        &[does, number, &escaped(label), &escaped(label), more, &picture],
    )
}

/// A button with a text.
pub fn text_button(does: &str, number: &str, label: &str) -> String {
    woven("<button type='button' data-do='$' data-n='$'>$</button>", &[does, number, &escaped(label)])
}

/// The picture of the button behind the field.
pub fn go_icon(stops: bool) -> String {
    icon(if stops { STOP } else { SEND })
}

/// Everything around the messages.
pub fn frame(settings: &Settings, texts: &Texts, page: Page, origin: &str) -> String {
    let title = escaped(&settings.title);
    let logo = if settings.logo.is_empty() {
        String::new()
    } else {
        woven("<img alt='' src='$$'>", &[&escaped(origin), &escaped(&settings.logo)])
    };
    let close =
        if page == Page::Inline { String::new() } else { picture_button("close", "", texts.close(), CLOSE, "") };
    let privacy = if settings.privacy_url.is_empty() {
        String::new()
    } else {
        woven("<p class='privacy'>$ $</p>", &[texts.by_chatting(), &link(&settings.privacy_url, texts.privacy())])
    };
    let attach =
        if settings.allow_uploads { picture_button("attach", "", texts.attach(), PLUS, "") } else { String::new() };
    // On a page of its own it is the page's heading.
    let heading = if matches!(page, Page::Whole | Page::Frame) { "h1" } else { "h2" };
    woven(
        "<div class='head'>$<$ class='title' dir='auto'>$</$>$$$</div><div class='log' role='log' tabindex='0' aria-label='$'></div><div class='who'><p role='status'></p><div></div></div><div class='notice' role='alert'></div><p class='count' id='count'></p>$<div class='ask'>$<textarea rows='1' dir='auto' aria-describedby='count' aria-label='$' placeholder='$'></textarea><button type='button' class='icon go' data-do='go' aria-label='$'>$</button></div>$",
        &[
            &logo,
            heading,
            &title,
            heading,
            &picture_button("new", "", texts.new_chat(), NEW, ""),
            &picture_button("earlier", "", texts.earlier(), EARLIER, "aria-expanded='false'"),
            &close,
            &escaped(texts.conversation()),
            if settings.allow_uploads { "<ul class='files'></ul><input type='file' multiple hidden>" } else { "" },
            &attach,
            &escaped(texts.write()),
            &escaped(texts.write()),
            &escaped(texts.send()),
            &go_icon(false),
            &privacy,
        ],
    )
}

/// Above the messages, where others stand before them.
pub fn before(texts: &Texts) -> String {
    woven("<p class='before'>$</p>", &[&text_button("before", "", texts.earlier_messages())])
}

/// What stands where no message is.
pub fn welcome(settings: &Settings) -> String {
    let mut out = String::new();
    if !settings.welcome.is_empty() {
        out.push_str(&woven("<p class='welcome' dir='auto'>$</p>", &[&escaped(&settings.welcome)]));
    }
    if !settings.suggestions.is_empty() {
        out.push_str("<div class='chips' dir='auto'>");
        for (place, text) in settings.suggestions.iter().enumerate() {
            out.push_str(&text_button("suggest", &digits(place as u64), text));
        }
        out.push_str("</div>");
    }
    out
}

/// A message. `number` is its place in the conversation; `is_last` whether none comes after it.
pub fn message(message: &Message, number: usize, is_last: bool, settings: &Settings, texts: &Texts) -> String {
    let number = digits(number as u64);
    if message.is_question {
        return woven(
            "<article class='question' id='m$' aria-label='$'><p dir='auto'>$</p>$</article>",
            &[&number, &escaped(texts.question()), &escaped(&message.text), &sent_with(message)],
        );
    }
    let mut blocks = String::new();
    for block in &message.blocks {
        blocks.push_str(&woven("<div>$</div>", &[block]));
    }
    woven(
        "<article class='answer' id='m$' aria-busy='$' aria-label='$'><div class='blocks' dir='auto'>$</div><div class='below'>$</div></article>",
        &[
            &number,
            if message.state == State::Streaming { "true" } else { "false" },
            &escaped(texts.answer()),
            &blocks,
            &below(message, &number, is_last, settings, texts),
        ],
    )
}

/// The files that a question came with.
fn sent_with(message: &Message) -> String {
    let mut out = String::new();
    for (name, address) in &message.files {
        if !out.is_empty() {
            out.push_str(", ");
        }
        let name = escaped(name);
        out.push_str(&if address.is_empty() { name } else { link(address, &name) });
    }
    if out.is_empty() { out } else { woven("<p class='state' dir='auto'>$</p>", &[&out]) }
}

/// A link that opens a tab of its own; `text` is HTML.
fn link(address: &str, text: &str) -> String {
    woven("<a target='_blank' rel='noopener noreferrer' href='$'>$</a>", &[&escaped(address), text])
}

/// What stands under an answer: how it stands, its sources, what can be done with it. What changes while the answer stays has an
/// element of its own: [`next`] and [`said`].
pub fn below(message: &Message, number: &str, is_last: bool, settings: &Settings, texts: &Texts) -> String {
    let mut out = String::new();
    let state = match message.state {
        State::Streaming if message.blocks.is_empty() => texts.thinking(),
        State::Stopped => texts.stopped(),
        State::Broken => texts.interrupted(),
        _ => "",
    };
    for said in [if message.is_marked { texts.unsupported() } else { "" }, state] {
        if !said.is_empty() {
            out.push_str(&woven("<p class='state'>$</p>", &[said]));
        }
    }
    if message.state == State::Streaming {
        return out;
    }
    out.push_str(&sources(message, texts));
    out.push_str(&woven("<div class='next'>$</div>", &[&next(message, number, is_last, settings, texts)]));
    if settings.allow_feedback && !message.id.is_empty() {
        let pressed =
            |up: bool| if message.rating == Some(up) { "aria-pressed='true'" } else { "aria-pressed='false'" };
        out.push_str("<div class='tools'>");
        out.push_str(&picture_button("up", number, texts.good(), UP, pressed(true)));
        out.push_str(&picture_button("down", number, texts.bad(), DOWN, pressed(false)));
        out.push_str(&woven("</div><div class='said'>$</div>", &[&said(message, number, texts)]));
    }
    out
}

/// What the last answer alone offers: to go on with it, and to leave an address.
pub fn next(message: &Message, number: &str, is_last: bool, settings: &Settings, texts: &Texts) -> String {
    let mut out = String::new();
    if is_last && matches!(message.state, State::Stopped | State::Broken) {
        out.push_str(&text_button("continue", number, texts.go_on()));
    }
    if message.address_left {
        out.push_str(&status(texts.email_left()));
    } else if message.not_found && settings.asks_for_email && is_last {
        let input = woven("<input type='email' autocomplete='email' value='$'>", &[&escaped(&message.email)]);
        out.push_str(&field("", texts.leave_email(), &input, "contact", number, texts));
    }
    out
}

/// What can be said about a thumb.
pub fn said(message: &Message, number: &str, texts: &Texts) -> String {
    if message.told {
        return status(texts.thanks());
    }
    if message.rating != Some(false) {
        return String::new();
    }
    let comment = woven("<textarea rows='2'>$</textarea>", &[&escaped(&message.comment)]);
    field(&reason(message, number, texts), texts.what_is_wrong(), &comment, "tell", number, texts)
}

fn status(text: &str) -> String {
    woven("<p role='status'>$</p>", &[text])
}

/// A field with its label and a button that sends what is in it; `before` stands above it.
fn field(before: &str, label: &str, input: &str, does: &str, number: &str, texts: &Texts) -> String {
    let label = escaped(label);
    let button = text_button(does, number, texts.send());
    woven("<div class='field'>$<label>$$</label>$</div>", &[before, &label, input, &button])
}

/// The choice of what is wrong with an answer.
fn reason(message: &Message, number: &str, texts: &Texts) -> String {
    let mut out = woven("<label>$ <select data-n='$'><option value=''>–", &[texts.reason(), number]);
    for (reason, name) in REASONS.into_iter().zip(texts.reasons()) {
        let chosen = if message.reason == reason { "' selected>" } else { "'>" };
        out.push_str(&woven("<option value='$$$", &[reason, chosen, &escaped(name)]));
    }
    out.push_str("</select></label>");
    out
}

/// The visitor's conversations, each with its id and its title; `open` is the one that is open.
pub fn earlier(list: &[(String, String)], open: &str, texts: &Texts) -> String {
    let mut out = woven("<p class='caption'>$</p>", &[texts.earlier()]);
    if list.is_empty() {
        out.push_str(&woven("<p class='state' tabindex='-1'>$</p>", &[texts.none_earlier()]));
        return out;
    }
    out.push_str("<ul class='earlier'>");
    for (place, (id, title)) in list.iter().enumerate() {
        let current = if id == open { " aria-current='true'" } else { "" };
        out.push_str(&woven(
            "<li><button type='button' dir='auto' data-do='open' data-n='$'$>$</button></li>",
            &[&digits(place as u64), current, &escaped(title)],
        ));
    }
    out.push_str("</ul>");
    out
}

fn sources(message: &Message, texts: &Texts) -> String {
    if message.sources.is_empty() {
        return String::new();
    }
    let mut out = woven("<div class='sources'><p class='caption'>$</p>", &[texts.sources()]);
    for source in &message.sources {
        let number = digits(source.number);
        let title = if source.title.is_empty() { &source.url } else { &source.title };
        let opens = if source.url.is_empty() { String::new() } else { link(&source.url, texts.open_source()) };
        out.push_str(&woven("<details data-source='$'><summary><b>$</b> <span dir='auto'>$</span></summary><blockquote dir='auto'>$</blockquote>$</details>", &[&number, &number, &escaped(title), &escaped(&source.quote), &opens]));
    }
    out.push_str("</div>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{conversation::Source, texts::texts};

    const EVIL: &str = "<img src=x onerror=alert(1)>'\"&";

    #[test]
    fn nothing_but_an_answers_blocks_is_html() {
        let settings = Settings {
            title: EVIL.into(),
            welcome: EVIL.into(),
            suggestions: vec![EVIL.into()],
            privacy_url: EVIL.into(),
            logo: EVIL.into(),
            ..Settings::default()
        };
        let source = Source { number: 1, title: EVIL.into(), url: EVIL.into(), quote: EVIL.into() };
        let answer = Message {
            state: State::Complete,
            blocks: vec!["<p><b>bold</b></p>".into()],
            sources: vec![source],
            ..Message::answer()
        };
        let all = [
            frame(&settings, texts("en"), Page::Floating, ""),
            welcome(&settings),
            message(&Message::question(EVIL), 0, false, &settings, texts("en")),
            message(&answer, 1, true, &settings, texts("en")),
        ]
        .concat();
        assert!(!all.contains("<img src=x"), "{all}");
        assert!(all.contains("&lt;img src=x onerror=alert(1)&gt;&#39;&quot;&amp;"));
        assert!(all.contains("<div><p><b>bold</b></p></div>"));
    }

    #[test]
    fn a_file_is_a_link_when_the_server_has_told_where_it_is() {
        let files = vec![(EVIL.to_owned(), String::new()), ("b.txt".to_owned(), EVIL.to_owned())];
        let question = Message { files, ..Message::question("What is in it?") };
        let shown = message(&question, 0, true, &Settings::default(), texts("en"));
        assert!(!shown.contains("<img"), "{shown}");
        assert_eq!(shown.matches("<a ").count(), 1, "{shown}");
        assert!(shown.contains("onerror=alert(1)&gt;&#39;&quot;&amp;, <a "), "{shown}");
        assert!(shown.contains("onerror=alert(1)&gt;&#39;&quot;&amp;'>b.txt</a></p>"), "{shown}");
    }

    #[test]
    fn only_what_can_be_done_is_offered() {
        let mut settings = Settings::default();
        let answer = Message { id: "msg_1".into(), state: State::Complete, not_found: true, ..Message::answer() };
        let shown = |settings: &Settings, answer: &Message| message(answer, 1, true, settings, texts("en"));
        let plain = shown(&settings, &answer);
        assert!(!plain.contains("data-do="), "{plain}");
        settings.allow_feedback = true;
        settings.asks_for_email = true;
        let full = shown(&settings, &answer);
        for does in ["up", "down", "contact"] {
            assert!(full.contains(&format!("data-do='{does}'")), "{full}");
        }
        assert!(!full.contains("data-do='tell'"));
        assert!(shown(&settings, &Message { rating: Some(false), ..answer.clone() }).contains("data-do='tell'"));
        // What the dots under a sentence mean is said once, also where it broke off.
        let note = texts("en").unsupported();
        assert!(!full.contains(note));
        let marked = Message { is_marked: true, state: State::Broken, ..answer.clone() };
        let marked = shown(&settings, &marked);
        assert!(marked.matches(note).count() == 1 && marked.contains(texts("en").interrupted()), "{marked}");
        assert!(shown(&settings, &Message { state: State::Stopped, ..answer }).contains("data-do='continue'"));
        // Where the chat is a part of the page there is nothing to close.
        assert!(!frame(&settings, texts("en"), Page::Inline, "").contains("data-do='close'"));
    }
}
