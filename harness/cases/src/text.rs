//! The structure of files of cases and of known divergences: the keys, which of them are required, and the JSON schema
//! for editors. [`read`](crate::read) and [`known`](crate::known) interpret the texts.

use crate::known::{Ending, Level};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The cases of one source.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Cases")]
pub(crate) struct FileText<C = CaseText> {
    /// The document whose claims the cases check; omitted if the cases come from measurements.
    pub(crate) document: Option<String>,
    /// The title of the document or the file.
    pub(crate) title: Option<String>,
    /// The cases, in the order of the document.
    pub(crate) cases: Option<Vec<C>>,
    /// Claims of the document that no case checks.
    pub(crate) left_out: Option<Vec<LeftOutText>>,
}

/// A claim, and the program that confirms or refutes it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Case")]
pub(crate) struct CaseText<S = StepText> {
    /// The id, unique over all files. It never changes once it is published.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9-]*$"))]
    pub(crate) id: String,
    /// The section of the document, or the subject of the case.
    pub(crate) section: String,
    /// The claim, in one sentence.
    pub(crate) claim: String,
    /// Whether running the case confirms or refutes the claim. The steps show what really happens.
    pub(crate) verdict: VerdictText,
    /// For a refuted claim: what really happens, in one sentence.
    pub(crate) instead: Option<String>,
    /// The capabilities that an engine must have, mostly modules: `array`, `numpy`, …. A case in any Python imports what it
    /// likes, and names `files`, `sockets` and `threads` if it uses them.
    pub(crate) needs: Option<Vec<String>>,
    /// The Python versions to which the case applies, as in `>=3.8, <3.12`.
    pub(crate) python: Option<String>,
    /// What the steps are written in, if not in the language of cases. Such a case is run by confined processes, and compared
    /// with what it says itself and nothing else.
    pub(crate) language: Option<LanguageText>,
    /// A table: for each row its label and its values. Each row is a case with the id `id/label`, in which every
    /// `$name` or `${name}` is the row's value of that name, and `$$` is a `$`.
    #[allow(dead_code, reason = "a row has no rows: the tree is expanded before a case is read from it")]
    #[schemars(extend("minProperties" = 1, "propertyNames" = { "pattern": r"^[a-z0-9._][a-z0-9._-]*$" }))]
    pub(crate) rows: Option<BTreeMap<String, RowText>>,
    /// The steps of the program.
    #[schemars(length(min = 1))]
    pub(crate) steps: Vec<S>,
}

