//! Reads what others may have written, and asks that what is accepted can be written and is the same when it is read
//! again.
//!
//! The libFuzzer target `read` asks this of arbitrary bytes. It is here, and not there, so that tests ask it too, of
//! everything in `spec` and of what fuzzing has found.

use crate::campaign::State;
use crate::findings::Record;
use crate::report::model::{self, Results};
use crate::report::{FORMATS, Format, Json, summary};
use cases::{Case, Known, Problem};
use engine::process::read_reply;
use program::{Parser, Program, SourceParser, Trace, decode, decode_case, encode, json, print};
use std::path::Path;

/// A kind of file, or of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file of cases.
    Cases,
    /// A file of known divergences.
    Known,
    /// The record of a finding.
    Finding,
    /// The state of a campaign.
    State,
    /// The Python text of a step.
    Step,
    /// An encoded program.
    Encoded,
    /// The results of a run.
    Results,
    /// A reply of an engine that is a command.
    Reply,
}

impl Kind {
    /// All kinds, each with its word.
    pub const ALL: [(Kind, &str); 8] = [
        (Kind::Cases, "cases"),
        (Kind::Known, "known"),
        (Kind::Finding, "finding"),
        (Kind::State, "state"),
        (Kind::Step, "step"),
        (Kind::Encoded, "encoded"),
        (Kind::Results, "results"),
        (Kind::Reply, "reply"),
    ];

    /// Reads something of this kind.
    ///
    /// # Errors
    ///
    /// Why it is refused.
    ///
    /// # Panics
    ///
    /// When it is accepted, and not the same once it is written and read again.
    pub fn reread(self, bytes: &[u8]) -> Result<(), String> {
        if self == Kind::Encoded {
            return encoded(bytes);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| "this is not UTF-8".to_owned())?;
        match self {
            Kind::Cases => cases(text),
            Kind::Known => known(text),
            Kind::Finding => finding(text),
            Kind::State => state(text),
            Kind::Step => step(text),
            Kind::Results => results(text),
            Kind::Reply => reply(text),
            Kind::Encoded => Ok(()),
        }
    }
}

/// The problems as they are shown, if there are any.
fn shown(problems: &[Problem]) -> Result<(), String> {
    problems.iter().for_each(|problem| drop(problem.render(true)));
    match problems {
        [] => Ok(()),
        problems => Err(problems.iter().map(|problem| problem.render(false)).collect()),
    }
}

fn cases(text: &str) -> Result<(), String> {
    let suite = cases::load_text("cases.yaml", text);
    for case in suite.documents.iter().flat_map(|document| &document.cases) {
        let again = cases::load_text("again.yaml", &format!("cases:\n{}", case.source));
        let twin = again.documents.first().and_then(|document| document.cases.first());
        let is_same = again.problems.is_empty() && twin.is_some_and(|twin| is_same(case, twin));
        assert!(is_same, "the case is another one when it is copied:\n{}{:?}", case.source, again.problems);
        same_program(&case.program);
    }
    shown(&suite.problems)
}

/// Whether two cases say the same. A row has another id when it is copied.
fn is_same(one: &Case, two: &Case) -> bool {
    let steps =
        |case: &Case| case.steps.iter().map(|step| (step.text.clone(), step.expectations.clone())).collect::<Vec<_>>();
    let texts = |case: &Case| (case.section.clone(), case.claim.clone(), case.verdict.clone(), case.needs.clone());
    texts(one) == texts(two) && one.python == two.python && one.program == two.program && steps(one) == steps(two)
}

fn known(text: &str) -> Result<(), String> {
    let (known, problems) = Known::load_text("known.yaml", text);
    for entry in known.entries() {
        assert!(!entry.reason.is_empty() && entry.line > 0, "{}", entry.place());
    }
    shown(&problems)
}

/// A program as text, as bytes and as JSON.
fn same_program(program: &Program) {
    if program.is_source() {
        return same_source(program);
    }
    assert_eq!(decode(&encode(program)).ok(), Some(kept(program)));
    let mut parser = Parser::of_printed();
    for index in 0..program.steps.len() {
        let text = print::step(program, index);
        let read = parser.step(&text);
        assert!(read.is_ok(), "what was printed can't be read: {text}: {read:?}");
    }
    assert_eq!(print::program(&parser.finish()), print::program(program));
    written(program);
}

/// What is encoded of a program: not which of its steps are counted.
fn kept(program: &Program) -> Program {
    Program { counted: vec![], ..program.clone() }
}

/// The same of a program in any Python. As bytes, it is taken of a case alone.
fn same_source(program: &Program) {
    assert_eq!(decode_case(&encode(program)).ok(), Some(kept(program)));
    assert!(decode(&encode(program)).is_err(), "any Python was decoded that is of no case");
    let mut parser = SourceParser::new();
    for index in 0..program.steps.len() {
        let read = parser.step(&print::step(program, index));
        assert!(read.is_ok(), "what was printed can't be read: {read:?}");
    }
    assert_eq!(print::program(&parser.finish()), print::program(program));
    written(program);
}

