//! Who the visitor is, by what that is known, and what is shown of it.

use crate::{
    command::{Commands, digits, next_line, woven},
    json::{Json, quoted},
    markup::{escaped, text_button},
    settings::Settings,
    texts::Texts,
};

/// Something to sign in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// What the button calls it.
    pub name: String,
    /// The path of its window.
    pub url: String,
}

impl Provider {
    /// Reads one.
    pub fn read(json: &Json) -> Self {
        Self { name: json.owned("name"), url: json.owned("url") }
    }
}

/// By what it is known who the visitor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// It is not known.
    #[default]
    Nothing,
    /// They signed in with a provider.
    Provider,
    /// The page says it.
    Host,
}

/// What says who the visitor is, and is to be shown to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// From where it is.
    pub by: By,
    /// The ticket of the window, or the identity that the page's server signed.
    pub text: String,
}

impl Claim {
    /// As a member of the request to be let in.
    pub fn member(&self) -> String {
        woven("$$", &[if self.by == By::Host { "\"identity\":" } else { "\"ticket\":" }, &quoted(&self.text)])
    }
}

/// Who the visitor is.
#[derive(Debug, Default)]
pub struct Visitor {
    /// The id; empty as long as nobody has signed in.
    pub id: String,
    /// The name; empty: there is none.
    pub name: String,
    /// By what it is known.
    pub by: By,
    /// What the page says last; empty: nobody is signed in there.
    pub identity: String,
    /// What is to be shown to the server.
    pub claim: Option<Claim>,
    /// What was shown to it and is not answered yet.
    pub sent: Option<Claim>,
    /// Whether the server did not take that.
    pub is_refused: bool,
    /// Whether the answer that is on its way is of somebody who has signed out meanwhile.
    pub is_late: bool,
    /// Whether the last to be here has just signed out.
    pub has_left: bool,
    /// What is drawn of who it is.
    drawn_said: String,
    /// The buttons that are drawn.
    drawn_ways: String,
}

impl Visitor {
    /// Whether they have said who they are.
    pub fn is_signed_in(&self) -> bool {
        self.by != By::Nothing
    }

    /// Whether it is on its way to the server who they are.
    pub fn is_claiming(&self) -> bool {
        self.claim.is_some() || self.sent.is_some()
    }

    /// Forgets who they are.
    pub fn leave(&mut self) {
        self.by = By::Nothing;
        self.id.clear();
        self.name.clear();
    }

    /// What later pages are given of it, behind the other lines.
    pub fn lines(&self) -> String {
        let by = match self.by {
            By::Nothing => return String::new(),
            By::Provider => "\np\n",
            By::Host => "\nh\n",
        };
        woven("$$\n$", &[by, &self.id, next_line(&mut self.name.as_str())])
    }

    /// Takes these lines.
    pub fn recall(&mut self, by: &str, id: String, name: String) {
        self.by = match by {
            "p" => By::Provider,
            "h" => By::Host,
            _ => By::Nothing,
        };
        self.id = id;
        self.name = name;
    }

    /// Draws anew what has changed. What stays is not touched: it would be read out once more.
    pub fn draw(&mut self, settings: &Settings, texts: &Texts, into: &mut Commands) {
        let (said, ways) = (self.said(settings, texts), self.ways(settings, texts));
        if self.drawn_said != said {
            into.add("html", ".who p", &said);
            self.drawn_said = said;
        }
        if self.drawn_ways != ways {
            into.add("html", ".who div", &ways);
            self.drawn_ways = ways;
        }
    }

    fn said(&self, settings: &Settings, texts: &Texts) -> String {
        if self.is_claiming() {
            String::new()
        } else if self.is_signed_in() && !self.name.is_empty() {
            woven("$ <b dir='auto'>$</b>", &[texts.signed_in_as(), &escaped(&self.name)])
        } else if self.is_signed_in() {
            texts.signed_in().to_owned()
        } else if settings.sign_in_required {
            first(settings, texts).to_owned()
        } else if self.has_left {
            texts.signed_out().to_owned()
        } else {
            String::new()
        }
    }

    fn ways(&self, settings: &Settings, texts: &Texts) -> String {
        if self.by == By::Provider && !self.is_claiming() {
            return text_button("sign-out", "", texts.sign_out());
        }
        let mut out = String::new();
        // Where the page says who it is, it would say it again.
        if self.by == By::Nothing && !self.is_claiming() {
            for (place, provider) in settings.providers.iter().enumerate() {
                let label = woven("$ $", &[texts.sign_in_with(), &provider.name]);
                out.push_str(&text_button("sign-in", &digits(place as u64), &label));
            }
        }
        out
    }
}

/// What is said to who has to sign in first: here, or on the page around.
pub fn first(settings: &Settings, texts: &Texts) -> &'static str {
    if settings.providers.is_empty() { texts.sign_in_there() } else { texts.sign_in_first() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::texts;

    #[test]
    fn what_later_pages_are_given_tells_who_it_was() {
        let mut visitor = Visitor::default();
        assert_eq!(visitor.lines(), "");
        visitor.recall("p", "visi_1".into(), "Eva\nNová".into());
        assert_eq!(visitor.lines(), "\np\nvisi_1\nEva");
        visitor.leave();
        assert_eq!((visitor.lines(), visitor.is_signed_in()), (String::new(), false));
    }

    #[test]
    fn only_what_changed_is_drawn_and_no_name_is_html() {
        let evil = "<img src=x onerror=alert(1)>";
        let mut settings = Settings {
            providers: vec![Provider { name: evil.into(), url: "/x".into() }],
            sign_in_required: true,
            ..Settings::default()
        };
        let mut visitor = Visitor::default();
        let drawn = |visitor: &mut Visitor, settings: &Settings| {
            let mut commands = Commands::default();
            visitor.draw(settings, texts("en"), &mut commands);
            commands.take()
        };
        let at_first = drawn(&mut visitor, &settings);
        assert!(
            at_first.starts_with("html\u{1f}.who p\u{1f}Sign in to chat.\u{1e}html\u{1f}.who div\u{1f}"),
            "{at_first}"
        );
        assert!(at_first.contains("Sign in with &lt;img"), "{at_first}");
        assert_eq!(drawn(&mut visitor, &settings), "");
        visitor.recall("p", "visi_1".into(), evil.into());
        let known = drawn(&mut visitor, &settings);
        assert!(known.contains("Signed in as <b dir='auto'>&lt;img src=x onerror=alert(1)&gt;</b>"), "{known}");
        assert!(known.contains("data-do='sign-out'"));
        visitor.leave();
        settings.providers.clear();
        assert!(drawn(&mut visitor, &settings).contains(texts("en").sign_in_there()));
    }
}
