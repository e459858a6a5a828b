//! Greetings and thanks: nobody who says hello wants to read that the sources do not hold it.

use hammock_contract::locale::Locale;

/// What is said to people who greet, in the languages that are understood here; `None`: answered in the interface's.
const GREETINGS: &[(Option<Locale>, &[&str])] = &[
    (
        Some(Locale::En),
        &[
            "hello",
            "hello there",
            "hi",
            "hi there",
            "hey",
            "good morning",
            "good afternoon",
            "good evening",
            "good day",
        ],
    ),
    (Some(Locale::Fr), &["bonjour", "bonsoir", "salut", "coucou"]),
    (
        Some(Locale::Cs),
        &[
            "ahoj",
            "čau",
            "nazdar",
            "zdravím",
            "dobrý den",
            "dobré ráno",
            "dobré odpoledne",
            "dobrý večer",
            "dobré dopoledne",
        ],
    ),
    (
        None,
        &[
            "hallo",
            "guten tag",
            "guten morgen",
            "guten abend",
            "moin",
            "hola",
            "buenos días",
            "ciao",
            "buongiorno",
            "olá",
        ],
    ),
];

const THANKS: &[(Option<Locale>, &[&str])] = &[
    (Some(Locale::En), &["thanks", "thank you", "thanks a lot", "thank you very much", "many thanks"]),
    (Some(Locale::Fr), &["merci", "merci beaucoup", "merci bien"]),
    (Some(Locale::Cs), &["děkuji", "děkuju", "díky", "děkuji moc", "díky moc", "děkuji vám"]),
    (None, &["danke", "vielen dank", "danke schön", "gracias", "grazie", "obrigado", "bedankt"]),
];

/// What is no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Courtesy {
    /// A greeting.
    Greeting(Locale),
    /// Thanks.
    Thanks(Locale),
}

/// Whether a text is nothing but a greeting or thanks, and in which language to answer it.
pub fn recognise(text: &str, interface: Locale) -> Option<Courtesy> {
    // No courtesy is longer; a question is not to be copied for nothing.
    if text.len() > 60 {
        return None;
    }
    let said = text
        .to_lowercase()
        .split(|character: char| !character.is_alphabetic())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let within = |kinds: &[(Option<Locale>, &[&str])]| {
        let found = kinds.iter().find(|(_, words)| words.contains(&said.as_str()));
        found.map(|(locale, _)| locale.unwrap_or(interface))
    };
    within(GREETINGS).map(Courtesy::Greeting).or_else(|| within(THANKS).map(Courtesy::Thanks))
}

/// What is answered where no model writes. `collections` are the names of what can be asked about.
pub fn answer(courtesy: Courtesy, collections: &[String]) -> String {
    let names =
        collections.iter().map(|name| format!("*{}*", super::words::plain(name))).collect::<Vec<_>>().join(", ");
    match courtesy {
        Courtesy::Greeting(Locale::En) => {
            format!("Hello! Ask me a question, and I will look for the answer in {names}.")
        }
        Courtesy::Greeting(Locale::Fr) => {
            format!("Bonjour ! Posez-moi une question, et je chercherai la réponse dans {names}.")
        }
        Courtesy::Greeting(Locale::Cs) => {
            format!("Dobrý den! Na něco se mě zeptejte a já odpověď vyhledám v podkladech: {names}.")
        }
        Courtesy::Thanks(Locale::En) => "You are welcome. Ask again whenever you like.".to_owned(),
        Courtesy::Thanks(Locale::Fr) => "Je vous en prie. N’hésitez pas à poser une autre question.".to_owned(),
        Courtesy::Thanks(Locale::Cs) => "Rádo se stalo. Zeptejte se zas, kdykoli budete chtít.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn courtesies_are_recognised_and_questions_are_not() {
        let said = |text| recognise(text, Locale::Fr);
        assert_eq!(said("Hello!"), Some(Courtesy::Greeting(Locale::En)));
        assert_eq!(said("  dobrý DEN 🙂"), Some(Courtesy::Greeting(Locale::Cs)));
        assert_eq!(said("Hallo"), Some(Courtesy::Greeting(Locale::Fr)));
        assert_eq!(said("Merci beaucoup."), Some(Courtesy::Thanks(Locale::Fr)));
        for question in
            ["hello world program", "Hi, how do I add a website?", "thanks to whom?", "", "?", "salut 2024 x"]
        {
            assert_eq!(said(question), None, "{question}");
        }
    }

    #[test]
    fn a_greeting_says_what_can_be_asked_about() {
        for locale in Locale::ALL {
            let text = answer(Courtesy::Greeting(locale), &["Opening *hours*".to_owned()]);
            assert!(text.contains("*Opening  hours *"), "{text}");
            assert!(!answer(Courtesy::Thanks(locale), &[]).is_empty());
        }
    }
}
