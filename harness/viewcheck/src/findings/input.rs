//! Reads the inputs of `replay`, `shrink` and `promote`: cases, findings, encoded programs, and raw libFuzzer inputs.

use super::record::{RECORD, Record, Side};
use super::store::{CASE, FILES};
use super::{Signature, Symptom, folder};
use crate::compare::Level;
use crate::difference::{Difference, Facet};
use crate::generate::{Generator, Source};
use crate::laws::{self, Law};
use cases::{Case, LARGEST, Problem};
use intake::file;
use program::{Parser, Program, decode, encode};
use std::fs;
use std::io;
use std::path::Path;

/// Why there is no program in a file.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// It can't be read.
    #[error("can't read {path}: {error}")]
    Unreadable {
        /// The file or folder.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// It is a file of cases with mistakes in it.
    #[error("{}", render(.0))]
    Cases(Vec<Problem>),
    /// It is a folder without a finding.
    #[error("{0} is not the folder of a finding: it does not contain {RECORD}")]
    NotAFinding(String),
    /// The file is not a valid record of a finding.
    #[error("{path} is not a valid record of a finding: {reason}")]
    BadRecord {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// It holds nothing.
    #[error("{0} is empty")]
    Empty(String),
    /// It is a script.
    #[error("{0} is a Python script: run it with a Python interpreter")]
    Script(String),
    /// It is text of no kind that is known.
    #[error(
        "{0} is text, but the end of its name says neither that it is a file of cases (.yaml) nor a finding (.json); \
         with --raw its bytes are taken for a raw libFuzzer input"
    )]
    Text(String),
    /// It is an encoded program that can't be decoded.
    #[error("{path}: {error}")]
    Encoded {
        /// The file.
        path: String,
        /// Why.
        error: program::DecodeError,
    },
}

/// Problems as text, one below the other.
pub(super) fn render(problems: &[Problem]) -> String {
    let problems: Vec<String> = problems.iter().map(|problem| problem.render(false)).collect();
    // Whoever tells an error says first that it is one.
    let text = problems.join("\n");
    text.strip_prefix("error: ").map(str::to_owned).unwrap_or(text)
}

/// A program, and where it comes from.
#[derive(Debug)]
pub struct Input {
    /// How it is called, for people.
    pub name: String,
    /// The program.
    pub program: Program,
    /// The case that it is part of.
    pub case: Option<Case>,
    /// The law that it breaks, if it is a finding of that: its own steps are no part of the program then.
    pub law: Option<&'static Law>,
    /// What is known of the finding that it is part of.
    pub(super) record: Option<Record>,
}

impl Input {
    /// The signature of the finding that it is part of.
    pub fn signature(&self) -> Option<&Signature> {
        self.record.as_ref().map(|record| &record.signature)
    }

    /// The engines of its finding: the tested one, and the one whose behaviour was expected.
    pub fn engines(&self) -> Option<[&Side; 2]> {
        self.record.as_ref().map(|record| [&record.engine, &record.against])
    }

    /// How strictly the engines of its finding were compared.
    pub fn level(&self) -> Option<Level> {
        self.record.as_ref().map(|record| record.level)
    }

    /// Whether it ended a process: running it in this one may end this one.
    pub fn is_fatal(&self) -> bool {
        self.record.as_ref().is_some_and(|record| ["crash", "hang", "memory"].contains(&&*record.kind))
    }
}

impl Record {
    /// The symptom, as far as it is written down.
    pub(crate) fn symptom(&self) -> Symptom {
        match self.kind.as_str() {
            "crash" => Symptom::Crash(self.actual.clone()),
            "hang" => Symptom::Hang,
            "memory" => Symptom::Memory,
            _ => Symptom::Difference(Difference {
                step: self.step.saturating_sub(1),
                facet: self.facet.as_deref().and_then(Facet::named).unwrap_or(Facet::Value),
                expected: self.expected.clone(),
                actual: self.actual.clone(),
                law: self.law.as_deref().and_then(laws::named).map(|law| law.name),
            }),
        }
    }

    /// The program, with the steps of the law if it breaks one.
    pub(crate) fn program(&self) -> Result<Program, program::ParseError> {
        let mut parser = Parser::of_printed();
        self.program.iter().try_for_each(|step| parser.step(step))?;
        Ok(parser.finish())
    }
}

/// How a raw libFuzzer input is read: bytes from which the generator makes a program.
#[derive(Clone, Copy, Debug)]
pub struct Raw {
    /// The most operations in the program.
    pub length: usize,
    /// Whether every file is one, whatever it looks like.
    pub is_certain: bool,
}

