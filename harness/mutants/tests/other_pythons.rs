//! Engines that are not CPython: what they do otherwise without being wrong is told from what they do wrong.

#[expect(dead_code, reason = "other tests use the rest")]
mod fake;

use engine::process::Limits;
use engine::reference::Reference;
use engine::{Abi, About, Engine, Profile, Role, RunError, Version, Watch};
use fake::{Fake, UNCONFINED};
use program::capability::{PEP688, REFCOUNTING};
use program::{Kind, Operand, Outcome, Parser, Program, Trace, Value};
use rstest::rstest;
use std::process::Command;
use std::time::Duration;
use viewcheck::check::{EnginesUnderTest, Judged};

const LIMITS: Limits = Limits { start: Duration::from_secs(20), progress: Duration::from_secs(20), memory: 2 << 30 };

/// The reference, which says that it is another engine.
struct Other {
    reference: Reference,
    about: About,
    /// Whether no object dies while a program runs.
    is_late: bool,
    /// Whether it dies of a `tolist()` of the view `scalar`.
    is_fragile: bool,
}

impl Other {
    /// An engine that gives one version of Python, and does what another one does.
    fn new(implementation: &str, says: Version, is: Version) -> Other {
        let reference = Reference::new(Profile::new(is, Abi::Lp64));
        let about = About {
            name: "other".to_owned(),
            implementation: implementation.to_owned(),
            role: Role::Tested,
            python: says,
            profile: Profile::new(says, Abi::Lp64),
            ..reference.about().clone()
        };
        Other { reference, about, is_late: false, is_fragile: false }
    }

    fn newest() -> Other {
        Other::new("other", Version::newest(), Version::newest())
    }
}

impl Engine for Other {
    fn about(&self) -> &About {
        &self.about
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        let is_scalar = |operand: &Operand| match operand {
            Operand::Name(name) => &*program.names[usize::from(*name)] == "scalar",
            _ => false,
        };
        let mut lists = program.operations.iter().filter(|operation| operation.kind == Kind::ToList);
        if self.is_fragile && lists.any(|operation| operation.operands.iter().any(is_scalar)) {
            let (engine, how) = ("other".into(), "SIGABRT".into());
            return Err(RunError::Crashed { engine, how, last_words: "".into() });
        }
        match self.is_late {
            true => self.reference.run_without_deaths(program, trace),
            false => self.reference.run(program, watch, trace),
        }
    }
}

/// What comes of a case with these steps, in YAML.
fn judged(engine: Other, steps: &[&str]) -> Judged {
    let steps = steps.iter().map(|step| format!("      - {step}\n")).collect::<String>();
    let text =
        format!("cases:\n  - id: a-case\n    section: s\n    claim: c\n    verdict: confirmed\n    steps:\n{steps}");
    let suite = cases::load_text("case.yaml", &text);
    assert!(suite.problems.is_empty(), "{:?}", suite.problems);
    EnginesUnderTest::new(vec![Box::new(engine)]).check(&suite.documents[0].cases[0], None).judged.remove(0)
}

/// A view of no dimensions is looked at after a case without its `tolist()`, of which PyPy dies.
#[rstest]
#[case::left_behind("scalar.nbytes", false)]
#[case::called("scalar.tolist()", true)]
fn a_case_without_tolist_survives_on_an_engine_that_dies_of_it(#[case] step: &str, #[case] is_crash: bool) {
    let engine = Other { is_fragile: true, ..Other::newest() };
    let make = "run: scalar = memoryview(bytearray(8)).cast('q').cast('B').cast('q', [])";
    let judged = judged(engine, &[make, &format!("run: {step}")]);
    assert_eq!(matches!(judged, Judged::Crash(_)), is_crash, "{judged:?}");
    assert_eq!(judged == Judged::Pass, !is_crash, "{judged:?}");
}

/// What a fix within a branch changed.
const FIXED: &[&str] =
    &["run: one = memoryview(b'\\x01').cast('?')", "run: two = memoryview(b'\\x02').cast('?')", "run: one == two"];

