//! A case that is read back from its own text is the same case.

use crate::{Case, Suite, load, load_text};
use rstest::rstest;
use std::path::PathBuf;

/// The case that a text of one item contains.
fn read_back(text: &str) -> Case {
    let Suite { documents, problems } = load_text("x.yaml", &format!("cases:\n{text}"));
    assert!(problems.is_empty(), "{text}\n{}", problems[0].render(false));
    documents[0].cases[0].clone()
}

fn assert_same(case: &Case) {
    let again = read_back(&case.source);
    assert_eq!(again.id, case.id.replace(['/', '.', '_'], "-"), "{}", case.source);
    assert_eq!((&again.section, &again.claim, &again.verdict), (&case.section, &case.claim, &case.verdict));
    assert_eq!((&again.needs, &again.python), (&case.needs, &case.python), "{}", case.source);
    assert_eq!(again.program, case.program, "{}", case.source);
    assert_eq!(again.source, case.source);
    let said = |case: &Case| -> Vec<_> {
        case.steps.iter().map(|step| (step.text.clone(), step.expectations.clone())).collect()
    };
    assert_eq!(said(&again), said(case), "{}", case.source);
}

#[test]
fn every_case_of_the_project_can_be_copied() {
    let spec = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec"));
    let suite = load(&[spec]);
    let cases: Vec<&Case> = suite.documents.iter().flat_map(|document| &document.cases).collect();
    assert!(cases.len() > 6000, "{}", cases.len());
    cases.into_iter().for_each(assert_same);
}

#[rstest]
#[case::block(
    "cases:\n  # before\n  - id: a\n    section: s # of\n    claim: c\n    verdict: confirmed\n    steps:\n      - run: |\n          with memoryview(b'a') as v:\n              v\n\n  # after\n  - id: b\n    section: s\n    claim: c\n    verdict: confirmed\n    steps: [{run: '1'}]\n",
    "- id: a\n  section: s # of\n  claim: c\n  verdict: confirmed\n  steps:\n    - run: |\n        with memoryview(b'a') as v:\n            v\n"
)]
#[case::flow(
    "cases: [{id: a, section: s, claim: c, verdict: confirmed,\n steps: [{run: '1'}]}, {id: b, section: s, claim: c, verdict: confirmed, steps: [{run: '1'}]}]",
    "- {id: a, section: s, claim: c, verdict: confirmed,\n  steps: [{run: '1'}]}\n"
)]
#[case::row(
    "cases:\n- id: a\n  section: s\n  claim: $$ $n\n  verdict: refuted\n  instead: 'x: $n'\n  needs: [array, numpy]\n  python: \">=3.8\"\n  rows: {b.1_: {n: '#'}}\n  steps:\n  - run: \"x = '$n'\\ny = 1\"\n    locks: []\n  - run: x\n    expect:\n    - {python: <3.9, gives: \"'$n'\"}\n    - python: '>=3.9'\n",
    "- id: a-b-1-\n  section: s\n  claim: '$ #'\n  verdict: refuted\n  instead: 'x: #'\n  needs: [array, numpy]\n  python: '>=3.8'\n  steps:\n    - run: |-\n        x = '#'\n        y = 1\n      locks: []\n    - run: x\n      expect:\n        - python: '<3.9'\n          gives: '''#'''\n        - python: '>=3.9'\n"
)]
#[case::texts(
    "cases:\n- id: a\n  section: \" \\n s\\n\"\n  claim: \"c\\n\\n\"\n  verdict: confirmed\n  rows: {b: {n: \"\\xe9\\x1f\"}}\n  steps:\n  - run: \"print('$n')\"\n    prints: \"$n\"\n",
    "- id: a-b\n  section: \" \\n s\\n\"\n  claim: \"c\\n\\n\"\n  verdict: confirmed\n  steps:\n    - run: \"print('\\u00E9\\u0000')\"\n      prints: \"\\u00E9\\u0000\"\n"
)]
fn the_text_of_a_case(#[case] file: &str, #[case] expected: &str) {
    let suite = load_text("x.yaml", file);
    assert!(suite.problems.is_empty(), "{}", suite.problems[0].render(false));
    let case = &suite.documents[0].cases[0];
    assert_eq!(case.source, expected);
    assert_same(case);
}