/// The values of a row by name. All rows have the same names.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Row", extend("minProperties" = 1, "propertyNames" = { "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" }))]
pub(crate) struct RowText(#[allow(dead_code, reason = "see `rows`")] pub(crate) BTreeMap<String, Literal>);

/// What steps are written in.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Language")]
pub(crate) enum LanguageText {
    /// Any Python.
    Python,
}

/// The verdict of a case on its claim.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Verdict")]
pub(crate) enum VerdictText {
    /// The claim is right.
    Confirmed,
    /// The claim is wrong.
    Refuted,
}

/// A claim that no case checks.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeftOut")]
pub(crate) struct LeftOutText {
    /// The section of the document.
    pub(crate) section: String,
    /// The claim.
    pub(crate) claim: String,
    /// The reason for which no case checks it.
    pub(crate) why: String,
}

/// A text that needs no quotes where YAML would read a number, a bool or null.
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

/// Defines the two structs that share the keys of an outcome.
macro_rules! with_outcome {
    ($($(#[$doc:meta])* $key:literal $field:ident: $type:ty,)*) => {
        /// A step: one or more statements and their expectations. Without an expectation it must not raise.
        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        #[schemars(rename = "Step")]
        pub(crate) struct StepText<E = EntryText> {
            /// Python statements, in the subset that cases are written in, or any with `language: python`.
            pub(crate) run: Literal,
            /// The expectations, if they depend on the version of Python.
            pub(crate) expect: Option<Vec<E>>,
            $($(#[$doc])* #[serde(rename = $key)] pub(crate) $field: Option<$type>,)*
        }

        /// The expectation for some versions of Python.
        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        #[schemars(rename = "Entry")]
        pub(crate) struct EntryText {
            /// The versions, as in `>=3.12`.
            pub(crate) python: String,
            $($(#[$doc])* #[serde(rename = $key)] pub(crate) $field: Option<$type>,)*
        }

        /// The expectation of a step, from the step itself or from an entry of `expect`.
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
            /// Returns the keys that are present.
            pub(crate) fn keys(&self) -> Vec<&'static str> {
                [$((self.$field.is_some(), $key)),*].into_iter().filter(|key| key.0).map(|key| key.1).collect()
            }
        }
    };
}

with_outcome! {
    /// The value, as a Python literal; its type must be the same too.
    "gives" gives: Literal,
    /// The printed text, with addresses as `0x...`.
    "prints" prints: Literal,
    /// The name of the exception's type.
    "raises" raises: String,
    /// The exception's text.
    "message" message: Literal,
    /// The value is a view whose first byte is this one: `data[2]` is byte 2 of the object named `data`.
    "shares" shares: String,
    /// The names of exactly those exporters that can't be resized after the step.
    "locks" locks: Vec<String>,
    /// The memory that the step allocates: the most at the same time, compared with sizes in `bytes`, `KiB` or `MiB`, as in
    /// `< 1 KiB` or `>= 1 MiB, < 2 MiB`.
    "allocates" allocates: String,
    /// The name of the value's type.
    "type" type_name: String,
}

/// Files, cases and steps whose parts are read one by one, so that all their problems are reported.
pub(crate) type FileShell = FileText<IgnoredAny>;
/// See [`FileShell`].
pub(crate) type CaseShell = CaseText<IgnoredAny>;
/// See [`FileShell`].
pub(crate) type StepShell = StepText<IgnoredAny>;

/// A file of known divergences.
#[derive(JsonSchema)]
#[schemars(rename = "Known")]
pub(crate) struct KnownFileText(#[allow(dead_code, reason = "read entry by entry")] Vec<KnownText>);

/// A known divergence of an implementation.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "KnownEntry",
    extend("oneOf" = [{ "required": ["cases"] }, { "required": ["law"] }, { "required": ["signature"] }])
)]
pub(crate) struct KnownText {
    /// The implementation, such as `pypy`, as shown by `viewcheck engines`.
    pub(crate) implementation: String,
    /// The implementation's own versions, as in `>=7.3.12, <7.4`; omitted for all versions.
    pub(crate) version: Option<String>,
    /// The least strict level of comparison at which the divergence is visible; omitted for all levels.
    pub(crate) level: Option<Level>,
    /// The ids of cases, or of tables, which stand for all their rows.
    #[schemars(length(min = 1))]
    pub(crate) cases: Option<Vec<String>>,
    /// The name of a metamorphic law, instead of `cases`: every case that fails because of it.
    pub(crate) law: Option<String>,
    /// The signature of a finding of `viewcheck fuzz`, instead of `cases`.
    pub(crate) signature: Option<String>,
    /// The statuses that a run of one of the cases may have; omitted for `fail` alone.
    #[schemars(length(min = 1))]
    pub(crate) status: Option<Vec<Ending>>,
    /// A small program that shows the divergence, with what Python and the implementation give in comments.
    pub(crate) program: Option<String>,
    /// The reason for the divergence, in a sentence.
    #[schemars(length(min = 1))]
    pub(crate) reason: String,
    /// A link to more information.
    pub(crate) link: Option<String>,
}

impl KnownText {
    /// Returns the keys that are present but empty.
    pub(crate) fn empty_keys(&self) -> impl Iterator<Item = &'static str> {
        let is_blank = |text: &String| text.trim().is_empty();
        let keys = [
            ("implementation", is_blank(&self.implementation)),
            ("cases", self.cases.as_ref().is_some_and(Vec::is_empty)),
            ("law", self.law.as_ref().is_some_and(is_blank)),
            ("signature", self.signature.as_ref().is_some_and(is_blank)),
            ("status", self.status.as_ref().is_some_and(Vec::is_empty)),
            ("program", self.program.as_ref().is_some_and(is_blank)),
            ("reason", is_blank(&self.reason)),
            ("link", self.link.as_ref().is_some_and(is_blank)),
        ];
        keys.into_iter().filter(|key| key.1).map(|key| key.0)
    }
}

/// Returns the JSON schema of a file of cases, which is committed for editors. Its definition `Known` is the schema of
/// a file of known divergences.
pub fn schema() -> String {
    let mut generator = SchemaSettings::default().into_generator();
    generator.subschema_for::<KnownFileText>();
    let schema = generator.into_root_schema_for::<FileText>();
    // Serializing plain data can't fail.
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_covers_known_divergences() {
        let schema: serde_json::Value = serde_json::from_str(&super::schema()).unwrap();
        assert_eq!(schema["$defs"]["Known"]["items"]["$ref"], "#/$defs/KnownEntry");
        assert_eq!(schema["$defs"]["KnownEntry"]["required"], serde_json::json!(["implementation", "reason"]));
    }

    #[test]
    fn the_committed_schema_is_current() {
        let committed = include_str!("../../../spec/schema.json");
        assert!(committed == super::schema(), "write it anew: viewcheck schema > spec/schema.json");
    }
}
