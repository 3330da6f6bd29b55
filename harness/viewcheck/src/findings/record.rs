//! The record of a finding, `finding.json`: what it is, which engines it is about, and where it comes from.

use super::{Finding, Signature, Symptom, folder};
use crate::compare::Level;
use crate::report::count;
use engine::About;
use intake::json;
use program::{Program, print};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// The name of its file.
pub(crate) const RECORD: &str = "finding.json";

/// The largest number that is taken from a file: there is room for it to be added to.
pub(crate) const MOST: u64 = 1 << 53;

/// What `finding.json` holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) signature: Signature,
    pub(crate) kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) facet: Option<String>,
    /// The law that is broken, and the number of steps before its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) law: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before_law: Option<usize>,
    pub(crate) engine: Side,
    pub(crate) against: Side,
    pub(crate) seed: Option<u64>,
    pub(crate) index: Option<u64>,
    /// How strictly the engines were compared; older findings do not say it, and compared everything.
    #[serde(default)]
    pub(crate) level: Level,
    pub(crate) stable: bool,
    /// Whether it was kept before it was looked into to the end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unfinished: bool,
    pub(crate) count: u64,
    /// The step that differs, counted from 1.
    pub(crate) step: usize,
    pub(crate) expected: String,
    pub(crate) actual: String,
    /// The steps of the small program.
    pub(crate) program: Vec<String>,
    /// The number of its operations; older findings do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) operations: Option<usize>,
    /// The steps of the program that was found.
    pub(super) original: Vec<String>,
}

/// An engine, as a finding names it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Side {
    /// Its name on the command line.
    pub name: String,
    /// What it is.
    pub implementation: String,
    /// The version of Python that it was, or stood for.
    pub python: String,
}

impl Side {
    fn of(about: &About) -> Side {
        Side {
            name: about.name.clone(),
            implementation: about.implementation.clone(),
            python: about.profile.version().to_string(),
        }
    }
}

impl Record {
    pub(super) fn of(finding: &Finding) -> Record {
        let last = finding.program.steps.len();
        let (facet, step, expected, actual) = match &finding.symptom {
            Symptom::Difference(difference) => {
                let facet = Some(difference.facet.text().to_owned());
                (facet, difference.step + 1, difference.expected.clone(), difference.actual.clone())
            }
            symptom => (None, last, "the step ends".to_owned(), words(symptom)),
        };
        Record {
            signature: finding.signature.clone(),
            kind: finding.kind(),
            facet,
            law: finding.law.map(|(law, _)| law.name.to_owned()),
            before_law: finding.law.map(|(_, from)| from),
            engine: Side::of(&finding.engines[0]),
            against: Side::of(&finding.engines[1]),
            seed: finding.seed,
            index: finding.index,
            level: finding.level,
            stable: finding.stable,
            unfinished: finding.unfinished,
            count: 1,
            step,
            expected,
            actual,
            program: steps(&finding.program),
            operations: Some(finding.program.operations.len()),
            original: steps(&finding.original),
        }
    }

    /// Reads the record of a folder.
    pub(crate) fn read(path: &Path) -> io::Result<Record> {
        Record::parse(&folder::read(path, cases::LARGEST)?)
            .map_err(|reason| io::Error::new(io::ErrorKind::InvalidData, reason))
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in a sentence.
    pub(crate) fn parse(text: &[u8]) -> Result<Record, String> {
        let record: Record = json::read(text).map_err(|error| error.to_string())?;
        let steps = record.program.len();
        if record.step > steps || record.before_law.is_some_and(|before| before > steps) {
            return Err(format!("it names a step that its program, of {}, does not have", count(steps, "step")));
        }
        if record.count > MOST {
            return Err(format!("its `count` is larger than {MOST}"));
        }
        Ok(record)
    }

    pub(crate) fn text(&self) -> io::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

/// A symptom in words, for one that is no difference.
pub(super) fn words(symptom: &Symptom) -> String {
    match symptom {
        Symptom::Difference(difference) => difference.actual.clone(),
        Symptom::Crash(how) => format!("the process crashed: {how}"),
        Symptom::Hang => "it does not finish".to_owned(),
        Symptom::Memory => "it exceeds the memory limit".to_owned(),
    }
}

/// The text of each step.
fn steps(program: &Program) -> Vec<String> {
    (0..program.steps.len()).map(|step| print::step(program, step).trim_end().to_owned()).collect()
}
