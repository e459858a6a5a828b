//! What Hammock says when the sources do not hold an answer, in the languages in which it can be asked.

use super::words::plain;
use crate::handbook;

/// How it is said in one language.
struct Phrases {
    /// ISO 639-1 code.
    language: &'static str,
    /// Where no topic can be named; `{names}` are the collections.
    alone: &'static str,
    /// Before the topics; `{how}` says which they are, `{verb}` goes with the collections.
    before: &'static str,
    /// The verb for one collection and for several; the same where the sentence does not begin with their names.
    verb: [&'static str; 2],
    /// They were found by the question.
    nearest: &'static str,
    /// They are examples.
    examples: &'static str,
    /// After the topics.
    after: &'static str,
    /// Where some of `{names}` was never read yet.
    unread: &'static str,
}

const ENGLISH: Phrases = Phrases {
    language: "en",
    alone: "I do not find this in the sources ({names}). Can you ask in other words?",
    before: "I do not find this in the sources.\n\nWhat {names} {verb}, {how}:",
    verb: ["covers", "cover"],
    nearest: "nearest to your question",
    examples: "for example",
    after: "Did you mean one of these, or can you ask in other words?",
    unread: "Not everything in {names} has been read yet: ask again in a moment.",
};

const OTHERS: [Phrases; 7] = [
    Phrases {
        language: "fr",
        alone: "Je ne trouve pas cela dans les sources ({names}). Pouvez-vous le demander autrement\u{202f}?",
        before: "Je ne trouve pas cela dans les sources.\n\nCe que {verb} les sources ({names}), {how}\u{a0}:",
        verb: ["couvrent"; 2],
        nearest: "au plus près de votre question",
        examples: "par exemple",
        after: "Vouliez-vous l’un de ces sujets, ou pouvez-vous le demander autrement\u{202f}?",
        unread: "Tout n’a pas encore été lu dans les sources ({names})\u{a0}: reposez la question dans un instant.",
    },
    Phrases {
        language: "cs",
        alone: "V podkladech to nenacházím ({names}). Můžete to říct jinak?",
        before: "V podkladech to nenacházím.\n\nCo podklady {verb} ({names}), {how}:",
        verb: ["obsahují"; 2],
        nearest: "nejblíže vaší otázce",
        examples: "například",
        after: "Měli jste na mysli něco z toho, nebo to můžete říct jinak?",
        unread: "V podkladech ({names}) ještě není všechno přečteno: zeptejte se znovu za chvíli.",
    },
    Phrases {
        language: "de",
        alone: "Das finde ich in den Quellen nicht ({names}). Können Sie anders fragen?",
        before: "Das finde ich in den Quellen nicht.\n\nDarum {verb} in {names}, {how}:",
        verb: ["geht es"; 2],
        nearest: "Ihrer Frage am nächsten",
        examples: "zum Beispiel",
        after: "Meinten Sie etwas davon, oder können Sie anders fragen?",
        unread: "In {names} ist noch nicht alles gelesen: Fragen Sie gleich noch einmal.",
    },
    Phrases {
        language: "es",
        alone: "No encuentro esto en las fuentes ({names}). ¿Puede preguntarlo de otra manera?",
        before: "No encuentro esto en las fuentes.\n\nLo que {verb} {names}, {how}:",
        verb: ["contiene", "contienen"],
        nearest: "lo más cercano a su pregunta",
        examples: "por ejemplo",
        after: "¿Se refería a alguno de estos temas, o puede preguntarlo de otra manera?",
        unread: "Todavía no se ha leído todo en {names}: vuelva a preguntar en un momento.",
    },
    Phrases {
        language: "it",
        alone: "Non trovo questo nelle fonti ({names}). Può chiederlo con altre parole?",
        before: "Non trovo questo nelle fonti.\n\nDi che cosa {verb} {names}, {how}:",
        verb: ["tratta", "trattano"],
        nearest: "più vicino alla sua domanda",
        examples: "per esempio",
        after: "Intendeva uno di questi argomenti, o può chiederlo con altre parole?",
        unread: "In {names} non è ancora stato letto tutto: lo chieda di nuovo tra poco.",
    },
    Phrases {
        language: "pt",
        alone: "Não encontro isso nas fontes ({names}). Pode perguntar de outra forma?",
        before: "Não encontro isso nas fontes.\n\nO que {names} {verb}, {how}:",
        verb: ["contém", "contêm"],
        nearest: "mais perto da sua pergunta",
        examples: "por exemplo",
        after: "Referia-se a um destes temas, ou pode perguntar de outra forma?",
        unread: "Ainda não foi lido tudo em {names}: pergunte de novo daqui a pouco.",
    },
    Phrases {
        language: "nl",
        alone: "Ik vind dit niet in de bronnen ({names}). Kunt u het anders vragen?",
        before: "Ik vind dit niet in de bronnen.\n\nWaar {names} over {verb}, {how}:",
        verb: ["gaat", "gaan"],
        nearest: "het dichtst bij uw vraag",
        examples: "bijvoorbeeld",
        after: "Bedoelde u een van deze onderwerpen, of kunt u het anders vragen?",
        unread: "In {names} is nog niet alles gelezen: vraag het zo nog eens.",
    },
];

/// The answer when the sources hold no evidence, in a language by its ISO 639-1 code (English for others). `topics` are titles of
/// what the collections do cover: nearest first when they were found by the question, else examples.
pub fn not_found(language: &str, collections: &[String], topics: &[String], found: bool) -> String {
    let (phrases, names) = (phrases_in(language), names_in(language, collections));
    if topics.is_empty() {
        return phrases.alone.replace("{names}", &names);
    }
    let list = topics.iter().map(|topic| format!("\n- {}", plain(topic))).collect::<String>();
    let how = if found { phrases.nearest } else { phrases.examples };
    // The names last: nothing in them is taken for a place of ours.
    let [one, several] = phrases.verb;
    let verb = if collections.len() == 1 { one } else { several };
    let before = phrases.before.replace("{how}", how).replace("{verb}", verb).replace("{names}", &names);
    format!("{before}\n{list}\n\n{}", phrases.after)
}

/// What is said besides where some of the collections was never read yet: what is asked for may stand there.
pub fn unread(language: &str, collections: &[String]) -> String {
    phrases_in(language).unread.replace("{names}", &names_in(language, collections))
}

fn phrases_in(language: &str) -> &'static Phrases {
    OTHERS.iter().find(|phrases| phrases.language == language).unwrap_or(&ENGLISH)
}

