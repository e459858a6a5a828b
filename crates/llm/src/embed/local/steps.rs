//! What a sentence-transformers directory does with the vectors of the tokens: how they become one, and whether anything
//! follows that is not known here. What is not known is refused by its name: a model that is computed in part gives vectors
//! that look right and find nothing.

use std::path::Path;

use serde::Deserialize;

use super::model::read_json;
use crate::embed::EmbedError;

/// The file that lists the steps.
const MODULES: &str = "modules.json";
/// Where the pooling is described, unless the list of steps says otherwise.
const POOLING: &str = "1_Pooling";
/// The steps that are known. The length becomes one in any case.
const KNOWN: [&str; 3] = ["Transformer", "Pooling", "Normalize"];

/// How the vectors of the tokens become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pooling {
    Mean,
    /// The first token's.
    First,
}

/// A line of `modules.json`.
#[derive(Deserialize)]
struct Module {
    #[serde(default)]
    path: String,
    #[serde(rename = "type")]
    kind: String,
}

impl Module {
    /// The last part of `sentence_transformers.models.Pooling`.
    fn name(&self) -> &str {
        self.kind.rsplit('.').next().unwrap_or(&self.kind)
    }
}

/// The pooling's `config.json`: older ones have a switch for each way, newer ones its name.
#[derive(Deserialize)]
struct PoolingFile {
    pooling_mode: Option<String>,
    #[serde(default)]
    pooling_mode_cls_token: bool,
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
    #[serde(default)]
    pooling_mode_max_tokens: bool,
    #[serde(default)]
    pooling_mode_mean_sqrt_len_tokens: bool,
    #[serde(default)]
    pooling_mode_weightedmean_tokens: bool,
    #[serde(default)]
    pooling_mode_lasttoken: bool,
    /// Whether what stands before a text is part of it.
    include_prompt: Option<bool>,
}

impl PoolingFile {
    /// The ways that are asked for.
    fn modes(&self) -> Vec<&str> {
        if let Some(mode) = &self.pooling_mode {
            return vec![mode.as_str()];
        }
        [
            (self.pooling_mode_cls_token, "cls"),
            (self.pooling_mode_mean_tokens, "mean"),
            (self.pooling_mode_max_tokens, "max"),
            (self.pooling_mode_mean_sqrt_len_tokens, "mean_sqrt_len_tokens"),
            (self.pooling_mode_weightedmean_tokens, "weightedmean"),
            (self.pooling_mode_lasttoken, "lasttoken"),
        ]
        .into_iter()
        .filter_map(|(is_on, mode)| is_on.then_some(mode))
        .collect()
    }
}

/// The description of the pooling, and where it stands; nothing where there is none.
fn description(directory: &Path) -> Result<Option<(String, PoolingFile)>, EmbedError> {
    let list = directory.join(MODULES);
    let modules: Vec<Module> = if list.exists() { read_json(directory, MODULES)? } else { Vec::new() };
    if let Some(other) = modules.iter().find(|module| !KNOWN.contains(&module.name())) {
        return Err(EmbedError::Load(format!(
            "{} has a step of the type \"{}\"; Transformer, Pooling and Normalize are supported",
            list.display(),
            other.name()
        )));
    }
    let pooling = modules.iter().find(|module| module.name() == "Pooling" && !module.path.is_empty());
    let file = format!("{}/config.json", pooling.map_or(POOLING, |module| module.path.as_str()));
    if pooling.is_none() && !directory.join(&file).exists() {
        return Ok(None);
    }
    let found = read_json(directory, &file)?;
    Ok(Some((file, found)))
}

/// Whether the pooling passes over what stands before a text.
///
/// # Errors
/// As [`read`].
pub(super) fn leaves_prompts_out(directory: &Path) -> Result<bool, EmbedError> {
    Ok(description(directory)?.is_some_and(|(_, found)| found.include_prompt == Some(false)))
}

/// How a directory's model makes one vector of many. Without a description: their mean.
///
/// # Errors
/// [`EmbedError::Load`] with what was found, when it is something else than is known here.
pub(super) fn read(directory: &Path) -> Result<Pooling, EmbedError> {
    let Some((file, found)) = description(directory)? else { return Ok(Pooling::Mean) };
    match found.modes().as_slice() {
        ["mean"] => Ok(Pooling::Mean),
        ["cls"] => Ok(Pooling::First),
        others => Err(EmbedError::Load(format!(
            "{} asks for the pooling \"{}\"; \"mean\" and \"cls\" (the first token) are supported",
            directory.join(&file).display(),
            if others.is_empty() { "none".to_owned() } else { others.join(" and ") }
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(modules: Option<&str>, pooling: Option<(&str, &str)>) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        if let Some(modules) = modules {
            std::fs::write(directory.path().join(MODULES), modules).unwrap();
        }
        if let Some((folder, config)) = pooling {
            std::fs::create_dir(directory.path().join(folder)).unwrap();
            std::fs::write(directory.path().join(folder).join("config.json"), config).unwrap();
        }
        directory
    }

    fn refusal(directory: &tempfile::TempDir) -> String {
        read(directory.path()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn the_mean_and_the_first_token_are_known_however_they_are_written() {
        for (config, pooling) in [
            (r#"{"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": false}"#, Pooling::Mean),
            (r#"{"pooling_mode_cls_token": true}"#, Pooling::First),
            (r#"{"pooling_mode": "cls", "include_prompt": true}"#, Pooling::First),
        ] {
            let found = read(directory(None, Some((POOLING, config))).path());
            assert_eq!(found.ok(), Some(pooling), "{config}");
        }
        assert_eq!(read(directory(None, None).path()).ok(), Some(Pooling::Mean));
        let modules = r#"[{"path": "", "type": "sentence_transformers.models.Transformer"},
            {"path": "2_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"path": "3_Normalize", "type": "sentence_transformers.models.Normalize"}]"#;
        let elsewhere = directory(Some(modules), Some(("2_Pooling", r#"{"pooling_mode_cls_token": true}"#)));
        assert_eq!(read(elsewhere.path()).ok(), Some(Pooling::First));
    }

    #[test]
    fn another_pooling_is_refused_by_its_name() {
        for (config, name) in [
            (r#"{"pooling_mode_max_tokens": true}"#, "\"max\""),
            (r#"{"pooling_mode_lasttoken": true}"#, "\"lasttoken\""),
            (r#"{"pooling_mode_weightedmean_tokens": true}"#, "\"weightedmean\""),
            (r#"{"pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": true}"#, "\"mean and max\""),
            (r#"{"pooling_mode": "lasttoken"}"#, "\"lasttoken\""),
            ("{}", "\"none\""),
        ] {
            let said = refusal(&directory(None, Some((POOLING, config))));
            assert!(said.contains(name) && said.contains("\"cls\""), "{config}: {said}");
        }
    }

    #[test]
    fn a_step_that_is_not_known_is_refused_by_its_name() {
        let modules = r#"[{"path": "", "type": "sentence_transformers.models.Transformer"},
            {"path": "2_Dense", "type": "sentence_transformers.models.Dense"}]"#;
        let said = refusal(&directory(Some(modules), None));
        assert!(said.contains("\"Dense\"") && said.contains("modules.json"), "{said}");
    }
}
