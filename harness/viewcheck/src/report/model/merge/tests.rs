//! Which results are merged, and what is wrong with those that are not.

use super::*;
use crate::report::causes::sample;
use crate::report::model::{Shards, Status};
use rstest::rstest;
use serde_json::{Value, json};

fn pass() -> Value {
    json!({"status": "pass"})
}

fn skip() -> Value {
    json!({"status": "skip", "reason": "the engine lacks numpy"})
}

/// Results of one engine on cases that are named by their file and their line: `("a.yaml", 1)`.
fn part(cases: &[(&str, usize, Value)]) -> Results {
    let case = |(file, line, result): &(&str, usize, Value)| Case {
        line: *line,
        ..sample::case(file, &format!("{}-{line}", &file[..1]), &["1"], result.clone())
    };
    sample::results(cases.iter().map(case).collect())
}

fn merged(one: Results, two: Results) -> Result<Results, MergeError> {
    merge(("one".to_owned(), one), vec![("two".to_owned(), two)])
}

#[test]
fn parts_of_a_run_give_the_results_of_the_run() {
    let whole = part(&[("a.yaml", 1, pass()), ("a.yaml", 2, skip()), ("b.yaml", 1, pass()), ("c.yaml", 1, pass())]);
    let one = || part(&[("a.yaml", 2, skip()), ("c.yaml", 1, pass())]);
    let two = || part(&[("a.yaml", 1, pass()), ("b.yaml", 1, pass())]);
    assert_eq!(merged(one(), two()), Ok(whole.clone()));
    assert_eq!(merged(two(), one()), Ok(whole.clone()));
    // What ran twice with the same result is there once.
    assert_eq!(merged(whole.clone(), two()), Ok(whole));
}

/// Of two shards of a run of these cases, and what each says of entries about laws.
fn shards(cases: [&[(&str, usize, Value)]; 2], unbroken: [&[&str]; 2]) -> [Results; 2] {
    let all = cases[0].len() + cases[1].len();
    ["1/2", "2/2"].map(|shard: &str| {
        let number = usize::from(shard == "2/2");
        let mut shards = Shards::one(shard.parse().unwrap(), all).unwrap();
        shards.unbroken = unbroken[number].iter().map(|sentence| (*sentence).to_owned()).collect();
        Results { shards: Some(shards), problems: 3, complete: false, ..part(cases[number]) }
    })
}

#[test]
fn shards_keep_what_all_of_them_say_and_the_order_of_the_run() {
    let ran = [("a.yaml", 2, pass()), ("a.yaml", 1, pass()), ("b.yaml", 1, skip())];
    let [one, two] = shards([&[ran[0].clone(), ran[2].clone()], &[ran[1].clone()]], [&["A", "B"], &["B", "C"]]);
    let whole = Results { unbroken: vec!["B".to_owned()], problems: 3, complete: false, ..part(&ran) };
    assert_eq!(merged(one.clone(), two.clone()), Ok(whole.clone()));
    assert_eq!(merged(two.clone(), one.clone()), Ok(whole));
    // What an interruption kept from being run has no place: cases are in the order of their lines.
    let cut = Results { not_run: 1, ..Results { shards: one.shards.clone(), ..part(&[ran[0].clone()]) } };
    let rest = merged(cut, two).unwrap();
    assert_eq!(rest.cases.iter().map(|case| case.line).collect::<Vec<_>>(), [1, 2]);
    assert_eq!((rest.shards, rest.not_run, rest.complete), (None, 1, false));
}

#[rstest]
#[case::both(true, true, true)]
#[case::the_first_is_not(false, true, false)]
#[case::the_second_is_not(true, false, false)]
fn a_merge_is_complete_if_every_part_is(#[case] one: bool, #[case] two: bool, #[case] both: bool) {
    let of = |line, complete, not_run| Results { complete, not_run, ..part(&[("a.yaml", line, pass())]) };
    let all = merged(of(1, one, 2), of(2, two, 3)).unwrap();
    assert_eq!((all.complete, all.not_run), (both, 5));
}

