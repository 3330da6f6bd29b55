//! Reads results that a run has stored.

use super::sound::inconsistency;
use super::{Results, SCHEMA, enumeration};
use intake::file;
use intake::json::{self, JsonError};
use serde::{Deserialize, Deserializer};
use std::path::{Path, PathBuf};

/// Why a file of results can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file can't be read.
    #[error("can't read the results in {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// They are not results.
    #[error("{path}:{line}:{column}: can't read these results: {message}", path = path.display())]
    NotResults {
        /// The file.
        path: PathBuf,
        /// The line of the first thing that is wrong, counted from 1.
        line: usize,
        /// The column there, counted from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// Their parts contradict each other.
    #[error("{}: can't read these results: {message}", path.display())]
    Inconsistent {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
}

/// Reads stored results.
pub fn read(path: &Path) -> Result<Results, ReadError> {
    let text =
        file::text(path, file::RESULTS).map_err(|error| ReadError::Unreadable { path: path.to_owned(), error })?;
    parse(path, &text)
}

/// Reads the text of stored results; `path` is what errors name.
pub fn parse(path: &Path, text: &str) -> Result<Results, ReadError> {
    let wrong =
        |JsonError { line, column, message }| ReadError::NotResults { path: path.to_owned(), line, column, message };
    // The schema is checked first, as results of another schema have other fields.
    let _: Envelope = json::read(text.as_bytes()).map_err(wrong)?;
    let mut results: Results = json::read(text.as_bytes()).map_err(wrong)?;
    // What follows from others is not believed.
    results.enumerations = enumeration::of(&results.campaigns);
    match inconsistency(&results) {
        None => Ok(results),
        Some(message) => Err(ReadError::Inconsistent { path: path.to_owned(), message }),
    }
}

/// What all schemas have in common.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "schema", deserialize_with = "known_schema")]
    _schema: (),
}

fn known_schema<'de, D: Deserializer<'de>>(from: D) -> Result<(), D::Error> {
    match u32::deserialize(from)? {
        SCHEMA => Ok(()),
        1 => Err(serde::de::Error::custom(
            "schema 1 is of a campaign, whose folder `report --campaign` reads, or of an older release: run `viewcheck \
                 check` to make new results",
        )),
        found => Err(serde::de::Error::custom(format!("schema {found} is not supported, only schema {SCHEMA}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const GOOD: &str = r#"{"schema": 2, "engines": [{"name": "e", "implementation": "x"}],
        "documents": [{"file": "f", "claims": [{"id": "a", "section": "s", "claim": "c", "cases": 1}]}],
        "cases": [{"id": "a", "file": "f", "line": 1, "section": "s", "claim": "c", "verdict": "confirmed",
        "results": {"e": {"status": "pass", "of-the-future": 1}}}],
        "summary": {"e": {"pass": 1}}, "complete": true, "of-the-future": []}"#;

    #[rstest]
    #[case::good("", "", "")]
    #[case::newer(
        "\"schema\": 2",
        "\"schema\": 3",
        "r.json:1:12: can't read these results: schema 3 is not supported, only schema 2"
    )]
    #[case::older(
        "\"schema\": 2",
        "\"schema\": 1",
        "schema 1 is of a campaign, whose folder `report --campaign` reads, or of an older release: run `viewcheck check`"
    )]
    #[case::none("\"schema\": 2, ", "", "the key `schema` is missing")]
    #[case::word("\"pass\", ", "\"passed\", ", "r.json:4:44: can't read these results: unknown value `passed`")]
    #[case::truncated(", \"complete\": true, \"of-the-future\": []}", "", "r.json:5:37: ")]
    #[case::appended("\"of-the-future\": []}", "\"of-the-future\": []}{}", "trailing characters")]
    #[case::result_twice(
        "{\"e\": {\"status\"",
        "{\"e\": {\"status\": \"skip\"}, \"e\": {\"status\"",
        "the key `e` is there twice"
    )]
    #[case::engine_twice(
        "{\"e\": {\"pass\": 1}}",
        "{\"e\": {\"pass\": 2}, \"e\": {\"pass\": 1}}",
        "the key `e` is there twice"
    )]
    #[case::count_twice("\"pass\": 1}}", "\"pass\": 2, \"pass\": 1}}", "the key `pass` is there twice")]
    #[case::incomplete("\"complete\": true, ", "", "the key `complete` is missing")]
    #[case::engine(
        "{\"e\": {\"status\"",
        "{\"d\": {\"status\"",
        "the case `a` has a result of the engine `d`, which `engines` does not list"
    )]
    #[case::counts(
        "\"pass\": 1}}, \"complete",
        "\"pass\": 2}}, \"complete",
        "`summary` counts other statuses of the engine `e` than `cases` has"
    )]
    #[case::summary(
        "\"summary\": {\"e\"",
        "\"summary\": {\"d\"",
        "`summary` names the engine `d`, which `engines` does not list"
    )]
    #[case::lost(
        "\"file\": \"f\", \"claims\"",
        "\"file\": \"g\", \"claims\"",
        "the claim `a` counts 1 case, but 0 are listed"
    )]
    #[case::no_claims(
        "[{\"id\": \"a\", \"section\": \"s\", \"claim\": \"c\", \"cases\": 1}]",
        "[]",
        "the case `a` belongs to no claim in `documents`"
    )]
    fn what_is_wrong_is_told_with_its_place(#[case] from: &str, #[case] to: &str, #[case] words: &str) {
        assert!(GOOD.contains(from));
        let text = if from.is_empty() { GOOD.to_owned() } else { GOOD.replacen(from, to, 1) };
        match parse(Path::new("r.json"), &text) {
            Ok(results) => assert!(words.is_empty() && results.cases.len() == 1),
            Err(error) => assert!(!words.is_empty() && error.to_string().contains(words), "{error}"),
        }
    }
}
