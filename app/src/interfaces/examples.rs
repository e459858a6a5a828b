//! What the preview says in the language of the chat, which need not be that of the page: a browser has the texts of the page's
//! language alone.

use hammock_contract::locale::Locale;

/// What a visitor reads.
pub struct Example {
    /// A question.
    pub question: &'static str,
    /// Its answer.
    pub answer: &'static str,
    /// What the widget says of a privacy policy.
    pub privacy: &'static str,
}

/// The texts in a language.
pub const fn example(language: Locale) -> Example {
    match language {
        Locale::En => Example {
            question: "Can I wash the cotton one?",
            answer: "Yes, by hand or at 30 °C, without spinning.",
            privacy: "By chatting you accept our privacy policy",
        },
        Locale::Fr => Example {
            question: "Puis-je laver celui en coton\u{202f}?",
            answer: "Oui, à la main ou à 30 °C, sans essorage.",
            privacy: "En discutant, vous acceptez notre politique de confidentialité",
        },
        Locale::Cs => Example {
            question: "Mohu tu bavlněnou prát?",
            answer: "Ano, ručně nebo na 30 °C, bez odstřeďování.",
            privacy: "Používáním chatu přijímáte naše zásady ochrany soukromí",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preview_speaks_as_the_widget_does() {
        for (language, written) in [
            (Locale::En, include_str!("../../../widget/texts/en.txt")),
            (Locale::Fr, include_str!("../../../widget/texts/fr.txt")),
            (Locale::Cs, include_str!("../../../widget/texts/cs.txt")),
        ] {
            let said = |name: &str| written.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            assert_eq!(example(language).privacy, format!("{} {}", said("by_chatting: "), said("privacy: ")));
        }
    }
}
