//! Greetings and thanks: nobody who says hello wants to read that the sources do not hold it.

use hammock_contract::locale::Locale;

/// What is said to people who greet, by the languages that are understood here (ISO 639-1 codes); `None`: several say it, so it
/// is answered in the interface's.
const GREETINGS: &[(Option<&str>, &[&str])] = &[
    (
        Some("en"),
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
    (Some("fr"), &["bonjour", "bonsoir", "salut", "coucou"]),
    (
        Some("cs"),
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
    (Some("de"), &["guten tag", "guten morgen", "guten abend", "grüß gott", "moin", "servus"]),
    (Some("es"), &["hola", "buenos días", "buenas tardes", "buenas noches"]),
    (Some("it"), &["ciao", "salve", "buongiorno", "buonasera"]),
    (Some("pt"), &["olá", "bom dia", "boa tarde", "boa noite"]),
    (Some("nl"), &["goedemorgen", "goedemiddag", "goedenavond", "goedendag"]),
    (None, &["hallo"]),
];

const THANKS: &[(Option<&str>, &[&str])] = &[
    (Some("en"), &["thanks", "thank you", "thanks a lot", "thank you very much", "many thanks"]),
    (Some("fr"), &["merci", "merci beaucoup", "merci bien"]),
    (Some("cs"), &["děkuji", "děkuju", "díky", "děkuji moc", "díky moc", "děkuji vám"]),
    (Some("de"), &["danke", "vielen dank", "danke schön", "danke sehr"]),
    (Some("es"), &["gracias", "muchas gracias"]),
    (Some("it"), &["grazie", "grazie mille", "mille grazie"]),
    (Some("pt"), &["obrigado", "obrigada", "muito obrigado", "muito obrigada"]),
    (Some("nl"), &["bedankt", "dank u", "dank je", "dank u wel", "dank je wel"]),
];

/// What is no question, with the ISO 639-1 code of the language to answer it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Courtesy {
    /// A greeting.
    Greeting(&'static str),
    /// Thanks.
    Thanks(&'static str),
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
    let within = |kinds: &[(Option<&'static str>, &[&str])]| {
        let found = kinds.iter().find(|(_, words)| words.contains(&said.as_str()));
        found.map(|(language, _)| language.unwrap_or(interface.tag()))
    };
    within(GREETINGS).map(Courtesy::Greeting).or_else(|| within(THANKS).map(Courtesy::Thanks))
}

/// What is answered where no model writes. `collections` are the names of what can be asked about.
pub fn answer(courtesy: Courtesy, collections: &[String]) -> String {
    let names =
        collections.iter().map(|name| format!("*{}*", super::words::plain(name))).collect::<Vec<_>>().join(", ");
    let phrase = match courtesy {
        Courtesy::Greeting("fr") => {
            "Bonjour\u{202f}! Posez-moi une question, et je chercherai la réponse dans {names}."
        }
        Courtesy::Greeting("cs") => "Dobrý den! Na něco se mě zeptejte a já odpověď vyhledám v podkladech: {names}.",
        Courtesy::Greeting("de") => "Guten Tag! Stellen Sie mir eine Frage, und ich suche die Antwort in {names}.",
        Courtesy::Greeting("es") => "¡Hola! Hágame una pregunta y buscaré la respuesta en {names}.",
        Courtesy::Greeting("it") => "Buongiorno! Mi faccia una domanda e cercherò la risposta in {names}.",
        Courtesy::Greeting("pt") => "Olá! Faça-me uma pergunta e procurarei a resposta em {names}.",
        Courtesy::Greeting("nl") => "Goedendag! Stel me een vraag, dan zoek ik het antwoord in {names}.",
        Courtesy::Greeting(_) => "Hello! Ask me a question, and I will look for the answer in {names}.",
        Courtesy::Thanks("fr") => "Je vous en prie. N’hésitez pas à poser une autre question.",
        Courtesy::Thanks("cs") => "Rádo se stalo. Zeptejte se zas, kdykoli budete chtít.",
        Courtesy::Thanks("de") => "Gern geschehen. Fragen Sie jederzeit wieder.",
        Courtesy::Thanks("es") => "De nada. Vuelva a preguntar cuando quiera.",
        Courtesy::Thanks("it") => "Prego. Chieda pure ancora quando vuole.",
        Courtesy::Thanks("pt") => "De nada. Volte a perguntar quando quiser.",
        Courtesy::Thanks("nl") => "Graag gedaan. Vraag gerust opnieuw wanneer u wilt.",
        Courtesy::Thanks(_) => "You are welcome. Ask again whenever you like.",
    };
    phrase.replace("{names}", &names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn courtesies_are_recognised_and_questions_are_not() {
        let said = |text| recognise(text, Locale::Fr);
        assert_eq!(said("Hello!"), Some(Courtesy::Greeting("en")));
        assert_eq!(said("  dobrý DEN 🙂"), Some(Courtesy::Greeting("cs")));
        assert_eq!(said("Hallo"), Some(Courtesy::Greeting("fr")));
        assert_eq!(said("Merci beaucoup."), Some(Courtesy::Thanks("fr")));
        assert_eq!(said("Guten Tag!"), Some(Courtesy::Greeting("de")));
        assert_eq!(said("¡Muchas gracias!"), Some(Courtesy::Thanks("es")));
        for question in
            ["hello world program", "Hi, how do I add a website?", "thanks to whom?", "", "?", "salut 2024 x"]
        {
            assert_eq!(said(question), None, "{question}");
        }
    }

    #[test]
    fn a_greeting_says_what_can_be_asked_about() {
        let names = ["Opening *hours*".to_owned()];
        for language in hammock_llm::builtin::languages() {
            let text = answer(Courtesy::Greeting(language), &names);
            assert!(text.contains("*Opening  hours *"), "{text}");
            // Each in its own words.
            for (courtesy, english) in [
                (Courtesy::Greeting(language), Courtesy::Greeting("en")),
                (Courtesy::Thanks(language), Courtesy::Thanks("en")),
            ] {
                assert_eq!(answer(courtesy, &names) == answer(english, &names), language == "en", "{language}");
            }
        }
    }
}
