//! Words by which one asks. In a passage they may say something; in a question they say that it is one: whether "trouver" or
//! "bedeutet" stands in a passage, too, tells nothing about an answer, and a short question has few other words.
//!
//! So they fall in questions alone, and what is indexed does not depend on them. Here are question words in all their forms,
//! what is left of words at an apostrophe, and the verbs that only carry a question. Verbs that are also the thing that is asked
//! for ("use", "install"), and those that are nouns as often ("le pouvoir", "Wissen"), are not.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

static WORDS: LazyLock<HashMap<&str, HashSet<&str>>> =
    LazyLock::new(|| LISTS.iter().map(|(language, words)| (*language, words.split_whitespace().collect())).collect());

/// Whether a lower-case word only asks in a language (ISO 639-1). Languages without a list have none.
pub(super) fn is_asking_word(language: &str, word: &str) -> bool {
    WORDS.get(language).is_some_and(|words| words.contains(word))
}

/// One list a language.
const LISTS: &[(&str, &str)] = &[
    (
        "cs",
        "čí čího čímu čímž dokdy existují existuje existoval existovala jací jakéhokoliv jakými jakému kolika kolikrát \
         kolikátá kolikáté kolikátý kom komu koho kudy kým lze mohl mohla mohli mohu musím musí můžou nač najdu najít \
         naleznu odkdy odkud oč pokolikáté potřebuji pročpak smím umí víte ví vím vědět znamená znamenají zač zdali zjistím \
         zjistit",
    ),
    (
        "de",
        "bedeutet bedeuten bitte darfst dürfen finde finden findet gibt gäbe heißt inwiefern inwieweit könnten könntest \
         lautet möchte möchten musst sagen sollen sollst sollten weiß weißt welch weswegen wieviele wogegen \
         wonach woran worum worunter worüber wovon wovor würdest",
    ),
    (
        "en",
        "ain aren couldn didn doesn hadn hasn haven isn mightn mustn needn ought shan shouldn wasn weren whatever whence \
         whenever wherever whichever whoever wouldn",
    ),
    (
        "es",
        "adónde adonde averiguar busco conoce cuya cuyas cuyo cuyos debería debo decir dice dime encontrar encuentra encuentro \
         existe existen llama llaman podemos podría podrían puedas puedo quisiera quiere quiero sabe saber significa \
         significan",
    ),
    (
        "fr",
        "appelle appellent aura auraient aurait auront auquel auxquelles auxquels aujourd connaître desquelles desquels \
         devrais devrait devriez devons devez dire dit duquel existe existent existait faites fais hui lorsqu peux pourrais \
         pourrait pourriez pouvez pouvons presqu puisqu puisse puissent puissions quelconque quelqu quiconque quoiqu sais sait \
         savez savoir sert servent signifie signifient souhaite souhaiterais trouve trouvent trouver va veulent veut veux voudrais voulez \
         vouloir",
    ),
    (
        "it",
        "all bisogna chiama chiamano chiunque com cos conosce deve devo devono dice dire dov esiste esistono nient potrebbe potrei \
         possiamo posso puoi qualcun qualcuno quand quant sa sai sapere serve significa significano so trova trovano trovare \
         trovo vengono viene voglio vorrei vuole",
    ),
    (
        "nl",
        "bedoeld bent bestaan bestaat betekenen betekent betreft gaat heet heten hoeft hoelang hoever hoezo mag mocht moest n s \
         t vind vinden vindt waaraan waarachter waarbinnen waarheen waarnaar waaronder waarop waarover waartegen waartoe \
         waaruit waarvandaan waarvoor watvoor weet welks weten wiens wier wilt zegt",
    ),
    (
        "pt",
        "aonde achar acho chama chamam conhece cuja cujas cujo cujos descobrir devo deveria dizer diz donde encontra encontrar \
         encontro existe existem gostaria posso podemos poderia preciso quero quer quereria sabe saber sei significa significam",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{is_stop_word, question_words};

    /// What a question is about, in its own language.
    fn asked(language: &str, question: &str) -> Vec<String> {
        let found = question_words(question, Some(language), &[language.to_owned()]);
        found.into_iter().map(|word| word.word).collect()
    }

    #[test]
    fn what_only_asks_falls_in_every_language() {
        for (language, question, about) in [
            ("cs", "Odkud a kudy lze k muzeu dojet? Komu mohu psát?", "muzeu dojet psat"),
            ("cs", "Kolik existuje poboček a co znamená hvězdička?", "pobocek hvezdicka"),
            ("de", "Woran erkenne ich das Museum, und was bedeutet der Stern?", "erkenne museum stern"),
            ("de", "Gibt es einen Garten? Worüber darf man dort sprechen?", "garten sprechen"),
            ("en", "Isn't the museum open, whichever entrance I use?", "museum open entrance use"),
            ("en", "Why doesn’t the door shut?", "door shut"),
            ("es", "¿Adónde puedo ir y qué significa la estrella cuyo color no existe?", "ir estrella color"),
            ("es", "¿Cuáles son las horas y cuánto cuesta?", "horas cuesta"),
            ("fr", "Qu’est-ce que le musée ? Où se trouve-t-il aujourd'hui ?", "musee"),
            ("fr", "À quoi sert l'horloge, lorsqu’elle existe ?", "horloge"),
            ("fr", "Comment puis-je savoir s'il y a un jardin, et pourquoi d’ailleurs ?", "jardin ailleurs"),
            ("fr", "Auquel des guides pourrait-on s'adresser, et que signifie l’étoile ?", "guides adresser etoile"),
            ("it", "Dov'è il museo, com’è il giardino e cos'è la stella?", "museo giardino stella"),
            ("it", "Quand'è che posso trovare la guida dell'orto?", "guida orto"),
            ("nl", "Waarvoor dient 's avonds de ster, en wat betekent die?", "dient avonds ster"),
            ("nl", "Bestaat er een tuin, en van wiens hand?", "tuin hand"),
            ("pt", "Aonde posso ir e o que significa a estrela cuja cor existe?", "ir estrela cor"),
            ("pt", "Quais são as horas e quanto custa?", "horas custa"),
        ] {
            assert_eq!(asked(language, question).join(" "), about, "{language}: {question}");
        }
    }

    #[test]
    fn every_question_word_is_known() {
        for (language, words) in [
            (
                "cs",
                "kdo koho komu kom kým co čeho čemu čem čím kde kam kudy odkud kdy odkdy dokdy jak jaký jaká jaké který která \
                    které kolik kolikátý kolikrát proč nač zač čí",
            ),
            (
                "de",
                "wer wen wem wessen was welche welcher welches welchem welchen wo wohin woher wann warum weshalb weswegen wieso \
                    wie wieviel wieviele womit wodurch wofür wogegen worauf woraus worin woran worum worüber worunter wovon wovor \
                    wozu wonach wobei inwiefern inwieweit ob",
            ),
            ("en", "who whom whose what which when where why how whether whoever whatever whichever whenever wherever"),
            (
                "es",
                "quién quiénes qué cuál cuáles cuándo cuánto cuánta cuántos cuántas cómo dónde adónde cuyo cuya porqué",
            ),
            (
                "fr",
                "qui que qu quoi quel quelle quels quelles lequel laquelle lesquels lesquelles duquel auquel desquels auxquels \
                    quand comment combien pourquoi où",
            ),
            ("it", "chi che cosa cos quale quali qual quando quanto quanta quanti quante come com dove dov perché cui"),
            (
                "nl",
                "wie wat welk welke wiens wanneer waar waarom waarheen waarvandaan waarmee waarin waarop waaraan waarvoor \
                    waarover waaruit waartoe hoe hoeveel hoelang hoezo",
            ),
            (
                "pt",
                "quem que quê qual quais quando quanto quanta quantos quantas como onde aonde donde porquê cujo cuja",
            ),
        ] {
            for word in words.split_whitespace() {
                assert!(is_stop_word(language, word) || is_asking_word(language, word), "{language}: {word}");
            }
        }
    }

    #[test]
    fn what_is_left_at_an_apostrophe_tells_nothing() {
        for (language, pieces) in [
            (
                "en",
                "s t d ll m re ve isn aren wasn weren don doesn didn hasn haven hadn couldn wouldn shouldn mustn needn",
            ),
            ("fr", "c d j l m n qu s t jusqu lorsqu puisqu quelqu quoiqu presqu aujourd hui"),
            ("it", "c d l dell all dall nell sull quest com cos dov quand quant nient qualcun v s"),
            ("nl", "n s t"),
        ] {
            for piece in pieces.split_whitespace() {
                assert!(is_stop_word(language, piece) || is_asking_word(language, piece), "{language}: {piece}");
            }
        }
    }

    #[test]
    fn a_question_that_only_asks_keeps_its_last_words() {
        assert_eq!(asked("fr", "Où trouver ?"), ["trouver"]);
        assert_eq!(asked("de", "Was bedeutet das?"), ["bedeutet"]);
        assert_eq!(asked("en", "who is who").len(), 2);
    }
}