/// Writes a program in each way that is not read again.
fn written(program: &Program) {
    program.operations.iter().for_each(|operation| drop(json::operation(program, operation)));
    (0..program.steps.len()).for_each(|index| drop(print::parts(program, index)));
    let _ = (print::imports(program), print::extensions(program));
}

fn step(text: &str) -> Result<(), String> {
    let mut parser = Parser::new();
    if let Err(error) = parser.step(text) {
        assert!(text.get(error.range.clone()).is_some(), "{:?} is no range of the text", error.range);
        return Err(error.message);
    }
    same_program(&parser.finish());
    Ok(())
}

fn encoded(bytes: &[u8]) -> Result<(), String> {
    let program = decode(bytes).map_err(|error| error.to_string())?;
    assert_eq!(decode(&encode(&program)).as_ref().ok(), Some(&program));
    // Not every program that can be encoded is that of a text.
    let _ = print::program(&program);
    written(&program);
    Ok(())
}

fn finding(text: &str) -> Result<(), String> {
    let record = Record::parse(text.as_bytes())?;
    let _ = record.symptom();
    if let Ok(program) = record.program() {
        same_program(&program);
    }
    let write = |record: &Record| record.text().map_err(|error| error.to_string());
    let written = write(&record)?;
    assert_eq!(write(&Record::parse(written.as_bytes())?)?, written);
    Ok(())
}

fn state(text: &str) -> Result<(), String> {
    let state = State::parse(text.as_bytes())?;
    let write = |state: &State| serde_json::to_string(state).map_err(|error| error.to_string());
    let written = write(&state)?;
    assert_eq!(write(&State::parse(written.as_bytes())?)?, written);
    Ok(())
}

fn results(text: &str) -> Result<(), String> {
    let path = Path::new("results.json");
    let read = |text: &str| model::parse(path, text).map_err(|error| error.to_string());
    let results = read(text)?;
    let mut written = vec![];
    render(&Json, &results, &mut written);
    let written = String::from_utf8_lossy(&written);
    assert_eq!(read(&written).as_ref(), Ok(&results));
    for format in FORMATS.iter().filter(|format| format.is_for(&results)) {
        render(*format, &results, &mut vec![]);
    }
    let _ = summary::render(&results, summary::Paint { color: true });
    Ok(())
}

fn render(format: &dyn Format, results: &Results, out: &mut Vec<u8>) {
    let rendered = format.render(results, out);
    assert!(rendered.is_ok(), "the results can't be rendered as {}: {rendered:?}", format.name());
}

fn reply(text: &str) -> Result<(), String> {
    let mut parser = Parser::new();
    ["data = bytearray(b'abc')", "view = memoryview(data)", "view"]
        .iter()
        .try_for_each(|step| parser.step(step))
        .map_err(|error| error.to_string())?;
    let (program, mut trace) = (parser.finish(), Trace::new());
    read_reply(text, &program, &mut trace)?;
    let mut again = Trace::new();
    trace.observations().for_each(|seen| again.write_observation(&seen));
    assert_eq!(again.first_difference(&trace), None);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::fs;
    use std::path::PathBuf;

    /// The files of a folder of the checkout, with those of its folders.
    fn files(folder: &str) -> Vec<PathBuf> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
        let mut files: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.is_file() && path.extension().is_none_or(|extension| extension != "md"));
        files.sort();
        files
    }

    #[rstest]
    #[case(Kind::Cases, "spec/documents")]
    #[case(Kind::Cases, "spec/library")]
    #[case(Kind::Known, "spec/known")]
    fn everything_in_spec_is_read_and_read_again(#[case] kind: Kind, #[case] folder: &str) {
        for file in files(folder) {
            assert_eq!(kind.reread(&fs::read(&file).unwrap()), Ok(()), "{}", file.display());
        }
    }

    /// Fuzzing begins with these: each is accepted, so that what is a small step away from it is interesting.
    #[test]
    fn the_seeds_are_accepted() {
        for (kind, word) in Kind::ALL {
            let seeds = files(&format!("fuzz/seeds/{word}"));
            assert!(!seeds.is_empty(), "{word} has no seed");
            for file in seeds {
                let is_refused = file.file_name().is_some_and(|name| name == "refused");
                let read = kind.reread(&fs::read(&file).unwrap());
                assert_eq!(read.is_err(), is_refused, "{}: {read:?}", file.display());
            }
        }
    }

    /// What fuzzing has found: texts that were accepted, and could not be written or were something else then.
    #[rstest]
    #[case::letter_and_mark("x\u{344} = 1")]
    #[case::middle_dot("\u{13f} = 1")]
    #[case::attribute("x.\u{ce19}")]
    #[case::method("x.\u{ce19}(1)")]
    fn a_step_that_was_found_by_fuzzing(#[case] text: &str) {
        assert_eq!(Kind::Step.reread(text.as_bytes()), Ok(()));
    }

    #[test]
    fn a_table_whose_id_is_wrong_has_no_cases() {
        let seed = fs::read_to_string(files("fuzz/seeds/cases").last().unwrap()).unwrap();
        let wrong = seed.replace("id: extremes", "id: extremes[1]");
        assert!(seed != wrong);
        assert!(Kind::Cases.reread(wrong.as_bytes()).is_err_and(|error| error.contains("is not a valid id")));
    }
}
