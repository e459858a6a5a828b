//! What Hammock itself says in a conversation, in the languages of the interface.

use std::time::Duration;

use hammock_contract::locale::Locale;
use hammock_llm::builtin;
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
            "Cet assistant n’a encore ni modèle ni collection : il n’a rien d’où répondre. Donnez-lui une collection, ou connectez un modèle, sur sa page sous *Assistants*."
        }
        Locale::Cs => {
            "Tento asistent zatím nemá model ani kolekci, takže nemá z čeho odpovídat. Přidejte mu kolekci nebo připojte model na jeho stránce v *Asistentech*."
        }
    }
}

/// A step: what was searched and found.
pub fn searched(locale: Locale, collections: usize, passages: usize, evidence: f32, with_vectors: bool) -> String {
    let percent = (evidence * 100.0).round();
    match locale {
        Locale::En => {
            let collections = counted(collections, if collections == 1 { "collection" } else { "collections" });
            let passages = counted(passages, if passages == 1 { "passage" } else { "passages" });
            let how = if with_vectors { "by words and by meaning" } else { "by words alone" };
            format!("searched {collections} {how}: {passages}, evidence {percent} %")
        }
        Locale::Fr => {
            let collections = counted(collections, if collections < 2 { "collection" } else { "collections" });
            let passages = counted(passages, if passages < 2 { "passage" } else { "passages" });
            let how = if with_vectors { "par mots et par sens" } else { "par mots seulement" };
            format!("recherche dans {collections} {how} : {passages}, appui {percent} %")
        }
        Locale::Cs => {
            let within = if is_spoken_with_ve(collections) { "ve" } else { "v" };
            let collections = counted(collections, if collections == 1 { "kolekci" } else { "kolekcích" });
            let passages = counted(
                passages,
                match passages {
                    1 => "úsek",
                    2..=4 => "úseky",
                    _ => "úseků",
                },
            );
            let how = if with_vectors { "podle slov i významu" } else { "jen podle slov" };
            format!("hledání {within} {collections} {how}: {passages}, opora {percent} %")
        }
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
        Locale::Fr => format!("l’appui est inférieur à {percent} % : pas de réponse dans les sources"),
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
        (Locale::Cs, None) => "citují se nejlepší úseky".to_owned(),
    }
}

/// A step: the provider wants fewer requests, so it is asked again a little later.
pub fn waits(locale: Locale, wait: Duration) -> String {
    let seconds = wait.as_secs_f32().ceil();
    match locale {
        Locale::En => format!("the provider is busy; asking again in {seconds} s"),
        Locale::Fr => format!("le fournisseur est occupé ; nouvel essai dans {seconds} s"),
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
        let said = |locale, collections, passages| searched(locale, collections, passages, 0.5, true);
        assert_eq!(said(Locale::En, 1, 1), "searched 1 collection by words and by meaning: 1 passage, evidence 50 %");
        assert_eq!(said(Locale::En, 2, 0), "searched 2 collections by words and by meaning: 0 passages, evidence 50 %");
        assert_eq!(said(Locale::Fr, 1, 0), "recherche dans 1 collection par mots et par sens : 0 passage, appui 50 %");
        assert_eq!(
            said(Locale::Fr, 2, 8),
            "recherche dans 2 collections par mots et par sens : 8 passages, appui 50 %"
        );
        assert_eq!(said(Locale::Cs, 1, 1), "hledání v 1 kolekci podle slov i významu: 1 úsek, opora 50 %");
        assert_eq!(said(Locale::Cs, 2, 3), "hledání ve 2 kolekcích podle slov i významu: 3 úseky, opora 50 %");
        assert_eq!(said(Locale::Cs, 5, 8), "hledání v 5 kolekcích podle slov i významu: 8 úseků, opora 50 %");
        assert_eq!(
            searched(Locale::Cs, 12, 0, 0.0, false),
            "hledání ve 12 kolekcích jen podle slov: 0 úseků, opora 0 %"
        );
    }
}
