//! That each law is seen to be broken where something is wrong.

use cases::{load, load_text};
use engine::reference::Reference;
use engine::{Abi, Engine, Profile, Version};
use mutants::faults::{Mutant, Row, rows};
use program::{Program, Trace, print};
use rstest::rstest;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use viewcheck::campaign::{LENGTH, Recipe};
use viewcheck::check::{Against, EnginesUnderTest, Judged};
use viewcheck::compare::Level;
use viewcheck::findings::{Finding, Limits, breach, case_of, investigate_law, script};
use viewcheck::laws::{laws, named};

/// For each law a fault that breaks it.
const BROKEN: [(&str, &str); 16] = [
    ("slicing-composes", "slice-offset-of-slice"),
    ("casting-comes-back", "cast-keeps-stride"),
    ("a-twin-differs-in-readonly", "toreadonly-copies"),
    ("a-view-of-a-view-is-alike", "view-of-view-is-of-object"),
    ("a-list-is-tolist", "iterate-one-less"),
    ("a-subscript-is-in-tolist", "index-without-stride"),
    ("a-view-equals-itself", "equal-by-identity"),
    ("bytes-are-packed-items", "read-h-big-endian"),
    ("orders-agree", "tobytes-fortran-is-c"),
    ("hex-spells-bytes", "tobytes-without-stride"),
    ("a-hash-is-that-of-bytes", "assign-readonly"),
    ("nbytes-counts-items", "nbytes-spans"),
    ("attributes-tell-the-layout", "len-of-all-items"),
    ("contiguity-follows-strides", "contiguous-is-c"),
    ("lost-views-lock-nothing", "lock-kept-by-slice"),
    ("released-views-lock-nothing", "lock-kept-by-release"),
];

fn profile() -> Profile {
    Profile::new(Version::new(3, 13, 0), Abi::Lp64)
}

fn fault(name: &str) -> Row {
    *rows().find(|row| row.name == name).expect("there is such a fault")
}

/// Programs of cases.
fn written() -> &'static [Program] {
    static PROGRAMS: OnceLock<Vec<Program>> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let suite = load(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")]);
        let cases = suite.documents.into_iter().flat_map(|document| document.cases);
        cases.map(|case| case.program).collect()
    })
}

/// Those, and then generated ones.
fn programs() -> impl Iterator<Item = Program> {
    let mut recipe = Recipe::new(1, LENGTH);
    let generated = (0..50_000).map(move |index| {
        let mut program = Program::default();
        recipe.program(index, &mut program);
        program
    });
    written().iter().cloned().chain(generated)
}

#[test]
fn each_law_is_seen_to_be_broken() {
    let known: BTreeSet<&str> = laws().map(|law| law.name).collect();
    assert_eq!(known, BROKEN.iter().map(|(law, _)| *law).collect());
}

/// The finding of the first program with which a fault breaks a law.
fn finding(law: &str, name: &str) -> Finding {
    let law = named(law).expect("there is such a law");
    let mut mutant = Mutant::new(profile(), fault(name));
    let mut trace = Trace::new();
    let program = programs()
        .find(|program| breach(&mut mutant, program, Some(law), Level::Message, &mut trace).is_some())
        .unwrap_or_else(|| panic!("no program leaves behind what breaks the law {} with {name}", law.name));
    let engines = [mutant.about().clone(), Reference::new(profile()).about().clone()];
    investigate_law(&mut mutant, &engines, &program, (law, Level::Message), Limits::default(), &|| ())
        .expect("it still does")
}

/// A broken law becomes a finding that names it, whose case fails nowhere but with the fault, and whose script finds
/// nothing wrong with a Python that has no such fault.
#[test]
fn a_broken_law_is_a_finding() {
    for (law, name) in BROKEN {
        let finding = finding(law, name);
        assert!(finding.stable, "{law}");
        assert_eq!((finding.kind().as_str(), finding.law.map(|(law, _)| law.name)), ("law", Some(law)));
        let signature = finding.signature.as_str();
        assert!(signature.starts_with(&format!("mutant|laws law/{law} ")), "{signature}");
        let (_, before) = finding.law.unwrap();
        assert!(before <= 4, "{law}: {}", print::program(&finding.program));
        let text = case_of(&finding);
        let suite = load_text("case.yaml", &text);
        assert!(suite.problems.is_empty(), "{text}");
        let case = &suite.documents[0].cases[0];
        assert!(case.claim.ends_with(&format!("(law {law})")), "{}", case.claim);
        let mut under_test = EnginesUnderTest::new(vec![Box::new(Reference::new(profile()))]);
        assert_eq!(under_test.check(case, Level::Message).judged, [Judged::Pass], "{text}");
        let script = script(&finding);
        assert!(script.contains(&format!("law(\"{law}\", [")), "{script}");
        assert_eq!(python_on(&script), Some(0), "{script}");
    }
}

/// The exit code of a script, on the Python that there is; of one that does what it should if there is none.
fn python_on(script: &str) -> Option<i32> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("script.py");
    std::fs::write(&path, script).unwrap();
    match Command::new("python3").arg(&path).output() {
        Ok(output) => {
            println!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            output.status.code()
        }
        Err(_) => Some(0),
    }
}

/// A case that says nothing of it fails all the same, and the failure names the law.
#[rstest]
#[case("slicing-composes", "slice-offset-of-slice", "memoryview(b'abcdefgh')[::-1]")]
#[case("a-list-is-tolist", "iterate-one-less", "memoryview(b'abcdefgh')")]
#[case("released-views-lock-nothing", "lock-kept-by-release", "memoryview(data)")]
fn a_case_that_breaks_a_law_fails(#[case] law: &str, #[case] name: &str, #[case] view: &str) {
    let text = format!(
        "cases:\n  - id: a-view\n    section: laws\n    claim: there is a view\n    verdict: confirmed\n    steps:\n      \
         - run: data = bytearray(b'abc')\n      - run: view = {view}\n"
    );
    let suite = load_text("case.yaml", &text);
    assert!(suite.problems.is_empty(), "{:?}", suite.problems);
    let mut under_test = EnginesUnderTest::new(vec![Box::new(Mutant::new(profile(), fault(name)))]);
    match &under_test.check(&suite.documents[0].cases[0], Level::Message).judged[..] {
        [Judged::Fail { difference, against: Against::Law }] => {
            assert_eq!(difference.law, Some(law));
            assert!(difference.respect().starts_with(&format!("the law {law}, ")), "{}", difference.respect());
        }
        other => panic!("{other:?}"),
    }
}
