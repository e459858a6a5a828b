//! What a sentence-transformers directory wants to stand before each text: some models were taught with `query: ` and
//! `passage: `, and find worse without.

use std::{collections::HashMap, path::Path};

use serde::Deserialize;

use super::{model::read_json, steps};
use crate::embed::{EmbedError, Prompts};

/// The file that names them.
const FILE: &str = "config_sentence_transformers.json";
/// The names of the one for questions.
const QUERY: [&str; 1] = ["query"];
/// The names of the one for passages; the first that there is counts, as in sentence-transformers.
const PASSAGE: [&str; 3] = ["document", "passage", "corpus"];

#[derive(Deserialize)]
struct PromptFile {
    prompts: Option<HashMap<String, String>>,
    /// Which one stands before what has none of its own.
    default_prompt_name: Option<String>,
}

/// The prompts of a directory's model; none where it names none.
///
/// # Errors
/// [`EmbedError::Load`] when the file cannot be read, names a prompt that it does not hold, or when the pooling leaves out what they
/// are made of, which is not known here.
pub(super) fn read(directory: &Path) -> Result<Prompts, EmbedError> {
    let path = directory.join(FILE);
    if !path.exists() {
        return Ok(Prompts::default());
    }
    let PromptFile { prompts, default_prompt_name } = read_json(directory, FILE)?;
    let prompts = prompts.unwrap_or_default();
    let usual = match default_prompt_name {
        Some(name) => prompts.get(&name).cloned().ok_or_else(|| {
            EmbedError::Load(format!("{} wants the prompt \"{name}\" and does not hold it", path.display()))
        })?,
        None => String::new(),
    };
    let of = |names: &[&str]| names.iter().find_map(|name| prompts.get(*name)).unwrap_or(&usual).clone();
    let prompts = Prompts { query: of(&QUERY), passage: of(&PASSAGE) };
    if prompts != Prompts::default() && steps::leaves_prompts_out(directory)? {
        return Err(EmbedError::Load(format!(
            "{} holds prompts that the pooling leaves out (\"include_prompt\": false), which is not supported",
            path.display()
        )));
    }
    Ok(prompts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(config: &str, pooling: Option<&str>) -> Result<Prompts, EmbedError> {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(FILE), config).unwrap();
        if let Some(pooling) = pooling {
            std::fs::create_dir(directory.path().join("1_Pooling")).unwrap();
            std::fs::write(directory.path().join("1_Pooling/config.json"), pooling).unwrap();
        }
        read(directory.path())
    }

    #[test]
    fn each_purpose_has_its_own_or_the_usual_prompt() {
        for (config, query, passage) in [
            (r#"{"__version__": {"sentence_transformers": "2.0.0"}}"#, "", ""),
            (r#"{"prompts": null, "default_prompt_name": null}"#, "", ""),
            (r#"{"prompts": {"query": "query: ", "passage": "passage: "}}"#, "query: ", "passage: "),
            (
                r#"{"prompts": {"query": "q ", "corpus": "c ", "document": "d "}, "default_prompt_name": null}"#,
                "q ",
                "d ",
            ),
            (r#"{"prompts": {"s2p": "Represent: "}, "default_prompt_name": "s2p"}"#, "Represent: ", "Represent: "),
            (r#"{"prompts": {"query": "", "all": "a: "}, "default_prompt_name": "all"}"#, "", "a: "),
            (r#"{"prompts": {"classification": "c: "}}"#, "", ""),
        ] {
            let expected = Prompts { query: query.to_owned(), passage: passage.to_owned() };
            assert_eq!(of(config, None).ok(), Some(expected), "{config}");
        }
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(read(directory.path()).ok(), Some(Prompts::default()));
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        let said = |config, pooling| of(config, pooling).err().map(|error| error.to_string()).unwrap_or_default();
        let missing = said(r#"{"prompts": {"query": "q "}, "default_prompt_name": "other"}"#, None);
        assert!(missing.contains("\"other\"") && missing.contains(FILE), "{missing}");
        assert!(said(r#"{"prompts": ["query: "]}"#, None).contains(FILE));
        let config = r#"{"prompts": {"query": "q "}}"#;
        let excluded = r#"{"pooling_mode_mean_tokens": true, "include_prompt": false}"#;
        assert!(said(config, Some(excluded)).contains("include_prompt"));
        // Without prompts there is nothing to leave out, and they are part of a text unless it is said otherwise.
        assert_eq!(said("{}", Some(excluded)), "");
        assert_eq!(said(config, Some(r#"{"pooling_mode_mean_tokens": true}"#)), "");
    }
}
