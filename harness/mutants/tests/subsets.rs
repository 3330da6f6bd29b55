//! An implementation that documents itself as a subset: what it lacks is skipped, and what it does wrong is not.

use engine::process::Limits;
use engine::reference::Reference;
use engine::{Engine, Watch};
use program::{Kind, Parser, Program};
use rstest::rstest;
use std::time::Duration;
use viewcheck::check::{EnginesUnderTest, Judged};
use viewcheck::compare::Level;
use viewcheck::differential::{DifferentialRun, Result as Outcome};
use viewcheck::generate::Abilities;

#[expect(dead_code, reason = "other tests use the rest")]
mod fake;
use fake::Fake;

const LIMITS: Limits = Limits { start: Duration::from_secs(20), progress: Duration::from_secs(20), memory: 2 << 30 };

const CASES: &str = "
cases:
  - {id: c, section: s, claim: a, verdict: confirmed, steps: [{run: view = memoryview(b'ab')}, {run: view.cast('c')}]}
  - {id: e, section: s, claim: b, verdict: confirmed, steps: [
      {run: memoryview(b'ab').cast('c').nothing, raises: AttributeError}]}
  - {id: n, section: s, claim: c, verdict: confirmed, steps: [{run: memoryview(b'ab').nothing, raises: AttributeError}]}
  - {id: t, section: s, claim: d, verdict: confirmed, steps: [{run: memoryview(b'ab').tobytes(), gives: b'ab'}]}
  - {id: l, section: s, claim: e, verdict: confirmed, steps: [{run: memoryview(b'ab').tolist(), gives: '[97, 98]'}]}
  - {id: w, section: s, claim: f, verdict: confirmed, steps: [
      {run: memoryview(b'ab').tolist(), gives: '[97, 98]'}, {run: memoryview(b'ab').tobytes(), gives: b'ab'}]}
";

fn judged(mode: &str) -> Vec<String> {
    let fake = Fake::new();
    let suite = cases::load_text("cases.yaml", CASES);
    assert!(suite.problems.is_empty(), "{:?}", suite.problems);
    let cases: Vec<_> = suite.documents.iter().flat_map(|document| &document.cases).collect();
    let mut under_test = EnginesUnderTest::new(vec![Box::new(fake.open(mode, LIMITS))]);
    let runs = under_test.check_all(&cases, Level::Type, &mut |_| (), &|| false);
    let text = |judged: &Judged| match judged {
        Judged::Pass => "pass".to_owned(),
        Judged::Fail { difference, .. } => format!("fail: {}", difference.facet),
        Judged::Skip(reason) => reason.clone(),
        other => format!("{other:?}"),
    };
    runs.iter().flat_map(|run| &run.judged).map(text).collect()
}

#[test]
fn what_a_subset_lacks_is_skipped_and_what_it_does_wrong_fails() {
    let cast = "the engine lacks `memoryview.cast`";
    let tobytes = "the engine lacks what the step needs: NotImplementedError: not here";
    let wrong = "fail: value";
    // The second case expects the exception that the engine raises, but for another reason.
    assert_eq!(judged("a subset"), [cast, cast, "pass", tobytes, wrong, wrong]);
}

#[test]
fn an_implementation_that_documents_no_subset_fails() {
    let raised = "fail: raised instead of a value";
    assert_eq!(judged("no subset"), [raised, "pass", "pass", raised, "fail: value", "fail: value"]);
}

fn program(steps: &[&str]) -> Program {
    let mut parser = Parser::new();
    steps.iter().for_each(|step| parser.step(step).unwrap());
    parser.finish()
}

#[rstest]
#[case::lacks(&["view = memoryview(b'ab')", "view.cast('c')"], true)]
#[case::says_so(&["view = memoryview(b'ab')", "view.tobytes()"], true)]
#[case::wrong(&["view = memoryview(b'ab')", "view.tolist()"], false)]
#[case::wrong_before(&["view = memoryview(b'ab')", "view.tolist()", "view.cast('c')"], false)]
fn a_campaign_compares_what_a_subset_has(#[case] steps: &[&str], #[case] is_unsupported: bool) {
    let fake = Fake::new();
    for watch in [Watch::End, Watch::Always] {
        let engine = fake.open("a subset", LIMITS);
        let against = Reference::new(engine.about().profile);
        let outcome =
            DifferentialRun::new(Box::new(engine), Box::new(against), watch, Level::Type).run(&program(steps));
        let as_expected = match outcome {
            Outcome::Unsupported(_) => is_unsupported,
            Outcome::Differ(ref difference) => !is_unsupported && difference.step == 1,
            _ => false,
        };
        assert!(as_expected, "{outcome:?}");
    }
}

#[test]
fn programs_are_made_of_what_a_subset_has() {
    let fake = Fake::new();
    let engine = fake.open("a subset", LIMITS);
    assert!(engine.about().lacks.contains("memoryview.cast"));
    let abilities = Abilities::of(&[engine.about().clone()]);
    assert!(!abilities.has(Kind::Cast) && abilities.has(Kind::ToList));
    assert!(Abilities::of(&[fake.open("no subset", LIMITS).about().clone()]).has(Kind::Cast));
}