fn names_in(language: &str, collections: &[String]) -> String {
    let names = collections.iter().map(|name| format!("*{}*", plain(handbook::name_in(language, name))));
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use hammock_contract::locale::Locale;
    use hammock_llm::builtin;

    use super::*;

    #[test]
    fn the_handbook_has_its_name_in_the_language_of_the_interface() {
        let names = [handbook::NAME.to_owned(), "Archive".to_owned()];
        for (language, told) in [
            ("en", "*Hammock handbook*, *Archive*"),
            ("fr", "*Manuel de Hammock*, *Archive*"),
            ("cs", "*Příručka Hammocku*, *Archive*"),
        ] {
            let said = not_found(language, &names, &[], true);
            assert!(said.contains(told), "{said}");
        }
    }

    #[test]
    fn a_name_needs_no_article() {
        let (names, topics) = ([handbook::NAME.to_owned()], ["Widget".to_owned()]);
        for (language, told) in [
            ("fr", "Ce que couvrent les sources (*Manuel de Hammock*), au plus près de votre question\u{a0}:"),
            ("cs", "Co podklady obsahují (*Příručka Hammocku*), nejblíže vaší otázce:"),
        ] {
            let said = not_found(language, &names, &topics, true);
            assert!(said.contains(told), "{said}");
        }
    }

    #[test]
    fn the_verb_goes_with_how_many_collections_there_are() {
        let (names, topics) = (["Tea".to_owned(), "Cups".to_owned()], ["Opening hours".to_owned()]);
        for (language, one, several) in [
            ("en", "What *Tea* covers,", "What *Tea*, *Cups* cover,"),
            ("fr", "Ce que couvrent les sources (*Tea*),", "Ce que couvrent les sources (*Tea*, *Cups*),"),
            ("cs", "Co podklady obsahují (*Tea*),", "Co podklady obsahují (*Tea*, *Cups*),"),
            ("de", "Darum geht es in *Tea*,", "Darum geht es in *Tea*, *Cups*,"),
            ("es", "Lo que contiene *Tea*,", "Lo que contienen *Tea*, *Cups*,"),
            ("it", "Di che cosa tratta *Tea*,", "Di che cosa trattano *Tea*, *Cups*,"),
            ("pt", "O que *Tea* contém,", "O que *Tea*, *Cups* contêm,"),
            ("nl", "Waar *Tea* over gaat,", "Waar *Tea*, *Cups* over gaan,"),
        ] {
            for (names, told) in [(&names[..1], one), (&names[..], several)] {
                let said = not_found(language, names, &topics, true);
                assert!(said.contains(told), "{said}");
            }
        }
    }

    #[test]
    fn who_does_not_know_asks_back() {
        let names = ["Museum {how} {verb}".to_owned()];
        for language in builtin::languages() {
            for topics in [vec![], vec!["Opening hours".to_owned()]] {
                for found in [true, false] {
                    let said = not_found(language, &names, &topics, found);
                    assert!(said.ends_with('?') && said.contains("*Museum {how} {verb}*"), "{said}");
                    assert_eq!(said.contains("\n- Opening hours"), !topics.is_empty(), "{said}");
                    assert!(!said.contains("{names}"), "{said}");
                }
            }
            assert!(unread(language, &names).contains("*Museum {how} {verb}*"), "{language}");
            assert_eq!(unread(language, &names) == unread("en", &names), language == "en", "{language}");
            let english = not_found("en", &names, &[], true);
            assert_eq!(not_found(language, &names, &[], true) == english, language == "en", "{language}");
        }
        assert!(Locale::ALL.iter().all(|locale| builtin::languages().any(|language| language == locale.tag())));
    }
}
