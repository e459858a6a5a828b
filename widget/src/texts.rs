//! What the chat says in each language. Not the files of the interface: the whole of those would be ten times this bundle.

use crate::command::joined;

/// The texts of a language.
#[derive(Debug)]
pub struct Texts {
    /// The language's tag.
    pub tag: &'static str,
    /// Names the list of messages.
    pub conversation: &'static str,
    /// Names a message of the visitor.
    pub question: &'static str,
    /// Names a message of the assistant.
    pub answer: &'static str,
    /// Button.
    pub new_chat: &'static str,
    /// Button.
    pub close: &'static str,
    /// In the empty field, and its name.
    pub write: &'static str,
    /// Button.
    pub send: &'static str,
    /// Button.
    pub stop: &'static str,
    /// Button.
    pub retry: &'static str,
    /// Button, and the message that it sends.
    pub go_on: &'static str,
    /// Above the passages of an answer.
    pub sources: &'static str,
    /// Link to a source.
    pub open_source: &'static str,
    /// Button.
    pub good: &'static str,
    /// Button.
    pub bad: &'static str,
    /// Names the field for a comment.
    pub what_is_wrong: &'static str,
    /// When a comment has arrived.
    pub thanks: &'static str,
    /// Names the field for an e-mail address.
    pub leave_email: &'static str,
    /// When the address has arrived.
    pub email_left: &'static str,
    /// Before the link of the privacy policy.
    pub by_chatting: &'static str,
    /// The link.
    pub privacy: &'static str,
    /// While an answer is awaited.
    pub thinking: &'static str,
    /// Of an answer that was stopped.
    pub stopped: &'static str,
    /// Of an answer that broke off.
    pub interrupted: &'static str,
    /// Where the connection is lost.
    pub reconnecting: &'static str,
    /// After *Close* on a page of its own.
    pub closed: &'static str,
    /// An error.
    pub offline: &'static str,
    /// An error.
    pub too_often: &'static str,
    /// An error.
    pub too_long: &'static str,
    /// An error.
    pub not_allowed: &'static str,
    /// An error.
    pub not_there: &'static str,
    /// An error.
    pub bad_email: &'static str,
    /// Every other error.
    pub failed: &'static str,
    /// An error; `#` is the number of seconds.
    pub again_in: &'static str,
    /// Button.
    pub attach: &'static str,
    /// Button; the file's name comes next.
    pub remove: &'static str,
    /// Of a file.
    pub reading: &'static str,
    /// Of a file.
    pub ready: &'static str,
    /// Of a file.
    pub unreadable: &'static str,
    /// Of a file; `#` is the number of megabytes.
    pub too_large: &'static str,
    /// Button, and above the list.
    pub earlier: &'static str,
    /// Where the list is empty.
    pub none_earlier: &'static str,
    /// Names the choice of a reason.
    pub reason: &'static str,
    /// The reasons, in the order of [`REASONS`].
    pub reasons: [&'static str; 6],
}

/// What can be wrong with an answer, as the server calls it.
pub const REASONS: [&str; 6] = ["wrong", "incomplete", "outdated", "off_topic", "wrong_source", "other"];

static ENGLISH: Texts = Texts {
    tag: "en",
    conversation: "Conversation",
    question: "Your message",
    answer: "Answer",
    new_chat: "New chat",
    close: "Close",
    write: "Write a message…",
    send: "Send",
    stop: "Stop",
    retry: "Try again",
    go_on: "Continue",
    sources: "Sources",
    open_source: "Open the page",
    good: "Good answer",
    bad: "Bad answer",
    what_is_wrong: "What is wrong with the answer?",
    thanks: "Thank you.",
    leave_email: "Leave your e-mail address, and a person will answer you.",
    email_left: "Thank you. You will hear from us.",
    by_chatting: "By chatting you accept our",
    privacy: "privacy policy",
    thinking: "Looking for an answer…",
    stopped: "The answer was stopped.",
    interrupted: "The answer broke off.",
    reconnecting: "The connection is lost. It is being restored…",
    closed: "The chat is closed. Nothing of it is kept in this browser.",
    offline: "There is no connection.",
    too_often: "Those were many messages in a short time. Wait a moment, then try again.",
    too_long: "This message is too long.",
    not_allowed: "The chat is not allowed on this page.",
    not_there: "This chat is not available at the moment.",
    bad_email: "This is not an e-mail address.",
    failed: "Something went wrong. Try again.",
    again_in: "That was a lot in a short time. Try again in # seconds.",
    attach: "Add files",
    remove: "Remove",
    reading: "Your file is being read…",
    ready: "Ready",
    unreadable: "This file cannot be read.",
    too_large: "Larger than # MB.",
    earlier: "Earlier conversations",
    none_earlier: "There are none yet.",
    reason: "Reason",
    reasons: ["Wrong", "Incomplete", "Out of date", "Not what I asked", "Wrong source", "Something else"],
};

static FRENCH: Texts = Texts {
    tag: "fr",
    conversation: "Conversation",
    question: "Votre message",
    answer: "Réponse",
    new_chat: "Nouvelle discussion",
    close: "Fermer",
    write: "Écrivez un message…",
    send: "Envoyer",
    stop: "Arrêter",
    retry: "Réessayer",
    go_on: "Continuer",
    sources: "Sources",
    open_source: "Ouvrir la page",
    good: "Bonne réponse",
    bad: "Mauvaise réponse",
    what_is_wrong: "Qu’est-ce qui ne va pas dans la réponse ?",
    thanks: "Merci.",
    leave_email: "Laissez votre adresse e-mail et quelqu’un vous répondra.",
    email_left: "Merci. Nous vous répondrons.",
    by_chatting: "En discutant, vous acceptez notre",
    privacy: "politique de confidentialité",
    thinking: "Recherche d’une réponse…",
    stopped: "La réponse a été arrêtée.",
    interrupted: "La réponse s’est interrompue.",
    reconnecting: "La connexion est perdue. Elle est en cours de rétablissement…",
    closed: "La discussion est fermée. Rien n’en est conservé dans ce navigateur.",
    offline: "Il n’y a pas de connexion.",
    too_often: "Beaucoup de messages en peu de temps. Attendez un instant, puis réessayez.",
    too_long: "Ce message est trop long.",
    not_allowed: "La discussion n’est pas autorisée sur cette page.",
    not_there: "Cette discussion n’est pas disponible pour le moment.",
    bad_email: "Ce n’est pas une adresse e-mail.",
    failed: "Un problème est survenu. Réessayez.",
    again_in: "C’était beaucoup en peu de temps. Réessayez dans # secondes.",
    attach: "Ajouter des fichiers",
    remove: "Retirer",
    reading: "Lecture de votre fichier…",
    ready: "Prêt",
    unreadable: "Ce fichier ne peut pas être lu.",
    too_large: "Plus de # Mo.",
    earlier: "Discussions précédentes",
    none_earlier: "Il n’y en a pas encore.",
    reason: "Raison",
    reasons: ["Faux", "Incomplet", "Périmé", "Pas ma question", "Mauvaise source", "Autre chose"],
};

static CZECH: Texts = Texts {
    tag: "cs",
    conversation: "Konverzace",
    question: "Vaše zpráva",
    answer: "Odpověď",
    new_chat: "Nový chat",
    close: "Zavřít",
    write: "Napište zprávu…",
    send: "Odeslat",
    stop: "Zastavit",
    retry: "Zkusit znovu",
    go_on: "Pokračovat",
    sources: "Zdroje",
    open_source: "Otevřít stránku",
    good: "Dobrá odpověď",
    bad: "Špatná odpověď",
    what_is_wrong: "Co je na odpovědi špatně?",
    thanks: "Děkujeme.",
    leave_email: "Zanechte nám e-mailovou adresu a někdo vám odpoví.",
    email_left: "Děkujeme. Ozveme se vám.",
    by_chatting: "Používáním chatu přijímáte naše",
    privacy: "zásady ochrany osobních údajů",
    thinking: "Hledám odpověď…",
    stopped: "Odpověď byla zastavena.",
    interrupted: "Odpověď se přerušila.",
    reconnecting: "Spojení se ztratilo. Obnovuje se…",
    closed: "Chat je zavřený. V tomto prohlížeči z něj nic nezůstává.",
    offline: "Není spojení.",
    too_often: "Mnoho zpráv v krátké době. Chvíli počkejte a zkuste to znovu.",
    too_long: "Tato zpráva je příliš dlouhá.",
    not_allowed: "Na této stránce není chat povolen.",
    not_there: "Tento chat teď není k dispozici.",
    bad_email: "Toto není e-mailová adresa.",
    failed: "Něco se nepovedlo. Zkuste to znovu.",
    again_in: "To bylo mnoho v krátké době. Zkuste to znovu za # sekund.",
    attach: "Přidat soubory",
    remove: "Odebrat",
    reading: "Váš soubor se čte…",
    ready: "Připraveno",
    unreadable: "Tento soubor nelze přečíst.",
    too_large: "Větší než # MB.",
    earlier: "Dřívější konverzace",
    none_earlier: "Zatím žádné nejsou.",
    reason: "Důvod",
    reasons: ["Chybné", "Neúplné", "Zastaralé", "Na to jsem se neptal(a)", "Špatný zdroj", "Něco jiného"],
};

/// The texts for a language's tag, such as `fr-CA`; English where there are none.
pub fn texts(language: &str) -> &'static Texts {
    match language.get(..2) {
        Some(tag) if tag.eq_ignore_ascii_case("fr") => &FRENCH,
        Some(tag) if tag.eq_ignore_ascii_case("cs") => &CZECH,
        _ => &ENGLISH,
    }
}

/// A text with a number in the place of its `#`.
pub fn filled(text: &str, number: &str) -> String {
    let (before, after) = text.split_once('#').unwrap_or((text, ""));
    joined(&[before, number, after])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_decides_whatever_the_country() {
        let tags = ["fr-CA", "CS", "en-GB", "de", "", "é"].map(|language| texts(language).tag);
        assert_eq!(tags, ["fr", "cs", "en", "en", "en", "en"]);
    }

    #[test]
    fn numbers_stand_in_their_places() {
        for tag in ["en", "fr", "cs"] {
            let texts = texts(tag);
            assert!(filled(texts.again_in, "37").contains(" 37 ") && filled(texts.too_large, "10").contains(" 10 "));
        }
    }
}
