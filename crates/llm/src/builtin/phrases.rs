//! What the answerer says itself, in the question's language.

/// The sentences around the quotations, in one language.
pub(super) struct Phrases {
    /// ISO 639-1 code of the language.
    language: &'static str,
    /// Before the first quotation.
    pub(super) lead: &'static str,
    /// Before the first quotation, where the sources may well not hold the answer.
    pub(super) weak_lead: &'static str,
    /// After the last quotation then: what would make the question clear.
    pub(super) weak_question: &'static str,
    /// When there is nothing to quote.
    pub(super) nothing: &'static str,
    /// That no model wrote this.
    pub(super) no_model: &'static str,
}

static ENGLISH: Phrases = Phrases {
    language: "en",
    lead: "Here is what the sources say:",
    weak_lead: "The sources may not hold the answer. This comes nearest:",
    weak_question: "Is this what you mean, or can you ask in other words?",
    nothing: "I do not find this in the sources.",
    no_model: "Quoted word for word; no language model wrote this answer.",
};

static OTHERS: [Phrases; 7] = [
    Phrases {
        language: "fr",
        lead: "Voici ce que disent les sources\u{a0}:",
        weak_lead: "Les sources ne donnent peut-être pas la réponse. Voici ce qui s’en approche le plus\u{a0}:",
        weak_question: "Est-ce cela que vous cherchez, ou pouvez-vous le demander autrement\u{202f}?",
        nothing: "Je ne trouve pas cela dans les sources.",
        no_model: "Passages cités mot pour mot\u{202f}; aucun modèle de langage n’a rédigé cette réponse.",
    },
    Phrases {
        language: "cs",
        lead: "Zdroje k tomu říkají:",
        weak_lead: "Zdroje možná odpověď neobsahují. Nejblíže je toto:",
        weak_question: "Máte na mysli tohle, nebo to můžete říct jinak?",
        nothing: "To ve zdrojích nenacházím.",
        no_model: "Doslovné citace; tuto odpověď nenapsal žádný jazykový model.",
    },
    Phrases {
        language: "de",
        lead: "Das sagen die Quellen dazu:",
        weak_lead: "Die Quellen enthalten die Antwort vielleicht nicht. Am nächsten kommt:",
        weak_question: "Meinen Sie das, oder können Sie anders fragen?",
        nothing: "Das finde ich in den Quellen nicht.",
        no_model: "Wörtlich zitiert; kein Sprachmodell hat diese Antwort geschrieben.",
    },
    Phrases {
        language: "es",
        lead: "Esto es lo que dicen las fuentes:",
        weak_lead: "Puede que las fuentes no contengan la respuesta. Esto es lo más cercano:",
        weak_question: "¿Se refiere a esto, o puede preguntarlo de otra manera?",
        nothing: "No encuentro eso en las fuentes.",
        no_model: "Citado palabra por palabra; ningún modelo de lenguaje ha escrito esta respuesta.",
    },
    Phrases {
        language: "it",
        lead: "Ecco che cosa dicono le fonti:",
        weak_lead: "Le fonti forse non contengono la risposta. Questo è ciò che si avvicina di più:",
        weak_question: "È questo che intende, o può chiederlo in altre parole?",
        nothing: "Non lo trovo nelle fonti.",
        no_model: "Citato parola per parola; nessun modello linguistico ha scritto questa risposta.",
    },
    Phrases {
        language: "pt",
        lead: "Eis o que dizem as fontes:",
        weak_lead: "As fontes talvez não contenham a resposta. Isto é o que mais se aproxima:",
        weak_question: "É isto que pretende, ou pode perguntar por outras palavras?",
        nothing: "Não encontro isso nas fontes.",
        no_model: "Citado palavra por palavra; nenhum modelo de linguagem escreveu esta resposta.",
    },
    Phrases {
        language: "nl",
        lead: "Dit zeggen de bronnen:",
        weak_lead: "De bronnen bevatten het antwoord misschien niet. Dit komt het dichtst in de buurt:",
        weak_question: "Bedoelt u dit, of kunt u het anders vragen?",
        nothing: "Dat vind ik niet in de bronnen.",
        no_model: "Woordelijk geciteerd; geen taalmodel heeft dit antwoord geschreven.",
    },
];

/// ISO 639-1 codes of the languages that it speaks.
pub(super) fn languages() -> impl Iterator<Item = &'static str> {
    std::iter::once(&ENGLISH).chain(&OTHERS).map(|phrases| phrases.language)
}

/// The phrases in a language by its ISO 639-1 code; English for others.
pub(super) fn of(language: Option<&str>) -> &'static Phrases {
    OTHERS.iter().find(|phrases| Some(phrases.language) == language).unwrap_or(&ENGLISH)
}
