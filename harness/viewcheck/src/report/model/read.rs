//! Reads results that a run has stored.

use super::{Results, SCHEMA, Status};
use crate::limited;
use crate::report::count;
use serde::Deserialize;
use std::collections::BTreeSet;
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
    let text = limited::read_to_string(path, limited::RESULTS)
        .map_err(|error| ReadError::Unreadable { path: path.to_owned(), error })?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Results, ReadError> {
    let wrong = |error: serde_json::Error| ReadError::NotResults {
        path: path.to_owned(),
        line: error.line(),
        // An error at the very start has no column.
        column: error.column().max(1),
        message: error.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
    };
    // The schema is checked first, as results of another schema have other fields.
    let _: Envelope = serde_json::from_str(text).map_err(wrong)?;
    let results: Results = serde_json::from_str(text).map_err(wrong)?;
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

fn known_schema<'de, D: serde::Deserializer<'de>>(from: D) -> Result<(), D::Error> {
    match u32::deserialize(from)? {
        SCHEMA => Ok(()),
        1 => {
            Err(serde::de::Error::custom("schema 1 is of an older release: run `viewcheck check` to make new results"))
        }
        found => Err(serde::de::Error::custom(format!("schema {found} is not supported, only schema {SCHEMA}"))),
    }
}

/// What is wrong with results that have the right form, if anything is.
fn inconsistency(results: &Results) -> Option<String> {
    let names: BTreeSet<&str> = results.engines.iter().map(|engine| engine.name.as_str()).collect();
    if names.len() < results.engines.len() {
        return Some("an engine is listed twice".to_owned());
    }
    if let Some(name) = results.summary.keys().find(|name| !names.contains(name.as_str())) {
        return Some(format!("`summary` names the engine `{name}`, which `engines` does not list"));
    }
    let mut ids = BTreeSet::new();
    for case in &results.cases {
        if !ids.insert(&case.id) {
            return Some(format!("the case `{}` is listed twice", case.id));
        }
        if let Some(name) = case.results.keys().find(|name| !names.contains(name.as_str())) {
            return Some(format!(
                "the case `{}` has a result of the engine `{name}`, which `engines` does not list",
                case.id
            ));
        }
    }
    let mut placed = 0;
    for checked in results.by_document().into_iter().flat_map(|(_, claims)| claims) {
        let (all, listed) = (checked.claim.cases, checked.cases.len());
        placed += listed;
        if listed > all || (listed < all && !results.abridged) {
            let (id, counted) = (&checked.claim.id, count(all, "case"));
            let are = if listed == 1 { "is" } else { "are" };
            return Some(format!("the claim `{id}` counts {counted}, but {listed} {are} listed"));
        }
    }
    if let Some(lost) = results.cases.get(placed) {
        return Some(format!("the case `{}` belongs to no claim in `documents`", lost.id));
    }
    // Published results leave passes out, and so count more than they list.
    let mut counted = results.clone();
    counted.recount();
    let number = |of: &Results, name: &str, status| of.summary.get(name).map_or(0, |counts| counts.get(status));
    let is_wrong = |name: &&&str| {
        Status::ALL.into_iter().any(|status| number(results, name, status) != number(&counted, name, status))
    };
    let wrong = names.iter().find(is_wrong).filter(|_| !results.abridged)?;
    Some(format!("`summary` counts other statuses of the engine `{wrong}` than `cases` has"))
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
        "schema 1 is of an older release: run `viewcheck check` to make new results"
    )]
    #[case::none("\"schema\": 2, ", "", "missing field `schema`")]
    #[case::word("\"pass\", ", "\"passed\", ", "r.json:4:44: can't read these results: unknown variant `passed`")]
    #[case::truncated(", \"complete\": true, \"of-the-future\": []}", "", "r.json:5:37: ")]
    #[case::incomplete("\"complete\": true, ", "", "missing field `complete`")]
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
