//! The shape of a file of cases, as it is written: the keys, which of them are needed, and the JSON schema that
//! editors use. What the texts mean is read in [`read`](crate::read).

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Cases from one source.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Cases")]
pub(crate) struct FileText<C = CaseText> {
    /// The document whose claims the cases check; left out where they come from measurements.
    pub(crate) document: Option<String>,
    /// What the document, or the file, is about.
    pub(crate) title: Option<String>,
    /// The cases, in the order of the document.
    pub(crate) cases: Option<Vec<C>>,
    /// Claims of the document that no case checks.
    pub(crate) left_out: Option<Vec<LeftOutText>>,
}

/// One claim and the program that confirms or refutes it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Case")]
pub(crate) struct CaseText<S = StepText> {
    /// Unique over all files; never changed once it is published.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9-]*$"))]
    pub(crate) id: String,
    /// The section of the document, or what the case is about.
    pub(crate) section: String,
    /// What is claimed, in one sentence.
    pub(crate) claim: String,
    /// Whether running the case confirms or refutes the claim. The steps show what really happens.
    pub(crate) verdict: VerdictText,
    /// For a refuted claim: what really happens, in one sentence.
    pub(crate) instead: Option<String>,
    /// What an engine must be able to do, mostly modules: `array`, `numpy`, ….
    pub(crate) needs: Option<Vec<String>>,
    /// The Python versions that the case is about, as in `>=3.8, <3.12`.
    pub(crate) python: Option<String>,
    /// A table: for each row its label and its values. Each row is a case with the id `id/label`, in which every
    /// `$name` or `${name}` is the row's value of that name, and `$$` is a `$`.
    #[allow(dead_code, reason = "a row has no rows: the tree is expanded before a case is read from it")]
    #[schemars(extend("minProperties" = 1, "propertyNames" = { "pattern": r"^[a-z0-9._][a-z0-9._-]*$" }))]
    pub(crate) rows: Option<BTreeMap<String, RowText>>,
    /// The program, a step at a time.
    #[schemars(length(min = 1))]
    pub(crate) steps: Vec<S>,
}

/// The values of a row by their names, the same names in each row.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Row", extend("minProperties" = 1, "propertyNames" = { "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" }))]
pub(crate) struct RowText(#[allow(dead_code, reason = "see `rows`")] pub(crate) BTreeMap<String, Literal>);

/// What running a case shows about its claim.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Verdict")]
pub(crate) enum VerdictText {
    /// It is as claimed.
    Confirmed,
    /// It is otherwise.
    Refuted,
}

/// A claim that no case checks.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeftOut")]
pub(crate) struct LeftOutText {
    /// The section of the document.
    pub(crate) section: String,
    /// What is claimed.
    pub(crate) claim: String,
    /// Why no case checks it.
    pub(crate) why: String,
}

/// A text that may stand without quotes where YAML would take it for a number, a bool or null.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Literal(pub(crate) String);

impl JsonSchema for Literal {
    fn schema_name() -> Cow<'static, str> {
        "Literal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean", "null"] })
    }
}

/// Writes the two structs that share the keys of an outcome.
macro_rules! with_outcome {
    ($($(#[$doc:meta])* $key:literal $field:ident: $type:ty,)*) => {
        /// A step: one or more statements, and what they must do. Without an expectation it must not raise.
        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        #[schemars(rename = "Step")]
        pub(crate) struct StepText<E = EntryText> {
            /// Python, in the subset that programs are written in.
            pub(crate) run: Literal,
            /// What must happen, where it depends on the version of Python.
            pub(crate) expect: Option<Vec<E>>,
            $($(#[$doc])* #[serde(rename = $key)] pub(crate) $field: Option<$type>,)*
        }

        /// What must happen in some versions of Python.
        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        #[schemars(rename = "Entry")]
        pub(crate) struct EntryText {
            /// The versions, as in `>=3.12`.
            pub(crate) python: String,
            $($(#[$doc])* #[serde(rename = $key)] pub(crate) $field: Option<$type>,)*
        }

        /// What a step must do, wherever it was said.
        pub(crate) struct OutcomeText {
            $(pub(crate) $field: Option<$type>,)*
        }

        impl<E> StepText<E> {
            pub(crate) fn outcome(self) -> OutcomeText {
                OutcomeText { $($field: self.$field,)* }
            }
        }

        impl EntryText {
            pub(crate) fn outcome(self) -> OutcomeText {
                OutcomeText { $($field: self.$field,)* }
            }
        }

        impl OutcomeText {
            /// The keys that are there.
            pub(crate) fn keys(&self) -> Vec<&'static str> {
                [$((self.$field.is_some(), $key)),*].into_iter().filter(|key| key.0).map(|key| key.1).collect()
            }
        }
    };
}

with_outcome! {
    /// The value, as a Python literal; its type must be the same too.
    "gives" gives: Literal,
    /// What is printed, with addresses as `0x...`.
    "prints" prints: Literal,
    /// The name of the exception's type.
    "raises" raises: String,
    /// The exception's text.
    "message" message: Literal,
    /// The value is a view whose first byte is this very byte: `data[2]` is byte 2 of the object named `data`.
    "shares" shares: String,
    /// The names of all exporters that refuse to be resized after the step, no more and no fewer.
    "locks" locks: Vec<String>,
    /// The name of the value's type.
    "type" type_name: String,
}

/// Files, cases and steps whose parts are read one by one, so that each has its own problems.
pub(crate) type FileShell = FileText<IgnoredAny>;
/// See [`FileShell`].
pub(crate) type CaseShell = CaseText<IgnoredAny>;
/// See [`FileShell`].
pub(crate) type StepShell = StepText<IgnoredAny>;

/// The JSON schema of a file of cases, as it is committed for editors.
pub fn schema() -> String {
    let schema = schemars::schema_for!(FileText);
    // A schema is plain data: writing it can't fail.
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_schema_is_current() {
        let committed = include_str!("../../../spec/schema.json");
        assert!(committed == super::schema(), "write it anew: viewcheck schema > spec/schema.json");
    }
}