/// Reads the programs of a file or folder. What is neither a case nor a finding nor an encoded program, nor any other text,
/// is taken for a raw libFuzzer input.
pub fn read(path: &Path, taken: Raw) -> Result<Vec<Input>, InputError> {
    let shown = || path.display().to_string();
    let unreadable = |error| InputError::Unreadable { path: shown(), error };
    if fs::metadata(path).map_err(unreadable)?.is_dir() {
        return match folder::is_there(&path.join(RECORD)) {
            true => finding(&path.join(RECORD)).map(|input| vec![input]),
            false => Err(InputError::NotAFinding(shown())),
        };
    }
    // A campaign names a finding by its script, and people by the file that they have just read.
    let is_of_finding = path.file_name().is_some_and(|name| FILES.iter().any(|file| name == *file));
    match path.extension().and_then(|extension| extension.to_str()) {
        _ if taken.is_certain => raw(path, taken).map(|input| vec![input]),
        Some("yaml" | "yml") => cases(path),
        Some("json") => finding(path).map(|input| vec![input]),
        _ if is_of_finding && path.with_file_name(RECORD).is_file() => {
            finding(&path.with_file_name(RECORD)).map(|input| vec![input])
        }
        Some("py") => Err(InputError::Script(shown())),
        _ => raw(path, taken).map(|input| vec![input]),
    }
}

/// Whether something is the folder of a finding.
pub(crate) fn is_finding(path: &Path) -> bool {
    folder::is_there(&path.join(RECORD))
}

fn cases(path: &Path) -> Result<Vec<Input>, InputError> {
    let suite = cases::load(&[path.to_owned()]);
    if !suite.problems.is_empty() {
        return Err(InputError::Cases(suite.problems));
    }
    let record = path.with_file_name(RECORD);
    let is_of_finding = path.file_name().is_some_and(|name| name == CASE) && record.exists();
    let record = is_of_finding.then(|| read_record(&record)).transpose()?;
    let cases = suite.documents.into_iter().flat_map(|document| document.cases);
    let inputs: Vec<Input> = cases
        .map(|case| Input {
            name: format!("{} ({}:{})", case.id, path.display(), case.line),
            program: case.program.clone(),
            case: Some(case),
            law: None,
            record: record.clone(),
        })
        .collect();
    if inputs.is_empty() { Err(InputError::Empty(path.display().to_string())) } else { Ok(inputs) }
}

fn read_record(path: &Path) -> Result<Record, InputError> {
    Record::read(path).map_err(|error| bad_record(path, error.to_string()))
}

fn bad_record(path: &Path, reason: String) -> InputError {
    InputError::BadRecord { path: path.display().to_string(), reason }
}

fn finding(path: &Path) -> Result<Input, InputError> {
    let record = read_record(path)?;
    let unreadable = |error| bad_record(path, format!("its program can't be read: {error}"));
    let mut program = record.program().map_err(unreadable)?;
    let law = record.law.as_deref().and_then(laws::named);
    if let (Some(_), Some(steps)) = (law, record.before_law) {
        program.truncate(steps);
    }
    Ok(Input { name: record.signature.to_string(), program, case: None, law, record: Some(record) })
}

fn raw(path: &Path, taken: Raw) -> Result<Input, InputError> {
    let shown = path.display().to_string();
    let bytes = file::read(path, LARGEST).map_err(|error| InputError::Unreadable { path: shown.clone(), error })?;
    if bytes.is_empty() {
        return Err(InputError::Empty(shown));
    }
    let (kind, program) = match decode(&bytes) {
        Ok(program) if !taken.is_certain => ("an encoded program", program),
        Err(error @ program::DecodeError::UnknownOperation(_)) if !taken.is_certain => {
            return Err(InputError::Encoded { path: shown, error });
        }
        _ if !taken.is_certain && is_text(&bytes) => return Err(InputError::Text(shown)),
        _ => {
            let mut program = Program::default();
            Generator::new().program(&mut Source::new(&bytes), taken.length, &mut program);
            ("taken for a raw libFuzzer input", program)
        }
    };
    // A program that can't be encoded again was not decoded.
    debug_assert!(decode(&encode(&program)).is_ok());
    Ok(Input { name: format!("{shown} ({kind})"), program, case: None, law: None, record: None })
}

/// Whether somebody may have written bytes to be read by people. What libFuzzer makes is that only where it is very short.
fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| {
        text.chars().any(char::is_alphabetic) && !text.chars().any(|char| char.is_control() && !char.is_whitespace())
    })
}
