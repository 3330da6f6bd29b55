//! Differences between versions of Python that the reference knows, with the cases that show them.

use super::is_default;
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

/// A table of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChangeTable {
    /// The changes of memoryview, and those that affect all of Python.
    Memoryview,
    /// The changes of the types and functions around it.
    Python,
}
