//! Documents, their claims, and the cases that check them, with what came of each on every engine.

use super::{Engine, Scene, Status, is_default};
use crate::difference::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A file of cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// The file.
    pub file: String,
    /// The document whose claims are checked; left out for cases that come from measurements.
    #[serde(default, skip_serializing_if = "is_default")]
    pub document: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "is_default")]
    pub title: Option<String>,
    /// The claims that cases check, in the order of the file.
    pub claims: Vec<Claim>,
    /// The claims that no case checks.
    #[serde(default, skip_serializing_if = "is_default")]
    pub left_out: Vec<LeftOut>,
}

impl Document {
    /// What it is called: the name of the text it checks, or the file for cases that come from none.
    pub fn label(&self) -> &str {
        self.document.as_deref().unwrap_or(&self.file)
    }

    /// The area that its cases belong to.
    pub fn area(&self) -> &str {
        area(&self.file)
    }
}

/// The area of the cases in a file. A file in a folder `library` is an area, named by its stem without `-exporter` or
/// `-hooks`; any other folder is one, with its own name.
fn area(file: &str) -> &str {
    let mut parts = file.rsplit('/');
    let (name, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    match folder {
        "" | "library" => ["-exporter", "-hooks"].iter().find_map(|end| stem.strip_suffix(end)).unwrap_or(stem),
        folder => folder,
    }
}

/// A claim as it is in the file: of a table, before rows give it their values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Claim {
    /// The id of its case; where it has rows, the part before the `/` of their ids.
    pub id: String,
    /// The section of the document.
    pub section: String,
    /// What is claimed.
    pub claim: String,
    /// How many cases check it and were to be run.
    pub cases: usize,
}

/// A claim that no case checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// The section of the document.
    pub section: String,
    /// What is claimed.
    pub claim: String,
    /// Why no case checks it.
    pub why: String,
}

/// What running a case shows about its claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is as claimed.
    Confirmed,
    /// It is otherwise.
    Refuted,
}

impl Verdict {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Confirmed => "confirmed",
            Verdict::Refuted => "refuted",
        }
    }
}

/// A case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// Its id; of a row of a table `table/label`.
    pub id: String,
    /// The file it is in.
    pub file: String,
    /// The line in the file, counted from 1.
    pub line: usize,
    /// The document whose claim it checks.
    #[serde(default, skip_serializing_if = "is_default")]
    pub document: Option<String>,
    /// The section of the document that the claim is in; `measured` for what no document says.
    pub section: String,
    /// What is claimed.
    pub claim: String,
    /// What running it shows.
    pub verdict: Verdict,
    /// Of a refuted claim, what really happens.
    #[serde(default, skip_serializing_if = "is_default")]
    pub instead: Option<String>,
    /// The versions of Python that it is about, if it is not about all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub python: Option<String>,
    /// What an engine must be able to do.
    #[serde(default, skip_serializing_if = "is_default")]
    pub needs: Vec<String>,
    /// Its YAML, as an item of `cases`; of a row, the row written as a case of its own. In published results only those of
    /// refuted claims have it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub source: Option<String>,
    /// What runs; left out of published results where it was not run.
    #[serde(default, skip_serializing_if = "is_default")]
    pub steps: Vec<Step>,
    /// The memory and the views as the reference saw them, after each step that changed them. In
    /// published results only those of refuted claims have them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub views: Vec<Scene>,
    /// Of a refuted claim, for each step the lines that an interpreter shows; of the last engine that ran it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub observed: Option<Vec<Vec<String>>>,
    /// What came of it, by engine.
    pub results: BTreeMap<String, EngineResult>,
}

impl Case {
    /// The id of its claim.
    pub fn claim_id(&self) -> &str {
        self.id.split_once('/').map_or(&self.id, |(table, _)| table)
    }

    /// The area that it belongs to.
    pub fn area(&self) -> &str {
        area(&self.file)
    }

    /// What came of it on an engine, if it was run there.
    pub fn result(&self, engine: &Engine) -> Option<&EngineResult> {
        self.results.get(&engine.name)
    }

