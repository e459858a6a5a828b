//! What is measured, and what is expected of it.

/// A collection and what is expected on it.
pub struct Set {
    pub folder: &'static str,
    /// Asks the first questions only.
    pub queries: Option<u32>,
    /// Collections whose questions have no answer here, and should be refused.
    pub against: &'static [&'static str],
    /// Whether what is refused of their questions is judged, and not only told.
    pub judges_refusals: bool,
    /// Leaves the embedding model out: quick, and fusion is not judged.
    pub words_alone: bool,
    /// The least nDCG@10 by words.
    pub keyword: Option<f64>,
    /// The least nDCG@10 by words and meaning.
    pub hybrid: Option<f64>,
    /// Whether no constant was chosen on it. It is made of Debian packages and lies in the cache, and its fusion is compared
    /// with those that weigh both sides alike for every question.
    pub is_kept_apart: bool,
}

const KEPT_APART: Set = Set {
    folder: "",
    queries: None,
    against: &[],
    judges_refusals: false,
    words_alone: false,
    keyword: None,
    hybrid: None,
    is_kept_apart: true,
};

pub static SETS: [Set; 11] = [
    Set {
        folder: "cranfield-en",
        queries: None,
        against: &["scifact-en"],
        judges_refusals: true,
        words_alone: false,
        keyword: Some(0.48),
        hybrid: Some(0.57),
        is_kept_apart: false,
    },
    Set {
        folder: "scifact-en",
        queries: None,
        against: &["cranfield-en"],
        judges_refusals: true,
        words_alone: false,
        keyword: Some(0.665),
        hybrid: Some(0.72),
        is_kept_apart: false,
    },
    // French, which the default model does not know. All questions in every mode would take minutes each time.
    Set {
        folder: "piaf-fr",
        queries: Some(2_000),
        against: &[],
        judges_refusals: false,
        words_alone: true,
        keyword: Some(0.76),
        hybrid: None,
        is_kept_apart: false,
    },
    Set {
        folder: "piaf-fr",
        queries: Some(300),
        against: &["faq-fr"],
        judges_refusals: false,
        words_alone: false,
        keyword: None,
        hybrid: Some(0.78),
        is_kept_apart: false,
    },
    Set { folder: "faq-en", ..KEPT_APART },
    Set { folder: "perlfaq-en", ..KEPT_APART },
    Set { folder: "python-faq-en", ..KEPT_APART },
    Set { folder: "faq-fr", against: &["piaf-fr"], ..KEPT_APART },
    // Of these languages there are no other questions. How music is written has nothing to do with Debian.
    Set { folder: "faq-de", against: &["music-de"], ..KEPT_APART },
    Set { folder: "faq-it", against: &["music-it"], ..KEPT_APART },
    Set { folder: "faq-nl", against: &["music-nl"], ..KEPT_APART },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kept_apart;

    #[test]
    fn what_is_kept_apart_is_made_and_nothing_else() {
        for set in &SETS {
            assert_eq!(kept_apart::has(set.folder), set.is_kept_apart, "{}", set.folder);
            let measured = |other: &&&str| SETS.iter().any(|known| !known.is_kept_apart && known.folder == **other);
            for other in set.against.iter().filter(|other| !measured(other)) {
                assert!(kept_apart::has(other), "{other}");
            }
        }
    }
}
