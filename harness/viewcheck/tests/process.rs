//! The embedded engine and the same Python as a process observe the same: there are two observers of CPython, one over the
//! C API and one in Python, and where they disagree about anything, one of them is wrong.

use engine::embedded::Embedded;
use engine::process::Process;
use engine::{About, Engine, RunError, Watch};
use program::{Program, Trace, print};
use std::path::PathBuf;
use viewcheck::campaign::{LENGTH, Recipe};
use viewcheck::check::skipped;
use viewcheck::compare::{Level, LevelFacets, compare};

/// The Python that was embedded when this was built: pyo3 takes it from the same variable.
fn open() -> (Embedded, Process) {
    let python = std::env::var("PYO3_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let python = shlex::try_quote(&python).unwrap().into_owned();
    let (embedded, process) = (
        Embedded::new().unwrap(),
        Process::open(&format!("process={python}"), engine::Settings::default().limits()).unwrap(),
    );
    let (one, other) = (embedded.about(), process.about());
    assert_eq!(
        (one.python, one.profile),
        (other.python, other.profile),
        "set PYO3_PYTHON to the Python that is embedded"
    );
    (embedded, process)
}

/// In what the engines differ on each of the programs, as text.
fn differences(embedded: &mut Embedded, process: &mut Process, programs: &[Program], watch: Watch) -> Vec<String> {
    let facets = Level::Message.seen_by([embedded.about(), process.about()]);
    let all: Vec<&Program> = programs.iter().collect();
    let (mut expected, mut differences) = (Trace::new(), vec![]);
    process.run_batch(&all, watch, &mut |index, actual, ran| {
        let program = &programs[index];
        let found = match (embedded.run(program, watch, &mut expected), ran) {
            (Ok(()), Ok(())) => compare(program, &expected, actual, facets).map(|difference| format!("{difference:?}")),
            // It has no method objects: what Python does there is not known to it.
            (Err(RunError::Unsupported { .. }), _) => None,
            (expected, actual) => (expected != actual).then(|| format!("{expected:?} but {actual:?}")),
        };
        differences.extend(found.map(|found| format!("{}{found}", print::program(program))));
    });
    differences
}

#[test]
fn both_say_what_they_can_and_are_the_same() {
    let (embedded, process) = open();
    let (one, other) = (embedded.about(), process.about());
    let about = |about: &About| (about.implementation.clone(), about.capabilities.clone(), about.note());
    assert_eq!(about(one).0, about(other).0);
    assert_eq!(about(one).1, about(other).1);
    let unseen: Vec<&str> = one.sees.names().filter(|seen| !other.sees.names().any(|name| name == *seen)).collect();
    assert_eq!(unseen, ["leak"]);
}

#[test]
fn all_cases_are_observed_alike() {
    let (mut embedded, mut process) = open();
    let suite = cases::load(&[PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec"))]);
    let cases = suite.documents.iter().flat_map(|document| &document.cases);
    let admitted = cases.filter(|case| skipped(case, embedded.about()).is_none());
    let programs: Vec<Program> = admitted.map(|case| case.program.clone()).collect();
    assert!(programs.len() > 5000);
    let differences = differences(&mut embedded, &mut process, &programs, Watch::Always);
    assert!(differences.is_empty(), "{} of {}:\n{}", differences.len(), programs.len(), differences.join("\n\n"));
}

#[test]
fn generated_programs_are_observed_alike() {
    let (mut embedded, mut process) = open();
    let mut reference = engine::reference::Reference::new(embedded.about().profile);
    let (mut recipe, mut program, mut programs) = (Recipe::new(41, LENGTH), Program::default(), vec![]);
    for number in 0..3000 {
        recipe.program(number, &mut program);
        // A program for which nobody can say what happens is cut before that.
        let mut known = Trace::new();
        let _ = reference.run(&program, Watch::End, &mut known);
        programs.push(program.prefix(known.len()));
    }
    for watch in [Watch::Always, Watch::End] {
        let differences = differences(&mut embedded, &mut process, &programs, watch);
        assert!(differences.is_empty(), "{}:\n{}", differences.len(), differences.join("\n\n"));
    }
}