    /// The case without what came of it.
    pub(super) fn bare(&self) -> Case {
        Case { observed: None, views: vec![], results: BTreeMap::new(), ..self.clone() }
    }
}

/// A step of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// The Python text.
    pub run: String,
    /// The line in the file, counted from 1.
    pub line: usize,
    /// What must happen; several where versions differ. Nothing said means that it must not raise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub expect: Vec<Expect>,
}

/// What must happen in a step, with the keys that a case has for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Expect {
    /// The versions of Python that it is about, where they differ.
    #[serde(default, skip_serializing_if = "is_default")]
    pub python: Option<String>,
    /// The value, as a Python literal.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gives: Option<String>,
    /// The byte that the view starts with: `data[2]`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub shares: Option<String>,
    /// The type of the error.
    #[serde(default, skip_serializing_if = "is_default")]
    pub raises: Option<String>,
    /// The text of the error.
    #[serde(default, skip_serializing_if = "is_default")]
    pub message: Option<String>,
    /// The type of the value.
    #[serde(default, rename = "type", skip_serializing_if = "is_default")]
    pub type_name: Option<String>,
    /// What is printed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub prints: Option<String>,
    /// The names of all exporters that are locked afterwards.
    #[serde(default, skip_serializing_if = "is_default")]
    pub locks: Option<Vec<String>>,
    /// The memory that the step allocates: `< 1 KiB`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub allocates: Option<String>,
}

/// What came of a case on an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EngineResult {
    /// In one word.
    pub status: Status,
    /// Of a known divergence that is a crash or a hang, which of the two.
    #[serde(default, skip_serializing_if = "is_default")]
    pub known_as: Option<Status>,
    /// Of a failure, the kind of difference.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: Option<Kind>,
    /// Of a failure, what differs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub facet: Option<String>,
    /// Of a failure of a law, its name.
    #[serde(default, skip_serializing_if = "is_default")]
    pub law: Option<String>,
    /// Of a failure, the step, counted from 1.
    #[serde(default, skip_serializing_if = "is_default")]
    pub step: Option<usize>,
    /// Of a failure, what should have been.
    #[serde(default, skip_serializing_if = "is_default")]
    pub expected: Option<String>,
    /// Of a failure, what was.
    #[serde(default, skip_serializing_if = "is_default")]
    pub actual: Option<String>,
    /// Of everything but a pass, in which respect it differs, or why it has its status.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reason: Option<String>,
    /// Where it passes at a level below `message`, the first difference in the wording of errors.
    #[serde(default, skip_serializing_if = "is_default")]
    pub wording: Option<Wording>,
    /// What each step showed, where that differs from what was expected.
    #[serde(default, skip_serializing_if = "is_default")]
    pub steps: Vec<Vec<String>>,
    /// Of a failure that is about memory or layouts, what there was after the step that differs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seen: Option<Scene>,
}

/// A difference in the wording of errors, which does not count at the level of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wording {
    /// The step, counted from 1.
    pub step: usize,
    /// What should have been.
    pub expected: String,
    /// What was.
    pub actual: String,
}

impl EngineResult {
    /// Of a failure, the step that failed and its number, counted from 1.
    pub fn failed_step<'a>(&self, case: &'a Case) -> Option<(usize, Option<&'a Step>)> {
        let number = self.step?;
        Some((number, number.checked_sub(1).and_then(|index| case.steps.get(index))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("spec/library/cast.yaml", "cast")]
    #[case("spec/library/errors-order-exporter.yaml", "errors-order")]
    #[case("/home/me/viewcheck/spec/library/hash.yaml", "hash")]
    #[case("spec/library/hash-hooks.yaml", "hash")]
    #[case("spec/library/hooks.yaml", "hooks")]
    #[case("spec/documents/000_5b59260f75f39df0.yaml", "documents")]
    #[case("spec/regressions/some.yaml", "regressions")]
    #[case("cases.yaml", "cases")]
    fn a_file_has_an_area(#[case] file: &str, #[case] name: &str) {
        assert_eq!(area(file), name);
    }
}
