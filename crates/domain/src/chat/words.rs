//! What Hammock itself says in a conversation, in the languages of the interface.

use std::time::Duration;

use hammock_contract::locale::Locale;
use hammock_llm::{Usage, builtin};
use hammock_retrieval::question;

/// ISO 639-1 code of the language in which Hammock answers: the question's own where the interface or the built-in answerer
/// speaks it and there is no doubt about it, else the interface's. `asked` is the question alone: neither the earlier ones nor
/// what is searched say anything about it.
pub fn language_of(asked: &str, interface: Locale) -> &'static str {
    let others = || builtin::languages().filter(|language| Locale::from_tag(language).is_none()).collect::<Vec<_>>();
    question::certain(asked, &Locale::ALL.map(Locale::tag))
        .or_else(|| question::certain(asked, &others()))
        .unwrap_or(interface.tag())
}

/// The answer of an assistant that has neither a model nor anything to quote.
pub fn nothing_to_answer_from(locale: Locale) -> &'static str {
    match locale {
        Locale::En => {
            "This assistant has no model and no collection yet, so there is nothing to answer from. Give it a collection, or connect a model, on its page under *Assistants*."
        }
        Locale::Fr => {
            "Cet assistant n’a encore ni modèle ni collection\u{a0}: il n’a rien d’où répondre. Donnez-lui une collection, ou connectez un modèle, sur sa page sous *Assistants*."
        }
        Locale::Cs => {
            "Tento asistent zatím nemá model ani kolekci, takže nemá z čeho odpovídat. Přidejte mu kolekci nebo připojte model na jeho stránce v *Asistentech*."
        }
    }
}

/// What was searched and found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Searched {
    /// How many collections were searched.
    pub collections: usize,
    /// How many passages were found by words.
    pub by_words: usize,
    /// How many were found by meaning; nothing where it could not be searched so.
    pub by_meaning: Option<usize>,
    /// How many were handed on.
    pub sent: usize,
    /// How sure it is that they answer the question. 0 to 1.
    pub evidence: f32,
    /// How sure it must be. 0 to 1.
    pub threshold: f32,
}

/// A step: what was searched and found.
pub fn searched(locale: Locale, searched: Searched) -> String {
    let Searched { collections, by_words, by_meaning, sent, evidence, threshold } = searched;
    let (evidence, threshold) = ((evidence * 100.0).round(), (threshold * 100.0).round());
    let (by_words, sent) = (passages(locale, by_words), passages(locale, sent));
    match locale {
        Locale::En => {
            let collections = counted(collections, if collections == 1 { "collection" } else { "collections" });
            let found = by_meaning.map_or_else(
                || format!("{by_words} by words alone"),
                |more| format!("{by_words} by words, {more} by meaning"),
            );
            format!("searched {collections}: {found}; evidence {evidence} %, needed {threshold} %; passed on: {sent}")
        }
        Locale::Fr => {
            let collections = counted(collections, if collections < 2 { "collection" } else { "collections" });
            let found = by_meaning.map_or_else(
                || format!("{by_words} par mots seulement"),
                |more| format!("{by_words} par mots, {more} par sens"),
            );
            format!(
                "recherche dans {collections}\u{a0}: {found}\u{202f}; appui {evidence}\u{202f}%, requis {threshold}\u{202f}%\u{202f}; transmis\u{a0}: {sent}"
            )
        }
        Locale::Cs => {
            let within = if is_spoken_with_ve(collections) { "ve" } else { "v" };
            let collections = counted(collections, if collections == 1 { "kolekci" } else { "kolekcích" });
            let found = by_meaning.map_or_else(
                || format!("{by_words} jen podle slov"),
                |more| format!("{by_words} podle slov, {more} podle významu"),
            );
            format!(
                "hledání {within} {collections}: {found}; opora {evidence} %, potřeba {threshold} %; předáno: {sent}"
            )
        }
    }
}

/// Who looks at the pictures of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sight {
    /// The model.
    Model,
    /// Nobody: the model cannot see, and is told that there are some.
    Blind,
    /// Nobody: there is no model.
    #[default]
    NoModel,
}

