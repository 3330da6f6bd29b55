//! Differences between versions of Python that the reference knows, with the cases that show them.

use super::is_default;
use engine::{NEWEST, Version};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A row of a table of changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Its name in the table.
    pub name: String,
    /// The issue in which CPython changed it, such as `gh-79512`; `measured` if none is known.
    pub issue: String,
    /// What is different since then, in a sentence.
    pub summary: String,
    /// The first version of each branch that has it.
    pub since: Vec<String>,
    /// The table that it is in.
    pub table: ChangeTable,
    /// The ids of the cases on either side.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cases: Vec<String>,
}

impl Change {
    /// What a list of changes is sorted by: the table, the first version with the change, and the name.
    pub fn place(&self) -> (ChangeTable, Vec<Version>, String) {
        (self.table, self.versions(), self.name.clone())
    }

    /// The versions of [`Change::since`], without what is no version.
    pub fn versions(&self) -> Vec<Version> {
        self.since.iter().filter_map(|version| version.parse().ok()).collect()
    }

    /// The pairs of versions between which the behaviour changed: the last one without the change, and the first one
    /// with it. A branch that had the change from its start, because the one before it already had it, has none.
    pub fn boundaries(&self) -> Vec<[Version; 2]> {
        let since = self.versions();
        let pairs = since.iter().filter_map(|first| Some([before(*first)?, *first]));
        pairs.filter(|[before, _]| !engine::is_in(&since, *before)).collect()
    }
}

/// The version before that one: the patch level before it, or the newest one of the branch before. `None` for the first
/// version that is modelled.
pub fn before(version: Version) -> Option<Version> {
    match version.patch {
        0 => NEWEST.into_iter().rev().find(|newest| *newest < version),
        patch => Some(Version { patch: patch - 1, ..version }),
    }
}

/// A table of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChangeTable {
    /// The changes of memoryview, and those that affect all of Python.
    Memoryview,
    /// The changes of the types and functions around it.
    Python,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(&["3.12.0"], &["3.11.7 3.12.0"])]
    #[case(&["3.10.6", "3.11.0"], &["3.10.5 3.10.6"])]
    #[case(&["3.13.12", "3.14.3", "3.15.0"], &["3.13.11 3.13.12", "3.14.2 3.14.3"])]
    #[case(&["3.8.0"], &[])]
    #[case(&["soon"], &[])]
    fn a_change_lies_between_two_versions(#[case] since: &[&str], #[case] expected: &[&str]) {
        let change = Change {
            name: "Some".to_owned(),
            issue: "gh-1".to_owned(),
            summary: "So.".to_owned(),
            since: since.iter().map(|version| (*version).to_owned()).collect(),
            table: ChangeTable::Python,
            cases: vec![],
        };
        let pairs: Vec<String> =
            change.boundaries().iter().map(|[before, first]| format!("{before} {first}")).collect();
        assert_eq!(pairs, expected);
    }
}
