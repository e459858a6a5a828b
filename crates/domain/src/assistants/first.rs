//! What the first assistant of an organisation is called and says. Both are kept in the language of who registered. Its name and
//! its description stay so; how it greets and what it offers to be asked, everybody reads in their own, as long as nobody changed it.

use hammock_contract::{assistant::Greeting, locale::Locale};

/// The words of the first assistant.
pub(crate) struct Words {
    pub name: &'static str,
    pub description: &'static str,
    pub initial_message: &'static str,
    pub suggestions: [&'static str; 3],
}

/// The words in a language. What it offers to be asked stands in the handbook in each of them.
pub(crate) const fn words(locale: Locale) -> Words {
    match locale {
        Locale::En => Words {
            name: "General Assistant",
            description: "Answers questions about Hammock from its handbook.",
            initial_message: "Ask me anything about Hammock. I answer from the handbook and show where it stands.",
            suggestions: [
                "How do I put the chat on my website?",
                "How do I add a website or files?",
                "How do I connect a language model?",
            ],
        },
        Locale::Fr => Words {
            name: "Assistant général",
            description: "Répond aux questions sur Hammock à partir de son manuel.",
            initial_message: "Demandez-moi ce que vous voulez sur Hammock. Je réponds d’après le manuel (presque tout en anglais) et montre où cela se trouve.",
            suggestions: [
                "Comment mettre le chat sur mon site web\u{202f}?",
                "Comment ajouter un site web ou des fichiers\u{202f}?",
                "Comment connecter un modèle de langage\u{202f}?",
            ],
        },
        Locale::Cs => Words {
            name: "Všeobecný asistent",
            description: "Odpovídá na otázky o Hammocku z jeho příručky.",
            initial_message: "Zeptejte se na cokoli o Hammocku. Odpovídám podle příručky (většinou v angličtině) a ukážu, kde to stojí.",
            suggestions: ["Jak dám chat na svůj web?", "Jak přidám web nebo soubory?", "Jak připojím jazykový model?"],
        },
    }
}

/// A greeting in the reader's language, as far as it has the words of the first assistant.
pub(crate) fn translated(greeting: Greeting, locale: Locale) -> Greeting {
    let own = words(locale);
    let is_first = |of: fn(&Words, &Greeting) -> bool| Locale::ALL.into_iter().any(|it| of(&words(it), &greeting));
    let is_text = is_first(|words, greeting| is_same(words.initial_message, &greeting.text));
    let are_suggestions = is_first(|words, greeting| {
        words.suggestions.len() == greeting.suggestions.len()
            && words.suggestions.iter().zip(&greeting.suggestions).all(|(one, other)| is_same(one, other))
    });
    Greeting {
        text: if is_text { own.initial_message.to_owned() } else { greeting.text },
        suggestions: if are_suggestions { own.suggestions.map(str::to_owned).to_vec() } else { greeting.suggestions },
        ..greeting
    }
}

/// Whether two texts are the same but for the kind of their spaces, which was another one in French at first.
fn is_same(one: &str, other: &str) -> bool {
    one.chars().filter(|c| !c.is_whitespace()).eq(other.chars().filter(|c| !c.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greeting(text: &str, suggestions: &[&str]) -> Greeting {
        Greeting {
            name: "Helper".to_owned(),
            icon: String::new(),
            text: text.to_owned(),
            suggestions: suggestions.iter().map(|text| (*text).to_owned()).collect(),
            topics: Vec::new(),
        }
    }

    #[test]
    fn untouched_words_are_read_in_ones_own_language() {
        for (kept, reader) in [(Locale::En, Locale::Cs), (Locale::Fr, Locale::En), (Locale::Cs, Locale::Cs)] {
            let (before, after) = (words(kept), words(reader));
            let shown = translated(greeting(before.initial_message, &before.suggestions), reader);
            assert_eq!(shown, greeting(after.initial_message, &after.suggestions));
        }
        let french = words(Locale::Fr);
        let plain: Vec<String> = french.suggestions.map(|text| text.replace('\u{202f}', " ")).to_vec();
        let plain: Vec<&str> = plain.iter().map(String::as_str).collect();
        assert_eq!(
            translated(greeting("", &plain), Locale::En),
            greeting("", &words(Locale::En).suggestions),
            "as they were kept before"
        );
    }

    #[test]
    fn what_somebody_wrote_stays_as_it_is() {
        let english = words(Locale::En);
        let changed = greeting(english.initial_message, &english.suggestions[..2]);
        let shown = translated(changed, Locale::Cs);
        assert_eq!(shown, greeting(words(Locale::Cs).initial_message, &english.suggestions[..2]));
        let own = greeting("Ask me.", &["What does it cost?"]);
        assert_eq!(translated(own.clone(), Locale::Fr), own);
    }
}
