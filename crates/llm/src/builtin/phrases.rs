//! What the answerer says itself, in the question's language.

/// The sentences around the quotations.
pub(super) struct Phrases {
    /// Before the first quotation.
    pub(super) lead: &'static str,
    /// When there is nothing to quote.
    pub(super) nothing: &'static str,
    /// That no model wrote this.
    pub(super) no_model: &'static str,
}

/// The phrases in a language by its ISO 639-1 code; English for others.
pub(super) fn of(language: Option<&str>) -> Phrases {
    let (lead, nothing, no_model) = match language.unwrap_or("en") {
        "fr" => (
            "Voici ce que disent les sources :",
            "Je ne trouve pas cela dans les sources.",
            "Passages cités mot pour mot ; aucun modèle de langage n’a rédigé cette réponse.",
        ),
        "cs" => (
            "Zdroje k tomu říkají:",
            "To ve zdrojích nenacházím.",
            "Doslovné citace; tuto odpověď nenapsal žádný jazykový model.",
        ),
        "de" => (
            "Das sagen die Quellen dazu:",
            "Das finde ich in den Quellen nicht.",
            "Wörtlich zitiert; kein Sprachmodell hat diese Antwort geschrieben.",
        ),
        "es" => (
            "Esto es lo que dicen las fuentes:",
            "No encuentro eso en las fuentes.",
            "Citado palabra por palabra; ningún modelo de lenguaje ha escrito esta respuesta.",
        ),
        "it" => (
            "Ecco che cosa dicono le fonti:",
            "Non lo trovo nelle fonti.",
            "Citato parola per parola; nessun modello linguistico ha scritto questa risposta.",
        ),
        "pt" => (
            "Eis o que dizem as fontes:",
            "Não encontro isso nas fontes.",
            "Citado palavra por palavra; nenhum modelo de linguagem escreveu esta resposta.",
        ),
        "nl" => (
            "Dit zeggen de bronnen:",
            "Dat vind ik niet in de bronnen.",
            "Woordelijk geciteerd; geen taalmodel heeft dit antwoord geschreven.",
        ),
        _ => (
            "Here is what the sources say:",
            "I do not find this in the sources.",
            "Quoted word for word; no language model wrote this answer.",
        ),
    };
    Phrases { lead, nothing, no_model }
}
