//! Cases with `language: python`.

use crate::{Case, Expected, load_text};
use rstest::rstest;

const HEAD: &str = "cases:\n- {id: a, section: s, claim: c, verdict: confirmed";

fn case(rest: &str) -> Case {
    let suite = load_text("x.yaml", &format!("{HEAD}, {rest}}}\n"));
    assert!(suite.problems.is_empty(), "{:?}", suite.problems);
    suite.documents.into_iter().flat_map(|document| document.cases).next().unwrap()
}

fn problem(rest: &str) -> String {
    let suite = load_text("x.yaml", &format!("{HEAD}, {rest}}}\n"));
    assert!(suite.documents.iter().all(|document| document.cases.is_empty()));
    suite.problems.iter().map(|problem| problem.render(false)).collect()
}

#[test]
fn steps_are_any_python() {
    let case = case(
        "language: python, needs: [threads], steps: [{run: 'def f(): return data'}, {run: 'data = bytearray(2)'}, \
         {run: 'f()', gives: 'bytearray(b\"\\0\\0\")', locks: [data]}, {run: 'x = y = memoryview(data)'}, \
         {run: y, shares: 'data[0]', prints: a}]",
    );
    assert!(case.program.is_source());
    // That it needs an engine that runs any Python goes without saying.
    assert_eq!(case.needs, ["source", "threads"]);
    assert!(case.source.contains("language: python") && !case.source.contains("needs: [source"));
    let data = case.program.name("data").unwrap();
    assert_eq!(case.steps[2].expectations[0].1.locks, Some(vec![data]));
    assert_eq!(case.steps[4].expectations[0].1.outcome, Expected::Shares(data, 0));
}

#[test]
fn other_cases_have_no_such_steps() {
    let case = case("steps: [{run: 'data = bytearray(2)'}]");
    assert!(!case.program.is_source() && case.needs.is_empty());
    let told = problem("steps: [{run: 'f = lambda: 1'}]");
    assert!(told.contains("is not part of the language of cases"), "{told}");
}

#[rstest]
#[case("steps: [{run: 'f = lambda: 1'}, {run: 'g = lambda: 2'}]", 2, 1)]
#[case("steps: [{run: import socket}, {run: 'yield 1'}]", 2, 1)]
#[case("steps: [{run: 'memoryview(b\"\").__globals__'}]", 1, 1)]
// What the step that was refused would have made is missing.
#[case("steps: [{run: 'import zlib, struct'}, {run: 'struct.calcsize(\"B\")'}, {run: 'zlib.crc32(b\"\")'}]", 1, 1)]
#[case("steps: [{run: 'x = (1'}]", 1, 0)]
fn a_refusal_tells_the_way_out_once(#[case] rest: &str, #[case] problems: usize, #[case] ways: usize) {
    let told = problem(rest);
    assert_eq!(
        (told.matches("error: ").count(), told.matches("`language: python`").count()),
        (problems, ways),
        "{told}"
    );
}

#[rstest]
#[case("language: ruby, steps: [{run: '1'}]", "ruby", "x.yaml:2")]
#[case("language: python, steps: [{run: 'x = 1'}, {run: 'y = (1'}]", "this is not Python", "x.yaml:2:108")]
#[case("language: python, steps: [{run: 'if 1: pass', gives: 1}]", "`gives` on a step that has no value", "x.yaml:2")]
#[case("language: python, steps: [{run: 'import data', locks: [data]}]", "`data`", "x.yaml:2")]
#[case("language: python, steps: [{run: 'f = 1'}, {run: 'f()', locks: [g]}]", "`g`", "x.yaml:2")]
fn a_mistake_is_told_with_its_place(#[case] rest: &str, #[case] message: &str, #[case] place: &str) {
    let told = problem(rest);
    assert!(told.contains(message) && told.contains(place), "{told}");
}