#[test]
fn a_case_that_did_not_run_on_an_engine_is_not_judged_there() {
    let mut other = part(&[("a.yaml", 2, pass())]);
    other.engines[0].name = "other".to_owned();
    for case in &mut other.cases {
        let result = case.results.remove("pypy").unwrap();
        case.results.insert("other".to_owned(), result);
    }
    other.restate("other", |_, _| ());
    let all = merged(part(&[("a.yaml", 1, pass()), ("a.yaml", 2, pass())]), other).unwrap();
    let lacking: Vec<usize> = all.engines.iter().map(|engine| all.lacking(engine)).collect();
    assert_eq!(lacking, [0, 1]);
    assert!(!all.complete);
    assert_eq!(all.incomplete().unwrap(), "the engine `other` has no result of 1 case");
    assert_eq!(all.summary["other"].get(Status::Pass), 1);
}

#[test]
fn different_results_of_one_case_are_refused() {
    let error = merged(part(&[("a.yaml", 1, pass())]), part(&[("a.yaml", 1, skip())])).unwrap_err().to_string();
    assert!(error.contains("of the case `a-1` on the engine `pypy`, and the results differ"), "{error}");
}

#[rstest]
#[case::version(|engine: &mut Engine| engine.version = Some("3.12.0".into()), "pypy 8.0.1, Python 3.11.17 and pypy 8.0.1, Python 3.12.0")]
#[case::implementation(|engine: &mut Engine| engine.implementation = "jython".into(), "and jython 8.0.1")]
#[case::level(|engine: &mut Engine| engine.level = None, "judged at the levels `type` and `unknown`")]
#[case::capabilities(|engine: &mut Engine| engine.capabilities = vec!["array".into()], "only one of them has the capability `array`")]
#[case::lacks(|engine: &mut Engine| engine.lacks = vec!["cast".into()], "has the missing feature `cast`")]
#[case::sees(|engine: &mut Engine| engine.sees = vec!["offset".into()], "has the facet `offset`")]
#[case::compared(|engine: &mut Engine| engine.compared = vec!["3.11.7".into()], "compared as Python  and as Python 3.11.7")]
#[case::release(|engine: &mut Engine| engine.models = vec!["3.11.7".into()], "checked by different releases")]
fn another_engine_of_the_same_name_is_refused(#[case] change: fn(&mut Engine), #[case] words: &str) {
    let mut other = part(&[("a.yaml", 2, pass())]);
    change(&mut other.engines[0]);
    let error = merged(part(&[("a.yaml", 1, pass())]), other).unwrap_err().to_string();
    assert!(error.contains("the engine `pypy` differs (") && error.contains(words), "{error}");
}

#[test]
fn another_case_of_the_same_id_is_refused() {
    let mut other = part(&[("a.yaml", 1, pass())]);
    other.cases[0].source = Some("- id: a-1\n".to_owned());
    let error = merged(part(&[("a.yaml", 1, pass())]), other).unwrap_err();
    assert_eq!(error.to_string(), "one and two are of different cases: the case `a-1` differs");
}

#[test]
fn changes_have_the_cases_of_all_parts() {
    let change = |cases: &[&str]| {
        let change = json!({"name": "N", "issue": "measured", "summary": "S.", "since": ["3.9.0"], "table": "python", "cases": cases});
        vec![serde_json::from_value(change).unwrap()]
    };
    let of = |line, cases| Results { changes: change(cases), ..part(&[("a.yaml", line, pass())]) };
    // In the order of all cases, whichever part comes first.
    for (first, second) in [(of(1, &["a-1", "a-2"]), of(2, &["a-2"])), (of(2, &["a-2"]), of(1, &["a-1", "a-2"]))] {
        assert_eq!(merged(first, second).unwrap().changes, change(&["a-1", "a-2"]));
    }
}