/// A step: what was given of the files and pictures of the conversation, whatever the search found.
pub fn attached(locale: Locale, files: usize, pictures: usize, sight: Sight) -> Option<String> {
    let files = (files > 0).then(|| match locale {
        Locale::En => format!("passed on with the question: how each of its files begins ({files})"),
        Locale::Fr => format!("transmis avec la question\u{a0}: le début de chacun de ses fichiers ({files})"),
        Locale::Cs => format!("předáno s otázkou: začátek každého z jejích souborů ({files})"),
    });
    let pictures = (pictures > 0).then(|| match (locale, sight) {
        (Locale::En, Sight::Model) => format!("pictures shown to the model: {pictures}"),
        (Locale::En, Sight::Blind) => {
            format!("pictures: {pictures}; the model cannot see, and is told that they are there")
        }
        (Locale::En, Sight::NoModel) => format!("pictures: {pictures}; without a model nobody looks at them"),
        (Locale::Fr, Sight::Model) => format!("images montrées au modèle\u{a0}: {pictures}"),
        (Locale::Fr, Sight::Blind) => {
            format!("images\u{a0}: {pictures}\u{202f}; le modèle ne voit pas, il sait qu’elles sont là")
        }
        (Locale::Fr, Sight::NoModel) => {
            format!("images\u{a0}: {pictures}\u{202f}; sans modèle, personne ne les regarde")
        }
        (Locale::Cs, Sight::Model) => format!("obrázky ukázané modelu: {pictures}"),
        (Locale::Cs, Sight::Blind) => format!("obrázky: {pictures}; model nevidí, ví jen, že tu jsou"),
        (Locale::Cs, Sight::NoModel) => format!("obrázky: {pictures}; bez modelu se na ně nikdo nedívá"),
    });
    let said: Vec<String> = [files, pictures].into_iter().flatten().collect();
    let between = if locale == Locale::Fr { "\u{202f}; " } else { "; " };
    (!said.is_empty()).then(|| said.join(between))
}

fn passages(locale: Locale, count: usize) -> String {
    let word = match (locale, count) {
        (Locale::En, 1) | (Locale::Fr, 0 | 1) => "passage",
        (Locale::En | Locale::Fr, _) => "passages",
        (Locale::Cs, 1) => "úryvek",
        (Locale::Cs, 2..=4) => "úryvky",
        (Locale::Cs, _) => "úryvků",
    };
    counted(count, word)
}

/// A step: the answer is written, after how long in all, and how many tokens that took where the model says so.
pub fn written(locale: Locale, after: Duration, usage: Option<Usage>) -> String {
    let seconds = format!("{:.1}", after.as_secs_f32());
    let tokens = usage.map(|Usage { read, written }| match locale {
        Locale::En => format!("; tokens read: {read}, written: {written}"),
        Locale::Fr => format!("\u{202f}; jetons lus\u{a0}: {read}, écrits\u{a0}: {written}"),
        Locale::Cs => format!("; tokenů přečteno: {read}, napsáno: {written}"),
    });
    let tokens = tokens.unwrap_or_default();
    match locale {
        Locale::En => format!("written after {seconds} s in all{tokens}"),
        Locale::Fr => format!("rédigé après {} s au total{tokens}", seconds.replace('.', ",")),
        Locale::Cs => format!("napsáno celkem po {} s{tokens}", seconds.replace('.', ",")),
    }
}

fn counted(count: usize, of: &str) -> String {
    format!("{count} {of}")
}

/// Whether Czech says *ve* before a number: where its name begins with two consonants, as *dvě*, *tři*, *čtyři* and *sto* do.
const fn is_spoken_with_ve(number: usize) -> bool {
    matches!(number, 2..=4 | 12..=14 | 20..=49 | 100..=499)
}

/// A step: why nothing was asked of the model.
pub fn refused(locale: Locale, threshold: f32) -> String {
    let percent = (threshold * 100.0).round();
    match locale {
        Locale::En => format!("the evidence is below {percent} %: no answer from the sources"),
        Locale::Fr => format!("l’appui est inférieur à {percent}\u{202f}%\u{a0}: pas de réponse dans les sources"),
        Locale::Cs => format!("opora je nižší než {percent} %: podklady odpověď nedávají"),
    }
}

/// A step: who writes.
pub fn writes(locale: Locale, model: Option<&str>) -> String {
    match (locale, model) {
        (Locale::En, Some(model)) => format!("{model} writes the answer"),
        (Locale::En, None) => "the best passages are quoted".to_owned(),
        (Locale::Fr, Some(model)) => format!("{model} rédige la réponse"),
        (Locale::Fr, None) => "les meilleurs passages sont cités".to_owned(),
        (Locale::Cs, Some(model)) => format!("odpověď píše {model}"),
        (Locale::Cs, None) => "citují se nejlepší úryvky".to_owned(),
    }
}

