//! What an enumeration says of engines that are wrong, and which faults small programs find.

use engine::reference::Reference;
use engine::{Abi, Engine, Profile, Version, Watch};
use mutants::faults::{HONEST, Mutant, Row, rows};
use mutants::plan::VARIABLE;
use program::Program;
use rstest::rstest;
use serde_json::Value;
use std::fs;
use std::process::Command;
use viewcheck::compare::Level;
use viewcheck::differential::{DifferentialRun, Result as Outcome};
use viewcheck::enumerate::{Extent, Space};
use viewcheck::generate::Abilities;

const MUTANTS: &str = env!("CARGO_BIN_EXE_mutants");

/// Runs it with faults, which it finds. Gives the sentence with the number, and its results. A report says the same.
fn run(arguments: &str, faults: &str) -> (String, Value) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(MUTANTS);
    command.args(["enumerate", "--findings", "found", "--json", "out.json"]).args(arguments.split(' '));
    let output = command.current_dir(folder.path()).env(VARIABLE, faults).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stdout}");
    let sentence = stdout.lines().find(|line| line.contains(" programs of at most ")).expect(&stdout).to_owned();
    let mut report = Command::new(MUTANTS);
    let report = report.args(["report", "--campaign", "found", "--json", "report.json"]).current_dir(folder.path());
    assert!(report.status().unwrap().success());
    let [json, report] = ["out.json", "report.json"]
        .map(|name| -> Value { serde_json::from_slice(&fs::read(folder.path().join(name)).unwrap()).unwrap() });
    assert_eq!(report["campaigns"][0]["enumeration"], json["enumeration"]);
    (sentence, json)
}

#[test]
fn what_differs_is_counted_and_never_said_to_agree() {
    let [(one, json), (two, other)] = [1, 2].map(|jobs| run(&format!("--depth 2 --jobs {jobs}"), "lie@hex"));
    assert_eq!((&one, &json["enumeration"]), (&two, &other["enumeration"]));
    let said = |key: &str| json["enumeration"][key].as_u64().unwrap();
    let (programs, agree, differ) = (said("programs"), said("agree"), said("differ"));
    assert!(programs == agree + differ && differ > 100 && said("run") == programs, "{json}");
    let findings = json["findings"].as_array().unwrap();
    assert!(!findings.is_empty() && one.contains(&format!(" in {} finding", findings.len())), "{one}");
    assert!(one.contains(" agree, and ") && one.contains(" differ, in "), "{one}");
    // Short programs run first, so that findings hardly need to be made smaller.
    assert!(findings.iter().all(|finding| finding["operations"].as_u64().unwrap() <= 3), "{json}");
}

#[test]
fn a_program_that_ends_its_worker_is_counted_as_one_that_differs() {
    let (sentence, json) = run("--depth 1 --jobs 1", "segv@700");
    assert!(sentence.contains(" agree, and 1 differs, in 1 finding: "), "{sentence}");
    let said = &json["enumeration"];
    assert_eq!(said["agree"].as_u64().unwrap() + 1, said["programs"].as_u64().unwrap());
    assert_eq!((&json["findings"][0]["kind"], &json["workers_lost"]), (&"crash".into(), &1.into()));
}

/// Whether a program of a space tells a fault.
fn is_found(space: &Space, row: Row) -> bool {
    let profile = Profile::new(Version::new(3, 13, 0), Abi::Lp64);
    let engines: [Box<dyn Engine>; 2] = [Box::new(Mutant::new(profile, row)), Box::new(Reference::new(profile))];
    let [engine, against] = engines;
    let mut differential = DifferentialRun::new(engine, against, Watch::End, Level::Message);
    let mut program = Program::default();
    (0..space.len()).any(|number| {
        space.program(number, &mut program);
        matches!(differential.run(&program), Outcome::Differ(_))
    })
}

/// One that a single operation shows, and some that take two: an effect, and what sees it.
#[rstest]
#[case::one("tobytes-without-stride", 1)]
#[case::unknown_order("tobytes-released-first", 2)]
#[case::slice_of_a_slice("slice-offset-of-slice", 1)]
#[case::lock("lock-kept-by-release", 1)]
#[case::lock_of_a_comparison("lock-kept-by-comparison", 2)]
#[case::block("enter-released", 2)]
#[case::writing("write-truncates", 1)]
#[case::casting("cast-keeps-stride", 1)]
fn small_programs_find_faults(#[case] name: &str, #[case] depth: usize) {
    let row = *rows().find(|row| row.name == name).unwrap();
    let space = |depth| Space::new(Extent { depth, all: false }, &Abilities::default());
    assert!(is_found(&space(depth), row));
    assert!(depth == 1 || !is_found(&space(1), row), "a smaller depth is enough");
}

#[test]
fn an_honest_engine_does_not_differ() {
    assert!(!is_found(&Space::new(Extent { depth: 1, all: true }, &Abilities::default()), HONEST));
}
