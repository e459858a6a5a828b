//! Sets of questions with known answers that search is judged by, and that none of its constants was chosen on. They are made
//! of documentation that asks its questions in its headings: of each answer without its heading, so that a question does not
//! find itself by its own words, and of the headings as questions. They come as Debian packages and are kept in the cache,
//! never in the repository. Where they cannot be had, this says so and what is measured on them is skipped.

mod pages;
mod pods;
mod sections;
mod set;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use self::{
    sections::{Section, without_untranslated},
    set::Set,
};
use crate::{documents_for_tests, environment, process::say};

/// The folder of the sets in the cache. It is called otherwise when they are made otherwise, so that they are made again.
const FOLDER: &str = "kept-apart-1";

/// How a set is made.
struct Recipe {
    name: &'static str,
    /// The Debian package of its questions; nothing where the documents that tests read are enough.
    package: Option<&'static str>,
    make: fn(&Material<'_>) -> Result<Set>,
}

/// What sets are made of.
struct Material<'a> {
    /// The unpacked package, where there is one.
    package: &'a Path,
    /// The documents that tests read, where the handbook is in all its languages and the questions in English.
    documents: &'a Path,
}

#[rustfmt::skip] // one set a line
static RECIPES: [Recipe; 16] = [
    Recipe { name: "faq-en", package: Some("debian-faq"), make: |of| faq(of, "en", "en-US") },
    Recipe { name: "faq-fr", package: Some("debian-faq-fr"), make: |of| faq(of, "fr", "fr-FR") },
    Recipe { name: "faq-de", package: Some("debian-faq-de"), make: |of| faq(of, "de", "de-DE") },
    Recipe { name: "faq-it", package: Some("debian-faq-it"), make: |of| faq(of, "it", "it-IT") },
    Recipe { name: "faq-nl", package: Some("debian-faq-nl"), make: |of| faq(of, "nl", "nl-NL") },
    Recipe { name: "faq-pt", package: Some("debian-faq-pt"), make: |of| faq(of, "pt", "pt-BR") },
    Recipe { name: "handbook-es", package: None, make: |of| handbook(of, "es-ES") },
    Recipe { name: "handbook-cs", package: None, make: |of| handbook(of, "cs-CZ") },
    Recipe { name: "perlfaq-en", package: Some("perl-doc"), make: perl_faq },
    Recipe { name: "python-faq-en", package: Some("python3.11-doc"), make: python_faq },
    Recipe { name: "music-de", package: Some("lilypond-doc-html-de"), make: |of| music(of, "de") },
    Recipe { name: "music-it", package: Some("lilypond-doc-html-it"), make: |of| music(of, "it") },
    Recipe { name: "music-nl", package: Some("lilypond-doc-html-nl"), make: |of| music(of, "nl") },
    Recipe { name: "music-es", package: Some("lilypond-doc-html-es"), make: |of| music(of, "es") },
    Recipe { name: "music-cs", package: Some("lilypond-doc-html-cs"), make: |of| music(of, "cs") },
    Recipe { name: "sheets-pt", package: Some("libreoffice-help-pt"), make: |of| sheets(of, "pt") },
];

/// Where the sets are.
pub fn folder() -> Option<PathBuf> {
    environment::cache_dir().map(|cache| cache.join(FOLDER))
}

/// Whether there is a set of this name.
#[cfg(test)]
pub fn has(name: &str) -> bool {
    RECIPES.iter().any(|recipe| recipe.name == name)
}

/// Makes the sets that are not in the cache yet, after the documents for tests are there. Never an error: a machine without
/// Debian's tools runs the other tests.
pub fn make_if_missing() {
    let (Some(sets), Some(documents)) = (folder(), documents_for_tests::folder()) else { return };
    let missing: Vec<&Recipe> = RECIPES.iter().filter(|recipe| !sets.join(recipe.name).is_dir()).collect();
    if missing.is_empty() {
        return;
    }
    if let Err(error) = documents_for_tests::find_tools() {
        say(&format!("setup: no sets of questions are made, what is measured on them is skipped: {error:#}"));
        return;
    }
    let names: Vec<&str> = missing.iter().map(|recipe| recipe.name).collect();
    say(&format!(
        "setup: making sets of questions to measure search on, once: {} (33 MB all together)",
        names.join(", ")
    ));
    for recipe in missing {
        if let Err(error) = make(recipe, &sets, &documents) {
            say(&format!("setup: no {}, what is measured on it is skipped: {error:#}", recipe.name));
        }
    }
}

