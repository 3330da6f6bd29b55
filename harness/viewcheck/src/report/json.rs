//! The machine's report, which also is the baseline of a later run.

use super::{pairs, provenance, reason};
use crate::check::{Run, Verdict};
use crate::difference::Kind;
use cases::Suite;
use engine::About;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of this format.
pub const SCHEMA: u32 = 1;

/// A report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`]
    pub schema: u32,
    /// The engines, in the order of the command line.
    pub engines: Vec<EngineReport>,
    /// The cases, in the order of the files.
    pub cases: Vec<CaseReport>,
    /// Counts for each engine.
    pub summary: BTreeMap<String, Counts>,
    /// The sections of the documents, and how far cases check them.
    #[serde(default)]
    pub sections: Vec<SectionReport>,
    /// How many cases of each area check what no document says.
    #[serde(default)]
    pub undocumented: BTreeMap<String, usize>,
}

/// A section of a document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SectionReport {
    /// The document.
    pub document: String,
    /// The section.
    pub section: String,
    /// The number of its claims that cases check.
    pub claims: usize,
    /// The number of those cases.
    pub cases: usize,
    /// The number of its claims that no case checks.
    pub left_out: usize,
}

/// An engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EngineReport {
    /// Its name on the command line and in `results`.
    pub name: String,
    /// What it is.
    pub implementation: String,
    /// The version of Python that it is or stands for; left out of reports that are committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What it can do beyond the language; left out of reports that are committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Vec<String>>,
    /// The facets that it can observe, of those that not every engine sees; left out of reports that are committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sees: Option<Vec<String>>,
}

impl EngineReport {
    /// What a report says of an engine.
    pub fn new(about: &About, detail: Detail) -> EngineReport {
        let full = detail == Detail::Full;
        EngineReport {
            name: about.name.clone(),
            implementation: about.implementation.clone(),
            version: full.then(|| about.profile.version().to_string()),
            capabilities: full.then(|| about.capabilities.iter().cloned().collect()),
            sees: full.then(|| about.sees.names().map(str::to_owned).collect()),
        }
    }
}

/// A case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseReport {
    /// Its id.
    pub id: String,
    /// The file it is in.
    pub file: String,
    /// The line in the file, counted from 1.
    pub line: usize,
    /// The document whose claim it checks.
    pub document: Option<String>,
    /// The section of the document that the claim is in; `measured` for what no document says.
    #[serde(default)]
    pub section: String,
    /// What is claimed.
    #[serde(default)]
    pub claim: String,
    /// `confirmed` or `refuted`
    pub verdict: String,
    /// What came of it, by engine.
    pub results: BTreeMap<String, ResultReport>,
}

/// What came of a case on an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultReport {
    /// In one word.
    pub status: Status,
    /// For a failure: the kind of difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// For a failure of a law: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    /// For a failure: the step, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<usize>,
    /// For a failure: what should have been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// For a failure: what was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// For everything but a pass: in which respect it differs, or why it was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What came of a case, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It did what the case says.
    Pass,
    /// It did something else.
    Fail,
    /// It was not run.
    Skip,
    /// The engine's process died.
    Crash,
    /// The engine did not come to an end.
    Hang,
    /// The engine could not run it.
    Error,
}

impl Status {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Status::Pass => "pass",
            Status::Fail => "fail",
            Status::Skip => "skip",
            Status::Crash => "crash",
            Status::Hang => "hang",
            Status::Error => "error",
        }
    }
}

impl From<&Verdict> for Status {
    fn from(verdict: &Verdict) -> Status {
        match verdict {
            Verdict::Pass => Status::Pass,
            Verdict::Fail { .. } => Status::Fail,
            Verdict::Skip(_) => Status::Skip,
            Verdict::Crash(_) => Status::Crash,
            Verdict::Hang(_) => Status::Hang,
            Verdict::Error(_) => Status::Error,
        }
    }
}

/// How often each status came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named after the variants of Status")]
pub struct Counts {
    pub pass: usize,
    pub fail: usize,
    pub skip: usize,
    pub crash: usize,
    pub hang: usize,
    // Reports of former releases do not have it.
    #[serde(default)]
    pub error: usize,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, status: Status) {
        *match status {
            Status::Pass => &mut self.pass,
            Status::Fail => &mut self.fail,
            Status::Skip => &mut self.skip,
            Status::Crash => &mut self.crash,
            Status::Hang => &mut self.hang,
            Status::Error => &mut self.error,
        } += 1;
    }
}

/// How much a report says of the engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Version, capabilities and what they see.
    Full,
    /// Only what they are, so that the report is the same on every machine.
    Committed,
}

impl From<&Verdict> for ResultReport {
    fn from(verdict: &Verdict) -> ResultReport {
        let status = Status::from(verdict);
        let reason = reason(verdict);
        match verdict {
            Verdict::Fail { difference, .. } => ResultReport {
                status,
                kind: Some(difference.kind()),
                law: difference.law.map(str::to_owned),
                step: Some(difference.step + 1),
                expected: Some(difference.expected.clone()),
                actual: Some(difference.actual.clone()),
                reason,
            },
            _ => ResultReport { status, kind: None, law: None, step: None, expected: None, actual: None, reason },
        }
    }
}

/// Makes the report of a run.
pub fn report(suite: &Suite, run: &Run, detail: Detail) -> Report {
    let engines = run.engines.iter().map(|about| EngineReport::new(about, detail));
    let mut summary: BTreeMap<String, Counts> =
        run.engines.iter().map(|about| (about.name.clone(), Counts::default())).collect();
    let mut cases = vec![];
    for (document, pairs) in pairs(suite, run) {
        for (case, case_run) in pairs {
            let mut results = BTreeMap::new();
            for (about, verdict) in run.engines.iter().zip(&case_run.verdicts) {
                let result = ResultReport::from(verdict);
                summary.entry(about.name.clone()).or_default().add(result.status);
                results.insert(about.name.clone(), result);
            }
            cases.push(CaseReport {
                id: case.id.clone(),
                file: document.path.clone(),
                line: case.line,
                document: document.document.clone(),
                section: case.section.clone(),
                claim: case.claim.clone(),
                verdict: case.verdict.word().to_owned(),
                results,
            });
        }
    }
    let sections = provenance::sections(suite).into_iter().map(|section| SectionReport {
        document: section.document.to_owned(),
        section: section.section.to_owned(),
        claims: section.claims.len(),
        cases: section.cases(),
        left_out: section.left_out,
    });
    let areas = provenance::undocumented(suite);
    Report {
        schema: SCHEMA,
        engines: engines.collect(),
        cases,
        summary,
        sections: sections.collect(),
        undocumented: areas.iter().map(|area| (area.name.to_owned(), area.cases())).collect(),
    }
}

/// The report as text.
pub fn render(report: &impl Serialize) -> String {
    // Strings, numbers and maps with string keys: writing them can't fail.
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    text
}
