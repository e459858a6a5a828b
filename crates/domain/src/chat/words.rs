//! What Hammock itself says in a conversation, in the languages of the interface.

use hammock_contract::locale::Locale;

/// The language in which Hammock answers: the question's where the interface speaks it, else the interface's.
pub fn locale_of(question_language: Option<&str>, interface: Locale) -> Locale {
    question_language.and_then(Locale::from_tag).unwrap_or(interface)
}

/// The answer when the sources hold no evidence. `topics` are titles of what the collections do cover, nearest first.
pub fn not_found(locale: Locale, collections: &[String], topics: &[String]) -> String {
    let names = collections.iter().map(|name| format!("*{}*", plain(name))).collect::<Vec<_>>().join(", ");
    let list = topics.iter().map(|topic| format!("\n- {}", plain(topic))).collect::<String>();
    match (locale, topics.is_empty()) {
        (Locale::En, true) => format!("I do not find this in the sources ({names})."),
        (Locale::En, false) => format!(
            "I do not find this in the sources.\n\nWhat {names} covers, nearest to your question:\n{list}\n\nDid you mean one of these, or can you ask in other words?"
        ),
        (Locale::Fr, true) => format!("Je ne trouve pas cela dans les sources ({names})."),
        (Locale::Fr, false) => format!(
            "Je ne trouve pas cela dans les sources.\n\nCe que couvre {names}, au plus près de votre question :\n{list}\n\nVouliez-vous l’un de ces sujets, ou pouvez-vous le demander autrement ?"
        ),
        (Locale::Cs, true) => format!("V podkladech to nenacházím ({names})."),
        (Locale::Cs, false) => format!(
            "V podkladech to nenacházím.\n\nCo {names} obsahuje, nejblíže vaší otázce:\n{list}\n\nMěli jste na mysli něco z toho, nebo to můžete říct jinak?"
        ),
    }
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
    match (locale, with_vectors) {
        (Locale::En, true) => {
            format!(
                "searched {collections} collections by words and by meaning: {passages} passages, evidence {percent} %"
            )
        }
        (Locale::En, false) => {
            format!("searched {collections} collections by words alone: {passages} passages, evidence {percent} %")
        }
        (Locale::Fr, true) => format!(
            "recherche dans {collections} collections par mots et par sens : {passages} passages, appui {percent} %"
        ),
        (Locale::Fr, false) => {
            format!(
                "recherche dans {collections} collections par mots seulement : {passages} passages, appui {percent} %"
            )
        }
        (Locale::Cs, true) => {
            format!("hledání v kolekcích ({collections}) podle slov i významu: úseků {passages}, opora {percent} %")
        }
        (Locale::Cs, false) => {
            format!("hledání v kolekcích ({collections}) jen podle slov: úseků {passages}, opora {percent} %")
        }
    }
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

fn plain(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '*' | '_' | '`' | '[' | ']' | '<' | '>' | '\n') { ' ' } else { c }).collect()
}