fn make(recipe: &Recipe, sets: &Path, documents: &Path) -> Result<()> {
    std::fs::create_dir_all(sets).with_context(|| format!("cannot create {}", sets.display()))?;
    // On the cache's own file system, so that what is finished appears in one step.
    let work = tempfile::tempdir_in(sets).context("no temporary directory in the cache")?;
    let package = match recipe.package {
        Some(package) => documents_for_tests::download(work.path(), &[package])?,
        None => work.path().to_owned(),
    };
    let set = (recipe.make)(&Material { package: &package, documents })?;
    let finished = work.path().join("set");
    set.write(&finished)?;
    documents_for_tests::keep(&finished, &sets.join(recipe.name))
}

/// *The Debian FAQ* in a language, among the sections of *The Debian Administrator's Handbook* that are about the same
/// things. Of a translation, what has been translated.
fn faq(of: &Material<'_>, language: &str, edition: &str) -> Result<Set> {
    let original = pages(&of.documents.join(documents_for_tests::FAQ.1), documents_for_tests::FAQ_PAGES)?;
    let in_package = of.package.join(documents_for_tests::FAQ.0);
    let is_translation = language != "en";
    let own = if is_translation {
        pages(&in_package.join(language), &format!(".{language}.html"))?
    } else {
        pages(&in_package, documents_for_tests::FAQ_PAGES)?
    };
    let mut set = Set::default();
    for (name, mut sections) in own {
        let original = original.get(&name).filter(|_| is_translation).map_or(&[][..], Vec::as_slice);
        let is_translated = |section: &Section| original.iter().all(|known| known.heading != section.heading);
        sections.retain(|section| !asks(&section.heading) || is_translated(section));
        set.add(without_untranslated(sections, original), asks);
    }
    add_handbook(&mut set, of, edition, |_| false)?;
    Ok(set)
}

/// The same sections of the handbook alone, for languages into which the FAQ was not translated. Their headings are asked.
fn handbook(of: &Material<'_>, edition: &str) -> Result<Set> {
    let mut set = Set::default();
    add_handbook(&mut set, of, edition, |_| true)?;
    Ok(set)
}

/// Adds the sections of *The Debian Administrator's Handbook* that are about what its users ask. Of a translation, what has been
/// translated.
fn add_handbook(set: &mut Set, of: &Material<'_>, edition: &str, asks: fn(&str) -> bool) -> Result<()> {
    let handbook = of.documents.join(documents_for_tests::HANDBOOK.1);
    let first = documents_for_tests::LANGUAGES[0];
    for page in documents_for_tests::CHAPTERS {
        let own = read(&handbook.join(edition).join(page))?;
        let original = if edition == first { String::new() } else { read(&handbook.join(first).join(page))? };
        set.add(without_untranslated(pages::sections(&own), &pages::sections(&original)), asks);
    }
    Ok(())
}

/// The questions and answers about Perl that come with it.
fn perl_faq(of: &Material<'_>) -> Result<Set> {
    // The folder between is called after the version.
    let versions = list(&of.package.join("usr/share/perl"))?;
    let pods = versions.iter().map(|version| version.join("pod")).find(|pods| pods.join("perlfaq1.pod").is_file());
    let pods = pods.context("there are no questions about Perl in it")?;
    let mut set = Set::default();
    for number in 1..=9 {
        let sections = pods::sections(&read(&pods.join(format!("perlfaq{number}.pod")))?);
        // Above that level stands what each of the files begins and ends with.
        set.add(sections.into_iter().filter(|section| section.level > 1).collect(), asks);
    }
    Ok(set)
}

/// The questions and answers about Python that come with it.
fn python_faq(of: &Material<'_>) -> Result<Set> {
    let mut set = Set::default();
    for sections in pages(&of.package.join("usr/share/doc/python3.11/html/faq"), ".html")?.into_values() {
        set.add(sections, asks);
    }
    Ok(set)
}

/// What has nothing to do with the other sets: how music is written, the third chapter of LilyPond's manual for beginners.
/// Its headings name what they are about and seldom ask.
fn music(of: &Material<'_>, language: &str) -> Result<Set> {
    let manual = format!("usr/share/doc/lilypond/html/Documentation/learning-big-page.{language}.html");
    let sections = pages::sections(&read(&of.package.join(manual))?).into_iter();
    let chapter = sections
        .skip_while(|section| !section.heading.starts_with("3. "))
        .take_while(|section| !section.heading.starts_with("4. "));
    let mut set = Set::default();
    set.add(chapter.collect(), |_| true);
    Ok(set)
}

