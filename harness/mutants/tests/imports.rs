//! The case of a finding imports what its program uses, which imports nothing, as those of the generator.

use cases::{Case, load_text};
use engine::reference::Reference;
use engine::{Abi, Engine, Profile, Version, Watch};
use mutants::faults::{Mutant, Row, rows};
use program::{Observation, Outcome, Parser, Program, Raised};
use rstest::rstest;
use std::fs;
use tempfile::TempDir;
use viewcheck::compare::Level;
use viewcheck::differential::DifferentialRun;
use viewcheck::findings::{
    CaseAbout, CaseText, Finding, Kept, Limits, Promoted, Raw, Store, case_of, case_text, investigate, promote, read,
    script,
};

/// Files are what they look like.
const RAW: Raw = Raw { length: 14, is_certain: false };

fn profile() -> Profile {
    Profile::new(Version::new(3, 13, 0), Abi::Lp64)
}

/// A program that imports nothing.
fn program(steps: &[&str]) -> Program {
    let mut parser = Parser::of_printed();
    steps.iter().for_each(|step| parser.step(step).unwrap());
    parser.finish()
}

fn only_case(text: &str) -> Case {
    let suite = load_text("case.yaml", text);
    assert!(suite.problems.is_empty(), "{:?}\n{text}", suite.problems);
    suite.documents.into_iter().flat_map(|document| document.cases).next().unwrap()
}

/// What comes of a program on an engine with a fault that only arrays show.
fn finding(program: &Program) -> Finding {
    let row: &Row = rows().find(|row| row.name == "error-array-resize-text").unwrap();
    let engines: [Box<dyn Engine>; 2] = [Box::new(Mutant::new(profile(), *row)), Box::new(Reference::new(profile()))];
    let abouts = engines.each_ref().map(|engine| engine.about().clone());
    let [tested, against] = engines;
    investigate(
        &mut DifferentialRun::new(tested, against, Watch::Always, Level::Message),
        &abouts,
        program,
        Limits::default(),
    )
    .unwrap()
}

fn of_arrays() -> Finding {
    let steps = ["data = array.array('b', [1])", "struct.pack('b', 1)", "view = memoryview(data)", "data.append(2)"];
    finding(&program(&steps))
}

#[test]
fn a_case_imports_first_and_is_the_same_finding() {
    let found = of_arrays();
    let text = case_of(&found);
    assert!(text.contains("    steps:\n      - run: import array\n      - run: data = array.array("), "{text}");
    let case = only_case(&text);
    assert_eq!(case.program.steps.len(), found.program.steps.len() + 1);
    let again = finding(&case.program);
    assert_eq!((&again.signature, &again.program), (&found.signature, &found.program));
    assert_eq!(case_of(&again), text);
    assert!(script(&found).contains("    need('array')\n"), "{}", script(&found));
}

/// What can't be said exactly is left out of the very step that it is said of.
#[test]
fn the_step_that_imports_is_no_step_of_the_program() {
    let raised = |message: &str| Observation {
        outcome: Outcome::Raised(Raised { exception: "TypeError".into(), message: message.into() }),
        printed: String::new(),
        live: None,
    };
    let found = of_arrays();
    let program = program(&["array.array()", "struct.pack()"]);
    let expected = [raised("this can be said"), raised("this can't\n")];
    let case = CaseText {
        id: "an-id".into(),
        title: "A title".into(),
        about: CaseAbout::default(),
        symptom: &found.symptom,
        program: &program,
        expected: &expected,
        level: Level::Message,
        engine: None,
    };
    let text = case_text(&case);
    assert!(text.contains("- run: import array, struct\n"), "{text}");
    assert!(text.contains("message: this can be said") && !text.contains("this can't"), "{text}");
    let lenient = case_text(&CaseText { level: Level::Type, ..case });
    assert!(lenient.contains("raises: TypeError") && !lenient.contains("message:"), "{lenient}");
}

#[rstest]
#[case("- run: import array\n", true)]
#[case("- run: import struct, array\n", true)]
#[case("- run: import struct\n      - run: import array\n", true)]
#[case("- run: import array\n      - run: other = 1\n", false)]
fn a_promoted_finding_is_known_by_what_follows_its_imports(#[case] imports: &str, #[case] is_known: bool) {
    let folder = TempDir::new().unwrap();
    let (dir, cases) = (folder.path().join("findings"), folder.path().join("spec/regressions"));
    let found = of_arrays();
    let Kept::New(path) = Store::open(&dir).unwrap().keep(&found).unwrap() else { panic!("it is new") };
    assert_eq!(read(&path, RAW).unwrap()[0].program, found.program);
    let Promoted::New(id, file) = promote(&path, &cases).unwrap() else { panic!("it is new") };
    assert_eq!(promote(&path, &cases).unwrap(), Promoted::Already(id.clone()));
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("- run: import array\n", imports)).unwrap();
    assert_eq!(promote(&path, &cases).unwrap() == Promoted::Already(id), is_known);
}