/// A step: the provider wants fewer requests, so it is asked again a little later.
pub fn waits(locale: Locale, wait: Duration) -> String {
    let seconds = wait.as_secs_f32().ceil();
    match locale {
        Locale::En => format!("the provider is busy; asking again in {seconds} s"),
        Locale::Fr => format!("le fournisseur est occupé\u{202f}; nouvel essai dans {seconds} s"),
        Locale::Cs => format!("poskytovatel je zaneprázdněn; nový pokus za {seconds} s"),
    }
}

/// A name in a sentence: without what Markdown would take for its own.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '*' | '_' | '`' | '[' | ']' | '<' | '>' | '\n') { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_says_in_which_language_it_is_answered() {
        for interface in Locale::ALL {
            for (question, language) in [
                ("Jak přidám web?", "cs"),
                ("Kdo vede noční směnu?", "cs"),
                ("Comment installer un paquet ?", "fr"),
                ("Who leads the night shift?", "en"),
                ("Wie installiere ich ein Paket?", "de"),
                ("¿Dónde está la oficina y cuándo abre?", "es"),
                ("Dove si trova il museo e quando apre la mattina?", "it"),
                ("Quando é que a loja não está aberta?", "pt"),
                ("Hoe kan ik een website aan het project toevoegen?", "nl"),
            ] {
                assert_eq!(language_of(question, interface), language, "{question}");
            }
        }
    }

    #[test]
    fn a_question_that_does_not_say_is_answered_in_the_language_of_the_interface() {
        for interface in Locale::ALL {
            for text in ["hello", "thanks", "Dovolená", "gpg", "42?"] {
                assert_eq!(language_of(text, interface), interface.tag(), "{text}");
            }
        }
    }

    #[test]
    fn one_collection_is_not_several() {
        let said = |locale, collections, by_words, by_meaning, sent| {
            searched(locale, Searched { collections, by_words, by_meaning, sent, evidence: 0.62, threshold: 0.5 })
        };
        for (locale, collections, by_words, by_meaning, sent, expected) in [
            (
                Locale::En,
                1,
                1,
                Some(0),
                1,
                "searched 1 collection: 1 passage by words, 0 by meaning; evidence 62 %, needed 50 %; passed on: 1 passage",
            ),
            (
                Locale::En,
                2,
                0,
                None,
                0,
                "searched 2 collections: 0 passages by words alone; evidence 62 %, needed 50 %; passed on: 0 passages",
            ),
            (
                Locale::Fr,
                1,
                0,
                Some(9),
                8,
                "recherche dans 1 collection\u{a0}: 0 passage par mots, 9 par sens\u{202f}; appui 62\u{202f}%, requis 50\u{202f}%\u{202f}; transmis\u{a0}: 8 passages",
            ),
            (
                Locale::Cs,
                1,
                1,
                Some(2),
                2,
                "hledání v 1 kolekci: 1 úryvek podle slov, 2 podle významu; opora 62 %, potřeba 50 %; předáno: 2 úryvky",
            ),
            (
                Locale::Cs,
                2,
                3,
                Some(5),
                8,
                "hledání ve 2 kolekcích: 3 úryvky podle slov, 5 podle významu; opora 62 %, potřeba 50 %; předáno: 8 úryvků",
            ),
            (
                Locale::Cs,
                12,
                0,
                None,
                0,
                "hledání ve 12 kolekcích: 0 úryvků jen podle slov; opora 62 %, potřeba 50 %; předáno: 0 úryvků",
            ),
        ] {
            assert_eq!(said(locale, collections, by_words, by_meaning, sent), expected);
        }
    }

    #[test]
    fn an_answer_says_how_long_it_took_and_how_many_tokens() {
        let (after, usage) = (Duration::from_millis(3_420), Some(Usage { read: 1_234, written: 56 }));
        assert_eq!(written(Locale::En, after, usage), "written after 3.4 s in all; tokens read: 1234, written: 56");
        assert_eq!(
            written(Locale::Fr, after, usage),
            "rédigé après 3,4 s au total\u{202f}; jetons lus\u{a0}: 1234, écrits\u{a0}: 56"
        );
        assert_eq!(written(Locale::Cs, after, usage), "napsáno celkem po 3,4 s; tokenů přečteno: 1234, napsáno: 56");
        assert_eq!(written(Locale::En, after, None), "written after 3.4 s in all");
    }
}