/// What has nothing to do with the other sets either: how spreadsheets are worked with, from the help of LibreOffice. Each page is
/// called after what it helps to do; what stands deeper is left out.
fn sheets(of: &Material<'_>, language: &str) -> Result<Set> {
    let guide = format!("usr/share/libreoffice/help/{language}/text/scalc/guide");
    let mut set = Set::default();
    for sections in pages(&of.package.join(guide), ".html")?.into_values() {
        set.add(sections.into_iter().filter(|section| section.level == 1).collect(), |_| true);
    }
    Ok(set)
}

fn asks(heading: &str) -> bool {
    heading.contains('?')
}

/// The pages of a folder, by what stands before the ending of their names. The front page, which is a table of contents, is
/// left out.
fn pages(folder: &Path, ending: &str) -> Result<BTreeMap<String, Vec<Section>>> {
    let mut pages = BTreeMap::new();
    for file in list(folder)? {
        let name = file.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(ending));
        if let Some(name) = name.filter(|name| *name != "index") {
            pages.insert(name.to_owned(), pages::sections(&read(&file)?));
        }
    }
    Ok(pages)
}

fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let listed = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<Vec<_>>>());
    listed.with_context(|| format!("cannot read {}", folder.display()))
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text that is long enough for an answer.
    fn text(word: &str) -> String {
        format!("{word} ").repeat(30)
    }

    fn put(folder: &Path, path: &str, content: &str) {
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().expect("it is below the folder")).expect("folders are made");
        std::fs::write(file, content).expect("files are written");
    }

    /// What is written of a set: its documents and its questions.
    fn written(set: &Set, below: &Path) -> (String, String) {
        let folder = below.join("set");
        set.write(&folder).expect("the set is written");
        (
            read(&folder.join("corpus.jsonl")).expect("it is there"),
            read(&folder.join("queries.jsonl")).expect("it is there"),
        )
    }

    #[test]
    fn a_translated_faq_has_what_is_translated_of_it_and_of_the_handbook() {
        let folder = tempfile::tempdir().unwrap();
        let (package, documents) = (folder.path().join("package"), folder.path().join("documents"));
        let page = |questions: &[(String, String)]| {
            let sections = questions.iter().enumerate().map(|(number, (asked, answer))| {
                format!("<h2 class=\"title\">1.{number}. {asked} ?</h2><p>{}</p>", text(answer))
            });
            format!("<body><h1>Chapter</h1>{}</body>", sections.collect::<String>())
        };
        let questions = |asked: &str, answer: &str| -> Vec<(String, String)> {
            (0..25).map(|number| (format!("{asked}{number}"), format!("{answer}{number}"))).collect()
        };
        let (english, mut french) = (questions("why", "because"), questions("pourquoi", "parce"));
        // Of one question the answer has not been translated, of another one nothing.
        french[23].1.clone_from(&english[23].1);
        french[24].clone_from(&english[24]);
        put(&documents, "debian-faq/basics.en.html", &page(&english));
        put(&package, "usr/share/doc/debian/FAQ/fr/basics.fr.html", &page(&french));
        let contents = [("sommaire".to_owned(), "sommaire".to_owned())];
        put(&package, "usr/share/doc/debian/FAQ/fr/index.fr.html", &page(&contents));
        for chapter in documents_for_tests::CHAPTERS {
            let both = |own: &str| format!("<h1>{own}</h1><p>{}</p><p>{}</p>", text(own), text("untranslated"));
            put(&documents, &format!("debian-handbook/en-US/{chapter}"), &both("chapter"));
            put(&documents, &format!("debian-handbook/fr-FR/{chapter}"), &both("chapitre"));
        }
        let set = faq(&Material { package: &package, documents: &documents }, "fr", "fr-FR").unwrap();
        let (corpus, queries) = written(&set, folder.path());
        assert_eq!(corpus.lines().count(), 23 + documents_for_tests::CHAPTERS.len());
        assert!(corpus.contains("parce0 parce0") && corpus.contains("\"title\":\"chapitre\""), "{corpus}");
        for left_out in ["untranslated", "because23", "because24", "sommaire"] {
            assert!(!corpus.contains(left_out), "{left_out}: {corpus}");
        }
        assert_eq!(queries.lines().count(), 23);
        assert!(queries.contains("\"pourquoi0 ?\""), "{queries}");

        // The original is no translation, so that nothing of it is left out.
        put(&package, "usr/share/doc/debian/FAQ/basics.en.html", &page(&english));
        let set = faq(&Material { package: &package, documents: &documents }, "en", "en-US").unwrap();
        let (corpus, queries) = written(&set, folder.path());
        assert!(corpus.contains("untranslated") && queries.contains("why24"), "{corpus}");
    }

    #[test]
    fn questions_about_perl_are_found_whatever_its_version() {
        let folder = tempfile::tempdir().unwrap();
        for number in 1..=9 {
            let questions: String =
                (0..3).map(|place| format!("=head2 Why {number}.{place}?\n\n{}\n\n", text("because"))).collect();
            let pod = format!("=head1 NAME\n\n{}\n\n{questions}=head1 AUTHOR\n\n{}\n", text("name"), text("author"));
            put(folder.path(), &format!("usr/share/perl/5.36.0/pod/perlfaq{number}.pod"), &pod);
        }
        let set = perl_faq(&Material { package: folder.path(), documents: folder.path() }).unwrap();
        let (corpus, queries) = written(&set, folder.path());
        assert_eq!((corpus.lines().count(), queries.lines().count()), (27, 27));
        assert!(!corpus.contains("author") && queries.contains("\"Why 9.2?\""), "{queries}");
    }

    #[test]
    fn of_the_manual_about_music_one_chapter_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let sections: String =
            (0..25).map(|place| format!("<h3>3.1.{place} Bogen{place}</h3><p>{}</p>", text("Note"))).collect();
        let manual = format!(
            "<h1>2. Tutorium</h1><p>{0}</p><h1>3. Notation</h1>{sections}<h1>4. Kontexte</h1><p>{0}</p>",
            text("anderes")
        );
        put(folder.path(), "usr/share/doc/lilypond/html/Documentation/learning-big-page.de.html", &manual);
        let set = music(&Material { package: folder.path(), documents: folder.path() }, "de").unwrap();
        let (corpus, queries) = written(&set, folder.path());
        assert_eq!((corpus.lines().count(), queries.lines().count()), (25, 25));
        assert!(!corpus.contains("anderes") && queries.contains("\"Bogen24\""), "{queries}");
    }

    #[test]
    fn of_a_handbook_without_questions_the_headings_are_asked() {
        let folder = tempfile::tempdir().unwrap();
        for (place, chapter) in documents_for_tests::CHAPTERS.iter().enumerate() {
            let page = |own: &str| format!("<h1>{place}. {own}{place}</h1><p>{}</p><p>{}</p>", text(own), text("same"));
            put(folder.path(), &format!("debian-handbook/en-US/{chapter}"), &page("chapter"));
            put(folder.path(), &format!("debian-handbook/es-ES/{chapter}"), &page("capítulo"));
        }
        let set = handbook(&Material { package: folder.path(), documents: folder.path() }, "es-ES").unwrap();
        let (corpus, queries) = written(&set, folder.path());
        let chapters = documents_for_tests::CHAPTERS.len();
        assert_eq!((corpus.lines().count(), queries.lines().count()), (chapters, chapters));
        assert!(queries.contains("\"capítulo7\"") && !queries.contains("chapter"), "{queries}");
        assert!(!corpus.contains("same"), "{corpus}");
    }

    #[test]
    fn of_the_help_with_spreadsheets_each_page_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        for place in 0..25 {
            let page = format!(
                "<h1>Ordenar dados {place}</h1><p>{}</p><h2>Ver</h2><p>{}</p>",
                text("células"),
                text("outros")
            );
            put(folder.path(), &format!("usr/share/libreoffice/help/pt/text/scalc/guide/page{place}.html"), &page);
        }
        put(folder.path(), "usr/share/libreoffice/help/pt/text/swriter/guide/page.html", "<h1>Escrever</h1>");
        let set = sheets(&Material { package: folder.path(), documents: folder.path() }, "pt").unwrap();
        let (corpus, queries) = written(&set, folder.path());
        assert_eq!((corpus.lines().count(), queries.lines().count()), (25, 25));
        assert!(queries.contains("\"Ordenar dados 7\"") && !queries.contains("Ver"), "{queries}");
        assert!(!corpus.contains("outros"), "{corpus}");
    }

    #[test]
    fn every_set_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<&str> = RECIPES.iter().map(|recipe| recipe.name).collect();
        assert_eq!(names.len(), RECIPES.len());
    }
}