/// The number of an implementation says of which minor version it is. How far it follows CPython's fixes, it does not say.
#[rstest]
#[case::as_it_says("rustpython", (3, 14, 0), (3, 14, 0), true)]
#[case::with_fixes("rustpython", (3, 14, 0), (3, 14, 10), true)]
#[case::of_another_branch("rustpython", (3, 12, 0), (3, 14, 10), false)]
#[case::without_fixes("rustpython", (3, 14, 10), (3, 14, 0), false)]
#[case::cpython("cpython", (3, 14, 0), (3, 14, 10), false)]
#[case::pyodide("pyodide", (3, 14, 0), (3, 14, 10), false)]
fn an_implementation_may_have_the_fixes_of_its_branch(
    #[case] implementation: &str,
    #[case] says: (u8, u8, u8),
    #[case] is: (u8, u8, u8),
    #[case] is_right: bool,
) {
    let version = |(major, minor, patch)| Version::new(major, minor, patch);
    for says_so in [
        FIXED.to_vec(),
        [
            &FIXED[..2],
            &["{run: one == two, expect: [{python: '<3.14.4', gives: False}, {python: '>=3.14.4', gives: True}]}"],
        ]
        .concat(),
    ] {
        let judged = judged(Other::new(implementation, version(says), version(is)), &says_so);
        assert_eq!(judged == Judged::Pass, is_right, "{judged:?}");
    }
}

/// Where a temporary view keeps a lock for longer, everything else is compared.
#[rstest]
#[case::only_a_lock("run: memoryview(data)[::2][1:3] = b'AB'", true, "pass")]
#[case::only_an_expected_lock("{run: 'memoryview(data)[0]', gives: 97, locks: []}", true, "pass")]
#[case::more_than_a_lock("run: memoryview(data)[0]", false, "skip")]
fn only_what_depends_on_deaths_is_left_out(#[case] step: &str, #[case] is_last: bool, #[case] expected: &str) {
    let mut engine = Other { is_late: true, ..Other::newest() };
    engine.about.capabilities.remove(REFCOUNTING);
    let mut steps = vec!["run: data = bytearray(b'abcdefgh')", step];
    steps.extend((!is_last).then_some("run: data.append(0)"));
    let judged = judged(engine, &steps);
    let status = match &judged {
        Judged::Pass => "pass",
        Judged::Skip(reason) if reason.contains("when objects die") => "skip",
        _ => "other",
    };
    assert_eq!(status, expected, "{judged:?}");
}

/// What is left of such a case can fail.
#[test]
fn what_does_not_depend_on_deaths_is_compared() {
    let mut engine = Other { is_late: true, ..Other::newest() };
    engine.about.capabilities.remove(REFCOUNTING);
    let judged = judged(engine, &["run: data = bytearray(b'abcdefgh')", "{run: 'memoryview(data)[0]', gives: 98}"]);
    assert!(matches!(judged, Judged::Fail { .. }), "{judged:?}");
}

fn value(engine: &mut dyn Engine, steps: &[&str]) -> Option<Value> {
    let mut parser = Parser::new();
    steps.iter().for_each(|step| parser.step(step).unwrap());
    let mut trace = Trace::new();
    engine.run(&parser.finish(), Watch::End, &mut trace).unwrap();
    match trace.observations().last()?.outcome {
        Outcome::Value(value) => Some(value),
        _ => None,
    }
}

/// A type that does not tell its module has the name that CPython gives it.
#[rstest]
#[case("import io", "type(io.BytesIO(b'a'))", Value::Type("_io.BytesIO".into()))]
#[case("import io", "io.BytesIO(b'a')", Value::Object("_io.BytesIO".into()))]
#[case("import array", "array.array", Value::Type("array.array".into()))]
#[case("data = b'a'", "type(data)", Value::Type("bytes".into()))]
fn a_type_without_a_module_has_a_name(#[case] first: &str, #[case] second: &str, #[case] expected: Value) {
    let fake = Fake::new();
    let mut engine = fake.open("types without modules", LIMITS);
    assert_eq!(value(&mut engine, &[first, second]), Some(expected));
}

/// Classes that export buffers are a part of PEP 688 only. (No Python before 3.12 has any of it.)
#[test]
fn half_of_a_capability_is_none() {
    let fake = Fake::new();
    let engine = fake.open("no buffer methods", LIMITS);
    assert!(!engine.about().capabilities.contains(PEP688));
}

#[test]
fn what_a_subset_lacks_does_not_break_the_protocol() {
    let fake = Fake::new();
    let output = Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(["engines", UNCONFINED, "--probe", &fake.engine("a small subset")])
        .env_remove("MUTANTS")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.ends_with("\nIt keeps the protocol.\n"), "{text}");
    assert!(
        text.contains("\n  -      shows that a view was released (it does not support `memoryview.release`)\n"),
        "{text}"
    );
    assert!(text.contains("slices and `...` (it does not support calls of `slice`)\n"), "{text}");
}
